"""Who a Pemohon says to be, and whether that can be so."""

import re
from dataclasses import asdict, dataclass
from datetime import date

from requests_service.domain.choices import KINDS, must_be_one_of
from requests_service.domain.district_codes import DISTRICTS
from requests_service.domain.errors import IdentityInvalid

_EMAIL = re.compile(r"[^@\s,;<>\"]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_PHONE = re.compile(r"\+?\d{8,15}")
_LINE_CHARS_MAX = 200
_ADDRESS_CHARS_MAX = 500
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
}


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

    def must_be_valid(self, today: date) -> None:
        must_be_one_of(KINDS, self.kind, what="Jenis Pemohon")
        for field in ("name", "address", "occupation"):
            _must_be_filled_in(field, getattr(self, field))
        _must_be_an_email(self.email)
        if self.phone:
            _must_be_a_phone(self.phone)
        if self.kind == "instansi_non_pemerintah":
            _must_be_filled_in("institution", self.institution)
            _must_be_filled_in("legal_deed", self.legal_deed)
        if self.nik or self.kind == "masyarakat_umum":
            must_be_a_nik(self.nik or "", today)
        for field in FIELDS:
            _must_be_short(field, getattr(self, field))

    def cleaned(self) -> dict[str, str]:
        """The fields that were filled in, without blanks around them."""
        return {name: value.strip() for name, value in asdict(self).items() if value}


def must_be_a_nik(nik: str, today: date) -> None:
    """Sixteen digits: a district, a date of birth, and a serial number."""
    nik = nik.strip()
    if not re.fullmatch(r"[0-9]{16}", nik):
        raise IdentityInvalid("nik", "NIK terdiri atas tepat 16 angka.")
    if nik[4:6] not in DISTRICTS.get(nik[:4], "").split():
        raise IdentityInvalid(
            "nik", "Enam angka pertama NIK bukan kode kecamatan yang ada. Periksa kembali KTP Anda."
        )
    if not _birth_dates(nik, today):
        raise IdentityInvalid(
            "nik",
            "Angka ke-7 sampai ke-12 NIK bukan tanggal lahir. Periksa kembali KTP Anda.",
        )
    if nik[12:] == "0000":
        raise IdentityInvalid("nik", "Empat angka terakhir NIK tidak mungkin 0000.")


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


def _must_be_filled_in(field: str, value: str | None) -> None:
    if len(re.findall(r"[^\W_]", value or "")) < 2:
        raise IdentityInvalid(field, f"{FIELDS[field]} wajib diisi.")


def _must_be_an_email(email: str) -> None:
    if not _EMAIL.fullmatch(email.strip()):
        raise IdentityInvalid(
            "email", "Alamat surel belum benar; surat-surat permohonan dikirim ke alamat ini."
        )


def _must_be_a_phone(phone: str) -> None:
    if not _PHONE.fullmatch(re.sub(r"[\s().-]", "", phone)):
        raise IdentityInvalid("phone", "Nomor telepon terdiri atas 8 sampai 15 angka.")


def _must_be_short(field: str, value: str | None) -> None:
    most = _ADDRESS_CHARS_MAX if field == "address" else _LINE_CHARS_MAX
    if len(value or "") > most or (field != "address" and "\n" in (value or "")):
        raise IdentityInvalid(
            field, f"{FIELDS[field]} paling panjang {most} huruf dalam satu baris."
        )
