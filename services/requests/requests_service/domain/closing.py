"""A request that waits for the Pemohon alone, and in vain, is closed by the PPID.

The SOP's first warning: what is not completed is not followed up. Data that was delivered can no
longer be fetched once its download has ended; whether it was received nobody else can say.
"""

from datetime import date
from typing import TYPE_CHECKING

from requests_service.domain import events as facts
from requests_service.domain.roles import Actor
from requests_service.domain.working_days import Today

if TYPE_CHECKING:
    from requests_service.domain.data_request import DataRequest

NOT_COMPLETED, NOT_RECEIVED = "tidak_dilengkapi", "tidak_dinyatakan_diterima"
"""Why a request is closed."""


def closable_after(r: "DataRequest") -> date | None:
    """The last day that the Pemohon has; None while it is somebody else's move."""
    return r.clocks.complete_by if r.returned_on else r.access_until if r.step else None


def close(r: "DataRequest", by: Actor, today: Today) -> None:
    r.guard(facts.RequestClosed, by, today)
    why = NOT_COMPLETED if r.returned_on else NOT_RECEIVED
    r.record(facts.RequestClosed, by, today, why=why)
