"""A Pemohon who has shown a request's tracking code, in a cookie: for half an hour without it."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from chassis.actor import Actor
from chassis.sessions import BadToken
from fastapi import Depends, Request
from fastapi.responses import RedirectResponse, Response

from requests_service.application import Requests
from requests_service.domain.roles import Role
from requests_service.entrypoints.session import keep_cookie

FOLLOW_COOKIE = "permohonan"
FOLLOW_SECONDS = 30 * 60
_PATH = "/permohonan"


class NotFollowed(Exception):
    """Whoever asks has not shown the code of this request, or too long ago."""


@dataclass(frozen=True)
class Follower:
    """A Pemohon who has shown the tracking code of one request."""

    request_id: UUID
    register_number: str
    actor: Actor


def follower(request: Request, register_number: str) -> Follower | None:
    try:
        claims = request.app.state.tokens.verify(
            request.cookies.get(FOLLOW_COOKIE, ""), purpose="follow", issuer="requests"
        )
    except BadToken:
        return None
    app: Requests = request.app.state.application
    request_id = UUID(claims["request_id"])
    if claims.get("code") != app.reading.mark_of_code(request_id):
        return None  # another code opens it by now
    if claims["register_number"] == register_number:
        return Follower(request_id, register_number, Actor(claims["person_id"], Role.PEMOHON.value))
    # The code opens the first request and its parts.
    other = app.parting.relative(request_id, register_number)
    return Follower(other[0], register_number, other[1]) if other else None


def _must_follow(request: Request, register_number: str) -> Follower:
    who = follower(request, register_number)
    if who is None:
        raise NotFollowed
    return who


Followed = Annotated[Follower, Depends(_must_follow)]
"""For a page under /permohonan/{register_number}: its Pemohon, or NotFollowed."""


def ask_for_the_code(request: Request, _: Exception) -> Response:
    """The answer to NotFollowed."""
    return RedirectResponse(f"{_PATH}/{request.path_params['register_number']}", 303)


def remember(request: Request, answer: Response, who: Follower) -> None:
    app: Requests = request.app.state.application
    claims = {
        "request_id": str(who.request_id),
        "code": app.reading.mark_of_code(who.request_id),
        "register_number": who.register_number,
        "person_id": who.actor.id,
    }
    token = request.app.state.tokens.sign(claims, purpose="follow", seconds=FOLLOW_SECONDS)
    keep_cookie(request, answer, FOLLOW_COOKIE, token, path=_PATH, seconds=FOLLOW_SECONDS)


def forget(answer: Response) -> None:
    answer.delete_cookie(FOLLOW_COOKIE, path=_PATH)
