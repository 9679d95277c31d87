"""Each command of a data request: done, refused, repeated; and both its clocks."""

import json
from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest
from requests_service.adapters.plain_mapper import PlainMapper
from requests_service.domain import completing, extending, objecting
from requests_service.domain import events as f
from requests_service.domain.data_request import DataRequest
from requests_service.domain.dates import tanggal
from requests_service.domain.errors import (
    AccessEnded,
    AlreadyDrafted,
    AlreadyExtended,
    AlreadyObjected,
    ChoiceUnknown,
    DaftarDataYearWrong,
    DraftMissing,
    ExtensionTooLate,
    ExtensionTooLong,
    FormInvalid,
    LetterNotIssued,
    NoGroundYet,
    NoObjection,
    NothingToCite,
    NotOnDipPath,
    NotReturned,
    NotTheOwner,
    ObjectionPending,
    ObjectionTooLate,
    PurposeUnclear,
    ReasonMissing,
    ReasonUnknown,
    StepNotOpen,
    TextMissing,
    WaitingForCompletion,
)
from requests_service.domain.sop import EDITION
from requests_service.domain.words import FACT_TITLES

from services.requests.tests import builders as b

LATE = b.on("2026-12-10")
STRANGER = b.Actor(str(uuid4()), b.Role.PEMOHON)
CASE = "Data yang saya minta tidak memuat rahasia dagang."
WHY = "Dokumen masih dikumpulkan dari arsip kecamatan."


def extend(data_request, today=b.MONDAY, days=7, reason=WHY, code="belum_dikuasai"):
    extending.extend(
        data_request, b.PPID, today, days=days, reason_code=code, reason=reason, seal=b.sealed
    )


def lodge(data_request, today=b.MONDAY, ground="penolakan", by=b.PEMOHON):
    objecting.lodge(data_request, by, today, ground=ground, case=CASE, seal=b.sealed)


def told_of_in_time(data_request):
    data_request.note_letter(b.SERVICE, b.MONDAY, letter=b.a_letter("pemberitahuan_tertulis"))
    return data_request


# The form


def test_a_submitted_request_waits_for_the_ppid_and_both_clocks_run():
    data_request = b.a_submitted_request()

    assert (6, "ppid", "open") == (
        data_request.step, data_request.waiting_for, data_request.state,
    )  # fmt: skip
    assert (date(2026, 11, 23), date(2026, 12, 4)) == (data_request.due, data_request.statutory_due)


def test_a_request_keeps_the_edition_of_the_sop_it_began_with():
    assert EDITION == b.last_fact(b.a_submitted_request()).sop_edition


def test_free_text_is_kept_sealed_only():
    fact = b.last_fact(b.a_submitted_request())

    assert b.FORM.purpose not in str(vars(fact))
    assert {"data_wanted", "purpose", "tracking_code"} == set(f.sealed_texts(fact))


def test_an_unclear_purpose_makes_no_request():
    with pytest.raises(FormInvalid, match="Tujuan pemanfaatan data"):
        DataRequest.submit(
            b.PEMOHON,
            b.FRIDAY,
            request_id=uuid4(),
            register_number="2026-0001",
            form=b.Form(b.FORM.data_wanted, "tes tes", "masyarakat_umum"),
            tracking_code="ABCDEFGHJK",
            seal=b.sealed,
        )


def test_a_request_received_after_midnight_in_malang_counts_from_that_day():
    data_request = b.a_submitted_request(b.on("2026-11-19", hour=18))

    assert date(2026, 11, 20) == data_request.submitted_on
    assert date(2026, 11, 23) == data_request.due


# Steps 6 to 9


def test_data_in_the_dip_goes_to_its_check_and_no_agency_is_asked():
    data_request = b.a_request_found_in_dip()

    assert (10, "ppid", None) == (data_request.step, data_request.waiting_for, data_request.agency)
    assert "granted" == data_request.decision


def test_data_that_no_agency_holds_is_refused_at_step_6_without_a_pembantus_letter():
    data_request = b.a_submitted_request()

    data_request.refuse(b.PPID, b.FRIDAY, refusal=b.NOT_HELD, seal=b.sealed)
    assert 15 == data_request.step
    data_request.notify_refusal(b.PPID, b.MONDAY)

    fact = b.last_fact(data_request)
    assert (6, False, "tidak_dikuasai") == (fact.at_step, fact.cites_pembantu, fact.reason_code)


