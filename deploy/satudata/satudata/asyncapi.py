"""The published facts as one AsyncAPI 3 document, and the page that a person reads.

Both are made from the contracts of the services by deploy/generate.py, and served by `requests`
under /api/requests/contracts/.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jinja2
from chassis.actor import Actor
from chassis.contracts import folder_of
from chassis.message import CONTENT_TYPE, Message, schema_name
from chassis.serve import package

from satudata.places import SERVICES
from satudata.subscribers import PREFIX

_BINDING = {"bindingVersion": "0.3.0"}
_HEADERS = {
    "ce-specversion": "1.0",
    "ce-id": "The same again when the message comes again",
    "ce-source": "The service",
    "ce-type": "The fact",
    "ce-subject": "What it is about, mostly the request's id",
    "ce-time": "When it happened, ISO 8601 with its zone",
    "ce-dataschema": "Name and version of the contract, the same on every installation, which"
    " serves it at /api/<source>/contracts/<type>.v<version>.schema.json",
    "ce-sequence": "The fact's number in the stream of its subject",
    "ce-position": "Its place in the log of its source",
    "ce-actorid": "Who did it: an id, never a name",
    "ce-actorrole": "In which role",
    "ce-actoragency": "For which agency, if for one",
    "ce-actorcapacity": "plh, plt or pengganti, when it was an acting officer",
    "ce-causationid": "The message that this followed from, if any",
    "ce-correlationid": "The request that all this belongs to",
    "ce-traceparent": "W3C Trace Context: the trace of the command that this followed from",
}
_NOT_ALWAYS = {"ce-actoragency", "ce-actorcapacity", "ce-causationid", "ce-traceparent"}
_SAID = (
    "At least once, without personal data; in order for each source, but that a fault may bring an"
    " older fact again after a newer one (ce-sequence tells)."
)
_SUBJECT = "0190a1b2-0000-7000-8000-000000000001"


def document() -> dict[str, Any]:
    """The whole document."""
    contracts = list(_contracts())
    names = [f"{service}.{type_}" for service, type_, _, _ in contracts]
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Satu Data: published facts",
            "version": "0.1.0",
            "description": f"{_SAID} Written by deploy/generate.py from the contracts;"
            " docs/integrator.md explains it.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": CONTENT_TYPE,
        "servers": {
            "broker": {
                "host": "{host}:5672",
                "protocol": "amqp",
                "protocolVersion": "0.9.1",
                "description": "RabbitMQ of the installation; its operator makes accounts.",
                "variables": {"host": {"default": "localhost"}},
                "security": [{"type": "userPassword"}],
            }
        },
        "channels": {
            **{
                f"{service}.{type_}": _channel(service, type_) for service, type_, _, _ in contracts
            },
            "subscriber": _queue(names),
        },
        "operations": {
            **{name: _operation(*name.split(".")) for name in names},
            "deliver": {
                "action": "send",
                "channel": {"$ref": "#/channels/subscriber"},
                "summary": "RabbitMQ puts into the queue what it is bound to.",
            },
        },
        "components": {
            "messages": {
                f"{service}.{type_}": _message(service, type_, schema, example)
                for service, type_, schema, example in contracts
            },
            "schemas": {"cloudEvent": _cloud_event()},
        },
    }


def as_yaml() -> str:
    """The document as it is kept."""
    # Of the tests' environment: nothing that runs needs it.
    import yaml

    class Plain(yaml.SafeDumper):  # type: ignore[misc]
        def ignore_aliases(self, data: Any) -> bool:
            return True

    return str(yaml.dump(document(), Dumper=Plain, sort_keys=False, allow_unicode=True, width=100))


def as_page() -> str:
    """The document as one page of HTML, which needs the stylesheet beside it and no script."""
    template = (Path(__file__).parent / "asyncapi.html").read_text(encoding="utf-8")
    environment = jinja2.Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
    environment.filters["pretty"] = lambda value: json.dumps(value, indent=2, ensure_ascii=False)
    environment.filters["kind"] = kind
    whole = document()
    return environment.from_string(template).render(
        document=whole,
        services=SERVICES,
        header=whole["components"]["schemas"]["cloudEvent"],
        messages=whole["components"]["messages"],
    )


def kind(schema: dict[str, Any]) -> str:
    """What a field may hold, in a few words."""
    if "anyOf" in schema:
        return " or ".join(kind(each) for each in schema["anyOf"])
    if "enum" in schema:
        return " | ".join("null" if each is None else str(each) for each in schema["enum"])
    if isinstance(schema["type"], list):
        return " or ".join(kind({**schema, "type": each}) for each in schema["type"])
    if schema["type"] == "array":
        return f"list of {kind(schema['items'])}"
    if schema["type"] == "object":
        return "{" + ", ".join(f"{n}: {kind(s)}" for n, s in schema["properties"].items()) + "}"
    if schema["type"] in ("string", "integer"):
        bounds = [schema.get(word) for word in ("minimum", "maximum")]
        said = [schema.get("format"), schema.get("pattern"), _between(*bounds)]
        return " ".join([schema["type"], *filter(None, said)])
    return str(schema["type"])


def _between(low: int | None, high: int | None) -> str | None:
    if high is None:
        return None if low is None else f"from {low}"
    return f"{low} to {high}"


def _contracts() -> Iterator[tuple[str, str, dict[str, Any], dict[str, Any]]]:
    """Service, type, schema and example of each fact that is published."""
    for service in SERVICES:
        for type_ in package(service, "adapters.published").PUBLISHED:
            schema, example = (
                json.loads((folder_of(service) / f"{type_}.v1.{each}.json").read_text("utf-8"))
                for each in ("schema", "example")
            )
            yield service, type_, schema, example


def _channel(service: str, type_: str) -> dict[str, Any]:
    return {
        "address": type_,
        "description": f"Routing key {type_} of the exchange {service}.events.",
        "messages": {type_: {"$ref": f"#/components/messages/{service}.{type_}"}},
        "bindings": {
            "amqp": {
                "is": "routingKey",
                "exchange": {
                    "name": f"{service}.events", "type": "topic",
                    "durable": True, "autoDelete": False, "vhost": "/",
                },
                **_BINDING,
            }
        },
    }  # fmt: skip


def _queue(names: list[str]) -> dict[str, Any]:
    """A program's own queue, as `satudata subscribers add` makes it."""
    return {
        "address": PREFIX + "{name}",
        "description": "A subscriber's own queue, made by `satudata subscribers add`: a quorum"
        " queue with a single active consumer, bound to the types that the program wants.",
        "parameters": {"name": {"description": "The subscriber"}},
        "messages": {
            name.replace(".", "-"): {"$ref": f"#/components/messages/{name}"} for name in names
        },
        "bindings": {
            "amqp": {
                "is": "queue",
                "queue": {
                    "name": PREFIX + "{name}", "durable": True, "exclusive": False,
                    "autoDelete": False, "vhost": "/",
                },
                **_BINDING,
            }
        },
    }  # fmt: skip


