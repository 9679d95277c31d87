"""From a fact to a mail on a real server: once, whole, and with nobody's address kept."""

import os
import signal
import subprocess
import sys
from uuid import uuid4

import pytest
from chassis.actor import Actor
from notify_examples import REQUEST, a_fact, a_letter
from notify_service.domain.errors import MailIsNotWaiting, MailNotFound, ReasonUnknown
from notify_world import World, a_world, environment

pytestmark = pytest.mark.servers
OPERATOR = Actor("op-1", "operator")


@pytest.fixture
def world(database):
    with a_world(database("notify")) as made:
        yield made


def a_receipt(world: World):
    """The facts of a request that was submitted and whose receipt was issued."""
    submitted = a_fact("RequestSubmitted")
    receipt = a_letter("tanda_bukti_penerimaan", submitted)
    world.hear(submitted, receipt)
    return submitted, receipt


def to(world: World, address: str) -> list:
    return [
        m for m, r in zip(world.mail.received, world.mail.recipients, strict=True) if r == [address]
    ]


def test_a_submitted_request_is_told_to_the_ppid_and_its_receipt_to_the_pemohon(world):
    a_receipt(world)

    world.work()

    [office] = to(world, "ppid@malangkota.example")
    [pemohon] = to(world, "siti.n@contoh.id")
    assert "[Langkah 6] Permohonan data baru 2026-0042" == office["Subject"]
    assert "Permohonan data Anda telah kami terima (2026-0042)" == pemohon["Subject"]
    assert "Yth. Bapak/Ibu Siti Nurḥalīza," in pemohon.get_body(("plain",)).get_content()
    assert {"sent"} == {mail["state"] for mail in world.mails()}
    assert [] == world.pool.execute("SELECT 1 FROM jobs")


def test_a_message_heard_three_times_makes_one_mail(world):
    submitted = a_fact("RequestSubmitted")

    world.hear(submitted, submitted)
    world.work()
    world.hear(submitted)
    world.work()

    assert 1 == len(world.mail.received)
    assert [("MailSent", {"mail": "permohonan_masuk", "audience": "ppid"})] == world.facts()


def test_the_fact_of_a_sent_mail_names_what_caused_it(world):
    submitted = a_fact("RequestSubmitted")
    world.hear(submitted)

    world.work()

    [row] = world.pool.query("SELECT stream, causation, role FROM facts")
    assert (REQUEST, submitted.id, "service") == (
        str(row["stream"]),
        row["causation"],
        row["role"],
    )


def test_mails_of_one_request_to_one_reader_make_one_thread(world):
    a_receipt(world)
    world.hear(a_letter("pemberitahuan_tertulis", a := a_fact("RequestGranted")), a)

    world.work()

    first, second = to(world, "siti.n@contoh.id")
    assert first["References"] == second["References"]
    assert first["Message-ID"] != second["Message-ID"]
    assert first["References"] != to(world, "ppid@malangkota.example")[0]["References"]


def test_a_letter_heard_before_the_fact_that_asked_for_it_waits_for_that(world):
    granted = a_fact("RequestGranted")
    world.hear(a_letter("pemberitahuan_tertulis", granted))

    world.work()
    assert [] == world.mail.received
    world.hear(granted)
    world.work()

    assert ["Permohonan data 2026-0042 dikabulkan"] == [m["Subject"] for m in world.mail.received]


def test_a_letter_because_of_masking_has_the_register_number_from_the_request(world):
    masked = a_fact("DataMasked", source="privacy")
    world.hear(masked, a_letter("pemberitahuan_tambahan", masked))

    world.work()
    assert [] == world.mail.received
    world.hear(a_fact("DataHandedOver"))
    world.work()

    assert "Sebagian isi data 2026-0042 disamarkan" in [m["Subject"] for m in world.mail.received]


def test_the_agency_that_holds_the_data_gets_its_mail_when_the_letter_is_issued(world):
    forwarded = a_fact("ForwardedToPembantu", agency="dinkes")
    world.hear(forwarded)
    world.work()
    assert [] == world.mail.received

    world.hear(a_letter("surat_permohonan_data", forwarded, addressed_to="ppid_pembantu"))
    world.work()

    assert [["dinkes@malangkota.example"]] == world.mail.recipients
    assert [] == world.requests.asked


