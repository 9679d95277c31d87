"""Whether a reader of the log misses a fact: many writers, rollbacks, long transactions, kills.

Writers are processes. Some of their facts come alone, some as a batch, some are rolled back, and
their connections are broken off at random; one more writer keeps its transaction open for long.
"""

import multiprocessing
import random
import tempfile
import threading
import time
from array import array
from contextlib import suppress
from itertools import pairwise
from multiprocessing.synchronize import Event
from pathlib import Path
from uuid import uuid4

from chassis import log
from chassis.actor import Actor
from chassis.event_store import Recorder
from chassis.migrate import migrate
from chassis.postgres import DatabaseAway, Pool, connect
from eventsourcing.persistence import StoredEvent
from satudata.postgres import EmbeddedPostgres

_ROOT = Path(__file__).parents[2]
_WRITER = Actor("writer", "service")
_BATCH_MAX = 40
_processes = multiprocessing.get_context("fork")


def run(events: int, writers: int) -> dict[str, float]:
    """The race on a server of its own, with autovacuum at work all the time."""
    with tempfile.TemporaryDirectory(prefix="gap") as folder:
        server = EmbeddedPostgres(Path(folder))
        server.start()
        try:
            dsn = server.dsn("postgres")
            migrate(dsn, _ROOT / "services" / "notify" / "migrations")
            with connect(dsn).cursor() as cur:
                cur.execute("ALTER SYSTEM SET autovacuum_naptime = '1s'")
                cur.execute("SELECT pg_reload_conf()")
            return race(dsn, events, writers)
        finally:
            server.stop()


def race(dsn: str, events: int, writers: int, *, long_seconds: float = 2.0) -> dict[str, float]:
    """Write `events` facts or a few more to an empty log and read it meanwhile.

    Gives how many were written, seen, lost and seen twice or out of order; the connections
    broken off, and the seconds that it took.
    """
    ended, broken = _processes.Event(), _processes.Event()
    share = (dsn, -(-events // writers), broken)
    crowd = [_processes.Process(target=_write, args=share) for _ in range(writers)]
    slow = _processes.Process(target=_write_slowly, args=(dsn, ended, long_seconds))
    for process in (slow, *crowd):
        process.start()
    seen, started = array("q"), time.monotonic()
    all_written = threading.Event()
    reader = threading.Thread(target=_read_to_the_end, args=(dsn, all_written, seen))
    reader.start()
    kills = 0
    while any(process.is_alive() for process in crowd):
        time.sleep(0.3)
        kills += _break_one_off(dsn)
        if kills:
            broken.set()
    ended.set()
    for process in (slow, *crowd):
        process.join()
    all_written.set()
    reader.join()
    seconds = time.monotonic() - started
    with connect(dsn).cursor() as cur:
        cur.execute("SELECT position FROM facts")
        written = {position for (position,) in cur.fetchall()}
    in_order = sum(a < b for a, b in pairwise(seen)) + bool(seen)
    return {
        "written": len(written),
        "seen": len(seen),
        "lost": len(written - set(seen)),
        "duplicates": len(seen) - in_order,
        "kills": kills,
        "seconds": seconds,
    }


def _write(dsn: str, events: int, broken: Event) -> None:
    """At least so many facts, and until a connection was broken off."""
    pool, written = Pool(dsn, 1), 0
    recorder = Recorder(pool, actor=_WRITER)
    while written < events or not broken.is_set():
        # Whether what broke off was stored is not known: the log itself says so in the end.
        with suppress(DatabaseAway):
            if random.random() < 0.1:
                _roll_back(pool)
            size = random.choice((1, 1, 1, min(_BATCH_MAX, max(events - written, 1))))
            stream = uuid4()
            batch = [StoredEvent(stream, n, "Written", b"{}") for n in range(size)]
            recorder.insert_events(batch)
            written += size


def _roll_back(pool: Pool) -> None:
    with suppress(InterruptedError), pool.transaction() as cur:
        log.record(cur, uuid4(), "Written", {}, actor=_WRITER)
        raise InterruptedError


def _write_slowly(dsn: str, ended: Event, seconds: float) -> None:
    pool = Pool(dsn, 1)
    while not ended.is_set():
        with suppress(DatabaseAway), pool.transaction() as cur:
            log.record(cur, uuid4(), "Written", {}, actor=_WRITER)
            ended.wait(seconds)
        ended.wait(seconds / 4)


def _read_to_the_end(dsn: str, all_written: threading.Event, seen: "array[int]") -> None:
    known = 0
    with connect(dsn).cursor() as cur:
        while True:
            finishing = all_written.is_set()
            known = log.bound(cur, known)
            facts = log.read(cur, after=seen[-1] if seen else 0, up_to=known, limit=5000)
            seen.extend(fact.position for fact in facts)
            if finishing and not facts and known == log.last_given(cur):
                return


def _break_one_off(dsn: str) -> int:
    with connect(dsn).cursor() as cur:
        cur.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE query ~ 'append_fact|INSERT INTO facts|^COMMIT' AND pid <> pg_backend_pid()"
            " AND datname = current_database() ORDER BY random() LIMIT 1"
        )
        return cur.rowcount
