"""The library's aggregates on our log: facts appended with whatever must be true with them.

It is a persistence module of the library: PERSISTENCE_MODULE=chassis.event_store with DATABASE_URL,
the DSN of a database that `chassis.migrate` has brought up to date. Nothing is created at start.

A new version of a fact: raise its class's `class_version` by one, and give the class a static
method `upcast_v1_v2(state)` which changes the JSON object of the old version into the new one.
Stored facts stay as they are. Each row says its version in `type_version`.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

import psycopg2
from chassis import clock
from chassis.actor import Actor
from chassis.log import WAKE, Statement, append_statement, bound
from chassis.postgres import Pool
from eventsourcing import application, persistence
from eventsourcing.utils import Environment, EnvType, resolve_topic


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


@dataclass(frozen=True)
class VersionedEvent(persistence.StoredEvent):
    """An event to be stored, with the version of its type."""

    type_version: int = 1


def handled(message_id: str) -> Statement:
    """The inbox row that makes a repeated message harmless."""
    return "INSERT INTO inbox (message_id) VALUES (%s)", (message_id,)


def answered(key: str, request_digest: str, answer: dict[str, Any]) -> Statement:
    """The row that makes a repeated command harmless."""
    return (
        "INSERT INTO idempotency (key, request_digest, answer) VALUES (%s, %s, %s)",
        (key, request_digest, json.dumps(answer)),
    )


class _Streams(persistence.AggregateRecorder):
    """Reads a table's rows by stream and version."""

    table: ClassVar[str]

    def __init__(self, pool: Pool) -> None:
        self.pool = pool

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> list[persistence.StoredEvent]:
        """One stream's rows as the library wants them."""
        sql = f"SELECT version, type, state FROM {self.table} WHERE stream = %s"
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
            persistence.StoredEvent(originator_id, version, type_, bytes(state))
            for version, type_, state in self.pool.execute(sql, args)
        ]


class Recorder(_Streams, persistence.ApplicationRecorder):
    """The library's recorder on our table: one transaction and one round trip for each save."""

    table = "facts"

    def __init__(self, pool: Pool, *, actor: Actor | None = None) -> None:
        """`actor`: who did what is saved without saying who did it."""
        super().__init__(pool)
        self._actor = actor

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
            actor = actor or self._actor
            if actor is None:
                raise TypeError("facts need an actor")
            rows = [
                (
                    e.originator_id,
                    e.originator_version,
                    e.topic,
                    e.type_version if isinstance(e, VersionedEvent) else 1,
                    e.state,
                )
                for e in stored_events
            ]
            at = at or clock.now()
            statements.append(
                append_statement(rows, actor, at, causation, correlation, idempotency_key)
            )
        if not statements:
            return []
        with self.pool.connection() as conn, conn.cursor() as cur:
            _execute(cur, statements)
            given = cur.fetchall() if stored_events else []
            if any(asleep for _, asleep in given):
                cur.execute(WAKE)
            return [position for position, _ in given]

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> list[persistence.Notification]:
        """Facts by position, without a gap: none can appear later before those given here."""
        after = (start or 0) - (inclusive_of_start and start is not None)
        with self.pool.connection() as conn, conn.cursor() as cur:
            readable = bound(cur, after)
            cur.execute(
                "SELECT stream, version, type, state, position FROM facts"
                " WHERE position > %s AND position <= %s AND (%s OR type = ANY(%s))"
                " ORDER BY position LIMIT %s",
                (after, min(readable, stop or readable), not topics, list(topics), limit),
            )
            return [
                persistence.Notification(stream, version, type_, bytes(state), position)
                for stream, version, type_, state, position in cur.fetchall()
            ]

    def max_notification_id(self) -> int | None:
        """The last position that was committed."""
        position = self.pool.execute("SELECT max(position) FROM facts")[0][0]
        return None if position is None else int(position)

    def subscribe(self, *args: Any, **kwargs: Any) -> Any:
        """Not offered: whoever follows the log does it with `chassis.log`."""
        raise NotImplementedError("chassis.log.wait")


class Repository(application.Repository[UUID]):
    """The library's; but it does not ask each fact whether it is one, which took half of all."""

    def get(self, aggregate_id: UUID, **how: Any) -> Any:
        return super().get(aggregate_id, projector_func=_replay, **how)


