"""Short-lived signed tokens: a person's session, a service's word to another, a ticket.

Ed25519: each service signs with its own key and knows everybody's public key. A token is
`<payload>.<signature>`, both base64url; the payload is JSON and says who issued it, for what
purpose, and until when.
"""

import base64
import json
from typing import Any

from chassis import clock
from chassis.settings import Settings
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

SESSION_COOKIE = "sesi"
SESSION_SECONDS = 3600
_MALFORMED = (ValueError, KeyError, TypeError, AttributeError, RecursionError)


class BadToken(Exception):
    """It was not signed by whom it should be, or not for this."""


class ExpiredToken(BadToken):
    """It was good once."""


class Tokens:
    """Signs as one service, and reads what any service signed."""

    def __init__(self, settings: Settings) -> None:
        self._service = settings.service
        self._private = Ed25519PrivateKey.from_private_bytes(settings.signing_key)
        self._public = {
            name: Ed25519PublicKey.from_public_bytes(raw)
            for name, raw in settings.public_keys.items()
        }

    def sign(self, claims: dict[str, Any], *, purpose: str, seconds: int) -> str:
        """A token for one purpose that holds for as many seconds."""
        until = int(clock.now().timestamp()) + seconds
        whole = {**claims, "iss": self._service, "for": purpose, "exp": until}
        payload = _encode(json.dumps(whole, separators=(",", ":")).encode())
        return f"{payload}.{_encode(self._private.sign(payload.encode()))}"

    def verify(self, token: str, *, purpose: str, issuer: str | None = None) -> dict[str, Any]:
        """The claims. Raises BadToken or ExpiredToken.

        Without `issuer` any known service may have signed it: see the claim `iss`.
        """
        try:
            payload, signature = token.split(".")
            claims: dict[str, Any] = json.loads(_decode(payload))
            self._public[claims["iss"]].verify(_decode(signature), payload.encode())
            if claims["for"] != purpose or issuer not in (None, claims["iss"]):
                raise BadToken("for another purpose, or by another service")
            expired = claims["exp"] <= clock.now().timestamp()
        except (*_MALFORMED, InvalidSignature) as error:
            raise BadToken(type(error).__name__) from error
        if expired:
            raise ExpiredToken("expired")
        return claims


def public_key_of(private: bytes) -> bytes:
    """The raw public key of a raw private one."""
    key = Ed25519PrivateKey.from_private_bytes(private).public_key()
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw)


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
