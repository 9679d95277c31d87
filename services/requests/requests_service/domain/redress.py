"""What follows an answer that did not stand: the request is reopened; a dispute is recorded.

UU 14/2008 Pasal 36 (the superior's answer) and Pasal 37 (dispute at the Komisi Informasi).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING

from requests_service.domain import choices, errors, sop, texts
from requests_service.domain import events as facts
from requests_service.domain.dates import tanggal
from requests_service.domain.events import Fact
from requests_service.domain.going_back import forget_the_refusal
from requests_service.domain.roles import Actor, Role
from requests_service.domain.working_days import Today

if TYPE_CHECKING:
    from requests_service.domain.data_request import DataRequest, Seal

OBJECTION, DISPUTE, PPID = "keberatan", "komisi_informasi", "keputusan_ppid"
BASES: Mapping[str, str] = MappingProxyType(
    {
        OBJECTION: "Keberatan dikabulkan Atasan PPID",
        DISPUTE: "Putusan atau kesepakatan di Komisi Informasi",
        PPID: "Keputusan PPID sendiri",
    }
)
"""Why a finished request is reopened."""
TARGETS: Mapping[int, str] = MappingProxyType(
    {
        6: "Langkah 6: periksa ketersediaan data lagi",
        8: "Langkah 8: PPID Pembantu memutus lagi",
        10: "Langkah 10: periksa data pribadi lagi",
    }
)
OUTCOMES: Mapping[str, str] = MappingProxyType(
    {
        "dikabulkan": "Permohonan sengketa dikabulkan seluruhnya",
        "dikabulkan_sebagian": "Permohonan sengketa dikabulkan sebagian",
        "mediasi": "Selesai dengan kesepakatan mediasi",
        "ditolak": "Permohonan sengketa ditolak",
        "gugur": "Permohonan sengketa gugur atau dicabut",
    }
)
"""How a dispute ended."""
_ASKS_FOR_MORE = frozenset({"dikabulkan", "dikabulkan_sebagian", "mediasi"})
REASON_WORDS = 4


@dataclass
class Redress:
    """What a request still owes after an objection or a dispute."""

    owed_by: frozenset[str] = frozenset()
    """Of BASES: what asks for reopening."""
    dispute: str | None = None
    """Number at the Komisi Informasi of the dispute that is open."""
    disputed_on: date | None = None
    """When that dispute was filed."""

    def remember(self, fact: Fact) -> None:
        match fact:
            case facts.ObjectionDecided() if _asks_for_another_answer(fact):
                self.owed_by |= {OBJECTION}
            case facts.DisputeFiled(number=number):
                self.dispute, self.disputed_on = number, fact.filed_on
            case facts.DisputeDecided(outcome=outcome):
                self.dispute = None
                if outcome in _ASKS_FOR_MORE:
                    self.owed_by |= {DISPUTE}
            case facts.DataDelivered(refused_part=None):
                self.owed_by = frozenset()
            case facts.RequestReopened() | facts.RequestWithdrawn():
                self.owed_by = frozenset()


def _asks_for_another_answer(decided: facts.ObjectionDecided) -> bool:
    """Whether the superior granted more than the answer that was still to come."""
    of_silence = decided.step is not None and choices.GROUNDS[decided.ground].while_open
    return decided.decision != "ditolak" and not of_silence


def waits_for_reopening(r: "DataRequest", *, granted: bool = False) -> str | None:
    """Whose move it is in a finished request: the PPID's while it owes what was `granted`."""
    return Role.PPID.value if granted or r.redress.owed_by else None


