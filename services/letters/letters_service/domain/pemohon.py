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
