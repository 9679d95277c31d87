"""From a request's pages to `privacy`, which keeps the Pemohon's own papers; and back to them."""

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from requests_service.application import Requests
from requests_service.entrypoints.at_desk import AtDesk
from requests_service.entrypoints.follow_cookie import Followed
from requests_service.entrypoints.http import Answer, App, Viewer
from requests_service.entrypoints.session import Page

pages = APIRouter(include_in_schema=False, route_class=Page)
router = APIRouter(prefix="/api/requests", tags=["requests"])


@pages.get("/permohonan/{register_number}/berkas")
def by_pemohon(request: Request, who: Followed) -> Response:
    app: Requests = request.app.state.application
    ticket = app.papers.sending_ticket(who.request_id, who.actor)
    return RedirectResponse(f"/privasi/berkas?tiket={ticket}", 303)


@pages.get("/meja/{request_id}/berkas")
def by_ppid(request: Request, who: AtDesk, request_id: UUID) -> Response:
    app: Requests = request.app.state.application
    ticket = app.papers.sending_ticket(request_id, who.actor)
    return RedirectResponse(f"/privasi/berkas?tiket={ticket}", 303)


@pages.post("/meja/{request_id}/berkas/{paper_id}")
def open_(request: Request, who: AtDesk, request_id: UUID, paper_id: UUID) -> Response:
    """By POST, because each opening is recorded."""
    app: Requests = request.app.state.application
    ticket = app.papers.opening_ticket(request_id, str(paper_id), who.actor)
    return RedirectResponse(f"/privasi/berkas/buka?tiket={ticket}", 303)


@router.post("/{request_id}/paper-ticket")
def paper_ticket(request_id: UUID, by: Viewer, app: App) -> Answer:
    """What `privacy` wants to see before it takes one of the Pemohon's own papers."""
    return {"ticket": app.papers.sending_ticket(request_id, by)}
