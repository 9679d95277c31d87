"""The service whole for a test: its database, its files, tokens of `requests`, and its jobs."""

import base64
import itertools
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from chassis.actor import Actor
from chassis.jobs import Runner
from chassis.log import StoredFact, stream
from chassis.message import Message
from chassis.postgres import Pool
from chassis.sessions import SESSION_COOKIE, Tokens, public_key_of
from chassis.settings import Settings, load
from fastapi.testclient import TestClient
from privacy_service.bootstrap import build_application
from privacy_service.domain.masking import Choice, proposed
from privacy_service.entrypoints.jobs import handlers
from privacy_service.entrypoints.web import build_web

ROOT = Path(__file__).parents[3]
KEYS = {"privacy": b"p" * 32, "requests": b"r" * 32}
PPID = Actor("u-ppid", "ppid")
WALIDATA = Actor("u-walidata", "walidata")
PEMBANTU = Actor("u-dinsos", "ppid_pembantu", "dinsos")
OTHER_PEMBANTU = Actor("u-dinkes", "ppid_pembantu", "dinkes")

NIK = "3573010101900001"
WOMANS_NIK = "3573014203850002"
PEOPLE = f"""no,nik,nama,tgl_lahir,alamat,no_hp,keterangan,jumlah
1,{NIK},Budi Santoso,01/01/1990,"Jl. Ijen 5 RT 02 RW 03 Kec. Klojen",081234567890,"telp 0812-3456-7890",100
2,{WOMANS_NIK},Siti Aminah,1985-03-02,"Dusun Krajan RT 1",81398765432,"wali: Budi Santoso, NIK {NIK}",200
""".encode()  # noqa: E501
STATISTICS = b"kecamatan,tahun,jumlah\nKlojen,2024,100\nBlimbing,2024,200\n"


def settings_for(pool: Pool, folder: Path, service: str = "privacy") -> Settings:
    public = {name: base64.b64encode(public_key_of(k)).decode() for name, k in KEYS.items()}
    return load(
        service,
        {
            "DATABASE_URL": pool.dsn,
            "AMQP_URL": "memory://",
            "FILES_URL": f"file://{folder}",
            "PUBLIC_URL": "https://satudata.malangkota.example",
            "SECRET_KEY": base64.b64encode(b"s" * 32).decode(),
            "SIGNING_KEY": base64.b64encode(KEYS[service]).decode(),
            "SIGNING_PUBLIC_KEYS": json.dumps(public),
            "CITY_FILE": str(ROOT / "deploy" / "city.toml"),
        },
    )


class World:
    """One service and one request, `2026-0042` of Dinsos unless said otherwise."""

    def __init__(self, pool: Pool, folder: Path, *, masking_by_two: bool = False) -> None:
        self.pool = pool
        self.folder = folder
        self.settings = settings_for(pool, folder)
        self.settings.city["two_persons"] = {"masking": masking_by_two}
        self.app = build_application(self.settings, pool)
        self.requests = Tokens(settings_for(pool, folder, "requests"))
        self.own = Tokens(self.settings)
        self.request_id = uuid4()
        self._sequence = itertools.count(1)
        self._runner = Runner(pool, "privacy", handlers(self.settings, pool))
        self.web = TestClient(
            build_web(self.settings, pool),
            raise_server_exceptions=False,
            follow_redirects=False,
        )

    def ticket(self, by: Actor = PEMBANTU, *, seconds: int = 600, **more: Any) -> str:
        claims = {"request_id": str(self.request_id), "by": by.id, "role": by.role}
        return self.requests.sign(
            claims | {"agency": by.agency} | more, purpose="upload", seconds=seconds
        )

    def link(self, digest: str, *, seconds: int = 600, request_id: UUID | None = None) -> str:
        claims = {"request_id": str(request_id or self.request_id), "digest": digest}
        return self.requests.sign(claims, purpose="download", seconds=seconds)

    def sign_in(self, who: Actor | None, **more: str) -> None:
        self.web.cookies.clear()
        if who is not None:
            claims = {"sub": who.id, "name": "Petugas", "role": who.role, "agency": who.agency}
            token = self.requests.sign(claims | more, purpose="session", seconds=600)
            self.web.cookies.set(SESSION_COOKIE, token)

    def message(self, type_: str, *, sequence: int | None = None, **data: Any) -> Message:
        known = {"register_number": "2026-0042", "agency": "dinsos", "step": 10, "due": None}
        return Message(
            id=str(uuid4()),
            source="requests",
            type=type_,
            subject=str(self.request_id),
            time=datetime.now(UTC),
            sequence=sequence or next(self._sequence),
            position=1,
            actor=PEMBANTU,
            data=known | data,
            dataschema="",
        )

    def hear(self, type_: str, **data: Any) -> Message:
        message = self.message(type_, **data)
        self.app.hear(message)
        return message

    def a_scanned_file(self, data: bytes = PEOPLE, name: str = "data.csv") -> str:
        """Uploaded, handed over, and looked into; its digest."""
        self.hear("ForwardedToPembantu", step=8)
        receipt = self.app.receive_upload(self.ticket(), filename=name, data=data)
        self.hear("DataHandedOver", digest=receipt.digest, size=receipt.size)
        self.do_jobs()
        return receipt.digest

    def a_masked_file(self, data: bytes = PEOPLE, name: str = "data.csv") -> dict[str, Any]:
        """Masked as proposed; what `DataMasked` says."""
        self.a_scanned_file(data, name)
        self.app.mask(self.request_id, PPID, self.proposed_choices())
        self.do_jobs()
        return self.facts("DataMasked")[-1].data

    def proposed_choices(self, **other: Choice) -> dict[str, Choice]:
        from privacy_service.application import verdicts_of

        return proposed(verdicts_of(self.case)) | other

    @property
    def case(self) -> dict[str, Any]:
        return self.app.review(self.request_id, PPID)

    def facts(self, type_: str | None = None) -> list[StoredFact]:
        return [f for f in stream(self.pool, self.request_id) if type_ in (None, f.type)]

    def do_jobs(self) -> None:
        """All that is due now, here and at once."""
        with self.pool.connection() as conn, conn.cursor() as cur:
            while self._runner._do_one(cur):
                pass

    def jobs(self) -> list[Mapping[str, Any]]:
        return self.pool.query("SELECT kind, key, failed, reason FROM jobs")
