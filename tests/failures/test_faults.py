"""Machines die in the middle of a story; the story ends as if they had not."""

import time
from contextlib import contextmanager

import pytest
from chassis.log import LOG_LOCK
from chassis.message import Message, as_json
from chassis.parking import Parking
from chassis.postgres import Pool, connect
from kombu import Connection
from satudata import stories
from satudata.places import SERVICES
from satudata.processes import serve
from satudata.stories import City

from tests.failures.outcome import assert_as_if_nothing_had_happened
from tests.failures.proxy import Proxy
from tests.installations import Distributed, Embedded, nothing_under_way, wait_until

pytestmark = pytest.mark.servers
ENDINGS = ("granted", "refused")


def tell(installation, ending, before=lambda step: None) -> str:
    told = list(getattr(stories, ending)(City(installation.url), before))
    return told[0].request["id"]


def tell_side_by_side(installation, before_each) -> dict[str, str]:
    """Both stories, step by step in turns; the ids of their requests by ending."""
    told = {ending: getattr(stories, ending)(City(installation.url)) for ending in ENDINGS}
    ids = {}
    while told:
        before_each()
        for ending in list(told):
            done = next(told[ending], None)
            if done is None:
                del told[ending]
            elif ending not in ids:
                ids[ending] = done.request["id"]
    return ids


@pytest.mark.parametrize("kind", ["worker", "jobs"])
def test_embedded_processes_killed_before_every_step_change_nothing(embedded, kind):
    ids = tell_side_by_side(embedded, lambda: embedded.kill(kind))

    for ending, request_id in ids.items():
        assert_as_if_nothing_had_happened(embedded, request_id, ending)


def test_everything_killed_at_once_and_started_again_goes_on_where_it_was(tmp_path):
    installation = Embedded(tmp_path)
    installation.start()

    def before(step):
        if step in (6, 10, 13):
            installation.kill_all()
            installation.start()

    try:
        request_id = tell(installation, "granted", before)
        assert_as_if_nothing_had_happened(installation, request_id, "granted")
    finally:
        installation.stop()


def test_every_worker_and_every_jobs_process_killed_before_every_step_changes_nothing(distributed):
    def kill():
        for name in list(distributed.up.processes):
            if name.startswith(("worker-", "jobs-")):
                distributed.kill(name)

    ids = tell_side_by_side(distributed, kill)

    for ending, request_id in ids.items():
        assert_as_if_nothing_had_happened(distributed, request_id, ending)


@pytest.mark.parametrize("service", SERVICES)
def test_a_worker_killed_between_storing_and_publishing_publishes_when_it_is_back(
    distributed, service
):
    holder = connect(
        distributed.up.environment["ADMIN_DATABASE_URL"].replace(
            "dbname=postgres", f"dbname={service}"
        )
    )
    with holder.cursor() as cur:
        # Whoever holds this as a writer does keeps the relay from reading: stored, not published.
        cur.execute(f"SELECT pg_advisory_lock_shared({LOG_LOCK})")
    pool = distributed.database(service)
    facts = pool.execute("SELECT count(*) FROM facts")[0][0]
    told = stories.refused(City(distributed.url))
    request_id = next(told).request["id"]
    if service in ("requests", "letters"):
        wait_until(lambda: pool.execute("SELECT count(*) FROM facts")[0][0] > facts, 60, "a fact")
    pool.close()

    distributed.kill(f"worker-{service}")
    holder.close()

    list(told)
    assert_as_if_nothing_had_happened(distributed, request_id, "refused")


@pytest.mark.parametrize("service", ["requests", "letters", "notify"])
def test_a_worker_killed_between_effect_and_acknowledgement_does_nothing_twice(
    distributed, service
):
    pool, city = distributed.database(service), City(distributed.url)
    with _worker_behind_proxy(distributed, service) as (proxy, worker):
        handled = _inbox(pool)
        city.submit()
        wait_until(lambda: _inbox(pool) > handled, 60, "an effect, heard through the proxy")
        wait_until(lambda: nothing_under_way(distributed), 60, "rest")
        told = stories.refused(city)
        handled = _inbox(pool)
        if service == "requests":
            # What it is to hear comes from a job: so its own fact is published first.
            jobs = distributed.up.processes["jobs-letters"]
            jobs.ask_to_stop()
            jobs.wait(20)
            request_id = next(told).request["id"]
            letters = distributed.database("letters")
            wait_until(lambda: letters.execute("SELECT 1 FROM jobs"), 60, "a letter is asked for")
            letters.close()
            proxy.mute()
            jobs.start()
        else:
            proxy.mute()
            request_id = next(told).request["id"]
        wait_until(lambda: _inbox(pool) > handled, 60, "an effect whose acknowledgement is lost")
        worker.kill()

    list(told)
    pool.close()
    assert_as_if_nothing_had_happened(distributed, request_id, "refused")


def test_the_broker_stopped_and_started_in_the_middle_loses_nothing(distributed):
    def before(step):
        if step in (8, 12):
            distributed.up.rabbit.kill()
            distributed.up.rabbit.start()

    request_id = tell(distributed, "granted", before)

    assert_as_if_nothing_had_happened(distributed, request_id, "granted")


def test_postgresql_restarted_in_the_middle_loses_nothing(distributed):
    def before(step):
        if step in (7, 10, 13):
            distributed.up.postgres.restart()

    request_id = tell(distributed, "granted", before)

    assert_as_if_nothing_had_happened(distributed, request_id, "granted")


