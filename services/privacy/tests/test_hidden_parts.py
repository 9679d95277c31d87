"""What a workbook carries beside its cells: found, so that no officer gives it away unseen."""

import io
import zipfile

import openpyxl
import pytest
from chassis.uploads import Format
from openpyxl.comments import Comment
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from privacy_service.adapters.document import opened
from privacy_service.domain.kinds import Kind
from privacy_service.domain.verdicts import judge

SITI = "Siti Rahmawati"
SHEET, BOOK = "xl/worksheets/sheet1.xml", "xl/workbook.xml"
CORE, APP = "docProps/core.xml", "docProps/app.xml"


def a_book(change=lambda book: None) -> bytes:
    book = openpyxl.Workbook()
    book.active.append(["kota", "jumlah"])
    book.active.append(["Malang", 12])
    change(book)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def rewritten(member: str, before: str, after: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(a_book())) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            text = old.read(name).decode()
            assert name != member or before in text
            new.writestr(name, text.replace(before, after, 1) if name == member else text)
    return buffer.getvalue()


def with_part(name: str, text: str = f"<a>{SITI}</a>") -> bytes:
    buffer = io.BytesIO(a_book())
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr(name, text)
    return buffer.getvalue()


def with_comment(book: openpyxl.Workbook) -> None:
    book.active["A1"].comment = Comment("tanya dia", SITI)


def with_hidden_sheet(book: openpyxl.Workbook) -> None:
    book.create_sheet("lain").sheet_state = "veryHidden"


def with_name(book: openpyxl.Workbook) -> None:
    book.defined_names["ketua"] = DefinedName("ketua", attr_text=f'"{SITI}"')


def with_list(book: openpyxl.Workbook) -> None:
    book.active.add_data_validation(DataValidation("list", formula1=f'"{SITI},Budi"'))


def with_footer(book: openpyxl.Workbook) -> None:
    book.active.oddFooter.center.text = SITI


def with_formula(book: openpyxl.Workbook) -> None:
    book.active["B3"] = f'=COUNTIF(A:A,"{SITI}")'


def with_link(book: openpyxl.Workbook) -> None:
    book.active["A2"].hyperlink = "mailto:siti@contoh.id"


def with_title(book: openpyxl.Workbook) -> None:
    book.properties.title = SITI


def kinds_of(data: bytes) -> set[Kind]:
    return {verdict.kind for verdict in judge(opened(data, Format.XLSX).columns()) if verdict.kind}


def test_a_workbook_of_cells_alone_hides_nothing():
    assert set() == kinds_of(a_book())


@pytest.mark.parametrize(
    "change",
    [
        *(with_comment, with_hidden_sheet, with_name, with_list),
        *(with_footer, with_formula, with_link, with_title),
    ],
)
def test_what_a_spreadsheet_program_keeps_beside_the_cells_is_found(change):
    assert {Kind.HIDDEN} == kinds_of(a_book(change))


@pytest.mark.parametrize(
    ("member", "before", "after"),
    [
        (BOOK, 'state="visible"', "state = 'hidden'"),
        (BOOK, "<sheets>", "<a:absPath xmlns:a='x' url='C:\\Users\\Siti\\'/><sheets>"),
        (BOOK, "<sheets>", f"<fileSharing userName='{SITI}'/><sheets>"),
        (SHEET, "</is>", f"<rPh sb='0' eb='1'><t>{SITI}</t></rPh></is>"),
        (SHEET, "</sheetData>", f"</sheetData><scenarios><scenario user='{SITI}'/></scenarios>"),
        (CORE, "</dc:creator>", f"</dc:creator><category>{SITI}</category>"),
        (APP, "</Application>", f"</Application><Manager>{SITI}</Manager>"),
        (CORE, "</dc:creator>", "</dc:broken>"),
    ],
)
def test_what_stands_in_a_part_that_is_not_shown_is_found(member, before, after):
    assert {Kind.HIDDEN} == kinds_of(rewritten(member, before, after))


@pytest.mark.parametrize(
    "name",
    [
        *("xl/Comments1.xml", "comments.xml", "customXml/item1.xml", "docProps/thumbnail.jpeg"),
        *("xl/tables/table1.xml", "xl/worksheets/sheet9.xml", "xl/connections.xml", "catatan.txt"),
    ],
)
def test_a_part_that_no_sheet_shows_is_found(name):
    assert {Kind.HIDDEN} == kinds_of(with_part(name))


def test_a_text_that_no_cell_shows_any_more_is_found():
    strings = f"<sst><si><t>{SITI}</t></si></sst>"

    assert {Kind.HIDDEN} == kinds_of(with_part("xl/sharedStrings.xml", strings))


def test_a_comment_of_the_archive_is_found():
    buffer = io.BytesIO(a_book())
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.comment = SITI.encode()

    assert {Kind.HIDDEN} == kinds_of(buffer.getvalue())
