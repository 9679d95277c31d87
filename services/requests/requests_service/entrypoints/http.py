"""The JSON API under /api/requests: parse, one call, a status code."""

import hashlib
import json
from dataclasses import asdict
from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from chassis import feed
from chassis.actor import Actor
from chassis.http import NotSignedIn, Officer, officer, problem, service_caller
from chassis.sessions import SESSION_SECONDS
from chassis.texts import writable
from fastapi import APIRouter, Depends, Header, Request, Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from requests_service.application import How, Once, Requests
from requests_service.domain.daftar_data import DaftarDataEntry
from requests_service.domain.errors import FormInvalid, SeenVersionIsOld
from requests_service.domain.form import Form
from requests_service.domain.identity import Identity
from requests_service.domain.intake import Brought, Entry
from requests_service.domain.refusal import Refusal
from requests_service.entrypoints.session import enabled
from requests_service.entrypoints.typed import address_of
from requests_service.visible import actor_of

router = APIRouter(prefix="/api/requests", tags=["requests"])
Answer = dict[str, Any]
Text = Annotated[str, Field(max_length=5000), AfterValidator(writable)]
Line = Annotated[str, Field(max_length=500), AfterValidator(writable)]
OF_THE_FORM = ("data_wanted", "purpose", "format", "dataset", "way_to_obtain", "way_to_send")


class Body(BaseModel):
    """A field that is not known is refused: a misspelt one must not be dropped in silence."""

    model_config = ConfigDict(extra="forbid")


class Submission(Body):
    """Step 5's form."""

    kind: Literal["masyarakat_umum", "instansi_non_pemerintah"] = "masyarakat_umum"
    name: Line
    nik: Line | None = None
    address: Line
    email: Line
    phone: Line | None = None
    occupation: Line
    institution: Line | None = None
    legal_deed: Line | None = None
    acts_for: Line | None = None
    power_of_attorney: Line | None = None
    data_wanted: Text
    purpose: Text
    format: Line = "bebas"
    dataset: Line | None = None
    way_to_obtain: Line = "salinan_elektronik"
    way_to_send: Line = "laman"


class Availability(Body):
    """Exactly one of the two."""

    dip_entry: Line | None = None
    agency: Line | None = None


class Forwarding(Body):
    """`agency` corrects what step 6 found."""

    agency: Line | None = None
    message: Text | None = None


class RefusalBody(Body):
    """A reason of the table, and why in words."""

    reason_code: Line
    narrative: Text
    other_law: Line | None = None
    consequence_test: Line | None = None
    """For a reason of Pasal 17: number of the consequence test on which it stands."""
    held_by: Line | None = None
    """For what is not held: name of the public body that holds it."""


class Granting(Body):
    """Empty for all; `refused_parts` with a reason for a part."""

    refused_parts: Text | None = None
    reason_code: Line = ""
    narrative: Text = ""
    other_law: Line | None = None
    consequence_test: Line | None = None
    held_by: Line | None = None


class HandingOver(Body):
    """What `privacy` gave for the upload."""

    receipt: Text


class Citing(Body):
    """Register number of the earlier request."""

    cites: Line


class Listing(Body):
    """Perpres 39/2019: the data's standard."""

    year: int
    title: Line
    concept: Text
    definition: Text
    classification: Text
    measure: Line
    unit: Line
    produsen_data: Line


class Drafting(Body):
    """A note to the delivery letter."""

    cover_note: Text | None = None


class Returning(Body):
    """What the Pemohon must complete."""

    missing: list[Line]
    explanation: Text


class Arriving(Body):
    """How and when it came, of what the PPID enters for the Pemohon; nobody else says so."""

    came_by: Line | None = None
    arrived_on: date | None = None
    why_later: Text = ""

    def brought(self, by: Actor) -> Brought | None:
        if self.came_by is None or self.arrived_on is None:
            return None
        entry = Entry(actor_of(by), self.arrived_on, self.why_later)
        return Brought(entry, self.came_by)


class Completing(Arriving):
    """The answer, and what it replaces of the form."""

    answer: Text
    data_wanted: Text | None = None
    purpose: Text | None = None


class Withdrawing(Body):
    """Why, if the Pemohon likes to say."""

    reason: Text | None = None


class Extending(Body):
    """UU 14/2008 Pasal 22 ayat (8)."""

    days: int
    reason_code: Line
    reason: Text


class Objecting(Arriving):
    """UU 14/2008 Pasal 35."""

    ground: Line
    case: Text


