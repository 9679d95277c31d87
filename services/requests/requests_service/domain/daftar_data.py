"""An entry of the Daftar Data, as the Walidata fills it in at step 12."""

from dataclasses import dataclass

from requests_service.domain import errors, texts

_DAFTAR_DATA_WORDS = {
    "title": "Judul data",
    "concept": "Konsep",
    "definition": "Definisi",
    "classification": "Klasifikasi",
    "measure": "Ukuran",
    "unit": "Satuan",
    "produsen_data": "Produsen Data",
}


@dataclass(frozen=True)
class DaftarDataEntry:
    """The standard of Perpres 39/2019: konsep, definisi, klasifikasi, ukuran, satuan."""

    title: str
    concept: str
    definition: str
    classification: str
    measure: str
    unit: str
    produsen_data: str

    def must_be_filled_in(self) -> None:
        for name, words in _DAFTAR_DATA_WORDS.items():
            if not getattr(self, name).strip():
                raise errors.TextMissing(f"{words} wajib diisi untuk Daftar Data.")
            texts.must_not_be_too_long(words, getattr(self, name))
