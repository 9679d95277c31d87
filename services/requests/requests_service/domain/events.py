"""The facts of a data request, in the order of the SOP; stored for ever, never edited.

A new field has a default; a new meaning is a new class. A fact names no person: it holds ids, and
free text only sealed under the Pemohon's key (base64, in fields that end in `_sealed`). Rules
decide, facts remember: what comes next and by when is stored here and never asked again.
"""

from dataclasses import field
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from eventsourcing.domain import Aggregate
from eventsourcing.utils import register_topic


class Fact(Aggregate.Event):
    """What every fact remembers."""

    TOPIC: ClassVar[str]

    by: str
    """Id of the actor."""
    role: str
    """The role the actor acted in."""
    on: date
    """The day in Asia/Jakarta; `timestamp` is the instant in UTC."""
    register_number: str
    agency: str | None
    """Code of the agency that holds the data, once known."""
    step: int | None
    """The step that was open when this happened (None: before the first, or after the last)."""
    was_due: date | None
    """The deadline of that step, as it stood."""
    late: bool
    """An act of the step that came after `was_due`. Recorded, not blocked."""
    next_step: int | None
    next_due: date | None
    """None also while the clocks stand still."""
    statutory_due: date | None
    """The law's own deadline for the written notice, from now on."""
    waiting_for: str | None
    """The role whose move it is."""
    calendar: str | None = field(default=None, kw_only=True)
    """The version of the calendar by which its dates were counted; old facts say none."""

    capacity: str | None = field(default=None, kw_only=True)
    """Of `roles.CAPACITIES`, when an acting officer did it."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.TOPIC = cls.__name__
        register_topic(cls.TOPIC, cls)

    def apply(self, aggregate: Any) -> None:
        aggregate.when(self)


# Steps


class RequestSubmitted(Fact, Aggregate.Created):
    """Step 5. The Pemohon sent the form; the request has its register number."""

    pemohon_id: UUID
    sop_edition: str
    channel: str
    kind: str
    format: str
    dataset: str | None
    data_wanted_sealed: str
    purpose_sealed: str
    tracking_code_sealed: str
    way_to_obtain: str = "salinan_elektronik"
    way_to_send: str = "laman"
    by_proxy: bool = False
    """The Pemohon acts for another, by a surat kuasa khusus."""
    received_on: date | None = None
    """Day zero of both clocks where it is not `on`: what came after the office's hours."""
    part_of: str | None = None
    """Register number of the first request, for a part that the PPID split off. Then `received_on`
    is the first one's day zero, for the law's clock alone."""
    clock_of_first: dict[str, Any] | None = None
    """Of a part: what moved the law's deadline before; `domain/parting.py` says its form."""
    entered: bool = False
    """By the PPID, of what came another way than the form (UU 14/2008 Pasal 22 ayat (1))."""
    why_later_sealed: str | None = None
    """Why it was entered after the day on which it came."""


class PartSplitOff(Fact):
    """Steps 6 and 7. Another agency's part of the data became a request of its own."""

    part_id: UUID
    part_number: str
    data_wanted_sealed: str
    """What this request goes on asking for."""


class DataFoundInDip(Fact):
    """Step 6 (a). Listed in the Daftar Informasi Publik and held by the PPID."""

    dip_entry: str


class OwnerFound(Fact):
    """Step 6 (b). An agency holds the data; `agency` says which."""


class ForwardedToPembantu(Fact):
    """Step 7. The PPID passed the request to the agency that holds the data."""

    message_sealed: str | None


class OwnershipDeclined(Fact):
    """Step 8. The data is not this agency's; the PPID forwards again, and `agency` is open."""

    declined_by: str
    """Code of the agency that was asked."""
    suggested: str | None
    """Code of the agency that it thinks owns the data."""
    declining_sealed: str


class AvailabilityReconsidered(Fact):
    """Step 7. No agency holds it after all, or the PPID does; back to step 6, `agency` is open."""

    why_back_sealed: str


