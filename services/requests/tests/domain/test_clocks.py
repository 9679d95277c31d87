"""Every deadline can be explained, and is counted again when the calendar changes."""

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from requests_service.adapters.plain_mapper import PlainMapper
from requests_service.domain import completing, extending, objecting
from requests_service.domain.calendar_changes import (
    Line,
    Proposal,
    about_worked,
    changed,
    differences,
    of_decree,
)
from requests_service.domain.clocks import Name, deadlines, move, moves, to_count_again
from requests_service.domain.conformance import Case, Checker, Seen
from requests_service.domain.working_days import Closure, DayOff, Worked

from services.requests.tests.builders import (
    ATASAN,
    CALENDAR,
    DISKOPINDAG,
    FRIDAY,
    MONDAY,
    PEMOHON,
    PPID,
    SERVICE,
    a_forwarded_request,
    a_letter,
    a_received_request,
    a_returned_request,
    a_submitted_request,
    an_objected_request,
    last_fact,
    names_of_facts,
    on,
    sealed,
)

CLOSED = Closure(date(2026, 11, 23), date(2026, 11, 24), "Gedung ditutup", "Keputusan Wali Kota 7")
LATER = changed(CALENDAR, Proposal(closures=(CLOSED,)), version="2")
VERSIONS = {"1": CALENDAR, "2": LATER}


def of(data_request):
    return {each.clock: each for each in deadlines(data_request, VERSIONS.__getitem__)}


def count_again(data_request, today=MONDAY):
    move(data_request, SERVICE, replace(today, calendar=LATER), calendar_of=VERSIONS.__getitem__)


def test_both_clocks_say_from_when_how_far_and_what_did_not_count():
    told = of(a_forwarded_request(FRIDAY))

    step, notice = told[Name.STEP], told[Name.NOTICE]
    assert (8, date(2026, 11, 20), 3, date(2026, 11, 25)) == (
        step.step, step.why.start, step.days, step.due,
    )  # fmt: skip
    assert (10, date(2026, 12, 4)) == (notice.days, notice.due)
    assert [("Sabtu", None), ("Minggu", None)] == [
        (day.name, day.decree) for day in step.why.skipped
    ]
    assert all(each.due == each.why.due for each in told.values())


def test_a_holiday_is_told_with_the_decree_that_made_it_one():
    why = CALENDAR.explain(date(2025, 8, 15), 1)

    assert date(2025, 8, 19) == why.due
    assert "Cuti bersama" in why.skipped[-1].name
    assert "1017 Tahun 2024" in str(why.skipped[-1].decree)
    assert not why.is_estimate


def test_a_pause_an_extension_and_an_objection_are_part_of_the_reason():
    data_request = a_returned_request(FRIDAY)
    assert [Name.COMPLETION] == list(of(data_request))
    completing.complete(
        data_request, PEMOHON, on("2026-11-25"), answer="Untuk skripsi saya.", seal=sealed
    )
    extending.extend(
        data_request,
        PPID,
        on("2026-11-26"),
        days=7,
        reason_code="belum_dikuasai",
        reason="Data masih dikumpulkan dari kecamatan.",
        seal=sealed,
    )
    notice = of(data_request)[Name.NOTICE]

    assert (17, 3) == (notice.days, notice.paused)
    assert notice.due == notice.why.due == data_request.statutory_due
    assert Name.OBJECTION in of(an_objected_request(FRIDAY))


def test_a_calendar_that_changes_moves_what_is_open_once_and_says_from_where_to_where():
    data_request = a_forwarded_request(FRIDAY)
    stored = to_count_again(data_request)

    assert moves(stored, LATER)
    assert not moves(stored, CALENDAR)
    for _ in range(2):
        count_again(data_request)

    fact = last_fact(data_request)
    assert ["DeadlinesMoved"] == names_of_facts(data_request)[3:]
    assert {"before": "2026-11-25", "now": "2026-11-27"} == fact.moved["step"]
    assert (date(2026, 11, 27), date(2026, 12, 8)) == (data_request.due, data_request.statutory_due)
    assert ("2", {"2"}) == (
        fact.calendar,
        {each.why.calendar for each in of(data_request).values()},
    )
    assert "Gedung ditutup" in {day.name for day in of(data_request)[Name.STEP].why.skipped}


def test_what_an_officer_saw_is_not_old_because_a_deadline_moved():
    data_request = a_forwarded_request(FRIDAY)
    seen = data_request.decided_version

    count_again(data_request)

    assert seen == data_request.decided_version


def test_clocks_that_stand_still_move_too_and_go_on_from_there():
    data_request = a_returned_request(on("2026-11-19"))
    count_again(data_request)

    assert data_request.due is None is data_request.statutory_due
    completing.complete(
        data_request,
        PEMOHON,
        replace(on("2026-11-26"), calendar=LATER),
        answer="Untuk skripsi saya.",
        seal=sealed,
    )
    told = of(data_request)
    assert all(each.due == each.why.due for each in told.values())
    assert 3 == told[Name.NOTICE].paused


