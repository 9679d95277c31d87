"""Masks: what they leave, and that what was masked is nowhere to be found afterwards."""

import csv
import io
from datetime import date

import pytest
from chassis.uploads import Format, Refused
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from privacy_service.adapters.document import opened, residues
from privacy_service.domain.district_codes import DISTRICT_CODES
from privacy_service.domain.formulas import is_formula, neutral
from privacy_service.domain.kinds import Kind
from privacy_service.domain.masking import Decision, Masker, decide, proposed
from privacy_service.domain.methods import ABOUT, ALLOWED, MASKED, Method, mask
from privacy_service.domain.propagation import Originals
from privacy_service.domain.verdicts import judge

KEY = b"k" * 32


def masked_csv(text: str, key: bytes = KEY) -> tuple[str, Masker]:
    document = opened(text.encode(), Format.CSV)
    verdicts = judge(document.columns())
    masker = Masker.prepared(document.columns(), decide(verdicts, proposed(verdicts)), key)
    return document.masked(masker).data.decode(), masker


@pytest.mark.parametrize("kind", ALLOWED)
def test_every_kind_of_data_has_its_ways_and_each_is_explained(kind):
    assert ALLOWED[kind]
    assert set(ALLOWED[kind]) <= set(ABOUT)
    assert Method.KEEP not in ALLOWED[kind]


@pytest.mark.parametrize("kind", [Kind.NIK, Kind.KK, Kind.NPWP, Kind.NIP, Kind.NAME])
def test_an_identifier_is_never_masked_in_part(kind):
    assert Method.PARTIAL not in ALLOWED[kind]


@pytest.mark.parametrize(
    ("method", "kind", "text", "made"),
    [
        (Method.CONSTANT, Kind.NAME, "Siti", MASKED),
        (Method.CONSTANT, Kind.NAME, "", ""),
        (Method.CONSTANT, Kind.NAME, " - ", " - "),
        (Method.YEAR, Kind.BIRTH_DATE, "Malang, 17 Mei 1990", "1990"),
        (Method.YEAR, Kind.BIRTH_DATE, "entah", MASKED),
        (Method.FIVE_YEARS, Kind.BIRTH_DATE, "1994-12-31", "1990–1994"),
        (Method.FIVE_YEARS, Kind.BIRTH_DATE, "1995-01-01", "1995–1999"),
        (Method.DISTRICT, Kind.ADDRESS, "Jl. Ijen 5 Kec. Klojen Kota Malang", "Kec. Klojen"),
        (Method.DISTRICT, Kind.ADDRESS, "Jl. Ijen 5", MASKED),
        (Method.PARTIAL, Kind.PHONE, "+62 812 3456 7890", "0812••••••••"),
        (Method.PARTIAL, Kind.EMAIL, "Siti@Contoh.id", "•••@contoh.id"),
        (Method.PARTIAL, Kind.EMAIL, "bukan surel", MASKED),
    ],
)
def test_a_mask_leaves_no_more_than_it_says(method, kind, text, made):
    assert made == mask(method, kind, KEY)(text)


def test_a_pseudonym_is_the_same_for_every_writing_and_another_with_another_key():
    of = mask(Method.PSEUDONYM, Kind.NIK, KEY)

    assert of("3573010101900001") == of("3573 0101 0190 0001")
    assert of("3573010101900001") != of("3573010101900002")
    assert of("3573010101900001") != mask(Method.PSEUDONYM, Kind.NIK, b"x" * 32)("3573010101900001")
    assert mask(Method.PSEUDONYM, Kind.NAME, KEY)("Siti  Aminah") == mask(
        Method.PSEUDONYM, Kind.NAME, KEY
    )("SITI AMINAH")


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("=1+1", True), ("+A1", True), ("-A1", True), ("@SUM(A1)", True),
        ("=cmd|' /C calc'!A0", True),
        ("\t=1", True), (" =1", True), ("＝1", True), ("-1-2", True), ("+62-812-3456", True),
        ("-5", False), ("+62 812 3456 7890", False), ("-12,5", False), ("-1.5e-3", False),
        ("-", False), ("--", False), ("biasa", False), ("a=b", False), ("", False), ("-7%", False),
    ],
)  # fmt: skip
def test_a_formula_is_told_from_a_number(text, is_one):
    assert is_one is is_formula(text)
    assert not is_formula(neutral(text))


