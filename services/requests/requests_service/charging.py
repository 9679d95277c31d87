"""What copies on paper cost: stated, paid or waived."""

from dataclasses import dataclass
from datetime import date
from typing import Unpack
from uuid import UUID

from chassis.actor import Actor as Caller

from requests_service.domain import fees
from requests_service.how import Answer, Change, How, SealOf


@dataclass(frozen=True)
class Charging:
    """The PPID's acts about money; the money itself goes elsewhere."""

    change: Change
    seal_of: SealOf
    tariff: fees.Tariff | None
    """None: this city charges nothing."""

    def state(
        self, request_id: UUID, by: Caller, *, sheets: int, sending: int, **how: Unpack[How]
    ) -> Answer:
        """`sheets` of paper; `sending` in rupiah."""
        return self.change(
            request_id,
            lambda r, who, today: fees.state(
                r, who, today, sheets=sheets, sending=sending, tariff=self.tariff
            ),
            by,
            how,
        )

    def pay(
        self, request_id: UUID, by: Caller, *, paid_on: date, receipt: str, **how: Unpack[How]
    ) -> Answer:
        """`receipt`: number of the proof of payment."""
        return self.change(
            request_id,
            lambda r, who, today: fees.pay(r, who, today, paid_on=paid_on, receipt=receipt),
            by,
            how,
        )

    def waive(self, request_id: UUID, by: Caller, *, reason: str, **how: Unpack[How]) -> Answer:
        return self.change(
            request_id,
            lambda r, who, today: fees.waive(r, who, today, reason=reason, seal=self.seal_of(r)),
            by,
            how,
        )
