"""Closing what waits for the Pemohon in vain, found by the desk's filter."""

import pytest

from services.requests.tests.entrypoints.test_desk import picked
from services.requests.tests.entrypoints.test_pages import (
    PASSWORD,
    WHY,
    address_of,
    citizen,
    sign_in,
    submit,
)

pytestmark = pytest.mark.servers
__all__ = ["citizen", "sign_in"]
CLOSABLE = "/meja?ditutup=ya"


@pytest.fixture(autouse=True)
def _the_clock(clock_at):
    clock_at("2026-11-20T10:00+07:00")


def requests_in(form):
    return [value for name, value in form.form_values() if name == "request"]


def test_what_was_not_completed_is_found_and_closed_with_others_at_once(
    app, citizen, sign_in, desk, clock_at
):
    codes = dict(submit(citizen) for _ in range(2))
    numbers = list(codes)
    for number in numbers:
        app.legal_acts.return_for_completion(
            app.reading.id_of(number), desk.ppid, missing=["tujuan"], explanation=WHY
        )
    ppid = sign_in("ppid")
    assert numbers[0] not in ppid.get(CLOSABLE).text
    why_not = ppid.get(address_of(app, numbers[0])).text
    assert "Syaratnya: batas waktu Pemohon sudah lewat" in why_not

    clock_at("2026-12-08T10:00+07:00")
    ppid.get("/masuk").send("/masuk", username="ppid", password=PASSWORD)
    ppid.get(CLOSABLE)
    assert all(number in ppid.text for number in numbers)
    ppid.get(picked(ppid, "close"))
    form = next(f for f in ppid.page.forms if "/meja/banyak/close" in f.get("action"))
    ppid.post(form.get("action"), dict(form.form_values()) | {"request": requests_in(form)})

    assert 200 == ppid.status, ppid.text
    assert ["closed"] * 2 == [
        app.reading.get(app.reading.id_of(number), desk.ppid)["state"] for number in numbers
    ]
    assert numbers[0] not in ppid.get(CLOSABLE).text
    citizen.get("/permohonan/lacak").send(
        "/permohonan/lacak", register_number=numbers[1], tracking_code=codes[numbers[1]]
    )
    told = citizen.text
    assert "karena tidak dilengkapi sampai tanggal yang diminta" in told
    assert "tidak lagi, permohonan ditutup" in told
