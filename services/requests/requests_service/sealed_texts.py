"""Texts that people wrote, sealed under the key of the Pemohon they are about."""

import base64
from collections.abc import Collection
from typing import Any
from uuid import UUID

from chassis.keyring import Forgotten, Keyring, decrypt
from chassis.postgres import Pool

from requests_service.domain import errors
from requests_service.domain.data_request import DataRequest, Seal


class SealedTexts:
    """Each is bound to its request and its name: moved elsewhere it cannot be opened."""

    def __init__(self, pool: Pool, keyring: Keyring) -> None:
        self._pool = pool
        self._keyring = keyring

    def seal(self, cur: Any, request_id: UUID, person_id: UUID, name: str, text: str) -> str:
        """In base64. Raises PersonForgotten."""
        try:
            sealed = self._keyring.seal(cur, person_id, text.encode(), f"{request_id}:{name}")
        except Forgotten as error:
            raise errors.PersonForgotten from error
        return base64.b64encode(sealed).decode()

    def seal_of(self, data_request: DataRequest) -> Seal:
        """Seals for this request's Pemohon."""

        def seal(name: str, text: str) -> str:
            with self._pool.transaction() as cur:
                return self.seal(cur, data_request.id, data_request.pemohon_id, name, text)

        return seal

    def open(self, request_id: UUID, person_id: UUID, name: str, sealed: str | bytes) -> str:
        """In clear, from base64 or from the bytes themselves. Raises Forgotten."""
        raw = base64.b64decode(sealed) if isinstance(sealed, str) else sealed
        return self._keyring.open(person_id, raw, f"{request_id}:{name}").decode()

    def open_all(self, name: str, sealed: Collection[tuple[UUID, UUID, str]]) -> dict[UUID, str]:
        """One text of many requests, by the request's id; without those who were forgotten.

        `sealed`: request, person and the sealed text in base64.
        """
        keys = self._keyring.known_keys_of([person_id for _, person_id, _ in sealed])
        return {
            request_id: decrypt(
                keys[person_id], base64.b64decode(text), f"{request_id}:{name}"
            ).decode()
            for request_id, person_id, text in sealed
            if person_id in keys
        }