def test_what_is_counted_by_two_calendars_deviates_from_the_sop_in_nothing():
    data_request = a_returned_request(on("2026-11-19"))
    count_again(data_request)
    later = replace(on("2026-11-26"), calendar=LATER)
    completing.complete(data_request, PEMOHON, later, answer="Untuk skripsi saya.", seal=sealed)
    data_request.find_owner(PPID, later, agency="diskopindag")

    assert [] == deviations(data_request)


STEP = {"before": "2026-11-25", "now": "2026-11-27"}
NOTICE = {"before": "2026-12-04", "now": "2026-12-08"}


def deviations(data_request, **tampered):
    """Of its facts as they are stored; `tampered`: what its DeadlinesMoved say instead."""
    checker, case, mapper = Checker(CALENDAR, VERSIONS.__getitem__), Case(), PlainMapper()
    found = []
    for fact in data_request.pending_events:
        data = json.loads(mapper.to_stored_event(fact).state)
        name = type(fact).__name__
        if name == "DeadlinesMoved":
            data |= tampered
        seen = Seen(fact.originator_version, name, fact.by, fact.role, fact.agency, data)
        found += checker.check(case, seen).deviations
    return found


@pytest.mark.parametrize(
    ("tampered", "expected"),
    [
        ({}, []),
        ({"next_due": "2026-12-02"}, ["next_due 2026-11-27"]),
        (
            {
                "next_due": "2026-11-30",
                "moved": {"step": STEP | {"now": "2026-11-30"}, "notice": NOTICE},
            },
            ["next_due 2026-11-27"],
        ),
        ({"statutory_due": "2026-12-20"}, ["statutory_due 2026-12-08"]),
        (
            {
                "statutory_due": "2026-12-12",
                "moved": {"step": STEP, "notice": NOTICE | {"now": "2026-12-12"}},
            },
            ["statutory_due 2026-12-08"],
        ),
        ({"moved": {}}, ["next_due 2026-11-25", "statutory_due 2026-12-04"]),
    ],
)
def test_moved_deadlines_are_held_against_the_calendar_that_they_name(tampered, expected):
    data_request = a_forwarded_request(FRIDAY)
    count_again(data_request)

    assert expected == [each.expected for each in deviations(data_request, **tampered)]


def a_paused_and_extended_request():
    data_request = a_returned_request(on("2026-11-19"))
    completing.complete(
        data_request, PEMOHON, on("2026-11-20"), answer="Untuk skripsi saya.", seal=sealed
    )
    extending.extend(
        data_request,
        PPID,
        on("2026-11-20"),
        days=3,
        reason_code="belum_dikuasai",
        reason="Data masih dikumpulkan dari kecamatan.",
        seal=sealed,
    )
    return data_request


@pytest.mark.parametrize(
    ("data_request", "clock", "told_as", "expected"),
    [
        (a_paused_and_extended_request, "notice", "statutory_due", "2026-12-11"),
        (a_paused_and_extended_request, "step", "next_due", "2026-11-25"),
        (lambda: an_objected_request(FRIDAY), "objection", "objection_due", "2027-01-11"),
    ],
)
def test_a_moved_deadline_is_known_to_the_day_after_pauses_and_extensions(
    data_request, clock, told_as, expected
):
    data_request = data_request()
    count_again(data_request)
    assert [] == deviations(data_request)

    moved = last_fact(data_request).moved
    day_later = (date.fromisoformat(moved[clock]["now"]) + timedelta(days=1)).isoformat()
    tampered = {"moved": moved | {clock: moved[clock] | {"now": day_later}}, told_as: day_later}

    assert [f"{told_as} {expected}"] == [e.expected for e in deviations(data_request, **tampered)]


def test_what_is_finished_or_kept_stays_what_it_was():
    finished = a_received_request(FRIDAY)
    noticed = a_forwarded_request(FRIDAY)
    noticed.grant(DISKOPINDAG, FRIDAY)
    noticed.note_letter(SERVICE, FRIDAY, letter=a_letter("pemberitahuan_tertulis", FRIDAY))
    before = len(names_of_facts(finished)), noticed.statutory_due

    count_again(finished)
    count_again(noticed)

    assert before == (len(names_of_facts(finished)), noticed.statutory_due)
    assert ["step"] == list(last_fact(noticed).moved)


def test_an_objection_of_a_finished_request_is_still_to_be_answered():
    data_request = an_objected_request(FRIDAY)
    before = data_request.objection.due

    count_again(data_request)

    assert before < data_request.objection.due == of(data_request)[Name.OBJECTION].why.due
    objecting.decide(data_request,
        ATASAN, MONDAY, decision="ditolak", reason="Alasan PPID sudah tepat menurut hukum.",
        seal=sealed,
    )  # fmt: skip
    assert {} == to_count_again(data_request)


