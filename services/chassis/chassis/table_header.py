"""Where a table's header stands, and what its columns are called; a table may have none."""

import re
from collections import Counter

TITLE_LENGTH_MAX = 200
_HEADER_AMONG_ROWS = 25


def header_of(rows: list[list[str]], width: int) -> tuple[list[str], int, int]:
    """The columns' names, how many rows stand above the table, and the first row of data.

    The header is the first row that is about as full as the rows below; titles are emptier. A row
    that already looks like the data below it is data: then the rows above name its columns.
    """
    filled = [sum(1 for cell in row if cell.strip()) for row in rows[:200]]
    usual = sorted(filled)[len(filled) // 2]
    candidates = range(min(len(rows), _HEADER_AMONG_ROWS))
    at = next((i for i in candidates if filled[i] >= 0.6 * usual), 0)
    start = at + 1
    if _looks_like_data(rows, at):
        at = start = next((i for i in range(at) if _holds_no_title(rows[i])), at)
    below = rows[at] if start > at else []
    names = []
    for column in range(width):
        own = _cell(below, column)
        above = [text for row in rows[:at] if (text := _cell(row, column))]
        if own or not above:
            names.append(own)
        else:
            names.append(above[-1] if start > at else " ".join(dict.fromkeys(above)))
    return _with_groups(names, rows[:at]), at, start


def _with_groups(names: list[str], above: list[list[str]]) -> list[str]:
    """`Triwulan I` twice, under two headings that span columns, becomes two names."""
    twice = {name for name, times in Counter(names).items() if times > 1 and name}
    if not twice:
        return names
    spans: list[list[str]] = []
    for row in above:
        if sum(1 for column in range(1, len(names)) if _cell(row, column)) > 1:
            span, last = [], ""
            for column in range(len(names)):
                last = _cell(row, column) or last
                span.append(last)
            spans.append(span)
    return [
        " ".join(filter(None, [*(span[column] for span in spans), name])) if name in twice else name
        for column, name in enumerate(names)
    ]


_NUMBER = re.compile(r"[-+(]*\d[\d.,:/ +()-]*%?|.+@.+\..+")
_DATE = re.compile(r"\d{1,2}[ -][A-Za-z]{3,9}[ -]\d{2,4}")
_STREET = re.compile(r"(?:jl|jln|jalan|gg|gang|dusun)\b.*", re.IGNORECASE)
_NEVER_A_TITLE = re.compile(
    r"[^\d@]{0,10}\d(?:[\s.,'()-]{0,2}\d){9,}\W*|(?:\w{1,6}\W+)?[^\s@]+@[^\s@]+\.[^\s@]+"
)
"""A long number or an address, with `NIK` or `WA` before it."""


def _looks_like_data(rows: list[list[str]], at: int) -> bool:
    """What no title is, what the rows below have too in its place, or is as most of them are."""
    if _holds_no_title(rows[at]) or _stands_below(rows, at):
        return True
    if _counts(rows[at]):
        return False
    for column in range(len(rows[at])):
        cell = _cell(rows[at], column)
        shape = next((s for s in (_NUMBER, _DATE, _STREET) if s.fullmatch(cell)), None)
        if shape is None or _is_year(cell):
            continue
        below = [text for row in rows[at + 1 : at + 21] if (text := _cell(row, column))]
        if shape is _NUMBER and not below:
            return True
        if below and 2 * sum(1 for text in below if shape.fullmatch(text)) >= len(below):
            return True
    return False


def _holds_no_title(row: list[str]) -> bool:
    return any(_NEVER_A_TITLE.fullmatch(_cell(row, column)) for column in range(len(row)))


def _stands_below(rows: list[list[str]], at: int) -> bool:
    """A district or an `L` of the first row comes again; so does a header, but as a whole row."""
    below = [row for row in rows[at + 1 : at + 201] if row != rows[at]]
    return any(
        sum(1 for row in below if _cell(row, column) == cell) > 1
        for column in range(len(rows[at]))
        if any(map(str.isalpha, cell := _cell(rows[at], column)))
    )


def _counts(row: list[str]) -> bool:
    """Numbered columns: 1, 2, 3."""
    cells = [_cell(row, column) for column in range(len(row))]
    counted = [cell for cell in cells if _NUMBER.fullmatch(cell) and not _is_year(cell)]
    if len(counted) < 3 or not all(cell.isdecimal() for cell in counted):
        return False
    first = int(counted[0])
    return [int(cell) for cell in counted] == list(range(first, first + len(counted)))


def _is_year(cell: str) -> bool:
    """Years may be names of columns."""
    return re.fullmatch(r"(19|20)\d\d", cell) is not None


def _cell(row: list[str], column: int) -> str:
    return " ".join(row[column].split()) if column < len(row) else ""


def distinct(names: list[str]) -> list[str]:
    """No column without a name, and no name twice."""
    taken: set[str] = set()
    given: list[str] = []
    for number, name in enumerate(names, start=1):
        wanted = candidate = name[:TITLE_LENGTH_MAX] or f"kolom_{number}"
        times = 1
        while candidate in taken:
            times += 1
            candidate = f"{wanted}_{times}"
        taken.add(candidate)
        given.append(candidate)
    return given
