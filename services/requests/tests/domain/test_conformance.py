"""The checker finds what deviates, and nothing else: against the guard, the tables and pm4py."""

import json
import random
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta

import pytest
from requests_service.adapters.plain_mapper import PlainMapper
from requests_service.domain.calendar_changes import Proposal, changed
from requests_service.domain.clocks import move
from requests_service.domain.conformance import LABELS, Case, Checker, Kind, Seen
from requests_service.domain.errors import RequestsError
from requests_service.domain.working_days import Closure, Worked

from services.requests.tests import builders as b
from services.requests.tests.domain.test_any_walk import ATTEMPTS
from services.requests.tests.domain.test_parting import the_part_of
from services.requests.tests.told_cases import Told, a_case, label_of, spoil

CHECKER = Checker(b.CALENDAR)
WEEK = timedelta(days=7)
CASES = 5000
SPOILT = CASES // 20
OF_THE_FLOW = {
    Kind.SKIPPED,
    Kind.OUT_OF_ORDER,
    Kind.REPEATED,
    Kind.AFTER_END,
    Kind.WRONG_ROLE,
    Kind.WRONG_AGENCY,
}
OF_TIME = {Kind.LATE_STEP, Kind.NOTICE_LATE, Kind.ANSWER_LATE}


def found_in(facts, checker=CHECKER):
    """What the checker says, fact by fact."""
    case = Case()
    return [each for seen in facts for each in checker.check(case, seen).deviations]


def kinds_in(facts):
    return [each.kind for each in found_in(facts)]


@pytest.fixture(scope="module")
def cases():
    rng = random.Random(20261122)
    told = [a_case(number, rng) for number in range(CASES)]
    spoilt = set(rng.sample(range(CASES), SPOILT))
    return [spoil(each, rng) if n in spoilt else each for n, each in enumerate(told)], spoilt


def test_of_five_thousand_cases_exactly_the_spoilt_ones_are_found(cases):
    told, spoilt = cases

    found = {n for n, facts in enumerate(told) if OF_THE_FLOW & set(kinds_in(facts))}

    assert spoilt == found


def test_the_clean_cases_have_no_deviation_of_any_kind(cases):
    told, spoilt = cases

    assert [] == [
        each for n, facts in enumerate(told) if n not in spoilt for each in found_in(facts)
    ]


def test_pm4py_says_of_two_thousand_cases_what_the_checker_says(cases):
    petri = pytest.importorskip("services.requests.tests.domain.petri")
    net = petri.Net()
    variants = {}
    for facts in cases[0][:2000]:
        variants.setdefault(tuple(label_of(seen) for seen in facts), []).append(facts)

    disagreeing = [
        labels
        for labels, alike in variants.items()
        if {not net.runs(labels)} != {bool(OF_THE_FLOW & set(kinds_in(facts))) for facts in alike}
    ]

    assert [] == disagreeing
    assert len(variants) > 200


def a_walk(rng):
    """Whatever the guard lets through when anybody tries anything, as it would be stored."""
    data_request, day, actors = b.a_submitted_request(), date(2026, 11, 20), [b.PEMOHON]
    for _ in range(rng.randrange(20, 200)):
        day += timedelta(days=rng.choice((0, 0, 0, 1, 2)))
        name = rng.choice(sorted(ATTEMPTS))
        who = rng.choice([b.PEMOHON, b.PPID, b.WALIDATA, b.DISKOPINDAG, b.DINSOS, b.ATASAN])
        before = data_request.version
        with suppress(RequestsError):
            ATTEMPTS[name](data_request, who, b.on(day.isoformat()))
        by = b.SERVICE if name in ("notice", "letter") else who
        actors += [by] * (data_request.version - before)
    return as_stored(data_request, actors)


def as_stored(data_request, actors):
    mapper = PlainMapper()
    stored = [mapper.to_stored_event(fact) for fact in data_request.pending_events]
    return [
        Seen(
            each.originator_version,
            each.topic,
            who.id,
            who.role,
            who.agency,
            json.loads(each.state),
        )
        for each, who in zip(stored, actors, strict=True)
    ]


MOVING = ("find_owner", "forward", "refuse", "send_refusal", "notify_refusal", "return", "complete",
          "extend", "object", "decide_for", "reopen_at_6", "notice")  # fmt: skip
"""Of ATTEMPTS: what starts, stops, lengthens or ends a clock."""


