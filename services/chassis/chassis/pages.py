"""HTML pages: one look for all services, made from templates and the city's data."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit, urlunsplit

from chassis.clock import JAKARTA, today
from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.staticfiles import StaticFiles

TEMPLATES = Path(__file__).parent / "templates"
STATIC = Path(__file__).parent / "static"

DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
MONTHS = (
    *("Januari", "Februari", "Maret", "April", "Mei", "Juni"),
    *("Juli", "Agustus", "September", "Oktober", "November", "Desember"),
)

NEVER_SHOWN = ("password", "kata_sandi")

EXPLANATIONS = {
    400: ("Permintaan tidak dapat dibaca", "Muat ulang halaman sebelumnya, lalu coba lagi."),
    401: ("Sesi Anda sudah berakhir", "Masuk kembali untuk melanjutkan pekerjaan Anda."),
    403: ("Halaman ini bukan untuk Anda", "Peran Anda tidak berwenang membuka halaman ini."),
    404: ("Halaman tidak ditemukan", "Periksa alamatnya, atau mulai lagi dari beranda."),
    405: ("Cara membuka halaman ini keliru", "Mulai lagi dari halaman yang memuat formulirnya."),
    409: ("Keadaannya sudah berubah", "Muat ulang halaman untuk melihat keadaan terkini."),
    410: ("Sudah tidak tersedia", "Yang Anda cari pernah ada, tetapi sudah dihapus."),
    413: ("Berkas terlalu besar", "Ukuran kiriman melampaui batas yang diterima."),
    422: ("Isian belum dapat diterima", "Kembali ke formulir, lalu perbaiki isiannya."),
    429: ("Terlalu banyak percobaan", "Tunggu beberapa menit, lalu coba lagi."),
    500: (
        "Terjadi gangguan pada sistem",
        "Gangguan ini sudah dicatat. Coba lagi beberapa saat lagi.",
    ),
    503: (
        "Layanan sedang tidak dapat dijangkau",
        "Belum ada yang tersimpan. Coba lagi beberapa saat lagi.",
    ),
}


@dataclass(frozen=True)
class Form:
    """What was typed into a form and what is wrong with it. `prefix` keeps ids apart."""

    values: Mapping[str, Any] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    prefix: str = "f"

    def value(self, name: str) -> Any:
        value = self.values.get(name)
        return "" if value is None else value

    def chosen(self, name: str, option: str) -> bool:
        value = self.value(name)
        return option in value if isinstance(value, (list, tuple, set)) else str(value) == option

    def error(self, name: str) -> str:
        return self.errors.get(name, "")

    def id(self, name: str) -> str:
        return f"{self.prefix}-{name}"


@dataclass(frozen=True)
class NavItem:
    label: str
    href: str
    work: bool
    current: bool


def render(request: Request, template: str, status: int = 200, **context: Any) -> HTMLResponse:
    """The page `template`; looked for in the service's own folders, then in the chassis."""
    # http shows its errors as pages, so it imports this module first.
    from chassis.http import session_of

    site: Mapping[str, Any] = request.app.state.settings.city
    signed_in = session_of(request)
    folders = tuple(str(folder) for folder in getattr(request.app.state, "templates", ()))
    page = _environment(folders).get_template(template)
    html = page.render(
        site=site,
        officer=signed_in,
        path=request.url.path,
        nav=_nav(site, role=signed_in.role if signed_in else None, path=request.url.path),
        **context,
    )
    # A page made for an officer must not stay in the browser of a shared desk; a citizen's
    # form is kept, so that "back" still shows what was typed.
    keep = "no-store" if signed_in else "private, no-cache"
    return HTMLResponse(html, status_code=status, headers={"Cache-Control": keep})


