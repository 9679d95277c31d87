"""Between the PPID and the agencies: who declines to own the data that is asked for."""

from dataclasses import dataclass
from typing import Unpack
from uuid import UUID

from chassis.actor import Actor as Caller

from requests_service.agencies import Agencies
from requests_service.domain import declining
from requests_service.how import Answer, Change, How, SealOf


@dataclass(frozen=True)
class HandingOn:
    """The PPID Pembantu's answer that is neither a grant nor a refusal."""

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
