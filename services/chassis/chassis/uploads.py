"""Says what an uploaded file really is, and reads its table as text, digit for digit.

Nothing here trusts a file name, a declared size or a number format: a NIK that passes through a
float loses its last digit, and a zip that unpacks to gigabytes is smaller than a letter.
`read` does the reading in a limited process; `read_table` itself is what runs there.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from itertools import islice
from pathlib import Path, PurePath
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from chassis.sandbox import Refused, TooMuch, limited
from chassis.table_header import TITLE_LENGTH_MAX, distinct, header_of
from chassis.texts import without_unwritable
from defusedxml import ElementTree as SafeXml
from defusedxml.common import DefusedXmlException

__all__ = ["MAX_BYTES", "Format", "Number", "Refused", "Table", "TooMuch"]
__all__ += ["dump_json", "load_json", "read", "read_table", "read_tables", "sniff"]

MAX_BYTES = 50 * 1024 * 1024
ROWS_MAX = 500_000
COLUMNS_MAX = 1_000
CELLS_MAX = 5_000_000
CELL_LENGTH_MAX = 32_767
"""What one cell of a spreadsheet holds at most; a longer one is a quotation mark left open."""

ZIP_MEMBERS_MAX = 2_000
ZIP_UNPACKED_BYTES_MAX = 400 * 1024 * 1024
ZIP_RATIO_MAX = 100
_RATIO_MATTERS_FROM_BYTES = 10 * 1024 * 1024
JSON_DEPTH_MAX = 100


class Format(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"
    GEOJSON = "geojson"
    PDF = "pdf"

    @property
    def media_type(self) -> str:
        return _MEDIA_TYPES[self]


_MEDIA_TYPES = {
    Format.CSV: "text/csv; charset=utf-8",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.JSON: "application/json",
    Format.GEOJSON: "application/geo+json",
    Format.PDF: "application/pdf",
}
_ENDINGS = {
    Format.CSV: (".csv", ".tsv", ".tab", ".txt"),
    Format.XLSX: (".xlsx",),
    Format.JSON: (".json",),
    Format.GEOJSON: (".geojson", ".json"),
    Format.PDF: (".pdf",),
}
_NAMES = {
    Format.CSV: "teks CSV",
    Format.XLSX: "lembar kerja Excel (XLSX)",
    Format.JSON: "JSON",
    Format.GEOJSON: "GeoJSON",
    Format.PDF: "dokumen PDF",
}
_ACCEPTED = "Yang dapat diterima: CSV, TSV, XLSX, JSON, GeoJSON atau PDF."


@dataclass(frozen=True)
class Table:
    columns: list[str]
    rows: list[list[str]]
    """Every row is as long as `columns`; a missing cell is an empty text."""
    name: str = ""
    """The sheet's name, in a workbook."""
    titles: list[list[str]] = field(default_factory=list)
    """What stood above the header, and names of columns that are cut."""
    notes: list[str] = field(default_factory=list)
    """What a reader of the table should know, in Indonesian."""
    row_count: int = 0
    """All rows of the file, also when `rows` holds only the first."""


class Number(str):
    """A number of a JSON document, exactly as it was written."""


def sniff(data: bytes, filename: str) -> Format:
    """The format by content; refuses what no table can be read from, or what the name denies."""
    if not data:
        raise Refused("Berkas ini kosong.")
    if len(data) > MAX_BYTES:
        raise Refused(
            f"Berkas ini {_megabytes(len(data))} MB, lebih besar dari batas "
            f"{MAX_BYTES // 1024 // 1024} MB."
        )
    found = _by_content(data)
    ending = PurePath(filename).suffix.lower()
    if not isinstance(found, Format):
        said = f"Nama berkas berakhiran {ending}; isinya" if ending else "Berkas ini"
        raise Refused(f"{said} {found}. {_ACCEPTED}")
    if ending and ending not in _ENDINGS[found]:
        raise Refused(
            f"Nama berkas berakhiran {ending}, tetapi isinya {_NAMES[found]}. "
            f"Simpan ulang dengan akhiran {_ENDINGS[found][0]}."
        )
    return found


def read(data: bytes, format: Format, *, first: int | None = None) -> list[Table]:
    """All tables of the file (one a sheet), read in a limited process; `first` cuts the rows."""
    answer = limited(
        "chassis.uploads:tables_as_json",
        {"format": str(format), "first": first},
        files={"path": data},
    )
    return [Table(**table) for table in answer]