def a_walk_with_changing_calendars(rng):
    """By whoever may; the calendar changes, and a part goes on in the first one's place."""
    data_request, day = b.a_submitted_request(), date(2026, 11, 20)
    actors, version = [b.PEMOHON], 1
    for _ in range(rng.randrange(10, 60)):
        day += timedelta(days=rng.choice((0, 0, 1, 2)))
        if rng.random() < 0.1 and version < len(CALENDARS):
            version += 1
        today = replace(b.on(day.isoformat()), calendar=CALENDARS[str(version)])
        name = rng.choice((*MOVING, "count_again", "become_a_part"))
        before = data_request.version
        if name == "count_again":
            move(data_request, b.SERVICE, today, calendar_of=CALENDARS.__getitem__)
            actors += [b.SERVICE] * (data_request.version - before)
        elif name != "become_a_part":
            actors += by_whoever_may(data_request, name, today)
        elif data_request.step and not data_request.returned_on and not data_request.parts.of:
            data_request, actors = the_part_of(data_request, today), [b.PPID]
    return as_stored(data_request, actors)


def by_whoever_may(data_request, name, today):
    """Who did it, once; none when nobody may."""
    for who in (b.PPID, b.PEMOHON, b.DISKOPINDAG, b.ATASAN):
        with suppress(RequestsError):
            ATTEMPTS[name](data_request, who, today)
            return [b.SERVICE if name == "notice" else who]
    return []


CALENDARS = {
    "1": b.CALENDAR,
    "2": changed(
        b.CALENDAR,
        Proposal(closures=(Closure(date(2026, 11, 24), date(2026, 11, 26), "Banjir", "7"),)),
        version="2",
    ),
    "3": changed(
        b.CALENDAR,
        Proposal(worked=tuple(Worked(date(2026, 11, 28) + n * WEEK, "", "8") for n in range(9))),
        version="3",
    ),
    "4": changed(
        b.CALENDAR,
        Proposal(closures=(Closure(date(2026, 12, 1), date(2027, 1, 8), "Gempa", "9"),)),
        version="4",
    ),
}
BY_CALENDARS = Checker(b.CALENDAR, CALENDARS.__getitem__)


def test_deadlines_that_calendars_moved_again_and_again_accuse_nobody():
    rng = random.Random(11)
    walks = [a_walk_with_changing_calendars(rng) for _ in range(400)]

    found = [each for facts in walks for each in found_in(facts, BY_CALENDARS)]

    assert [] == [each for each in found if each.kind not in OF_TIME]
    moves = [(n, seen.data["moved"]) for n, each in enumerate(walks) for seen in each[1:]
             if seen.type == "DeadlinesMoved"]  # fmt: skip
    assert {"step", "notice", "objection", "completion"} == {
        name for _, moved in moves for name in moved
    }
    assert any(walks[n][0].data["part_of"] for n, _ in moves)
    assert len({n for n, _ in moves}) < len(moves)


def test_what_the_guard_lets_through_deviates_in_nothing_but_time():
    rng = random.Random(4)

    kinds = {kind for _ in range(400) for kind in kinds_in(a_walk(rng))}

    assert kinds <= OF_TIME
    assert Kind.LATE_STEP in kinds


# One deviation after the other


def told_until(step):
    """A clean case on the way through an agency, told up to a step."""
    told = Told("2026-0042", "pemohon-1", random.Random(1), date(2026, 11, 20))
    due = b.CALENDAR.add_working_days(told.day, 10)
    told.tell("RequestSubmitted", "pemohon", 6, statutory_due=due)
    way = {
        6: ("OwnerFound", "ppid", 7), 7: ("ForwardedToPembantu", "ppid", 8),
        8: ("RequestGranted", "ppid_pembantu", 9), 9: ("DataHandedOver", "ppid_pembantu", 10),
        10: ("DataMasked", "ppid", 11), 11: ("HandedToWalidata", "ppid", 12),
        12: ("ListedInDaftarData", "walidata", 13), 13: ("DeliveryDrafted", "walidata", 13),
    }  # fmt: skip
    while told.step != step:
        told.agency = "dinsos"
        told.tell(*way[told.step])
    return told


def only(told):
    """The one deviation of a case, which its last fact made."""
    earlier, (last,) = found_in(told.facts[:-1]), found_in(told.facts)
    assert [] == earlier
    return last


def test_a_skipped_step_is_told_once_with_what_was_expected():
    told = told_until(7)
    told.step, told.due = 8, told._plus(3)
    told.tell("RequestGranted", "ppid_pembantu", 9)
    deviation = only(told)

    assert (Kind.SKIPPED, 7, "ForwardedToPembantu", "RequestGranted") == deviation
    told.tell("DataHandedOver", "ppid_pembantu", 10)
    assert [Kind.SKIPPED] == kinds_in(told.facts)


def test_an_officer_of_another_agency_is_found():
    told = told_until(8)
    told.tell("RequestGranted", "ppid_pembantu", 9)
    told.facts[-1] = told.facts[-1]._replace(agency="dinkes")

    assert (Kind.WRONG_AGENCY, 8, "dinsos", "dinkes") == only(told)


