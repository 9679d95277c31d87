"""Where going on would be wrong there is a way back, with reasons, by whoever may."""

import pytest
from requests_service.domain import errors
from requests_service.domain.going_back import go_back

from services.requests.tests import builders as b

WHY = "Kolom alamat masih terbaca pada lembar kedua."


def ask(data_request, by=b.PPID, why=WHY, today=b.MONDAY):
    go_back(data_request, by, today, way="ask-another-file", reason=why, seal=b.sealed)


def withdraw(data_request, by=b.PPID, why=WHY, today=b.MONDAY):
    go_back(data_request, by, today, way="withdraw-clearance", reason=why, seal=b.sealed)


def test_the_agency_is_asked_for_another_file_and_the_first_is_no_longer_checked():
    data_request = b.a_handed_over_request()

    ask(data_request)

    assert (9, "ppid_pembantu", None) == (
        data_request.step, data_request.waiting_for, data_request.file,
    )  # fmt: skip
    assert b.MONDAY.plus(3) == data_request.due
    data_request.record_clean(b.PPID, b.MONDAY, file=b.CLEAN_FILE)
    assert ("ReportCameLate", 9) == (type(b.last_fact(data_request)).__name__, data_request.step)
    data_request.hand_over(b.DISKOPINDAG, b.MONDAY, file=b.UPLOADED, seal=b.sealed)
    assert (10, b.UPLOADED.digest) == (data_request.step, data_request.file)


def test_another_file_is_asked_for_by_the_ppid_alone_with_what_is_wrong_and_once():
    data_request = b.a_handed_over_request()
    with pytest.raises(errors.NotTheOwner):
        ask(data_request, by=b.DISKOPINDAG)
    with pytest.raises(errors.ReasonMissing, match="apa yang kurang"):
        ask(data_request, why="salah berkas")

    ask(data_request)

    with pytest.raises(errors.StepNotOpen):
        ask(data_request)


def test_of_data_that_the_ppid_has_itself_no_agency_is_asked():
    with pytest.raises(errors.NoAgencyFile, match="unggah berkas lain"):
        ask(b.a_request_with_data_on_hand())


def test_another_file_waits_while_a_refusal_waits_for_its_second_officer():
    with pytest.raises(errors.ProposalPending):
        ask(b.a_proposed_refusal(10))


@pytest.mark.parametrize(
    "start",
    [b.a_masked_request, b.a_request_at_walidata, b.a_listed_request, b.a_drafted_request,
     b.a_delivered_request, b.a_request_with_delivery_letter],
)  # fmt: skip
def test_a_file_that_was_cleared_is_taken_back_and_checked_again_before_it_is_given(start):
    data_request = start()

    withdraw(data_request)

    assert (10, "ppid", "granted") == (
        data_request.step, data_request.waiting_for, data_request.decision,
    )  # fmt: skip
    assert data_request.file
    assert (None, None, None, False) == (
        data_request.cleared, data_request.access_until, data_request.delivery_letter_on,
        data_request.drafted,
    )  # fmt: skip
    with pytest.raises(errors.LetterNotIssued):
        data_request.must_give_download_to(b.PEMOHON, b.MONDAY)
    b.a_masked_request(b.MONDAY, start=data_request)
    assert 11 == data_request.step


def test_a_file_is_taken_back_by_the_ppid_alone_with_reasons_and_not_before_it_was_cleared():
    data_request = b.a_delivered_request()
    for other in (b.WALIDATA, b.DISKOPINDAG, b.PEMOHON):
        with pytest.raises(errors.NotTheOwner):
            withdraw(data_request, by=other)
    with pytest.raises(errors.ReasonMissing):
        withdraw(data_request, why="keliru")
    with pytest.raises(errors.StepNotOpen):
        withdraw(b.a_handed_over_request())
    with pytest.raises(errors.StepNotOpen):
        withdraw(b.a_received_request())


