"""How the Pemohon was served: asked once, at the end."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from requests_service.domain import errors, texts
from requests_service.domain import events as facts
from requests_service.domain.events import Fact
from requests_service.domain.roles import Actor
from requests_service.domain.working_days import Today

if TYPE_CHECKING:
    from requests_service.domain.data_request import DataRequest, Seal

SCORES: Mapping[int, str] = MappingProxyType(
    {5: "Sangat puas", 4: "Puas", 3: "Cukup", 2: "Kurang puas", 1: "Tidak puas"}
)


@dataclass
class Satisfaction:
    """What the Pemohon said of the service."""

    score: int | None = None
    """Of SCORES; None while it was not told."""

    def remember(self, fact: Fact) -> None:
        if isinstance(fact, facts.ServiceRated):
            self.score = fact.score


def rate(
    r: "DataRequest", by: Actor, today: Today, *, score: int, seal: "Seal", remark: str | None
) -> None:
    r.guard(facts.ServiceRated, by, today)
    if score not in SCORES:
        raise errors.ChoiceUnknown("Pilih satu sampai lima.")
    text = (remark or "").strip()
    texts.must_not_be_too_long("Saran", text)
    r.record(
        facts.ServiceRated,
        by,
        today,
        score=score,
        remark_sealed=seal("remark", text) if text else None,
    )