def test_another_pemohon_is_found():
    told = told_until(6)
    told.act("RequestWithdrawn")
    told.facts[-1] = told.facts[-1]._replace(actor="pemohon-2")

    assert Kind.WRONG_ROLE == only(told).kind


def test_a_late_step_is_found_whatever_the_fact_says_of_itself():
    told = told_until(6)
    told.day = told._plus(2)
    told.tell("OwnerFound", "ppid", 7)

    late, differs = found_in(told.facts)

    assert (Kind.LATE_STEP, 6, "2026-11-23", "2026-11-24") == late
    assert (Kind.STORED_DIFFERS, 6, "late ya", "late tidak") == differs


def test_an_act_after_the_end_is_found():
    told = told_until(6)
    told.act("RequestWithdrawn")
    told.tell("OwnerFound", "ppid", None)

    assert Kind.AFTER_END == only(told).kind


@pytest.mark.parametrize(("working_days", "expected"), [(10, []), (11, [Kind.NOTICE_LATE])])
def test_the_written_notice_has_ten_working_days(working_days, expected):
    told = told_until(8)
    told.day = b.CALENDAR.add_working_days(date(2026, 11, 20), working_days)
    told.letter("pemberitahuan_tertulis")

    assert expected == kinds_in(told.facts)


def extended(told, days):
    due = b.CALENDAR.add_working_days(told.statutory_due, days)
    told.act("DeadlineExtended", days=days, statutory_due=due)


def test_a_second_extension_is_found():
    told = told_until(8)
    extended(told, 3)
    extended(told, 2)

    assert Kind.EXTENSION_REPEATED == only(told).kind


def test_an_extension_after_the_deadline_is_found():
    told = told_until(8)
    told.day = told._plus(11)
    extended(told, 3)

    assert Kind.EXTENSION_LATE == only(told).kind


def test_an_extension_beyond_seven_working_days_is_found():
    told = told_until(8)
    extended(told, 8)

    assert (Kind.EXTENSION_TOO_LONG, 8, "7 hari kerja", "8") == only(told)


@pytest.mark.parametrize(
    ("after", "answered", "expected"),
    [(30, 30, []), (31, 30, [Kind.OBJECTION_LATE]), (30, 31, [Kind.ANSWER_LATE])],
)
def test_an_objection_and_its_answer_have_thirty_working_days_each(after, answered, expected):
    rng = random.Random(3)
    facts = next(
        each for each in (a_case(1, rng) for _ in range(99)) if each[-1].type == "RefusalNotified"
    )
    told = Told("2026-0001", facts[0].actor, rng, date.fromisoformat(facts[-1].data["on"]), facts)
    told.step, told.due, told.agency = None, None, facts[-1].data["agency"]
    told.statutory_due = date.fromisoformat(facts[-1].data["statutory_due"])
    told.day = told._plus(after)
    told.act("ObjectionLodged", ground="penolakan", answer_due=told._plus(30).isoformat())
    told.day = told._plus(answered)
    told.act("ObjectionDecided")

    assert expected == kinds_in(told.facts)


@pytest.mark.parametrize(
    ("name", "stored", "expected"),
    [
        ("next_step", 9, "next_step 7"),
        ("next_due", "2026-12-31", "next_due 2026-11-25"),
        ("statutory_due", "2027-01-31", "statutory_due 2026-12-04"),
    ],
)
def test_what_is_stored_otherwise_than_the_tables_say_is_found(name, stored, expected):
    told = told_until(7)
    told.facts[-1].data[name] = stored

    deviation = found_in(told.facts)[0]

    assert (Kind.STORED_DIFFERS, expected) == (deviation.kind, deviation.expected)


def test_a_gap_in_the_versions_is_found():
    told = told_until(8)
    told.facts[-1] = told.facts[-1]._replace(version=4)

    assert (Kind.VERSION_GAP, 7, "3", "4") == only(told)


def test_a_deadline_that_was_an_estimate_without_a_decree_is_none():
    """In a year whose decree came later, deadlines stay as they were given."""
    checker = Checker(b.CALENDAR)
    told = Told("2025-0007", "pemohon-1", random.Random(1), date(2025, 12, 23))
    # 1 January is a day off by the decree of 2026, and was none before it.
    told.tell("RequestSubmitted", "pemohon", 6, statutory_due=date(2026, 1, 8))
    told.facts[0].data["next_due"] = b.CALENDAR.add_working_days(told.day, 1).isoformat()

    deviations = checker.check(Case(), told.facts[0]).deviations

    assert date(2026, 1, 8) != b.CALENDAR.add_working_days(told.day, 10)
    assert [] == deviations


def test_every_kind_has_its_words():
    assert set(Kind) == set(LABELS)
