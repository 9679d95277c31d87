"""When a ground of an objection arises, arises anew, and is over."""

from uuid import uuid4

import pytest
from requests_service.domain import completing, errors, objecting
from requests_service.domain.parting import split_off

from services.requests.tests import builders as b

LATE = b.on("2026-12-30")
"""After the law's ten working days."""


def lodge(data_request, ground, today=LATE):
    objecting.lodge(
        data_request, b.PEMOHON, today, ground=ground, case="Jawaban itu tidak tepat sama sekali.",
        seal=b.sealed,
    )  # fmt: skip


def decide(data_request, decision="ditolak", today=LATE):
    objecting.decide(
        data_request, b.ATASAN, today, decision=decision,
        reason="Sudah dipertimbangkan dengan saksama.", seal=b.sealed,
    )  # fmt: skip


def with_notice(data_request, today=b.MONDAY):
    letter = b.a_letter("pemberitahuan_tertulis", today)
    data_request.note_letter(b.SERVICE, today, letter=letter)
    return data_request


def test_a_refusal_is_objected_to_as_soon_as_the_notice_has_told_it():
    data_request = b.a_request_refused_by_pembantu()
    with pytest.raises(errors.NoGroundYet):
        lodge(data_request, "penolakan", b.MONDAY)

    with_notice(data_request)

    assert {"penolakan", "tidak_sesuai", "tidak_dipenuhi"} == set(
        objecting.last_days(data_request, b.MONDAY)
    )
    lodge(data_request, "penolakan", b.MONDAY)
    assert "penolakan" == data_request.objection.ground


def test_of_a_grant_nothing_is_told_that_could_be_objected_to():
    data_request = with_notice(b.a_granted_request())

    assert {} == objecting.last_days(data_request, b.MONDAY)


def test_a_ground_is_heard_once_until_it_arises_anew():
    data_request = b.a_request_refused_by_pembantu()
    lodge(data_request, "tidak_dipenuhi")
    decide(data_request)
    with pytest.raises(errors.AlreadyObjected):
        lodge(data_request, "tidak_dipenuhi")
    assert "tidak_dipenuhi" not in objecting.last_days(data_request, LATE)

    data_request.send_refusal(b.DISKOPINDAG, LATE)
    data_request.notify_refusal(b.PPID, b.on("2027-01-05"))

    lodge(data_request, "tidak_dipenuhi", b.on("2027-01-06"))
    assert "tidak_dipenuhi" == data_request.objection.ground


def test_an_objection_lapses_when_the_request_is_withdrawn():
    data_request = b.a_forwarded_request()
    lodge(data_request, "tidak_ditanggapi")

    data_request.withdraw(b.PEMOHON, LATE, seal=b.sealed)

    assert (None, None) == (data_request.objection.ground, data_request.waiting_for)
    with pytest.raises(errors.NoObjection):
        decide(data_request)


def test_a_deadline_that_was_missed_does_not_stand_still():
    data_request = b.a_request_with_owner()
    missed = data_request.statutory_due
    assert missed < LATE.day

    completing.return_for_completion(
        data_request, b.PPID, LATE, missing=["tujuan"],
        explanation="Tujuan pemakaian datanya belum disebutkan.", seal=b.sealed,
    )  # fmt: skip
    assert missed == data_request.statutory_due
    lodge(data_request, "tidak_ditanggapi")
    completing.complete(
        data_request, b.PEMOHON, b.on("2027-01-08"), answer="Untuk skripsi saya.", seal=b.sealed
    )

    assert missed == data_request.statutory_due


def test_no_part_is_split_off_while_a_refusal_waits_for_its_second_officer():
    with pytest.raises(errors.ProposalPending):
        split_off(
            b.a_proposed_refusal(6), b.PPID, b.MONDAY, part_id=uuid4(),
            part_number="2026-0043", kept="Jumlah UMKM per kecamatan", seal=b.sealed,
        )  # fmt: skip
