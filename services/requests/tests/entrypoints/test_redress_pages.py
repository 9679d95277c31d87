"""What the PPID does after an objection, on the page of the request."""

from uuid import UUID

import pytest
from chassis.actor import Actor

from services.requests.tests import builders as b
from services.requests.tests.conftest import PASSWORD
from services.requests.tests.entrypoints.test_pages import Browser, act

pytestmark = pytest.mark.servers


@pytest.fixture(autouse=True)
def _the_clock(clock_at):
    """Friday, ten in the morning in Malang."""


def test_a_granted_objection_waits_for_the_ppid_who_reopens(app, client, desk, ppid_account):
    told = app.submit(b.IDENTITY, b.FORM)
    request_id, at = UUID(told["id"]), f"/meja/{told['id']}"
    siti = Actor(str(app.reading.pemohon_with(request_id, told["tracking_code"]).id), "pemohon")
    ppid = Browser(client)
    ppid.get("/masuk").send("/masuk", username="ppid", password=PASSWORD)
    app.refusing.refuse(request_id, ppid_account, refusal=b.NOT_HELD)
    app.notify_refusal(request_id, ppid_account)
    app.legal_acts.lodge_objection(
        request_id, siti, ground="tidak_dipenuhi", case="Data itu pernah diumumkan oleh dinas."
    )
    app.legal_acts.decide_objection(
        request_id, desk.atasan, decision="dikabulkan", reason="Data itu memang dikuasai dinas."
    )
    assert told["register_number"] in ppid.get("/meja").text

    act(ppid, at, "record-dispute", number="012/XI/KI-Prov/2026", filed_on="2026-11-20")
    decision = {"outcome": "ditolak", "decision": "7/2026"}
    ppid.send(f"{at}/record-dispute-decision", **decision, decided_on="besok")
    assert ppid.status == 422 and "tanggal yang benar" in ppid.text
    ppid.send(f"{at}/record-dispute-decision", decided_on="2026-11-20")
    why = "Data dicari lagi pada dinas yang menguasainya."
    act(ppid, at, "reopen", basis="keberatan", to_step="6", reason=why)

    assert "Keberatan dikabulkan Atasan PPID. Dilanjutkan dari langkah 6." in ppid.text
    assert {"state": "open", "step": 6, "statutory_due": "2026-12-04"}.items() <= (
        app.reading.get(request_id, siti).items()
    )


def test_a_letter_of_objection_is_entered_by_the_ppid_and_heard_like_any_other(
    app, client, desk, ppid_account, clock_at
):
    told = app.submit(b.IDENTITY, b.FORM)
    request_id, at = UUID(told["id"]), f"/meja/{told['id']}"
    app.refusing.refuse(request_id, ppid_account, refusal=b.NOT_HELD)
    app.notify_refusal(request_id, ppid_account)
    clock_at("2026-11-24T10:00+07:00")
    ppid = Browser(client)
    ppid.get("/masuk").send("/masuk", username="ppid", password=PASSWORD)
    letter = {"came_by": "surat", "ground": "tidak_dipenuhi", "case": "Data itu pernah diumumkan."}

    ppid.get(at).send(f"{at}/object-brought", **letter, arrived_on="2026-11-23")
    assert 422 == ppid.status and "Jelaskan mengapa ini baru dicatat" in ppid.text
    assert "Data itu pernah diumumkan." in ppid.text and "Ajukan keberatan" in ppid.text
    ppid.send(f"{at}/object-brought", why_later="Surat sampai lewat bagian umum.")

    assert "Keberatan sudah dicatat" in ppid.text
    assert "Lewat Surat, diterima 23 November 2026." in ppid.text
    r = app.reading.get(request_id, ppid_account)
    assert "atasan_ppid" == r["waiting_for"]
    app.legal_acts.decide_objection(
        request_id, desk.atasan, decision="ditolak", reason="Data itu memang tidak dikuasai kota."
    )


def test_what_was_missing_and_came_by_letter_is_entered_through_the_api_too(
    app, client, ppid_account
):
    request_id = UUID(app.submit(b.IDENTITY, b.FORM)["id"])
    app.legal_acts.return_for_completion(
        request_id, ppid_account, missing=["tujuan"], explanation="Tujuannya belum jelas benar."
    )
    told = {"username": "ppid", "password": PASSWORD}
    token = client.post("/api/requests/sign-in", json=told).json()["token"]
    headers = {"Authorization": f"Bearer {token}"}
    path, answer = f"/api/requests/{request_id}/complete", {"answer": "Untuk skripsi saya."}

    without = client.post(path, json=answer, headers=headers)
    way = {"came_by": "loket", "arrived_on": "2026-11-20"}
    entered = client.post(path, json=answer | way, headers=headers)

    assert (403, 200) == (without.status_code, entered.status_code)
    assert ("open", 6) == (entered.json()["state"], entered.json()["step"])
