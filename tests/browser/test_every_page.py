"""Every kind of page, for everybody who may see it: accessible, and no wider than a phone."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from satudata import stories
from satudata.places import SERVICES
from satudata.stories import City

from tests.browser.people import NARROW, Officer, People, Person
from tests.installations import START, Embedded

_AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"], "resultTypes": ["violations"]}
_OPEN_EVERYTHING = "document.querySelectorAll('details').forEach(each => { each.open = true })"


@dataclass(frozen=True)
class Requests:
    """Requests in the states that pages differ by."""

    new: str
    forwarded: str
    returned: str
    to_be_masked: str
    given: str
    given_number: str
    given_code: str
    refused: str
    refused_number: str
    refused_code: str
    """Refused, and objected to."""


PUBLIC = (
    "/",
    "/data",
    "/data?q=umkm",
    "/data?q=tidakadayangbegini",
    "/data/data-pelaku-umkm-per-kelurahan",
    "/data/umkm-menurut-kecamatan-dan-jenis-usaha",
    "/data/pasar-rakyat",
    "/dip",
    "/dip?q=tidakadayangbegini",
    "/dip/DIP-2026-001",
    "/daftar-data",
    "/permohonan",
    "/permohonan/bantuan",
    "/permohonan/formulir?data=data-pelaku-umkm-per-kelurahan",
    "/permohonan/lacak",
    *("/laporan/2026", "/laporan/2026/register-permohonan", "/laporan/2026/register-keberatan"),
    "/surat/periksa",
    "/surat/periksa/tidak-ada",
    "/sop",
    "/masuk",
    "/tidak-ada",
    *(f"/api/{service}/docs" for service in SERVICES),
)
_REQUEST_PAGES = tuple(
    f"/meja/{{{state}}}"
    for state in ("new", "forwarded", "returned", "to_be_masked", "given", "refused")
)
_SCOPES = ("open", "late", "returned", "objections", "ended")
_TABS = tuple(f"/meja?saring={scope}" for scope in _SCOPES)
BY_ROLE = {
    "ppid": (
        *("/meja", "/meja?q=2026-9999", *_TABS, *_REQUEST_PAGES),
        *("/meja?langkah=8&terlambat=ya", "/meja?q=umkm", "/meja/{new}?dari=q%3Dumkm&urut=MXw="),
        *(
            "/meja/banyak?tindakan=forward&id={new}",
            "/meja/permohonan-baru",
            "/meja/{new}/kode-lacak",
        ),
        *("/privasi", "/privasi/{to_be_masked}", "/privasi/{given}", "/surat"),
        *("/surat?nomor=2026-9999", "/dip?untuk={new}&versi=1", "/dip/baru", "/dip/DIP-2026-001"),
        *("/laporan/2026", "/laporan/2026/register-permohonan"),
        *("/meja/uji-konsekuensi", "/meja/uji-konsekuensi/baru"),
        "/meja/uji-konsekuensi/UK-2026-001",
    ),
    "koperasi": (
        *("/meja", "/meja?saring=open", "/meja/{forwarded}", "/meja/{given}"),
        *("/privasi", "/privasi/{to_be_masked}", "/surat"),
    ),
    "sosial": ("/meja", "/meja/{forwarded}"),
    "walidata": (
        *("/meja", "/meja/{given}", "/data/kelola", "/surat"),
        *("/data/kelola?data=pasar-rakyat", "/data/pasar-rakyat", "/data/kelola/buku-tamu"),
    ),
    "atasan": ("/meja", "/meja/{refused}", "/surat", "/meja/penunjukan"),
    "auditor": (
        *("/meja", "/meja/{given}", "/meja/{refused}", "/surat"),
        *("/audit", "/audit/peristiwa", "/audit/peristiwa?since=kemarin"),
        *("/audit/kesesuaian", "/audit/kesesuaian?since=kemarin"),
        *("/audit/permohonan/{given_number}", "/audit/pertanyaan/tindakan-petugas"),
        "/audit/pertanyaan/keadaan?request={given_number}",
        "/audit/pertanyaan/pembaca-data-pribadi?request={given_number}",
    ),
    "operator": (
        *("/notifikasi", "/kotak-surat", "/webhook", "/meja", "/masuk"),
        *("/pesan", "/pesan/letters/pekerjaan?sebab=tidakadayangbegini"),
    ),
    "integrator": ("/webhook", "/masuk"),
}


@pytest.fixture(scope="module")
def requests(embedded: Embedded) -> Requests:
    """Told over the API: it is the pages that are looked at here."""
    embedded.clock.set(START)
    city = City(embedded.url)
    ppid = city.officer("ppid")
    _, new = city.submit()
    _, returned = city.submit()
    ppid.command(
        returned["id"], "return", missing=["tujuan"], explanation="Sebutkan tujuan pemakaian data."
    )
    forwarded = _told_to_step(stories.granted(city), 3)
    to_be_masked = _told_to_step(stories.granted(city), 5)
    findings = f"/api/privacy/requests/{to_be_masked['id']}/findings"
    city.wait("the findings", lambda: ppid.get(findings), lambda f: f["state"] == "scanned")
    given, refused = list(stories.granted(city)), list(stories.refused(city))
    first = refused[0].request
    siti = city.pemohon(first["tracking_code"])
    siti.command(
        first["id"],
        "object",
        ground="penolakan",
        case="Data yang saya minta tidak memuat rahasia usaha; mohon penolakan ditinjau kembali.",
    )
    return Requests(
        new=new["id"],
        forwarded=forwarded["id"],
        returned=returned["id"],
        to_be_masked=to_be_masked["id"],
        given=given[0].request["id"],
        given_number=given[0].request["register_number"],
        given_code=given[0].request["tracking_code"],
        refused=first["id"],
        refused_number=first["register_number"],
        refused_code=first["tracking_code"],
    )


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_public_pages_break_no_rule_of_accessibility(people: People, dark: bool) -> None:
    anybody = people.visitor(dark=dark)

    assert {} == _broken_rules(anybody, PUBLIC)


@pytest.mark.parametrize("username", sorted(BY_ROLE))
def test_an_officers_pages_break_no_rule_of_accessibility(
    people: People, requests: Requests, username: str
) -> None:
    officer = people.officer(username)

    assert {} == _broken_rules(officer, _paths(username, requests))


def test_a_pemohons_pages_break_no_rule_of_accessibility(
    people: People, requests: Requests
) -> None:
    assert {} == {
        name: broken
        for name, person in _pages_of_a_pemohon(people, requests)
        if (broken := _broken_rules_here(person))
    }


def test_pages_that_say_no_break_no_rule_of_accessibility(
    people: People, requests: Requests
) -> None:
    assert {} == {
        name: broken
        for name, person in _pages_that_say_no(people, requests)
        if (broken := _broken_rules_here(person))
    }


def test_the_public_pages_fit_a_small_phone(people: People) -> None:
    anybody = people.visitor(size=NARROW)

    assert [] == _too_wide(anybody, PUBLIC)


@pytest.mark.parametrize("username", sorted(BY_ROLE))
def test_an_officers_pages_fit_a_small_phone(
    people: People, requests: Requests, username: str
) -> None:
    officer = people.officer(username)
    officer.page.set_viewport_size({"width": NARROW["width"], "height": NARROW["height"]})

    assert [] == _too_wide(officer, _paths(username, requests))


def test_a_pemohons_pages_and_refusals_fit_a_small_phone(
    people: People, requests: Requests
) -> None:
    assert [] == [
        name
        for pages in (_pages_of_a_pemohon, _pages_that_say_no)
        for name, person in pages(people, requests)
        if _is_too_wide(person)
    ]


def _told_to_step(story: Iterator[stories.Done], count: int) -> dict[str, str]:
    told = list(islice(story, count))
    return told[0].request


def _paths(username: str, requests: Requests) -> list[str]:
    return [path.format(**vars(requests)) for path in BY_ROLE[username]]


def _pages_of_a_pemohon(people: People, requests: Requests) -> Iterator[tuple[str, Person]]:
    siti = people.pemohon()
    siti.apply()
    yield "the receipt", siti
    siti.go("Unggah berkas persyaratan")
    yield "the papers", siti
    for name in ("given", "refused"):
        siti.register_number = getattr(requests, f"{name}_number")
        siti.tracking_code = getattr(requests, f"{name}_code")
        siti.follow()
        yield f"a request that was {name}", siti
    siti.press("Lihat data yang disimpan tentang saya")
    yield "what is held on them", siti


def _pages_that_say_no(people: People, requests: Requests) -> Iterator[tuple[str, Person]]:
    siti = people.pemohon()
    siti.visit("/permohonan/formulir")
    siti.page.eval_on_selector("#permohonan", "form => { form.noValidate = true }")
    siti.press("Kirim permohonan")
    siti.sees("Periksa lagi isian berikut")
    yield "the form with every mistake", siti
    siti.visit("/permohonan/lacak")
    siti.type("Nomor pendaftaran", "2026-9999")
    siti.type("Kode lacak", "AAAAAAAAAA")
    siti.press("Buka permohonan")
    siti.sees("Belum dapat dibuka")
    yield "a wrong tracking code", siti
    ppid = people.officer("ppid")
    yield from _refusals_at_the_desk(ppid, requests)
    ppid.visit(f"/privasi/{requests.to_be_masked}")
    ppid.press("Tidak ada data pribadi")
    ppid.sees("Belum dapat dilanjutkan")
    yield "a file that is not clean", ppid
    ppid.press("Lihat hasilnya dulu")
    ppid.sees("Beginilah data akan diterima Pemohon.")
    yield "the preview", ppid
    ppid.press("Lihat berkas asli")
    ppid.sees("Data ini belum disamarkan")
    yield "the original", ppid


def _refusals_at_the_desk(ppid: Officer, requests: Requests) -> Iterator[tuple[str, Person]]:
    ppid.visit(f"/meja/{requests.new}")
    form = ppid.act("Tolak permohonan")
    form.locator("form").evaluate("form => { form.noValidate = true }")
    ppid.press("Tolak permohonan", form)
    expect(ppid.page.get_by_role("alert")).to_be_visible()
    yield "a refusal without a reason", ppid
    ppid.visit(f"/meja/{requests.new}")
    ppid.press("Tampilkan identitas")
    ppid.sees("Pembacaan ini dicatat.")
    yield "the identity", ppid
    ppid.visit(f"/meja/{requests.new}")
    ppid.context.clear_cookies()
    form = ppid.act("Tolak permohonan")
    ppid.field("Alasan penolakan", form).select_option(value="pasal_17_b")
    ppid.type("Penjelasan untuk Pemohon", stories.NARRATIVE, form)
    ppid.press("Tolak permohonan", form)
    ppid.sees("Yang sudah Anda isi")
    yield "a session that ended", ppid
    ppid.sign_in("ppid")


def _broken_rules(person: Person, paths: tuple[str, ...] | list[str]) -> dict[str, list[str]]:
    broken = {}
    for path in paths:
        person.visit(path)
        if found := _broken_rules_here(person):
            broken[path] = found
    return broken


def _broken_rules_here(person: Person) -> list[str]:
    person.page.evaluate(_OPEN_EVERYTHING)
    violations = Axe().run(person.page, options=_AXE).response["violations"]
    return [
        f"{rule['id']}: {node['html'][:160]} {node.get('failureSummary', '')[:240]}"
        for rule in violations
        for node in rule["nodes"][:3]
    ]


def _too_wide(person: Person, paths: tuple[str, ...] | list[str]) -> list[str]:
    wide = []
    for path in paths:
        person.visit(path)
        if _is_too_wide(person):
            wide.append(path)
    return wide


def _is_too_wide(person: Person) -> bool:
    person.page.set_viewport_size({"width": NARROW["width"], "height": NARROW["height"]})
    person.page.evaluate(_OPEN_EVERYTHING)
    return person.scrolls_sideways()
