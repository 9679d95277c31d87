"""The pages of webhooks. English, as all that integrators read; they work without JavaScript."""

from datetime import datetime, timedelta
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from chassis.clock import JAKARTA, now
from chassis.http import Officer, needs
from chassis.pages import Form as Typed
from chassis.pages import render
from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from notify_service.domain.errors import AddressRefused, WebhookRefused, WebhookStands
from notify_service.domain.passed_on import PASSED_ON
from notify_service.entrypoints.webhooks_http import (
    Operator,
    Owner,
    deliveries_page,
    delivery,
    owner_of,
    parts,
    webhook,
)

router = APIRouter(prefix="/webhook", include_in_schema=False)

Reader = Annotated[Officer, Depends(needs("integrator", "operator"))]
BADGES = {"active": "good", "paused": "warn", "disabled": "bad"}
DELIVERY_BADGES = {"waiting": "warn", "failed": "bad", "delivered": "good"}
BECAUSE = {
    "gone": "The endpoint answered 410 Gone, which asks us to send nothing more.",
    "failing": "For five days every attempt to deliver to it had failed.",
    "operator": "An operator has disabled it.",
    "account": "The account that made it was disabled.",
}
DONE = {
    "changed": "Changed.",
    "paused": "Paused. What happens meanwhile waits.",
    "enabled": "Enabled. It goes on from where it was.",
    "disabled": "Disabled.",
    "tested": "A test delivery is on its way. Reload this page to see what became of it.",
    "deleted": "Deleted, with its keys and its deliveries.",
}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
TYPES = [(f"{source}.{type_}", f"{source}.{type_}") for source, types in PASSED_ON.items()
         for type_ in types]  # fmt: skip


@router.get("")
def list_webhooks(request: Request, reader: Reader, done: str = "") -> HTMLResponse:
    return _list(request, reader, Typed(), done=done)


@router.post("")
def create_webhook(
    request: Request,
    owner: Owner,
    url: Annotated[str, Form()] = "",
    contact: Annotated[str, Form()] = "",
    types: Annotated[list[str] | None, Form()] = None,
) -> Response:
    endpoints = parts(request).endpoints
    try:
        webhook_id, secret = endpoints.create(
            owner.actor, url=url.strip(), types=types or [], contact=contact.strip()
        )
    except (AddressRefused, WebhookRefused, WebhookStands) as refusal:
        typed = {"url": url, "contact": contact, "types": types or []}
        return _list(request, owner, Typed(typed, {_field(refusal): str(refusal)}), status=422)
    # Shown in the answer itself: a secret has no address of its own.
    return _one(request, owner, webhook_id, secret=secret)


@router.get("/{webhook_id}")
def show_webhook(
    request: Request,
    reader: Reader,
    webhook_id: UUID,
    state: str = "",
    cursor: int | None = None,
    done: str = "",
    replayed: int | None = None,
) -> HTMLResponse:
    return _one(
        request, reader, webhook_id, state=state, cursor=cursor, done=done, replayed=replayed
    )


@router.post("/{webhook_id}")
def change_webhook(
    request: Request,
    owner: Owner,
    webhook_id: UUID,
    url: Annotated[str, Form()] = "",
    contact: Annotated[str, Form()] = "",
    types: Annotated[list[str] | None, Form()] = None,
) -> Response:
    try:
        parts(request).endpoints.change(
            webhook_id, owner.actor, url=url.strip(), types=types or [], contact=contact.strip()
        )
    except (AddressRefused, WebhookRefused) as refusal:
        typed = {"url": url, "contact": contact, "types": types or []}
        form = Typed(typed, {_field(refusal): str(refusal)})
        return _one(request, owner, webhook_id, form=form, status=422)
    return _back(webhook_id, done="changed")


@router.post("/{webhook_id}/pause")
def pause_webhook(request: Request, owner: Owner, webhook_id: UUID) -> Response:
    parts(request).endpoints.pause(webhook_id, owner.actor)
    return _back(webhook_id, done="paused")


@router.post("/{webhook_id}/enable")
def enable_webhook(request: Request, reader: Reader, webhook_id: UUID) -> Response:
    parts(request).endpoints.enable(webhook_id, reader.actor)
    return _back(webhook_id, done="enabled")


@router.post("/{webhook_id}/disable")
def disable_webhook(request: Request, operator: Operator, webhook_id: UUID) -> Response:
    parts(request).endpoints.disable(webhook_id, operator.actor)
    return _back(webhook_id, done="disabled")


@router.post("/{webhook_id}/rotate")
def rotate_secret(request: Request, owner: Owner, webhook_id: UUID) -> Response:
    secret, until = parts(request).endpoints.rotate(webhook_id, owner.actor)
    return _one(request, owner, webhook_id, secret=secret, old_until=until)


@router.post("/{webhook_id}/delete")
def delete_webhook(request: Request, owner: Owner, webhook_id: UUID) -> Response:
    parts(request).endpoints.delete(webhook_id, owner.actor)
    return RedirectResponse("/webhook?done=deleted", 303)


