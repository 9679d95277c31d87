"""`satudata audit conformance` as somebody in a terminal sees it."""

import argparse
import json
import random

import pytest
from satudata import audit_conformance

from services.requests.tests.audit.test_conformance_tables import CONFORMANCE, store
from services.requests.tests.audit.test_projections import bring_up
from services.requests.tests.conftest import settings_for
from services.requests.tests.told_cases import a_case

pytestmark = pytest.mark.servers
FROM_2026 = ("--from", "2026-01-01", "--until", "2027-12-31")


@pytest.fixture
def pool(database):
    """A log in which the first of three requests was touched by the wrong role."""
    pool, rng = database("requests"), random.Random(7)
    cases = [a_case(n, rng) for n in (1, 2, 3)]
    cases[0][1] = cases[0][1]._replace(role="walidata", actor="walidata-1")
    with pool.transaction() as cur:
        store(cur, cases)
    bring_up(pool, CONFORMANCE)
    return pool


def status_of(pool, *words):
    parser = argparse.ArgumentParser()
    audit_conformance.register(parser.add_subparsers(), lambda name: settings_for(name, pool))
    parsed = parser.parse_args(["conformance", *words])
    return parsed.do(parsed)


def test_deviations_are_told_one_a_line_and_in_the_exit_status(pool, capsys):
    status = status_of(pool, *FROM_2026)

    told = capsys.readouterr().out
    assert 1 == status
    assert "2026-0001" in told
    assert "expected PPID, found Walidata; walidata walidata-1" in told
    assert "1 deviations." in told


def test_json_holds_the_same_for_programs(pool, capsys):
    status_of(pool, *FROM_2026, "--json")

    told = json.loads(capsys.readouterr().out)
    assert ["wrong_role"] == [row["kind"] for row in told["rows"]]
    assert {"step": 5, "next_step": 6, "count": 3} in told["passages"]


def test_a_period_without_any_is_status_0_and_one_that_cannot_be_read_status_2(pool):
    assert 0 == status_of(pool, "--from", "2020-01-01", "--until", "2020-12-31")
    with pytest.raises(SystemExit) as ended:
        status_of(pool, "--from", "yesterday")
    assert 2 == ended.value.code


def test_that_somebody_asked_is_recorded(pool):
    status_of(pool, *FROM_2026)

    assert [("satudata",)] == pool.execute("SELECT actor FROM facts WHERE type = 'AuditQueried'")
