"""The pages of the catalogue: dashboard, open data, DIP, Daftar Data, and their keeping."""

import csv
import io
from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

from chassis import clock
from chassis.actor import Actor
from chassis.http import Officer, needs, officer
from chassis.pages import Form, render, ribuan, tanggal, ukuran
from chassis.uploads import Refused
from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from catalog_service import views
from catalog_service.domain.dip import CATEGORIES
from catalog_service.domain.errors import (
    DipEntryExists,
    IncompleteForm,
    SlugTaken,
)
from catalog_service.domain.files import CSV, ORIGINAL, neutral_row
from catalog_service.domain.guestbook import CONSENT
from catalog_service.domain.metadata import (
    ACCESS,
    FREQUENCIES,
    LICENCE_ADDRESSES,
    LICENCES,
    OPEN,
    STANDAR_DATA,
    TOPICS,
)
from catalog_service.entrypoints.http import App, Database, attachment

router = APIRouter(include_in_schema=False)

# Whoever signs the guestbook is a member of the public; the fact says no more than that.
VISITOR = Actor("pengunjung", "pemohon")
FORMAT_NAMES = {"csv": "CSV", "xlsx": "XLSX", "json": "JSON", "geojson": "GeoJSON"}
_SHARED: dict[str, Any] = {
    "topics": TOPICS,
    "frequencies": FREQUENCIES,
    "licences": LICENCES,
    "licence_addresses": LICENCE_ADDRESSES,
    "access_names": ACCESS,
    "formats": FORMAT_NAMES,
    "categories": CATEGORIES,
}
_GUEST_FIELDS = {
    "name": "nama",
    "profession": "profesi",
    "institution": "instansi",
    "email": "email",
    "consent": "setuju",
}

Walidata = Annotated[Officer, Depends(needs("walidata"))]
KeeperOfDip = Annotated[Officer, Depends(needs("ppid"))]
KeeperOfGuests = Annotated[Officer, Depends(needs("walidata", "ppid"))]


# --- for everybody


@router.get("/", response_class=HTMLResponse)
def dashboard(request: Request, pool: Database) -> HTMLResponse:
    """Step 1: what is here, and how to ask for what is not."""
    return render(
        request,
        "catalog/dashboard.html",
        numbers=views.numbers(pool),
        topics=views.topics(pool),
        topic_names=TOPICS,
        newest=views.datasets(pool, access=OPEN, limit=6).rows,
    )


@router.get("/data", response_class=HTMLResponse)
def data(
    request: Request,
    pool: Database,
    q: str = "",
    topik: str = "",
    instansi: str = "",
    format: str = "",
    kursor: str = "",
) -> HTMLResponse:
    """Step 2: whether the data is open."""
    chosen = {"topic": topik, "agency": instansi, "format": format}
    page = views.datasets(pool, q, topic=topik, agency=instansi, format=format, cursor=kursor)
    facets = views.facets(pool, q, topic=topik, agency=instansi, format=format)
    agencies = dict(_agencies(request))
    asked = {"q": q, "topik": topik, "instansi": instansi, "format": format}
    return render(
        request,
        "catalog/data.html",
        page=page,
        q=q,
        chosen=chosen,
        topic_options=_options(facets["topic"], TOPICS),
        agency_options=_options(facets["agency"], agencies),
        format_options=_options(facets["format"], FORMAT_NAMES),
        meant=views.meant(pool, q) if not page.total else None,
        next_href=_href("/data", asked, kursor=page.next_cursor) if page.next_cursor else None,
        first_href=_href("/data", asked) if kursor else None,
        apply_href=_href("/permohonan/formulir", {"cari": q[:500]}),
        marked=_marked,
        **_SHARED,
    )


@router.get("/data/kelola", response_class=HTMLResponse)
def keep_data(request: Request, pool: Database, by: Walidata, data: str = "") -> HTMLResponse:
    """The Walidata's list, and the form for a new dataset or a new version of one."""
    form = Form()
    if data:
        found = views.dataset(pool, data)
        form = Form({**found, "keywords": ", ".join(found["keywords"])})
    return _keeping(request, form)


@router.post("/data/kelola", response_class=HTMLResponse)
async def publish(request: Request, app: App, by: Walidata) -> Response:
    """Import; what is wrong is said beside what was typed."""
    form = await request.form(max_part_size=1024 * 1024)
    typed = {name: value for name, value in form.items() if isinstance(value, str)}
    file = form.get("file")
    content, filename = None, ""
    if isinstance(file, UploadFile) and file.filename:
        content, filename = await file.read(), file.filename
    try:
        done = await run_in_threadpool(app.import_dataset, content, filename, typed, by.actor)
    except IncompleteForm as wrong:
        errors, status = wrong.errors, 422
    except SlugTaken as wrong:
        errors, status = {"slug": str(wrong)}, 409
    except Refused as wrong:
        errors, status = {"file": str(wrong)}, 422
    else:
        said = "versi" if done.new_version else "metadata"
        return RedirectResponse(f"/data/{done.slug}?tersimpan={said}", 303)
    return await run_in_threadpool(_keeping, request, Form(typed, errors), status)


