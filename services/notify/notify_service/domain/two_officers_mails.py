"""Mails about decisions that two officers take: to their office, never to the Pemohon."""

from functools import partial

from notify_service.domain.mail import PPID, PPID_PEMBANTU, Data, Mail

_OFFICES = (PPID, PPID_PEMBANTU)
_RUNS_ON = "Tenggat tetap berjalan selama menunggu."


def _its_turn(office: str, data: Data) -> bool:
    return bool(data.get("waiting_for") == office)


TWO_OFFICERS: tuple[Mail, ...] = (
    *(
        Mail(
            "menunggu_petugas_kedua",
            "requests",
            "DecisionProposed",
            office,
            when=partial(_its_turn, office),
            subject="Permohonan {register_number} menunggu petugas kedua",
            happened=(
                "Usulan keputusan atas permohonan {register_number} menunggu petugas kedua dari "
                "kantor Anda.",
            ),
            todo=(
                "Buka permohonan itu, baca usulannya, lalu setujui atau kembalikan. Yang "
                "mengusulkan tidak dapat menyetujuinya sendiri.",
                _RUNS_ON,
            ),
            until=("Selesaikan langkah ini paling lambat", "due"),
            button="Buka di meja kerja",
        )
        for office in _OFFICES
    ),
    *(
        Mail(
            "usulan_dikembalikan",
            "requests",
            "ProposalSentBack",
            office,
            when=partial(_its_turn, office),
            subject="Usulan atas permohonan {register_number} dikembalikan",
            happened=(
                "Usulan keputusan atas permohonan {register_number} dikembalikan, dan belum "
                "menjadi keputusan.",
            ),
            todo=("Buka permohonan itu, baca sebabnya, lalu putuskan lagi.", _RUNS_ON),
            until=("Selesaikan langkah ini paling lambat", "due"),
            button="Buka di meja kerja",
        )
        for office in _OFFICES
    ),
    Mail(
        "berkas_menunggu_petugas_kedua",
        "privacy",
        "ClearanceProposed",
        PPID,
        subject="[Langkah 10] Berkas permohonan {register_number} menunggu petugas kedua",
        happened=(
            "Data pribadi dalam berkas permohonan {register_number} sudah diperiksa. Hasilnya "
            "menunggu petugas PPID yang lain.",
        ),
        todo=("Buka permohonan itu, lihat hasilnya, lalu setujui atau kembalikan.", _RUNS_ON),
        button="Buka di meja kerja",
    ),
    Mail(
        "berkas_diperiksa_lagi",
        "privacy",
        "ClearanceSentBack",
        PPID,
        subject="[Langkah 10] Berkas permohonan {register_number} diperiksa lagi",
        happened=(
            "Hasil pemeriksaan data pribadi permohonan {register_number} dikembalikan, dan belum "
            "berlaku.",
        ),
        todo=("Buka permohonan itu, lalu pilih lagi cara menyamarkannya.", _RUNS_ON),
        button="Buka di meja kerja",
    ),
)
