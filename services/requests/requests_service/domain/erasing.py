"""Erasing a Pemohon's data: asked for, decided, and what the law says for and against it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING

from requests_service.domain import errors, sop, texts
from requests_service.domain import events as facts
from requests_service.domain.dates import tanggal, years_after
from requests_service.domain.events import Fact
from requests_service.domain.roles import Actor
from requests_service.domain.working_days import Today

if TYPE_CHECKING:
    from requests_service.domain.data_request import DataRequest, Seal

DISPUTE_DAYS = 14
"""UU 14/2008 Pasal 37 ayat (2): working days in which a dispute may be brought."""
GRANTED, REFUSED = "dikabulkan", "ditolak"
DECISIONS: Mapping[str, str] = MappingProxyType(
    {
        GRANTED: "Kabulkan: data dihapus sekarang juga dan tidak dapat dikembalikan",
        REFUSED: "Tolak, dengan pasal dan alasan",
    }
)


@dataclass(frozen=True)
class Reason:
    text: str
    article: str


REASONS: Mapping[str, Reason] = MappingProxyType(
    {
        "permintaan": Reason("Pemohon memintanya", "UU 27/2022 Pasal 43 ayat (1) huruf c"),
        "tidak_diperlukan": Reason(
            "Data tidak lagi diperlukan untuk tujuan pemrosesannya",
            "UU 27/2022 Pasal 43 ayat (1) huruf a",
        ),
        "persetujuan_ditarik": Reason(
            "Pemohon menarik kembali persetujuannya", "UU 27/2022 Pasal 43 ayat (1) huruf b"
        ),
        "melawan_hukum": Reason(
            "Data diperoleh atau diproses dengan cara melawan hukum",
            "UU 27/2022 Pasal 43 ayat (1) huruf d",
        ),
        "masa_simpan": Reason("Masa simpannya sudah habis", "UU 27/2022 Pasal 44 ayat (1) huruf a"),
    }
)
"""Why somebody was erased; the last one is retention's own."""
BY_TERM = "masa_simpan"

REFUSALS: Mapping[str, Reason] = MappingProxyType(
    {
        "masih_diperlukan": Reason(
            "Data masih diperlukan untuk tujuan pemrosesannya",
            "UU 27/2022 Pasal 43 ayat (1) huruf a",
        ),
        "arsip": Reason(
            "Masih harus disimpan menurut jadwal retensi arsip",
            "UU 27/2022 Pasal 44 ayat (1) huruf a",
        ),
        "perkara": Reason(
            "Berkaitan dengan penyelesaian proses hukum suatu perkara",
            "UU 27/2022 Pasal 44 ayat (1) huruf c",
        ),
        "penegakan_hukum": Reason(
            "Diperlukan untuk proses penegakan hukum", "UU 27/2022 Pasal 15 ayat (1) huruf b"
        ),
        "penyelenggaraan_negara": Reason(
            "Diperlukan bagi kepentingan umum dalam penyelenggaraan negara",
            "UU 27/2022 Pasal 15 ayat (1) huruf c",
        ),
    }
)

ERASED = (
    "identitas Anda: nama, NIK, alamat, surel, telepon, pekerjaan, dan instansi",
    "semua tulisan dalam permohonan ini: rincian data, tujuan, alasan, dan uraian keberatan",
    "berkas persyaratan Anda: KTP, akta, surat pengesahan, surat kuasa, dan lainnya",
    "isi surat yang menyebut Anda, termasuk surat untuk Anda",
    "berkas data yang disiapkan untuk permohonan ini, kecuali bila dipakai permohonan lain",
)
KEPT = (
    "nomor pendaftaran, tanggal, langkah, dan putusan, tanpa nama Anda",
    "nomor dan tanggal surat dalam buku register, tanpa isinya",
    "surat antarpejabat yang tidak menyebut Anda",
    "surel dan surat yang sudah Anda terima; itu ada pada Anda",
)
"""What the Pemohon is told before asking."""

HOLDERS: Mapping[str, str] = MappingProxyType(
    {
        "letters": "Surat",
        "notify": "Pemberitahuan surel",
        "privacy": "Berkas data dan berkas persyaratan",
    }
)
"""The services that must answer when a person was erased, in the words of the page."""


@dataclass(frozen=True)
class Terms:
    """The years of the city's own retention schedule, from city.toml; counted from the end."""

    person_years: int | None = None
    """After which a Pemohon is erased by itself; None: never, the city has not set it."""
    letters_years: int = 0
    """For which letters and files must be kept at least, and so the key that opens them."""


@dataclass(frozen=True)
class Hold:
    """Something that stands against erasing now."""

    code: str
    sentence: str
    basis: str
    until: date | None
    """None: until something is done."""


_OPEN_END = date.max


@dataclass(frozen=True)
class _Rule:
    code: str
    basis: str
    sentence: str
    until: "Callable[[DataRequest, Today, Terms], date | None]"
    """The last day on which it stands; None when it does not apply."""


def _objection_period(r: "DataRequest", today: Today, terms: Terms) -> date | None:
    if r.ended_on is None or r.ended_as == "withdrawn":
        return None
    return today.calendar.add_working_days(r.ended_on, sop.OBJECTION_DAYS_MAX)


def _dispute_period(r: "DataRequest", today: Today, terms: Terms) -> date | None:
    if r.objection.decided_on is None:
        return None
    return today.calendar.add_working_days(r.objection.decided_on, DISPUTE_DAYS)