def _operation(service: str, type_: str) -> dict[str, Any]:
    return {
        "action": "send",
        "channel": {"$ref": f"#/channels/{service}.{type_}"},
        "summary": f"{service} says that this has happened.",
        "bindings": {"amqp": {"deliveryMode": 2, **_BINDING}},
    }


def _message(
    service: str, type_: str, schema: dict[str, Any], example: dict[str, Any]
) -> dict[str, Any]:
    always = {
        "ce-source": service,
        "ce-type": type_,
        "ce-dataschema": schema_name(service, type_),
    }
    return {
        "name": type_,
        "title": type_,
        "summary": schema["description"],
        "contentType": CONTENT_TYPE,
        "correlationId": {"location": "$message.header#/ce-correlationid"},
        "headers": {
            "allOf": [
                {"$ref": "#/components/schemas/cloudEvent"},
                {"properties": {name: {"const": value} for name, value in always.items()}},
            ]
        },
        "payload": {
            key: value
            for key, value in schema.items()
            if key not in ("$schema", "$id", "title", "description")
        },
        "bindings": {"amqp": {"contentEncoding": "utf-8", "messageType": type_, **_BINDING}},
        "examples": [{"headers": _example(service, type_, example).headers, "payload": example}],
    }


def _example(service: str, type_: str, data: dict[str, Any]) -> Message:
    return Message(
        id=f"{service}-41",
        source=service,
        type=type_,
        subject=str(data.get("person_id", _SUBJECT)),
        time=datetime(2026, 11, 20, 3, 0, tzinfo=UTC),
        sequence=2,
        position=41,
        actor=Actor(service, "service"),
        data=data,
        dataschema=schema_name(service, type_),
        causation=None if service == "requests" else "requests-40",
        correlation=_SUBJECT,
        traceparent="00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    )


def _cloud_event() -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {
            name: {"type": "string", "description": text} for name, text in _HEADERS.items()
        },
        "required": [name for name in _HEADERS if name not in _NOT_ALWAYS],
    }
