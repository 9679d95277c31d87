"""The reasons for refusing, as JSON; open to all."""

from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query

from requests_service.entrypoints.http import App
from requests_service.refusal_reasons import content_of

router = APIRouter(prefix="/api/refusal-reasons", tags=["requests"])


@router.get("")
def refusal_reasons(
    app: App, version: Annotated[int | None, Query(ge=1, le=1_000_000)] = None
) -> dict[str, Any]:
    """Codes with their article, their words and the steps at which they may be used.

    The table in force, or an earlier `version` as a refusal names it.
    """
    try:
        reasons = app.refusal_reasons.of(version) if version else app.refusal_reasons.in_force()
    except KeyError:
        raise HTTPException(404, "Versi daftar alasan itu tidak ada.") from None
    return {"version": reasons.version, "reasons": content_of(reasons)["reason"]}
