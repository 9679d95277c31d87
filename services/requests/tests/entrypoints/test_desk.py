"""The officers' desk: its lists, its search, what is done to many, the way from one to the next."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from requests_service import views
from requests_service.entrypoints.acts import OFFICER_ACTS
from requests_service.entrypoints.at_desk import List

from services.requests.tests import builders as b
from services.requests.tests.entrypoints.test_pages import sign_in

pytestmark = pytest.mark.servers
__all__ = ("sign_in",)


@pytest.fixture(autouse=True)
def _the_clock(clock_at):
    """Friday, ten in the morning in Malang."""


def ask(app, **form) -> UUID:
    return UUID(app.submit(b.IDENTITY, replace(b.FORM, **form))["id"])


def numbers(app, role="ppid", agency=None, scope="all", **wanted):
    found = views.desk(
        app.pool, role=role, agency=agency, today=app.today().day, scope=scope,
        wanted=views.Wanted(**wanted),
    )  # fmt: skip
    return [row["register_number"][-1] for row in found.rows]


def found(app, words, **more):
    return numbers(app, words=app.search.hashes_of(words), **more)


def picked(browser, act):
    """The list's own boxes and button, as a browser sends them."""
    form = next(f for f in browser.page.forms if f.get("action") == "/meja/banyak")
    ids = form.xpath(".//input[@name='id']/@value")
    dari = form.xpath(".//input[@name='dari']/@value")[0]
    told = "".join(f"&id={each}" for each in ids)
    return f"/meja/banyak?tindakan={act}{told}&dari={dari.replace('=', '%3D')}"


def test_the_desk_shows_what_waits_and_what_it_is_about_and_finds_by_number(app, sign_in):
    number, address = "2026-0001", f"/meja/{ask(app)}"
    ppid, auditor = sign_in("ppid"), sign_in("auditor")

    assert number in ppid.get("/meja").text and "Jumlah UMKM per kecamatan" in ppid.text
    assert "Pekan depan" in ppid.text and "segera" in ppid.text
    assert ppid.get(f"/meja?q={number}").location == address
    assert ppid.get("/meja?q=2026-1").location == address
    assert "Tidak ada permohonan yang cocok" in ppid.get("/meja?q=2026-9999").text
    assert "Tidak ada tenggat yang terlewat" in ppid.get("/meja?saring=late").text
    koperasi = sign_in("ppid_pembantu", "diskopindag").get(f"/meja?q={number}")
    assert 200 == koperasi.status and "Tidak ada permohonan yang cocok" in koperasi.text
    assert number in auditor.get("/meja").text and "UMKM" not in auditor.text
    assert "Tidak ada permohonan yang cocok" in auditor.get("/meja?q=umkm").text


def test_the_nearest_of_the_clocks_orders_the_list_and_the_finished_come_last(app, desk, clock_at):
    finished = ask(app)
    app.refusing.refuse(finished, desk.ppid, refusal=b.NOT_HELD)
    app.notify_refusal(finished, desk.ppid)
    app.legal_acts.lodge_objection(
        finished, app.reading.follow("2026-0001", _code(app, finished))[1],
        ground="penolakan", case="Data ini dikuasai dinas koperasi.",
    )  # fmt: skip
    waiting_for_completion = ask(app)
    app.legal_acts.return_for_completion(
        waiting_for_completion, desk.ppid, missing=["tujuan"],
        explanation="Mohon jelaskan tujuan pemakaiannya.",
    )  # fmt: skip
    forwarded = ask(app)
    app.find_owner(forwarded, desk.ppid, agency="diskopindag")
    ask(app)
    ended = ask(app)
    app.refusing.refuse(ended, desk.ppid, refusal=b.NOT_HELD)
    app.notify_refusal(ended, desk.ppid)

    assert ["4", "3", "1", "2", "5"] == numbers(app)
    assert ["1"] == numbers(app, role="atasan_ppid", scope="mine")
    clock_at("2026-11-24T10:00+07:00")
    assert ["4"] == numbers(app, scope="late") == numbers(app, late=True)
    assert ["4", "3"] == numbers(app, due_until=date(2026, 11, 26))


def _code(app, request_id) -> str:
    person_id = app.repository.get(request_id).pemohon_id
    return app.reading.texts_up_to(request_id, person_id, None)["tracking_code"]


def test_filters_narrow_the_list_down_and_make_no_sense_of_nonsense(app, desk, sign_in):
    ask(app)
    second = ask(app, kind="instansi_non_pemerintah", channel="loket")
    app.find_owner(second, desk.ppid, agency="dinsos")

    assert ["2"] == numbers(app, step=7) == numbers(app, agency="dinsos", channel="loket")
    assert [] == numbers(app, step=7, kind="masyarakat_umum")
    ppid = sign_in("ppid").get("/meja?langkah=7&jenis=instansi_non_pemerintah")
    assert "2026-0002" in ppid.text and "2026-0001" not in ppid.text
    assert ppid.page.xpath("//select[@name='langkah']/option[@selected]/@value") == ["7"]
    assert List.of({"langkah": "tujuh", "sampai": "besok", "saring": "x"}) == List()


