"""Between the PPID and the agencies: data that is not theirs, and ways back to an earlier step."""

from dataclasses import dataclass
from typing import Unpack
from uuid import UUID

from chassis.actor import Actor as Caller

from requests_service.agencies import Agencies
from requests_service.domain import declining, going_back
from requests_service.how import Answer, Change, How, SealOf


@dataclass(frozen=True)
class HandingOn:
    """What is neither a grant nor a refusal, and leads back to an earlier step."""

    change: Change
    seal_of: SealOf
    agencies: Agencies

    def decline(
        self,
        request_id: UUID,
        by: Caller,
        *,
        reason: str,
        suggested: str | None = None,
        **how: Unpack[How],
    ) -> Answer:
        """Step 8: the data is not this agency's. `suggested`: code of who may own it."""
        if suggested is not None:
            self.agencies.must_be_one(suggested)
        return self.change(
            request_id,
            lambda r, who, today: declining.decline(
                r, who, today, reason=reason, suggested=suggested, seal=self.seal_of(r)
            ),
            by,
            how,
        )

    def go_back(
        self, request_id: UUID, by: Caller, *, way: str, reason: str, **how: Unpack[How]
    ) -> Answer:
        """To an earlier step, where going on would be wrong. `way`: of `going_back.WAYS`."""
        return self.change(
            request_id,
            lambda r, who, today: going_back.go_back(
                r, who, today, way=way, reason=reason, seal=self.seal_of(r)
            ),
            by,
            how,
        )
