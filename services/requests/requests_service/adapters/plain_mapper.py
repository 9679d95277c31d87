"""Facts stored as plain JSON: dates and ids as text, as an auditor would write them."""

import json
from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from types import UnionType
from typing import Any, get_args, get_type_hints
from uuid import UUID

from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import Mapper, StoredEvent, Transcoder

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
        return json.loads(data)


class PlainMapper(Mapper[UUID]):
    """Reads dates and ids back by the annotations of the fact's class."""

    def __init__(self) -> None:
        super().__init__(PlainJson())

    def to_domain_event(self, stored_event: StoredEvent) -> DomainEventProtocol[UUID]:
        fact = super().to_domain_event(stored_event)
        state = vars(fact)
        for name, read in _readers(type(fact)).items():
            if state.get(name) is not None:
                state[name] = read(state[name])
        return fact


def _plain(value: Any) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no plain form in a fact")


@cache
def _readers(fact: type) -> dict[str, Callable[[str], Any]]:
    readers = {}
    for name, kind in get_type_hints(fact).items():
        if name in ("originator_id", "originator_version"):
            continue
        kinds = get_args(kind) if isinstance(kind, UnionType) else (kind,)
        for each in kinds:
            if each in _READ:
                readers[name] = _READ[each]
    return readers
