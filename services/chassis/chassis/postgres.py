"""Connections to PostgreSQL, for threads and for green threads alike."""

import select
import socket
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import psycopg2
import psycopg2.errors
import psycopg2.extras
from psycopg2 import extensions

psycopg2.extras.register_uuid()

_CONNECT_SECONDS = 3
_SILENCE_SECONDS = 8
"""Longest wait for one answer in a green thread, where every statement is a short one."""
_NOTICE = {
    "keepalives_idle": 3,
    "keepalives_interval": 1,
    "keepalives_count": 3,
    "tcp_user_timeout": 6000,  # milliseconds
}
"""A host that is gone is noticed within seconds; what the DSN says wins."""
_NOTICE_US = (
    "SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3"
)
"""The same for the server, which else keeps for hours what a host that is gone had locked."""
_AWAY = (
    psycopg2.OperationalError,
    psycopg2.InterfaceError,
    # What was the primary server is none any more.
    psycopg2.errors.ReadOnlySqlTransaction,
)


class Transaction(extensions.cursor):  # type: ignore[misc]
    """A cursor within a transaction, with a statement to run once that is committed, if any."""

    after_commit: str | None = None
    begun = False

    def execute(self, query: Any, vars: Any = None) -> None:
        """Begins with the first statement, in the same message to the server."""
        if not self.begun:
            self.begun = True
            if not isinstance(query, str | bytes):
                query = query.as_string(self)
            query = b"BEGIN;" + query if isinstance(query, bytes) else "BEGIN;" + query
        super().execute(query, vars)

    def copy_expert(self, sql: Any, file: Any, size: int = 8192) -> None:
        """Begins, too."""
        self._begin()
        super().copy_expert(sql, file, size)

    def executemany(self, query: Any, vars_list: Any) -> None:
        """Begins, too."""
        self._begin()
        super().executemany(query, vars_list)

    def _begin(self) -> None:
        if not self.begun:
            self.execute("")


class DatabaseAway(Exception):
    """The database cannot be reached, or broke off in the middle."""


def green() -> bool:
    """Whether this process runs on eventlet, which makes psycopg2 wait in green threads."""
    return extensions.get_wait_callback() is not None


def connect(dsn: str) -> Any:
    """A new connection in autocommit; raises psycopg2.OperationalError within seconds.

    The DSN may name several hosts (`host=a,b target_session_attrs=read-write`): each has as long.
    """
    if green():
        return _connect_in_green_thread(dsn)
    return _connect(dsn, connect_timeout=_CONNECT_SECONDS)


def is_away(error: BaseException) -> bool:
    """Whether nothing but the database's absence explains this error."""
    code = getattr(error, "pgcode", None)
    return isinstance(error, _AWAY) and (
        code is None or code[:2] == "08" or code in ("57P01", "57P02", "57P03", "53300", "25006")
    )


_waiting: dict[Any, float] = {}
"""The connections whose answers green threads wait for, and since when."""


def wait_green(conn: Any) -> None:
    """psycopg2's wait callback on eventlet."""
    from eventlet.hubs import trampoline

    try:
        while (state := conn.poll()) != extensions.POLL_OK:
            reading = state == extensions.POLL_READ
            _waiting[conn] = time.monotonic()
            trampoline(conn.fileno(), read=reading, write=not reading)
    finally:
        _waiting.pop(conn, None)


def break_off_silent() -> None:
    """Breaks off, for ever, what gets no answer; whoever waits is told that the server is away.

    For a server that hangs, and for a connection that swallows everything: no keepalive tells.
    """
    while True:
        time.sleep(1)
        late = time.monotonic() - _SILENCE_SECONDS
        for conn in [each for each, since in _waiting.items() if since < late]:
            with (
                suppress(OSError, psycopg2.Error),
                socket.fromfd(conn.fileno(), socket.AF_INET, socket.SOCK_STREAM) as same,
            ):
                same.shutdown(socket.SHUT_RDWR)


