"""The operator's page and API, and the demonstration's letter box."""

import re
from dataclasses import replace
from email.message import EmailMessage
from email.policy import SMTP
from uuid import UUID, uuid4

import pytest
from chassis.actor import Actor
from fastapi.testclient import TestClient
from notify_examples import a_fact, a_letter
from notify_service.adapters.mail_sink import store
from notify_service.entrypoints.web import build_web
from notify_world import a_world

pytestmark = pytest.mark.servers


@pytest.fixture
def world(database):
    with a_world(database("notify")) as made:
        yield made


def a_browser(world, role: str | None = None, **settings) -> TestClient:
    app = build_web(replace(world.settings, **settings), world.pool)
    browser = TestClient(app, base_url="http://127.0.0.1:8080", follow_redirects=False)
    if role:
        claims = {"sub": f"{role}-1", "name": "Rina", "role": role, "agency": None}
        browser.cookies.set("sesi", world.sessions().sign(claims, purpose="session", seconds=60))
    return browser


def a_failed_mail(world) -> UUID:
    world.mail.rcpt_answers = ["550 5.1.1 <ppid@malangkota.example> unknown"]
    world.hear(a_fact("RequestSubmitted"))
    world.work()
    return world.mails()[0]["id"]


def test_the_operator_sees_what_failed_and_sends_it_again(world):
    mail_id = a_failed_mail(world)
    browser = a_browser(world, "operator")

    page = browser.get("/notifikasi").text
    assert "2026-0042" in page
    assert "Server surel menjawab 550: 5.1.1 &lt;(penerima)&gt; unknown" in page
    answer = browser.post(f"/notifikasi/{mail_id}/kirim-ulang", data={"keadaan": "failed"})
    assert 303 == answer.status_code
    assert "dikirim lagi" in browser.get(answer.headers["location"]).text
    world.work()

    assert "2026-0042" in browser.get("/notifikasi?keadaan=sent").text
    assert "Tidak ada surel yang gagal" in browser.get("/notifikasi").text


def test_the_operator_dismisses_a_mail_with_a_reason(world):
    mail_id = a_failed_mail(world)
    browser = a_browser(world, "operator")

    without = browser.post(f"/notifikasi/{mail_id}/abaikan", data={})
    done = browser.post(f"/notifikasi/{mail_id}/abaikan", data={"alasan": "told_otherwise"})

    assert (422, 303) == (without.status_code, done.status_code)
    assert "Pilih salah satu alasan" in without.text
    assert "dismissed" == world.mails()[0]["state"]


def test_the_ppid_reads_but_does_not_act(world):
    mail_id = a_failed_mail(world)
    browser = a_browser(world, "ppid")

    page = browser.get("/notifikasi").text
    assert "2026-0042" in page
    assert "Kirim ulang" not in page
    assert 403 == browser.post(f"/notifikasi/{mail_id}/kirim-ulang").status_code
    assert "failed" == world.mails()[0]["state"]


@pytest.mark.parametrize("role", ["walidata", "ppid_pembantu", "auditor", "pemohon"])
def test_others_are_told_whose_page_it_is(world, role):
    assert 403 == a_browser(world, role).get("/notifikasi").status_code


def test_who_is_not_signed_in_is_led_to_the_sign_in(world):
    answer = a_browser(world).get("/notifikasi")

    assert (303, "/masuk?kembali=%2Fnotifikasi") == (
        answer.status_code,
        answer.headers["location"],
    )
    assert 401 == a_browser(world).get("/api/notify/mails").status_code


def test_a_mail_that_waits_shows_when_it_is_tried_again(world):
    world.mail.stop()
    world.hear(a_fact("RequestSubmitted"))
    world.work()

    page = a_browser(world, "operator").get("/notifikasi?keadaan=waiting").text

    assert "Dicoba lagi" in page
    assert "Server surel tidak dapat dipakai" in page


def test_a_job_that_gave_up_is_shown_as_failed(world):
    world.requests.fields = {"name": "Siti", "email": ["x"]}
    world.hear(submitted := a_fact("RequestSubmitted"))
    world.work()
    world.hear(a_letter("tanda_bukti_penerimaan", submitted))
    for _ in range(6):
        world.work()

    mails = a_browser(world, "operator").get("/api/notify/mails?state=failed").json()

    assert {"failed": 1, "sent": 1, "waiting": 0, "dropped": 0, "dismissed": 0} == mails["counts"]
    assert ["Kesalahan tak terduga: AttributeError"] == [m["last_error"] for m in mails["mails"]]


def test_the_api_lists_by_cursor_without_gap_or_repetition(world):
    for _ in range(7):
        world.hear(a_fact("RequestSubmitted", request=str(uuid4())))
    browser = a_browser(world, "operator")

    seen, cursor = [], ""
    while cursor is not None:
        page = browser.get(f"/api/notify/mails?limit=3&cursor={cursor}").json()
        seen += [mail["id"] for mail in page["mails"]]
        cursor = page["next"]

    assert 7 == len(seen) == len(set(seen))
    assert 422 == browser.get("/api/notify/mails?cursor=bukan").status_code
    assert 422 == browser.get("/api/notify/mails?state=bukan").status_code


