"""The commands between the PPID and the agencies, as JSON."""

from uuid import UUID

from fastapi import APIRouter

from requests_service.entrypoints.http import Answer, App, Body, HowAsked, Line, Text, Viewer

router = APIRouter(prefix="/api/requests", tags=["requests"])


class Declining(Body):
    """Why the data is not this agency's, and whose it may be."""

    reason: Text
    suggested: Line | None = None


@router.post("/{request_id}/decline")
def decline(request_id: UUID, body: Declining, by: Viewer, app: App, asked: HowAsked) -> Answer:
    """Step 8, by the PPID Pembantu: not our data; back to step 7, where the PPID asks another."""
    return app.handing_on.decline(request_id, by, **body.model_dump(), **asked)


class Splitting(Body):
    """What the part asks for, and what the first request goes on asking for."""

    data_wanted: Text
    kept: Text


@router.post("/{request_id}/split-off")
def split_off(request_id: UUID, body: Splitting, by: Viewer, app: App, asked: HowAsked) -> Answer:
    """Steps 6 and 7, by the PPID: another agency's part becomes a request of its own.

    Its register number is the last of `parts`; the same tracking code opens it.
    """
    return app.parting.split_off(request_id, by, **body.model_dump(), **asked)


class GoingBack(Body):
    """Why; read by officers, not by the Pemohon."""

    reason: Text


@router.post("/{request_id}/check-again")
def check_again(request_id: UUID, body: GoingBack, by: Viewer, app: App, asked: HowAsked) -> Answer:
    """Step 7, by the PPID: no agency holds it, or the PPID has it itself; back to step 6."""
    return app.handing_on.go_back(request_id, by, way="check-again", reason=body.reason, **asked)


@router.post("/{request_id}/take-back")
def take_back(request_id: UUID, body: GoingBack, by: Viewer, app: App, asked: HowAsked) -> Answer:
    """Steps 8, 9 and 14, by the PPID: the agency does not act, or is no more; back to step 7."""
    return app.handing_on.go_back(request_id, by, way="take-back", reason=body.reason, **asked)


@router.post("/{request_id}/decide-again")
def decide_again(
    request_id: UUID, body: GoingBack, by: Viewer, app: App, asked: HowAsked
) -> Answer:
    """Step 9, by the PPID Pembantu: what was granted cannot be given; back to step 8."""
    return app.handing_on.go_back(request_id, by, way="decide-again", reason=body.reason, **asked)


@router.post("/{request_id}/ask-another-file")
def ask_another_file(
    request_id: UUID, body: GoingBack, by: Viewer, app: App, asked: HowAsked
) -> Answer:
    """Step 10, by the PPID: the agency's file will not do; back to step 9."""
    return app.handing_on.go_back(
        request_id, by, way="ask-another-file", reason=body.reason, **asked
    )


@router.post("/{request_id}/withdraw-clearance")
def withdraw_clearance(
    request_id: UUID, body: GoingBack, by: Viewer, app: App, asked: HowAsked
) -> Answer:
    """Steps 11 to 13, and 16, by the PPID: back to step 10; downloading ends at once."""
    return app.handing_on.go_back(
        request_id, by, way="withdraw-clearance", reason=body.reason, **asked
    )
