"""The library's aggregates on our log: facts appended with whatever must be true with them."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from chassis import clock
from chassis.actor import Actor
from chassis.log import WAKE, Statement, append_statement
from chassis.postgres import Pool
from eventsourcing import persistence
from psycopg2 import errors


class StaleVersion(persistence.IntegrityError):
    """Someone else recorded a fact on this stream first."""


class AlreadyHandled(persistence.IntegrityError):
    """This message has had its effect."""


class AlreadyAnswered(persistence.IntegrityError):
    """This command's key has its answer."""


_REFUSED: dict[str | None, type[persistence.IntegrityError]] = {
    "facts_stream_version": StaleVersion,
    "inbox_pkey": AlreadyHandled,
    "idempotency_pkey": AlreadyAnswered,
}


def handled(message_id: str) -> Statement:
    """The inbox row that makes a repeated message harmless."""
    return "INSERT INTO inbox (message_id) VALUES (%s)", (message_id,)


def answered(key: str, request_digest: str, answer: dict[str, Any]) -> Statement:
    """The row that makes a repeated command harmless."""
    return (
        "INSERT INTO idempotency (key, request_digest, answer) VALUES (%s, %s, %s)",
        (key, request_digest, json.dumps(answer)),
    )


class Recorder(persistence.ApplicationRecorder):
    """The library's recorder on our table: one transaction and one round trip for each save."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool

    def insert_events(
        self,
        stored_events: Sequence[persistence.StoredEvent],
        *,
        actor: Actor | None = None,
        at: datetime | None = None,
        causation: str | None = None,
        correlation: str | None = None,
        idempotency_key: str | None = None,
        also: Iterable[Statement] = (),
        **_: Any,
    ) -> list[int]:
        """Append facts, together with `also`; their positions.

        Raises StaleVersion, AlreadyHandled or AlreadyAnswered; nothing is stored then.
        """
        statements = list(also)
        if stored_events:
            if actor is None:
                raise TypeError("facts need an actor")
            statements.append(
                append_statement(
                    [
                        (e.originator_id, e.originator_version, e.topic, e.state)
                        for e in stored_events
                    ],
                    actor,
                    at or clock.now(),
                    causation,
                    correlation,
                    idempotency_key,
                )
            )
        if not statements:
            return []
        with self.pool.connection() as conn, conn.cursor() as cur:
            try:
                # Several statements in one string are one transaction.
                cur.execute(b";".join(cur.mogrify(*s) for s in statements))
            except errors.UniqueViolation as error:
                refused = _REFUSED.get(error.diag.constraint_name, persistence.IntegrityError)
                raise refused(error.diag.constraint_name) from error
            positions = [row[0] for row in cur.fetchall()] if stored_events else []
            if positions:
                cur.execute(WAKE)
            return positions

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> list[persistence.StoredEvent]:
        """One stream's facts as the library wants them."""
        sql = "SELECT stream, version, type, state FROM facts WHERE stream = %s"
        args: list[Any] = [originator_id]
        for condition, value in (("version > %s", gt), ("version <= %s", lte)):
            if value is not None:
                sql += f" AND {condition}"
                args.append(value)
        sql += " ORDER BY version" + (" DESC" if desc else "")
        if limit is not None:
            sql += " LIMIT %s"
            args.append(limit)
        return [
            persistence.StoredEvent(stream, version, type_, bytes(state))
            for stream, version, type_, state in self.pool.execute(sql, args)
        ]

    def select_notifications(self, *args: Any, **kwargs: Any) -> Any:
        """Not offered: `read` gives the log to its end without a gap."""
        raise NotImplementedError("chassis.log.read")

    def max_notification_id(self) -> int | None:
        """The last position given."""
        position = self.pool.execute("SELECT max(position) FROM facts")[0][0]
        return None if position is None else int(position)

    def subscribe(self, *args: Any, **kwargs: Any) -> Any:
        """Not offered: the relay publishes, listeners hear."""
        raise NotImplementedError("chassis.relay")
