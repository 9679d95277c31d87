"""A table as every format takes it: headings of up to three storeys, and rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

Cell = str | int | float | date | None


@dataclass(frozen=True)
class Head:
    """A cell of the table's head."""

    text: str
    columns: int
    rows: int


@dataclass(frozen=True)
class Table:
    title: str
    headings: tuple[tuple[str, ...], ...]
    """For each column, from the top: ("Status informasi", "Di bawah penguasaan", "Ya")."""
    rows: Sequence[tuple[Cell, ...]]
    widths: tuple[float, ...] = ()
    """Of the columns on paper, to each other; all the same without them."""

    @property
    def names(self) -> list[str]:
        """Each heading in one line."""
        return [", ".join(path) for path in self.headings]

    def head(self) -> list[list[Head]]:
        """The head storey by storey; what several neighbours share stands above them once."""
        depth = max(len(path) for path in self.headings)
        storeys: list[list[Head]] = []
        for level in range(depth):
            storey: list[Head] = []
            before: tuple[str, ...] | None = None
            for path in self.headings:
                if level >= len(path):
                    before = None
                    continue
                reach = path[: level + 1]
                last = level == len(path) - 1
                if reach == before and not last:
                    storey[-1] = Head(reach[-1], storey[-1].columns + 1, 1)
                else:
                    storey.append(Head(reach[-1], 1, depth - level if last else 1))
                before = None if last else reach
            storeys.append(storey)
        return storeys
