"""`satudata witness`: signs for another office that its log only ever grew (C2SP tlog-witness).

It keeps one file for each log, the newest checkpoint that it has signed, and signs no log that does
not continue it. It holds no data of the log, only sizes and roots.
"""

import base64
import fcntl
import hashlib
import os
import re
import threading
import time
from collections.abc import Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from requests_service.sealing.verify_log import (
    LOG,
    CannotCheck,
    Checkpoint,
    Key,
    Wrong,
    hash_of,
    is_beginning,
    key_of,
    open_checkpoint,
)

_BODY_BYTES_MAX = 128 * 1024
_HASHES_MAX = 63
_READ_SECONDS = 10
_TEXT = "text/plain; charset=utf-8"
_KEY_MARK = "satudata-witness-key"


class Refused(Exception):
    """An answer other than 200: its status, and what it says."""

    def __init__(self, status: int, text: str, media_type: str = _TEXT) -> None:
        super().__init__(text)
        self.status = status
        self.text = text
        self.media_type = media_type


class WitnessKey:
    """The private key of a witness, under its name."""

    def __init__(self, name: str, seed: bytes) -> None:
        """`seed`: 32 bytes."""
        self._private = Ed25519PrivateKey.from_private_bytes(seed)
        public = b"\x04" + self._private.public_key().public_bytes_raw()
        id_ = hashlib.sha256(name.encode() + b"\n" + public).digest()[:4]
        self.key = key_of(f"{name}+{id_.hex()}+{base64.b64encode(public).decode()}")

    def line(self, text: str, seconds: int) -> str:
        """The cosignature of a checkpoint's text."""
        message = f"cosignature/v1\ntime {seconds}\n{text}".encode()
        raw = self.key.id + seconds.to_bytes(8, "big") + self._private.sign(message)
        return f"— {self.key.name} {base64.b64encode(raw).decode()}\n"


def new_key(file: Path, name: str) -> Key:
    """Make a key of that name in a new file that only its owner can read.

    Raises CannotCheck for a name that no key can have, and when the file is there.
    """
    seed = os.urandom(32)
    key = WitnessKey(name, seed).key
    try:
        made = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise CannotCheck(
            f"{file} is there already, and a key is never overwritten: name a new file"
        ) from error
    with os.fdopen(made, "w") as opened:
        opened.write(f"{_KEY_MARK} {name} {base64.b64encode(seed).decode()}\n")
    return key


def read_key(file: Path) -> WitnessKey:
    """What `new_key` made. Raises CannotCheck."""
    try:
        mark, name, seed = file.read_text(encoding="utf-8").split()
        raw = base64.b64decode(seed, validate=True)
        if mark != _KEY_MARK or len(raw) != 32:
            raise ValueError
    except (OSError, ValueError) as error:
        raise CannotCheck(f"{file} is no key of a witness; --new-key makes one") from error
    return WitnessKey(name, raw)