def test_a_step_is_not_done_twice():
    data_request = b.a_forwarded_request()

    with pytest.raises(StepNotOpen, match="langkah 7"):
        data_request.forward(b.PPID, b.MONDAY, seal=b.sealed)


def test_another_agency_found_at_step_7_is_the_one_that_is_asked():
    data_request = b.a_request_with_owner()

    data_request.forward(b.PPID, b.FRIDAY, agency="dinsos", seal=b.sealed)

    with pytest.raises(NotTheOwner, match="dinsos"):
        data_request.grant(b.DISKOPINDAG, b.MONDAY)
    data_request.grant(b.DINSOS, b.MONDAY)


def test_only_the_pembantu_of_the_owning_agency_may_refuse():
    data_request = b.a_forwarded_request()

    with pytest.raises(NotTheOwner, match="diskopindag"):
        data_request.refuse(b.DINSOS, b.FRIDAY, refusal=b.REFUSAL, seal=b.sealed)


def test_a_step_of_the_pembantu_is_not_the_ppids():
    with pytest.raises(NotTheOwner, match="Langkah 8 milik PPID Pembantu, bukan PPID"):
        b.a_forwarded_request().grant(b.PPID, b.FRIDAY)


def test_a_part_refused_at_step_8_is_named_at_the_delivery():
    data_request = b.a_request_granted_in_part()
    data_request.hand_over(b.DISKOPINDAG, b.MONDAY, file=b.UPLOADED, seal=b.sealed)
    b.a_masked_request(b.MONDAY, start=data_request)
    data_request.hand_to_walidata(b.PPID, b.MONDAY)
    data_request.list_in_daftar_data(b.WALIDATA, b.MONDAY, year=2027, entry=b.ENTRY)
    data_request.draft_delivery(b.WALIDATA, b.MONDAY, seal=b.sealed)

    data_request.deliver(b.PPID, b.MONDAY)

    assert {
        "reason_code": "pasal_17_b",
        "reason_text": "dapat mengganggu kepentingan perlindungan hak atas kekayaan intelektual"
        " dan perlindungan dari persaingan usaha tidak sehat",
        "article": b.REFUSAL.article,
        "consequence_test": b.CONSEQUENCE_TEST.cited(),
    } == b.last_fact(data_request).refused_part
    assert "granted_in_part" == data_request.decision


def test_a_refused_part_must_be_named():
    with pytest.raises(TextMissing, match="Bagian data"):
        b.a_forwarded_request().grant_in_part(
            b.DISKOPINDAG, b.FRIDAY, refused_parts=" ", refusal=b.REFUSAL, seal=b.sealed
        )


def test_a_refusal_by_the_pembantu_goes_by_14_and_is_cited_at_15():
    data_request = b.a_refused_request()

    fact = b.last_fact(data_request)
    assert (8, True) == (fact.at_step, fact.cites_pembantu)
    assert ("refused", None, "refused") == (
        data_request.state, data_request.step, data_request.decision,
    )  # fmt: skip


def test_nothing_is_refused_at_the_steps_between():
    for start in (b.a_request_with_owner, b.a_granted_request, b.a_masked_request):
        with pytest.raises(StepNotOpen):
            start().refuse(b.PPID, b.FRIDAY, refusal=b.REFUSAL, seal=b.sealed)


# Step 10


def test_masked_data_goes_on_and_the_delivery_says_what_was_masked():
    fact = next(
        each for each in b.a_delivered_request().pending_events if type(each) is f.DataDelivered
    )

    assert (b.CLEARED, True, 812) == (fact.digest, fact.masked, fact.masked_columns[0]["cells"])
    assert date(2026, 12, 20) == fact.access_until


def test_clean_data_goes_on_unmasked():
    data_request = b.a_handed_over_request()

    data_request.record_clean(b.PPID, b.MONDAY, file=b.CLEAN_FILE)

    assert (11, ()) == (data_request.step, data_request.cleared.masked_columns)


