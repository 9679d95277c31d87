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


PUBLISHED: Mapping[str, Callable[[Data], Data]] = {
    "RequestSubmitted": _with("channel", "dataset", submitted_on="on"),
    "DataFoundInDip": _with("dip_entry"),
    "OwnerFound": _with(),
    "ForwardedToPembantu": _with(),
    "RequestGranted": _with(),
    "RequestGrantedInPart": _with("reason_code", "article"),
    "RequestRefused": _with("at_step", "reason_code", "article"),
    "DataHandedOver": _with("digest", "size"),
    "DataOnHandProvided": _with("digest", "size"),
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
    ),
    "RefusalSent": _with("reason_code", "article"),
    "RefusalNotified": _with("reason_code", "article", "at_step", "cites_pembantu"),
    "DataReceived": _with(),
    "RequestReturned": _with("missing", "complete_by"),
    "RequestCompleted": _with(),
    "RequestWithdrawn": _with(),
    "DeadlineExtended": _with("reason_code", "new_statutory_due"),
    "ObjectionLodged": _with("ground", "answer_due"),
    "ObjectionDecided": _with("decision"),
    "StaffDisabled": lambda fact: {"staff_id": fact["staff_id"]},
    "PersonErased": lambda fact: {
        "person_id": fact["person_id"],
        "request_id": fact["request_id"],
    },
}