@router.get("/data/kelola/buku-tamu", response_class=HTMLResponse)
def guestbook(
    request: Request, pool: Database, by: KeeperOfGuests, dihapus: int = -1
) -> HTMLResponse:
    """Downloads in numbers; a guest's wish to be forgotten."""
    return render(
        request,
        "catalog/guestbook.html",
        counts=views.downloads_by_dataset(pool),
        forgotten=dihapus,
    )


@router.post("/data/kelola/buku-tamu", response_class=HTMLResponse)
async def forget_guest(request: Request, app: App, by: KeeperOfGuests) -> Response:
    """Destroy one guest's key."""
    email = str((await request.form()).get("email") or "")
    count = await run_in_threadpool(app.forget_guest, email, by.actor)
    return RedirectResponse(f"/data/kelola/buku-tamu?dihapus={count}", 303)


@router.get("/data/{slug}", response_class=HTMLResponse)
def dataset(request: Request, slug: str, tersimpan: str = "") -> HTMLResponse:
    """One dataset, and the guestbook for downloading it."""
    return _dataset(request, slug, Form(), saved=tersimpan)


@router.post("/data/{slug}", response_class=HTMLResponse)
async def download(request: Request, app: App, slug: str) -> Response:
    """Step 3: the file for whoever has signed."""
    form = await request.form()
    typed = {name: value for name, value in form.items() if isinstance(value, str)}
    format = CSV if typed.get("format") == CSV else ORIGINAL
    guest = {field: typed.get(name) for field, name in _GUEST_FIELDS.items()}
    try:
        return attachment(await run_in_threadpool(app.download, slug, format, guest, VISITOR))
    except IncompleteForm as wrong:
        errors = {_GUEST_FIELDS[name]: sentence for name, sentence in wrong.errors.items()}
        return await run_in_threadpool(_dataset, request, slug, Form(typed, errors), 422)


@router.get("/dip", response_class=HTMLResponse)
def dip(
    request: Request,
    pool: Database,
    q: str = "",
    kategori: str = "",
    kursor: str = "",
    untuk: str = "",
    versi: str = "",
    tersimpan: str = "",
) -> HTMLResponse:
    """The Daftar Informasi Publik; for a PPID who checks a data request, with a choice (step 6)."""
    page = views.dip(pool, q, category=kategori, cursor=kursor)
    who = officer(request)
    choosing = _uuid(untuk) if who and who.role == "ppid" else None
    asked = {"q": q, "kategori": kategori}
    if choosing:
        asked |= {"untuk": choosing, "versi": versi}
    return render(
        request,
        "catalog/dip.html",
        page=page,
        q=q,
        category=kategori,
        choosing=choosing,
        version=versi,
        keys=[str(uuid4()) for _ in page.rows],
        keeper=bool(who and who.role == "ppid" and not choosing),
        saved=tersimpan,
        next_href=_href("/dip", asked, kursor=page.next_cursor) if page.next_cursor else None,
        first_href=_href("/dip", asked) if kursor else None,
        apply_href=_href("/permohonan/formulir", {"cari": q[:500]}),
        **_SHARED,
    )


@router.get("/dip/baru", response_class=HTMLResponse)
def new_dip_entry(request: Request, by: KeeperOfDip) -> HTMLResponse:
    """The form for a new entry."""
    return _new_entry(request, Form())


@router.post("/dip/baru", response_class=HTMLResponse)
async def add_dip_entry(request: Request, app: App, by: KeeperOfDip) -> Response:
    """Add it, or say what is missing."""
    form = await request.form()
    typed = {name: value for name, value in form.items() if isinstance(value, str)}
    try:
        entry = await run_in_threadpool(app.add_dip_entry, typed, by.actor)
    except IncompleteForm as wrong:
        errors, status = wrong.errors, 422
    except DipEntryExists as wrong:
        errors, status = {"id": str(wrong)}, 409
    else:
        return RedirectResponse(f"/dip/{entry}?tersimpan=ya", 303)
    return _new_entry(request, Form(typed, errors), status)


@router.get("/dip/{entry}", response_class=HTMLResponse)
def dip_entry(request: Request, pool: Database, entry: str, tersimpan: str = "") -> HTMLResponse:
    """One entry; also one that is no longer in the list."""
    who = officer(request)
    return render(
        request,
        "catalog/dip_entry.html",
        entry=views.dip_entry(pool, entry),
        keeper=bool(who and who.role == "ppid"),
        saved=tersimpan,
        **_SHARED,
    )


@router.post("/dip/{entry}/cabut", response_class=HTMLResponse)
def retire_dip_entry(request: Request, app: App, by: KeeperOfDip, entry: str) -> Response:
    """Take it out of the list."""
    app.retire_dip_entry(entry, by.actor)
    return RedirectResponse(f"/dip/{entry}", 303)


