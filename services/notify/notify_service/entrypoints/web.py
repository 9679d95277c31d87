"""The web application: the API and the pages, and the paths they serve."""

from pathlib import Path

from chassis import dead_letter_pages, feed
from chassis.http import build_app
from chassis.postgres import Pool
from chassis.revoked import is_revoked
from chassis.settings import Settings
from fastapi import FastAPI

from notify_service.adapters.published import PUBLISHED
from notify_service.bootstrap import build_application, build_webhooks
from notify_service.domain.errors import (
    AddressRefused,
    DeliveryNotFound,
    MailIsNotWaiting,
    MailNotFound,
    ReasonUnknown,
    WebhookNotFound,
    WebhookRefused,
    WebhookStands,
)
from notify_service.entrypoints import http, pages, webhooks_http, webhooks_pages

PATHS = ("/notifikasi", "/kotak-surat", "/webhook", "/pesan/notify", "/api/notify")

ERRORS: dict[type[Exception], int] = {
    MailNotFound: 404,
    MailIsNotWaiting: 409,
    ReasonUnknown: 422,
    AddressRefused: 422,
    DeliveryNotFound: 404,
    WebhookNotFound: 404,
    WebhookRefused: 422,
    WebhookStands: 409,
}


def build_web(settings: Settings, pool: Pool) -> FastAPI:
    """The service's pages and API."""
    app = build_app(
        settings,
        pool,
        title="Notify",
        routers=[
            dead_letter_pages.router("notify"),
            feed.router("notify", pool, PUBLISHED),
            http.router,
            pages.router,
            webhooks_http.router,
            webhooks_pages.router,
        ],
        errors=ERRORS,
        application=build_application(settings, pool),
        templates=[Path(__file__).parent.parent / "templates"],
        is_revoked=is_revoked,
    )
    app.state.webhooks = build_webhooks(settings, pool)
    return app