@pytest.mark.parametrize(
    "start", [b.a_submitted_request, b.a_masked_request, b.a_withdrawn_request, b.a_refused_request]
)
def test_a_report_of_privacy_at_another_time_is_kept_and_moves_nothing(start):
    data_request = start()
    before = (data_request.step, data_request.due, data_request.waiting_for, data_request.cleared)

    data_request.record_masking(b.PPID, LATE, original_digest=b.ORIGINAL, file=b.MASKED_FILE)
    data_request.record_clean(b.PPID, LATE, file=b.CLEAN_FILE)

    assert before == (
        data_request.step, data_request.due, data_request.waiting_for, data_request.cleared,
    )  # fmt: skip
    assert ["ReportCameLate"] * 2 == b.names_of_facts(data_request)[-2:]


def test_a_report_about_a_file_that_was_replaced_moves_nothing():
    data_request = b.a_request_with_data_on_hand()
    newer = b.UploadedFile("c" * 64, 10, "umkm-2.csv")
    data_request.provide_data_on_hand(b.PPID, b.MONDAY, file=newer, seal=b.sealed)

    data_request.record_clean(b.PPID, b.MONDAY, file=b.CLEAN_FILE)

    assert (10, "ReportCameLate") == (data_request.step, b.names_of_facts(data_request)[-1])


def test_only_the_ppid_approves_what_is_masked():
    with pytest.raises(NotTheOwner):
        b.a_handed_over_request().record_masking(
            b.DISKOPINDAG, b.MONDAY, original_digest=b.ORIGINAL, file=b.MASKED_FILE
        )


def test_an_earlier_clearance_is_cited_on_the_dip_path():
    earlier = b.a_received_request()
    data_request = b.a_request_found_in_dip()

    data_request.cite_earlier_clearance(b.PPID, b.MONDAY, earlier=earlier)

    assert (11, b.CLEARED) == (data_request.step, data_request.cleared.digest)
    assert earlier.register_number == b.last_fact(data_request).cites


def test_what_was_never_cleared_cannot_be_cited():
    for earlier in (b.a_refused_request(), b.a_handed_over_request()):
        with pytest.raises(NothingToCite, match="2026-0042"):
            b.a_request_found_in_dip().cite_earlier_clearance(b.PPID, b.MONDAY, earlier=earlier)


def test_data_of_an_agency_is_not_cleared_by_an_earlier_request():
    with pytest.raises(NotOnDipPath):
        b.a_handed_over_request().cite_earlier_clearance(
            b.PPID, b.MONDAY, earlier=b.a_received_request()
        )
    with pytest.raises(NotOnDipPath):
        b.a_handed_over_request().provide_data_on_hand(
            b.PPID, b.MONDAY, file=b.UPLOADED, seal=b.sealed
        )


def test_data_that_cannot_be_masked_is_refused_at_step_10():
    data_request = b.a_handed_over_request()

    data_request.refuse(b.PPID, b.MONDAY, refusal=b.CANNOT_BE_MASKED, seal=b.sealed)

    assert (15, 10, "refused") == (
        data_request.step, data_request.refused_at_step, data_request.decision,
    )  # fmt: skip


def test_a_reason_must_fit_the_step():
    with pytest.raises(ReasonUnknown):
        b.a_handed_over_request().refuse(b.PPID, b.MONDAY, refusal=b.NOT_HELD, seal=b.sealed)


# Steps 12, 13 and 16


def test_data_enters_the_daftar_data_of_a_following_year():
    data_request = b.a_request_at_walidata()

    with pytest.raises(DaftarDataYearWrong, match="2027"):
        data_request.list_in_daftar_data(b.WALIDATA, b.MONDAY, year=2026, entry=b.ENTRY)


def test_an_entry_has_its_whole_standard():
    with pytest.raises(TextMissing, match="Satuan"):
        b.a_request_at_walidata().list_in_daftar_data(
            b.WALIDATA, b.MONDAY, year=2027, entry=b.DaftarDataEntry(*["isi"] * 5, " ", "dinsos")
        )


