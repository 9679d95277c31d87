"""The witness of another office, as c2sp.org/tlog-witness has it, over HTTP."""

import base64
import hashlib
import os
import re
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from requests_service.sealing import checkpoints
from requests_service.sealing.notes import Signer
from requests_service.sealing.tiles import grow, roots_in
from requests_service.sealing.tree import consistency_path
from requests_service.sealing.verify_log import CannotCheck, Key, open_checkpoint
from satudata.witness import Witness, build_server, logs_of, new_key, read_key

NAME = "witness.example/inspektorat"
ORIGIN = "audit.example/requests"
LOG = Signer(ORIGIN, b"k" * 32)
LOGS = logs_of([f"{ORIGIN}={LOG.key}"])
TILES = grow({}, 0, [f"leaf {number}".encode() for number in range(300)])
FORKED = grow({}, 0, [f"leaf {number or 'other'}".encode() for number in range(300)])
EMPTY = hashlib.sha256(b"").digest()
HASH = base64.b64encode(EMPTY).decode()


def note(size: int, *, signer: Signer = LOG, tiles: dict = TILES, root: bytes | None = None) -> str:
    """A checkpoint of the first leaves."""
    if root is None:
        root = roots_in(tiles, [(0, size)])[0] if size else EMPTY
    return checkpoints.note_of(checkpoints.text_of(signer.key.name, size, root), [signer])


def proof(old: int, new: int) -> list[str]:
    """Of consistency."""
    return [base64.b64encode(r).decode() for r in roots_in(TILES, consistency_path(old, new))]


def request(old: int, checkpoint: str, hashes: list[str]) -> bytes:
    """A body for add-checkpoint."""
    return ("\n".join([f"old {old}", *hashes]) + f"\n\n{checkpoint}").encode()


def ask(url: str, body: bytes | None = None) -> tuple[int, str, str]:
    """Status, media type, text."""
    try:
        with urllib.request.urlopen(url, body, timeout=10) as answer:
            return answer.status, answer.headers["Content-Type"], answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers["Content-Type"], error.read().decode()


@pytest.fixture
def key(tmp_path: Path) -> Key:
    """The witness's key, new in its file."""
    return new_key(tmp_path / "key", NAME)


@pytest.fixture
def url(tmp_path: Path, key: Key) -> Iterator[str]:
    """A witness that has signed nothing yet."""
    witness = Witness(read_key(tmp_path / "key"), tmp_path / "state", LOGS)
    server = build_server(witness, "127.0.0.1", 0)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    witness.close()


def test_it_signs_what_continues_what_it_signed(url: str, key: Key) -> None:
    first = ask(f"{url}/add-checkpoint", request(0, note(150), []))
    second = ask(f"{url}/add-checkpoint", request(150, note(300), proof(150, 300)))
    again = ask(f"{url}/add-checkpoint", request(300, note(300), []))

    assert [200, 200, 200] == [first[0], second[0], again[0]]
    opened = open_checkpoint((note(300) + second[2]).encode(), [*LOGS[ORIGIN], key])
    assert opened.witnessed[NAME] > 1_700_000_000


def test_it_shows_what_it_signed_with_the_log_s_signature_and_its_own(url: str, key: Key) -> None:
    shown = f"{url}/{hashlib.sha256(ORIGIN.encode()).hexdigest()}/checkpoint"
    before = ask(shown)
    stranger = Signer("stranger.example", b"s" * 32).line("x")
    ask(f"{url}/add-checkpoint", request(0, note(150) + stranger, []))

    status, _, text = ask(shown)

    assert (404, 200) == (before[0], status)
    assert (150, NAME) == (
        (opened := open_checkpoint(text.encode(), [*LOGS[ORIGIN], key])).size,
        *opened.witnessed,
    )
    assert "stranger" not in text


def test_a_wrong_old_size_is_answered_with_the_size_that_it_knows(url: str) -> None:
    ask(f"{url}/add-checkpoint", request(0, note(150), []))

    refused = ask(f"{url}/add-checkpoint", request(0, note(300), []))

    assert (409, "text/x.tlog.size", "150\n") == refused


