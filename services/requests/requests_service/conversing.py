"""Writing between the PPID and the Pemohon, and notes between officers."""

from collections.abc import Callable
from typing import Any, Unpack
from uuid import UUID

from chassis.actor import Actor as Caller

from requests_service.domain import conversation
from requests_service.domain.data_request import DataRequest, Seal
from requests_service.domain.roles import Role
from requests_service.how import How


class Conversing:
    """Every text is sealed under the Pemohon's key."""

    def __init__(
        self, *, change: Callable[..., Any], seal_of: Callable[[DataRequest], Seal]
    ) -> None:
        self._change = change
        self._seal_of = seal_of

    def write(
        self, request_id: UUID, by: Caller, *, text: str, **how: Unpack[How]
    ) -> dict[str, Any]:
        """To the Pemohon when an officer writes, to the PPID when the Pemohon does."""
        own = by.role == Role.PEMOHON
        write = conversation.write_to_ppid if own else conversation.write_to_pemohon
        answer: dict[str, Any] = self._change(
            request_id,
            lambda r, who, today: write(r, who, today, text=text, seal=self._seal_of(r)),
            by,
            how,
        )
        return answer

    def take_note(
        self, request_id: UUID, by: Caller, *, text: str, **how: Unpack[How]
    ) -> dict[str, Any]:
        """For officers alone."""
        answer: dict[str, Any] = self._change(
            request_id,
            lambda r, who, today: conversation.take_note(
                r, who, today, text=text, seal=self._seal_of(r)
            ),
            by,
            how,
        )
        return answer
