"""A decision that waits for its second officer, in the words of the page."""

from collections.abc import Mapping, Sequence
from typing import Any

from chassis.clock import JAKARTA

from requests_service.domain.refusal import words_of
from requests_service.reading import TimelineEntry

_ENDS = ("RefusalConfirmed", "ProposalSentBack")


def proposal_of(it: Mapping[str, Any], timeline: Sequence[TimelineEntry]) -> dict[str, Any] | None:
    """None while nothing waits. `may_confirm`: whether this officer is another one."""
    told = [each for each in timeline if each.fact in ("DecisionProposed", *_ENDS)]
    if not told or told[-1].fact in _ENDS or told[-1].step != it["step"]:
        return None
    made = told[-1]
    words = words_of(made.details)
    return {
        "by": made.by_name or made.by_role,
        "on": made.at.astimezone(JAKARTA).date(),
        "parts": made.texts.get("proposed_parts"),
        "narrative": made.texts.get("proposed_narrative", ""),
        "basis": f"{words[0].upper()}{words[1:]} ({made.details['article']})",
        "may_confirm": "confirm-refusal" in it["commands"],
    }
