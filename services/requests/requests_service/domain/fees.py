"""What copies on paper cost the Pemohon; electronic data costs nothing.

UU 14/2008 Pasal 22 ayat (7) huruf g: the written notice tells the cost and how it is paid. What a
city may charge is set by a decree of its own ([fees] of CITY_FILE); that it covers copying and
sending alone is to be confirmed by the text of Perki 1/2021.
"""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from requests_service.domain import errors, texts
from requests_service.domain import events as facts
from requests_service.domain.dates import tanggal
from requests_service.domain.events import Fact
from requests_service.domain.roles import Actor
from requests_service.domain.working_days import Today

if TYPE_CHECKING:
    from requests_service.domain.data_request import DataRequest, Seal

ON_PAPER = "salinan_cetak"
"""Of `choices.WAYS_TO_OBTAIN`: the only way that may cost something."""
SHEETS_MAX = 10_000
SENDING_MAX = 10_000_000
"""Rupiah; more is a slip of the pen."""
RECEIPT_CHARS_MAX = 100
WAIVING_WORDS = 3


@dataclass(frozen=True)
class Tariff:
    """What the city charges for copies on paper."""

    decree: str
    per_sheet: int
    """Rupiah."""
    how_to_pay: str


@dataclass
class Fee:
    """The cost that was stated last, and what became of it."""

    stated: facts.FeeStated | None = None
    paid_on: date | None = None
    receipt: str | None = None
    paid_before: int = 0
    """Rupiah, of costs that were stated and paid before this one."""
    waived: bool = False
    lapsed: bool = False
    """The request ended before it was paid."""

    @property
    def open(self) -> bool:
        """It waits to be paid."""
        ended = self.waived or self.lapsed
        return self.stated is not None and self.paid_on is None and not ended

    @property
    def paid(self) -> int | None:
        """Rupiah, all costs together; None where nothing was paid."""
        now = self.stated.amount if self.stated and self.paid_on else 0
        return self.paid_before + now or None

    def remember(self, fact: Fact) -> None:
        match fact:
            case facts.FeeStated():
                self.paid_before = self.paid or 0
                self.stated, self.paid_on, self.receipt = fact, None, None
                self.waived = self.lapsed = False
            case facts.FeePaid(paid_on=paid_on, receipt=receipt):
                self.paid_on, self.receipt = paid_on, receipt
            case facts.FeeWaived():
                self.waived = True
            case facts.RequestReopened():
                self.stated = self.paid_on = self.receipt = None
                self.paid_before = 0
            case _ if fact.next_step is None and self.open:
                self.lapsed = True


def state(
    r: "DataRequest", by: Actor, today: Today, *, sheets: int, sending: int, tariff: Tariff | None
) -> None:
    """`sending`: rupiah, as the post or carrier asks. `tariff`: None where nothing is charged."""
    r.guard(facts.FeeStated, by, today)
    if tariff is None:
        raise errors.FeeUnfit("Kota ini tidak memungut biaya salinan.")
    if not 1 <= sheets <= SHEETS_MAX:
        raise errors.FeeUnfit(f"Jumlah lembar: 1 sampai {SHEETS_MAX}.")
    if not 0 <= sending <= SENDING_MAX:
        raise errors.FeeUnfit("Biaya kirim ditulis dalam rupiah, nol bila diambil langsung.")
    r.record(
        facts.FeeStated,
        by,
        today,
        sheets=sheets,
        per_sheet=tariff.per_sheet,
        sending=sending,
        amount=sheets * tariff.per_sheet + sending,
        decree=tariff.decree,
        how_to_pay=tariff.how_to_pay,
    )


def pay(r: "DataRequest", by: Actor, today: Today, *, paid_on: date, receipt: str) -> None:
    """`receipt`: number of the proof of payment."""
    r.guard(facts.FeePaid, by, today)
    if paid_on > today.day:
        raise errors.FeeUnfit(f"Tanggal bayar paling akhir hari ini, {tanggal(today.day)}.")
    if r.fee.stated and paid_on < r.fee.stated.on:
        raise errors.FeeUnfit(f"Biaya ini baru diberitahukan pada {tanggal(r.fee.stated.on)}.")
    if not 1 <= len(receipt.strip()) <= RECEIPT_CHARS_MAX:
        raise errors.FeeUnfit(f"Tulis nomor bukti bayar, paling panjang {RECEIPT_CHARS_MAX} huruf.")
    r.record(facts.FeePaid, by, today, paid_on=paid_on, receipt=receipt.strip())


def waive(r: "DataRequest", by: Actor, today: Today, *, reason: str, seal: "Seal") -> None:
    """The Pemohon need not pay; also when the cost was stated wrongly, to state it again."""
    r.guard(facts.FeeWaived, by, today)
    texts.must_be_filled_in("Alasan pembebasan biaya", reason, words=WAIVING_WORDS)
    r.record(facts.FeeWaived, by, today, waiving_sealed=seal("waiving", reason))