def tables_as_json(path: str, format: str, first: int | None) -> list[dict[str, Any]]:
    tables = [asdict(table) for table in read_tables(path, Format(format))]
    for table in tables:
        table["rows"] = table["rows"][:first]
    return tables


Source = str | Path | bytes
"""A file by its path, or its bytes."""


def read_table(source: Source, format: Format) -> Table:
    """The file's table; in a workbook the sheet with most rows. Run it inside the sandbox."""
    return max(read_tables(source, format), key=lambda table: table.row_count)


def read_tables(source: Source, format: Format) -> list[Table]:
    """Every table of the file, at least one. Run it inside the sandbox."""
    data = _bytes_of(source)
    match format:
        case Format.CSV:
            tables = [_table(_csv_rows(data))]
        case Format.XLSX:
            tables = _sheet_tables(data)
        case Format.JSON | Format.GEOJSON:
            tables = [_json_table(load_json(data), format)]
        case _:
            raise Refused("Dokumen PDF tidak memuat tabel yang dapat dibaca mesin.")
    tables = [table for table in tables if table.columns]
    if not tables:
        raise Refused("Berkas ini tidak memuat satu baris data pun.")
    return tables


def load_json(source: Source) -> Any:
    """The document, with its numbers as `Number`: 16 digits stay 16 digits."""
    try:
        document = json.loads(
            _decoded(_bytes_of(source)),
            object_pairs_hook=_object,
            parse_int=Number,
            parse_float=Number,
            parse_constant=_no_json_number,
        )
    except json.JSONDecodeError as broken:
        raise Refused(f"Berkas JSON ini rusak di baris {broken.lineno}.") from None
    except RecursionError:
        raise TooMuch from None
    if _depth(document) > JSON_DEPTH_MAX:
        raise Refused(f"Berkas JSON ini bersarang lebih dari {JSON_DEPTH_MAX} tingkat.")
    return _cleaned(document)


def _cleaned(node: Any) -> Any:
    """Without what neither PostgreSQL nor a sheet can hold: `\\u0000` and halves of a sign."""
    match node:
        case Number():
            return node
        case str():
            return without_unwritable(node)
        case list():
            return [_cleaned(child) for child in node]
        case dict():
            return _object([(without_unwritable(k), _cleaned(v)) for k, v in node.items()])
    return node


def _bytes_of(source: Source) -> bytes:
    return source if isinstance(source, bytes) else Path(source).read_bytes()


def dump_json(document: Any) -> str:
    """The document as JSON, each `Number` exactly as it was written."""
    if isinstance(document, Number):
        return str(document)
    if isinstance(document, dict):
        pairs = (
            f"{json.dumps(k, ensure_ascii=False)}: {dump_json(v)}" for k, v in document.items()
        )
        return "{" + ", ".join(pairs) + "}"
    if isinstance(document, list):
        return "[" + ", ".join(map(dump_json, document)) + "]"
    return json.dumps(document, ensure_ascii=False)


_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG", "gambar PNG"),
    (b"\xff\xd8\xff", "gambar JPEG"),
    (b"GIF8", "gambar GIF"),
    (b"BM", "gambar BMP"),
    (b"II*\0", "gambar TIFF"),
    (b"MM\0*", "gambar TIFF"),
    (b"\x1f\x8b", "arsip GZIP"),
    (b"Rar!", "arsip RAR"),
    (b"7z\xbc\xaf\x27\x1c", "arsip 7-Zip"),
    (b"\x7fELF", "sebuah program"),
    (b"MZ", "sebuah program"),
    (b"{\\rtf", "dokumen RTF"),
    (b"SQLite format 3\0", "basis data SQLite"),
    (b"PAR1", "berkas Parquet"),
)
_OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MARKUP: tuple[tuple[str, str], ...] = (
    (r"<!doctype html|<html|<head|<body|<table|<div|<meta", "halaman web (HTML)"),
    (r"<kml", "peta KML"),
    (r"<svg", "gambar SVG"),
    (r"<Workbook|urn:schemas-microsoft-com:office:spreadsheet", "Excel XML 2003"),
    (r"<\?xml", "dokumen XML"),
)


