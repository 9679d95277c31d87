"""The SOP "Pemanfaatan Data" as tables: the steps, the legal acts beside them, the specialists' reports.

The tables are the state machine. Lay the paper beside this file: columns stand in the order of its form.
"""
# ruff: noqa: E501 (tables may be wider)

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType

from requests_service.domain import events as _f
from requests_service.domain.errors import StepNotOpen
from requests_service.domain.events import Fact
from requests_service.domain.roles import Role

EDITION = "188.45/1946/35.73.411/01/2024"
"""Number of the SOP; stored in every request, so that it ends under the edition it began with."""

TITLE = "Pemanfaatan Data"
APPROVED_ON = "4 Desember 2024"

LEGAL_BASIS = (
    "Undang-Undang Nomor 16 Tahun 1997 tentang Statistik",
    "Undang-Undang Nomor 14 Tahun 2008 tentang Keterbukaan Informasi Publik",
    "Peraturan Pemerintah Nomor 51 Tahun 1999 tentang Penyelenggaraan Statistik",
    "Peraturan Presiden Nomor 95 Tahun 2018 tentang Sistem Pemerintahan Berbasis Elektronik",
    "Peraturan Presiden Nomor 39 Tahun 2019 tentang Satu Data Indonesia",
    "Peraturan Gubernur Jawa Timur Nomor 81 Tahun 2020 tentang Satu Data Provinsi Jawa Timur",
    "Peraturan Wali Kota Malang Nomor 7 Tahun 2022 tentang Satu Data Kota Malang",
)
RELATED = ("SOP Penyelenggaraan Data Statistik Sektoral", "SOP Penyebarluasan Data")
WARNINGS = (
    "Permohonan data yang tidak sesuai dengan SOP ini tidak akan ditindaklanjuti;",
    "Pemohon Data Terbatas harus memiliki tujuan pemanfaatan data yang jelas.",
)
RECORDS = (
    "Pencatatan dan pendataan dilakukan dengan menggunakan Aplikasi yang tersedia sehingga siap untuk"
    " dipergunakan dalam kegiatan pemerintahan yang terkait."
)

STATUTORY_DAYS = 10
"""UU 14/2008 Pasal 22 ayat (7): the written notice, at the latest 10 working days after receipt."""
EXTENSION_DAYS_MAX = 7
"""UU 14/2008 Pasal 22 ayat (8): at most 7 working days more, once, with written reasons."""
OBJECTION_DAYS_MAX = 30
"""UU 14/2008 Pasal 36 ayat (1): the Pemohon, after the ground arose."""
OBJECTION_ANSWER_DAYS = 30
"""UU 14/2008 Pasal 36 ayat (2): the Atasan PPID, after receiving the objection."""
COMPLETION_DAYS = 10
"""Ours: how long a Pemohon is asked to take for completing; nothing is dropped when it runs out."""
ACCESS_DAYS = 30
"""Ours: calendar days in which delivered data may be downloaded."""


class Need(StrEnum):
    """What must be true of the request, beside the step being open; the aggregate knows how to tell."""

    NO_PROPOSAL = "tidak ada usulan putusan yang menunggu petugas kedua"
    PROPOSAL_OPEN = "ada usulan putusan yang menunggu petugas kedua"
    SECOND_PERSON = "petugas lain daripada yang mengusulkan"
    PAPER_WANTED = "Pemohon meminta salinan cetak"
    NO_FEE_OPEN = "tidak ada biaya yang belum dibayar"
    FEE_OPEN = "ada biaya yang belum dibayar"
    DIP_PATH = "data tercantum dalam Daftar Informasi Publik (langkah 6a)"
    AGENCY_FILE = "berkasnya diserahkan PPID Pembantu"
    PEMOHON_SILENT = "batas waktu Pemohon sudah lewat: untuk melengkapi, atau untuk mengunduh data"
    CHECKED_FILE = "berkas yang diperiksa telah diserahkan"
    FIRST_REQUEST = "bukan bagian dari permohonan lain"
    NO_DRAFT = "konsep surat belum disusun"
    DRAFT = "konsep surat telah disusun Walidata"
    DELIVERY_LETTER = "Surat Penyampaian Data kepada Pemohon telah terbit"
    NOTICE_OPEN = "pemberitahuan tertulis belum terbit dan tenggatnya belum lewat"
    NOT_EXTENDED = "belum pernah diperpanjang"
    GROUND_AROSE = "alasan keberatan sudah timbul, paling lama 30 hari kerja sebelumnya"
    NO_OBJECTION_OPEN = "tidak ada keberatan lain yang sedang diputus"
    OBJECTION_OPEN = "ada keberatan yang belum diputus"
    NOT_WITHDRAWN = "permohonan tidak dicabut Pemohon"
    OBJECTION_ANSWERED = "keberatan sudah diputus, atau tidak dijawab sampai tenggatnya"
    NO_DISPUTE_OPEN = "tidak ada sengketa lain yang sedang diperiksa Komisi Informasi"
    DISPUTE_OPEN = "ada sengketa yang sedang diperiksa Komisi Informasi"
    NOT_RATED = "layanan belum pernah dinilai"
    NO_ERASURE_OPEN = "belum dihapus, dan tidak ada permintaan penghapusan yang menunggu putusan"
    ERASURE_OPEN = "ada permintaan penghapusan yang belum diputus"


