"""Writes the files that follow from the code: routes, queues, the document for integrators.

    python deploy/generate.py           writes them
    python deploy/generate.py --check   exit status 1 when one of them is not what the code says

From the services' own paths (PATHS in each entrypoints/web.py): nginx.conf and
kubernetes/ingress.yaml. From what each worker hears: rabbitmq/definitions.json. From the contracts
of the published facts: docs/asyncapi.yaml.
"""

import json
import sys
from pathlib import Path
from typing import Any

from chassis.nameko import DEAD_LETTERS, QUEUE_ARGUMENTS, heard_by
from chassis.routes import nginx, table
from chassis.serve import package, worker_class
from satudata.places import ROOT, SERVICES

HERE = Path(__file__).parent
PORT = 8080


def nginx_conf() -> str:
    """The reverse proxy in front of the five web processes."""
    server = nginx(table(SERVICES), {name: f"{name}:{PORT}" for name in SERVICES}, listen=str(PORT))
    return (
        "# Written by deploy/generate.py from the services' paths; change those, not this file.\n"
        "# nginx looks its upstreams up once: after a container was replaced, reload it.\n"
        "events {}\n\nhttp {\n  server_tokens off;\n  access_log off;\n  error_log stderr warn;\n\n"
        f"{server}}}\n"
    )


def definitions() -> str:
    """Exchanges, queues and bindings, as `rabbitmqctl import_definitions` takes them."""
    heard = {service: heard_by(worker_class(service)) for service in SERVICES}
    document: dict[str, Any] = {
        "vhosts": [{"name": "/"}],
        "exchanges": [
            *(_exchange(f"{service}.events", "topic") for service in SERVICES),
            _exchange(DEAD_LETTERS, "fanout"),
        ],
        "queues": [
            *(_queue(service, QUEUE_ARGUMENTS) for service in SERVICES),
            _queue(DEAD_LETTERS, {"x-queue-type": "quorum"}),
        ],
        "bindings": [
            *(
                _binding(f"{source}.events", service, type_)
                for service in SERVICES
                for source, type_ in heard[service]
            ),
            _binding(DEAD_LETTERS, DEAD_LETTERS, ""),
        ],
    }
    return json.dumps(document, indent=2) + "\n"


def _exchange(name: str, kind: str) -> dict[str, Any]:
    return {
        "name": name, "vhost": "/", "type": kind,
        "durable": True, "auto_delete": False, "internal": False, "arguments": {},
    }  # fmt: skip


def _queue(name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": name, "vhost": "/", "durable": True, "auto_delete": False, "arguments": arguments,
    }  # fmt: skip


def _binding(exchange: str, queue: str, key: str) -> dict[str, Any]:
    return {
        "source": exchange, "vhost": "/", "destination": queue, "destination_type": "queue",
        "routing_key": key, "arguments": {},
    }  # fmt: skip


def ingress() -> str:
    """The same table for a Kubernetes ingress, the longest prefix first."""
    paths = "".join(
        f"          - path: {prefix}\n            pathType: Prefix\n            backend:\n"
        f"              service:\n                name: {service}\n"
        "                port:\n                  name: http\n"
        for prefix, service in sorted(table(SERVICES).items(), key=lambda item: -len(item[0]))
    )
    return f"""\
# Written by deploy/generate.py from the services' paths; change those, not this file.
# Uploads of 50 MB must pass; how to say so depends on the ingress controller.
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: satudata
  annotations:
    nginx.ingress.kubernetes.io/proxy-body-size: 60m
spec:
  tls:
    - hosts: [satudata.example]
      secretName: satudata-tls
  rules:
    - host: satudata.example
      http:
        paths:
{paths}"""


_HEADERS = {
    "ce-specversion": "1.0",
    "ce-id": "The same again when the message comes again",
    "ce-source": "The service",
    "ce-type": "The fact",
    "ce-subject": "What it is about, mostly the request's id",
    "ce-time": "When it happened, ISO 8601 with its zone",
    "ce-dataschema": "Name and version of the contract",
    "ce-sequence": "The fact's number in the stream of its subject",
    "ce-position": "Its place in the log of its source",
    "ce-actorid": "Who did it: an id, never a name",
    "ce-actorrole": "In which role",
    "ce-actoragency": "For which agency, if for one",
    "ce-causationid": "The message that this followed from, if any",
    "ce-correlationid": "The request that all this belongs to",
}
_NOT_ALWAYS = {"ce-actoragency", "ce-causationid"}


def asyncapi() -> str:
    """Every published fact as an AsyncAPI 3 document."""
    # Of the tests' environment: nothing that runs needs it.
    import yaml

    channels: dict[str, Any] = {}
    operations: dict[str, Any] = {}
    messages: dict[str, Any] = {}
    for service in SERVICES:
        for type_ in package(service, "adapters.published").PUBLISHED:
            name = f"{service}.{type_}"
            contract = ROOT / "services" / service / "contracts" / f"{type_}.v1"
            schema = json.loads(contract.with_name(f"{type_}.v1.schema.json").read_text("utf-8"))
            example = json.loads(contract.with_name(f"{type_}.v1.example.json").read_text("utf-8"))
            said = schema.pop("description")
            for key in ("$schema", "$id", "title"):
                schema.pop(key)
            messages[name] = {
                "name": type_,
                "title": type_,
                "summary": said,
                "contentType": "application/json",
                "headers": {"$ref": "#/components/schemas/cloudEvent"},
                "payload": schema,
                "examples": [{"payload": example}],
            }
            channels[name] = {
                "address": type_,
                "description": f"Routing key {type_} of the exchange {service}.events.",
                "messages": {type_: {"$ref": f"#/components/messages/{name}"}},
                "bindings": {
                    "amqp": {
                        "is": "routingKey",
                        "exchange": {
                            "name": f"{service}.events", "type": "topic",
                            "durable": True, "autoDelete": False, "vhost": "/",
                        },
                        "bindingVersion": "0.3.0",
                    }
                },
            }  # fmt: skip
            operations[name] = {
                "action": "send",
                "channel": {"$ref": f"#/channels/{name}"},
                "summary": f"{service} says that this has happened.",
            }
    document = {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Satu Data: published facts",
            "version": "0.1.0",
            "description": "At least once, in order for each source, without personal data."
            " Written by deploy/generate.py from the contracts; docs/integrator.md explains it.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": channels,
        "operations": operations,
        "components": {
            "messages": messages,
            "schemas": {
                "cloudEvent": {
                    "type": "object",
                    "properties": {
                        name: {"type": "string", "description": text}
                        for name, text in _HEADERS.items()
                    },
                    "required": [name for name in _HEADERS if name not in _NOT_ALWAYS],
                }
            },
        },
    }
    return str(yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=100))


FILES = {
    "nginx.conf": nginx_conf,
    "rabbitmq/definitions.json": definitions,
    "kubernetes/ingress.yaml": ingress,
    "../docs/asyncapi.yaml": asyncapi,
}


def main(arguments: list[str]) -> int:
    """Write, or with --check compare."""
    stale = [
        name
        for name, make in FILES.items()
        if not (HERE / name).exists() or (HERE / name).read_text(encoding="utf-8") != make()
    ]
    if "--check" in arguments:
        for name in stale:
            print(f"{_shown(name)} is not what the code says: run python deploy/generate.py")
        return 1 if stale else 0
    for name in stale:
        (HERE / name).write_text(FILES[name](), encoding="utf-8")
        print(f"wrote {_shown(name)}")
    return 0


def _shown(name: str) -> str:
    return str((HERE / name).resolve().relative_to(ROOT))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
