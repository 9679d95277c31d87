"""Reopening and disputes, as JSON."""

from datetime import date
from uuid import UUID

from fastapi import APIRouter

from requests_service.entrypoints.http import Answer, App, Body, HowAsked, Line, Text, Viewer

router = APIRouter(prefix="/api/requests", tags=["requests"])


class Reopening(Body):
    """Where a finished request goes on (6, 8 or 10), and why."""

    to_step: int
    basis: Line
    reason: Text


class Dispute(Body):
    """What the Komisi Informasi registered."""

    number: Line
    filed_on: date


class DisputeDecision(Body):
    """How the Komisi Informasi ended it."""

    outcome: Line
    decision: Line
    decided_on: date


@router.post("/{request_id}/reopen")
def reopen(request_id: UUID, body: Reopening, by: Viewer, app: App, asked: HowAsked) -> Answer:
    """By the PPID, after the end: both clocks start anew."""
    return app.redress.reopen(request_id, by, **body.model_dump(), **asked)


@router.post("/{request_id}/record-dispute")
def record_dispute(
    request_id: UUID, body: Dispute, by: Viewer, app: App, asked: HowAsked
) -> Answer:
    """By the PPID, after an objection: UU 14/2008 Pasal 37."""
    return app.redress.record_dispute(request_id, by, **body.model_dump(), **asked)


@router.post("/{request_id}/record-dispute-decision")
def record_dispute_decision(
    request_id: UUID, body: DisputeDecision, by: Viewer, app: App, asked: HowAsked
) -> Answer:
    """By the PPID, while a dispute is open."""
    return app.redress.record_dispute_decision(request_id, by, **body.model_dump(), **asked)
