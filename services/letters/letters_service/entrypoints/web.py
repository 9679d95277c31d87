"""The web application: the API and the pages, and the paths they serve."""

from pathlib import Path

from chassis import dead_letter_pages, feed
from chassis.http import build_app
from chassis.postgres import Pool
from chassis.revoked import is_revoked
from chassis.sandbox import Refused
from chassis.settings import Settings
from fastapi import FastAPI

from letters_service.adapters.published import PUBLISHED
from letters_service.bootstrap import build_application
from letters_service.domain import errors
from letters_service.entrypoints import http, pages

PATHS = ("/surat", "/pesan/letters", "/api/letters")

ERRORS: dict[type[Exception], int] = {
    errors.LetterNotFound: 404,
    errors.LetterNotYours: 403,
    errors.TicketInvalid: 403,
    errors.LetterErased: 410,
    Refused: 422,
}


def build_web(settings: Settings, pool: Pool) -> FastAPI:
    """Pages and API."""
    return build_app(
        settings,
        pool,
        title="Surat",
        routers=[
            dead_letter_pages.router("letters"),
            feed.router("letters", pool, PUBLISHED),
            http.router,
            pages.router,
        ],
        errors=ERRORS,
        application=build_application(settings, pool),
        templates=[Path(__file__).parent.parent / "templates"],
        is_revoked=is_revoked,
    )