class Deciding(Body):
    """UU 14/2008 Pasal 36."""

    decision: Line
    reason: Text


class AskingErasure(Body):
    """UU 27/2022 Pasal 8; why, if the Pemohon likes to say."""

    reason: Text | None = None


class DecidingErasure(Body):
    """UU 27/2022 Pasal 43 and 44; reason and its code are for a refusal."""

    decision: Line
    reason_code: Line | None = None
    reason: Text | None = None


class Nothing(Body):
    """The command says it all."""


class SignIn(Body):
    """An officer's account."""

    username: Line
    password: Line


def application(request: Request) -> Requests:
    app: Requests = request.app.state.application
    return app


App = Annotated[Requests, Depends(application)]
IdempotencyKey = Annotated[str | None, Header(max_length=200)]
TrackingCode = Annotated[str | None, Header()]


def enabled_officer(request: Request) -> Officer | None:
    """Who is signed in, and whose account was not disabled since."""
    who = officer(request)
    return who if who and application(request).accounts.member(who.id, who.appointment) else None


reader_of_facts = enabled(*feed.ROLES)
"""Whom the feed is for, whose account was not disabled since."""


def viewer(
    request: Request, request_id: UUID, app: App, x_tracking_code: TrackingCode = None
) -> Actor:
    """An officer by session, or the Pemohon of the request in the path by the tracking code."""
    who = enabled_officer(request)
    if who is not None:
        return who.actor
    if x_tracking_code is None:
        raise NotSignedIn
    return app.reading.pemohon_with(request_id, x_tracking_code, address=address_of(request))


Viewer = Annotated[Actor, Depends(viewer)]


async def how(
    request: Request,
    by: Viewer,
    idempotency_key: IdempotencyKey = None,
    if_match: Annotated[str | None, Header()] = None,
) -> How:
    """`If-Match`: the `version` that was seen, refused when somebody decided since.

    `Idempotency-Key`: the same key, the same answer.
    """
    return {
        "expected_version": _version(if_match),
        "once": await once_of(request, idempotency_key, sender=by.id),
    }


HowAsked = Annotated[How, Depends(how)]


# Reading


@router.get("/{request_id}")
def get(request_id: UUID, by: Viewer, app: App, response: Response) -> Answer:
    """The request, with the commands that are open to the caller now."""
    answer = app.reading.get(request_id, by)
    response.headers["ETag"] = f'"{answer["version"]}"'
    return answer


@router.get("/{request_id}/events")
def events(request_id: UUID, by: Viewer, app: App) -> Answer:
    """Every fact in order, with the texts that the caller may read."""
    return {"events": [asdict(entry) for entry in app.reading.timeline(request_id, by)]}


@router.get("/{request_id}/pemohon")
def pemohon(
    request: Request,
    request_id: UUID,
    app: App,
    fields: str = "",
    fact: str | None = None,
    office: str = "",
    agency: str | None = None,
    officer: str | None = None,
) -> Answer:
    """For services alone: what is needed to write to the Pemohon; each reading is a fact.

    `signer` is who signs for `office` (a role, of `agency`) as Plh or Plt today: `officer`, or when
    none is named whoever stands in for its head.
    """
    caller = service_caller(request)
    wanted = [name for name in fields.split(",") if name]
    told = app.reading.pemohon(request_id, wanted, fact, caller)
    acting = app.accounts.acting.signer(office, agency, officer) if office else None
    return {**asdict(told), "signer": acting.as_signer() if acting else None}


@router.post("/{request_id}/upload-ticket")
def upload_ticket(request_id: UUID, by: Viewer, app: App) -> Answer:
    """What `privacy` wants to see before it takes the file."""
    return {"ticket": app.upload_ticket(request_id, by)}


@router.post("/{request_id}/download-ticket")
def download_ticket(request_id: UUID, by: Viewer, app: App) -> Answer:
    """What `privacy` wants to see before it gives the file."""
    return {"ticket": app.download_ticket(request_id, by)}


# Signing in


@router.post("/sign-in")
def sign_in(request: Request, body: SignIn, app: App) -> Answer:
    """A session token for `Authorization: Bearer`."""
    member = app.accounts.sign_in(body.username, body.password, address=address_of(request))
    return {
        "token": app.accounts.session(member),
        "expires_in": SESSION_SECONDS,
        "name": member.name,
        "role": member.role,
        "agency": member.agency,
    }


