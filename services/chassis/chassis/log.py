"""The log of facts: one row each, appended, read by stream or to the end without a gap.

`record` is for services whose state is plain tables; `chassis.event_store` for aggregates.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg2
from chassis import clock
from chassis.actor import Actor
from chassis.message import Message
from chassis.postgres import Pool

Statement = tuple[str, Sequence[Any]]
"""SQL and its arguments, to be run in the transaction of the facts."""

LOG_LOCK = 4711
"""Shared by every append, taken for an instant by the reader: see `bound`."""
WAKE_CHANNEL = "facts"
WAKE = f"SET LOCAL synchronous_commit = off; NOTIFY {WAKE_CHANNEL}"
"""Sent after the facts' commit, never within it: NOTIFY's lock is one for the whole cluster."""


@dataclass(frozen=True)
class StoredFact:
    """A row of the log."""

    position: int
    stream: UUID
    version: int
    type: str
    state: bytes
    occurred_at: datetime
    actor: Actor
    causation: str | None
    correlation: str | None

    @property
    def data(self) -> dict[str, Any]:
        """The state as the JSON object that it is."""
        return dict(json.loads(self.state))


_COLUMNS = (
    "position, stream, version, type, state, occurred_at,"
    " actor, role, agency, causation, correlation"
)


def _fact(row: tuple[Any, ...]) -> StoredFact:
    position, stream, version, type_, state, at, actor, role, agency, causation, correlation = row
    return StoredFact(
        position,
        stream,
        version,
        type_,
        bytes(state),
        at,
        Actor(actor, role, agency),
        causation,
        correlation,
    )


def record(
    cur: Any,
    stream: UUID,
    type_: str,
    data: dict[str, Any],
    *,
    actor: Actor,
    because_of: str | None = None,
    correlation: str | None = None,
    at: datetime | None = None,
) -> int:
    """Append one fact to a stream within the caller's transaction; its position.

    For services whose state is plain tables. Make it the last write: it queues behind other
    writers of the same stream.
    """
    cur.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", (LOG_LOCK, str(stream)))
    cur.execute("SELECT coalesce(max(version), 0) + 1 FROM facts WHERE stream = %s", (stream,))
    version = cur.fetchone()[0]
    state = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
    cur.execute(
        *append_statement(
            [(stream, version, type_, state)],
            actor,
            at or clock.now(),
            because_of,
            correlation or str(stream),
            None,
        )
    )
    cur.after_commit = WAKE
    return int(cur.fetchone()[0])


def handled(cur: Any, message: Message) -> bool:
    """Write the inbox row in the caller's transaction; False when it was there before.

    Then the message has had its effect, and the handler does nothing.
    """
    cur.execute("INSERT INTO inbox (message_id) VALUES (%s) ON CONFLICT DO NOTHING", (message.id,))
    return bool(cur.rowcount == 1)


def stream(pool: Pool, stream_id: UUID, *, after_version: int = 0) -> list[StoredFact]:
    """One stream's facts, in order."""
    rows = pool.execute(
        f"SELECT {_COLUMNS} FROM facts WHERE stream = %s AND version > %s ORDER BY version",
        (stream_id, after_version),
    )
    return [_fact(row) for row in rows]


def bound(cur: Any, known: int) -> int:
    """A position up to which every fact is there to be read; `known` while that cannot be told.

    Positions are given before commits. So: take the last position given, then hold for an
    instant, alone, the lock that every append shares. Whoever was given a position up to that
    one has ended by then.
    """
    cur.execute("SELECT coalesce(pg_sequence_last_value('facts_position_seq'), 0)")
    last = int(cur.fetchone()[0])
    if last <= known:
        return known
    try:
        cur.execute(f"SET lock_timeout = '50ms'; SELECT pg_advisory_lock({LOG_LOCK})")
        cur.execute(f"SELECT pg_advisory_unlock({LOG_LOCK}); SET lock_timeout = 0")
    except psycopg2.errors.LockNotAvailable:
        cur.execute("SET lock_timeout = 0")
        return known
    return last


def read(cur: Any, *, after: int, up_to: int, limit: int) -> list[StoredFact]:
    """Facts by position; `up_to` comes from `bound`, so none can appear in between later."""
    cur.execute(
        f"SELECT {_COLUMNS} FROM facts WHERE position > %s AND position <= %s"
        " ORDER BY position LIMIT %s",
        (after, up_to, limit),
    )
    return [_fact(row) for row in cur.fetchall()]


def append_statement(
    facts: Sequence[tuple[Any, int, str, bytes]],
    actor: Actor,
    at: datetime,
    causation: str | None,
    correlation: str | None,
    idempotency_key: str | None,
) -> Statement:
    """The insertion of (stream, version, type, state) rows, which gives their positions."""
    rows = ", ".join(["(%s, %s, %s, %s)"] * len(facts))
    values = [v for f in facts for v in (str(f[0]), f[1], f[2], psycopg2.Binary(f[3]))]
    return (
        f"SELECT pg_advisory_xact_lock_shared({LOG_LOCK});"
        " INSERT INTO facts (stream, version, type, state, occurred_at, actor, role, agency,"
        " causation, correlation, idempotency_key)"
        " SELECT s::uuid, v, t, b, %s, %s, %s, %s, %s, coalesce(%s, s), %s"
        f" FROM (VALUES {rows}) AS f (s, v, t, b) RETURNING position",
        (
            at,
            actor.id,
            actor.role,
            actor.agency,
            causation,
            correlation,
            idempotency_key,
            *values,
        ),
    )
