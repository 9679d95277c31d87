"""An entry of the Daftar Informasi Publik, with the columns of Perki 1/2021."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from catalog_service.domain.errors import IncompleteForm

# Perki 1/2021: how information is to be announced.
CATEGORIES: Mapping[str, str] = {
    "berkala": "Berkala",
    "serta_merta": "Serta merta",
    "setiap_saat": "Setiap saat",
}
_NEEDED: Mapping[str, str] = {
    "id": "nomor butir",
    "summary": "ringkasan isi informasi",
    "controller": "pejabat atau unit yang menguasai informasi",
    "producer": "penanggung jawab pembuatan informasi",
    "made": "waktu dan tempat pembuatan",
    "forms": "bentuk informasi yang tersedia",
    "retention": "jangka waktu penyimpanan",
    "category": "kategori",
}
_LENGTH_MAX = 500


@dataclass(frozen=True)
class DipEntry:
    """Offices, not persons. Made by `checked` alone."""

    id: str
    summary: str
    controller: str
    producer: str
    agency: str
    made: str
    forms: str
    retention: str
    category: str
    dataset: str


def checked(typed: Mapping[str, Any], *, agencies: Collection[str]) -> DipEntry:
    """The entry. Raises IncompleteForm with a sentence for every wrong field."""
    names = (*_NEEDED, "agency", "dataset")
    given = {name: " ".join(str(typed.get(name) or "").split()) for name in names}
    errors = {name: f"Isi {label}." for name, label in _NEEDED.items() if not given[name]}
    for name, text in given.items():
        if len(text) > _LENGTH_MAX or not text.isprintable():
            errors[name] = f"Isian ini paling panjang {_LENGTH_MAX} huruf yang dapat dibaca."
    if given["id"] and not re.fullmatch(r"[A-Z0-9][A-Z0-9.-]{1,39}", given["id"]):
        errors["id"] = "Nomor butir memuat huruf besar, angka, titik, dan tanda hubung saja."
    if given["category"] and given["category"] not in CATEGORIES:
        errors["category"] = "Pilih kategori dari daftar."
    if given["agency"] and given["agency"] not in agencies:
        errors["agency"] = f"Perangkat daerah “{given['agency'][:40]}” tidak dikenal."
    if errors:
        raise IncompleteForm(errors)
    return DipEntry(**given)
