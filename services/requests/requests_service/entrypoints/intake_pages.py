"""/meja/permohonan-baru: the PPID enters what came another way than the form."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from chassis.http import Officer
from chassis.pages import Form, render
from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from requests_service.application import Requests
from requests_service.domain import choices, errors
from requests_service.domain.form import Form as RequestForm
from requests_service.domain.identity import FIELDS, Identity
from requests_service.domain.intake import WAYS, Entry
from requests_service.entrypoints.session import Page, enabled
from requests_service.entrypoints.typed import Fields, Typed, new_key
from requests_service.visible import actor_of

router = APIRouter(include_in_schema=False, route_class=Page)
_ADDRESS = "/meja/permohonan-baru"
_NEEDED = ("kind", "name", "address", "email", "occupation")
_OF_THE_FORM = ("data_wanted", "purpose", "kind", "format", "channel", "way_to_obtain")
_NO_CONSENT = "Beri tahu Pemohon bagaimana data pribadinya dipakai, lalu centang."
_SENT_BEFORE = (
    "Isian ini sudah pernah dicatat. Bila memang permohonan yang lain, tekan Catat permohonan"
    " sekali lagi."
)
Ppid = Annotated[Officer, Depends(enabled("ppid"))]


@router.get(_ADDRESS)
def form(request: Request, who: Ppid) -> Response:
    app: Requests = request.app.state.application
    begun = {
        "received_on": app.today().day.isoformat(),
        "kind": "masyarakat_umum",
        "format": "bebas",
        "way_to_obtain": "salinan_elektronik",
        "way_to_send": "laman",
    }
    return _form(request, Fields(begun), {}, 200)


@router.post(_ADDRESS)
def enter(request: Request, who: Ppid, typed: Typed) -> Response:
    app: Requests = request.app.state.application
    others: dict[str, Any] = {name: typed.text_or_none(name) for name in FIELDS}
    identity = Identity(**others | {name: typed.text(name) for name in _NEEDED})
    wanted = RequestForm(
        **{name: typed.text(name) for name in _OF_THE_FORM}, way_to_send=typed.text("way_to_send")
    )
    wrong = {} if typed.text("consent") == "ya" else {"consent": _NO_CONSENT}
    try:
        received_on = date.fromisoformat(typed.text("received_on"))
    except ValueError:
        wrong = {"received_on": "Isi tanggal permohonan diterima."} | wrong
        received_on = app.today().day
    entry = Entry(actor_of(who.actor), received_on, typed.text("why_later"))
    wrong = (
        entry.problems(wanted.channel, app.today())
        | wanted.problems()
        | identity.problems(app.today().day, by_letter=True)
        | wrong
    )
    if wrong:
        return _form(request, typed, wrong, 422)
    try:
        once = typed.once(who.id, typed.text("idempotency_key") or new_key())
        answer = app.submit(identity, wanted, entry=entry, once=once)
    except errors.KeyReused:
        return _form(request, typed, {"": _SENT_BEFORE}, 409)
    return _receipt(request, answer, entry, wanted.channel)


def _receipt(request: Request, answer: Mapping[str, Any], entry: Entry, channel: str) -> Response:
    page = render(
        request,
        "tanda_terima.html",
        201,
        entered=True,
        request_id=answer["id"],
        register_number=answer["register_number"],
        tracking_code=answer["tracking_code"],
        submitted_on=answer["submitted_on"],
        received_on=entry.received_on,
        came_by=choices.CHANNELS[channel],
        statutory_due=answer["statutory_due"],
        due=answer["due"],
        follow_url=f"{request.app.state.settings.public_url}/permohonan/lacak",
    )
    page.headers["Cache-Control"] = "no-store"
    return page


def _form(request: Request, typed: Fields, wrong: Mapping[str, str], status: int) -> Response:
    return render(
        request,
        "meja_entri.html",
        status,
        entered=True,
        form=Form(typed, wrong),
        ways=list(WAYS.items()),
        formats=list(choices.FORMATS.items()),
        ways_to_obtain=list(choices.WAYS_TO_OBTAIN.items()),
        ways_to_send=list(choices.WAYS_TO_SEND.items()),
        idempotency_key=(typed.text("idempotency_key") if status == 422 else "") or new_key(),
    )
