"""A request that concerns several agencies: each other part becomes a request of its own.

A part has its own register number and goes its own way; the law's clock is the first one's.
"""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from requests_service.domain import events as facts
from requests_service.domain import sop, texts
from requests_service.domain.clocks import Clock, Name
from requests_service.domain.events import Fact
from requests_service.domain.roles import Actor
from requests_service.domain.working_days import Today

if TYPE_CHECKING:
    from requests_service.domain.data_request import DataRequest, Seal


@dataclass(frozen=True)
class Origin:
    """What a part has from the first request."""

    number: str
    pemohon_id: UUID
    """The same person under a key of the part's own: erasing one request leaves the others."""
    statutory_due: date | None
    received_on: date
    clock: dict[str, Any]
    """`extended_days`, and `pauses` as pairs of ISO dates: what moved the law's deadline so far."""


@dataclass
class Parts:
    """What was split off, and what this one was split off from."""

    of: str | None = None
    """Register number of the first request; None when this is the first."""
    numbers: tuple[str, ...] = ()

    def remember(self, fact: Fact) -> None:
        match fact:
            case facts.RequestSubmitted():
                self.of = fact.part_of
            case facts.PartSplitOff(part_number=number):
                self.numbers = (*self.numbers, number)


def origin_of(r: "DataRequest", person_id: UUID) -> Origin:
    """What the next part of `r` begins with."""
    clock: Clock = r.clocks.running[Name.NOTICE]
    return Origin(
        r.register_number,
        person_id,
        r.statutory_due,
        clock.start,
        {
            "extended_days": clock.days - sop.STATUTORY_DAYS,
            "pauses": [[day.isoformat() for day in pause] for pause in clock.pauses],
        },
    )


def split_off(
    r: "DataRequest",
    by: Actor,
    today: Today,
    *,
    part_id: UUID,
    part_number: str,
    kept: str,
    seal: "Seal",
) -> None:
    """`kept`: what this request goes on asking for."""
    r.guard(facts.PartSplitOff, by, today)
    texts.must_describe_data(kept)
    r.record(
        facts.PartSplitOff,
        by,
        today,
        part_id=part_id,
        part_number=part_number,
        data_wanted_sealed=seal("data_wanted", kept),
    )
