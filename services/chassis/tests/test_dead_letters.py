"""What waits, and what operators do of it: seen, tried again, thrown away, each on record."""

import os
import threading
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

import pika
import psycopg2
import pytest
from chassis import dead_letter_pages, jobs, log
from chassis.actor import Actor
from chassis.contracts import UnknownKind
from chassis.dead_letters import (
    FailedJobs,
    NotWaiting,
    ParkedMessages,
    ReasonMissing,
    ReasonUnfit,
    WaitsBehind,
)
from chassis.failures import place_of, reason_of, without_personal
from chassis.http import build_app
from chassis.jobs import Job, Later
from chassis.last_net import DEAD_LETTERS, DEAD_LETTERS_ARGUMENTS
from chassis.message import Message
from chassis.parking import BEHIND, Parking
from chassis.postgres import DatabaseAway, Pool
from chassis.sessions import SESSION_COOKIE, Tokens, public_key_of
from fastapi.testclient import TestClient
from prometheus_client import REGISTRY

pytestmark = pytest.mark.servers

RINA = Actor("rina", "operator")
BUDI = Actor("budi", "operator")
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
CITY = tomllib.loads((Path(__file__).parents[3] / "deploy" / "city.toml").read_text())
_PATIENCE_SECONDS = 60


@pytest.fixture
def pool(database) -> Pool:
    return database("letters")


def a_message(number: int, subject: UUID | None = None, type_: str = "Opened", **data: Any):
    return Message(
        id=f"doors-{number}",
        source="doors",
        type=type_,
        subject=str(subject or uuid4()),
        time=datetime(2026, 11, 20, 2, 0, tzinfo=UTC),
        sequence=number,
        position=number,
        actor=Actor("ani", "clerk"),
        data=data,
        dataschema="urn:satudata:doors:Opened:v1",
        correlation="0f0e",
        traceparent=TRACE,
    )


def park(pool: Pool, *messages: Message, reason="Jammed: Pintu ini macet.") -> list[int]:
    """The first of each subject failed; the rest wait behind it. Their numbers."""
    parking = Parking(pool)
    for message in messages:
        if parking.blocks(message.subject):
            parking.add(message, BEHIND, retry_in=timedelta(0))
        else:
            parking.add(message, reason, retry_in=None, place="doors.py:7 open_it")
    return [id_ for (id_,) in pool.execute("SELECT id FROM parked ORDER BY id")]


def fail_a_job(pool: Pool, key: str = "doors-1") -> int:
    with pool.transaction() as cur:
        jobs.enqueue(cur, "paint", key, {"door": 1, "email": "siti@contoh.id"})
    pool.execute(
        "UPDATE jobs SET failed = TRUE, attempts = 5, reason = 'Jammed' WHERE key = %s", (key,)
    )
    return pool.execute("SELECT id FROM jobs WHERE key = %s", (key,))[0][0]


def acts(pool: Pool) -> list[tuple[str, str, str | None]]:
    """What is on record: the act, by whom, why."""
    rows = pool.execute("SELECT stream FROM facts GROUP BY stream ORDER BY min(position)")
    facts = [fact for (stream,) in rows for fact in log.stream(pool, stream)]
    return [(fact.type, fact.actor.id, fact.data["reason"]) for fact in facts]


