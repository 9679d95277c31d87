"""Publishes recorded facts in order, at least once. Runs in a thread or in a green thread."""

import socket
import time
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from dataclasses import replace
from typing import Any, Protocol

import structlog
from chassis import broker
from chassis.contracts import Contracts, Misfit
from chassis.frames import published
from chassis.log import CAPACITY, WAKE_CHANNEL, StoredFact, bound, read, wait
from chassis.message import CONTENT_TYPE, Message, schema_name
from chassis.postgres import connect
from chassis.telemetry import FACTS_HELD_BACK, FACTS_PUBLISHED, RELAY_POSITION
from kombu import Exchange

_log = structlog.get_logger()
_LEADER_LOCK = 4712
_BATCH = 500
_POLL_SECONDS = 1.0
_RETRY_SECONDS_MAX = 1.0

Published = Mapping[str, Callable[[dict[str, Any]], dict[str, Any]]]
"""What others may hear: fact type to the public part of its data. Other types stay inside."""


class NotConfirmed(Exception):
    """The broker did not say in time that it has the messages."""


class Publisher(Protocol):
    """Where facts go."""

    def publish(self, batch: list[Message]) -> None:
        """Send; raises unless what was sent is safe, or `safe_up_to` tells what is."""

    def safe_up_to(self, position: int) -> int:
        """Up to which position nothing can be lost any more, `position` at most."""

    def idle(self) -> None:
        """Called when there is nothing to send."""

    def settle(self) -> None:
        """Wait for what is under way, before the end."""

    def close(self) -> None:
        """Let go."""


def message_of(fact: StoredFact, source: str, published: Published) -> Message:
    """The fact as others hear it."""
    data, actor = fact.data, fact.actor
    if capacity := data.get(CAPACITY):
        actor = replace(actor, capacity=capacity)
    return Message(
        id=f"{source}-{fact.position}",
        source=source,
        type=fact.type,
        subject=str(fact.stream),
        time=fact.occurred_at,
        sequence=fact.version,
        position=fact.position,
        actor=actor,
        data=published[fact.type](data),
        dataschema=schema_name(source, fact.type),
        causation=fact.causation,
        correlation=fact.correlation,
        traceparent=fact.traceparent,
    )


