"""The service whole for a test: its database, its files, and `requests` as it answers."""

import base64
import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

from chassis.actor import Actor
from chassis.jobs import Job, Runner
from chassis.message import Message
from chassis.postgres import Pool
from chassis.sessions import Tokens, public_key_of
from chassis.settings import Settings, load
from letters_service.bootstrap import build_application
from letters_service.entrypoints.jobs import handlers
from letters_service.entrypoints.web import build_web
from starlette.testclient import TestClient

ROOT = Path(__file__).parents[3]
KEYS = {"letters": b"l" * 32, "requests": b"r" * 32, "notify": b"n" * 32}
SITI = UUID("5f0c9f0e-0d0a-4a57-9d3c-3f7b7a2d7c11")
NAME, ADDRESS = "Siti Rahmawati", "Jalan Kawi Nomor 12, Malang"
NARRATIVE = "Data memuat keadaan keuangan orang perseorangan yang dapat dikenali dari namanya."
DIGEST = "b" * 64


class Requests:
    """Answers as `requests` does, with one Pemohon for every request."""

    def __init__(self) -> None:
        self.person_id = SITI
        self.fields = {"name": NAME, "address": ADDRESS}
        self.texts = {
            "data_wanted": "Jumlah UMKM per kecamatan, tahun 2021 sampai dengan 2025.",
            "purpose": "Bahan skripsi tentang sebaran usaha mikro.",
            "narrative": NARRATIVE,
            "refused_parts": "Omzet tiap pelaku usaha.",
            "missing": "Tujuan belum menyebut untuk apa data dipakai.",
            "reason": "Uji konsekuensi masih berlangsung sampai akhir bulan.",
            "filename": "UMKM lengkap.xlsx",
        }
        self.signer: dict[str, str] | None = None
        self.status = 200
        self.asked: list[tuple[str, dict[str, list[str]], str]] = []
        world = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                url = urlsplit(self.path)
                query = parse_qs(url.query, keep_blank_values=True)
                world.asked.append((url.path, query, self.headers["Authorization"] or ""))
                wanted = query["fields"][0].split(",")
                told = {
                    "person_id": str(world.person_id),
                    "fields": {k: v for k, v in world.fields.items() if k in wanted},
                    "texts": world.texts,
                    "signer": world.signer,
                }
                self.send_response(world.status)
                self.end_headers()
                self.wfile.write(json.dumps(told).encode())

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class World:
    def __init__(self, pool: Pool, folder: Path, requests: Requests) -> None:
        self.pool = pool
        self.folder = folder
        self.requests = requests
        self.environ = {
            "LETTERS_DATABASE_URL": pool.dsn,
            "AMQP_URL": "memory://",
            "FILES_URL": folder.as_uri(),
            "PUBLIC_URL": "https://satudata.malangkota.example",
            "REQUESTS_URL": requests.url,
            "SECRET_KEY": base64.b64encode(b"s" * 32).decode(),
            "SIGNING_KEY": base64.b64encode(KEYS["letters"]).decode(),
            "SIGNING_PUBLIC_KEYS": json.dumps(
                {name: base64.b64encode(public_key_of(key)).decode() for name, key in KEYS.items()}
            ),
            "CITY_FILE": str(ROOT / "deploy" / "city.toml"),
        }
        self.settings: Settings = load("letters", self.environ)
        self.app = build_application(self.settings, pool)

    def hear(self, *messages: Message) -> None:
        for message in messages:
            self.app.queue_letter(message)

    def work(self) -> None:
        """Try every job that is not given up, once, whenever it would be due."""
        self.pool.execute("UPDATE jobs SET next_try = now() WHERE NOT failed")
        runner = Runner(self.pool, "letters", handlers(self.settings, self.pool), threads=1)
        runner.start()
        self.until(
            lambda: (
                not self.pool.execute("SELECT 1 FROM jobs WHERE NOT failed AND next_try <= now()")
            )
        )
        runner.stop()

    def issue(self, *messages: Message) -> list[dict[str, Any]]:
        """Hear the facts and do the work; all letters so far, the first one first."""
        self.hear(*messages)
        self.work()
        return self.letters()

    def until(self, condition: Any, seconds: float = 20) -> None:
        waited = threading.Event()
        for _ in range(int(seconds / 0.02)):
            if condition():
                return
            waited.wait(0.02)
        raise AssertionError("waited in vain")

    def jobs(self) -> list[Job]:
        rows = self.pool.execute("SELECT id, kind, key, args, attempts FROM jobs ORDER BY id")
        return [Job(*row) for row in rows]

    def letters(self) -> list[dict[str, Any]]:
        return self.pool.query("SELECT * FROM letters ORDER BY position")

    def facts(self) -> list[tuple[str, dict[str, Any]]]:
        rows = self.pool.execute("SELECT type, state FROM facts ORDER BY position")
        return [(type_, json.loads(bytes(state))) for type_, state in rows]

    def tokens_of(self, service: str) -> Tokens:
        key = base64.b64encode(KEYS[service]).decode()
        more = {f"{service.upper()}_DATABASE_URL": "x", "SIGNING_KEY": key}
        return Tokens(load(service, self.environ | more))

    def browser(
        self, role: str | None = None, agency: str | None = None, **more: str
    ) -> TestClient:
        """Somebody's browser; signed in, when a role is given."""
        client = TestClient(
            build_web(self.settings, self.pool),
            base_url="https://satudata.malangkota.example",
            follow_redirects=False,
        )
        if role:
            claims = {"sub": f"u-{role}", "role": role, "agency": agency, "name": "Bu Petugas"}
            session = self.tokens_of("requests").sign(claims | more, purpose="session", seconds=600)
            client.cookies.set("sesi", session)
        return client

    def ticket(self, letter: dict[str, Any], **other: Any) -> str:
        claims = {
            "request_id": str(letter["request_id"]),
            "letter_id": str(letter["letter_id"]),
            **other,
        }
        return self.tokens_of("requests").sign(claims, purpose="letter", seconds=300)

    def everything_kept(self) -> str:
        """All that this service keeps, in its database and its files, as text."""
        names = self.pool.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        rows = [row for (name,) in names for row in self.pool.execute(f"SELECT * FROM {name}")]
        told = " ".join(
            bytes(value).decode(errors="replace") if isinstance(value, memoryview) else str(value)
            for row in rows
            for value in row
        )
        files = (path.read_bytes() for path in self.folder.rglob("*") if path.is_file())
        return told + " ".join(data.decode(errors="replace") for data in files)


