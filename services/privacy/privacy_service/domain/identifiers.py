"""What an identifier is made of: each function says whether a text is one, and in which plain form.

The plain form is what two writings of one value have in common: `0812-3456-7890` and
`+62 812 3456 7890` are one telephone number. None means: not this.
"""

import re
import unicodedata
from datetime import date

from privacy_service.domain.district_codes import DISTRICT_CODES

SEPARATOR = r"[\s.,\-_/\u00ad\u200b-\u200f\u2010-\u2015\u2060\ufeff]"
"""What people and programs put between digits, seen and unseen."""

NIK_DIGITS = 16
_FEMALE_DAY_ADDED = 40
_NOT_DIGITS = re.compile(r"[^0-9]+")
_INVISIBLE = dict.fromkeys([0xAD, *range(0x200B, 0x2010), 0x2060, 0xFEFF])


def plain(text: str) -> str:
    """Full-width digits and letters as their plain ones, and nothing invisible."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFKC", text).translate(_INVISIBLE)


def digits(text: str) -> str:
    """The digits alone, as ASCII."""
    if text.isascii():
        return _NOT_DIGITS.sub("", text)
    found = (unicodedata.digit(character, None) for character in text)
    return "".join(str(digit) for digit in found if digit is not None)


def nik(text: str) -> str | None:
    """District of registration, date of birth (day + 40 for a woman), serial number."""
    number = digits(text)
    if len(number) != NIK_DIGITS or number[12:] == "0000":
        return None
    if number[:6] not in DISTRICT_CODES or not _is_nik_date(number[6:12]):
        return None
    return number


def is_womans(number: str) -> bool:
    """Whether a NIK's day says a woman; a Kartu Keluarga's date never does."""
    return int(number[6:8]) > _FEMALE_DAY_ADDED


def npwp(text: str) -> str | None:
    """15 digits, or 16: `0` and the 15, or a person's NIK. Prefixes change; they are not asked."""
    number = digits(text)
    if len(number) == 15:
        return number
    if len(number) == 16 and (number[0] == "0" or nik(number)):
        return number[1:] if number[0] == "0" else number
    return None


def npwp_checks(text: str) -> bool:
    """The ninth digit by Luhn. Some real numbers fail it: it raises confidence, nothing more."""
    number = npwp(text)
    if number is None or len(number) != 15:
        return False
    total = 0
    for place, digit in enumerate(reversed(number[:9])):
        doubled = int(digit) * 2 if place % 2 else int(digit)
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0


def nip(text: str) -> str | None:
    """A civil servant: birth date, month of appointment, sex, serial number."""
    number = digits(text)
    if len(number) != 18 or number[14] not in "12":
        return None
    born, appointed_month = number[:8], int(number[12:14])
    appointed_year = int(number[8:12])
    # Month 21 is written for those appointed as PPPK.
    if _day(int(born[:4]), int(born[4:6]), int(born[6:8])) is None:
        return None
    sensible = 1900 <= int(born[:4]) and 1950 <= appointed_year <= 2100
    return number if sensible and (1 <= appointed_month <= 12 or appointed_month == 21) else None


def mobile(text: str, *, bare: bool = False) -> str | None:
    """A mobile number as 62…; with `bare` also without its 0, as spreadsheets leave it."""
    number = digits(text)
    for prefix in ("6208", "628", "08"):
        if number.startswith(prefix):
            number = number[len(prefix) :]
            break
    else:
        if not bare or not number.startswith("8"):
            return None
        number = number[1:]
    # 08 and then a digit other than 0, ten to thirteen digits in all.
    return f"628{number}" if 7 <= len(number) <= 11 and number[0] != "0" else None


def phone(text: str) -> str | None:
    """What stands in a column of telephone numbers: mobile, or a land line with its area code."""
    found = mobile(text, bare=True)
    if found:
        return found
    number = digits(text)
    if number.startswith("62"):
        number = "0" + number[2:]
    if number.startswith("0") and number[1:2] not in ("", "0", "1") and 9 <= len(number) <= 12:
        return f"62{number[1:]}"
    return None


_EMAIL = re.compile(r"[\w.%+'-]+@[\w-]+(?:\.[\w-]+)*\.[^\W\d]{2,}")


def email(text: str) -> str | None:
    """As written, or with `[at]` and `[dot]`."""
    if "@" not in text and "at" not in text.casefold():
        return None
    address = re.sub(r"\s*[\[({]\s*at\s*[\])}]\s*", "@", plain(text.strip()), flags=re.IGNORECASE)
    address = re.sub(r"\s*[\[({]\s*(?:dot|titik)\s*[\])}]\s*", ".", address, flags=re.IGNORECASE)
    return address.casefold() if _EMAIL.fullmatch(address) else None


_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "januari jan january", "februari feb pebruari february", "maret mar march",
            "april apr", "mei may", "juni jun june", "juli jul july",
            "agustus agt agu aug august ags", "september sep sept", "oktober okt oct october",
            "november nov nopember nop", "desember des dec december",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_DATES = (
    re.compile(r"(?P<y>\d{4})[-/. ](?P<m>\d{1,2})[-/. ](?P<d>\d{1,2})(?:[ T]\d{2}:\d{2}.*)?"),
    re.compile(r"(?P<d>\d{1,2})[-/. ](?P<m>\d{1,2})[-/. ](?P<y>\d{4}|\d{2})(?: \d{2}:\d{2}.*)?"),
    re.compile(r"(?P<d>\d{1,2})[-/. ]*(?P<month>[A-Za-z]{3,9})\.?[-/., ]*(?P<y>\d{4}|\d{2})"),
    re.compile(r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})"),
)


def birth_date(text: str) -> str | None:
    """A date in any of the usual writings, perhaps after a place (`Malang, 1 Mei 1990`), as ISO."""
    written = plain(text).strip()
    after_place = re.fullmatch(r"[^\d,/]+[,/ ]\s*(\d.*)", written)
    if after_place:
        written = after_place[1].strip()
    for pattern in _DATES:
        found = pattern.fullmatch(written)
        if found is None:
            continue
        parts = found.groupdict()
        month = int(parts["m"]) if "m" in parts else _MONTHS.get(parts["month"].casefold(), 0)
        year = int(parts["y"])
        if len(parts["y"]) == 2:
            year += 2000 if year <= 26 else 1900
        # 31/12/1990, and 12/31/1990 where an American program wrote it.
        day = _day(year, month, int(parts["d"])) or _day(year, int(parts["d"]), month)
        if day is not None and 1900 <= day.year <= 2100:
            return day.isoformat()
    return None


def _is_nik_date(six: str) -> bool:
    day, month, year = int(six[:2]), int(six[2:4]), int(six[4:])
    if day > _FEMALE_DAY_ADDED:
        day -= _FEMALE_DAY_ADDED
    # The century is not told: 29 February is good when it is in either.
    return any(_day(century + year, month, day) for century in (1900, 2000))


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
