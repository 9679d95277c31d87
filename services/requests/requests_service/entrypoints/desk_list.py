"""The officers' desk: what waits, the nearest clock first, and what is done to many at once."""

import textwrap
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from chassis.event_store import StaleVersion
from chassis.http import Officer
from chassis.pages import Form, render, ribuan, tanggal
from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import RedirectResponse, Response

from requests_service import views
from requests_service.application import How, Requests
from requests_service.domain import errors, sop
from requests_service.domain.commands import COMMANDS
from requests_service.domain.roles import Role
from requests_service.domain.words import STATES
from requests_service.domain.working_days import Today
from requests_service.entrypoints.acts import OFFICER_ACTS
from requests_service.entrypoints.at_desk import (
    FILTER_LABELS,
    TICKED,
    AtDesk,
    List,
    filter_choices,
    first_scope,
    register_number_in,
    request_href,
)
from requests_service.entrypoints.session import Page
from requests_service.entrypoints.shown import waiting_label, working_days_to
from requests_service.entrypoints.typed import Fields, Typed, new_key

router = APIRouter(include_in_schema=False, route_class=Page)
MANY_MAX = 100
_ABOUT_CHARS = 110
_TABS: Mapping[str, tuple[str, str]] = {
    "mine": ("Menunggu saya", "Tidak ada permohonan yang menunggu Anda."),
    "open": ("Semua yang berjalan", "Tidak ada permohonan yang sedang berjalan."),
    "late": ("Terlambat", "Tidak ada tenggat yang terlewat."),
    "returned": ("Menunggu kelengkapan", "Tidak ada permohonan yang menunggu kelengkapan."),
    "objections": ("Keberatan", "Tidak ada keberatan yang menunggu putusan."),
    "erasures": ("Penghapusan data", "Tidak ada permintaan penghapusan yang menunggu putusan."),
    "ended": ("Selesai", "Belum ada permohonan yang selesai."),
}


@router.get("/meja")
def desk(request: Request, who: AtDesk, selesai: Annotated[str, Query()] = "") -> Response:
    app: Requests = request.app.state.application
    done = OFFICER_ACTS[selesai].done if selesai in OFFICER_ACTS else ""
    asked = List.of(request.query_params)
    if found := _one_by_number(app, asked, who):
        return RedirectResponse(f"/meja/{found}", 303)
    scope = asked.scope if asked.scope in _TABS else first_scope(who)
    page = asked.read(app, who, asked.page)
    rows = shown_rows(app, who, page.rows, asked)
    counts = views.desk_counts(app.pool, role=who.role, agency=who.agency, today=app.today().day)
    offered = filter_choices(app.agencies)
    return render(
        request,
        "meja.html",
        done_words=done,
        asked=asked,
        heading="Hasil pencarian" if asked.searches else _label(scope, who),
        empty_text=_TABS[scope][1],
        tabs=_tabs(who, "" if asked.searches else scope, counts),
        groups=_groups(rows, app.today().day),
        bulk=_bulk_buttons(rows),
        form=Form(asked.filters, {}, "saring"),
        choices=offered,
        labels=FILTER_LABELS,
        narrowed=_narrowed(asked, offered),
        next_href=_page_href(asked, page.next_cursor) if page.next_cursor else None,
        first_href=f"/meja?{asked.first_page().query}" if asked.page else None,
    )


@router.get("/meja/banyak")
def many(
    request: Request,
    who: AtDesk,
    tindakan: Annotated[str, Query()] = "",
    id: Annotated[list[UUID] | None, Query()] = None,
    dari: Annotated[str, Query()] = "",
) -> Response:
    """What would be done, and to which: looked at before it is done."""
    act = OFFICER_ACTS.get(tindakan)
    if act is None or not act.bulk:
        raise HTTPException(404)
    app: Requests = request.app.state.application
    rows = views.desk_rows(
        app.pool, (id or [])[:MANY_MAX], role=who.role, agency=who.agency, today=app.today().day
    )
    shown = shown_rows(app, who, rows, List.remembered(dari))
    return render(
        request,
        "meja_banyak.html",
        act=act,
        action=f"/meja/banyak/{tindakan}?{urlencode({'dari': dari})}",
        able=[row for row in shown if row["bulk_act"] == tindakan],
        not_able=[row for row in shown if row["bulk_act"] != tindakan],
        key=new_key(),
        back_href=f"/meja?{dari}",
    )


@router.post("/meja/banyak/{name}")
def do_many(
    request: Request, who: AtDesk, name: str, typed: Typed, dari: Annotated[str, Query()] = ""
) -> Response:
    """Each is a command of its own with its own result; sent twice, it is done once."""
    act = OFFICER_ACTS.get(name)
    if act is None or not act.bulk:
        raise HTTPException(404)
    app: Requests = request.app.state.application
    results = [
        _result(app, who, name, each, typed.text("idempotency_key"))
        for each in typed.all("request")[:MANY_MAX]
    ]
    return render(
        request,
        "meja_banyak_hasil.html",
        act=act,
        done=[each for each in results if not each["why_not"]],
        not_done=[each for each in results if each["why_not"]],
        back_href=f"/meja?{List.remembered(dari).first_page().query}",
    )


