"""The service on a database of its own."""

import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import argon2
import pytest
from chassis.actor import Actor
from chassis.postgres import Pool
from chassis.sessions import Tokens, public_key_of
from chassis.settings import Settings
from fastapi.testclient import TestClient
from requests_service import accounts
from requests_service.application import Requests
from requests_service.bootstrap import build_application
from requests_service.entrypoints.web import build_web

ROOT = Path(__file__).parents[3]
PASSWORD = "kata-sandi-panjang"
KEYS = {"requests": b"r" * 32, "privacy": b"p" * 32, "letters": b"l" * 32}


def settings_for(service: str, pool: Pool | None = None) -> Settings:
    """Settings as the environment would give them."""
    return Settings(
        service=service,
        database_url=pool.dsn if pool else "",
        amqp_url="memory://",
        files_url="file:///nowhere",
        public_url="http://testserver",
        requests_url="http://testserver",
        secret_key=b"s" * 32,
        signing_key=KEYS[service],
        public_keys={name: public_key_of(key) for name, key in KEYS.items()},
        smtp_url="smtp://127.0.0.1:2525",
        mail_folder=None,
        city=tomllib.loads((ROOT / "deploy" / "city.toml").read_text(encoding="utf-8")),
    )


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> Iterator[argon2.PasswordHasher]:
    """Hashes that cost next to nothing; the hasher of production, for who asks about it.

    A sign-in at production's cost takes a sixth of a second of a processor, and most tests of
    pages begin with one.
    """
    in_production = accounts.PASSWORDS
    accounts.PASSWORDS = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    yield in_production
    accounts.PASSWORDS = in_production


@pytest.fixture
def pool(database: Callable[[str], Pool]) -> Pool:
    """A new, migrated database."""
    return database("requests")


@pytest.fixture
def app(pool: Pool) -> Iterator[Requests]:
    """The application on it."""
    with build_application(settings_for("requests", pool), pool) as application:
        yield application


@pytest.fixture
def privacy_tokens() -> Tokens:
    """As `privacy` signs."""
    return Tokens(settings_for("privacy"))


@pytest.fixture
def letters_tokens() -> Tokens:
    """As `letters` signs."""
    return Tokens(settings_for("letters"))


@pytest.fixture
def clock_at(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str], None]:
    """`clock_at("2026-11-20T10:00+07:00")` sets the one clock."""
    file = tmp_path / "clock"
    monkeypatch.setenv("CLOCK", f"@{file}")

    def set_to(instant: str) -> None:
        file.write_text(instant)

    set_to("2026-11-20T10:00+07:00")
    return set_to


@dataclass(frozen=True)
class Desk:
    """Officers, as callers."""

    ppid: Actor
    walidata: Actor
    diskopindag: Actor
    dinsos: Actor
    atasan: Actor
    auditor: Actor


@pytest.fixture
def desk() -> Desk:
    """Officers as sessions name them; an account is for signing in alone."""
    return Desk(
        ppid=Actor(str(uuid4()), "ppid"),
        walidata=Actor(str(uuid4()), "walidata"),
        diskopindag=Actor(str(uuid4()), "ppid_pembantu", "diskopindag"),
        dinsos=Actor(str(uuid4()), "ppid_pembantu", "dinsos"),
        atasan=Actor(str(uuid4()), "atasan_ppid"),
        auditor=Actor(str(uuid4()), "auditor"),
    )


@pytest.fixture
def ppid_account(app: Requests) -> Actor:
    """The PPID with an account."""
    member = app.accounts.add(
        username="ppid",
        name="Petugas ppid",
        role="ppid",
        password=PASSWORD,
        by=Actor("setup", "operator"),
    )
    return Actor(member.id, "ppid")


@pytest.fixture
def consequence_test(app: Requests) -> str:
    """Number of one that is in force."""
    from services.requests.tests.builders import TESTED

    return app.consequence_tests.record(Actor("ppid", "ppid"), TESTED).number


@pytest.fixture
def client(pool: Pool) -> Iterator[TestClient]:
    """The web side."""
    with TestClient(build_web(settings_for("requests", pool), pool)) as web:
        yield web


def a_submission(**other: Any) -> dict[str, Any]:
    """The form as the API takes it."""
    from services.requests.tests.builders import FORM, IDENTITY

    return {
        **IDENTITY.cleaned(),
        "data_wanted": FORM.data_wanted,
        "purpose": FORM.purpose,
        **other,
    }
