"""The use cases on a real database: facts, board, sealing, repetition, concurrency."""

import base64
import json
import threading
from dataclasses import replace
from datetime import date
from uuid import UUID, uuid4

import argon2
import pytest
from chassis import clock
from chassis.actor import Actor
from chassis.sessions import BadToken
from requests_service import views
from requests_service.application import Once
from requests_service.domain.errors import (
    AccessEnded,
    AccessRefused,
    ChoiceUnknown,
    FormInvalid,
    KeyReused,
    LetterNotIssued,
    NotTheOwner,
    PersonForgotten,
    ReceiptInvalid,
    RequestNotFound,
    SeenVersionIsOld,
    SignInFailed,
    StaffInvalid,
    TooManyTries,
)
from requests_service.tries import TRIES_MAX

from services.requests.tests import builders as b

pytestmark = pytest.mark.servers
SERVICE = Actor("letters", "service")


@pytest.fixture(autouse=True)
def _the_clock(clock_at):
    """Friday, ten in the morning in Malang."""


def submit(app, **kwargs):
    answer = app.submit(b.IDENTITY, b.FORM, **kwargs)
    return UUID(answer["id"]), answer


def receipt_for(tokens, request_id, **other):
    claims = {
        "request_id": str(request_id), "digest": b.ORIGINAL, "size": 48213, "filename": "umkm.csv",
    }  # fmt: skip
    return tokens.sign({**claims, **other}, purpose="receipt", seconds=60)


def to_step_10(app, desk, tokens):
    request_id, _ = submit(app)
    app.find_owner(request_id, desk.ppid, agency="diskopindag")
    app.forward(request_id, desk.ppid, message="Mohon data per kecamatan.")
    app.grant(request_id, desk.diskopindag)
    app.hand_over(request_id, desk.diskopindag, receipt=receipt_for(tokens, request_id))
    return request_id


def mask(app, request_id, ppid, message="privacy-1"):
    app.reports.record_masking(
        request_id, ppid, original_digest=b.ORIGINAL, file=b.MASKED_FILE, because_of=message,
        at=clock.now(),
    )  # fmt: skip


def issue(app, request_id, kind, message):
    letter = b.a_letter(kind)
    app.reports.record_letter(
        request_id, SERVICE, letter=letter, because_of=message, at=clock.now()
    )


def to_the_end(app, desk, tokens):
    request_id = to_step_10(app, desk, tokens)
    mask(app, request_id, desk.ppid)
    app.hand_to_walidata(request_id, desk.ppid)
    app.list_in_daftar_data(request_id, desk.walidata, year=2027, entry=b.ENTRY)
    app.draft_delivery(request_id, desk.walidata, cover_note="Data terlampir.")
    app.deliver(request_id, desk.ppid)
    issue(app, request_id, "surat_penyampaian_pemohon", "letters-9")
    pemohon = Actor(str(app._get(request_id).pemohon_id), "pemohon")
    app.receive(request_id, pemohon)
    return request_id, pemohon


def on_board(app, request_id):
    (row,) = app.pool.query("SELECT * FROM board WHERE id = %s", (request_id,))
    return row


def test_a_request_goes_from_the_form_to_the_data(app, desk, privacy_tokens):
    request_id, pemohon = to_the_end(app, desk, privacy_tokens)

    told = [entry.fact for entry in app.reading.timeline(request_id, desk.auditor)]
    expected = [
        *("RequestSubmitted", "OwnerFound", "ForwardedToPembantu", "RequestGranted"),
        *("DataHandedOver", "DataMasked", "HandedToWalidata", "ListedInDaftarData"),
        *("DeliveryDrafted", "DataDelivered", "LetterIssued", "DataReceived"),
    ]
    assert expected == told
    assert app.reading.get(request_id, pemohon)["state"] == "received"
    assert on_board(app, request_id)["state"] == "received"


def test_the_first_answer_tells_number_code_and_both_deadlines(app):
    _, answer = submit(app)

    assert answer["register_number"] == "2026-0001"
    assert len(answer["tracking_code"]) == 10
    assert ("2026-11-23", "2026-12-04") == (answer["due"], answer["statutory_due"])
    assert (6, "ppid") == (answer["step"], answer["waiting_for"])


