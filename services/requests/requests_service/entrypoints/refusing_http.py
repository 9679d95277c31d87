"""The second officer's word on a refusal, as JSON."""

from uuid import UUID

from fastapi import APIRouter

from requests_service.entrypoints.http import Answer, App, Body, HowAsked, Text, Viewer

router = APIRouter(prefix="/api/requests", tags=["requests"])


class SentBack(Body):
    """Why the refusal should not be sent as it is."""

    words: Text


@router.post("/{request_id}/confirm-refusal")
def confirm_refusal(request_id: UUID, by: Viewer, app: App, asked: HowAsked) -> Answer:
    """By another officer of the same office: the refusal, as it was proposed, follows."""
    return app.refusing.confirm(request_id, by, **asked)


@router.post("/{request_id}/send-back-refusal")
def send_back_refusal(
    request_id: UUID, body: SentBack, by: Viewer, app: App, asked: HowAsked
) -> Answer:
    """By any officer of the step; who proposed it takes it back with this too."""
    return app.refusing.send_back(request_id, by, words=body.words, **asked)
