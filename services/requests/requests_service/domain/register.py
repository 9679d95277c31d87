"""What the registers say of one request, taken from its facts one by one.

A fact comes as it is stored: its type, and its state as JSON. Days stay texts such as 2026-11-20,
which sort as days do. Nothing is opened here: what is sealed stays sealed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from requests_service.domain.choices import NOTICES
from requests_service.domain.dates import tanggal

_HELD, _NOT_HELD, _NOT_DOCUMENTED = "ya", "tidak", "belum"
_UNPAID = "belum dibayar"
_GIVEN = ("DataFoundInDip", "RequestGranted", "RequestGrantedInPart")
_DECISIONS = {
    "DataFoundInDip": "granted",
    "RequestGranted": "granted",
    "RequestGrantedInPart": "granted_in_part",
    "RequestRefused": "refused",
}
_ENDS = {
    "RefusalNotified": "refused",
    "DataReceived": "received",
    "RequestWithdrawn": "withdrawn",
    "RequestClosed": "closed",
}


@dataclass
class Objection:
    """One keberatan of the register keberatan."""

    number: str
    """Of the request, and which one of its objections: 2026-0042/K1."""
    lodged_on: str
    ground: str
    """Of `choices.GROUNDS`."""
    answer_due: str
    case_sealed: str | None
    decision: str | None = None
    """Of `choices.DECISIONS`."""
    decided_on: str | None = None
    decided_by: str | None = None
    """Id of the officer."""
    reason_sealed: str | None = None
    reply: str | None = None
    """What the Pemohon did about the answer."""


@dataclass
class Entry:
    """One line of the register permohonan, and what the yearly report counts."""

    register_number: str
    person_id: str
    received_on: str
    kind: str
    channel: str
    way_to_obtain: str
    dataset: str | None
    data_wanted_sealed: str
    purpose_sealed: str
    part_of: str | None = None
    """Number of the request from which this part was split off."""
    agency: str | None = None
    title: str | None = None
    """Of the data, once it stands in the Daftar Data."""
    held: str | None = None
    """`ya`, `tidak` or `belum` (belum didokumentasikan), once known."""
    softcopy: bool = False
    """A file of it was handed over."""
    decision: str | None = None
    decided_on: str | None = None
    reason_code: str | None = None
    article: str | None = None
    reason_text: str | None = None
    held_by: str | None = None
    """The public body that holds what is not held here."""
    statutory_due: str | None = None
    """As it stood when the written notice went out, or as it stands."""
    extended: bool = False
    notice_on: str | None = None
    delivered_on: str | None = None
    refused_on: str | None = None
    """When the Surat Penolakan went to the Pemohon."""
    ended_on: str | None = None
    ended_as: str | None = None
    dispute: str | None = None
    """`diperiksa`, or how the Komisi Informasi ended it: of `redress.OUTCOMES`."""
    score: int | None = None
    """How the Pemohon were served, as they said: of `satisfaction.SCORES`."""
    fee: str | None = None
    payment: str | None = None
    reopened_on: str | None = None
    """The last time: days are counted from it, and no longer from received_on."""
    pauses: list[list[str | None]] = field(default_factory=list)
    """Day of the return, day of the completion or of the end; None while it is returned."""
    objections: list[Objection] = field(default_factory=list)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Entry":
        entry = cls(**stored)
        entry.objections = [Objection(**each) for each in stored["objections"]]
        return entry

    @property
    def year(self) -> int:
        return int(self.register_number.partition("-")[0])

    @property
    def number(self) -> int:
        return int(self.register_number.partition("-")[2])

    @property
    def objected_in(self) -> list[int]:
        return sorted({int(each.lodged_on[:4]) for each in self.objections})


def begin(fact: Mapping[str, Any]) -> Entry:
    """From RequestSubmitted."""
    return Entry(
        register_number=fact["register_number"],
        person_id=fact["pemohon_id"],
        received_on=fact.get("received_on") or fact["on"],
        kind=fact["kind"],
        channel=fact["channel"],
        way_to_obtain=fact.get("way_to_obtain", "salinan_elektronik"),
        dataset=fact["dataset"],
        data_wanted_sealed=fact["data_wanted_sealed"],
        purpose_sealed=fact["purpose_sealed"],
        statutory_due=fact["statutory_due"],
        part_of=fact.get("part_of"),
    )


def remember(entry: Entry, type_: str, fact: Mapping[str, Any]) -> None:
    """Take in one more fact of the request, whatever its type."""
    entry.agency = fact.get("agency") or entry.agency
    if type_ in ("OwnershipDeclined", "AvailabilityReconsidered", "RequestTakenBack"):
        entry.agency = None
    if entry.notice_on is None:
        entry.statutory_due = fact.get("statutory_due") or entry.statutory_due
    if type_ in _DECISIONS:
        _decide(entry, type_, fact)
    if type_ in _ENDS:
        entry.ended_on, entry.ended_as = fact["on"], _ENDS[type_]
        _settle(entry, "tidak jadi dibayar")
        _end_pause(entry, fact["on"])
    match type_:
        case "DataHandedOver" | "DataOnHandProvided" | "EarlierClearanceCited":
            entry.held, entry.softcopy = _HELD, True
        case "ListedInDaftarData":
            entry.title = fact["title"]
        case "DataDelivered":
            entry.delivered_on = fact["on"]
        case "GrantReconsidered" | "RequestTakenBack":
            _undo_the_decision(entry)
        case "ClearanceWithdrawn":
            entry.delivered_on = None
        case "RefusalNotified":
            entry.refused_on = fact["on"]
        case "RequestReturned":
            entry.pauses.append([fact["on"], None])
        case "RequestCompleted":
            _end_pause(entry, fact.get("arrived_on") or fact["on"])
            entry.data_wanted_sealed = fact["data_wanted_sealed"] or entry.data_wanted_sealed
            entry.purpose_sealed = fact["purpose_sealed"] or entry.purpose_sealed
        case "PartSplitOff":
            entry.data_wanted_sealed = fact["data_wanted_sealed"]
        case "DeadlinesMoved" if fact["objection_due"] and entry.objections:
            entry.objections[-1].answer_due = fact["objection_due"]
        case "DeadlineExtended":
            entry.extended = True
            if fact["reason_code"] == "belum_dikuasai" and entry.held is None:
                entry.held = _NOT_DOCUMENTED
        case "LetterIssued" if fact["letter"] in NOTICES:
            entry.notice_on = entry.notice_on or fact["issued_on"]
        case "ObjectionLodged":
            _object(entry, fact)
        case "ObjectionDecided":
            _answer(entry.objections[-1], fact)
        case "DisputeFiled" | "DisputeDecided":
            _dispute(entry, fact)
        case "FeeStated":
            amount = f"Rp{fact['amount']:,}".replace(",", ".")
            entry.fee = f"{entry.fee}; {amount}" if entry.fee else amount
            entry.payment = f"{entry.payment}; {_UNPAID}" if entry.payment else _UNPAID
        case "FeePaid":
            paid_on = tanggal(date.fromisoformat(fact["paid_on"]))
            _settle(entry, f"dibayar {paid_on}, bukti {fact['receipt']}")
        case "FeeWaived":
            _settle(entry, "dibebaskan")
        case "ServiceRated":
            entry.score = fact["score"]
        case "RequestWithdrawn":
            if entry.objections and not entry.objections[-1].decision:
                entry.objections[-1].reply = "Gugur: permohonan dicabut"
        case "RequestReopened":
            entry.ended_on = entry.ended_as = entry.notice_on = None
            entry.delivered_on = entry.refused_on = None
            entry.reopened_on = fact["on"]
            entry.statutory_due = fact["statutory_due"]
            if fact["next_step"] != 10:
                _undo_the_decision(entry)


def _settle(entry: Entry, how: str) -> None:
    """What became of the cost that was stated last."""
    if entry.payment and entry.payment.endswith(_UNPAID):
        entry.payment = entry.payment.removesuffix(_UNPAID) + how


def _undo_the_decision(entry: Entry) -> None:
    entry.decision = entry.decided_on = None
    entry.reason_code = entry.article = entry.reason_text = entry.held_by = None


def _decide(entry: Entry, type_: str, fact: Mapping[str, Any]) -> None:
    entry.decision, entry.decided_on = _DECISIONS[type_], fact["on"]
    entry.reason_code, entry.article = fact.get("reason_code"), fact.get("article")
    entry.reason_text = fact.get("reason_text")
    entry.held_by = fact.get("held_by")
    if type_ in _GIVEN:
        entry.held = _HELD
    elif entry.reason_code == "tidak_dikuasai":
        entry.held = _NOT_HELD
    elif entry.reason_code != "bukan_informasi_publik":
        # What is excepted is held: of nothing else can be said what it would reveal.
        entry.held = _HELD


def _end_pause(entry: Entry, on: str) -> None:
    if entry.pauses and entry.pauses[-1][1] is None:
        entry.pauses[-1][1] = on


def _object(entry: Entry, fact: Mapping[str, Any]) -> None:
    entry.objections.append(
        Objection(
            number=f"{entry.register_number}/K{len(entry.objections) + 1}",
            lodged_on=fact.get("arrived_on") or fact["on"],
            ground=fact["ground"],
            answer_due=fact["answer_due"],
            case_sealed=fact["case_sealed"],
        )
    )


def _answer(objection: Objection, fact: Mapping[str, Any]) -> None:
    objection.decision, objection.decided_on = fact["decision"], fact["on"]
    objection.decided_by, objection.reason_sealed = fact["by"], fact["reason_sealed"]


def _dispute(entry: Entry, fact: Mapping[str, Any]) -> None:
    entry.dispute = fact.get("outcome", "diperiksa")
    told = f"Sengketa {fact['number']} diajukan kepada Komisi Informasi"
    if "decision" in fact:
        told = f"Sengketa {fact['number']} diputus Komisi Informasi ({fact['decision']})"
    if entry.objections:
        entry.objections[-1].reply = told
