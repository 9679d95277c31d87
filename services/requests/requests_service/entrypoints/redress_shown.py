"""What the forms of redress offer."""

from collections.abc import Mapping
from typing import Any

from requests_service.domain import redress


def redress_choices(it: Mapping[str, Any]) -> dict[str, list[tuple[Any, str]]]:
    """Only what fits this request; the rules refuse the rest all the same."""
    owed = it["reopening_owed_by"]
    return {
        "bases": [
            (code, words) for code, words in redress.BASES.items() if code in (*owed, redress.PPID)
        ],
        "targets": [
            (step, words)
            for step, words in redress.TARGETS.items()
            if step == 6
            or (step == 8 and it["agency"])
            or (step == 10 and (it["file_digest"] or it["found_in_dip"]))
        ],
        "outcomes": list(redress.OUTCOMES.items()),
    }
