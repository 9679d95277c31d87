"""An agency declines to own the data: back to step 7, and the PPID forwards again."""

import pytest
from requests_service.domain.declining import decline
from requests_service.domain.errors import ChoiceUnknown, NotTheOwner, ReasonMissing, StepNotOpen

from services.requests.tests import builders as b

WHY = "Data usaha mikro per kecamatan dihimpun Dinas Sosial sejak tahun 2024."


def a_declined_request():
    data_request = b.a_forwarded_request()
    decline(data_request, b.DISKOPINDAG, b.MONDAY, reason=WHY, suggested="dinsos", seal=b.sealed)
    return data_request


def test_who_declines_sends_the_request_back_to_step_7_while_the_laws_clock_runs_on():
    data_request = b.a_forwarded_request()
    statutory_due = data_request.statutory_due

    decline(data_request, b.DISKOPINDAG, b.MONDAY, reason=WHY, suggested="dinsos", seal=b.sealed)

    fact = b.last_fact(data_request)
    assert (7, "ppid", None) == (data_request.step, data_request.waiting_for, data_request.agency)
    assert ("diskopindag", "dinsos") == (fact.declined_by, fact.suggested)
    assert b.MONDAY.plus(3) == data_request.due
    assert statutory_due == data_request.statutory_due


def test_the_ppid_forwards_again_and_the_first_answer_is_kept():
    data_request = a_declined_request()

    data_request.forward(b.PPID, b.MONDAY, agency="dinsos", seal=b.sealed)
    data_request.grant(b.DINSOS, b.MONDAY)

    assert (9, "dinsos") == (data_request.step, data_request.agency)
    assert ("diskopindag",) == data_request.declined.agencies


def test_forwarding_again_names_an_agency():
    with pytest.raises(ChoiceUnknown, match="Pilih perangkat daerah"):
        a_declined_request().forward(b.PPID, b.MONDAY, seal=b.sealed)


def test_who_declined_is_asked_again_only_with_a_word_that_says_why():
    data_request = a_declined_request()
    again = {"agency": "diskopindag", "seal": b.sealed}

    with pytest.raises(ReasonMissing, match="sudah menyatakan"):
        data_request.forward(b.PPID, b.MONDAY, **again)
    data_request.forward(
        b.PPID, b.MONDAY, message="Menurut Dinas Sosial data ini tetap dihimpun bidang UMKM.",
        **again,
    )  # fmt: skip

    assert (8, "diskopindag") == (data_request.step, data_request.agency)


def test_declining_needs_a_reason_and_suggests_another_agency_or_none():
    data_request = b.a_forwarded_request()

    with pytest.raises(ReasonMissing):
        decline(data_request, b.DISKOPINDAG, b.MONDAY, reason="bukan kami", seal=b.sealed)
    with pytest.raises(ChoiceUnknown):
        decline(
            data_request, b.DISKOPINDAG, b.MONDAY, reason=WHY, suggested="diskopindag",
            seal=b.sealed,
        )  # fmt: skip

    assert 8 == data_request.step


def test_only_the_agency_that_was_asked_declines_and_only_once():
    with pytest.raises(NotTheOwner):
        decline(b.a_forwarded_request(), b.DINSOS, b.MONDAY, reason=WHY, seal=b.sealed)
    with pytest.raises(StepNotOpen, match="berada pada langkah 7"):
        decline(a_declined_request(), b.DISKOPINDAG, b.MONDAY, reason=WHY, seal=b.sealed)


def test_declining_after_the_deadline_is_recorded_as_late():
    data_request = b.a_forwarded_request()

    decline(data_request, b.DISKOPINDAG, b.on("2026-12-04"), reason=WHY, seal=b.sealed)

    assert b.last_fact(data_request).late
    assert 1 == data_request.late_steps
