"""The officers' desk and the page on which they act on one request."""

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from chassis.actor import Actor
from chassis.event_store import StaleVersion
from chassis.http import NotSignedIn, Officer, needs
from chassis.pages import Form, render
from chassis.sessions import BadToken
from fastapi import APIRouter, Depends, HTTPException, Query, Request
from fastapi.responses import RedirectResponse, Response

from requests_service import views
from requests_service.application import Requests
from requests_service.domain import choices, errors, refusal, sop
from requests_service.domain.commands import COMMANDS
from requests_service.domain.identity import FIELDS
from requests_service.domain.roles import Role
from requests_service.domain.words import STATES
from requests_service.entrypoints.acts import FIELD_WORDS, OFFICER_ACTS, Act, OpenAct
from requests_service.entrypoints.audit_http import AUDITORS
from requests_service.entrypoints.conformance_shown import deviations_shown
from requests_service.entrypoints.session import Page
from requests_service.entrypoints.shown import (
    erasing_of,
    letters_of,
    shown,
    waiting_label,
    working_days_to,
)
from requests_service.entrypoints.statuses import ERRORS
from requests_service.entrypoints.typed import Fields, Typed, field_of, new_key

router = APIRouter(include_in_schema=False, route_class=Page)
_signed_in = needs("ppid", "ppid_pembantu", "walidata", "atasan_ppid", "auditor")


def _at_the_desk(request: Request) -> Officer:
    """An officer with a desk, whose account was not disabled since."""
    who = _signed_in(request)
    if request.app.state.application.accounts.member(who.id) is None:
        raise NotSignedIn
    return who


AtDesk = Annotated[Officer, Depends(_at_the_desk)]
_SCOPES: Mapping[str, tuple[str, str]] = {
    "mine": ("Menunggu saya", "Tidak ada permohonan yang menunggu Anda."),
    "open": ("Semua yang berjalan", "Tidak ada permohonan yang sedang berjalan."),
    "late": ("Terlambat", "Tidak ada langkah yang terlambat."),
    "returned": ("Menunggu kelengkapan", "Tidak ada permohonan yang menunggu kelengkapan."),
    "objections": ("Keberatan", "Tidak ada keberatan yang menunggu putusan."),
    "erasures": ("Penghapusan data", "Tidak ada permintaan penghapusan yang menunggu putusan."),
    "ended": ("Selesai", "Belum ada permohonan yang selesai."),
}
_PROPOSE_EXTENSION_DAYS = 2
"""The extension is proposed on working day 8 of 10."""


@router.get("/meja")
def desk(
    request: Request,
    who: AtDesk,
    saring: Annotated[str, Query()] = "",
    q: Annotated[str, Query()] = "",
    setelah: Annotated[str, Query()] = "",
) -> Response:
    app: Requests = request.app.state.application
    if re.fullmatch(r"\d{4}-\d+", q.strip()):
        try:
            return RedirectResponse(f"/meja/{app.reading.id_of(q)}", 303)
        except errors.RequestNotFound:
            pass
    today = app.today().day
    scopes = [name for name in _SCOPES if name != "mine" or who.role != Role.AUDITOR]
    scope = saring if saring in scopes else scopes[0]
    told: dict[str, Any] = {"role": who.role, "agency": who.agency, "today": today}
    counts = views.desk_counts(request.app.state.pool, **told)
    page = None if q else views.desk(request.app.state.pool, scope=scope, cursor=setelah, **told)
    next_query = {"saring": scope, "setelah": page.next_cursor if page else None}
    return render(
        request,
        "meja.html",
        q=q,
        heading=_SCOPES[scope][0],
        empty_text=_SCOPES[scope][1],
        tabs=[
            (_SCOPES[name][0], f"/meja?saring={name}", name == scope, counts[name])
            for name in scopes
        ],
        rows=[_row(app, row) for row in page.rows] if page else [],
        next_href=f"/meja?{urlencode(next_query)}" if page and page.next_cursor else None,
        first_href=f"/meja?saring={scope}" if setelah else None,
    )


@router.get("/meja/{request_id}")
def request_page(
    request: Request,
    who: AtDesk,
    request_id: UUID,
    selesai: Annotated[str, Query()] = "",
    receipt: Annotated[str, Query()] = "",
) -> Response:
    done = OFFICER_ACTS[selesai].done if selesai in OFFICER_ACTS else ""
    return _page(request, who, request_id, receipt=receipt, done_words=done)


