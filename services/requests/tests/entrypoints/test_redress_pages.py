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
