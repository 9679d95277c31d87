"""The kinds of letters as one table: who writes to whom, when, and what it must contain."""

# ruff: noqa: E501

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any


class Office(StrEnum):
    """Who writes letters, and who gets them."""

    PPID = "ppid"
    PPID_PEMBANTU = "ppid_pembantu"
    ATASAN_PPID = "atasan_ppid"
    PEMOHON = "pemohon"


_PPID, _PEMBANTU, _ATASAN, _PEMOHON = Office

SURAT_DINAS = "surat_dinas"
"""The naskah type of all letters here: they run in one register per unit and year."""


@dataclass(frozen=True)
class Asking:
    """A fact that asks for a letter, perhaps only when it happened at one of some steps."""

    source: str
    fact: str
    at_steps: tuple[int, ...] = ()

    def hears(self, source: str, fact: str, data: Mapping[str, Any]) -> bool:
        """Whether this message is the one."""
        return (source, fact) == (self.source, self.fact) and (
            not self.at_steps or data.get("at_step") in self.at_steps
        )


@dataclass(frozen=True)
class LetterKind:
    """One row of the table."""

    key: str
    title: str
    subject: str
    """Hal."""
    sender: Office
    addressee: Office
    asked_by: tuple[Asking, ...]
    required: tuple[str, ...]
    """What it must contain; without one of these it gets no number."""
    basis: str
    """The rule that asks for it."""
    fields: tuple[str, ...] = ()
    """Personal data of the Pemohon that it needs: the least."""
    names_pemohon: bool = True
    """It speaks of the Pemohon or quotes them, so it is sealed under their key."""
    urgency: str = "Biasa"
    enclosure: str = "–"
    form: bool = False
    """A form with a centred title, not a letter with an addressee."""
    cites: str | None = None
    """The earlier letter of the same request that it refers to."""
    naskah: str = SURAT_DINAS


def _requests(fact: str, *at_steps: int) -> Asking:
    return Asking("requests", fact, at_steps)


_KIP22 = "UU 14/2008 Pasal 22"
_REFUSED = ("ditolak", "alasan", "pasal", "uraian", "atasan_ppid")