def test_the_api_retries_and_dismisses(world):
    mail_id = a_failed_mail(world)
    browser = a_browser(world, "operator")

    retried = browser.post(f"/api/notify/mails/{mail_id}/retry")
    assert (200, "waiting") == (retried.status_code, retried.json()["state"])
    dismissed = browser.post(
        f"/api/notify/mails/{mail_id}/dismiss", json={"reason": "no_longer_needed"}
    )
    assert (200, "dismissed") == (dismissed.status_code, dismissed.json()["state"])

    refused = browser.post(f"/api/notify/mails/{mail_id}/retry")
    assert (409, "application/problem+json") == (
        refused.status_code,
        refused.headers["content-type"],
    )
    assert 404 == browser.post(f"/api/notify/mails/{uuid4()}/retry").status_code


def test_without_the_mail_sink_there_is_no_letter_box(world):
    browser = a_browser(world, "operator")

    for path in ("/kotak-surat", "/kotak-surat/x", "/kotak-surat/x/html", "/kotak-surat/x/sumber"):
        assert 404 == browser.get(path).status_code


def a_kept_mail(world, folder, html: str | None = None) -> str:
    submitted = a_fact("RequestSubmitted")
    world.hear(submitted)
    world.work()
    message = EmailMessage(policy=SMTP)
    message["From"] = "PPID <ppid@malangkota.example>"
    message["To"] = "Siti <siti@contoh.id>"
    message["Subject"] = "Perihal <b>tebal</b>"
    message.set_content("Isi teks.")
    message.add_alternative(html or "<p>Isi HTML.</p>", subtype="html")
    message.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="surat.pdf")
    return store(folder, message.as_bytes()).stem


def test_the_letter_box_shows_a_mail_as_its_reader_would_see_it(world, tmp_path):
    mail_id = a_kept_mail(world, tmp_path)
    browser = a_browser(world, mail_folder=tmp_path, public_url="http://127.0.0.1:8080")

    assert "Perihal &lt;b&gt;tebal&lt;/b&gt;" in browser.get("/kotak-surat").text
    page = browser.get(f"/kotak-surat/{mail_id}").text
    assert "Isi teks." in page
    assert "surat.pdf" in page
    assert f'src="/kotak-surat/{mail_id}/html"' in page
    assert "Isi HTML." not in page
    assert "Isi HTML." in browser.get(f"/kotak-surat/{mail_id}/html").text
    assert browser.get(f"/kotak-surat/{mail_id}/sumber").text.startswith("From: PPID")


def test_a_mails_html_can_do_nothing(world, tmp_path):
    mail_id = a_kept_mail(world, tmp_path, html="<script>alert(1)</script>")

    answer = a_browser(world, mail_folder=tmp_path, public_url="http://127.0.0.1:8080").get(
        f"/kotak-surat/{mail_id}/html"
    )

    [policy] = [v for k, v in answer.headers.multi_items() if k == "content-security-policy"]
    assert re.search(r"sandbox(?!.*allow-(scripts|same-origin)).*default-src 'none'", policy)


def test_no_path_leads_out_of_the_folder(world, tmp_path):
    folder = tmp_path / "mails"
    folder.mkdir()
    (tmp_path / "rahasia.eml").write_text("Subject: rahasia\n\n")
    browser = a_browser(world, mail_folder=folder, public_url="http://127.0.0.1:8080")

    for name in ("..%2Frahasia", "../rahasia", "%2e%2e%2frahasia", "rahasia", "x" * 300):
        assert 404 == browser.get(f"/kotak-surat/{name}/sumber").status_code


def test_where_others_can_reach_the_site_the_letter_box_takes_a_sign_in(world, tmp_path):
    a_kept_mail(world, tmp_path)

    assert 303 == a_browser(world, mail_folder=tmp_path).get("/kotak-surat").status_code
    assert 200 == a_browser(world, "ppid", mail_folder=tmp_path).get("/kotak-surat").status_code


def test_an_empty_letter_box_says_so(world, tmp_path):
    browser = a_browser(
        world, mail_folder=tmp_path / "belum-ada", public_url="http://localhost:8080"
    )

    assert "Belum ada surel." in browser.get("/kotak-surat").text


def test_an_act_of_the_operator_is_a_fact_with_the_operator_as_actor(world):
    mail_id = a_failed_mail(world)

    a_browser(world, "operator").post(f"/notifikasi/{mail_id}/kirim-ulang")

    [row] = world.pool.query("SELECT actor, role FROM facts WHERE type = 'MailRetried'")
    assert Actor("operator-1", "operator") == Actor(row["actor"], row["role"])
