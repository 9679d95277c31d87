"""The register's entries of a year, counted by the fields that the yearly report asks about.

Very many requests share few days, agencies and outcomes: a report is made from these counts, not
from the requests. The database counts a year of 100,000 at once (projections/register.py).
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from requests_service.domain.register import Entry

Fields = tuple[str, ...]
Counts = Mapping[tuple[str | None, ...], int]
"""How many have these values, in the order of the fields; each as text, or as JSON."""

_OUTCOME = ("decision", "ended_as")
MONTHS: Fields = ("received_on",)
DECIDED: Fields = ("decided_on", "decision")
AGENCIES: Fields = (*_OUTCOME, "agency")
KINDS: Fields = (*_OUTCOME, "kind")
CHANNELS: Fields = (*_OUTCOME, "channel")
REASONS: Fields = ("reason_code",)
NOTICES: Fields = ("received_on", "reopened_on", "pauses", "notice_on")
DECISIONS: Fields = ("received_on", "reopened_on", "pauses", "decided_on")
DELIVERIES: Fields = ("received_on", "reopened_on", "pauses", "delivered_on")
REFUSALS: Fields = ("received_on", "reopened_on", "pauses", "refused_on")
PROMISES: Fields = ("pauses", "notice_on", "statutory_due", "ended_on")
EXTENDED: Fields = ("extended",)
DISPUTES: Fields = ("dispute",)
SCORES: Fields = ("score",)
ALL: tuple[Fields, ...] = (
    *(MONTHS, DECIDED, AGENCIES, KINDS, CHANNELS, REASONS, NOTICES, DECISIONS, DELIVERIES),
    *(REFUSALS, PROMISES, EXTENDED, DISPUTES, SCORES),
)
Tally = Mapping[Fields, Counts]
"""For each of ALL."""


def tally(entries: Iterable[Entry]) -> Tally:
    """Of entries at hand; `projections.register.tally_of` gives the same of a whole year."""
    known = list(entries)
    return {
        fields: Counter(tuple(_text(getattr(each, name)) for name in fields) for each in known)
        for fields in ALL
    }


def _text(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else json.dumps(value)
