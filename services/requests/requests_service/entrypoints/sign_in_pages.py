"""Officers sign in and out here, for every service of the site."""

from datetime import timedelta
from typing import Annotated, Any
from urllib.parse import urlsplit

from chassis.http import Officer, officer
from chassis.pages import Form, render
from chassis.sessions import SESSION_COOKIE, SESSION_SECONDS
from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from requests_service.application import Requests, StaffMember
from requests_service.domain.errors import SignInFailed
from requests_service.entrypoints.tries import WINDOW_SECONDS, Tries
from requests_service.entrypoints.typed import Typed

router = APIRouter(include_in_schema=False)
_tries = Tries()
_WAIT = (
    f"Terlalu banyak percobaan. Tunggu {WINDOW_SECONDS // 60} menit, lalu coba lagi,"
    " atau hubungi operator bila lupa kata sandi."
)


@router.get("/masuk")
def sign_in_form(request: Request, kembali: Annotated[str, Query()] = "") -> Response:
    if officer(request):
        return render(request, "sudah_masuk.html")
    return render(request, "masuk.html", form=Form(), kembali=safe_path(kembali))


@router.post("/masuk")
def sign_in(request: Request, typed: Typed) -> Response:
    app: Requests = request.app.state.application
    username, back = typed.text("username"), safe_path(typed.text("kembali"))
    address = request.client.host if request.client else ""
    guesser = f"{address} {username.lower()}"
    if _tries.used_up(guesser):
        return _again(request, typed, back, _WAIT, 429)
    try:
        # Not .text(): a password may begin or end with a blank.
        member = app.sign_in(username, str(typed.get("password", "")))
    except SignInFailed as error:
        _tries.count_wrong(guesser)
        return _again(request, typed, back, str(error), 401)
    _tries.forget(guesser)
    answer = RedirectResponse(back or _first_page(request, member.role), 303)
    keep_session(request, answer, app.session(member, seconds=SESSION_SECONDS))
    return answer


@router.post("/keluar")
def sign_out() -> Response:
    answer = RedirectResponse("/", 303)
    answer.delete_cookie(SESSION_COOKIE, path="/")
    return answer


def safe_path(path: str) -> str:
    """A path of this site, or nothing: a link must not lead a signed-in officer elsewhere."""
    parts = urlsplit(path)
    outside = parts.scheme or parts.netloc or not path.startswith("/") or "\\" in path
    return "" if outside or path.startswith("//") or not path.isprintable() else path


def keep_session(request: Request, answer: Response, token: str) -> None:
    keep_cookie(request, answer, SESSION_COOKIE, token, path="/", seconds=SESSION_SECONDS)


def keep_cookie(
    request: Request, answer: Response, name: str, value: str, *, path: str, seconds: int
) -> None:
    answer.set_cookie(
        name,
        value,
        max_age=int(timedelta(seconds=seconds).total_seconds()),
        path=path,
        httponly=True,
        samesite="lax",
        secure=request.app.state.settings.public_url.startswith("https:"),
    )


def still_employed(app: Requests, who: Officer) -> StaffMember | None:
    """The officer's account, unless it was disabled since they signed in."""
    found = [member for member in app.staff() if member.id == who.id and not member.disabled]
    return found[0] if found else None


def _again(request: Request, typed: Typed, back: str, sentence: str, status: int) -> Response:
    form = Form({"username": typed.text("username")}, {"": sentence})
    return render(request, "masuk.html", status, form=form, kembali=back)


def _first_page(request: Request, role: str) -> str:
    nav: list[dict[str, Any]] = request.app.state.settings.city["nav"]
    return next((item["href"] for item in nav if role in item.get("roles", ())), "/")