class Snapshots(_Streams):
    """Aggregates as they were at some version."""

    table = "snapshots"

    def insert_events(self, stored_events: Sequence[persistence.StoredEvent], **_: Any) -> None:
        """Keep them all, or none."""
        statements: list[Statement] = [
            (
                "INSERT INTO snapshots (stream, version, type, state) VALUES (%s, %s, %s, %s)",
                (e.originator_id, e.originator_version, e.topic, e.state),
            )
            for e in stored_events
        ]
        if statements:
            with self.pool.connection() as conn, conn.cursor() as cur:
                _execute(cur, statements)


class Tracking(persistence.TrackingRecorder):
    """How far another application's log has been processed, beside how far our own relay is."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool

    def insert_tracking(self, tracking: persistence.Tracking) -> None:
        """Raises IntegrityError unless it is further than before."""
        with self.pool.connection() as conn, conn.cursor() as cur:
            _execute(cur, [_reached(tracking)])

    def max_tracking_id(self, application_name: str) -> int | None:
        """The position in the other application's log."""
        found = self.pool.execute("SELECT position FROM relay WHERE name = %s", (application_name,))
        return int(found[0][0]) if found else None


class ProcessRecorder(Tracking, Recorder, persistence.ProcessRecorder):
    """Facts together with the position of the notification that they follow from."""

    def __init__(self, pool: Pool, *, actor: Actor) -> None:
        Recorder.__init__(self, pool, actor=actor)

    def insert_events(
        self,
        stored_events: Sequence[persistence.StoredEvent],
        *,
        tracking: persistence.Tracking | None = None,
        **how: Any,
    ) -> list[int]:
        """Raises IntegrityError when the notification was processed before."""
        also = [_reached(tracking)] if tracking else []
        return super().insert_events(stored_events, also=also, **how)


class Factory(persistence.InfrastructureFactory[persistence.TrackingRecorder]):
    """Makes recorders on the database that DATABASE_URL names.

    What is saved without an actor was done by the application itself, as a service.
    """

    DATABASE_URL = "DATABASE_URL"

    def __init__(self, env: Environment | EnvType | None) -> None:
        super().__init__(env)
        dsn = self.env.get(self.DATABASE_URL)
        if not dsn:
            raise persistence.InfrastructureFactoryError(f"{self.DATABASE_URL} is not set")
        self._pool = Pool(dsn)
        self._actor = Actor(self.env.name or "application", "service")

    def aggregate_recorder(self, purpose: str = "events") -> Snapshots:
        return Snapshots(self._pool)

    def application_recorder(self) -> Recorder:
        return Recorder(self._pool, actor=self._actor)

    def tracking_recorder(
        self, tracking_recorder_class: type[persistence.TrackingRecorder] | None = None
    ) -> persistence.TrackingRecorder:
        topic = self.env.get(self.TRACKING_RECORDER_TOPIC)
        chosen: Any = tracking_recorder_class or (resolve_topic(topic) if topic else Tracking)
        made: persistence.TrackingRecorder = chosen(self._pool)
        return made

    def process_recorder(self) -> ProcessRecorder:
        return ProcessRecorder(self._pool, actor=self._actor)

    def close(self) -> None:
        self._pool.close()


def _replay(aggregate: Any, facts: Iterable[Any]) -> Any:
    for fact in facts:
        aggregate = fact.mutate(aggregate)
    return aggregate


def _execute(cur: Any, statements: Sequence[Statement]) -> None:
    """In one round trip: several statements in one string are one transaction."""
    try:
        cur.execute(b";".join(cur.mogrify(*statement) for statement in statements))
    except psycopg2.IntegrityError as error:
        refused = _REFUSED.get(error.diag.constraint_name, persistence.IntegrityError)
        raise refused(error.diag.constraint_name) from error


def _reached(tracking: persistence.Tracking) -> Statement:
    # No further than before is NULL, which the table refuses.
    return (
        "INSERT INTO relay AS r (name, position) VALUES (%s, %s) ON CONFLICT (name) DO UPDATE"
        " SET position = nullif(greatest(r.position, excluded.position), r.position)",
        (tracking.application_name, tracking.notification_id),
    )
