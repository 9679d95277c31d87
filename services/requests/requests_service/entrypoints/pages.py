"""All HTML pages of this service."""

from fastapi import APIRouter

from requests_service.entrypoints import (
    audit_pages,
    conformance_pages,
    desk_pages,
    public_pages,
    sign_in_pages,
)

router = APIRouter(include_in_schema=False)
router.include_router(public_pages.router)
router.include_router(sign_in_pages.router)
router.include_router(desk_pages.router)
router.include_router(audit_pages.router)
router.include_router(conformance_pages.router)
