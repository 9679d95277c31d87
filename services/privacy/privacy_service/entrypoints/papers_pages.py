"""The Pemohon's own papers: sending them, and an officer's opening of one."""

from typing import Annotated
from urllib.parse import urlencode

from chassis.http import Officer, needs
from chassis.keyring import Forgotten
from chassis.pages import Form as PageForm
from chassis.pages import error_page, render
from chassis.sessions import ExpiredToken
from fastapi import APIRouter, Depends, File, Form, Query, Request, UploadFile
from fastapi.responses import RedirectResponse, Response

from privacy_service.domain.access import PPID, PPID_PEMBANTU
from privacy_service.domain.errors import PaperUnfit
from privacy_service.domain.papers import BYTES_MAX, KINDS, PAPERS_MAX
from privacy_service.entrypoints.http import application, file_response, signed_in
from privacy_service.papers import PEMOHON, PaperTicket

router = APIRouter(include_in_schema=False)
_EXPIRED = (
    "Waktu mengunggah sudah habis. Buka kembali halaman permohonan, lalu tekan Unggah berkas"
    " persyaratan sekali lagi."
)
_TO_OPEN = "Waktu membuka berkas sudah habis. Tekan Buka sekali lagi di halaman permohonan."
_ERASED = "Data pribadi Pemohon sudah dihapus; berkasnya tidak diterima lagi."


@router.get("/privasi/berkas")
def papers(
    request: Request, tiket: str, terima: Annotated[str, Query(max_length=20)] = ""
) -> Response:
    """What was sent before, by its kind, and the form; for the holder of a ticket."""
    try:
        ticket = application(request).papers.ticket(tiket, signed_in=signed_in(request))
    except ExpiredToken:
        return error_page(request, 410, _EXPIRED)
    return _page(request, tiket, ticket, PageForm(), received=KINDS.get(terima, ""))


@router.post("/privasi/berkas")
def receive(
    request: Request,
    tiket: Annotated[str, Form()],
    file: Annotated[UploadFile, File()],
    kind: Annotated[str, Form()] = "",
) -> Response:
    """Keep one paper; or say why not, with the form."""
    app = application(request)
    try:
        ticket = app.papers.ticket(tiket, signed_in=signed_in(request))
    except ExpiredToken:
        return error_page(request, 410, _EXPIRED)
    try:
        app.papers.receive(ticket, kind=kind, data=file.file.read(BYTES_MAX + 1))
    except PaperUnfit as unfit:
        form = PageForm({"kind": kind}, {unfit.field: str(unfit)})
        return _page(request, tiket, ticket, form, status=422)
    except Forgotten:
        return error_page(request, 410, _ERASED)
    return RedirectResponse(f"/privasi/berkas?{urlencode({'tiket': tiket, 'terima': kind})}", 303)


@router.get("/privasi/berkas/buka")
def open_(
    request: Request, tiket: str, who: Annotated[Officer, Depends(needs(PPID, PPID_PEMBANTU))]
) -> Response:
    """One paper, for a link of a minute that `requests` made for this officer; it is recorded."""
    try:
        paper = application(request).papers.open(tiket, signed_in=who.id)
    except ExpiredToken:
        return error_page(request, 410, _TO_OPEN)
    return file_response(paper)


def _page(
    request: Request,
    token: str,
    ticket: PaperTicket,
    form: PageForm,
    *,
    received: str = "",
    status: int = 200,
) -> Response:
    by_pemohon = ticket.by.role == PEMOHON
    number = ticket.register_number
    kept = application(request).papers.kept(ticket.request_id)
    page = render(
        request,
        "privacy_papers.html",
        status,
        ticket=token,
        form=form,
        received=received,
        register_number=number,
        by_pemohon=by_pemohon,
        back=f"/permohonan/{number}" if by_pemohon else f"/meja/{ticket.request_id}",
        kinds=list(KINDS.items()),
        kept=[(KINDS[each["kind"]], each) for each in kept],
        left=PAPERS_MAX - len(kept),
        papers_max=PAPERS_MAX,
        megabytes=BYTES_MAX // 1024 // 1024,
    )
    page.headers["Cache-Control"] = "no-store"
    return page