def _connect(dsn: str, **more: Any) -> Any:
    told = extensions.parse_dsn(dsn)
    conn = psycopg2.connect(
        dsn, **{name: v for name, v in _NOTICE.items() if name not in told}, **more
    )
    conn.autocommit = True
    with conn.cursor() as cur:
        cur.execute(_NOTICE_US)
    return conn


def _connect_in_green_thread(dsn: str) -> Any:
    # libpq forgets connect_timeout when it is polled, and would wait for a silent host for ever.
    from eventlet import Timeout

    refused = psycopg2.OperationalError("no host named")
    for one in _each_host(dsn):
        try:
            with Timeout(_CONNECT_SECONDS, psycopg2.OperationalError("connecting took too long")):
                return _connect(one)
        except psycopg2.OperationalError as error:
            refused = error
    raise refused


def _each_host(dsn: str) -> list[str]:
    told = extensions.parse_dsn(dsn)
    hosts, ports = told.get("host", "").split(","), told.get("port", "").split(",")
    if len(hosts) == 1:
        return [dsn]
    ports = ports * len(hosts) if len(ports) == 1 else ports
    return [
        extensions.make_dsn(dsn, host=host, port=port or "5432")
        for host, port in zip(hosts, ports, strict=True)
    ]


def _unpatched_select() -> Any:
    if not green():
        return select.select
    from eventlet.patcher import original

    return original("select").select


class Pool:
    """Connections to one database; one pool per process and database."""

    def __init__(self, dsn: str, size: int = 8, wait_seconds: float = 30.0) -> None:
        self.dsn = dsn
        self._wait_seconds = wait_seconds
        self._select = _unpatched_select()
        self._free = threading.BoundedSemaphore(size)
        self._idle: deque[Any] = deque()
        """The one used last is at the end, and the next to be used."""

    @contextmanager
    def connection(self) -> Iterator[Any]:
        """A connection in autocommit. Raises DatabaseAway when it cannot be had or breaks off."""
        if not self._free.acquire(timeout=self._wait_seconds):
            raise DatabaseAway("all connections of the pool are in use")
        conn = None
        try:
            with suppress(IndexError):
                conn = self._idle.pop()
            if conn is not None and self._broken_off(conn):
                conn.close()
                conn = None
            if conn is None:
                conn = connect(self.dsn)
            yield conn
        except BaseException as error:
            # Also when killed or timed out in the middle of a query: its state is unknown.
            if conn is not None and (is_away(error) or not isinstance(error, Exception)):
                conn.close()
            if is_away(error):
                raise DatabaseAway(str(error).strip()) from error
            raise
        finally:
            if conn is not None and not conn.closed:
                self._idle.append(conn)
            self._free.release()

    @contextmanager
    def transaction(self) -> Iterator[Any]:
        """A cursor; what is done with it is committed at the end, or undone by an exception."""
        with self.connection() as conn, conn.cursor(cursor_factory=Transaction) as cur:
            try:
                yield cur
            except BaseException:
                if not conn.closed and cur.begun:
                    with suppress(psycopg2.Error):
                        cur.execute("ROLLBACK")
                raise
            if cur.begun:
                cur.execute("COMMIT")
            if cur.after_commit:
                cur.execute(cur.after_commit)

    def execute(self, sql: str, args: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """One statement in its own transaction; the rows it gives, if any."""
        with self.connection() as conn, conn.cursor() as cur:
            cur.execute(sql, args)
            return list(cur.fetchall()) if cur.description else []

    def query(self, sql: str, args: Sequence[Any] | dict[str, Any] = ()) -> list[dict[str, Any]]:
        """One statement's rows, each as column name to value."""
        with self.connection() as conn, conn.cursor() as cur:
            cur.execute(sql, args)
            names = [column.name for column in cur.description]
            return [dict(zip(names, row, strict=True)) for row in cur]

    def close(self) -> None:
        """Close every idle connection."""
        with suppress(IndexError):
            while True:
                self._idle.pop().close()

    def _broken_off(self, conn: Any) -> bool:
        # An idle connection has nothing to say: one that is readable was broken off.
        return bool(conn.closed) or bool(self._select([conn.fileno()], [], [], 0)[0])
