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
    first_of: Callable[[DataRequest], DataRequest | None]
    """The request that a part was split off from."""

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
        for holder in self._holders(r):
            if paper_id in [each.paper_id for each in holder.papers.kept]:
                self.must_be_known(holder.id)
                claims = _claims(holder, by) | {"paper_id": paper_id}
                return self.tokens.sign(claims, purpose="paper-read", seconds=OPEN_SECONDS)
        raise errors.PaperNotFound("Berkas persyaratan itu tidak ada pada permohonan ini.")

    def of(self, request_id: UUID, by: Caller) -> tuple[Paper, ...]:
        """Those that came; of a part, those of the first request before its own.

        Raises RequestNotFound, NotTheOwner.
        """
        holders = self._holders(self._visible(request_id, by))
        return tuple(paper for holder in holders for paper in holder.papers.kept)

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

    def _holders(self, r: DataRequest) -> list[DataRequest]:
        first = self.first_of(r)
        return [first, r] if first else [r]

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