def test_an_agency_without_a_mailbox_is_a_failure_that_says_so(world):
    world.hear(a_fact("RequestRefused", agency="dinas-baru", at_step=8))

    world.work()

    [mail] = world.mails()
    assert ("failed", "Surel perangkat daerah dinas-baru tidak ada dalam data kota.") == (
        mail["state"],
        mail["last_error"],
    )


def test_a_name_is_asked_for_with_a_token_and_the_fact(world):
    submitted, _ = a_receipt(world)

    world.work()

    [(path, query, bearer)] = world.requests.asked
    assert f"/api/requests/{REQUEST}/pemohon" == path
    assert {"fields": ["name,email"], "fact": [submitted.id]} == query
    claims = world.sessions().verify(bearer.removeprefix("Bearer "), purpose="service")
    assert "notify" == claims["iss"]


def test_while_requests_is_away_the_mail_waits(world):
    world.requests.status = 503
    a_receipt(world)

    world.work()
    assert 1 == len(world.mail.received)
    assert {"sent", "waiting"} == {mail["state"] for mail in world.mails()}
    world.requests.status = 200
    world.work()

    assert 1 == len(to(world, "siti.n@contoh.id"))


def test_while_the_mail_server_is_away_nobodys_address_is_asked_for(world):
    world.mail.stop()
    a_receipt(world)

    world.work()
    assert [] == world.requests.asked
    assert {"waiting"} == {mail["state"] for mail in world.mails()}
    assert all(mail["last_error"] for mail in world.mails())
    world.mail.start()
    world.work()

    assert 2 == len(world.mail.received)


def test_a_forgotten_pemohon_gets_no_mail_and_the_reason_is_kept(world):
    world.requests.status = 410
    a_receipt(world)

    world.work()

    dropped = next(mail for mail in world.mails() if mail["audience"] == "pemohon")
    assert ("dropped", "Data pribadi Pemohon telah dihapus.") == (
        dropped["state"],
        dropped["last_error"],
    )
    assert "MailDropped" in [type_ for type_, _ in world.facts()]


def test_a_pemohon_without_an_address_gets_no_mail(world):
    world.requests.fields = {"name": "Siti", "email": None}
    a_receipt(world)

    world.work()

    assert "dropped" in {mail["state"] for mail in world.mails()}


def test_after_a_451_the_mail_goes_out_at_the_next_try(world):
    world.mail.answers = ["451 4.3.0 Sibuk"]
    world.hear(a_fact("RequestSubmitted"))

    world.work()
    assert ("waiting", "Server surel menjawab 451: 4.3.0 Sibuk") == (
        world.mails()[0]["state"],
        world.mails()[0]["last_error"],
    )
    world.work()

    assert ("sent", 2, None) == tuple(
        world.mails()[0][name] for name in ("state", "attempts", "last_error")
    )


def test_a_550_fails_with_the_servers_words_and_an_operator_can_send_again(world):
    submitted = a_fact("RequestSubmitted")
    world.hear(submitted)
    world.work()
    world.mail.rcpt_answers = ["550 5.1.1 <siti.n@contoh.id> SITI.N unknown"]
    world.hear(a_letter("tanda_bukti_penerimaan", submitted))

    world.work()

    failed = _of_pemohon(world)
    assert ("failed", "Server surel menjawab 550: 5.1.1 <(penerima)> (penerima) unknown") == (
        failed["state"],
        failed["last_error"],
    )
    world.app.retry(failed["id"], OPERATOR)
    world.work()
    assert "sent" == _of_pemohon(world)["state"]
    assert ["MailSent", "MailFailed", "MailRetried", "MailSent"] == [
        type_ for type_, _ in world.facts()
    ]


def test_a_connection_dropped_after_data_sends_again_under_the_same_message_id(world):
    world.mail.drop_after_data = 1
    world.hear(a_fact("RequestSubmitted"))

    world.work()
    world.work()

    assert 2 == len(world.mail.message_ids)
    assert 1 == len(set(world.mail.message_ids))
    assert ["MailSent"] == [type_ for type_, _ in world.facts()]


