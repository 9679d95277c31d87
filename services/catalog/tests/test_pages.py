"""What people see and may do, page by page."""

import re
from html.parser import HTMLParser
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from catalog_service import views

from .conftest import GUEST, described
from .test_daftar_data import listed

pytestmark = pytest.mark.servers
SIGNED = {
    "nama": GUEST["name"],
    "profesi": GUEST["profession"],
    "instansi": GUEST["institution"],
    "email": GUEST["email"],
    "setuju": "ya",
}
REQUEST = "7b0f7a62-5f0f-4a1c-9a53-c7a4c1c3d111"


class Links(HTMLParser):
    """Every address a page leads to, and every id on it."""

    def __init__(self, text):
        super().__init__()
        self.hrefs, self.ids, self.fields = [], [], {}
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        of = dict(attributes)
        if tag == "a" and "href" in of:
            self.hrefs.append(of["href"])
        if "id" in of:
            self.ids.append(of["id"])
        if tag in ("input", "select", "textarea") and "name" in of:
            self.fields[of["name"]] = of.get("value", "")


@pytest.fixture
def portal(demo, client):
    return client


def test_every_link_to_a_page_of_ours_leads_somewhere(portal):
    seen, waiting = set(), ["/"]
    while waiting:
        path = waiting.pop()
        answer = portal.get(path)
        assert answer.status_code == 200, path
        if "text/html" not in answer.headers["content-type"]:
            continue
        found = Links(answer.text)
        assert len(found.ids) == len(set(found.ids)), f"{path} uses an id twice"
        for href in found.hrefs:
            ours = re.match(r"/($|\?|data\b|dip\b|daftar-data\b|api/catalog)", href)
            if ours and href not in seen:
                seen.add(href)
                waiting.append(href)

    assert len(seen) > 60


def test_the_front_page_tells_how_to_ask_for_what_is_not_open(portal):
    text = portal.get("/").text

    assert "15" in text
    assert "/permohonan/formulir" in text


def test_what_was_looked_for_is_marked_and_escaped(portal):
    text = portal.get("/data", params={"q": "penduduk"}).text
    assert "<mark>Penduduk</mark>" in text

    text = portal.get("/data", params={"q": "<b>penduduk</b>"}).text
    assert "<b>penduduk" not in text
    assert "&lt;b&gt;" in text


def test_finding_nothing_leads_to_applying_with_the_words_kept(portal):
    text = portal.get("/data", params={"q": "pajk & dst"}).text

    assert "/permohonan/formulir?cari=pajk+%26+dst" in text
    assert "Mungkin maksud Anda" in text


def test_a_download_comes_as_a_file_with_a_good_name(portal):
    answer = portal.post("/data/pasar-rakyat", data={**SIGNED, "format": "asli"})

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/geo+json"
    assert answer.headers["content-disposition"] == 'attachment; filename="pasar-rakyat.geojson"'
    answer = portal.post("/data/pasar-rakyat", data={**SIGNED, "format": "csv"})
    assert answer.headers["content-disposition"] == 'attachment; filename="pasar-rakyat.csv"'
    assert answer.text.startswith("nama_pasar,")


def test_errors_keep_what_was_typed(portal):
    answer = portal.post("/data/pasar-rakyat", data={**SIGNED, "email": "siti", "setuju": ""})

    fields = Links(answer.text).fields
    assert answer.status_code == 422
    assert fields["nama"] == "Siti Nurhaliza"
    assert fields["email"] == "siti"
    assert "nama@contoh.id" in answer.text
    assert "Beri persetujuan" in answer.text


def test_a_restricted_dataset_shows_its_metadata_and_how_to_apply_but_gives_no_file(portal):
    slug = "data-pelaku-umkm-per-kelurahan"
    text = portal.get(f"/data/{slug}").text

    assert f"/permohonan/formulir?data={slug}" in text
    assert "Unduh" not in text
    assert portal.post(f"/data/{slug}", data=SIGNED).status_code == 403
    assert portal.get(f"/api/catalog/datasets/{slug}/file").status_code == 403
    assert portal.get(f"/api/catalog/datasets/{slug}/rows").status_code == 403


def test_a_dataset_that_became_restricted_gives_its_old_file_to_nobody(portal, demo, pool):
    from .conftest import WALIDATA

    now = views.dataset(pool, "pasar-rakyat")
    demo.import_dataset(None, "", {**now, "access": "restricted", "licence": "terbatas"}, WALIDATA)

    assert portal.post("/data/pasar-rakyat", data=SIGNED).status_code == 403
    assert portal.get("/api/catalog/datasets/pasar-rakyat").json()["versions"] == []
    assert "Cuplikan" not in portal.get("/data/pasar-rakyat").text


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/data/kelola"),
        ("POST", "/data/kelola"),
        ("GET", "/data/kelola/buku-tamu"),
        ("POST", "/data/kelola/buku-tamu"),
        ("GET", "/dip/baru"),
        ("POST", "/dip/baru"),
        ("POST", "/dip/DIP-2026-001/cabut"),
        ("POST", "/api/catalog/datasets"),
    ],
)
def test_keeping_the_catalogue_is_for_its_offices(portal, signed_in, method, path):
    assert portal.request(method, path).status_code in (303, 401)
    for role in ("ppid_pembantu", "auditor", "operator"):
        assert signed_in(role).request(method, path).status_code == 403, role


