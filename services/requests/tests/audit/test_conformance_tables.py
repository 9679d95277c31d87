"""The tables of conformance: filled as facts come, alike however they are folded."""

import argparse
import json
import random
from uuid import UUID, uuid4

import psycopg2.extras
import pytest
from requests_service.projections import runner
from requests_service.projections.conformance import conformance, of_request, telling
from satudata import audit_conformance

from services.requests.tests import builders as b
from services.requests.tests.application.test_requests import to_step_10
from services.requests.tests.audit.test_projections import batches_of, bring_up, owner
from services.requests.tests.conftest import settings_for
from services.requests.tests.told_cases import a_case, spoil

pytestmark = pytest.mark.servers
CONFORMANCE = conformance(b.CALENDAR)
TABLES = ("conformance", "passages", "deviations")
__all__ = ["owner"]


def store(cur, cases):
    """Whole cases in the log, one after the other's fact, as they would be stored; their ids."""
    streams = [uuid4() for _ in cases]
    facts = sorted(
        (n, i, str(streams[i]), seen)
        for i, facts in enumerate(cases)
        for n, seen in enumerate(facts)
    )
    psycopg2.extras.execute_values(
        cur,
        "INSERT INTO facts (stream, version, type, state, occurred_at, actor, role, agency)"
        " VALUES %s",
        [
            (stream, each.version, each.type, json.dumps(each.data).encode(), each.data["on"],
             each.actor, each.role, each.agency)
            for _, _, stream, each in facts
        ],
        page_size=1000,
    )  # fmt: skip
    return streams


def rows(pool):
    return {table: sorted(map(repr, pool.execute(f"SELECT * FROM {table}"))) for table in TABLES}


def test_what_the_guard_lets_through_fills_the_tables_without_a_deviation(
    app, desk, privacy_tokens
):
    request_id = to_step_10(app, desk, privacy_tokens)

    bring_up(app.pool, CONFORMANCE)

    (row,) = app.pool.query("SELECT * FROM conformance")
    assert (request_id, "2026-0001", 10) == (
        UUID(str(row["request_id"])), row["register_number"], row["step"],
    )  # fmt: skip
    assert [(5, 6), (6, 7), (7, 8), (8, 9), (9, 10)] == app.pool.execute(
        "SELECT step, next_step FROM passages ORDER BY position"
    )
    assert [] == of_request(app.pool, request_id)


def test_a_deviation_is_there_as_soon_as_its_fact_is(pool):
    facts = a_case(1, random.Random(5))
    wrong = facts[1]._replace(role="walidata", actor="walidata-1")
    with pool.transaction() as cur:
        (request_id,) = store(cur, [[facts[0], wrong]])

    bring_up(pool, CONFORMANCE)

    (deviation,) = of_request(pool, request_id)
    assert ("wrong_role", 6, "PPID", "Walidata", "walidata-1", facts[1].type) == tuple(
        deviation[name] for name in ("kind", "step", "expected", "found", "actor", "type")
    )
    ((position,),) = pool.execute("SELECT max(position) FROM facts")
    assert position == deviation["position"]


def test_the_metric_counts_each_deviation_once(pool):
    from prometheus_client import REGISTRY

    def counted():
        return REGISTRY.get_sample_value("sop_deviations_total", {"kind": "wrong_role"}) or 0

    before, facts = counted(), a_case(1, random.Random(5))
    step = telling(runner.follow(CONFORMANCE))
    for _ in range(2):
        with pool.transaction() as cur:
            store(cur, [[facts[0], facts[1]._replace(role="walidata")]])
        with pool.connection() as conn, conn.cursor() as cur:
            while step(cur):
                pass
            step(cur)

    assert 2 == counted() - before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--from", "2026-12-31", "--until", "2026-01-01"),
         "--until 2026-01-01 is before --from, 2026-12-31."),
        (("--until", "2001-01-01"), "--until 2001-01-01 is before --from, 1 January of this year."),
    ],
)  # fmt: skip
def test_a_period_that_ends_before_it_begins_is_refused(pool, capsys, arguments, said):
    parser = argparse.ArgumentParser()
    audit_conformance.register(parser.add_subparsers(), lambda name: settings_for(name, pool))
    parsed = parser.parse_args(["conformance", *arguments])

    assert 2 == parsed.do(parsed)
    assert f"satudata: {said}\n" == capsys.readouterr().err


def test_a_day_that_is_none_is_refused(capsys):
    parser = argparse.ArgumentParser()
    audit_conformance.register(parser.add_subparsers(), settings_for)

    with pytest.raises(SystemExit):
        parser.parse_args(["conformance", "--from", "2026-13-01"])
    assert "'2026-13-01' is no date such as 2026-01-31" in capsys.readouterr().err


def test_small_batches_and_a_rebuild_give_what_one_fold_gives(pool, owner):
    rng = random.Random(9)
    cases = [a_case(n, rng) for n in range(40)]
    with pool.transaction() as cur:
        store(cur, [spoil(each, rng) if n % 4 == 0 else each for n, each in enumerate(cases)])
    bring_up(pool, CONFORMANCE)
    at_once = rows(pool)

    rebuilt = runner.rebuild(owner, CONFORMANCE, lambda done, of: None)

    assert rebuilt.as_before
    assert rebuilt.before
    assert at_once == rows(pool)
    assert at_once["deviations"]
    for table in TABLES:
        owner.execute(f"DELETE FROM {table}")
    owner.execute("UPDATE progress SET position = 0 WHERE name = 'conformance'")
    with batches_of(17):
        bring_up(pool, CONFORMANCE)
    assert at_once == rows(pool)
