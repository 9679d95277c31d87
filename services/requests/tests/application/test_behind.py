"""Who reads the log and stays behind is seen, in metrics and by `satudata doctor`."""

from contextlib import closing

import pytest
from chassis.postgres import connect
from prometheus_client import REGISTRY
from psycopg2.extensions import parse_dsn
from requests_service.behind import Watch, behind
from requests_service.sealing.sealer import seal
from satudata import doctor

from services.requests.tests.application.test_requests import submit

pytestmark = pytest.mark.servers


@pytest.fixture
def owner(pool, postgres_url):
    """A cursor of the tables' owner, with the triggers off."""
    dsn = postgres_url.format(database=parse_dsn(pool.dsn)["dbname"])
    with closing(connect(dsn)) as conn, conn.cursor() as cur:
        cur.execute("SET session_replication_role = replica")
        yield cur


@pytest.fixture
def cur(pool):
    with pool.connection() as conn, conn.cursor() as cur:
        yield cur


def test_a_reader_at_the_end_is_not_behind_and_the_others_are(app, cur):
    submit(app)
    seal(cur, 100)

    found = {each.name: each for each in behind(cur)}

    assert {"sealer", "trail", "conformance"} == set(found)
    assert (0, 0, True) == (*found["sealer"][1:], found["sealer"].well)
    assert found["trail"].positions > 0
    assert found["trail"].seconds > 0


def test_an_empty_log_leaves_nobody_behind(cur):
    assert {(0, 0)} == {each[1:] for each in behind(cur)}


def test_the_metrics_say_it(app, cur):
    submit(app)

    assert Watch().step(cur) is False

    for name in ("follower_behind_positions", "follower_behind_seconds"):
        assert (REGISTRY.get_sample_value(name, {"name": "trail"}) or 0) > 0


def test_the_doctor_names_who_is_behind_for_more_than_a_minute(app, pool, cur, owner):
    submit(app)
    assert all(each.well for each in doctor._readers(pool.dsn))

    owner.execute("UPDATE facts SET recorded_at = recorded_at - interval '2 hours'")
    seal(cur, 100)

    said = {each.text.split()[3]: each for each in doctor._readers(pool.dsn)}
    assert [True, False, False] == [said[name].well for name in ("sealer", "trail", "conformance")]
    assert "positions behind the log, for 72" in said["trail"].text