def test_whether_it_had_been_given_is_part_of_the_fact():
    before, after = b.a_drafted_request(), b.a_delivered_request()

    for each in (before, after):
        withdraw(each)

    assert (False, True) == tuple(b.last_fact(each).was_delivered for each in (before, after))


@pytest.mark.parametrize(
    "start", [b.a_forwarded_request, b.a_granted_request, b.a_request_refused_by_pembantu]
)
def test_from_an_agency_that_does_not_act_the_ppid_takes_it_back_and_asks_another(start):
    data_request = start()
    statutory_due = data_request.statutory_due
    take_back = {"way": "take-back", "seal": b.sealed}
    with pytest.raises(errors.NotTheOwner):
        go_back(data_request, b.DISKOPINDAG, b.MONDAY, reason=WHY, **take_back)
    with pytest.raises(errors.ReasonMissing, match="ditarik"):
        go_back(data_request, b.PPID, b.MONDAY, reason="", **take_back)

    go_back(data_request, b.PPID, b.MONDAY, reason=WHY, **take_back)

    assert (7, "ppid", None, None, statutory_due) == (
        data_request.step, data_request.waiting_for, data_request.agency, data_request.decision,
        data_request.statutory_due,
    )  # fmt: skip
    assert "diskopindag" == b.last_fact(data_request).taken_from
    data_request.forward(b.PPID, b.MONDAY, agency="dinsos", seal=b.sealed)
    assert ("dinsos", 8) == (data_request.agency, data_request.step)


def test_a_proposal_of_the_agency_falls_when_the_request_is_taken_from_it():
    data_request = b.a_proposed_refusal(8)

    go_back(data_request, b.PPID, b.MONDAY, way="take-back", reason=WHY, seal=b.sealed)

    assert data_request.proposal.made is None


def test_what_no_agency_holds_goes_back_to_step_6_and_is_refused_there():
    data_request = b.a_request_with_owner()
    check_again = {"way": "check-again", "seal": b.sealed}
    with pytest.raises(errors.NotTheOwner):
        go_back(data_request, b.DISKOPINDAG, b.MONDAY, reason=WHY, **check_again)
    with pytest.raises(errors.ReasonMissing, match="ketersediaan"):
        go_back(data_request, b.PPID, b.MONDAY, reason="", **check_again)

    go_back(data_request, b.PPID, b.MONDAY, reason=WHY, **check_again)

    assert (6, "ppid", None) == (data_request.step, data_request.waiting_for, data_request.agency)
    with pytest.raises(errors.StepNotOpen):
        go_back(data_request, b.PPID, b.MONDAY, reason=WHY, **check_again)
    data_request.refuse(b.PPID, b.MONDAY, refusal=b.NOT_HELD, seal=b.sealed)
    assert 15 == data_request.step


@pytest.mark.parametrize("start", [b.a_granted_request, b.a_request_granted_in_part])
def test_what_was_granted_and_cannot_be_given_is_decided_again_by_the_agency(start):
    data_request = start()
    decide_again = {"way": "decide-again", "seal": b.sealed}
    for other in (b.PPID, b.DINSOS):
        with pytest.raises(errors.NotTheOwner):
            go_back(data_request, other, b.MONDAY, reason=WHY, **decide_again)

    go_back(data_request, b.DISKOPINDAG, b.MONDAY, reason=WHY, **decide_again)

    assert (8, "ppid_pembantu", None) == (
        data_request.step, data_request.waiting_for, data_request.decision,
    )  # fmt: skip
    data_request.refuse(b.DISKOPINDAG, b.MONDAY, refusal=b.REFUSAL, seal=b.sealed)
    assert (14, "refused") == (data_request.step, data_request.decision)


def test_going_back_late_is_late():
    data_request = b.a_granted_request()
    late = b.on("2026-12-10")

    go_back(data_request, b.DISKOPINDAG, late, way="decide-again", reason=WHY, seal=b.sealed)

    assert b.last_fact(data_request).late
    assert late.plus(3) == data_request.due
