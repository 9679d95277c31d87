"""Facts as they come over the wire, for all of this service's tests."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from chassis.actor import Actor
from chassis.message import Message

CITY: dict[str, Any] = {
    "name": "Kota Malang",
    "government": "Pemerintah Kota Malang",
    "site_name": "Malang Satu Data",
    "contact": {"phone": "(0341) 555-0100"},
    "offices": {
        office: {
            "name": f"Kantor {office} Kota Malang",
            "short_name": f"{office.upper()} Kota Malang",
            "email": f"{office}@malangkota.example",
            "address": "Jalan Mayjen Sungkono, Malang 65132",
        }
        for office in ("ppid", "walidata", "atasan_ppid")
    },
    "agencies": [
        {"code": "dinkop", "name": "Dinas Koperasi", "email": "dinkop@malangkota.example"},
        {"code": "tanpa-surel", "name": "Dinas Tanpa Surel"},
    ],
}

REQUEST = "6f1c2b52-0f57-4c39-9a3e-0d8a6a2f9b11"
COMMON = {
    "register_number": "2026-0042",
    "step": 6,
    "due": "2026-11-24",
    "statutory_due": "2026-12-07",
    "waiting_for": "ppid",
    "agency": "dinkop",
}
OF_TYPE: dict[str, dict[str, Any]] = {
    "RequestSubmitted": {"submitted_on": "2026-11-22", "channel": "portal", "dataset": None},
    "RequestReturned": {"missing": ["purpose"], "complete_by": "2026-12-01"},
    "RequestRefused": {"at_step": 8, "reason_code": "h", "article": "17 huruf h"},
    "DataDelivered": {"access_until": "2026-12-31T16:59:59+00:00", "masked": True},
    "DeadlineExtended": {"reason_code": "belum", "new_statutory_due": "2026-12-16"},
    "ObjectionLodged": {"ground": "a", "answer_due": "2027-01-07"},
    "DisputeFiled": {"number": "012/XII/KI-Prov-PS/2026", "filed_on": "2026-12-10"},
    "DisputeDecided": {
        "number": "012/XII/KI-Prov-PS/2026",
        "outcome": "dikabulkan",
        "decision": "7/PTS-A/2027",
        "decided_on": "2027-03-01",
    },
    "DueSoon": {"clock": "step", "deadline": "2026-11-24"},
    "BecameOverdue": {"clock": "notice", "deadline": "2026-12-07"},
    "Escalated": {"clock": "step", "deadline": "2026-11-24", "days_late": 2},
    "ExtensionProposed": {"deadline": "2026-12-07"},
    "DeadlinesMoved": {"moved": {"notice": {"from": "2026-12-04", "to": "2026-12-07"}}},
}

_position = iter(range(1, 1_000_000))


def a_fact(type_: str, *, source: str = "requests", request: str = REQUEST, **data: Any) -> Message:
    common = COMMON if source == "requests" else {}
    position = next(_position)
    return Message(
        id=f"{source}-{uuid4().hex[:8]}-{position}",
        source=source,
        type=type_,
        subject=request,
        time=datetime(2026, 11, 22, 2, 0, tzinfo=UTC),
        sequence=position,
        position=position,
        actor=Actor("someone", "ppid"),
        data={**common, **OF_TYPE.get(type_, {}), **data},
        dataschema=f"{source}/{type_}.v1",
    )


def a_letter(letter: str, because: Message, *, addressed_to: str = "pemohon") -> Message:
    return Message(
        **{
            **a_fact("LetterIssued", source="letters", request=because.subject).__dict__,
            "causation": because.id,
            "data": {
                "letter": letter,
                "letter_id": str(uuid4()),
                "number": "500.12.5.1/17/35.73.411/2026",
                "issued_on": "2026-11-23",
                "digest": "0" * 64,
                "addressed_to": addressed_to,
            },
        }
    )
