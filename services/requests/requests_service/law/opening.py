"""The rows of both registers: public, or opened, which is a fact for each person in them."""

import json
from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID, uuid5

from chassis import log
from chassis.actor import Actor

from requests_service.application import Requests
from requests_service.domain.register import Entry, Objection
from requests_service.law.registers import Line, ObjectionLine
from requests_service.projections import register

EXPORTS = UUID("0d2f3a61-54f4-4f7b-9a34-7a4b1f1a9d26")
"""Of the streams of exports: one for each officer."""
_FIELDS = ("acts_for", "address", "email", "name", "occupation", "phone")
_TEXTS = ("data_wanted", "purpose")
_PEOPLE = "SELECT request_id::text, identity_sealed FROM people WHERE request_id = ANY(%s::uuid[])"
_PEOPLE_AT_ONCE = 200
"""Each takes a lock of the server until the end of its transaction."""

_Requests = Sequence[tuple[str, Entry]]


def request_lines(
    app: Requests,
    year: int,
    *,
    opened_for: Actor | None = None,
    skip: int = 0,
    limit: int | None = None,
) -> list[Line]:
    """The register permohonan of a year; with identities and texts for whom it is opened."""
    found = register.requests_of(app.pool, year, skip=skip, limit=limit)
    if opened_for is None:
        return _public(app, found)
    _note_export(app, opened_for, "permohonan", year, [each for each, _ in found])
    return _opened(app, found)


def public_pages(app: Requests, year: int, *, rows: int) -> Iterator[list[Line]]:
    """The register permohonan of a year, so many rows at a time; the last page has fewer."""
    after = 0
    while True:
        found = register.requests_of(app.pool, year, after=after, limit=rows)
        yield _public(app, found)
        if len(found) < rows:
            return
        after = found[-1][1].number


def objection_lines(
    app: Requests, year: int, *, office: str, opened_for: Actor | None = None
) -> list[ObjectionLine]:
    """The register keberatan of a year; `office`: what the Atasan PPID is called."""
    found = register.objected_in(app.pool, year)
    if opened_for is None:
        lines = _public(app, found)
    else:
        _note_export(app, opened_for, "keberatan", year, [each for each, _ in found])
        lines = _opened(app, found)
    names = app.accounts.names()
    rows = [
        _objection(app, request_id, line, each, names, office, opened=opened_for is not None)
        for (request_id, _), line in zip(found, lines, strict=True)
        for each in line.entry.objections
        if each.lodged_on.startswith(f"{year}-")
    ]
    return sorted(rows, key=lambda row: (row.objection.lodged_on, row.objection.number))


def _objection(
    app: Requests,
    request_id: str,
    line: Line,
    objection: Objection,
    names: Mapping[str, str],
    office: str,
    *,
    opened: bool,
) -> ObjectionLine:
    by = ""
    if objection.decided_by:
        by = ", ".join(each for each in (names.get(objection.decided_by), office) if each)
    if not opened:
        return ObjectionLine(line, objection, by)
    told = {"case": objection.case_sealed, "reason": objection.reason_sealed}
    texts = _texts(app, request_id, line.entry, told)
    return ObjectionLine(line, objection, by, texts["case"], texts["reason"])


def _public(app: Requests, found: _Requests) -> list[Line]:
    return [Line(entry, _agency(app, entry)) for _, entry in found]


def _opened(app: Requests, found: _Requests) -> list[Line]:
    ids = [request_id for request_id, _ in found]
    sealed = {each: bytes(identity) for each, identity in app.pool.execute(_PEOPLE, (ids,))}
    lines = []
    for request_id, entry in found:
        told = {"data_wanted": entry.data_wanted_sealed, "purpose": entry.purpose_sealed}
        person = None
        if request_id in sealed:
            person = app.reading.open_text(
                UUID(request_id), UUID(entry.person_id), "identity", sealed[request_id]
            )
        whole = json.loads(person) if person else {}
        shown = {name: whole[name] for name in _FIELDS if name in whole}
        texts = _texts(app, request_id, entry, told)
        lines.append(Line(entry, _agency(app, entry), shown, texts))
    return lines


def _texts(
    app: Requests, request_id: str, entry: Entry, sealed: Mapping[str, str | None]
) -> dict[str, str | None]:
    person = UUID(entry.person_id)
    return {
        name: app.reading.open_text(UUID(request_id), person, name, each) if each else None
        for name, each in sealed.items()
    }


def _agency(app: Requests, entry: Entry) -> str:
    return app.agencies.get(entry.agency or "", "PPID")


def _note_export(
    app: Requests, by: Actor, which: str, year: int, request_ids: Sequence[str]
) -> None:
    """Before anything is opened: that it was asked for, and that each of these was read."""
    # Of who was erased nothing is left to be read.
    known = [each for each, _ in app.pool.execute(_PEOPLE, (list(request_ids),))]
    told = {"register": which, "year": year, "requests": len(known)}
    with app.pool.transaction() as cur:
        log.record(cur, uuid5(EXPORTS, by.id), "RegisterExported", told, actor=by)
    read = {"fields": list(_FIELDS), "texts": list(_TEXTS), "fact": None}
    for first in range(0, len(known), _PEOPLE_AT_ONCE):
        with app.pool.transaction() as cur:
            for each in known[first : first + _PEOPLE_AT_ONCE]:
                about = {"request_id": each, **read, "register": f"{which} {year}"}
                stream = uuid5(UUID(each), "reads")
                log.record(cur, stream, "PersonalDataRead", about, actor=by, correlation=each)