def test_search_finds_what_was_written_and_never_what_another_agency_holds(app, desk):
    first = ask(app, data_wanted="Sebaran puskesmas keliling di Kedungkandang tahun 2024")
    ask(app, data_wanted="Sebaran pasar rakyat di Sukun tahun 2024", dataset="pasar-rakyat")
    app.find_owner(first, desk.ppid, agency="dinkes")
    app.forward(first, desk.ppid, message="Mohon dipercepat karena akreditasi.")

    assert ["1"] == found(app, "PUSKESMAS kedungkandang") == found(app, "akreditasi")
    assert ["1"] == found(app, "dinas kesehatan")
    assert ["2"] == found(app, "pasar") == found(app, "rakyat skripsi")
    assert [] == found(app, "puskesmas Sukun")
    assert [] == found(app, "puskesmas", role="ppid_pembantu", agency="dinsos")
    assert ["1"] == found(app, "puskesmas", role="ppid_pembantu", agency="dinkes")


def test_the_index_of_words_shows_none_and_goes_with_the_pemohon(app, desk):
    erased, kept = ask(app), ask(app)
    app.refusing.refuse(erased, desk.ppid, refusal=b.NOT_HELD)
    with_words = "SELECT request_id, words::text FROM search_words ORDER BY request_id"
    before = dict(app.pool.execute(with_words))
    other_key = app.search.__class__(app.pool, texts=None, agencies={}, key=b"another")

    assert "umkm" not in str(before).lower()
    assert other_key.hashes_of("umkm") != app.search.hashes_of("umkm")
    with app.pool.transaction() as cur:
        by, today = desk.ppid, app.today()
        for statement in app.forgetting.erasing(
            app.repository.get(erased), by, today, reason="permintaan"
        ):
            cur.execute(*statement)
    app.notify_refusal(erased, desk.ppid)

    assert {kept: before[kept]} == dict(app.pool.execute(with_words))


def test_an_act_leads_on_to_the_next_of_the_list(app, sign_in):
    for _ in range(3):
        ask(app)
    ppid = sign_in("ppid").get("/meja")
    first, second = [each for each in ppid.links() if "urut=" in each][:2]

    ppid.get(second)
    assert [f"{word}" in ppid.text for word in ("« 2026-0001", "2026-0003 »")] == [True, True]
    action = next(
        form.get("action")
        for form in ppid.page.forms
        if "/check-availability" in form.get("action")
    )
    ppid.send(action, outcome="agency", agency="dinsos")

    assert OFFICER_ACTS["check-availability"].done in ppid.text
    assert "Buka berikutnya: 2026-0003" in ppid.text
    assert "2026-0001" in ppid.get(first).text and "« 2026" not in ppid.text
    assert ppid.get(first.partition("urut=")[0] + "urut=bukan").status == 200


def test_many_are_forwarded_at_once_each_with_its_own_result(app, sign_in, desk):
    ids = [ask(app) for _ in range(3)]
    for each in ids[:2]:
        app.find_owner(each, desk.ppid, agency="diskopindag")
    ppid = sign_in("ppid").get("/meja")
    assert "Langkah 7: hubungi PPID Pembantu" in ppid.text

    ppid.get(picked(ppid, "forward") + f"&id={ids[2]}")
    assert "untuk 2 permohonan" in ppid.text and "Tidak ikut dikerjakan" in ppid.text
    form = next(f for f in ppid.page.forms if "/meja/banyak/forward" in f.get("action"))
    sent = {"request": [v for n, v in form.form_values() if n == "request"]}
    sent |= {"idempotency_key": form.fields["idempotency_key"]}
    app.forward(ids[1], desk.ppid, agency="dinsos")
    ppid.post(form.get("action"), sent)

    assert "Tersimpan untuk 1 permohonan" in ppid.text
    assert "Tidak tersimpan untuk 1 permohonan" in ppid.text and "Muat ulang" in ppid.text
    assert [8, 8, 6] == [app.repository.get(each).step for each in ids]
    ppid.post(form.get("action"), sent)
    assert "Tersimpan untuk 1 permohonan" in ppid.text
    assert ppid.get("/meja/banyak?tindakan=refuse").status == 404


def test_the_page_says_who_may_do_what_and_why_not(app, sign_in):
    address = f"/meja/{ask(app)}"
    ppid, atasan = sign_in("ppid"), sign_in("atasan_ppid")

    ppid.get(address)
    order = [" ".join(each.text_content().split()) for each in ppid.page.xpath("//details/summary")]
    assert order.index("Langkah 6: catat hasil pemeriksaan ketersediaan") < order.index(
        "Tolak permohonan"
    )
    assert "PemohonTarik permohonan" in ppid.text
    assert "PPIDLangkah 6" in atasan.get(address).text