# fmt: off
LETTERS: tuple[LetterKind, ...] = (
    LetterKind("tanda_bukti_penerimaan", "Tanda Bukti Penerimaan Permohonan Data", "Tanda Bukti Penerimaan Permohonan Data",
               _PPID, _PEMOHON, (_requests("RequestSubmitted"),),
               ("nomor_pendaftaran", "diterima_hari", "nama", "batas_undang_undang"), f"{_KIP22} ayat (4)",
               fields=("name", "acts_for"), form=True),
    LetterKind("pemberitahuan_kekurangan", "Pemberitahuan Kekurangan Permohonan Data", "Pemberitahuan Kekurangan Permohonan Data",
               _PPID, _PEMOHON, (_requests("RequestReturned"),),
               ("nomor_pendaftaran", "kekurangan", "lengkapi_sebelum"), "SOP, Peringatan 1 dan 2",
               fields=("name",)),
    LetterKind("surat_permohonan_data", "Surat Permohonan Data kepada PPID Pembantu", "Permohonan Data",
               _PPID, _PEMBANTU, (_requests("ForwardedToPembantu"),),
               ("nomor_pendaftaran", "data_diminta", "tenggat", "batas_undang_undang"), "SOP langkah 7",
               urgency="Segera"),
    LetterKind("pemberitahuan_tertulis", "Pemberitahuan Tertulis atas Permohonan Data", "Pemberitahuan Tertulis atas Permohonan Data",
               _PPID, _PEMOHON,
               (_requests("DataFoundInDip"), _requests("RequestGranted"), _requests("RequestGrantedInPart"), _requests("RequestRefused", 6, 8)),
               ("nomor_pendaftaran", "putusan", "atasan_ppid"), f"{_KIP22} ayat (7)",
               fields=("name", "institution", "address")),
    LetterKind("surat_penyampaian_ppid", "Surat Penyampaian Data kepada PPID", "Penyampaian Data",
               _PEMBANTU, _PPID, (_requests("DataHandedOver"),),
               ("nomor_pendaftaran", "berkas"), "SOP langkah 9",
               names_pemohon=False, enclosure="1 (satu) berkas data", cites="surat_permohonan_data"),
    LetterKind("pemberitahuan_tambahan", "Pemberitahuan Tambahan atas Permohonan Data", "Pemberitahuan Tambahan atas Permohonan Data",
               _PPID, _PEMOHON, (Asking("privacy", "DataMasked"), _requests("RequestRefused", 10), _requests("RequestReopened"), _requests("FeeStated")),
               ("nomor_pendaftaran", "putusan", "atasan_ppid"), f"{_KIP22} ayat (7) huruf e dan g; Pasal 36",
               fields=("name", "institution", "address"), cites="pemberitahuan_tertulis"),
    LetterKind("surat_penyampaian_pemohon", "Surat Penyampaian Data kepada Pemohon", "Penyampaian Data",
               _PPID, _PEMOHON, (_requests("DataDelivered"),),
               ("nomor_pendaftaran", "berkas", "akses_sampai", "atasan_ppid"), "SOP langkah 13",
               fields=("name", "institution", "address"), enclosure="1 (satu) berkas data"),
    LetterKind("surat_penolakan_ppid", "Surat Penolakan Permohonan Data kepada PPID", "Penolakan Permohonan Data",
               _PEMBANTU, _PPID, (_requests("RefusalSent"),),
               ("nomor_pendaftaran", "ditolak", "alasan", "pasal", "uraian"), "SOP langkah 14",
               cites="surat_permohonan_data"),
    LetterKind("surat_penolakan_pemohon", "Surat Penolakan Permohonan Data kepada Pemohon", "Penolakan Permohonan Data",
               _PPID, _PEMOHON, (_requests("RefusalNotified"),),
               ("nomor_pendaftaran", *_REFUSED), "SOP langkah 15",
               fields=("name", "institution", "address"), cites="surat_penolakan_ppid"),
    LetterKind("pemberitahuan_perpanjangan", "Pemberitahuan Perpanjangan Waktu", "Pemberitahuan Perpanjangan Waktu Permohonan Data",
               _PPID, _PEMOHON, (_requests("DeadlineExtended"),),
               ("nomor_pendaftaran", "alasan", "batas_baru"), f"{_KIP22} ayat (8)",
               fields=("name", "institution", "address")),
    LetterKind("tanggapan_keberatan", "Tanggapan atas Keberatan", "Tanggapan atas Keberatan",
               _ATASAN, _PEMOHON, (_requests("ObjectionDecided"),),
               ("nomor_pendaftaran", "keputusan", "uraian"), "UU 14/2008 Pasal 36 ayat (2) dan (3)",
               fields=("name", "institution", "address")),
)
# fmt: on

BY_KEY: Mapping[str, LetterKind] = MappingProxyType({kind.key: kind for kind in LETTERS})


def letters_for(source: str, fact: str, data: Mapping[str, Any]) -> list[LetterKind]:
    """The letters that a fact asks for."""
    return [kind for kind in LETTERS if any(by.hears(source, fact, data) for by in kind.asked_by)]


def must_wait_for_cited(kind: LetterKind, data: Mapping[str, Any], *, attempts: int) -> bool:
    """Whether the letter it refers to must be there first.

    Step 15 cites the PPID Pembantu's letter when there is one: that is law to us. Others refer
    to an earlier letter for the reader's sake, and give it a few tries to appear.
    """
    if kind.key == "surat_penolakan_pemohon":
        return bool(data.get("cites_pembantu"))
    return kind.cites is not None and attempts <= _TRIES_FOR_THE_SAKE_OF_THE_READER


_TRIES_FOR_THE_SAKE_OF_THE_READER = 4
