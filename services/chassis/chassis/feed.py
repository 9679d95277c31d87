"""The feed: published facts by position over HTTP, for programs that would rather ask than listen.

Pages for who asks again, Server-Sent Events for who stays. A page depends on nothing but its
address: once its end has settled it is the same for ever. Without gap or repetition, as
`chassis.log.bound` has it.
"""

import asyncio
import hashlib
import threading
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal
from urllib.parse import urlencode
from weakref import WeakSet

import orjson
import structlog
from chassis.http import Officer, needs, problem
from chassis.log import WAKE_CHANNEL, StoredFact, bound, last_given, read, wait
from chassis.message import structured
from chassis.postgres import DatabaseAway, Pool, connect
from chassis.relay import Published, message_of
from fastapi import APIRouter, Depends, Header, Query, Request, Response
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

ROLES = ("integrator", "auditor")
PAGE_EVENTS_MAX = 1000
STREAMS_MAX = 100
"""Of one service in one process."""
_PAGE_POSITIONS = 20_000
"""A page ends after so many, however few of them are wanted: no question reads the whole log."""
_SETTLED = "private, immutable, max-age=86400"
_HEARTBEAT_SECONDS = 15.0
_STREAM_SECONDS_MAX = 900.0
"""Then the client comes again, and is asked again who it is."""
_RETRY_MS = 2000

_log = structlog.get_logger()
_feeds: WeakSet["Feed"] = WeakSet()

Line = tuple[int, str, bytes]
"""Position, type, and the event as JSON."""


class PastTheEnd(Exception):
    """Nobody was ever given this position: the log is another one, or was put back in time."""


@dataclass(frozen=True)
class Page:
    """Events in order."""

    lines: list[Line]
    next_after: int
    settled: bool
    """Whether nothing will ever be added to it."""


def end_streams() -> None:
    """Let everybody go who waits for facts: this process is about to end."""
    for feed in list(_feeds):
        feed.tail.end()


class Feed:
    """What one service publishes, by position."""

    def __init__(self, pool: Pool, source: str, published: Published) -> None:
        self._pool = pool
        self._source = source
        self._published = published
        self._settled = 0
        self.types = frozenset(published)
        self.tail = _Tail(pool.dsn, self.lines)
        self.streams = 0
        _feeds.add(self)

    def lines(
        self, cur: Any, after: int, up_to: int, limit: int, types: frozenset[str] | None = None
    ) -> list[Line]:
        """The published facts in between."""
        facts = read(cur, after=after, up_to=up_to, limit=limit, types=types or self.types)
        return [(fact.position, fact.type, self._line(fact)) for fact in facts]

    def page(self, after: int, types: frozenset[str], limit: int) -> Page:
        """Raises PastTheEnd."""
        with self._pool.connection() as conn, conn.cursor() as cur:
            last = last_given(cur)
            if after > last:
                raise PastTheEnd(
                    f"The log of {self._source} ends at {last}: it was put back in time."
                    " Compare what you have with it from an earlier position, or from 0."
                )
            settled = self._settled_at(cur, last, wanted=after + _PAGE_POSITIONS)
            up_to = min(settled, after + _PAGE_POSITIONS)
            lines = self.lines(cur, after, up_to, limit, types)
        if len(lines) == limit:
            return Page(lines, lines[-1][0], settled=True)
        return Page(lines, max(after, up_to), settled=up_to == after + _PAGE_POSITIONS)

    def newest(self) -> int:
        """The position after which everything is yet to come."""
        with self._pool.connection() as conn, conn.cursor() as cur:
            last = last_given(cur)
            return self._settled_at(cur, last, wanted=last)

    async def page_within(
        self, after: int, types: frozenset[str], limit: int, seconds: float
    ) -> Page:
        """A page; an empty one at the end of the log only after so many seconds."""
        until = time.monotonic() + seconds
        while True:
            page = await run_in_threadpool(self.page, after, types, limit)
            left = until - time.monotonic()
            if page.lines or page.settled or left <= 0 or self.tail.ending:
                return page
            await self.tail.beyond(page.next_after, left)

    async def stream(self, after: int, types: frozenset[str]) -> AsyncIterator[bytes]:
        """Server-Sent Events, until the client must ask again or this process ends."""
        self.streams += 1
        try:
            yield b"retry: %d\nid: %d\n\n" % (_RETRY_MS, after)
            until = time.monotonic() + _STREAM_SECONDS_MAX
            while time.monotonic() < until and not self.tail.ending:
                page = self.tail.since(after, types)
                if page is None:
                    page = await run_in_threadpool(self.page, after, types, PAGE_EVENTS_MAX)
                after = page.next_after
                if page.lines:
                    yield b"".join(
                        b"id: %d\ndata: %b\n\n" % (at, line) for at, _, line in page.lines
                    )
                elif not page.settled and not await self.tail.beyond(after, _HEARTBEAT_SECONDS):
                    yield b": nothing new\nid: %d\n\n" % after
        except (DatabaseAway, PastTheEnd) as error:
            _log.warning("stream_ended", source=self._source, error=type(error).__name__)
        finally:
            self.streams -= 1

    def _line(self, fact: StoredFact) -> bytes:
        return orjson.dumps(structured(message_of(fact, self._source, self._published)))

    def _settled_at(self, cur: Any, last: int, *, wanted: int) -> int:
        # Remembered, so that old pages can be had while a transaction that appends stays open.
        known = self._settled if self._settled <= last else 0
        if known < wanted:
            known = bound(cur, known)
        self._settled = known
        return known


