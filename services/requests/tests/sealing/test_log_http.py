"""The log over HTTP, asked as other people's tools ask it."""

import base64
import hashlib
import json
import re
import struct
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from chassis import log
from chassis.actor import Actor
from chassis.postgres import Pool
from fastapi.testclient import TestClient
from requests_service.application import Requests
from requests_service.sealing.notes import Signer, is_signed, key_of, signatures
from requests_service.sealing.sealer import Sealer, seal, sign

from services.requests.tests.conftest import PASSWORD
from services.requests.tests.sealing import textbook

pytestmark = pytest.mark.servers
ORIGIN = "audit.malangkota.example/requests"
SIGNER = Signer(ORIGIN, b"k" * 32)
BASE = "/api/requests/log"
LETTER = uuid4()
STATE = {"letter_id": str(LETTER), "letter": "surat_penyampaian", "digest": "ab" * 32, "é": "ü"}


@pytest.fixture
def cur(pool: Pool) -> Iterator[Any]:
    with pool.connection() as conn, conn.cursor() as cur:
        yield cur


def write(pool: Pool, count: int) -> None:
    with pool.transaction() as writing:
        for number in range(count):
            log.record(writing, uuid4(), "Noted", {"n": number}, actor=Actor("a", "ppid"))


@pytest.fixture
def a_sealed_log(pool: Pool, cur: Any) -> None:
    """300 facts: the first the key's, the 8th a letter's issue; checkpoints of 1, 5 and 300."""
    Sealer(pool, ORIGIN, [SIGNER]).step(cur)
    write(pool, 4)
    seal(cur, 1000)
    sign(cur, ORIGIN, [SIGNER])
    write(pool, 2)
    with pool.transaction() as writing:
        log.record(writing, uuid4(), "LetterIssued", STATE, actor=Actor("letters", "service"))
    write(pool, 292)
    seal(cur, 1000)
    sign(cur, ORIGIN, [SIGNER])


def size_and_root(note: str) -> tuple[int, bytes]:
    _, size, root = signatures(note)[0].splitlines()
    return int(size), base64.b64decode(root)


def proof_in(text: str) -> tuple[int, list[bytes], str]:
    """A .tlog-proof's leaf, hashes and checkpoint."""
    match = re.fullmatch(
        r"c2sp\.org/tlog-proof@v1\nindex ([0-9]+)\n((?:[^\n]+\n)*)\n(.+)", text, re.DOTALL
    )
    assert match
    return int(match[1]), [base64.b64decode(line) for line in match[2].split()], match[3]


@pytest.mark.usefixtures("a_sealed_log")
def test_the_log_is_read_and_proved_by_its_public_paths(client: TestClient) -> None:
    newest = client.get(f"{BASE}/checkpoint")
    assert newest.headers["content-type"] == "text/plain; charset=utf-8"
    assert newest.headers["cache-control"] == "public, max-age=2"
    text, (line,) = signatures(newest.text)
    assert text.startswith(f"{ORIGIN}\n300\n")
    (key,) = client.get(f"{BASE}/keys").text.splitlines()
    assert is_signed(text, line, key_of(key))

    older = client.get(f"{BASE}/checkpoints/5").text
    answer = client.get(f"{BASE}/consistency", params={"from": 5, "to": 300}).json()
    hashes = [base64.b64decode(each) for each in answer["hashes"]]
    assert textbook.is_consistent(
        5, 300, size_and_root(older)[1], size_and_root(newest.text)[1], hashes
    )

    full = client.get(f"{BASE}/tile/0/000")
    part = client.get(f"{BASE}/tile/0/001.p/44")
    above = client.get(f"{BASE}/tile/1/000.p/1")
    assert [len(each.content) for each in (full, part, above)] == [8192, 44 * 32, 32]
    assert full.headers["content-type"] == "application/octet-stream"
    assert "immutable" in full.headers["cache-control"]
    # A checkpoint of an older size needs the tile as it was.
    assert client.get(f"{BASE}/tile/0/000.p/5").content == full.content[: 5 * 32]

    proof = client.get(f"{BASE}/proof/8")
    assert 'filename="peristiwa-8.tlog-proof"' in proof.headers["content-disposition"]
    assert len(proof.content) < 1500
    leaf, hashes, note = proof_in(proof.text)
    assert leaf == 7
    assert note == newest.text
    assert len(hashes) == 9