def reopen(
    r: "DataRequest",
    by: Actor,
    today: Today,
    *,
    to_step: int,
    basis: str,
    reason: str,
    seal: "Seal",
) -> None:
    """A finished request goes on at `to_step`, of TARGETS; both clocks start anew today."""
    r.guard(facts.RequestReopened, by, today)
    choices.must_be_one_of(BASES, basis, what="Dasar pembukaan kembali")
    if to_step not in TARGETS:
        raise errors.ChoiceUnknown("Pilih langkah tempat permohonan dilanjutkan.")
    if basis != PPID and basis not in r.redress.owed_by:
        raise errors.NothingToReopenFor(
            "Tidak ada keberatan yang dikabulkan dan belum ditindaklanjuti."
            if basis == OBJECTION
            else "Tidak ada putusan Komisi Informasi yang belum ditindaklanjuti."
        )
    if to_step == 8 and r.agency is None:
        raise errors.ChoiceUnknown("Belum ada perangkat daerah yang memutus: pilih langkah 6.")
    if to_step == 10 and r.file is None and not r.found_in_dip:
        raise errors.ChoiceUnknown("Belum ada data yang dapat diperiksa: pilih langkah 6 atau 8.")
    if not texts.is_meaningful(reason, words=REASON_WORDS):
        raise errors.ReasonMissing("Pembukaan kembali harus disertai alasan tertulis.")
    step = sop.STEPS[to_step]
    r.record(
        facts.RequestReopened,
        by,
        today,
        basis=basis,
        reason_sealed=seal("reason", reason),
        next_step=to_step,
        next_due=today.plus(step.working_days),
        statutory_due=today.plus(sop.STATUTORY_DAYS),
        waiting_for=step.owners[0].value,
    )


def begin_again(r: "DataRequest", to_step: int | None) -> None:
    """Forget what was answered after `to_step`; what happened stays in the log."""
    r.ended_on = r.ended_as = r.notice_issued_on = r.delivery_letter_on = r.access_until = None
    forget_the_refusal(r)
    r.cleared = None
    r.extended = r.drafted = False
    if to_step != 10:
        r.granted = r.found_in_dip = False
        r.refused_part = r.file = None


def record_dispute(
    r: "DataRequest", by: Actor, today: Today, *, number: str, filed_on: date
) -> None:
    """The Pemohon went to the Komisi Informasi. Late or not is the commission's to judge."""
    r.guard(facts.DisputeFiled, by, today)
    _must_have_a_number(number, "Nomor register sengketa")
    _must_not_be_ahead(filed_on, today)
    if filed_on < r.submitted_on:
        raise errors.DayAhead(f"Tanggal {tanggal(filed_on)} sebelum permohonan ini ada.")
    r.record(facts.DisputeFiled, by, today, number=number.strip(), filed_on=filed_on)


def record_dispute_decision(
    r: "DataRequest", by: Actor, today: Today, *, outcome: str, decision: str, decided_on: date
) -> None:
    """`outcome`: of OUTCOMES; `decision`: number of the commission's decision."""
    r.guard(facts.DisputeDecided, by, today)
    choices.must_be_one_of(OUTCOMES, outcome, what="Hasil sengketa")
    _must_have_a_number(decision, "Nomor putusan")
    _must_not_be_ahead(decided_on, today)
    if r.redress.disputed_on and decided_on < r.redress.disputed_on:
        filed_on = tanggal(r.redress.disputed_on)
        raise errors.DayAhead(f"Sengketa ini baru diajukan pada {filed_on}.")
    r.record(
        facts.DisputeDecided,
        by,
        today,
        number=r.redress.dispute,
        outcome=outcome,
        decision=decision.strip(),
        decided_on=decided_on,
        waiting_for=r.waiting_for
        if r.step
        else waits_for_reopening(r, granted=outcome in _ASKS_FOR_MORE),
    )


def _must_have_a_number(number: str, name: str) -> None:
    if not number.strip():
        raise errors.TextMissing(f"{name} wajib diisi.")
    texts.must_not_be_too_long(name, number)


def _must_not_be_ahead(day: date, today: Today) -> None:
    if day > today.day:
        raise errors.DayAhead(f"Tanggal {tanggal(day)} belum terjadi.")