def test_services_that_were_down_all_along_do_their_part_when_they_come(distributed):
    down = {"letters": 16, "notify": 16, "privacy": 9, "catalog": 12}
    for service in down:
        distributed.up.stop_service(service)

    def before(step):
        for service in [s for s, needed_at in down.items() if needed_at == step]:
            distributed.up.start_service(service)
            del down[service]
        if step in (9, 12, 16):
            distributed.up.wait_until_ready(tuple(down))

    request_id = tell(distributed, "granted", before)

    assert_as_if_nothing_had_happened(distributed, request_id, "granted")


def test_every_message_again_and_in_reverse_changes_nothing(distributed):
    ids = {ending: tell(distributed, ending) for ending in ENDINGS}
    wait_until(lambda: nothing_under_way(distributed), 120, "rest")
    before = {service: _tables(distributed, service) for service in SERVICES}

    with Connection(distributed.up.environment["AMQP_URL"]) as broker:
        producer = broker.Producer()
        for message in reversed(_all_published(distributed)):
            for _ in range(2):
                producer.publish(
                    message.body,
                    exchange=f"{message.source}.events",
                    routing_key=message.type,
                    headers=message.headers,
                    content_type="application/json",
                    content_encoding="utf-8",
                    delivery_mode=2,
                )
    _wait_until_queues_are_empty(distributed)

    assert before == {service: _tables(distributed, service) for service in SERVICES}
    for ending, request_id in ids.items():
        assert_as_if_nothing_had_happened(distributed, request_id, ending)


def test_a_message_nobody_can_handle_is_set_aside_and_shown_and_others_pass(distributed):
    city = City(distributed.url)
    _, victim = city.submit()
    wait_until(lambda: nothing_under_way(distributed), 120, "rest")
    with Connection(distributed.up.environment["AMQP_URL"]) as broker:
        broker.Producer().publish(
            b'{"letter": "surat_palsu"}',
            exchange="letters.events",
            routing_key="LetterIssued",
            headers={
                "ce-specversion": "1.0",
                "ce-id": "letters-poison",
                "ce-source": "letters",
                "ce-type": "LetterIssued",
                "ce-subject": victim["id"],
                "ce-sequence": "99",
                "ce-position": "99999",
                "ce-time": "2026-11-20T02:00:00+00:00",
                "ce-actorid": "letters",
                "ce-actorrole": "service",
            },
            content_type="application/json",
            content_encoding="utf-8",
            delivery_mode=2,
        )
    for hearer in ("requests", "notify"):
        pool = distributed.database(hearer)
        wait_until(
            lambda pool=pool: Parking(pool).subjects() == {victim["id"]},
            60,
            f"the poison is parked in {hearer}",
        )
        pool.execute("DELETE FROM parked WHERE message_id = 'letters-poison'")
        pool.close()

    request_id = tell(distributed, "refused")
    assert_as_if_nothing_had_happened(distributed, request_id, "refused")


@contextmanager
def _worker_behind_proxy(distributed: Distributed, service: str):
    """The service's worker, for a while speaking to the broker through a proxy."""
    process = distributed.up.processes[f"worker-{service}"]
    process.ask_to_stop()
    process.wait(20)
    url = distributed.up.environment["AMQP_URL"]
    port = url.rsplit(":", 1)[1].split("/")[0]
    proxy = Proxy(int(port))
    through = {"AMQP_URL": url.replace(f":{port}", f":{proxy.port}")}
    stand_in = serve(
        "worker", [service], distributed.up.environment | through, distributed.folder / "log"
    )
    stand_in.start()
    try:
        yield proxy, stand_in.child
    finally:
        stand_in.child.kill()
        stand_in.wait(10)
        proxy.close()
        process.start()


def _inbox(pool: Pool) -> int:
    return int(pool.execute("SELECT count(*) FROM inbox")[0][0])


def _all_published(distributed: Distributed) -> list[Message]:
    """Every fact of every service as its relay makes it a message."""
    import importlib

    from chassis.log import read
    from chassis.relay import message_of

    found = []
    for service in SERVICES:
        published = importlib.import_module(f"{service}_service.adapters.published").PUBLISHED
        pool = distributed.database(service)
        with pool.connection() as conn, conn.cursor() as cur:
            for fact in read(cur, after=0, up_to=10**9, limit=10**6):
                if fact.type in published:
                    found.append(message_of(fact, service, published))
        pool.close()
    assert all(as_json(message) for message in found)
    return found


def _tables(distributed: Distributed, service: str) -> dict[str, int]:
    """How many rows each table has, the facts among them.

    Apart from the signed checkpoints: one more may be signed at any time.
    """
    pool: Pool = distributed.database(service)
    names = [
        name
        for (name,) in pool.execute(
            "SELECT table_name FROM information_schema.tables"
            " WHERE table_schema = 'public' AND table_name <> 'checkpoints'"
        )
    ]
    counts = {name: pool.execute(f"SELECT count(*) FROM {name}")[0][0] for name in names}
    pool.close()
    return counts


def _wait_until_queues_are_empty(distributed: Distributed) -> None:
    assert distributed.up.rabbit is not None

    def empty() -> bool:
        listed = distributed.up.rabbit.control("list_queues", "name", "messages").splitlines()
        left = dict(line.split("\t") for line in listed if "\t" in line)
        return all(left[service] == "0" for service in SERVICES)

    wait_until(empty, 120, "all queues are empty")
    time.sleep(1)
    wait_until(lambda: nothing_under_way(distributed), 120, "rest")
