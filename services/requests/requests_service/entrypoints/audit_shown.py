"""What the log tells, in the words of an auditor's pages."""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from chassis.pages import ribuan, tanggal

from requests_service.application import Requests
from requests_service.audit.question import Parameter
from requests_service.audit.seals import Seal, Sealed
from requests_service.audit.words import MAILS, READABLE, SERVICES, title_of
from requests_service.domain import choices, erasing, refusal
from requests_service.domain.roles import LABELS, Role
from requests_service.domain.sop import STEPS
from requests_service.domain.words import LETTERS, STATES

_NAMES: Mapping[str, str] = {
    "id": "Tanda pengenal",
    "register_number": "Nomor pendaftaran",
    "version": "Versi terakhir yang memutus",
    "state": "Keadaan",
    "step": "Langkah",
    "waiting_for": "Menunggu",
    "agency": "Perangkat daerah",
    "due": "Tenggat langkah",
    "statutory_due": "Tenggat undang-undang",
    "submitted_on": "Diterima",
    "kind": "Jenis Pemohon",
    "dataset": "Kumpulan data",
    "decision": "Putusan",
    "reason_code": "Alasan",
    "reason": "Alasan",
    "reason_text": "Bunyi alasan",
    "reasons_version": "Versi daftar alasan",
    "person_id": "Tanda pengenal Pemohon",
    "holder": "Layanan",
    "destroyed": "Dihapus",
    "kept": "Disimpan",
    "kept_because": "Disimpan karena",
    "article": "Pasal",
    "refused_part": "Bagian yang ditolak",
    "found_in_dip": "Tercantum dalam DIP",
    "file_digest": "Sidik berkas yang diserahkan",
    "cleared_digest": "Sidik berkas yang lolos pemeriksaan",
    "drafted": "Konsep surat disusun",
    "extended": "Diperpanjang",
    "returned_on": "Dikembalikan",
    "notice_issued_on": "Pemberitahuan Tertulis terbit",
    "delivery_letter_on": "Surat Penyampaian terbit",
    "access_until": "Dapat diunduh sampai",
    "objection_ground": "Alasan keberatan",
    "objection_due": "Tenggat jawaban keberatan",
    "erasure_asked_on": "Penghapusan diminta",
    "ended_on": "Selesai",
    "erased_on": "Data pribadi Pemohon dihapus",
    "letters": "Surat",
    "due_is_estimate": "Tenggat langkah masih perkiraan",
    "statutory_due_is_estimate": "Tenggat undang-undang masih perkiraan",
    # Of facts.
    "letter": "Surat",
    "letter_id": "Tanda pengenal surat",
    "number": "Nomor surat",
    "issued_on": "Terbit",
    "addressed_to": "Ditujukan kepada",
    "digest": "Sidik (SHA-256)",
    "original_digest": "Sidik berkas asli",
    "filename": "Nama berkas",
    "size": "Ukuran (bita)",
    "rows": "Baris",
    "media_type": "Jenis berkas",
    "masked_columns": "Kolom yang disamarkan",
    "mail": "Surel",
    "audience": "Penerima surel",
    "fields": "Bagian identitas yang dibaca",
    "texts": "Tulisan yang dibaca",
    "fact": "Untuk menanggapi",
    "by_proxy": "Melalui kuasa",
    "channel": "Saluran",
    "format": "Bentuk berkas",
    "dip_entry": "Butir DIP",
    "sop_edition": "Edisi SOP",
    "year": "Tahun",
    "title": "Judul",
    "missing": "Yang kurang",
    "complete_by": "Dilengkapi paling lambat",
    "days": "Hari kerja",
    "new_statutory_due": "Tenggat undang-undang yang baru",
    "ground": "Alasan keberatan",
    "answer_due": "Dijawab paling lambat",
    "at_step": "Pada langkah",
    "way_to_obtain": "Cara memperoleh",
    "way_to_send": "Cara mengirim",
    "cites": "Merujuk permohonan",
    "cites_pembantu": "Merujuk penolakan PPID Pembantu",
    "masked": "Disamarkan",
    "stopped_due": "Tenggat langkah ketika berhenti",
    "stopped_statutory_due": "Tenggat undang-undang ketika berhenti",
    "report": "Laporan",
    "concept": "Konsep",
    "definition": "Definisi",
    "classification": "Klasifikasi",
    "measure": "Ukuran data",
    "unit": "Satuan",
    "produsen_data": "Produsen Data",
    "consequence_test": "Uji konsekuensi",
    "decree": "Surat penetapan",
    "decree_on": "Tanggal surat penetapan",
    "consequence": "Akibat bila dibuka",
    "held_by": "Dikuasai oleh",
    "declined_by": "Dinyatakan bukan bidangnya oleh",
    "suggested": "Disarankan kepada",
    "part_of": "Bagian dari permohonan",
    "part_id": "Tanda pengenal bagian",
    "part_number": "Nomor pendaftaran bagian",
    "received_on": "Hari diterima",
    "entered": "Dicatat petugas",
    "moved": "Tenggat yang berpindah",
    "before": "sebelumnya",
    "now": "menjadi",
    "clock": "Tenggat",
    "deadline": "Jatuh pada",
    "days_late": "Terlambat (hari kerja)",
    "calendar": "Versi kalender",
    "capacity": "Sebagai",
    "score": "Nilai layanan",
    "basis": "Dasar",
    "filed_on": "Diajukan",
    "outcome": "Hasil",
    "decided_on": "Diputus",
}
_REASONS: Mapping[str, str] = {
    **choices.EXTENSION_REASONS,
    **{each.code: each.text for each in refusal.FIRST.rows},
    **{code: each.text for code, each in {**erasing.REASONS, **erasing.REFUSALS}.items()},
}
_ERASURE_DECISIONS: Mapping[str, str] = {
    erasing.GRANTED: "Dikabulkan: data pribadi dihapus",
    erasing.REFUSED: "Ditolak",
}
_VALUES: Mapping[str, Mapping[str, str]] = {
    "state": STATES,
    "letter": LETTERS,
    "kind": choices.KINDS,
    "channel": choices.CHANNELS,
    "format": choices.FORMATS,
    "way_to_obtain": choices.WAYS_TO_OBTAIN,
    "way_to_send": choices.WAYS_TO_SEND,
    "decision": {
        **choices.DECISIONS,
        "granted": "Diberikan seluruhnya",
        "granted_in_part": "Diberikan sebagian",
        "refused": "Ditolak",
    },
    "reason_code": _REASONS,
    "reason": _REASONS,
    "objection_ground": {code: each.text for code, each in choices.GROUNDS.items()},
    "ground": {code: each.text for code, each in choices.GROUNDS.items()},
    "missing": choices.MISSING,
    "mail": MAILS,
    "holder": SERVICES,
}
_SEALS: Mapping[Sealed, tuple[str, str]] = {
    Sealed.INTACT: ("segel utuh", "good"),
    Sealed.NOT_YET: ("belum disegel", "plain"),
    Sealed.CHANGED: ("tidak cocok dengan segel", "bad"),
}
_UNITS = ((86400, "hari"), (3600, "jam"), (60, "menit"), (1, "detik"))


