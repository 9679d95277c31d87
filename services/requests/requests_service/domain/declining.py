"""An agency says that the data is not its own: the PPID forwards again, who declined is kept."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from requests_service.domain import errors, texts
from requests_service.domain import events as facts
from requests_service.domain.events import Fact
from requests_service.domain.roles import Actor
from requests_service.domain.working_days import Today

if TYPE_CHECKING:
    from requests_service.domain.data_request import DataRequest, Seal

REASON_WORDS = 4


@dataclass
class Declined:
    """The agencies that did not own the data."""

    agencies: tuple[str, ...] = ()
    """Codes, in the order in which they declined; twice when the PPID insisted."""

    def remember(self, fact: Fact) -> None:
        if isinstance(fact, facts.OwnershipDeclined):
            self.agencies = (*self.agencies, fact.declined_by)

    def must_be_worth_asking(self, agency: str | None, message: str | None) -> None:
        """Who declined is asked again only with a word that says why."""
        if agency in self.agencies and not texts.is_meaningful(message or "", words=REASON_WORDS):
            raise errors.ReasonMissing(
                "Perangkat daerah ini sudah menyatakan data tersebut bukan bidangnya. Pilih"
                " perangkat daerah lain, atau jelaskan dalam pesan mengapa tetap diminta kepadanya."
            )


def decline(
    r: "DataRequest",
    by: Actor,
    today: Today,
    *,
    reason: str,
    seal: "Seal",
    suggested: str | None = None,
) -> None:
    """Back to step 7, with the law's clock running on. `suggested`: code of who may own it."""
    r.guard(facts.OwnershipDeclined, by, today)
    if not texts.is_meaningful(reason, words=REASON_WORDS):
        raise errors.ReasonMissing("Jelaskan mengapa data ini bukan bidang perangkat daerah Anda.")
    if suggested == r.agency:
        raise errors.ChoiceUnknown("Usulkan perangkat daerah lain, atau kosongkan.")
    r.record(
        facts.OwnershipDeclined,
        by,
        today,
        declined_by=r.agency,
        suggested=suggested,
        agency=None,
        declining_sealed=seal("declining", reason),
    )
