"""A refusal that two officers decide, where the city asks for that: one proposes, one confirms."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from requests_service.domain import events as facts
from requests_service.domain import texts
from requests_service.domain.events import Fact
from requests_service.domain.refusal import Refusal
from requests_service.domain.roles import Actor
from requests_service.domain.working_days import Today

if TYPE_CHECKING:
    from requests_service.domain.data_request import DataRequest, Seal

SENT_BACK_WORDS = 3


@dataclass
class Proposal:
    """The refusal that waits for a second officer."""

    made: facts.DecisionProposed | None = None

    def remember(self, fact: Fact) -> None:
        match fact:
            case facts.DecisionProposed():
                self.made = fact
            case facts.RefusalConfirmed() | facts.ProposalSentBack():
                self.made = None
            case _ if fact.next_step != fact.step:
                # Withdrawn, or the check of personal data was reported: the step is over.
                self.made = None


def propose(
    r: "DataRequest",
    by: Actor,
    today: Today,
    *,
    refusal: Refusal,
    seal: "Seal",
    refused_parts: str | None = None,
) -> None:
    """`refused_parts`: what is not given, where the rest is; None refuses all."""
    r.guard(
        facts.RequestGrantedInPart if refused_parts is not None else facts.RequestRefused, by, today
    )
    refusal.must_stand(r.step, today.day, r.agency)
    if refused_parts is not None:
        texts.must_be_filled_in("Bagian data yang ditolak", refused_parts)
    r.record(
        facts.DecisionProposed,
        by,
        today,
        **refusal.remembered,
        article=refusal.article,
        other_law=refusal.other_law,
        consequence_test=refusal.tested,
        held_by=refusal.held_by,
        proposed_narrative_sealed=seal("proposed_narrative", refusal.narrative),
        proposed_parts_sealed=texts.sealed(seal, "proposed_parts", refused_parts),
    )


def confirm(
    r: "DataRequest",
    by: Actor,
    today: Today,
    *,
    refusal: Refusal,
    refused_parts: str | None,
    seal: "Seal",
) -> None:
    """Refuse as was proposed, if that may still be done today."""
    outcome = r.guard(facts.RefusalConfirmed, by, today)
    assert r.proposal.made, outcome.needs
    r.record(facts.RefusalConfirmed, by, today, proposed_by=r.proposal.made.by)
    if refused_parts is None:
        r.refuse(by, today, refusal=refusal, seal=seal)
    else:
        r.grant_in_part(by, today, refusal=refusal, refused_parts=refused_parts, seal=seal)


def send_back(r: "DataRequest", by: Actor, today: Today, *, words: str, seal: "Seal") -> None:
    """By any officer of the step, the first one among them."""
    r.guard(facts.ProposalSentBack, by, today)
    texts.must_be_filled_in("Alasan pengembalian usulan", words, words=SENT_BACK_WORDS)
    assert r.proposal.made
    r.record(
        facts.ProposalSentBack,
        by,
        today,
        proposed_by=r.proposal.made.by,
        sent_back_sealed=seal("sent_back", words),
    )
