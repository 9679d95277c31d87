"""What others may hear of each fact: a fact without a line here stays inside."""

from collections.abc import Callable, Mapping
from typing import Any

Data = dict[str, Any]

_OF_EVERY_FACT = {
    "register_number": "register_number",
    "step": "next_step",
    "due": "next_due",
    "statutory_due": "statutory_due",
    "waiting_for": "waiting_for",
    "agency": "agency",
}


def _with(*names: str, **renamed: str) -> Callable[[Data], Data]:
    """The common part and these fields of the stored fact; nothing else leaves."""
    fields = _OF_EVERY_FACT | {name: name for name in names} | renamed

    def public(fact: Data) -> Data:
        return {told: fact.get(stored) for told, stored in fields.items()}

    return public


def _submitted(fact: Data) -> Data:
    """`channel` as v1 lists them; of what an officer entered `came_by` says how it came."""
    channel = fact["channel"]
    return _with("dataset", "part_of", "received_on", submitted_on="on")(fact) | {
        "channel": channel if channel in ("laman", "api") else "loket",
        "came_by": channel if fact.get("entered") else None,
    }


_REFUSAL = (
    "reason_code",
    "reason_text",
    "reasons_version",
    "article",
    "consequence_test",
    "held_by",
)

PUBLISHED: Mapping[str, Callable[[Data], Data]] = {
    "RequestSubmitted": _submitted,
    "DataFoundInDip": _with("dip_entry"),
    "OwnerFound": _with(),
    "ForwardedToPembantu": _with(),
    "PartSplitOff": _with("part_id", "part_number"),
    "OwnershipDeclined": _with("declined_by", "suggested"),
    "RequestGranted": _with(),
    "RequestGrantedInPart": _with(*_REFUSAL),
    "RequestRefused": _with("at_step", *_REFUSAL),
    "DataHandedOver": _with("digest", "size"),
    "DataOnHandProvided": _with("digest", "size"),
    "AvailabilityReconsidered": _with(),
    "RequestTakenBack": _with("taken_from"),
    "GrantReconsidered": _with(),
    "AnotherFileAsked": _with(),
    "ClearanceWithdrawn": _with("was_delivered"),
    "EarlierClearanceCited": _with("cites", "digest"),
    "HandedToWalidata": _with(),
    "ListedInDaftarData": _with(
        "year",
        "title",
        "concept",
        "definition",
        "classification",
        "measure",
        "unit",
        "produsen_data",
    ),
    "FeeStated": _with("sheets", "per_sheet", "sending", "amount", "decree", "how_to_pay"),
    "FeePaid": _with("paid_on"),
    "FeeWaived": _with(),
    "DeliveryDrafted": _with(),
    "DataDelivered": _with(
        "digest",
        "filename",
        "media_type",
        "size",
        "rows",
        "masked",
        "masked_columns",
        "refused_part",
        "access_until",
        "fee",
    ),
    "RefusalSent": _with(*_REFUSAL),
    "RefusalNotified": _with("at_step", "cites_pembantu", *_REFUSAL),
    "DataReceived": _with(),
    "RequestReturned": _with("missing", "complete_by"),
    "RequestCompleted": _with("came_by"),
    "RequestWithdrawn": _with(),
    "RequestClosed": _with("why"),
    "DeadlineExtended": _with("reason_code", "new_statutory_due"),
    "ObjectionLodged": _with("ground", "answer_due", "came_by"),
    "ObjectionDecided": _with("decision"),
    "RequestReopened": _with("basis"),
    "ServiceRated": _with("score"),
    "DisputeFiled": _with("number", "filed_on"),
    "DisputeDecided": _with("number", "outcome", "decision", "decided_on"),
    "DeadlinesMoved": _with("moved", "objection_due", "complete_by"),
    "DueSoon": _with("clock", deadline="due"),
    "BecameOverdue": _with("clock", deadline="due"),
    "Escalated": _with("clock", "days_late", deadline="due"),
    "ExtensionProposed": _with("days", "reason_code", "new_statutory_due", deadline="due"),
    "DecisionProposed": _with(),
    "ProposalSentBack": _with(),
    "TrackingCodeRenewed": _with(),
    "OfficerWrote": _with(),
    "PemohonWrote": _with(),
    "StaffDisabled": lambda fact: {"staff_id": fact["staff_id"]},
    "ActingEnded": lambda fact: {"staff_id": fact["staff_id"]},
    "PersonErased": lambda fact: {
        "person_id": fact["person_id"],
        "request_id": fact["request_id"],
    },
}
