"""The Pemohon's own papers: who may send and open them. `privacy` keeps them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from chassis.actor import Actor as Caller
from chassis.sessions import Tokens

from requests_service.domain import errors
from requests_service.domain.data_request import DataRequest
from requests_service.domain.papers import Paper, must_open_for, must_take_from
from requests_service.visible import actor_of, must_see

SEND_SECONDS = 3600
OPEN_SECONDS = 60


@dataclass(frozen=True)
class Papers:
    """Tickets for `privacy`."""

    load: Callable[[UUID], DataRequest]
    tokens: Tokens
    must_be_known: Callable[[UUID], None]
    """Raises PersonForgotten."""

    def sending_ticket(self, request_id: UUID, by: Caller) -> str:
        """Purpose "paper", one hour: {request_id, register_number, person_id, by, role, agency,
        capacity}.

        Raises NotTheOwner, StepNotOpen, PersonForgotten.
        """
        r = self._visible(request_id, by)
        must_take_from(r, actor_of(by))
        self.must_be_known(request_id)
        claims = _claims(r, by) | {"person_id": str(r.pemohon_id)}
        return self.tokens.sign(claims, purpose="paper", seconds=SEND_SECONDS)

    def opening_ticket(self, request_id: UUID, paper_id: str, by: Caller) -> str:
        """Purpose "paper-read", one minute: {request_id, register_number, paper_id, by, role,
        agency, capacity}.

        Raises NotTheOwner, PaperNotFound, PersonForgotten.
        """
        r = self._visible(request_id, by)
        must_open_for(r, actor_of(by))
        if paper_id not in [each.paper_id for each in r.papers.kept]:
            raise errors.PaperNotFound("Berkas persyaratan itu tidak ada pada permohonan ini.")
        self.must_be_known(request_id)
        claims = _claims(r, by) | {"paper_id": paper_id}
        return self.tokens.sign(claims, purpose="paper-read", seconds=OPEN_SECONDS)

    def of(self, request_id: UUID, by: Caller) -> tuple[Paper, ...]:
        """Those that came. Raises RequestNotFound, NotTheOwner."""
        return self._visible(request_id, by).papers.kept

    def may_send(self, request_id: UUID, by: Caller) -> bool:
        return self._may(must_take_from, request_id, by)

    def may_open(self, request_id: UUID, by: Caller) -> bool:
        return self._may(must_open_for, request_id, by)

    def _may(self, rule: Callable[[DataRequest, Any], None], request_id: UUID, by: Caller) -> bool:
        try:
            rule(self._visible(request_id, by), actor_of(by))
            self.must_be_known(request_id)
        except errors.RequestsError:
            return False
        return True

    def _visible(self, request_id: UUID, by: Caller) -> DataRequest:
        r = self.load(request_id)
        must_see(r, actor_of(by))
        return r


def _claims(r: DataRequest, by: Caller) -> dict[str, Any]:
    return {
        "request_id": str(r.id),
        "register_number": r.register_number,
        "by": by.id,
        "role": by.role,
        "agency": by.agency,
        "capacity": by.capacity,
    }
