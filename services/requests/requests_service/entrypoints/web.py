"""The web application: the API and the pages, and the paths they serve."""

from pathlib import Path

from chassis import dead_letter_pages, feed
from chassis.http import build_app
from chassis.postgres import Pool
from chassis.settings import Settings
from fastapi import FastAPI

from requests_service.adapters.published import PUBLISHED
from requests_service.bootstrap import build_application
from requests_service.entrypoints import (
    agencies_http,
    applicant_pages,
    audit_http,
    consequence_tests_http,
    conversation_http,
    deadlines_http,
    desk_http,
    export_http,
    fees_http,
    http,
    intake_http,
    law_http,
    log_http,
    pages,
    papers_pages,
    reasons_http,
    redress_http,
    refusing_http,
    renewing_http,
)
from requests_service.entrypoints.follow_cookie import NotFollowed, ask_for_the_code
from requests_service.entrypoints.statuses import ERRORS

PATHS = (
    "/permohonan",
    "/meja",
    "/masuk",
    "/keluar",
    "/sop",
    "/sop.bpmn",
    "/audit",
    "/laporan",
    "/pesan",
    "/pesan/requests",
    "/api/requests",
    "/api/refusal-reasons",
)


def build_web(settings: Settings, pool: Pool) -> FastAPI:
    """The service's pages and API."""
    app = build_app(
        settings,
        pool,
        title="Requests",
        routers=[
            # Before http, of which some paths take anything at this place.
            export_http.router,
            log_http.router,
            audit_http.router,
            consequence_tests_http.router,
            deadlines_http.router,
            desk_http.router,
            law_http.router,
            dead_letter_pages.router("requests"),
            feed.router("requests", pool, PUBLISHED, http.reader_of_facts),
            agencies_http.router,
            redress_http.router,
            refusing_http.router,
            fees_http.router,
            reasons_http.router,
            renewing_http.router,
            conversation_http.router,
            intake_http.router,
            papers_pages.router,
            applicant_pages.router,
            http.router,
            export_http.pages,
            pages.router,
        ],
        errors=ERRORS,
        application=build_application(settings, pool),
        templates=[Path(__file__).parent.parent / "templates"],
    )
    app.add_exception_handler(NotFollowed, ask_for_the_code)
    return app
