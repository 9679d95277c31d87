"""What the Pemohon reads: what comes next and when, which objection fits, one question."""

import json

import pytest

from services.requests.tests import builders as b
from services.requests.tests.conftest import a_submission
from services.requests.tests.entrypoints.test_http import session
from services.requests.tests.entrypoints.test_pages import (
    FORM,
    WHY,
    act,
    address_of,
    citizen,
    sign_in,
    submit,
)

pytestmark = pytest.mark.servers
__all__ = ["citizen", "session", "sign_in"]


@pytest.fixture(autouse=True)
def _the_clock(clock_at):
    """Friday, ten in the morning in Malang."""


def test_what_comes_next_is_told_with_its_latest_day(app, citizen, sign_in):
    number, _ = submit(citizen)

    citizen.get(f"/permohonan/{number}")

    told = citizen.page.xpath("//section[@aria-labelledby='sesudah-ini']//li")
    assert 8 == len(told)
    # One day at step 6, to Monday 23; three at step 7.
    assert "menghubungi perangkat daerah" in told[0].text_content()
    assert "26 November 2026" in told[0].text_content()
    act(sign_in("ppid"), address_of(app, number), "refuse", reason_code="bukan_informasi_publik",
        narrative=WHY)  # fmt: skip
    # The refusal itself is the last step.
    assert not citizen.get(f"/permohonan/{number}").page.xpath("//*[@id='sesudah-ini']")


def test_the_objection_that_fits_comes_first_with_its_last_day_and_the_service_is_rated(
    app, citizen, sign_in, consequence_test
):
    number, _ = submit(citizen)
    page, at, ppid = f"/permohonan/{number}", address_of(app, number), sign_in("ppid")
    act(ppid, at, "refuse", reason_code="pasal_17_h", narrative=WHY,
        consequence_test=consequence_test)  # fmt: skip
    act(ppid, at, "notify-refusal")

    citizen.get(page)
    grounds = citizen.page.xpath("//input[@name='ground']/@value")
    assert "penolakan" == grounds[0] and 7 == len(grounds)
    assert "Cocok dengan permohonan ini." in citizen.text
    assert "Paling lambat diajukan pada" in citizen.text

    citizen.send(f"{page}/rate", score="5", remark="Dijelaskan dengan baik.")
    assert "Terima kasih atas penilaian Anda." in citizen.text
    assert f"{page}/rate" not in citizen.html
    assert "Saran Pemohon: Dijelaskan dengan baik." in ppid.get(at).text
    assert "Sangat puas (5 dari 5)." in ppid.text


def test_the_pemohon_reads_what_is_held_on_them_and_who_read_it(app, citizen, sign_in):
    number, _ = submit(citizen)
    page, at = f"/permohonan/{number}", address_of(app, number)
    sign_in("ppid").get(at).send(f"{at}/identitas")

    citizen.get(page).send(f"{page}/data-saya")

    assert b.IDENTITY.nik in citizen.text and FORM["purpose"] in citizen.text
    readers = citizen.page.xpath("//td[@data-label='Oleh']/text()")
    assert ["PPID", "Pemohon"] == readers
    assert "Petugas" not in citizen.text
    citizen.send(f"{page}/data-saya.json")
    assert json.loads(citizen.html)["identity"]["nik"] == b.IDENTITY.nik


def test_nobody_else_reads_what_is_held_on_a_pemohon(client, session):
    told = client.post("/api/requests", json=a_submission()).json()
    held = f"/api/requests/{told['id']}/held"

    assert 403 == client.get(held, headers=session("ppid")).status_code
    own = client.get(held, headers={"X-Tracking-Code": told["tracking_code"]})
    assert b.IDENTITY.name == own.json()["identity"]["name"]


def test_an_earlier_request_is_copied_into_a_new_form_without_the_nik(citizen):
    number, _ = submit(citizen)

    citizen.get(f"/permohonan/{number}").send(f"/permohonan/{number}/salin")

    assert FORM["address"] in citizen.html and FORM["data_wanted"] in citizen.html
    assert b.IDENTITY.nik not in citizen.html
    citizen.send("/permohonan/formulir", nik=b.IDENTITY.nik, truth="ya", consent="ya")
    assert 201 == citizen.status and "Permohonan 2026-0002" in citizen.text
