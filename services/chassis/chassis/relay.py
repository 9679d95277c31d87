"""Publishes recorded facts in order, at least once. Runs in a thread or in a green thread."""

import socket
import time
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from typing import Any, Protocol

import structlog
from chassis.log import WAKE_CHANNEL, StoredFact, bound, read, wait
from chassis.message import CONTENT_TYPE, Message
from chassis.postgres import connect
from chassis.telemetry import FACTS_PUBLISHED, RELAY_POSITION
from kombu import Connection, Exchange

_log = structlog.get_logger()
_LEADER_LOCK = 4712
_BATCH = 100
_POLL_SECONDS = 1.0

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

    def close(self) -> None:
        """Let go."""


def message_of(fact: StoredFact, source: str, public: dict[str, Any]) -> Message:
    """The fact as others hear it."""
    return Message(
        id=f"{source}-{fact.position}",
        source=source,
        type=fact.type,
        subject=str(fact.stream),
        time=fact.occurred_at,
        sequence=fact.version,
        position=fact.position,
        actor=fact.actor,
        data=public,
        dataschema=f"{source}/{fact.type}.v1",
        causation=fact.causation,
        correlation=fact.correlation,
    )


class ToRabbit:
    """RabbitMQ with a window of unconfirmed messages: raises unless all are confirmed in time."""

    _CONFIRM_SECONDS = 10.0
    _BREATHE_EVERY = 25

    def __init__(self, url: str, source: str) -> None:
        self._exchange = f"{source}.events"
        self._conn = Connection(
            url,
            heartbeat=10,
            connect_timeout=5,
            transport_options={"read_timeout": 15, "write_timeout": 15},
        )
        self._conn.connect()
        self._channel: Any = self._conn.channel()
        self._channel.confirm_select()
        self._open: set[int] = set()
        self._sent = 0
        self._refused = False
        self._channel.events["basic_ack"].add(self._on_ack)
        self._channel.events["basic_nack"].add(self._on_nack)
        Exchange(self._exchange, "topic", durable=True)(self._channel).declare()

    def publish(self, batch: list[Message]) -> None:
        """Send and wait until the broker has confirmed all; raises NotConfirmed."""
        for n, message in enumerate(batch, 1):
            prepared = self._channel.prepare_message(
                message.body,
                content_type=CONTENT_TYPE,
                content_encoding="utf-8",
                headers=message.headers,
                properties={"delivery_mode": 2, "message_id": message.id},
            )
            self._sent += 1
            self._open.add(self._sent)
            self._channel.basic_publish(prepared, exchange=self._exchange, routing_key=message.type)
            if n % self._BREATHE_EVERY == 0:
                time.sleep(0)
        deadline = time.monotonic() + self._CONFIRM_SECONDS
        while self._open and not self._refused:
            left = deadline - time.monotonic()
            if left <= 0:
                raise NotConfirmed(f"{len(self._open)} of {len(batch)} messages")
            with suppress(socket.timeout):
                self._conn.drain_events(timeout=min(left, 1))
            self._conn.heartbeat_check()
        if self._refused:
            raise NotConfirmed("the broker refused a message")

    def safe_up_to(self, position: int) -> int:
        """All of it: everything sent is confirmed."""
        return position

    def idle(self) -> None:
        """Keep the connection alive, and notice when it is not."""
        self._conn.heartbeat_check()
        with suppress(socket.timeout):
            self._conn.drain_events(timeout=0.001)

    def close(self) -> None:
        """Drop the connection without waiting for an answer that may never come."""
        with suppress(Exception):
            self._conn.collect(socket_timeout=1)

    def _on_ack(self, tag: int, multiple: bool) -> None:
        if multiple:
            self._open = {t for t in self._open if t > tag}
        else:
            self._open.discard(tag)

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
        self._conn = Connection("memory://")
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

    def close(self) -> None:
        """Release the connection."""
        self._conn.release()


class Relay:
    """Reads the log to its end and publishes it, while it holds the lock that makes it the one.

    Start as many as you like: another takes over when the one dies.
    """

    def __init__(
        self, dsn: str, source: str, published: Published, publisher: Callable[[], Publisher]
    ) -> None:
        self._dsn = dsn
        self._source = source
        self._published = published
        self._publisher = publisher
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
                pause = min(pause * 2, 5)
            finally:
                self.out = None

    def _lead(self) -> None:
        # One session for lock, reading and position: whoever lost the lock can store nothing.
        with closing(connect(self._dsn)) as conn, conn.cursor() as cur:
            cur.execute(
                "SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 2;"
                " SET tcp_keepalives_count = 3"
            )
            while not self._is_leader(cur):
                if self.stopping:
                    return
                time.sleep(1)
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
        readable = 0
        _log.info("relay_leads", source=self._source, position=position)
        while not self.stopping:
            readable = bound(cur, readable)
            facts = read(cur, after=position, up_to=readable, limit=_BATCH)
            batch = [
                message_of(fact, self._source, self._published[fact.type](fact.data))
                for fact in facts
                if fact.type in self._published
            ]
            if batch:
                out.publish(batch)
                FACTS_PUBLISHED.labels(self._source).inc(len(batch))
            if facts:
                position = facts[-1].position
            safe = out.safe_up_to(position)
            if safe != stored:
                cur.execute("UPDATE relay SET position = %s WHERE name = 'relay'", (safe,))
                RELAY_POSITION.labels(self._source).set(safe)
                stored = safe
            if not facts:
                out.idle()
                pause = _POLL_SECONDS if stored == position else 0.05
                wait(conn, cur, since=readable, seconds=pause)
