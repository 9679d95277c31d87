"""Who may see what of a request, whoever asks."""

from typing import Any

from chassis.actor import Actor as Caller
from chassis.log import StoredFact

from requests_service.domain import errors
from requests_service.domain.data_request import DataRequest
from requests_service.domain.events import Fact
from requests_service.domain.roles import Actor, Role
from requests_service.domain.words import HIDDEN_FROM_PEMOHON

_OF_EVERY_FACT = frozenset(Fact.__annotations__) | {"timestamp", "originator_topic", "pemohon_id"}
_SEE_ALL = frozenset({Role.PPID, Role.WALIDATA, Role.ATASAN_PPID, Role.AUDITOR})
_HIDDEN_DETAILS = frozenset({"digest", "original_digest", "cites"})
"""From a Pemohon: what identifies files and other people's requests."""
_BETWEEN_OFFICERS = frozenset(
    {"OriginalRead", "PaperRead", "LetterRead", "ReportCameLate"}
    | {"DueSoon", "BecameOverdue", "Escalated"}
    | {"ExtensionProposed", "NoteTaken", "DecisionProposed", "RefusalConfirmed", "ProposalSentBack"}
)
_NEVER_SHOWN = frozenset({"tracking_code"})


def actor_of(by: Caller) -> Actor:
    # A service that reports has no role of the SOP.
    role = Role(by.role) if by.role in set(Role) else Role.SERVICE
    return Actor(by.id, role, by.agency, by.capacity)


def must_see(data_request: DataRequest, viewer: Actor) -> None:
    if viewer.role in _SEE_ALL:
        return
    if viewer.role is Role.PEMOHON and viewer.id == str(data_request.pemohon_id):
        return
    if viewer.role is Role.PPID_PEMBANTU and viewer.agency == data_request.agency:
        return
    raise errors.NotTheOwner("Permohonan ini bukan untuk dilihat dari akun Anda.")


def may_read(name: str, role: Role) -> bool:
    if name in _NEVER_SHOWN or role is Role.AUDITOR:
        return False
    return role is not Role.PEMOHON or name not in HIDDEN_FROM_PEMOHON


def between_officers(row: StoredFact) -> bool:
    match row.type:
        case "MailSent":
            return bool(row.data["audience"] != Role.PEMOHON)
        case "LetterIssued":
            return bool(row.data["addressed_to"] != Role.PEMOHON)
        case other:
            return other in _BETWEEN_OFFICERS


def details_of(row: StoredFact, viewer: Actor) -> dict[str, Any]:
    hidden = _HIDDEN_DETAILS if viewer.role is Role.PEMOHON else frozenset()
    return {
        name: value
        for name, value in row.data.items()
        if name not in _OF_EVERY_FACT and name not in hidden and not name.endswith("_sealed")
    }
