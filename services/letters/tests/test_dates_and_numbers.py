"""Dates, amounts and letter numbers, as official letters write them."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from letters_service.domain.errors import NumberingWrong
from letters_service.domain.numbers import Pattern, Register
from letters_service.domain.tanggal import (
    bulan_romawi,
    hari_tanggal,
    pukul,
    tanggal,
    terbilang,
    ukuran,
)

NOVEMBER = date(2026, 11, 22)
REGISTER = Register("35.73.411", "surat_dinas", 2026)


def test_a_date_is_written_with_the_month_in_words():
    assert tanggal(NOVEMBER) == "22 November 2026"
    assert hari_tanggal(NOVEMBER) == "Minggu, 22 November 2026"
    assert bulan_romawi(NOVEMBER) == "XI"


def test_the_hour_is_that_of_jakarta():
    assert pukul(datetime(2026, 11, 22, 23, 5, tzinfo=UTC)) == "06.05 WIB"


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "nol"),
        (10, "sepuluh"),
        (11, "sebelas"),
        (14, "empat belas"),
        (30, "tiga puluh"),
        (101, "seratus satu"),
        (1000, "seribu"),
        (2111, "dua ribu seratus sebelas"),
        (21000, "dua puluh satu ribu"),
    ],
)
def test_figures_are_written_out(number, words):
    assert terbilang(number) == words


@given(st.integers(0, 999_999))
def test_every_figure_has_words_of_its_own(number):
    assert terbilang(number) != terbilang((number + 1) % 1_000_000)


def test_sizes_are_rounded_and_exact():
    assert ukuran(999) == "999 bita"
    assert ukuran(1_403_221) == "1,4 MB (1.403.221 bita)"
    assert ukuran(2_000_000) == "2 MB (2.000.000 bita)"


def test_a_number_follows_the_pattern_of_the_city():
    pattern = Pattern("{classification}/{number:03}/{unit}/{month_roman}/{year}")

    number = pattern.number(7, register=REGISTER, classification="500.12.5.1", on=NOVEMBER)

    assert number == "500.12.5.1/007/35.73.411/XI/2026"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{classification}/{number}/{unit}", "year"),
        ("{classification}/{unit}/{year}", "number"),
        ("{number}/{year}", "unit"),
        ("{nomor}/{unit}/{year}", "tidak dapat dibaca"),
        ("{number/{unit}/{year}", "tidak dapat dibaca"),
        ("{number.real}/{unit}/{year}", "number"),
    ],
)
def test_a_pattern_that_could_give_one_number_twice_is_refused(text, why):
    with pytest.raises(NumberingWrong, match=why):
        Pattern(text)


@given(st.integers(1, 10_000), st.integers(1, 10_000))
def test_two_letters_of_one_register_never_bear_the_same_number(one, other):
    pattern = Pattern("{classification}/{number}/{unit}/{year}")
    numbers = {
        pattern.number(n, register=REGISTER, classification="500.12.5.1", on=NOVEMBER)
        for n in (one, other)
    }

    assert len(numbers) == len({one, other})
