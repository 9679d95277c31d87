"""The JSON API of webhooks: for their owners, who are integrators; operators see and stop any."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from chassis.http import Officer, needs
from fastapi import APIRouter, Body, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict

from notify_service.bootstrap import WebhookParts
from notify_service.domain.errors import DeliveryNotFound, WebhookNotFound, WebhookRefused
from notify_service.domain.passed_on import TYPES
from notify_service.webhooks.views import PAGE_LENGTH

router = APIRouter(prefix="/api/notify/webhooks", tags=["webhooks"])

State = Literal["waiting", "failed", "delivered"]
Owner = Annotated[Officer, Depends(needs("integrator"))]
Operator = Annotated[Officer, Depends(needs("operator"))]
Reader = Annotated[Officer, Depends(needs("integrator", "operator"))]


class NewWebhook(BaseModel):
    """Where to send which facts. `types` as `requests.RequestSubmitted`; none: every type.

    `contact` is the mail address that is written to when the endpoint is disabled.
    """

    model_config = ConfigDict(extra="forbid")
    url: str
    contact: str
    types: list[str] = []


class Change(BaseModel):
    """What is to be different; what is left out stays."""

    model_config = ConfigDict(extra="forbid")
    url: str | None = None
    contact: str | None = None
    types: list[str] | None = None


class Range(BaseModel):
    """By time (`since`, `until`: what happened from one to before the other) or by position
    (`source`, `first`, `last`)."""

    model_config = ConfigDict(extra="forbid")
    since: datetime | None = None
    until: datetime | None = None
    source: str | None = None
    first: int | None = None
    last: int | None = None


@router.get("")
def list_webhooks(request: Request, reader: Reader) -> dict[str, Any]:
    """One's own webhooks; an operator's list has all, with the URL's path left out."""
    return {"webhooks": parts(request).views.all(owner_of(reader))}


@router.post("", status_code=201)
def create_webhook(request: Request, owner: Owner, new: NewWebhook) -> dict[str, Any]:
    """A new webhook. Its `secret` stands in this answer alone."""
    webhook_id, secret = parts(request).endpoints.create(
        owner.actor, url=new.url, types=new.types, contact=new.contact
    )
    return {**webhook(request, owner, webhook_id), "secret": secret}


@router.get("/types")
def list_types(reader: Reader) -> dict[str, Any]:
    """Every type that can be asked for."""
    return {"types": sorted(TYPES)}


@router.get("/{webhook_id}")
def show_webhook(request: Request, reader: Reader, webhook_id: UUID) -> dict[str, Any]:
    """One webhook: its state, what waits and since when, the last error, its public keys."""
    return webhook(request, reader, webhook_id)


@router.patch("/{webhook_id}")
def change_webhook(
    request: Request, owner: Owner, webhook_id: UUID, change: Change
) -> dict[str, Any]:
    """Another URL or contact; other types, for what happens from now on."""
    parts(request).endpoints.change(
        webhook_id, owner.actor, url=change.url, types=change.types, contact=change.contact
    )
    return webhook(request, owner, webhook_id)


@router.delete("/{webhook_id}", status_code=204)
def delete_webhook(request: Request, owner: Owner, webhook_id: UUID) -> Response:
    """Delete it, its keys and its deliveries."""
    parts(request).endpoints.delete(webhook_id, owner.actor)
    return Response(status_code=204)


@router.post("/{webhook_id}/pause")
def pause_webhook(request: Request, owner: Owner, webhook_id: UUID) -> dict[str, Any]:
    """Send nothing for now; what comes meanwhile waits."""
    parts(request).endpoints.pause(webhook_id, owner.actor)
    return webhook(request, owner, webhook_id)


@router.post("/{webhook_id}/enable")
def enable_webhook(request: Request, reader: Reader, webhook_id: UUID) -> dict[str, Any]:
    """Go on after a pause, or after it was disabled; if by an operator, only they enable it."""
    parts(request).endpoints.enable(webhook_id, reader.actor)
    return webhook(request, reader, webhook_id)


@router.post("/{webhook_id}/disable")
def disable_webhook(request: Request, operator: Operator, webhook_id: UUID) -> dict[str, Any]:
    """An operator stops it."""
    parts(request).endpoints.disable(webhook_id, operator.actor)
    return webhook(request, operator, webhook_id)


