"""Refusing a request or a part of it; by two officers, where the city asks for that."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Unpack
from uuid import UUID

from chassis.actor import Actor as Caller

from requests_service.domain import confirming, errors
from requests_service.domain.consequence_tests import ConsequenceTest
from requests_service.domain.data_request import DataRequest
from requests_service.domain.refusal import Refusal
from requests_service.domain.roles import Actor
from requests_service.domain.working_days import Today
from requests_service.how import Answer, Change, How, SealOf
from requests_service.refusal_reasons import RefusalReasons
from requests_service.sealed_texts import SealedTexts


@dataclass(frozen=True)
class Refusing:
    """The first officer's act proposes where `by_two`; the second one's confirms."""

    change: Change
    seal_of: SealOf
    texts: SealedTexts
    cited: Callable[[str | None], ConsequenceTest | None]
    """The consequence test of a number."""
    reasons: RefusalReasons
    by_two: bool

    def refuse(
        self, request_id: UUID, by: Caller, *, refusal: Refusal, **how: Unpack[How]
    ) -> Answer:
        """At step 6 or 10 by the PPID, at step 8 by the PPID Pembantu."""
        refuse = confirming.propose if self.by_two else DataRequest.refuse
        return self.change(
            request_id,
            lambda r, who, today: refuse(r, who, today, refusal=refusal, seal=self.seal_of(r)),
            by,
            how,
        )

    def grant_in_part(
        self,
        request_id: UUID,
        by: Caller,
        *,
        refused_parts: str,
        refusal: Refusal,
        **how: Unpack[How],
    ) -> Answer:
        grant_in_part = confirming.propose if self.by_two else DataRequest.grant_in_part
        return self.change(
            request_id,
            lambda r, who, today: grant_in_part(
                r, who, today, refused_parts=refused_parts, refusal=refusal, seal=self.seal_of(r)
            ),
            by,
            how,
        )

    def confirm(self, request_id: UUID, by: Caller, **how: Unpack[How]) -> Answer:
        """As it was proposed; asked again today, as a consequence test may have ended since."""

        def command(r: DataRequest, who: Actor, today: Today) -> None:
            proposed = self.proposed(r)
            if proposed is None:
                raise errors.NoProposal("Tidak ada usulan putusan yang menunggu petugas kedua.")
            refusal, refused_parts = proposed
            refusal.must_be_of(self.reasons.in_force())
            confirming.confirm(
                r, who, today, refusal=refusal, refused_parts=refused_parts, seal=self.seal_of(r)
            )

        return self.change(request_id, command, by, how)

    def send_back(self, request_id: UUID, by: Caller, *, words: str, **how: Unpack[How]) -> Answer:
        return self.change(
            request_id,
            lambda r, who, today: confirming.send_back(
                r, who, today, words=words, seal=self.seal_of(r)
            ),
            by,
            how,
        )

    def proposed(self, r: DataRequest) -> tuple[Refusal, str | None] | None:
        """The refusal that waits, and the parts it is about; None when none does."""
        made = r.proposal.made
        if made is None:
            return None
        tested = (made.consequence_test or {}).get("number", "")
        refusal = Refusal(
            made.reason_code,
            self._open(r, "proposed_narrative", made.proposed_narrative_sealed),
            made.other_law,
            self.cited(tested),
            made.held_by,
            self.reasons.of(made.reasons_version),
        )
        parts = made.proposed_parts_sealed
        return refusal, self._open(r, "proposed_parts", parts) if parts else None

    def _open(self, r: DataRequest, name: str, sealed: str) -> str:
        return self.texts.open(r.id, r.pemohon_id, name, sealed)