@router.get("/daftar-data", response_class=HTMLResponse)
def daftar_data(request: Request, pool: Database, tahun: int | None = None) -> HTMLResponse:
    """Next year's list, as far as it comes from data requests (step 12)."""
    years = dict(views.daftar_data_years(pool))
    agencies = dict(_agencies(request))
    next_year = clock.today().year + 1
    shown = tahun or (max(years) if years else next_year)
    years.setdefault(shown, 0)
    items = views.daftar_data(pool, shown) if 0 < shown < 10_000 else []
    return render(
        request,
        "catalog/daftar_data.html",
        year=shown,
        year_tabs=[
            (str(year), f"/daftar-data?tahun={year}", year == shown, count)
            for year, count in sorted(years.items(), reverse=True)
        ],
        items=items,
        item_rows=[
            [
                *(item[name] for name in ("title", *STANDAR_DATA)),
                agencies.get(item["produsen_data"], item["produsen_data"]),
                tanggal(item["listed_at"]),
            ]
            for item in items
        ],
    )


@router.get("/daftar-data/unduh.csv")
def daftar_data_csv(pool: Database, tahun: int) -> Response:
    """The same as a table, safe to open in a spreadsheet."""
    names = ("year", "title", *STANDAR_DATA, "produsen_data")
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("tahun", "judul", *STANDAR_DATA.values(), "produsen_data", "dicantumkan"))
    for item in views.daftar_data(pool, tahun) if 0 < tahun < 10_000 else []:
        day = item["listed_at"].astimezone(clock.JAKARTA).date().isoformat()
        writer.writerow(neutral_row([*(str(item[name]) for name in names), day]))
    disposition = f'attachment; filename="daftar-data-{tahun}.csv"'
    return Response(
        text.getvalue(),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": disposition},
    )


# --- parts


def _dataset(
    request: Request, slug: str, form: Form, status: int = 200, *, saved: str = ""
) -> HTMLResponse:
    found = views.dataset(request.app.state.pool, slug)
    who = officer(request)
    is_open = found["access"] == "open" and found["version"] > 0
    return render(
        request,
        "catalog/dataset.html",
        status,
        data=found,
        current=found["versions"][0] if is_open else None,
        is_open=is_open,
        form=form,
        consent=CONSENT,
        standar=[(label.capitalize(), found[name]) for name, label in STANDAR_DATA.items()],
        version_rows=[_version_row(each) for each in found["versions"]] if is_open else [],
        keeper=bool(who and who.role == "walidata"),
        saved=saved,
        apply_href=_href("/permohonan/formulir", {"data": slug}),
        json_ld=_schema_org(request, found, is_open),
        **_SHARED,
    )


def _keeping(request: Request, form: Form, status: int = 200) -> HTMLResponse:
    return render(
        request,
        "catalog/keep.html",
        status,
        form=form,
        datasets=views.all_datasets(request.app.state.pool),
        agency_names=_agencies(request),
        **_SHARED,
    )


def _new_entry(request: Request, form: Form, status: int = 200) -> HTMLResponse:
    return render(
        request,
        "catalog/dip_new.html",
        status,
        form=form,
        agency_names=_agencies(request),
        categories=CATEGORIES,
    )


def _agencies(request: Request) -> list[tuple[str, str]]:
    return [(each["code"], each["name"]) for each in request.app.state.settings.city["agencies"]]


def _options(counts: list[tuple[str, int]], names: Mapping[str, str]) -> list[tuple[str, str, int]]:
    return [(value, names.get(value, value), count) for value, count in counts]


def _version_row(version: Mapping[str, Any]) -> list[str]:
    return [
        str(version["version"]),
        tanggal(version["added_at"]),
        FORMAT_NAMES[version["format"]],
        ukuran(version["size"]),
        ribuan(version["row_count"]),
    ]


def _schema_org(request: Request, found: Mapping[str, Any], is_open: bool) -> dict[str, Any]:
    """For search engines that know datasets."""
    base = request.app.state.settings.public_url
    return {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "name": found["title"],
        "description": f"{found['description']} {found['definition']}",
        "url": f"{base}/data/{found['slug']}",
        "keywords": found["keywords"],
        "license": LICENCE_ADDRESSES.get(found["licence"]),
        "isAccessibleForFree": is_open,
        "temporalCoverage": found["period"],
        "creator": {"@type": "GovernmentOrganization", "name": found["agency_name"]},
        "distribution": [
            {
                "@type": "DataDownload",
                "encodingFormat": found["media_type"],
                "contentUrl": f"{base}/api/catalog/datasets/{found['slug']}/file?format={ORIGINAL}",
            }
        ]
        if is_open
        else [],
    }


def _marked(snippet: str) -> list[tuple[str, bool]]:
    """The snippet in pieces, each with whether it was looked for."""
    pieces = []
    for part in snippet.split(views.MARK_START):
        found, mark, rest = part.partition(views.MARK_END)
        if mark:
            pieces += [(found, True), (rest, False)]
        else:
            pieces.append((part, False))
    return pieces


def _href(path: str, asked: Mapping[str, str], **more: str | None) -> str:
    query = urlencode({name: value for name, value in {**asked, **more}.items() if value})
    return f"{path}?{query}" if query else path


def _uuid(text: str) -> str | None:
    try:
        return str(UUID(text))
    except ValueError:
        return None
