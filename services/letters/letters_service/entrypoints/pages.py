"""Pages: the register of letters for officers, a letter itself, and the public check."""

from typing import Annotated, Any, TypeVar
from urllib.parse import urlencode

from chassis.http import Officer, needs
from chassis.pages import Form as PageForm
from chassis.pages import render
from chassis.sandbox import Refused
from chassis.sessions import BadToken
from chassis.uploads import Format, sniff
from fastapi import APIRouter, Depends, Form, Query, Request, UploadFile
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from letters_service import views
from letters_service.domain.errors import TicketInvalid
from letters_service.domain.letters import BY_KEY, LETTERS, Office
from letters_service.domain.tokens import is_token, typed
from letters_service.domain.verdict import Finding, Verdict
from letters_service.entrypoints.http import LISTERS, READERS, agency_of, letter_id_or_404
from letters_service.entrypoints.http import pdf_response as _pdf

router = APIRouter(include_in_schema=False)

UPLOAD_BYTES_MAX = 10 * 1024 * 1024
"""Our letters are some 70 kB; a scan of one may be larger."""

_TITLES = {kind.key: kind.title for kind in LETTERS}
_ADDRESSED_TO = {
    Office.PEMOHON.value: "Pemohon",
    Office.PPID.value: "PPID",
    Office.PPID_PEMBANTU.value: "PPID Pembantu",
}
_KINDS_OF_VERDICT = {
    Verdict.IDENTIK: "good",
    Verdict.DIUBAH: "bad",
    Verdict.BUKAN_TERBITAN_KAMI: "warn",
}


@router.get("/surat")
def register(
    request: Request,
    who: Annotated[Officer, Depends(needs(*LISTERS))],
    nomor: Annotated[str, Query(max_length=60)] = "",
    jenis: Annotated[str, Query(max_length=60)] = "",
    setelah: str = "",
) -> HTMLResponse:
    """The letters that this officer may know of, the newest first."""
    rows, following = views.letters(
        request.app.state.pool,
        agency=agency_of(who),
        register_number=nomor,
        kind=jenis if jenis in BY_KEY else "",
        after=letter_id_or_404(setelah) if setelah else None,
    )
    asked = {"nomor": nomor, "jenis": jenis}
    return render(
        request,
        "letters_register.html",
        letters=[_shown(row) for row in rows],
        may_open=who.role in READERS,
        waiting=[_waiting(row) for row in views.waiting(request.app.state.pool)]
        if who.role == "ppid"
        else [],
        asked=asked,
        kinds=[(kind.key, kind.title) for kind in LETTERS],
        next_href=f"/surat?{urlencode({**asked, 'setelah': following})}" if following else None,
        first_href=f"/surat?{urlencode(asked)}" if setelah else None,
    )


@router.get("/surat/periksa")
def check_form(request: Request) -> HTMLResponse:
    """Anybody: type a number and a code, or upload the PDF."""
    return _check_page(request)


@router.post("/surat/periksa")
def check_typed(
    request: Request,
    nomor: Annotated[str, Form(max_length=200)] = "",
    kode: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """By number and code."""
    errors = {}
    if not nomor.strip():
        errors["nomor"] = "Tulis nomor surat, seperti pada kepala surat."
    if not is_token(typed(kode)):
        errors["kode"] = (
            "Kode periksa terdiri atas 28 huruf dan angka, tercetak di samping kode QR."
        )
    form = PageForm(values={"nomor": nomor, "kode": kode}, errors=errors)
    if errors:
        return _check_page(request, 422, form=form)
    found = request.app.state.application.check(kode, number=nomor)
    if found is None:
        return _check_page(request, 404, form=form, not_found=True)
    return _noindex(RedirectResponse(f"/surat/periksa/{typed(kode)}", 303))


@router.post("/surat/periksa/berkas")
def check_file(request: Request, berkas: UploadFile | None = None) -> Response:
    """By the file itself. It is looked at, and not kept."""
    try:
        data = berkas.file.read(UPLOAD_BYTES_MAX + 1) if berkas is not None else b""
        if len(data) > UPLOAD_BYTES_MAX:
            raise Refused("Berkas ini lebih besar dari 10 MB; surat kami tidak sebesar itu.")
        if sniff(data, (berkas.filename if berkas else None) or "") is not Format.PDF:
            raise Refused("Yang dapat diperiksa hanya berkas PDF.")
        finding: Finding[dict[str, Any]] = request.app.state.application.verify(data)
    except Refused as refusal:
        return _check_page(
            request, 422, file_form=PageForm(errors={"berkas": str(refusal)}, prefix="b")
        )
    return _check_page(request, finding=finding)


@router.get("/surat/periksa/{token}")
def checked(request: Request, token: str) -> HTMLResponse:
    """Where the QR code leads."""
    found = request.app.state.application.check(token)
    page = render(
        request,
        "letter_checked.html",
        200 if found else 404,
        letter=_shown(found) if found else None,
    )
    return _noindex(page)


@router.get("/surat/{letter_id}")
def letter(request: Request, letter_id: str, tiket: str = "") -> Response:
    """The PDF: for the Pemohon with a ticket, for officers whom it concerns."""
    application = request.app.state.application
    if not tiket:
        # Who asks is settled before anything is looked up.
        who = needs(*READERS)(request)
        return _pdf(*application.open_letter(letter_id_or_404(letter_id), who.actor))
    try:
        claims = request.app.state.tokens.verify(tiket, purpose="letter", issuer="requests")
    except BadToken as error:
        raise TicketInvalid from error
    return _pdf(*application.open_by_ticket(letter_id_or_404(letter_id), claims))


def _check_page(
    request: Request,
    status: int = 200,
    *,
    form: PageForm | None = None,
    file_form: PageForm | None = None,
    finding: Finding[dict[str, Any]] | None = None,
    not_found: bool = False,
) -> HTMLResponse:
    page = render(
        request,
        "letter_check.html",
        status,
        form=form or PageForm(),
        file_form=file_form or PageForm(prefix="b"),
        finding=finding,
        kind_of_verdict=_KINDS_OF_VERDICT[finding.verdict] if finding else "",
        letter=_shown(finding.letter) if finding and finding.letter else None,
        not_found=not_found,
    )
    return _noindex(page)


_Answer = TypeVar("_Answer", bound=Response)


def _noindex(response: _Answer) -> _Answer:
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    return {
        **row,
        "title": _TITLES[row["letter"]],
        "to": _ADDRESSED_TO[row["addressed_to"]],
    }


def _waiting(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "title": _TITLES.get(row["letter"], row["letter"])}
