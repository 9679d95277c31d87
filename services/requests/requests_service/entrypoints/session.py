"""An officer's session, in cookies: short, and renewed for a working day without a password.

The session holds an hour, and every service believes it without asking. Any page here renews it
when half of that is used; elsewhere it may run out, and then /masuk makes a new one from the
renewal cookie, which only /masuk is sent. Both ask first whether the account is still enabled.
"""

from collections.abc import Callable, Coroutine
from typing import Any

from chassis import clock
from chassis.http import NotSignedIn, Officer, needs
from chassis.sessions import SESSION_COOKIE, SESSION_SECONDS, BadToken
from fastapi import Request
from fastapi.responses import Response
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool

from requests_service.accounts import StaffMember
from requests_service.application import Requests

RENEWAL_COOKIE = "sesi_lanjutan"
RENEWAL_SECONDS = 10 * 3600
"""A working day: counted from the password, and not renewed."""
_RENEWAL_PATH = "/masuk"


class Page(APIRoute):
    """A page that renews the session of whoever opens it."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handle_and_renew(request: Request) -> Response:
            answer = await handle(request)
            claims = _claims(request, SESSION_COOKIE, "session")
            if claims and claims["exp"] - clock.now().timestamp() <= SESSION_SECONDS / 2:
                await run_in_threadpool(_renew, request, answer, claims)
            return answer

        return handle_and_renew


def enabled(*roles: str) -> Callable[[Request], Officer]:
    """As `needs`, where the account was not disabled since, and an appointment still holds."""
    signed_in = needs(*roles)

    def who_is(request: Request) -> Officer:
        who = signed_in(request)
        if request.app.state.application.accounts.member(who.id, who.appointment) is None:
            raise NotSignedIn
        return who

    return who_is


def keep_session(request: Request, answer: Response, member: StaffMember) -> None:
    app: Requests = request.app.state.application
    token = app.accounts.session(member)
    keep_cookie(request, answer, SESSION_COOKIE, token, path="/", seconds=SESSION_SECONDS)


def let_renew(request: Request, answer: Response, member: StaffMember) -> None:
    """For the rest of the working day no password is asked for again."""
    token = request.app.state.tokens.sign(
        {"sub": member.id}, purpose="renewal", seconds=RENEWAL_SECONDS
    )
    keep_cookie(request, answer, RENEWAL_COOKIE, token, path=_RENEWAL_PATH, seconds=RENEWAL_SECONDS)


def renewing(request: Request) -> StaffMember | None:
    """The officer of the renewal cookie, whose account is still enabled."""
    app: Requests = request.app.state.application
    claims = _claims(request, RENEWAL_COOKIE, "renewal")
    return app.accounts.member(str(claims["sub"])) if claims else None


def forget(answer: Response) -> None:
    answer.delete_cookie(SESSION_COOKIE, path="/")
    answer.delete_cookie(RENEWAL_COOKIE, path=_RENEWAL_PATH)


def keep_cookie(
    request: Request, answer: Response, name: str, value: str, *, path: str, seconds: int
) -> None:
    answer.set_cookie(
        name,
        value,
        max_age=seconds,
        path=path,
        httponly=True,
        samesite="lax",
        secure=request.app.state.settings.public_url.startswith("https:"),
    )


def _renew(request: Request, answer: Response, claims: dict[str, Any]) -> None:
    app: Requests = request.app.state.application
    if member := app.accounts.member(str(claims["sub"]), claims.get("appointment")):
        keep_session(request, answer, member)
    else:
        forget(answer)


def _claims(request: Request, cookie: str, purpose: str) -> dict[str, Any] | None:
    try:
        claims: dict[str, Any] = request.app.state.tokens.verify(
            request.cookies.get(cookie, ""), purpose=purpose, issuer="requests"
        )
    except BadToken:
        return None
    return claims
