"""An integrator's endpoint for tests, and the service's webhooks that send to it."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import UUID

from chassis.actor import Actor
from chassis.jobs import Job, Runner
from fastapi.testclient import TestClient
from notify_service.bootstrap import WebhookParts, build_webhooks
from notify_service.entrypoints.web import build_web
from notify_service.webhooks.deliveries import QUICKLY, SLOWLY
from notify_service.webhooks.dispatcher import Dispatcher
from notify_world import World, a_world

INES = Actor("integrator-1", "integrator")
OTHER = Actor("integrator-2", "integrator")
OPERATOR = Actor("operator-1", "operator")
START = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


class Endpoint:
    """What it was sent, and what it answers: one of `answers` each, then 200."""

    def __init__(self, host: str = "127.0.0.1", port: int = 0) -> None:
        self.received: list[tuple[dict[str, str], bytes]] = []
        self.paths: list[str] = []
        self.answers: list[tuple[int, dict[str, str], bytes]] = []
        self.always: int | None = None
        self.go = threading.Event()
        self.go.set()
        self.arrived = threading.Semaphore(0)
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                endpoint.received.append(({k.lower(): v for k, v in self.headers.items()}, body))
                endpoint.paths.append(self.path)
                endpoint.arrived.release()
                endpoint.go.wait(60)
                status, headers, words = endpoint.answer()
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(words)))
                self.end_headers()
                self.wfile.write(words)

            def log_message(self, *_: Any) -> None:
                pass

            def handle(self) -> None:
                # A sender that is gone is what some tests are about.
                with suppress(OSError):
                    super().handle()

        self._server = ThreadingHTTPServer((host, port), Handler)
        self._server.daemon_threads = True
        self._server.block_on_close = False
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def port(self) -> int:
        return self._server.server_port

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    @property
    def ids(self) -> list[str]:
        return [headers["webhook-id"] for headers, _ in self.received]

    def answer(self) -> tuple[int, dict[str, str], bytes]:
        if self.answers:
            return self.answers.pop(0)
        return (self.always or 200, {}, b"")

    def stop(self) -> None:
        self.go.set()
        self._server.shutdown()
        self._server.server_close()


class Webhooks:
    """The service, with a clock that stands until it is moved."""

    def __init__(self, world: World, clock_file: Path) -> None:
        self.world = world
        self.pool = world.pool
        self._clock_file = clock_file
        self.now = START
        self.parts: WebhookParts = build_webhooks(world.settings, world.pool)
        self.pass_(timedelta(0))

    def pass_(self, time: timedelta) -> None:
        self.now += time
        self._clock_file.write_text(self.now.isoformat())

    def create(self, endpoint: Endpoint, *types: str, by: Actor = INES) -> UUID:
        webhook_id, self.secret = self.parts.endpoints.create(
            by, url=endpoint.url, types=types, contact="ines@kantor.example"
        )
        return webhook_id

    def deliver(self) -> None:
        """Do every webhook job that there is by the clock, until there is none."""
        while self._jobs():
            pass

    def _jobs(self) -> bool:
        Dispatcher(self.pool).look()
        rows = self.pool.execute(
            "SELECT id, kind, key, args, attempts FROM jobs WHERE kind IN (%s, %s)",
            (QUICKLY, SLOWLY),
        )
        for row in rows:
            self.parts.deliveries.serve(Job(*row))
        return bool(rows)

    def runners(self, *, threads: int = 2) -> list[Runner]:
        """As the jobs process has them; each job handler as in another process."""
        serve = build_webhooks(self.world.settings, self.pool).deliveries.serve
        return [
            Runner(self.pool, "notify", {kind: serve}, threads=threads)
            for kind in (QUICKLY, SLOWLY)
        ]

    def one(self, webhook_id: UUID) -> dict[str, Any]:
        shown = self.parts.views.one(webhook_id, None)
        assert shown is not None
        return shown

    def deliveries(self, webhook_id: UUID) -> list[dict[str, Any]]:
        """Oldest first."""
        return self.parts.views.deliveries(webhook_id, limit=10_000)[::-1]

    def states(self, webhook_id: UUID) -> list[str]:
        return [each["state"] for each in self.deliveries(webhook_id)]

    def attempts(self, delivery: dict[str, Any], webhook_id: UUID) -> list[dict[str, Any]]:
        shown = self.parts.views.delivery(webhook_id, delivery["id"])
        assert shown is not None
        return list(shown["made"])

    def browser(self, who: Actor) -> TestClient:
        app = build_web(self.world.settings, self.pool)
        browser = TestClient(app, base_url="http://127.0.0.1:8080", follow_redirects=False)
        claims = {"sub": who.id, "name": "Ines", "role": who.role, "agency": None}
        session = self.world.sessions().sign(claims, purpose="session", seconds=3600)
        browser.cookies.set("sesi", session)
        return browser


@contextmanager
def some_webhooks(pool: Any, tmp_path: Path, *endpoints: Endpoint) -> Iterator[Webhooks]:
    """Webhooks that may be sent to these endpoints on this machine."""
    allowed = ",".join(f"127.0.0.1/32:{each.port}" for each in endpoints)
    clock_file = tmp_path / "clock"
    clock_file.write_text(START.isoformat())
    before = {name: os.environ.get(name) for name in ("CLOCK", "SATUDATA_ENV")}
    os.environ |= {"CLOCK": f"@{clock_file}", "SATUDATA_ENV": "test"}
    clock = {"CLOCK": f"@{clock_file}", "SATUDATA_ENV": "test"}
    try:
        with a_world(pool, WEBHOOK_NETWORKS=allowed, **clock) as world:
            yield Webhooks(world, clock_file)
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
