"""One uploaded file as columns, and written again with its cells changed.

Runs in the limited process. What is written holds values alone: no authors, comments, hidden
sheets or formulas of the original, and no time, so the same masking gives the same bytes.
"""

import csv
import io
import re
import zipfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError
from xml.sax.saxutils import escape, quoteattr

from chassis.texts import without_unwritable
from chassis.uploads import Format, Number, Refused, Table, dump_json, load_json, read_tables
from defusedxml import ElementTree as SafeXml
from defusedxml.common import DefusedXmlException

from privacy_service.domain.detectors import (
    PROVEN,
    full_name,
    hits,
    may_be_names,
    titled,
    words,
)
from privacy_service.domain.formulas import is_formula
from privacy_service.domain.identifiers import plain
from privacy_service.domain.masking import Masker, Residue
from privacy_service.domain.verdicts import (
    FORMULAS_KEY,
    HIDDEN_KEY,
    TITLES_KEY,
    Column,
    mostly_names,
)

_PAGE_CHARACTERS_MIN = 20


@dataclass(frozen=True)
class Masked:
    """A file that was written."""

    data: bytes
    format: Format


class Tables:
    """CSV and XLSX."""

    def __init__(self, data: bytes, format: Format) -> None:
        self._format = format
        self._tables = read_tables(data, format)
        self._hidden = _hidden_parts(data) if format is Format.XLSX else []
        self.rows: int | None = sum(table.row_count for table in self._tables)
        self.notes = [note for table in self._tables for note in table.notes]

    def check_titles(self) -> None:
        """Titles are published as they are."""
        for table in self._tables:
            for index, title in enumerate(table.columns):
                if _holds_a_number(title):
                    raise Refused(_NUMBER_AS_TITLE.format(index + 1))
                if _may_be_a_person(title) and mostly_names([row[index] for row in table.rows]):
                    raise Refused(_NAME_AS_TITLE.format(index + 1))

    def columns(self) -> list[Column]:
        found = [
            Column(
                key=self._key(table, title),
                title=title,
                values=[row[index] for row in table.rows],
                table=table.name,
            )
            for table in self._tables
            for index, title in enumerate(table.columns)
        ]
        formulas = [value for column in found for value in column.values if is_formula(value)]
        titles = [cell for table in self._tables for row in table.titles for cell in row]
        titles += [table.name for table in self._tables if table.name]
        for key, values in (
            (TITLES_KEY, titles),
            (HIDDEN_KEY, self._hidden),
            (FORMULAS_KEY, formulas if self._format is Format.CSV else []),
        ):
            if values:
                found.append(Column(key, key, values, whole=True))
        return found

    def masked(self, masker: Masker) -> Masked:
        made = [self._masked_table(table, masker) for table in self._tables]
        if self._format is Format.XLSX:
            return Masked(_workbook(made), Format.XLSX)
        return Masked(_csv(made[0]), Format.CSV)

    def first_masked(self, masker: Masker, rows: int) -> list[dict[str, Any]]:
        return [
            {"name": made.name, "columns": made.columns, "rows": made.rows}
            for table in self._tables
            for made in [self._masked_table(table, masker, rows)]
        ]

    def first(self, rows: int) -> list[dict[str, Any]]:
        return [
            {"name": table.name, "columns": table.columns, "rows": table.rows[:rows]}
            for table in self._tables
        ]

    def _key(self, table: Table, title: str) -> str:
        return title if len(self._tables) == 1 else f"{table.name}!{title}"

    def _masked_table(self, table: Table, masker: Masker, rows: int | None = None) -> Table:
        keys = [self._key(table, title) for title in table.columns]
        left = [index for index, key in enumerate(keys) if not masker.drops(key)]
        masks = [(index, masker.mask_of(keys[index])) for index in left]
        for index, key in enumerate(keys):
            if index not in left:
                masker.cells[key] += sum(1 for row in table.rows if row[index])
        return Table(
            columns=[masker.title(table.columns[index]) for index in left],
            rows=[[mask(row[index]) for index, mask in masks] for row in table.rows[:rows]],
            name=masker.title(table.name),
        )


