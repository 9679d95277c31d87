"""What is told of deadlines without anybody asking, once for each date."""

from datetime import date

import pytest
from requests_service.domain import extending, watching
from requests_service.domain.clocks import Name

from services.requests.tests.builders import (
    DISKOPINDAG,
    FRIDAY,
    PPID,
    SERVICE,
    a_delivered_request,
    a_forwarded_request,
    a_letter,
    a_returned_request,
    an_objected_request,
    last_fact,
    on,
    sealed,
)


def told(data_request, day):
    """What a look on this day records: (fact, clock); a second look finds nothing."""
    before = len(data_request.pending_events)
    for _ in range(2):
        watching.watch(data_request, SERVICE, on(day))
    return [
        (type(fact).__name__, getattr(fact, "clock", Name.NOTICE))
        for fact in data_request.pending_events[before:]
    ]


def test_a_step_is_near_then_passed_then_told_to_the_superior_each_once():
    data_request = a_forwarded_request(FRIDAY)  # due on Wednesday, 25 November

    assert [] == told(data_request, "2026-11-20")
    assert [("DueSoon", "step")] == told(data_request, "2026-11-24")
    assert [] == told(data_request, "2026-11-25")
    assert [("BecameOverdue", "step")] == told(data_request, "2026-11-26")
    assert [("Escalated", "step")] == told(data_request, "2026-11-27")
    fact = last_fact(data_request)
    assert (2, date(2026, 11, 25), False) == (fact.days_late, fact.due, fact.late)


def test_the_extension_is_proposed_on_day_8_with_a_draft_that_can_be_taken_over():
    data_request = a_forwarded_request(FRIDAY)

    assert ("ExtensionProposed", "notice") not in told(data_request, "2026-12-01")
    assert ("ExtensionProposed", "notice") in told(data_request, "2026-12-02")
    proposed = data_request.told.proposed
    assert (7, date(2026, 12, 15)) == (proposed.days, proposed.new_statutory_due)
    extending.extend(
        data_request,
        PPID,
        on("2026-12-02"),
        days=proposed.days,
        reason_code=proposed.reason_code,
        reason=watching.EXTENSION_DRAFTS[proposed.reason_code],
        seal=sealed,
    )

    assert proposed.new_statutory_due == data_request.statutory_due
    assert data_request.told.proposed is None
    assert ("ExtensionProposed", "notice") not in told(data_request, "2026-12-14")


def test_a_notice_that_was_issued_is_not_asked_for():
    data_request = a_forwarded_request(FRIDAY)
    data_request.grant(DISKOPINDAG, FRIDAY)
    data_request.note_letter(SERVICE, FRIDAY, letter=a_letter("pemberitahuan_tertulis", FRIDAY))

    assert {"step"} == {clock for _, clock in told(data_request, "2026-12-10")}


@pytest.mark.parametrize("start", [a_returned_request, a_delivered_request])
def test_what_only_the_pemohon_can_do_is_not_watched(start):
    data_request = start(FRIDAY)
    data_request.note_letter(SERVICE, FRIDAY, letter=a_letter("pemberitahuan_tertulis", FRIDAY))

    assert [] == told(data_request, "2027-02-01")


def test_an_objection_is_the_superiors_own_and_not_escalated():
    data_request = an_objected_request(FRIDAY)  # to be answered until 7 January

    assert [("DueSoon", "objection")] == told(data_request, "2027-01-05")
    assert [("BecameOverdue", "objection")] == told(data_request, "2027-02-05")


def test_whoever_was_away_is_told_of_the_worst_alone():
    data_request = a_forwarded_request(FRIDAY)

    names = [name for name, _ in told(data_request, "2027-01-20")]
    assert sorted(["BecameOverdue", "Escalated"] * 2) == sorted(names)


def test_what_the_table_keeps_says_the_same_as_the_request():
    data_request = a_forwarded_request(FRIDAY)
    kept = watching.of_json(watching.as_json(watching.watched(data_request)))

    assert watching.watched(data_request) == list(kept)
