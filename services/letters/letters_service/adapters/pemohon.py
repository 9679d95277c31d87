"""Asks `requests` what a letter must say of its Pemohon, at the moment it is written."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import httpx
from chassis.jobs import Later
from chassis.sessions import Tokens
from chassis.telemetry import trace

from letters_service.domain.errors import PemohonForgotten
from letters_service.domain.pemohon import Acting, Pemohon

_TIMEOUT_SECONDS = 10
_TOKEN_SECONDS = 60


class PemohonDirectory:
    """Each question is a fact in the log of `requests`, so a letter asks once per attempt."""

    def __init__(self, requests_url: str, tokens: Tokens) -> None:
        self._client = httpx.Client(base_url=requests_url, timeout=_TIMEOUT_SECONDS)
        self._tokens = tokens

    def ask(
        self,
        request_id: UUID,
        *,
        fields: Sequence[str],
        because_of: str,
        signing: Mapping[str, str],
    ) -> Pemohon:
        """Raises PemohonForgotten; Later when `requests` is away or has not got there yet."""
        token = self._tokens.sign({}, purpose="service", seconds=_TOKEN_SECONDS)
        try:
            answer = self._client.get(
                f"/api/requests/{request_id}/pemohon",
                params={"fields": ",".join(fields), "fact": because_of, **signing},
                headers={"Authorization": f"Bearer {token}", "traceparent": trace()},
            )
        except httpx.TransportError as error:
            raise Later(f"requests does not answer: {type(error).__name__}") from error
        if answer.status_code == httpx.codes.GONE:
            raise PemohonForgotten
        if answer.status_code == httpx.codes.NOT_FOUND or answer.is_server_error:
            raise Later(f"requests answered {answer.status_code}")
        answer.raise_for_status()
        told = answer.json()
        return Pemohon(
            UUID(told["person_id"]),
            {name: told["fields"].get(name) or "" for name in fields},
            {name: text for name, text in told.get("texts", {}).items() if text},
            Acting(**told["signer"]) if told.get("signer") else None,
        )
