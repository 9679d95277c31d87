"""A fact on the wire: CloudEvents 1.0 in AMQP's binary mode, attributes as `ce-` headers.

The binding is Knative's for AMQP 0-9-1, as the `cloudevents` SDK has it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import orjson
from chassis.actor import Actor

CONTENT_TYPE = "application/json"
_VERSION = re.compile(r"[:.]v(\d+)$")


class NotAMessage(Exception):
    """What came is not a CloudEvent of ours."""


@dataclass(frozen=True)
class Message:
    """A fact as others hear it."""

    id: str
    """Stable: the same again when it is delivered again."""
    source: str
    type: str
    subject: str
    time: datetime
    sequence: int
    """The fact's version in its source's stream."""
    position: int
    """The fact's place in its source's log."""
    actor: Actor
    data: dict[str, Any]
    dataschema: str
    """The contract's name; it ends in the contract's version."""
    causation: str | None = None
    correlation: str | None = None
    traceparent: str | None = None
    """W3C Trace Context: the trace of the command that this followed from."""

    @property
    def version(self) -> int:
        """The contract's; 1 where the name does not say."""
        return _version(self.dataschema)

    @property
    def body(self) -> bytes:
        """The data as JSON."""
        return orjson.dumps(self.data)

    @property
    def headers(self) -> dict[str, str]:
        """The attributes as the broker carries them."""
        return {f"ce-{name}": value for name, value in self.attributes.items()}

    @property
    def attributes(self) -> dict[str, str]:
        """CloudEvents' attributes, every one a string."""
        whole: dict[str, str | None] = {
            "specversion": "1.0",
            "id": self.id,
            "source": self.source,
            "type": self.type,
            "subject": self.subject,
            "time": self.time.isoformat(),
            "dataschema": self.dataschema,
            "sequence": str(self.sequence),
            "position": str(self.position),
            "actorid": self.actor.id,
            "actorrole": self.actor.role,
            "actoragency": self.actor.agency,
            "actorcapacity": self.actor.capacity,
            "causationid": self.causation,
            "correlationid": self.correlation,
            "traceparent": self.traceparent,
        }
        return {name: value for name, value in whole.items() if value is not None}


@lru_cache(maxsize=1000)
def _version(dataschema: str) -> int:
    named = _VERSION.search(dataschema)
    return int(named[1]) if named else 1


@lru_cache(maxsize=1000)
def schema_name(source: str, type_: str, version: int = 1) -> str:
    """The name of a contract: the same on every installation, and served by each.

    `/api/<source>/contracts/<type>.v<version>.schema.json`
    """
    return f"urn:satudata:{source}:{type_}:v{version}"


def decode(headers: Mapping[str, Any] | None, body: bytes | str) -> Message:
    """Read a message; raises NotAMessage with what is missing or wrong."""
    of = {name[3:]: str(value) for name, value in (headers or {}).items() if name[:3] == "ce-"}
    try:
        data = orjson.loads(body)
        if not isinstance(data, dict):
            raise NotAMessage("the body is not a JSON object")
        return Message(
            id=of["id"],
            source=of["source"],
            type=of["type"],
            subject=of["subject"],
            time=datetime.fromisoformat(of["time"]),
            sequence=int(of["sequence"]),
            position=int(of["position"]),
            actor=Actor(
                of["actorid"], of["actorrole"], of.get("actoragency"), of.get("actorcapacity")
            ),
            data=data,
            dataschema=of.get("dataschema", ""),
            causation=of.get("causationid"),
            correlation=of.get("correlationid"),
            traceparent=of.get("traceparent"),
        )
    except KeyError as error:
        raise NotAMessage(f"the attribute {error} is missing") from error
    except ValueError as error:
        raise NotAMessage(f"it cannot be read: {type(error).__name__}") from error


def structured(message: Message) -> dict[str, Any]:
    """In CloudEvents' structured mode: one JSON object, the attributes beside `data`."""
    return {**message.attributes, "datacontenttype": CONTENT_TYPE, "data": message.data}


def as_json(message: Message) -> dict[str, Any]:
    """The whole message as one JSON object, from which `from_json` makes it again."""
    return {"headers": message.headers, "data": message.data}


def from_json(stored: Mapping[str, Any]) -> Message:
    """The message that `as_json` gave."""
    return decode(stored["headers"], orjson.dumps(stored["data"]))
