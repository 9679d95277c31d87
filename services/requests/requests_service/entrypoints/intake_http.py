"""What came another way than the form, and how the Pemohon was served, as JSON."""

from datetime import date
from typing import Annotated
from uuid import UUID

from chassis.http import Officer, problem
from fastapi import APIRouter, Depends, Request, Response
from starlette.concurrency import run_in_threadpool

from requests_service.domain.errors import FormInvalid
from requests_service.domain.form import Form
from requests_service.domain.identity import Identity
from requests_service.domain.intake import Entry
from requests_service.entrypoints.http import (
    OF_THE_FORM,
    Answer,
    App,
    Body,
    HowAsked,
    IdempotencyKey,
    Line,
    Submission,
    Text,
    Viewer,
    once_of,
)
from requests_service.entrypoints.session import enabled
from requests_service.visible import actor_of

router = APIRouter(prefix="/api/requests", tags=["requests"])
Ppid = Annotated[Officer, Depends(enabled("ppid"))]


class Entering(Submission):
    """Step 5's form as an officer fills it in; without an e-mail the answer goes by letter."""

    email: Line = ""
    channel: Line
    received_on: date
    why_later: Text = ""


class Rating(Body):
    """5 is best; why, if the Pemohon likes to say."""

    score: int
    remark: Text | None = None


@router.post("/enter", status_code=201, response_model=Answer)
async def enter(
    request: Request, body: Entering, who: Ppid, app: App, idempotency_key: IdempotencyKey = None
) -> Answer | Response:
    """By the PPID: what came at the counter, by letter, telephone or e-mail; the same receipt.

    `received_on`: day zero of both clocks; a day before today needs `why_later`.
    """
    told = body.model_dump()
    form = Form(
        **{name: told.pop(name) for name in OF_THE_FORM},
        kind=body.kind,
        channel=told.pop("channel"),
    )
    entry = Entry(actor_of(who.actor), told.pop("received_on"), told.pop("why_later"))
    once = await once_of(request, idempotency_key, sender=who.id)
    try:
        return await run_in_threadpool(app.submit, Identity(**told), form, entry=entry, once=once)
    except FormInvalid as error:
        wrong = [{"field": name, "problem": why} for name, why in error.problems.items()]
        return problem(request, 422, str(error), "FormInvalid", errors=wrong)


@router.post("/{request_id}/rate")
def rate(request_id: UUID, body: Rating, by: Viewer, app: App, asked: HowAsked) -> Answer:
    """By the Pemohon, once, when the request is finished."""
    return app.rating.rate(request_id, by, **body.model_dump(), **asked)
