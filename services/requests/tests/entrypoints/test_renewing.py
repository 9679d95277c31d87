"""A Pemohon who lost the tracking code gets another one from the PPID."""

import pytest
from chassis.actor import Actor
from requests_service.application import Once
from requests_service.domain.errors import AccessRefused, NotTheOwner

from services.requests.tests.application.test_requests import submit as submit_to
from services.requests.tests.conftest import a_submission
from services.requests.tests.entrypoints.test_pages import (
    Browser,
    act,
    address_of,
    citizen,
    sign_in,
    submit,
)

pytestmark = pytest.mark.servers
__all__ = ["citizen", "sign_in"]
SHOWN = "Menunjukkan KTP asli di loket."
AUDITOR = Actor("auditor", "auditor")


def follow(browser, number, code):
    return browser.get("/permohonan/lacak").send(
        "/permohonan/lacak", register_number=number, tracking_code=code
    )


def test_the_old_code_opens_nothing_any_more_and_the_new_one_all_parts(
    app, client, citizen, sign_in
):
    number, old = submit(citizen)
    at, ppid = address_of(app, number), sign_in("ppid")
    act(ppid, at, "split-off", data_wanted="Jumlah penerima bantuan sosial tahun 2025",
        kept="Jumlah UMKM per kecamatan tahun 2025")  # fmt: skip
    part = app.reading.get(app.reading.id_of(number), AUDITOR)["parts"][-1]
    assert f"{at}/kode-lacak" in ppid.get(at).links()

    ppid.get(f"{at}/kode-lacak").send(f"{at}/kode-lacak", identified="Ya")
    assert 422 == ppid.status and "wajib diisi dengan jelas" in ppid.text and "Ya" in ppid.text
    ppid.send(f"{at}/kode-lacak", identified=SHOWN)
    new = ppid.page.get_element_by_id("kode-lacak").text

    assert (201, True) == (ppid.status, new != old)
    assert "Buka permohonan" in citizen.get(f"/permohonan/{number}").text  # open until then
    for each in (number, part):
        assert 403 == follow(Browser(client), each, old).status
        told = follow(Browser(client), each, new)
        assert 200 == told.status and "Kode lacak diganti" in told.text and SHOWN in told.text


def test_nobody_but_the_ppid_gives_a_new_code(app, desk, citizen, sign_in):
    number, code = submit(citizen)
    at, walidata = address_of(app, number), sign_in("walidata")

    assert f"{at}/kode-lacak" not in walidata.get(at).links()
    assert 403 == walidata.get(f"{at}/kode-lacak").status
    for other in (desk.walidata, desk.atasan, app.reading.follow(number, code)[1]):
        with pytest.raises(NotTheOwner):
            app.renewing.renew(app.reading.id_of(number), other, identified=SHOWN)
    assert app.reading.follow(number, code)


def test_asked_twice_with_one_key_there_is_one_new_code(app, desk):
    request_id, told = submit_to(app)
    how = {"identified": SHOWN, "once": Once("key", "digest")}

    first, again = (app.renewing.renew(request_id, desk.ppid, **how) for _ in range(2))

    assert first == again
    assert app.reading.follow(told["register_number"], first["tracking_code"])
    with pytest.raises(AccessRefused):
        app.reading.follow(told["register_number"], told["tracking_code"])


def test_the_form_sent_again_still_shows_its_own_code_which_opens_nothing(client, app, desk):
    headers = {"Idempotency-Key": "formulir-satu"}
    sent = client.post("/api/requests", json=a_submission(), headers=headers).json()
    request_id = app.reading.id_of(sent["register_number"])
    app.renewing.renew(request_id, desk.ppid, identified=SHOWN)

    again = client.post("/api/requests", json=a_submission(), headers=headers).json()

    assert sent["tracking_code"] == again["tracking_code"]
    with pytest.raises(AccessRefused):
        app.reading.follow(again["register_number"], again["tracking_code"])