@router.post("/{webhook_id}/rotate")
def rotate_secret(request: Request, owner: Owner, webhook_id: UUID) -> dict[str, Any]:
    """New keys. The old ones sign beside them until `old_until`; the `secret` stands here alone."""
    secret, until = parts(request).endpoints.rotate(webhook_id, owner.actor)
    return {**webhook(request, owner, webhook_id), "secret": secret, "old_until": until}


@router.post("/{webhook_id}/test", status_code=202)
def test_webhook(request: Request, owner: Owner, webhook_id: UUID) -> dict[str, Any]:
    """Send a `notify.WebhookTest`; ask for the delivery to see what became of it."""
    delivery_id = parts(request).endpoints.test(webhook_id, owner.actor)
    return delivery(request, owner, webhook_id, delivery_id)


@router.get("/{webhook_id}/deliveries")
def list_deliveries(
    request: Request,
    reader: Reader,
    webhook_id: UUID,
    state: State | None = None,
    cursor: Annotated[int | None, Query(ge=1, le=2**63 - 1)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = PAGE_LENGTH,
) -> dict[str, Any]:
    """Deliveries, newest first, of the last 30 days."""
    page, after = deliveries_page(
        request, reader, webhook_id, state=state, cursor=cursor, limit=limit
    )
    return {"deliveries": page, "next": after}


@router.get("/{webhook_id}/deliveries/{delivery_id}")
def show_delivery(
    request: Request, reader: Reader, webhook_id: UUID, delivery_id: UUID
) -> dict[str, Any]:
    """One delivery with every attempt."""
    return delivery(request, reader, webhook_id, delivery_id)


@router.post("/{webhook_id}/deliveries/{delivery_id}/replay", status_code=202)
def replay_delivery(
    request: Request, owner: Owner, webhook_id: UUID, delivery_id: UUID
) -> dict[str, Any]:
    """Send it again now, under the same webhook-id."""
    parts(request).endpoints.replay(webhook_id, delivery_id, owner.actor)
    return delivery(request, owner, webhook_id, delivery_id)


@router.post("/{webhook_id}/replay", status_code=202)
def replay_range(
    request: Request, owner: Owner, webhook_id: UUID, wanted: Annotated[Range, Body()]
) -> dict[str, int]:
    """Send a range again, in its order, under the same webhook-ids."""
    endpoints = parts(request).endpoints
    given = wanted.model_dump(exclude_none=True)
    if given.keys() == {"since", "until"}:
        replayed = endpoints.replay_time(webhook_id, owner.actor, **given)
    elif given.keys() == {"source", "first", "last"}:
        replayed = endpoints.replay_positions(webhook_id, owner.actor, **given)
    else:
        raise WebhookRefused(
            "Give either `since` and `until`, each with time and zone as in"
            " 2026-11-22T08:00:00+07:00, or `source`, `first` and `last`."
        )
    return {"replayed": replayed}


def parts(request: Request) -> WebhookParts:
    """What bootstrap has put together."""
    found: WebhookParts = request.app.state.webhooks
    return found


def owner_of(reader: Officer) -> str | None:
    """Whose webhooks this reader sees; None: everybody's."""
    return None if reader.role == "operator" else reader.id


def webhook(request: Request, reader: Officer, webhook_id: UUID) -> dict[str, Any]:
    """One webhook as this reader may see it. Raises WebhookNotFound."""
    row = parts(request).views.one(webhook_id, owner_of(reader))
    if row is None:
        raise WebhookNotFound
    return row


def delivery(
    request: Request, reader: Officer, webhook_id: UUID, delivery_id: UUID
) -> dict[str, Any]:
    """One delivery of a webhook that this reader may see. Raises DeliveryNotFound."""
    webhook(request, reader, webhook_id)
    row = parts(request).views.delivery(webhook_id, delivery_id)
    if row is None:
        raise DeliveryNotFound
    return row


def deliveries_page(
    request: Request,
    reader: Officer,
    webhook_id: UUID,
    *,
    state: str | None,
    cursor: int | None,
    limit: int = PAGE_LENGTH,
) -> tuple[list[dict[str, Any]], int | None]:
    """One page, and the cursor of the next when there is more."""
    webhook(request, reader, webhook_id)
    rows = parts(request).views.deliveries(webhook_id, state=state, before=cursor, limit=limit + 1)
    page = rows[:limit]
    return page, page[-1]["number"] if len(rows) > limit else None
