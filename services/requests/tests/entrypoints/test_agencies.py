"""Who holds the data, on the pages and in the API: declining, and forwarding again."""

import pytest
from chassis.actor import Actor
from requests_service.application import Once

from services.requests.tests.application.test_requests import submit as submit_to
from services.requests.tests.entrypoints.test_pages import (
    FORM,
    WHY,
    Browser,
    act,
    address_of,
    citizen,
    cleared,
    receive_receipt,
    sign_in,
    submit,
)

pytestmark = pytest.mark.servers
__all__ = ["citizen", "sign_in"]
AUDITOR = Actor("auditor", "auditor")


def test_an_agency_declines_and_the_ppid_asks_the_one_that_it_suggests(app, citizen, sign_in):
    number, _ = submit(citizen)
    at, ppid = address_of(app, number), sign_in("ppid")
    dinsos = sign_in("ppid_pembantu", "dinsos")
    koperasi = sign_in("ppid_pembantu", "diskopindag")
    act(ppid, at, "check-availability", outcome="agency", agency="dinsos")
    act(ppid, at, "forward")

    dinsos.get(at).send(f"{at}/decline", reason=WHY, suggested="diskopindag")

    assert "dikembalikan kepada PPID" in dinsos.text
    assert 403 == dinsos.get(at).status
    assert WHY in ppid.get(at).text and "Diusulkan: Dinas Koperasi" in ppid.text
    told = citizen.get(f"/permohonan/{number}").text
    assert "mencari perangkat daerah lain" in told and WHY not in told
    ppid.get(at).send(f"{at}/forward")
    assert 422 == ppid.status and "Pilih perangkat daerah" in ppid.text
    act(ppid, at, "forward", agency="diskopindag")
    act(koperasi, at, "grant")
    assert "Dinas Sosial" in ppid.get(at).text


def test_a_file_that_will_not_do_goes_back_to_the_agency_and_a_cleared_one_to_the_check(
    app, citizen, sign_in, privacy_tokens
):
    number, _ = submit(citizen)
    at, ppid = address_of(app, number), sign_in("ppid")
    koperasi = sign_in("ppid_pembantu", "diskopindag")
    act(ppid, at, "check-availability", outcome="agency", agency="diskopindag")
    act(ppid, at, "forward")
    act(koperasi, at, "grant")
    receive_receipt(koperasi, privacy_tokens, at)

    ppid.get(at).send(f"{at}/ask-another-file", reason="salah")
    assert 422 == ppid.status and "Jelaskan kepada PPID Pembantu" in ppid.text
    act(ppid, at, "ask-another-file", reason=WHY)
    assert WHY in koperasi.get(at).text and "Unggah data yang dimohon" in koperasi.text
    told = citizen.get(f"/permohonan/{number}").text
    assert "PPID meminta berkas lain" in told and WHY not in told
    receive_receipt(koperasi, privacy_tokens, at)
    cleared(app, number)
    act(ppid, at, "withdraw-clearance", reason=WHY)

    assert f"/privasi/{at.rpartition('/')[2]}" in ppid.get(at).links()
    told = citizen.get(f"/permohonan/{number}").text
    assert "Berkas ditarik untuk diperiksa lagi" in told and WHY not in told


def test_who_holds_what_is_not_held_is_told_to_the_citizen(app, citizen, sign_in):
    number, _ = submit(citizen)
    at, ppid = address_of(app, number), sign_in("ppid")

    ppid.get(at).send(f"{at}/refuse", reason_code="bukan_informasi_publik", narrative=WHY,
                      held_by="BPS Kota Malang")  # fmt: skip
    assert 422 == ppid.status and "hanya disebut bila" in ppid.text
    act(ppid, at, "refuse", reason_code="tidak_dikuasai", narrative=WHY,
        held_by="BPS Kota Malang")  # fmt: skip

    assert "Dikuasai oleh BPS Kota Malang." in citizen.get(f"/permohonan/{number}").text


def test_a_part_for_another_agency_is_a_request_of_its_own_under_the_same_code(
    app, client, citizen, sign_in
):
    number, code = submit(citizen)
    at, ppid = address_of(app, number), sign_in("ppid")
    ppid.get(at).send(f"{at}/split-off", data_wanted="Bantuan sosial", kept="")
    assert 422 == ppid.status and "Bantuan sosial" in ppid.text
    act(ppid, at, "split-off", data_wanted="Jumlah penerima bantuan sosial tahun 2025",
        kept="Jumlah UMKM per kecamatan tahun 2025")  # fmt: skip

    part = app.reading.get(app.reading.id_of(number), AUDITOR)["parts"][-1]
    told = app.reading.get(app.reading.id_of(part), AUDITOR)
    first = app.reading.get(app.reading.id_of(number), AUDITOR)
    assert (6, number) == (told["step"], told["part_of"])
    assert first["statutory_due"] == told["statutory_due"]
    assert f"/permohonan/{part}" in citizen.get(f"/permohonan/{number}").links()
    assert "bantuan sosial tahun 2025" in citizen.get(f"/permohonan/{part}").text
    assert f"/permohonan/{number}" in citizen.links()
    other = Browser(client)
    other.get("/permohonan/lacak").send("/permohonan/lacak", register_number=part,
                                        tracking_code=code)  # fmt: skip
    assert 200 == other.status and "Permohonan ini terbagi" in other.text
    act(ppid, address_of(app, part), "check-availability", outcome="agency", agency="dinsos")
    identity = app.reading.identity(app.reading.id_of(part), Actor("ppid", "ppid"))
    assert FORM["name"] == identity["name"]


def test_splitting_twice_with_one_key_splits_once(app, desk):
    request_id, _ = submit_to(app)
    once = Once("key", "digest")
    told = {"data_wanted": "Jumlah penerima bantuan sosial", "kept": "Jumlah UMKM per kecamatan"}

    answers = [app.parting.split_off(request_id, desk.ppid, once=once, **told) for _ in range(2)]

    assert answers[0] == answers[1]
    assert 2 == app.pool.execute("SELECT count(*) FROM registrations")[0][0]
