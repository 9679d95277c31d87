"""Uploaded files, honest and hostile: what they are, and every digit of what stands in them."""

import io
import json
import tempfile
import warnings
import zipfile
from pathlib import Path

import openpyxl
import pytest
from chassis import uploads
from chassis.uploads import (
    Format,
    Refused,
    Table,
    TooMuch,
    dump_json,
    load_json,
    read,
    read_table,
    sniff,
)
from hypothesis import given
from hypothesis import strategies as st

OPEN_DATA = Path(__file__).parents[4] / "shared" / "data" / "open"
NIK = "3573010101900001"
PAPUA_NIK = "9271010101900123"
"""Above 2^53: no float holds it."""

CSV = b"nik,nama\n3573010101900001,Siti\n"


def table_of(tmp_path: Path, data: bytes, name: str = "data.csv") -> Table:
    path = tmp_path / "upload"
    path.write_bytes(data)
    return read_table(path, sniff(data, name))


def a_workbook(*cells: str, styles: str = "", shared: str = "", **members: bytes) -> bytes:
    """A workbook whose sheet holds these cells, one row each, as raw XML."""
    rows = "".join(f"<row r='{n}'>{cell}</row>" for n, cell in enumerate(cells, start=1))
    main = "xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    book = (
        f"<workbook {main} xmlns:r='{office}'><sheets>"
        "<sheet name='Data' sheetId='1' r:id='rId1'/></sheets></workbook>"
    )
    relations = (
        "<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/relationships'>"
        f"<Relationship Id='rId1' Type='{office}/worksheet' Target='worksheets/sheet1.xml'/>"
        "</Relationships>"
    )
    parts = {
        "xl/workbook.xml": book,
        "xl/_rels/workbook.xml.rels": relations,
        "xl/worksheets/sheet1.xml": f"<worksheet {main}><sheetData>{rows}</sheetData></worksheet>",
    }
    if styles:
        parts["xl/styles.xml"] = f"<styleSheet {main}>{styles}</styleSheet>"
    if shared:
        parts["xl/sharedStrings.xml"] = shared
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, text in (parts | members).items():
            archive.writestr(member, text)
    return buffer.getvalue()


def a_zip(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, data in members.items():
            archive.writestr(member, data)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "format"),
    [
        ("data.csv", CSV, Format.CSV),
        ("data.tsv", b"nik\tnama\n1\tSiti\n", Format.CSV),
        ("data.txt", "nik;nama\n1;Zoë\n".encode("windows-1252"), Format.CSV),
        ("data.csv", "nik;nama\n1;Siti\n".encode("utf-16"), Format.CSV),
        ("data.csv", "nik;nama\n1;Siti\n".encode("utf-16-le"), Format.CSV),
        ("DATA.XLSX", a_workbook(), Format.XLSX),
        ("data.json", b'[{"nik": "1"}]', Format.JSON),
        ("data.json", b'{"data": []}', Format.JSON),
        ("peta.geojson", b'{"type": "FeatureCollection", "features": []}', Format.GEOJSON),
        ("peta.json", b'{"features": [], "type" : "FeatureCollection"}', Format.GEOJSON),
        ("surat.pdf", b"%PDF-1.7\n", Format.PDF),
        ("tanpa akhiran", CSV, Format.CSV),
        ("BM.csv", b"BM,nama\n1,Siti\n", Format.CSV),
        ("kurung.csv", b"[kode],nama\n1,Siti\n", Format.CSV),
    ],
)
def test_a_file_is_what_its_content_says(name, data, format):
    assert format is sniff(data, name)


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        (
            "data.csv",
            b"\x89PNG\r\n\x1a\n" + bytes(100),
            "berakhiran .csv; isinya gambar PNG",
        ),
        ("data.xls", b"<html><table><tr><td>1</td></tr></table></html>", r"halaman web \(HTML\)"),
        ("data.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "Office lama"),
        (
            "data.xlsx",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "kata sandi",
        ),
        ("data.csv", a_zip(**{"a.txt": b"x"}), "isinya arsip ZIP"),
        ("data.csv", a_workbook(), r"isinya lembar kerja Excel \(XLSX\)"),
        ("data.xlsx", a_zip(**{"word/document.xml": b"x"}), "dokumen Word"),
        ("data.xlsx", a_zip(**{"xl/workbook.xml": b"x", "xl/vbaProject.bin": b"x"}), "bermakro"),
        ("data.xlsx", CSV, "isinya teks CSV"),
        ("data.csv", b"PK\x03\x04 not a zip at all", "ZIP yang rusak"),
        ("data.csv", b"\x7fELF" + bytes(50), "berakhiran .csv; isinya sebuah program"),
        ("data.csv", b"%PDF-1.4\n", "isinya dokumen PDF"),
        ("data.csv", b'[{"nik": 1}]', "isinya JSON"),
        ("data.json", CSV, "isinya teks CSV"),
        ("data.csv", b"a,b\x00\x01\x02,c", "biner"),
        ("data.csv", b"   \n ", "kosong"),
        ("data.csv", b"", r"^Berkas ini kosong\.$"),
        ("data.csv", b"<?xml version='1.0'?><kml/>", "peta KML"),
    ],
)
def test_what_is_not_as_it_is_named_is_refused_with_its_real_name(name, data, said):
    with pytest.raises(Refused, match=said) as refusal:
        sniff(data, name)

    assert str(refusal.value).endswith(".")


