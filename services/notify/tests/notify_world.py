"""The service whole for a test: its database, a mail server, and `requests` as it answers."""

import base64
import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from chassis.jobs import Later, Runner
from chassis.message import Message
from chassis.postgres import Pool
from chassis.sessions import Tokens, public_key_of
from chassis.settings import Settings, load
from notify_service.bootstrap import build_application
from notify_service.entrypoints.jobs import handlers
from notify_smtp_server import SmtpServer

ROOT = Path(__file__).parents[3]
KEYS = {"notify": b"n" * 32, "requests": b"r" * 32}


class Requests:
    """Answers as `requests` does, with one Pemohon for every request."""

    def __init__(self) -> None:
        self.fields: dict[str, Any] = {"name": "Siti Nurḥalīza", "email": "siti.n@contoh.id"}
        self.status = 200
        self.asked: list[tuple[str, dict[str, list[str]], str]] = []
        world = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                url = urlsplit(self.path)
                world.asked.append(
                    (url.path, parse_qs(url.query), self.headers["Authorization"] or "")
                )
                body = json.dumps({"person_id": "p", "fields": world.fields, "texts": {}})
                self.send_response(world.status)
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class World:
    def __init__(self, pool: Pool, mail: SmtpServer, requests: Requests, **environ: str) -> None:
        self.pool = pool
        self.mail = mail
        self.requests = requests
        self.environ = {
            "NOTIFY_DATABASE_URL": pool.dsn,
            "AMQP_URL": "memory://",
            "FILES_URL": "file:///nowhere",
            "PUBLIC_URL": "https://satudata.malangkota.example",
            "REQUESTS_URL": requests.url,
            "SMTP_URL": mail.url,
            "SECRET_KEY": base64.b64encode(b"s" * 32).decode(),
            "SIGNING_KEY": base64.b64encode(KEYS["notify"]).decode(),
            "SIGNING_PUBLIC_KEYS": json.dumps(
                {name: base64.b64encode(public_key_of(key)).decode() for name, key in KEYS.items()}
            ),
            "CITY_FILE": str(ROOT / "deploy" / "city.toml"),
            **environ,
        }
        self.settings: Settings = load("notify", self.environ)
        self.app = build_application(self.settings, pool)

    def hear(self, *messages: Message) -> None:
        for message in messages:
            self.app.hear(message)

    def work(self) -> None:
        """Try every job that is not given up, once, whenever it would be due."""
        done = handlers(self.settings, self.pool)
        for row in self.pool.query("SELECT id FROM jobs WHERE NOT failed ORDER BY id"):
            self.pool.execute("UPDATE jobs SET next_try = now() WHERE id = %s", (row["id"],))
        runner = Runner(self.pool, "notify", done, threads=1)
        runner.start()
        self.until(
            lambda: (
                not self.pool.execute("SELECT 1 FROM jobs WHERE NOT failed AND next_try <= now()")
            )
        )
        runner.stop()

    def until(self, condition: Any, seconds: float = 20) -> None:
        waited = threading.Event()
        for _ in range(int(seconds / 0.02)):
            if condition():
                return
            waited.wait(0.02)
        raise AssertionError("waited in vain")

    def mails(self) -> list[dict[str, Any]]:
        return self.pool.query("SELECT * FROM mails ORDER BY asked_at, audience, mail")

    def facts(self) -> list[tuple[str, dict[str, Any]]]:
        rows = self.pool.execute("SELECT type, state FROM facts ORDER BY position")
        return [(type_, json.loads(bytes(state))) for type_, state in rows]

    def sessions(self) -> Tokens:
        """`requests`, which signs people in."""
        signing_key = base64.b64encode(KEYS["requests"]).decode()
        more = {"REQUESTS_DATABASE_URL": "x", "SIGNING_KEY": signing_key}
        return Tokens(load("requests", self.environ | more))

    def everything_kept(self) -> str:
        """All that this service's database holds, as text."""
        tables = [
            name
            for (name,) in self.pool.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            )
        ]
        text = ""
        for table in tables:
            for row in self.pool.query(f"SELECT * FROM {table}"):
                text += " ".join(
                    bytes(value).decode(errors="replace")
                    if isinstance(value, memoryview)
                    else str(value)
                    for value in row.values()
                )
        return text


@contextmanager
def a_world(pool: Pool, **environ: str) -> Iterator[World]:
    mail, requests = SmtpServer(), Requests()
    mail.start()
    try:
        yield World(pool, mail, requests, **environ)
    finally:
        mail.stop()
        requests.stop()


def environment(world: World) -> dict[str, str]:
    """For a process of the service."""
    return {**os.environ, **world.environ}


__all__ = ["Later", "World", "a_world", "environment"]
