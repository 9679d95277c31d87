"""/laporan: the yearly report and the registers, for everybody; with identities for the PPID."""

from typing import Annotated, Any

from chassis.http import Officer, officer
from chassis.pages import render
from fastapi import APIRouter, Depends, HTTPException, Path, Query, Request
from fastapi.responses import RedirectResponse, Response, StreamingResponse

from requests_service.application import Requests
from requests_service.domain.roles import Role
from requests_service.entrypoints.session import Page, enabled
from requests_service.entrypoints.typed import Typed
from requests_service.law import papers
from requests_service.law.evidence import bundle
from requests_service.projections import register

router = APIRouter(include_in_schema=False, route_class=Page)
_ROWS_OF_A_PAGE = 100
_REPORT = "laporan"
_WORK = (Role.PPID, Role.WALIDATA, Role.ATASAN_PPID, Role.AUDITOR)
_works = enabled(*_WORK)
Year = Annotated[int, Path(ge=2000, le=2199)]


@router.get("/laporan")
def start(request: Request) -> Response:
    """This year's; the page leads to the others."""
    app: Requests = request.app.state.application
    return RedirectResponse(f"/laporan/{app.today().day.year}", 303)


@router.get("/laporan/{year}")
def report(request: Request, year: Year) -> Response:
    app: Requests = request.app.state.application
    who = officer(request)
    paper = papers.yearly_report(app, request.app.state.settings.city, year)
    return render(
        request,
        "laporan.html",
        paper=paper,
        year=year,
        years=_years(app, year),
        registers=papers.REGISTERS,
        may_bundle=who is not None and who.role in _WORK,
    )


@router.get("/laporan/{year}/bukti-e-monev.zip")
def evidence_bundle(
    request: Request, year: Year, who: Annotated[Officer, Depends(_works)]
) -> Response:
    """For whoever answers the Komisi Informasi; nobody is named in it."""
    content = bundle(request.app.state.application, request.app.state.settings.city, year)
    return _attached(content, "application/zip", f"bukti-e-monev-{year}.zip")


@router.get("/laporan/{year}/{file}")
def register_or_file(
    request: Request, year: Year, file: str, halaman: Annotated[int, Query(ge=1, le=9999)] = 1
) -> Response:
    """The public version of a register as a page, or of anything as a file."""
    name, _, format_ = file.partition(".")
    if format_ in papers.FORMATS and name in (_REPORT, *papers.REGISTERS):
        return _public_file(request, name, year, format_)
    if file not in papers.REGISTERS:
        raise HTTPException(404)
    app: Requests = request.app.state.application
    paper = papers.register_of(
        app,
        request.app.state.settings.city,
        file,
        year,
        skip=(halaman - 1) * _ROWS_OF_A_PAGE,
        limit=_ROWS_OF_A_PAGE + 1,
    )
    rows = paper.tables[0].rows
    return _register_page(
        request,
        file,
        year,
        paper,
        rows=rows[:_ROWS_OF_A_PAGE],
        next_href=f"?halaman={halaman + 1}" if len(rows) > _ROWS_OF_A_PAGE else None,
        first_href="?halaman=1" if halaman > 1 else None,
    )


@router.post("/laporan/{year}/{which}/lengkap")
def with_identities(
    request: Request,
    year: Year,
    which: str,
    typed: Typed,
    who: Annotated[Officer, Depends(enabled(Role.PPID))],
) -> Response:
    """All columns: a page, or a file. A POST, because it leaves a fact for each person in it."""
    if which not in papers.REGISTERS:
        raise HTTPException(404)
    app: Requests = request.app.state.application
    city = request.app.state.settings.city
    paper = papers.register_of(app, city, which, year, opened_for=who.actor)
    format_ = typed.text("format")
    if format_ in papers.FORMATS:
        return _sent(paper, f"{which}-lengkap", year, format_)
    return _register_page(request, which, year, paper, rows=paper.tables[0].rows, opened=True)


def _public_file(request: Request, name: str, year: int, format_: str) -> Response:
    app: Requests = request.app.state.application
    city = request.app.state.settings.city
    if name == _REPORT:
        return _sent(papers.yearly_report(app, city, year), name, year, format_)
    if (name, format_) == ("register-permohonan", "csv"):
        pieces, headers = papers.csv_of_requests(app, year), _as_file(f"{name}-{year}.csv")
        return StreamingResponse(pieces, media_type=papers.FORMATS["csv"], headers=headers)
    return _sent(papers.register_of(app, city, name, year), name, year, format_)


def _sent(paper: papers.Paper, name: str, year: int, format_: str) -> Response:
    return _attached(paper.written(format_), papers.FORMATS[format_], f"{name}-{year}.{format_}")


def _attached(content: bytes, media_type: str, file_name: str) -> Response:
    return Response(content, media_type=media_type, headers=_as_file(file_name))


def _as_file(name: str) -> dict[str, str]:
    return {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store",
    }


def _register_page(
    request: Request, which: str, year: int, paper: papers.Paper, **more: Any
) -> Response:
    who = officer(request)
    told = {"opened": False, "next_href": None, "first_href": None} | more
    return render(
        request,
        "register.html",
        paper=paper,
        table=paper.tables[0],
        which=which,
        year=year,
        years=_years(request.app.state.application, year),
        registers=papers.REGISTERS,
        may_open=who is not None and who.role == Role.PPID,
        **told,
    )


def _years(app: Requests, year: int) -> list[int]:
    return sorted({*register.years_of(app.pool), year, app.today().day.year}, reverse=True)
