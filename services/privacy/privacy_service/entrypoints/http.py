"""The API: the same acts as the pages, as JSON."""

from typing import Annotated, Any
from uuid import UUID

from chassis.http import NotSignedIn, Officer, needs, officer, session_of
from fastapi import APIRouter, Depends, File, Form, Request, Response, UploadFile
from pydantic import BaseModel, Field

from privacy_service.application import Download, PrivacyApplication, verdicts_of
from privacy_service.domain.access import PPID, PPID_PEMBANTU, WALIDATA
from privacy_service.domain.kinds import reason
from privacy_service.domain.methods import ALLOWED
from privacy_service.domain.papers import BYTES_MAX
from privacy_service.entrypoints.forms import choices_of_json
from privacy_service.papers import OpenedPaper

router = APIRouter(prefix="/api/privacy", tags=["privacy"])


class UploadReceipt(BaseModel):
    """What `hand-over` of the data request takes as `receipt`, and what was kept."""

    receipt: str
    request_id: UUID
    digest: str
    size: int
    format: str


class KeptPaper(BaseModel):
    """One of the Pemohon's own papers, as later facts name it."""

    paper_id: UUID


class ColumnChoice(BaseModel):
    method: str = Field(examples=["pseudonim", "samarkan_penuh", "hapus_kolom", "biarkan"])
    reason: str | None = Field(None, description="Wajib bila kolom yang ditemukan dibiarkan.")


class Choices(BaseModel):
    columns: dict[str, ColumnChoice] = Field(default_factory=dict)


class FoundColumn(BaseModel):
    name: str = Field(description="Kunci kolom ini di `columns` perintah mask dan clean.")
    title: str
    kind: str | None
    why: str
    filled: int
    matching: int
    inside: dict[str, int]
    shapes: list[str] = Field(description="Bentuk nilainya: huruf x, angka 9.")
    methods: list[str] = Field(description="Cara yang tersedia, selain `biarkan`.")
    proposed_method: str | None
    reason: str | None


class Findings(BaseModel):
    """Never a value of the file."""

    request_id: UUID
    register_number: str
    state: str = Field(description="waiting, scanned, unreadable, masking, proposed, released")
    outcome: str | None = Field(description="masked atau clean, bila sudah diputuskan.")
    step: int | None
    digest: str
    format: str
    size: int
    rows: int | None
    problem: str | None
    notes: list[str]
    columns: list[FoundColumn]
    released_digest: str | None


class Accepted(BaseModel):
    state: str


def application(request: Request) -> PrivacyApplication:
    found: PrivacyApplication = request.app.state.application
    return found


def signed_in(request: Request) -> str | None:
    """Whose session this is; a ticket alone is enough, but not beside a session that was revoked.

    Raises NotSignedIn.
    """
    who = officer(request)
    if who is None and session_of(request):
        raise NotSignedIn
    return who.id if who else None


@router.post("/uploads", status_code=201)
def upload(
    request: Request, ticket: Annotated[str, Form()], file: Annotated[UploadFile, File()]
) -> UploadReceipt:
    """A file for the request that the ticket names. `requests` issues tickets."""
    kept = application(request).receive_upload(
        ticket,
        filename=file.filename or "",
        data=file.file.read(),
        signed_in=signed_in(request),
    )
    return UploadReceipt(
        receipt=kept.token,
        request_id=kept.request_id,
        digest=kept.digest,
        size=kept.size,
        format=str(kept.format),
    )


@router.post("/papers", status_code=201)
def send_paper(
    request: Request,
    ticket: Annotated[str, Form()],
    kind: Annotated[str, Form()],
    file: Annotated[UploadFile, File()],
) -> KeptPaper:
    """A PDF, JPEG or PNG of at most 5 MB, for the request that the ticket of `requests` names.

    Kinds: ktp, akta, pengesahan, surat_kuasa, lainnya.
    """
    papers = application(request).papers
    holder = papers.ticket(ticket, signed_in=signed_in(request))
    paper_id = papers.receive(holder, kind=kind, data=file.file.read(BYTES_MAX + 1))
    return KeptPaper(paper_id=paper_id)