@dataclass(frozen=True)
class Outcome:
    """Who may state a fact, and the step it leads to (None: the SOP is finished)."""

    role: Role
    next_step: int | None
    waits_for: Role | None = None
    """Whose move it is next, where it is not the first owner of the next step."""
    needs: tuple[Need, ...] = ()


@dataclass(frozen=True)
class Step:
    no: int
    activity: str
    owners: tuple[Role, ...]
    requirements: tuple[str, ...]
    time: str
    working_days: int
    output: str
    outcomes: Mapping[type[Fact], Outcome] = field(default_factory=dict)
    """Each fact that completes this step, or goes on in it."""
    remark: str | None = None

    @property
    def owners_label(self) -> str:
        return ", ".join(role.label for role in self.owners)


@dataclass(frozen=True)
class LegalAct:
    """What the law lets happen beside the steps."""

    fact: type[Fact]
    activity: str
    role: Role | None
    """None: whoever owns the step."""
    steps: tuple[int | None, ...]
    """While which steps; None stands for a finished request."""
    basis: str
    ends: bool = False
    leads_to: int | None = None
    """The step to which it leads back; None: it stays, or ends."""
    reopens_at: tuple[int, ...] = ()
    """Of a finished request: the steps at one of which it goes on."""
    returned: bool | None = False
    """While a request is returned: never (False), only then (True), or then too (None)."""
    waits_for: Role | None = None
    needs: tuple[Need, ...] = ()
    enterable: bool = False
    """The PPID enters it as well, when the Pemohon sent or said it another way than the page."""

    @property
    def role_label(self) -> str:
        told = self.role.label if self.role else "pelaksana langkah"
        return f"{told}; yang lewat surat atau loket dicatat PPID" if self.enterable else told

    def role_at(self, step: int | None) -> Role:
        """Whose act it is at `step`, one of `steps`."""
        return self.role or STEPS[step or 0].owners[0]

    def next_step(self, step: int | None) -> int | None:
        """Where the request is after it, done at `step`."""
        return None if self.ends else self.leads_to or step


@dataclass(frozen=True)
class Report:
    """What a specialist announces about a request: kept as evidence in its stream, moving nothing."""

    fact: type[Fact]
    source: str
    activity: str


def by(role: Role, next_step: int | None, *needs: Need, waits_for: Role | None = None) -> Outcome:
    return Outcome(role, next_step, waits_for, needs)


_R = Role
_N = Need
_DOKUMEN = "Dokumen Permohonan Data"

