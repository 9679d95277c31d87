"""A refusal decided by two officers: proposed, confirmed or sent back."""

import pytest
from requests_service.adapters.plain_mapper import PlainMapper
from requests_service.domain import completing, confirming, errors
from requests_service.domain import events as f
from requests_service.domain.conformance import Case, Checker, Kind, Seen

from services.requests.tests import builders as b

WHY_NOT = "Uji konsekuensinya belum memuat data ini."


def told(data_request):
    return [type(fact).__name__ for fact in data_request.pending_events][-2:]


@pytest.mark.parametrize(
    ("step", "second", "then"), [(6, b.PPID, 15), (8, b.DISKOPINDAG, 14), (10, b.PPID, 15)]
)
def test_a_colleague_confirms_and_the_refusal_follows(step, second, then):
    data_request = b.a_proposed_refusal(step)
    refusal = b.NOT_HELD if step == 6 else b.REFUSAL

    confirming.confirm(
        data_request, second, b.MONDAY, refusal=refusal, refused_parts=None, seal=b.sealed
    )

    assert ["RefusalConfirmed", "RequestRefused"] == told(data_request)
    assert (then, second.id) == (data_request.step, b.last_fact(data_request).by)
    assert data_request.proposal.made is None


def test_a_partial_grant_is_confirmed_as_a_partial_grant():
    data_request = b.a_forwarded_request()
    confirming.propose(
        data_request, b.DISKOPINDAGS_SECOND, b.MONDAY,
        refusal=b.REFUSAL, refused_parts="Nama pemilik usaha", seal=b.sealed,
    )  # fmt: skip

    confirming.confirm(
        data_request, b.DISKOPINDAG, b.MONDAY,
        refusal=b.REFUSAL, refused_parts="Nama pemilik usaha", seal=b.sealed,
    )  # fmt: skip

    assert (9, "granted_in_part") == (data_request.step, data_request.decision)


def test_nobody_confirms_their_own_proposal_in_whatever_capacity():
    data_request = b.a_proposed_refusal(10)
    as_acting = b.Actor(b.PPIDS_SECOND.id, b.Role.PPID, capacity="plh")

    for same in (b.PPIDS_SECOND, as_acting):
        with pytest.raises(errors.SamePerson, match="petugas lain dari kantor yang sama"):
            confirming.confirm(
                data_request, same, b.MONDAY,
                refusal=b.REFUSAL, refused_parts=None, seal=b.sealed,
            )  # fmt: skip

    assert 10 == data_request.step
    assert "confirm-refusal" not in data_request.open_commands(b.PPIDS_SECOND, b.MONDAY)
    assert "confirm-refusal" in data_request.open_commands(b.PPID, b.MONDAY)


@pytest.mark.parametrize("who", [b.DINSOS, b.PPID, b.WALIDATA])
def test_only_a_colleague_of_the_same_office_confirms(who):
    with pytest.raises(errors.NotTheOwner):
        confirming.confirm(
            b.a_proposed_refusal(8), who, b.MONDAY,
            refusal=b.REFUSAL, refused_parts=None, seal=b.sealed,
        )  # fmt: skip


def test_while_it_waits_nothing_else_is_decided_and_nothing_moves():
    data_request = b.a_proposed_refusal(8)
    waiting = (data_request.step, data_request.due, data_request.waiting_for)

    for decide in (
        lambda: data_request.grant(b.DISKOPINDAG, b.MONDAY),
        lambda: data_request.refuse(b.DISKOPINDAG, b.MONDAY, refusal=b.REFUSAL, seal=b.sealed),
        lambda: confirming.propose(
            data_request, b.DISKOPINDAG, b.MONDAY, refusal=b.REFUSAL, seal=b.sealed
        ),
    ):
        with pytest.raises(errors.ProposalPending, match="setujui atau kembalikan"):
            decide()

    assert waiting == (data_request.step, data_request.due, data_request.waiting_for)


@pytest.mark.parametrize("who", [b.DISKOPINDAG, b.DISKOPINDAGS_SECOND])
def test_sent_back_or_taken_back_with_a_reason_all_is_open_again(who):
    data_request = b.a_proposed_refusal(8)
    with pytest.raises(errors.TextMissing):
        confirming.send_back(data_request, who, b.MONDAY, words="tidak", seal=b.sealed)

    confirming.send_back(data_request, who, b.MONDAY, words=WHY_NOT, seal=b.sealed)

    with pytest.raises(errors.NoProposal):
        confirming.send_back(data_request, who, b.MONDAY, words=WHY_NOT, seal=b.sealed)
    data_request.grant(b.DISKOPINDAG, b.MONDAY)
    assert 9 == data_request.step


def test_what_waits_is_not_returned_to_the_pemohon_who_could_change_it():
    data_request = b.a_proposed_refusal(6)

    with pytest.raises(errors.ProposalPending):
        completing.return_for_completion(
            data_request, b.PPID, b.MONDAY,
            missing=["rincian_data"], explanation="Sebutkan tahun datanya.", seal=b.sealed,
        )  # fmt: skip


def test_a_proposal_ends_with_its_step():
    data_request = b.a_proposed_refusal(10)

    data_request.record_masking(b.PPID, b.MONDAY, original_digest=b.ORIGINAL, file=b.MASKED_FILE)

    assert (11, None) == (data_request.step, data_request.proposal.made)


def test_a_refusal_that_does_not_stand_is_neither_proposed_nor_confirmed():
    data_request = b.a_proposed_refusal(8)
    unsupported = b.Refusal("pasal_17_b", b.NARRATIVE)

    with pytest.raises(errors.ConsequenceTestMissing):
        confirming.propose(
            b.a_forwarded_request(), b.DISKOPINDAG, b.MONDAY, refusal=unsupported, seal=b.sealed
        )
    with pytest.raises(errors.ConsequenceTestMissing):
        confirming.confirm(
            data_request, b.DISKOPINDAG, b.MONDAY,
            refusal=unsupported, refused_parts=None, seal=b.sealed,
        )  # fmt: skip


def test_the_auditors_check_finds_who_confirmed_their_own():
    data_request = b.a_proposed_refusal(10)
    confirming.confirm(
        data_request, b.PPID, b.MONDAY, refusal=b.REFUSAL, refused_parts=None, seal=b.sealed
    )

    assert [] == _deviations(data_request)
    assert [Kind.OUT_OF_ORDER] == _deviations(data_request, confirmed_by=b.PPIDS_SECOND.id)


def _deviations(data_request, confirmed_by=None):
    checker, case, mapper, found = Checker(b.CALENDAR), Case(), PlainMapper(), []
    for fact in data_request.pending_events:
        actor = fact.by
        if confirmed_by and isinstance(fact, f.RefusalConfirmed):
            actor = confirmed_by
        agency = fact.agency if fact.role == "ppid_pembantu" else None
        seen = Seen(
            fact.originator_version, type(fact).__name__, actor, fact.role, agency,
            mapper.transcoder.decode(mapper.to_stored_event(fact).state),
        )  # fmt: skip
        found += [each.kind for each in checker.check(case, seen).deviations]
    return found