def test_the_ppid_issues_what_the_walidata_drafted():
    data_request = b.a_listed_request()
    with pytest.raises(DraftMissing, match="Walidata belum"):
        data_request.deliver(b.PPID, b.MONDAY)
    due = data_request.due

    data_request.draft_delivery(b.WALIDATA, b.MONDAY, seal=b.sealed)

    assert (13, "ppid", due) == (data_request.step, data_request.waiting_for, data_request.due)
    with pytest.raises(AlreadyDrafted):
        data_request.draft_delivery(b.WALIDATA, b.MONDAY, seal=b.sealed)
    with pytest.raises(NotTheOwner):
        data_request.deliver(b.WALIDATA, b.MONDAY)


def test_the_pemohon_receives_with_the_letter_in_hand():
    data_request = b.a_delivered_request()
    with pytest.raises(LetterNotIssued):
        data_request.receive(b.PEMOHON, b.MONDAY)

    data_request.note_letter(b.SERVICE, b.MONDAY, letter=b.a_letter("surat_penyampaian_pemohon"))
    with pytest.raises(NotTheOwner):
        data_request.receive(STRANGER, b.MONDAY)
    data_request.receive(b.PEMOHON, b.MONDAY)

    assert ("received", date(2026, 11, 23)) == (data_request.state, data_request.ended_on)


def test_the_data_can_be_downloaded_until_the_access_ends():
    data_request = b.a_received_request()

    assert b.CLEARED == data_request.must_give_download_to(b.PEMOHON, b.on("2026-12-20")).digest
    with pytest.raises(AccessEnded):
        data_request.must_give_download_to(b.PEMOHON, b.on("2026-12-21"))
    with pytest.raises(NotTheOwner):
        data_request.must_give_download_to(b.PPID, b.MONDAY)


# Deadlines


def test_a_late_step_is_recorded_as_late_and_not_blocked():
    data_request = b.a_forwarded_request()

    data_request.grant(b.DISKOPINDAG, LATE)

    fact = b.last_fact(data_request)
    assert (date(2026, 11, 25), True, 9) == (fact.was_due, fact.late, data_request.step)
    assert 1 == data_request.late_steps


def test_a_late_step_counts_once_and_acts_beside_it_do_not():
    data_request = b.a_request_found_in_dip()
    data_request.provide_data_on_hand(b.PPID, LATE, file=b.UPLOADED, seal=b.sealed)
    data_request.record_masking(b.PPID, LATE, original_digest=b.ORIGINAL, file=b.MASKED_FILE)
    lodge(b.a_forwarded_request(), b.on("2026-12-07"), ground="tidak_ditanggapi")
    withdrawn = b.a_forwarded_request()
    withdrawn.withdraw(b.PEMOHON, LATE, seal=b.sealed)

    assert (1, 0) == (data_request.late_steps, withdrawn.late_steps)
    assert not b.last_fact(withdrawn).late


def test_a_step_on_its_last_day_is_in_time():
    data_request = b.a_forwarded_request()

    data_request.grant(b.DISKOPINDAG, b.on("2026-11-25", hour=16))

    assert not b.last_fact(data_request).late


def test_the_budgets_of_the_paths_are_those_of_the_reading():
    granted, day = b.a_submitted_request(), b.FRIDAY
    steps = [
        lambda r, t: r.find_owner(b.PPID, t, agency="diskopindag"),
        lambda r, t: r.forward(b.PPID, t, seal=b.sealed),
        lambda r, t: r.grant(b.DISKOPINDAG, t),
        lambda r, t: r.hand_over(b.DISKOPINDAG, t, file=b.UPLOADED, seal=b.sealed),
        lambda r, t: r.record_masking(b.PPID, t, original_digest=b.ORIGINAL, file=b.MASKED_FILE),
        lambda r, t: r.hand_to_walidata(b.PPID, t),
        lambda r, t: r.list_in_daftar_data(b.WALIDATA, t, year=2027, entry=b.ENTRY),
    ]

    for step in steps:
        day = b.on(granted.due.isoformat())
        step(granted, day)
    day = b.on(granted.due.isoformat())

    assert 20 == b.CALENDAR.working_days_between(b.FRIDAY.day, day.day)
    assert 0 == granted.late_steps


