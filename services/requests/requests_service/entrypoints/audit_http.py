"""Auditors' questions as JSON under /api/requests/audit; each is a fact before it is answered."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from chassis.http import NotSignedIn, Officer
from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from requests_service.audit import saved
from requests_service.audit.asking import Asked, list_facts, plain, position_from, reached
from requests_service.audit.filters import Filters, filters_from
from requests_service.audit.one_request import difference, lost_versions, state_at, timeline
from requests_service.audit.question import Question, asked_from, told_of
from requests_service.audit.questions import QUESTIONS
from requests_service.audit.recording import note_query
from requests_service.domain.errors import NotTheOwner
from requests_service.entrypoints.http import App, enabled_officer

router = APIRouter(prefix="/api/requests/audit", tags=["audit"])
AUDITORS = ("auditor", "atasan_ppid")
FILTERS = (
    *("request", "types", "actor", "role", "agency"),
    *("since", "until", "as_of", "as_known_at"),
)
Answer = dict[str, Any]


def auditor(request: Request) -> Officer:
    """Who may ask the log."""
    who = enabled_officer(request)
    if who is None:
        raise NotSignedIn
    if who.role not in AUDITORS:
        raise NotTheOwner("Jejak audit untuk Auditor dan Atasan PPID.")
    return who


Auditor = Annotated[Officer, Depends(auditor)]
Typed = Annotated[str, Query(max_length=200)]


class Saving(BaseModel):
    """A question to keep: `address` is the path and query of a page under /audit."""

    model_config = ConfigDict(extra="forbid")
    name: Annotated[str, Field(max_length=500)]
    address: Annotated[str, Field(max_length=3000)]


@router.get("/events")
def events(
    who: Auditor,
    app: App,
    request: Typed = "",
    types: Typed = "",
    actor: Typed = "",
    role: Typed = "",
    agency: Typed = "",
    since: Typed = "",
    until: Typed = "",
    as_of: Typed = "",
    as_known_at: Typed = "",
    text: Typed = "",
    before: Typed = "",
) -> Answer:
    """Facts by filters, the newest first; `next_before` is where the next page begins.

    `request`: register number; `actor`: id or user name; `as_of`: a time or a position; a date
    means its end in Asia/Jakarta.
    """
    given = {
        "request": request, "types": types, "actor": actor, "role": role, "agency": agency,
        "since": since, "until": until, "as_of": as_of, "as_known_at": as_known_at,
    }  # fmt: skip
    asked = asked_for_list(app, given, text, before)
    note_query(app, who.actor, told_of_list(asked))
    rows, more = list_facts(asked)
    return {
        "events": [_json_row(row) for row in rows],
        "next_before": more,
        "up_to": reached(app.pool)[0],
    }


@router.get("/questions")
def questions(who: Auditor) -> Answer:
    """The questions that stand ready, and what each asks back."""
    return {"questions": [_described(question) for question in QUESTIONS.values()]}


@router.get("/questions/{code}")
def question(who: Auditor, app: App, request: Request, code: str, before: Typed = "") -> Answer:
    """The answer; its parameters are those that `questions` names."""
    found = QUESTIONS.get(code)
    if found is None:
        raise HTTPException(404, "Tidak ada pertanyaan dengan kode itu.")
    given = {name: value for name, value in request.query_params.items() if name != "before"}
    asked = asked_from(app, found, given, position_from(before))
    note_query(app, who.actor, told_of(found, asked))
    return found.answer(asked).as_json() | {"up_to": reached(app.pool)[0]}


@router.get("/requests/{register_number}")
def one_request(
    who: Auditor, app: App, register_number: str, as_of: Typed = "", as_known_at: Typed = ""
) -> Answer:
    """How it stood, and everything that happened, each with its seal."""
    known = filters_from(app.pool, {"as_of": as_of, "as_known_at": as_known_at})
    request_id = app.reading.id_of(register_number)
    note_query(app, who.actor, told_of_request(request_id, known))
    entries = timeline(app, request_id, known)
    return {
        "state": state_at(app, request_id, known),
        "events": [_json_row(asdict(entry)) for entry in entries],
        "lost_versions": lost_versions(entries),
    }


@router.get("/requests/{register_number}/difference")
def changes(
    who: Auditor,
    app: App,
    register_number: str,
    from_: Annotated[str, Query(alias="from", max_length=200)],
    to: Typed = "",
    as_known_at: Typed = "",
) -> Answer:
    """What of it changed between two times or positions."""
    earlier, later = (
        filters_from(app.pool, {"as_of": typed, "as_known_at": as_known_at})
        for typed in (from_, to)
    )
    request_id = app.reading.id_of(register_number)
    told = {"from": earlier.as_json(), "to": later.as_json()}
    note_query(app, who.actor, {"kind": "difference", "request_id": str(request_id), **told})
    found = difference(app, request_id, earlier, later)
    return {
        "changed": [
            {"what": name, "then": then, "later": now} for name, then, now in found.changed
        ],
        "facts": [_json_row(fact) for fact in found.facts],
    }


@router.get("/saved")
def saved_questions(who: Auditor, app: App) -> Answer:
    """Those that the caller named."""
    return {"saved": [_json_row(asdict(each)) for each in saved.saved_by(app.pool, who.id)]}


@router.post("/saved", status_code=201)
def save_question(who: Auditor, app: App, body: Saving) -> Answer:
    """Keep one, or give a name another address."""
    return _json_row(asdict(saved.save(app.pool, who.id, name=body.name, address=body.address)))


@router.delete("/saved/{saved_id}", status_code=204)
def remove_question(who: Auditor, app: App, saved_id: UUID) -> Response:
    """Forget one of the caller's own."""
    saved.remove(app.pool, who.id, saved_id)
    return Response(status_code=204)


def asked_for_list(app: App, given: dict[str, str], text: str, before: str) -> Asked:
    """Raises FilterInvalid or RequestNotFound."""
    values = {"text": text.strip()} if text.strip() else {}
    return Asked(app, filters_from(app.pool, given), values, position_from(before))


def told_of_list(asked: Asked) -> dict[str, Any]:
    """Not the text that was looked for: what somebody typed may name a person."""
    searched = {"text_searched": True} if asked.values else {}
    return {"kind": "list", **asked.filters.as_json(), **searched, "before": asked.before}


def told_of_request(request_id: UUID, known: Filters) -> dict[str, Any]:
    return {"kind": "request", "request_id": str(request_id), **known.as_json()}


def _described(question: Question) -> Answer:
    return {
        "code": question.code,
        "title": question.title,
        "explanation": question.explanation,
        "elsewhere": question.elsewhere,
        "parameters": [asdict(each) for each in question.parameters],
        "columns": [asdict(each) for each in question.columns],
    }


def _json_row(row: dict[str, Any]) -> Answer:
    return {
        name: value.isoformat() if isinstance(value, datetime) else plain(value)
        for name, value in row.items()
    }
