"""Consequence tests as JSON under /api/requests/consequence-tests."""

from dataclasses import asdict
from datetime import date
from typing import Annotated, Any

from chassis.http import NotSignedIn, Officer, problem
from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response

from requests_service.domain.consequence_tests import ConsequenceTest, Tested
from requests_service.domain.errors import ConsequenceTestUnknown, FormInvalid, NotTheOwner
from requests_service.entrypoints.http import Answer, App, Body, Line, Text, enabled_officer

router = APIRouter(prefix="/api/requests/consequence-tests", tags=["consequence tests"])
READERS = ("ppid", "ppid_pembantu", "walidata", "atasan_ppid", "auditor")


class Testing(Body):
    """UU 14/2008 Pasal 19. Nothing here may name a person: it is public."""

    information: Text
    exceptions: list[Line]
    """Letters of Pasal 17."""
    if_opened: Text
    if_closed: Text
    decree: Line
    decree_on: date
    valid_from: date
    valid_until: date | None = None
    other_law: Line | None = None
    agency: Line | None = None


class Ending(Body):
    """Why it is no longer in force."""

    reason: Text


def reader(request: Request) -> Officer:
    """Who may read them."""
    who = enabled_officer(request)
    if who is None:
        raise NotSignedIn
    if who.role not in READERS:
        raise NotTheOwner("Uji konsekuensi bukan untuk dilihat dari akun Anda.")
    return who


Reader = Annotated[Officer, Depends(reader)]


@router.get("")
def tests(
    who: Reader,
    app: App,
    exception: Annotated[str | None, Query(max_length=1)] = None,
    in_force: bool = False,
) -> Answer:
    """The youngest first. `exception`: those about this letter of Pasal 17."""
    found = app.consequence_tests.in_force(who.agency) if in_force else app.consequence_tests.all()
    wanted = [each for each in found if exception is None or exception in each.tested.exceptions]
    return {"items": [_shown(each) for each in wanted]}


@router.get("/{number}")
def one(number: str, who: Reader, app: App) -> Answer:
    """One by its number, as UK-2026-001."""
    try:
        return _shown(app.consequence_tests.one(number))
    except ConsequenceTestUnknown as error:
        raise HTTPException(404, str(error)) from error


@router.post("", status_code=201, response_model=None)
def record(request: Request, body: Testing, who: Reader, app: App) -> Answer | Response:
    """By the PPID. What is wrong is told at once, in `errors`: one sentence for each field."""
    told = body.model_dump()
    tested = Tested(**told | {"exceptions": tuple(dict.fromkeys(told["exceptions"]))})
    try:
        return _shown(app.consequence_tests.record(who.actor, tested))
    except FormInvalid as error:
        wrong = [{"field": name, "problem": why} for name, why in error.problems.items()]
        return problem(request, 422, str(error), "FormInvalid", errors=wrong)


@router.post("/{number}/end")
def end(number: str, body: Ending, who: Reader, app: App) -> Answer:
    """By the PPID: no refusal may cite it any more; those that did stand as they are."""
    try:
        return _shown(app.consequence_tests.end(number, who.actor, reason=body.reason))
    except ConsequenceTestUnknown as error:
        raise HTTPException(404, str(error)) from error


def _shown(test: ConsequenceTest) -> dict[str, Any]:
    return {
        "number": test.number,
        **asdict(test.tested),
        "recorded_on": test.recorded_on,
        "ended_on": test.ended_on,
        "end_reason": test.end_reason,
    }