class RequestTakenBack(Fact):
    """Steps 8, 9 and 14. The agency does not act, or is no more; back to step 7, without one."""

    taken_from: str
    """Code of the agency that had it."""
    why_back_sealed: str


class GrantReconsidered(Fact):
    """Step 9. What was granted cannot be given; back to step 8, where the agency decides again."""

    why_back_sealed: str


class AnotherFileAsked(Fact):
    """Step 10. The PPID cannot use the agency's file; back to step 9, where it gives another."""

    why_back_sealed: str


class ClearanceWithdrawn(Fact):
    """Steps 11 to 13, and 16. The file that was cleared is looked at again, at step 10."""

    was_delivered: bool
    """Whether the Pemohon could download it."""
    why_back_sealed: str


class RequestGranted(Fact):
    """Step 8. The PPID Pembantu gives all that was asked for."""


class RequestGrantedInPart(Fact):
    """Step 8. The PPID Pembantu gives a part; the rest is refused, with its reasons."""

    reason_code: str
    article: str
    refused_parts_sealed: str
    narrative_sealed: str
    consequence_test: dict[str, str] | None = None
    """For Pasal 17: number, decree and its date of the test, and what disclosure would do."""
    held_by: str | None = None
    """For what is not held: the public body that holds it (UU 14/2008 Pasal 22 ayat (7) b)."""
    reason_text: str | None = None
    """In the words of the table; None in facts from before there were versions of it."""
    reasons_version: int = 1


class RequestRefused(Fact):
    """Steps 6 (c), 8 and 10. Refused, with the reason the law knows and a narrative."""

    at_step: int
    reason_code: str
    article: str
    narrative_sealed: str
    consequence_test: dict[str, str] | None = None
    held_by: str | None = None
    reason_text: str | None = None
    """In the words of the table; None in facts from before there were versions of it."""
    reasons_version: int = 1


class DecisionProposed(Fact):
    """Steps 6, 8 and 10, where the city asks for two officers. The first one would refuse."""

    reason_code: str
    article: str
    other_law: str | None
    consequence_test: dict[str, str] | None
    held_by: str | None
    proposed_narrative_sealed: str
    proposed_parts_sealed: str | None
    """None: all of it."""
    reason_text: str | None = None
    """In the words of the table; None in facts from before there were versions of it."""
    reasons_version: int = 1


class RefusalConfirmed(Fact):
    """A second officer agreed: the refusal itself is the next fact, by this officer."""

    proposed_by: str


class ProposalSentBack(Fact):
    """A second officer disagreed, or the first one thought better of it."""

    proposed_by: str
    sent_back_sealed: str


class DataHandedOver(Fact):
    """Step 9. The PPID Pembantu gave the file, which `privacy` keeps, to the PPID."""

    digest: str
    size: int
    filename_sealed: str


class DataOnHandProvided(Fact):
    """Step 10 on the DIP path. The PPID gave the file on hand to be checked."""

    digest: str
    size: int
    filename_sealed: str


class DataMasked(Fact):
    """Step 10. Reported by `privacy`: personal data was masked and the PPID approved the result."""

    original_digest: str
    digest: str
    filename: str
    media_type: str
    size: int
    rows: int | None
    masked_columns: list[dict[str, Any]]


class DataFoundClean(Fact):
    """Step 10. Reported by `privacy`: the PPID found no personal data in the file."""

    digest: str
    filename: str
    media_type: str
    size: int
    rows: int | None


class EarlierClearanceCited(Fact):
    """Step 10 on the DIP path. The file cleared for an earlier request is given again."""

    cites: str
    """Register number of the earlier request."""
    digest: str
    filename: str
    media_type: str
    size: int
    rows: int | None
    masked_columns: list[dict[str, Any]]


class HandedToWalidata(Fact):
    """Step 11. The PPID gave the checked data to the Walidata."""


class FeeStated(Fact):
    """Steps 11 to 13. What the copies on paper cost, in rupiah; delivery waits for it."""

    sheets: int
    per_sheet: int
    sending: int
    amount: int
    decree: str
    how_to_pay: str


