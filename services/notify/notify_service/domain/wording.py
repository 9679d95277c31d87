"""Fills one mail's words with what the facts say."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Any
from urllib.parse import quote

from notify_service.domain.mail import PEMOHON, Mail

_DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
_MONTHS = (
    "Januari", "Februari", "Maret", "April", "Mei", "Juni",
    "Juli", "Agustus", "September", "Oktober", "November", "Desember",
)  # fmt: skip
_WIB = timezone(timedelta(hours=7))


@dataclass(frozen=True)
class Words:
    """One mail, ready to be laid out."""

    subject: str
    greeting: str
    happened: tuple[str, ...]
    todo: tuple[str, ...]
    details: tuple[tuple[str, str], ...]
    button: str
    link: str


def words(
    mail: Mail,
    *,
    facts: Mapping[str, Any],
    request_id: str,
    greeting: str,
    public_url: str,
) -> Words:
    """`facts` holds what is known: register number, letter number, dates."""
    known = {name: value for name, value in facts.items() if isinstance(value, str)}
    return Words(
        subject=mail.subject.format_map(known),
        greeting=greeting,
        happened=tuple(sentence.format_map(known) for sentence in mail.happened),
        todo=tuple(sentence.format_map(known) for sentence in mail.todo),
        details=_details(mail, known),
        button=mail.button,
        link=_link(mail, known["register_number"], request_id, public_url),
    )


def long_date(text: str) -> str:
    """'Jumat, 4 Desember 2026', for a date or for an instant seen from Malang."""
    day = (
        datetime.fromisoformat(text).astimezone(_WIB).date()
        if "T" in text
        else date.fromisoformat(text)
    )
    return f"{_DAYS[day.weekday()]}, {day.day} {_MONTHS[day.month - 1]} {day.year}"


def _details(mail: Mail, known: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    lines = [("Nomor pendaftaran", known["register_number"])]
    if mail.because:
        lines.append(("Nomor surat", known["number"]))
        lines.append(("Tanggal surat", long_date(known["issued_on"])))
    dates = [mail.until] if mail.until else []
    if mail.until and mail.until[1] == "due":
        dates.append(("Batas waktu menurut undang-undang", "statutory_due"))
    lines += [(label, long_date(known[field])) for label, field in dates if field in known]
    return tuple(lines)


def _link(mail: Mail, register_number: str, request_id: str, public_url: str) -> str:
    if mail.audience == PEMOHON:
        return f"{public_url}/permohonan/{quote(register_number, safe='')}"
    return f"{public_url}/meja/{request_id}"
