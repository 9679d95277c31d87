"""The JSON API of notify, for operators."""

import base64
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from chassis.http import Officer, needs
from fastapi import APIRouter, Body, Depends, HTTPException, Query, Request

from notify_service import views
from notify_service.application import NotifyApplication
from notify_service.domain.errors import MailNotFound

router = APIRouter(prefix="/api/notify", tags=["notify"])

State = Literal["failed", "waiting", "sent", "dropped", "dismissed"]
Reader = Annotated[Officer, Depends(needs("operator", "ppid"))]
Operator = Annotated[Officer, Depends(needs("operator"))]


@router.get("/mails")
def list_mails(
    request: Request,
    reader: Reader,
    state: State | None = None,
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = views.PAGE_LENGTH,
) -> dict[str, Any]:
    """Mails, newest first. They name a request and an audience, never a person."""
    page, after = mails_page(request, state=state, cursor=cursor, limit=limit)
    return {"mails": page, "next": after, "counts": views.counts(request.app.state.pool)}


@router.get("/mails/{mail_id}")
def show_mail(request: Request, reader: Reader, mail_id: UUID) -> dict[str, Any]:
    """One mail."""
    return _mail(request, mail_id)


@router.post("/mails/{mail_id}/retry")
def retry(request: Request, operator: Operator, mail_id: UUID) -> dict[str, Any]:
    """Send a mail that failed, or that waits for its next try, now."""
    application(request).retry(mail_id, operator.actor)
    return _mail(request, mail_id)


@router.post("/mails/{mail_id}/dismiss")
def dismiss(
    request: Request,
    operator: Operator,
    mail_id: UUID,
    reason: Annotated[str, Body(embed=True)],
) -> dict[str, Any]:
    """Leave a mail unsent. `reason`: told_otherwise, address_wrong or no_longer_needed."""
    application(request).dismiss(mail_id, operator.actor, reason=reason)
    return _mail(request, mail_id)


def application(request: Request) -> NotifyApplication:
    app: NotifyApplication = request.app.state.application
    return app


def mails_page(
    request: Request, *, state: str | None, cursor: str | None, limit: int = views.PAGE_LENGTH
) -> tuple[list[dict[str, Any]], str | None]:
    """One page, and the cursor of the next when there is more."""
    rows = views.mails(request.app.state.pool, state=state, before=_place(cursor), limit=limit + 1)
    page = rows[:limit]
    return page, _cursor(page[-1]) if len(rows) > limit else None


def _mail(request: Request, mail_id: UUID) -> dict[str, Any]:
    row = views.mail(request.app.state.pool, mail_id)
    if row is None:
        raise MailNotFound
    return row


def _cursor(row: dict[str, Any]) -> str:
    text = f"{row['asked_at'].isoformat()} {row['id']}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _place(cursor: str | None) -> tuple[datetime, UUID] | None:
    if not cursor:
        return None
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        at, mail_id = text.split(" ")
        return datetime.fromisoformat(at), UUID(mail_id)
    except ValueError as error:
        raise HTTPException(422, "This cursor is not one of ours.") from error
