"""Pages: uploading, the PPID's review of what was found, the original, the download."""

from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from chassis.http import Officer, needs
from chassis.pages import Form as PageForm
from chassis.pages import error_page, render
from chassis.sandbox import Refused
from chassis.sessions import ExpiredToken
from fastapi import APIRouter, Depends, File, Form, Request, UploadFile
from fastapi.responses import RedirectResponse, Response

from privacy_service import views
from privacy_service.application import verdicts_of
from privacy_service.domain import errors
from privacy_service.domain.access import PPID, PPID_PEMBANTU
from privacy_service.domain.kinds import LABELS, REASONS, USUAL_REASON, Kind, reason
from privacy_service.domain.masking import Choice
from privacy_service.domain.methods import ABOUT, ALLOWED, Method
from privacy_service.domain.verdicts import Verdict
from privacy_service.entrypoints.forms import choices_of_form
from privacy_service.entrypoints.http import application, file_response, signed_in

router = APIRouter(include_in_schema=False)

PpidOrPembantu = Annotated[Officer, Depends(needs(PPID, PPID_PEMBANTU))]
Ppid = Annotated[Officer, Depends(needs(PPID))]

_STATES = {
    "received": ("menunggu dibaca", "plain"),
    "scanning": ("sedang diperiksa mesin", "info"),
    "scanned": ("menunggu keputusan PPID", "warn"),
    "unreadable": ("tidak dapat dibaca", "bad"),
    "releasing": ("sedang disamarkan", "info"),
    "proposed": ("menunggu petugas kedua", "warn"),
    "masked": ("disamarkan", "good"),
    "clean": ("tidak ada data pribadi", "good"),
}
_WORKING = ("received", "scanning", "releasing")
_LINK_EXPIRED = (
    "Tautan unduhan ini sudah tidak berlaku. Buka kembali halaman permohonan Anda, lalu tekan "
    "Unduh data untuk mendapat tautan yang baru."
)


@router.get("/privasi")
def waiting(request: Request, who: PpidOrPembantu) -> Response:
    """Files that wait for the PPID, and those decided lately."""
    pool, agency = request.app.state.pool, None if who.role == PPID else who.agency or ""
    return render(
        request,
        "privacy_list.html",
        waiting=views.waiting_files(pool, agency=agency),
        decided=views.decided_files(pool, agency=agency),
        states=_STATES,
    )


@router.get("/privasi/unggah")
def upload_form(request: Request, ticket: str) -> Response:
    """The form for the holder of a ticket."""
    application(request).ticket_is_for(ticket)
    return render(request, "privacy_upload.html", ticket=ticket, came="", form=PageForm())


@router.post("/privasi/unggah")
def upload(
    request: Request,
    ticket: Annotated[str, Form()],
    file: Annotated[UploadFile, File()],
    came: Annotated[str, Form()] = "",
) -> Response:
    """Keep the file and go back to the desk with a receipt; or say why not, with the form.

    `came`: the desk's own parameters, by which it knows the list that the officer came from.
    """
    try:
        receipt = application(request).receive_upload(
            ticket,
            filename=file.filename or "",
            data=file.file.read(),
            signed_in=signed_in(request),
        )
    except Refused as refusal:
        form = PageForm(errors={"file": str(refusal)})
        return render(request, "privacy_upload.html", 422, ticket=ticket, came=came, form=form)
    told = urlencode([("receipt", receipt.token), *parse_qsl(came)])
    return RedirectResponse(f"/meja/{receipt.request_id}?{told}", 303)


@router.get("/privasi/unduh")
def download(request: Request, tiket: str) -> Response:
    """A file that may be given, for a short-lived link that `requests` issued."""
    try:
        file = application(request).download(tiket)
    except ExpiredToken:
        return error_page(request, 410, _LINK_EXPIRED)
    return file_response(file)


@router.get("/privasi/unduh/{token}")
def download_by_path(request: Request, token: str) -> Response:
    """The same, with the token in the path."""
    return download(request, token)


@router.get("/privasi/{request_id}")
def review(request: Request, request_id: UUID, who: PpidOrPembantu) -> Response:
    """What was found in the file, and for the PPID how to mask it."""
    case = application(request).review(request_id, who.actor)
    return _review_page(request, case, who)


@router.post("/privasi/{request_id}/pratinjau")
async def preview(request: Request, request_id: UUID, who: Ppid) -> Response:
    """The first rows as they would be given with these choices."""
    return await _decided(request, request_id, who, "preview")


@router.post("/privasi/{request_id}/samarkan")
async def mask(request: Request, request_id: UUID, who: Ppid) -> Response:
    """Mask the file this way and declare it safe."""
    return await _decided(request, request_id, who, "mask")


