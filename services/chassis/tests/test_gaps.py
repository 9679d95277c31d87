"""The log read to its end while many write to it: nothing lost, nothing twice, nobody held up."""

import threading
import time
from contextlib import closing
from uuid import uuid4

import pytest
from chassis import log
from chassis.actor import Actor
from chassis.event_store import Recorder
from chassis.postgres import connect
from eventsourcing.persistence import StoredEvent

from tests.bench.gap import race

pytestmark = pytest.mark.servers
ANI = Actor("ani", "clerk")


def test_nothing_is_lost_of_what_processes_write_that_roll_back_linger_and_are_killed(database):
    result = race(database("notify").dsn, 6000, 6, long_seconds=0.5)

    assert 6000 <= result["written"] == result["seen"]
    assert (0, 0) == (result["lost"], result["duplicates"])
    assert result["kills"] > 0


def test_an_empty_log_ends_before_its_first_fact(database):
    pool = database("notify", 2)
    with connect(pool.dsn).cursor() as cur:
        assert 0 == log.bound(cur, 0)

        _record(pool)

        assert 1 == log.bound(cur, 0)


def test_a_fact_not_yet_committed_holds_up_the_reader_and_no_writer(database):
    pool = database("notify", 3)
    first = _record(pool)
    with connect(pool.dsn).cursor() as cur, pool.transaction() as lingering:
        log.record(lingering, uuid4(), "Opened", {}, actor=ANI)
        # What a writer that waited for the reader or the one who lingers would not survive.
        hasty = Recorder(pool, actor=ANI)
        pool.execute("SET lock_timeout = '1ms'")
        last = hasty.insert_events([StoredEvent(uuid4(), 1, "Opened", b"{}")])[0]

        assert [first] == [fact.position for fact in _readable(cur, first)]
        assert [] == hasty.select_notifications(first, 10, inclusive_of_start=False)
        lingering.execute("SELECT 1")

    with connect(pool.dsn).cursor() as cur:
        assert [first, first + 1, last] == [f.position for f in _readable(cur, first)]


def test_who_sleeps_is_woken_by_the_next_fact_and_who_is_awake_is_not_disturbed(database):
    pool = database("notify", 2)
    woken_after = []

    with closing(connect(pool.dsn)) as conn, conn.cursor() as cur:
        cur.execute(f"LISTEN {log.WAKE_CHANNEL}")
        _record(pool)
        cur.execute("SELECT 1")
        assert [] == conn.notifies

        def sleep():
            started = time.monotonic()
            log.wait(conn, cur, since=log.last_given(cur), seconds=20)
            woken_after.append(time.monotonic() - started)

        sleeper = threading.Thread(target=sleep)
        sleeper.start()
        while not pool.execute(_ASLEEP):
            time.sleep(0.01)
        _record(pool)
        sleeper.join()
        assert woken_after[0] < 10

        # Given after the reader looked and before it went to sleep: nobody wakes it for this one.
        looked = log.last_given(cur)
        _record(pool)
        sleep_started = time.monotonic()
        log.wait(conn, cur, since=looked, seconds=20)
        assert time.monotonic() - sleep_started < 10


_ASLEEP = f"SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = {log.ASLEEP_LOCK}"


def _record(pool):
    with pool.transaction() as cur:
        return log.record(cur, uuid4(), "Opened", {}, actor=ANI)


def _readable(cur, known):
    return log.read(cur, after=0, up_to=log.bound(cur, known), limit=10)
