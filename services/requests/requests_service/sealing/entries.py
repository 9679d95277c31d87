"""The entry of a fact: the bytes that are sealed, canonical JSON of fifteen keys (RFC 8785)."""

import hashlib
from json.encoder import encode_basestring as _quoted
from typing import Any, NamedTuple

COLUMNS = (
    "position, stream::text, version, type, type_version, state,"
    " to_char(occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') AS occurred_at,"
    " to_char(recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') AS recorded_at,"
    " actor, role, agency, on_behalf_of, idempotency_key, causation, correlation"
)
"""What to select from `facts` to make a FactRow."""
_WITH_DIGEST = COLUMNS.replace("state,", "encode(sha256(state), 'hex'),")


class FactRow(NamedTuple):
    """A whole row of the log; times as they are sealed: `2026-11-20T01:00:00.000000Z`."""

    position: int
    stream: str
    version: int
    type: str
    type_version: int
    state: bytes
    occurred_at: str
    recorded_at: str
    actor: str
    role: str
    agency: str | None
    on_behalf_of: str | None
    idempotency_key: str | None
    causation: str | None
    correlation: str | None


def read(cur: Any, *, after: int, up_to: int, limit: int) -> list[FactRow]:
    """Whole rows by position; `up_to` comes from `chassis.log.bound`."""
    cur.execute(
        f"SELECT {COLUMNS} FROM facts WHERE position > %s AND position <= %s"
        " ORDER BY position LIMIT %s",
        (after, up_to, limit),
    )
    return [_row(row) for row in cur.fetchall()]


def of_leaves(cur: Any, begin: int, end: int) -> list[FactRow]:
    """The facts of the leaves [begin, end), as far as they are sealed."""
    cur.execute(
        f"SELECT {COLUMNS} FROM sealed JOIN facts USING (position)"
        " WHERE leaf_index >= %s AND leaf_index < %s ORDER BY leaf_index",
        (begin, end),
    )
    return [_row(row) for row in cur.fetchall()]


class Unsealed(NamedTuple):
    """What the sealer needs of a fact."""

    position: int
    type: str
    entry: bytes


def unsealed(cur: Any, *, after: int, up_to: int, limit: int) -> list[Unsealed]:
    """As `read`; the digest comes from the database, which saves sending the state."""
    cur.execute(
        f"SELECT {_WITH_DIGEST} FROM facts WHERE position > %s AND position <= %s"
        " ORDER BY position LIMIT %s",
        (after, up_to, limit),
    )
    return [Unsealed(row[0], row[3], _entry(row, row[5])) for row in cur.fetchall()]


def entry_of(fact: FactRow) -> bytes:
    """The bytes that are sealed: keys sorted, no spaces, UTF-8, what is absent as null."""
    return _entry(fact, hashlib.sha256(fact.state).hexdigest())


def _entry(fact: tuple[Any, ...], state_sha256: str) -> bytes:
    (
        position,
        stream,
        version,
        type_,
        type_version,
        _,
        occurred_at,
        recorded_at,
        actor,
        role,
        agency,
        on_behalf_of,
        idempotency_key,
        causation,
        correlation,
    ) = fact
    # Written out, as it is half of the sealer's time; a test compares it with a JSON library.
    return (
        f'{{"actor":{_quoted(actor)},"agency":{_text(agency)},"causation":{_text(causation)}'
        f',"correlation":{_text(correlation)},"idempotency_key":{_text(idempotency_key)}'
        f',"occurred_at":"{occurred_at}","on_behalf_of":{_text(on_behalf_of)}'
        f',"position":{position},"recorded_at":"{recorded_at}","role":{_quoted(role)}'
        f',"state_sha256":"{state_sha256}","stream":"{stream}"'
        f',"type":{_quoted(type_)},"type_version":{type_version},"version":{version}}}'
    ).encode()


def _row(row: tuple[Any, ...]) -> FactRow:
    return FactRow._make((*row[:5], bytes(row[5]), *row[6:]))


def _text(value: str | None) -> str:
    return "null" if value is None else _quoted(value)
