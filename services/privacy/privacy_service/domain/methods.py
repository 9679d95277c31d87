"""How a value is masked, and which ways are open to which kind of data.

Never a part of a NIK: beside a birth date and a sex, `3573********0001` leaves a dozen people of a
whole regency. Never a plain hash: all NIK of one city are tried in a minute. So a pseudonym is
keyed, with a key that belongs to one request, and two files given away cannot be joined by it.
"""

import hashlib
import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from privacy_service.domain import identifiers
from privacy_service.domain.kinds import Kind

MASKED = "[disamarkan]"
PSEUDONYM_LETTERS = 10
"""50 bits: in half a million people the chance that any two share one is 1 in 9,000."""
_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


class Method(StrEnum):
    DROP = "hapus_kolom"
    CONSTANT = "samarkan_penuh"
    PSEUDONYM = "pseudonim"
    PARTIAL = "sebagian"
    YEAR = "tahun"
    FIVE_YEARS = "lima_tahun"
    DISTRICT = "kecamatan"
    IN_TEXT = "dalam_teks"
    NEUTRALISE = "netralkan"
    KEEP = "biarkan"


@dataclass(frozen=True)
class About:
    label: str
    explanation: str


ABOUT = {
    Method.DROP: About("Hapus kolom", "kolomnya tidak ikut diberikan"),
    Method.CONSTANT: About("Samarkan penuh", f"setiap nilai menjadi {MASKED}"),
    Method.PSEUDONYM: About(
        "Pseudonim",
        "nilai yang sama menjadi kode yang sama, seperti P-7F3K9QM2XA; tidak dapat dibalik",
    ),
    Method.PARTIAL: About("Sebagian", "yang tersisa hanya operator telepon atau domain surel"),
    Method.YEAR: About("Tahun saja", "1990-05-17 menjadi 1990"),
    Method.FIVE_YEARS: About("Kelompok lima tahun", "1990-05-17 menjadi 1990–1994"),
    Method.DISTRICT: About("Kecamatan saja", "yang tersisa hanya kecamatannya, bila disebut"),
    Method.IN_TEXT: About("Samarkan di dalam teks", "hanya bagian yang berisi data pribadi"),
    Method.NEUTRALISE: About("Jadikan teks", "diberi tanda petik di depan agar tidak dijalankan"),
    Method.KEEP: About("Biarkan", "nilainya diberikan apa adanya; harus disertai alasan"),
}

_ANY = (Method.CONSTANT, Method.DROP)
_IDENTIFIER = (Method.PSEUDONYM, Method.CONSTANT, Method.DROP)
ALLOWED: dict[Kind, tuple[Method, ...]] = {
    # The first is what is proposed.
    Kind.NIK: _IDENTIFIER,
    Kind.KK: _IDENTIFIER,
    Kind.NPWP: _IDENTIFIER,
    Kind.NIP: _IDENTIFIER,
    Kind.PHONE: (Method.CONSTANT, Method.PARTIAL, Method.PSEUDONYM, Method.DROP),
    Kind.EMAIL: (Method.CONSTANT, Method.PARTIAL, Method.PSEUDONYM, Method.DROP),
    Kind.NAME: _IDENTIFIER,
    Kind.ADDRESS: (Method.DISTRICT, Method.CONSTANT, Method.DROP),
    Kind.BIRTH_DATE: (Method.YEAR, Method.FIVE_YEARS, Method.CONSTANT, Method.DROP),
    Kind.ACCOUNT: _IDENTIFIER,
    Kind.CARD: _IDENTIFIER,
    Kind.SPECIFIC: _ANY,
    Kind.TEXT: (Method.IN_TEXT, Method.CONSTANT, Method.DROP),
    Kind.HIDDEN: (Method.DROP,),
    Kind.FORMULA: (Method.NEUTRALISE,),
    Kind.OTHER: (Method.CONSTANT, Method.PSEUDONYM, Method.IN_TEXT, Method.DROP),
}

_NOTHING = " \t\r\n-–—."

Mask = Callable[[str], str]


def mask(method: Method, kind: Kind, key: bytes) -> Mask:
    """The function for whole cells. An empty cell, or a dash, says nothing of anybody."""
    made = _MASKS[method]

    def masked(text: str) -> str:
        return made(text, kind, key) if text.strip(_NOTHING) else text

    return masked


def pseudonym(text: str, kind: Kind, key: bytes) -> str:
    """`P-7F3K9QM2XA`: the same for every writing of one value, and only within one request."""
    message = f"{kind}\0{canonical(text, kind)}".encode()
    number = int.from_bytes(hmac.digest(key, message, hashlib.sha256)[:8], "big")
    letters = "".join(_ALPHABET[(number >> 5 * place) & 31] for place in range(PSEUDONYM_LETTERS))
    return f"P-{letters}"


def canonical(text: str, kind: Kind) -> str:
    """What two writings of one value have in common."""
    if kind in _BY_DIGITS:
        made = identifiers.phone(text) if kind is Kind.PHONE else None
        return made or identifiers.digits(text) or text.strip().casefold()
    return " ".join(identifiers.plain(text).split()).casefold()


_BY_DIGITS = {Kind.NIK, Kind.KK, Kind.NPWP, Kind.NIP, Kind.PHONE, Kind.ACCOUNT}


def _constant(text: str, kind: Kind, key: bytes) -> str:
    return MASKED


def _partial(text: str, kind: Kind, key: bytes) -> str:
    if kind is Kind.EMAIL:
        address = identifiers.email(text)
        return f"•••@{address.rpartition('@')[2]}" if address else MASKED
    number = identifiers.mobile(text, bare=True) if kind is Kind.PHONE else None
    return f"0{number[2:5]}••••••••" if number else MASKED


def _year(text: str, kind: Kind, key: bytes) -> str:
    day = identifiers.birth_date(text)
    return day[:4] if day else MASKED


def _five_years(text: str, kind: Kind, key: bytes) -> str:
    day = identifiers.birth_date(text)
    if day is None:
        return MASKED
    first = int(day[:4]) // 5 * 5
    return f"{first}–{first + 4}"


_DISTRICT_NAMED = re.compile(
    r"\b(?:kec|kecamatan)\b\.?\s*:?\s*([^\W\d][^\W\d]*(?:\s+[^\W\d]+)?)", re.IGNORECASE
)
_AFTER_DISTRICT = re.compile(r"\s+(?:kota|kab|kabupaten|kel|kelurahan|prov|provinsi)\b.*", re.I)


def _district(text: str, kind: Kind, key: bytes) -> str:
    found = _DISTRICT_NAMED.search(identifiers.plain(text))
    if found is None:
        return MASKED
    return f"Kec. {_AFTER_DISTRICT.sub('', found[1]).strip().title()}"


_MASKS: dict[Method, Callable[[str, Kind, bytes], str]] = {
    Method.CONSTANT: _constant,
    Method.PSEUDONYM: pseudonym,
    Method.PARTIAL: _partial,
    Method.YEAR: _year,
    Method.FIVE_YEARS: _five_years,
    Method.DISTRICT: _district,
}
WHOLE_CELL = frozenset(_MASKS)
"""These replace a cell; the others take a column away, or look inside its texts."""
