"""Dates as the sentences for citizens and officers write them."""

from datetime import date

_MONTHS = (
    *("Januari", "Februari", "Maret", "April", "Mei", "Juni"),
    *("Juli", "Agustus", "September", "Oktober", "November", "Desember"),
)


def tanggal(day: date) -> str:
    """22 November 2026"""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
