"""A letter, a call, a visitor: entered at the desk, followed like any other request."""

import pytest
from requests_service.adapters.published import PUBLISHED

from services.requests.tests.conftest import a_submission
from services.requests.tests.entrypoints.test_http import session
from services.requests.tests.entrypoints.test_pages import FORM, address_of, citizen, sign_in

pytestmark = pytest.mark.servers
__all__ = ["citizen", "session", "sign_in"]
NEW = "/meja/permohonan-baru"
LETTER = {name: value for name, value in FORM.items() if name not in ("truth", "email")}


def test_the_ppid_enters_a_letter_and_the_pemohon_follows_it_with_the_receipt(
    app, citizen, sign_in, clock_at
):
    clock_at("2026-11-23T09:00+07:00")
    ppid = sign_in("ppid").get(NEW)

    ppid.send(NEW, **LETTER, channel="surat", received_on="2026-11-20")
    assert 422 == ppid.status and "Jelaskan mengapa" in ppid.text
    assert FORM["data_wanted"] in ppid.text
    ppid.send(NEW, why_later="Surat sampai Jumat sore.")

    assert 201 == ppid.status and "Jumat, 20 November 2026" in ppid.text
    number = ppid.page.xpath("//h1")[0].text_content().split()[-1]
    code = ppid.page.xpath("//*[@id='kode-lacak']")[0].text_content()
    citizen.get("/permohonan/lacak").send(
        "/permohonan/lacak", register_number=number, tracking_code=code
    )
    assert "Lewat Surat, diterima 20 November 2026." in citizen.text
    assert "Petugas ppid" not in citizen.text
    at = address_of(app, number)
    assert "Mengapa dicatat sesudah hari diterima: Surat sampai Jumat sore." in ppid.get(at).text


def test_only_the_ppid_finds_the_form(sign_in):
    assert 403 == sign_in("walidata").get(NEW).status
    assert NEW in sign_in("ppid").get("/meja").html


def test_a_call_is_entered_through_the_api_too(client, session, clock_at):
    body = a_submission(channel="telepon", received_on="2026-11-21") | {"email": ""}

    ahead = client.post("/api/requests/enter", json=body, headers=session("ppid"))
    told = client.post(
        "/api/requests/enter", json=body | {"received_on": "2026-11-20"}, headers=session("ppid")
    )

    assert (422, ["received_on"]) == (
        ahead.status_code, [each["field"] for each in ahead.json()["errors"]],
    )  # fmt: skip
    assert 201 == told.status_code and told.json()["tracking_code"]
    others = client.post("/api/requests/enter", json=body, headers=session("auditor"))
    assert (403, 401) == (
        others.status_code, client.post("/api/requests/enter", json=body).status_code,
    )  # fmt: skip


def test_what_others_hear_of_it_keeps_to_the_first_contract():
    stored = {"channel": "surat", "entered": True, "received_on": "2026-11-20", "on": "2026-11-23"}

    told = PUBLISHED["RequestSubmitted"](stored)

    assert ("loket", "surat", "2026-11-20") == tuple(
        told[name] for name in ("channel", "came_by", "received_on")
    )
