"""Connections to PostgreSQL, for threads and for green threads alike."""

import queue
import select
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import psycopg2
import psycopg2.errors
import psycopg2.extras
from psycopg2 import extensions

psycopg2.extras.register_uuid()

_CONNECT_SECONDS = 3
_AWAY = (
    psycopg2.OperationalError,
    psycopg2.InterfaceError,
    # What was the primary server is none any more.
    psycopg2.errors.ReadOnlySqlTransaction,
)


class Transaction(extensions.cursor):  # type: ignore[misc]
    """A cursor within a transaction, with a statement to run once that is committed, if any."""

    after_commit: str | None = None


class DatabaseAway(Exception):
    """The database cannot be reached, or broke off in the middle."""


def green() -> bool:
    """Whether this process runs on eventlet, which makes psycopg2 wait in green threads."""
    return extensions.get_wait_callback() is not None


def connect(dsn: str) -> Any:
    """A new connection in autocommit; raises psycopg2.OperationalError within seconds.

    The DSN may name several hosts (`host=a,b target_session_attrs=read-write`): each has as long.
    """
    conn = (
        _connect_in_green_thread(dsn)
        if green()
        else psycopg2.connect(dsn, connect_timeout=_CONNECT_SECONDS)
    )
    conn.autocommit = True
    return conn


def is_away(error: BaseException) -> bool:
    """Whether nothing but the database's absence explains this error."""
    code = getattr(error, "pgcode", None)
    return isinstance(error, _AWAY) and (
        code is None or code[:2] == "08" or code in ("57P01", "57P02", "57P03", "53300", "25006")
    )


def _connect_in_green_thread(dsn: str) -> Any:
    # libpq forgets connect_timeout when it is polled, and would wait for a silent host for ever.
    from eventlet import Timeout

    refused = psycopg2.OperationalError("no host named")
    for one in _each_host(dsn):
        try:
            with Timeout(_CONNECT_SECONDS, psycopg2.OperationalError("connecting took too long")):
                return psycopg2.connect(one)
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
        self._slots: queue.LifoQueue[Any] = queue.LifoQueue()
        for _ in range(size):
            self._slots.put(None)

    @contextmanager
    def connection(self) -> Iterator[Any]:
        """A connection in autocommit. Raises DatabaseAway when it cannot be had or breaks off."""
        try:
            conn = self._slots.get(timeout=self._wait_seconds)
        except queue.Empty as error:
            raise DatabaseAway("all connections of the pool are in use") from error
        try:
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
            self._slots.put(None if conn is None or conn.closed else conn)

    @contextmanager
    def transaction(self) -> Iterator[Any]:
        """A cursor; what is done with it is committed at the end, or undone by an exception."""
        with self.connection() as conn, conn.cursor(cursor_factory=Transaction) as cur:
            cur.execute("BEGIN")
            try:
                yield cur
            except BaseException:
                if not conn.closed:
                    with suppress(psycopg2.Error):
                        cur.execute("ROLLBACK")
                raise
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
        with (
            self.connection() as conn,
            conn.cursor(cursor_factory=psycopg2.extras.RealDictCursor) as cur,
        ):
            cur.execute(sql, args)
            return [dict(row) for row in cur.fetchall()]

    def close(self) -> None:
        """Close every idle connection."""
        with suppress(queue.Empty):
            while True:
                conn = self._slots.get_nowait()
                if conn is not None:
                    conn.close()

    def _broken_off(self, conn: Any) -> bool:
        # An idle connection has nothing to say: one that is readable was broken off.
        return bool(conn.closed) or bool(self._select([conn.fileno()], [], [], 0)[0])
