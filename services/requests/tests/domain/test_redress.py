"""Reopening a finished request, and the disputes that may follow an objection."""

from datetime import date

import pytest
from requests_service.domain import extending, objecting, redress
from requests_service.domain.erasing import Terms, holds
from requests_service.domain.errors import (
    ChoiceUnknown,
    DayAhead,
    DisputeOutOfTurn,
    NothingToReopenFor,
    NotReopenable,
    NotTheOwner,
    ReasonMissing,
    StepNotOpen,
    TextMissing,
)

from services.requests.tests import builders as b

WHY = "Data tanpa nama pemilik ternyata dapat diberikan."
LATER = b.on("2026-12-14")


def reopen(data_request, today=LATER, *, by=b.PPID, to_step=8, basis="keberatan", reason=WHY):
    redress.reopen(data_request, by, today, to_step=to_step, basis=basis, reason=reason,
                   seal=b.sealed)  # fmt: skip


def an_answered_objection(decision="dikabulkan", start=b.an_objected_request):
    data_request = start()
    objecting.decide(data_request,
        b.ATASAN, b.MONDAY, decision=decision, reason="Data ini bukan rahasia dagang.",
        seal=b.sealed,
    )  # fmt: skip
    return data_request


def a_dispute(decision="ditolak"):
    data_request = an_answered_objection(decision)
    redress.record_dispute(data_request, b.PPID, LATER, number="012/XI/KI-Prov/2026",
                           filed_on=b.MONDAY.day)  # fmt: skip
    return data_request


def end(data_request, outcome="dikabulkan", decision="7/PTS-A/2026", day=LATER.day):
    redress.record_dispute_decision(data_request, b.PPID, LATER, outcome=outcome,
                                    decision=decision, decided_on=day)  # fmt: skip


def test_a_granted_objection_waits_for_the_ppid_who_reopens_with_new_clocks():
    data_request = an_answered_objection()
    assert ("ppid", None) == (data_request.waiting_for, data_request.step)

    reopen(data_request)

    assert (8, "open", "ppid_pembantu", None) == (
        data_request.step, data_request.state, data_request.waiting_for, data_request.decision,
    )  # fmt: skip
    assert (LATER.plus(3), LATER.plus(10)) == (data_request.due, data_request.statutory_due)
    data_request.grant(b.DISKOPINDAG, LATER)
    assert ("granted", 9) == (data_request.decision, data_request.step)


def test_what_the_superior_upheld_waits_for_nobody_and_is_reopened_only_by_decision():
    data_request = an_answered_objection("ditolak")

    assert data_request.waiting_for is None
    with pytest.raises(NothingToReopenFor, match="Tidak ada keberatan"):
        reopen(data_request)
    reopen(data_request, basis="keputusan_ppid")
    assert data_request.step == 8


def test_a_reopened_request_may_be_refused_extended_and_objected_to_again():
    data_request = an_answered_objection()
    reopen(data_request)
    extending.extend(data_request, b.PPID, LATER, days=2, reason_code="belum_diputus",
                        reason="Uji konsekuensi masih berlangsung.", seal=b.sealed)  # fmt: skip
    data_request.refuse(b.DISKOPINDAG, LATER, refusal=b.REFUSAL, seal=b.sealed)
    data_request.send_refusal(b.DISKOPINDAG, LATER)
    data_request.notify_refusal(b.PPID, LATER)

    objecting.lodge(
        data_request,
        b.PEMOHON,
        LATER,
        ground="penolakan",
        case="Alasannya sama dengan dulu.",
        seal=b.sealed,
    )

    assert ("refused", "penolakan") == (data_request.state, data_request.objection.ground)


def test_checked_again_at_ten_the_file_is_the_same_and_its_clearance_is_not():
    data_request = b.a_received_request()

    reopen(data_request, to_step=10, basis="keputusan_ppid")

    assert (b.ORIGINAL, None, "granted") == (
        data_request.file, data_request.cleared, data_request.decision,
    )  # fmt: skip
    b.a_masked_request(LATER, start=data_request)
    assert data_request.step == 11


@pytest.mark.parametrize(
    ("start", "how", "error"),
    [
        (b.a_forwarded_request, {}, StepNotOpen),
        (b.a_withdrawn_request, {"basis": "keputusan_ppid"}, NotReopenable),
        (an_answered_objection, {"by": b.ATASAN}, NotTheOwner),
        (an_answered_objection, {"to_step": 9}, ChoiceUnknown),
        (an_answered_objection, {"to_step": 10}, ChoiceUnknown),
        (an_answered_objection, {"basis": "iseng"}, ChoiceUnknown),
        (an_answered_objection, {"basis": "komisi_informasi"}, NothingToReopenFor),
        (an_answered_objection, {"reason": "ya"}, ReasonMissing),
    ],
)
def test_reopening_is_refused_and_nothing_is_recorded(start, how, error):
    data_request = start()
    version = data_request.version

    with pytest.raises(error):
        reopen(data_request, **how)

    assert version == data_request.version


def test_reopened_twice_is_refused():
    data_request = an_answered_objection()
    reopen(data_request)

    with pytest.raises(StepNotOpen, match="sesudah permohonan selesai"):
        reopen(data_request)