class ToRabbit:
    """RabbitMQ, with as many messages under way as the broker has not yet confirmed.

    Raises when it does not confirm, refuses, or is silent: whoever tries again begins behind what
    is safe.
    """

    WINDOW = 1000
    """Messages under way at most."""
    _CONFIRM_SECONDS = 6.0
    _FIRST_CONFIRM_SECONDS = 2.0
    """On a new channel. Its first messages may have gone to a leader that is about to be replaced:
    the next one does not know the channel, and cannot ask it to send them again."""

    def __init__(self, url: str, source: str, *, first: int = 0) -> None:
        """`first`: which of the hosts in `url` is tried first."""
        self._exchange = f"{source}.events"
        self._conn = broker.open_(broker.connection(url, first=first))
        self._channel: Any = self._conn.channel()
        self._channel.confirm_select()
        self._tag = 0
        self._open: dict[int, int] = {}
        """Delivery tag to position, of what is not confirmed, in order."""
        self._progress_at = 0.0
        self._patience_seconds = self._FIRST_CONFIRM_SECONDS
        self._refused = False
        self._channel.events["basic_ack"].add(self._on_ack)
        self._channel.events["basic_nack"].add(self._on_nack)
        Exchange(self._exchange, "topic", durable=True)(self._channel).declare()

    def publish(self, batch: list[Message]) -> None:
        """Send, once there is room in the window."""
        while self._open and len(self._open) + len(batch) > self.WINDOW:
            self._hear(1)
        if not self._open:
            self._progress_at = time.monotonic()
        wire = self._conn.connection
        frames = []
        for message in batch:
            self._tag += 1
            self._open[self._tag] = message.position
            frames.append(
                published(
                    self._channel.channel_id,
                    wire.frame_max,
                    exchange=self._exchange,
                    routing_key=message.type,
                    content_type=CONTENT_TYPE,
                    message_id=message.id,
                    headers=message.headers,
                    body=message.body,
                )
            )
        wire.transport.write(b"".join(frames))
        wire.bytes_sent += len(batch)  # as py-amqp counts, for the heartbeats
        self._hear(0.001)

    def safe_up_to(self, position: int) -> int:
        """Published in order, so the first one open is the lowest."""
        return next(iter(self._open.values())) - 1 if self._open else position

    def idle(self) -> None:
        """Take what is confirmed, keep the connection alive, and notice when it is not."""
        self._hear(0.001)
        before = len(self._open) + 1
        while 0 < len(self._open) < before:
            before = len(self._open)
            self._hear(0.05)

    def settle(self) -> None:
        """Until all is confirmed."""
        while self._open:
            self._hear(0.1)

    def close(self) -> None:
        """Drop the connection without waiting for an answer that may never come."""
        with suppress(Exception):
            self._conn.collect(socket_timeout=1)

    def _hear(self, seconds: float) -> None:
        with suppress(socket.timeout):
            self._conn.drain_events(timeout=seconds)
        self._conn.heartbeat_check()
        if self._refused:
            raise NotConfirmed("the broker refused a message")
        if self._open and time.monotonic() - self._progress_at > self._patience_seconds:
            raise NotConfirmed(f"{len(self._open)} messages")

    def _on_ack(self, tag: int, multiple: bool) -> None:
        self._progress_at = time.monotonic()
        self._patience_seconds = self._CONFIRM_SECONDS
        if not multiple:
            self._open.pop(tag, None)
            return
        while self._open and (first := next(iter(self._open))) <= tag:
            del self._open[first]

    def _on_nack(self, *_: Any) -> None:
        self._refused = True


class ToMemory:
    """kombu's memory transport, within one process.

    Nothing confirms there but the consumers' own acknowledgements: what each of them has
    acknowledged is safe.
    """

    _WINDOW = 1000

    def __init__(self, source: str, hearers: Mapping[tuple[str, str], set[str]]) -> None:
        self._source = source
        self._hearers = hearers
        self._open: dict[int, set[str]] = {}
        self._conn = broker.connection("memory://")
        self._producer = self._conn.Producer()
        self._exchange = Exchange(f"{source}.events", "topic", durable=True)

    def publish(self, batch: list[Message]) -> None:
        """Send, once the consumers are not too far behind."""
        while len(self._open) > self._WINDOW:
            time.sleep(0.01)
        for message in batch:
            hearers = set(self._hearers.get((self._source, message.type), ()))
            if hearers:
                self._open[message.position] = hearers
                self._producer.publish(
                    message.body,
                    exchange=self._exchange,
                    routing_key=message.type,
                    headers=message.headers,
                    content_type=CONTENT_TYPE,
                    content_encoding="utf-8",
                )

    def acknowledged(self, hearer: str, position: int) -> None:
        """One consumer has dealt with one message."""
        left = self._open.get(position)
        if left is not None:
            left.discard(hearer)
            if not left:
                del self._open[position]

    def safe_up_to(self, position: int) -> int:
        """Published in order, so the first one open is the lowest."""
        return next(iter(self._open)) - 1 if self._open else position

    def idle(self) -> None:
        """Nothing to keep alive."""

    def settle(self) -> None:
        """The consumers end before; what they have not acknowledged is sent again."""

    def close(self) -> None:
        """Release the connection."""
        self._conn.release()