def test_the_walidata_publishes_a_file_and_is_shown_the_dataset(portal, signed_in):
    browser = signed_in("walidata")
    typed = {**described(title="Daftar Halte", slug=""), "keywords": "halte, bus"}

    answer = browser.post(
        "/data/kelola", data=typed, files={"file": ("halte.csv", b"nama,x\nHalte A,1\n")}
    )

    assert answer.status_code == 303
    assert answer.headers["location"] == "/data/daftar-halte?tersimpan=versi"
    assert "Halte A" in browser.get("/data/daftar-halte").text


@pytest.mark.parametrize(
    ("changes", "file", "sentence"),
    [
        ({"unit": ""}, b"a,b\n1,2\n", "Isi satuan data ini."),
        ({}, b"<html></html>", "halaman web"),
        ({"slug": "sebaran-puskesmas"}, b"a,b\n1,2\n", "sudah dipakai data milik"),
    ],
)
def test_what_is_wrong_with_an_import_is_said_beside_what_was_typed(
    portal, signed_in, changes, file, sentence
):
    typed = {**described(title="Daftar Halte"), "keywords": "halte, bus", **changes}

    answer = signed_in("walidata").post(
        "/data/kelola", data=typed, files={"file": ("halte.csv", file)}
    )

    assert answer.status_code in (409, 422)
    assert sentence in answer.text
    assert Links(answer.text).fields["title"] == "Daftar Halte"
    assert "Letak pasar yang dikelola kota." in answer.text


def test_a_ppid_who_checks_a_request_gets_a_button_for_each_entry(portal, signed_in):
    asked = {"q": "umkm", "untuk": REQUEST, "versi": "3"}

    text = signed_in("ppid").get("/dip", params=asked).text

    assert text.count(f'action="/meja/{REQUEST}/check-availability"') == 2
    fields = Links(text).fields
    assert (fields["outcome"], fields["version"]) == ("dip", "3")
    assert fields["dip_entry"].startswith("DIP-2026-")
    assert UUID(fields["idempotency_key"])


@pytest.mark.parametrize("role", ["walidata", "ppid_pembantu", None])
def test_nobody_else_gets_such_a_button(portal, signed_in, role):
    browser = signed_in(role) if role else portal

    assert "check-availability" not in browser.get("/dip", params={"untuk": REQUEST}).text


def test_a_request_id_that_is_none_gives_no_form(portal, signed_in):
    text = signed_in("ppid").get("/dip", params={"untuk": '"><script>'}).text

    assert "check-availability" not in text
    assert "<script>" not in text.replace('<script src="/static', "")


def test_the_ppid_adds_and_retires_entries(portal, signed_in):
    browser = signed_in("ppid")
    entry = {
        "id": "DIP-2026-099", "summary": "Daftar halte bus", "controller": "PPID Kota Malang",
        "producer": "Bidang Angkutan", "made": "Januari 2026, Malang", "forms": "CSV",
        "retention": "5 tahun", "category": "berkala", "agency": "", "dataset": "",
    }  # fmt: skip

    assert browser.post("/dip/baru", data=entry).status_code == 303
    assert browser.post("/dip/baru", data=entry).status_code == 409
    assert "DIP-2026-099" in browser.get("/dip?q=halte").text
    for _ in range(2):
        assert browser.post("/dip/DIP-2026-099/cabut").status_code == 303
    assert "DIP-2026-099" not in browser.get("/dip?q=halte").text
    assert "sudah dicabut" in browser.get("/dip/DIP-2026-099").text
    assert browser.post("/dip/DIP-TIDAK-ADA/cabut").status_code == 404


def test_a_guest_asks_to_be_forgotten(portal, signed_in):
    portal.post("/data/pasar-rakyat", data=SIGNED)

    answer = signed_in("walidata").post("/data/kelola/buku-tamu", data={"email": GUEST["email"]})

    assert answer.headers["location"] == "/data/kelola/buku-tamu?dihapus=1"
    text = portal.get("/data/kelola/buku-tamu").text
    assert "Sebaran Pasar Rakyat" in text
    assert GUEST["name"] not in text


def test_the_daftar_data_of_a_year_as_page_and_csv(portal, catalog):
    catalog.list_in_daftar_data(listed())

    text = portal.get("/daftar-data").text
    assert "Profil UMKM 12" in text
    assert "Dinas Koperasi, Perindustrian dan Perdagangan" in text
    assert "Belum ada data" in portal.get("/daftar-data?tahun=2030").text
    answer = portal.get("/daftar-data/unduh.csv?tahun=2027")
    assert answer.text.splitlines()[1].startswith("2027,Profil UMKM 12,UMKM")
    assert "daftar-data-2027.csv" in answer.headers["content-disposition"]


@pytest.mark.parametrize(
    "path",
    [
        "/data/tidak-ada", "/dip/TIDAK-ADA", "/data?kursor=x", "/dip?kursor=!!", "/data/%00",
        "/daftar-data?tahun=0", "/daftar-data?tahun=99999999999999", "/data/%ff%fe",
        "/daftar-data?tahun=-1", "/daftar-data/unduh.csv?tahun=x", "/dip/%2e%2e%2f",
    ],
)  # fmt: skip
def test_a_wrong_address_is_answered_with_a_sentence_never_with_a_fault(portal, path):
    answer = portal.get(path)

    assert answer.status_code < 500
    assert "<main" in answer.text


def test_no_page_needs_what_the_content_policy_forbids(portal):
    for path in ("/", "/data", "/data/ruang-terbuka-hijau", "/dip", "/daftar-data"):
        text = portal.get(path).text
        assert " style=" not in text
        assert not re.search(r"<script>|\son\w+=", text)
        assert urlsplit(path).path == path
