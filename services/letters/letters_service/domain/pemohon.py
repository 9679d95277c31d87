"""What a letter may know of its Pemohon."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class Pemohon:
    """Only the fields asked for, and what people wrote about the fact."""

    person_id: UUID
    fields: Mapping[str, str]
    texts: Mapping[str, str]
    acting: "Acting | None" = None
    """Who signs, when it is not the head of the office that writes."""


@dataclass(frozen=True)
class Acting:
    """Who holds an office for its head."""

    capacity: str
    """Of `wording.ACTING`, or another in which one signs as the office itself."""
    name: str | None = None
    rank: str | None = None
    nip: str | None = None
