"""Hears what Satu Data publishes: nothing is missed, an older fact never overtakes a newer one.

One file to copy; needs Python 3.10 and, for the queue, pika. README.md beside it says how.
"""

import json
import logging
import random
import re
import signal
import sqlite3
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

log = logging.getLogger("satudata_events")

_VERSION = re.compile(r"[:.]v(\d+)$")
_LONGEST_PAUSE = 60.0
_HOUR = 3600.0


class NotAnEvent(Exception):
    """What came is not a CloudEvent of Satu Data."""


class Stopped(Exception):
    """The consumer is to end; what is under way is left for the next time."""


@dataclass(frozen=True)
class Event:
    """One fact. `attributes` has all of CloudEvents' attributes as they came, every one a text."""

    id: str
    source: str
    type: str
    subject: str
    sequence: int
    """Grows within one source and subject; some numbers are missing."""
    data: Mapping[str, Any]
    attributes: Mapping[str, str]

    @property
    def version(self) -> int:
        """Of the contract that `data` keeps."""
        named = _VERSION.search(self.attributes.get("dataschema", ""))
        return int(named[1]) if named else 1

    @property
    def position(self) -> int:
        """In the log of its source."""
        return int(self.attributes["position"])

    @classmethod
    def of(cls, attributes: Mapping[str, Any], data: Any) -> "Event":
        """Raises NotAnEvent."""
        texts = {name: str(value) for name, value in attributes.items()}
        try:
            return cls(
                id=texts["id"],
                source=texts["source"],
                type=texts["type"],
                subject=texts["subject"],
                sequence=int(texts["sequence"]),
                data=data,
                attributes=texts,
            )
        except (KeyError, ValueError) as error:
            raise NotAnEvent(f"{type(error).__name__}: {error}") from error

    @classmethod
    def of_message(cls, headers: Mapping[str, Any] | None, body: bytes) -> "Event":
        """From the broker: attributes are headers with `ce-` before the name. Raises NotAnEvent."""
        attributes = {n[3:]: value for n, value in (headers or {}).items() if n[:3] == "ce-"}
        try:
            return cls.of(attributes, json.loads(body))
        except ValueError as error:
            raise NotAnEvent(f"the body is not JSON: {error}") from error

    @classmethod
    def of_json(cls, text: str | bytes) -> "Event":
        """From the feed, a stream or a webhook: one JSON object. Raises NotAnEvent."""
        try:
            whole = json.loads(text)
            data = whole.pop("data")
        except (ValueError, KeyError, AttributeError, TypeError) as error:
            raise NotAnEvent(f"{type(error).__name__}: {error}") from error
        return cls.of(whole, data)

    def as_json(self) -> str:
        """What `of_json` reads."""
        return json.dumps({**self.attributes, "data": self.data})


Handler = Callable[[Event], object]


