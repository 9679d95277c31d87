"""The log: appended in order, never changed, read to its end without a gap."""

import threading
from uuid import uuid4

import psycopg2
import pytest
from chassis import log
from chassis.actor import Actor
from chassis.event_store import AlreadyHandled, Recorder, StaleVersion, handled
from chassis.message import decode
from chassis.postgres import connect
from chassis.relay import message_of
from eventsourcing.persistence import StoredEvent

pytestmark = pytest.mark.servers
ANI = Actor("ani", "clerk")


def test_a_fact_is_read_back_as_it_was_recorded(database):
    pool, stream = database("notify"), uuid4()

    with pool.transaction() as cur:
        log.record(cur, stream, "Opened", {"door": "ç"}, actor=ANI, because_of="x-1")

    (fact,) = log.stream(pool, stream)
    assert ("Opened", 1, {"door": "ç"}, ANI, "x-1") == (
        fact.type,
        fact.version,
        fact.data,
        fact.actor,
        fact.causation,
    )


def test_what_no_database_of_a_hearer_could_keep_is_not_recorded(database):
    pool, stream = database("notify"), uuid4()

    with pytest.raises(ValueError, match="NUL"), pool.transaction() as cur:
        log.record(cur, stream, "Opened", {"door": "front\0"}, actor=ANI)
    with pool.transaction() as cur:
        log.record(cur, stream, "Opened", {"door": r"front\u0000"}, actor=ANI)

    assert [{"door": r"front\u0000"}] == [fact.data for fact in log.stream(pool, stream)]


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE facts SET type = 'Other'",
        "DELETE FROM facts",
        "TRUNCATE facts",
        "INSERT INTO facts (position, stream, version, type, state, occurred_at, actor, role)"
        " OVERRIDING SYSTEM VALUE VALUES (99, gen_random_uuid(), 1, 'X', '', now(), 'a', 'b')",
    ],
)
def test_the_database_itself_refuses_a_service_that_would_change_the_log(database, sql):
    pool = database("notify")
    with pool.transaction() as cur:
        log.record(cur, uuid4(), "Opened", {}, actor=ANI)

    with pytest.raises(psycopg2.Error):
        pool.execute(sql)


def test_others_hear_of_an_acting_officer_that_they_were_one(database):
    pool, stream = database("notify"), uuid4()
    acting = Actor("ani", "clerk", None, "plh")

    with pool.transaction() as cur:
        log.record(cur, stream, "Opened", {}, actor=acting)
        log.record(cur, stream, "Opened", {}, actor=ANI)

    told = [message_of(fact, "toy", {"Opened": lambda _: {}}) for fact in log.stream(pool, stream)]
    assert [acting, ANI] == [decode(each.headers, each.body).actor for each in told]
    assert [{}, {}] == [each.data for each in told]
    assert "ce-actorcapacity" not in told[1].headers


def test_two_who_record_the_same_version_do_not_both_succeed(database):
    recorder, stream = Recorder(database("notify")), uuid4()
    event = StoredEvent(stream, 1, "Opened", b"{}")
    recorder.insert_events([event], actor=ANI)

    with pytest.raises(StaleVersion):
        recorder.insert_events([event], actor=ANI)


def test_a_message_handled_before_stores_nothing(database):
    pool = database("notify")
    recorder, stream = Recorder(pool), uuid4()
    recorder.insert_events(
        [StoredEvent(stream, 1, "Opened", b"{}")], actor=ANI, also=[handled("m-1")]
    )

    with pytest.raises(AlreadyHandled):
        recorder.insert_events(
            [StoredEvent(stream, 2, "Closed", b"{}")], actor=ANI, also=[handled("m-1")]
        )

    assert ["Opened"] == [fact.type for fact in log.stream(pool, stream)]


def test_streams_written_by_many_at_once_have_no_hole_in_their_versions(database):
    pool, stream = database("notify", 8), uuid4()

    def write():
        for _ in range(20):
            with pool.transaction() as cur:
                log.record(cur, stream, "Opened", {}, actor=ANI)

    _together(8, write)

    assert list(range(1, 161)) == [fact.version for fact in log.stream(pool, stream)]


def test_a_reader_sees_every_fact_although_writers_commit_out_of_order_or_not_at_all(database):
    pool = database("notify", 10)
    seen: list[int] = []
    done = threading.Event()

    def write():
        for n in range(60):
            try:
                with pool.transaction() as cur:
                    log.record(cur, uuid4(), "Opened", {}, actor=ANI)
                    cur.execute("SELECT pg_sleep(random() * 0.003)")
                    if n % 7 == 0:
                        raise InterruptedError
            except InterruptedError:
                pass

    def read():
        conn, known = connect(pool.dsn), 0
        with conn.cursor() as cur:
            while True:
                finishing = done.is_set()
                known = log.bound(cur, known)
                facts = log.read(cur, after=seen[-1] if seen else 0, up_to=known, limit=50)
                seen.extend(fact.position for fact in facts)
                if finishing and not facts:
                    return

    reader = threading.Thread(target=read)
    reader.start()
    _together(6, write)
    done.set()
    reader.join()

    stored = [p for (p,) in pool.execute("SELECT position FROM facts ORDER BY position")]
    assert stored == seen


def _together(count, what):
    threads = [threading.Thread(target=what) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
