"""The web application: the API and the pages, and the paths they serve."""

from pathlib import Path

from chassis.http import build_app
from chassis.postgres import Pool
from chassis.settings import Settings
from fastapi import FastAPI

from notify_service.bootstrap import build_application
from notify_service.domain.errors import MailIsNotWaiting, MailNotFound, ReasonUnknown
from notify_service.entrypoints import http, pages

PATHS = ("/notifikasi", "/kotak-surat", "/api/notify")

ERRORS: dict[type[Exception], int] = {
    MailNotFound: 404,
    MailIsNotWaiting: 409,
    ReasonUnknown: 422,
}


def build_web(settings: Settings, pool: Pool) -> FastAPI:
    """The service's pages and API."""
    return build_app(
        settings,
        pool,
        title="Notify",
        routers=[http.router, pages.router],
        errors=ERRORS,
        application=build_application(settings, pool),
        templates=[Path(__file__).parent.parent / "templates"],
    )