# fmt: off
SOP: tuple[Step, ...] = (
    #    No  Uraian prosedur  |  Pelaksana  |  Persyaratan/Kelengkapan  |  Waktu  |  Hari kerja  |  Output  |  Hasil: oleh -> langkah berikut
    Step( 1, "Mengunjungi Portal Malang Satu Data",
             (_R.PEMOHON,), ("Portal Malang Satu Data",), "5 Menit", 0, "Informasi Dashboard Malang Satu Data"),
    Step( 2, "Memeriksa ketersediaan data yang dibutuhkan pada Data Terbuka",
             (_R.PEMOHON,), ("Portal Malang Satu Data",), "10 Menit", 0, "Informasi Data Sektoral Terbuka"),
    Step( 3, "Mengunduh data yang dibutuhkan",
             (_R.PEMOHON,), ("Nama", "Profesi", "Instansi", "Email Pemohon"), "5 Menit", 0, "Data yang dibutuhkan"),
    Step( 4, "Mengajukan permohonan Data Terbatas untuk Masyarakat Umum dan/atau Instansi Non Pemerintah",
             (_R.PEMOHON,), ("Portal Malang Satu Data",), "5 Menit", 0, "Informasi pengajuan permohonan Data Terbatas"),
    Step( 5, "Mengisi Formulir Online Permohonan Informasi",
             (_R.PEMOHON,), ("Formulir Online Permohonan Informasi PPID",), "15 Menit", 0, _DOKUMEN,
             {_f.RequestSubmitted:      by(_R.PEMOHON, 6)}),
    Step( 6, "Memeriksa ketersediaan data yang dimohon pada Daftar Informasi Publik",
             (_R.PPID,), (_DOKUMEN, "Daftar Informasi Publik"), "1 Hari", 1, "Informasi ketersediaan data yang dimohon",
             {_f.DataFoundInDip:        by(_R.PPID, 10, _N.NO_PROPOSAL),
              _f.OwnerFound:            by(_R.PPID, 7, _N.NO_PROPOSAL),
              _f.RequestRefused:        by(_R.PPID, 15, _N.NO_PROPOSAL)}),
    Step( 7, "Menghubungi PPID Pembantu yang membidangi data yang dimohon",
             (_R.PPID,), (_DOKUMEN,), "3 Hari", 3, "Surat Permohonan Data kepada PPID Pembantu",
             {_f.ForwardedToPembantu:   by(_R.PPID, 8)}),
    Step( 8, "Menindaklanjuti permohonan data",
             (_R.PPID_PEMBANTU,), (_DOKUMEN,), "3 Hari", 3, "Keputusan pemberian data yang dimohon",
             {_f.RequestGranted:        by(_R.PPID_PEMBANTU, 9, _N.NO_PROPOSAL),
              _f.RequestGrantedInPart:  by(_R.PPID_PEMBANTU, 9, _N.NO_PROPOSAL),
              _f.RequestRefused:        by(_R.PPID_PEMBANTU, 14, _N.NO_PROPOSAL)}),
    Step( 9, "Memberikan data yang dimohon kepada PPID",
             (_R.PPID_PEMBANTU,), ("Data yang dimohon",), "3 Hari", 3, "Surat Penyampaian Data kepada PPID",
             {_f.DataHandedOver:        by(_R.PPID_PEMBANTU, 10)}),
    Step(10, "Memeriksa data yang diterima dari PPID Pembantu terkait perlindungan data pribadi",
             (_R.PPID,), ("Surat Penyampaian Data kepada PPID",), "3 Hari", 3, "Data yang dimohon",
             {_f.DataOnHandProvided:    by(_R.PPID, 10, _N.DIP_PATH),
              _f.DataMasked:            by(_R.PPID, 11, _N.CHECKED_FILE),
              _f.DataFoundClean:        by(_R.PPID, 11, _N.CHECKED_FILE),
              _f.EarlierClearanceCited: by(_R.PPID, 11, _N.DIP_PATH, _N.NO_PROPOSAL),
              _f.RequestRefused:        by(_R.PPID, 15, _N.NO_PROPOSAL)},
             remark="Data yang mengandung data pribadi harus disamarkan"),
    Step(11, "Memberikan data yang dimohon kepada Walidata",
             (_R.PPID,), ("Data yang dimohon",), "1 Hari", 1, "Data yang dimohon",
             {_f.HandedToWalidata:      by(_R.PPID, 12)}),
    Step(12, "Memasukkan data yang dimohon ke dalam Daftar Data tahun berikutnya",
             (_R.WALIDATA,), ("Data yang dimohon",), "3 Hari", 3, "Daftar Data tahun berikutnya",
             {_f.ListedInDaftarData:    by(_R.WALIDATA, 13)}),
    Step(13, "Menerbitkan Surat Penyampaian Data kepada Pemohon",
             (_R.WALIDATA, _R.PPID), (_DOKUMEN, "Data yang dimohon"), "3 Hari", 3, "Surat Penyampaian Data kepada Pemohon",
             {_f.DeliveryDrafted:       by(_R.WALIDATA, 13, _N.NO_DRAFT, waits_for=_R.PPID),
              _f.DataDelivered:         by(_R.PPID, 16, _N.DRAFT, _N.NO_FEE_OPEN)}),
    Step(14, "Menerbitkan Surat Penolakan Permohonan Data kepada PPID",
             (_R.PPID_PEMBANTU,), (_DOKUMEN,), "3 Hari", 3, "Surat Penolakan Permohonan Data kepada PPID",
             {_f.RefusalSent:           by(_R.PPID_PEMBANTU, 15)},
             remark="Penolakan harus disertai alasan yang jelas"),
    Step(15, "Menerbitkan Surat Penolakan Permohonan Data kepada Pemohon",
             (_R.PPID,), (_DOKUMEN, "Surat Penolakan Permohonan Data dari PPID Pembantu"), "3 Hari", 3, "Surat Penolakan Permohonan Data kepada Pemohon",
             {_f.RefusalNotified:       by(_R.PPID, None)}),
    Step(16, "Menerima data yang dibutuhkan",
             (_R.PEMOHON,), ("Surat Penyampaian Data kepada Pemohon",), "3 Hari", 3, "Data yang dibutuhkan",
             {_f.DataReceived:          by(_R.PEMOHON, None, _N.DELIVERY_LETTER)},
             remark="Selesai"),
)

