"""A request without personal data, as JSON."""

from typing import Any

from requests_service.domain.data_request import DataRequest
from requests_service.domain.fees import Fee
from requests_service.domain.working_days import Calendar


def summary(data_request: DataRequest, calendar: Calendar | None = None) -> dict[str, Any]:
    """The request without personal data, as JSON."""
    cleared = data_request.cleared
    whole = {
        "id": str(data_request.id),
        "register_number": data_request.register_number,
        "version": data_request.decided_version,
        "state": data_request.state,
        "step": data_request.step,
        "waiting_for": data_request.waiting_for,
        "agency": data_request.agency,
        "due": _iso(data_request.due),
        "statutory_due": _iso(data_request.statutory_due),
        "submitted_on": _iso(data_request.submitted_on),
        "kind": data_request.kind,
        "dataset": data_request.dataset,
        "decision": data_request.decision,
        "reason_code": data_request.reason_code,
        "reason_text": data_request.reason_text,
        "article": data_request.article,
        "consequence_test": data_request.consequence_test,
        "held_by": data_request.held_by,
        "refused_part": data_request.refused_part,
        "found_in_dip": data_request.found_in_dip,
        "part_of": data_request.parts.of,
        "parts": list(data_request.parts.numbers),
        "file_digest": data_request.file,
        "cleared_digest": cleared.digest if cleared else None,
        "drafted": data_request.drafted,
        "extended": data_request.extended,
        "returned_on": _iso(data_request.returned_on),
        "notice_issued_on": _iso(data_request.notice_issued_on),
        "delivery_letter_on": _iso(data_request.delivery_letter_on),
        "access_until": _iso(data_request.access_until),
        "objection_ground": data_request.objection.ground,
        "objection_due": _iso(data_request.objection.due),
        "dispute": data_request.redress.dispute,
        "reopening_owed_by": sorted(data_request.redress.owed_by),
        "fee": _fee(data_request.fee),
        "erasure_asked_on": _iso(data_request.erasure.asked_on),
        "ended_on": _iso(data_request.ended_on),
        "letters": [
            {
                "letter": each.letter,
                "letter_id": each.letter_id,
                "number": each.number,
                "issued_on": _iso(each.issued_on),
                "addressed_to": each.addressed_to,
            }
            for each in data_request.letters
        ],
    }
    if calendar and data_request.due:
        whole["due_is_estimate"] = calendar.is_estimate(data_request.due)
    if calendar and data_request.statutory_due:
        whole["statutory_due_is_estimate"] = calendar.is_estimate(data_request.statutory_due)
    return whole


def _fee(fee: Fee) -> dict[str, Any] | None:
    """Of copies on paper; amounts in rupiah."""
    if fee.stated is None:
        return None
    told = {
        name: getattr(fee.stated, name)
        for name in ("amount", "sheets", "per_sheet", "sending", "decree", "how_to_pay")
    }
    return told | {"open": fee.open, "paid_on": _iso(fee.paid_on), "waived": fee.waived}


def _iso(day: Any) -> str | None:
    return day.isoformat() if day else None