def error_page(
    request: Request,
    status: int,
    sentence: str | None = None,
    *,
    typed: Sequence[tuple[str, str]] = (),
) -> HTMLResponse:
    """One page for everything that goes wrong; `typed` are the fields of the form that was sent."""
    heading, advice = EXPLANATIONS.get(status, EXPLANATIONS[500 if status >= 500 else 400])
    return render(
        request,
        "error.html",
        status,
        code=status,
        heading=heading,
        sentence=sentence or advice,
        typed=[(name, value) for name, value in typed if name not in NEVER_SHOWN],
        back=_page_before(request),
        reference=getattr(request.state, "reference", ""),
    )


def _page_before(request: Request) -> str:
    """The page of ours that led here; empty when there is none."""
    before = parts_of(request.headers.get("referer", ""))
    if before.netloc != request.headers.get("host") or before.path == request.url.path:
        return ""
    return urlunsplit(("", "", before.path, before.query, ""))


def parts_of(url: str) -> SplitResult:
    """Of an address that somebody sent; of none when it is no address."""
    try:
        return urlsplit(url)
    except ValueError:
        return urlsplit("")


def static_files() -> StaticFiles:
    """The stylesheet, the script and the pictures; mounted by every web app under /static."""
    return StaticFiles(directory=STATIC)


@cache
def _environment(folders: tuple[str, ...]) -> Environment:
    environment = Environment(
        loader=FileSystemLoader([*folders, str(TEMPLATES)]),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        tanggal=tanggal, hari=hari, waktu=waktu, ukuran=ukuran, ribuan=ribuan, iso=iso
    )
    environment.globals.update(asset=_asset, today=today, no_form=Form())
    environment.globals["ui"] = environment.get_template("ui.html").module
    return environment


def _nav(site: Mapping[str, Any], *, role: str | None, path: str) -> list[NavItem]:
    open_to_reader = [
        item for item in site["nav"] if "roles" not in item or (role and role in item["roles"])
    ]
    hrefs = [item["href"] for item in open_to_reader]
    here = max((href for href in hrefs if _leads_to(href, path)), key=len, default=None)
    return [
        NavItem(item["label"], item["href"], "roles" in item, item["href"] == here)
        for item in open_to_reader
    ]


def _leads_to(href: str, path: str) -> bool:
    return path == href or (href != "/" and path.startswith(href + "/"))


@cache
def _asset(name: str) -> str:
    """The address of a static file; it changes with the content, so browsers may keep it."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()
    return f"/static/{name}?v={digest[:10]}"


def tanggal(value: date | datetime | str) -> str:
    """22 November 2026"""
    day = _day(value)
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def hari(value: date | datetime | str) -> str:
    """Minggu, 22 November 2026"""
    day = _day(value)
    return f"{DAYS[day.weekday()]}, {tanggal(day)}"


def waktu(value: datetime | str) -> str:
    """22 November 2026 pukul 14.05 WIB"""
    moment = _moment(value)
    return f"{tanggal(moment)} pukul {moment:%H.%M} WIB"


def iso(value: date | datetime | str) -> str:
    """What a <time datetime> attribute wants."""
    return value if isinstance(value, str) else value.isoformat()


def ribuan(value: int | float | Decimal) -> str:
    """1.234.567 and 1.234,5"""
    text = f"{value:,}"
    return text.translate(str.maketrans(",.", ".,"))


def ukuran(size: int) -> str:
    """1,4 MB"""
    if size < 1000:
        return f"{size} bita"
    amount = float(size)
    for unit in ("kB", "MB", "GB"):
        amount /= 1000
        # 999.95 would be written as 1.000,0
        if amount < 999.95 or unit == "GB":
            break
    written = f"{amount:.1f}".removesuffix(".0").replace(".", ",")
    return f"{written} {unit}"


def _day(value: date | datetime | str) -> date:
    if isinstance(value, str):
        value = datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value)
    if isinstance(value, datetime):
        return _moment(value).date()
    return value


def _moment(value: datetime | str) -> datetime:
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    if moment.tzinfo is None:
        raise ValueError(f"a time without zone cannot be shown: {moment!r}")
    return moment.astimezone(JAKARTA)