def test_a_file_of_sixty_megabytes_is_refused_by_its_size():
    with pytest.raises(Refused, match="60 MB, lebih besar dari batas 50 MB"):
        sniff(b"a,b\n" * (15 * 1024 * 1024), "data.csv")


def test_a_zip_bomb_is_refused_before_one_byte_of_it_is_unpacked(monkeypatch):
    bomb = a_workbook(**{"xl/media/image1.bin": bytes(300 * 1024 * 1024)})
    monkeypatch.setattr(zipfile.ZipFile, "open", None)

    assert len(bomb) < 1024 * 1024
    with pytest.raises(Refused, match="mengembang menjadi 300 MB"):
        sniff(bomb, "data.xlsx")


def test_a_zip_of_too_many_parts_or_of_two_parts_with_one_name_is_refused():
    many = a_zip(**{f"part{n}": b"" for n in range(uploads.ZIP_MEMBERS_MAX + 1)})
    buffer = io.BytesIO(a_workbook())
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "a") as archive:
        warnings.simplefilter("ignore")
        archive.writestr("xl/workbook.xml", b"<another/>")

    for data in (many, buffer.getvalue()):
        with pytest.raises(Refused, match="terlalu banyak bagian"):
            sniff(data, "data.xlsx")


@pytest.mark.parametrize(
    "bomb",
    [
        "<!DOCTYPE sst [<!ENTITY a 'lol'><!ENTITY b '&a;&a;&a;'>]><sst><si><t>&b;</t></si></sst>",
        "<!DOCTYPE sst [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><sst><si><t>&a;</t></si></sst>",
        "<sst><si><t>unclosed",
    ],
    ids=["billion laughs", "external entity", "broken"],
)
def test_xml_with_entities_or_broken_xml_is_refused(bomb):
    data = a_workbook("<c t='s'><v>0</v></c>", shared=bomb)

    with pytest.raises(Refused, match="rusak atau tidak baku"):
        read(data, sniff(data, "data.xlsx"))


@pytest.mark.parametrize(
    "cell",
    [
        "<c t='s'><v>x</v></c>",
        "<c t='s'><v>-1</v></c>",
        "<c t='s'><v>9</v></c>",
        "<c s='x'><v>1</v></c>",
        "<c s='-1'><v>1</v></c>",
        "<c><v>unclosed</c>",
        f"<c><v>{NIK}</v><v>1</v></c>",
        "<c><v>1</v><is><t>Siti</t></is></c>",
    ],
)
def test_a_workbook_with_a_damaged_cell_is_refused(cell):
    data = a_workbook(cell, styles=STYLES, shared="<sst><si><t>Siti</t></si></sst>")

    with pytest.raises(Refused, match="rusak atau tidak baku"):
        read(data, Format.XLSX)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("data.csv", "nama\uffff,kota\nSiti\x0b,Malang\n".encode()),
        ("data.csv", "nama\x01,kota\nSi\x1fti,Malang\n".encode("utf-16")),
        ("data.json", b'[{"nama\\u0000": "Si\\ud800ti\\u001f", "kota": "Malang"}]'),
        (
            "data.xlsx",
            a_workbook(
                "<c t='inlineStr'><is><t>na_x0000_ma</t></is></c>"
                "<c t='inlineStr'><is><t>kota</t></is></c>",
                "<c t='inlineStr'><is><t>Siti_xD800_</t></is></c><c t='str'><v>Malang</v></c>",
            ),
        ),
    ],
)
def test_what_nobody_can_write_is_left_out_of_titles_and_cells(tmp_path, name, data):
    table = table_of(tmp_path, data, name)

    assert (["nama", "kota"], [["Siti", "Malang"]]) == (table.columns, table.rows)


