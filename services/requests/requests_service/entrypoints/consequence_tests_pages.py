"""/meja/uji-konsekuensi: the consequence tests, and the forms with which the PPID keeps them."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any

from chassis.http import Officer
from chassis.pages import Form, render
from fastapi import APIRouter, Depends, HTTPException, Query, Request
from fastapi.responses import RedirectResponse, Response

from requests_service.application import Requests
from requests_service.domain import errors
from requests_service.domain.consequence_tests import EXCEPTIONS, ConsequenceTest, Tested
from requests_service.domain.roles import Role
from requests_service.entrypoints.consequence_tests_http import READERS
from requests_service.entrypoints.session import Page, enabled
from requests_service.entrypoints.typed import Fields, Typed

router = APIRouter(include_in_schema=False, route_class=Page)
_HOME = "/meja/uji-konsekuensi"
_DATES = {
    "decree_on": "Tanggal surat penetapan",
    "valid_from": "Awal jangka waktu",
    "valid_until": "Akhir jangka waktu",
}


Reader = Annotated[Officer, Depends(enabled(*READERS))]


@router.get(_HOME)
def tests(
    request: Request, who: Reader, berlaku: Annotated[str, Query(max_length=2)] = "ya"
) -> Response:
    app: Requests = request.app.state.application
    kept = app.consequence_tests
    found = kept.in_force(None) if berlaku == "ya" else kept.all()
    return render(
        request,
        "uji_konsekuensi.html",
        tests=[_row(app, each) for each in found],
        tabs=[
            ("Yang berlaku", _HOME, berlaku == "ya", None),
            ("Semua", f"{_HOME}?berlaku=", berlaku != "ya", None),
        ],
        may_record=who.role == Role.PPID,
    )


@router.get(f"{_HOME}/baru")
def blank(request: Request, who: Reader) -> Response:
    app: Requests = request.app.state.application
    today = app.today().day.isoformat()
    return _form_page(request, Form({"valid_from": today, "decree_on": today}))


@router.post(f"{_HOME}/baru")
def record(request: Request, who: Reader, typed: Typed) -> Response:
    app: Requests = request.app.state.application
    try:
        test = app.consequence_tests.record(who.actor, _tested(typed))
    except errors.FormInvalid as error:
        return _form_page(request, Form(typed, error.problems), 422)
    return RedirectResponse(f"{_HOME}/{test.number}?tercatat=ya", 303)


@router.get(f"{_HOME}/{{number}}")
def one(
    request: Request, who: Reader, number: str, tercatat: Annotated[str, Query(max_length=9)] = ""
) -> Response:
    return _one_page(request, who, number, Form(), done=tercatat)


@router.post(f"{_HOME}/{{number}}/cabut")
def end(request: Request, who: Reader, number: str, typed: Typed) -> Response:
    app: Requests = request.app.state.application
    try:
        app.consequence_tests.end(number, who.actor, reason=typed.text("reason"))
    except errors.ConsequenceTestUnknown as error:
        raise HTTPException(404) from error
    except errors.ReasonMissing as error:
        return _one_page(request, who, number, Form(typed, {"reason": str(error)}), status=422)
    return RedirectResponse(f"{_HOME}/{number}?tercatat=cabut", 303)


def _one_page(
    request: Request, who: Officer, number: str, form: Form, *, done: str = "", status: int = 200
) -> Response:
    app: Requests = request.app.state.application
    try:
        test = app.consequence_tests.one(number)
    except errors.ConsequenceTestUnknown as error:
        raise HTTPException(404) from error
    return render(
        request,
        "uji_konsekuensi_satu.html",
        status,
        test=_row(app, test),
        form=form,
        done=done,
        may_end=who.role == Role.PPID and test.ended_on is None,
    )


def _form_page(request: Request, form: Form, status: int = 200) -> Response:
    app: Requests = request.app.state.application
    return render(
        request,
        "uji_konsekuensi_baru.html",
        status,
        form=form,
        exceptions=[(letter, f"Huruf {letter}: {text}") for letter, text in EXCEPTIONS.items()],
        agencies=list(app.agencies.items()),
    )


def _tested(typed: Fields) -> Tested:
    """Raises FormInvalid for a date that is none."""
    days, wrong = _days(typed)
    if wrong:
        raise errors.FormInvalid(wrong)
    return Tested(
        information=typed.text("information"),
        exceptions=tuple(typed.all("exceptions")),
        if_opened=typed.text("if_opened"),
        if_closed=typed.text("if_closed"),
        decree=typed.text("decree"),
        other_law=typed.text_or_none("other_law"),
        agency=typed.text_or_none("agency"),
        **days,
    )


def _days(typed: Fields) -> tuple[dict[str, Any], dict[str, str]]:
    days: dict[str, Any] = {}
    wrong = {}
    for name, words in _DATES.items():
        text = typed.text(name)
        try:
            days[name] = date.fromisoformat(text) if text or name != "valid_until" else None
        except ValueError:
            wrong[name] = f"{words} wajib diisi dengan tanggal yang benar."
    return days, wrong


def _row(app: Requests, test: ConsequenceTest) -> Mapping[str, Any]:
    tested = test.tested
    return {
        "number": test.number,
        "tested": tested,
        "href": f"{_HOME}/{test.number}",
        "in_force": test.in_force_on(app.today().day),
        "recorded_on": test.recorded_on,
        "ended_on": test.ended_on,
        "end_reason": test.end_reason,
        "articles": _articles(tested.exceptions),
    }


def _articles(exceptions: Sequence[str]) -> list[str]:
    return [f"Pasal 17 huruf {letter}: {EXCEPTIONS[letter]}" for letter in exceptions]
