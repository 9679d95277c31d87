"""Long work outside the workers: rows that a handler writes, done by a process of its own.

A job may be begun again at any time, after a crash even when it was nearly done. So whoever does
it makes its effect and `finish` one transaction.
"""

import json
import threading
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import structlog
from chassis.failures import place_of, reason_of
from chassis.postgres import DatabaseAway, Pool, connect
from chassis.telemetry import JOBS_DONE, JOBS_FAILED, trace, tracing

_log = structlog.get_logger()
_JOB_LOCK = 4713
ATTEMPTS_MAX = 5
"""After as many failures that are not transient, a job waits for a person."""


class Later(Exception):
    """Not now: something this needs is away. Try again by yourself."""


@dataclass(frozen=True)
class Job:
    """One piece of work."""

    id: int
    kind: str
    key: str
    args: dict[str, Any]
    attempts: int
    traceparent: str | None = None


Handlers = Mapping[str, Callable[[Job], None]]


def enqueue(cur: Any, kind: str, key: str, args: dict[str, Any]) -> None:
    """Ask for work in the caller's transaction; nothing happens when it was asked for before.

    `key` says what it is done once for, within its kind.
    """
    cur.execute(
        "INSERT INTO jobs (kind, key, args, traceparent) VALUES (%s, %s, %s, %s)"
        " ON CONFLICT (kind, key) DO NOTHING",
        (kind, key, json.dumps(args), trace()),
    )


def finish(cur: Any, job: Job) -> None:
    """The work is done, in the transaction that holds its effect."""
    cur.execute("DELETE FROM jobs WHERE id = %s", (job.id,))


class Runner:
    """Does the jobs of one service, one at a time for each thread, until told to stop."""

    def __init__(self, pool: Pool, service: str, handlers: Handlers, *, threads: int = 2) -> None:
        self._pool = pool
        self._service = service
        self._handlers = handlers
        self._stopping = threading.Event()
        self._threads = [
            threading.Thread(target=self._run, name=f"{service}-jobs-{n}", daemon=True)
            for n in range(threads)
        ]

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def stop(self, seconds: float = 10) -> None:
        """Finish what is under way."""
        self._stopping.set()
        for thread in self._threads:
            thread.join(seconds)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                # The lock on a job lives as long as this session: it ends with the process.
                with closing(connect(self._pool.dsn)) as conn, conn.cursor() as cur:
                    while not self._stopping.is_set():
                        if not self._do_one(cur):
                            self._stopping.wait(0.2)
            except Exception as error:
                _log.warning("jobs_interrupted", service=self._service, error=type(error).__name__)
                self._stopping.wait(1)

    def _do_one(self, cur: Any) -> bool:
        job = self._take(cur)
        if job is None:
            return False
        try:
            with tracing(job.traceparent):
                self._attempt(cur, job)
        finally:
            cur.execute("SELECT pg_advisory_unlock(%s, %s)", (_JOB_LOCK, _lock_number(job.id)))
        return True

    def _take(self, cur: Any) -> Job | None:
        cur.execute(
            "SELECT id FROM jobs WHERE NOT failed AND next_try <= now() AND kind = ANY (%s)"
            " ORDER BY next_try LIMIT 20",
            (list(self._handlers),),
        )
        for (job_id,) in cur.fetchall():
            cur.execute("SELECT pg_try_advisory_lock(%s, %s)", (_JOB_LOCK, _lock_number(job_id)))
            if not cur.fetchone()[0]:
                continue
            # Counted before it is tried: it may kill the process.
            cur.execute(
                "UPDATE jobs SET attempts = attempts + 1,"
                " next_try = now() + least(0.5 * 2 ^ attempts, 300) * interval '1s'"
                " WHERE id = %s AND NOT failed AND next_try <= now()"
                " RETURNING id, kind, key, args, attempts, traceparent",
                (job_id,),
            )
            row = cur.fetchone()
            if row is not None:
                return Job(*row)
            cur.execute("SELECT pg_advisory_unlock(%s, %s)", (_JOB_LOCK, _lock_number(job_id)))
        return None

    def _attempt(self, cur: Any, job: Job) -> None:
        try:
            self._handlers[job.kind](job)
        except (Later, DatabaseAway) as error:
            self._failed(cur, job, error, for_ever=False)
        except Exception as error:
            self._failed(cur, job, error, for_ever=job.attempts >= ATTEMPTS_MAX)
        else:
            JOBS_DONE.labels(self._service, job.kind).inc()
            _log.info("job_done", kind=job.kind, key=job.key)

    def _failed(self, cur: Any, job: Job, error: Exception, *, for_ever: bool) -> None:
        JOBS_FAILED.labels(self._service, job.kind).inc()
        _log.warning(
            "job_failed",
            kind=job.kind,
            key=job.key,
            attempts=job.attempts,
            error=type(error).__name__,
            for_ever=for_ever,
        )
        cur.execute(
            "UPDATE jobs SET reason = %s, place = %s, failed_at = now(), failed = %s WHERE id = %s",
            (reason_of(error), place_of(error), for_ever, job.id),
        )


def _lock_number(job_id: int) -> int:
    return job_id % 2**31