class Json:
    """JSON and GeoJSON: a column is all values under one name, wherever it stands."""

    rows: int | None

    def __init__(self, data: bytes, format: Format) -> None:
        self._format = format
        self._document = load_json(data)
        self.notes: list[str] = []
        if format is Format.GEOJSON:
            self.notes.append("Titik dan batas di peta tidak diperiksa; hanya atributnya.")
        self.rows = _row_count(self._document)

    def check_titles(self) -> None:
        """A person's name or number as the name of a field is no value that can be masked."""
        objects = list(_objects(self._document))
        times = Counter(name for node in objects for name in node)
        people = set(filter(_may_be_a_person, times))
        once = {name for name in people if times[name] == 1}
        only_people = any(node and node.keys() <= people for node in objects)
        if once or only_people or any(map(_holds_a_number, times)):
            raise Refused(_PERSON_AS_FIELD)

    def columns(self) -> list[Column]:
        values: dict[str, list[str]] = defaultdict(list)
        for key, value in _leaves(self._document, ""):
            values[key].append(value)
        return [Column(key, key.rpartition(".")[2], found) for key, found in values.items()]

    def masked(self, masker: Masker) -> Masked:
        masks: dict[str, Callable[[str], str]] = {}

        def mask(key: str, value: str) -> str:
            if key not in masks:
                masks[key] = masker.mask_of(key)
            return masks[key](value)

        for column in self.columns():
            if masker.drops(column.key):
                masker.cells[column.key] += sum(1 for value in column.values if value)
        made = _rebuilt(self._document, "", masker, mask)
        return Masked(dump_json(made).encode(), self._format)

    def first_masked(self, masker: Masker, rows: int) -> list[dict[str, Any]]:
        shown = [column for column in self.columns() if not masker.drops(column.key)]
        made = [
            [masker.mask_of(column.key)(value) for value in column.values[:rows]]
            for column in shown
        ]
        return [_side_by_side([column.key for column in shown], made)]

    def first(self, rows: int) -> list[dict[str, Any]]:
        shown = self.columns()
        return [
            _side_by_side(
                [column.key for column in shown], [list(column.values[:rows]) for column in shown]
            )
        ]


class Pdf:
    """Only read: what stands on a page cannot be masked here."""

    def __init__(self, data: bytes) -> None:
        self._pages, information = _pdf_texts(data)
        self._hidden = information
        self.rows: int | None = None
        empty = [n for n, text in enumerate(self._pages, 1) if len(text) < _PAGE_CHARACTERS_MIN]
        self.notes = ["Dokumen PDF tidak dapat disamarkan di sini; mintalah berkas tabelnya."]
        if empty:
            self.notes.append(
                f"{len(empty)} halaman berupa gambar dan tidak terbaca; periksalah sendiri."
            )

    def columns(self) -> list[Column]:
        pages = [
            Column(f"halaman {number}", f"halaman {number}", text.splitlines(), whole=True)
            for number, text in enumerate(self._pages, start=1)
        ]
        if self._hidden:
            pages.append(Column(HIDDEN_KEY, HIDDEN_KEY, self._hidden, whole=True))
        return pages

    def masked(self, masker: Masker) -> Masked:
        raise Refused("Dokumen PDF tidak dapat disamarkan di sini; mintalah berkas tabelnya.")

    def first_masked(self, masker: Masker, rows: int) -> list[dict[str, Any]]:
        return []

    def first(self, rows: int) -> list[dict[str, Any]]:
        lines = [[line] for text in self._pages for line in text.splitlines()]
        return [{"name": "", "columns": ["teks"], "rows": lines[:rows]}]


Document = Tables | Json | Pdf


def opened(source: str | bytes, format: Format) -> Document:
    """The file at a path, or in these bytes, as somebody sent it."""
    document = _read(source if isinstance(source, bytes) else Path(source).read_bytes(), format)
    if not isinstance(document, Pdf):
        document.check_titles()
    return document


def _read(data: bytes, format: Format) -> Document:
    match format:
        case Format.CSV | Format.XLSX:
            return Tables(data, format)
        case Format.JSON | Format.GEOJSON:
            return Json(data, format)
        case Format.PDF:
            return Pdf(data)


