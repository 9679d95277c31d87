"""Signatures by the Standard Webhooks specification: HMAC-SHA256 (`v1`) and Ed25519 (`v1a`)."""

import base64
import hashlib
import hmac
import os
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

KEY_BYTES = 32


@dataclass(frozen=True)
class KeyPair:
    """What one signature of each kind is made with, 32 raw bytes each."""

    secret: bytes
    private_key: bytes

    @property
    def public_key(self) -> bytes:
        """The raw Ed25519 public key."""
        key = Ed25519PrivateKey.from_private_bytes(self.private_key).public_key()
        return key.public_bytes(Encoding.Raw, PublicFormat.Raw)


def new_key_pair() -> KeyPair:
    """Random ones."""
    return KeyPair(os.urandom(KEY_BYTES), os.urandom(KEY_BYTES))


def written_secret(secret: bytes) -> str:
    """As the integrator is given it."""
    return f"whsec_{_base64(secret)}"


def written_public_key(public_key: bytes) -> str:
    """As everybody may see it."""
    return f"whpk_{_base64(public_key)}"


def signed_headers(
    keys: Sequence[KeyPair], *, message_id: str, timestamp: int, body: bytes
) -> dict[str, str]:
    """The three headers, with a signature of each kind for each pair of keys.

    Neither the id nor the timestamp holds a full stop, which separates them in what is signed.
    """
    if "." in message_id:
        raise ValueError("an id with a full stop could be read in two ways")
    content = f"{message_id}.{timestamp}.".encode() + body
    symmetric = [hmac.new(each.secret, content, hashlib.sha256).digest() for each in keys]
    asymmetric = [
        Ed25519PrivateKey.from_private_bytes(each.private_key).sign(content) for each in keys
    ]
    signatures = [f"v1,{_base64(each)}" for each in symmetric]
    signatures += [f"v1a,{_base64(each)}" for each in asymmetric]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signatures),
    }


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