@contextmanager
def a_world(pool: Pool, folder: Path) -> Iterator[World]:
    requests = Requests()
    try:
        yield World(pool, folder, requests)
    finally:
        requests.stop()


class Story:
    """The facts of one request, as `requests` publishes them."""

    def __init__(self, register_number: str = "2026-0042", agency: str | None = None) -> None:
        self.request_id = uuid4()
        self.register_number = register_number
        self.agency = agency
        self._sequence = 0

    def fact(self, type_: str, source: str = "requests", **data: Any) -> Message:
        self._sequence += 1
        common = {
            "register_number": self.register_number,
            "step": 6,
            "due": "2026-11-27",
            "statutory_due": "2026-12-04",
            "waiting_for": "ppid",
            "agency": self.agency,
        }
        return Message(
            id=f"{source}-{uuid4().int % 10**9}",
            source=source,
            type=type_,
            subject=str(self.request_id),
            time=datetime(2026, 11, 20, 1, 30, tzinfo=UTC),
            sequence=self._sequence,
            position=self._sequence,
            actor=Actor("u-ppid", "ppid"),
            data={**common, **data} if source == "requests" else data,
            dataschema=f"{source}/{type_}.v1",
        )

    def submitted(self) -> Message:
        return self.fact(
            "RequestSubmitted", submitted_on="2026-11-20", channel="laman", dataset=None
        )

    def forwarded(self, agency: str = "diskopindag") -> Message:
        self.agency = agency
        return self.fact("ForwardedToPembantu")

    def refused(self, at_step: int = 8) -> Message:
        return self.fact("RequestRefused", at_step=at_step, **_REFUSAL)

    def refusal_sent(self) -> Message:
        return self.fact("RefusalSent", **_REFUSAL)

    def refusal_notified(self, *, cites_pembantu: bool = True) -> Message:
        at_step = 8 if cites_pembantu else 6
        return self.fact(
            "RefusalNotified", at_step=at_step, cites_pembantu=cites_pembantu, **_REFUSAL
        )

    def handed_over(self) -> Message:
        return self.fact("DataHandedOver", digest=DIGEST, size=40117)

    def masked(self) -> Message:
        return self.fact("DataMasked", "privacy", original_digest=DIGEST, **_FILE)

    def delivered(self) -> Message:
        return self.fact(
            "DataDelivered", masked=True, refused_part=None, access_until="2027-01-09", **_FILE
        )


_REFUSAL = {"reason_code": "pasal_17_h", "article": "Pasal 17 huruf h UU Nomor 14 Tahun 2008"}
_FILE = {
    "digest": DIGEST,
    "filename": "umkm-per-kecamatan.csv",
    "media_type": "text/csv; charset=utf-8",
    "size": 40117,
    "rows": 812,
    "masked_columns": [
        {"column": "nik_pemilik", "kind": "nik", "method": "hapus_kolom", "cells": 812}
    ],
}


def environment(world: World) -> dict[str, str]:
    """For a process of the service."""
    return {**os.environ, **world.environ}