LEGAL_ACTS: tuple[LegalAct, ...] = (
    LegalAct(_f.RequestReturned,  "Mengembalikan permohonan untuk dilengkapi", _R.PPID, (6, 7),
             "SOP, Peringatan 1 dan 2", waits_for=_R.PEMOHON, needs=(_N.NO_PROPOSAL,)),
    LegalAct(_f.RequestCompleted, "Melengkapi permohonan", _R.PEMOHON, (6, 7),
             "SOP, Peringatan 1 dan 2", returned=True, enterable=True),
    LegalAct(_f.PartSplitOff,     "Memisahkan bagian untuk perangkat daerah lain", _R.PPID, (6, 7),
             "Pilihan kami; setiap bagian dijawab menurut UU 14/2008 Pasal 22 ayat (7)", needs=(_N.FIRST_REQUEST, _N.NO_PROPOSAL)),
    LegalAct(_f.OwnershipDeclined, "Menyatakan data bukan bidangnya", _R.PPID_PEMBANTU, (8,),
             "SOP langkah 7: yang membidangi data yang dimohon", leads_to=7, waits_for=_R.PPID, needs=(_N.NO_PROPOSAL,)),
    LegalAct(_f.AvailabilityReconsidered, "Memeriksa ketersediaan data lagi", _R.PPID, (7,),
             "SOP langkah 6: ketersediaan data yang dimohon", leads_to=6, waits_for=_R.PPID),
    LegalAct(_f.RequestTakenBack, "Menarik permohonan dari PPID Pembantu", _R.PPID, (8, 9, 14),
             "SOP langkah 7: yang membidangi data yang dimohon", leads_to=7, waits_for=_R.PPID),
    LegalAct(_f.GrantReconsidered, "Memutus lagi data yang tidak dapat diserahkan", _R.PPID_PEMBANTU, (9,),
             "SOP langkah 8: keputusan pemberian data", leads_to=8, waits_for=_R.PPID_PEMBANTU),
    LegalAct(_f.AnotherFileAsked, "Meminta berkas lain kepada PPID Pembantu", _R.PPID, (10,),
             "SOP langkah 9 dan 10: data yang dimohon", leads_to=9, waits_for=_R.PPID_PEMBANTU, needs=(_N.AGENCY_FILE, _N.NO_PROPOSAL)),
    LegalAct(_f.ClearanceWithdrawn, "Menarik berkas untuk diperiksa lagi", _R.PPID, (11, 12, 13, 16),
             "SOP langkah 10: data pribadi harus disamarkan", leads_to=10, waits_for=_R.PPID),
    LegalAct(_f.DecisionProposed,  "Mengusulkan penolakan kepada petugas kedua", None, (6, 8, 10),
             "Pilihan kota: penolakan diputus dua petugas", needs=(_N.NO_PROPOSAL,)),
    LegalAct(_f.RefusalConfirmed, "Menyetujui usulan putusan", None, (6, 8, 10),
             "Pilihan kota: penolakan diputus dua petugas", needs=(_N.PROPOSAL_OPEN, _N.SECOND_PERSON)),
    LegalAct(_f.ProposalSentBack,  "Mengembalikan usulan putusan", None, (6, 8, 10),
             "Pilihan kota: penolakan diputus dua petugas", needs=(_N.PROPOSAL_OPEN,)),
    LegalAct(_f.RequestWithdrawn, "Mencabut permohonan", _R.PEMOHON, tuple(range(6, 14)),
             "Kehendak Pemohon", ends=True, returned=None),
    LegalAct(_f.RequestClosed,    "Menutup permohonan yang tidak ditanggapi Pemohon", _R.PPID, (6, 7, 16),
             "SOP, Peringatan 1; pilihan kami", ends=True, returned=None, needs=(_N.PEMOHON_SILENT, _N.NO_OBJECTION_OPEN)),
    LegalAct(_f.DeadlineExtended, "Memperpanjang tenggat pemberitahuan tertulis", _R.PPID, tuple(range(6, 16)),
             "UU 14/2008 Pasal 22 ayat (8)", needs=(_N.NOT_EXTENDED, _N.NOTICE_OPEN)),
    LegalAct(_f.FeeStated,        "Menyatakan biaya salinan cetak", _R.PPID, (11, 12, 13),
             "UU 14/2008 Pasal 22 ayat (7) huruf g", needs=(_N.PAPER_WANTED, _N.NO_FEE_OPEN)),
    LegalAct(_f.FeePaid,          "Mencatat pembayaran biaya", _R.PPID, (11, 12, 13),
             "UU 14/2008 Pasal 22 ayat (7) huruf g", needs=(_N.FEE_OPEN,)),
    LegalAct(_f.FeeWaived,        "Membebaskan biaya", _R.PPID, (11, 12, 13),
             "Pilihan kami; keputusan PPID", needs=(_N.FEE_OPEN,)),
    LegalAct(_f.ObjectionLodged,  "Mengajukan keberatan", _R.PEMOHON, (*range(6, 17), None),
             "UU 14/2008 Pasal 35 dan 36", returned=None, needs=(_N.NO_OBJECTION_OPEN, _N.GROUND_AROSE), enterable=True),
    LegalAct(_f.ObjectionDecided, "Memutus keberatan", _R.ATASAN_PPID, (*range(6, 17), None),
             "UU 14/2008 Pasal 36 ayat (2)", returned=None, needs=(_N.OBJECTION_OPEN,)),
    LegalAct(_f.RequestReopened,  "Membuka kembali permohonan", _R.PPID, (None,),
             "UU 14/2008 Pasal 36; keputusan PPID", reopens_at=(6, 8, 10), needs=(_N.NOT_WITHDRAWN,)),
    LegalAct(_f.DisputeFiled,     "Mencatat sengketa di Komisi Informasi", _R.PPID, (*range(6, 17), None),
             "UU 14/2008 Pasal 37", returned=None, needs=(_N.NO_DISPUTE_OPEN, _N.OBJECTION_ANSWERED)),
    LegalAct(_f.DisputeDecided,   "Mencatat putusan Komisi Informasi", _R.PPID, (*range(6, 17), None),
             "UU 14/2008 Pasal 38", returned=None, needs=(_N.DISPUTE_OPEN,)),
    LegalAct(_f.OfficerWrote,     "Menulis kepada Pemohon", _R.PPID, (*range(6, 17), None),
             "SOP, Pencatatan dan Pendataan", returned=None),
    LegalAct(_f.PemohonWrote,     "Menulis kepada PPID", _R.PEMOHON, (*range(6, 17), None),
             "SOP, Pencatatan dan Pendataan", returned=None),
    LegalAct(_f.ServiceRated,     "Menilai layanan", _R.PEMOHON, (None,),
             "Pilihan kami; tidak wajib", needs=(_N.NOT_RATED,)),
    LegalAct(_f.ErasureRequested, "Meminta penghapusan data pribadi", _R.PEMOHON, (*range(6, 17), None),
             "UU 27/2022 Pasal 8", returned=None, needs=(_N.NO_ERASURE_OPEN,)),
    LegalAct(_f.ErasureDecided,   "Memutus permintaan penghapusan data pribadi", _R.PPID, (*range(6, 17), None),
             "UU 27/2022 Pasal 43 dan 44", returned=None, needs=(_N.ERASURE_OPEN,)),
)