@router.post("/{webhook_id}/test")
def test_webhook(request: Request, owner: Owner, webhook_id: UUID) -> Response:
    parts(request).endpoints.test(webhook_id, owner.actor)
    return _back(webhook_id, done="tested")


@router.post("/{webhook_id}/replay")
def replay_range(
    request: Request,
    owner: Owner,
    webhook_id: UUID,
    since: Annotated[str, Form()] = "",
    until: Annotated[str, Form()] = "",
) -> Response:
    try:
        replayed = parts(request).endpoints.replay_time(
            webhook_id, owner.actor, since=_instant(since), until=_instant(until)
        )
    except WebhookRefused as refusal:
        form = Typed({"since": since, "until": until}, {"since": str(refusal)}, prefix="r")
        return _one(request, owner, webhook_id, replaying=form, status=422)
    return _back(webhook_id, replayed=str(replayed))


@router.get("/{webhook_id}/deliveries/{delivery_id}")
def show_delivery(
    request: Request, reader: Reader, webhook_id: UUID, delivery_id: UUID, done: str = ""
) -> HTMLResponse:
    return render(
        request,
        "webhook_delivery.html",
        webhook=webhook(request, reader, webhook_id),
        delivery=delivery(request, reader, webhook_id, delivery_id),
        badges=DELIVERY_BADGES,
        may_replay=reader.role == "integrator",
        done=done == "replayed",
        time=_time,
    )


@router.post("/{webhook_id}/deliveries/{delivery_id}/replay")
def replay_delivery(
    request: Request, owner: Owner, webhook_id: UUID, delivery_id: UUID
) -> Response:
    parts(request).endpoints.replay(webhook_id, delivery_id, owner.actor)
    return RedirectResponse(f"/webhook/{webhook_id}/deliveries/{delivery_id}?done=replayed", 303)


def _list(
    request: Request, reader: Officer, form: Typed, *, done: str = "", status: int = 200
) -> HTMLResponse:
    return render(
        request,
        "webhook_list.html",
        status,
        webhooks=parts(request).views.all(owner_of(reader)),
        badges=BADGES,
        types=TYPES,
        form=form,
        may_create=reader.role == "integrator",
        done=DONE.get(done),
        time=_time,
    )


def _one(
    request: Request,
    reader: Officer,
    webhook_id: UUID,
    *,
    status: int = 200,
    state: str = "",
    cursor: int | None = None,
    done: str = "",
    replayed: int | None = None,
    secret: str | None = None,
    old_until: datetime | None = None,
    form: Typed | None = None,
    replaying: Typed | None = None,
) -> HTMLResponse:
    shown = webhook(request, reader, webhook_id)
    state = state if state in DELIVERY_BADGES else ""
    page, after = deliveries_page(request, reader, webhook_id, state=state or None, cursor=cursor)
    here = f"/webhook/{webhook_id}"
    return render(
        request,
        "webhook.html",
        status,
        webhook=shown,
        because=BECAUSE.get(shown["disabled_because"]),
        badges=BADGES,
        delivery_badges=DELIVERY_BADGES,
        types=TYPES,
        secret=secret,
        old_until=old_until,
        form=form or Typed({name: shown[name] for name in ("url", "contact", "types")}),
        replaying=replaying or _last_day(),
        mine=reader.role == "integrator",
        may_enable=shown["state"] != "active"
        and (shown["disabled_because"] in ("operator", "account")) == (reader.role == "operator"),
        deliveries=page,
        tabs=[
            (label, f"{here}?state={each}" if each else here, each == state, None)
            for each, label in (("", "all"), ("waiting", "waiting"), ("failed", "failed"),
                                ("delivered", "delivered"))
        ],
        next_href=f"{here}?{urlencode({'state': state, 'cursor': after})}" if after else None,
        first_href=f"{here}?state={state}" if cursor else None,
        done=f"{replayed} deliveries are sent again." if replayed is not None else DONE.get(done),
        time=_time,
    )  # fmt: skip


def _back(webhook_id: UUID, **told: str) -> RedirectResponse:
    return RedirectResponse(f"/webhook/{webhook_id}?{urlencode(told)}", 303)


def _field(refusal: Exception) -> str:
    if isinstance(refusal, AddressRefused):
        return "url"
    return "contact" if "contact" in str(refusal) else "types"


def _last_day() -> Typed:
    until = now().astimezone(JAKARTA) + timedelta(minutes=1)
    since = until - timedelta(days=1)
    return Typed({"since": f"{since:%Y-%m-%dT%H:%M}", "until": f"{until:%Y-%m-%dT%H:%M}"},
                 prefix="r")  # fmt: skip


def _instant(text: str) -> datetime:
    """What a browser's field for a local time gives, where the office stands."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=JAKARTA)
    except ValueError as error:
        raise WebhookRefused("Write both times, as in 2026-11-22T08:00.") from error


def _time(moment: datetime) -> str:
    """22 Nov 2026, 14:05:09 WIB, whatever the process's language."""
    local = moment.astimezone(JAKARTA)
    return f"{local.day} {_MONTHS[local.month - 1]} {local:%Y, %H:%M:%S} WIB"
