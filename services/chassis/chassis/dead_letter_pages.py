"""What waits in one service, over HTTP: for programs under /api, for operators under /pesan."""

from collections.abc import Callable
from typing import Annotated, Any
from urllib.parse import urlencode

from chassis.dead_letters import KINDS, PAGE_LENGTH, Kind, NotWaiting, Waiting, WaitsBehind
from chassis.http import Officer, needs
from chassis.last_net import BrokerAway, opened
from chassis.pages import render
from fastapi import APIRouter, Body, Depends, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

Operator = Annotated[Officer, Depends(needs("operator"))]
Reason = Annotated[str, Form(alias="alasan")]

PLACES: dict[str, Kind] = {"pesan": "dead-letters", "pekerjaan": "failed-jobs"}
"""What each kind is called in the address of its page."""
TITLES = {"pesan": "Pesan tertahan", "pekerjaan": "Pekerjaan gagal"}
DONE = {
    "coba-lagi": "Diserahkan untuk dicoba lagi. Muat ulang halaman untuk melihat hasilnya.",
    "sudah": "Itu memang akan segera dicoba lagi; tidak ada yang diubah.",
    "buang": "Dibuang. Akibatnya tidak akan ada, dan alasannya tercatat.",
    "tertangani": "Sementara itu sudah tertangani; tidak ada yang dibuang.",
}


def router(service: str) -> APIRouter:
    """The API and the pages of one service."""
    both = APIRouter()
    for kind in KINDS:
        both.include_router(_api(service, kind))
    both.include_router(_pages(service))
    # Answered by the service to which the route table gives the bare path.
    both.add_api_route("/pesan", _to(f"/pesan/{service}/pesan"), include_in_schema=False)
    return both


def _to(path: str) -> Callable[[], Response]:
    return lambda: RedirectResponse(path, 303)


def _api(service: str, kind: Kind) -> APIRouter:
    api = APIRouter(prefix=f"/api/{service}/{kind}", tags=[kind])

    @api.get("")
    def list_waiting(
        request: Request,
        operator: Operator,
        type: str | None = None,
        subject: str | None = None,
        reason: str | None = None,
        after: Annotated[int, Query(ge=0)] = 0,
        limit: Annotated[int, Query(ge=1, le=1000)] = PAGE_LENGTH,
    ) -> dict[str, Any]:
        """What waits, in order; `reason` is a part of it. No person is named."""
        of = _waiting(request, kind)
        rows = of.waiting(type_=type, subject=subject, reason=reason, after=after, limit=limit + 1)
        page = rows[:limit]
        return {
            "waiting": page,
            "next": page[-1]["id"] if len(rows) > limit else None,
            "count": of.count(),
        }

    @api.get("/{number}")
    def show(request: Request, operator: Operator, number: int) -> dict[str, Any]:
        """One, with its history."""
        return _waiting(request, kind).show(number)

    @api.post("/{number}/redrive", status_code=202)
    def redrive(
        request: Request,
        operator: Operator,
        number: int,
        reason: Annotated[str | None, Body(embed=True)] = None,
    ) -> dict[str, Any]:
        """Have it tried again now. `outcome`: redriven, or due where that was to happen anyway."""
        done = _waiting(request, kind).redrive(number, operator.actor, reason=reason)
        return {"ref": f"{service}/{number}", "outcome": "redriven" if done else "due"}

    @api.post("/{number}/discard")
    def discard(
        request: Request,
        operator: Operator,
        number: int,
        reason: Annotated[str, Body(embed=True)],
    ) -> dict[str, Any]:
        """Take it away for ever. `outcome`: discarded, or handled where it had its effect."""
        done = _waiting(request, kind).discard(number, operator.actor, reason=reason)
        return {"ref": f"{service}/{number}", "outcome": "discarded" if done else "handled"}

    return api


