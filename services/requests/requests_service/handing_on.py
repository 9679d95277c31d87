"""Between the PPID and the agencies: who declines to own the data that is asked for."""

from collections.abc import Callable
from typing import Any, Unpack
from uuid import UUID

from chassis.actor import Actor as Caller

from requests_service.agencies import Agencies
from requests_service.domain import declining
from requests_service.domain.data_request import DataRequest, Seal
from requests_service.how import How


class HandingOn:
    """The PPID Pembantu's answer that is neither a grant nor a refusal."""

    def __init__(
        self,
        *,
        change: Callable[..., dict[str, Any]],
        agencies: Agencies,
        seal_of: Callable[[DataRequest], Seal],
    ) -> None:
        """`change`: load, decide, save, as `Requests.change`."""
        self._change = change
        self._agencies = agencies
        self._seal_of = seal_of

    def decline(
        self,
        request_id: UUID,
        by: Caller,
        *,
        reason: str,
        suggested: str | None = None,
        **how: Unpack[How],
    ) -> dict[str, Any]:
        """Step 8: the data is not this agency's. `suggested`: code of who may own it."""
        if suggested is not None:
            self._agencies.must_be_one(suggested)
        return self._change(
            request_id,
            lambda r, who, today: declining.decline(
                r, who, today, reason=reason, suggested=suggested, seal=self._seal_of(r)
            ),
            by,
            how,
        )
