"""Dates, times and amounts as Indonesian letters write them."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

_JAKARTA = ZoneInfo("Asia/Jakarta")
_HARI = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
_BULAN = (
    *("Januari", "Februari", "Maret", "April", "Mei", "Juni"),
    *("Juli", "Agustus", "September", "Oktober", "November", "Desember"),
)
_ROMAWI = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
_SATUAN = (
    *("nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan"),
    *("sepuluh", "sebelas"),
)


def tanggal(day: date) -> str:
    """22 November 2026"""
    return f"{day.day} {_BULAN[day.month - 1]} {day.year}"


def hari_tanggal(day: date) -> str:
    """Minggu, 22 November 2026"""
    return f"{_HARI[day.weekday()]}, {tanggal(day)}"


def pukul(moment: datetime) -> str:
    """14.05 WIB"""
    return f"{moment.astimezone(_JAKARTA):%H.%M} WIB"


def bulan_romawi(day: date) -> str:
    """XI"""
    return _ROMAWI[day.month - 1]


def terbilang(number: int) -> str:
    """Up to 999.999, as beside a figure: 30 (tiga puluh)."""
    if not 0 <= number < 1_000_000:
        raise ValueError(f"{number} is not written out")
    if number < 12:
        return _SATUAN[number]
    if number < 20:
        return f"{_SATUAN[number - 10]} belas"
    for unit, name in ((1000, "ribu"), (100, "ratus"), (10, "puluh")):
        if number >= unit:
            count, rest = divmod(number, unit)
            # "seribu" and "seratus", never "satu ribu" or "satu ratus".
            head = f"se{name}" if count == 1 else f"{terbilang(count)} {name}"
            return f"{head} {terbilang(rest)}" if rest else head
    raise AssertionError(number)


def ribuan(number: int) -> str:
    """1.234.567"""
    return f"{number:,}".replace(",", ".")


def ukuran(size: int) -> str:
    """1,4 MB (1.400.000 bita)"""
    exact = f"{ribuan(size)} bita"
    if size < 1000:
        return exact
    amount = float(size)
    for unit in ("kB", "MB", "GB"):
        amount /= 1000
        # 999,95 would be written as 1000,0.
        if amount < 999.95 or unit == "GB":
            break
    return f"{amount:.1f} {unit}".replace(".0 ", " ").replace(".", ",") + f" ({exact})"
