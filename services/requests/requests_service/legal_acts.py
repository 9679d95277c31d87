"""What the law allows beside the SOP's steps, on a request that is not answered as it should be."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Unpack
from uuid import UUID

from chassis.actor import Actor as Caller

from requests_service.domain import closing, completing, extending, objecting
from requests_service.domain.intake import Brought
from requests_service.how import Answer, Change, How, SealOf


@dataclass(frozen=True)
class LegalActs:
    """Completion, withdrawal, extension and objection."""

    change: Change
    seal_of: SealOf

    def return_for_completion(
        self,
        request_id: UUID,
        by: Caller,
        *,
        missing: Collection[str],
        explanation: str,
        **how: Unpack[How],
    ) -> Answer:
        """`missing`: codes of `choices.MISSING`."""
        return self.change(
            request_id,
            lambda r, who, today: completing.return_for_completion(
                r,
                who,
                today,
                missing=list(missing),
                explanation=explanation,
                seal=self.seal_of(r),
            ),
            by,
            how,
        )

    def complete(
        self,
        request_id: UUID,
        by: Caller,
        *,
        answer: str,
        data_wanted: str | None = None,
        purpose: str | None = None,
        brought: Brought | None = None,
        **how: Unpack[How],
    ) -> Answer:
        """`data_wanted` and `purpose` replace what the form said; None keeps it. `brought`: how and
        when it came, where the PPID enters it."""
        return self.change(
            request_id,
            lambda r, who, today: completing.complete(
                r,
                who,
                today,
                answer=answer,
                data_wanted=data_wanted,
                purpose=purpose,
                seal=self.seal_of(r),
                brought=brought,
            ),
            by,
            how,
        )

    def close(self, request_id: UUID, by: Caller, **how: Unpack[How]) -> Answer:
        """By the PPID, once the Pemohon's time has passed."""
        return self.change(request_id, lambda r, who, today: closing.close(r, who, today), by, how)

    def withdraw(
        self, request_id: UUID, by: Caller, *, reason: str | None = None, **how: Unpack[How]
    ) -> Answer:
        return self.change(
            request_id,
            lambda r, who, today: r.withdraw(who, today, reason=reason, seal=self.seal_of(r)),
            by,
            how,
        )

    def extend(
        self,
        request_id: UUID,
        by: Caller,
        *,
        days: int,
        reason_code: str,
        reason: str,
        **how: Unpack[How],
    ) -> Answer:
        """`reason_code`: of `choices.EXTENSION_REASONS`; `days`: 1 to 7 working days."""
        return self.change(
            request_id,
            lambda r, who, today: extending.extend(
                r,
                who,
                today,
                days=days,
                reason_code=reason_code,
                reason=reason,
                seal=self.seal_of(r),
            ),
            by,
            how,
        )

    def lodge_objection(
        self,
        request_id: UUID,
        by: Caller,
        *,
        ground: str,
        case: str,
        brought: Brought | None = None,
        **how: Unpack[How],
    ) -> Answer:
        """`ground`: of `choices.GROUNDS`; `case`: the Pemohon's account (kasus posisi); `brought`:
        how and when it came, where the PPID enters it."""
        return self.change(
            request_id,
            lambda r, who, today: objecting.lodge(
                r, who, today, ground=ground, case=case, seal=self.seal_of(r), brought=brought
            ),
            by,
            how,
        )

    def decide_objection(
        self, request_id: UUID, by: Caller, *, decision: str, reason: str, **how: Unpack[How]
    ) -> Answer:
        """`decision`: of `choices.DECISIONS`."""
        return self.change(
            request_id,
            lambda r, who, today: objecting.decide(
                r, who, today, decision=decision, reason=reason, seal=self.seal_of(r)
            ),
            by,
            how,
        )