def residues(data: bytes, format: Format, masker: Masker) -> Iterator[Residue]:
    """What is left in a file that was written: read again from its bytes."""
    for column in _read(data, format).columns():
        remembered: dict[str, bool] = {}
        for row, value in enumerate([column.title, *column.values]):
            if value not in remembered:
                remembered[value] = masker.residue(column.key, row, value) is not None
            if remembered[value]:
                found = masker.residue(column.key, row, value)
                if found is not None:
                    yield found


_NUMBER_AS_TITLE = (
    "Judul kolom ke-{} memuat nomor atau surel seseorang. Beri kolom itu judul yang biasa, atau "
    "tambahkan baris judul di atas data, lalu unggah lagi."
)
_NAME_AS_TITLE = (
    "Judul kolom ke-{} berbentuk nama orang, sama seperti isinya. Bila baris pertama adalah data, "
    "tambahkan baris judul di atasnya; bila memang judul, tulislah dengan huruf kecil."
)


def _holds_a_number(title: str) -> bool:
    return any(hit.kind in PROVEN for hit in hits(plain(title)))


def _csv(table: Table) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(table.columns)
    writer.writerows(table.rows)
    return text.getvalue().encode()


_NOT_XML = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SAFE_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,14})(?:\.\d{1,6})?")
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def _workbook(tables: list[Table]) -> bytes:
    """The smallest XLSX that spreadsheet programs open."""
    numbers = range(1, len(tables) + 1)
    names = _sheet_names(tables)
    sheets = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{n}" r:id="rId{n}"/>'
        for n, name in zip(numbers, names, strict=True)
    )
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_TYPE}.worksheet+xml"/>'
        for n in numbers
    )
    relations = "".join(
        f'<Relationship Id="rId{n}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in numbers
    )
    parts = {
        "[Content_Types].xml": (
            f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" ContentType='
            '"application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
            f"{overrides}</Types>"
        ),
        "_rels/.rels": (
            f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
            f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
        ),
        "xl/workbook.xml": (
            f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{sheets}</sheets></workbook>'
        ),
        "xl/_rels/workbook.xml.rels": (
            f'<Relationships xmlns="{_PACKAGE}/relationships">{relations}</Relationships>'
        ),
    }
    for number, table in zip(numbers, tables, strict=True):
        parts[f"xl/worksheets/sheet{number}.xml"] = _sheet(table)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, xml in parts.items():
            declared = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n{xml}'
            archive.writestr(_timeless(name), declared.encode(), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _timeless(name: str) -> zipfile.ZipInfo:
    return zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))


def _sheet(table: Table) -> str:
    rows = "".join(
        f'<row r="{number}">{"".join(map(_cell, row))}</row>'
        for number, row in enumerate([table.columns, *table.rows], start=1)
    )
    return f'<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData></worksheet>'


def _cell(text: str) -> str:
    if not text:
        return "<c/>"
    if _SAFE_NUMBER.fullmatch(text):
        return f"<c><v>{text}</v></c>"
    written = escape(_NOT_XML.sub("", text))
    return f'<c t="inlineStr"><is><t xml:space="preserve">{written}</t></is></c>'


def _sheet_names(tables: list[Table]) -> list[str]:
    names: list[str] = []
    for number, table in enumerate(tables, start=1):
        name = re.sub(r"[\\/*?:\[\]]", " ", table.name).strip("' ")[:31] or f"Lembar {number}"
        names.append(f"Lembar {number}" if name.casefold() in map(str.casefold, names) else name)
    return names


_PROGRAMS = re.compile(
    r"openpyxl|xlsxwriter|libreoffice|apache|microsoft.*|windows.*|user|admin|pc|"
    r"microsoft office user|google|wps.*|owner|lenovo|asus|acer|hp|toshiba|dell",
    re.IGNORECASE,
)
_HARMLESS_PARTS = re.compile(
    r"\[Content_Types\]\.xml|_rels/\.rels|xl/(?:styles|calcChain)\.xml|xl/theme/theme\d+\.xml|"
    r"xl/_rels/workbook\.xml\.rels"
)
_LOOKED_INTO = re.compile(
    r"xl/(?:workbook|sharedStrings|worksheets/[^/]+)\.xml|docProps/(?:core|app)\.xml"
)
_OF_A_WORKBOOK = """
workbook fileVersion workbookPr workbookProtection bookViews workbookView sheets sheet definedNames
calcPr AlternateContent Choice revisionPtr extLst ext calcFeatures feature"""
_OF_A_SHEET = """
worksheet sheetPr tabColor outlinePr pageSetUpPr dimension sheetViews sheetView pane selection
sheetFormatPr cols col sheetData row c f v is t r mergeCells mergeCell pageMargins pageSetup
printOptions phoneticPr sheetProtection ignoredErrors ignoredError rowBreaks colBreaks brk
autoFilter sst si rPr b i u sz color rFont family charset scheme strike vertAlign outline"""
_OF_THE_PROPERTIES = """
coreProperties created modified lastPrinted revision version language Properties Application
AppVersion DocSecurity ScaleCrop LinksUpToDate SharedDoc HyperlinksChanged TotalTime HeadingPairs
TitlesOfParts vector variant lpstr i4"""
_HARMLESS_ELEMENTS = frozenset((_OF_A_WORKBOOK + _OF_A_SHEET + _OF_THE_PROPERTIES).split())