class Witness:
    """What it has signed of each log, in a folder that one process at a time holds."""

    def __init__(self, key: WitnessKey, state: Path, logs: Mapping[str, Sequence[Key]]) -> None:
        """`logs`: the verifier keys of each origin. Raises CannotCheck."""
        self._key = key
        self._state = state
        self._logs = logs
        self._turn = threading.Lock()
        state.mkdir(parents=True, exist_ok=True)
        self._held = (state / "lock").open("w")
        try:
            fcntl.flock(self._held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise CannotCheck(f"another witness is using {state}") from error
        for origin in logs:
            self._signed(origin)

    def close(self) -> None:
        """Let the folder go."""
        self._held.close()

    def add_checkpoint(self, body: bytes) -> str:
        """Our signature line on the checkpoint in this body. Raises Refused."""
        old_size, proof, note = _parts(body)
        origin = note.partition(b"\n")[0].decode("utf-8", "replace")
        keys = self._logs.get(origin)
        if keys is None:
            raise Refused(404, "This witness does not know that log.\n")
        new = _opened(note, keys)
        if old_size > new.size:
            raise Refused(400, "The old size is larger than the checkpoint's.\n")
        with self._turn:
            old = self._signed(origin)
            _check_growth(old_size, old, new, proof)
            line = self._key.line(new.text, max(1, int(time.time())))
            self._keep(origin, f"{_with_trusted_lines(note, keys)}{line}")
        return line

    def checkpoint(self, origin_hash: str) -> str:
        """The newest one that was signed, by the SHA-256 of its origin in hex. Raises Refused."""
        for origin in self._logs:
            if hashlib.sha256(origin.encode()).hexdigest() == origin_hash:
                file = self._file(origin)
                if file.exists():
                    return file.read_text(encoding="utf-8")
        raise Refused(404, "This witness has signed no such log.\n")

    def _signed(self, origin: str) -> Checkpoint | None:
        """What was signed last. Raises CannotCheck when the file is not as it was written."""
        file = self._file(origin)
        if not file.exists():
            return None
        try:
            found = open_checkpoint(file.read_bytes(), [*self._logs[origin], self._key.key])
            if found.origin != origin or self._key.key.name not in found.witnessed:
                raise Wrong("witness", "not signed by this witness")
        except Wrong as wrong:
            raise CannotCheck(f"{file} is not what this witness wrote: {wrong.text}") from wrong
        return found

    def _file(self, origin: str) -> Path:
        return self._state / f"{hashlib.sha256(origin.encode()).hexdigest()}.checkpoint"

    def _keep(self, origin: str, note: str) -> None:
        """Whole or not at all, also when the power fails; before anybody is told."""
        file = self._file(origin)
        beside = file.with_suffix(".new")
        with beside.open("w", encoding="utf-8") as opened:
            opened.write(note)
            opened.flush()
            os.fsync(opened.fileno())
        beside.replace(file)
        folder = os.open(self._state, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _parts(body: bytes) -> tuple[int, list[bytes], bytes]:
    """Old size, consistency proof and checkpoint of a request. Raises Refused."""
    head, blank, note = body.partition(b"\n\n")
    lines = head.decode("ascii", "replace").split("\n")
    old = re.fullmatch(r"old (0|[1-9][0-9]{0,18})", lines[0])
    if not blank or old is None or len(lines) - 1 > _HASHES_MAX:
        raise Refused(
            400, "A request is: old SIZE, up to 63 hashes, an empty line, a checkpoint.\n"
        )
    try:
        return int(old[1]), [hash_of(line) for line in lines[1:]], note
    except Wrong as wrong:
        raise Refused(400, f"{wrong.text}\n") from wrong


def _opened(note: bytes, keys: Sequence[Key]) -> Checkpoint:
    try:
        return open_checkpoint(note, keys)
    except Wrong as wrong:
        status = {"wrong-key": 403, "signature": 403, "root": 422}.get(wrong.kind, 400)
        raise Refused(status, f"{wrong.text}\n") from wrong


def _check_growth(
    old_size: int, old: Checkpoint | None, new: Checkpoint, proof: Sequence[bytes]
) -> None:
    known = old.size if old else 0
    if old_size != known:
        raise Refused(409, f"{known}\n", "text/x.tlog.size")
    old_root = old.root if old else hashlib.sha256(b"").digest()
    if not is_beginning(known, old_root, new.size, new.root, proof):
        raise Refused(422, f"This does not continue the {known} leaves that were signed here.\n")


def _with_trusted_lines(note: bytes, keys: Sequence[Key]) -> str:
    """The checkpoint with the signatures that were checked, and no others."""
    text, _, lines = note.decode().rpartition("\n\n")
    ours = [
        line
        for line in lines.split("\n")[:-1]
        if any(
            line.startswith(f"— {key.name} ")
            and base64.b64decode(line.rpartition(" ")[2])[:4] == key.id
            for key in keys
        )
    ]
    return f"{text}\n\n" + "".join(f"{line}\n" for line in ours)


class _Handler(BaseHTTPRequestHandler):
    """POST /add-checkpoint, and GET /<SHA-256 of the origin>/checkpoint."""

    protocol_version = "HTTP/1.1"
    server_version = "satudata-witness"
    sys_version = ""
    timeout = _READ_SECONDS
    witness: Witness

    def do_POST(self) -> None:
        """Sign, or say why not."""
        body = self._body()
        if body is None:
            return None
        if self.path != "/add-checkpoint":
            return self._answer(404, "POST goes to /add-checkpoint.\n")
        try:
            self._answer(200, self.witness.add_checkpoint(body))
        except Refused as refused:
            self._answer(refused.status, refused.text, refused.media_type)
        except CannotCheck as error:
            self._answer(500, f"{error}\n")
        return None

    def do_GET(self) -> None:
        """Show what was signed."""
        asked = re.fullmatch(r"/([0-9a-f]{64})/checkpoint", self.path)
        try:
            if asked is None:
                raise Refused(404, "GET is for /<SHA-256 of the origin>/checkpoint.\n")
            self._answer(200, self.witness.checkpoint(asked[1]))
        except Refused as refused:
            self._answer(refused.status, refused.text)

    def _body(self) -> bytes | None:
        length = self.headers.get("Content-Length", "")
        if not re.fullmatch(r"[0-9]{1,6}", length) or int(length) > _BODY_BYTES_MAX:
            self.close_connection = True
            self._answer(400, f"A body of at most {_BODY_BYTES_MAX} bytes, with its length.\n")
            return None
        return self.rfile.read(int(length))

    def _answer(self, status: int, text: str, media_type: str = _TEXT) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """One line for each request, with the time in UTC."""
        at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        print(f"{at} {self.client_address[0]} {format % args}", flush=True)


def build_server(witness: Witness, host: str, port: int) -> ThreadingHTTPServer:
    """An HTTP server that answers for the witness; port 0 takes a free one."""
    handler = type("Handler", (_Handler,), {"witness": witness})
    return ThreadingHTTPServer((host, port), handler)


def logs_of(given: Sequence[str]) -> dict[str, list[Key]]:
    """The keys of each log, from `ORIGIN=VKEY`; several for one while its keys change.

    Raises CannotCheck.
    """
    logs: dict[str, list[Key]] = {}
    for each in given:
        origin, equals, written = each.partition("=")
        if not (equals and origin and written):
            raise CannotCheck(
                "--log is ORIGIN=VKEY: the log's name, and its verifier key, which begins with the"
                f" same name and a +; not {each!r}"
            )
        key = key_of(written)
        if key.type != LOG:
            raise CannotCheck(f"--log {origin}: this is the key of a witness, not of a log: {key}")
        if key.name != origin:
            raise CannotCheck(f"--log {origin}: the key is of another log, {key.name}")
        logs.setdefault(origin, []).append(key)
    if not logs:
        raise CannotCheck("a witness needs a log: --log ORIGIN=VKEY")
    return logs
