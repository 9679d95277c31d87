"""Officers sign in and out here, for every service of the site."""

from typing import Annotated, Any

from chassis.http import officer
from chassis.pages import Form, parts_of, render
from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from requests_service.accounts import StaffMember
from requests_service.application import Requests
from requests_service.domain.errors import SignInFailed, TooManyTries
from requests_service.entrypoints.session import forget, keep_session, let_renew, renewing
from requests_service.entrypoints.statuses import ERRORS
from requests_service.entrypoints.typed import Typed, address_of

router = APIRouter(include_in_schema=False)
_FORGOTTEN = " Bila lupa kata sandi, hubungi operator."


@router.get("/masuk")
def sign_in_form(request: Request, kembali: Annotated[str, Query()] = "") -> Response:
    """Asks for a password only when the day's renewal is over."""
    app: Requests = request.app.state.application
    if (who := officer(request)) and app.accounts.member(who.id, who.appointment):
        return render(request, "sudah_masuk.html", acting=app.accounts.acting.in_force(who.id))
    if member := renewing(request):
        return _signed_in(request, member, safe_path(kembali) or "/masuk")
    return render(request, "masuk.html", form=Form(), kembali=safe_path(kembali))


@router.post("/masuk")
def sign_in(request: Request, typed: Typed) -> Response:
    app: Requests = request.app.state.application
    username, back = typed.text("username"), safe_path(typed.text("kembali"))
    # Not .text(): a password may begin or end with a blank.
    password = str(typed.get("password", ""))
    try:
        member = app.accounts.sign_in(username, password, address=address_of(request))
    except (SignInFailed, TooManyTries) as error:
        sentence = str(error) + (_FORGOTTEN if isinstance(error, TooManyTries) else "")
        form = Form({"username": username}, {"": sentence})
        return render(request, "masuk.html", ERRORS[type(error)], form=form, kembali=back)
    # Who holds another's office today is asked in which one to work.
    acting = app.accounts.acting.in_force(member.id)
    first = "/masuk" if acting else _first_page(request, member.role)
    answer = _signed_in(request, member, back or first)
    let_renew(request, answer, member)
    return answer


@router.post("/keluar")
def sign_out() -> Response:
    answer = RedirectResponse("/", 303)
    forget(answer)
    return answer


def safe_path(path: str) -> str:
    """A path of this site, or nothing: a link must not lead a signed-in officer elsewhere."""
    parts = parts_of(path)
    outside = parts.scheme or parts.netloc or not path.startswith("/") or "\\" in path
    return "" if outside or path.startswith("//") or not path.isprintable() else path


def _signed_in(request: Request, member: StaffMember, then: str) -> Response:
    answer = RedirectResponse(then, 303)
    keep_session(request, answer, member)
    return answer


def _first_page(request: Request, role: str) -> str:
    nav: list[dict[str, Any]] = request.app.state.settings.city["nav"]
    return next((item["href"] for item in nav if role in item.get("roles", ())), "/")
