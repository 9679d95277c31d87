"""The web application: the API and the pages, and the paths they serve."""

from pathlib import Path

from chassis import dead_letter_pages, feed
from chassis.http import build_app
from chassis.keyring import Forgotten
from chassis.postgres import Pool
from chassis.revoked import is_revoked
from chassis.sandbox import Refused
from chassis.settings import Settings
from fastapi import FastAPI

from privacy_service.adapters.published import PUBLISHED
from privacy_service.bootstrap import build_application
from privacy_service.domain import errors
from privacy_service.entrypoints import http, pages, papers_pages

PATHS = ("/privasi", "/pesan/privacy", "/api/privacy")

ERRORS: dict[type[Exception], int] = {
    Refused: 422,
    Forgotten: 410,
    errors.CaseNotFound: 404,
    errors.NoFileYet: 404,
    errors.NotForYou: 403,
    errors.StepNotOpen: 409,
    errors.NotReady: 409,
    errors.SamePerson: 409,
    errors.ChoiceInvalid: 422,
    errors.FindingsUnanswered: 422,
    errors.FileUnreadable: 422,
    errors.NotApproved: 403,
    errors.PaperUnfit: 422,
    errors.PaperNotFound: 404,
}


def build_web(settings: Settings, pool: Pool) -> FastAPI:
    return build_app(
        settings,
        pool,
        title="Pelindungan Data Pribadi",
        routers=[
            dead_letter_pages.router("privacy"),
            feed.router("privacy", pool, PUBLISHED),
            http.router,
            # Before pages, of which some paths take anything at this place.
            papers_pages.router,
            pages.router,
        ],
        errors=ERRORS,
        application=build_application(settings, pool),
        templates=[Path(__file__).parent.parent / "templates"],
        is_revoked=is_revoked,
    )