def test_the_notice_in_time_meets_the_laws_clock():
    data_request = b.a_granted_request()

    data_request.note_letter(b.SERVICE, b.MONDAY, letter=b.a_letter("pemberitahuan_tertulis"))

    assert date(2026, 11, 23) == data_request.notice_issued_on
    assert 9 == data_request.step


# Returning and completing


def test_a_returned_request_stops_both_clocks():
    data_request = b.a_returned_request()

    assert ("returned", "pemohon", None, None, 6) == (
        data_request.state,
        data_request.waiting_for,
        data_request.due,
        data_request.statutory_due,
        data_request.step,
    )
    assert date(2026, 12, 4) == b.last_fact(data_request).complete_by


def test_nothing_else_happens_while_the_pemohon_completes():
    data_request = b.a_returned_request()

    for act in (
        lambda: data_request.find_owner(b.PPID, b.MONDAY, agency="dinsos"),
        lambda: data_request.refuse(b.PPID, b.MONDAY, refusal=b.NOT_HELD, seal=b.sealed),
        lambda: extend(data_request),
    ):
        with pytest.raises(WaitingForCompletion, match="menunggu kelengkapan"):
            act()


@pytest.mark.parametrize(
    ("completed_on", "due", "statutory_due"),
    [
        ("2026-11-20", "2026-11-23", "2026-12-04"),
        ("2026-11-23", "2026-11-24", "2026-12-07"),
        ("2026-12-04", "2026-12-07", "2026-12-18"),
        ("2026-12-06", "2026-12-07", "2026-12-18"),
    ],
)
def test_both_deadlines_move_by_the_working_days_of_the_pause(completed_on, due, statutory_due):
    data_request = b.a_returned_request()

    completing.complete(
        data_request, b.PEMOHON, b.on(completed_on), answer="Untuk skripsi", seal=b.sealed
    )

    assert (due, statutory_due) == (
        data_request.due.isoformat(), data_request.statutory_due.isoformat(),
    )  # fmt: skip
    assert ("open", "ppid") == (data_request.state, data_request.waiting_for)


def test_what_was_late_before_the_pause_stays_as_late_after_it():
    data_request = b.a_submitted_request()
    completing.return_for_completion(data_request,
        b.PPID, b.on("2026-11-25"), missing=["tujuan"], explanation="Mohon jelaskan tujuannya.",
        seal=b.sealed,
    )  # fmt: skip

    completing.complete(
        data_request, b.PEMOHON, b.on("2026-11-30"), answer="Untuk skripsi", seal=b.sealed
    )

    assert date(2026, 11, 26) == data_request.due


def test_only_what_was_returned_can_be_completed_and_only_once():
    data_request = b.a_returned_request()
    completing.complete(data_request, b.PEMOHON, b.MONDAY, answer="Untuk skripsi", seal=b.sealed)

    with pytest.raises(NotReturned):
        completing.complete(
            data_request, b.PEMOHON, b.MONDAY, answer="Untuk skripsi", seal=b.sealed
        )


def test_a_request_may_be_returned_again_at_step_7_and_not_at_8():
    data_request = b.a_request_with_owner()
    told = {"missing": ["rincian_data"], "explanation": "Mohon sebut tahun data.", "seal": b.sealed}
    completing.return_for_completion(data_request, b.PPID, b.FRIDAY, **told)
    completing.complete(data_request, b.PEMOHON, b.MONDAY, answer="Tahun 2025", seal=b.sealed)
    data_request.forward(b.PPID, b.MONDAY, seal=b.sealed)

    with pytest.raises(StepNotOpen):
        completing.return_for_completion(data_request, b.PPID, b.MONDAY, **told)


def test_a_return_says_what_is_missing():
    data_request = b.a_submitted_request()

    with pytest.raises(ReasonMissing):
        completing.return_for_completion(
            data_request,
            b.PPID,
            b.FRIDAY,
            missing=[],
            explanation="Mohon dilengkapi dahulu.",
            seal=b.sealed,
        )
    with pytest.raises(ChoiceUnknown):
        completing.return_for_completion(
            data_request,
            b.PPID,
            b.FRIDAY,
            missing=["ktp"],
            explanation="Mohon dilengkapi.",
            seal=b.sealed,
        )