OTHER = Signer("other.example/log", b"k" * 32)
THIEF = Signer(ORIGIN, b"t" * 32)
REFUSED = {
    "a log that it does not know": (404, request(150, note(300, signer=OTHER), proof(150, 300))),
    "another key": (403, request(150, note(300, signer=THIEF), proof(150, 300))),
    "a signature that does not fit": (
        403,
        request(150, note(300).replace("\n300\n", "\n299\n"), proof(150, 300)),
    ),
    "no proof": (422, request(150, note(300), [])),
    "a wrong proof": (422, request(150, note(300), [HASH] * 3)),
    "a hash too many": (422, request(150, note(300), [*proof(150, 300), HASH])),
    "another history": (422, request(150, note(300, tiles=FORKED), proof(150, 300))),
    "another root of the same size": (422, request(150, note(150, tiles=FORKED), [])),
    "a proof where none belongs": (422, request(150, note(150), [HASH])),
    "an old size beyond the new": (400, request(301, note(300), [])),
    "64 hashes": (400, request(150, note(300), [HASH] * 64)),
    "a hash of 31 bytes": (400, request(150, note(300), ["AAAA"])),
    "a size with a zero in front": (400, request(150, note(300), []).replace(b"old ", b"old 0")),
    "no empty line": (400, b"old 0\n" + note(300).split("\n\n")[0].encode()),
    "nothing": (400, b""),
    "no request": (400, b"\xff\xfe\n\n\xff"),
    "an empty log with a root": (422, request(0, note(0, root=b"x" * 32), [])),
}


@pytest.mark.parametrize("what", REFUSED)
def test_it_refuses(url: str, what: str) -> None:
    ask(f"{url}/add-checkpoint", request(0, note(150), []))
    status, body = REFUSED[what]

    refused = ask(f"{url}/add-checkpoint", body)

    assert status == refused[0], refused
    assert (409, "150\n") == ask(f"{url}/add-checkpoint", request(0, note(300), []))[::2]


def test_a_proof_where_the_old_log_was_empty_is_refused(url: str) -> None:
    assert 422 == ask(f"{url}/add-checkpoint", request(0, note(150), [HASH]))[0]


def test_a_body_without_end_is_refused(url: str) -> None:
    assert 400 == ask(f"{url}/add-checkpoint", b"x" * 200_000)[0]


def test_of_many_that_ask_at_once_the_smaller_never_wins_over_the_larger(
    url: str, key: Key
) -> None:
    ask(f"{url}/add-checkpoint", request(0, note(150), []))
    sizes = range(151, 171)

    with ThreadPoolExecutor(8) as pool:
        answers = list(
            pool.map(
                lambda size: ask(
                    f"{url}/add-checkpoint", request(150, note(size), proof(150, size))
                ),
                sizes,
            )
        )

    statuses = [status for status, _, _ in answers]
    assert (1, 19) == (statuses.count(200), statuses.count(409))
    signed = sizes[statuses.index(200)]
    assert f"{signed}\n" == ask(f"{url}/add-checkpoint", request(0, note(300), []))[2]


def test_killed_at_any_moment_it_has_kept_whatever_it_answered(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "satudata.cli", "witness", "--key-file", str(tmp_path / "key")]
    subprocess.run([*command, "--new-key", NAME], check=True, capture_output=True)
    command += ["--state", str(tmp_path / "state"), "--log", f"{ORIGIN}={LOG.key}", "--port", "0"]

    known = 0
    for size in (100, 200):
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
            assert server.stdout
            server.stdout.readline()
            url = server.stdout.readline().strip()
            refused = ask(f"{url}/add-checkpoint", request(299, note(300), []))
            signed = ask(f"{url}/add-checkpoint", request(known, note(size), proof(known, size)))
            os.kill(server.pid, signal.SIGKILL)
        assert (409, f"{known}\n", 200) == (refused[0], refused[2], signed[0])
        known = size


def test_two_witnesses_do_not_share_a_folder(tmp_path: Path, key: Key) -> None:
    signer = read_key(tmp_path / "key")
    first = Witness(signer, tmp_path / "state", LOGS)

    with pytest.raises(CannotCheck, match="another witness"):
        Witness(signer, tmp_path / "state", LOGS)
    first.close()


def test_a_changed_state_file_stops_it(tmp_path: Path, key: Key) -> None:
    signer = read_key(tmp_path / "key")
    first = Witness(signer, tmp_path / "state", LOGS)
    first.add_checkpoint(request(0, note(150), []))
    first.close()
    (file,) = (tmp_path / "state").glob("*.checkpoint")
    file.write_text(note(100))

    with pytest.raises(CannotCheck, match="not what this witness wrote"):
        Witness(signer, tmp_path / "state", LOGS)


def test_its_key_is_for_its_owner_alone_and_never_overwritten(tmp_path: Path, key: Key) -> None:
    assert 0o600 == (tmp_path / "key").stat().st_mode & 0o777
    with pytest.raises(CannotCheck, match="key is there already, and a key is never overwritten"):
        new_key(tmp_path / "key", NAME)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("foo", "--log is ORIGIN=VKEY: the log's name, and its verifier key"),
        ("=foo", "--log is ORIGIN=VKEY"),
        (f"{ORIGIN}=foo", "not a verifier key: 'foo'"),
        (f"other={LOG.key}", f"--log other: the key is of another log, {ORIGIN}"),
    ],
)
def test_a_log_that_is_misspelt_is_told(given: str, said: str) -> None:
    with pytest.raises(CannotCheck, match=re.escape(said)):
        logs_of([given])