def _by_content(data: bytes) -> Format | str:
    if b"%PDF-" in data[:1024]:
        return Format.PDF
    if data[:4] in (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"):
        return _zip_content(data)
    if data.startswith(_OLE2):
        locked = "EncryptedPackage".encode("utf-16-le") in data
        return "Excel yang dikunci kata sandi" if locked else "berkas Office lama (.xls atau .doc)"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "gambar WEBP"
    for magic, name in _MAGIC:
        if data.startswith(magic) and not (len(magic) == 2 and _is_text(data)):
            return name
    if not _is_text(data):
        return "data biner yang tidak dikenal"
    return _text_content(_decoded(data))


def _text_content(text: str) -> Format | str:
    start = text[:65_536].lstrip("\ufeff \t\r\n")
    if not start:
        return "kosong"
    if start.startswith("<"):
        for pattern, name in _MARKUP:
            if re.search(pattern, start, re.IGNORECASE):
                return name
    if re.match(r'\{\s*("|\})|\[\s*(\{|\[|"|\]|-?\d)', start):
        geographic = re.search(r'"type"\s*:\s*"Feature(Collection)?"', start + text[-4_096:])
        if geographic:
            return Format.GEOJSON
        # `[1],2` or `{"a";...` may begin a CSV: only what ends like JSON is JSON.
        if text.rstrip()[-1] in "]}" or start[0] == "{":
            return Format.JSON
    return Format.CSV


def _zip_content(data: bytes) -> Format | str:
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        return "arsip ZIP yang rusak"
    with archive:
        _check_zip(archive)
        names = set(archive.namelist())
        if any(name.lower().endswith("vbaproject.bin") for name in names):
            return "Excel bermakro (XLSM); simpan ulang tanpa makro"
        if "xl/workbook.xml" in names:
            return Format.XLSX
        for member, name in (
            ("xl/workbook.bin", "Excel biner (XLSB)"),
            ("word/document.xml", "dokumen Word (DOCX)"),
            ("ppt/presentation.xml", "presentasi (PPTX)"),
            ("content.xml", "dokumen OpenDocument (ODS atau ODT)"),
            ("doc.kml", "peta KMZ"),
        ):
            if member in names:
                return name
    return "arsip ZIP"


def _check_zip(archive: zipfile.ZipFile) -> None:
    """By the directory alone, before one byte is unpacked; `zipfile` reads no more than it says."""
    members = archive.infolist()
    unpacked = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    if len(members) > ZIP_MEMBERS_MAX or len({m.filename for m in members}) < len(members):
        raise Refused("Berkas ini memuat terlalu banyak bagian; simpan ulang dari Excel.")
    bomb = unpacked > _RATIO_MATTERS_FROM_BYTES and unpacked > ZIP_RATIO_MAX * max(packed, 1)
    if bomb or unpacked > ZIP_UNPACKED_BYTES_MAX:
        raise Refused(
            f"Isi berkas ini mengembang menjadi {_megabytes(unpacked)} MB dan ditolak demi "
            "keamanan; simpan sebagai CSV atau bagilah."
        )
    if any(member.flag_bits & 0x1 for member in members):
        raise Refused("Berkas ini dikunci dengan kata sandi; simpan ulang tanpa kata sandi.")


def _megabytes(size: int) -> str:
    return f"{size / 1024 / 1024:.0f}"


_CONTROL = bytes(set(range(32)) - {*b"\t\n\r\x0b\x0c\x1a"}) + b"\x7f"


def _is_text(data: bytes) -> bool:
    if _wide(data):
        return True
    return len(data.translate(None, _CONTROL)) == len(data)


def _wide(data: bytes) -> str | None:
    """UTF-16, by its mark or by every second byte being zero."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    head = data[:4_096]
    if len(head) >= 4 and len(data) % 2 == 0:
        half = len(head) // 2
        if head[1::2].count(0) > 0.8 * half and not head[0::2].count(0):
            return "utf-16-le"
        if head[0::2].count(0) > 0.8 * half and not head[1::2].count(0):
            return "utf-16-be"
    return None


def _decoded(data: bytes) -> str:
    for encoding in filter(None, (_wide(data), "utf-8-sig", "windows-1252")):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text.removeprefix("\ufeff")
    raise Refused("Penyandian teks berkas ini tidak dikenal; simpan ulang sebagai CSV UTF-8.")


_DELIMITERS = ",;\t|"


def _csv_rows(data: bytes) -> Iterator[list[str]]:
    text = _decoded(data).removesuffix("\x1a")
    named = re.match(r"sep=(.)\r?\n", text, re.IGNORECASE)
    if named:
        delimiter, text = named[1], text[named.end() :]
    else:
        delimiter = _delimiter(text)
    csv.field_size_limit(CELL_LENGTH_MAX)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        yield from reader
    except csv.Error:
        raise Refused(
            f"Berkas CSV ini tidak dapat dibaca di sekitar baris {reader.line_num}: "
            "mungkin ada tanda petik yang tidak ditutup."
        ) from None


def _delimiter(text: str) -> str:
    """The one that cuts most rows into the same number of cells, then into most cells."""

    def agreement(delimiter: str) -> tuple[float, int]:
        sample = csv.reader(io.StringIO(text[:200_000], newline=""), delimiter=delimiter)
        try:
            widths = [len(row) for row in islice(sample, 200) if row]
        except csv.Error:
            return (0.0, 0)
        several = Counter(width for width in widths if width > 1)
        if not several:
            return (0.0, 0)
        width, rows = several.most_common(1)[0]
        return (round(rows / len(widths), 1), width)

    csv.field_size_limit(CELL_LENGTH_MAX)
    return max(_DELIMITERS, key=agreement)


_RELATION_IDS = (
    "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id",
    "{http://purl.oclc.org/ooxml/officeDocument/relationships}id",
)
_DATE_FORMATS = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}


def _sheet_tables(data: bytes) -> list[Table]:
    """Each worksheet, from the XML itself: Excel's own digits."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_zip(archive)
            workbook = _Workbook(archive)
            return [workbook.table(*sheet) for sheet in workbook.sheets]
    except _BROKEN_WORKBOOK:
        raise Refused("Berkas XLSX ini rusak atau tidak baku; simpan ulang dari Excel.") from None


_BROKEN_WORKBOOK = (
    *(ParseError, DefusedXmlException, zipfile.BadZipFile, zlib.error, EOFError),
    # No number where one must be, or one of nothing that is there.
    *(ValueError, LookupError, NotImplementedError),
)


class _Workbook:
    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        book = self._parsed("xl/workbook.xml")
        properties = book.find("{*}workbookPr")
        since_1904 = properties is not None and properties.get("date1904") in ("1", "true")
        self._epoch = datetime(1904, 1, 1) if since_1904 else datetime(1899, 12, 30)
        targets = {
            relation.get("Id"): relation.get("Target", "")
            for relation in self._parsed("xl/_rels/workbook.xml.rels")
            if relation.get("TargetMode") != "External"
        }
        self.sheets: list[tuple[str, str, bool]] = []
        for sheet in book.findall("{*}sheets/{*}sheet"):
            relation_id = next(filter(None, map(sheet.get, _RELATION_IDS)), None)
            target = targets.get(relation_id, "")
            member = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            if "worksheets/" in member:
                hidden = sheet.get("state", "visible") != "visible"
                self.sheets.append((sheet.get("name", ""), member, hidden))
        self._shared = self._shared_strings()
        self._shapes = self._cell_shapes()

    def table(self, name: str, member: str, hidden: bool) -> Table:
        notes = [f"Lembar '{name}' tersembunyi di berkas asal."] if hidden else []
        return _table(self._rows(member, notes), name=name, notes=notes)

    def _rows(self, member: str, notes: list[str]) -> Iterator[list[str]]:
        uncomputed = 0
        for row in self._elements(member, "row", parent="sheetData"):
            cells: list[str] = []
            for cell in row:
                column = _column_index(cell.get("r", ""), otherwise=len(cells))
                if column >= COLUMNS_MAX:
                    raise Refused(f"Tabel ini mempunyai lebih dari {COLUMNS_MAX} kolom.")
                cells.extend([""] * (column - len(cells)))
                parts = {_local(part): part for part in cell}
                uncomputed += "f" in parts and "v" not in parts
                cells.append(self._text(cell, parts))
            yield cells
        if uncomputed:
            notes.append(f"{uncomputed} sel berisi rumus tanpa hasil tersimpan; dibaca kosong.")

    def _text(self, cell: Element, parts: dict[str, Element]) -> str:
        kind = cell.get("t", "n")
        if len(parts) < len(cell) or ("v" if kind == "inlineStr" else "is") in parts:
            raise ValueError("a cell with two values")
        if kind == "inlineStr":
            return _joined_runs(parts["is"]) if "is" in parts else ""
        raw = (parts["v"].text or "") if "v" in parts else ""
        if not raw or kind in ("str", "e"):
            return raw
        if kind == "s":
            return self._shared[_index(raw)]
        if kind == "b":
            return "TRUE" if raw == "1" else "FALSE"
        if kind == "d":
            return raw.removesuffix("T00:00:00")
        style = _index(cell.get("s", "0"))
        shape = self._shapes[style] if style < len(self._shapes) else _exact_number
        return shape(raw)

    def _shared_strings(self) -> list[str]:
        if "xl/sharedStrings.xml" not in self._archive.namelist():
            return []
        texts: list[str] = []
        length = 0
        for item in self._elements("xl/sharedStrings.xml", "si", parent="sst"):
            texts.append(_joined_runs(item))
            length += len(texts[-1])
            if len(texts) > CELLS_MAX or length > ZIP_UNPACKED_BYTES_MAX:
                raise TooMuch
        return texts

    def _cell_shapes(self) -> list[Callable[[str], str]]:
        """How each style shows a number: as a date, with leading zeros, or as it stands."""
        if "xl/styles.xml" not in self._archive.namelist():
            return []
        styles = self._parsed("xl/styles.xml")
        codes = {
            int(code.get("numFmtId", "0")): code.get("formatCode", "")
            for code in styles.findall("{*}numFmts/{*}numFmt")
        }

        def shape(format_id: int) -> Callable[[str], str]:
            code = codes.get(format_id, "")
            if format_id in _DATE_FORMATS or _is_date_code(code):
                return self._date
            if re.fullmatch(r"0{2,}", code):
                return lambda raw: _exact_number(raw).zfill(len(code))
            return _exact_number

        cells = styles.find("{*}cellXfs")
        formats = [] if cells is None else [int(xf.get("numFmtId", "0")) for xf in cells]
        return [shape(format_id) for format_id in formats]

    def _date(self, raw: str) -> str:
        try:
            days = float(raw)
            # Excel believes that 1900 was a leap year; its first 59 days are one too low.
            if self._epoch.year == 1899 and 1 <= days < 60:
                days += 1
            moment = self._epoch + timedelta(seconds=round(days * 86_400))
        except (ValueError, OverflowError):
            return raw
        if 0 <= days < 1:
            return moment.strftime("%H:%M:%S")
        if moment.hour == moment.minute == moment.second == 0:
            return moment.date().isoformat()
        return moment.isoformat(sep=" ")

    def _parsed(self, member: str) -> Element:
        with self._archive.open(member) as stream:
            root: Element = SafeXml.parse(stream, forbid_dtd=True).getroot()
            return root

    def _elements(self, member: str, name: str, *, parent: str) -> Iterator[Element]:
        """Each element of the name, given back to memory when the next one is asked for."""
        holder: Element | None = None
        with self._archive.open(member) as stream:
            for event, element in SafeXml.iterparse(stream, ("start", "end"), forbid_dtd=True):
                local = _local(element)
                if event == "start" and local == parent:
                    holder = element
                elif event == "end" and local == name and holder is not None:
                    yield element
                    holder.clear()


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _index(number: str) -> int:
    if not number.isdecimal():
        raise ValueError("no number of an item")
    return int(number)


def _joined_runs(element: Element) -> str:
    """The text of all runs; not the reading aids for Japanese, which stand beside them."""
    parts: list[str] = []
    for child in element:
        if _local(child) == "t":
            parts.append(child.text or "")
        elif _local(child) == "r":
            parts.extend(text.text or "" for text in child if _local(text) == "t")
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), "".join(parts))