def test_nothing_personal_lies_in_clear_in_any_table(app, desk, privacy_tokens):
    request_id, _ = to_the_end(app, desk, privacy_tokens)
    app.reading.identity(request_id, desk.ppid)

    tables = ("facts", "board", "registrations", "people", "idempotency", "inbox")
    rows = [app.pool.query(f"SELECT * FROM {table}") for table in tables]
    everything = "".join(
        str({k: bytes(v) if isinstance(v, memoryview) else v for k, v in row.items()})
        for table in rows
        for row in table
    )
    for secret in ("Siti", "3573014507990001", "siti@contoh", "Ijen", "UMKM per kecamatan tahun"):
        assert secret not in everything


def test_a_meaningless_purpose_is_refused_at_the_form_and_leaves_nothing(app):
    form = b.Form("Jumlah UMKM per kecamatan", "asdf asdf tes aja", "masyarakat_umum")

    with pytest.raises(FormInvalid) as refused:
        app.submit(replace(b.IDENTITY, nik="1", email="siti"), form)

    assert ["purpose", "nik", "email"] == list(refused.value.problems)

    assert [] == app.pool.execute("SELECT 1 FROM facts UNION ALL SELECT 1 FROM keys")


def test_the_same_key_gives_the_same_answer_with_its_code(app):
    once = Once("key-1", "digest")
    _, first = submit(app, once=once)

    _, second = submit(app, once=once)

    assert first == second
    assert [(1,)] == app.pool.execute("SELECT count(*) FROM registrations")


def test_the_same_key_with_another_form_is_refused(app):
    submit(app, once=Once("key-1", "digest"))

    with pytest.raises(KeyReused):
        submit(app, once=Once("key-1", "another"))