def both_at_once(*calls) -> list[Any]:
    """What each gave, or the class of what it raised."""
    start, results = threading.Barrier(len(calls)), [None] * len(calls)

    def run(n: int, call) -> None:
        start.wait()
        try:
            results[n] = call()
        except Exception as error:
            results[n] = type(error)

    threads = [threading.Thread(target=run, args=each) for each in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(_PATIENCE_SECONDS)
    return results


def until_somebody_waits_for_a_lock(pool: Pool) -> int:
    """Its process."""
    sql = (
        "SELECT pid FROM pg_stat_activity"
        " WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    for _ in range(_PATIENCE_SECONDS * 50):
        if found := pool.execute(sql):
            return found[0][0]
        threading.Event().wait(0.02)
    raise AssertionError("nobody waits for a lock")


# Seen


def test_all_that_waits_is_listed_in_order_with_what_it_waits_for(pool):
    stuck = uuid4()
    first, behind, later = park(pool, a_message(1, stuck), a_message(2, stuck), a_message(3))
    pool.execute("UPDATE parked SET next_try = now() + interval '1 hour' WHERE id = %s", (later,))

    rows = ParkedMessages(pool, "letters").waiting()

    assert [
        (f"letters/{first}", "person", None),
        (f"letters/{behind}", "behind", f"letters/{first}"),
        (f"letters/{later}", "later", None),
    ] == [(row["ref"], row["state"], row["behind"]) for row in rows]
    assert (1, "doors.py:7 open_it", TRACE) == tuple(
        rows[0][k] for k in ("tries", "place", "trace")
    )
    assert rows[0]["first_failed_at"] == rows[0]["last_failed_at"] is not None
    assert (0, None) == (rows[1]["tries"], rows[1]["last_failed_at"])


def test_the_list_is_narrowed_by_type_subject_and_reason(pool):
    one, other = uuid4(), uuid4()
    park(pool, a_message(1, one, "Opened"), a_message(2, other, "Closed"))
    of = ParkedMessages(pool, "letters")

    assert ["doors-2"] == [row["message_id"] for row in of.waiting(type_="Closed")]
    assert ["doors-1"] == [row["message_id"] for row in of.waiting(subject=str(one))]
    assert 2 == len(of.waiting(reason="MACET"))
    assert [] == of.waiting(reason="rusak")
    assert ["doors-2"] == [
        row["message_id"] for row in of.waiting(after=of.waiting(limit=1)[0]["id"])
    ]


def test_one_is_shown_whole_with_each_failure_and_act_and_what_waits_behind_it(pool):
    subject = uuid4()
    id_, behind = park(pool, a_message(1, subject, color="red"), a_message(2, subject))
    of, parking = ParkedMessages(pool, "letters"), Parking(pool)
    of.redrive(id_, RINA, reason="versi baru")
    parking.take_first(str(subject))
    parking.failed(id_, "Jammed: Masih macet.", for_ever=True, place="doors.py:9 open_it")

    shown = of.show(id_)

    assert {"color": "red"} == shown["message"]["data"]
    assert [
        ("Jammed: Pintu ini macet.", "doors.py:7 open_it"),
        ("MessageRedriven", "rina"),
        ("Jammed: Masih macet.", "doors.py:9 open_it"),
    ] == [
        (each["act"], each["by"]) if "act" in each else (each["reason"], each["place"])
        for each in shown["history"]
    ]
    assert 2 == shown["tries"]
    assert [f"letters/{behind}"] == [each["ref"] for each in shown["waiting_behind"]]


def test_nothing_of_a_person_is_shown(pool):
    message = a_message(
        1, nama="Siti", note="tulis ke siti@contoh.id, 081234567890", text_sealed="x"
    )
    (id_,) = park(pool, message, reason="Jammed: 3573010101010001 <siti@contoh.id>")

    shown = ParkedMessages(pool, "letters").show(id_)

    assert {
        "nama": "(hidden)",
        "note": "tulis ke (hidden), (hidden)",
        "text_sealed": "(hidden)",
    } == shown["message"]["data"]
    assert "Jammed: (hidden) <(hidden)>" == shown["reason"] == shown["history"][0]["reason"]
    job = FailedJobs(pool, "letters").show(fail_a_job(pool))
    assert {"door": 1, "email": "(hidden)"} == job["args"]


def test_ids_and_digests_are_no_persons():
    kept = [str(uuid4()), "9" * 64, "2026-0042", "00081234-0812-0812-0812-081234567890"]

    assert kept == without_personal(kept)


def test_a_reason_has_a_librarys_sentence_never_and_ours_without_persons(pool):
    def reason(do) -> tuple[str, str]:
        try:
            do()
        except Exception as error:
            return reason_of(error), place_of(error)
        raise AssertionError("it went well")

    def fail(error: Exception) -> None:
        raise error

    assert "InvalidTextRepresentation" == reason(lambda: pool.execute("SELECT 'Siti'::uuid"))[0]
    assert "ValueError" == reason(lambda: int("Siti"))[0]
    assert "Later: (hidden) is away" == reason(lambda: fail(Later("siti@contoh.id is away")))[0]
    assert reason(lambda: fail(NotWaiting()))[1].endswith(" fail")


# Tried again


def test_a_message_is_tried_again_and_that_is_on_record(pool):
    (id_,) = park(pool, a_message(1))
    of = ParkedMessages(pool, "letters")

    assert of.redrive(id_, RINA, reason=" versi  1.2 ")

    assert "now" == of.waiting()[0]["state"]
    assert [("MessageRedriven", "rina", "versi 1.2")] == acts(pool)
    (fact,) = log.stream(pool, uuid5(NAMESPACE_URL, "urn:satudata:waiting:doors-1"))
    assert ("doors-1", "0f0e", "operator") == (fact.causation, fact.correlation, fact.actor.role)


def test_tried_again_twice_it_is_on_record_once(pool):
    (id_,) = park(pool, a_message(1))
    of = ParkedMessages(pool, "letters")

    assert [True, False] == [of.redrive(id_, RINA), of.redrive(id_, RINA)]

    assert [("MessageRedriven", "rina", None)] == acts(pool)


def test_two_operators_at_once_have_it_tried_once(pool):
    (id_,) = park(pool, a_message(1))
    of = ParkedMessages(pool, "letters")

    results = both_at_once(lambda: of.redrive(id_, RINA), lambda: of.redrive(id_, BUDI))

    assert {True, False} == set(results)
    assert 1 == len(acts(pool))


def test_what_waits_behind_another_cannot_go_first_and_what_is_not_there_not_at_all(pool):
    subject = uuid4()
    first, behind = park(pool, a_message(1, subject), a_message(2, subject))
    of = ParkedMessages(pool, "letters")

    with pytest.raises(WaitsBehind, match=str(first)):
        of.redrive(behind, RINA)
    with pytest.raises(NotWaiting):
        of.redrive(99, RINA)

    assert [] == acts(pool)


def test_killed_in_the_middle_nothing_was_done_and_it_can_be_done_again(pool):
    (id_,) = park(pool, a_message(1))
    of = ParkedMessages(pool, "letters")
    stream = uuid5(NAMESPACE_URL, "urn:satudata:waiting:doors-1")
    outcome: list[Any] = []

    with pool.transaction() as cur:
        # Redriving stops here, between the row and the fact.
        cur.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", (log.LOG_LOCK, str(stream)))
        thread = threading.Thread(
            target=lambda: outcome.extend(both_at_once(lambda: of.redrive(id_, RINA)))
        )
        thread.start()
        pool.execute("SELECT pg_terminate_backend(%s)", (until_somebody_waits_for_a_lock(pool),))
        thread.join(_PATIENCE_SECONDS)

    assert [DatabaseAway] == outcome
    assert ("person", []) == (of.waiting()[0]["state"], acts(pool))
    assert of.redrive(id_, RINA)
    assert 1 == len(acts(pool))


def test_an_unknown_kind_is_tried_again_when_a_worker_starts_and_nothing_else_is(pool):
    park(pool, a_message(1), reason=reason_of(UnknownKind("no doors.Opened v2 is heard here")))
    park(pool, a_message(2))

    Parking(pool).try_unknown_kinds_again()

    assert ["now", "person"] == [row["state"] for row in ParkedMessages(pool, "letters").waiting()]


def test_a_transient_fault_is_counted_and_waits_longer_each_time(pool):
    parking, message = Parking(pool), a_message(1)
    parking.add(message, "Later: not yet", retry_in=timedelta(0), place="x")
    for _ in range(3):
        pool.execute("UPDATE parked SET next_try = now()")
        id_, _ = parking.take_first(message.subject)
        parking.failed(id_, "Later: not yet", for_ever=False, place="x")

    ((tries, wait),) = pool.execute("SELECT tries, next_try - failed_at FROM parked")
    assert 4 == tries
    assert timedelta(seconds=6) < wait <= timedelta(seconds=8)


def test_a_message_that_holds_nul_waits_with_a_sign_in_its_place(pool):
    park(pool, a_message(1, color="re\0d"), a_message(2, color=r"re\u0000d"))

    first, second = (row["id"] for row in ParkedMessages(pool, "letters").waiting())
    of = ParkedMessages(pool, "letters")
    assert {"color": "re\ufffdd"} == of.show(first)["message"]["data"]
    assert {"color": r"re\u0000d"} == of.show(second)["message"]["data"]


def test_the_gauges_say_how_many_wait_and_since_when(pool):
    park(pool, a_message(1), a_message(2))
    pool.execute("UPDATE parked SET parked_at = now() - interval '1 hour' WHERE id = 1")
    fail_a_job(pool)

    Parking(pool).measure("doors")

    def gauge(name: str) -> float:
        return REGISTRY.get_sample_value(name, {"service": "doors"})

    assert (2, 1) == (gauge("messages_waiting"), gauge("jobs_waiting"))
    assert gauge("messages_waiting_oldest_seconds") >= 3600


# Thrown away


def test_a_message_is_discarded_with_its_reason_and_what_waited_behind_it_goes_on(pool):
    subject = uuid4()
    first, _behind = park(pool, a_message(1, subject), a_message(2, subject))

    assert ParkedMessages(pool, "letters").discard(first, RINA, reason="pintunya sudah dibongkar")

    assert [("MessageDiscarded", "rina", "pintunya sudah dibongkar")] == acts(pool)
    parking = Parking(pool)
    assert [str(subject)] == parking.due_subjects()
    assert "doors-2" == parking.take_first(str(subject))[1].id


def test_what_was_discarded_has_no_effect_when_it_comes_again(pool):
    (id_,) = park(pool, a_message(1))
    ParkedMessages(pool, "letters").discard(id_, RINA, reason="tidak perlu")

    with pool.transaction() as cur:
        assert not log.handled(cur, a_message(1))
    with pytest.raises(NotWaiting):
        ParkedMessages(pool, "letters").discard(id_, RINA, reason="tidak perlu")


@pytest.mark.parametrize("reason", ["", "   ", None])
def test_without_a_reason_nothing_is_discarded(pool, reason):
    (id_,) = park(pool, a_message(1))

    with pytest.raises(ReasonMissing):
        ParkedMessages(pool, "letters").discard(id_, RINA, reason=reason)

    assert 1 == len(ParkedMessages(pool, "letters").waiting())


@pytest.mark.parametrize("reason", ["x" * 301, "kata siti@contoh.id", "NIK 3573010101010001"])
def test_a_reason_names_no_person_because_it_is_kept_for_ever(pool, reason):
    (id_,) = park(pool, a_message(1))

    for act in (ParkedMessages(pool, "letters").discard, ParkedMessages(pool, "letters").redrive):
        with pytest.raises(ReasonUnfit):
            act(id_, RINA, reason=reason)

    assert [] == acts(pool)


def test_two_operators_at_once_discard_it_once(pool):
    (id_,) = park(pool, a_message(1))
    of = ParkedMessages(pool, "letters")

    results = both_at_once(
        lambda: of.discard(id_, RINA, reason="a"), lambda: of.discard(id_, BUDI, reason="b")
    )

    assert sorted([True, NotWaiting], key=str) == sorted(results, key=str)
    assert 1 == len(acts(pool))


def test_what_is_handled_at_that_moment_is_not_discarded(pool):
    message = a_message(1)
    (id_,) = park(pool, message)
    of, outcome = ParkedMessages(pool, "letters"), []

    with pool.transaction() as handler:
        log.handled(handler, message)
        thread = threading.Thread(
            target=lambda: outcome.append(of.discard(id_, RINA, reason="tidak perlu"))
        )
        thread.start()
        until_somebody_waits_for_a_lock(pool)
    thread.join(_PATIENCE_SECONDS)

    assert [False] == outcome
    assert ([], []) == (of.waiting(), acts(pool))


# Jobs


def test_a_failed_job_is_listed_and_done_again_once(pool):
    id_ = fail_a_job(pool)
    of = FailedJobs(pool, "letters")
    assert [(f"letters/{id_}", "paint", "doors-1", "Jammed")] == [
        (row["ref"], row["kind"], row["key"], row["reason"]) for row in of.waiting(type_="paint")
    ]

    results = both_at_once(lambda: of.redrive(id_, RINA), lambda: of.redrive(id_, BUDI))

    assert sorted([True, NotWaiting], key=str) == sorted(results, key=str)
    assert [("JobRedriven", None)] == [(act, reason) for act, _, reason in acts(pool)]
    assert [(False, 0)] == pool.execute("SELECT failed, attempts FROM jobs")
    assert 0 == of.count()


def test_a_failed_job_is_discarded_with_a_reason(pool):
    id_ = fail_a_job(pool)
    of = FailedJobs(pool, "letters")
    with pytest.raises(ReasonMissing):
        of.discard(id_, RINA, reason="")

    assert of.discard(id_, RINA, reason="tidak perlu lagi")

    assert [("JobDiscarded", "rina", "tidak perlu lagi")] == acts(pool)
    assert [(0,)] == pool.execute("SELECT count(*) FROM jobs")
    with pytest.raises(NotWaiting):
        of.discard(id_, RINA, reason="tidak perlu lagi")


def test_a_job_that_is_not_given_up_yet_is_nobodys_to_discard(pool):
    with pool.transaction() as cur:
        jobs.enqueue(cur, "paint", "doors-1", {})
    ((id_,),) = pool.execute("SELECT id FROM jobs")

    with pytest.raises(NotWaiting):
        FailedJobs(pool, "letters").discard(id_, RINA, reason="tidak perlu")


def test_a_job_keeps_why_and_where_it_failed(pool):
    def paint(job: Job) -> None:
        raise psycopg2.DataError("Siti")

    with pool.transaction() as cur:
        jobs.enqueue(cur, "paint", "doors-1", {})
    runner = jobs.Runner(pool, "letters", {"paint": paint}, threads=1)
    runner.start()
    for _ in range(_PATIENCE_SECONDS * 50):
        if pool.execute("SELECT 1 FROM jobs WHERE failed_at IS NOT NULL"):
            break
        threading.Event().wait(0.02)
    runner.stop()

    ((reason, place),) = pool.execute("SELECT reason, place FROM jobs")
    assert "DataError" == reason
    assert place.startswith("jobs.py:")


# Over HTTP


@pytest.fixture
def web(pool):
    """`web("operator")` is somebody of that role at a browser; `web()` is nobody."""
    seed = os.urandom(32)
    keys = {"requests": public_key_of(seed), "letters": public_key_of(seed)}
    of: Any = {"city": CITY, "signing_key": seed, "public_keys": keys}
    settings: Any = SimpleNamespace(service="letters", amqp_url="memory://", **of)
    tokens = Tokens(SimpleNamespace(service="requests", **of))
    app = build_app(
        settings,
        pool,
        title="Letters",
        routers=[dead_letter_pages.router("letters")],
        errors={},
        application=None,
    )

    def browser(role: str | None = None) -> TestClient:
        made = TestClient(app, base_url="http://127.0.0.1:8080", follow_redirects=False)
        if role:
            claims = {"sub": "rina", "name": "Rina", "role": role, "agency": None}
            token = tokens.sign(claims, purpose="session", seconds=60)
            made.cookies.set(SESSION_COOKIE, token)
        return made

    browser.settings = settings
    return browser


def test_an_operators_program_lists_shows_redrives_and_discards(pool, web):
    subject = uuid4()
    first, behind = park(pool, a_message(1, subject), a_message(2, subject))
    job = fail_a_job(pool)
    operator = web("operator")

    listed = operator.get("/api/letters/dead-letters", params={"limit": 1}).json()
    assert (2, first, [first]) == (
        listed["count"],
        listed["next"],
        [row["id"] for row in listed["waiting"]],
    )
    assert "history" in operator.get(f"/api/letters/dead-letters/{first}").json()
    done = operator.post(f"/api/letters/dead-letters/{first}/redrive", json={"reason": "baru"})
    again = operator.post(f"/api/letters/dead-letters/{first}/redrive")
    assert [(202, "redriven"), (202, "due")] == [
        (each.status_code, each.json()["outcome"]) for each in (done, again)
    ]
    assert 409 == operator.post(f"/api/letters/dead-letters/{behind}/redrive").status_code
    gone = operator.post(f"/api/letters/dead-letters/{behind}/discard", json={"reason": "usang"})
    assert (200, "discarded") == (gone.status_code, gone.json()["outcome"])
    assert job == operator.get("/api/letters/failed-jobs").json()["waiting"][0]["id"]
    assert 202 == operator.post(f"/api/letters/failed-jobs/{job}/redrive").status_code


_CALLS = [
    ("GET", "/api/letters/{kind}", None),
    ("GET", "/api/letters/{kind}/99", None),
    ("POST", "/api/letters/{kind}/99/redrive", {"reason": "x"}),
    ("POST", "/api/letters/{kind}/99/discard", {"reason": "x"}),
]


@pytest.mark.parametrize("kind", ["dead-letters", "failed-jobs"])
@pytest.mark.parametrize(("method", "path", "body"), _CALLS)
def test_only_an_operator_may_and_only_with_what_is_there(web, kind, method, path, body):
    path = path.format(kind=kind)

    assert 401 == web().request(method, path, json=body).status_code
    assert 403 == web("ppid").request(method, path, json=body).status_code
    there = 200 if path.endswith(kind) else 404
    assert there == web("operator").request(method, path, json=body).status_code


@pytest.mark.parametrize("kind", ["dead-letters", "failed-jobs"])
@pytest.mark.parametrize("body", [None, {}, {"reason": ""}, {"reason": "tulis ke siti@contoh.id"}])
def test_discarding_over_http_needs_a_fit_reason(pool, web, kind, body):
    (id_,) = park(pool, a_message(1)) if kind == "dead-letters" else [fail_a_job(pool)]

    answer = web("operator").post(f"/api/letters/{kind}/{id_}/discard", json=body)

    assert 422 == answer.status_code
    assert [] == acts(pool)


@pytest.mark.parametrize("place", ["pesan", "pekerjaan"])
def test_an_operator_does_the_same_on_the_pages(pool, web, place):
    if place == "pesan":
        id_, other = park(pool, a_message(1), a_message(2))
    else:
        id_, other = fail_a_job(pool), fail_a_job(pool, "doors-2")
    home, operator = f"/pesan/letters/{place}", web("operator")

    assert f"letters/{id_}" in operator.get(home).text
    page = operator.get(f"{home}/{id_}").text
    assert "Jammed" in page
    assert f'action="{home}/{id_}/buang"' in page
    again = operator.post(f"{home}/{id_}/coba-lagi", data={"alasan": "versi baru"})
    assert f"{home}?selesai=coba-lagi" == again.headers["location"]
    assert "Diserahkan untuk dicoba lagi" in operator.get(again.headers["location"]).text
    without = operator.post(f"{home}/{other}/buang", data={"alasan": " "})
    assert (422, True) == (without.status_code, "Tuliskan alasannya" in without.text)
    gone = operator.post(f"{home}/{other}/buang", data={"alasan": "usang"})
    assert "Dibuang" in operator.get(gone.headers["location"]).text
    assert 404 == operator.post(f"{home}/{other}/buang", data={"alasan": "usang"}).status_code
    assert 404 == operator.get(f"{home}/{other}").status_code
    assert ["versi baru", "usang"] == [reason for _, _, reason in acts(pool)]


def test_all_that_a_page_lists_are_tried_again_at_one_press(pool, web):
    subject = uuid4()
    park(pool, a_message(1, subject), a_message(2, subject), a_message(3, type_="Closed"))

    answer = web("operator").post("/pesan/letters/pesan/coba-lagi", data={"jenis": "Opened"})

    assert 303 == answer.status_code
    states = [row["state"] for row in ParkedMessages(pool, "letters").waiting()]
    assert ["now", "behind", "person"] == states
    assert 1 == len(acts(pool))


def test_the_pages_are_for_operators_and_take_no_foreign_form(pool, web):
    (id_,) = park(pool, a_message(1))
    path = f"/pesan/letters/pesan/{id_}/coba-lagi"

    assert 403 == web("ppid").get("/pesan/letters/pesan").status_code
    assert 303 == web().get("/pesan/letters/pesan").status_code
    foreign = web("operator").post(path, headers={"Origin": "https://elsewhere.example"})
    assert (403, []) == (foreign.status_code, acts(pool))
    assert 404 == web("operator").get("/pesan/letters/apa").status_code


def test_the_page_tells_how_many_lie_in_the_brokers_own_queue(web, rabbit):
    web.settings.amqp_url = rabbit.new_virtual_host()
    connection = pika.BlockingConnection(pika.URLParameters(web.settings.amqp_url))
    channel = connection.channel()
    channel.queue_declare(DEAD_LETTERS, durable=True, arguments=DEAD_LETTERS_ARGUMENTS)
    operator = web("operator")
    assert "antrean terakhir" not in operator.get("/pesan/letters/pesan").text

    channel.confirm_delivery()
    channel.basic_publish("", DEAD_LETTERS, b"?")

    assert "1 pesan ada di antrean terakhir" in operator.get("/pesan/letters/pesan").text
    connection.close()
    web.settings.amqp_url = "amqp://guest:guest@127.0.0.1:1//"
    assert "RabbitMQ tidak menjawab" in operator.get("/pesan/letters/pesan").text