@router.post("/privasi/{request_id}/bersih")
async def clean(request: Request, request_id: UUID, who: Ppid) -> Response:
    """There is no personal data in the file."""
    return await _decided(request, request_id, who, "declare_clean")


@router.post("/privasi/{request_id}/setujui")
def confirm(request: Request, request_id: UUID, who: Ppid) -> Response:
    """The second officer's yes, where the city lets two decide."""
    application(request).confirm(request_id, who.actor)
    return RedirectResponse(f"/privasi/{request_id}", 303)


@router.post("/privasi/{request_id}/kembalikan")
def send_back(request: Request, request_id: UUID, who: Ppid) -> Response:
    """The second officer's no; or the first one's second thought."""
    application(request).send_back(request_id, who.actor)
    return RedirectResponse(f"/privasi/{request_id}", 303)


@router.post("/privasi/{request_id}/asli")
def original(request: Request, request_id: UUID, who: PpidOrPembantu) -> Response:
    """The first rows as they are. A POST: no browser looks ahead, and every look is recorded."""
    case, tables = application(request).original_rows(request_id, who.actor)
    return render(request, "privacy_original.html", case=case, tables=tables)


async def _decided(request: Request, request_id: UUID, who: Officer, act: str) -> Response:
    from starlette.concurrency import run_in_threadpool

    form = await request.form()
    return await run_in_threadpool(_act, request, request_id, who, act, dict(form))


def _act(
    request: Request, request_id: UUID, who: Officer, act: str, form: Mapping[str, Any]
) -> Response:
    app = application(request)
    case = app.review(request_id, who.actor)
    if form.get("digest") != case["digest"]:
        raise errors.NotReady("Berkasnya sudah berganti; periksa lagi dari awal.")
    choices = choices_of_form(form, verdicts_of(case))
    try:
        if act == "preview":
            tables = app.preview(request_id, who.actor, choices)
            return _review_page(request, case, who, choices=choices, tables=tables)
        getattr(app, act)(request_id, who.actor, choices)
    except (errors.ChoiceInvalid, errors.FindingsUnanswered, Refused) as refusal:
        return _review_page(request, case, who, choices=choices, refusal=str(refusal), status=422)
    return RedirectResponse(f"/privasi/{request_id}", 303)


def _review_page(
    request: Request,
    case: dict[str, Any],
    who: Officer,
    *,
    choices: Mapping[str, Choice] | None = None,
    tables: list[dict[str, Any]] | None = None,
    refusal: str = "",
    status: int = 200,
) -> Response:
    findings = case["findings"] or {"rows": None, "notes": []}
    verdicts = verdicts_of(case)
    rows = [
        _row(number, verdict, (choices or {}).get(verdict.key))
        for number, verdict in enumerate(verdicts)
    ]
    return render(
        request,
        "privacy_review.html",
        status,
        case=case,
        state=_STATES[case["state"]],
        working=case["state"] in _WORKING,
        may_decide=who.role == PPID and case["state"] == "scanned" and case["step"] == 10,
        may_fetch=who.role == PPID,
        is_open=who.role == PPID and case["step"] == 10,
        is_second=case["decided_by"] != who.id,
        is_pdf=case["format"] == "pdf",
        rows_total=findings["rows"],
        notes=findings["notes"],
        found=[row for row in rows if row["found"]],
        rest=[row for row in rows if not row["found"]],
        tables=tables,
        refusal=refusal,
        masked_columns=_masked_columns(case),
        usual_law=USUAL_REASON,
        methods=[(about.label, about.explanation) for about in ABOUT.values()],
    )


def _row(number: int, verdict: Verdict, choice: Choice | None) -> dict[str, Any]:
    """One column of the review, with the ways that are open for it."""
    if verdict.kind is not None:
        methods = (*ALLOWED[verdict.kind], Method.KEEP)
    else:
        methods = (Method.KEEP, *ALLOWED[Kind.OTHER])
    return {
        "number": number,
        "title": verdict.title,
        "found": verdict.found,
        "kind": LABELS[verdict.kind] if verdict.kind else "",
        "why": verdict.why,
        "inside": ", ".join(
            f"{LABELS[Kind(kind)]} di {count} sel" for kind, count in verdict.inside.items()
        )
        if verdict.kind is not Kind.TEXT
        else "",
        "filled": verdict.filled,
        "shapes": verdict.samples,
        "law": REASONS.get(verdict.kind, "") if verdict.kind else "",
        "methods": [(str(m), ABOUT[m].label) for m in methods],
        "chosen": str(choice.method if choice else methods[0]),
        "reason": choice.reason if choice else "",
    }


def _masked_columns(case: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "column": column["column"],
            "kind": LABELS[Kind(column["kind"])],
            "method": ABOUT[Method(column["method"])].label,
            "cells": column["cells"],
            "law": reason(Kind(column["kind"])),
        }
        for column in case["masked_columns"] or []
    ]