class Shown:
    """Given to the templates as `to`: each method writes one kind of thing."""

    def __init__(self, app: Requests) -> None:
        self._app = app

    @cached_property
    def _staff(self) -> dict[str, str]:
        return self._app.accounts.names()

    def who(self, row: Mapping[str, Any]) -> str:
        """The officer's name, or what else acted."""
        known = self._staff.get(row["actor"])
        role = self.role(row["role"])
        if row["role"] == Role.SERVICE:
            return f"Layanan {SERVICES.get(row['actor'], row['actor'])}"
        return f"{known} ({role})" if known else role

    def role(self, code: str) -> str:
        return LABELS[Role(code)] if code in set(Role) else code

    def agency(self, code: str) -> str:
        return self._app.agencies.get(code, code)

    def fact(self, type_: str) -> str:
        return title_of(type_)

    def typed(self, parameter: Parameter, value: str) -> str:
        """What an auditor chose, as the form has it."""
        if parameter.name == "agency":
            return self.agency(value)
        return (parameter.choices or {}).get(value, value)

    def letter(self, code: str) -> str:
        return LETTERS.get(code, code)

    def fields(self, names: list[str] | None) -> str:
        return ", ".join(READABLE.get(name, name) for name in names or [])

    def name(self, name: str) -> str:
        """Of a field."""
        return _NAMES.get(name, name)

    def value(self, name: str, value: Any, fact: str = "") -> str:
        """Of a field, in words; `fact` where one code means two things."""
        if (fact, name) == ("ErasureDecided", "decision"):
            return _ERASURE_DECISIONS.get(value, str(value))
        if value is None or value == [] or value == "":
            return "–"
        if isinstance(value, bool):
            return "ya" if value else "tidak"
        if name == "step" and value in STEPS:
            return f"{value}. {STEPS[value].activity}"
        if name in ("waiting_for", "addressed_to", "audience"):
            return self.role(value)
        if name == "agency":
            return self.agency(value)
        if name in ("fields", "texts"):
            return self.fields(value)
        if isinstance(value, list):
            return "; ".join(self._item(name, each) for each in value)
        if isinstance(value, dict):
            return self._item(name, value)
        if name == "report":
            return self.fact(value)
        if name in _VALUES:
            return _VALUES[name].get(value, str(value))
        return self._day(value) if isinstance(value, str) else ribuan(value)

    def _item(self, name: str, value: Any) -> str:
        if not isinstance(value, dict):
            return _VALUES.get(name, {}).get(value, str(value))
        if "letter" in value:
            return f"{self.letter(value['letter'])} {value['number']}"
        if name == "masked_columns":
            words = f"{value['kind']}, {value['method']}".replace("_", " ")
            return f"{value['column']} ({words}, {ribuan(value['cells'])} sel)"
        return ", ".join(
            f"{self.name(part)}: {self.value(part, told)}" for part, told in value.items()
        )

    def _day(self, value: str) -> str:
        try:
            return tanggal(date.fromisoformat(value))
        except ValueError:
            return value

    def span(self, value: timedelta) -> str:
        """The largest unit of it, and the next one."""
        left = int(value.total_seconds())
        parts = []
        for seconds, unit in _UNITS:
            if left >= seconds:
                parts.append(f"{left // seconds} {unit}")
                left %= seconds
        return " ".join(parts[:2]) or "kurang dari satu detik"

    def seal(self, seal: Seal) -> tuple[str, str]:
        """Words and colour."""
        return _SEALS[seal.status]
