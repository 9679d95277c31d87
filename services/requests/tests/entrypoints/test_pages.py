"""The pages as people use them: forms filled in and sent as a browser without JavaScript does."""

import re
from datetime import date
from typing import Any

import httpx
import lxml.html
import pytest
from chassis.actor import Actor
from requests_service.domain.data_request import ClearedFile, IssuedLetter
from requests_service.entrypoints.acts import OFFICER_ACTS, PEMOHON_ACTS
from requests_service.entrypoints.sign_in_pages import safe_path

from services.requests.tests import builders as b
from services.requests.tests.conftest import PASSWORD, a_submission

pytestmark = pytest.mark.servers
PRIVACY, LETTERS = Actor("ppid-1", "ppid"), Actor("letters", "service")
FORM = {
    "data_wanted": "Jumlah UMKM per kecamatan tahun 2021 sampai 2025",
    "purpose": "Bahan skripsi tentang sebaran UMKM per kecamatan",
    "name": "Sekar <b>Contoh</b>",
    "nik": b.IDENTITY.nik,
    "address": "Jalan Contoh 1, Malang",
    "email": "sekar@contoh.example",
    "occupation": "Mahasiswa",
    "truth": "ya",
    "consent": "ya",
}
WHY = "Kolom nama pemilik memuat data pribadi orang lain yang tidak dapat dibuka kepada umum."