def _archive_term(r: "DataRequest", today: Today, terms: Terms) -> date | None:
    if r.ended_on is None or not terms.letters_years:
        return None
    return years_after(r.ended_on, terms.letters_years)


_RULES: tuple[_Rule, ...] = (
    _Rule(
        "open",
        "UU 14/2008 Pasal 22",
        "Permohonan masih berjalan, dan tanpa data Pemohon tidak dapat dijawab; Pemohon dapat"
        " mencabutnya lebih dahulu.",
        lambda r, today, terms: _OPEN_END if r.step else None,
    ),
    _Rule(
        "objection",
        "UU 14/2008 Pasal 36 ayat (2)",
        "Keberatan masih menunggu putusan Atasan PPID.",
        lambda r, today, terms: _OPEN_END if r.objection.ground else None,
    ),
    _Rule(
        "objection_period",
        "UU 14/2008 Pasal 36 ayat (1)",
        "Masa mengajukan keberatan masih berjalan sampai {until}.",
        _objection_period,
    ),
    _Rule(
        "dispute_period",
        "UU 14/2008 Pasal 37 ayat (2)",
        "Masa mengajukan sengketa ke Komisi Informasi masih berjalan sampai {until}.",
        _dispute_period,
    ),
    _Rule(
        "dispute",
        "UU 27/2022 Pasal 44 ayat (1) huruf c",
        "Sengketa masih diperiksa Komisi Informasi.",
        lambda r, today, terms: _OPEN_END if r.redress.dispute else None,
    ),
    _Rule(
        "owed",
        "UU 14/2008 Pasal 36 dan 38",
        "Putusan atas keberatan atau sengketa belum dilaksanakan.",
        lambda r, today, terms: _OPEN_END if r.redress.owed_by else None,
    ),
    _Rule(
        "archive",
        "UU 43/2009 dan jadwal retensi arsip",
        "Surat dan berkas permohonan ini harus disimpan sampai {until}.",
        _archive_term,
    ),
)


def holds(data_request: "DataRequest", today: Today, terms: Terms) -> list[Hold]:
    """Why this request's Pemohon may not be erased yet; empty when they may."""
    found = []
    for rule in _RULES:
        until = rule.until(data_request, today, terms)
        if until is None or until < today.day:
            continue
        if until == _OPEN_END:
            found.append(Hold(rule.code, rule.sentence, rule.basis, None))
        else:
            sentence = rule.sentence.format(until=tanggal(until))
            found.append(Hold(rule.code, sentence, rule.basis, until))
    return found


def hold_rules() -> list[tuple[str, str]]:
    """(Sentence, basis) of every rule, for the page of retention."""
    return [(rule.sentence.format(until="tanggal akhirnya"), rule.basis) for rule in _RULES]


@dataclass
class Erasure:
    """Whether the Pemohon asked to be forgotten, and was told yes."""

    asked_on: date | None = None
    """While it waits for the PPID."""
    granted: bool = False

    def remember(self, fact: Fact) -> None:
        match fact:
            case facts.ErasureRequested():
                self.asked_on = fact.on
            case facts.ErasureDecided(decision=decision):
                self.granted, self.asked_on = decision == GRANTED, None


def ask(
    r: "DataRequest", by: Actor, today: Today, *, seal: "Seal", reason: str | None = None
) -> None:
    r.guard(facts.ErasureRequested, by, today)
    r.record(facts.ErasureRequested, by, today, reason_sealed=texts.sealed(seal, "reason", reason))


def grant(r: "DataRequest", by: Actor, today: Today, *, terms: Terms) -> None:
    """Whoever saves this destroys the Pemohon's key with it."""
    r.guard(facts.ErasureDecided, by, today)
    must_be_erasable(r, today, terms)
    code = "permintaan"
    _decide(r, by, today, GRANTED, code, REASONS[code].article, None)


def refuse(
    r: "DataRequest", by: Actor, today: Today, *, reason_code: str, reason: str, seal: "Seal"
) -> None:
    """`reason_code`: of REFUSALS."""
    r.guard(facts.ErasureDecided, by, today)
    if reason_code not in REFUSALS:
        raise errors.ReasonUnknown("Pilih dasar penolakan penghapusan dari daftar.")
    if not texts.is_meaningful(reason, words=4):
        raise errors.ReasonMissing("Penolakan penghapusan harus disertai alasan tertulis.")
    article = REFUSALS[reason_code].article
    sealed = seal("reason", reason)
    _decide(r, by, today, REFUSED, reason_code, article, sealed)


def must_be_erasable(r: "DataRequest", today: Today, terms: Terms) -> None:
    """Raises ErasureHeld with a sentence for everything that stands against it."""
    if held := holds(r, today, terms):
        sentences = " ".join(f"{each.sentence} ({each.basis})" for each in held)
        raise errors.ErasureHeld(f"Data pribadi ini belum boleh dihapus. {sentences}")


def _decide(
    r: "DataRequest",
    by: Actor,
    today: Today,
    decision: str,
    reason_code: str,
    article: str,
    reason_sealed: str | None,
) -> None:
    r.record(
        facts.ErasureDecided,
        by,
        today,
        decision=decision,
        reason_code=reason_code,
        article=article,
        reason_sealed=reason_sealed,
    )