class State:
    """What was handled, in a SQLite file.

    What a handler writes with `connection` is committed together with it: then each effect happens
    exactly once. (Do not commit there yourself.)
    """

    def __init__(self, path: str = "satudata-events.db") -> None:
        self.connection = sqlite3.connect(path, isolation_level=None)
        self.connection.executescript(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
            "CREATE TABLE IF NOT EXISTS handled (source TEXT, subject TEXT, sequence INTEGER,"
            " PRIMARY KEY (source, subject, sequence)) WITHOUT ROWID;"
            "CREATE TABLE IF NOT EXISTS positions (source TEXT PRIMARY KEY, position INTEGER);"
            "CREATE TABLE IF NOT EXISTS kept (id TEXT PRIMARY KEY, event TEXT, reason TEXT);"
        )

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of it is committed at the end, or nothing."""
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except Stopped:
            # What was handled before is handled.
            self.connection.execute("COMMIT")
            raise
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """A part of a transaction that is undone alone when it fails."""
        self.connection.execute("SAVEPOINT attempt")
        try:
            yield
        except BaseException:
            self.connection.execute("ROLLBACK TO attempt")
            self.connection.execute("RELEASE attempt")
            raise
        self.connection.execute("RELEASE attempt")

    def newest(self, event: Event) -> int | None:
        """The highest sequence that was handled of its source and subject."""
        found: int | None = self._one(
            "SELECT max(sequence) FROM handled WHERE source = ? AND subject = ?",
            (event.source, event.subject),
        )
        return found

    def was_handled(self, event: Event) -> bool:
        """Whether this very event was."""
        return bool(
            self._one(
                "SELECT 1 FROM handled WHERE source = ? AND subject = ? AND sequence = ?",
                (event.source, event.subject, event.sequence),
            )
        )

    def remember(self, event: Event) -> None:
        """It is handled."""
        self.connection.execute(
            "INSERT OR IGNORE INTO handled VALUES (?, ?, ?)",
            (event.source, event.subject, event.sequence),
        )
        self.discard(event.id)

    def position(self, source: str) -> int | None:
        """Up to where the feed was read; None: never."""
        found: int | None = self._one("SELECT position FROM positions WHERE source = ?", (source,))
        return found

    def has_read(self, source: str, position: int) -> None:
        """The feed, up to there."""
        self.connection.execute(
            "INSERT OR REPLACE INTO positions VALUES (?, ?)", (source, position)
        )

    def keep(self, id_: str, event: str, reason: str) -> None:
        """Put aside what cannot be handled now."""
        self.connection.execute(
            "INSERT OR REPLACE INTO kept VALUES (?, ?, ?)", (id_, event, reason)
        )

    def kept(self) -> list[tuple[str, str, str]]:
        """What was put aside: id, the event as JSON, and why."""
        return self.connection.execute(
            "SELECT id, event, reason FROM kept ORDER BY rowid"
        ).fetchall()

    def discard(self, id_: str) -> None:
        """Do not keep it any more."""
        self.connection.execute("DELETE FROM kept WHERE id = ?", (id_,))

    def _one(self, sql: str, arguments: Sequence[Any]) -> Any:
        row = self.connection.execute(sql, arguments).fetchone()
        return row[0] if row else None


@dataclass
class Feed:
    """The facts over HTTP, from any position on."""

    url: str
    """Of the site, as https://satudata.example."""
    username: str
    password: str = field(repr=False)
    _token: str = field(default="", repr=False)

    def page(
        self, source: str, after: int | str, types: Sequence[str] = (), wait: int = 0
    ) -> tuple[list[Event], int]:
        """Up to a thousand events, and the position to go on from. Raises OSError."""
        query = f"after={after}&limit=1000&wait={wait}"
        query += f"&types={','.join(types)}" if types else ""
        with self._get(f"/api/{source}/events?{query}") as answer:
            lines = answer.read().splitlines()
            return [Event.of_json(line) for line in lines], int(answer.headers["X-Next-After"])

    def _get(self, path: str) -> Any:
        for _ in range(2):
            if not self._token:
                self._sign_in()
            try:
                return self._open(
                    path,
                    {"Authorization": f"Bearer {self._token}", "Accept": "application/x-ndjson"},
                )
            except urllib.error.HTTPError as error:
                if error.code != 401:
                    raise OSError(f"{error.code}: {error.read().decode()[:500]}") from error
                # A token lasts an hour.
                self._token = ""
        raise OSError("401: signed in, and yet not let in")

    def _sign_in(self) -> None:
        body = json.dumps({"username": self.username, "password": self.password}).encode()
        with self._open("/api/requests/sign-in", {"Content-Type": "application/json"}, body) as got:
            self._token = json.load(got)["token"]

    def _open(self, path: str, headers: Mapping[str, str], body: bytes | None = None) -> Any:
        asked = urllib.request.Request(self.url.rstrip("/") + path, body, dict(headers))  # noqa: S310
        return urllib.request.urlopen(asked, timeout=60)  # noqa: S310