class FeePaid(Fact):
    """The Pemohon paid; `receipt` is the number of the proof."""

    paid_on: date
    receipt: str


class FeeWaived(Fact):
    """Nothing is to be paid after all."""

    waiving_sealed: str


class ListedInDaftarData(Fact):
    """Step 12. The Walidata put the data on the Daftar Data of the following year."""

    year: int
    title: str
    concept: str
    definition: str
    classification: str
    measure: str
    unit: str
    produsen_data: str


class DeliveryDrafted(Fact):
    """Step 13, first hand. The Walidata drafted the Surat Penyampaian Data."""

    cover_note_sealed: str | None


class DataDelivered(Fact):
    """Step 13, second hand. The PPID issued it; to be downloaded until `access_until`."""

    digest: str
    filename: str
    media_type: str
    size: int
    rows: int | None
    masked: bool
    masked_columns: list[dict[str, Any]]
    refused_part: dict[str, Any] | None
    access_until: date
    fee: int | None = None
    """Rupiah that were paid for copies on paper."""


class RefusalSent(Fact):
    """Step 14. The PPID Pembantu sent its Surat Penolakan to the PPID."""

    reason_code: str
    article: str
    consequence_test: dict[str, str] | None = None
    held_by: str | None = None
    reason_text: str | None = None
    """In the words of the table; None in facts from before there were versions of it."""
    reasons_version: int = 1


class RefusalNotified(Fact):
    """Step 15. The PPID sent the Surat Penolakan, with the notice of how to object."""

    reason_code: str
    article: str
    at_step: int
    cites_pembantu: bool
    consequence_test: dict[str, str] | None = None
    held_by: str | None = None
    reason_text: str | None = None
    """In the words of the table; None in facts from before there were versions of it."""
    reasons_version: int = 1


class DataReceived(Fact):
    """Step 16. The Pemohon has the data. Selesai."""


# Legal acts


class RequestReturned(Fact):
    """The PPID asked the Pemohon to complete the request; both clocks stand still."""

    missing: list[str]
    complete_by: date
    missing_sealed: str
    stopped_due: date | None
    stopped_statutory_due: date | None


class RequestCompleted(Fact):
    """The Pemohon completed the request; both clocks go on with the days they had left."""

    answer_sealed: str
    data_wanted_sealed: str | None
    purpose_sealed: str | None
    came_by: str | None = None
    """Of `intake.WAYS`, where the PPID entered what the Pemohon sent or said."""
    arrived_on: date | None = None
    """When it came, where that is not `on`: the clocks go on from that day."""
    why_later_sealed: str | None = None


class RequestWithdrawn(Fact):
    """The Pemohon no longer wants the data."""

    reason_sealed: str | None


class RequestClosed(Fact):
    """Steps 6 and 7 while returned, and 16. The Pemohon did not do what only they can do."""

    why: str
    """Of `closing`: `tidak_dilengkapi` or `tidak_dinyatakan_diterima`."""


class DeadlineExtended(Fact):
    """The PPID extended the law's deadline, once, with written reasons."""

    reason_code: str
    days: int
    new_statutory_due: date
    reason_sealed: str


class ObjectionLodged(Fact):
    """The Pemohon objected to the Atasan PPID."""

    ground: str
    answer_due: date
    case_sealed: str
    came_by: str | None = None
    """Of `intake.WAYS`, where the PPID entered what the Pemohon sent or said."""
    arrived_on: date | None = None
    """When it came, where that is not `on`: the answer's days are counted from it."""
    why_later_sealed: str | None = None


class ObjectionDecided(Fact):
    """The Atasan PPID decided the objection."""

    ground: str
    decision: str
    reason_sealed: str


class RequestReopened(Fact):
    """The PPID took a finished request up again; `next_step` says where, both clocks start anew."""

    basis: str
    """Of `redress.BASES`."""
    reason_sealed: str


class DisputeFiled(Fact):
    """The Pemohon went to the Komisi Informasi; recorded by the PPID."""

    number: str
    """At the Komisi Informasi."""
    filed_on: date


