"""Exports of the log for auditors: the page /audit/ekspor, and the same by the API."""

from collections.abc import Collection, Mapping
from typing import Any, Literal

from chassis.http import Officer
from chassis.pages import Form, render
from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse
from pydantic import Field

from requests_service.application import Requests
from requests_service.audit.exports import FORMATS, Export, begin_export, verifier_file
from requests_service.audit.filters import FilterInvalid
from requests_service.audit.words import TITLES
from requests_service.bootstrap import log_origin
from requests_service.domain.errors import RequestNotFound, RequestsError
from requests_service.domain.roles import LABELS
from requests_service.entrypoints import audit_http, audit_pages
from requests_service.entrypoints.http import Body, Line
from requests_service.entrypoints.session import Page
from requests_service.entrypoints.typed import Typed
from requests_service.sealing import checkpoints

router = APIRouter(prefix="/api/requests/audit", tags=["audit"])
pages = APIRouter(include_in_schema=False, route_class=Page)
_FIELDS = [name for name in audit_http.FILTERS if name != "types"]
_HINTS = {
    "csv": "untuk lembar kerja; tidak ada sel yang dijalankan sebagai rumus",
    "parquet": "untuk DuckDB, Python, atau R",
    "xes": "untuk penambangan proses, satu jejak tiap permohonan",
    "ocel": "untuk penambangan proses, dengan surat, berkas, dan petugas sebagai objek",
}


class Exporting(Body):
    """All filters together; without any, the whole log. See `filters_from`."""

    formats: list[Literal["csv", "parquet", "xes", "ocel"]] = Field(default_factory=list)
    request: Line | None = None
    types: list[Line] = Field(default_factory=list)
    actor: Line | None = None
    role: Line | None = None
    agency: Line | None = None
    since: Line | None = None
    until: Line | None = None
    as_of: Line | None = None
    as_known_at: Line | None = None


@router.post("/exports", response_class=StreamingResponse)
def export(request: Request, body: Exporting, who: audit_http.Auditor) -> Response:
    """A zip of the sealed facts that the filters choose, with proofs and what checks them.

    Sent while it is made; one that broke off does not open.
    """
    given = body.model_dump(exclude={"formats", "types"}) | {"types": ",".join(body.types)}
    return _sent(_begun(request, who, given, body.formats))


@pages.get("/audit/verify_log.py")
def verifier() -> Response:
    """The program that checks an export, for everybody: it is the same in each export."""
    return Response(verifier_file().read_bytes(), 200, None, "text/x-python; charset=utf-8")


@pages.get("/audit/ekspor")
def export_page(request: Request, who: audit_pages.Auditor) -> Response:
    """The form; its fields may stand in the address."""
    values: dict[str, Any] = {name: request.query_params.get(name, "") for name in _FIELDS}
    types = request.query_params.getlist("types")
    values["types"] = [name for each in types for name in each.split(",")]
    values["formats"] = request.query_params.getlist("formats") or ["csv"]
    return _page(request, Form(values))


@pages.post("/audit/ekspor")
def export_from_page(request: Request, who: audit_pages.Auditor, typed: Typed) -> Response:
    """The zip, or the form again with what is wrong with it."""
    types, formats = typed.all("types"), typed.all("formats")
    given = {name: typed.text(name) for name in _FIELDS} | {"types": ",".join(types)}
    try:
        return _sent(_begun(request, who, given, formats))
    except RequestsError as error:
        values = {**given, "types": types, "formats": formats}
        return _page(request, Form(values, {_field_of(error): str(error)}), 422)


def _begun(
    request: Request, who: Officer, given: Mapping[str, str | None], formats: Collection[str]
) -> Export:
    return begin_export(
        request.app.state.application,
        who.actor,
        origin=log_origin(request.app.state.settings),
        given=given,
        formats=formats,
    )


def _sent(begun: Export) -> Response:
    return StreamingResponse(
        begun.pieces(),
        media_type="application/zip",
        headers={
            "Content-Disposition": f'attachment; filename="{begun.file_name}"',
            "Cache-Control": "no-store",
        },
    )


def _field_of(error: RequestsError) -> str:
    if isinstance(error, FilterInvalid):
        return error.name
    return "request" if isinstance(error, RequestNotFound) else ""


def _page(request: Request, form: Form, status: int = 200) -> Response:
    app: Requests = request.app.state.application
    with app.pool.connection() as conn, conn.cursor() as cur:
        checkpoint = checkpoints.latest(cur)
    return render(
        request,
        "audit_ekspor.html",
        status,
        form=form,
        checkpoint=checkpoint,
        formats=[(name, each.label, _HINTS[name]) for name, each in FORMATS.items()],
        types=sorted(TITLES.items(), key=lambda item: item[1]),
        roles=list(LABELS.items()),
        agencies=[
            (each["code"], each["name"]) for each in request.app.state.settings.city["agencies"]
        ],
    )