class Browser:
    """Follows links, fills in forms that are really there, and keeps cookies."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._cookies = httpx.Cookies()

    def get(self, path: str) -> "Browser":
        return self._show(self._send("GET", path))

    def send(self, action: str, **typed: Any) -> "Browser":
        """Fill in the form of the page with this action, and send it."""
        forms = [f for f in self.page.forms if f.get("action") == action]
        assert forms, f"{action} is not among {[f.get('action') for f in self.page.forms]}"
        data = dict(forms[0].form_values())
        for name, value in typed.items():
            assert forms[0].xpath(f".//*[@name='{name}']"), f"no field {name} in {action}"
            data[name] = value
        return self.post(action, data)

    def post(self, action: str, data: dict[str, Any]) -> "Browser":
        answer = self._send("POST", action, data=data)
        while answer.status_code == 303:
            answer = self._send("GET", answer.headers["location"])
        return self._show(answer)

    def _send(self, method: str, path: str, **more: Any) -> Any:
        self._client.cookies = self._cookies
        answer = self._client.request(method, path, follow_redirects=False, **more)
        self._cookies = httpx.Cookies(self._client.cookies)
        return answer

    def cookie(self, name: str) -> Any:
        """The cookie with its path and attributes, as the browser keeps it."""
        return next((cookie for cookie in self._cookies.jar if cookie.name == name), None)

    def _show(self, answer: Any) -> "Browser":
        self.status, self.html, self.headers = answer.status_code, answer.text, answer.headers
        self.location = answer.headers.get("location")
        self.page = lxml.html.fromstring(answer.text) if answer.text else None
        return self

    @property
    def text(self) -> str:
        return " ".join(self.page.find(".//main").text_content().split())

    def links(self) -> list[str]:
        return list(self.page.xpath("//main//a/@href"))


@pytest.fixture(autouse=True)
def _the_clock(clock_at):
    """Friday, ten in the morning in Malang."""


@pytest.fixture
def citizen(client):
    return Browser(client)


@pytest.fixture
def sign_in(app, client):
    """`sign_in("ppid")` is a browser in which an officer of that role sits."""

    def sitting(role: str, agency: str | None = None) -> Browser:
        username = agency or role
        app.accounts.add(
            username=username, name=f"Petugas {username}", role=role, agency=agency,
            password=PASSWORD, by=Actor("setup", "operator"),
        )  # fmt: skip
        browser = Browser(client)
        browser.get("/masuk").send("/masuk", username=username, password=PASSWORD)
        return browser

    return sitting


def submit(citizen: Browser, **other: str) -> tuple[str, str]:
    citizen.get("/permohonan/formulir").send("/permohonan/formulir", **{**FORM, **other})
    assert citizen.status == 201, citizen.text
    number = re.search(r"\d{4}-\d{4}", citizen.page.findtext(".//h1"))
    return number.group(), citizen.page.get_element_by_id("kode-lacak").text


def address_of(app, number: str) -> str:
    return f"/meja/{app.reading.id_of(number)}"


def act(browser: Browser, address: str, name: str, **typed: Any) -> None:
    browser.get(address).send(f"{address}/{name}", **typed)
    assert browser.status == 200, browser.text
    assert OFFICER_ACTS[name].done in browser.text


def receive_receipt(browser: Browser, tokens: Any, address: str) -> None:
    claims = {
        "request_id": address.rpartition("/")[2], "digest": b.ORIGINAL, "size": 48213,
        "filename": "umkm.csv",
    }  # fmt: skip
    receipt = tokens.sign(claims, purpose="receipt", seconds=60)
    browser.get(f"{address}?receipt={receipt}")
    browser.get("/meja")
    # Still there for who looked at something else first.
    assert "umkm.csv" in browser.get(address).text
    browser.send(f"{address}/hand-over")
    assert "sudah diserahkan" in browser.text


def letter_issued(app, number: str, letter: str) -> str:
    letter_id = "0190" + format(len(letter), "028x")
    app.reports.record_letter(
        app.reading.id_of(number),
        LETTERS,
        letter=IssuedLetter(letter, letter_id, "500/1/2026", date(2026, 11, 20), "d", "pemohon"),
    )
    return letter_id


def cleared(app, number: str) -> None:
    file = ClearedFile(b.ORIGINAL, "umkm.csv", "text/csv", 48213, 700)
    app.reports.record_clean(app.reading.id_of(number), PRIVACY, file=file)


def test_a_citizen_goes_from_the_form_to_the_data(
    app, citizen, sign_in, privacy_tokens, consequence_test
):
    number, _ = submit(citizen)
    at = address_of(app, number)
    ppid, walidata = sign_in("ppid"), sign_in("walidata")
    koperasi = sign_in("ppid_pembantu", "diskopindag")

    act(ppid, at, "check-availability", outcome="agency", agency="diskopindag")
    act(ppid, at, "forward", message="Mohon ditindaklanjuti.")
    act(koperasi, at, "grant-in-part", refused_parts="Kolom nama pemilik",
        reason_code="pasal_17_h", consequence_test=consequence_test, narrative=WHY)  # fmt: skip
    came, fields = "dari=saring%3Doffice&urut=1", "//form[@action='/privasi/unggah']//input"
    koperasi.get(f"{at}?{came}")
    assert koperasi.page.xpath(f"{fields}[@name='ticket']/@value")
    assert [came] == koperasi.page.xpath(f"{fields}[@name='came']/@value")
    receive_receipt(koperasi, privacy_tokens, at)
    assert f"/privasi/{at.rpartition('/')[2]}" in ppid.get(at).links()
    cleared(app, number)
    act(ppid, at, "hand-to-walidata")
    standard = {"concept": "Usaha", "definition": "Menurut UU 20/2008", "measure": "Jumlah"}
    standard |= {"classification": "Kecamatan", "unit": "unit", "title": "UMKM per kecamatan"}
    act(walidata, at, "list-in-daftar-data", **standard)
    act(walidata, at, "draft-delivery", cover_note="Data per Desember.")
    act(ppid, at, "deliver")
    assert "receive" not in " ".join(citizen.get(f"/permohonan/{number}").page.xpath("//@action"))
    letter_id = letter_issued(app, number, "surat_penyampaian_pemohon")

    citizen.get(f"/permohonan/{number}")
    assert f"/permohonan/{number}/surat/{letter_id}" in citizen.links()
    assert "umkm.csv" in citizen.text
    citizen.send(f"/permohonan/{number}/receive")

    assert PEMOHON_ACTS["receive"].done in citizen.text
    assert "Selesai, data diterima" in citizen.text
    for browser in (ppid, koperasi, walidata):
        assert "Data diterima Pemohon" in browser.get(at).text


def test_a_refusal_by_the_agency_reaches_the_citizen_who_objects(
    app, citizen, sign_in, consequence_test
):
    number, _ = submit(citizen)
    at = address_of(app, number)
    ppid, atasan = sign_in("ppid"), sign_in("atasan_ppid")
    dinsos = sign_in("ppid_pembantu", "dinsos")

    act(ppid, at, "check-availability", outcome="agency", agency="dinsos")
    act(ppid, at, "forward")
    act(dinsos, at, "refuse", reason_code="pasal_17_h", consequence_test=consequence_test,
        narrative=WHY)  # fmt: skip
    act(dinsos, at, "send-refusal")
    act(ppid, at, "notify-refusal")
    citizen.get(f"/permohonan/{number}")
    assert "Selesai, ditolak" in citizen.text and WHY in citizen.text
    citizen.send(f"/permohonan/{number}/object", ground="penolakan",
                 case="Data tanpa nama pemilik sudah cukup bagi saya.")  # fmt: skip
    assert PEMOHON_ACTS["object"].done in citizen.text
    assert "tanpa nama pemilik" in atasan.get(at).text
    act(atasan, at, "decide-objection", decision="dikabulkan_sebagian",
        reason="Data diberikan tanpa kolom nama pemilik usaha.")  # fmt: skip

    assert "dikabulkan sebagian" in citizen.get(f"/permohonan/{number}").text


def test_a_returned_request_is_completed_by_the_citizen(app, citizen, sign_in):
    number, _ = submit(citizen)
    at, ppid = address_of(app, number), sign_in("ppid")

    act(ppid, at, "return", missing="tujuan", explanation="Mohon jelaskan tujuan pemakaiannya.")
    assert "berhenti sementara" in ppid.text
    citizen.get(f"/permohonan/{number}")
    assert "Mohon jelaskan tujuan pemakaiannya." in citizen.text
    citizen.send(f"/permohonan/{number}/complete", answer="Untuk bahan skripsi tahun ini.",
                 purpose="Bahan skripsi tentang sebaran UMKM di Lowokwaru")  # fmt: skip

    assert PEMOHON_ACTS["complete"].done in citizen.text
    assert "di Lowokwaru" in ppid.get(at).text


def test_the_dip_page_of_the_catalogue_chooses_an_entry(app, citizen, sign_in, privacy_tokens):
    number, _ = submit(citizen)
    at, ppid = address_of(app, number), sign_in("ppid")
    version = ppid.get(at).page.xpath("//input[@name='version']/@value")[0]
    assert f"/dip?untuk={at.rpartition('/')[2]}&versi={version}" in ppid.links()

    sent = {"outcome": "dip", "dip_entry": "DIP-07", "version": version, "idempotency_key": "k1"}
    ppid.post(f"{at}/check-availability", sent)
    assert "Butir DIP-07" in ppid.text
    receive_receipt(ppid, privacy_tokens, at)

    assert f"/privasi/{at.rpartition('/')[2]}" in ppid.get(at).links()


def test_everything_wrong_is_told_at_once_and_nothing_typed_is_lost(citizen):
    citizen.get("/permohonan/formulir?data=umkm-2025").send(
        "/permohonan/formulir", name="Sekar <i>", purpose="asdf", nik="123", email="surel"
    )

    assert citizen.status == 422
    summary = citizen.page.xpath("//*[@role='alert']")[0]
    assert [a.get("href") for a in summary.xpath(".//a")] == [
        "#f-data_wanted", "#f-purpose", "#f-nik", "#f-address", "#f-email", "#f-occupation",
        "#f-truth", "#f-consent",
    ]  # fmt: skip
    assert citizen.page.xpath("//input[@name='name']/@value") == ["Sekar <i>"]
    assert citizen.page.xpath("//input[@name='dataset']/@value") == ["umkm-2025"]
    citizen.send("/permohonan/formulir", **{**FORM, "email": "surel", "nik": "123"})
    assert citizen.page.xpath("//*[@aria-invalid]/@name") == ["nik", "email"]


def test_a_proxy_who_wants_paper_by_mail_is_read_so_by_the_desk(app, citizen, sign_in):
    citizen.get("/permohonan/formulir").send(
        "/permohonan/formulir", **FORM, way_to_obtain="salinan_cetak", acts_for="CV Makmur"
    )
    assert [a.get("href") for a in citizen.page.xpath("//*[@role='alert']//a")] == [
        "#f-way_to_send", "#f-power_of_attorney",
    ]  # fmt: skip
    citizen.send("/permohonan/formulir", way_to_send="pos", power_of_attorney="12/SK/2026",
                 nik=b.IDENTITY.nik)  # fmt: skip
    assert citizen.status == 201, citizen.text
    number = re.search(r"\d{4}-\d{4}", citizen.page.findtext(".//h1")).group()

    ppid = sign_in("ppid").get(address_of(app, number))

    for words in ("melalui kuasa", "Salinan cetak", "Pos atau kurir"):
        assert words in ppid.text
    assert "CV Makmur" not in ppid.text
    ppid.send(f"{address_of(app, number)}/identitas")
    assert "CV Makmur" in ppid.text and "12/SK/2026" in ppid.text
    assert "Salinan cetak" in citizen.get(f"/permohonan/{number}").text


def test_a_search_in_vain_is_carried_into_the_form(citizen):
    citizen.get("/permohonan/formulir?cari=luas+sawah+2025")

    assert (
        citizen.page.xpath("//textarea[@name='data_wanted']")[0].value.strip() == "luas sawah 2025"
    )


def test_a_form_sent_twice_gives_one_registration_and_the_same_receipt(app, citizen):
    citizen.get("/permohonan/formulir")
    form = next(f for f in citizen.page.forms if f.get("action") == "/permohonan/formulir")
    sent = {**dict(form.form_values()), **FORM}

    first = citizen.post("/permohonan/formulir", sent).text
    second = citizen.post("/permohonan/formulir", sent).text

    assert first == second and "2026-0001" in first
    assert app.pool.execute("SELECT count(*) FROM registrations") == [(1,)]


def test_the_same_form_with_other_words_is_not_swallowed(citizen):
    citizen.get("/permohonan/formulir")
    form = next(f for f in citizen.page.forms if f.get("action") == "/permohonan/formulir")
    sent = {**dict(form.form_values()), **FORM}
    citizen.post("/permohonan/formulir", sent)

    citizen.post("/permohonan/formulir", {**sent, "data_wanted": "Luas sawah per kecamatan"})

    assert citizen.status == 409 and "sudah pernah dikirim" in citizen.text
    assert citizen.page.xpath("//input[@name='idempotency_key']/@value") != [
        sent["idempotency_key"]
    ]
    citizen.send("/permohonan/formulir")
    assert "2026-0002" in citizen.text


def test_a_request_opens_with_its_code_alone(client, citizen):
    number, code = submit(citizen)
    stranger = Browser(client)

    stranger.get(f"/permohonan/{number}")
    assert "Kode lacak" in stranger.text and "UMKM" not in stranger.text
    stranger.send("/permohonan/lacak", tracking_code="AAAAAAAAAA")
    assert stranger.status == 403 and "tidak cocok" in stranger.text
    stranger.send("/permohonan/lacak", tracking_code=code.lower())

    assert "UMKM" in stranger.text
    assert code not in stranger.html
    assert stranger.headers["cache-control"] == "no-store"


def test_a_code_cannot_be_guessed_for_ever(client, citizen):
    number, code = submit(citizen)
    guesser = Browser(client)
    guesser.get(f"/permohonan/{number}")

    for _ in range(10):
        guesser.send("/permohonan/lacak", tracking_code="AAAAAAAAAA")
    guesser.send("/permohonan/lacak", tracking_code=code)

    assert guesser.status == 429


def test_one_request_does_not_open_another(app, client, citizen):
    first, _ = submit(citizen)
    other = Browser(client)
    second, _ = submit(other)

    other.get(f"/permohonan/{first}")

    assert "Masukkan" in other.text or "Kode lacak" in other.text
    other.get(f"/permohonan/{second}/surat/{'0' * 32}")
    assert other.status == 404


@pytest.mark.parametrize("path", ["/meja", "/meja/8b8c3a34-95a5-4d70-8d61-000000000000"])
def test_the_desk_asks_who_it_is_before_anything(citizen, path):
    citizen.get(path)

    assert citizen.status == 303
    assert citizen.location.startswith("/masuk?kembali=%2Fmeja")


def test_an_act_without_session_gives_back_what_was_typed(app, citizen):
    number, _ = submit(citizen)

    citizen.post(f"{address_of(app, number)}/refuse", {"narrative": WHY, "version": "1"})

    assert citizen.status == 401
    assert WHY in citizen.text and "Kirim lagi" in citizen.text


def test_a_citizen_whose_time_ran_out_gets_their_words_back(client, citizen):
    number, _ = submit(citizen)
    later = Browser(client)

    later.post(
        f"/permohonan/{number}/object", {"ground": "biaya", "case": "Saya diminta membayar."}
    )

    assert later.status == 401
    assert "Saya diminta membayar." in later.text and "Kode lacak" in later.text


def test_an_agency_does_not_see_what_another_agency_handles(app, citizen, sign_in):
    number, _ = submit(citizen)
    at, ppid = address_of(app, number), sign_in("ppid")
    act(ppid, at, "check-availability", outcome="agency", agency="diskopindag")
    dinsos = sign_in("ppid_pembantu", "dinsos")

    assert dinsos.get(at).status == 403
    assert dinsos.post(f"{at}/grant", {}).status == 403
    assert dinsos.post(f"{at}/identitas", {}).status == 403
    assert number not in dinsos.get("/meja?saring=open").text


def test_an_officer_who_saw_an_older_state_is_shown_the_new_one_and_their_words(
    app, citizen, sign_in
):
    number, _ = submit(citizen)
    at, ppid, other = address_of(app, number), sign_in("ppid"), sign_in("walidata")
    ppid.get(at)
    stale = next(f for f in ppid.page.forms if f.get("action") == f"{at}/refuse")
    typed = {**dict(stale.form_values()), "reason_code": "bukan_informasi_publik", "narrative": WHY}
    act(ppid, at, "check-availability", outcome="agency", agency="dinsos")

    ppid.post(f"{at}/refuse", typed)

    assert ppid.status == 409
    assert "Menghubungi PPID Pembantu" in ppid.text and WHY in ppid.text
    # The paper's other columns, for who has it beside the screen.
    assert "Waktu 3 Hari; Output: Surat Permohonan Data kepada PPID Pembantu" in ppid.text
    assert "data yang diminta bukan Informasi Publik" in ppid.text  # not its code
    assert "Isian Anda disalin di bawah ini." in ppid.text
    assert other.get(at).status == 200


def test_a_letter_that_went_out_meanwhile_does_not_make_a_form_stale(app, citizen, sign_in):
    number, _ = submit(citizen)
    at, ppid = address_of(app, number), sign_in("ppid")
    ppid.get(at)
    letter_issued(app, number, "tanda_bukti_penerimaan")

    ppid.send(f"{at}/check-availability", outcome="agency", agency="dinsos")

    assert ppid.status == 200 and OFFICER_ACTS["check-availability"].done in ppid.text


def test_a_refusal_without_reason_says_so_beside_the_field(app, citizen, sign_in):
    number, _ = submit(citizen)
    at, ppid = address_of(app, number), sign_in("ppid")

    ppid.get(at).send(f"{at}/refuse", reason_code="pasal_17_j", narrative=WHY)

    assert ppid.status == 422
    assert ppid.page.xpath("//form[@id='refuse']//*[@aria-invalid]/@name") == ["other_law"]
    assert ppid.page.get_element_by_id("refuse-narrative").value.strip() == WHY


def test_the_identity_is_shown_on_demand_and_the_reading_is_recorded(app, citizen, sign_in):
    number, _ = submit(citizen)
    at, ppid = address_of(app, number), sign_in("ppid")
    assert b.IDENTITY.nik not in ppid.get(at).html

    ppid.send(f"{at}/identitas")

    assert b.IDENTITY.nik in ppid.text
    assert "<b>Contoh" not in ppid.html
    assert app.pool.execute("SELECT count(*) FROM facts WHERE type = 'PersonalDataRead'") == [(1,)]


def test_the_auditor_reads_the_timeline_but_no_text_and_no_name(app, citizen, sign_in):
    number, _ = submit(citizen)
    auditor = sign_in("auditor")

    auditor.get(address_of(app, number))

    assert auditor.status == 200 and "Permohonan diterima" in auditor.text
    assert "UMKM" not in auditor.text
    assert not [a for a in auditor.page.xpath("//main//@action") if a.startswith("/meja/")]


def test_a_forgotten_citizen_leaves_a_page_without_their_words(app, citizen, sign_in):
    number, _ = submit(citizen)
    citizen.get(f"/permohonan/{number}").send(f"/permohonan/{number}/withdraw")
    ppid = sign_in("ppid")
    operator = Actor("operator", "operator")
    app.forgetting.erase(app.reading.id_of(number), operator, reason="permintaan")

    ppid.get(address_of(app, number))
    citizen.get(f"/permohonan/{number}")

    assert ppid.status == citizen.status == 200
    assert "dihapus" in ppid.text and "UMKM" not in ppid.text + citizen.text


def test_what_cannot_be_done_now_is_told_with_its_reason(app, citizen, sign_in):
    number, _ = submit(citizen)
    ppid = sign_in("ppid").get(address_of(app, number))
    told = {dt.text: dt.getnext().text for dt in ppid.page.xpath("//details//dt")}

    assert "berada pada langkah 6" in told[OFFICER_ACTS["deliver"].label]
    assert OFFICER_ACTS["grant"].label not in told


def test_a_disabled_officer_is_signed_out_at_the_desk(app, sign_in):
    ppid = sign_in("ppid")
    app.accounts.disable("ppid", Actor("operator", "operator"))

    ppid.get("/meja")
    assert (ppid.status, ppid.location) == (303, "/masuk?kembali=%2Fmeja")

    ppid.get("/masuk")
    assert "Kata sandi" in ppid.text


def test_a_disabled_officer_enters_nothing_and_opens_no_bundle(app, client, sign_in):
    ppid = sign_in("ppid")
    by_program = {"Authorization": f"Bearer {ppid.cookie('sesi').value}"}
    assert 422 == client.post("/api/requests/enter", json={}, headers=by_program).status_code
    app.accounts.disable("ppid", Actor("operator", "operator"))
    body = a_submission(channel="telepon", received_on="2026-11-20") | {"email": ""}

    entered = client.post("/api/requests/enter", json=body, headers=by_program)

    assert 401 == entered.status_code
    for page in ("/laporan/2026/bukti-e-monev.zip", "/meja/permohonan-baru"):
        assert 303 == ppid.get(page).status


def test_a_session_is_renewed_by_any_page_when_half_of_it_is_used(sign_in, clock_at):
    ppid = sign_in("ppid")
    first = ppid.cookie("sesi").value

    clock_at("2026-11-20T10:29+07:00")
    assert first == ppid.get("/sop").cookie("sesi").value
    clock_at("2026-11-20T10:31+07:00")
    second = ppid.get("/sop").cookie("sesi").value
    clock_at("2026-11-20T11:20+07:00")

    assert first != second
    assert (200, "/") == (ppid.get("/meja").status, ppid.cookie("sesi").path)


def test_a_page_without_session_makes_none(citizen):
    assert citizen.get("/sop").cookie("sesi") is None
    assert citizen.get("/masuk").cookie("sesi_lanjutan") is None


def test_a_session_that_ran_out_goes_on_without_a_password(sign_in, clock_at):
    ppid = sign_in("ppid")
    renewal = ppid.cookie("sesi_lanjutan")
    assert ("/masuk", True, "lax") == (
        renewal.path, renewal.has_nonstandard_attr("HttpOnly"),
        renewal.get_nonstandard_attr("SameSite"),
    )  # fmt: skip

    clock_at("2026-11-20T15:00+07:00")
    ppid.get("/meja?saring=late")
    assert ppid.status == 303
    ppid.get(ppid.location)

    assert (303, "/meja?saring=late") == (ppid.status, ppid.location)
    assert "Terlambat" in ppid.get(ppid.location).text
    assert renewal.value == ppid.cookie("sesi_lanjutan").value


@pytest.mark.parametrize(
    "kembali", ["//jahat.example", "https://jahat.example/", "/\\jahat.example", ""]
)
def test_a_renewal_leads_nowhere_else(sign_in, clock_at, kembali):
    ppid = sign_in("ppid")
    clock_at("2026-11-20T15:00+07:00")

    ppid.get(f"/masuk?kembali={kembali}")

    assert (303, "/masuk") == (ppid.status, ppid.location)
    assert "Anda sudah masuk" in ppid.get("/masuk").text


def test_after_ten_hours_the_password_is_asked_for_again(sign_in, clock_at):
    ppid = sign_in("ppid")
    clock_at("2026-11-20T20:01+07:00")

    ppid.get("/masuk?kembali=%2Fmeja")

    assert ppid.status == 200 and "Kata sandi" in ppid.text


def test_a_disabled_account_is_renewed_nowhere(app, sign_in, clock_at):
    ppid, other = sign_in("ppid"), sign_in("walidata")
    for name in ("ppid", "walidata"):
        app.accounts.disable(name, Actor("operator", "operator"))

    clock_at("2026-11-20T10:40+07:00")
    other.get("/sop")
    clock_at("2026-11-20T15:00+07:00")
    ppid.get("/masuk?kembali=%2Fmeja")

    assert other.cookie("sesi") is None and other.cookie("sesi_lanjutan") is None
    assert ppid.status == 200 and "Kata sandi" in ppid.text


def test_signing_out_ends_the_session_and_its_renewal(sign_in):
    ppid = sign_in("ppid")

    ppid._send("POST", "/keluar")

    assert ppid.cookie("sesi") is None and ppid.cookie("sesi_lanjutan") is None
    assert ppid.get("/masuk?kembali=%2Fmeja").status == 200


def test_one_token_does_not_do_for_the_other(sign_in, client):
    ppid = sign_in("ppid")
    session, renewal = ppid.cookie("sesi").value, ppid.cookie("sesi_lanjutan").value
    stranger = Browser(client)

    stranger._cookies.set("sesi", renewal)
    stranger._cookies.set("sesi_lanjutan", session)

    assert stranger.get("/meja").status == 303
    assert "Kata sandi" in stranger.get("/masuk").text


def test_a_wrong_password_keeps_the_name_and_not_the_password(citizen):
    citizen.get("/masuk").send("/masuk", username="ppid", password="salah-sekali")

    assert citizen.status == 401
    assert citizen.page.xpath("//input[@name='username']/@value") == ["ppid"]
    assert "salah-sekali" not in citizen.html


@pytest.mark.parametrize(
    ("given", "kept"),
    [("/meja?saring=late", "/meja?saring=late"), ("//jahat.example", ""), ("/\\jahat.example", ""),
     ("https://jahat.example/", ""), ("meja", ""), ("", ""), ("/\tjahat", ""),
     ("//[", ""), ("http://[", "")],
)  # fmt: skip
def test_signing_in_leads_back_into_this_site_only(given, kept):
    assert safe_path(given) == kept


def test_the_sop_page_prints_the_table(citizen):
    rows = citizen.get("/sop").page.xpath("//table[1]/tbody/tr/th/text()")

    assert rows[:16] == [str(no) for no in range(1, 17)]


def test_every_command_of_the_table_has_a_form():
    from requests_service.domain.commands import COMMANDS

    forms = {each.command for each in (*OFFICER_ACTS.values(), *PEMOHON_ACTS.values())}
    # A note is no command of the table.
    assert forms - {""} == set(COMMANDS)


def test_ids_are_unique_and_every_control_is_named(app, citizen, sign_in):
    number, _ = submit(citizen)
    ppid = sign_in("ppid").get(address_of(app, number))

    for browser in (
        ppid,
        citizen.get(f"/permohonan/{number}"),
        citizen.get("/permohonan/formulir"),
    ):
        ids = browser.page.xpath("//@id")
        assert len(ids) == len(set(ids))
        for box in browser.page.xpath(
            "//main//input[not(@type='hidden')] | //main//select | //main//textarea"
        ):
            assert browser.page.xpath(f"//label[@for='{box.get('id')}']"), box.get("name")


def test_the_id_in_an_address_must_be_one(sign_in):
    assert sign_in("ppid").get("/meja/bukan-uuid").status == 422


def test_a_citizen_reads_what_goes_and_what_stays_asks_and_is_forgotten(app, citizen, sign_in):
    number, _ = submit(citizen)
    page = f"/permohonan/{number}"
    citizen.get(page)
    assert "Permohonan masih berjalan" in citizen.text
    citizen.send(f"{page}/withdraw")
    assert "Saat ini belum boleh dihapus" not in citizen.text
    assert "nomor dan tanggal surat dalam buku register, tanpa isinya" in citizen.text
    citizen.send(f"{page}/request-erasure", reason="Saya tidak jadi meneliti.")
    assert "menunggu putusan PPID" in citizen.text
    assert f"{page}/request-erasure" not in citizen.html

    ppid, address = sign_in("ppid"), address_of(app, number)
    assert number in ppid.get("/meja?saring=erasures").text
    ppid.get(address)
    assert "Saya tidak jadi meneliti." in ppid.text
    ppid.send(f"{address}/decide-erasure", decision="dikabulkan")

    assert "Dikabulkan. Pemohon memintanya (UU 27/2022 Pasal 43 ayat (1) huruf c)." in ppid.text
    assert "belum menjawab" in ppid.text
    assert "Data pribadi Anda sudah dihapus" in citizen.get(page).text
    assert "UMKM" not in ppid.text + citizen.text
    assert not [form for form in citizen.page.forms if form.get("action", "").startswith(page)]


def test_what_is_held_tells_the_officer_until_when(app, citizen, sign_in):
    number, _ = submit(citizen)
    citizen.get(f"/permohonan/{number}").send(f"/permohonan/{number}/request-erasure")
    ppid, address = sign_in("ppid"), address_of(app, number)
    ppid.get(address)
    assert "Permohonan masih berjalan" in ppid.text

    ppid.send(f"{address}/decide-erasure", decision="dikabulkan")
    assert 409 == ppid.status and "belum boleh dihapus" in ppid.text

    ppid.send(f"{address}/decide-erasure", decision="ditolak", reason="Masih dijawab oleh dinas.")
    assert 422 == ppid.status and "Pilih dasar penolakan" in ppid.text
    ppid.send(
        f"{address}/decide-erasure", decision="ditolak", reason_code="masih_diperlukan",
        reason="Permohonan masih dijawab oleh dinas.",
    )  # fmt: skip
    citizen.get(f"/permohonan/{number}")
    assert "Ditolak. Data masih diperlukan untuk tujuan pemrosesannya" in citizen.text
    assert "Alasan: Permohonan masih dijawab oleh dinas." in citizen.text
