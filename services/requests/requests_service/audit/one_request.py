"""One request for the auditor: everything that happened, how it stood at any time, what changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from chassis.actor import Actor as Caller
from chassis.log import StoredFact

from requests_service.application import Requests
from requests_service.audit.filters import FilterInvalid, Filters
from requests_service.audit.seals import Seal, seals_of
from requests_service.audit.words import title_of
from requests_service.domain.data_request import DataRequest
from requests_service.domain.errors import RequestNotFound
from requests_service.domain.events import Fact, RequestSubmitted
from requests_service.domain.roles import Actor, Role
from requests_service.sealing.entries import COLUMNS, FactRow
from requests_service.summary import summary
from requests_service.visible import details_of

_AUDITOR = Actor("", Role.AUDITOR)


@dataclass(frozen=True)
class Entry:
    """One fact as an auditor reads it."""

    position: int
    version: int
    type: str
    title: str
    own: bool
    """Of the request's own stream; else beside it: a reading, a refused act, an erasure."""
    occurred_at: datetime
    recorded_at: datetime
    actor: str
    name: str | None
    """The officer's, from the accounts."""
    role: str
    agency: str | None
    step: int | None
    next_step: int | None
    was_due: str | None
    late: bool
    due: str | None
    """The next step's deadline."""
    statutory_due: str | None
    causation: str | None
    """Id of the message that this is an effect of: service and position in its log."""
    details: dict[str, Any]
    """The fact's own public fields; sealed texts are left out."""
    seal: Seal

    @property
    def recorded_after(self) -> timedelta:
        return self.recorded_at - self.occurred_at


@dataclass(frozen=True)
class Difference:
    """How a request stood at two times."""

    before: dict[str, Any] | None
    """None before it was submitted."""
    after: dict[str, Any] | None
    changed: list[tuple[str, Any, Any]]
    """Name, then and later."""
    facts: list[dict[str, Any]]
    """Those that made the difference, each with its position, type and time."""


def timeline(app: Requests, request_id: UUID, known: Filters) -> list[Entry]:
    """Every fact of the request and beside it, by position, as far as `known` reaches."""
    condition, values = known.condition()
    rows = app.pool.execute(
        f"SELECT {COLUMNS}, occurred_at, recorded_at FROM facts WHERE position IN"
        " (SELECT position FROM facts WHERE stream = %s UNION"
        "  SELECT position FROM trail WHERE request_id = %s AND type <> 'AuditQueried')"
        f" AND {condition} ORDER BY position",
        [request_id, request_id, *values],
    )
    facts = [FactRow._make((*row[:5], bytes(row[5]), *row[6:-2])) for row in rows]
    seals = seals_of(app.pool, facts)
    names = app.accounts.names()
    return [
        _entry(fact, row[-2], row[-1], names, request_id, seals[fact.position])
        for fact, row in zip(facts, rows, strict=True)
    ]


def lost_versions(entries: Sequence[Entry]) -> list[int]:
    """Of the request's own stream: versions before the last one that are not there."""
    there = {entry.version for entry in entries if entry.own}
    return [version for version in range(1, max(there, default=0)) if version not in there]


def state_at(app: Requests, request_id: UUID, known: Filters) -> dict[str, Any] | None:
    """How it stood, without personal data; None before it was submitted. All of `summary`, and
    `erased_on`.

    `known`: what had happened, or what had been recorded. Raises RequestNotFound.
    """
    return _state(app, _facts(app, request_id, known), known)


def difference(app: Requests, request_id: UUID, earlier: Filters, later: Filters) -> Difference:
    """Between what was known by one and by the other.

    Raises RequestNotFound, and FilterInvalid when the later one knew less.
    """
    before, after = _facts(app, request_id, earlier), _facts(app, request_id, later)
    there = {f.position for f in before}
    if _is_after(earlier, later) or there - {f.position for f in after}:
        raise FilterInvalid('"Dari" harus lebih dahulu daripada "Sampai"; tukarkan keduanya.')
    then, now = _state(app, before, earlier), _state(app, after, later)
    names = dict.fromkeys([*(then or {}), *(now or {})])
    return Difference(
        then,
        now,
        [
            (name, (then or {}).get(name), (now or {}).get(name))
            for name in names
            if (then or {}).get(name) != (now or {}).get(name)
        ],
        [
            {"position": f.position, "type": f.type, "occurred_at": f.occurred_at}
            for f in after
            if f.position not in there
        ],
    )


