"""A catalogue for a test: its database, its files, its web, and datasets to fill it with."""

import base64
import dataclasses
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from catalog_service.application import Catalog
from catalog_service.bootstrap import build_application
from catalog_service.entrypoints.web import build_web
from chassis.actor import Actor
from chassis.postgres import Pool
from chassis.sessions import SESSION_COOKIE, Tokens, public_key_of
from chassis.settings import Settings, load
from fastapi.testclient import TestClient

ROOT = Path(__file__).parents[3]
DEMO = ROOT / "services" / "catalog" / "demo"
KEYS = {"catalog": b"c" * 32, "requests": b"r" * 32}

WALIDATA = Actor("staf-walidata", "walidata")
PPID = Actor("staf-ppid", "ppid")
SETTER_UP = Actor("satudata", "operator")
PUBLIC = Actor("pengunjung", "pemohon")

GUEST = {
    "name": "Siti Nurhaliza",
    "profession": "mahasiswa",
    "institution": "Universitas Contoh",
    "email": "siti@contoh.id",
    "consent": "ya",
}


def described(**changes: Any) -> dict[str, Any]:
    """Metadata that are complete."""
    return {
        "title": "Sebaran Pasar",
        "description": "Letak pasar yang dikelola kota.",
        "agency": "diskopindag",
        "topic": "ekonomi",
        "period": "2025",
        "frequency": "tahunan",
        "licence": "CC-BY-4.0",
        "keywords": ["pasar"],
        "access": "open",
        "note": "",
        "concept": "Pasar rakyat",
        "definition": "Tempat usaha pedagang kecil.",
        "classification": "Kecamatan",
        "measure": "Jumlah",
        "unit": "Unit",
        **changes,
    }


@pytest.fixture
def pool(database: Callable[[str], Pool]) -> Pool:
    return database("catalog")


@pytest.fixture
def settings(pool: Pool, tmp_path: Path) -> Settings:
    def text(raw: bytes) -> str:
        return base64.b64encode(raw).decode()

    return load(
        "catalog",
        {
            "DATABASE_URL": pool.dsn,
            "AMQP_URL": "memory://",
            "FILES_URL": f"file://{tmp_path / 'files'}",
            "PUBLIC_URL": "http://testserver",
            "SECRET_KEY": text(b"s" * 32),
            "SIGNING_KEY": text(KEYS["catalog"]),
            "SIGNING_PUBLIC_KEYS": json.dumps(
                {name: text(public_key_of(key)) for name, key in KEYS.items()}
            ),
            "CITY_FILE": str(ROOT / "deploy" / "city.toml"),
        },
    )


@pytest.fixture
def catalog(settings: Settings, pool: Pool) -> Catalog:
    return build_application(settings, pool)


@pytest.fixture
def client(settings: Settings, pool: Pool) -> TestClient:
    app = build_web(settings, pool)
    return TestClient(app, raise_server_exceptions=False, follow_redirects=False)


@pytest.fixture
def signed_in(settings: Settings, client: TestClient) -> Callable[[str], TestClient]:
    """`signed_in("ppid")` is the browser of an officer."""
    tokens = Tokens(dataclasses.replace(settings, service="requests", signing_key=KEYS["requests"]))

    def as_(role: str, agency: str | None = None) -> TestClient:
        claims = {"sub": "staf-1", "role": role, "agency": agency, "name": "Rini"}
        client.cookies.set(SESSION_COOKIE, tokens.sign(claims, purpose="session", seconds=600))
        return client

    return as_


_KEPT = {
    "datasets": (
        "id, slug, title, description, agency, agency_name, topic, period, frequency, licence,"
        " keywords, access, note, concept, definition, classification, measure, unit, version,"
        " column_names, added_at, updated_at"
    ),
    "dataset_versions": (
        "dataset, version, digest, address, table_address, filename, format, media_type, size,"
        " row_count, columns, preview, notes, outline, added_at, added_by"
    ),
    "dip_entries": (
        "id, summary, controller, producer, agency, made, forms, retention, category, dataset,"
        " added_at"
    ),
}


@pytest.fixture(scope="session")
def imported_demo() -> dict[str, Any]:
    """What importing the demo data gave, once it has been done; empty before."""
    return {}


@pytest.fixture
def demo(catalog: Catalog, pool: Pool, tmp_path: Path, imported_demo: dict[str, Any]) -> Catalog:
    """The catalogue with the demo data in it: imported once, copied for the other tests."""
    if not imported_demo:
        catalog.import_folder(DEMO / "catalogue.toml", SETTER_UP)
        for path in (tmp_path / "files").rglob("*"):
            if path.is_file():
                name = str(path.relative_to(tmp_path))
                imported_demo.setdefault("files", {})[name] = path.read_bytes()
        with pool.connection() as conn, conn.cursor() as cur:
            for table, columns in _KEPT.items():
                out = io.StringIO()
                cur.copy_expert(f"COPY {table} ({columns}) TO STDOUT", out)
                imported_demo[table] = out.getvalue()
        return catalog
    for name, data in imported_demo["files"].items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    with pool.connection() as conn, conn.cursor() as cur:
        for table, columns in _KEPT.items():
            cur.copy_expert(
                f"COPY {table} ({columns}) FROM STDIN", io.StringIO(imported_demo[table])
            )
    return catalog
