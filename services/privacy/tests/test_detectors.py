"""What is found: by titles, by values, inside texts; and what is left alone."""

import random
from pathlib import Path

import pytest
from chassis.uploads import Format, Refused, sniff
from privacy_service.adapters.document import opened
from privacy_service.domain.detectors import hits, titled
from privacy_service.domain.kinds import Kind
from privacy_service.domain.verdicts import Column, judge, shape

OPEN_DATA = Path(__file__).parents[4] / "shared" / "data" / "open"

TITLES = {
    Kind.NIK: "nik NIK No_KTP noKTP nomor_induk_kependudukan no.identitas NIK/KTP id_penduduk",
    Kind.KK: "no_kk NoKK nomor_kk nkk kartu_keluarga",
    Kind.NPWP: "npwp no_npwp NPWP15",
    Kind.NIP: "nip NIP_Pegawai nuptk",
    Kind.PHONE: "no_hp NoHP HP telp no.telp nomor_telepon handphone wa WhatsApp kontak no_wa",
    Kind.EMAIL: "email e-mail Alamat_Email surel pos-el",
    Kind.BIRTH_DATE: "tgl_lahir TglLahir tanggal_lahir tgl_lhr TTL dob tempat_tanggal_lahir",
    Kind.NAME: (
        "nama nama_lengkap NamaPemohon nama_siswa nm_pasien full_name kepala_keluarga nama_kk "
        "nama_ibu_kandung nama_pemilik_usaha Nama_Ketua_Koperasi penanggung_jawab nama_orang_tua"
    ),
    Kind.ADDRESS: "alamat almt alamat_rumah ALAMAT_KTP domisili",
    Kind.ACCOUNT: "no_rekening norek nomor_rekening",
    Kind.CARD: "no_bpjs nisn no_paspor nopol no_rekam_medis",
    Kind.SPECIFIC: "agama diagnosa golongan_darah jenis_disabilitas",
}
INNOCENT = (
    "no id tahun jumlah jumlah_nik total_telepon nama_provinsi nama_kabupaten_kota nama_barang "
    "kode_rekening alamat_web alamat_ip nama_ibu_kota jumlah_lahir lahir_hidup jenis_kelamin "
    "status_ktp persentase_npwp nama_sekolah kelurahan kecamatan latitude satuan periode_update "
    "teknik unik klinik piknik harga shp kkn akses_telepon nama_wali_kota"
)


@pytest.mark.parametrize(
    ("kind", "title"), [(k, t) for k, ts in TITLES.items() for t in ts.split()]
)
def test_a_title_says_what_a_column_holds(kind, title):
    detector = titled(title)

    assert detector is not None and kind is detector.kind


@pytest.mark.parametrize("title", INNOCENT.split())
def test_a_title_that_only_resembles_says_nothing(title):
    assert titled(title) is None


def kinds_in(text: str) -> set[Kind]:
    return {hit.kind for hit in hits(text)}


@pytest.mark.parametrize(
    ("text", "kind", "piece"),
    [
        ("pemohon dengan NIK 3573010101900001 datang", Kind.NIK, "3573010101900001"),
        ("NIK3573010101900001", Kind.NIK, "3573010101900001"),
        ("RT 02 3573 0101 0190 0001", Kind.NIK, "3573 0101 0190 0001"),
        ("tahun 2020 2021 2022 3573 0101 0190 0001", Kind.NIK, "3573 0101 0190 0001"),
        ("hubungi 0812-3456-7890 segera", Kind.PHONE, "0812-3456-7890"),
        ("WA +62 812 3456 7890", Kind.PHONE, "+62 812 3456 7890"),
        ("Telp.081234567890", Kind.PHONE, "081234567890"),
        ("surel ke siti@contoh.id ya", Kind.EMAIL, "siti@contoh.id"),
        ("siti [at] contoh [dot] id", Kind.EMAIL, "siti [at] contoh [dot] id"),
        ("NPWP 09.254.294.3-407.000", Kind.NPWP, "09.254.294.3-407.000"),
        ("NIP 19850312 201001 1 005", Kind.NIP, "19850312 201001 1 005"),
        ("lahir di Malang, 17 Mei 1990", Kind.BIRTH_DATE, "17 Mei 1990"),
        ("diterima oleh Ibu Siti Aminah kemarin", Kind.NAME, "Siti Aminah"),
        ("a.n. Budi Santoso", Kind.NAME, "Budi Santoso"),
        ("Sdr. H. Ahmad bin Umar", Kind.NAME, "Ahmad bin Umar"),
        ("Izin diurus; pembina Arif Purnomo.", Kind.NAME, "Arif Purnomo."),
        ("ketua: Dewi Lestari Putri, sejak 2020", Kind.NAME, "Dewi Lestari Putri"),
        ("rumah di Jl. Ijen No. 5 RT 02 RW 03", Kind.ADDRESS, "Jl. Ijen No. 5 RT 02 RW 03"),
    ],
)
def test_a_piece_of_personal_data_is_found_inside_a_text(text, kind, piece):
    assert piece in {text[hit.start : hit.end] for hit in hits(text) if hit.kind is kind}


