"""What must be known about a dataset before it is listed: its metadata and its standar data."""

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from typing import Any

from catalog_service.domain.errors import IncompleteForm

OPEN = "open"
RESTRICTED = "restricted"
ACCESS: Mapping[str, str] = {OPEN: "Data terbuka", RESTRICTED: "Data terbatas"}

TOPICS: Mapping[str, str] = {
    "ekonomi": "Ekonomi dan UMKM",
    "infrastruktur": "Infrastruktur dan Tata Ruang",
    "kependudukan": "Kependudukan",
    "kesehatan": "Kesehatan",
    "keuangan": "Keuangan Daerah",
    "lingkungan": "Lingkungan Hidup",
    "pemerintahan": "Pemerintahan",
    "pendidikan": "Pendidikan dan Kebudayaan",
    "sosial": "Sosial",
}

FREQUENCIES: Mapping[str, str] = {
    "harian": "Harian",
    "mingguan": "Mingguan",
    "bulanan": "Bulanan",
    "triwulanan": "Triwulanan",
    "semesteran": "Semesteran",
    "tahunan": "Tahunan",
    "sekali": "Satu kali",
    "sewaktu-waktu": "Sewaktu-waktu",
}

LICENCES: Mapping[str, str] = {
    "CC-BY-4.0": "Creative Commons Atribusi 4.0 (CC BY 4.0)",
    "CC0-1.0": "Domain publik (CC0 1.0)",
    "ODbL-1.0": "Open Database License 1.0",
    "terbatas": "Terbatas: menurut surat penyampaian data",
}
LICENCE_ADDRESSES: Mapping[str, str] = {
    "CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/",
    "CC0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "ODbL-1.0": "https://opendatacommons.org/licenses/odbl/1-0/",
}

SLUG_LENGTH_MAX = 80
TITLE_LENGTH_MAX = 200
TEXT_LENGTH_MAX = 4_000
KEYWORDS_MAX = 20

# Perpres 39/2019 art. 4: every dataset has konsep, definisi, klasifikasi, ukuran and satuan.
STANDAR_DATA: Mapping[str, str] = {
    "concept": "konsep",
    "definition": "definisi",
    "classification": "klasifikasi",
    "measure": "ukuran",
    "unit": "satuan",
}
_NEEDED: Mapping[str, str] = {
    "title": "judul",
    "description": "uraian",
    "agency": "perangkat daerah",
    "topic": "topik",
    "period": "periode data",
    "frequency": "frekuensi pemutakhiran",
    "licence": "lisensi",
    "access": "sifat data",
    **STANDAR_DATA,
}
_CHOICES: Mapping[str, Mapping[str, str]] = {
    "topic": TOPICS,
    "frequency": FREQUENCIES,
    "licence": LICENCES,
    "access": ACCESS,
}


@dataclass(frozen=True)
class Metadata:
    """One dataset as the Walidata describes it. Made by `checked` alone."""

    slug: str
    title: str
    description: str
    agency: str
    topic: str
    period: str
    frequency: str
    licence: str
    keywords: tuple[str, ...]
    access: str
    note: str
    concept: str
    definition: str
    classification: str
    measure: str
    unit: str

    @property
    def is_open(self) -> bool:
        return self.access == OPEN

    def differs_from(self, other: Mapping[str, Any]) -> tuple[str, ...]:
        """The names of the fields that are not the same there."""
        return tuple(
            field.name
            for field in fields(self)
            if _plain(getattr(self, field.name)) != _plain(other[field.name])
        )


def checked(typed: Mapping[str, Any], *, agencies: Collection[str]) -> Metadata:
    """The metadata, tidied. Raises IncompleteForm with a sentence for every wrong field."""
    given = {name: _tidy(typed.get(name)) for name in (*_NEEDED, "note", "slug")}
    keywords = keywords_of(typed.get("keywords"))
    errors = {name: f"Isi {label} data ini." for name, label in _NEEDED.items() if not given[name]}
    for name, choices in _CHOICES.items():
        if given[name] and given[name] not in choices:
            errors[name] = f"Pilih {_NEEDED[name]} dari daftar."
    if given["agency"] and given["agency"] not in agencies:
        errors["agency"] = f"Perangkat daerah “{given['agency'][:40]}” tidak dikenal."
    for name, text in given.items():
        longest = TITLE_LENGTH_MAX if name in ("title", "period", "unit") else TEXT_LENGTH_MAX
        if len(text) > longest:
            errors[name] = f"Isian ini paling panjang {longest} huruf."
    slug = given["slug"] or slug_of(given["title"])
    if given["slug"] and given["slug"] != slug_of(given["slug"]):
        errors["slug"] = "Alamat hanya memuat huruf kecil, angka, dan tanda hubung."
    elif given["title"] and not slug:
        errors.setdefault("title", "Judul harus memuat huruf atau angka.")
    if slug in RESERVED_SLUGS:
        errors["slug"] = f"Alamat “{slug}” dipakai portal; pilih yang lain."
    if not keywords:
        errors["keywords"] = "Isi paling sedikit satu kata kunci."
    elif len(keywords) > KEYWORDS_MAX:
        errors["keywords"] = f"Kata kunci paling banyak {KEYWORDS_MAX}."
    if given["access"] == OPEN and given["licence"] == "terbatas":
        errors["licence"] = "Data terbuka memerlukan lisensi terbuka."
    if errors:
        raise IncompleteForm(errors)
    return Metadata(**{**given, "slug": slug}, keywords=keywords)


RESERVED_SLUGS = frozenset({"kelola"})


def slug_of(title: str) -> str:
    """The address of a title: lower case, ASCII, hyphens between words."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    return slug[:SLUG_LENGTH_MAX].rstrip("-")


def keywords_of(typed: Any) -> tuple[str, ...]:
    """Keywords from a list, or from a text with commas; each once."""
    words = typed.split(",") if isinstance(typed, str) else (typed or ())
    tidy = (_tidy(word)[:60] for word in words)
    return tuple(dict.fromkeys(word for word in tidy if word))


def _tidy(value: Any) -> str:
    """One line without control characters."""
    text = "" if value is None else str(value)
    text = text.encode("utf-8", "ignore").decode()
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