def _pages(service: str) -> APIRouter:
    home = f"/pesan/{service}"
    pages = APIRouter(prefix=home, include_in_schema=False)

    pages.add_api_route("", _to(f"{home}/pesan"))

    @pages.get("/{place}")
    def list_waiting(
        request: Request,
        operator: Operator,
        place: str,
        jenis: str = "",
        sebab: str = "",
        setelah: Annotated[int, Query(ge=0)] = 0,
        selesai: str = "",
    ) -> HTMLResponse:
        rows = _waiting(request, _kind(place)).waiting(
            type_=jenis or None, reason=sebab or None, after=setelah, limit=PAGE_LENGTH + 1
        )
        wanted = {name: text for name, text in (("jenis", jenis), ("sebab", sebab)) if text}
        more = {**wanted, "setelah": str(rows[PAGE_LENGTH - 1]["id"])} if rows[PAGE_LENGTH:] else {}
        return render(
            request,
            "pesan.html",
            **_frame(request, service, place),
            rows=rows[:PAGE_LENGTH],
            jenis=jenis,
            sebab=sebab,
            done=DONE.get(selesai),
            on_broker=_on_broker(request) if place == "pesan" else None,
            next_href=f"{home}/{place}?{urlencode(more)}" if more else None,
            first_href=f"{home}/{place}?{urlencode(wanted)}" if setelah else None,
        )

    @pages.post("/{place}/coba-lagi")
    def redrive_these(
        request: Request,
        operator: Operator,
        place: str,
        jenis: Annotated[str, Form()] = "",
        sebab: Annotated[str, Form()] = "",
        alasan: Reason = "",
    ) -> Response:
        waiting = _waiting(request, _kind(place))
        for row in waiting.waiting(type_=jenis or None, reason=sebab or None, limit=PAGE_LENGTH):
            if row["state"] != "behind":
                _redrive_if_there(waiting, row["id"], operator, alasan)
        return RedirectResponse(f"{home}/{place}?selesai=coba-lagi", 303)

    @pages.get("/{place}/{number}")
    def show(request: Request, operator: Operator, place: str, number: int) -> HTMLResponse:
        return render(
            request,
            "pesan_satu.html",
            **_frame(request, service, place),
            row=_waiting(request, _kind(place)).show(number),
        )

    @pages.post("/{place}/{number}/coba-lagi")
    def redrive(
        request: Request, operator: Operator, place: str, number: int, alasan: Reason = ""
    ) -> Response:
        done = _waiting(request, _kind(place)).redrive(number, operator.actor, reason=alasan)
        said = "coba-lagi" if done else "sudah"
        return RedirectResponse(f"{home}/{place}?selesai={said}", 303)

    @pages.post("/{place}/{number}/buang")
    def discard(
        request: Request, operator: Operator, place: str, number: int, alasan: Reason = ""
    ) -> Response:
        done = _waiting(request, _kind(place)).discard(number, operator.actor, reason=alasan)
        said = "buang" if done else "tertangani"
        return RedirectResponse(f"{home}/{place}?selesai={said}", 303)

    return pages


def _waiting(request: Request, kind: Kind) -> Waiting:
    return KINDS[kind](request.app.state.pool, request.app.state.settings.service)


def _on_broker(request: Request) -> dict[str, Any] | None:
    """What lies in the broker's own queue, of all services; None where there is no broker."""
    url = request.app.state.settings.amqp_url
    if not url.startswith("amqp"):
        return None
    try:
        with opened(url) as net:
            return {"away": False, "count": net.count()}
    except BrokerAway:
        return {"away": True, "count": 0}


def _kind(place: str) -> Kind:
    if place not in PLACES:
        raise NotWaiting
    return PLACES[place]


def _redrive_if_there(waiting: Waiting, number: int, by: Officer, reason: str) -> None:
    try:
        waiting.redrive(number, by.actor, reason=reason)
    except (NotWaiting, WaitsBehind):
        return  # somebody was quicker


def _frame(request: Request, service: str, place: str) -> dict[str, Any]:
    """What both pages say of where one is."""
    return {
        "service": service,
        "services": list(request.app.state.settings.public_keys),
        "place": place,
        "titles": TITLES,
        "kinds": PLACES,
        "counts": {each: _waiting(request, kind).count() for each, kind in PLACES.items()},
    }
