"""What the sealer asks of witnesses, against one that keeps c2sp.org/tlog-witness strictly."""

import base64
import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from chassis import log
from chassis.actor import Actor
from chassis.postgres import Pool
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from requests_service.following import Follower
from requests_service.sealing import checkpoints
from requests_service.sealing.notes import Signer, is_signed, key_of, signatures
from requests_service.sealing.sealer import seal, sign
from requests_service.sealing.witnesses import (
    Cosigning,
    Witness,
    WitnessKnowsMore,
    WitnessRefused,
    witnesses_of,
)
from satudata.witness import Witness as OurWitness
from satudata.witness import build_server, logs_of, new_key, read_key

from services.requests.tests.sealing import textbook
from services.requests.tests.sealing.waiting import wait_until

ORIGIN = "audit.example/requests"
SIGNER = Signer(ORIGIN, b"k" * 32)
NAME = "inspektorat.example/saksi"


class StrictWitness(HTTPServer):
    """Remembers one size and root, and signs what continues it."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.private = Ed25519PrivateKey.generate()
        self.size = 0
        self.root = b""
        self.answers: list[int] = []
        self.seconds = 1_763_600_000
        self.is_away = False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/saksi"

    @property
    def key(self) -> str:
        public = b"\x04" + self.private.public_key().public_bytes_raw()
        id_ = hashlib.sha256(NAME.encode() + b"\n" + public).hexdigest()[:8]
        return f"{NAME}+{id_}+{base64.b64encode(public).decode()}"

    def answer(self, path: str, body: str) -> tuple[int, str]:
        if self.is_away:
            return 503, "away"
        assert path == "/saksi/add-checkpoint"
        head, note = body.split("\n\n", 1)
        old_line, *hashes = head.split("\n")
        assert old_line.startswith("old ")
        old = int(old_line[4:])
        text, (line,) = signatures(note)
        assert is_signed(text, line, SIGNER.key)
        origin, size_line, root_line = text.splitlines()
        assert origin == ORIGIN
        size, root = int(size_line), base64.b64decode(root_line)
        if old != self.size:
            return 409, f"{self.size}\n"
        proof = [base64.b64decode(each) for each in hashes]
        if old and not textbook.is_consistent(old, size, self.root, root, proof):
            return 422, "not consistent"
        self.size, self.root = size, root
        id_ = bytes.fromhex(self.key.split("+")[1])
        signed = self.private.sign(f"cosignature/v1\ntime {self.seconds}\n{text}".encode())
        raw = base64.b64encode(id_ + self.seconds.to_bytes(8) + signed).decode()
        return 200, f"— other.example AAAAAAAA\n— {NAME} {raw}\n"


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        witness: Any = self.server
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        status, text = witness.answer(self.path, body)
        witness.answers.append(status)
        self.send_response(status)
        if status == 409:
            self.send_header("Content-Type", "text/x.tlog.size")
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_: Any) -> None:
        """Nothing."""


@pytest.fixture
def witness() -> Iterator[StrictWitness]:
    with StrictWitness() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def cur(pool: Pool) -> Iterator[Any]:
    with pool.connection() as conn, conn.cursor() as cur:
        yield cur


def grow(pool: Pool, cur: Any, count: int, *signers: Signer) -> None:
    """So many facts more, sealed and signed."""
    with pool.transaction() as writing:
        for _ in range(count):
            log.record(writing, uuid4(), "Noted", {}, actor=Actor("a", "ppid"))
    seal(cur, 1000)
    sign(cur, ORIGIN, signers or [SIGNER])


def cosigning(witness: StrictWitness) -> Cosigning:
    (one,) = witnesses_of(f'[{{"url": "{witness.url}/", "key": "{witness.key}"}}]')
    return Cosigning(one, pause_seconds=0)


@pytest.mark.servers
def test_each_checkpoint_is_shown_with_the_proof_that_it_continues_the_one_before(
    pool: Pool, cur: Any, witness: StrictWitness
) -> None:
    asking = cosigning(witness)
    for size in (3, 8, 300):
        grow(pool, cur, size - witness.size)
        asking.step(cur)
        asking.step(cur)
        assert witness.size == size

    assert witness.answers == [200, 200, 200]
    checkpoint = checkpoints.latest(cur)
    assert checkpoint is not None
    (line,) = checkpoint.cosignatures
    text, lines = signatures(checkpoint.text)
    assert is_signed(text, line.rstrip("\n"), key_of(witness.key))
    assert len(lines) == 2


@pytest.mark.servers
def test_a_witness_that_knows_another_size_is_asked_again_from_there(
    pool: Pool, cur: Any, witness: StrictWitness
) -> None:
    grow(pool, cur, 3)
    first = checkpoints.latest(cur)
    assert first is not None
    # It signed this one, and its answer was lost on the way.
    witness.size, witness.root = 3, first.root
    grow(pool, cur, 4)

    cosigning(witness).step(cur)

    assert witness.answers == [409, 200]
    assert witness.size == 7


@pytest.mark.servers
def test_a_witness_that_has_seen_a_longer_log_says_that_history_was_rolled_back(
    pool: Pool, cur: Any, witness: StrictWitness
) -> None:
    grow(pool, cur, 3)
    witness.size, witness.root = 900, b"r" * 32

    with pytest.raises(WitnessKnowsMore, match="900"):
        cosigning(witness).step(cur)


@pytest.mark.servers
def test_a_signature_of_another_key_is_not_kept(
    pool: Pool, cur: Any, witness: StrictWitness
) -> None:
    grow(pool, cur, 3)
    asking = Cosigning(Witness(witness.url, key_of(witness.key)))
    witness.private = Ed25519PrivateKey.generate()

    with pytest.raises(WitnessRefused, match="no signature of the key"):
        asking.step(cur)
    checkpoint = checkpoints.latest(cur)
    assert checkpoint is not None
    assert checkpoint.cosignatures == ()


@pytest.mark.servers
def test_a_witness_that_is_away_stops_no_sealing_and_signs_when_it_is_back(
    pool: Pool, cur: Any, witness: StrictWitness
) -> None:
    asking = cosigning(witness)
    witness.is_away = True
    follower = Follower(pool, asking.name, asking.step, pause_seconds=0.05)
    follower.start()

    grow(pool, cur, 3)
    wait_until(lambda: "503" in (why(cur) or ""))
    grow(pool, cur, 3)
    witness.is_away = False

    wait_until(lambda: witness.size == 6 and why(cur) is None)
    follower.stop()
    newest = checkpoints.latest(cur)
    assert newest is not None
    assert len(newest.cosignatures) == 1


@pytest.mark.servers
def test_what_is_given_away_has_a_witness_while_the_next_one_is_under_way(
    pool: Pool, cur: Any, witness: StrictWitness
) -> None:
    assert checkpoints.to_give_away(cur) is None
    grow(pool, cur, 3)
    assert checkpoints.to_give_away(cur) == checkpoints.latest(cur)
    cosigning(witness).step(cur)
    signed = checkpoints.latest(cur)

    grow(pool, cur, 2)

    assert checkpoints.to_give_away(cur) == signed != checkpoints.latest(cur)


def test_a_witness_that_nobody_hears_is_told_as_such(pool: Pool, cur: Any) -> None:
    with StrictWitness() as gone:
        asking = cosigning(gone)
    grow(pool, cur, 3)

    with pytest.raises(OSError, match="refused"):
        asking.step(cur)


@pytest.mark.servers
def test_our_own_witness_follows_a_change_of_keys_and_refuses_one_that_it_was_not_told(
    pool: Pool, cur: Any, tmp_path: Path
) -> None:
    key = new_key(tmp_path / "key", NAME)
    logs = logs_of([f"{ORIGIN}={SIGNER.key}"])
    ours = OurWitness(read_key(tmp_path / "key"), tmp_path / "state", logs)
    server = build_server(ours, "127.0.0.1", 0)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    asking = Cosigning(Witness(url, key_of(str(key))), pause_seconds=0)
    following = Signer(ORIGIN, b"n" * 32)

    grow(pool, cur, 3)
    asking.step(cur)
    grow(pool, cur, 300, SIGNER, following)
    asking.step(cur)
    both = checkpoints.latest(cur)
    grow(pool, cur, 1, following)
    with pytest.raises(WitnessRefused, match="403"):
        asking.step(cur)

    server.shutdown()
    server.server_close()
    ours.close()
    assert both is not None
    assert both.size == 303
    text, lines = signatures(both.text)
    assert len(lines) == 3
    assert is_signed(text, lines[2], key_of(str(key)))


@pytest.mark.parametrize(
    "setting",
    [
        "",
        "{}x",
        "7",
        "[7]",
        '[{"url": "http://w.example"}]',
        '[{"url": "http://w.example", "key": "no key"}]',
        '[{"url": "file:///etc/passwd", "key": "KEY"}]',
        '[{"url": "http://w.example", "key": "KEY", "more": 1}]',
    ],
)
def test_a_setting_that_names_no_witness_is_refused(setting: str) -> None:
    key = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"

    with pytest.raises(ValueError, match=r".+"):
        witnesses_of(setting.replace("KEY", key))
    assert witnesses_of("[]") == []


def why(cur: Any) -> str | None:
    cur.execute("SELECT stopped_because FROM progress WHERE name LIKE 'witness%'")
    row = cur.fetchone()
    return row[0] if row else None
