"""What copies on paper cost, on the pages of the PPID and of the Pemohon."""

from dataclasses import replace
from uuid import UUID

import pytest
from chassis.actor import Actor
from chassis.settings import SettingsError
from fastapi.testclient import TestClient
from requests_service.bootstrap import build_application
from requests_service.entrypoints.web import build_web

from services.requests.tests import builders as b
from services.requests.tests.conftest import PASSWORD, settings_for
from services.requests.tests.entrypoints.test_pages import Browser, act

pytestmark = pytest.mark.servers
FEES = {
    "decree": "Perwal 1/2024",
    "per_sheet": 500,
    "how_to_pay": "Transfer ke rekening kas daerah.",
}


@pytest.fixture(autouse=True)
def _the_clock(clock_at):
    """Friday, ten in the morning in Malang."""


def that_charges(pool, fees=FEES):
    settings = settings_for("requests", pool)
    return replace(settings, city={**settings.city, "fees": fees})


@pytest.fixture
def app(pool):
    with build_application(that_charges(pool), pool) as application:
        yield application


@pytest.fixture
def client(pool):
    with TestClient(build_web(that_charges(pool), pool)) as web:
        yield web


def test_the_ppid_states_the_cost_the_citizen_reads_it_and_the_payment_is_kept(
    app, client, desk, ppid_account, privacy_tokens
):
    wanted = replace(b.FORM, way_to_obtain="salinan_cetak", way_to_send="pos")
    told = app.submit(b.IDENTITY, wanted)
    request_id, at = UUID(told["id"]), f"/meja/{told['id']}"
    siti = Actor(str(app.reading.pemohon_with(request_id, told["tracking_code"]).id), "pemohon")
    app.find_owner(request_id, desk.ppid, agency="diskopindag")
    app.forward(request_id, desk.ppid)
    app.grant(request_id, desk.diskopindag)
    file = {"request_id": told["id"], "digest": b.ORIGINAL, "size": 10, "filename": "umkm.csv"}
    receipt = privacy_tokens.sign(file, purpose="receipt", seconds=60)
    app.hand_over(request_id, desk.diskopindag, receipt=receipt)
    app.reports.record_clean(request_id, desk.ppid, file=b.CLEAN_FILE)
    ppid = Browser(client)
    ppid.get("/masuk").send("/masuk", username="ppid", password=PASSWORD)

    ppid.get(at).send(f"{at}/state-fee", sheets="12", sending="lima belas ribu")
    assert ppid.status == 422 and "Biaya kirim ditulis dalam rupiah" in ppid.text
    act(ppid, at, "state-fee", sheets="12", sending="15000")
    citizen = Browser(client)
    citizen.get("/permohonan/lacak").send(
        "/permohonan/lacak",
        register_number=told["register_number"],
        tracking_code=told["tracking_code"],
    )
    assert "Jumlahnya Rp21.000, menurut Perwal 1/2024." in citizen.text
    assert "Transfer ke rekening kas daerah." in citizen.text
    assert "Ajukan keberatan" in citizen.text and "Biaya yang diminta tidak wajar" in citizen.text
    assert "Tenggat sudah lewat dan saya belum dijawab" not in citizen.text
    act(ppid, at, "record-payment", paid_on="2026-11-20", receipt_number="STS-17")

    assert "Tanggal 20 November 2026, bukti STS-17." in ppid.text
    fee = app.reading.get(request_id, siti)["fee"]
    assert (21_000, False, "2026-11-20") == (fee["amount"], fee["open"], fee["paid_on"])


def test_a_citys_tariff_that_says_too_little_stops_the_start(pool):
    for fees in ({}, {**FEES, "decree": " "}, {**FEES, "per_sheet": "500"}):
        with pytest.raises(SettingsError, match="needs decree, how_to_pay, and per_sheet"):
            build_application(that_charges(pool, fees), pool)
