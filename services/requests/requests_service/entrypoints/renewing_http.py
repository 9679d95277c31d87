"""A new tracking code, as JSON and as a page of the desk."""

from typing import Any
from uuid import UUID

from chassis.pages import Form, render
from fastapi import APIRouter, Request
from fastapi.responses import Response

from requests_service.application import Requests
from requests_service.domain import errors
from requests_service.domain.renewing import must_renew
from requests_service.entrypoints.at_desk import AtDesk
from requests_service.entrypoints.http import Answer, App, Body, HowAsked, Text, Viewer
from requests_service.entrypoints.session import Page
from requests_service.entrypoints.typed import Typed, new_key
from requests_service.visible import actor_of

router = APIRouter(prefix="/api/requests", tags=["requests"])
pages = APIRouter(include_in_schema=False, route_class=Page)


class Renewing(Body):
    """How the PPID made sure that it is the Pemohon who asks."""

    identified: Text


@router.post("/{request_id}/renew-code")
def renew(request_id: UUID, body: Renewing, by: Viewer, app: App, asked: HowAsked) -> Answer:
    """By the PPID, for who has lost it. The old code opens nothing any more; the new one is told
    here only."""
    return app.renewing.renew(request_id, by, identified=body.identified, **asked)


@pages.get("/meja/{request_id}/kode-lacak")
def form(request: Request, who: AtDesk, request_id: UUID) -> Response:
    must_renew(actor_of(who.actor))
    return _page(request, who.actor, request_id, Form())


@pages.post("/meja/{request_id}/kode-lacak")
def renew_on_paper(request: Request, who: AtDesk, request_id: UUID, typed: Typed) -> Response:
    app: Requests = request.app.state.application
    once = typed.once(who.id, typed.text("idempotency_key") or new_key())
    try:
        answer = app.renewing.renew(
            request_id, who.actor, identified=typed.text("identified"), once=once
        )
    except errors.TextMissing as error:
        return _page(request, who.actor, request_id, Form(typed, {"identified": str(error)}), 422)
    page = _page(request, who.actor, request_id, Form(), 201, answer["tracking_code"])
    page.headers["Cache-Control"] = "no-store"
    return page


def _page(
    request: Request, by: Any, request_id: UUID, form: Form, status: int = 200, code: str = ""
) -> Response:
    app: Requests = request.app.state.application
    return render(
        request,
        "kode_lacak.html",
        status,
        it=app.reading.get(request_id, by),
        form=form,
        tracking_code=code,
        idempotency_key=new_key(),
        follow_url=f"{request.app.state.settings.public_url}/permohonan/lacak",
    )
