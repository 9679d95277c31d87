"""Ways back to an earlier step, where going on would be wrong.

A step's outcome may turn out to be a mistake: no agency holds the data after all, what was granted
cannot be given, a file will not do, or a cleared file still shows personal data.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from requests_service.domain import errors, texts
from requests_service.domain import events as facts
from requests_service.domain.events import Fact
from requests_service.domain.roles import Actor
from requests_service.domain.working_days import Today

if TYPE_CHECKING:
    from requests_service.domain.data_request import DataRequest, Seal

REASON_WORDS = 4
WAYS: Mapping[str, tuple[type[Fact], str]] = MappingProxyType(
    {
        "check-again": (
            facts.AvailabilityReconsidered,
            "Jelaskan mengapa ketersediaan data diperiksa lagi.",
        ),
        "take-back": (
            facts.RequestTakenBack,
            "Jelaskan mengapa permohonan ini ditarik dari PPID Pembantu.",
        ),
        "decide-again": (
            facts.GrantReconsidered,
            "Jelaskan mengapa data yang sudah dikabulkan tidak dapat diserahkan.",
        ),
        "ask-another-file": (
            facts.AnotherFileAsked,
            "Jelaskan kepada PPID Pembantu apa yang kurang pada berkasnya.",
        ),
        "withdraw-clearance": (
            facts.ClearanceWithdrawn,
            "Jelaskan mengapa berkas ini harus diperiksa lagi.",
        ),
    }
)
"""By the command's name: the fact, and what is said when its reason is missing."""


def go_back(
    r: "DataRequest", by: Actor, today: Today, *, way: str, reason: str, seal: "Seal"
) -> None:
    """`way`: of WAYS; the table of acts says from where and to where."""
    fact, missing = WAYS[way]
    r.guard(fact, by, today)
    if not texts.is_meaningful(reason, words=REASON_WORDS):
        raise errors.ReasonMissing(missing)
    more: dict[str, Any] = {}
    if fact is facts.AvailabilityReconsidered:
        more = {"agency": None}
    if fact is facts.RequestTakenBack:
        more = {"agency": None, "taken_from": r.agency}
    if fact is facts.ClearanceWithdrawn:
        more = {"was_delivered": r.access_until is not None}
    r.record(fact, by, today, why_back_sealed=seal("why_back", reason), **more)


def undo(r: "DataRequest", fact: Fact) -> None:
    """Forget what the step that is gone back to had decided; what happened stays in the log."""
    match fact:
        case facts.GrantReconsidered():
            r.granted, r.refused_part = False, None
        case facts.RequestTakenBack():
            r.granted, r.refused_part = False, None
            forget_the_refusal(r)
        case facts.AnotherFileAsked():
            r.file = None
        case facts.ClearanceWithdrawn():
            r.cleared = r.access_until = r.delivery_letter_on = None
            r.drafted = False


def forget_the_refusal(r: "DataRequest") -> None:
    r.refused_at_step = r.reason_code = r.reason_text = r.article = r.consequence_test = (
        r.held_by
    ) = None
    r.refusal_sent = False
