"""Facts as an object-centric event log, OCEL 2.0 in JSON: requests, letters, files, agencies and
officers are the objects; each fact is an event of those that it is about.

All values are text, as the format's schema has it; their types are declared. Of the objects only
the ids are kept in memory. Sealed texts are left out.
"""

import json
import tempfile
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from requests_service.audit.sealed_facts import SealedFact
from requests_service.audit.told import Value, told
from requests_service.domain.roles import Role

_SPOOL_BYTES = 8 << 20
_PIECE_BYTES = 1 << 20
_NO_OFFICERS = frozenset({Role.PEMOHON, Role.SERVICE, "public"})
_ATTRIBUTES: dict[str, tuple[str, ...]] = {
    "request": ("register_number", "kind", "channel", "dataset"),
    "letter": ("letter", "number", "issued_on", "addressed_to", "digest"),
    "file": ("media_type", "size"),
    "agency": (),
    "officer": ("role",),
}
_TYPES = {bool: "boolean", int: "integer", float: "float", str: "string"}


class _Link(NamedTuple):
    """What an event has to do with an object."""

    type: str
    id: str
    qualifier: str

    @property
    def object_id(self) -> str:
        return f"{self.type}:{self.id}"


class _Objects:
    """Each is written once, when an event first names it."""

    def __init__(self) -> None:
        self._known: set[str] = set()
        self._written = tempfile.SpooledTemporaryFile(_SPOOL_BYTES)  # noqa: SIM115

    def note(self, fact: SealedFact, links: list[_Link], values: dict[str, Value]) -> None:
        about = next((link.object_id for link in links if link.type == "request"), None)
        for link in links:
            if link.object_id not in self._known:
                comma = ",\n" if self._known else ""
                self._known.add(link.object_id)
                self._written.write(f"{comma}{_object(fact, link, values, about)}".encode())

    def pieces(self) -> Iterator[bytes]:
        self._written.seek(0)
        while piece := self._written.read(_PIECE_BYTES):
            yield piece
        self._written.close()


def ocel(facts: Iterable[SealedFact]) -> Iterator[bytes]:
    """The file, piece by piece."""
    objects = _Objects()
    declared: dict[str, dict[str, str]] = {}
    yield b'{"events": ['
    comma = "\n"
    for fact in facts:
        values = _values(fact)
        links = _links(fact, values)
        objects.note(fact, links, values)
        types = declared.setdefault(fact.row.type, {})
        for name, value in values.items():
            types.setdefault(name, "time" if name == "recorded_at" else _TYPES[type(value)])
        yield f"{comma}{_event(fact, values, links)}".encode()
        comma = ",\n"
    yield b'\n],\n"objects": [\n'
    yield from objects.pieces()
    event_types = [_declaration(name, types) for name, types in declared.items()]
    object_types = [
        _declaration(name, {each: "integer" if each == "size" else "string" for each in attributes})
        for name, attributes in _ATTRIBUTES.items()
    ]
    yield f'\n],\n"eventTypes": {_json(event_types)},\n'.encode()
    yield f'"objectTypes": {_json(object_types)}}}\n'.encode()


def _values(fact: SealedFact) -> dict[str, Value]:
    row = fact.row
    values: dict[str, Value | None] = {
        "position": row.position,
        "leaf_index": fact.leaf_index,
        "recorded_at": row.recorded_at,
        "actor": row.actor,
        "role": row.role,
        "agency": row.agency,
        "causation": row.causation,
        **told(fact),
        "register_number": fact.register_number,
    }
    return {name: value for name, value in values.items() if value is not None}


def _links(fact: SealedFact, values: dict[str, Value]) -> list[_Link]:
    row = fact.row
    found = [
        ("request", row.correlation if fact.register_number else None, "about"),
        ("officer", None if row.role in _NO_OFFICERS else row.actor, "by"),
        ("agency", row.agency, "of the actor"),
        ("agency", values.get("holds_data"), "holds the data"),
        ("letter", values.get("letter_id"), "issued"),
        # A letter's digest is its own, no file's of the request.
        ("file", None if "letter_id" in values else values.get("digest"), "file"),
        ("file", values.get("original_digest"), "original"),
    ]
    return [_Link(type_, str(id_), qualifier) for type_, id_, qualifier in found if id_]


def _event(fact: SealedFact, values: dict[str, Value], links: list[_Link]) -> str:
    return _json(
        {
            "id": f"requests-{fact.row.position}",
            "type": fact.row.type,
            "time": fact.row.occurred_at,
            "attributes": [{"name": n, "value": _text(v)} for n, v in values.items()],
            "relationships": [
                {"objectId": link.object_id, "qualifier": link.qualifier} for link in links
            ],
        }
    )


def _object(fact: SealedFact, link: _Link, values: dict[str, Value], about: str | None) -> str:
    told_here = {} if link.qualifier == "original" else values
    owned = link.type in ("letter", "file") and about
    return _json(
        {
            "id": link.object_id,
            "type": link.type,
            "attributes": [
                {"name": name, "value": _text(told_here[name]), "time": fact.row.occurred_at}
                for name in _ATTRIBUTES[link.type]
                if name in told_here
            ],
            "relationships": [{"objectId": about, "qualifier": "of"}] if owned else [],
        }
    )


def _declaration(name: str, attributes: dict[str, str]) -> dict[str, Any]:
    return {
        "name": name,
        "attributes": [{"name": each, "type": kind} for each, kind in attributes.items()],
    }


def _text(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