def _hidden_parts(data: bytes) -> list[str]:
    """Names of authors, and of all that a reader of the cells does not see."""
    found: list[str] = []
    texts, shown, sheets = 0, set(), 0
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = archive.namelist()
        found += [name for name in members if not _is_known(name)]
        found += ["a comment of the archive"] if archive.comment else []
        for name in filter(_LOOKED_INTO.fullmatch, members):
            try:
                for tag, attributes, text in _elements(archive, name):
                    found += _hidden_in(tag, attributes, text)
                    texts += tag == "si"
                    sheets += tag == "sheet"
                    if tag == "v" and attributes.get("of") == "s":
                        shown.add(text)
            except (ParseError, DefusedXmlException):
                found.append(name)
    found += ["a text of no cell"] * (texts - len(shown))
    found += ["a sheet of no workbook"] * (sum(map(_is_sheet, members)) - sheets)
    return found


def _is_known(name: str) -> bool:
    return bool(_HARMLESS_PARTS.fullmatch(name) or _LOOKED_INTO.fullmatch(name))


def _is_sheet(name: str) -> bool:
    return name.startswith("xl/worksheets/") and name.endswith(".xml")


def _hidden_in(tag: str, attributes: dict[str, str], text: str) -> list[str]:
    match tag:
        case "sheet":
            return [] if attributes.get("state", "visible") == "visible" else ["a hidden sheet"]
        case "definedName" if attributes.get("name", "").startswith("_xlnm."):
            return []
        case "f":
            return [text] if _WORDS_OF_A_FORMULA.search(text) else []
    says_nothing = tag in _HARMLESS_ELEMENTS or _PROGRAMS.fullmatch(text)
    return [] if says_nothing or not (text or attributes) else [text or tag]


_WORDS_OF_A_FORMULA = re.compile(r'"[^"]*[^\W\d_]{3}[^"]*"')


def _elements(archive: zipfile.ZipFile, name: str) -> Iterator[tuple[str, dict[str, str], str]]:
    """Each element's tag, attributes and text; a value's also with the type `of` its cell."""
    kind = ""
    with archive.open(name) as stream:
        for event, element in SafeXml.iterparse(stream, ("start", "end"), forbid_dtd=True):
            tag = str(element.tag).rpartition("}")[2]
            if event == "start":
                kind = element.get("t", "") if tag == "c" else kind
                continue
            of = {"of": kind} if tag == "v" else {}
            yield tag, element.attrib | of, (element.text or "").strip()
            element.clear()


def _leaves(node: Any, key: str) -> Iterator[tuple[str, str]]:
    if isinstance(node, dict):
        for name, child in node.items():
            if not _is_shape(name, node):
                yield from _leaves(child, _child_key(key, name))
    elif isinstance(node, list):
        for child in node:
            yield from _leaves(child, key)
    elif isinstance(node, str):
        yield key or "nilai", str(node)


def _rebuilt(node: Any, key: str, masker: Masker, mask: Callable[[str, str], str]) -> Any:
    if isinstance(node, dict):
        return {
            masker.title(name): child
            if _is_shape(name, node)
            else _rebuilt(child, _child_key(key, name), masker, mask)
            for name, child in node.items()
            if not masker.drops(_child_key(key, name))
        }
    if isinstance(node, list):
        return [_rebuilt(child, key, masker, mask) for child in node]
    if isinstance(node, str):
        made = mask(key or "nilai", str(node))
        return node if isinstance(node, Number) and made == node else made
    return node


