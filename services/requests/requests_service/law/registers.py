"""The columns of the register permohonan and of the register keberatan, and their rows.

The columns are those of the registers that are really kept (Perki 1/2021; UU 14/2008). The public
versions lack everything by which a Pemohon could be known, and everything a Pemohon wrote.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any, Generic, TypeVar

from requests_service.domain import choices, refusal
from requests_service.domain.register import Entry, Objection
from requests_service.law.table import Cell, Table

NOT_PUBLIC = (
    "Versi publik: tanpa kolom yang dapat menunjukkan siapa Pemohonnya, dan tanpa tulisan"
    " Pemohon. Rincian informasi disebut dengan judulnya dalam Daftar Data."
)
NOT_FOR_OTHERS = (
    "Memuat data pribadi (UU Nomor 27 Tahun 2022): hanya untuk PPID. Pembukaannya tercatat bagi"
    " setiap Pemohon di dalamnya."
)
NPWP_NOT_ASKED = "NPWP tidak diminta pada formulir, sehingga kolomnya kosong."
_ERASED = "(dihapus)"
_STATES = {"withdrawn": "Dicabut Pemohon", "closed": "Ditutup, tidak dilengkapi Pemohon"}
_DECISIONS = {
    "granted": "Dikabulkan seluruhnya",
    "granted_in_part": "Dikabulkan sebagian",
    "refused": "Ditolak",
}


@dataclass(frozen=True)
class Line:
    """A request as its row is written from it."""

    entry: Entry
    agency: str
    """The name of whoever holds the data."""
    person: Mapping[str, str] = field(default_factory=dict)
    """The identity in clear, in the version that is not public."""
    texts: Mapping[str, str | None] = field(default_factory=dict)
    """What was written, in clear; None where the person was forgotten."""

    def text(self, name: str) -> str:
        return self.texts.get(name) or _ERASED

    def who(self, name: str) -> str:
        return self.person.get(name, "") if self.person else _ERASED


@dataclass(frozen=True)
class ObjectionLine:
    """An objection as its row is written from it."""

    line: Line
    objection: Objection
    answered_by: str
    """Name and office."""
    case: str | None = None
    reason: str | None = None


_L = TypeVar("_L")


@dataclass(frozen=True)
class Column(Generic[_L]):
    heading: tuple[str, ...]
    value: Callable[[_L], Cell]
    width: float = 2
    public: bool = True
    public_value: Callable[[_L], Cell] | None = None
    """What the public version says instead."""


@cache
def day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def about(line: Line) -> str:
    """What it is about, without a word of the Pemohon's."""
    part = f"; bagian dari {line.entry.part_of}" if line.entry.part_of else ""
    return f"{_subject(line)}{part}"


def _subject(line: Line) -> str:
    if line.entry.title:
        return line.entry.title
    if line.entry.dataset:
        return f"Kumpulan data {line.entry.dataset}"
    return f"Data pada {line.agency}" if line.entry.agency else "Data yang dimohon"


def outcome_of(decision: str | None, ended_as: str | None) -> str:
    """In words, from what the entry says of both."""
    if decision and ended_as != "withdrawn":
        return _DECISIONS[decision]
    return _STATES.get(ended_as or "", "Dalam proses")


def reason_of(entry: Entry) -> str:
    if not entry.reason_code:
        return ""
    told = {"reason_code": entry.reason_code, "reason_text": entry.reason_text}
    words = f"{entry.article}: {refusal.words_of(told)}"
    return f"{words}; dikuasai oleh {entry.held_by}" if entry.held_by else words


def _yes(true: bool) -> str:
    return "Ya" if true else ""


_HELD = ("Status informasi", "Di bawah penguasaan")
_FORM = ("Bentuk informasi yang dikuasai",)
_WISH = ("Jenis permohonan",)