class Relay:
    """Reads the log to its end and publishes it, while it holds the lock that makes it the one.

    Start as many as you like: another takes over when the one dies.
    """

    def __init__(
        self,
        dsn: str,
        source: str,
        published: Published,
        publisher: Callable[[], Publisher],
        contracts: Contracts,
    ) -> None:
        self._dsn = dsn
        self._source = source
        self._published = published
        self._publisher = publisher
        self._contracts = contracts
        self._held_back: int | None = None
        self.stopping = False
        self.out: Publisher | None = None

    def run(self) -> None:
        """Until `stopping`; faults of the database and the broker are waited out."""
        pause = 0.2
        while not self.stopping:
            started = time.monotonic()
            try:
                self._lead()
            except Exception as error:
                if time.monotonic() - started > 10:
                    pause = 0.2
                _log.warning("relay_interrupted", source=self._source, error=type(error).__name__)
                time.sleep(pause)
                pause = min(pause * 2, _RETRY_SECONDS_MAX)
            finally:
                self.out = None

    def _lead(self) -> None:
        # One session for lock, reading and position: whoever lost the lock can store nothing.
        with closing(connect(self._dsn)) as conn, conn.cursor() as cur:
            while not self._is_leader(cur):
                if self.stopping:
                    return
                time.sleep(0.5)
            # A position that a crash of the server forgets costs messages sent again, and no more.
            cur.execute("SET synchronous_commit = off")
            cur.execute(f"LISTEN {WAKE_CHANNEL}")
            with closing(self._publisher()) as out:
                self.out = out
                self._publish_for_ever(conn, cur, out)

    def _is_leader(self, cur: Any) -> bool:
        # Asked again and again: a lock that is waited for would hold a snapshot for days.
        cur.execute("SELECT pg_try_advisory_lock(%s)", (_LEADER_LOCK,))
        return bool(cur.fetchone()[0])

    def _publish_for_ever(self, conn: Any, cur: Any, out: Publisher) -> None:
        cur.execute("SELECT position FROM relay WHERE name = 'relay'")
        position = stored = int(cur.fetchone()[0])
        readable, batch = 0, list[Message]()
        _log.info("relay_leads", source=self._source, position=position)
        while not self.stopping:
            if position >= readable or not batch:
                readable = bound(cur, readable)
            facts = read(cur, after=position, up_to=readable, limit=_BATCH, types=self._published)
            batch, held_back = self._messages(facts)
            if batch:
                out.publish(batch)
                FACTS_PUBLISHED.labels(self._source).inc(len(batch))
                time.sleep(0)  # handlers in other green threads want to go on, too
            if held_back is not None:
                position = held_back - 1
            else:
                position = facts[-1].position if len(facts) == _BATCH else readable
            if not batch:
                out.idle()
            stored = self._store(cur, out.safe_up_to(position), stored)
            if not batch:
                pause = _POLL_SECONDS if stored == position else 0.05
                wait(conn, cur, since=readable, seconds=pause)
        out.settle()
        self._store(cur, out.safe_up_to(position), stored)

    def _store(self, cur: Any, safe: int, stored: int) -> int:
        """Write down up to where nothing can be lost any more; what is stored then."""
        if safe <= stored:
            return stored
        cur.execute("UPDATE relay SET position = %s WHERE name = 'relay'", (safe,))
        RELAY_POSITION.labels(self._source).set(safe)
        return safe

    def _messages(self, facts: list[StoredFact]) -> tuple[list[Message], int | None]:
        """What may go out of these, and the position of what may not, before which it ends."""
        batch: list[Message] = []
        for fact in facts:
            message = message_of(fact, self._source, self._published)
            try:
                self._contracts.check_published(message)
            except Misfit as misfit:
                self._hold_back(fact, misfit)
                return batch, fact.position
            batch.append(message)
        if facts and self._held_back is not None:
            self._held_back = None
            FACTS_HELD_BACK.labels(self._source).set(0)
        return batch, None

    def _hold_back(self, fact: StoredFact, misfit: Misfit) -> None:
        """It neither goes out nor is skipped; whoever mends the contract starts the worker anew."""
        if self._held_back != fact.position:
            self._held_back = fact.position
            FACTS_HELD_BACK.labels(self._source).set(1)
            _log.error(
                "fact_held_back",
                source=self._source,
                position=fact.position,
                type=fact.type,
                why=str(misfit),
            )
