"""How a letter is numbered: a pattern that a city chooses, and the register in which it runs."""

import string
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from letters_service.domain.errors import NumberingWrong
from letters_service.domain.tanggal import bulan_romawi

_PARTS = ("classification", "number", "unit", "year", "month_roman")


@dataclass(frozen=True)
class Register:
    """Numbers run from 1, without a gap, in each of these."""

    unit: str
    naskah: str
    year: int


@dataclass(frozen=True)
class Pattern:
    """Such as `{classification}/{number}/{unit}/{year}`; `{number:03}` pads with zeros."""

    text: str

    def __post_init__(self) -> None:
        try:
            used = {name for _, name, _, _ in string.Formatter().parse(self.text) if name}
            self._filled("000.0", 1, "0", date(2026, 1, 1))
        except (ValueError, KeyError, IndexError, AttributeError) as error:
            raise NumberingWrong(
                f"Pola nomor surat {self.text!r} tidak dapat dibaca. Yang dikenal:"
                f" {', '.join('{' + part + '}' for part in _PARTS)}."
            ) from error
        # Without these, two letters of one register would bear the same number.
        if missing := {"number", "year", "unit"} - used:
            raise NumberingWrong(
                f"Pola nomor surat {self.text!r} harus memuat"
                f" {' dan '.join(sorted('{' + part + '}' for part in missing))}."
            )

    def number(self, running: int, *, register: Register, classification: str, on: date) -> str:
        """The whole number of a letter."""
        return self._filled(classification, running, register.unit, on)

    def _filled(self, classification: str, running: int, unit: str, on: date) -> str:
        values: Mapping[str, object] = {
            "classification": classification,
            "number": running,
            "unit": unit,
            "year": on.year,
            "month_roman": bulan_romawi(on),
        }
        return self.text.format_map(values)
