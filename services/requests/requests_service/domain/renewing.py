"""A new tracking code for a Pemohon who has lost theirs. It moves no step and no clock."""

from typing import TYPE_CHECKING

from requests_service.domain import events as facts
from requests_service.domain import texts
from requests_service.domain.roles import Actor, Role
from requests_service.domain.working_days import Today

if TYPE_CHECKING:
    from requests_service.domain.data_request import DataRequest, Seal

IDENTIFIED_WORDS = 3


def must_renew(by: Actor) -> None:
    """Raises NotTheOwner."""
    by.must_be(Role.PPID, doing="Mengganti kode lacak")


def renew(
    r: "DataRequest", by: Actor, today: Today, *, code: str, identified: str, seal: "Seal"
) -> None:
    """By the PPID. `identified`: how the PPID made sure that it is the Pemohon who asks."""
    must_renew(by)
    texts.must_be_filled_in("Cara memastikan identitas", identified, words=IDENTIFIED_WORDS)
    r.note(
        facts.TrackingCodeRenewed,
        by,
        today,
        tracking_code_sealed=seal("tracking_code", code),
        identified_sealed=seal("identified", identified),
    )
