"""The API: letters as JSON and as PDF for officers, and the public check of a file's digest."""

from typing import Annotated, Any
from uuid import UUID

from chassis.http import Officer, needs
from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict

from letters_service import views
from letters_service.application import PPID_PEMBANTU, WHOLE_CITY
from letters_service.domain.errors import LetterNotFound
from letters_service.domain.verdict import Verdict

router = APIRouter(prefix="/api/letters", tags=["letters"])

READERS = (*WHOLE_CITY, PPID_PEMBANTU)
LISTERS = (*READERS, "auditor")

Reader = Annotated[Officer, Depends(needs(*READERS))]
Lister = Annotated[Officer, Depends(needs(*LISTERS))]


class LetterListed(BaseModel):
    """One letter of the register."""

    model_config = ConfigDict(extra="ignore")

    letter_id: UUID
    request_id: UUID
    register_number: str
    letter: str
    number: str
    issued_on: str
    addressed_to: str
    agency: str | None
    digest: str
    size: int


class LetterPage(BaseModel):
    """Some letters, the newest first, and where the next ones begin."""

    items: list[LetterListed]
    next_cursor: str | None


class Checked(BaseModel):
    """Whether a file of this digest was issued here. No person is named."""

    verdict: Verdict
    letter: str | None = None
    number: str | None = None
    sender: str | None = None
    addressed_to: str | None = None
    issued_on: str | None = None


@router.get("")
def letters(
    request: Request,
    who: Lister,
    request_id: UUID | None = None,
    kind: Annotated[str, Query(max_length=60)] = "",
    cursor: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = views.PAGE_SIZE,
) -> LetterPage:
    """Letters that the caller may know of; `cursor` is the `next_cursor` of the page before."""
    rows, following = views.letters(
        request.app.state.pool,
        agency=agency_of(who),
        request_id=request_id,
        kind=kind,
        after=cursor,
        limit=limit,
    )
    return LetterPage(items=[_listed(row) for row in rows], next_cursor=following)


@router.get("/checks/{digest}")
def check(request: Request, digest: str) -> Checked:
    """Public: the SHA-256 of a file, in hex."""
    found = request.app.state.application.check_digest(digest)
    if found is None:
        return Checked(verdict=Verdict.BUKAN_TERBITAN_KAMI)
    return Checked(
        verdict=Verdict.IDENTIK, **{**found, "issued_on": found["issued_on"].isoformat()}
    )


@router.get("/{letter_id}", response_class=Response)
def letter(request: Request, letter_id: UUID, who: Reader) -> Response:
    """The PDF, for an office that it concerns."""
    row, pdf = request.app.state.application.open_letter(letter_id, who.actor)
    return pdf_response(row, pdf)


def agency_of(who: Officer) -> str | None:
    """Whose letters an officer sees; None for all. A PPID Pembantu without agency sees none."""
    return (who.agency or "") if who.role == PPID_PEMBANTU else None


def pdf_response(row: dict[str, Any], pdf: bytes) -> Response:
    """To be shown by the browser, and kept by nobody on the way."""
    name = f"{row['kind']}-{row['register_number']}.pdf"
    safe = "".join(c if c.isalnum() or c in "-_." else "-" for c in name)
    return Response(
        pdf,
        media_type="application/pdf",
        headers={
            "Content-Disposition": f'inline; filename="{safe}"',
            "Cache-Control": "no-store",
            "X-Robots-Tag": "noindex",
        },
    )


def letter_id_or_404(text: str) -> UUID:
    """An address that is no letter's is a page that is not found, not a wrong field."""
    try:
        return UUID(text)
    except ValueError as error:
        raise LetterNotFound from error


def _listed(row: dict[str, Any]) -> LetterListed:
    return LetterListed(**{**row, "issued_on": row["issued_on"].isoformat()})
