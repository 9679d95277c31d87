"""All HTML pages of this service."""

from fastapi import APIRouter

from requests_service.entrypoints import (
    acting_pages,
    applicant_pages,
    audit_pages,
    conformance_pages,
    consequence_tests_pages,
    desk_list,
    desk_pages,
    intake_pages,
    law_pages,
    papers_pages,
    public_pages,
    renewing_http,
    sign_in_pages,
)

router = APIRouter(include_in_schema=False)
# Before the public pages, of which one path takes anything at this place.
router.include_router(applicant_pages.pages)
router.include_router(papers_pages.pages)
router.include_router(public_pages.router)
router.include_router(sign_in_pages.router)
router.include_router(acting_pages.router)
# Before the desk, of which one path takes anything at this place.
router.include_router(consequence_tests_pages.router)
router.include_router(intake_pages.router)
router.include_router(renewing_http.pages)
router.include_router(desk_list.router)
router.include_router(desk_pages.router)
router.include_router(audit_pages.router)
router.include_router(conformance_pages.router)
router.include_router(law_pages.router)
