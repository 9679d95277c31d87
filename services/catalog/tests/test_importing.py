"""Import: what comes in, what is refused, and that nothing comes in by half."""

import csv
import io
import threading

import openpyxl
import pytest
from catalog_service import views
from catalog_service.domain.errors import IncompleteForm, NotAllowed, SlugTaken
from chassis.uploads import Refused

from .conftest import DEMO, PPID, PUBLIC, ROOT, SETTER_UP, WALIDATA, described

pytestmark = pytest.mark.servers
OPEN_DATA = ROOT.parent / "shared" / "data" / "open"


def _workbook() -> bytes:
    book = openpyxl.Workbook()
    book.active.append(["nama", "kode"])
    book.active.append(["Pasar Besar", "3573011201990001"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


POINT = (
    b'{"type":"Feature","geometry":{"type":"Point","coordinates":[112.6,-7.9]},'
    b'"properties":{"nama":"Besar"}}'
)
GOOD = {
    "koma.csv": (b"nama,kios\nBesar,10\n", ["nama", "kios"]),
    "titik_koma.csv": (b"nama;kios\nBesar;10\n", ["nama", "kios"]),
    "bom.csv": ("\ufeffnama,kios\nBesar,10\n".encode(), ["nama", "kios"]),
    "windows.csv": ("nama,kios\nCaf\xe9,10\n".encode("cp1252"), ["nama", "kios"]),
    "larik.json": (b'[{"nama":"Besar","kios":10}]', ["nama", "kios"]),
    "peta.geojson": (b'{"type":"FeatureCollection","features":[' + POINT + b"]}", ["nama"]),
    "buku.xlsx": (_workbook(), ["nama", "kode"]),
}


@pytest.mark.parametrize("filename", GOOD)
def test_a_good_file_becomes_a_version_with_its_columns_and_rows(catalog, pool, filename):
    data, columns = GOOD[filename]

    done = catalog.import_dataset(data, filename, described(), WALIDATA)

    version = views.dataset(pool, "sebaran-pasar")["versions"][0]
    assert (done.version, done.new_version) == (1, True)
    assert (version["columns"], version["row_count"]) == (columns, 1)


@pytest.mark.parametrize(
    ("filename", "data", "sentence"),
    [
        ("kosong.csv", b"", "kosong"),
        ("halaman.csv", b"<!doctype html><html><body>x</body></html>", "halaman web"),
        ("halaman.xls", b"<html><table><tr><td>1</td></tr></table></html>", "halaman web"),
        ("gambar.csv", b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "gambar PNG"),
        ("dokumen.pdf", b"%PDF-1.7\n%%EOF", "tidak memuat tabel"),
        ("rusak.json", b'{"a": [1, 2', "rusak"),
        ("rusak.xlsx", b"PK\x03\x04rusak", "rusak"),
        ("lama.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "Office lama"),
        ("salah_nama.csv", _workbook(), "Excel"),
    ],
)
def test_a_bad_file_is_refused_with_a_sentence_and_leaves_nothing(
    catalog, pool, filename, data, sentence
):
    with pytest.raises(Refused, match=sentence):
        catalog.import_dataset(data, filename, described(), WALIDATA)

    assert pool.execute("SELECT count(*) FROM datasets") == [(0,)]
    assert pool.execute("SELECT count(*) FROM facts") == [(0,)]


def test_a_bad_file_leaves_the_good_version_as_it_was(catalog, pool):
    catalog.import_dataset(b"a,b\n1,2\n", "a.csv", described(), WALIDATA)

    with pytest.raises(Refused):
        catalog.import_dataset(
            b"", "a.csv", described(title="Sebaran Pasar", unit="Kios"), WALIDATA
        )

    found = views.dataset(pool, "sebaran-pasar")
    assert (found["version"], found["unit"]) == (1, "Unit")


def test_the_same_file_again_is_no_new_version(catalog, pool):
    for _ in range(3):
        done = catalog.import_dataset(b"a,b\n1,2\n", "a.csv", described(), WALIDATA)

    assert (done.version, done.new_version) == (1, False)
    assert _facts(pool) == ["DatasetDescribed", "DatasetPublished"]


def test_another_file_is_the_next_version_and_both_are_kept(catalog, pool):
    catalog.import_dataset(b"a,b\n1,2\n", "a.csv", described(), WALIDATA)
    catalog.import_dataset(b"a,b,c\n1,2,3\n", "a.csv", described(), WALIDATA)

    found = views.dataset(pool, "sebaran-pasar")
    assert [each["version"] for each in found["versions"]] == [2, 1]
    assert found["column_names"] == ["a", "b", "c"]


def test_changed_metadata_alone_are_a_fact_that_names_what_changed(catalog, pool):
    catalog.import_dataset(b"a,b\n1,2\n", "a.csv", described(), WALIDATA)
    done = catalog.import_dataset(None, "", described(unit="Kios", keywords="pasar, los"), WALIDATA)

    assert not done.new_version
    (state,) = pool.execute("SELECT state FROM facts ORDER BY position DESC LIMIT 1")[0]
    assert b'"changed":["keywords","unit"]' in bytes(state)


def test_the_same_file_imported_by_two_at_once_is_one_version(catalog, pool):
    def work():
        catalog.import_dataset(b"a,b\n1,2\n", "a.csv", described(), WALIDATA)

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert pool.execute("SELECT version FROM dataset_versions") == [(1,)]
    assert _facts(pool) == ["DatasetDescribed", "DatasetPublished"]


def test_an_open_dataset_needs_a_file_and_a_restricted_one_must_have_none(catalog):
    with pytest.raises(IncompleteForm, match="Pilih berkas"):
        catalog.import_dataset(None, "", described(), WALIDATA)
    restricted = described(access="restricted", licence="terbatas")
    with pytest.raises(IncompleteForm, match="tanpa berkas"):
        catalog.import_dataset(b"a\n1\n", "a.csv", restricted, WALIDATA)

    assert catalog.import_dataset(None, "", restricted, WALIDATA).version == 0


def test_an_agency_cannot_take_anothers_address(catalog):
    catalog.import_dataset(b"a,b\n1,2\n", "a.csv", described(), WALIDATA)

    with pytest.raises(SlugTaken, match="Koperasi"):
        catalog.import_dataset(b"a,b\n1,2\n", "a.csv", described(agency="dinkes"), WALIDATA)


@pytest.mark.parametrize("by", [PPID, PUBLIC])
def test_only_the_walidata_publishes(catalog, by):
    with pytest.raises(NotAllowed, match="Walidata"):
        catalog.import_dataset(b"a,b\n1,2\n", "a.csv", described(), by)


def test_a_long_identity_number_keeps_its_last_digit(catalog):
    catalog.import_dataset(_workbook(), "buku.xlsx", described(), WALIDATA)

    assert catalog.rows("sebaran-pasar")["rows"] == [["Pasar Besar", "3573011201990001"]]


def test_a_map_is_drawn_from_numbers_alone(catalog, pool):
    evil = POINT.replace(b'"Besar"', b'"<script>alert(1)</script>"')
    catalog.import_dataset(evil, "peta.geojson", described(), WALIDATA)

    outline = views.dataset(pool, "sebaran-pasar")["versions"][0]["outline"]
    assert outline.count("<circle") == 1
    assert "script" not in outline


def test_the_demo_catalogue_comes_in_once_however_often_it_is_imported(catalog, pool):
    first = catalog.import_folder(DEMO / "catalogue.toml", SETTER_UP)
    again = catalog.import_folder(DEMO / "catalogue.toml", SETTER_UP)

    assert sum(each.new_version for each in first) == 15
    assert not any(each.new_version for each in again)
    assert catalog.import_dip(DEMO / "dip.toml", PPID) == 0
    with pytest.raises(NotAllowed):
        catalog.import_dip(DEMO / "dip.toml", WALIDATA)
    assert views.numbers(pool) | {"downloads": 0} == {
        "datasets": 18, "open": 15, "agencies": 8, "dip": 22, "downloads": 0,
    }  # fmt: skip


def test_the_demo_tables_say_what_they_should(demo):
    people = demo.rows("jumlah-penduduk-per-kelurahan", limit=100)
    place = people["columns"].index("jumlah_penduduk")

    assert len(people["rows"]) == people["total"] == 57
    assert 850_000 < sum(int(row[place]) for row in people["rows"]) < 930_000


def test_the_files_handed_over_in_the_demo_are_made_by_the_script_beside_them(tmp_path):
    import importlib.util

    script = DEMO / "handover" / "make_handover.py"
    spec = importlib.util.spec_from_file_location("make_handover", script)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    module.main(tmp_path)

    kept = (DEMO / "handover" / "umkm_lowokwaru.csv").read_bytes()
    assert (tmp_path / "umkm_lowokwaru.csv").read_bytes() == kept
    rows = list(csv.DictReader(io.StringIO(kept.decode())))
    assert len(rows) == 60
    for row in rows:
        day, month, year = row["tgl_lahir"].split("-")
        birth = f"{int(day) + (40 if row['jenis_kelamin'] == 'Perempuan' else 0):02d}"
        assert row["nik"][:12] == f"357305{birth}{month}{year[2:]}"
        assert row["nik"][12] == "9", "a serial number that no register gives"


@pytest.mark.skipif(
    not OPEN_DATA.is_dir(),
    reason="../shared/data/open is not here: the 31 open-data files were NOT imported",
)
def test_all_open_data_files_of_other_publishers_come_in(catalog, pool):
    files = sorted(path for path in OPEN_DATA.glob("*/*") if path.is_file())
    assert len(files) == 31

    for path in files:
        title = path.stem.replace("_", " ")
        catalog.import_dataset(path.read_bytes(), path.name, described(title=title), WALIDATA)

    found = {row["filename"]: row for row in views.all_datasets(pool)}
    assert len(found) == 31
    assert found["sdsn_standar_data_statistik_nasional.json"]["row_count"] == 4505
    assert found["batas_kelurahan_kota_malang.geojson"]["row_count"] == 57
    assert found["ispu_dki_all.csv"]["column_names"][:3] == ["tanggal", "stasiun", "pm25"]
    outlines = pool.execute("SELECT filename FROM dataset_versions WHERE outline <> ''")
    assert len(outlines) == sum(path.suffix == ".geojson" for path in files)


def _facts(pool) -> list[str]:
    return [type_ for (type_,) in pool.execute("SELECT type FROM facts ORDER BY position")]