REPORTS: tuple[Report, ...] = (
    Report(_f.LetterIssued,      "letters", "Surat terbit"),
    Report(_f.DaftarDataUpdated, "catalog", "Daftar Data diperbarui"),
    Report(_f.MailSent,          "notify",  "Pemberitahuan terkirim"),
    Report(_f.OriginalRead,      "privacy", "Data asli dilihat sebelum disamarkan"),
    Report(_f.PaperReceived,     "privacy", "Berkas persyaratan Pemohon diterima"),
    Report(_f.PaperRead,         "privacy", "Berkas persyaratan Pemohon dibuka"),
    Report(_f.LetterRead,        "letters", "Surat dibuka"),
    Report(_f.NoteTaken,         "requests", "Catatan internal petugas"),
    Report(_f.TrackingCodeRenewed, "requests", "Kode lacak diganti PPID"),
    Report(_f.ReportCameLate,    "privacy", "Laporan pemeriksaan datang terlambat"),
    Report(_f.DeadlinesMoved,    "requests", "Tenggat dihitung ulang"),
    Report(_f.DueSoon,           "requests", "Tenggat sudah dekat"),
    Report(_f.BecameOverdue,     "requests", "Tenggat terlewat"),
    Report(_f.Escalated,         "requests", "Keterlambatan diteruskan kepada Atasan PPID"),
    Report(_f.ExtensionProposed, "requests", "Perpanjangan tenggat diusulkan"),
)
# fmt: on

