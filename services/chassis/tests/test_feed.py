"""The feed: pages and streams of published facts, without gap or repetition."""

import dataclasses
import json
import random
import threading
from contextlib import ExitStack, contextmanager
from uuid import uuid4

import httpx
import pytest
import uvicorn
from chassis import feed, log
from chassis.actor import Actor
from chassis.http import build_app
from chassis.sessions import Tokens
from chassis.settings import load
from fastapi.testclient import TestClient

from services.chassis.tests.test_http import OF_REQUESTS
from services.chassis.tests.test_settings import GOOD
from tests.installations import wait_until

pytestmark = pytest.mark.servers
ANI = Actor("ani", "clerk")
PUBLISHED = {"Opened": lambda data: {"n": data["n"]}, "Closed": lambda data: {"n": data["n"]}}


def _bearer(role):
    claims = {"sub": "kota", "name": "Kota", "role": role, "agency": None}
    signer = Tokens(load("requests", GOOD | OF_REQUESTS))
    return {"Authorization": f"Bearer {signer.sign(claims, purpose='session', seconds=600)}"}


@pytest.fixture
def pool(database):
    return database("notify", 4)


@pytest.fixture
def app(pool):
    settings = dataclasses.replace(load("notify", GOOD | OF_REQUESTS), database_url=pool.dsn)
    routers = [feed.router("notify", pool, PUBLISHED)]
    return build_app(settings, pool, title="T", routers=routers, errors={}, application=None)


@pytest.fixture
def client(app):
    return TestClient(app, headers=_bearer("integrator"))


