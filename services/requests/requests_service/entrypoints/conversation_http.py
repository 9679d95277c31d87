"""Writing to each other, and notes, as JSON."""

from uuid import UUID

from fastapi import APIRouter

from requests_service.entrypoints.http import Answer, App, Body, HowAsked, Text, Viewer

router = APIRouter(prefix="/api/requests", tags=["requests"])


class Writing(Body):
    """What is written."""

    text: Text


@router.post("/{request_id}/write")
def write(request_id: UUID, body: Writing, by: Viewer, app: App, asked: HowAsked) -> Answer:
    """The PPID to the Pemohon, or the Pemohon to the PPID. No step and no clock moves."""
    return app.conversing.write(request_id, by, text=body.text, **asked)


@router.post("/{request_id}/notes")
def take_note(request_id: UUID, body: Writing, by: Viewer, app: App, asked: HowAsked) -> Answer:
    """A note between officers, which no Pemohon reads."""
    return app.conversing.take_note(request_id, by, text=body.text, **asked)
