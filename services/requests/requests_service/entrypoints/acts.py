"""What a person can do on a request's page: the words of each form, the method it calls."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from uuid import UUID

from chassis.actor import Actor
from chassis.pages import Form

from requests_service.application import Answer, How, Requests
from requests_service.domain.daftar_data import DaftarDataEntry
from requests_service.domain.errors import ReasonUnknown
from requests_service.domain.refusal import Refusal
from requests_service.entrypoints.act import Act
from requests_service.entrypoints.agencies_acts import AT_STEP_7, AT_STEP_8, WAYS_BACK
from requests_service.entrypoints.brought_acts import BROUGHT
from requests_service.entrypoints.conversation_acts import NOTE, TO_THE_PEMOHON, TO_THE_PPID
from requests_service.entrypoints.fees_acts import FEES
from requests_service.entrypoints.redress_acts import AFTER_THE_ANSWER
from requests_service.entrypoints.refusing_acts import SECOND_OFFICER
from requests_service.entrypoints.typed import Fields


@dataclass(frozen=True)
class OpenAct:
    """A form on the page."""

    label: str
    hint: str
    button: str
    kind: str
    open: bool
    fields: str
    """Its template in perintah/."""
    form: Form
    action: str
    hidden: dict[str, Any]
    multipart: bool = False


def _check_availability(app: Requests, id_: UUID, by: Actor, typed: Fields, how: How) -> Answer:
    if typed.text("outcome") == "dip":
        return app.find_in_dip(id_, by, dip_entry=typed.text("dip_entry"), **how)
    return app.find_owner(id_, by, agency=typed.text("agency"), **how)


def _refusal(app: Requests, typed: Fields) -> Refusal:
    if not typed.text("reason_code"):
        raise ReasonUnknown("Pilih alasan penolakan dari daftar.")
    return Refusal(
        typed.text("reason_code"),
        typed.text("narrative"),
        typed.text_or_none("other_law"),
        app.consequence_tests.cited(typed.text("consequence_test")),
        typed.text_or_none("held_by"),
        app.refusal_reasons.in_force(),
    )


def _daftar_data_entry(typed: Fields) -> DaftarDataEntry:
    return DaftarDataEntry(**{name: typed.text(name) for name in DaftarDataEntry.__annotations__})


FIELD_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "outcome": "Hasil pemeriksaan",
        "agency": "Perangkat daerah",
        "dip_entry": "Butir Daftar Informasi Publik",
        "message": "Pesan kepada PPID Pembantu",
        "kept": "Data yang tetap pada permohonan ini",
        "suggested": "Perangkat daerah yang mungkin membidanginya",
        "refused_parts": "Bagian data yang tidak diberikan",
        "reason_code": "Alasan yang dipilih",
        "other_law": "Pasal dan undang-undang lain",
        "consequence_test": "Uji konsekuensi",
        "held_by": "Badan publik yang menguasai data",
        "narrative": "Penjelasan untuk Pemohon",
        "cites": "Nomor pendaftaran permohonan terdahulu",
        "year": "Tahun Daftar Data",
        "title": "Judul data",
        "concept": "Konsep",
        "definition": "Definisi",
        "classification": "Klasifikasi",
        "measure": "Ukuran",
        "unit": "Satuan",
        "produsen_data": "Produsen Data",
        "cover_note": "Catatan pengantar",
        "missing": "Yang perlu dilengkapi",
        "came_by": "Disampaikan lewat",
        "arrived_on": "Diterima pada",
        "why_later": "Mengapa baru dicatat sekarang",
        "explanation": "Penjelasan untuk Pemohon",
        "days": "Tambahan hari kerja",
        "reason": "Alasan",
        "decision": "Putusan",
        "answer": "Jawaban",
        "data_wanted": "Rincian data yang dimohon",
        "purpose": "Tujuan pemanfaatan data",
        "basis": "Dasar pembukaan kembali",
        "number": "Nomor register sengketa",
        "ground": "Alasan keberatan",
        "case": "Uraian keberatan",
        "score": "Penilaian",
        "remark": "Saran",
        "text": "Pesan",
        "words": "Alasan mengembalikan usulan",
        "sheets": "Jumlah lembar",
        "sending": "Biaya kirim",
        "paid_on": "Tanggal bayar",
        "receipt_number": "Nomor bukti bayar",
    }
)
"""What was typed, when it has to be shown apart from its form."""

OUTCOMES: Mapping[str, str] = MappingProxyType(
    {
        "agency": "Dipegang perangkat daerah",
        "dip": "Tercantum dalam Daftar Informasi Publik dan sudah dikuasai PPID",
    }
)
"""Of step 6, beside a refusal."""

OFFICER_ACTS: Mapping[str, Act] = MappingProxyType(
    {
        "check-availability": Act(
            "check-availability",
            "Langkah 6: catat hasil pemeriksaan ketersediaan",
            "Simpan hasil pemeriksaan",
            "Hasil pemeriksaan ketersediaan sudah dicatat.",
            _check_availability,
        ),
        "forward": Act(
            "forward",
            "Langkah 7: hubungi PPID Pembantu",
            "Kirim Surat Permohonan Data",
            "Permohonan sudah diteruskan. Surat Permohonan Data sedang diterbitkan.",
            lambda app, id_, by, typed, how: app.forward(
                id_,
                by,
                agency=typed.text_or_none("agency"),
                message=typed.text_or_none("message"),
                **how,
            ),
            bulk=True,
        ),
        "grant": Act(
            "grant",
            "Langkah 8: berikan seluruh data",
            "Berikan seluruhnya",
            "Keputusan pemberian data sudah dicatat. Pemberitahuan Tertulis sedang diterbitkan.",
            lambda app, id_, by, typed, how: app.grant(id_, by, **how),
            hint="Sesudah ini data diserahkan kepada PPID (langkah 9).",
        ),
        "grant-in-part": Act(
            "grant",
            "Langkah 8: berikan sebagian data",
            "Berikan sebagian",
            "Pemberian sebagian sudah dicatat. Pemberitahuan Tertulis sedang diterbitkan.",
            lambda app, id_, by, typed, how: app.refusing.grant_in_part(
                id_,
                by,
                refused_parts=typed.text("refused_parts"),
                refusal=_refusal(app, typed),
                **how,
            ),
            hint="Bagian yang tidak diberikan disebut beserta alasannya dalam surat.",
        ),
        **AT_STEP_7,
        **AT_STEP_8,
        **SECOND_OFFICER,
        "hand-over": Act(
            "hand-over",
            "Serahkan data yang sudah diunggah",
            "Serahkan kepada PPID",
            "Data sudah diserahkan untuk diperiksa.",
            lambda app, id_, by, typed, how: app.hand_over(
                id_, by, receipt=typed.text("receipt"), **how
            ),
            hint="Berkas sudah tersimpan. Periksa sekali lagi, lalu serahkan.",
        ),
        "upload": Act(
            "hand-over",
            "Unggah data yang dimohon",
            "Unggah berkas",
            "",
            # The file goes to another service, which sends the officer back with a receipt.
            lambda app, id_, by, typed, how: app.reading.get(id_, by),
        ),
        "clear-personal-data": Act(
            "clear-personal-data",
            "Langkah 10: pakai hasil pemeriksaan terdahulu",
            "Pakai hasil pemeriksaan itu",
            "Hasil pemeriksaan terdahulu sudah dicatat.",
            lambda app, id_, by, typed, how: app.clear_personal_data(
                id_, by, cites=typed.text("cites"), **how
            ),
        ),
        "hand-to-walidata": Act(
            "hand-to-walidata",
            "Langkah 11: berikan data kepada Walidata",
            "Berikan kepada Walidata",
            "Data sudah diberikan kepada Walidata.",
            lambda app, id_, by, typed, how: app.hand_to_walidata(id_, by, **how),
            bulk=True,
        ),
        "list-in-daftar-data": Act(
            "list-in-daftar-data",
            "Langkah 12: masukkan ke dalam Daftar Data",
            "Masukkan ke dalam Daftar Data",
            "Data sudah masuk Daftar Data.",
            lambda app, id_, by, typed, how: app.list_in_daftar_data(
                id_, by, year=typed.number("year"), entry=_daftar_data_entry(typed), **how
            ),
            hint="Standar data menurut Perpres 39/2019.",
        ),
        "draft-delivery": Act(
            "draft-delivery",
            "Langkah 13: susun konsep Surat Penyampaian Data",
            "Simpan konsep",
            "Konsep surat sudah disusun dan menunggu PPID.",
            lambda app, id_, by, typed, how: app.draft_delivery(
                id_, by, cover_note=typed.text_or_none("cover_note"), **how
            ),
            bulk=True,
        ),
        "deliver": Act(
            "deliver",
            "Langkah 13: terbitkan Surat Penyampaian Data",
            "Terbitkan dan sampaikan data",
            "Data disampaikan. Surat Penyampaian Data sedang diterbitkan.",
            lambda app, id_, by, typed, how: app.deliver(id_, by, **how),
            hint="Surat ditandatangani atas nama PPID, lalu Pemohon dapat mengunduh data.",
        ),
        "send-refusal": Act(
            "send-refusal",
            "Langkah 14: terbitkan Surat Penolakan kepada PPID",
            "Terbitkan Surat Penolakan kepada PPID",
            "Surat Penolakan kepada PPID sedang diterbitkan.",
            lambda app, id_, by, typed, how: app.send_refusal(id_, by, **how),
            bulk=True,
        ),
        "notify-refusal": Act(
            "notify-refusal",
            "Langkah 15: terbitkan Surat Penolakan kepada Pemohon",
            "Terbitkan Surat Penolakan kepada Pemohon",
            "Surat Penolakan kepada Pemohon sedang diterbitkan.",
            lambda app, id_, by, typed, how: app.notify_refusal(id_, by, **how),
            hint="Surat memuat alasan, pasal, dan cara mengajukan keberatan.",
        ),
        "decide-objection": Act(
            "decide-objection",
            "Putus keberatan",
            "Simpan putusan",
            "Putusan keberatan sudah dicatat. Tanggapan atas Keberatan sedang diterbitkan.",
            lambda app, id_, by, typed, how: app.legal_acts.decide_objection(
                id_, by, decision=typed.text("decision"), reason=typed.text("reason"), **how
            ),
        ),
        **WAYS_BACK,
        **FEES,
        **AFTER_THE_ANSWER,
        **BROUGHT,
        "write": TO_THE_PEMOHON,
        "take-note": NOTE,
        "decide-erasure": Act(
            "decide-erasure",
            "Putus permintaan penghapusan data pribadi",
            "Simpan putusan",
            "Putusan penghapusan data pribadi sudah dicatat.",
            lambda app, id_, by, typed, how: app.forgetting.decide(
                id_,
                by,
                decision=typed.text("decision"),
                reason_code=typed.text_or_none("reason_code"),
                reason=typed.text_or_none("reason"),
                **how,
            ),
            main=False,
        ),
        "refuse": Act(
            "refuse",
            "Tolak permohonan",
            "Tolak permohonan",
            "Penolakan sudah dicatat. Pemberitahuan Tertulis sedang diterbitkan.",
            lambda app, id_, by, typed, how: app.refusing.refuse(
                id_, by, refusal=_refusal(app, typed), **how
            ),
            hint="Penolakan harus disertai alasan yang jelas.",
            kind="danger",
            main=False,
            group="Menolak atau mengembalikan",
        ),
        "close": Act(
            "close",
            "Tutup permohonan yang tidak ditanggapi Pemohon",
            "Tutup permohonan",
            "Permohonan ditutup. Pemohon diberi tahu.",
            lambda app, id_, by, typed, how: app.legal_acts.close(id_, by, **how),
            hint="Batas waktu Pemohon sudah lewat. Pemohon dapat mengajukan lagi, dan Anda dapat"
            " membukanya kembali.",
            main=False,
            group="Menolak atau mengembalikan",
            bulk=True,
        ),
        "return": Act(
            "return",
            "Kembalikan untuk dilengkapi",
            "Kembalikan kepada Pemohon",
            "Permohonan dikembalikan. Pemohon diberi tahu apa yang kurang.",
            lambda app, id_, by, typed, how: app.legal_acts.return_for_completion(
                id_, by, missing=typed.all("missing"), explanation=typed.text("explanation"), **how
            ),
            hint="Selama menunggu Pemohon, tenggat langkah berhenti.",
            main=False,
            group="Menolak atau mengembalikan",
        ),
        "extend": Act(
            "extend",
            "Perpanjang tenggat Pemberitahuan Tertulis",
            "Perpanjang tenggat",
            "Tenggat diperpanjang. Pemberitahuan Perpanjangan Waktu sedang diterbitkan.",
            lambda app, id_, by, typed, how: app.legal_acts.extend(
                id_,
                by,
                days=typed.number("days"),
                reason_code=typed.text("reason_code"),
                reason=typed.text("reason"),
                **how,
            ),
            hint="Satu kali saja, paling lama 7 hari kerja (UU 14/2008 Pasal 22 ayat (8)).",
            main=False,
            group="Tenggat",
        ),
    }
)

PEMOHON_ACTS: Mapping[str, Act] = MappingProxyType(
    {
        "complete": Act(
            "complete",
            "Lengkapi permohonan",
            "Kirim kelengkapan",
            "Kelengkapan sudah dikirim. Tenggat berjalan lagi.",
            lambda app, id_, by, typed, how: app.legal_acts.complete(
                id_,
                by,
                answer=typed.text("answer"),
                data_wanted=typed.text("data_wanted"),
                purpose=typed.text("purpose"),
                **how,
            ),
        ),
        "receive": Act(
            "receive",
            "Nyatakan data sudah diterima",
            "Data sudah saya terima",
            "Terima kasih. Permohonan Anda selesai.",
            lambda app, id_, by, typed, how: app.receive(id_, by, **how),
            hint="Unduh dan periksa berkasnya lebih dahulu.",
        ),
        "object": Act(
            "object",
            "Ajukan keberatan",
            "Kirim keberatan",
            "Keberatan sudah diajukan kepada Atasan PPID.",
            lambda app, id_, by, typed, how: app.legal_acts.lodge_objection(
                id_, by, ground=typed.text("ground"), case=typed.text("case"), **how
            ),
            hint="Keberatan dijawab Atasan PPID paling lambat 30 hari kerja.",
            main=False,
        ),
        "rate": Act(
            "rate",
            "Nilai layanan kami",
            "Kirim penilaian",
            "Terima kasih atas penilaian Anda.",
            lambda app, id_, by, typed, how: app.rating.rate(
                id_,
                by,
                score=typed.number("score"),
                remark=typed.text_or_none("remark"),
                **how,
            ),
            hint="Satu pertanyaan, tidak wajib, dan hanya sekali.",
        ),
        "withdraw": Act(
            "withdraw",
            "Tarik permohonan",
            "Tarik permohonan",
            "Permohonan sudah ditarik.",
            lambda app, id_, by, typed, how: app.legal_acts.withdraw(
                id_, by, reason=typed.text_or_none("reason"), **how
            ),
            hint="Permohonan yang ditarik tidak dapat dilanjutkan lagi.",
            kind="danger",
            main=False,
        ),
        "write": TO_THE_PPID,
        "request-erasure": Act(
            "request-erasure",
            "Minta penghapusan data pribadi saya",
            "Minta penghapusan",
            "Permintaan penghapusan sudah dicatat dan menunggu putusan PPID.",
            lambda app, id_, by, typed, how: app.forgetting.ask(
                id_, by, reason=typed.text_or_none("reason"), **how
            ),
            kind="danger",
            main=False,
        ),
    }
)