def test_names_that_are_one_name_without_what_nobody_can_write_are_refused():
    with pytest.raises(Refused, match="dua isian dengan nama yang sama"):
        load_json(b'{"nik": "1", "nik\\u0000": "2"}')


def test_a_nik_stored_as_a_number_keeps_every_digit(tmp_path):
    data = a_workbook(
        "<c t='inlineStr'><is><t>nik</t></is></c>",
        f"<c><v>{PAPUA_NIK}</v></c>",
        "<c><v>3.573010101900001E15</v></c>",
        f"<c><v>{NIK}.0</v></c>",
    )

    table = table_of(tmp_path, data, "data.xlsx")

    assert table.columns == ["nik"]
    assert table.rows == [[PAPUA_NIK], [NIK], [NIK]]


STYLES = (
    "<numFmts><numFmt numFmtId='164' formatCode='dd/mm/yyyy'/>"
    "<numFmt numFmtId='165' formatCode='0000000000000000'/>"
    "<numFmt numFmtId='166' formatCode='&quot;hari&quot; 0'/></numFmts>"
    "<cellXfs><xf numFmtId='0'/><xf numFmtId='14'/><xf numFmtId='164'/><xf numFmtId='165'/>"
    "<xf numFmtId='22'/><xf numFmtId='166'/><xf numFmtId='20'/></cellXfs>"
)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("<c s='1'><v>32874</v></c>", "1990-01-01"),
        ("<c s='2'><v>45000</v></c>", "2023-03-15"),
        ("<c s='4'><v>45000.5</v></c>", "2023-03-15 12:00:00"),
        ("<c s='6'><v>0.25</v></c>", "06:00:00"),
        ("<c s='1'><v>1</v></c>", "1900-01-01"),
        ("<c s='3'><v>812345678901234</v></c>", "0812345678901234"),
        ("<c s='5'><v>3</v></c>", "3"),
        ("<c><v>0.10000000000000001</v></c>", "0.1"),
        ("<c><v>-12.50</v></c>", "-12.5"),
        ("<c><v>1E+20</v></c>", "100000000000000000000"),
        ("<c t='b'><v>1</v></c>", "TRUE"),
        ("<c t='e'><v>#N/A</v></c>", "#N/A"),
        ("<c t='str'><f>A1</f><v>Siti</v></c>", "Siti"),
        ("<c t='d'><v>2024-05-01T00:00:00</v></c>", "2024-05-01"),
        ("<c t='inlineStr'><is><r><t>Si</t></r><r><t>ti</t></r></is></c>", "Siti"),
    ],
)
def test_a_cell_of_a_workbook_is_read_as_its_reader_sees_it(tmp_path, cell, text):
    header = "<c t='inlineStr'><is><t>kolom</t></is></c>"
    data = a_workbook(header, cell, styles=STYLES)

    assert [[text]] == table_of(tmp_path, data, "data.xlsx").rows


def test_a_workbook_of_another_writer_is_read_too(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["nik", None, "lahir"])
    book.active.append([NIK, "Siti", None])
    book.create_sheet("Kedua").append(["satu"])
    buffer = io.BytesIO()
    book.save(buffer)

    tables = read(buffer.getvalue(), Format.XLSX)

    assert [table.name for table in tables] == ["Sheet", "Kedua"]
    assert tables[0].columns == ["nik", "kolom_2", "lahir"]
    assert tables[0].rows == [[NIK, "Siti", ""]]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "windows-1252", "utf-16"])
def test_every_delimiter_and_encoding_of_a_csv_is_read(tmp_path, delimiter, encoding):
    lines = ["nama|nik|alamat", f'Zoë|{NIK}|"Jl. Ijen 1\nMalang"', "Budi|0812|'x'"]
    data = "\r\n".join(lines).replace("|", delimiter).encode(encoding)

    table = table_of(tmp_path, data)

    assert table.columns == ["nama", "nik", "alamat"]
    assert table.rows == [["Zoë", NIK, "Jl. Ijen 1\nMalang"], ["Budi", "0812", "'x'"]]