class _Tail:
    """One thread and one connection for all who wait at the end of one log.

    It runs while somebody waits. When it fails it ends, and whoever waited looks for himself.
    """

    _KEPT = 1000
    _LINGERS_SECONDS = 10.0

    def __init__(self, dsn: str, lines: Callable[..., list[Line]]) -> None:
        self._dsn = dsn
        self._lines = lines
        # A signal may come while its thread holds it.
        self._lock = threading.RLock()
        self._running = False
        self.ending = False
        self._waiting: set[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = set()
        self._reached = 0
        self._kept: deque[Line] = deque()
        self._kept_after = 0

    async def beyond(self, position: int, seconds: float) -> bool:
        """Wait until there may be facts after a position; False when time ran out."""
        awoken = asyncio.Event()
        waiter = (asyncio.get_running_loop(), awoken)
        with self._lock:
            if self._running and self._reached > position:
                return True
            self._waiting.add(waiter)
            if not self._running:
                self._running = True
                threading.Thread(target=self._run, name="feed", daemon=True).start()
        try:
            if self.ending:
                return True
            async with asyncio.timeout(seconds):
                await awoken.wait()
        except TimeoutError:
            return False
        else:
            return True
        finally:
            with self._lock:
                self._waiting.discard(waiter)

    def since(self, after: int, types: frozenset[str]) -> Page | None:
        """The newest facts, which are made only once for all; None when some are not kept here."""
        with self._lock:
            if not self._reached or not self._kept_after <= after <= self._reached:
                return None
            lines = [line for line in self._kept if line[0] > after and line[1] in types]
            return Page(lines, self._reached, settled=False)

    def end(self) -> None:
        """Nobody is to wait any more."""
        self.ending = True
        self._wake()

    def _wake(self) -> None:
        with self._lock:
            for loop, awoken in self._waiting:
                if not loop.is_closed():
                    loop.call_soon_threadsafe(awoken.set)

    def _run(self) -> None:
        try:
            with closing(connect(self._dsn)) as conn, conn.cursor() as cur:
                self._follow(conn, cur)
        except Exception as error:
            _log.warning("feed_interrupted", error=type(error).__name__)
            time.sleep(1)
        finally:
            with self._lock:
                self._running = False
                self._reached = 0
                self._kept.clear()
            self._wake()

    def _follow(self, conn: Any, cur: Any) -> None:
        cur.execute(f"LISTEN {WAKE_CHANNEL}")
        reached, lonely_since = 0, time.monotonic()
        while not self.ending:
            if self._waiting:
                lonely_since = time.monotonic()
            elif time.monotonic() - lonely_since > self._LINGERS_SECONDS:
                return
            up_to = bound(cur, reached)
            if up_to == reached:
                wait(conn, cur, since=reached, seconds=1)
                continue
            lines = self._lines(cur, reached, up_to, self._KEPT) if reached else []
            reached = lines[-1][0] if len(lines) == self._KEPT else up_to
            self._keep(lines, reached)
            self._wake()

    def _keep(self, lines: list[Line], reached: int) -> None:
        with self._lock:
            if not self._reached:
                self._kept_after = reached
            self._kept.extend(lines)
            while len(self._kept) > self._KEPT:
                self._kept_after = self._kept.popleft()[0]
            self._reached = reached


def router(
    source: str,
    pool: Pool,
    published: Published,
    who: Callable[..., Officer] | None = None,
) -> APIRouter:
    """The service's feed at /api/<service>/events, for integrators and auditors.

    `who`: a dependency that asks more of the caller than `needs(*ROLES)`.
    """
    feed = Feed(pool, source, published)
    routes = APIRouter(tags=["feed"])

    @routes.get(f"/api/{source}/events", dependencies=[Depends(who or needs(*ROLES))])
    async def events(
        request: Request,
        after: Annotated[int, Query(ge=0)] | Literal["newest"] = 0,
        types: str = "",
        limit: Annotated[int, Query(ge=1, le=PAGE_EVENTS_MAX)] = 100,
        wait: Annotated[float, Query(ge=0, le=25)] = 0,
        last_event_id: Annotated[int | None, Header(ge=0)] = None,
    ) -> Response:
        """Every published fact after a position, in order, as CloudEvents.

        By `Accept`: `application/cloudevents-batch+json` (an array; also without `Accept`),
        `application/x-ndjson` (one a line), or `text/event-stream` (Server-Sent Events, where
        `Last-Event-ID` wins over `after`). `X-Next-After` is where to go on: a position, which
        never expires. `after=newest` begins with what is yet to come. `types`: names with commas.
        `wait`: seconds to wait for the first one at the end of the log.
        """
        wanted = frozenset(name.strip() for name in types.split(",") if name.strip())
        if unknown := sorted(wanted - feed.types):
            known = ", ".join(sorted(feed.types))
            sentence = f"{source} publishes no {', '.join(unknown)}. It publishes: {known}."
            return problem(request, 422, sentence, "UnknownType")
        wanted = wanted or feed.types
        accept = request.headers.get("accept", "")
        streaming = "text/event-stream" in accept
        if streaming and last_event_id is not None:
            after = last_event_id
        try:
            start = after if after != "newest" else await run_in_threadpool(feed.newest)
            if streaming:
                if feed.streams >= STREAMS_MAX or feed.tail.ending:
                    return problem(request, 503, "Too many streams are open here.", "TooMany")
                await run_in_threadpool(feed.page, start, wanted, 1)
                return StreamingResponse(
                    feed.stream(start, wanted),
                    media_type="text/event-stream",
                    # nginx must hand every event on at once.
                    headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
                )
            page = await feed.page_within(start, wanted, limit, wait)
            if after == "newest":
                # Under this address another page will be found tomorrow.
                page = replace(page, settled=False)
        except PastTheEnd as error:
            return problem(request, 409, str(error), "PastTheEnd")
        asked = {"types": types} if types else {}
        return _answer(request, page, accept, asked | {"limit": str(limit)})

    return routes


def _answer(request: Request, page: Page, accept: str, asked: dict[str, str]) -> Response:
    lines = [line for *_, line in page.lines]
    if "ndjson" in accept:
        content, kind = b"".join(line + b"\n" for line in lines), "application/x-ndjson"
    else:
        content, kind = b"[%b]" % b",".join(lines), "application/cloudevents-batch+json"
    tag = f'"{page.next_after}-{hashlib.sha256(content).hexdigest()[:32]}"'
    query = urlencode({"after": page.next_after, **asked}, safe=",")
    headers = {
        "X-Next-After": str(page.next_after),
        "Link": f'<{request.url.path}?{query}>; rel="next"',
        "ETag": tag,
        "Cache-Control": _SETTLED if page.settled else "no-cache",
        "Vary": "Accept, Authorization, Cookie",
    }
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(content, headers=headers, media_type=kind)