REQUESTS: tuple[Column[Line], ...] = (
    Column(("No.",), lambda x: x.entry.register_number, 2.1),
    Column(("Tanggal",), lambda x: day(x.entry.received_on), 2.1),
    Column(("Nama",), lambda x: x.who("name"), 2.6, public=False),
    Column(("Alamat",), lambda x: x.who("address"), 3, public=False),
    Column(("Pekerjaan",), lambda x: x.who("occupation"), 2.2, public=False),
    Column(("NPWP",), lambda x: None, 1.3, public=False),
    Column(("Telepon",), lambda x: x.who("phone"), 2.4, public=False),
    Column(("E-mail",), lambda x: x.who("email"), 3, public=False),
    Column(
        ("Rincian informasi",), lambda x: x.text("data_wanted"), 5, public_value=lambda x: about(x)
    ),
    Column(("Tujuan penggunaan",), lambda x: x.text("purpose"), 4, public=False),
    Column((*_HELD, "Ya"), lambda x: _yes(x.entry.held == "ya"), 1),
    Column((*_HELD, "Tidak"), lambda x: _yes(x.entry.held == "tidak"), 1.2),
    Column(
        ("Status informasi", "Belum didoku\u00admentasi\u00adkan"),
        lambda x: _yes(x.entry.held == "belum"),
        1.6,
    ),
    Column((*_FORM, "Softcopy"), lambda x: _yes(x.entry.softcopy), 1.5),
    Column((*_FORM, "Hardcopy"), lambda x: _yes(False), 1.6),
    Column(
        (*_WISH, "Melihat, mende\u00adngar"),
        lambda x: _yes(x.entry.way_to_obtain == "melihat"),
        1.6,
    ),
    Column((*_WISH, "Meminta salinan"), lambda x: _yes(x.entry.way_to_obtain != "melihat"), 1.5),
    Column(("Keputusan",), lambda x: outcome_of(x.entry.decision, x.entry.ended_as), 2.2),
    Column(("Alasan penolakan",), lambda x: reason_of(x.entry), 4.6),
    Column(("Tanggal", "Pemberi\u00adtahuan tertulis"), lambda x: day(x.entry.notice_on), 2.1),
    Column(("Tanggal", "Pemberian informasi"), lambda x: day(x.entry.delivered_on), 2.1),
    Column(("Biaya dan cara pembayaran", "Biaya"), lambda x: x.entry.fee or "", 1.4),
    Column(("Biaya dan cara pembayaran", "Cara"), lambda x: x.entry.payment or "", 1.4),
)
"""The 23 columns of the register permohonan."""

OBJECTIONS: tuple[Column[ObjectionLine], ...] = (
    Column(("No. keberatan",), lambda x: x.objection.number, 2.1),
    Column(("Tanggal",), lambda x: day(x.objection.lodged_on), 2),
    Column(("Pemohon", "Nama"), lambda x: x.line.who("name"), 2.4, public=False),
    Column(("Pemohon", "Alamat"), lambda x: x.line.who("address"), 2.8, public=False),
    Column(("Pemohon", "Pekerjaan"), lambda x: x.line.who("occupation"), 2, public=False),
    Column(("Pemohon", "Telepon"), lambda x: x.line.who("phone"), 2.2, public=False),
    Column(("Pemohon", "E-mail"), lambda x: x.line.who("email"), 2.6, public=False),
    Column(("Kuasa Pemohon",), lambda x: x.line.person.get("acts_for", ""), 2, public=False),
    Column(("No. pendaftaran permohonan",), lambda x: x.line.entry.register_number, 2),
    Column(
        ("Informasi yang diminta",), lambda x: x.line.text("data_wanted"), 4.4,
        public_value=lambda x: about(x.line),
    ),
    Column(("Tujuan penggunaan",), lambda x: x.line.text("purpose"), 3.4, public=False),
    Column(
        ("Alasan keberatan (Pasal 35 ayat (1))",),
        lambda x: f"huruf {(g := choices.GROUNDS[x.objection.ground]).letter}: {g.text}", 3,
    ),
    Column(("Kasus posisi",), lambda x: x.case or _ERASED, 4, public=False),
    Column(("Tenggat tanggapan",), lambda x: day(x.objection.answer_due), 2),
    Column(
        ("Keputusan Atasan PPID",),
        lambda x: choices.DECISIONS[x.objection.decision] if x.objection.decision else "Diproses",
        2.6,
    ),
    Column(("Alasan keputusan",), lambda x: x.reason or "", 3.4, public=False),
    Column(("Tanggal tanggapan",), lambda x: day(x.objection.decided_on), 2),
    Column(("Nama dan jabatan Atasan PPID",), lambda x: x.answered_by, 2.8),
    Column(("Tanggapan Pemohon",), lambda x: x.objection.reply or "", 2.2),
)  # fmt: skip


def table_of(
    title: str, columns: Sequence[Column[Any]], lines: Sequence[Any], *, public: bool
) -> Table:
    """The register, of the columns that this version may have."""
    shown = [each for each in columns if each.public or not public]
    values = [(each.public_value if public else None) or each.value for each in shown]
    return Table(
        title,
        tuple(each.heading for each in shown),
        [tuple(value(line) for value in values) for line in lines],
        tuple(each.width for each in shown),
    )
