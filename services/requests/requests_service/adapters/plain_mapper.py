"""Facts stored as plain JSON: dates and ids as text, as an auditor would write them."""

import json
from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from types import UnionType
from typing import Any, cast, get_args, get_type_hints
from uuid import UUID

from chassis.event_store import VersionedEvent
from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import Mapper, StoredEvent, Transcoder
from eventsourcing.utils import resolve_topic

_READ: dict[Any, Callable[[str], Any]] = {
    date: date.fromisoformat,
    datetime: datetime.fromisoformat,
    UUID: UUID,
}


class PlainJson(Transcoder):
    """JSON without the library's type marks: the fact's class says what its fields are."""

    def encode(self, obj: Any) -> bytes:
        text = json.dumps(obj, default=_plain, ensure_ascii=False, separators=(",", ":"))
        return text.encode()

    def decode(self, data: bytes) -> Any:
        return json.loads(data.decode())


class PlainMapper(Mapper[UUID]):
    """Reads dates and ids back by the annotations of the fact's class."""

    def __init__(self) -> None:
        super().__init__(PlainJson())

    def to_stored_event(self, domain_event: DomainEventProtocol[UUID]) -> StoredEvent:
        """With the version of its class, which also stands in the state unless it is 1."""
        stored = super().to_stored_event(domain_event)
        return VersionedEvent(**vars(stored), type_version=_version(type(domain_event)))

    def to_domain_event(self, stored_event: StoredEvent) -> DomainEventProtocol[UUID]:
        """What the library's mapper does, in less time: a request is read at every command."""
        fact_class, class_version, readers = _reading(stored_event.topic)
        state = self.transcoder.decode(stored_event.state)
        for version in range(state.pop("class_version", 1), class_version):
            getattr(fact_class, f"upcast_v{version}_v{version + 1}")(state)
        for name, read in readers:
            value = state.get(name)
            if value is not None:
                state[name] = read(value)
        state["originator_id"] = stored_event.originator_id
        state["originator_version"] = stored_event.originator_version
        fact: Any = object.__new__(fact_class)
        # Not through the constructor: a field that an older fact lacks has its class's default.
        object.__setattr__(fact, "__dict__", state)
        return cast(DomainEventProtocol[UUID], fact)


def _version(fact: type) -> int:
    return int(getattr(fact, "class_version", 1))


def _plain(value: Any) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no plain form in a fact")


@cache
def _reading(topic: str) -> tuple[type, int, tuple[tuple[str, Callable[[str], Any]], ...]]:
    """The class, its version, and how those of its fields are read that are no plain JSON."""
    fact: type = resolve_topic(topic)
    readers = {}
    for name, kind in get_type_hints(fact).items():
        if name in ("originator_id", "originator_version"):
            continue
        kinds = get_args(kind) if isinstance(kind, UnionType) else (kind,)
        for each in kinds:
            if each in _READ:
                readers[name] = _READ[each]
    return fact, _version(fact), tuple(readers.items())