def test_a_process_killed_between_sending_and_remembering_sends_again_under_one_message_id(world):
    world.hear(a_fact("RequestSubmitted"))
    running = _jobs_process(world)
    world.mail.on_received = lambda: os.kill(running.pid, signal.SIGKILL)
    running.wait(30)
    assert [] == world.facts()
    assert 1 == world.mails()[0]["attempts"]

    world.mail.on_received = lambda: None
    second = _jobs_process(world)
    world.until(lambda: world.facts())
    second.terminate()
    second.wait(20)

    assert 2 == len(world.mail.message_ids)
    assert 1 == len(set(world.mail.message_ids))
    assert ["MailSent"] == [type_ for type_, _ in world.facts()]


def test_an_unforeseen_fault_is_shown_without_its_words(world):
    world.requests.fields = {"name": "Siti", "email": ["siti.n@contoh.id"]}
    a_receipt(world)

    for _ in range(6):
        world.work()

    assert "contoh.id" not in world.everything_kept()
    [job] = world.pool.query("SELECT failed, reason FROM jobs")
    assert (True, "MailFault: AttributeError") == (job["failed"], job["reason"])
    world.requests.fields["email"] = "siti.n@contoh.id"
    world.app.retry(_of_pemohon(world)["id"], OPERATOR)
    world.work()
    assert "sent" == _of_pemohon(world)["state"]


def test_nobodys_name_or_address_is_kept_or_logged(world, capfd):
    world.mail.rcpt_answers = ["450 <siti.n@contoh.id> nanti", "450 <siti.n@contoh.id> nanti"]
    a_receipt(world)
    world.hear(
        delivered := a_fact("DataDelivered"), a_letter("surat_penyampaian_pemohon", delivered)
    )
    world.mail.answers = ["451 siti.n@contoh.id"]

    for _ in range(4):
        world.work()

    assert 2 == len(to(world, "siti.n@contoh.id"))
    told = world.everything_kept() + "".join(capfd.readouterr())
    for secret in ("siti", "Nurḥalīza", "contoh.id"):
        assert secret not in told.lower()


def test_a_dismissed_mail_is_not_sent_and_the_reason_is_a_fact(world):
    world.hear(a_fact("RequestSubmitted"))
    [mail] = world.mails()

    world.app.dismiss(mail["id"], OPERATOR, reason="told_otherwise")
    world.work()

    assert [] == world.mail.received
    assert [
        (
            "MailDismissed",
            {"mail": "permohonan_masuk", "audience": "ppid", "reason": "told_otherwise"},
        )
    ] == world.facts()
    assert [] == world.pool.execute("SELECT 1 FROM jobs")


def test_a_reason_that_is_not_in_the_list_is_refused(world):
    world.hear(a_fact("RequestSubmitted"))

    with pytest.raises(ReasonUnknown):
        world.app.dismiss(world.mails()[0]["id"], OPERATOR, reason="sudah telepon Siti")


def test_what_was_sent_can_be_neither_retried_nor_dismissed(world):
    world.hear(a_fact("RequestSubmitted"))
    world.work()
    [mail] = world.mails()

    with pytest.raises(MailIsNotWaiting):
        world.app.retry(mail["id"], OPERATOR)
    with pytest.raises(MailIsNotWaiting):
        world.app.dismiss(mail["id"], OPERATOR, reason="told_otherwise")


def test_a_mail_that_does_not_exist_cannot_be_retried(world):
    with pytest.raises(MailNotFound):
        world.app.retry(uuid4(), OPERATOR)


def _of_pemohon(world: World) -> dict:
    return next(mail for mail in world.mails() if mail["audience"] == "pemohon")


def _jobs_process(world: World) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-m", "chassis.serve", "jobs", "notify"], env=environment(world)
    )


def test_to_an_erased_person_nothing_more_is_sent_and_no_servers_words_are_kept(world):
    submitted, _ = a_receipt(world)
    world.pool.execute("UPDATE mails SET last_error = '450 busy' WHERE audience = 'pemohon'")
    person = str(uuid4())
    erased = a_fact("PersonErased", person_id=person, request_id=submitted.subject)

    world.app.forget(erased)
    world.app.forget(erased)
    world.work()

    assert [] == to(world, "siti.n@contoh.id")
    assert {("pemohon", "dropped", None), ("ppid", "sent", None)} == {
        (mail["audience"], mail["state"], mail["last_error"]) for mail in world.mails()
    }
    assert ("PersonForgotten", {
        "person_id": person, "destroyed": 1, "kept": 0, "kept_because": None,
    }) == world.facts()[0]  # fmt: skip
