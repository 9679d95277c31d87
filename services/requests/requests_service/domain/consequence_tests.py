"""Uji konsekuensi: what is weighed before information is kept from the public.

UU 14/2008 Pasal 19 makes it a duty, Perki 1/2021 Pasal 49 says that it is recorded. A refusal by
Pasal 17 stands on one that is in force.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from requests_service.domain import errors, texts
from requests_service.domain.dates import tanggal
from requests_service.domain.refusal import FIRST

EXCEPTIONS: Mapping[str, str] = MappingProxyType(
    {
        each.exception: each.text
        for each in FIRST.rows
        if each.exception and each.code == f"pasal_17_{each.exception}"
    }
)
"""The letters of UU 14/2008 Pasal 17, with what disclosure would do."""


@dataclass(frozen=True)
class Tested:
    """What the PPID writes down of a consequence test; nothing in it names a person."""

    information: str
    """The document and the part of it that is kept."""
    exceptions: tuple[str, ...]
    """Letters of Pasal 17."""
    if_opened: str
    if_closed: str
    """The public interest that closing serves."""
    decree: str
    """Number of the Surat Penetapan."""
    decree_on: date
    valid_from: date
    valid_until: date | None = None
    """The last day; None: until it is ended."""
    other_law: str | None = None
    """For huruf j: article and name of the law that forbids it."""
    agency: str | None = None
    """Code of the agency whose information it is; None: of the whole city."""

    def problems(self) -> dict[str, str]:
        """Every field that cannot be taken, with a sentence."""
        return errors.problems_of(
            {
                "information": lambda: _must_say("Informasi yang diuji", self.information, words=3),
                "exceptions": self._must_name_exceptions,
                "other_law": self._must_name_the_other_law,
                "if_opened": lambda: _must_say("Akibat bila dibuka", self.if_opened, words=5),
                "if_closed": lambda: _must_say("Manfaat bila ditutup", self.if_closed, words=5),
                "decree": self._must_have_a_decree,
                "valid_until": self._must_end_after_it_begins,
            }
        )

    def _must_name_exceptions(self) -> None:
        if not self.exceptions:
            raise errors.ChoiceUnknown("Pilih sedikitnya satu huruf Pasal 17.")
        for letter in self.exceptions:
            if letter not in EXCEPTIONS:
                raise errors.ChoiceUnknown(f'Huruf "{letter}" tidak ada dalam Pasal 17.')

    def _must_name_the_other_law(self) -> None:
        if "j" in self.exceptions and not texts.is_meaningful(self.other_law or "", words=2):
            raise errors.ReasonMissing(
                "Sebutkan pasal dan undang-undang lain yang melarang pengungkapan (huruf j)."
            )

    def _must_have_a_decree(self) -> None:
        if not self.decree.strip():
            raise errors.TextMissing("Nomor surat penetapan wajib diisi.")

    def _must_end_after_it_begins(self) -> None:
        if self.valid_until and self.valid_until < self.valid_from:
            raise errors.TextMissing("Akhir jangka waktu mendahului awalnya.")


@dataclass(frozen=True)
class ConsequenceTest:
    """One that was recorded: never changed, only ended."""

    number: str
    tested: Tested
    recorded_on: date
    ended_on: date | None = None
    end_reason: str | None = None

    def in_force_on(self, day: date) -> bool:
        last = self.tested.valid_until
        return self.tested.valid_from <= day and (last is None or day <= last) and not self.ended_on

    def must_support(self, exception: str, day: date, agency: str | None) -> None:
        """Raises ConsequenceTestUnfit with the sentence for what does not fit."""
        if not self.in_force_on(day):
            raise errors.ConsequenceTestUnfit(
                f"Uji konsekuensi {self.number} tidak berlaku pada {tanggal(day)}."
            )
        if exception not in self.tested.exceptions:
            raise errors.ConsequenceTestUnfit(
                f"Uji konsekuensi {self.number} tidak menguji Pasal 17 huruf {exception}."
            )
        if self.tested.agency and agency and self.tested.agency != agency:
            raise errors.ConsequenceTestUnfit(
                f"Uji konsekuensi {self.number} menyangkut informasi perangkat daerah lain."
            )

    def cited(self) -> dict[str, str]:
        """What a refusal remembers of it, and its letter says."""
        return {
            "number": self.number,
            "decree": self.tested.decree,
            "decree_on": self.tested.decree_on.isoformat(),
            "if_opened": self.tested.if_opened,
        }


def _must_say(name: str, text: str, *, words: int) -> None:
    texts.must_be_filled_in(name, text, words=words)