@pytest.fixture
def served(app):
    """The same over a socket: streams that never end need one."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None))
    thread = threading.Thread(target=server.run)
    thread.start()
    wait_until(lambda: server.started, 30, "the server listens")
    port = server.servers[0].sockets[0].getsockname()[1]
    with httpx.Client(
        base_url=f"http://127.0.0.1:{port}", headers=_bearer("integrator"), timeout=60
    ) as client:
        yield client
    feed.end_streams()
    server.should_exit = True
    thread.join()


def _record(pool, *types):
    for type_ in types:
        with pool.transaction() as cur:
            log.record(cur, uuid4(), type_, {"n": 1, "secret": "x"}, actor=ANI)


def _get(client, after, **asked):
    return client.get("/api/notify/events", params={"after": after, **asked})


def _types(answer):
    return [event["type"] for event in answer.json()]


@contextmanager
def _stream(client, **headers):
    asked = {"Accept": "text/event-stream", **headers}
    with client.stream("GET", "/api/notify/events", headers=asked) as answer:
        yield answer, _events(answer.iter_lines())


def _events(lines):
    """What came between empty lines: fields by name, a comment under the name ''."""
    block = {}
    for line in lines:
        if line:
            name, _, value = line.partition(":")
            block[name] = value.strip()
        else:
            yield block
            block = {}


def _next_fact(events):
    return next((int(e["id"]), json.loads(e["data"])) for e in events if "data" in e)


def test_pages_give_each_published_fact_once_in_order_and_only_its_public_part(pool, client):
    _record(pool, "Opened", "Hidden", "Closed", "Hidden", "Opened")

    first = _get(client, 0, limit=2)
    second = _get(client, first.headers["x-next-after"], limit=2)

    assert (["Opened", "Closed"], ["Opened"]) == (_types(first), _types(second))
    event = first.json()[0]
    assert ({"n": 1}, "1.0", "notify-1", "1") == (
        event["data"], event["specversion"], event["id"], event["position"],
    )  # fmt: skip
    assert "application/json" == event["datacontenttype"]
    assert '</api/notify/events?after=3&limit=2>; rel="next"' == first.headers["link"]
    assert "5" == second.headers["x-next-after"]


def test_the_same_facts_come_line_by_line(pool, client):
    _record(pool, "Opened", "Closed")

    lines = client.get("/api/notify/events", headers={"Accept": "application/x-ndjson"})

    assert "application/x-ndjson" == lines.headers["content-type"]
    assert _get(client, 0).json() == [json.loads(line) for line in lines.text.splitlines()]


def test_a_page_that_is_full_is_for_ever_and_one_that_grows_is_not(pool, client):
    _record(pool, "Opened", "Opened", "Opened")
    full, growing = _get(client, 0, limit=2), _get(client, 2, limit=2)

    _record(pool, "Closed", "Closed")

    again = _get(client, 0, limit=2)
    assert "immutable" in full.headers["cache-control"]
    assert (full.content, full.headers["etag"]) == (again.content, again.headers["etag"])
    assert "no-cache" == growing.headers["cache-control"]
    assert growing.headers["etag"] != _get(client, 2, limit=2).headers["etag"]


def test_who_has_a_page_is_not_sent_it_again(pool, client):
    _record(pool, "Opened")
    have = _get(client, 0)

    same = client.get("/api/notify/events", headers={"If-None-Match": have.headers["etag"]})
    _record(pool, "Opened")
    changed = client.get("/api/notify/events", headers={"If-None-Match": have.headers["etag"]})

    assert (304, b"", "1") == (same.status_code, same.content, same.headers["x-next-after"])
    assert 200 == changed.status_code


def test_a_page_ends_by_position_where_nothing_in_it_is_wanted(pool, client, monkeypatch):
    monkeypatch.setattr(feed, "_PAGE_POSITIONS", 3)
    _record(pool, *["Opened"] * 4, "Closed")

    nothing = _get(client, 0, types="Closed", wait=25)
    found = _get(client, nothing.headers["x-next-after"], types="Closed")

    assert ([], "3") == (nothing.json(), nothing.headers["x-next-after"])
    assert "immutable" in nothing.headers["cache-control"]
    assert ["Closed"] == _types(found)


def test_a_type_that_nobody_publishes_is_refused_with_the_ones_that_are(client):
    answer = _get(client, 0, types="Opened,Hidden")

    assert 422 == answer.status_code
    assert "notify publishes no Hidden. It publishes: Closed, Opened." == answer.json()["title"]


def test_a_position_that_nobody_was_given_is_refused(pool, client):
    _record(pool, "Opened")

    assert (200, 409) == (_get(client, 1).status_code, _get(client, 2).status_code)
    assert "ends at 1" in _get(client, 2).json()["title"]


def test_the_newest_position_is_where_everything_is_yet_to_come(pool, client):
    _record(pool, "Opened", "Hidden")
    newest = _get(client, "newest")

    _record(pool, "Closed")

    assert ([], "2") == (newest.json(), newest.headers["x-next-after"])
    assert ["Closed"] == _types(_get(client, newest.headers["x-next-after"]))


def test_who_waits_is_answered_by_the_next_fact(pool, client):
    answers = []
    asking = threading.Thread(target=lambda: answers.append(_get(client, 0, wait=25)))
    asking.start()

    _record(pool, "Hidden", "Opened")
    asking.join()

    assert ["Opened"] == _types(answers[0])


@pytest.mark.parametrize(
    ("role", "status"), [("integrator", 200), ("auditor", 200), ("operator", 403)]
)
def test_the_feed_is_for_integrators_and_auditors(app, role, status):
    answer = TestClient(app).get("/api/notify/events", headers=_bearer(role))

    assert status == answer.status_code


def test_the_feed_is_not_for_the_public(app):
    assert 401 == TestClient(app).get("/api/notify/events").status_code


def test_nothing_is_missed_or_repeated_while_others_write_linger_and_roll_back(pool, client):
    writers = [threading.Thread(target=_write, args=(pool, n)) for n in range(3)]
    seen, after = [], 0

    def read_on():
        nonlocal after
        page = _get(client, after, limit=7)
        after = int(page.headers["x-next-after"])
        seen.extend(int(event["position"]) for event in page.json())
        return page.json()

    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        read_on()
    while read_on():
        pass

    stored = pool.execute("SELECT position FROM facts WHERE type <> 'Hidden' ORDER BY position")
    assert [position for (position,) in stored] == seen
    assert len(seen) > 60


def _write(pool, seed):
    chance = random.Random(seed)
    for _ in range(60):
        try:
            with pool.transaction() as cur:
                for _ in range(chance.choice((1, 1, 3))):
                    type_ = chance.choice(("Opened", "Closed", "Hidden"))
                    log.record(cur, uuid4(), type_, {"n": seed}, actor=ANI)
                cur.execute("SELECT pg_sleep(%s)", (chance.choice((0, 0, 0.01)),))
                if chance.random() < 0.2:
                    raise ZeroDivisionError
        except ZeroDivisionError:
            pass


def test_old_pages_can_be_had_while_a_transaction_stays_open(pool, client):
    _record(pool, "Opened", "Closed")
    _get(client, 0, limit=1)
    with pool.transaction() as lingering:
        log.record(lingering, uuid4(), "Opened", {"n": 3}, actor=ANI)

        assert ["Opened", "Closed"] == _types(_get(client, 0))

    assert ["Opened", "Closed", "Opened"] == _types(_get(client, 0))


def test_a_stream_begins_in_the_past_and_goes_on(pool, served):
    _record(pool, "Opened", "Hidden")
    with _stream(served) as (answer, events):
        assert "no" == answer.headers["x-accel-buffering"]
        first = _next_fact(events)

        _record(pool, "Hidden", "Closed")

        assert [(1, "Opened"), (4, "Closed")] == [
            (position, event["type"]) for position, event in (first, _next_fact(events))
        ]


def test_a_stream_goes_on_where_the_last_one_ended(pool, served):
    _record(pool, "Opened", "Closed", "Opened")

    with _stream(served, **{"Last-Event-ID": "1"}) as (_, events):
        assert [2, 3] == [_next_fact(events)[0], _next_fact(events)[0]]


@pytest.mark.parametrize("id_", ["abc", "-1", "1.5"])
def test_a_stream_does_not_begin_after_what_is_no_position(client, id_):
    asked = {"Accept": "text/event-stream", "Last-Event-ID": id_}

    refused = client.get("/api/notify/events", headers=asked)

    assert (422, ["last-event-id"]) == (
        refused.status_code, [each["field"] for each in refused.json()["errors"]],
    )  # fmt: skip


def test_a_stream_beats_while_nothing_happens_and_says_how_far_it_is(pool, served, monkeypatch):
    monkeypatch.setattr(feed, "_HEARTBEAT_SECONDS", 0.01)
    _record(pool, "Hidden")

    with _stream(served) as (_, events):
        assert next(beat["id"] for beat in events if "" in beat and beat["id"] != "0") == "1"


def test_many_streams_share_one_reader(pool, served):
    with ExitStack() as stack:
        streams = [stack.enter_context(_stream(served))[1] for _ in range(12)]
        _record(pool, "Opened")
        assert [1] * 12 == [_next_fact(events)[0] for events in streams]
        _record(pool, "Closed")
        assert [2] * 12 == [_next_fact(events)[0] for events in streams]
        ((connections,),) = pool.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND backend_type = 'client backend'"
        )

    # The pool's four, and the one reader.
    assert connections <= 5


def test_one_stream_too_many_is_told_to_come_later(served, monkeypatch):
    monkeypatch.setattr(feed, "STREAMS_MAX", 1)
    with _stream(served) as (_, events):
        next(events)
        with _stream(served) as (answer, _):
            assert (503, "5") == (answer.status_code, answer.headers["retry-after"])


def test_streams_end_with_the_process(served):
    with _stream(served) as (_, events):
        next(events)

        feed.end_streams()

        assert [] == [block for block in events if "data" in block]


def test_a_stream_misses_and_repeats_nothing_while_others_write(pool, served):
    writers = [threading.Thread(target=_write, args=(pool, n)) for n in (7, 8)]
    with _stream(served) as (_, events):
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
        _record(pool, "Closed")
        stored = pool.execute("SELECT position FROM facts WHERE type <> 'Hidden' ORDER BY position")

        seen = [_next_fact(events)[0]]
        while seen[-1] != stored[-1][0]:
            seen.append(_next_fact(events)[0])

    assert [position for (position,) in stored] == seen