def _result(app: Requests, who: Officer, name: str, told: str, key: str) -> dict[str, Any]:
    """`told`: a request's id, and the version that the officer saw."""
    id_, _, version = told.partition(":")
    try:
        request_id, fields = UUID(id_), Fields()
        how = How(expected_version=int(version or 0) or None)
        how["once"] = fields.once(who.actor.id, f"{key[:16]}{request_id.hex}")
    except ValueError as error:
        raise HTTPException(400) from error
    result = {"href": f"/meja/{request_id}", "register_number": id_, "why_not": ""}
    try:
        answer = OFFICER_ACTS[name].run(app, request_id, who.actor, fields, how)
        return result | {"register_number": answer["register_number"]}
    except StaleVersion:
        why_not = str(errors.SeenVersionIsOld())
    except errors.RequestsError as error:
        why_not = str(error)
    rows = views.desk_rows(
        app.pool, [request_id], role=who.role, agency=who.agency, today=app.today().day
    )
    number = rows[0]["register_number"] if rows else id_
    return result | {"register_number": number, "why_not": why_not}


def shown_rows(
    app: Requests, who: Officer, rows: Sequence[Mapping[str, Any]], asked: List
) -> list[dict[str, Any]]:
    """Rows of the board in the words of the desk, each with what it is about."""
    subjects = app.reading.subjects([dict(row) for row in rows], who.actor)
    today, query = app.today(), asked.query
    return [_row(today, who, row, subjects.get(row["id"]), query) for row in rows]


def _row(
    today: Today, who: Officer, row: Mapping[str, Any], subject: str | None, query: str
) -> dict[str, Any]:
    step = sop.STEPS.get(row["step"] or 0)
    return {
        **row,
        "href": request_href(row, query),
        "about": textwrap.shorten(subject, _ABOUT_CHARS, placeholder=" …") if subject else "",
        "activity": step.activity if step else "",
        "state_label": STATES[row["state"]],
        "state_kind": {"received": "good", "refused": "bad"}.get(row["state"], "plain"),
        "waiting_label": waiting_label(
            row["waiting_for"] or (Role.PPID if row["erasure_asked_on"] else None)
        ),
        "nearest": views.nearest_clock(row),
        "bulk_act": _bulk_act(row, who.role, today.day),
        "working_days": {
            name: working_days_to(today, row[name])
            for name in ("due", "statutory_due", "objection_due")
        },
        "estimates": {
            name: bool(row[name] and today.calendar.is_estimate(row[name]))
            for name in ("due", "statutory_due", "objection_due")
        },
    }


def _bulk_act(row: Mapping[str, Any], role: str, today: date) -> str | None:
    """The act that could be done to this one among many; its own command has the last word."""
    if role == Role.PPID and row["closable_after"] and row["closable_after"] < today:
        return "close"
    if row["state"] != "open" or row["waiting_for"] != role:
        return None
    outcomes = sop.STEPS[row["step"]].outcomes
    for name, act in OFFICER_ACTS.items():
        outcome = outcomes.get(COMMANDS[act.command][0]) if act.bulk else None
        if outcome and outcome.role == role:
            return name
    return None


def _bulk_buttons(rows: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    names = {row["bulk_act"] for row in rows}
    return [(name, act.label) for name, act in OFFICER_ACTS.items() if name in names]


def _one_by_number(app: Requests, asked: List, who: Officer) -> UUID | None:
    """When a whole number was typed, of a request that is on this desk, it opens at once."""
    if "-" not in asked.q or asked.filters:
        return None
    number = register_number_in(asked.q, app.today().day)
    try:
        found = app.reading.id_of(number) if number else None
    except errors.RequestNotFound:
        return None
    if found is None:
        return None
    rows = views.desk_rows(
        app.pool, [found], role=who.role, agency=who.agency, today=app.today().day
    )
    return found if rows else None


def _label(scope: str, who: Officer) -> str:
    if scope == "open" and who.role == Role.PPID_PEMBANTU:
        return "Perangkat daerah saya"
    return "Seluruh kantor" if scope == "open" else _TABS[scope][0]


def _narrowed(asked: List, offered: Mapping[str, list[tuple[str, str]]]) -> list[str]:
    """The filters that are in use, in words."""
    told = []
    for name, value in asked.filters.items():
        label = FILTER_LABELS[name]
        words = dict(offered.get(name, ())).get(value, value)
        told.append(label if name in TICKED else f"{label}: {_as_said(name, words)}")
    return told


def _as_said(name: str, words: str) -> str:
    return tanggal(words) if name == "sampai" else words


def _tabs(
    who: Officer, current: str, counts: Mapping[str, int]
) -> list[tuple[str, str, bool, str | None]]:
    """Label, address, whether it is shown now, and how many it holds."""
    more = counts["all_counted"] >= views.COUNTED_MAX
    return [
        (
            _label(name, who),
            f"/meja?saring={name}",
            name == current,
            f"{ribuan(counts[name])}{'+' if more else ''}" if name in counts else None,
        )
        for name in _TABS
        if name != "mine" or who.role != Role.AUDITOR
    ]


def _groups(
    rows: Sequence[Mapping[str, Any]], today: date
) -> list[tuple[str, list[Mapping[str, Any]]]]:
    """The rows in their order, under headings by when they are due."""
    return [
        (heading, list(of_it)) for heading, of_it in groupby(rows, lambda row: _when(row, today))
    ]


def _when(row: Mapping[str, Any], today: date) -> str:
    nearest = row["nearest"]
    if nearest is None:
        return "Tanpa tenggat yang berjalan" if row["step"] else "Selesai"
    if nearest < today:
        return "Tenggat terlewat"
    if nearest == today:
        return "Hari ini"
    sunday = today + timedelta(days=6 - today.weekday())
    if nearest <= sunday:
        return "Pekan ini"
    return "Pekan depan" if nearest <= sunday + timedelta(days=7) else "Kemudian"


def _page_href(asked: List, cursor: str) -> str:
    return f"/meja?{List(asked.scope, asked.q, asked.filters, cursor).query}"
