"""What reads the log to its end, beside the requests: the sealer and the projections.

Each is one thread in the jobs process, and one in the whole installation: it leads while it holds
its lock, and goes on where its row in the table `progress` says.
"""

import socket
import threading
from collections.abc import Callable
from contextlib import closing
from typing import Any

import structlog
from chassis.log import WAKE_CHANNEL, last_given, wait
from chassis.postgres import Pool, connect, is_away
from prometheus_client import Gauge

_log = structlog.get_logger()
_LOCK = 4714
_RETRY_SECONDS = 0.5
_RETRY_SECONDS_MAX = 60.0
_STOPPED = Gauge("follower_stopped", "1 while a reader of the log cannot go on", ["name"])

Step = Callable[[Any], bool]
"""Does the next bit with a cursor in autocommit, in transactions of its own; True when there may
be more to do at once."""


class Follower:
    """Runs a step again and again, woken by new facts, until told to stop.

    A step that fails stops this follower alone: why is kept in `progress`, and it is tried again
    with pauses that grow until it goes well.
    """

    def __init__(self, pool: Pool, name: str, step: Step, *, pause_seconds: float = 1.0) -> None:
        """`pause_seconds`: how often to look when nothing wakes it."""
        self._dsn = pool.dsn
        self._name = name
        self._step = step
        self._pause_seconds = pause_seconds
        self.retries_after_seconds = _RETRY_SECONDS
        self._stopping = threading.Event()
        self._asleep, self._waker = socket.socketpair()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin; another process may lead."""
        self._thread.start()

    def stop(self, seconds: float = 10) -> None:
        """Finish the step under way."""
        self._stopping.set()
        # Between two looks it may sleep longer than anybody waits for its end.
        self._waker.close()
        self._thread.join(seconds)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                with closing(connect(self._dsn)) as conn, conn.cursor() as cur:
                    self._lead(conn, cur)
            except Exception as error:
                _STOPPED.labels(self._name).set(1)
                _log.warning("follower_stopped", name=self._name, error=type(error).__name__)
                if not is_away(error):
                    self._note(f"{type(error).__name__}: {error}"[:500])
                self._stopping.wait(self.retries_after_seconds)
                self.retries_after_seconds = min(self.retries_after_seconds * 2, _RETRY_SECONDS_MAX)

    def _lead(self, conn: Any, cur: Any) -> None:
        while not self._is_leader(cur):
            if self._stopping.wait(1):
                return
        cur.execute(f"LISTEN {WAKE_CHANNEL}")
        went_well = False
        while not self._stopping.is_set():
            given = last_given(cur)
            more = self._step(cur)
            if not went_well:
                went_well = True
                self.retries_after_seconds = _RETRY_SECONDS
                _STOPPED.labels(self._name).set(0)
                self._note(None)
            if not more:
                wait(conn, cur, since=given, seconds=self._pause_seconds, also=[self._asleep])

    def _is_leader(self, cur: Any) -> bool:
        cur.execute("SELECT pg_try_advisory_lock(%s, hashtext(%s))", (_LOCK, self._name))
        return bool(cur.fetchone()[0])

    def _note(self, why: str | None) -> None:
        try:
            with closing(connect(self._dsn)) as conn, conn.cursor() as cur:
                cur.execute(
                    "UPDATE progress SET stopped_because = %s,"
                    " stopped_at = CASE WHEN %s::text IS NULL THEN NULL ELSE now() END"
                    " WHERE name = %s",
                    (why, why, self._name),
                )
        except Exception as error:
            _log.warning("follower_note_lost", name=self._name, error=type(error).__name__)