def test_a_completed_purpose_must_be_clear():
    with pytest.raises(PurposeUnclear):
        completing.complete(
            b.a_returned_request(),
            b.PEMOHON,
            b.MONDAY,
            answer="Sudah",
            purpose="tes",
            seal=b.sealed,
        )


# Reports


def test_a_report_is_a_fact_but_no_decision_that_an_officer_must_see():
    data_request = b.a_delivered_request()
    decided = data_request.decided_version

    data_request.note_letter(b.SERVICE, b.FRIDAY, letter=b.a_letter("surat_penyampaian_pemohon"))
    data_request.note_mail(b.SERVICE, b.FRIDAY, mail="surat", audience="pemohon")
    data_request.note_daftar_data(b.SERVICE, b.FRIDAY, year=2027, title="UMKM")

    assert (decided, decided + 3) == (data_request.decided_version, data_request.version)
    data_request.receive(b.PEMOHON, b.FRIDAY)
    assert data_request.version == data_request.decided_version


def test_how_the_data_is_wanted_is_kept_and_facts_from_before_say_the_usual():
    form = replace(b.FORM, way_to_obtain="salinan_cetak", way_to_send="pos")
    data_request = DataRequest.submit(
        b.PEMOHON, b.FRIDAY, request_id=uuid4(), register_number="2026-0001", form=form,
        tracking_code="ABCDEFGHJK", seal=b.sealed, by_proxy=True,
    )  # fmt: skip
    fact, mapper = b.last_fact(data_request), PlainMapper()
    stored = mapper.to_stored_event(fact)
    old = {
        name: value
        for name, value in json.loads(stored.state).items()
        if name not in ("way_to_obtain", "way_to_send", "by_proxy")
    }

    before = mapper.to_domain_event(replace(stored, state=json.dumps(old).encode()))

    assert ("salinan_cetak", "pos", True) == (fact.way_to_obtain, fact.way_to_send, fact.by_proxy)
    assert ("salinan_elektronik", "laman", False) == (
        before.way_to_obtain, before.way_to_send, before.by_proxy,
    )  # fmt: skip


# Withdrawing


@pytest.mark.parametrize(
    "start",
    [b.a_submitted_request, b.a_returned_request, b.a_forwarded_request, b.a_drafted_request],
)
def test_the_pemohon_may_withdraw_up_to_step_13(start):
    data_request = start()

    data_request.withdraw(b.PEMOHON, b.MONDAY, seal=b.sealed, reason="Sudah tidak perlu")

    assert ("withdrawn", None, None, None) == (
        data_request.state, data_request.step, data_request.due, data_request.waiting_for,
    )  # fmt: skip


@pytest.mark.parametrize(
    "start", [b.a_delivered_request, b.a_request_with_refusal_sent, b.a_withdrawn_request]
)
def test_what_is_decided_or_ended_is_withdrawn_no_more(start):
    with pytest.raises(StepNotOpen):
        start().withdraw(b.PEMOHON, b.MONDAY, seal=b.sealed)


def test_nobody_withdraws_anothers_request():
    for stranger in (STRANGER, b.PPID):
        with pytest.raises(NotTheOwner):
            b.a_submitted_request().withdraw(stranger, b.MONDAY, seal=b.sealed)


# Extending


def test_an_extension_moves_the_laws_deadline_and_not_the_steps():
    data_request = b.a_forwarded_request()
    due = data_request.due

    extend(data_request, b.on("2026-12-02"))

    assert (date(2026, 12, 15), due) == (data_request.statutory_due, data_request.due)
    assert date(2026, 12, 15) == b.last_fact(data_request).new_statutory_due


def test_an_extension_is_given_once():
    data_request = b.a_forwarded_request()
    extend(data_request, days=3)

    with pytest.raises(AlreadyExtended, match="satu kali"):
        extend(data_request, days=4)


@pytest.mark.parametrize("days", [0, -1, 8, 30])
def test_an_extension_is_of_one_to_seven_working_days(days):
    with pytest.raises(ExtensionTooLong, match="7 hari kerja"):
        extend(b.a_forwarded_request(), days=days)