class Consumer:
    """Hands each fact to `handle`, and acknowledges it when that has returned.

    Of each source and subject only what is newer than all before is handed over, so what comes
    late or twice changes nothing. `on_late` gets what comes late, once: give it the handler itself
    if the order does not matter to you, as when you collect or count.
    A handler that raises is asked again with growing pauses; after `attempts` the event is kept in
    the state and tried again every hour.

    `hear`: source to the types wanted, None for all: {"requests": ["RequestSubmitted"]}.
    `amqp_url`: one URL, or one for each host with `;` between.
    `feed`: with it everything since `start` (0, a position, or "newest") is read before the queue;
    and at every connection, and every hour, what the queue may have lost. Without `queue` the feed
    alone is followed.
    `on_unknown`: gets events of another version than `versions`; without it they are kept.
    """

    def __init__(
        self,
        handle: Handler,
        *,
        amqp_url: str = "",
        queue: str = "",
        feed: Feed | None = None,
        hear: Mapping[str, Sequence[str] | None] | None = None,
        state: State | None = None,
        start: int | str = 0,
        versions: Sequence[int] = (1,),
        on_late: Handler | None = None,
        on_unknown: Handler | None = None,
        attempts: int = 10,
        prefetch: int = 50,
    ) -> None:
        if not queue and not feed:
            raise ValueError("give a queue, a feed, or both")
        self.state = state or State()
        self._handle = handle
        self._urls = [url.strip() for url in amqp_url.split(";")]
        self._queue = queue
        self._feed = feed
        self._hear = hear or {"requests": None}
        self._start = start
        self._versions = versions
        self._on_late = on_late
        self._on_unknown = on_unknown
        self._attempts = attempts
        self._prefetch = prefetch
        self._stopping = threading.Event()
        self._sleep: Callable[[float], object] = self._stopping.wait

    def run(self) -> None:
        """Until `stop`, SIGTERM or SIGINT: what is under way is finished and acknowledged."""
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda *_: self.stop())
        pause = 1.0
        while not self._stopping.is_set():
            began = time.monotonic()
            try:
                self.catch_up()
                self._consume() if self._queue else self._follow()
            except Stopped:
                return
            except Exception as error:
                if time.monotonic() - began > _LONGEST_PAUSE:
                    pause = 1.0
                log.warning("interrupted, again in %.0f s: %r", pause, error)
                self._stopping.wait(pause * random.uniform(0.5, 1))  # noqa: S311
                pause = min(pause * 2, _LONGEST_PAUSE)

    def stop(self) -> None:
        """Finish what is under way, and return from `run`."""
        self._stopping.set()

    def catch_up(self) -> None:
        """Try again what was kept; then read the feed to its end, if there is one."""
        for _, event, _ in self.state.kept():
            if event:
                with self.state.transaction():
                    self._try_kept(Event.of_json(event))
        if self._feed:
            for source in self._hear:
                while self._read_page(source):
                    self._unless_stopping()

    def hear(self, event: Event) -> None:
        """Deal with one event, from wherever it came, within a transaction of the state."""
        types = self._hear.get(event.source, ())
        if types is not None and event.type not in types:
            return
        for attempt in range(1, self._attempts + 1):
            try:
                self._hand_over(event)
                return
            except Exception as error:
                log.exception("%s %s failed, attempt %d", event.id, event.type, attempt)
                if attempt == self._attempts:
                    self.state.keep(event.id, event.as_json(), repr(error))
                else:
                    self._pause(min(2.0 ** (attempt - 1), _LONGEST_PAUSE))

    def _hand_over(self, event: Event) -> None:
        newest = self.state.newest(event)
        if event.version not in self._versions:
            act = self._on_unknown
        elif newest is None or event.sequence > newest:
            act = self._handle
        else:
            act = self._on_late or _nothing
        if act is None:
            self.state.keep(event.id, event.as_json(), f"version {event.version} is not known")
        elif not self.state.was_handled(event):
            with self.state.attempt():
                act(event)
                self.state.remember(event)

    def _try_kept(self, event: Event) -> None:
        try:
            self._hand_over(event)
        except Exception as error:
            self.state.keep(event.id, event.as_json(), repr(error))

    def _read_page(self, source: str, wait: int = 0) -> bool:
        """Whether there may be more."""
        assert self._feed
        before = self.state.position(source)
        after = self._start if before is None else before
        events, position = self._feed.page(source, after, self._hear[source] or (), wait)
        with self.state.transaction():
            for event in events:
                self.hear(event)
            self.state.has_read(source, position)
        return position != after

    def _follow(self) -> None:
        wait = max(1, 20 // len(self._hear))
        until = time.monotonic() + _HOUR
        while time.monotonic() < until:
            for source in self._hear:
                self._unless_stopping()
                self._read_page(source, wait)

    def _consume(self) -> None:
        import pika

        hosts = [pika.URLParameters(url) for url in self._urls]
        for host in hosts:
            host.heartbeat = 30
            host.blocked_connection_timeout = 60
            host.socket_timeout = host.stack_timeout = 10
        random.shuffle(hosts)
        connection = pika.BlockingConnection(hosts)
        # So that the broker hears from us while a handler is waited for.
        self._sleep = connection.sleep
        try:
            channel = connection.channel()
            channel.basic_qos(prefetch_count=self._prefetch)
            self._hear_queue(channel, time.monotonic() + _HOUR)
        finally:
            self._sleep = self._stopping.wait
            # Not cancelled before: what was sent ahead goes back to its place in the queue.
            if connection.is_open:
                connection.close()

    def _hear_queue(self, channel: Any, until: float) -> None:
        # The queue has one active consumer: another one waits its turn.
        for method, properties, body in channel.consume(self._queue, inactivity_timeout=0.5):
            self._unless_stopping()
            if method is not None:
                self._hear_message(method, properties, body)
                channel.basic_ack(method.delivery_tag)
            self._unless_stopping()
            if time.monotonic() > until:
                return

    def _hear_message(self, method: Any, properties: Any, body: bytes) -> None:
        with self.state.transaction():
            try:
                event = Event.of_message(properties.headers, body)
            except NotAnEvent as error:
                id_ = properties.message_id or f"delivery {time.time()}"
                log.error("%s is kept: %s", id_, error)
                self.state.keep(id_, "", f"{error}; body: {body[:1000]!r}")
            else:
                self.hear(event)

    def _pause(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self._unless_stopping()
            self._sleep(min(left, 0.5))

    def _unless_stopping(self) -> None:
        if self._stopping.is_set():
            raise Stopped


def _nothing(event: Event) -> None:
    """Older than what was handled: it changes nothing."""