STEPS: Mapping[int, Step] = MappingProxyType({step.no: step for step in SOP})
ACTS: Mapping[type[Fact], LegalAct] = MappingProxyType({act.fact: act for act in LEGAL_ACTS})


def outcome_of(step: int | None, fact: type[Fact]) -> Outcome:
    """What the tables say of this fact while this step is open; raises StepNotOpen with a sentence."""
    if act := ACTS.get(fact):
        if step not in act.steps:
            raise StepNotOpen(_not_now(act.activity, act.steps, step))
        return Outcome(act.role_at(step), act.next_step(step), act.waits_for, act.needs)
    homes = tuple(row.no for row in SOP if fact in row.outcomes)
    if step not in homes:
        raise StepNotOpen(_not_now(_activities(homes), homes, step))
    outcome = STEPS[step].outcomes[fact]
    if outcome.waits_for or outcome.next_step is None or outcome.next_step == step:
        return outcome
    return replace(outcome, waits_for=STEPS[outcome.next_step].owners[0])


def can_be_late(fact: type[Fact]) -> bool:
    """What is done about the step that is open, against its deadline."""
    return fact not in ACTS or ACTS[fact].leads_to is not None


def _not_now(activity: str, homes: tuple[int | None, ...], step: int | None) -> str:
    if homes == (None,):
        return f"{activity} hanya dapat dilakukan sesudah permohonan selesai."
    where = f"langkah {step}" if step else "selesai"
    numbers = ", ".join(str(home) for home in homes if home)
    return f"{activity} hanya dapat dilakukan pada langkah {numbers}; permohonan ini {_at(where)}."


def _at(where: str) -> str:
    return "sudah selesai" if where == "selesai" else f"berada pada {where}"


def _activities(homes: tuple[int, ...]) -> str:
    return STEPS[homes[0]].activity if len(homes) == 1 else "Tindakan ini"
