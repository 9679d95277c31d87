"""The pages under /audit: what was recorded, asked, and whether it is still what was sealed."""

from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from chassis.http import Officer
from chassis.pages import Form, render
from fastapi import APIRouter, Depends, HTTPException, Query, Request
from fastapi.responses import RedirectResponse, Response

from requests_service.application import Requests
from requests_service.audit import saved
from requests_service.audit.asking import Asked, list_facts, position_from, reached
from requests_service.audit.filters import FilterInvalid, filters_from
from requests_service.audit.integrity import integrity_of
from requests_service.audit.one_request import lost_versions, state_at, timeline
from requests_service.audit.question import Question, asked_from, told_of
from requests_service.audit.questions import QUESTIONS
from requests_service.audit.recording import note_query
from requests_service.audit.words import TITLES
from requests_service.domain.errors import RequestNotFound, RequestsError
from requests_service.domain.roles import LABELS
from requests_service.entrypoints.audit_http import (
    AUDITORS,
    FILTERS,
    asked_for_list,
    told_of_list,
    told_of_request,
)
from requests_service.entrypoints.audit_shown import Shown
from requests_service.entrypoints.conformance_shown import deviations_shown
from requests_service.entrypoints.session import Page, enabled
from requests_service.entrypoints.typed import Typed

router = APIRouter(include_in_schema=False, route_class=Page)


Auditor = Annotated[Officer, Depends(enabled(*AUDITORS))]


@router.get("/audit")
def start(request: Request, who: Auditor) -> Response:
    """Nothing is asked here: this page alone is not recorded."""
    app: Requests = request.app.state.application
    return render(
        request,
        "audit.html",
        integrity=integrity_of(app.pool),
        questions=list(QUESTIONS.values()),
        saved=saved.saved_by(app.pool, who.id),
    )


@router.get("/audit/peristiwa")
def events(request: Request, who: Auditor, before: Annotated[str, Query()] = "") -> Response:
    app: Requests = request.app.state.application
    typed = _typed(request)
    given = {name: typed.get(name, "") for name in FILTERS}
    try:
        asked = asked_for_list(app, given, typed.get("text", ""), before)
    except (FilterInvalid, RequestNotFound) as error:
        return _list(request, typed, problem=error)
    note_query(app, who.actor, told_of_list(asked))
    return _list(request, typed, asked)


@router.get("/audit/permohonan")
def find(request: Request, who: Auditor, request_number: str = Query("", alias="request")) -> Any:
    """From the start page's box to the request's own address."""
    app: Requests = request.app.state.application
    app.reading.id_of(request_number)
    return RedirectResponse(f"/audit/permohonan/{request_number.strip()}", 303)


@router.get("/audit/permohonan/{register_number}")
def one_request(
    request: Request,
    who: Auditor,
    register_number: str,
    as_of: Annotated[str, Query()] = "",
    as_known_at: Annotated[str, Query()] = "",
) -> Response:
    app: Requests = request.app.state.application
    request_id = app.reading.id_of(register_number)
    known = filters_from(app.pool, {"as_of": as_of, "as_known_at": as_known_at})
    note_query(app, who.actor, told_of_request(request_id, known))
    entries = timeline(app, request_id, known)
    return render(
        request,
        "audit_permohonan.html",
        register_number=register_number,
        entries=entries,
        lost=lost_versions(entries),
        state=state_at(app, request_id, known),
        form=Form({"as_of": as_of, "as_known_at": as_known_at}),
        partial=bool(known.asked()),
        deviations=[] if known.asked() else deviations_shown(app.pool, request_id),
        address=_address(request),
        to=Shown(app),
    )


@router.get("/audit/pertanyaan/{code}")
def question(
    request: Request, who: Auditor, code: str, before: Annotated[str, Query()] = ""
) -> Response:
    app: Requests = request.app.state.application
    found = QUESTIONS.get(code)
    if found is None:
        raise HTTPException(404)
    typed = _typed(request)
    if not typed and any(each.required and not each.default for each in found.parameters):
        return _question(request, found, typed)
    try:
        asked = asked_from(app, found, typed, position_from(before))
    except (FilterInvalid, RequestNotFound) as error:
        return _question(request, found, typed, problem=error)
    note_query(app, who.actor, told_of(found, asked))
    try:
        return _question(request, found, typed, asked)
    except FilterInvalid as error:
        return _question(request, found, typed, problem=error)


@router.post("/audit/simpan")
def save(request: Request, who: Auditor, typed: Typed) -> Response:
    app: Requests = request.app.state.application
    saved.save(app.pool, who.id, name=typed.text("name"), address=typed.text("address"))
    return RedirectResponse("/audit#tersimpan", 303)


@router.post("/audit/simpan/{saved_id}/hapus")
def remove(request: Request, who: Auditor, saved_id: UUID) -> Response:
    saved.remove(request.app.state.pool, who.id, saved_id)
    return RedirectResponse("/audit#tersimpan", 303)


def _list(
    request: Request,
    typed: dict[str, str],
    asked: Asked | None = None,
    problem: RequestsError | None = None,
) -> Response:
    app: Requests = request.app.state.application
    rows, more = list_facts(asked) if asked else ([], None)
    exported = {name: value for name, value in typed.items() if name in FILTERS and value}
    return render(
        request,
        "audit_peristiwa.html",
        422 if problem else 200,
        form=Form(typed, {"": str(problem)} if problem else {}),
        answered=asked is not None,
        narrowed=any(typed.values()),
        rows=rows,
        types=sorted(TITLES.items(), key=lambda each: each[1]),
        roles=[(role.value, label) for role, label in LABELS.items()],
        agencies=list(app.agencies.items()),
        reached=reached(app.pool),
        next_href=_address(request, before=more) if more else None,
        first_href=_address(request) if asked and asked.before else None,
        address=_address(request),
        export_href="/audit/ekspor" + (f"?{urlencode(exported)}" if exported else ""),
        to=Shown(app),
    )


def _question(
    request: Request,
    found: Question,
    typed: dict[str, str],
    asked: Asked | None = None,
    problem: RequestsError | None = None,
) -> Response:
    app: Requests = request.app.state.application
    answer = found.answer(asked) if asked else None
    begun = {each.name: each.default for each in found.parameters}
    more = answer.next_before if answer else None
    return render(
        request,
        "audit_pertanyaan.html",
        422 if problem else 200,
        question=found,
        agencies=list(app.agencies.items()),
        form=Form(begun | typed, {"": str(problem)} if problem else {}),
        answer=answer,
        given=_given(found, typed, Shown(app)),
        reached=reached(app.pool),
        next_href=_address(request, before=more) if more else None,
        first_href=_address(request) if asked and asked.before else None,
        address=_address(request),
        to=Shown(app),
    )


def _given(found: Question, typed: dict[str, str], to: Shown) -> list[str]:
    """What was asked for, in words: why an answer may be empty."""
    return [
        f"{each.label}: {to.typed(each, typed[each.name])}"
        for each in found.parameters
        if typed.get(each.name, "").strip()
    ]


def _typed(request: Request) -> dict[str, str]:
    return {name: value for name, value in request.query_params.items() if name != "before"}


def _address(request: Request, **more: Any) -> str:
    """This page's own, which holds the whole question; without its page, if not given."""
    asked = {name: value for name, value in _typed(request).items() if value} | more
    return request.url.path + (f"?{urlencode(asked)}" if asked else "")
