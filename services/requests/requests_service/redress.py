"""What follows an answer that did not stand: reopening, and disputes at the Komisi Informasi."""

from collections.abc import Callable
from datetime import date
from typing import Any, Unpack
from uuid import UUID

from chassis.actor import Actor as Caller

from requests_service.domain import redress
from requests_service.domain.data_request import DataRequest, Seal
from requests_service.how import How


class Redress:
    """The acts of the PPID on a request that was answered."""

    def __init__(
        self,
        *,
        change: Callable[..., dict[str, Any]],
        seal_of: Callable[[DataRequest], Seal],
        must_be_known: Callable[[UUID], None],
    ) -> None:
        """`change`: as `Requests.change`; `must_be_known` raises PersonForgotten."""
        self._change = change
        self._seal_of = seal_of
        self._must_be_known = must_be_known

    def reopen(
        self,
        request_id: UUID,
        by: Caller,
        *,
        to_step: int,
        basis: str,
        reason: str,
        **how: Unpack[How],
    ) -> dict[str, Any]:
        """`to_step`: of `redress.TARGETS`; `basis`: of `redress.BASES`."""
        self._must_be_known(request_id)
        return self._change(
            request_id,
            lambda r, who, today: redress.reopen(
                r, who, today, to_step=to_step, basis=basis, reason=reason, seal=self._seal_of(r)
            ),
            by,
            how,
        )

    def record_dispute(
        self, request_id: UUID, by: Caller, *, number: str, filed_on: date, **how: Unpack[How]
    ) -> dict[str, Any]:
        """`number`: at the Komisi Informasi."""
        return self._change(
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
    ) -> dict[str, Any]:
        """`outcome`: of `redress.OUTCOMES`; `decision`: its number."""
        return self._change(
            request_id,
            lambda r, who, today: redress.record_dispute_decision(
                r, who, today, outcome=outcome, decision=decision, decided_on=decided_on
            ),
            by,
            how,
        )
