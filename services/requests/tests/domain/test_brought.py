"""What the Pemohon sends by letter or says at the counter: the PPID enters it, its day counts."""

from datetime import date

import pytest
from requests_service.domain import completing, errors, objecting
from requests_service.domain.roles import Role

from services.requests.tests import builders as b
from services.requests.tests.domain.test_conformance import as_stored, found_in

WHY = "Surat sampai lewat bagian umum."


def deviations_of(data_request):
    actors = [b.ONE_OF_EACH[Role(fact.role)] for fact in data_request.pending_events]
    return found_in(as_stored(data_request, actors))


def complete(data_request, brought, by=b.PPID, today=b.MONDAY):
    completing.complete(
        data_request, by, today, answer="Untuk skripsi saya.", seal=b.sealed, brought=brought
    )


def lodge(data_request, brought, by=b.PPID, today=b.MONDAY, ground="penolakan"):
    objecting.lodge(
        data_request, by, today, ground=ground, case="Data itu tidak dikecualikan.",
        seal=b.sealed, brought=brought,
    )  # fmt: skip


def test_an_objection_that_came_by_letter_is_answered_in_thirty_days_from_its_day():
    data_request = b.a_refused_request()

    lodge(data_request, b.brought(b.FRIDAY.day, WHY))

    fact = b.last_fact(data_request)
    assert ("ppid-1", "ppid", "surat", b.FRIDAY.day) == (
        fact.by, fact.role, fact.came_by, fact.arrived_on,
    )  # fmt: skip
    assert b.FRIDAY.plus(30) == data_request.objection.due == fact.answer_due
    assert ("atasan_ppid", []) == (data_request.waiting_for, deviations_of(data_request))


def test_an_objection_that_came_on_its_last_day_is_not_late_when_it_is_entered_a_day_after():
    data_request = b.a_refused_request()
    last_day = objecting.last_days(data_request, b.MONDAY)["penolakan"]
    after = b.on(b.CALENDAR.add_working_days(last_day, 1).isoformat())
    with pytest.raises(errors.ObjectionTooLate):
        lodge(data_request, b.brought(after.day), today=after)

    lodge(data_request, b.brought(last_day, WHY), today=after)

    assert ("penolakan", []) == (data_request.objection.ground, deviations_of(data_request))


def test_the_clocks_of_a_completion_by_letter_go_on_from_the_day_on_which_it_came():
    by_letter, by_hand = b.a_returned_request(), b.a_returned_request()
    wednesday = b.on("2026-11-25")
    completing.complete(by_hand, b.PEMOHON, b.MONDAY, answer="Untuk skripsi saya.", seal=b.sealed)

    complete(by_letter, b.brought(b.MONDAY.day, WHY), today=wednesday)

    assert (by_hand.due, by_hand.statutory_due) == (by_letter.due, by_letter.statutory_due)
    assert by_hand.clocks.running["notice"].pauses == by_letter.clocks.running["notice"].pauses
    assert ([], wednesday.day) == (deviations_of(by_letter), b.last_fact(by_letter).on)


@pytest.mark.parametrize(
    ("brought", "error", "words"),
    [
        (b.brought(date(2026, 11, 24)), errors.DayAhead, "belum terjadi"),
        (b.brought(b.FRIDAY.day), errors.ReasonMissing, "baru dicatat"),
        (b.brought(b.MONDAY.day, came_by="laman"), errors.ChoiceUnknown, "Saluran"),
        (b.brought(date(2026, 11, 19), WHY), errors.DayAhead, "baru dikembalikan"),
        (None, errors.NotTheOwner, "bagaimana Pemohon menyampaikannya"),
    ],
)
def test_how_and_when_it_came_is_told(brought, error, words):
    with pytest.raises(error, match=words):
        complete(b.a_returned_request(), brought)


@pytest.mark.parametrize("by", [b.PEMOHON, b.DISKOPINDAG, b.WALIDATA, b.ATASAN])
def test_nobody_but_the_ppid_enters_it(by):
    with pytest.raises(errors.NotTheOwner):
        lodge(b.a_refused_request(), b.brought(b.MONDAY.day), by=by)