@pytest.mark.parametrize(
    ("outcome", "waits_for"),
    [("dikabulkan", "ppid"), ("mediasi", "ppid"), ("ditolak", None), ("gugur", None)],
)
def test_a_dispute_that_the_pemohon_won_is_followed_by_reopening(outcome, waits_for):
    data_request = a_dispute()
    assert "012/XI/KI-Prov/2026" == data_request.redress.dispute

    end(data_request, outcome)

    assert (None, waits_for) == (data_request.redress.dispute, data_request.waiting_for)
    if waits_for:
        reopen(data_request, to_step=6, basis="komisi_informasi")
        assert (6, frozenset()) == (data_request.step, data_request.redress.owed_by)


def test_a_dispute_follows_an_answered_or_overdue_objection_one_at_a_time():
    told = {"number": "1/2026", "filed_on": b.MONDAY.day}
    with pytest.raises(DisputeOutOfTurn, match="sesudah keberatan diputus"):
        redress.record_dispute(b.an_objected_request(), b.PPID, b.MONDAY, **told)
    unanswered = b.an_objected_request()
    redress.record_dispute(unanswered, b.PPID, b.on("2027-02-01"), **told)
    assert unanswered.redress.dispute == "1/2026"

    with pytest.raises(DisputeOutOfTurn, match="masih diperiksa"):
        redress.record_dispute(a_dispute(), b.PPID, LATER, **told)
    with pytest.raises(DisputeOutOfTurn, match="Tidak ada sengketa"):
        end(an_answered_objection())
    with pytest.raises(DayAhead):
        end(a_dispute(), day=b.on("2026-12-15").day)
    with pytest.raises(TextMissing):
        end(a_dispute(), decision=" ")
    with pytest.raises(ChoiceUnknown):
        end(a_dispute(), "menang")


def test_a_dispute_about_a_request_that_runs_changes_whose_move_it_is_in_nothing():
    data_request = b.a_forwarded_request()
    late = b.on("2026-12-30")
    objecting.lodge(
        data_request,
        b.PEMOHON,
        late,
        ground="tidak_ditanggapi",
        case="Belum ada jawaban sampai ini.",
        seal=b.sealed,
    )
    objecting.decide(data_request, b.ATASAN, late, decision="dikabulkan",
                                  reason="PPID terlambat menjawab permohonan.",
                                  seal=b.sealed)  # fmt: skip
    redress.record_dispute(data_request, b.PPID, late, number="1/2026", filed_on=late.day)
    redress.record_dispute_decision(data_request, b.PPID, late, outcome="dikabulkan",
                                    decision="2/2026", decided_on=late.day)  # fmt: skip

    assert (8, "ppid_pembantu", {redress.DISPUTE}) == (
        data_request.step, data_request.waiting_for, data_request.redress.owed_by,
    )  # fmt: skip


def a_dispute_about_silence(data_request):
    """Won at the commission while the request still runs."""
    late = b.on("2027-01-05")
    objecting.lodge(data_request, b.PEMOHON, late, ground="tidak_ditanggapi",
                    case="Belum ada jawaban sampai ini.", seal=b.sealed)  # fmt: skip
    objecting.decide(data_request, b.ATASAN, late, decision="ditolak",
                     reason="PPID masih dalam waktunya.", seal=b.sealed)  # fmt: skip
    redress.record_dispute(data_request, b.PPID, late, number="1/2027", filed_on=late.day)
    redress.record_dispute_decision(data_request, b.PPID, late, outcome="dikabulkan",
                                    decision="2/2027", decided_on=late.day)  # fmt: skip
    return data_request


def test_what_the_commission_ordered_meanwhile_is_still_owed_after_a_refusal():
    data_request = a_dispute_about_silence(b.a_request_refused_by_pembantu())
    data_request.send_refusal(b.DISKOPINDAG, LATER)

    data_request.notify_refusal(b.PPID, LATER)

    assert (None, "ppid") == (data_request.step, data_request.waiting_for)
    assert ["owed"] == [
        hold.code for hold in holds(data_request, b.on("2027-06-01"), Terms())
    ]  # fmt: skip
    reopen(data_request, to_step=6, basis="komisi_informasi")
    assert 6 == data_request.step


def test_data_that_was_given_in_full_owes_nothing_more():
    data_request = a_dispute_about_silence(b.a_drafted_request())

    data_request.deliver(b.PPID, LATER)

    assert frozenset() == data_request.redress.owed_by


def test_an_objection_to_silence_is_answered_by_any_answer():
    data_request, late = b.a_request_refused_by_pembantu(), b.on("2027-01-05")
    objecting.lodge(data_request, b.PEMOHON, late, ground="tidak_ditanggapi",
                    case="Belum ada jawaban sampai ini.", seal=b.sealed)  # fmt: skip
    objecting.decide(data_request, b.ATASAN, late, decision="dikabulkan",
                     reason="PPID terlambat menjawab permohonan.", seal=b.sealed)  # fmt: skip

    data_request.send_refusal(b.DISKOPINDAG, late)
    data_request.notify_refusal(b.PPID, late)

    assert (None, None) == (data_request.step, data_request.waiting_for)


def test_a_dispute_was_filed_after_the_request_and_decided_after_it_was_filed():
    data_request = an_answered_objection("ditolak")
    with pytest.raises(DayAhead, match="sebelum permohonan ini ada"):
        redress.record_dispute(data_request, b.PPID, LATER, number="1/2026",
                               filed_on=date(2026, 11, 19))  # fmt: skip
    with pytest.raises(DayAhead, match="baru diajukan pada 23 November 2026"):
        end(a_dispute(), day=date(2026, 11, 22))