@pytest.mark.parametrize(
    "text",
    [
        "3573010101900001", "NIK3573010101900001.", "3573-0101-0190-0001",
        "02 3573 0101 0190 0001 x",
        "0812 3456 7890", "+6281234567890", "(081234567890)", "BUDI  SANTOSO", "pak budi santoso",
        "Budi-Santoso", "surel: budi@contoh.id", "BUDI@CONTOH.ID",
        "3573010\u200b101900001",
    ],
)  # fmt: skip
def test_a_confirmed_value_is_found_however_it_is_written(text):
    originals = Originals()
    originals.add(["3573010101900001"], Kind.NIK)
    originals.add(["081234567890"], Kind.PHONE)
    originals.add(["Budi Santoso"], Kind.NAME)
    originals.add(["Budi@contoh.id"], Kind.EMAIL)

    assert list(originals.hits(text))


@pytest.mark.parametrize("text", ["Budi", "3573010101900002", "0812", "2024", "-"])
def test_what_only_resembles_a_confirmed_value_is_not_it(text):
    originals = Originals()
    originals.add(["3573010101900001"], Kind.NIK)
    originals.add(["081234567890"], Kind.PHONE)
    originals.add(["Budi Santoso"], Kind.NAME)

    assert not list(originals.hits(text))


def test_a_value_of_one_column_is_masked_in_all_others_by_the_same_name():
    text, masker = masked_csv(
        "nik,nama,catatan\n"
        "3573010101900001,Budi Santoso,anak dari Siti Aminah\n"
        "3573014203850002,Siti Aminah,nik suami 3573.0101.0190.0001\n"
    )

    rows = list(csv.reader(io.StringIO(text)))
    assert f"anak dari {rows[2][1]}" == rows[1][2]
    assert f"nik suami {rows[1][0]}" == rows[2][2]
    assert 2 == masker.cells["catatan"]


def test_words_of_confirmed_names_side_by_side_are_a_name_too():
    originals = Originals()
    originals.add(["Budi Santoso", "Siti Rahayu"], Kind.NAME)

    (hit,) = originals.hits("modal dari Siti Santoso, tetangga di Jalan Rahayu")

    assert (Kind.NAME, 11, 23) == (hit.kind, hit.start, hit.end)


def test_a_name_is_found_without_its_titles():
    originals = Originals()
    originals.add(["Dr. H. Budi Santoso, M.Kom."], Kind.NAME)

    assert list(originals.hits("rapat dipimpin Budi Santoso sendiri"))


def test_a_title_that_holds_somebodys_number_is_refused():
    with pytest.raises(Refused, match="Judul kolom ke-2 memuat nomor"):
        opened(b"nama,3573010101900001 (NIK ketua)\nSiti Aminah,1\n", Format.CSV)


def test_the_first_person_of_a_table_without_a_header_is_masked_as_all_others():
    people = "Siti Aminah,NIK 3573014203850002,Klojen\nBudi Santoso,NIK 3573010101900001,Sukun\n"

    text, masker = masked_csv(people)

    assert "kolom_1,kolom_2,kolom_3" == text.splitlines()[0]
    assert "Klojen" in text
    assert "Siti" not in text and "3573014203850002" not in text
    assert {"kolom_1", "kolom_2"} == {decision.title for decision in masker.decisions.values()}


@pytest.mark.parametrize(
    "text",
    [
        '{"Siti Rahmawati": 3, "Budi Santoso": 4}',
        '{"Siti Rahmawati": {"jumlah": 3}, "total": 3}',
        '[{"hadir": {"SITI RAHMAWATI": 3}}, {"hadir": {"SITI RAHMAWATI": 4}}]',
        '[{"3573010101900001": 3}]',
        '{"data": [{"siti@contoh.id": {"jumlah": 3}}]}',
    ],
)
def test_people_as_names_of_json_fields_are_refused(text):
    with pytest.raises(Refused, match="nama atau nomor orang sebagai nama isian"):
        opened(text.encode(), Format.JSON)


def test_names_of_json_fields_that_every_row_has_are_titles():
    row = '{"kota": "Malang", "Nilai Investasi": 3, "Tenaga Kerja": 5}'

    document = opened(f"[{row}, {row}]".encode(), Format.JSON)
    masker = Masker.prepared([], [Decision("kota", "kota", Kind.OTHER, Method.DROP)], KEY)
    made = document.masked(masker)

    assert ["kota", "Nilai Investasi", "Tenaga Kerja"] == [c.title for c in document.columns()]
    assert [] == list(residues(made.data, made.format, masker))