# Step 5


@router.post("", status_code=201, response_model=None)
async def submit(
    request: Request, body: Submission, app: App, idempotency_key: IdempotencyKey = None
) -> Answer | Response:
    """Register a request. The tracking code is told here only.

    What is wrong with the form is told at once, in `errors`: one sentence for each field.
    """
    told = body.model_dump()
    of_form = {name: told.pop(name) for name in OF_THE_FORM}
    form = Form(**of_form, kind=body.kind, channel="api")
    once = await once_of(request, idempotency_key, sender="public")
    try:
        return await run_in_threadpool(app.submit, Identity(**told), form, once=once)
    except FormInvalid as error:
        wrong = [{"field": name, "problem": why} for name, why in error.problems.items()]
        return problem(request, 422, str(error), "FormInvalid", errors=wrong)


# One route for each command


@router.post("/{request_id}/check-availability")
def check_availability(
    request_id: UUID, body: Availability, by: Viewer, app: App, asked: HowAsked
) -> Answer:
    """Step 6: found in the DIP, or held by an agency; to refuse see `refuse`."""
    if body.agency:
        return app.find_owner(request_id, by, agency=body.agency, **asked)
    return app.find_in_dip(request_id, by, dip_entry=body.dip_entry or "", **asked)


@router.post("/{request_id}/forward")
def forward(request_id: UUID, body: Forwarding, by: Viewer, app: App, asked: HowAsked) -> Answer:
    """Step 7."""
    return app.forward(request_id, by, agency=body.agency, message=body.message, **asked)


@router.post("/{request_id}/grant")
def grant(request_id: UUID, body: Granting, by: Viewer, app: App, asked: HowAsked) -> Answer:
    """Step 8: all of it, or with `refused_parts` a part of it."""
    if body.refused_parts is None:
        return app.grant(request_id, by, **asked)
    refusal = _refusal(body, app)
    return app.refusing.grant_in_part(
        request_id, by, refused_parts=body.refused_parts, refusal=refusal, **asked
    )


@router.post("/{request_id}/refuse")
def refuse(request_id: UUID, body: RefusalBody, by: Viewer, app: App, asked: HowAsked) -> Answer:
    """Steps 6, 8 and 10."""
    return app.refusing.refuse(request_id, by, refusal=_refusal(body, app), **asked)


@router.post("/{request_id}/hand-over")
def hand_over(request_id: UUID, body: HandingOver, by: Viewer, app: App, asked: HowAsked) -> Answer:
    """Step 9; at step 10 the PPID's data on hand."""
    return app.hand_over(request_id, by, receipt=body.receipt, **asked)


@router.post("/{request_id}/clear-personal-data")
def clear_personal_data(
    request_id: UUID, body: Citing, by: Viewer, app: App, asked: HowAsked
) -> Answer:
    """Step 10, found in the DIP: the file cleared for an earlier request is given again."""
    return app.clear_personal_data(request_id, by, cites=body.cites, **asked)


@router.post("/{request_id}/hand-to-walidata")
def hand_to_walidata(
    request_id: UUID, body: Nothing, by: Viewer, app: App, asked: HowAsked
) -> Answer:
    """Step 11."""
    return app.hand_to_walidata(request_id, by, **asked)


@router.post("/{request_id}/list-in-daftar-data")
def list_in_daftar_data(
    request_id: UUID, body: Listing, by: Viewer, app: App, asked: HowAsked
) -> Answer:
    """Step 12."""
    entry = DaftarDataEntry(**body.model_dump(exclude={"year"}))
    return app.list_in_daftar_data(request_id, by, year=body.year, entry=entry, **asked)


@router.post("/{request_id}/draft-delivery")
def draft_delivery(
    request_id: UUID, body: Drafting, by: Viewer, app: App, asked: HowAsked
) -> Answer:
    """Step 13, the Walidata's hand."""
    return app.draft_delivery(request_id, by, cover_note=body.cover_note, **asked)


@router.post("/{request_id}/deliver")
def deliver(request_id: UUID, body: Nothing, by: Viewer, app: App, asked: HowAsked) -> Answer:
    """Step 13, the PPID's hand."""
    return app.deliver(request_id, by, **asked)


@router.post("/{request_id}/send-refusal")
def send_refusal(request_id: UUID, body: Nothing, by: Viewer, app: App, asked: HowAsked) -> Answer:
    """Step 14."""
    return app.send_refusal(request_id, by, **asked)


