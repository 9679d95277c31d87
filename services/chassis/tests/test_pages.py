"""The look: what the filters write, what every part renders to, and what keeps readers safe."""

import os
import re
import tomllib
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import lxml.html
import pytest
from chassis import pages
from chassis.http import build_app
from chassis.pages import Form, hari, render, ribuan, tanggal, ukuran, waktu
from chassis.sessions import SESSION_COOKIE, Tokens, public_key_of
from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import Response
from fastapi.testclient import TestClient

CITY = tomllib.loads((Path(__file__).parents[3] / "deploy" / "city.toml").read_text())
PARTS = """
{% extends "base.html" %}
{% block title %}Contoh{% endblock %}
{% block main %}
{{ ui.breadcrumb([("Beranda", "/"), ("Contoh", "")]) }}
<h1>Contoh</h1>
{{ ui.steps(["Satu", "Dua", "Tiga"], 2) }}
{{ ui.errors(form) }}
<form method="post">
{{ ui.hidden(idempotency_key="abc", version=3) }}
{{ ui.field(form, "nama", "Nama", hint="Sesuai KTP.", autocomplete="name", width="half") }}
{{ ui.field(form, "sandi", "Kata sandi", type="password", keep=false) }}
{{ ui.textarea(form, "uraian", "Uraian", hint="Yang jelas.") }}
{{ ui.select(form, "cara", "Cara", [("a", "Antar"), ("b", "Bawa")]) }}
{{ ui.choices(form, "jenis", "Jenis", [("x", "Xilem"), ("y", "Yute", "Serat.")]) }}
{{ ui.choices(form, "minat", "Minat", [("m", "Musik"), ("n", "Nada")], many=true) }}
{{ ui.checkbox(form, "setuju", "Saya setuju", hint="Wajib.", required=true) }}
{{ ui.file(form, "berkas", "Berkas", accept=".csv", required=false) }}
{{ ui.button("Kirim") }} {{ ui.link_button("Batal", "/", kind="quiet") }}
</form>
{{ ui.notice("Judul", text="Isi", kind="good") }}
{% call ui.notice("Judul", alert=true) %}<p>Isi</p>{% endcall %}
{{ ui.empty("Kosong", "Petunjuk") }}
{% call ui.more("Buka") %}<p>Rincian</p>{% endcall %}
{{ ui.pairs([("Nomor", "7"), ("Tiada", none)]) }}
{{ ui.figures([("128", "kumpulan")]) }}
{{ ui.badge("baru", "good") }}
{{ ui.due(days[0], days[1]) }} {{ ui.due(days[1], days[1]) }} {{ ui.due(days[2], days[1]) }}
{{ ui.due(none, days[1]) }} {{ ui.due(days[1], days[2], done=days[0]) }}
{{ ui.agency(site, site.agencies[0].code) }}
{{ ui.table("Daftar", ["Nama", "Jumlah"], [["Klojen", 3]], numeric=("Jumlah",)) }}
{% call ui.table("Meja", ["Nama"]) %}<tr><th scope="row">Ijen</th></tr>{% endcall %}
{{ ui.data_table("Cuplikan", ["a", "b"], [["1", "<2>"]]) }}
{{ ui.timeline([{"title": "Satu", "when": moment, "by": "Petugas"}, {"title": "Dua", "state": "now",
   "when": days[0], "note": "Catatan", "badge": ("segera", "warn")}, {"title": "Tiga"}]) }}
{{ ui.tabs([("Semua", "/a", true, 3), ("Saya", "/b", false, none)]) }}
{{ ui.pager("/b?setelah=1", "/b") }}
{{ ui.search("/cari", "kopi") }}
{{ ui.card_list([{"title": "Kopi", "href": "/kopi", "text": "Harga"}]) }}
{% endblock %}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "parts.html").write_text(PARTS)
    (tmp_path / "forgetful.html").write_text("{{ nobody_passed_this }}")
    return tmp_path


@pytest.fixture
def app(folder: Path) -> FastAPI:
    router = APIRouter()

    @router.get("/contoh/bagian")
    def parts(request: Request, wrong: bool = False) -> Response:
        typed = {
            "nama": 'Budi "<b>',
            "jenis": "y",
            "minat": ["n"],
            "uraian": "\nbaris",
            "sandi": "s",
        }
        errors = {"nama": "Nama belum lengkap.", "jenis": "Pilih satu.", "": "Belum tersimpan."}
        return render(
            request,
            "parts.html",
            form=Form(typed, errors if wrong else {}),
            days=[date(2026, 11, 20), date(2026, 11, 23), date(2026, 12, 4)],
            moment=datetime(2026, 11, 22, 18, 5, tzinfo=UTC),
        )

    @router.get("/lupa")
    def forgetful(request: Request) -> Response:
        return render(request, "forgetful.html")

    @router.api_route("/galat/{code}", methods=["GET", "POST"])
    async def wrong(request: Request, code: int) -> Response:
        typed = [(name, str(value)) for name, value in (await request.form()).multi_items()]
        return pages.error_page(request, code, typed=typed)

    seed = os.urandom(32)
    settings: Any = SimpleNamespace(
        service="requests",
        city=CITY,
        signing_key=seed,
        public_keys={"requests": public_key_of(seed)},
    )
    return build_app(
        settings,
        SimpleNamespace(),  # type: ignore[arg-type]
        title="contoh",
        routers=[router],
        errors={},
        application=None,
        templates=[folder],
    )


@pytest.fixture
def browser(app: FastAPI) -> TestClient:
    return TestClient(app, raise_server_exceptions=False)


def _page(browser: TestClient, path: str) -> lxml.html.HtmlElement:
    return lxml.html.fromstring(browser.get(path).text)


def test_dates_are_written_as_indonesians_write_them():
    assert tanggal(date(2026, 11, 22)) == "22 November 2026"
    assert tanggal("2026-08-01") == "1 Agustus 2026"
    assert hari(date(2026, 11, 22)) == "Minggu, 22 November 2026"


def test_an_instant_is_shown_in_the_time_of_the_office():
    late_in_utc = datetime(2026, 11, 22, 18, 5, tzinfo=UTC)

    assert waktu(late_in_utc) == "23 November 2026 pukul 01.05 WIB"
    assert tanggal(late_in_utc) == "23 November 2026"
    assert waktu("2026-11-22T07:05:00+00:00") == "22 November 2026 pukul 14.05 WIB"


def test_an_instant_without_zone_is_not_guessed():
    with pytest.raises(ValueError, match="without zone"):
        waktu(datetime(2026, 11, 22, 14, 5))


@pytest.mark.parametrize(
    ("size", "written"),
    [
        (0, "0 bita"),
        (999, "999 bita"),
        (1000, "1 kB"),
        (1_400_000, "1,4 MB"),
        (999_960, "1 MB"),
        (50 * 1024 * 1024, "52,4 MB"),
        (5_000_000_000_000, "5000 GB"),
    ],
)
def test_sizes_are_short(size, written):
    assert ukuran(size) == written


def test_thousands_have_dots_and_decimals_a_comma():
    assert [ribuan(7), ribuan(1_234_567), ribuan(1234.5)] == ["7", "1.234.567", "1.234,5"]


def test_every_part_renders_and_every_control_has_a_name(browser):
    page = _page(browser, "/contoh/bagian?wrong=1")

    for control in page.xpath("//main//input[not(@type='hidden')] | //main//select | //textarea"):
        labels = page.xpath(f"//label[@for='{control.get('id')}']")
        assert len(labels) == 1, lxml.html.tostring(control)
        assert labels[0].text_content().strip()
    for control in page.xpath("//a | //button | //summary"):
        assert control.text_content().strip(), lxml.html.tostring(control)
    for group in page.xpath("//fieldset"):
        assert group.xpath("legend")[0].text_content().strip()
    for table in page.xpath("//table"):
        assert table.xpath("caption")[0].text_content().strip()
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    for described in page.xpath("//@aria-describedby"):
        assert set(described.split()) <= set(ids)


def test_what_was_typed_is_kept_and_cannot_become_markup(browser):
    page = _page(browser, "/contoh/bagian?wrong=1")

    assert page.xpath("//input[@name='nama']/@value") == ['Budi "<b>']
    assert page.xpath("//textarea/text()") == ["\n\nbaris"]  # browsers drop the first line end
    assert page.xpath("//input[@checked]/@value") == ["y", "n"]
    assert page.xpath("//input[@type='password']/@value") == []
    assert "<2>" in page.xpath("//table[@class='data']//td/text()")


def test_the_summary_of_errors_leads_to_the_fields(browser):
    page = _page(browser, "/contoh/bagian?wrong=1")
    summary = page.xpath("//*[@role='alert' and @data-focus]")[0]

    assert [a.get("href") for a in summary.xpath(".//a")] == ["#f-nama", "#f-jenis"]
    assert "Belum tersimpan." in summary.text_content()
    assert page.get_element_by_id("f-nama").get("aria-invalid") == "true"
    assert page.get_element_by_id("f-jenis").get("type") == "radio"
    assert _page(browser, "/contoh/bagian").xpath("//*[@aria-invalid or @data-focus]") == []


def test_a_due_date_says_in_words_how_it_stands(browser):
    badges = [
        b.text_content()
        for b in _page(browser, "/contoh/bagian").xpath("//main//*[@class[contains(.,'badge')]]")
    ]

    assert badges[1:6] == [
        "terlambat 3 hari",
        "segera · hari ini",
        "tepat waktu · 11 hari lagi",
        "tanpa tenggat",
        "tepat waktu",
    ]


def test_a_page_has_language_title_and_a_way_past_the_menu(browser):
    page = _page(browser, "/contoh/bagian")

    assert page.get("lang") == "id"
    assert page.findtext(".//title") == f"Contoh · {CITY['site_name']}"
    assert page.xpath("//body/*[1]/@href") == ["#isi"]
    assert page.xpath("//main/@id") == ["isi"]


def test_no_page_needs_what_the_content_policy_forbids(browser):
    html = browser.get("/contoh/bagian?wrong=1").text

    assert not re.search(r"\sstyle=|\son\w+=|<style|<script(?![^>]*\ssrc=)|javascript:", html)
    assert "unsafe" not in browser.get("/contoh/bagian").headers["content-security-policy"]


def test_a_name_that_was_not_passed_is_an_error_not_a_blank(browser):
    assert browser.get("/lupa").status_code == 500


@pytest.mark.parametrize("item", CITY["nav"], ids=lambda item: item["href"])
@pytest.mark.parametrize("role", [None, *CITY["roles"]])
def test_the_menu_shows_each_role_its_own_entries(app, browser, item, role):
    if role:
        claims = {"sub": "1", "name": "Petugas", "role": role, "agency": None}
        token = Tokens(app.state.settings).sign(claims, purpose="session", seconds=60)
        browser.cookies.set(SESSION_COOKIE, token)

    shown = _page(browser, "/contoh/bagian").xpath("//nav//ul[@class='nav']//a/@href")

    assert (item["href"] in shown) == ("roles" not in item or role in item["roles"])


def test_the_entry_that_fits_best_is_marked_as_here():
    site = {
        "nav": [
            {"label": "A", "href": "/"},
            {"label": "B", "href": "/a"},
            {"label": "C", "href": "/a/b"},
        ]
    }

    here = {
        path: [item.label for item in pages._nav(site, role=None, path=path) if item.current]
        for path in ("/", "/a", "/a/b", "/a/b/c", "/ab", "/a/x")
    }

    assert here == {
        "/": ["A"],
        "/a": ["B"],
        "/a/b": ["C"],
        "/a/b/c": ["C"],
        "/ab": [],
        "/a/x": ["B"],
    }


def test_an_officers_page_is_not_kept_by_the_browser(app, browser):
    assert browser.get("/contoh/bagian").headers["cache-control"] == "private, no-cache"
    claims = {"sub": "1", "name": "Petugas", "role": "auditor", "agency": None}
    token = Tokens(app.state.settings).sign(claims, purpose="session", seconds=60)
    browser.cookies.set(SESSION_COOKIE, token)

    assert browser.get("/contoh/bagian").headers["cache-control"] == "no-store"


@pytest.mark.parametrize("code", sorted(pages.EXPLANATIONS))
def test_every_error_has_a_page_in_plain_words(browser, code):
    answer = browser.get(f"/galat/{code}")
    page = lxml.html.fromstring(answer.text)

    assert answer.status_code == code
    assert page.findtext(".//h1") == pages.EXPLANATIONS[code][0]
    assert page.xpath("//main//a[@href]")


def test_after_the_session_ended_the_form_can_be_sent_once_more(browser):
    typed = {"alasan": "Tidak <jelas>", "version": "3", "password": "rahasia"}

    page = lxml.html.fromstring(browser.post("/galat/401", data=typed).text)
    form = page.xpath("//main//form")[0]

    assert (form.get("method"), form.get("action")) == ("post", "/galat/401")
    assert dict(form.form_values()) == {"alasan": "Tidak <jelas>", "version": "3"}
    assert page.xpath(f"//main//a[@href='{CITY['sign_in']['href']}']/@target") == ["_blank"]


def test_a_stale_form_is_shown_but_not_offered_again(browser):
    page = lxml.html.fromstring(browser.post("/galat/409", data={"alasan": "Panjang"}).text)

    assert "Panjang" in page.xpath("//main")[0].text_content()
    assert page.xpath("//main//form") == []


def test_static_files_are_served_under_an_address_that_changes_with_them(browser):
    for link in _page(browser, "/contoh/bagian").xpath("//link/@href | //script/@src"):
        assert "?v=" in link
        assert browser.get(link).status_code == 200


COLOURS = ("prefers-color-scheme: light", "prefers-color-scheme: dark")
PAIRS = [
    *(("ink", ground) for ground in ("paper", "surface", "sunk")),
    *(("muted", ground) for ground in ("paper", "surface", "sunk")),
    *(("link", ground) for ground in ("paper", "surface", "sunk")),
    *((kind, f"{kind}-bg") for kind in ("good", "warn", "bad", "info")),
    ("ink", "info-bg"),
    ("bad", "surface"),
    ("on-brand", "brand"),
    ("on-brand-muted", "brand"),
    ("on-brand-muted", "brand-deep"),
    ("gold", "brand-deep"),
    ("gold-ink", "gold"),
]


@pytest.mark.parametrize("scheme", COLOURS)
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_text_stands_out_from_its_ground_as_wcag_aa_asks(scheme, text, ground):
    css = (pages.STATIC / "style.css").read_text()
    light, dark = re.findall(r":root \{(.*?)\n *\}", css, re.S)[:2]
    tokens = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", light))
    if "dark" in scheme:
        tokens |= dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", dark))

    assert _contrast(tokens[text], tokens[ground]) >= 4.5


def _contrast(one: str, other: str) -> float:
    bright, dim = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
