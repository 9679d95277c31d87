"""What came another way than the pages: an officer enters it, and the clocks count from its day.

UU 14/2008 Pasal 22 ayat (1) to (4): a request may be spoken or written, and is registered when it
is received. Pasal 35: an objection is made in writing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from requests_service.domain import choices, errors, texts
from requests_service.domain.dates import tanggal
from requests_service.domain.roles import Actor, Role
from requests_service.domain.working_days import Today

if TYPE_CHECKING:
    from requests_service.domain.data_request import Seal

WAYS: Mapping[str, str] = MappingProxyType(
    {code: choices.CHANNELS[code] for code in ("loket", "surat", "telepon", "surel")}
)
"""The channels of which an officer enters what came."""


@dataclass(frozen=True)
class Entry:
    """Who entered a request, and when it had come."""

    by: Actor
    received_on: date
    """Day zero of both clocks."""
    why_later: str = ""
    """Why it was not entered on the day on which it came; empty when it was."""

    def problems(self, channel: str, today: Today) -> dict[str, str]:
        """Every field that cannot be taken, with a sentence, in the form's order."""
        return errors.problems_of(
            {
                "channel": lambda: choices.must_be_one_of(WAYS, channel, what="Saluran"),
                "received_on": lambda: self._must_have_come(today),
                "why_later": self._must_be_short if self.is_of(today) else self._must_say_why,
            }
        )

    def must_be_taken(self, came_by: str, today: Today) -> None:
        """Raises ChoiceUnknown, DayAhead, ReasonMissing, TextMissing."""
        choices.must_be_one_of(WAYS, came_by, what="Saluran")
        self._must_have_come(today)
        if not self.is_of(today):
            self._must_say_why()

    def must_be_by_the_ppid(self) -> None:
        """Raises NotTheOwner."""
        self.by.must_be(Role.PPID, doing="Mencatat permohonan yang datang tidak lewat formulir")

    def is_of(self, today: Today) -> bool:
        """It came today."""
        return self.received_on >= today.day

    def _must_have_come(self, today: Today) -> None:
        if self.received_on > today.day:
            raise errors.DayAhead(f"Tanggal {tanggal(self.received_on)} belum terjadi.")
        if self.received_on.year < today.day.year - 1:
            raise errors.DayAhead("Periksa tahun pada tanggal diterima.")

    def _must_say_why(self) -> None:
        if not texts.is_meaningful(self.why_later, words=3):
            raise errors.ReasonMissing(
                "Jelaskan mengapa ini baru dicatat sesudah hari diterimanya."
            )
        self._must_be_short()

    def _must_be_short(self) -> None:
        texts.must_not_be_too_long("Penjelasan", self.why_later)


@dataclass(frozen=True)
class Brought:
    """What the Pemohon of a request sent or said, as the PPID enters it."""

    entry: Entry
    came_by: str
    """Of WAYS."""

    def details(self, today: Today, seal: "Seal") -> dict[str, Any]:
        """What its fact remembers of that."""
        return {
            "came_by": self.came_by,
            "arrived_on": None if self.entry.is_of(today) else self.entry.received_on,
            "why_later_sealed": texts.sealed(seal, "why_later", self.entry.why_later or None),
        }


def day_of(brought: Brought | None, by: Actor, today: Today) -> Today:
    """By which day an act of the Pemohon is judged.

    Raises NotTheOwner, and as `Entry.must_be_taken`.
    """
    if brought is None:
        if by.role is Role.PPID:
            raise errors.NotTheOwner(
                "Ini milik Pemohon. Bila Anda mencatatnya, sebutkan bagaimana Pemohon"
                " menyampaikannya."
            )
        return today
    if by.role is not Role.PPID:
        raise errors.NotTheOwner("Hanya PPID yang mencatat apa yang datang lewat surat atau loket.")
    brought.entry.must_be_taken(brought.came_by, today)
    return replace(today, day=min(brought.entry.received_on, today.day))