class DisputeDecided(Fact):
    """The Komisi Informasi ended the dispute; recorded by the PPID."""

    number: str
    outcome: str
    """Of `redress.OUTCOMES`."""
    decision: str
    """Number of the commission's decision."""
    decided_on: date


class OfficerWrote(Fact):
    """The PPID wrote to the Pemohon; no step and no clock moves."""

    to_pemohon_sealed: str


class PemohonWrote(Fact):
    """The Pemohon wrote to the PPID; no step and no clock moves."""

    to_ppid_sealed: str


class ServiceRated(Fact):
    """The Pemohon said how they were served, once, when the request was finished."""

    score: int
    """Of `satisfaction.SCORES`."""
    remark_sealed: str | None


class ErasureRequested(Fact):
    """The Pemohon asked that their personal data be erased."""

    reason_sealed: str | None


class ErasureDecided(Fact):
    """The PPID decided on it. Granted, `PersonErased` was recorded with it."""

    decision: str
    reason_code: str
    article: str
    reason_sealed: str | None


# Reports of the specialists that move nothing


class LetterIssued(Fact):
    """Reported by `letters`."""

    letter: str
    letter_id: str
    number: str
    issued_on: date
    digest: str
    addressed_to: str


class DaftarDataUpdated(Fact):
    """Reported by `catalog`."""

    year: int
    title: str


class MailSent(Fact):
    """Reported by `notify`; no address."""

    mail: str
    audience: str


class OriginalRead(Fact):
    """Reported by `privacy`: `by` looked at the rows of an original, before they were masked."""

    digest: str


class PaperReceived(Fact):
    """Reported by `privacy`: one of the Pemohon's own papers came, also through the PPID."""

    paper_id: str
    kind: str
    """Of `choices.PAPERS`."""
    digest: str
    size: int
    format: str


class PaperRead(Fact):
    """Reported by `privacy`: `by` opened one of the Pemohon's own papers."""

    paper_id: str
    kind: str
    digest: str


class LetterRead(Fact):
    """Reported by `letters`: `by` opened a letter."""

    letter: str
    letter_id: str


class DeadlinesMoved(Fact):
    """By this service: the calendar changed, and open deadlines were counted again by it."""

    moved: dict[str, dict[str, str]]
    """By the clock's name: the dates `from` and `to`."""
    stopped_due: date | None
    stopped_statutory_due: date | None
    objection_due: date | None
    complete_by: date | None


class DueSoon(Fact):
    """By this service: a deadline is near, and nobody has kept it yet."""

    clock: str
    """Of `clocks.Name`."""
    due: date


class BecameOverdue(Fact):
    """By this service: a deadline has passed."""

    clock: str
    due: date


class Escalated(Fact):
    """By this service: a deadline has passed for long, and the Atasan PPID is told."""

    clock: str
    due: date
    days_late: int
    """Working days."""


class ExtensionProposed(Fact):
    """By this service: the written notice is due soon; the PPID may extend with one press."""

    due: date
    days: int
    reason_code: str
    """Of `choices.EXTENSION_REASONS`."""
    new_statutory_due: date
    """If it is taken over as it is."""


class NoteTaken(Fact):
    """An officer's note for officers; no Pemohon reads it here."""

    note_sealed: str


class TrackingCodeRenewed(Fact):
    """The PPID gave the Pemohon, who had lost it, another code; the old one opens nothing now."""

    tracking_code_sealed: str
    identified_sealed: str
    """How the PPID made sure who asked."""


class ReportCameLate(Fact):
    """Reported by `privacy` when its file was no longer the one to check; moved nothing."""

    report: str
    digest: str
    original_digest: str | None


def all_facts() -> tuple[type[Fact], ...]:
    return tuple(Fact.__subclasses__())


def sealed_texts(fact: Fact) -> dict[str, str]:
    """The sealed fields that are filled in, by the name of the text they hold."""
    return {
        name.removesuffix("_sealed"): value
        for name, value in vars(fact).items()
        if name.endswith("_sealed") and value is not None
    }
