"""Mails about a dispute at the Komisi Informasi; docs/officer.md says what the office prepares."""

from functools import partial

from notify_service.domain.mail import ATASAN_PPID, PEMOHON, PPID, PPID_PEMBANTU, Data, Mail

_ASKS_FOR_DATA = ("dikabulkan", "dikabulkan_sebagian", "mediasi")
"""Of `requests`: how a dispute ends that the office has lost, or has settled."""
_OFFICES = (PPID, PPID_PEMBANTU, ATASAN_PPID)


def _concerns(office: str, data: Data) -> bool:
    return office != PPID_PEMBANTU or bool(data.get("agency"))


def _ended(office: str, data: Data, *, asks_for_data: bool) -> bool:
    return _concerns(office, data) and (data.get("outcome") in _ASKS_FOR_DATA) == asks_for_data


DISPUTES: tuple[Mail, ...] = (
    Mail(
        "sengketa_diajukan",
        "requests",
        "DisputeFiled",
        PEMOHON,
        subject="Sengketa informasi atas permohonan data {register_number} tercatat",
        happened=(
            "Sengketa yang Anda ajukan kepada Komisi Informasi atas permohonan {register_number} "
            "kami catat dengan nomor {number}.",
        ),
        todo=(
            "Ikuti panggilan Komisi Informasi: jadwal dan tempatnya ditentukan di sana. Selama "
            "sengketa berjalan, catatan dan surat permohonan ini tidak dihapus.",
            "Jika Anda tidak mengajukan sengketa itu, segera balas surel ini.",
        ),
        until=("Diajukan pada", "filed_on"),
    ),
    *(
        Mail(
            "sengketa_diajukan",
            "requests",
            "DisputeFiled",
            office,
            when=partial(_concerns, office),
            subject="Sengketa di Komisi Informasi atas permohonan data {register_number}",
            happened=(
                "Pemohon mengajukan sengketa nomor {number} kepada Komisi Informasi atas "
                "permohonan {register_number}.",
            ),
            todo=(
                "Siapkan berkasnya: surat-surat permohonan, uji konsekuensi yang dikutip, "
                "keberatan dan tanggapannya, serta bukti bahwa tenggat dipenuhi.",
                "Tentukan siapa yang hadir dengan surat kuasa, dan penuhi panggilan Komisi "
                "Informasi.",
            ),
            until=("Diajukan pada", "filed_on"),
            button="Buka di meja kerja",
        )
        for office in _OFFICES
    ),
    Mail(
        "sengketa_selesai",
        "requests",
        "DisputeDecided",
        PEMOHON,
        subject="Sengketa informasi atas permohonan data {register_number} telah selesai",
        happened=(
            "Sengketa nomor {number} di Komisi Informasi telah selesai, dengan putusan atau "
            "kesepakatan nomor {decision}.",
        ),
        todo=(
            "Hasil yang kami catat tampil di halaman permohonan Anda. Bila data harus diberikan, "
            "PPID menindaklanjutinya pada permohonan yang sama; Anda tidak perlu mengajukan yang "
            "baru.",
        ),
        until=("Diputus pada", "decided_on"),
    ),
    *(
        Mail(
            "sengketa_selesai",
            "requests",
            "DisputeDecided",
            office,
            when=partial(_ended, office, asks_for_data=False),
            subject="Sengketa atas permohonan data {register_number} selesai",
            happened=("Sengketa nomor {number} selesai, dengan putusan nomor {decision}.",),
            todo=("Simpan putusannya dengan berkas permohonan. Tidak ada data yang diberikan.",),
            until=("Diputus pada", "decided_on"),
            button="Buka di meja kerja",
        )
        for office in _OFFICES
    ),
    *(
        Mail(
            "laksanakan_putusan",
            "requests",
            "DisputeDecided",
            office,
            when=partial(_ended, office, asks_for_data=True),
            subject="Laksanakan putusan Komisi Informasi atas permohonan {register_number}",
            happened=(
                "Sengketa nomor {number} selesai. Putusan atau kesepakatan nomor {decision} "
                "meminta data diberikan, seluruhnya atau sebagian.",
            ),
            todo=(
                "Bila permohonannya sudah selesai, PPID membukanya kembali di meja kerja dengan "
                "dasar putusan itu; bila masih berjalan, putuskan sesuai dengan putusan itu.",
            ),
            until=("Diputus pada", "decided_on"),
            button="Buka di meja kerja",
        )
        for office in _OFFICES
    ),
)
