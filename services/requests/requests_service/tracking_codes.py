"""The code that the Pemohon follows a request with: shown once, kept only as a proof of it."""

import hashlib
import hmac
import secrets

_CHARS = 10
_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Without I, L, O, 0 and 1, which are mistaken for one another on paper."""
NO_PROOF = bytes(hashlib.sha256().digest_size)


def new_code() -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(_CHARS))


def normal_code(code: str) -> str:
    """However it was typed from paper."""
    return "".join(letter for letter in code.upper() if letter.isalnum())


def proof_of(secret: bytes, register_number: str, code: str) -> bytes:
    """What is stored instead of the code."""
    return hmac.digest(secret, f"{register_number}:{code}".encode(), hashlib.sha256)