def _is_after(one: Filters, other: Filters) -> bool:
    """As far as it can be told without the facts: both are times, or both positions."""
    if one.as_of and other.as_of:
        return one.as_of > other.as_of
    return (one.as_of_position or 0) > (other.as_of_position or one.as_of_position or 0)


def _state(app: Requests, facts: Sequence[StoredFact], known: Filters) -> dict[str, Any] | None:
    if not facts:
        return None
    data_request = _stood(app, facts)
    whole = summary(data_request, app.today().calendar) | {
        "erased_on": _erased_on(app, data_request.pemohon_id, known)
    }
    if data_request.state in ("withdrawn", "closed") and not data_request.notice_issued_on:
        whole |= {"statutory_due": None, "statutory_due_is_estimate": None}
    return whole


def _erased_on(app: Requests, person_id: UUID, known: Filters) -> str | None:
    condition, values = known.condition()
    rows = app.pool.execute(
        "SELECT min(occurred_at) FROM facts WHERE stream = %s AND type = 'PersonErased'"
        f" AND {condition}",
        [person_id, *values],
    )
    at = rows[0][0]
    return app.today(at).day.isoformat() if at else None


def _facts(app: Requests, request_id: UUID, known: Filters) -> list[StoredFact]:
    condition, values = known.condition()
    rows = app.pool.execute(
        "SELECT position, stream, version, type, state, occurred_at, actor, role, agency,"
        f" causation, correlation FROM facts WHERE stream = %s AND {condition} ORDER BY version",
        [request_id, *values],
    )
    if not rows and not app.pool.execute(
        "SELECT 1 FROM facts WHERE stream = %s LIMIT 1", (request_id,)
    ):
        raise RequestNotFound("Permohonan ini tidak ditemukan.")
    return [_stored(*row) for row in rows]


def _stored(*row: Any) -> StoredFact:
    position, stream, version, type_, state, at, actor, role, agency, causation, correlation = row
    by = Caller(actor, role, agency)
    return StoredFact(
        position, stream, version, type_, bytes(state), at, by, causation, correlation
    )


def _stood(app: Requests, stored: Sequence[StoredFact]) -> DataRequest:
    """The request made of these facts alone, although some between them may be left out."""
    first, *others = [app.reading.fact_of(row) for row in stored]
    assert isinstance(first, RequestSubmitted)
    data_request = first.mutate(None)
    assert isinstance(data_request, DataRequest)
    version = stored[0].version
    for row, fact in zip(stored[1:], others, strict=True):
        if row.version == version + 1:
            data_request.when(fact)
            version = row.version
        else:
            _apply_out_of_turn(data_request, fact)
    return data_request


def _apply_out_of_turn(data_request: DataRequest, fact: Fact) -> None:
    """A fact recorded after others that had not happened yet: it repeats what they decided.

    So of what every fact repeats, only what this one moved itself is taken from it.
    """
    kept = {
        name: getattr(data_request, name)
        for name in ("step", "due", "statutory_due", "waiting_for", "agency")
    }
    data_request.when(fact)
    moved = fact.next_step != fact.step
    for name, value in kept.items():
        if not moved or name in ("statutory_due", "agency"):
            setattr(data_request, name, value)


def _entry(
    fact: FactRow,
    occurred_at: datetime,
    recorded_at: datetime,
    names: dict[str, str],
    request_id: UUID,
    seal: Seal,
) -> Entry:
    stored = _stored(
        *(fact.position, UUID(fact.stream), fact.version, fact.type, fact.state, occurred_at),
        *(fact.actor, fact.role, fact.agency, fact.causation, fact.correlation),
    )
    data = stored.data
    return Entry(
        position=fact.position,
        version=fact.version,
        type=fact.type,
        title=title_of(fact.type),
        own=fact.stream == str(request_id),
        occurred_at=occurred_at,
        recorded_at=recorded_at,
        actor=fact.actor,
        name=names.get(fact.actor),
        role=fact.role,
        agency=fact.agency,
        step=data.get("step"),
        next_step=data.get("next_step"),
        was_due=data.get("was_due"),
        late=bool(data.get("late")),
        due=data.get("next_due"),
        statutory_due=data.get("statutory_due"),
        causation=fact.causation,
        details=details_of(stored, _AUDITOR),
        seal=seal,
    )
