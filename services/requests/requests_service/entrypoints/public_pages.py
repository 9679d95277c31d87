"""The Pemohon's pages: how to apply, the form, and following a request."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any

from chassis.event_store import StaleVersion
from chassis.pages import Form, render
from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import RedirectResponse, Response

from requests_service.application import Requests
from requests_service.domain import choices, errors, sop
from requests_service.domain.form import Form as RequestForm
from requests_service.domain.identity import FIELDS, Identity
from requests_service.domain.roles import Role
from requests_service.domain.satisfaction import SCORES
from requests_service.entrypoints.acts import FIELD_WORDS, PEMOHON_ACTS, OpenAct
from requests_service.entrypoints.applicant_shown import ahead, objection_of
from requests_service.entrypoints.deadlines_shown import deadlines_shown
from requests_service.entrypoints.follow_cookie import (
    Followed,
    Follower,
    follower,
    forget,
    remember,
)
from requests_service.entrypoints.session import Page
from requests_service.entrypoints.shown import erasing_of, letters_of, papers_of, shown
from requests_service.entrypoints.statuses import ERRORS
from requests_service.entrypoints.typed import Fields, Typed, address_of, field_of, new_key

router = APIRouter(include_in_schema=False, route_class=Page)
LETTER_SECONDS = 300
_OPEN_AGAIN = "Waktu membuka permohonan sudah habis. Masukkan kode lacak sekali lagi."
_SENT_BEFORE = (
    "Formulir ini sudah pernah dikirim dengan isian lain. Bila memang hendak mengajukan permohonan"
    " yang baru, tekan Kirim permohonan sekali lagi."
)
_STATEMENTS = {
    "truth": "Nyatakan bahwa keterangan Anda benar.",
    "consent": "Setujui pemakaian data pribadi, agar permohonan dapat diproses.",
}
_NEEDED = ("kind", "name", "address", "email", "occupation")
_OTHERS = tuple(name for name in FIELDS if name not in _NEEDED)
_CLOCK = {
    "statutory_days": sop.STATUTORY_DAYS,
    "extension_days": sop.EXTENSION_DAYS_MAX,
    "objection_days": sop.OBJECTION_DAYS_MAX,
}


@router.get("/permohonan")
def how_to_apply(request: Request, data: Annotated[str, Query()] = "") -> Response:
    slug = _slug(data)
    href = f"/permohonan/formulir?data={slug}" if slug else "/permohonan/formulir"
    return render(request, "permohonan.html", form_href=href, sop_number=sop.EDITION, **_CLOCK)


@router.get("/permohonan/bantuan")
def help_(request: Request) -> Response:
    return render(
        request,
        "bantuan.html",
        steps=[
            (f"{each.no}. {each.activity}", f"{each.working_days} hari kerja, {each.owners_label}")
            for each in sop.SOP
            if each.working_days
        ],
        grounds=[each.text for each in choices.GROUNDS.values()],
        access_days=sop.ACCESS_DAYS,
        objection_answer_days=sop.OBJECTION_ANSWER_DAYS,
        **_CLOCK,
    )


@router.get("/permohonan/formulir")
def form(
    request: Request,
    data: Annotated[str, Query()] = "",
    cari: Annotated[str, Query(max_length=500)] = "",
) -> Response:
    """`data`: slug of the dataset they came from; `cari`: what they looked for in vain."""
    begun = {
        "dataset": _slug(data),
        "data_wanted": cari,
        "kind": "masyarakat_umum",
        "format": "bebas",
        "way_to_obtain": "salinan_elektronik",
        "way_to_send": "laman",
    }
    return form_page(request, Fields(begun), {}, 200)


@router.post("/permohonan/formulir")
def submit(request: Request, typed: Typed) -> Response:
    app: Requests = request.app.state.application
    needed = {name: typed.text(name) for name in _NEEDED}
    others: dict[str, Any] = {name: typed.text_or_none(name) for name in _OTHERS}
    identity = Identity(**needed, **others)
    wanted = RequestForm(
        data_wanted=typed.text("data_wanted"),
        purpose=typed.text("purpose"),
        kind=typed.text("kind"),
        format=typed.text("format"),
        dataset=_slug(typed.text("dataset")) or None,
        way_to_obtain=typed.text("way_to_obtain"),
        way_to_send=typed.text("way_to_send"),
    )
    not_stated = {name: why for name, why in _STATEMENTS.items() if typed.text(name) != "ya"}
    if wrong := wanted.problems() | identity.problems(app.today().day) | not_stated:
        return form_page(request, typed, wrong, 422)
    try:
        # The key is random and was made for this form, so it needs no name of a sender.
        once = typed.once("form", typed.text("idempotency_key") or new_key())
        answer = app.submit(identity, wanted, once=once)
    except errors.KeyReused:
        return form_page(request, typed, {"": _SENT_BEFORE}, 409)
    return _receipt(request, app, answer)


def _receipt(request: Request, app: Requests, answer: Mapping[str, Any]) -> Response:
    request_id, actor = app.reading.follow(answer["register_number"], answer["tracking_code"])
    page = render(
        request,
        "tanda_terima.html",
        201,
        entered=False,
        received_on=None,
        came_by=None,
        register_number=answer["register_number"],
        tracking_code=answer["tracking_code"],
        submitted_on=answer["submitted_on"],
        statutory_due=answer["statutory_due"],
        estimate=app.calendars.in_force().is_estimate(date.fromisoformat(answer["statutory_due"])),
        due=answer["due"],
    )
    page.headers["Cache-Control"] = "no-store"
    remember(request, page, Follower(request_id, answer["register_number"], actor))
    return page


@router.get("/permohonan/lacak")
def follow_form(request: Request, nomor: Annotated[str, Query()] = "") -> Response:
    return render(request, "lacak.html", form=Form({"register_number": nomor}), lost=[])


@router.post("/permohonan/lacak")
def follow(request: Request, typed: Typed) -> Response:
    """The code comes in the body, never in an address that is kept or passed on."""
    app: Requests = request.app.state.application
    number, code = typed.text("register_number"), typed.text("tracking_code")
    try:
        request_id, actor = app.reading.follow(number, code, address=address_of(request))
    except (errors.AccessRefused, errors.TooManyTries) as error:
        return _not_followed(request, number, str(error), ERRORS[type(error)])
    answer = RedirectResponse(f"/permohonan/{number}", 303)
    remember(request, answer, Follower(request_id, number, actor))
    return answer


@router.post("/permohonan/tutup")
def stop_following() -> Response:
    answer = RedirectResponse("/permohonan", 303)
    forget(answer)
    return answer


@router.get("/permohonan/{register_number}")
def followed(
    request: Request, register_number: str, selesai: Annotated[str, Query()] = ""
) -> Response:
    who = follower(request, register_number)
    if who is None:
        form_ = Form({"register_number": register_number})
        return render(request, "lacak.html", form=form_, lost=[])
    done = PEMOHON_ACTS[selesai].done if selesai in PEMOHON_ACTS else ""
    return _page(request, who, done_words=done)


@router.post("/permohonan/{register_number}/unduh")
def download(request: Request, who: Followed) -> Response:
    app: Requests = request.app.state.application
    ticket = app.download_ticket(who.request_id, who.actor)
    return RedirectResponse(f"/privasi/unduh?tiket={ticket}", 303)


@router.get("/permohonan/{register_number}/surat/{letter_id}")
def letter(request: Request, who: Followed, letter_id: str) -> Response:
    app: Requests = request.app.state.application
    letters = letters_of(app.reading.get(who.request_id, who.actor), "{}", role=Role.PEMOHON)
    if letter_id not in [each["letter_id"] for each in letters]:
        raise HTTPException(404)
    claims = {"request_id": str(who.request_id), "letter_id": letter_id}
    ticket = request.app.state.tokens.sign(claims, purpose="letter", seconds=LETTER_SECONDS)
    return RedirectResponse(f"/surat/{letter_id}?tiket={ticket}", 303)


@router.post("/permohonan/{register_number}/{name}")
def act(request: Request, register_number: str, name: str, typed: Typed) -> Response:
    if name not in PEMOHON_ACTS:
        raise HTTPException(404)
    who = follower(request, register_number)
    if who is None:
        return _not_followed(request, register_number, _OPEN_AGAIN, 401, typed)
    app: Requests = request.app.state.application
    try:
        how = typed.how(who.actor.id)
        PEMOHON_ACTS[name].run(app, who.request_id, who.actor, typed, how)
    except (errors.RequestsError, StaleVersion) as error:
        sentence = error if isinstance(error, errors.RequestsError) else errors.SeenVersionIsOld()
        status = ERRORS.get(type(sentence), 422)
        wrong = {field_of(sentence, typed): str(sentence)}
        refused = str(sentence) if status != 422 else ""
        return _page(
            request, who, tried=name, typed=typed, wrong=wrong, refused_words=refused, status=status
        )
    return RedirectResponse(f"/permohonan/{register_number}?selesai={name}", 303)


@router.get("/sop")
def about_the_sop(request: Request) -> Response:
    return render(
        request,
        "sop.html",
        title=sop.TITLE,
        number=sop.EDITION,
        approved_on=sop.APPROVED_ON,
        related=sop.RELATED,
        steps=sop.SOP,
        acts=[
            {
                "activity": each.activity,
                "role": each.role_label,
                "basis": each.basis,
                "where": _where(each),
            }
            for each in sop.LEGAL_ACTS
        ],
        warnings=sop.WARNINGS,
        records=sop.RECORDS,
        legal_basis=sop.LEGAL_BASIS,
        **_CLOCK,
    )


def _where(act_: sop.LegalAct) -> str:
    numbers = [step for step in act_.steps if step]
    if not numbers:
        return "sesudah selesai"
    where = f"{numbers[0]} sampai {numbers[-1]}" if len(numbers) > 1 else f"{numbers[0]}"
    where += f", kembali ke langkah {act_.leads_to}" if act_.leads_to else ""
    return f"{where}, dan sesudah selesai" if None in act_.steps else where


def form_page(request: Request, typed: Fields, wrong: Mapping[str, str], status: int) -> Response:
    return render(
        request,
        "formulir.html",
        status,
        entered=False,
        form=Form(typed, wrong),
        formats=list(choices.FORMATS.items()),
        ways_to_obtain=list(choices.WAYS_TO_OBTAIN.items()),
        ways_to_send=list(choices.WAYS_TO_SEND.items()),
        # A new key only where the old one has been used up.
        idempotency_key=(typed.text("idempotency_key") if status == 422 else "") or new_key(),
        **_CLOCK,
    )


def _not_followed(
    request: Request,
    number: str,
    sentence: str,
    status: int,
    typed: Mapping[str, Any] | None = None,
) -> Response:
    lost = [(FIELD_WORDS[n], v) for n, v in (typed or {}).items() if v and n in FIELD_WORDS]
    form_ = Form({"register_number": number}, {"": sentence})
    return render(request, "lacak.html", status, form=form_, lost=lost)


def _page(
    request: Request,
    who: Follower,
    *,
    tried: str = "",
    typed: Mapping[str, Any] | None = None,
    wrong: Mapping[str, str] | None = None,
    done_words: str = "",
    refused_words: str = "",
    status: int = 200,
) -> Response:
    app: Requests = request.app.state.application
    answer = app.reading.get(who.request_id, who.actor)
    timeline = app.reading.timeline(who.request_id, who.actor)
    it, erasing = shown(app, answer, timeline), erasing_of(app, answer, timeline)
    it |= deadlines_shown(app.deadlines.of(who.request_id, who.actor))
    address = f"/permohonan/{who.register_number}/surat/{{}}"
    it["letters"] = letters_of(it, address, role=Role.PEMOHON)
    # Whoever was erased can write nothing more: there is no key to seal it with.
    open_ = it["commands"] if erasing["done"] is None else ()
    names = [name for name, each in PEMOHON_ACTS.items() if each.command in open_]
    page = render(
        request,
        "ikuti.html",
        status,
        it=it,
        acts=[_open_act(it, name, names, tried, typed, wrong) for name in names],
        download=_may_download(app, it) and erasing["done"] is None,
        erasing=erasing,
        ahead=ahead(app, it),
        papers=papers_of(app, who.request_id, who.actor),
        scores=[(code, f"{code}. {text}") for code, text in SCORES.items()],
        **objection_of(app, it),
        done_words=done_words,
        refused_words=refused_words,
    )
    page.headers["Cache-Control"] = "no-store"
    remember(request, page, who)
    return page


def _open_act(
    it: Mapping[str, Any],
    name: str,
    names: Sequence[str],
    tried: str,
    typed: Mapping[str, Any] | None,
    wrong: Mapping[str, str] | None,
) -> OpenAct:
    each = PEMOHON_ACTS[name]
    begun = {"data_wanted": it["texts"].get("data_wanted"), "purpose": it["texts"].get("purpose")}
    form_ = Form(typed or {}, wrong or {}, name) if name == tried else Form(begun, {}, name)
    return OpenAct(
        each.label,
        each.hint,
        each.button,
        each.kind,
        name == tried or each.main,
        name,
        form_,
        f"/permohonan/{it['register_number']}/{name}",
        {"version": it["version"], "idempotency_key": new_key()},
    )


def _may_download(app: Requests, it: Mapping[str, Any]) -> bool:
    until = it["access_until"]
    return bool(it["file"] and it["delivery_letter_on"] and until and app.today().day <= until)


def _slug(text: str) -> str:
    """A dataset's address part, or nothing: it is shown in links."""
    return text if text.replace("-", "").isalnum() and text.isascii() and len(text) <= 120 else ""
