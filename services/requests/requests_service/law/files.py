"""Tables as CSV and as XLSX: for a spreadsheet that shows them and executes nothing."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from chassis.texts import without_unwritable
from openpyxl import Workbook
from openpyxl.cell.cell import Cell as SheetCell
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side
from openpyxl.styles.fonts import DEFAULT_FONT
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from requests_service.audit.csv_file import inert
from requests_service.law.table import Cell, Table

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_LINE = Side(style="thin", color="999999")
_BORDER = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_HEAD = PatternFill("solid", fgColor="E3ECE9")
_TOP = Alignment(vertical="top", wrap_text=True)
_ROW = "Baris"
_MIDDLE = Alignment(vertical="center", horizontal="center", wrap_text=True)
_SOFT_HYPHEN = "\u00ad"
_CHARS_PER_WIDTH = 6
_TITLE_CHARS_MAX = 31
_NOT_IN_TITLES = str.maketrans(dict.fromkeys("[]:*?/\\", " "))


def csv_of(tables: Sequence[Table]) -> bytes:
    """One table as it is; several below each other, each under its title."""
    text = io.StringIO()
    for number, table in enumerate(tables):
        if len(tables) > 1:
            _csv_writer(text).writerows([[]] * bool(number) + [[table.title]])
        _write_csv(text, table, headed=True)
    return text.getvalue().encode()


def csv_pieces(pages: Iterable[Table]) -> Iterator[bytes]:
    """One table that comes page by page, as `csv_of` has it whole."""
    for number, page in enumerate(pages):
        text = io.StringIO()
        _write_csv(text, page, headed=number == 0)
        yield text.getvalue().encode()


def _write_csv(text: io.StringIO, table: Table, *, headed: bool) -> None:
    writer = _csv_writer(text)
    if headed:
        writer.writerow([_plain(name) for name in table.names])
    writer.writerows([inert(value) for value in row] for row in table.rows)


def _csv_writer(text: io.StringIO) -> Any:
    return csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")


def xlsx_of(tables: Sequence[Table], notes: Sequence[str] = ()) -> bytes:
    """A workbook with a sheet for each table; `notes` stand on the first."""
    book = Workbook()
    book.remove(book.active)
    book.add_named_style(NamedStyle(_ROW, DEFAULT_FONT, border=_BORDER, alignment=_TOP))
    for number, table in enumerate(tables):
        title = table.title.translate(_NOT_IN_TITLES)[:_TITLE_CHARS_MAX].strip()
        _fill(book.create_sheet(title), table, notes if number == 0 else ())
    whole = io.BytesIO()
    book.save(whole)
    return whole.getvalue()


def _fill(sheet: Worksheet, table: Table, notes: Sequence[str]) -> None:
    _write(sheet.cell(1, 1), table.title).font = Font(bold=True, size=14)
    for number, note in enumerate(notes, 2):
        _write(sheet.cell(number, 1), note)
    top = len(notes) + 3
    bottom = _head(sheet, table, top)
    for row, values in enumerate(table.rows, bottom + 1):
        for column, value in enumerate(values, 1):
            # By its name: one look-up for each cell, where a border and an alignment are two.
            cell = sheet.cell(row, column)
            cell.style = _ROW
            _write(cell, value)
    for column, width in enumerate(table.widths or [3.0] * len(table.headings), 1):
        letter = get_column_letter(column)
        sheet.column_dimensions[letter].width = max(width * _CHARS_PER_WIDTH, 11)
    sheet.freeze_panes = sheet.cell(bottom + 1, 1)
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 8
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = f"{top}:{bottom}"


def _head(sheet: Worksheet, table: Table, top: int) -> int:
    """The head from this row on; its last row."""
    storeys = table.head()
    bottom = top + len(storeys) - 1
    taken: set[tuple[int, int]] = set()
    for row, storey in enumerate(storeys, top):
        column = 1
        for head in storey:
            while (row, column) in taken:
                column += 1
            cell = _write(sheet.cell(row, column), _plain(head.text))
            cell.font, cell.alignment = Font(bold=True), _MIDDLE
            last_row, last_column = row + head.rows - 1, column + head.columns - 1
            area = [
                (r, c) for r in range(row, last_row + 1) for c in range(column, last_column + 1)
            ]
            taken.update(area)
            for place in area:
                sheet.cell(*place).fill, sheet.cell(*place).border = _HEAD, _BORDER
            if len(area) > 1:
                sheet.merge_cells(
                    start_row=row, start_column=column, end_row=last_row, end_column=last_column
                )
            column = last_column + 1
    return bottom


def _write(cell: SheetCell, value: Cell) -> SheetCell:
    if isinstance(value, str):
        cell.value = without_unwritable(value)
        # Never a formula, whatever it begins with.
        cell.data_type = "s"
        return cell
    cell.value = value
    if isinstance(value, date):
        cell.number_format = "dd-mm-yyyy"
    return cell


def _plain(text: str) -> str:
    return text.replace(_SOFT_HYPHEN, "")
