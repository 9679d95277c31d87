"""One key per person (or owner of a file), so that destroying it forgets what it sealed.

AES-256-GCM; the keys lie wrapped under the service's secret key.
"""

import os
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from chassis.log import Statement
from chassis.postgres import Pool
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE_BYTES = 12


class Forgotten(Exception):
    """The key was destroyed: what it sealed cannot be read by anybody any more."""


class Keyring:
    """The table `keys`."""

    def __init__(self, pool: Pool, secret_key: bytes) -> None:
        self._pool = pool
        self._wrapping = AESGCM(secret_key)

    def key_of(self, cur: Any, owner: UUID) -> bytes:
        """The owner's 32-byte key, made at first use. Raises Forgotten."""
        fresh = AESGCM.generate_key(256)
        cur.execute(
            "INSERT INTO keys (owner, wrapped) VALUES (%s, %s) ON CONFLICT (owner) DO NOTHING",
            (owner, _encrypt(self._wrapping, fresh, owner.bytes)),
        )
        cur.execute("SELECT wrapped FROM keys WHERE owner = %s", (owner,))
        return self._unwrap(owner, cur.fetchone())

    def known_key_of(self, owner: UUID) -> bytes:
        """The key of an owner who has one. Raises Forgotten."""
        rows = self._pool.execute("SELECT wrapped FROM keys WHERE owner = %s", (owner,))
        return self._unwrap(owner, rows[0] if rows else None)

    def known_keys_of(self, owners: Sequence[UUID]) -> dict[UUID, bytes]:
        """The keys of those owners who have one, asked for at once."""
        rows = self._pool.execute(
            "SELECT owner, wrapped FROM keys WHERE owner = ANY(%s::uuid[]) AND wrapped IS NOT NULL",
            (list(owners),),
        )
        return {owner: self._unwrap(owner, (wrapped,)) for owner, wrapped in rows}

    def seal(self, cur: Any, owner: UUID, plain: bytes, about: str) -> bytes:
        """Encrypt under the owner's key; `about` says what it is, and must be said to open it."""
        return _encrypt(AESGCM(self.key_of(cur, owner)), plain, about.encode())

    def open(self, owner: UUID, sealed: bytes, about: str) -> bytes:
        """Decrypt. Raises Forgotten; ValueError when this was not sealed for that."""
        return decrypt(self.known_key_of(owner), sealed, about)

    def destroy(self, cur: Any, owner: UUID) -> None:
        """Forget the owner, in the caller's transaction; also one who has no key yet."""
        cur.execute(*destroying(owner))

    def _unwrap(self, owner: UUID, row: tuple[Any, ...] | None) -> bytes:
        if row is None or row[0] is None:
            raise Forgotten(str(owner))
        wrapped = bytes(row[0])
        return self._wrapping.decrypt(wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:], owner.bytes)


def decrypt(key: bytes, sealed: bytes, about: str) -> bytes:
    """What a key of the keyring sealed; ValueError when it was not sealed with it for that."""
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], about.encode())
    except InvalidTag as error:
        raise ValueError("not sealed with this key for this purpose") from error


def destroying(owner: UUID) -> Statement:
    """What destroys a key, to ride along in a transaction of facts."""
    # Also where there is none: work that began before may be about to make it.
    return (
        "INSERT INTO keys AS k (owner, destroyed_at) VALUES (%s, now()) ON CONFLICT (owner)"
        " DO UPDATE SET wrapped = NULL, destroyed_at = excluded.destroyed_at"
        " WHERE k.destroyed_at IS NULL",
        (owner,),
    )


def _encrypt(cipher: AESGCM, plain: bytes, about: bytes) -> bytes:
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + cipher.encrypt(nonce, plain, about)
