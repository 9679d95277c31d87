"""What copies on paper cost, as JSON."""

from datetime import date
from uuid import UUID

from fastapi import APIRouter

from requests_service.entrypoints.http import Answer, App, Body, HowAsked, Line, Text, Viewer

router = APIRouter(prefix="/api/requests", tags=["requests"])


class Fee(Body):
    """Sheets of paper, and what sending them costs in rupiah."""

    sheets: int
    sending: int = 0


class Payment(Body):
    """When it was paid, and the number of the proof."""

    paid_on: date
    receipt: Line


class Waiving(Body):
    """Why nothing is to be paid."""

    reason: Text


@router.post("/{request_id}/state-fee")
def state_fee(request_id: UUID, body: Fee, by: Viewer, app: App, asked: HowAsked) -> Answer:
    """By the PPID, for copies on paper, steps 11 to 13: UU 14/2008 Pasal 22 ayat (7) huruf g."""
    return app.charging.state(request_id, by, **body.model_dump(), **asked)


@router.post("/{request_id}/record-payment")
def record_payment(
    request_id: UUID, body: Payment, by: Viewer, app: App, asked: HowAsked
) -> Answer:
    """By the PPID; the data can be delivered then."""
    return app.charging.pay(request_id, by, **body.model_dump(), **asked)


@router.post("/{request_id}/waive-fee")
def waive_fee(request_id: UUID, body: Waiving, by: Viewer, app: App, asked: HowAsked) -> Answer:
    """By the PPID; also to state the cost anew."""
    return app.charging.waive(request_id, by, reason=body.reason, **asked)