def test_an_extension_has_written_reasons():
    with pytest.raises(ReasonMissing):
        extend(b.a_forwarded_request(), reason="sibuk")
    with pytest.raises(ChoiceUnknown):
        extend(b.a_forwarded_request(), code="sibuk")


def test_what_is_answered_or_run_out_is_not_extended():
    answered = b.a_granted_request()
    answered.note_letter(b.SERVICE, b.MONDAY, letter=b.a_letter("pemberitahuan_tertulis"))

    with pytest.raises(ExtensionTooLate, match="sudah terbit"):
        extend(answered)
    with pytest.raises(ExtensionTooLate, match="pada 4 Desember 2026;"):
        extend(b.a_forwarded_request(), b.on("2026-12-07"))


def test_only_the_ppid_extends():
    with pytest.raises(NotTheOwner, match="PPID"):
        extending.extend(
            b.a_forwarded_request(),
            b.DISKOPINDAG,
            b.MONDAY,
            days=7,
            reason_code="belum_dikuasai",
            reason=WHY,
            seal=b.sealed,
        )


# Objecting


def test_an_objection_to_a_refusal_waits_for_the_atasan_ppid():
    data_request = b.an_objected_request()

    assert ("atasan_ppid", "refused") == (data_request.waiting_for, data_request.state)
    assert b.CALENDAR.add_working_days(b.FRIDAY.day, 30) == data_request.objection.due


def test_an_objection_comes_within_thirty_working_days_of_the_end():
    last_day = b.CALENDAR.add_working_days(b.FRIDAY.day, 30)

    lodge(b.a_refused_request(), b.on(last_day.isoformat()))
    with pytest.raises(ObjectionTooLate, match=tanggal(last_day)):
        lodge(b.a_refused_request(), b.on(b.CALENDAR.add_working_days(last_day, 1).isoformat()))


def test_an_open_request_may_be_objected_to_once_the_law_was_not_kept():
    data_request = b.a_forwarded_request()
    with pytest.raises(NoGroundYet):
        lodge(data_request, b.on("2026-12-04"), ground="melebihi_waktu")
    with pytest.raises(NoGroundYet, match="selesai dijawab"):
        lodge(data_request, b.on("2026-12-07"), ground="penolakan")

    lodge(data_request, b.on("2026-12-07"), ground="tidak_ditanggapi")

    assert ("ppid_pembantu", 8) == (data_request.waiting_for, data_request.step)


def test_data_that_was_granted_in_time_but_not_given_gives_a_ground_once_both_clocks_have_passed():
    data_request = told_of_in_time(b.a_granted_request())
    handed_over = b.on("2026-12-08")
    data_request.hand_over(b.DISKOPINDAG, handed_over, file=b.UPLOADED, seal=b.sealed)
    due = data_request.due
    assert data_request.statutory_due < due
    late, last_day = due + timedelta(days=1), b.CALENDAR.add_working_days(due, 30)

    with pytest.raises(NoGroundYet, match="tidak diberikan pada waktunya"):
        lodge(data_request, b.on(due.isoformat()), ground="tidak_dipenuhi")
    assert {last_day} == set(objecting.last_days(data_request, b.on(late.isoformat())).values())
    lodge(data_request, b.on(late.isoformat()), ground="tidak_dipenuhi")

    assert ("ppid", 10) == (data_request.waiting_for, data_request.step)


def test_a_quick_request_is_not_late_by_the_law_while_its_first_clock_runs():
    data_request = told_of_in_time(b.a_handed_over_request())
    notice_due = data_request.statutory_due
    assert data_request.due < notice_due

    with pytest.raises(NoGroundYet):
        lodge(data_request, b.on(notice_due.isoformat()), ground="tidak_dipenuhi")
    day_after = b.on((notice_due + timedelta(days=1)).isoformat())

    assert "tidak_dipenuhi" in objecting.last_days(data_request, day_after)


def test_data_that_was_given_is_received_before_it_is_objected_to():
    data_request = told_of_in_time(b.a_delivered_request())

    with pytest.raises(NoGroundYet):
        lodge(data_request, b.on("2027-01-20"), ground="tidak_dipenuhi")


def test_a_withdrawn_request_gives_no_ground():
    with pytest.raises(NoGroundYet):
        lodge(b.a_withdrawn_request())