@pytest.mark.parametrize(
    "text",
    [
        "kode rekening 5.1.02.01.01.0001",
        "SK Nomor 188.45/1946/35.73.411/2024",
        "62.81234567890",
        "112.63333333333333",
        "0.3573010101900001",
        "1234567890123456",
        "anggaran Rp 1.250.000.000",
        "2020 2021 2022 2023",
        "nama barang: kursi",
        "Nama Barang Kursi",
        "NAMA LENGKAP",
        "tahun 2024 sampai 2025",
        "jalan menuju kota",
        "ibu kota provinsi",
        "ketua RT setempat",
        "pembina Koperasi Maju Bersama",
        "dikelola oleh Dinas Sosial",
        "pemilik usaha di Pasar Besar",
        "versi 10.1.2.3",
        "-",
    ],
)
def test_what_is_nobodys_is_left_alone(text):
    assert set() == kinds_in(text)


def verdict_of(title: str, values: list[str], **others: list[str]):
    columns = [Column(title, title, values)]
    columns += [Column(name, name, found) for name, found in others.items()]
    return judge(columns)[0]


def test_a_verdict_is_explained_by_title_and_values():
    verdict = verdict_of("no_hp", ["0812-3456-7890"] * 49 + ["tidak ada"])

    assert Kind.PHONE is verdict.kind
    assert "judul kolom 'no_hp'; 98 % nilainya nomor telepon" == verdict.why


def test_values_speak_where_the_title_is_silent():
    verdict = verdict_of("kolom_1", ["3573014101900001", "3573010101900002", "3573010101900003"])

    assert (Kind.NIK, "100 % nilainya NIK, walaupun judul kolomnya lain") == (
        verdict.kind, verdict.why,
    )  # fmt: skip


def test_many_numbers_without_a_womans_day_are_family_cards():
    random.seed(1)
    numbers = [f"357301{random.randint(1, 28):02d}0115{n:04d}" for n in range(1, 40)]

    assert Kind.KK is verdict_of("kolom_1", numbers).kind


def test_a_title_is_believed_even_when_no_value_checks():
    verdict = verdict_of("nik", ["3573********0001", "kosong"])

    assert Kind.NIK is verdict.kind
    assert "walaupun hanya 0 %" in verdict.why


def test_a_title_of_names_over_things_is_not_believed():
    assert verdict_of("nama", ["KABUPATEN MALANG", "KOTA BATU", "SDN 1"]).kind is None


def test_an_illness_is_a_persons_only_beside_a_person():
    assert verdict_of("diagnosa", ["Flu", "Flu"], jumlah=["1", "2"]).kind is None
    beside_names = verdict_of("diagnosa", ["Flu", "Flu"], nama=["Siti Aminah", "Budi Santoso"])
    assert Kind.SPECIFIC is beside_names.kind


def test_texts_are_looked_into_and_counted():
    verdict = verdict_of("uraian", ["nik 3573010101900001", "hp 081234567890", "biasa", ""])

    assert (Kind.TEXT, {"nik": 1, "telepon": 1}, 3) == (
        verdict.kind, verdict.inside, verdict.filled,
    )  # fmt: skip


def test_names_without_a_title_are_found_beside_a_person():
    niks = ["3573014101900001", "3573010101900002", "3573010101900003"]
    names = ["BUDI SANTOSO", "Siti Aminah, S.Pd", "Joko Susilo"]

    beside_people = judge([Column("kolom_2", "kolom_2", names), Column("nik", "nik", niks)])
    beside_numbers = judge([Column("kolom_2", "kolom_2", names), Column("x", "x", ["1", "2", "3"])])

    assert [Kind.NAME, Kind.NIK] == [verdict.kind for verdict in beside_people]
    assert beside_numbers[0].kind is None


def test_names_beside_a_single_number_of_somebody_are_found():
    text = "Siti Aminah,3573014101900001\nBudi Santoso,-\nJoko Susilo,-\nAni Lestari,-\n"

    verdicts = judge(opened(text.encode(), Format.CSV).columns())

    assert [Kind.NAME, Kind.TEXT] == [verdict.kind for verdict in verdicts]