@pytest.mark.usefixtures("a_sealed_log")
def test_whoever_has_a_letter_checks_that_the_log_holds_its_issue(client: TestClient) -> None:
    told = client.get(f"/api/requests/letters/{LETTER}/entry").json()
    proof = client.get(f"/api/requests/letters/{LETTER}/tlog-proof")

    entry = told["entry"].encode()
    leaf, hashes, note = proof_in(proof.text)
    size, root = size_and_root(note)
    assert (7, 8) == (told["leaf_index"], told["position"])
    assert textbook.is_included(entry, leaf, size, hashes, root)
    state = told["state"].encode()
    assert json.loads(entry)["state_sha256"] == hashlib.sha256(state).hexdigest()
    assert json.loads(state) == STATE
    assert f"surat-{LETTER}.tlog-proof" in proof.headers["content-disposition"]


@pytest.mark.usefixtures("a_sealed_log")
def test_entries_are_for_auditors_and_integrators(client: TestClient, app: Requests) -> None:
    path = f"{BASE}/tile/entries/001.p/44"
    assert client.get(path).status_code == 401

    assert client.get(path, headers=signed_in(app, "ppid")).status_code == 403
    bundle = client.get(path, headers=signed_in(app, "auditor")).content

    hashes = client.get(f"{BASE}/tile/0/001.p/44").content
    found = []
    while bundle:
        (length,) = struct.unpack(">H", bundle[:2])
        found.append(hashlib.sha256(b"\x00" + bundle[2 : 2 + length]).digest())
        bundle = bundle[2 + length :]
    assert b"".join(found) == hashes


@pytest.mark.usefixtures("a_sealed_log")
def test_what_is_not_there_is_not_found(client: TestClient) -> None:
    for path in (
        "checkpoints/6", "checkpoints/0", "checkpoints/-1", f"checkpoints/{1 << 70}",
        "tile/0/001", "tile/0/001.p/45", "tile/0/002.p/1", "tile/1/000", "tile/2/000.p/1",
        "tile/8/000", "tile/63/000", "tile/00/000", "tile/x/000", "tile/0/0", "tile/0/x000/000",
        "tile/0/x999/x999/x999/x999/x999/999",
        "proof/0", "proof/301", f"proof/{1 << 70}", "consistency?from=5&to=301",
    ):  # fmt: skip
        answer = client.get(f"{BASE}/{path}")
        assert answer.status_code == 404, path
        assert answer.json()["title"]
    assert client.get(f"{BASE}/consistency?from=8&to=5").status_code == 422
    assert client.get(f"{BASE}/consistency?from=0&to=5").json()["hashes"] == []


def test_before_it_is_sealed_a_letter_says_to_come_back(client: TestClient) -> None:
    for path in ("tlog-proof", "entry"):
        answer = client.get(f"/api/requests/letters/{LETTER}/{path}")
        assert answer.status_code == 404
        assert "belum disegel, coba lagi sebentar lagi" in answer.json()["title"]
    assert client.get(f"{BASE}/checkpoint").status_code == 404
    assert client.get(f"{BASE}/keys").text == ""


def signed_in(app: Requests, role: str) -> dict[str, str]:
    member = app.accounts.add(
        username=role, name="Petugas", role=role, password=PASSWORD, by=Actor("setup", "operator")
    )
    return {"Authorization": f"Bearer {app.accounts.session(member, seconds=600)}"}
