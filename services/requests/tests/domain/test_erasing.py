"""What stands against erasing a Pemohon's data, row by row, and who may ask and decide."""

import pytest
from requests_service.domain import erasing, objecting
from requests_service.domain import events as f
from requests_service.domain.erasing import Terms
from requests_service.domain.errors import (
    ErasureHeld,
    ErasurePending,
    NoErasureAsked,
    NotTheOwner,
    ReasonMissing,
    ReasonUnknown,
)

from services.requests.tests import builders as b

SPRING = b.on("2027-03-01")
"""After every period of a request that ended in November."""


def a_decided_objection(decision="ditolak"):
    data_request = b.an_objected_request()
    objecting.decide(
        data_request,
        b.ATASAN,
        b.MONDAY,
        decision=decision,
        reason="Alasan PPID sudah tepat.",
        seal=b.sealed,
    )
    return data_request


def a_request_to_erase(state=b.a_withdrawn_request):
    data_request = state()
    erasing.ask(data_request, b.PEMOHON, b.FRIDAY, reason="Sudah tidak perlu.", seal=b.sealed)
    return data_request


# state, terms, today: the codes of what stands against it
HOLDS = [
    (b.a_submitted_request, Terms(), b.FRIDAY, ["open"]),
    (b.a_returned_request, Terms(), b.FRIDAY, ["open"]),
    (b.a_received_request, Terms(), b.FRIDAY, ["objection_period"]),
    (b.a_received_request, Terms(), b.on("2027-01-07"), ["objection_period"]),
    (b.a_received_request, Terms(), b.on("2027-01-08"), []),
    (b.a_refused_request, Terms(), SPRING, []),
    (b.an_objected_request, Terms(), SPRING, ["objection"]),
    (a_decided_objection, Terms(), b.on("2026-12-11"), ["objection_period", "dispute_period"]),
    (a_decided_objection, Terms(), b.on("2026-12-15"), ["objection_period"]),
    (b.a_disputed_request, Terms(), SPRING, ["dispute"]),
    (lambda: a_decided_objection("dikabulkan"), Terms(), SPRING, ["owed"]),
    (b.a_withdrawn_request, Terms(), b.FRIDAY, []),
    (b.a_withdrawn_request, Terms(letters_years=2), b.on("2028-11-20"), ["archive"]),
    (b.a_withdrawn_request, Terms(letters_years=2), b.on("2028-11-21"), []),
]


@pytest.mark.parametrize(("state", "terms", "today", "expected"), HOLDS)
def test_each_rule_holds_as_long_as_it_says(state, terms, today, expected):
    data_request = state()

    assert expected == [hold.code for hold in erasing.holds(data_request, today, terms)]


def test_every_rule_is_met_by_a_row_above():
    met = {code for *_, codes in HOLDS for code in codes}

    assert len(erasing.hold_rules()) == len(met)


def test_a_hold_names_its_last_day_and_its_law():
    (hold,) = erasing.holds(b.a_received_request(), b.FRIDAY, Terms())

    assert "7 Januari 2027" in hold.sentence
    assert "UU 14/2008 Pasal 36 ayat (1)" == hold.basis


def test_the_pemohon_asks_at_any_time_and_once():
    data_request = a_request_to_erase(b.a_forwarded_request)

    assert isinstance(b.last_fact(data_request), f.ErasureRequested)
    assert (8, b.FRIDAY.day) == (data_request.step, data_request.erasure.asked_on)
    with pytest.raises(ErasurePending, match="menunggu putusan PPID"):
        erasing.ask(data_request, b.PEMOHON, b.FRIDAY, seal=b.sealed)


def test_the_ppid_grants_and_nobody_else():
    data_request = a_request_to_erase()

    with pytest.raises(NotTheOwner, match="milik PPID"):
        erasing.grant(data_request, b.ATASAN, b.FRIDAY, terms=Terms())
    erasing.grant(data_request, b.PPID, b.FRIDAY, terms=Terms())

    fact = b.last_fact(data_request)
    assert ("dikabulkan", "UU 27/2022 Pasal 43 ayat (1) huruf c") == (fact.decision, fact.article)
    with pytest.raises(ErasurePending, match="sudah dihapus"):
        erasing.ask(data_request, b.PEMOHON, b.FRIDAY, seal=b.sealed)


def test_what_is_held_is_not_granted_and_the_sentences_say_why():
    data_request = a_request_to_erase(b.a_received_request)

    with pytest.raises(ErasureHeld, match="keberatan masih berjalan sampai 7 Januari 2027"):
        erasing.grant(data_request, b.PPID, b.MONDAY, terms=Terms())

    erasing.grant(data_request, b.PPID, SPRING, terms=Terms())
    assert data_request.erasure.granted


def test_a_refusal_needs_its_article_and_a_reason_and_the_pemohon_may_ask_again():
    data_request = a_request_to_erase()
    told = {"reason": "Perkaranya diperiksa Komisi Informasi.", "seal": b.sealed}

    with pytest.raises(ReasonUnknown):
        erasing.refuse(data_request, b.PPID, b.FRIDAY, reason_code="malas", **told)
    with pytest.raises(ReasonMissing):
        erasing.refuse(
            data_request, b.PPID, b.FRIDAY, reason_code="perkara", reason="-", seal=b.sealed
        )
    erasing.refuse(data_request, b.PPID, b.FRIDAY, reason_code="perkara", **told)

    assert "UU 27/2022 Pasal 44 ayat (1) huruf c" == b.last_fact(data_request).article
    erasing.ask(data_request, b.PEMOHON, b.MONDAY, seal=b.sealed)
    assert b.MONDAY.day == data_request.erasure.asked_on


def test_nothing_is_decided_that_nobody_asked_for():
    with pytest.raises(NoErasureAsked):
        erasing.grant(b.a_withdrawn_request(), b.PPID, b.FRIDAY, terms=Terms())