def test_what_comes_after_the_cut_off_hour_counts_from_the_next_day():
    rules = replace(FRIDAY.rules, cut_off_hour=16)
    late, in_time = (
        a_submitted_request(replace(on("2026-11-19", hour), rules=rules)) for hour in (9, 8)
    )

    assert (date(2026, 12, 4), date(2026, 12, 3)) == (late.statutory_due, in_time.statutory_due)
    assert late.statutory_due == of(late)[Name.NOTICE].why.due
    assert date(2026, 11, 19) == late.submitted_on


def test_the_city_may_let_the_laws_clock_run_while_a_request_is_returned():
    rules = replace(FRIDAY.rules, stops_while_returned=False)
    data_request = a_returned_request(replace(FRIDAY, rules=rules))
    assert (None, date(2026, 12, 4)) == (data_request.due, data_request.statutory_due)

    completing.complete(
        data_request, PEMOHON, on("2026-11-25"), answer="Untuk skripsi saya.", seal=sealed
    )

    told = of(data_request)
    assert (3, 0) == (told[Name.STEP].paused, told[Name.NOTICE].paused)
    assert date(2026, 12, 4) == data_request.statutory_due == told[Name.NOTICE].why.due


def test_a_year_without_decree_and_a_closure_without_one_are_estimates():
    announced = replace(CLOSED, decree="")
    calendar = changed(CALENDAR, Proposal(closures=(announced,)), version="2")

    assert calendar.explain(date(2026, 11, 20), 1).is_estimate
    assert not calendar.explain(date(2026, 11, 25), 1).is_estimate
    assert not LATER.explain(date(2026, 11, 20), 1).is_estimate
    assert CALENDAR.explain(date(2027, 12, 20), 20).is_estimate


NYEPI = Line(DayOff(date(2028, 3, 26), "Nyepi", False), "Minggu")


@pytest.mark.parametrize(
    ("lines", "counts", "warning"),
    [
        ([replace(NYEPI, weekday="Senin")], (1, 0), "called senin, and is minggu"),
        ([NYEPI, NYEPI], (1, 0), "stands 2 times"),
        ([Line(DayOff(date(2027, 1, 1), "Tahun Baru", False)), NYEPI], (1, 0), "not a day of 2028"),
        ([NYEPI], (16, 0), "says 16 national holidays, and the file has 1"),
    ],
)
def test_a_file_that_looks_wrong_says_where(lines, counts, warning):
    proposal = of_decree(2028, "Keputusan Bersama", "", lines, counts=counts)

    assert [warning in each for each in proposal.warnings] == [True]
    assert 1 == len(proposal.decrees[0].days_off)


def test_a_decree_replaces_its_year_and_closures_theirs():
    proposal = of_decree(
        2027, "Perubahan", "", [Line(DayOff(date(2027, 1, 1), "Tahun Baru", False))]
    )
    both = replace(proposal, closures=(replace(CLOSED, first=date(2026, 11, 24)),))
    after = changed(LATER, both, version="3")

    found = {(each.sign, each.date.isoformat()) for each in differences(LATER, after)}
    assert ("-", "2026-11-23") in found
    assert 26 == sum(sign == "-" for sign, _ in found)
    assert date(2026, 11, 24) not in {each.date for each in differences(LATER, after)}


SATURDAY = Worked(date(2026, 11, 21), "Pengganti", "Keputusan Wali Kota")


def test_a_saturday_that_is_decreed_a_working_day_counts_and_is_told():
    after = changed(CALENDAR, Proposal(worked=(SATURDAY,)), version="2")

    why = after.explain(date(2026, 11, 20), 1)
    assert (SATURDAY.date, (SATURDAY,), False) == (why.due, why.worked, why.is_estimate)
    announced = changed(CALENDAR, Proposal(worked=(replace(SATURDAY, decree=""),)), version="2")
    assert announced.explain(date(2026, 11, 20), 1).is_estimate
    assert [("-", SATURDAY.date)] == [(d.sign, d.date) for d in differences(CALENDAR, after)]
    assert [("+", SATURDAY.date)] == [(d.sign, d.date) for d in differences(after, CALENDAR)]


@pytest.mark.parametrize(
    ("day", "warning"),
    [
        (date(2026, 12, 25), "is Kelahiran Yesus Kristus"),
        (date(2026, 11, 24), "is a working day already"),
        (date(2026, 11, 21), None),
    ],
)
def test_a_special_working_day_that_looks_wrong_says_why(day, warning):
    after = changed(CALENDAR, Proposal(worked=(replace(SATURDAY, date=day),)), version="2")

    told = about_worked(CALENDAR, after)
    assert [warning in each for each in told] == ([True] if warning else [])
    assert [] == about_worked(after, after)


def test_the_last_closure_and_working_day_of_a_year_can_be_withdrawn():
    with_both = changed(LATER, Proposal(worked=(SATURDAY,)), version="3")
    other_year = replace(SATURDAY, date=date(2027, 1, 9))
    with_more = changed(with_both, Proposal(worked=(other_year,)), version="4")
    withdrawn = Proposal(no_closures=frozenset({2026}), no_worked=frozenset({2026}))

    after = changed(with_more, withdrawn, version="5")

    assert ((), (other_year,)) == (after.closures, after.worked)
