"""Dates as the sentences for citizens and officers write them."""

from datetime import date

_MONTHS = (
    *("Januari", "Februari", "Maret", "April", "Mei", "Juni"),
    *("Juli", "Agustus", "September", "Oktober", "November", "Desember"),
)


def tanggal(day: date) -> str:
    """22 November 2026"""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def years_after(day: date, years: int) -> date:
    """The same day of another year; `years` may be negative. 29 February becomes 28."""
    last = 28 if (day.month, day.day) == (2, 29) else day.day
    return day.replace(year=day.year + years, day=last)