_PERSON_AS_FIELD = (
    "Berkas JSON ini memakai nama atau nomor orang sebagai nama isian. Susun ulang sebagai daftar, "
    'misalnya [{"nama": "...", "jumlah": 1}]; bila itu memang nama isian, tulislah dengan huruf '
    "kecil."
)


_OF_STATISTICS = """
tahun bulan tanggal triwulan semester periode nilai indeks tingkat angka rasio rata persentase
presentase realisasi pagu anggaran belanja pendapatan target capaian kinerja sumber mata laki
perempuan pria wanita umur usia nomor kode jenis status satuan volume berat panjang lebar tinggi
harga biaya kegiatan kategori golongan uraian keterangan lokasi sektor komoditas produksi
kapasitas kondisi laju pertumbuhan kepadatan data sasaran tujuan urutan"""
_BEGINS_A_FIELD = frozenset(_OF_STATISTICS.split())


def _may_be_a_person(name: str) -> bool:
    if words(name)[:1] and words(name)[0] in _BEGINS_A_FIELD:
        return False
    return full_name(name) is not None and may_be_names(name) and titled(name) is None


def _objects(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
        for name, child in node.items():
            if not _is_shape(name, node):
                yield from _objects(child)
    elif isinstance(node, list):
        for child in node:
            yield from _objects(child)


def _child_key(key: str, name: str) -> str:
    """Names of fields joined by points; the usual covers around the rows are left out."""
    if not key and name in ("features", "data", "result", "records", "rows", "items"):
        return ""
    if name == "properties":
        return key
    return f"{key}.{name}" if key else name


def _is_shape(name: str, node: dict[str, Any]) -> bool:
    """A geometry is neither read nor changed, and neither is what says that it is one."""
    if name == "type":
        return node[name] in ("FeatureCollection", "Feature")
    return name in ("geometry", "bbox", "crs") and _is_geometry(node[name])


_GEOMETRY_NAMES = {"type", "coordinates", "geometries", "bbox", "crs", "properties", "name"}
_GEOMETRY_WORDS = re.compile(
    r"(?:Multi)?(?:Point|LineString|Polygon)|GeometryCollection|name|"
    r"EPSG:\d{4,6}|urn:ogc:def:crs:(?:OGC|EPSG):[\d.]{0,6}:\w{1,6}"
)
_COORDINATE = re.compile(r"-?\d{1,8}(?:\.\d+)?(?:[eE][-+]?\d{1,2})?")


def _is_geometry(node: Any) -> bool:
    """Coordinates and what names them, nothing else: no text can hide there."""
    if isinstance(node, dict):
        return node.keys() <= _GEOMETRY_NAMES and all(map(_is_geometry, node.values()))
    if isinstance(node, list):
        return all(map(_is_geometry, node))
    if isinstance(node, str):
        allowed = _COORDINATE if isinstance(node, Number) else _GEOMETRY_WORDS
        return allowed.fullmatch(node) is not None
    return True


def _row_count(node: Any) -> int:
    """The longest list that is no geometry."""
    if isinstance(node, list):
        return max([len(node), *map(_row_count, node[:1])])
    if isinstance(node, dict):
        inner = (child for name, child in node.items() if not _is_shape(name, node))
        return max(map(_row_count, inner), default=1)
    return 1


def _side_by_side(columns: list[str], values: list[list[str]]) -> dict[str, Any]:
    longest = max(map(len, values), default=0)
    rows = [[found[n] if n < len(found) else "" for found in values] for n in range(longest)]
    return {"name": "", "columns": columns, "rows": rows}


def _pdf_texts(data: bytes) -> tuple[list[str], list[str]]:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
        pages = [page.get_textpage().get_text_bounded() for page in document]
        information = document.get_metadata_dict(skip_empty=True)
    except pypdfium2.PdfiumError:
        raise Refused("Dokumen PDF ini rusak atau dikunci.") from None
    authors = [
        information[name] for name in ("Author", "Subject", "Keywords") if name in information
    ]
    hidden = [text for text in authors if not _PROGRAMS.fullmatch(text.strip())]
    return list(map(without_unwritable, pages)), list(map(without_unwritable, hidden))