def test_a_title_in_the_shape_of_a_name_over_names_is_refused():
    with pytest.raises(Refused, match="Judul kolom ke-2 berbentuk nama orang"):
        opened(b"2001,Siti Aminah\n2002,Budi Santoso\n2003,Joko Susilo\n", Format.CSV)

    for title in ("Nama Lengkap", "peserta didik"):
        assert opened(f"{title}\nBudi Santoso\nJoko Susilo\n".encode(), Format.CSV).columns()


def test_categories_beside_a_person_are_no_names():
    niks = [f"357301410190{n:04d}" for n in range(1, 9)]
    jobs = ["Pegawai Negeri", "Ibu Rumah", "Pegawai Negeri", "Buruh Harian"] * 2
    shops = [f"Warung Makan {letter}" for letter in "ABCDEFGH"]

    verdicts = judge(
        [Column("nik", "nik", niks), Column("k", "k", jobs), Column("usaha", "usaha", shops)]
    )

    assert [Kind.NIK, None, None] == [verdict.kind for verdict in verdicts]


def test_a_title_in_capitals_names_nobody():
    document = opened(b"NIK,NAMA LENGKAP,Nama Barang\n1,Siti Aminah,Kursi\n", Format.CSV)

    assert ["NIK", "NAMA LENGKAP", "Nama Barang"] == [c.title for c in document.columns()]


@pytest.mark.parametrize(
    "text",
    [
        "# hubungi 081234567890\nkota,jumlah\nMalang,1\nBatu,2\n",
        "kota,jumlah\nMalang,1\nBatu,2\n\nketua,nomor\nbendahara,081234567890\n",
        "kota,jumlah\nMalang,1,,,hubungi 081234567890\nBatu,2\n",
        f"kota,{'jumlah ' * 40}hubungi 081234567890\nMalang,1\nBatu,2\n",
    ],
    ids=["a line above", "a second table", "beyond the last column", "the end of a long title"],
)
def test_nothing_of_a_csv_is_left_unread(text):
    verdicts = judge(opened(text.encode(), Format.CSV).columns())

    assert any(verdict.found for verdict in verdicts)


@pytest.mark.parametrize(
    "hidden",
    [
        '{"type": "Point", "coordinates": [112.6, -7.9], "nama": "Siti Aminah 081234567890"}',
        '{"type": "Point", "coordinates": [3573010101900001, -7.9]}',
        '{"type": "3573010101900001", "coordinates": []}',
        '"3573010101900001"',
        '{"081234567890": []}',
    ],
)
@pytest.mark.parametrize("name", ["geometry", "bbox", "crs"])
def test_what_is_no_geometry_is_read_whatever_it_is_called(name, hidden):
    with_hidden = f'[{{"kota": "Malang", "{name}": {hidden}}}]'.encode()

    try:
        verdicts = judge(opened(with_hidden, Format.JSON).columns())
    except Refused:
        return
    assert any(verdict.found for verdict in verdicts)


def test_a_geometry_is_not_read():
    point = '{"type": "Point", "coordinates": [679123.5, 9117204, 12], "bbox": null}'
    crs = '{"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}'
    text = f'[{{"kota": "Malang", "geometry": {point}, "crs": {crs}, "bbox": [1, 2]}}]'

    assert ["kota"] == [c.key for c in opened(text.encode(), Format.JSON).columns()]


def test_a_shape_gives_no_value_away():
    assert "xxxx xxxxxx 99" == shape("Siti Aminah 12")
    assert 24 == len(shape("a" * 100))


STATISTICS = [
    "jakarta/ispu_dki_all.csv",
    "jawa_timur/bps_penduduk_menurut_kabupaten_kota_2024.csv",
    "jawa_timur/harga_komoditas_utama_hortikultura_di_tingkat_produsen_menurut.csv",
    "jawa_timur/jumlah_perusahaan_yang_terdaftar_di_wlkp_online.csv",
    "jawa_timur/realisasi_investasi_2024_triwulan_1.csv",
    "kota_malang/fasilitas_pendidikan_kota_malang_osm.geojson",
    "nasional/pdrb_per_kapita_kabupaten_kota_2000_2017.csv",
    "nasional/penduduk_per_kabupaten_kota_kepmendagri_2025.csv",
]


@pytest.mark.parametrize("name", STATISTICS)
def test_published_statistics_hold_nobody(name):
    path = OPEN_DATA / name
    if not path.exists():
        pytest.skip(f"NOT TESTED: the published file {name} is not on this machine")
    data = path.read_bytes()

    verdicts = judge(opened(data, sniff(data, name)).columns())

    assert [] == [verdict.key for verdict in verdicts if verdict.found]