@router.post("/{request_id}/notify-refusal")
def notify_refusal(
    request_id: UUID, body: Nothing, by: Viewer, app: App, asked: HowAsked
) -> Answer:
    """Step 15."""
    return app.notify_refusal(request_id, by, **asked)


@router.post("/{request_id}/receive")
def receive(request_id: UUID, body: Nothing, by: Viewer, app: App, asked: HowAsked) -> Answer:
    """Step 16."""
    return app.receive(request_id, by, **asked)


@router.post("/{request_id}/return")
def return_for_completion(
    request_id: UUID, body: Returning, by: Viewer, app: App, asked: HowAsked
) -> Answer:
    """Ask the Pemohon to complete the request."""
    return app.legal_acts.return_for_completion(
        request_id, by, missing=body.missing, explanation=body.explanation, **asked
    )


@router.post("/{request_id}/complete")
def complete(request_id: UUID, body: Completing, by: Viewer, app: App, asked: HowAsked) -> Answer:
    """The Pemohon's answer to that."""
    return app.legal_acts.complete(
        request_id,
        by,
        answer=body.answer,
        data_wanted=body.data_wanted,
        purpose=body.purpose,
        brought=body.brought(by),
        **asked,
    )


@router.post("/{request_id}/close")
def close(request_id: UUID, by: Viewer, app: App, asked: HowAsked) -> Answer:
    """By the PPID: not completed in time, or delivered and its download has ended."""
    return app.legal_acts.close(request_id, by, **asked)


@router.post("/{request_id}/withdraw")
def withdraw(request_id: UUID, body: Withdrawing, by: Viewer, app: App, asked: HowAsked) -> Answer:
    """The Pemohon no longer wants the data."""
    return app.legal_acts.withdraw(request_id, by, reason=body.reason, **asked)


@router.post("/{request_id}/extend")
def extend(request_id: UUID, body: Extending, by: Viewer, app: App, asked: HowAsked) -> Answer:
    """Once, at most seven working days, before the written notice."""
    return app.legal_acts.extend(request_id, by, **body.model_dump(), **asked)


@router.post("/{request_id}/object")
def lodge_objection(
    request_id: UUID, body: Objecting, by: Viewer, app: App, asked: HowAsked
) -> Answer:
    """To the Atasan PPID. By the PPID with `came_by` and `arrived_on`, when it came by letter."""
    return app.legal_acts.lodge_objection(
        request_id, by, ground=body.ground, case=body.case, brought=body.brought(by), **asked
    )


@router.post("/{request_id}/decide-objection")
def decide_objection(
    request_id: UUID, body: Deciding, by: Viewer, app: App, asked: HowAsked
) -> Answer:
    """By the Atasan PPID."""
    return app.legal_acts.decide_objection(
        request_id, by, decision=body.decision, reason=body.reason, **asked
    )


@router.post("/{request_id}/request-erasure")
def request_erasure(
    request_id: UUID, body: AskingErasure, by: Viewer, app: App, asked: HowAsked
) -> Answer:
    """The Pemohon asks that their personal data be erased."""
    return app.forgetting.ask(request_id, by, reason=body.reason, **asked)


@router.post("/{request_id}/decide-erasure")
def decide_erasure(
    request_id: UUID, body: DecidingErasure, by: Viewer, app: App, asked: HowAsked
) -> Answer:
    """By the PPID; what is granted is erased at once."""
    return app.forgetting.decide(request_id, by, **body.model_dump(), **asked)


def _refusal(body: RefusalBody | Granting, app: Requests) -> Refusal:
    cited = app.consequence_tests.cited(body.consequence_test)
    reasons = app.refusal_reasons.in_force()
    return Refusal(body.reason_code, body.narrative, body.other_law, cited, body.held_by, reasons)


def _version(if_match: str | None) -> int | None:
    if if_match is None or if_match.strip() == "*":
        return None
    version = if_match.strip().removeprefix("W/").strip('"')
    if not version.isdecimal() or len(version) > 9:
        raise SeenVersionIsOld
    return int(version)


async def once_of(request: Request, key: str | None, *, sender: str) -> Once | None:
    if key is None:
        return None
    sent = json.dumps([request.url.path, (await request.body()).decode()]).encode()
    # By sender: nobody meets another's answer by guessing a key.
    own_key = hashlib.sha256(f"{sender}:{key}".encode()).hexdigest()
    return Once(own_key, hashlib.sha256(sent).hexdigest())
