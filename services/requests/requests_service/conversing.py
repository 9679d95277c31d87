"""Writing between the PPID and the Pemohon, and notes between officers."""

from dataclasses import dataclass
from typing import Unpack
from uuid import UUID

from chassis.actor import Actor as Caller

from requests_service.domain import conversation
from requests_service.domain.roles import Role
from requests_service.how import Answer, Change, How, SealOf


@dataclass(frozen=True)
class Conversing:
    """Every text is sealed under the Pemohon's key."""

    change: Change
    seal_of: SealOf

    def write(self, request_id: UUID, by: Caller, *, text: str, **how: Unpack[How]) -> Answer:
        """To the Pemohon when an officer writes, to the PPID when the Pemohon does."""
        own = by.role == Role.PEMOHON
        write = conversation.write_to_ppid if own else conversation.write_to_pemohon
        return self.change(
            request_id,
            lambda r, who, today: write(r, who, today, text=text, seal=self.seal_of(r)),
            by,
            how,
        )

    def take_note(self, request_id: UUID, by: Caller, *, text: str, **how: Unpack[How]) -> Answer:
        """For officers alone."""
        return self.change(
            request_id,
            lambda r, who, today: conversation.take_note(
                r, who, today, text=text, seal=self.seal_of(r)
            ),
            by,
            how,
        )