def test_one_objection_is_decided_before_the_next_and_each_ground_once():
    data_request = b.an_objected_request()
    with pytest.raises(ObjectionPending):
        lodge(data_request, ground="biaya")

    objecting.decide(
        data_request,
        b.ATASAN,
        b.MONDAY,
        decision="ditolak",
        reason="Alasan PPID sudah tepat.",
        seal=b.sealed,
    )

    assert data_request.waiting_for is None
    with pytest.raises(AlreadyObjected):
        lodge(data_request)
    with pytest.raises(NoObjection):
        objecting.decide(
            data_request,
            b.ATASAN,
            b.MONDAY,
            decision="ditolak",
            reason="Alasan sudah tepat.",
            seal=b.sealed,
        )
    lodge(data_request, ground="biaya")


def test_a_decision_has_its_reasons_and_its_decider():
    data_request = b.an_objected_request()

    with pytest.raises(ReasonMissing):
        objecting.decide(
            data_request, b.ATASAN, b.MONDAY, decision="ditolak", reason="-", seal=b.sealed
        )
    with pytest.raises(ChoiceUnknown):
        objecting.decide(data_request,
            b.ATASAN, b.MONDAY, decision="nanti", reason="Perlu dipikirkan lagi nanti.",
            seal=b.sealed,
        )  # fmt: skip
    with pytest.raises(NotTheOwner, match="Atasan PPID"):
        objecting.decide(
            data_request,
            b.PPID,
            b.MONDAY,
            decision="ditolak",
            reason="Alasan sudah tepat.",
            seal=b.sealed,
        )


# Evidence, replaying, words


@pytest.mark.parametrize(
    "start", [b.a_submitted_request, b.a_returned_request, b.a_refused_request]
)
def test_reports_are_kept_at_any_time_and_move_nothing(start):
    data_request = start()
    before = (
        data_request.step, data_request.due, data_request.statutory_due, data_request.waiting_for,
    )  # fmt: skip

    data_request.note_letter(b.SERVICE, LATE, letter=b.a_letter("tanda_bukti_penerimaan", LATE))
    data_request.note_mail(b.SERVICE, LATE, mail="tanda_bukti", audience="pemohon")
    data_request.note_daftar_data(b.SERVICE, LATE, year=2027, title="Jumlah UMKM")

    assert before == (
        data_request.step, data_request.due, data_request.statutory_due, data_request.waiting_for,
    )  # fmt: skip
    assert 0 == data_request.late_steps
    assert "tanda_bukti_penerimaan" == data_request.letters[0].letter


@pytest.mark.parametrize(
    "state",
    [b.a_received_request, b.an_objected_request, b.a_returned_request, b.a_withdrawn_request],
)
def test_a_request_replayed_from_its_stored_facts_is_the_same(state):
    data_request, mapper = state(), PlainMapper()
    stored = [mapper.to_stored_event(fact) for fact in data_request.pending_events]

    replayed = None
    for each in stored:
        replayed = mapper.to_domain_event(each).mutate(replayed)

    before = {k: v for k, v in vars(data_request).items() if k != "_pending_events"}
    assert before == {k: v for k, v in vars(replayed).items() if k != "_pending_events"}
    assert b'"next_due":"2026-' in stored[0].state


def test_every_fact_has_a_title_a_docstring_and_its_own_topic():
    assert set(f.all_facts()) == set(FACT_TITLES)
    assert len({fact.TOPIC for fact in f.all_facts()}) == len(f.all_facts())
    assert all("TOPIC" in vars(fact) and fact.__doc__ for fact in f.all_facts())


def test_the_open_commands_are_those_the_guard_lets_through():
    found, returned = b.a_request_with_owner(), b.a_returned_request()
    ppids = ("split-off", "forward", "check-again", "return", "extend", "write")
    assert ppids == found.open_commands(b.PPID, b.MONDAY)
    pemohons = ("complete", "withdraw", "write", "request-erasure")
    assert pemohons == returned.open_commands(b.PEMOHON, b.MONDAY)
    assert () == b.a_forwarded_request().open_commands(b.DINSOS, b.MONDAY)
    assert () == b.a_received_request().open_commands(b.AUDITOR, b.MONDAY)