def test_register_numbers_have_no_gap_when_many_submit_at_once(app):
    def some():
        for _ in range(5):
            submit(app)

    threads = [threading.Thread(target=some) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    numbers = [row[0] for row in app.pool.execute("SELECT number FROM registrations ORDER BY 1")]
    assert list(range(1, 31)) == numbers


def test_two_processes_that_submit_at_once_get_two_numbers(app, pool):
    from requests_service.bootstrap import build_application

    from services.requests.tests.conftest import settings_for

    apps = [app, build_application(settings_for("requests", pool), pool)]
    threads = [
        threading.Thread(target=lambda each=each: [submit(each) for _ in range(8)]) for each in apps
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    numbers = [row[0] for row in pool.execute("SELECT number FROM registrations ORDER BY 1")]
    assert list(range(1, 17)) == numbers


def test_numbers_begin_again_with_the_year(app, clock_at):
    submit(app)
    clock_at("2027-01-04T00:30+07:00")

    _, answer = submit(app)

    assert answer["register_number"] == "2027-0001"


def test_a_repeated_message_has_one_effect(app, desk, privacy_tokens):
    request_id = to_step_10(app, desk, privacy_tokens)

    for _ in range(3):
        mask(app, request_id, desk.ppid)

    facts = [entry.fact for entry in app.reading.timeline(request_id, desk.ppid)]
    assert facts.count("DataMasked") == 1
    assert "ReportCameLate" not in facts


def test_a_report_after_the_end_is_kept_and_moves_nothing(app, desk, privacy_tokens):
    request_id = to_step_10(app, desk, privacy_tokens)
    app.legal_acts.withdraw(request_id, Actor(str(app._get(request_id).pemohon_id), "pemohon"))

    mask(app, request_id, desk.ppid)

    assert "ReportCameLate" == app.reading.timeline(request_id, desk.ppid)[-1].fact
    assert "withdrawn" == app.reading.get(request_id, desk.ppid)["state"]


def test_a_command_repeated_under_its_key_answers_as_the_first_time(app, desk):
    request_id, _ = submit(app)
    once = Once("key-2", "digest")
    first = app.find_owner(request_id, desk.ppid, agency="dinsos", once=once)
    app.forward(request_id, desk.ppid)

    second = app.find_owner(request_id, desk.ppid, agency="dinsos", once=once)

    assert first == second
    assert app.reading.get(request_id, desk.ppid)["step"] == 8


def test_an_old_page_is_told_to_look_again(app, desk):
    request_id, answer = submit(app)
    app.find_owner(request_id, desk.ppid, agency="dinsos")

    with pytest.raises(SeenVersionIsOld, match="Muat ulang"):
        app.find_in_dip(
            request_id, desk.ppid, dip_entry="dip-1", expected_version=answer["version"]
        )


def test_of_two_officers_who_act_at_once_the_second_is_told_in_words(app, desk):
    request_id, answer = submit(app)
    outcomes = []

    def act():
        try:
            app.find_owner(
                request_id, desk.ppid, agency="dinsos", expected_version=answer["version"]
            )
            outcomes.append("done")
        except SeenVersionIsOld:
            outcomes.append("look again")

    threads = [threading.Thread(target=act) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert ["done", *["look again"] * 3] == sorted(outcomes)


def test_reports_that_arrive_at_once_are_all_kept(app, desk):
    request_id, _ = submit(app)

    threads = [
        threading.Thread(
            target=app.reports.record_mail,
            args=(request_id, SERVICE),
            kwargs={"mail": "surel", "audience": "pemohon", "because_of": f"notify-{n}"},
        )
        for n in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert app.reading.timeline(request_id, desk.ppid)[-1].version == 9
    assert app.reading.get(request_id, desk.ppid)["version"] == 1


def test_reports_between_reading_and_acting_disturb_nobody(app, desk):
    request_id, answer = submit(app)
    issue(app, request_id, "tanda_bukti_penerimaan", "letters-1")
    app.reports.record_mail(
        request_id, SERVICE, mail="surat", audience="pemohon", because_of="notify-1"
    )

    told = app.find_owner(
        request_id, desk.ppid, agency="dinsos", expected_version=answer["version"]
    )

    assert (7, 4) == (told["step"], told["version"])
    assert told["version"] == on_board(app, request_id)["version"]
    with pytest.raises(SeenVersionIsOld):
        app.forward(request_id, desk.ppid, expected_version=answer["version"])


def test_a_report_that_comes_in_while_an_officer_acts_disturbs_nobody(app, desk, monkeypatch):
    request_id, answer = submit(app)
    save, between = app._save, ["notify-1"]

    def a_report_first(*args):
        if between:
            because_of = between.pop()
            app.reports.record_mail(
                request_id, SERVICE, mail="surat", audience="pemohon", because_of=because_of
            )
        return save(*args)

    monkeypatch.setattr(app, "_save", a_report_first)
    told = app.find_owner(
        request_id, desk.ppid, agency="dinsos", expected_version=answer["version"]
    )

    assert (7, 3) == (told["step"], told["version"])


def test_an_unknown_agency_is_refused(app, desk):
    request_id, _ = submit(app)

    with pytest.raises(ChoiceUnknown, match="dinas-khayalan"):
        app.find_owner(request_id, desk.ppid, agency="dinas-khayalan")


def test_what_nobody_submitted_is_not_found(app, desk):
    with pytest.raises(RequestNotFound):
        app.reading.get(uuid4(), desk.ppid)


# Following


def test_the_code_opens_the_request_however_it_is_typed(app):
    request_id, answer = submit(app)
    code = answer["tracking_code"]

    found, pemohon = app.reading.follow(" 2026-0001 ", f"{code[:5].lower()}-{code[5:]} ")

    assert request_id == found
    assert "pemohon" == pemohon.role
    assert pemohon == app.reading.pemohon_with(request_id, code)


def test_a_wrong_code_and_an_unknown_number_get_the_same_sentence(app):
    _, answer = submit(app)

    told = set()
    for number, code in (("2026-0001", "WRONGWRONG"), ("2026-9999", answer["tracking_code"])):
        with pytest.raises(AccessRefused) as refused:
            app.reading.follow(number, code)
        told.add(str(refused.value))

    assert len(told) == 1
    with pytest.raises(AccessRefused):
        app.reading.pemohon_with(uuid4(), answer["tracking_code"])


@pytest.mark.parametrize("known", [True, False])
def test_a_code_is_guessed_ten_times_and_a_number_that_nobody_has_alike(app, clock_at, known):
    request_id, answer = submit(app)
    number, by_id = ("2026-0001", request_id) if known else ("2026-0002", uuid4())

    for n in range(TRIES_MAX):
        with pytest.raises(AccessRefused):
            # By number or by id, the guesses are counted together.
            if n % 2 and known:
                app.reading.pemohon_with(by_id, "WRONGWRONG", address="10.0.0.1")
            else:
                app.reading.follow(number, "WRONGWRONG", address="10.0.0.1")

    with pytest.raises(TooManyTries, match="15 menit"):
        app.reading.follow(number, answer["tracking_code"], address="10.0.0.1")
    if known:
        assert (
            request_id == app.reading.follow(number, answer["tracking_code"], address="10.0.0.2")[0]
        )
        clock_at("2026-11-20T10:16+07:00")
        assert (
            request_id == app.reading.follow(number, answer["tracking_code"], address="10.0.0.1")[0]
        )


def test_an_id_that_nobody_has_is_guessed_no_more_often(app):
    nobodys = uuid4()

    for _ in range(TRIES_MAX):
        with pytest.raises(AccessRefused):
            app.reading.pemohon_with(nobodys, "WRONGWRONG")

    with pytest.raises(TooManyTries):
        app.reading.pemohon_with(nobodys, "WRONGWRONG")


def test_a_pemohon_sees_no_other_request_and_no_word_between_officers(app, desk, privacy_tokens):
    request_id = to_step_10(app, desk, privacy_tokens)
    issue(app, request_id, "pemberitahuan_tertulis", "letters-1")
    inner = b.a_letter("surat_permohonan_data", to="ppid_pembantu")
    app.reports.record_letter(
        request_id, SERVICE, letter=inner, because_of="letters-2", at=clock.now()
    )
    own = Actor(str(app._get(request_id).pemohon_id), "pemohon")

    told = app.reading.timeline(request_id, own)

    assert ["pemberitahuan_tertulis"] == [
        e.details["letter"] for e in told if "letter" in e.details
    ]
    assert {"data_wanted", "purpose"} == set(app.reading.texts(request_id, own))
    assert {None} == {entry.by_name for entry in told}
    with pytest.raises(NotTheOwner):
        app.reading.get(request_id, Actor(str(uuid4()), "pemohon"))


def test_officers_read_the_texts_auditors_do_not_and_operators_nothing(app, desk, privacy_tokens):
    request_id = to_step_10(app, desk, privacy_tokens)

    assert "Mohon data per kecamatan." == app.reading.texts(request_id, desk.ppid)["message"]
    assert "tracking_code" not in app.reading.texts(request_id, desk.ppid)
    assert {} == app.reading.texts(request_id, desk.auditor)
    for stranger in (Actor("o", "operator"), Actor("i", "integrator"), desk.dinsos):
        with pytest.raises(NotTheOwner):
            app.reading.get(request_id, stranger)


def test_officers_are_named_to_officers_and_to_nobody_else(app, ppid_account):
    request_id, _ = submit(app)
    app.find_owner(request_id, ppid_account, agency="diskopindag")
    own = Actor(str(app._get(request_id).pemohon_id), "pemohon")

    assert [None, "Petugas ppid"] == [
        e.by_name for e in app.reading.timeline(request_id, ppid_account)
    ]
    assert [None, None] == [e.by_name for e in app.reading.timeline(request_id, own)]


def test_commands_open_to_a_viewer_are_told(app, desk):
    request_id, _ = submit(app)

    commands = app.reading.get(request_id, desk.ppid)["commands"]
    assert ["check-availability", "split-off", "refuse", "return", "extend", "write"] == commands
    assert [] == app.reading.get(request_id, desk.auditor)["commands"]


# Files


def test_a_receipt_of_another_request_or_another_signer_is_refused(
    app, desk, privacy_tokens, letters_tokens
):
    request_id, _ = submit(app)
    app.find_owner(request_id, desk.ppid, agency="diskopindag")
    app.forward(request_id, desk.ppid)
    app.grant(request_id, desk.diskopindag)

    bad = [
        receipt_for(privacy_tokens, uuid4()),
        receipt_for(letters_tokens, request_id),
        "not-a-token",
        privacy_tokens.sign({"request_id": str(request_id)}, purpose="upload", seconds=60),
    ]

    for receipt in bad:
        with pytest.raises(ReceiptInvalid):
            app.hand_over(request_id, desk.diskopindag, receipt=receipt)


def test_an_upload_ticket_is_for_the_owning_pembantu_at_step_9(app, desk, privacy_tokens):
    request_id, _ = submit(app)
    app.find_owner(request_id, desk.ppid, agency="diskopindag")
    app.forward(request_id, desk.ppid)
    app.grant(request_id, desk.diskopindag)

    ticket = app.upload_ticket(request_id, desk.diskopindag)

    claims = privacy_tokens.verify(ticket, purpose="upload", issuer="requests")
    assert (str(request_id), "diskopindag", desk.diskopindag.id, "ppid_pembantu") == (
        claims["request_id"], claims["agency"], claims["by"], claims["role"],
    )  # fmt: skip
    for other in (desk.dinsos, desk.ppid):
        with pytest.raises(NotTheOwner):
            app.upload_ticket(request_id, other)


def test_data_found_in_the_dip_is_provided_and_checked_by_the_ppid(app, desk, privacy_tokens):
    request_id, _ = submit(app)
    app.find_in_dip(request_id, desk.ppid, dip_entry="dip-2026-014")

    assert app.upload_ticket(request_id, desk.ppid)
    app.hand_over(request_id, desk.ppid, receipt=receipt_for(privacy_tokens, request_id))
    mask(app, request_id, desk.ppid)

    assert app.reading.get(request_id, desk.ppid)["step"] == 11


def test_a_file_cleared_before_is_given_again(app, desk, privacy_tokens):
    to_the_end(app, desk, privacy_tokens)
    request_id, _ = submit(app)
    app.find_in_dip(request_id, desk.ppid, dip_entry="dip-2026-014")

    answer = app.clear_personal_data(request_id, desk.ppid, cites="2026-0001")

    assert (11, b.CLEARED) == (answer["step"], answer["cleared_digest"])


def test_the_file_of_somebody_who_was_erased_is_given_to_nobody(
    app, desk, privacy_tokens, clock_at
):
    earlier, _ = to_the_end(app, desk, privacy_tokens)
    clock_at("2027-03-01T10:00+07:00")
    app.forgetting.erase(earlier, Actor("operator-1", "operator"), reason="melawan_hukum")
    request_id, _ = submit(app)
    app.find_in_dip(request_id, desk.ppid, dip_entry="dip-2026-014")

    with pytest.raises(PersonForgotten):
        app.clear_personal_data(request_id, desk.ppid, cites="2026-0001")


def test_nothing_is_forwarded_to_an_agency_that_is_no_more(app, desk):
    request_id, _ = submit(app)
    app.find_owner(request_id, desk.ppid, agency="diskopindag")
    del app.agencies["diskopindag"]

    with pytest.raises(ChoiceUnknown, match="diskopindag"):
        app.forward(request_id, desk.ppid)
    app.forward(request_id, desk.ppid, agency="dinsos")

    assert "dinsos" == app.reading.get(request_id, desk.ppid)["agency"]


def test_a_download_ticket_waits_for_the_letter_and_ends_with_the_access(
    app, desk, privacy_tokens, clock_at
):
    request_id = to_step_10(app, desk, privacy_tokens)
    pemohon = Actor(str(app._get(request_id).pemohon_id), "pemohon")
    mask(app, request_id, desk.ppid)
    app.hand_to_walidata(request_id, desk.ppid)
    app.list_in_daftar_data(request_id, desk.walidata, year=2027, entry=b.ENTRY)
    app.draft_delivery(request_id, desk.walidata)
    app.deliver(request_id, desk.ppid)
    with pytest.raises(LetterNotIssued):
        app.download_ticket(request_id, pemohon)
    issue(app, request_id, "surat_penyampaian_pemohon", "letters-3")

    ticket = app.download_ticket(request_id, pemohon)

    claims = privacy_tokens.verify(ticket, purpose="download", issuer="requests")
    assert (str(request_id), b.CLEARED) == (claims["request_id"], claims["digest"])
    with pytest.raises(NotTheOwner):
        app.download_ticket(request_id, desk.ppid)
    clock_at("2026-11-20T10:16+07:00")
    with pytest.raises(BadToken):
        privacy_tokens.verify(ticket, purpose="download", issuer="requests")
    clock_at("2026-12-21T10:00+07:00")
    with pytest.raises(AccessEnded):
        app.download_ticket(request_id, pemohon)


# Personal data


def test_a_service_gets_the_fields_it_asks_for_and_the_reading_is_a_fact(app, desk):
    request_id, answer = submit(app)

    told = app.reading.pemohon(
        request_id, ["name", "email", "tracking_code"], "requests-1", "letters"
    )

    code = answer["tracking_code"]
    assert {"name": "Siti Rahmawati", "email": "siti@contoh.example", "tracking_code": code} == (
        told.fields
    )
    assert {"data_wanted": b.FORM.data_wanted, "purpose": b.FORM.purpose} == told.texts
    row = app.pool.query("SELECT * FROM facts WHERE type = 'PersonalDataRead'")[0]
    assert ("letters", "service", str(request_id)) == (
        row["actor"],
        row["role"],
        row["correlation"],
    )
    assert json.loads(bytes(row["state"]))["fields"] == ["email", "name", "tracking_code"]


def test_the_texts_are_those_known_up_to_the_fact(app, desk):
    request_id, _ = submit(app)
    app.legal_acts.return_for_completion(
        request_id, desk.ppid, missing=["tujuan"], explanation="Mohon jelaskan pemakaiannya."
    )
    returned_at = app.pool.execute("SELECT max(position) FROM facts")[0][0]
    pemohon = Actor(str(app._get(request_id).pemohon_id), "pemohon")
    app.legal_acts.complete(
        request_id, pemohon, answer="Sudah diperbaiki", purpose="Bahan laporan magang di kelurahan"
    )

    before = app.reading.pemohon(request_id, [], f"requests-{returned_at}", "letters").texts
    after = app.reading.pemohon(request_id, [], "privacy-77", "letters").texts

    assert (b.FORM.purpose, "Mohon jelaskan pemakaiannya.") == (
        before["purpose"],
        before["missing"],
    )
    assert "answer" not in before
    assert "Bahan laporan magang di kelurahan" == after["purpose"]


def test_the_refusals_words_are_known_to_the_letters_that_follow(app, desk):
    request_id, _ = submit(app)
    app.refusing.refuse(request_id, desk.ppid, refusal=b.NOT_HELD)
    app.notify_refusal(request_id, desk.ppid)

    assert (
        b.NARRATIVE == app.reading.pemohon(request_id, ["name"], None, "letters").texts["narrative"]
    )


def test_an_officers_reading_is_a_fact_and_an_auditors_is_refused(app, desk):
    request_id, _ = submit(app)

    assert "3573014507990001" == app.reading.identity(request_id, desk.ppid)["nik"]

    reads = app.pool.query("SELECT actor FROM facts WHERE type = 'PersonalDataRead'")
    assert [{"actor": desk.ppid.id}] == reads
    with pytest.raises(NotTheOwner):
        app.reading.identity(request_id, desk.auditor)


def test_an_erased_person_is_forgotten_everywhere_and_the_facts_stay(app, desk):
    request_id, _ = submit(app)
    app.find_owner(request_id, desk.ppid, agency="dinsos")
    app.legal_acts.withdraw(request_id, app.reading._pemohon_of(request_id))

    app.forgetting.erase(request_id, Actor("operator-1", "operator"), reason="melawan_hukum")

    with pytest.raises(PersonForgotten):
        app.reading.pemohon(request_id, ["name"], None, "letters")
    with pytest.raises(PersonForgotten):
        app.reading.identity(request_id, desk.ppid)
    assert {} == app.reading.texts(request_id, desk.ppid)
    assert 3 == len(app.reading.timeline(request_id, desk.ppid))
    with pytest.raises(PersonForgotten):
        app.forgetting.ask(request_id, app.reading._pemohon_of(request_id))
    row = on_board(app, request_id)
    sealed = row["data_wanted_sealed"]
    assert app.reading.open_text(request_id, row["person_id"], "data_wanted", sealed) is None
    assert base64.b64decode(sealed)


# Officers


def test_an_officer_signs_in_by_name_and_password(app, ppid_account, privacy_tokens):
    member = app.accounts.sign_in(" PPID ", "kata-sandi-panjang")

    assert (ppid_account.id, "ppid") == (member.id, member.role)
    claims = privacy_tokens.verify(
        app.accounts.session(member, seconds=60), purpose="session", issuer="requests"
    )
    assert (member.id, "ppid", None, "Petugas ppid") == (
        claims["sub"], claims["role"], claims["agency"], claims["name"],
    )  # fmt: skip


def test_a_password_is_kept_at_the_cost_that_rfc_9106_advises(cheap_passwords):
    kept = argon2.extract_parameters(cheap_passwords.hash("kata-sandi-panjang"))

    assert kept == argon2.profiles.RFC_9106_LOW_MEMORY


@pytest.mark.parametrize(
    ("username", "password"), [("ppid", "salah"), ("siapa", "kata-sandi-panjang"), ("", "")]
)
def test_every_failed_sign_in_is_told_the_same(app, ppid_account, username, password):
    with pytest.raises(SignInFailed, match="tidak cocok"):
        app.accounts.sign_in(username, password)


@pytest.mark.parametrize("username", ["ppid", "siapa"])
def test_a_password_is_guessed_ten_times(app, ppid_account, username):
    for _ in range(TRIES_MAX):
        with pytest.raises(SignInFailed):
            app.accounts.sign_in(username, "salah-sekali")

    with pytest.raises(TooManyTries):
        app.accounts.sign_in(f" {username.upper()}", "kata-sandi-panjang")


def test_whoever_remembers_in_time_may_err_again_later(app, ppid_account):
    for _ in range(2):
        for _ in range(TRIES_MAX - 1):
            with pytest.raises(SignInFailed):
                app.accounts.sign_in("ppid", "salah-sekali")
        app.accounts.sign_in("ppid", "kata-sandi-panjang")


def test_a_disabled_account_signs_in_no_more(app, ppid_account):
    app.accounts.disable("ppid", Actor("operator-1", "operator"))

    with pytest.raises(SignInFailed):
        app.accounts.sign_in("ppid", "kata-sandi-panjang")
    types = app.pool.execute("SELECT type FROM facts ORDER BY position")
    assert [("StaffAdded",), ("StaffDisabled",), ("SignInRefused",)] == types


@pytest.mark.parametrize(
    "wrong",
    [
        {"role": "pemohon"},
        {"role": "raja"},
        {"role": "ppid_pembantu"},
        {"agency": "dinsos"},
        {"password": "pendek"},
        {"name": " "},
        {"username": "ppid"},
    ],
)
def test_an_account_that_makes_no_sense_is_not_made(app, ppid_account, wrong):
    asked = {"username": "baru", "name": "Baru", "role": "ppid", "password": "kata-sandi-panjang"}

    with pytest.raises(StaffInvalid):
        app.accounts.add(**{**asked, **wrong}, by=Actor("operator-1", "operator"))


# The desk


def test_the_desk_shows_each_officer_what_waits_for_them(app, desk):
    submit(app)
    second, _ = submit(app)
    app.find_owner(second, desk.ppid, agency="diskopindag")
    app.forward(second, desk.ppid)
    day = date(2026, 11, 20)

    def numbers(role, agency=None, **more):
        page = views.desk(app.pool, role=role, agency=agency, today=day, **more)
        return [row["register_number"] for row in page.rows]

    assert ["2026-0001"] == numbers("ppid")
    assert ["2026-0002"] == numbers("ppid_pembantu", "diskopindag")
    assert [] == numbers("ppid_pembantu", "dinsos", scope="all")
    assert ["2026-0001", "2026-0002"] == numbers("walidata", scope="open")
    counts = views.desk_counts(app.pool, role="ppid", agency=None, today=day)
    assert (1, 2, 0) == (counts["mine"], counts["open"], counts["late"])


def test_the_desk_pages_by_cursor_without_gap_or_repetition(app, desk):
    for _ in range(7):
        submit(app)

    seen, cursor = [], None
    while True:
        page = views.desk(
            app.pool, role="ppid", agency=None, today=date(2026, 11, 20), cursor=cursor, limit=3
        )
        seen += [row["register_number"] for row in page.rows]
        cursor = page.next_cursor
        if cursor is None:
            break

    assert [f"2026-{n:04}" for n in range(1, 8)] == seen
    with pytest.raises(views.CursorUnknown):
        views.desk(app.pool, role="ppid", agency=None, today=date.today(), cursor="bukan")


def test_the_years_figures_name_nobody(app, desk):
    request_id, _ = submit(app)
    app.refusing.refuse(request_id, desk.ppid, refusal=b.NOT_HELD)

    figures = views.statistics(app.pool, year=2026)

    assert (1, 1, 0) == (figures["submitted"], figures["refused"], figures["granted"])


def test_the_board_has_one_unique_key_so_that_two_writers_of_a_row_never_fail(pool):
    """ON CONFLICT (id) waits for another writer of the row; a second unique index would raise."""
    keys = pool.execute(
        "SELECT indexrelid::regclass::text FROM pg_index"
        " WHERE indrelid = 'board'::regclass AND indisunique"
    )

    assert [("board_pkey",)] == keys
