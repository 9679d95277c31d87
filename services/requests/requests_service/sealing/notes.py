"""Signed notes (c2sp.org/signed-note): keys, signature lines, and cosignatures of witnesses."""

import base64
import hashlib
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_LOG = b"\x01"
_WITNESS = b"\x04"
"""An Ed25519 signature of a note; a cosignature that says when (c2sp.org/tlog-cosignature)."""
_RAW_BYTES = 32


class KeyUnreadable(ValueError):
    """A verifier key is not `name+hash+base64`, or its parts contradict each other."""


@dataclass(frozen=True)
class VerifierKey:
    """A public key by name, as `name+hash+base64`."""

    name: str
    id: bytes
    kind: bytes
    public: bytes

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{_base64(self.kind + self.public)}"


class Signer:
    """A log's private key under the log's name."""

    def __init__(self, name: str, seed: bytes) -> None:
        """`seed`: 32 bytes."""
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.key = _key(name, _LOG, self._key.public_key().public_bytes_raw())

    def line(self, text: str) -> str:
        """The signature line to a note's text."""
        return _line(self.key.name, self.key.id + self._key.sign(text.encode()))


def key_of(written: str) -> VerifierKey:
    """A verifier key from its one line. Raises KeyUnreadable."""
    try:
        name, id_, rest = written.split("+", 2)
        raw = base64.b64decode(rest, validate=True)
    except ValueError as error:
        raise KeyUnreadable(f"not a verifier key: {written!r}") from error
    key = _key(name, raw[:1], raw[1:])
    if not name or key.kind not in (_LOG, _WITNESS) or len(key.public) != _RAW_BYTES:
        raise KeyUnreadable(f"not an Ed25519 key: {written!r}")
    if key.id.hex() != id_:
        raise KeyUnreadable(f"its name, hash and key do not fit: {written!r}")
    return key


def signatures(note: str) -> tuple[str, list[str]]:
    """The text of a note, with its last newline, and its signature lines."""
    text, _, lines = note.rpartition("\n\n")
    return f"{text}\n", lines.splitlines()


def is_signed(text: str, line: str, key: VerifierKey) -> bool:
    """Whether this line is this key's good signature, or cosignature, of the text."""
    raw = _signature(line, key)
    if raw is None:
        return False
    message = text.encode()
    if key.kind == _WITNESS:
        seconds, raw = int.from_bytes(raw[:8]), raw[8:]
        if not 0 < seconds < 1 << 63:
            return False
        message = f"cosignature/v1\ntime {seconds}\n".encode() + message
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(raw, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _signature(line: str, key: VerifierKey) -> bytes | None:
    parts = line.split(" ")
    if len(parts) != 3 or parts[:2] != ["—", key.name]:
        return None
    try:
        raw = base64.b64decode(parts[2], validate=True)
    except ValueError:
        return None
    return raw[4:] if raw[:4] == key.id else None


def _key(name: str, kind: bytes, public: bytes) -> VerifierKey:
    id_ = hashlib.sha256(name.encode() + b"\n" + kind + public).digest()[:4]
    return VerifierKey(name, id_, kind, public)


def _line(name: str, raw: bytes) -> str:
    return f"— {name} {_base64(raw)}\n"


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
