"""The Pemohon's own: what is held on them, and a new form begun from an earlier request."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from chassis.pages import render
from fastapi import APIRouter, Request
from fastapi.responses import Response

from requests_service.application import Requests
from requests_service.domain.identity import FIELDS
from requests_service.domain.roles import LABELS
from requests_service.domain.words import LETTERS, TEXT_TITLES
from requests_service.entrypoints.follow_cookie import Followed
from requests_service.entrypoints.http import Answer, App, Viewer
from requests_service.entrypoints.public_pages import form_page
from requests_service.entrypoints.session import Page
from requests_service.entrypoints.shown import paper_label
from requests_service.entrypoints.typed import Fields

pages = APIRouter(include_in_schema=False, route_class=Page)
router = APIRouter(prefix="/api/requests", tags=["requests"])
_NEVER_KEPT = {"Cache-Control": "no-store"}


# By POST, because each reading is recorded.


@pages.post("/permohonan/{register_number}/salin")
def copy(request: Request, who: Followed) -> Response:
    """The form of step 5, filled in as this request was."""
    app: Requests = request.app.state.application
    page = form_page(request, Fields(app.holding.begun_from(who.request_id, who.actor)), {}, 200)
    page.headers.update(_NEVER_KEPT)
    return page


@pages.post("/permohonan/{register_number}/data-saya")
def held_page(request: Request, who: Followed) -> Response:
    app: Requests = request.app.state.application
    held = app.holding.held(who.request_id, who.actor)
    page = render(
        request,
        "data_saya.html",
        it=held,
        identity=[(FIELDS[name], value) for name, value in held["identity"].items()],
        texts=[(TEXT_TITLES[name], text) for name, text in held["texts"].items()],
        letters=[
            (LETTERS.get(each["letter"], each["letter"]), each["number"])
            for each in held["letters"]
        ],
        papers=[(paper_label(each["kind"]), each["on"]) for each in held["papers"]],
        readings=[_reading(each) for each in held["read_by"]],
    )
    page.headers.update(_NEVER_KEPT)
    return page


@pages.post("/permohonan/{register_number}/data-saya.json")
def held_file(request: Request, who: Followed) -> Response:
    app: Requests = request.app.state.application
    whole = json.dumps(app.holding.held(who.request_id, who.actor), ensure_ascii=False, indent=2)
    named = {"Content-Disposition": f'attachment; filename="data-saya-{who.register_number}.json"'}
    return Response(whole, media_type="application/json", headers=_NEVER_KEPT | named)


@router.get("/{request_id}/held")
def held(request_id: UUID, by: Viewer, app: App, response: Response) -> Answer:
    """What is held on the Pemohon, for the Pemohon: UU 27/2022 Pasal 7. Recorded as a reading."""
    response.headers.update(_NEVER_KEPT)
    return app.holding.held(request_id, by)


def _reading(told: Mapping[str, Any]) -> tuple[datetime, str, str]:
    """When, by whom, and what of it."""
    service = told["service"]
    who = _SERVICES.get(service, service) if service else LABELS.get(told["role"], told["role"])
    what = [FIELDS.get(name, "Kode lacak") for name in told["fields"] if name != "kind"]
    what += [TEXT_TITLES.get(name, name) for name in told["texts"]]
    what += [paper_label(kind) for kind in told["papers"]]
    return datetime.fromisoformat(told["at"]), who, ", ".join(what)


_SERVICES = {
    "letters": "Layanan surat",
    "notify": "Layanan surel",
    "privacy": "Layanan berkas",
}
