"""Step 3: who downloads leaves name, profession, institution and e-mail address."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from catalog_service.domain.errors import IncompleteForm

# UU 27/2022 wants a purpose, a retention and a say; the page shows this sentence above the button.
CONSENT_VERSION = 1
CONSENT = (
    "Saya setuju nama, profesi, instansi, dan alamat surel saya dicatat dalam buku tamu untuk "
    "mengetahui pemanfaatan data, disimpan tersandi paling lama satu tahun, dan tidak diberikan "
    "kepada pihak lain."
)
RETENTION_DAYS = 365

_LENGTH_MAX = 120
_EMAIL = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@"
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}"
)
_MISSING: Mapping[str, str] = {
    "name": "Isi nama Anda.",
    "profession": "Isi profesi Anda, misalnya mahasiswa, peneliti, atau wiraswasta.",
    "institution": "Isi instansi Anda; bila tidak ada, tulis “perorangan”.",
    "email": "Isi alamat surel Anda.",
}


@dataclass(frozen=True)
class Guest:
    """Personal data: kept sealed, never in a fact or a log line. Made by `signed` alone."""

    name: str
    profession: str
    institution: str
    email: str
    consent: int

    @property
    def data(self) -> dict[str, Any]:
        return asdict(self)


def signed(typed: Mapping[str, Any]) -> Guest:
    """The guest. Raises IncompleteForm with a sentence for every wrong field."""
    given = {name: " ".join(str(typed.get(name) or "").split()) for name in _MISSING}
    errors = {name: sentence for name, sentence in _MISSING.items() if not given[name]}
    for name, text in given.items():
        if len(text) > _LENGTH_MAX:
            errors[name] = f"Isian ini paling panjang {_LENGTH_MAX} huruf."
        elif text and not text.isprintable():
            errors[name] = "Isian ini memuat tanda yang tidak dapat dibaca."
    for name in ("name", "profession", "institution"):
        if name not in errors and not any(letter.isalpha() for letter in given[name]):
            errors[name] = "Isian ini harus memuat huruf."
    if "email" not in errors and not _is_email(given["email"]):
        errors["email"] = "Alamat surel ini belum lengkap; contohnya nama@contoh.id."
    if not typed.get("consent"):
        errors["consent"] = "Beri persetujuan untuk mengunduh."
    if errors:
        raise IncompleteForm(errors)
    return Guest(**given, consent=CONSENT_VERSION)


def _is_email(text: str) -> bool:
    local, _, _ = text.partition("@")
    dots = local.startswith(".") or local.endswith(".") or ".." in local
    return bool(_EMAIL.fullmatch(text)) and not dots
