"""What facts beside a request's own are called on an auditor's screen."""

from requests_service.domain.words import FACT_TITLES

TITLES: dict[str, str] = {fact.__name__: title for fact, title in FACT_TITLES.items()} | {
    "ActNotAllowed": "Tindakan yang bukan wewenangnya dicoba",
    "AuditQueried": "Pertanyaan auditor",
    "ForgettingConfirmed": "Layanan lain menyatakan sudah menghapus",
    "PersonalDataRead": "Data pribadi Pemohon dibaca",
    "PersonErased": "Data pribadi Pemohon dihapus",
    "RetentionApplied": "Masa simpan dijalankan",
    "SealingKeyUsed": "Kunci segel dipakai",
    "SignInRefused": "Upaya masuk ditolak",
    "StaffAdded": "Akun petugas ditambahkan",
    "StaffDisabled": "Akun petugas dinonaktifkan",
}


def title_of(type_: str) -> str:
    """Of a fact; its own name when there is no other."""
    return TITLES.get(type_, type_)
