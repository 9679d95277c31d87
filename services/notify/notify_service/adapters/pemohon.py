"""Asks `requests` for a Pemohon's name and address, at the moment a mail is sent."""

from uuid import UUID

import httpx
from chassis.jobs import Later
from chassis.sessions import Tokens
from chassis.telemetry import trace

from notify_service.domain.errors import NoRecipient
from notify_service.domain.letterhead import Mailbox

_TIMEOUT_SECONDS = 10
_TOKEN_SECONDS = 60


class PemohonDirectory:
    """Each question is a fact in the log of `requests`, so it is asked once per attempt."""

    def __init__(self, requests_url: str, tokens: Tokens) -> None:
        self._client = httpx.Client(base_url=requests_url, timeout=_TIMEOUT_SECONDS)
        self._tokens = tokens

    def mailbox(self, request_id: UUID, because_of: str) -> Mailbox:
        """Where the Pemohon of a request wants mail; NoRecipient when there is no such place."""
        token = self._tokens.sign({}, purpose="service", seconds=_TOKEN_SECONDS)
        try:
            answer = self._client.get(
                f"/api/requests/{request_id}/pemohon",
                params={"fields": "name,email", "fact": because_of},
                headers={"Authorization": f"Bearer {token}", "traceparent": trace()},
            )
        except httpx.TransportError as error:
            raise Later(f"Layanan permohonan tidak menjawab: {type(error).__name__}") from error
        if answer.status_code == httpx.codes.GONE:
            raise NoRecipient("Data pribadi Pemohon telah dihapus.")
        if answer.status_code != httpx.codes.OK:
            raise Later(f"Layanan permohonan menjawab {answer.status_code}")
        fields = answer.json()["fields"]
        if not fields.get("email"):
            raise NoRecipient("Pemohon tidak memberi alamat surel.")
        return Mailbox(fields.get("name") or "Pemohon", fields["email"])
