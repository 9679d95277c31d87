"""What follows an answer that did not stand: reopening, and disputes at the Komisi Informasi."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Unpack
from uuid import UUID

from chassis.actor import Actor as Caller

from requests_service.domain import redress
from requests_service.how import Answer, Change, How, SealOf


@dataclass(frozen=True)
class Redress:
    """The acts of the PPID on a request that was answered."""

    change: Change
    seal_of: SealOf
    must_be_known: Callable[[UUID], None]
    """Raises PersonForgotten."""

    def reopen(
        self,
        request_id: UUID,
        by: Caller,
        *,
        to_step: int,
        basis: str,
        reason: str,
        **how: Unpack[How],
    ) -> Answer:
        """`to_step`: of `redress.TARGETS`; `basis`: of `redress.BASES`."""
        self.must_be_known(request_id)
        return self.change(
            request_id,
            lambda r, who, today: redress.reopen(
                r, who, today, to_step=to_step, basis=basis, reason=reason, seal=self.seal_of(r)
            ),
            by,
            how,
        )

    def record_dispute(
        self, request_id: UUID, by: Caller, *, number: str, filed_on: date, **how: Unpack[How]
    ) -> Answer:
        """`number`: at the Komisi Informasi."""
        return self.change(
            request_id,
            lambda r, who, today: redress.record_dispute(
                r, who, today, number=number, filed_on=filed_on
            ),
            by,
            how,
        )

    def record_dispute_decision(
        self,
        request_id: UUID,
        by: Caller,
        *,
        outcome: str,
        decision: str,
        decided_on: date,
        **how: Unpack[How],
    ) -> Answer:
        """`outcome`: of `redress.OUTCOMES`; `decision`: its number."""
        return self.change(
            request_id,
            lambda r, who, today: redress.record_dispute_decision(
                r, who, today, outcome=outcome, decision=decision, decided_on=decided_on
            ),
            by,
            how,
        )