_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


def _column_index(reference: str, *, otherwise: int) -> int:
    """`C7` is 2; a cell that does not say where it stands follows the one before it."""
    letters = re.match(r"[A-Z]{1,3}", reference)
    if not letters:
        return otherwise
    index = 0
    for letter in letters[0]:
        index = index * 26 + ord(letter) - 64
    return max(index - 1, otherwise)


def _exact_number(raw: str) -> str:
    """A whole number digit for digit; a fraction as short as it goes: 0.1 for 0.100000000000001."""
    if re.fullmatch(r"-?\d+", raw):
        return raw
    try:
        number = Decimal(raw)
    except InvalidOperation:
        return raw
    if not number.is_finite() or abs(number.adjusted()) > 40:
        return raw
    if number == number.to_integral_value():
        return f"{number.to_integral_value():f}"
    return f"{Decimal(repr(float(number))):f}"


def _is_date_code(code: str) -> bool:
    bare = re.sub(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.', "", code.split(";")[0])
    return bool(re.search(r"[dmyh]", bare, re.IGNORECASE)) and "General" not in bare


def _json_table(document: Any, format: Format) -> Table:
    """The longest list of objects in the document; a nested object as `outer.inner`."""
    if format is Format.GEOJSON:
        features = document.get("features", [document]) if isinstance(document, dict) else []
        records = [
            feature.get("properties") or {} for feature in features if isinstance(feature, dict)
        ]
    else:
        records = max(_record_lists(document), key=len, default=[])
    flat = [dict(_leaves(record)) for record in records]
    columns = list(dict.fromkeys(key for record in flat for key in record))
    _check_size(len(columns), len(flat))
    rows = [[record.get(column, "") for column in columns] for record in flat]
    return Table(columns=columns, rows=rows, row_count=len(rows))


def _record_lists(document: Any) -> Iterator[list[dict[str, Any]]]:
    if isinstance(document, list):
        records = [item for item in document if isinstance(item, dict)]
        if records:
            yield records
    elif isinstance(document, dict):
        lists = [found for value in document.values() for found in _record_lists(value)]
        yield from lists or [[document]]


def _leaves(record: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in record.items():
        if isinstance(value, dict) and value:
            yield from _leaves(value, f"{prefix}{key}.")
        elif isinstance(value, str):
            yield prefix + key, str(value)
        elif value is None:
            yield prefix + key, ""
        else:
            yield prefix + key, dump_json(value)


def _depth(document: Any) -> int:
    depth, level = 0, [document]
    while level := [
        child
        for item in level
        for child in (
            item.values() if isinstance(item, dict) else item if isinstance(item, list) else ()
        )
        if isinstance(child, dict | list)
    ]:
        depth += 1
        if depth > JSON_DEPTH_MAX:
            break
    return depth


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Of two values under one name we would read the last, and give both away."""
    made = dict(pairs)
    if len(made) < len(pairs):
        raise Refused("Berkas JSON ini memuat dua isian dengan nama yang sama dalam satu objek.")
    return made


def _no_json_number(name: str) -> Any:
    raise Refused(f"Berkas JSON ini memuat {name}, yang bukan angka JSON.")


def _table(source: Iterable[list[str]], *, name: str = "", notes: list[str] | None = None) -> Table:
    """Finds the header among the first rows, and makes every row as long as it."""
    rows: list[list[str]] = []
    width = cells = 0
    for row in (list(map(without_unwritable, row)) for row in source):
        while row and not row[-1].strip():
            row.pop()
        if not row:
            continue
        rows.append(row)
        width, cells = max(width, len(row)), cells + len(row)
        if max(map(len, row)) > CELL_LENGTH_MAX:
            raise Refused(f"Ada sel yang lebih panjang dari {CELL_LENGTH_MAX} huruf.")
        _check_size(width, len(rows), cells)
    if not rows:
        return Table(columns=[], rows=[], name=name)
    header, at, start = header_of(rows, width)
    body = [row + [""] * (width - len(row)) for row in rows[start:]]
    titles = rows[:at]
    said = list(notes or [])
    if long := [title for title in header if len(title) > TITLE_LENGTH_MAX]:
        titles = [*titles, long]
    if at:
        said.append(f"{at} baris di atas kepala tabel bukan bagian dari data.")
    if start == 0:
        said.append("Berkas ini tanpa kepala tabel; kolomnya diberi nomor.")
    return Table(
        columns=distinct(header),
        rows=body,
        name=name,
        titles=titles,
        notes=said,
        row_count=len(body),
    )


def _check_size(columns: int, rows: int, cells: int | None = None) -> None:
    if columns > COLUMNS_MAX:
        raise Refused(f"Tabel ini mempunyai lebih dari {COLUMNS_MAX} kolom.")
    if rows > ROWS_MAX or (columns * rows if cells is None else cells) > CELLS_MAX:
        raise Refused(f"Tabel ini terlalu besar: lebih dari {ROWS_MAX} baris atau {CELLS_MAX} sel.")