@router.post("/meja/{request_id}/identitas")
def show_identity(request: Request, who: AtDesk, request_id: UUID) -> Response:
    """By POST, because each reading is recorded."""
    app: Requests = request.app.state.application
    identity = app.reading.identity(request_id, who.actor)
    lines = [(label, identity[name]) for name, label in FIELDS.items() if identity.get(name)]
    return _page(request, who, request_id, identity=lines)


@router.post("/meja/{request_id}/{name}")
def act(request: Request, who: AtDesk, request_id: UUID, name: str, typed: Typed) -> Response:
    if name not in OFFICER_ACTS:
        raise HTTPException(404)
    app: Requests = request.app.state.application
    try:
        how = typed.how(who.actor.id)
        OFFICER_ACTS[name].run(app, request_id, who.actor, typed, how)
    except (errors.RequestsError, StaleVersion) as error:
        return _refused(request, who, request_id, name, typed, error)
    return RedirectResponse(f"/meja/{request_id}?selesai={name}", 303)


def _refused(
    request: Request, who: Officer, request_id: UUID, name: str, typed: Fields, error: Exception
) -> Response:
    """The same page with everything that was typed, and the sentence."""
    sentence = error if isinstance(error, errors.RequestsError) else errors.SeenVersionIsOld()
    status = ERRORS.get(type(sentence), 422)
    if isinstance(sentence, errors.RequestNotFound) or status == 403:
        raise sentence
    return _page(
        request,
        who,
        request_id,
        receipt=typed.text("receipt"),
        tried=name,
        typed=typed,
        wrong={field_of(sentence, typed): str(sentence)},
        refused_words=str(sentence) if status == 409 else "",
        status=status,
    )


def _page(
    request: Request,
    who: Officer,
    request_id: UUID,
    *,
    receipt: str = "",
    identity: Sequence[tuple[str, str]] = (),
    tried: str = "",
    typed: Mapping[str, Any] | None = None,
    wrong: Mapping[str, str] | None = None,
    refused_words: str = "",
    done_words: str = "",
    status: int = 200,
) -> Response:
    app: Requests = request.app.state.application
    answer = app.reading.get(request_id, who.actor)
    timeline = app.reading.timeline(request_id, who.actor)
    it = shown(app, answer, timeline)
    it["letters"] = letters_of(it, "/surat/{}", role=who.role)
    upload = _upload(request, request_id, receipt) if receipt else None
    names = _open_names(it, uploaded=upload is not None)
    forms = {name: _form(app, it, name, tried, typed, wrong, receipt) for name in names}
    acts = [
        _open_act(app, it, who.actor, name, form, open_=name == tried or _stands_open(names, name))
        for name, form in forms.items()
    ]
    lost = typed if tried and tried not in names else None
    return render(
        request,
        "meja_permohonan.html",
        status,
        it=it | {"waits_for_me": it["waiting_for"] == who.role},
        acts=acts,
        not_now=_not_now(it, who.role),
        lost=[(FIELD_WORDS[n], v) for n, v in (lost or {}).items() if v and n in FIELD_WORDS],
        review_href=f"/privasi/{request_id}" if _is_for_review(it, who) else "",
        propose_extension=_propose_extension(app, it),
        erasing=erasing_of(app, answer, timeline),
        deviations=deviations_shown(app.pool, request_id) if who.role in AUDITORS else [],
        identity=identity,
        may_see_identity=who.role != Role.AUDITOR,
        done_words=done_words,
        refused_words=refused_words,
        upload=upload,
        **_lists(app, it),
    )


def _row(app: Requests, row: Mapping[str, Any]) -> dict[str, Any]:
    step = sop.STEPS.get(row["step"] or 0)
    return {
        **row,
        "activity": step.activity if step else "",
        "state_label": STATES[row["state"]],
        "state_kind": {"received": "good", "refused": "bad"}.get(row["state"], "plain"),
        "waiting_label": waiting_label(
            row["waiting_for"] or (Role.PPID if row["erasure_asked_on"] else None)
        ),
        "working_days": {
            name: working_days_to(app, row[name])
            for name in ("due", "statutory_due", "objection_due")
        },
    }


def _open_names(it: Mapping[str, Any], *, uploaded: bool) -> list[str]:
    names = [name for name, each in OFFICER_ACTS.items() if each.command in it["commands"]]
    hidden = {"upload"} if uploaded else {"hand-over"}
    return [name for name in names if name not in hidden]


def _stands_open(names: Sequence[str], name: str) -> bool:
    main = [each for each in names if OFFICER_ACTS[each].main]
    # A file that was uploaded still has to be handed over: this act shows only then.
    return main == [name] or name == "hand-over"


