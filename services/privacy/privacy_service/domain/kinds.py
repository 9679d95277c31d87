"""The kinds of personal data that are looked for, by the words of UU 27/2022 Pasal 4."""

from enum import StrEnum


class Kind(StrEnum):
    NIK = "nik"
    KK = "kk"
    NPWP = "npwp"
    NIP = "nip"
    PHONE = "telepon"
    EMAIL = "surel"
    NAME = "nama"
    ADDRESS = "alamat"
    BIRTH_DATE = "tanggal_lahir"
    ACCOUNT = "rekening"
    CARD = "kartu"
    SPECIFIC = "spesifik"
    TEXT = "teks"
    HIDDEN = "tersembunyi"
    FORMULA = "rumus"
    OTHER = "lainnya"


LABELS = {
    Kind.NIK: "NIK",
    Kind.KK: "nomor KK",
    Kind.NPWP: "NPWP",
    Kind.NIP: "NIP",
    Kind.PHONE: "nomor telepon",
    Kind.EMAIL: "alamat surel",
    Kind.NAME: "nama orang",
    Kind.ADDRESS: "alamat",
    Kind.BIRTH_DATE: "tanggal lahir",
    Kind.ACCOUNT: "nomor rekening",
    Kind.CARD: "nomor kartu atau dokumen",
    Kind.SPECIFIC: "data pribadi spesifik",
    Kind.TEXT: "teks bebas berisi data pribadi",
    Kind.HIDDEN: "bagian tersembunyi berkas",
    Kind.FORMULA: "sel berbentuk rumus",
    Kind.OTHER: "ditandai petugas",
}

REASONS = {
    Kind.SPECIFIC: (
        "Data pribadi spesifik, Pasal 4 ayat (2) UU 27/2022; Pasal 17 huruf h UU 14/2008."
    ),
    Kind.HIDDEN: "Penulis, komentar dan bagian tersembunyi dapat memuat nama; UU 27/2022.",
    Kind.FORMULA: "Rumus dapat menjalankan perintah di komputer penerima.",
}
USUAL_REASON = "Data pribadi, Pasal 4 ayat (3) UU 27/2022; Pasal 17 huruf h UU 14/2008."


def reason(kind: Kind) -> str:
    """Why such a column is masked, for the page, the letter and the log."""
    return REASONS.get(kind, USUAL_REASON)
