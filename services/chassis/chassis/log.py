"""The log of facts: one row each, appended, read by stream or to the end without a gap.

`record` is for services whose state is plain tables; `chassis.event_store` for aggregates.
"""

import json
import select
import time
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from chassis import clock
from chassis.actor import Actor
from chassis.message import Message
from chassis.postgres import Pool
from chassis.telemetry import trace
from chassis.texts import has_nul

Statement = tuple[str, Sequence[Any]]
"""SQL and its arguments, to be run in the transaction of the facts."""

LOG_LOCK = 4711
"""Shared by every append until its transaction ends, so that it can be seen: see `bound`."""
BATCH_LOCK = 4717
"""Held by whoever appends several facts at once, so that two such batches do not interleave."""
ASLEEP_LOCK = 4716
"""Shared by all who `wait`: an append that can have it alone for an instant need not wake them."""
CAPACITY = "capacity"
"""Within a fact's state: in which its actor held that role, when it was not their own."""
WAKE_CHANNEL = "facts"
WAKE = f"SET LOCAL synchronous_commit = off; NOTIFY {WAKE_CHANNEL}"
"""Sent after the facts' commit, never within it: NOTIFY's lock is one for the whole cluster."""

_PAUSES = (0.001, 0.002, 0.004, 0.008, 0.016, 0.032)
_NOT_COMMITTED_SECONDS = 0.01


class StoredFact(NamedTuple):
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
    traceparent: str | None = None

    @property
    def data(self) -> dict[str, Any]:
        """The state as the JSON object that it is."""
        stored: dict[str, Any] = orjson.loads(self.state)
        return stored


_COLUMNS = (
    "position, stream, version, type, state, occurred_at,"
    " actor, role, agency, causation, correlation, traceparent"
)


def _fact(row: tuple[Any, ...]) -> StoredFact:
    position, stream, version, type_, state, at, actor, role, agency, *why = row
    return StoredFact(
        position, stream, version, type_, bytes(state), at, Actor(actor, role, agency), *why
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
    if actor.capacity:
        data = {CAPACITY: actor.capacity, **data}
    state = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
    cur.execute(
        *append_statement(
            [(stream, version, type_, 1, state)],
            actor,
            at or clock.now(),
            because_of,
            correlation or str(stream),
            None,
        )
    )
    position, asleep = cur.fetchone()
    if asleep:
        cur.after_commit = WAKE
    return int(position)


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

    Positions are given before commits. So: take the last position given, then see who holds the
    lock that every append takes before it is given one, and wait a little until those have
    ended. Nobody waits for the reader.
    """
    last = last_given(cur)
    if last <= known:
        return known
    under_way = _appending(cur)
    for pause in _PAUSES:
        if not under_way:
            return last
        time.sleep(pause)
        under_way &= _appending(cur)
    return known


def last_given(cur: Any) -> int:
    """The last position given to any append, which may not be committed, or never be."""
    cur.execute("SELECT coalesce(pg_sequence_last_value('facts_position_seq'), 0)")
    return int(cur.fetchone()[0])


def wait(conn: Any, cur: Any, *, since: int, seconds: float, also: Sequence[Any] = ()) -> None:
    """Sleep until facts come after the position `since`, or for `seconds` at most.

    `also`: other files that end the sleep when they can be read.
    The connection listens to WAKE_CHANNEL. An append sees after it was given its position whether
    anybody is asleep; here it is the other way round, so one of the two sees the other.
    """
    cur.execute(f"SELECT pg_advisory_lock_shared({ASLEEP_LOCK})")
    if last_given(cur) > since:
        seconds = min(seconds, _NOT_COMMITTED_SECONDS)
    if not conn.notifies:
        select.select([conn, *also], [], [], seconds)
    cur.execute(f"SELECT pg_advisory_unlock_shared({ASLEEP_LOCK})")
    conn.poll()
    conn.notifies.clear()


def read(
    cur: Any, *, after: int, up_to: int, limit: int, types: Collection[str] | None = None
) -> list[StoredFact]:
    """Facts by position; `up_to` comes from `bound`, so none can appear in between later.

    `types`: only these, without it all.
    """
    cur.execute(
        f"SELECT {_COLUMNS} FROM facts WHERE position > %s AND position <= %s"
        " AND (%s::text[] IS NULL OR type = ANY (%s::text[])) ORDER BY position LIMIT %s",
        (after, up_to, *[None if types is None else sorted(types)] * 2, limit),
    )
    return [_fact(row) for row in cur.fetchall()]


def append_statement(
    facts: Sequence[tuple[UUID | str, int, str, int, bytes]],
    actor: Actor,
    at: datetime,
    causation: str | None,
    correlation: str | None,
    idempotency_key: str | None,
) -> Statement:
    """The insertion of (stream, version, type, version of the type, state) rows.

    It gives for each its position, and whether somebody must be woken after the commit. Readers
    rely on the lock that comes first; facts that are not a batch wait for nobody.
    Raises ValueError for a fact with NUL in a text: whoever heard it could never keep it.
    """
    if any(has_nul(state) for *_, state in facts):
        raise ValueError("A fact cannot contain NUL (0x00) characters.")
    if len(facts) == 1:
        (stream, version, type_, type_version, state) = facts[0]
        return (
            "SELECT * FROM append_fact(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            (
                str(stream),
                version,
                type_,
                type_version,
                state,
                at,
                actor.id,
                actor.role,
                actor.agency,
                causation,
                correlation or str(stream),
                idempotency_key,
                trace(),
            ),
        )
    rows = ", ".join(["(%s, %s, %s, %s, %s)"] * len(facts))
    return (
        f"SELECT pg_advisory_xact_lock_shared({LOG_LOCK}), pg_advisory_xact_lock({BATCH_LOCK});"
        " INSERT INTO facts (stream, version, type, type_version, state, occurred_at, actor, role,"
        " agency, causation, correlation, idempotency_key, traceparent)"
        " SELECT s::uuid, v, t, tv, b, %s, %s, %s, %s, %s, coalesce(%s, s), %s, %s"
        f" FROM (VALUES {rows}) AS f (s, v, t, tv, b) RETURNING position, true",
        (
            at,
            actor.id,
            actor.role,
            actor.agency,
            causation,
            correlation,
            idempotency_key,
            trace(),
            *(value for stream, *rest in facts for value in (str(stream), *rest)),
        ),
    )


def _appending(cur: Any) -> set[str]:
    """The transactions that append at this moment."""
    cur.execute(
        "SELECT virtualtransaction FROM pg_locks WHERE locktype = 'advisory' AND granted"
        f" AND (classid, objid, objsubid) = (0, {LOG_LOCK}, 1)"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    )
    return {transaction for (transaction,) in cur.fetchall()}
