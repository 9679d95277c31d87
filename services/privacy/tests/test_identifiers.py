"""Numbers and dates: which texts are one, and that two writings of one value are the same."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from privacy_service.domain import identifiers
from privacy_service.domain.district_codes import DISTRICT_CODES


def test_the_district_codes_hold_old_and_new_ones():
    malang = {code for code in DISTRICT_CODES if code.startswith("3573")}

    assert 7879 == len(DISTRICT_CODES)
    assert {"357301", "357302", "357303", "357304", "357305"} == malang
    # Papua before and after it was divided.
    assert {"910101", "930101"} <= DISTRICT_CODES


@pytest.mark.parametrize(
    "text",
    [
        "3573010101900001",
        "3573 0101 0190 0001",
        "35.73.01.010190.0001",
        "3573-0101-0190-0001",
        "NIK: 3573010101900001",
        "３５７３０１０１０１９００００１",
        "357301 410190 0001",
        "3573012902000001",
        "9101010101900123",
    ],
)
def test_a_nik_is_known_in_every_writing(text):
    assert identifiers.nik(text)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("357301010190001", "15 digits"),
        ("35730101019000012", "17 digits"),
        ("3573010101900000", "serial 0000"),
        ("3573993112900001", "no such district"),
        ("0000010101900001", "no such province"),
        ("3573013202900001", "day 32"),
        ("3573017202900001", "day 72"),
        ("3573013002900001", "30 February"),
        ("3573010113900001", "month 13"),
        ("3573012902010001", "29 February 2001 and 1901"),
        ("", "nothing"),
    ],
)
def test_what_is_not_a_nik_is_none(text, why):
    assert identifiers.nik(text) is None, why


@given(
    st.sampled_from(sorted(DISTRICT_CODES)),
    st.dates(date(1930, 1, 1), date(2025, 12, 31)),
    st.booleans(),
    st.integers(1, 9999),
    st.sampled_from(["", " ", ".", "-", "\u200b", "\u00a0"]),
)
def test_every_nik_that_can_be_given_is_known(district, born, woman, serial, separator):
    day = born.day + (40 if woman else 0)
    parts = (district, f"{day:02d}{born:%m%y}", f"{serial:04d}")

    assert "".join(parts) == identifiers.nik(separator.join(parts))
    assert woman == identifiers.is_womans("".join(parts))


@given(st.integers(0, 10**16 - 1))
def test_a_random_number_is_a_nik_only_with_district_date_and_serial(number):
    text = f"{number:016d}"

    if identifiers.nik(text):
        assert text[:6] in DISTRICT_CODES
        assert 1 <= int(text[6:8]) % 40 <= 31 and 1 <= int(text[8:10]) <= 12
        assert "0000" != text[12:]


@pytest.mark.parametrize(
    "text",
    [
        "081234567890",
        "0812-3456-7890",
        "0812.3456.7890",
        "0812 3456 7890",
        "+6281234567890",
        "+62 812-3456-7890",
        "(+62) 812 3456 7890",
        "6281234567890",
        "+62 (0)812 3456 7890",
    ],
)
def test_one_mobile_number_in_all_its_writings_is_one(text):
    assert "6281234567890" == identifiers.mobile(text)


def test_a_column_of_telephones_may_have_lost_its_noughts():
    assert "6281234567890" == identifiers.phone("81234567890")
    assert identifiers.mobile("81234567890") is None
    assert "62341551234" == identifiers.phone("(0341) 551234")


@pytest.mark.parametrize("text", ["08123", "0812345678901234", "1234567890", "0800000000", "2024"])
def test_what_is_no_mobile_number_is_none(text):
    assert identifiers.mobile(text) is None


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("Siti@Contoh.ID", "siti@contoh.id"),
        ("siti.aminah+x@dinas.malangkota.go.id", "siti.aminah+x@dinas.malangkota.go.id"),
        ("siti [at] contoh [dot] id", "siti@contoh.id"),
        ("siti(at)contoh.id", "siti@contoh.id"),
        ("siti@contoh", None),
        ("@contoh.id", None),
    ],
)
def test_an_address_of_mail_is_known(text, address):
    assert address == identifiers.email(text)


@pytest.mark.parametrize(
    "text",
    ["17/05/1990", "17-05-1990", "1990-05-17", "17 Mei 1990", "17 mei 90", "Malang, 17 Mei 1990",
     "Kota Malang, 17-5-1990", "1990/05/17", "19900517", "05/17/1990", "17.5.1990", "17-Mei-1990",
     "1990-05-17 00:00:00"],
)  # fmt: skip
def test_a_birth_date_in_all_its_writings_is_one(text):
    assert "1990-05-17" == identifiers.birth_date(text)


@pytest.mark.parametrize("text", ["1990", "32/13/1990", "Malang", "", "12345", "1.5"])
def test_what_is_no_date_is_none(text):
    assert identifiers.birth_date(text) is None


def test_a_tax_number_is_taken_by_its_length_and_checked_by_luhn():
    assert "092542943407000" == identifiers.npwp("09.254.294.3-407.000")
    assert identifiers.npwp_checks("09.254.294.3-407.000")
    assert not identifiers.npwp_checks("09.254.294.4-407.000")
    assert "092542943407000" == identifiers.npwp("0092542943407000")
    assert "3573010101900001" == identifiers.npwp("3573010101900001")
    assert identifiers.npwp("12345") is None


def test_a_civil_servants_number_is_known_by_its_dates():
    assert identifiers.nip("19850312 201001 1 005")
    assert identifiers.nip("198503122010011005")
    assert identifiers.nip("198513122010011005") is None
    assert identifiers.nip("198503122010013005") is None
