"""The pages and the API of auditors: who may ask, what is recorded of it, what is shown."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from chassis.actor import Actor
from chassis.postgres import Pool, connect
from psycopg2.extensions import parse_dsn
from requests_service.audit import saved
from requests_service.audit.questions import QUESTIONS
from requests_service.domain.errors import ChoiceUnknown
from requests_service.entrypoints.audit_shown import Shown

from services.requests.tests import builders as b
from services.requests.tests.application.test_requests import submit
from services.requests.tests.audit.test_asking import ask, seal_all
from services.requests.tests.entrypoints.test_pages import PASSWORD, Browser, sign_in

pytestmark = pytest.mark.servers
__all__ = ["sign_in"]
PAGES = (
    "/audit/peristiwa",
    "/audit/permohonan/2026-0001",
    *(f"/audit/pertanyaan/{code}" for code in QUESTIONS),
)


@pytest.fixture(autouse=True)
def _the_clock(clock_at):
    """Friday, ten in the morning in Malang."""


@pytest.fixture
def auditor(app, sign_in) -> Browser:
    """With one request, sealed, and the trail at its end."""
    browser = sign_in("auditor")
    submit(app)
    seal_all(app.pool)
    ask(app, "celah")
    return browser


@pytest.fixture
def refuse_queries(app, postgres_url) -> Iterator[None]:
    """The log takes no `AuditQueried` any more."""
    url = postgres_url.format(database=parse_dsn(app.pool.dsn)["dbname"])
    with closing(connect(url)) as conn, conn.cursor() as cur:
        cur.execute("ALTER TABLE facts ADD CONSTRAINT no_more CHECK (type <> 'AuditQueried')")
        yield


def queries(app: Any) -> list[dict[str, Any]]:
    """What the log says was asked."""
    rows = app.pool.execute(
        "SELECT convert_from(state, 'UTF8')::jsonb FROM facts"
        " WHERE type = 'AuditQueried' ORDER BY position"
    )
    return [row[0] for row in rows]


def submitted_at(app: Any) -> int:
    rows = app.pool.execute("SELECT position FROM facts WHERE type = 'RequestSubmitted'")
    return int(rows[0][0])


def test_every_page_opens_for_the_auditor_and_asking_is_recorded(app, auditor):
    assert auditor.get("/audit").status == 200
    assert queries(app) == []

    statuses = {page: auditor.get(page).status for page in PAGES}

    assert set(statuses.values()) == {200}
    # Those whose questions need something typed have asked nothing yet.
    asked = [each.get("question", each["kind"]) for each in queries(app)]
    assert {"list", "request", "celah", "tenggat-undang-undang"} <= set(asked)
    assert not {"keadaan", "beda", "tindakan-petugas", "perubahan-sekitar"} & set(asked)


def test_other_officers_are_refused_and_nothing_is_recorded(app, sign_in):
    for officer in (sign_in("ppid"), sign_in("operator")):
        assert {403} == {
            officer.get(page).status
            for page in ("/audit", "/audit/permohonan/2026-0001", PAGES[-1])
        }
        assert {403} == {
            officer.get(f"/api/requests/audit/{page}").status
            for page in ("events", "questions", "questions/celah", "requests/2026-0001", "saved")
        }

    assert queries(app) == []


def test_nobody_is_asked_to_sign_in(client):
    page = client.get("/audit/peristiwa?types=LetterIssued", follow_redirects=False)
    api = client.get("/api/requests/audit/events")

    assert (303, "/masuk?kembali=%2Faudit%2Fperistiwa%3Ftypes%3DLetterIssued") == (
        page.status_code, page.headers["location"],
    )  # fmt: skip
    assert (401, "application/problem+json") == (api.status_code, api.headers["content-type"])


def test_the_atasan_ppid_reads_too(sign_in):
    assert sign_in("atasan_ppid").get("/audit/peristiwa").status == 200


def test_what_cannot_be_recorded_is_not_answered(auditor, refuse_queries):
    page = auditor.get("/audit/peristiwa")
    api = auditor.get("/api/requests/audit/requests/2026-0001")

    assert (500, 500) == (page.status, api.status)
    assert "RequestSubmitted" not in api.html


def test_what_was_typed_to_search_for_is_in_no_fact(app, auditor):
    auditor.get("/audit/peristiwa?text=Siti+Rahmawati&role=ppid")

    (asked,) = queries(app)
    assert (True, "ppid") == (asked["text_searched"], asked["role"])
    assert "Siti" not in str(asked)


def test_the_request_shows_its_seal_and_leads_to_the_proof(app, auditor):
    auditor.get("/audit/permohonan/2026-0001")

    assert "semua segel utuh" in auditor.text
    assert "Permohonan diterima" in auditor.text
    (proof,) = [link for link in auditor.links() if link.startswith("/api/requests/log/proof/")]
    assert auditor.get(proof).status == 200


def test_one_code_has_the_words_of_its_fact(app):
    to = Shown(app)

    assert "Dikabulkan: data pribadi dihapus" == to.value(
        "decision", "dikabulkan", "ErasureDecided"
    )
    assert "Keberatan dikabulkan seluruhnya" == to.value(
        "decision", "dikabulkan", "ObjectionDecided"
    )
    assert "Pemohon memintanya" == to.value("reason_code", "permintaan", "ErasureDecided")


def test_a_changed_fact_is_red_on_the_page(app, auditor, postgres_url):
    url = postgres_url.format(database=parse_dsn(app.pool.dsn)["dbname"])
    with closing(connect(url)) as conn, conn.cursor() as cur:
        cur.execute("SET session_replication_role = replica")
        cur.execute("UPDATE facts SET occurred_at = occurred_at - interval '1 day'")

    auditor.get("/audit/permohonan/2026-0001")

    assert "Catatan ini bukan lagi seperti ketika disegel" in auditor.text
    assert "tidak cocok dengan segel" in auditor.text


def test_a_filter_that_cannot_be_stands_with_its_sentence_and_what_was_typed(auditor):
    auditor.get("/audit/peristiwa?since=kemarin&role=ppid")

    assert auditor.status == 422
    assert '"kemarin" bukan tanggal atau waktu' in auditor.text
    assert auditor.page.xpath("//input[@name='since']/@value") == ["kemarin"]


def test_the_number_in_the_box_leads_to_the_request(auditor):
    assert auditor.get("/audit/permohonan?request=+2026-0001").location == (
        "/audit/permohonan/2026-0001"
    )
    assert auditor.get("/audit/permohonan?request=2026-9999").status == 404


def test_a_question_is_saved_by_name_opened_again_and_removed(auditor):
    page = auditor.get("/audit/pertanyaan/terlambat-dicatat?seconds=60")
    (address,) = page.page.xpath("//input[@name='address']/@value")

    auditor.send("/audit/simpan", name="Lebih dari semenit", address=address)

    assert "Lebih dari semenit" in auditor.text
    assert address in auditor.links()
    (remove,) = auditor.page.xpath("//form[contains(@action, '/hapus')]/@action")
    auditor.send(remove)
    assert "Lebih dari semenit" not in auditor.text


def test_an_auditors_questions_are_the_auditors_own(pool):
    mine = saved.save(pool, "ani", name="Celah", address="/audit/pertanyaan/celah")
    saved.save(pool, "budi", name="Celah", address="/audit/peristiwa?role=ppid")

    saved.remove(pool, "budi", mine.id)

    assert [mine] == saved.saved_by(pool, "ani")
    assert ["/audit/peristiwa?role=ppid"] == [each.address for each in saved.saved_by(pool, "budi")]


@pytest.mark.parametrize(
    "address",
    ["https://contoh.example/", "//contoh.example", "/audit/../meja", "/audit/peristiwa?\n", ""],
)
def test_no_foreign_address_is_saved(address):
    with pytest.raises(ChoiceUnknown):
        saved.save(Pool(""), "ani", name="x", address=address)


def test_the_api_answers_as_the_pages_do(app, client, auditor):
    token = client.post(
        "/api/requests/sign-in", json={"username": "auditor", "password": PASSWORD}
    ).json()["token"]
    client.cookies.clear()
    client.headers["Authorization"] = f"Bearer {token}"

    listed = client.get("/api/requests/audit/events?types=RequestSubmitted").json()
    one = client.get("/api/requests/audit/requests/2026-0001").json()
    questions = client.get("/api/requests/audit/questions").json()["questions"]
    wrong = client.get("/api/requests/audit/questions/terlambat-dicatat?seconds=x")
    kept = client.post(
        "/api/requests/audit/saved", json={"name": "Celah", "address": "/audit/pertanyaan/celah"}
    )

    assert [("RequestSubmitted", "2026-0001")] == [
        (each["type"], each["register_number"]) for each in listed["events"]
    ]
    assert ("open", "intact") == (one["state"]["state"], one["events"][0]["seal"]["status"])
    assert list(QUESTIONS) == [each["code"] for each in questions]
    assert (422, "urn:satudata:FilterInvalid") == (wrong.status_code, wrong.json()["type"])
    assert kept.status_code == 201
    assert client.get("/api/requests/audit/saved").json()["saved"][0]["name"] == "Celah"
    assert client.delete(f"/api/requests/audit/saved/{kept.json()['id']}").status_code == 204
    assert client.get("/api/requests/audit/saved").json() == {"saved": []}
    assert client.get("/api/requests/audit/questions/nonsense").status_code == 404


def test_what_a_withdrawn_and_erased_request_says_of_itself(app, auditor):
    request_id = app.reading.id_of("2026-0001")
    app.legal_acts.withdraw(request_id, app.reading._pemohon_of(request_id))
    app.forgetting.erase(request_id, Actor("operator-1", "operator"), reason="melawan_hukum")
    ask(app, "celah")

    auditor.get("/audit/permohonan/2026-0001")

    state = auditor.page.xpath("string(//section[@aria-labelledby='keadaan'])")
    assert "Data pribadi Pemohon dihapus" in state
    # No clock runs any more.
    assert "Tenggat" not in state
    assert "tepat waktu" not in auditor.text


def test_the_facts_that_made_a_difference_are_named_and_lead_to_the_request(app, auditor):
    page = auditor.get("/audit/pertanyaan/beda?request=2026-0001&from=2026-01-01")

    assert "Permohonan diterima" in page.text
    assert f"/audit/permohonan/2026-0001#p{submitted_at(app)}" in page.links()


def test_two_times_in_the_wrong_order_are_refused_and_not_turned_round(app, auditor):
    of_request = "request=2026-0001&"
    two_times = "from=2026-11-21&to=2026-11-20"
    position_and_time = f"from={submitted_at(app)}&to=2026-01-01"

    for given in (two_times, position_and_time):
        auditor.get(f"/audit/pertanyaan/beda?{of_request}{given}")
        assert auditor.status == 422
        assert '"Dari" harus lebih dahulu daripada "Sampai"' in auditor.text
        for path in (
            f"questions/beda?{of_request}{given}",
            f"requests/2026-0001/difference?{given}",
        ):
            assert auditor.get(f"/api/requests/audit/{path}").status == 422


def test_an_empty_answer_says_what_was_asked(auditor):
    page = auditor.get("/audit/pertanyaan/langkah-terlambat?role=walidata&request=2026-0001")

    assert "Tidak ada langkah yang terlambat." in page.text
    assert "Nomor pendaftaran: 2026-0001; Pelaksana: Walidata" in page.text


def test_no_code_stands_where_a_word_is_known(app):
    to = Shown(app)

    assert "Layanan pemberitahuan" == to.who({"actor": "notify", "role": "service"})
    assert "Permohonan dicabut" == to.value("mail", "permohonan_dicabut")
    assert "nama (nama, pseudonim, 57 sel)" == to.value(
        "masked_columns", [{"column": "nama", "kind": "nama", "method": "pseudonim", "cells": 57}]
    )
    assert "Tujuan pemanfaatan data belum jelas" == to.value("missing", ["tujuan"])


def test_the_page_of_conformance_can_be_saved_too(pool):
    address = "/audit/kesesuaian?since=2026-01-01&until=2026-12-31"

    assert address == saved.save(pool, "ani", name="Tahun ini", address=address).address


def test_a_refusal_by_pasal_17_is_shown_with_its_consequence_test(app, auditor, desk):
    request_id, _ = submit(app)
    app.find_owner(request_id, desk.ppid, agency="diskopindag")
    app.forward(request_id, desk.ppid)
    app.handing_on.decline(request_id, desk.diskopindag, reason=b.NARRATIVE)
    app.forward(request_id, desk.ppid, agency="dinsos")
    app.refusing.refuse(request_id, desk.dinsos, refusal=b.REFUSAL)

    page = auditor.get("/audit/permohonan/2026-0002")

    assert 200 == page.status
    assert b.CONSEQUENCE_TEST.number in page.text
    assert "Dinyatakan bukan bidangnya oleh" in page.text
