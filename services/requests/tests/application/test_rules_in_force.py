"""What acts are judged by is told in the log when it changes, once."""

import dataclasses
import hashlib
import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from chassis import log
from requests_service.audit.words import TITLES
from requests_service.domain import sop
from requests_service.rules_in_force import STREAM, TYPE, note_rules, rules_in_force, telling_rules

from services.requests.tests.conftest import ROOT, settings_for

pytestmark = pytest.mark.servers
RULES = rules_in_force(settings_for("requests"))


def told(pool):
    return [fact.data for fact in log.stream(pool, STREAM)]


def test_the_first_start_tells_all_of_them_and_the_next_one_nothing(pool):
    settings = settings_for("requests", pool)

    for _ in range(2):
        step = telling_rules(settings, pool, lambda cur: cur == "more")
        assert [True, False] == [step("more"), step("none")]

    assert [{"changed": sorted(RULES), "in_force": RULES}] == told(pool)
    assert (sop.EDITION, "0.1.0") == (RULES["sop.edition"], RULES["version"])
    assert {"calendar.2026", "sop.table", "program", "city.agencies", "city.retention"} <= set(
        RULES
    )
    assert TYPE in TITLES


def test_what_changed_is_named_and_nothing_of_what_it_says(pool):
    settings = settings_for("requests", pool)
    note_rules(pool, RULES)
    city = {**settings.city, "retention": {"person_years": 77}, "wahana": "Uji"}
    del city["letterhead"]
    other = dataclasses.replace(settings, city=city)

    changed = note_rules(pool, rules_in_force(other))

    assert ["city.letterhead", "city.retention", "city.wahana"] == changed
    assert changed == told(pool)[-1]["changed"]
    assert "city.letterhead" not in told(pool)[-1]["in_force"]
    assert "77" not in json.dumps(told(pool)[-1]["changed"])
    assert "Uji" not in json.dumps(told(pool)[-1])


def test_going_back_is_a_change_too(pool):
    for rules in (RULES, {**RULES, "sop.edition": "2"}, RULES):
        note_rules(pool, rules)

    assert [sorted(RULES), ["sop.edition"], ["sop.edition"]] == [
        each["changed"] for each in told(pool)
    ]


def test_those_who_start_at_once_tell_it_once(pool):
    with ThreadPoolExecutor(8) as starters:
        changed = list(starters.map(lambda _: note_rules(pool, RULES), range(8)))

    assert 1 == len(told(pool))
    assert 1 == sum(bool(each) for each in changed)


def test_a_digest_can_be_made_from_the_file_alone():
    file = ROOT / "services" / "requests" / "requests_service" / "calendar" / "2026.toml"
    line = f"calendar/2026.toml {hashlib.sha256(file.read_bytes()).hexdigest()}\n"

    assert RULES["calendar.2026"] == hashlib.sha256(line.encode()).hexdigest()


def test_nothing_else_is_among_them():
    assert {"sop", "version", "program", "calendar", "city"} == {
        name.partition(".")[0] for name in RULES
    }
