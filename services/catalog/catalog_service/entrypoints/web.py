"""The web application: the API, CKAN's API and the pages, and the paths they serve."""

from pathlib import Path

from chassis import dead_letter_pages, feed
from chassis.http import build_app
from chassis.postgres import Pool
from chassis.revoked import is_revoked
from chassis.settings import Settings
from chassis.uploads import Refused
from fastapi import FastAPI

from catalog_service.adapters.published import PUBLISHED
from catalog_service.bootstrap import build_application
from catalog_service.domain import errors
from catalog_service.entrypoints import ckan, http, pages

PATHS = (
    "/",
    "/data",
    "/dip",
    "/daftar-data",
    "/pesan/catalog",
    "/api/catalog",
    "/api/3",
    "/api/action",
)

ERRORS: dict[type[Exception], int] = {
    errors.NotAllowed: 403,
    errors.DatasetNotFound: 404,
    errors.DipEntryNotFound: 404,
    errors.DatasetRestricted: 403,
    errors.DipEntryExists: 409,
    errors.SlugTaken: 409,
    errors.BadCursor: 400,
    errors.IncompleteForm: 422,
    Refused: 422,
}


def build_web(settings: Settings, pool: Pool) -> FastAPI:
    """The whole of what this service says over HTTP."""
    return build_app(
        settings,
        pool,
        title="Catalog",
        routers=[
            dead_letter_pages.router("catalog"),
            feed.router("catalog", pool, PUBLISHED),
            http.router,
            http.harvest,
            ckan.router,
            pages.router,
        ],
        errors=ERRORS,
        application=build_application(settings, pool),
        templates=[Path(__file__).parent.parent / "templates"],
        is_revoked=is_revoked,
    )
