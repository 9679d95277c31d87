"""Tracking codes that were lost: another one, for a request and all that belongs to it."""

import hmac
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Unpack
from uuid import UUID

from chassis.actor import Actor as Caller
from chassis.log import Statement
from chassis.postgres import Pool

from requests_service import rows
from requests_service.domain import renewing
from requests_service.domain.data_request import DataRequest
from requests_service.domain.errors import PersonForgotten
from requests_service.domain.working_days import Today
from requests_service.how import Answer, Change, How, SealOf
from requests_service.tracking_codes import new_code, proof_of


@dataclass(frozen=True)
class Renewing:
    """What opens a request is changed in the transaction of the fact that says so."""

    pool: Pool
    change: Change
    seal_of: SealOf
    family: Callable[[UUID], Sequence[DataRequest]]
    """The first request and its parts, which one code opens."""
    code_of: Callable[[UUID], str]
    """The code that was given last."""
    code_secret: bytes

    def renew(self, request_id: UUID, by: Caller, *, identified: str, **how: Unpack[How]) -> Answer:
        """With the new `tracking_code`, which is told here only.

        Raises NotTheOwner, TextMissing, PersonForgotten.
        """
        answer = self._renew(request_id, by, new_code(), identified, how)
        # Read again: a repeated command has the code of the first.
        code = self.code_of(request_id)
        for each in self.family(request_id):
            if not self._opens(each, code):
                with suppress(PersonForgotten):
                    self._renew(each.id, by, code, identified, {})
        return {**answer, "tracking_code": code}

    def _renew(self, request_id: UUID, by: Caller, code: str, identified: str, how: How) -> Answer:
        def also(r: DataRequest, _: Today) -> list[Statement]:
            return [rows.renewed(r.id, proof_of(self.code_secret, r.register_number, code))]

        return self.change(
            request_id,
            lambda r, who, today: renewing.renew(
                r, who, today, code=code, identified=identified, seal=self.seal_of(r)
            ),
            by,
            how,
            also=also,
        )

    def _opens(self, r: DataRequest, code: str) -> bool:
        [(_, known)] = self.pool.execute(rows.REGISTRATION_OF, (r.id,))
        return hmac.compare_digest(
            bytes(known), proof_of(self.code_secret, r.register_number, code)
        )
