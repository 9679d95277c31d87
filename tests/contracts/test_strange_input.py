"""Whatever a program sends to a service's API in an address, it is answered and breaks nothing."""

import dataclasses
import importlib
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
from chassis.postgres import Pool
from chassis.sessions import Tokens, public_key_of
from chassis.settings import Settings
from fastapi.testclient import TestClient
from requests_service.accounts import Accounts

from tests.contracts.published import ROOT, SERVICES

pytestmark = pytest.mark.servers

STRANGE = ("%00", "9" * 30, "9" * 5_000, "%ED%A0%80")
ROLES = ("auditor", "operator", "ppid", "walidata", "atasan_ppid", "ppid_pembantu", "integrator")


@pytest.mark.parametrize("service", SERVICES)
def test_no_value_in_an_address_breaks_a_service(
    service: str,
    database: Callable[[str], Pool],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Accounts, "member", lambda *_: True)
    pool = database(service)
    settings = Settings(
        service=service,
        database_url=pool.dsn,
        amqp_url="memory://",
        files_url=tmp_path.as_uri(),
        public_url="http://testserver",
        requests_url="http://127.0.0.1:1",
        secret_key=b"s" * 32,
        signing_key=b"k" * 32,
        public_keys={"requests": public_key_of(b"k" * 32)},
        smtp_url="smtp://127.0.0.1:1",
        mail_folder=None,
        city=tomllib.loads((ROOT / "deploy" / "city.toml").read_text("utf-8")),
    )
    web = importlib.import_module(f"{service}_service.entrypoints.web").build_web(settings, pool)
    tokens = Tokens(dataclasses.replace(settings, service="requests"))
    client = TestClient(web, raise_server_exceptions=False, follow_redirects=False)

    broken = [
        address[:200]
        for path, parameters in _questions(web.openapi())
        for headers in [_let_in(client, tokens, path, parameters)]
        for address in _strange_addresses(path, parameters)
        if client.get(address, headers=headers).status_code >= 500
    ]

    assert [] == broken


def _questions(described: dict[str, Any]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    for path, methods in described["paths"].items():
        if "get" in methods:
            told = methods["get"].get("parameters", [])
            yield path, [each for each in told if each["in"] in ("path", "query")]


def _let_in(
    client: TestClient, tokens: Tokens, path: str, parameters: list[dict[str, Any]]
) -> dict[str, str]:
    """Who may ask this."""
    address = _address(path, parameters, {})
    for role in ROLES:
        claims = {"sub": str(uuid4()), "name": "Rini", "role": role, "agency": None}
        session = tokens.sign(claims, purpose="session", seconds=3600)
        headers = {"Authorization": f"Bearer {session}"}
        if client.get(address, headers=headers).status_code not in (401, 403):
            return headers
    return {}


def _strange_addresses(path: str, parameters: list[dict[str, Any]]) -> Iterator[str]:
    for parameter in parameters:
        for value in STRANGE:
            yield _address(path, parameters, {parameter["name"]: value})


def _address(path: str, parameters: list[dict[str, Any]], values: dict[str, str]) -> str:
    in_path = {each["name"]: _usual(each) for each in parameters if each["in"] == "path"}
    in_query = {
        each["name"]: _usual(each)
        for each in parameters
        if each["in"] == "query" and (each["required"] or each["name"] in values)
    }
    filled = path.format(**in_path | {k: v for k, v in values.items() if k in in_path})
    query = "&".join(f"{quote(k)}={values.get(k, v)}" for k, v in in_query.items())
    return f"{filled}?{query}"


def _usual(parameter: dict[str, Any]) -> str:
    return str(uuid4()) if parameter["schema"].get("format") == "uuid" else "1"