def test_words_of_statistics_are_no_people_even_where_they_stand_once():
    text = b'{"Tahun Anggaran": 2025, "Indeks Pembangunan Manusia": 83, "Sumber Dana": "APBD"}'

    assert 3 == len(opened(text, Format.JSON).columns())


def test_known_titles_of_json_fields_are_no_people():
    text = b'{"Nama Lengkap": "Siti Aminah", "Alamat Rumah": "Jl. Ijen 5"}'

    assert 2 == len(opened(text, Format.JSON).columns())


def test_titles_stay_as_they_are_in_the_masked_file():
    text, _ = masked_csv("NIK,NAMA LENGKAP,Jumlah\n3573010101900001,Budi Santoso,1\n")

    assert "NIK,NAMA LENGKAP,Jumlah" == text.splitlines()[0]


def test_two_names_in_one_cell_are_each_found_elsewhere():
    text, _ = masked_csv("nama_orang_tua,catatan\nBudi Santoso & Rina Wati,datang rina wati\n")

    assert "rina" not in text


def test_the_same_masking_gives_the_same_bytes():
    text = "nik,nama\n3573010101900001,Budi Santoso\n"

    assert masked_csv(text)[0] == masked_csv(text)[0]


niks = st.builds(
    lambda district, born, woman, serial: (
        f"{district}{born.day + 40 * woman:02d}{born:%m%y}{serial:04d}"
    ),
    st.sampled_from(sorted(DISTRICT_CODES)),
    st.dates(date(1940, 1, 1), date(2020, 1, 1)),
    st.booleans(),
    st.integers(1, 9999),
)
names = st.lists(
    st.sampled_from(["Siti", "Budi", "Aminah", "Santoso", "Wahyu", "Lestari", "Putri", "Slamet"]),
    min_size=2, max_size=3, unique=True,
).map(" ".join)  # fmt: skip
phones = st.integers(10**8, 10**9 - 1).map(lambda n: f"0812{n}"[:12])
separators = st.sampled_from(["", " ", "-", ".", " \u200b"])


@st.composite
def people(draw):
    """Rows of people whose notes speak of each other in every writing."""
    count = draw(st.integers(2, 6))
    unique = {"min_size": count, "max_size": count, "unique": True}
    who = list(
        zip(
            draw(st.lists(niks, **unique)),
            draw(st.lists(names, **unique)),
            draw(st.lists(phones, **unique)),
            strict=True,
        )
    )
    rows = []
    for nik, name, phone in who:
        of_nik, of_name, of_phone = draw(st.sampled_from(who))
        separator = draw(separators)
        grouped = separator.join(of_nik[i : i + 4] for i in range(0, 16, 4))
        note = draw(
            st.sampled_from(
                [f"nik {grouped}", f"kenal {of_name.upper()}", f"hp{of_phone}",
                 f"+62{of_phone[1:]}",
                 f"{of_phone[:4]}-{of_phone[4:8]}-{of_phone[8:]} {of_name}", "tidak ada", "=1+1"]
            )
        )  # fmt: skip
        rows.append((nik, name, phone, note))
    return rows


@settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(people())
def test_a_masked_file_never_holds_an_original(rows):
    written = io.StringIO()
    csv.writer(written).writerows([("nik", "nama", "no_hp", "catatan"), *rows])

    text, masker = masked_csv(written.getvalue())

    plain = "".join(character for character in text if character.isalnum()).casefold()
    for nik, name, phone, _ in rows:
        assert nik not in plain
        assert phone[1:] not in plain
        assert name.replace(" ", "").casefold() not in plain
    assert [] == list(residues(text.encode(), Format.CSV, masker))
    assert not any(is_formula(cell) for row in csv.reader(io.StringIO(text)) for cell in row)
    assert len(rows) + 1 == len(list(csv.reader(io.StringIO(text))))


@settings(max_examples=50, deadline=None)
@given(people())
def test_the_check_finds_every_original_in_a_file_that_was_not_masked(rows):
    written = io.StringIO()
    csv.writer(written).writerows([("nik", "nama", "no_hp", "catatan"), *rows])
    _, masker = masked_csv(written.getvalue())

    found = list(residues(written.getvalue().encode(), Format.CSV, masker))

    assert 3 * len(rows) <= len(found)
    assert {"nik", "nama", "no_hp"} <= {residue.column for residue in found}
    for residue in found:
        assert not any(str(residue).count(value) for row in rows for value in row[:3])