@router.get("/requests/{request_id}/findings")
def findings(
    request: Request,
    request_id: UUID,
    who: Annotated[Officer, Depends(needs(PPID, PPID_PEMBANTU))],
) -> Findings:
    """What was found in the file of a request, column by column."""
    case = application(request).review(request_id, who.actor)
    found: dict[str, Any] = case["findings"] or {"rows": None, "notes": []}
    return Findings(
        **{name: case[name] for name in _SHOWN},
        state=_STATES[case["state"]],
        outcome=case["state"] if case["state"] in ("masked", "clean") else None,
        rows=found["rows"],
        notes=found["notes"],
        columns=[
            FoundColumn(
                name=verdict.key,
                title=verdict.title,
                kind=verdict.kind,
                why=verdict.why,
                filled=verdict.filled,
                matching=verdict.matching,
                inside=verdict.inside,
                shapes=verdict.samples,
                methods=[str(method) for method in ALLOWED[verdict.kind]] if verdict.kind else [],
                proposed_method=str(ALLOWED[verdict.kind][0]) if verdict.kind else None,
                reason=reason(verdict.kind) if verdict.kind else None,
            )
            for verdict in verdicts_of(case)
        ],
    )


@router.post("/requests/{request_id}/mask", status_code=202)
def mask(
    request: Request,
    request_id: UUID,
    choices: Choices,
    who: Annotated[Officer, Depends(needs(PPID))],
) -> Accepted:
    """Step 10: mask the file this way. The result is checked before `DataMasked` is said."""
    application(request).mask(request_id, who.actor, choices_of_json(choices.columns))
    return Accepted(state="masking")


@router.post("/requests/{request_id}/clean", status_code=202)
def clean(
    request: Request,
    request_id: UUID,
    choices: Choices,
    who: Annotated[Officer, Depends(needs(PPID))],
) -> Accepted:
    """Step 10: there is no personal data; every finding is answered by a reason."""
    application(request).declare_clean(request_id, who.actor, choices_of_json(choices.columns))
    return Accepted(state="masking")


@router.post("/requests/{request_id}/confirm", status_code=202)
def confirm(
    request: Request, request_id: UUID, who: Annotated[Officer, Depends(needs(PPID))]
) -> Accepted:
    """By another officer of the PPID, where the city lets two decide on a file."""
    application(request).confirm(request_id, who.actor)
    return Accepted(state="released")


@router.post("/requests/{request_id}/send-back", status_code=202)
def send_back(
    request: Request, request_id: UUID, who: Annotated[Officer, Depends(needs(PPID))]
) -> Accepted:
    """The choices are made anew; by the second officer, or by the first who takes it back."""
    application(request).send_back(request_id, who.actor)
    return Accepted(state="scanned")


@router.get("/requests/{request_id}/masked", response_class=Response)
def masked(
    request: Request,
    request_id: UUID,
    who: Annotated[Officer, Depends(needs(PPID, WALIDATA))],
) -> Response:
    """The file that may be given, for the two offices that give it. Each fetch is recorded."""
    return file_response(application(request).released(request_id, who.actor))


def file_response(file: Download | OpenedPaper) -> Response:
    """The file as an attachment that no browser keeps or runs."""
    return Response(
        file.data,
        media_type=file.media_type,
        headers={
            "Content-Disposition": f'attachment; filename="{file.filename}"',
            "Cache-Control": "no-store",
            "Content-Security-Policy": "default-src 'none'; sandbox",
        },
    )


_SHOWN = (
    *("request_id", "register_number", "step", "digest", "format", "size", "problem"),
    "released_digest",
)
_STATES = {
    "received": "waiting",
    "scanning": "waiting",
    "scanned": "scanned",
    "unreadable": "unreadable",
    "releasing": "masking",
    "proposed": "proposed",
    "masked": "released",
    "clean": "released",
}
