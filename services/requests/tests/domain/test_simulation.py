"""What if: deadlines counted anew for what was really done."""

import json
import random
from dataclasses import replace
from datetime import date

import pytest
from requests_service.adapters.plain_mapper import PlainMapper
from requests_service.domain import completing
from requests_service.domain.data_request import DataRequest
from requests_service.domain.sop_lint import budgets_of
from requests_service.domain.working_days import DayOff, Today
from requests_service.law.simulation import NOTICE, Late, Rules, lates_of
from satudata.sop_commands import another_calendar

from services.requests.tests import builders as b

MAPPER = PlainMapper()
IN_FORCE = Rules(b.CALENDAR, budgets_of())


def facts_of(data_request: DataRequest):
    return [
        (type(fact).__name__, json.loads(MAPPER.to_stored_event(fact).state))
        for fact in data_request.pending_events
    ]


def after(today: Today, days: int) -> Today:
    return b.on(b.CALENDAR.add_working_days(today.day, days).isoformat())


def a_hurried_or_slow_request(rng: random.Random) -> DataRequest:
    """Up to step 9, each step after a few days, perhaps returned in between."""
    today = b.on("2026-03-10")
    data_request = b.a_submitted_request(today)
    if rng.random() < 0.5:
        today = after(today, rng.randint(0, 2))
        completing.return_for_completion(
            data_request,
            b.PPID,
            today,
            missing=["tujuan"],
            explanation="Mohon jelaskan datanya.",
            seal=b.sealed,
        )
        today = after(today, rng.randint(0, 6))
        completing.complete(data_request, b.PEMOHON, today, answer="Untuk skripsi.", seal=b.sealed)
    today = after(today, rng.randint(0, 3))
    data_request.find_owner(b.PPID, today, agency="diskopindag")
    today = after(today, rng.randint(0, 5))
    data_request.forward(b.PPID, today, seal=b.sealed)
    today = after(today, rng.randint(0, 5))
    data_request.grant(b.DISKOPINDAG, today)
    return data_request


@pytest.mark.parametrize("seed", range(20))
def test_by_the_rules_in_force_it_finds_just_what_was_recorded_as_late(seed):
    data_request = a_hurried_or_slow_request(random.Random(seed))
    facts = facts_of(data_request)

    found = lates_of(facts, IN_FORCE, date(2026, 3, 10))

    recorded = [(f"step {f['step']}", f["was_due"], f["on"]) for _, f in facts if f["late"]]
    assert recorded == [(e.what, e.due.isoformat(), e.done.isoformat()) for e in found]


def test_a_shorter_budget_makes_late_what_was_in_time():
    data_request = b.a_forwarded_request()
    data_request.grant(b.DISKOPINDAG, after(b.FRIDAY, 3))
    facts = facts_of(data_request)

    assert [] == lates_of(facts, IN_FORCE, b.FRIDAY.day)
    assert [Late("2026-0042", "step 8", date(2026, 11, 24), date(2026, 11, 25))] == lates_of(
        facts, replace(IN_FORCE, budgets=budgets_of() | {8: 2}), b.FRIDAY.day
    )


def test_another_decree_moves_the_notice_s_deadline():
    data_request = b.a_forwarded_request()
    letter = b.a_letter("pemberitahuan_tertulis", b.on("2026-12-07"))
    data_request.note_letter(b.SERVICE, b.on("2026-12-07"), letter=letter)
    facts = facts_of(data_request)
    (decree,) = [each for each in b.CALENDAR.decrees if each.year == 2026]
    day_off = DayOff(date(2026, 11, 30), "Cuti bersama baru", cuti_bersama=True)
    other = replace(decree, days_off=(*decree.days_off, day_off))
    calendar = replace(
        b.CALENDAR, decrees=(*(e for e in b.CALENDAR.decrees if e.year != 2026), other)
    )

    notices = [e for e in lates_of(facts, IN_FORCE, b.FRIDAY.day) if e.what == NOTICE]
    assert [Late("2026-0042", NOTICE, date(2026, 12, 4), date(2026, 12, 7))] == notices
    assert [] == [
        e
        for e in lates_of(facts, replace(IN_FORCE, calendar=calendar), b.FRIDAY.day)
        if e.what == NOTICE
    ]


def test_a_file_with_a_special_working_day_makes_late_what_was_in_time(tmp_path):
    file = tmp_path / "saturdays.toml"
    file.write_text(
        '[[working_day]]\ndate = 2026-11-21\nname = "Pengganti"\ndecree = "Keputusan 7"\n'
    )
    data_request = b.a_forwarded_request()
    data_request.grant(b.DISKOPINDAG, after(b.FRIDAY, 3))

    then = replace(IN_FORCE, calendar=another_calendar(b.CALENDAR, file))

    assert [Late("2026-0042", "step 8", date(2026, 11, 24), date(2026, 11, 25))] == lates_of(
        facts_of(data_request), then, b.FRIDAY.day
    )


def test_a_step_that_still_waits_is_late_as_of_today():
    facts = facts_of(b.a_forwarded_request())

    assert [Late("2026-0042", "step 8", date(2026, 11, 25), None)] == lates_of(
        facts, IN_FORCE, date(2026, 11, 26)
    )
