"""The operator's page of mails, and the demonstration's letter box."""

from typing import Annotated
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from chassis.http import NotSignedIn, Officer, needs, officer
from chassis.pages import render
from fastapi import APIRouter, Depends, Form, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from notify_service import views
from notify_service.adapters.kept_mails import KeptMail, KeptMails
from notify_service.application import DISMISSAL_REASONS
from notify_service.entrypoints.http import application, mails_page

router = APIRouter(include_in_schema=False)

STATES = {
    "failed": ("Gagal", "bad"),
    "waiting": ("Menunggu", "warn"),
    "sent": ("Terkirim", "good"),
    "dropped": ("Tanpa penerima", "plain"),
    "dismissed": ("Diabaikan", "plain"),
}
DONE = {
    "kirim-ulang": "Surel itu dikirim lagi sekarang. Muat ulang halaman untuk melihat hasilnya.",
    "abaikan": "Surel itu diabaikan dan tidak akan dikirim.",
}
# A mail's own HTML: nothing is fetched, no script, no form; its links open in another tab.
_MAIL_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none';"
    " style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"
)


@router.get("/notifikasi")
def list_mails(
    request: Request,
    reader: Annotated[Officer, Depends(needs("operator", "ppid"))],
    keadaan: str = "failed",
    cursor: str | None = None,
    selesai: str = "",
) -> HTMLResponse:
    state = keadaan if keadaan in STATES else "failed"
    mails, after = mails_page(request, state=state, cursor=cursor)
    return render(
        request,
        "notifikasi.html",
        mails=mails,
        counts=views.counts(request.app.state.pool),
        states=STATES,
        state=state,
        roles=request.app.state.settings.city["roles"],
        reasons=list(DISMISSAL_REASONS.items()),
        may_act=reader.role == "operator",
        done=DONE.get(selesai),
        next_href=_list_href(state, cursor=after) if after else None,
        first_href=_list_href(state) if cursor else None,
        mail_box=request.app.state.settings.mail_folder is not None,
    )


@router.post("/notifikasi/{mail_id}/kirim-ulang")
def retry(
    request: Request,
    operator: Annotated[Officer, Depends(needs("operator"))],
    mail_id: UUID,
    keadaan: Annotated[str, Form()] = "failed",
) -> Response:
    application(request).retry(mail_id, operator.actor)
    return RedirectResponse(_list_href(keadaan, selesai="kirim-ulang"), 303)


@router.post("/notifikasi/{mail_id}/abaikan")
def dismiss(
    request: Request,
    operator: Annotated[Officer, Depends(needs("operator"))],
    mail_id: UUID,
    alasan: Annotated[str, Form()] = "",
    keadaan: Annotated[str, Form()] = "failed",
) -> Response:
    application(request).dismiss(mail_id, operator.actor, reason=alasan)
    return RedirectResponse(_list_href(keadaan, selesai="abaikan"), 303)


@router.get("/kotak-surat")
def mail_box(request: Request, sebelum: str | None = None) -> HTMLResponse:
    kept = _kept_mails(request).newest(before=sebelum)
    return render(
        request,
        "kotak_surat.html",
        mails=kept,
        next_href=f"/kotak-surat?sebelum={kept[-1].id}" if len(kept) == 50 else None,
        first_href="/kotak-surat" if sebelum else None,
    )


@router.get("/kotak-surat/{mail_id}")
def kept_mail(request: Request, mail_id: str) -> HTMLResponse:
    return render(request, "surat_masuk.html", mail=_kept_mail(request, mail_id))


@router.get("/kotak-surat/{mail_id}/html")
def kept_mail_html(request: Request, mail_id: str) -> HTMLResponse:
    return HTMLResponse(
        _kept_mail(request, mail_id).html,
        headers={"Content-Security-Policy": _MAIL_POLICY, "Cache-Control": "no-store"},
    )


@router.get("/kotak-surat/{mail_id}/sumber")
def kept_mail_source(request: Request, mail_id: str) -> Response:
    return Response(
        _kept_mail(request, mail_id).source,
        media_type="text/plain; charset=utf-8",
        headers={"Content-Security-Policy": "sandbox; default-src 'none'"},
    )


def _kept_mails(request: Request) -> KeptMails:
    """The letter box is there only while the local mail sink is used.

    On one's own machine it is open, as the demonstration's applicants have no account; where others
    can reach the site, it takes a sign-in.
    """
    settings = request.app.state.settings
    if settings.mail_folder is None:
        raise HTTPException(404)
    if not _on_this_machine(settings.public_url) and officer(request) is None:
        raise NotSignedIn
    return KeptMails(settings.mail_folder)


def _kept_mail(request: Request, mail_id: str) -> KeptMail:
    mail = _kept_mails(request).one(mail_id)
    if mail is None:
        raise HTTPException(404)
    return mail


def _on_this_machine(public_url: str) -> bool:
    return urlsplit(public_url).hostname in ("127.0.0.1", "localhost", "::1")


def _list_href(state: str, **more: str) -> str:
    return f"/notifikasi?{urlencode({'keadaan': state, **more})}"
