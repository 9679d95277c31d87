"""The Pemohon's word on how they were served."""

from collections.abc import Callable
from typing import Any, Unpack
from uuid import UUID

from chassis.actor import Actor as Caller

from requests_service.domain import satisfaction
from requests_service.domain.data_request import DataRequest, Seal
from requests_service.how import How


class Rating:
    """One question at the end."""

    def __init__(
        self,
        *,
        change: Callable[..., dict[str, Any]],
        seal_of: Callable[[DataRequest], Seal],
        must_be_known: Callable[[UUID], None],
    ) -> None:
        """`change`: as `Requests.change`; `must_be_known` raises PersonForgotten."""
        self._change = change
        self._seal_of = seal_of
        self._must_be_known = must_be_known

    def rate(
        self,
        request_id: UUID,
        by: Caller,
        *,
        score: int,
        remark: str | None = None,
        **how: Unpack[How],
    ) -> dict[str, Any]:
        """`score`: of `satisfaction.SCORES`."""
        self._must_be_known(request_id)
        return self._change(
            request_id,
            lambda r, who, today: satisfaction.rate(
                r, who, today, score=score, remark=remark, seal=self._seal_of(r)
            ),
            by,
            how,
        )
