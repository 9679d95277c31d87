"""Deviations in the words of the screens."""

import re
from datetime import date
from uuid import UUID

from chassis.pages import tanggal
from chassis.postgres import Pool

from requests_service.audit.words import title_of
from requests_service.domain.conformance import FACTS, Kind
from requests_service.projections.conformance import of_request

_FIELDS = {
    "step": "langkah",
    "agency": "perangkat daerah",
    "was_due": "tenggat waktu itu",
    "late": "terlambat",
    "next_step": "langkah berikut",
    "next_due": "tenggat berikut",
    "statutory_due": "tenggat undang-undang",
}
_WORD = re.compile(r"\b(\d{4}-\d\d-\d\d|" + "|".join([*FACTS, *_FIELDS]) + r")\b")


def said(text: str) -> str:
    """Names of facts and fields in words, ISO dates as they are read."""
    return _WORD.sub(lambda found: _in_words(found[0]), text)


def deviations_shown(pool: Pool, request_id: UUID) -> list[tuple[str, str]]:
    """Of one request: what kind, and what it was."""
    return [
        (
            Kind(row["kind"]).label,
            f"{title_of(row['type'])}, {tanggal(row['happened_on'])}, posisi {row['position']}."
            f" Menurut SOP: {said(row['expected'])}. Tercatat: {said(row['found'])}.",
        )
        for row in of_request(pool, request_id)
    ]


def _in_words(word: str) -> str:
    if word in _FIELDS:
        return _FIELDS[word]
    return title_of(word) if word[0].isupper() else tanggal(date.fromisoformat(word))
