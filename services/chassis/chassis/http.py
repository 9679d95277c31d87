"""The web side of every service: who asks, what is refused and how, health and metrics."""

import mimetypes
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg2
import structlog
from chassis import dead_letters, pages
from chassis.actor import Actor
from chassis.contracts import folder_of
from chassis.event_store import StaleVersion
from chassis.failures import places_of
from chassis.postgres import DatabaseAway, Pool
from chassis.sessions import SESSION_COOKIE, BadToken, ExpiredToken, Tokens
from chassis.settings import Settings
from chassis.telemetry import HTTP_SECONDS, follow
from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_log = structlog.get_logger()
mimetypes.add_type("application/yaml", ".yaml")
_BODY_BYTES_MAX = 55 * 1024 * 1024
_DRAIN_BYTES_MAX = 512 * 1024 * 1024
_CHANGED = (
    "Data ini baru saja diubah oleh petugas lain. Lihat keadaannya sekarang, lalu putuskan lagi."
)
_AWAY = "Penyimpanan data sedang tidak dapat dihubungi. Isian Anda belum tersimpan; kirim lagi."
_TOO_LARGE = "Kiriman lebih besar dari 50 MB. Kecilkan atau pecah berkasnya, lalu kirim lagi."
_UNFIT = (
    "Isian ini memuat huruf yang tidak dapat disimpan atau angka yang terlalu besar. Perbaiki, lalu"
    " kirim lagi."
)
_UNFIT_JSON = "Something sent cannot be kept: NUL, half a character, or a number too large."
_FOREIGN_FORM = "Formulir ini dikirim dari situs lain. Buka halamannya di sini, lalu kirim lagi."
_SECURITY_HEADERS = (
    (
        b"content-security-policy",
        b"default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none';"
        b" form-action 'self'; frame-ancestors 'self'",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
)


class NotSignedIn(Exception):
    """Nobody is signed in, or not any more."""


class NotAllowed(Exception):
    """This person may not do this; the sentence says who may."""


@dataclass(frozen=True)
class Officer:
    """A member of staff who is signed in."""

    id: str
    name: str
    role: str
    agency: str | None
    capacity: str | None = None
    """In which they hold this role, when it is not their own; by which appointment; its name."""
    appointment: str | None = None
    office: str | None = None

    @property
    def actor(self) -> Actor:
        """As the facts name them: without a name."""
        return Actor(self.id, self.role, self.agency, self.capacity)


def officer(request: Request) -> Officer | None:
    """Who is signed in, by the cookie or by `Authorization: Bearer`; None when nobody is."""
    who, state = session_of(request), request.app.state
    if who and state.is_revoked and state.is_revoked(state.pool, who.id, who.appointment):
        return None
    return who


def session_of(request: Request) -> Officer | None:
    """Whom the session names, even if it was revoked since: for how a page looks, and no more."""
    token = _bearer(request) or request.cookies.get(SESSION_COOKIE)
    if not token:
        return None
    try:
        claims = request.app.state.tokens.verify(token, purpose="session", issuer="requests")
        named = (claims["sub"], claims["name"], claims["role"], claims["agency"])
        acting = (claims.get(name) for name in ("capacity", "appointment", "office"))
        return Officer(*named, *acting)
    except (BadToken, KeyError):
        return None


def needs(*roles: str) -> Callable[[Request], Officer]:
    """A dependency that gives the officer, who has one of the roles. With none: any officer."""

    def allowed(request: Request) -> Officer:
        who = officer(request)
        if who is None:
            raise NotSignedIn
        if roles and who.role not in roles:
            names = request.app.state.settings.city["roles"]
            wanted = " atau ".join(str(names[role]) for role in roles)
            raise NotAllowed(f"Halaman ini untuk {wanted}.")
        return who

    return allowed


def service_caller(request: Request) -> str:
    """The service that asks, by its own token. Raises NotSignedIn."""
    try:
        claims = request.app.state.tokens.verify(_bearer(request) or "", purpose="service")
    except BadToken as error:
        raise NotSignedIn from error
    return str(claims["iss"])


def build_app(
    settings: Settings,
    pool: Pool,
    *,
    title: str,
    routers: Sequence[APIRouter],
    errors: Mapping[type[Exception], int],
    application: Any,
    templates: Sequence[Path] = (),
    is_revoked: Callable[[Pool, str, str | None], bool] | None = None,
) -> FastAPI:
    """One service's web application, with its full paths, alone or beside the others.

    `errors` says which status each exception of the service becomes; its text is the sentence.
    `is_revoked`: `chassis.revoked`'s, unless the service keeps the accounts itself.
    """
    app = FastAPI(
        title=title,
        openapi_url=f"/api/{settings.service}/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.settings = settings
    app.state.pool = pool
    app.state.is_revoked = is_revoked
    app.state.leaving = False
    app.state.application = application
    app.state.templates = tuple(templates)
    app.state.tokens = Tokens(settings)
    # Before the services' own paths, of which some take anything at this place.
    app.add_api_route(f"/api/{settings.service}/docs", _docs, include_in_schema=False)
    contracts = StaticFiles(directory=folder_of(settings.service))
    app.mount(f"/api/{settings.service}/contracts", contracts)
    for router in routers:
        app.include_router(router)
    app.include_router(_operations)
    app.mount("/static", pages.static_files())
    for kind, (status, sentence) in _answers(errors).items():
        app.add_exception_handler(kind, _handler(status, sentence))
    app.add_exception_handler(NotSignedIn, _not_signed_in)
    app.add_exception_handler(RequestValidationError, _not_valid)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_middleware(_Outermost, app=app, settings=settings)
    return app


_operations = APIRouter(include_in_schema=False)


@_operations.get("/healthz")
def healthz() -> dict[str, str]:
    """Alive; asks nobody."""
    return {"status": "alive"}


@_operations.get("/readyz")
def readyz(request: Request) -> Response:
    """Whether the database and the broker can be reached; and not while this process ends."""
    if request.app.state.leaving:
        return JSONResponse({"leaving": True}, 503)
    checks = readiness(request.app.state.pool, request.app.state.settings.amqp_url)
    return JSONResponse(checks, 200 if all(checks.values()) else 503)


@_operations.get("/metrics")
def metrics() -> Response:
    """Prometheus."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


def _docs(request: Request) -> Response:
    return pages.render(request, "api.html", api=request.app.openapi())


def readiness(pool: Pool, amqp_url: str) -> dict[str, bool]:
    """What this process needs, and whether it is there now."""
    try:
        database = bool(pool.execute("SELECT 1"))
    except (DatabaseAway, psycopg2.Error):
        database = False
    return {"database": database, "broker": _broker_answers(amqp_url)}


def _broker_answers(url: str) -> bool:
    if url.startswith("memory:"):
        return True
    from chassis import broker

    try:
        with broker.connection(url) as conn:
            broker.open_(conn)
            return True
    except Exception:
        return False


def _bearer(request: Request) -> str | None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token if scheme.lower() == "bearer" else None


def _answers(
    errors: Mapping[type[Exception], int],
) -> dict[type[Exception], tuple[int, str | None]]:
    ours: dict[type[Exception], tuple[int, str | None]] = {
        StaleVersion: (409, _CHANGED),
        DatabaseAway: (503, _AWAY),
        NotAllowed: (403, None),
        BadToken: (403, "Tautan ini tidak sah."),
        ExpiredToken: (410, "Masa berlaku tautan ini sudah habis. Mintalah tautan yang baru."),
    }
    told = {**dead_letters.ERRORS, **errors}
    return ours | {kind: (status, None) for kind, status in told.items()}


Handler = Callable[[Request, Exception], Any]


def _handler(status: int, sentence: str | None) -> Handler:
    async def handle(request: Request, error: Exception) -> Response:
        return await _refusal(request, status, sentence or str(error), type(error).__name__)

    return handle


async def _not_signed_in(request: Request, error: Exception) -> Response:
    if _wants_json(request):
        return problem(request, 401, "Sign in first.", "NotSignedIn")
    if request.method in ("GET", "HEAD"):
        back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        sign_in = request.app.state.settings.city["sign_in"]["href"]
        return RedirectResponse(f"{sign_in}?kembali={quote(back, safe='')}", 303)
    return pages.error_page(request, 401, typed=await _typed(request))


async def _not_valid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    # Where and what, but not what was typed: it may be personal.
    wrong = [
        {"field": ".".join(str(part) for part in e["loc"][1:]), "problem": e["msg"]}
        for e in error.errors()
    ]
    if _wants_json(request):
        return problem(request, 422, "Some fields are missing or wrong.", "NotValid", errors=wrong)
    fields = ", ".join(str(e["field"]) for e in wrong)
    return pages.error_page(request, 422, f"Isian ini belum lengkap atau keliru: {fields}.")


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if _wants_json(request):
        return problem(request, error.status_code, str(error.detail), "HttpError")
    return pages.error_page(request, error.status_code)


async def _refusal(request: Request, status: int, sentence: str, kind: str) -> Response:
    if _wants_json(request):
        return problem(request, status, sentence, kind)
    typed = await _typed(request) if status in (409, 503) else []
    return pages.error_page(request, status, sentence, typed=typed)


def problem(request: Request, status: int, sentence: str, kind: str, **more: Any) -> JSONResponse:
    """RFC 9457."""
    body = {"type": f"urn:satudata:{kind}", "title": sentence, "status": status, **more}
    headers = {"Retry-After": "5"} if status == 503 else None
    return JSONResponse(body, status, headers, "application/problem+json")


def _wants_json(request: Request) -> bool:
    return request.url.path.startswith("/api/")


async def _typed(request: Request) -> list[tuple[str, str]]:
    if request.method != "POST":
        return []
    try:
        form = await request.form()
    except Exception:
        return []
    return [(name, value) for name, value in form.multi_items() if isinstance(value, str)]


class _TooLarge(Exception):
    """`more`: whether there is more of the body to come."""

    def __init__(self, *, more: bool) -> None:
        self.more = more


class _Outermost:
    """Around everything: time, headers, size, foreign forms, and what nobody expected."""

    def __init__(self, inner: ASGIApp, app: FastAPI, settings: Settings) -> None:
        self._inner = inner
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._inner(scope, receive, send)
            return
        scope["app"] = self._app
        request = Request(scope, receive)
        reference = request.state.reference = uuid.uuid4().hex[:12]
        follow(request.headers.get("traceparent"))
        started = time.perf_counter()
        status = 0

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                present = {name.lower() for name, _ in message["headers"]}
                message["headers"] = list(message["headers"]) + [
                    header for header in _SECURITY_HEADERS if header[0] not in present
                ]
            await send(message)

        async def answer(code: int, sentence: str, kind: str) -> None:
            json = _wants_json(request)
            make = problem(request, code, sentence, kind) if json else None
            response = make or pages.error_page(request, code, sentence)
            await response(scope, receive, send_with_headers)

        try:
            if _is_foreign_form(request):
                await answer(403, _FOREIGN_FORM, "ForeignForm")
            elif int(request.headers.get("content-length") or 0) > _BODY_BYTES_MAX:
                # Read to its end, so that the browser listens to the answer.
                await _drain(receive)
                await answer(413, _TOO_LARGE, "TooLarge")
            else:
                await self._inner(scope, _counted(receive), send_with_headers)
        except _TooLarge as error:
            if error.more:
                await _drain(receive)
            await answer(413, _TOO_LARGE, "TooLarge")
        except Exception as error:
            unfit = _is_of_what_was_sent(error)
            # Its text may hold what somebody typed: only its kind and its place are told.
            tell = _log.warning if unfit else _log.error
            tell(
                "unfit_input" if unfit else "unexpected",
                reference=reference,
                error=type(error).__name__,
                at=places_of(error),
                method=request.method,
            )
            if status == 0 and unfit:
                sentence = _UNFIT_JSON if _wants_json(request) else _UNFIT
                await answer(422, sentence, "UnfitInput")
            elif status == 0:
                await answer(500, pages.EXPLANATIONS[500][1], "Unexpected")
        finally:
            route = getattr(scope.get("route"), "path", "other")
            HTTP_SECONDS.labels(
                self._settings.service, request.method, route, str(status or 500)
            ).observe(time.perf_counter() - started)


def _is_of_what_was_sent(error: Exception) -> bool:
    """What no database keeps: NUL, halves of characters, numbers and nesting beyond all bounds."""
    if isinstance(error, (psycopg2.DataError, UnicodeError, OverflowError, RecursionError)):
        return True
    # psycopg2's and Python's own words; neither has a class for it.
    said = str(error) if isinstance(error, ValueError) else ""
    return "NUL (0x00)" in said or "for integer string conversion" in said


def _is_foreign_form(request: Request) -> bool:
    if request.method in ("GET", "HEAD", "OPTIONS") or _bearer(request):
        return False
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return True
    origin = request.headers.get("origin")
    return bool(origin) and pages.parts_of(origin or "").netloc != request.headers.get("host")


def _counted(receive: Receive) -> Receive:
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > _BODY_BYTES_MAX:
            raise _TooLarge(more=bool(message.get("more_body")))
        return message

    return counted


async def _drain(receive: Receive) -> None:
    left = _DRAIN_BYTES_MAX
    while left > 0:
        message = await receive()
        left -= len(message.get("body", b""))
        if message["type"] != "http.request" or not message.get("more_body"):
            return