def _form(
    app: Requests,
    it: Mapping[str, Any],
    name: str,
    tried: str,
    typed: Mapping[str, Any] | None,
    wrong: Mapping[str, str] | None,
    receipt: str,
) -> Form:
    if name == tried and typed is not None:
        return Form(typed, wrong or {}, name)
    return Form(_beginnings(app, it) | {"receipt": receipt}, {}, name)


def _beginnings(app: Requests, it: Mapping[str, Any]) -> dict[str, Any]:
    """What stands in the fields before anything is typed."""
    return {
        "agency": it["agency"] or "",
        "year": app.today().day.year + 1,
        "days": sop.EXTENSION_DAYS_MAX,
        "produsen_data": app.agencies.get(it["agency"] or "", ""),
    }


def _open_act(
    app: Requests, it: Mapping[str, Any], by: Actor, name: str, form: Form, *, open_: bool
) -> OpenAct:
    act_: Act = OFFICER_ACTS[name]
    hidden: dict[str, Any] = {"version": it["version"], "idempotency_key": new_key()}
    action = f"/meja/{it['id']}/{name}"
    if name == "hand-over":
        hidden["receipt"] = form.value("receipt")
    if name == "upload":
        ticket = app.upload_ticket(UUID(it["id"]), by)
        hidden, action = {"ticket": ticket}, "/privasi/unggah"
    return OpenAct(
        act_.label, act_.hint, act_.button, act_.kind, open_, name, form, action, hidden,
        multipart=name == "upload",
    )  # fmt: skip


def _upload(request: Request, request_id: UUID, receipt: str) -> dict[str, Any] | None:
    """What the receipt says of the file; None when it is of no use any more."""
    try:
        told: dict[str, Any] = request.app.state.tokens.verify(
            receipt, purpose="receipt", issuer="privacy"
        )
    except BadToken:
        return None
    return told if told["request_id"] == str(request_id) else None


def _is_for_review(it: Mapping[str, Any], who: Officer) -> bool:
    return it["step"] == 10 and who.role == Role.PPID and bool(it["file_digest"])


def _propose_extension(app: Requests, it: Mapping[str, Any]) -> bool:
    if "extend" not in it["commands"] or not it["statutory_due"]:
        return False
    today = app.today()
    left = today.calendar.working_days_between(today.day, it["statutory_due"])
    return left <= _PROPOSE_EXTENSION_DAYS


def _not_now(it: Mapping[str, Any], role: str) -> list[tuple[str, str]]:
    """The acts of this role that the table does not allow now, and why."""
    closed = [
        act_
        for name, act_ in OFFICER_ACTS.items()
        if act_.command not in it["commands"] and name not in ("upload", "grant-in-part")
    ]
    return [
        (act_.label, why)
        for act_ in closed
        if (why := _why_not(it["step"], act_.command, role, returned=it["state"] == "returned"))
    ]


def _why_not(step: int | None, command: str, role: str, *, returned: bool) -> str:
    """Empty when the act is another role's."""
    closed, needed = "", ""
    for fact in COMMANDS[command]:
        owners = {row.outcomes[fact].role for row in sop.SOP if fact in row.outcomes}
        owners |= {sop.ACTS[fact].role} if fact in sop.ACTS else set()
        if role not in owners:
            continue
        try:
            outcome = sop.outcome_of(step, fact)
        except errors.StepNotOpen as error:
            closed = closed or str(error)
        else:
            if outcome.role == role:
                needed = "; ".join(need.value for need in outcome.needs)
                needed = f"Syaratnya: {needed}." if needed else ""
    if returned and (needed or not closed):
        return "Permohonan sedang menunggu kelengkapan dari Pemohon."
    return needed or closed


def _lists(app: Requests, it: Mapping[str, Any]) -> dict[str, Any]:
    """The choices that the forms offer."""
    return {
        "agencies": list(app.agencies.items()),
        "reasons": [
            (each.code, f"{each.text[0].upper()}{each.text[1:]} ({each.article})")
            for each in refusal.REASONS
            if it["step"] in each.steps
        ],
        "narrative_chars_min": refusal.NARRATIVE_CHARS_MIN,
        "next_year": app.today().day.year + 1,
        "missing_choices": list(choices.MISSING.items()),
        "extension_days": sop.EXTENSION_DAYS_MAX,
        "extension_reasons": list(choices.EXTENSION_REASONS.items()),
        "decisions": list(choices.DECISIONS.items()),
    }