def test_decimal_commas_do_not_make_the_comma_a_delimiter(tmp_path):
    table = table_of(tmp_path, b"kota;nilai;luas\nMalang;1,5;2,5\nBatu;3,5;4,5\n")

    assert table.columns == ["kota", "nilai", "luas"]
    assert table.rows[0] == ["Malang", "1,5", "2,5"]


def test_excels_own_delimiter_line_is_obeyed(tmp_path):
    assert table_of(tmp_path, b"sep=;\na,b;c\n1;2\n").columns == ["a,b", "c"]


def test_ragged_rows_double_and_empty_headers_lose_no_cell(tmp_path):
    table = table_of(tmp_path, b"nama,nama,,kota\nA,B,C,D,E\nF\n")

    assert table.columns == ["nama", "nama_2", "kolom_3", "kota", "kolom_5"]
    assert table.rows == [["A", "B", "C", "D", "E"], ["F", "", "", "", ""]]


def test_titles_above_the_header_are_kept_apart(tmp_path):
    text = "DAFTAR PENERIMA,,\nTahun 2024,,\n,,\nNo,Nama,NIK\n1,Siti,1\n2,Budi,2\n3,Ani,3\n"

    table = table_of(tmp_path, text.encode())

    assert table.columns == ["No", "Nama", "NIK"]
    assert table.titles == [["DAFTAR PENERIMA"], ["Tahun 2024"]]
    assert table.row_count == 3


def test_a_file_without_a_header_keeps_its_first_row_as_data(tmp_path):
    table = table_of(tmp_path, f"{NIK},Siti\n{PAPUA_NIK},Budi\n".encode())

    assert table.columns == ["kolom_1", "kolom_2"]
    assert table.rows[0] == [NIK, "Siti"]


@pytest.mark.parametrize(
    "first",
    [
        f"Siti Rahmawati,'{NIK},Klojen",
        f"Siti Rahmawati,NIK {NIK},Klojen",
        "Siti Rahmawati,WA: 0812-3456-7890,Klojen",
        "Siti Rahmawati,surel: siti@contoh.id,Klojen",
        "Siti Rahmawati,-,Lowokwaru",
        f"{NIK},{PAPUA_NIK},3573010101900002",
    ],
)
def test_a_first_row_that_holds_a_value_is_no_header_whatever_stands_below(tmp_path, first):
    text = f"{first}\nBudi Santoso,-,Lowokwaru\nAni Lestari,-,Lowokwaru\n"

    table = table_of(tmp_path, text.encode())

    assert table.columns == ["kolom_1", "kolom_2", "kolom_3"]
    assert table.rows[0] == first.split(",")


def test_dates_and_streets_over_more_of_them_are_data(tmp_path):
    text = "Siti,1 Januari 1990,Jl. Ijen 5\nBudi,2 Maret 1985,Jl. Kawi 3\n"

    assert table_of(tmp_path, text.encode()).columns == ["kolom_1", "kolom_2", "kolom_3"]


def test_a_first_row_with_gaps_names_no_column(tmp_path):
    text = f"Siti,{NIK},,,\nBudi,{PAPUA_NIK},Klojen,L,5\nAni,{NIK},Sukun,P,6\n"

    table = table_of(tmp_path, text.encode())

    assert "kolom_1" == table.columns[0]
    assert (3, []) == (table.row_count, table.titles)


def test_a_header_that_comes_again_on_every_page_is_a_header(tmp_path):
    text = "nama,kota\nSiti,Malang\nnama,kota\nBudi,Batu\nnama,kota\nAni,Blitar\n"

    assert table_of(tmp_path, text.encode()).columns == ["nama", "kota"]


def test_years_and_numbered_months_are_names_of_columns(tmp_path):
    years = table_of(tmp_path, b"kota,2022,2023\nMalang,10,20\nBatu,30,40\n")
    months = table_of(tmp_path, b"kota,1,2,3\nMalang,1,2,3\nBatu,1,2,3\n")

    assert years.columns == ["kota", "2022", "2023"]
    assert months.columns == ["kota", "1", "2", "3"]


