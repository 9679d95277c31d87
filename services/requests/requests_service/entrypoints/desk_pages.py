"""The page on which officers act on one request."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from chassis.actor import Actor
from chassis.event_store import StaleVersion
from chassis.http import Officer
from chassis.pages import Form, render
from chassis.sessions import BadToken
from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import RedirectResponse, Response

from requests_service import views
from requests_service.application import Requests
from requests_service.domain import choices, errors, refusal, sop
from requests_service.domain.commands import COMMANDS
from requests_service.domain.identity import FIELDS
from requests_service.domain.intake import WAYS
from requests_service.domain.roles import Role
from requests_service.domain.watching import EXTENSION_DRAFTS
from requests_service.entrypoints.act import Act
from requests_service.entrypoints.acts import (
    FIELD_WORDS,
    OFFICER_ACTS,
    OUTCOMES,
    PEMOHON_ACTS,
    OpenAct,
)
from requests_service.entrypoints.at_desk import AtDesk, List, came_from, request_href
from requests_service.entrypoints.audit_http import AUDITORS
from requests_service.entrypoints.conformance_shown import deviations_shown
from requests_service.entrypoints.deadlines_shown import deadlines_shown
from requests_service.entrypoints.redress_shown import redress_choices
from requests_service.entrypoints.refusing_acts import SECOND_OFFICER
from requests_service.entrypoints.refusing_shown import proposal_of
from requests_service.entrypoints.session import Page, keep_cookie
from requests_service.entrypoints.shown import erasing_of, letters_of, papers_of, shown
from requests_service.entrypoints.statuses import ERRORS
from requests_service.entrypoints.typed import HIDDEN, Fields, Typed, field_of, new_key
from requests_service.reading import TimelineEntry

router = APIRouter(include_in_schema=False, route_class=Page)
_UPLOADED = "unggahan"
_UPLOADED_SECONDS = 24 * 3600
"""As long as `privacy` takes its receipt."""
_REFUSED = [OFFICER_ACTS[name].done for name in ("refuse", "grant-in-part")]


@router.get("/meja/{request_id}")
def request_page(
    request: Request,
    who: AtDesk,
    request_id: UUID,
    selesai: Annotated[str, Query()] = "",
    receipt: Annotated[str, Query()] = "",
) -> Response:
    """`receipt`: of `privacy`, for a file that was just uploaded; kept for who comes back."""
    done = OFFICER_ACTS[selesai].done if selesai in OFFICER_ACTS else ""
    kept = receipt or request.cookies.get(_UPLOADED, "")
    page = _page(request, who, request_id, receipt=kept, done_words=done)
    if receipt and _upload(request, request_id, receipt):
        path = f"/meja/{request_id}"
        keep_cookie(request, page, _UPLOADED, receipt, path=path, seconds=_UPLOADED_SECONDS)
    return page


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
        after = OFFICER_ACTS[name].run(app, request_id, who.actor, typed, how)
    except (errors.RequestsError, StaleVersion) as error:
        return _refused(request, who, request_id, name, typed, error)
    if who.agency and after["agency"] != who.agency:
        # Declined: from now on it is not this agency's to see.
        return RedirectResponse(f"/meja?selesai={name}", 303)
    told = urlencode({"selesai": name, **came_from(request)})
    return RedirectResponse(f"/meja/{request_id}?{told}", 303)


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
    it |= deadlines_shown(app.deadlines.of(request_id, who.actor))
    it["letters"] = letters_of(it, "/surat/{}", role=who.role)
    upload = _upload(request, request_id, receipt) if receipt else None
    proposal = proposal_of(it, timeline)
    if proposal and done_words in _REFUSED:
        done_words = "Usulan putusan sudah dicatat dan menunggu petugas kedua dari kantor Anda."
    names = _open_names(it, who, uploaded=upload is not None)
    forms = {name: _form(app, it, name, tried, typed, wrong, receipt) for name in names}
    acts = [
        _open_act(
            app, it, who.actor, name, form,
            open_=name == tried or _stands_open(names, name), came=came_from(request),
        )
        for name, form in forms.items()
    ]  # fmt: skip
    lost = typed if tried and tried not in names else None
    return render(
        request,
        "meja_permohonan.html",
        status,
        it=it | {"waits_for_me": it["waiting_for"] == who.role},
        acts=[each for each in acts if _leads(each.fields, tried)],
        other_acts=_grouped([each for each in acts if not _leads(each.fields, tried)]),
        others=_open_to_others(app, request_id, who.actor),
        list=_place_in_list(app, who, came_from(request)),
        came=urlencode(came_from(request)),
        not_now=_not_now(it, who.role),
        lost=[
            (FIELD_WORDS.get(name, name), _as_shown(app, name, value))
            for name, value in (lost or {}).items()
            if value and name not in HIDDEN
        ],
        review_href=f"/privasi/{request_id}" if _is_for_review(it, who) else "",
        extension=_proposed_extension(it, timeline),
        proposal=proposal,
        erasing=erasing_of(app, answer, timeline),
        papers=papers_of(app, request_id, who.actor),
        deviations=deviations_shown(app.pool, request_id) if who.role in AUDITORS else [],
        identity=identity,
        may_see_identity=who.role != Role.AUDITOR,
        done_words=done_words,
        refused_words=refused_words,
        upload=upload,
        **_lists(app, it),
    )


def _as_shown(app: Requests, name: str, value: Any) -> str:
    """What was chosen in a field, in the words of its form."""
    known = {
        "outcome": OUTCOMES,
        "agency": app.agencies,
        "suggested": app.agencies,
        "missing": choices.MISSING,
        "decision": choices.DECISIONS,
        "reason_code": {each.code: each.text for each in app.refusal_reasons.in_force().rows},
    }.get(name, {})
    chosen = value if isinstance(value, list) else [value]
    return ", ".join(known.get(each, each) for each in chosen)


def _leads(name: str, tried: str) -> bool:
    """Whether an act stands first: it carries the request forward, or came back with a mistake."""
    return OFFICER_ACTS[name].main or name == tried


def _grouped(acts: Sequence[OpenAct]) -> list[tuple[str, list[OpenAct]]]:
    """The acts beside the step, under the headings of their groups."""
    groups: dict[str, list[OpenAct]] = {}
    for each in acts:
        groups.setdefault(OFFICER_ACTS[each.fields].group, []).append(each)
    # What belongs to no group of its own comes last.
    return sorted(groups.items(), key=lambda group: group[0] == Act.group)


def _open_to_others(app: Requests, request_id: UUID, viewer: Actor) -> list[tuple[str, str]]:
    """What somebody else may do with this request now."""
    found = []
    for role, commands in app.reading.open_to_others(request_id, viewer).items():
        acts = PEMOHON_ACTS if role is Role.PEMOHON else OFFICER_ACTS
        words = {act_.command: act_.label for act_ in acts.values()}
        if told := [words[each] for each in commands if each in words]:
            found.append((role.label, "; ".join(dict.fromkeys(told))))
    return found


def _place_in_list(app: Requests, who: Officer, came: Mapping[str, str]) -> dict[str, Any] | None:
    """The list that this page was opened from, and its neighbours there; None without a list."""
    if "urut" not in came:
        return None
    asked = List.remembered(came.get("dari", ""))
    try:
        before = asked.read(app, who, came["urut"], limit=1, backwards=True).rows
        after = asked.read(app, who, came["urut"], limit=1).rows
    except views.CursorUnknown:
        return None
    return {
        "href": f"/meja?{asked.query}" if asked.query else "/meja",
        "before": _neighbour(before, asked),
        "after": _neighbour(after, asked),
    }


def _neighbour(rows: Sequence[Mapping[str, Any]], asked: List) -> tuple[str, str] | None:
    return (rows[0]["register_number"], request_href(rows[0], asked.query)) if rows else None


def _open_names(it: Mapping[str, Any], who: Officer, *, uploaded: bool) -> list[str]:
    always = [""] if who.role != Role.AUDITOR else []
    open_ = {*it["commands"], *always}
    names = [name for name, each in OFFICER_ACTS.items() if each.command in open_]
    return [name for name in names if uploaded or name != "hand-over"]


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
        "kept": it["texts"].get("data_wanted", ""),
        "year": app.today().day.year + 1,
        "days": sop.EXTENSION_DAYS_MAX,
        "arrived_on": app.today().day.isoformat(),
        "produsen_data": app.agencies.get(it["agency"] or "", ""),
    }


def _open_act(
    app: Requests,
    it: Mapping[str, Any],
    by: Actor,
    name: str,
    form: Form,
    *,
    open_: bool,
    came: Mapping[str, str],
) -> OpenAct:
    act_: Act = OFFICER_ACTS[name]
    hidden: dict[str, Any] = {"version": it["version"], "idempotency_key": new_key()}
    action = f"/meja/{it['id']}/{name}{'?' if came else ''}{urlencode(came)}"
    if name == "hand-over":
        hidden["receipt"] = form.value("receipt")
    if name == "upload":
        ticket = app.upload_ticket(UUID(it["id"]), by)
        hidden, action = {"ticket": ticket, "came": urlencode(came)}, "/privasi/unggah"
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


def _proposed_extension(
    it: Mapping[str, Any], timeline: Sequence[TimelineEntry]
) -> dict[str, Any] | None:
    """The draft of an extension that the PPID can take over with one press."""
    told = [each.details for each in timeline if each.fact == "ExtensionProposed"]
    if "extend" not in it["commands"] or not told:
        return None
    days, reason_code = told[-1]["days"], told[-1]["reason_code"]
    return {
        "until": told[-1]["new_statutory_due"],
        "basis": choices.EXTENSION_REASONS[reason_code],
        "hidden": {
            "days": days,
            "reason_code": reason_code,
            "reason": EXTENSION_DRAFTS[reason_code],
            "version": it["version"],
            "idempotency_key": new_key(),
        },
    }


def _not_now(it: Mapping[str, Any], role: str) -> list[tuple[str, str]]:
    """The acts of this role that the table does not allow now, and why."""
    closed = [
        act_
        for name, act_ in OFFICER_ACTS.items()
        if act_.command
        and act_.command not in it["commands"]
        and name not in ("upload", "grant-in-part", *SECOND_OFFICER)
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
        if act_ := sop.ACTS.get(fact):
            owners |= {act_.role_at(no) for no in act_.steps}
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
    stops = all(
        fact not in sop.ACTS or sop.ACTS[fact].returned is False for fact in COMMANDS[command]
    )
    if returned and stops and (needed or not closed):
        return "Permohonan sedang menunggu kelengkapan dari Pemohon."
    return needed or closed


def _lists(app: Requests, it: Mapping[str, Any]) -> dict[str, Any]:
    """The choices that the forms offer."""
    return {
        "outcomes": OUTCOMES,
        "agencies": list(app.agencies.items()),
        "reasons": [
            (each.code, f"{each.text[0].upper()}{each.text[1:]} ({each.article})")
            for each in app.refusal_reasons.in_force().at_step(it["step"])
        ],
        "redress": redress_choices(it),
        "ways": list(WAYS.items()),
        "grounds": [(code, ground.text) for code, ground in choices.GROUNDS.items()],
        "consequence_tests": [
            (each.number, f"{each.number}: {each.tested.information}")
            for each in app.consequence_tests.in_force(it["agency"])
        ],
        "narrative_chars_min": refusal.NARRATIVE_CHARS_MIN,
        "next_year": app.today().day.year + 1,
        "missing_choices": list(choices.MISSING.items()),
        "extension_days": sop.EXTENSION_DAYS_MAX,
        "extension_reasons": list(choices.EXTENSION_REASONS.items()),
        "decisions": list(choices.DECISIONS.items()),
    }
