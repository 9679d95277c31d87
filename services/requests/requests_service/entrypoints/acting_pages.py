"""/meja/penunjukan: who acts in whose office; and choosing at /masuk in which role to work."""

from datetime import date
from typing import Annotated
from uuid import UUID

from chassis.http import Officer, officer
from chassis.pages import Form, render
from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse, Response

from requests_service.acting import OFFICES
from requests_service.application import Requests
from requests_service.domain import errors
from requests_service.domain.roles import LABELS
from requests_service.entrypoints.session import Page, enabled, keep_session
from requests_service.entrypoints.typed import Fields, Typed

router = APIRouter(include_in_schema=False, route_class=Page)
_HOME = "/meja/penunjukan"
_KINDS = [
    ("plh", "Pelaksana harian (Plh.)"),
    ("plt", "Pelaksana tugas (Plt.)"),
    ("pengganti", "Pengganti"),
]
_DONE = {
    "tunjuk": "Penunjukan sudah dicatat. Petugas memilih jabatan itu di halaman Masuk.",
    "akhiri": "Penunjukan sudah berakhir.",
}


Appoints = Annotated[Officer, Depends(enabled("atasan_ppid", "operator"))]


@router.get(_HOME)
def appointments(
    request: Request, who: Appoints, selesai: Annotated[str, Query(max_length=9)] = ""
) -> Response:
    return _page(request, Form({"first_day": _today(request)}), done=_DONE.get(selesai, ""))


@router.post(_HOME)
def appoint(request: Request, who: Appoints, typed: Typed) -> Response:
    app: Requests = request.app.state.application
    try:
        app.accounts.acting.appoint(
            typed.text("username"),
            who.actor,
            capacity=typed.text("capacity"),
            role=typed.text("role"),
            agency=typed.text_or_none("agency"),
            decree=typed.text("decree"),
            first_day=_day(typed, "first_day"),
            last_day=_day(typed, "last_day"),
            rank=typed.text_or_none("rank"),
            nip=typed.text_or_none("nip"),
        )
    except errors.RequestsError as error:
        return _page(request, Form(typed, {"": str(error)}), status=422)
    return RedirectResponse(f"{_HOME}?selesai=tunjuk", 303)


@router.post(f"{_HOME}/{{appointment_id}}/akhiri")
def end(request: Request, who: Appoints, appointment_id: UUID) -> Response:
    app: Requests = request.app.state.application
    try:
        app.accounts.acting.end(appointment_id, who.actor)
    except errors.AppointmentInvalid as error:
        return _page(request, Form({}, {"": str(error)}), status=422)
    return RedirectResponse(f"{_HOME}?selesai=akhiri", 303)


@router.post("/masuk/jabatan")
def work_as(request: Request, typed: Typed) -> Response:
    """In an office held for a while, or in one's own again."""
    app: Requests = request.app.state.application
    who = officer(request)
    chosen = typed.text_or_none("penunjukan")
    member = app.accounts.member(who.id, chosen) if who else None
    if member is None:
        return RedirectResponse("/masuk", 303)
    answer = RedirectResponse("/meja", 303)
    keep_session(request, answer, member)
    return answer


def _page(request: Request, form: Form, *, status: int = 200, done: str = "") -> Response:
    app: Requests = request.app.state.application
    today = app.today().day
    return render(
        request,
        "penunjukan.html",
        status,
        form=form,
        done=done,
        rows=[
            {
                "it": each,
                "in_force": each.first_day <= today <= each.last_day and not each.ended_on,
                "may_end": each.last_day >= today and not each.ended_on,
            }
            for each in app.accounts.acting.all()
        ],
        staff=[
            (each.username, f"{each.name} ({LABELS[each.role]})")  # type: ignore[index]
            for each in app.accounts.all()
            if not each.disabled and each.role not in ("integrator", "operator", "auditor")
        ],
        kinds=_KINDS,
        offices=[(role.value, role.label) for role in OFFICES],
        agencies=list(app.agencies.items()),
    )


def _day(typed: Fields, name: str) -> date:
    try:
        return date.fromisoformat(typed.text(name))
    except ValueError as error:
        raise errors.AppointmentInvalid("Isi hari pertama dan hari terakhirnya.") from error


def _today(request: Request) -> str:
    app: Requests = request.app.state.application
    return app.today().day.isoformat()