def test_a_quotation_mark_left_open_is_refused_with_its_place():
    data = b'nama,catatan\nSiti,"' + b"x\n" * 40_000

    with pytest.raises(Refused, match="tanda petik"):
        read(data, sniff(data, "data.csv"))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b",".join([b"x"] * (uploads.COLUMNS_MAX + 1)), "kolom"),
        (b"x\n" * (uploads.ROWS_MAX + 2), "terlalu besar"),
    ],
)
def test_a_table_beyond_its_limits_is_refused(data, said):
    with pytest.raises(Refused, match=said):
        read(data, Format.CSV)


def test_json_numbers_keep_every_digit(tmp_path):
    document = f'{{"data": [{{"nik": {PAPUA_NIK}, "a": {{"b": 1.10}}, "c": [1], "d": null}}]}}'

    table = table_of(tmp_path, document.encode(), "data.json")

    assert table.columns == ["nik", "a.b", "c", "d"]
    assert table.rows == [[PAPUA_NIK, "1.10", "[1]", ""]]


def test_json_goes_through_us_with_its_numbers_as_they_were(tmp_path):
    document = f'[{{"nik": {PAPUA_NIK}, "x": [1.10, true, null, "é"], "y": {{}}}}]'
    path = tmp_path / "upload"
    path.write_text(document, encoding="utf-8")

    assert document == dump_json(load_json(path))


def test_geojson_gives_the_properties_of_its_features(tmp_path):
    feature = {"type": "Feature", "geometry": None, "properties": {"nama": "SD 1"}}
    document = json.dumps({"type": "FeatureCollection", "features": [feature]})

    table = table_of(tmp_path, document.encode(), "peta.geojson")

    assert (table.columns, table.rows) == (["nama"], [["SD 1"]])


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b'{"a": 1', "rusak di baris 1"),
        (b'{"a": NaN}', "NaN"),
        (b'[{"a": {"nik": "1", "ni\\u006b": "2"}}]', "dua isian dengan nama yang sama"),
        (b"[" * 500 + b"]" * 500, "tingkat"),
    ],
)
def test_broken_json_is_refused(data, said):
    with pytest.raises(Refused, match=said):
        read(data, Format.JSON)


def test_json_nested_a_million_deep_is_too_much():
    with pytest.raises(TooMuch):
        read(b"[" * 1_000_000, Format.JSON)


def test_reading_the_first_rows_still_counts_them_all():
    table = read(b"nama\n" + b"Siti\n" * 1000, Format.CSV, first=5)[0]

    assert (len(table.rows), table.row_count) == (5, 1000)


cells = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=20
).filter(lambda text: text.strip() == text and "\ufeff" not in text)


@given(st.lists(st.lists(cells, min_size=3, max_size=3), min_size=1, max_size=8))
def test_what_is_written_as_csv_is_read_back_cell_for_cell(rows):
    quoted = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows]
    text = "\n".join(["kolom_a,kolom_b,kolom_c", *quoted])

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "upload"
        path.write_text(text, encoding="utf-8")
        table = read_table(path, Format.CSV)

    assert table.columns == ["kolom_a", "kolom_b", "kolom_c"]
    assert rows == table.rows


REAL = {
    "jakarta/ispu_dki_all.csv": ("tanggal", 5538),
    "jawa_timur/bps_indeks_harga_konsumen_2024.csv": ("Kelompok Pengeluaran Inflasi", 12),
    "jawa_timur/bps_indeks_pembangunan_manusia_2024.csv": ("Kabupaten/Kota Se Jawa Timur", 39),
    "jawa_timur/bps_pdrb_lapangan_usaha_triwulanan_2024.csv": ("Lapangan Usaha 17 Kategori", 18),
    "nasional/kode_wilayah_permendagri_72_2019.csv": ("kolom_1", 91220),
    "nasional/pekerja_terdampak_covid19_juli_2020.xlsx": ("Provinsi", 36),
    "nasional/pulau_indonesia.csv": ("code", 17373),
    "nasional/pelabuhan_indonesia.geojson": ("name", 1411),
    "katalog/sdsn_standar_data_statistik_nasional.json": ("id", 4505),
}


@pytest.mark.parametrize("name", REAL)
def test_published_files_with_their_traps_are_read(name):
    path = OPEN_DATA / name
    if not path.exists():
        pytest.skip(f"NOT TESTED: the published file {name} is not on this machine")

    table = read_table(path, sniff(path.read_bytes(), name))

    assert REAL[name] == (table.columns[0], table.row_count)
    assert len(set(table.columns)) == len(table.columns)
