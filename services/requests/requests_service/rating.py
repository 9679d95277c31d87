"""The Pemohon's word on how they were served."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Unpack
from uuid import UUID

from chassis.actor import Actor as Caller

from requests_service.domain import satisfaction
from requests_service.how import Answer, Change, How, SealOf


@dataclass(frozen=True)
class Rating:
    """One question at the end."""

    change: Change
    seal_of: SealOf
    must_be_known: Callable[[UUID], None]
    """Raises PersonForgotten."""

    def rate(
        self,
        request_id: UUID,
        by: Caller,
        *,
        score: int,
        remark: str | None = None,
        **how: Unpack[How],
    ) -> Answer:
        """`score`: of `satisfaction.SCORES`."""
        self.must_be_known(request_id)
        return self.change(
            request_id,
            lambda r, who, today: satisfaction.rate(
                r, who, today, score=score, remark=remark, seal=self.seal_of(r)
            ),
            by,
            how,
        )
