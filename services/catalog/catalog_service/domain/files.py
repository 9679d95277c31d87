"""What was read from a dataset's file, and which files can be downloaded from it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

PREVIEW_ROWS = 20
ORIGINAL = "asli"
CSV = "csv"

_NUMBER = re.compile(r"[+-]?[\d.,\s]*\d[\d.,]*([eE][+-]?\d+)?%?")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class ReadFile:
    """A file as its table: all cells are text, exactly as they stand there."""

    columns: tuple[str, ...]
    row_count: int
    preview: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...]
    table: bytes
    """The whole table as CSV in UTF-8, columns first."""
    outline: str
    """A drawing of the geometries (SVG), or nothing."""


def neutral(cell: str) -> str:
    """The cell as a spreadsheet may safely open it: what would run as a formula becomes text."""
    if cell.startswith(_FORMULA_STARTS) and not _NUMBER.fullmatch(cell):
        return f"'{cell}"
    return cell


def neutral_row(row: Sequence[str]) -> list[str]:
    return [neutral(cell) for cell in row]
