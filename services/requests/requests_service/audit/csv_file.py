"""Facts as CSV (RFC 4180) that a spreadsheet shows and never executes.

A cell that begins with one of = + - @, a tab, a line break or ' gets a ' before it. To have the
value back, take one ' away from every cell that begins with it. A null is an empty cell.
"""

import csv
import io
from collections.abc import Iterable, Iterator

from requests_service.audit.sealed_facts import SealedFact
from requests_service.audit.table import COLUMNS, row_of

_PREFIXED = frozenset("=+-@\t\r\n'＝＋－＠")
"""The last four: spreadsheets set to East Asian languages read them as the first four."""
_ROWS = 500


def csv_file(facts: Iterable[SealedFact]) -> Iterator[bytes]:
    """The file, piece by piece."""
    text = io.StringIO()
    # All cells in quotes, so that a semicolon within one begins no new cell.
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for number, fact in enumerate(facts, 1):
        writer.writerow([inert(value) for value in row_of(fact).values()])
        if number % _ROWS == 0:
            yield _taken(text)
    yield _taken(text)


def inert(value: object) -> str:
    """The cell that shows this value."""
    if value is None:
        return ""
    written = str(value).lower() if isinstance(value, bool) else str(value)
    return f"'{written}" if written[:1] in _PREFIXED else written


def _taken(text: io.StringIO) -> bytes:
    taken = text.getvalue().encode()
    text.seek(0)
    text.truncate()
    return taken
