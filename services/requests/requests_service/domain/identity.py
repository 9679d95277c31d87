"""Who a Pemohon says to be, and whether that can be so."""

import re
from dataclasses import asdict, dataclass
from datetime import date
from functools import partial

from requests_service.domain.choices import KINDS, must_be_one_of
from requests_service.domain.district_codes import DISTRICTS
from requests_service.domain.errors import IdentityInvalid, problems_of

_EMAIL = re.compile(r"[^@\s,;<>\"]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_PHONE = re.compile(r"\+?\d{8,15}")
_LINE_CHARS_MAX = 200
_ADDRESS_CHARS_MAX = 500
_LAST_LATIN_LETTER = "\u024f"
_PUNCTUATION = "–—‘’“”…"
_WOMEN_DAY_OFFSET = 40
"""On a NIK the day of birth of a woman is written with 40 added."""

FIELDS = {
    "name": "Nama lengkap",
    "nik": "NIK",
    "address": "Alamat",
    "email": "Alamat surel",
    "phone": "Nomor telepon",
    "occupation": "Pekerjaan atau profesi",
    "institution": "Nama instansi",
    "legal_deed": "Nomor pengesahan badan hukum",
    "acts_for": "Nama pemberi kuasa",
    "power_of_attorney": "Nomor surat kuasa khusus",
}

_PRINTED = {"name", "address", "institution", "acts_for", "power_of_attorney"}
"""What letters say of the Pemohon."""


@dataclass(frozen=True)
class Identity:
    """The form's personal part: the least that UU 14/2008 and the SOP ask for."""

    kind: str
    name: str
    address: str
    email: str
    occupation: str
    nik: str | None = None
    phone: str | None = None
    institution: str | None = None
    legal_deed: str | None = None
    acts_for: str | None = None
    """Whom a Pemohon represents who acts for another."""
    power_of_attorney: str | None = None
    """Number of the surat kuasa khusus by which they do."""

    @property
    def by_proxy(self) -> bool:
        return _says_something(self.acts_for) or _says_something(self.power_of_attorney)

    def problems(self, today: date, *, by_letter: bool = False) -> dict[str, str]:
        """Every field that cannot be so, with a sentence, in the form's order.

        `by_letter`: who asked another way than the form is answered by letter, without an e-mail.
        """
        needed = self._needed() - ({"email"} if by_letter else set())
        checks = {name: partial(self._must_be_right, name, today, needed) for name in FIELDS}
        kind = partial(must_be_one_of, KINDS, self.kind, what="Jenis Pemohon")
        return problems_of({"kind": kind, **checks})

    def _must_be_right(self, field: str, today: date, needed: set[str]) -> None:
        value = (getattr(self, field) or "").strip()
        match field:
            case "nik" if value:
                must_be_a_nik(value, today)
            case "email" if value:
                _must_be_an_email(value)
            case "phone" if value:
                _must_be_a_phone(value)
            case _ if field in needed and not _says_something(value):
                raise IdentityInvalid(f"{FIELDS[field]} wajib diisi.")
        _must_be_short(field, value)
        if field in _PRINTED:
            _must_be_printable(field, value)

    def _needed(self) -> set[str]:
        needed = {"name", "address", "email", "occupation"}
        if self.kind == "instansi_non_pemerintah":
            needed |= {"institution", "legal_deed"}
        else:
            needed |= {"nik"}
        return needed | ({"acts_for", "power_of_attorney"} if self.by_proxy else set())

    def cleaned(self) -> dict[str, str]:
        """The fields that were filled in, without blanks around them."""
        return {
            name: value.strip() for name, value in asdict(self).items() if _says_something(value)
        }


def must_be_a_nik(nik: str, today: date) -> None:
    """Sixteen digits: a district, a date of birth, and a serial number."""
    nik = nik.strip()
    if not re.fullmatch(r"[0-9]{16}", nik):
        raise IdentityInvalid("NIK terdiri atas tepat 16 angka.")
    if nik[4:6] not in DISTRICTS.get(nik[:4], "").split():
        raise IdentityInvalid(
            "Enam angka pertama NIK bukan kode kecamatan yang ada. Periksa kembali KTP Anda."
        )
    if not _birth_dates(nik, today):
        raise IdentityInvalid(
            "Angka ke-7 sampai ke-12 NIK bukan tanggal lahir. Periksa kembali KTP Anda."
        )
    if nik[12:] == "0000":
        raise IdentityInvalid("Empat angka terakhir NIK tidak mungkin 0000.")


def _birth_dates(nik: str, today: date) -> list[date]:
    day, month, year = int(nik[6:8]), int(nik[8:10]), int(nik[10:12])
    if day > _WOMEN_DAY_OFFSET:
        day -= _WOMEN_DAY_OFFSET
    possible = []
    for century in (1900, 2000):
        try:
            born = date(century + year, month, day)
        except ValueError:
            continue
        if born <= today:
            possible.append(born)
    return possible


def _says_something(value: str | None) -> bool:
    """People write a dash into what they have not got."""
    return len(re.findall(r"[^\W_]", value or "")) > 1


def _must_be_printable(field: str, value: str) -> None:
    """What stands on letters must be in letters that they are set in."""
    strange = [c for c in value if (c > _LAST_LATIN_LETTER and c not in _PUNCTUATION) or c < " "]
    if strange:
        raise IdentityInvalid(
            f"{FIELDS[field]} memuat tanda yang tidak dapat dicetak pada surat."
            " Tulislah dengan huruf Latin, seperti pada KTP."
        )


def _must_be_an_email(email: str) -> None:
    if not _EMAIL.fullmatch(email):
        raise IdentityInvalid(
            "Alamat surel belum benar; pemberitahuan permohonan dikirim ke alamat ini."
        )


def _must_be_a_phone(phone: str) -> None:
    if not _PHONE.fullmatch(re.sub(r"[\s().-]", "", phone)):
        raise IdentityInvalid("Nomor telepon terdiri atas 8 sampai 15 angka.")


def _must_be_short(field: str, value: str) -> None:
    most = _ADDRESS_CHARS_MAX if field == "address" else _LINE_CHARS_MAX
    if len(value) > most or (field != "address" and "\n" in value):
        lines = "" if field == "address" else " dalam satu baris"
        raise IdentityInvalid(f"{FIELDS[field]} paling panjang {most} huruf{lines}.")
