"""The JSON API of the catalogue."""

from typing import Annotated, Any

from chassis.actor import Actor
from chassis.http import Officer, needs
from chassis.postgres import Pool
from fastapi import APIRouter, Depends, File, Form, Query, Request, UploadFile
from fastapi.responses import JSONResponse, Response

from catalog_service import views
from catalog_service.adapters import dcat
from catalog_service.adapters.public import dataset_json, dip_json
from catalog_service.application import ROWS_MAX, Catalog, Download
from catalog_service.domain.files import ORIGINAL

router = APIRouter(prefix="/api/catalog", tags=["catalog"])
harvest = APIRouter(tags=["harvest"])

# A program reads open data without signing in; downloads are counted under this name.
PROGRAM = Actor("program", "integrator")
Limit = Annotated[int, Query(ge=1, le=100)]


def catalog(request: Request) -> Catalog:
    application: Catalog = request.app.state.application
    return application


def pool(request: Request) -> Pool:
    found: Pool = request.app.state.pool
    return found


App = Annotated[Catalog, Depends(catalog)]
Database = Annotated[Pool, Depends(pool)]


def base(request: Request) -> str:
    return str(request.app.state.settings.public_url)


@router.get("/datasets", summary="Find datasets")
def datasets(
    request: Request,
    pool: Database,
    q: str = "",
    topic: str = "",
    agency: str = "",
    format: str = "",
    cursor: str = "",
    limit: Limit = 20,
) -> dict[str, Any]:
    """The most fitting first; without `q` the newest first. Pass `next_cursor` back as `cursor`."""
    page = views.datasets(
        pool, q, topic=topic, agency=agency, format=format, cursor=cursor, limit=limit
    )
    return {
        "items": [dataset_json(row, base(request)) for row in page.rows],
        "total": page.total,
        "next_cursor": page.next_cursor,
    }


@router.get("/datasets/{slug}", summary="One dataset")
def dataset(request: Request, pool: Database, slug: str) -> dict[str, Any]:
    """With its standar data and all its versions. A restricted dataset has no files here."""
    found = views.dataset(pool, slug)
    return dataset_json(found, base(request)) | {
        "downloads": found["downloads"],
        "dip": [entry["id"] for entry in found["dip"]],
        "versions": [
            {
                "version": each["version"],
                "digest": each["digest"],
                "format": each["format"],
                "size": each["size"],
                "rows": each["row_count"],
                "columns": each["columns"],
                "notes": each["notes"],
                "added_at": each["added_at"].isoformat(),
            }
            for each in (found["versions"] if found["access"] == "open" else ())
        ],
    }


@router.get("/datasets/{slug}/rows", summary="Rows of a dataset")
def rows(
    app: App,
    slug: str,
    limit: Annotated[int, Query(ge=0, le=ROWS_MAX)] = 100,
    after: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
) -> dict[str, Any]:
    """Every cell is text, exactly as it stands in the file; `after` skips as many rows."""
    return app.rows(slug, after=after, limit=limit)


@router.head("/datasets/{slug}/file", include_in_schema=False)
@router.get("/datasets/{slug}/file", summary="The file", response_class=Response)
def file(request: Request, app: App, slug: str, format: str = ORIGINAL) -> Response:
    """`format=asli` gives the published bytes, `format=csv` a table safe for spreadsheets."""
    if request.method == "HEAD":
        return attachment(app.describe_file(slug, format))
    return attachment(app.download_by_program(slug, format, PROGRAM))


@router.post("/datasets", status_code=201, summary="Describe a dataset, or add a version")
def import_dataset(
    app: App,
    officer: Annotated[Officer, Depends(needs("walidata"))],
    metadata: Annotated[str, Form(description="The metadata as a JSON object.")],
    file: Annotated[UploadFile | None, File()] = None,
) -> dict[str, Any]:
    """For the Walidata. The same file and metadata again change nothing."""
    data = file.file.read() if file else None
    name = file.filename or "" if file else ""
    done = app.import_dataset_json(data, name, metadata, officer.actor)
    return {"slug": done.slug, "version": done.version, "new_version": done.new_version}


@harvest.get("/data.jsonld", summary="The catalogue as DCAT-AP 3")
def dcat_catalogue(request: Request, pool: Database) -> JSONResponse:
    """JSON-LD; a restricted dataset has no distribution."""
    found = dcat.catalogue(views.all_datasets(pool), request.app.state.settings)
    return JSONResponse(found, media_type="application/ld+json")


@router.get("/dip", summary="Daftar Informasi Publik")
def dip(
    pool: Database,
    q: str = "",
    category: str = "",
    agency: str = "",
    cursor: str = "",
    limit: Limit = 20,
) -> dict[str, Any]:
    """Entries in force."""
    page = views.dip(pool, q, category=category, agency=agency, cursor=cursor, limit=limit)
    return {
        "items": [dip_json(row) for row in page.rows],
        "total": page.total,
        "next_cursor": page.next_cursor,
    }


@router.get("/dip/{entry}", summary="One entry of the Daftar Informasi Publik")
def dip_entry(pool: Database, entry: str) -> dict[str, Any]:
    """Also one that was taken out of the list: old requests cite it."""
    found = views.dip_entry(pool, entry)
    retired = found["retired_at"]
    return dip_json(found) | {"retired_at": retired.isoformat() if retired else None}


@router.get("/daftar-data", summary="Daftar Data of a year")
def daftar_data(
    pool: Database, year: Annotated[int | None, Query(ge=2000, le=2200)] = None
) -> dict[str, Any]:
    """What is to be collected in a year because it was asked for; without `year` the latest."""
    years = views.daftar_data_years(pool)
    chosen = year or (years[0][0] if years else None)
    items = views.daftar_data(pool, chosen) if chosen else []
    return {
        "year": chosen,
        "years": [each for each, _ in years],
        "items": [
            {
                **item,
                "request_id": str(item["request_id"]),
                "listed_at": item["listed_at"].isoformat(),
            }
            for item in items
        ],
    }


def attachment(download: Download) -> Response:
    """The file to be saved under a good name."""
    return Response(
        download.data,
        media_type=download.media_type,
        headers={
            "Content-Disposition": f'attachment; filename="{download.filename}"',
            "ETag": f'"{download.digest}"',
            "Cache-Control": "no-cache",
        },
    )
