"""The rows that must be true together with the facts, as SQL to ride along in their transaction."""

import json
from datetime import date, datetime
from uuid import UUID

from chassis.log import Statement

from requests_service.domain import closing, watching
from requests_service.domain.clocks import to_count_again
from requests_service.domain.data_request import DataRequest


def on_board(data_request: DataRequest, *, at: datetime) -> Statement:
    row = {
        "id": data_request.id,
        "register_number": data_request.register_number,
        "version": data_request.decided_version,
        "person_id": data_request.pemohon_id,
        "state": data_request.state,
        "step": data_request.step,
        "waiting_for": data_request.waiting_for,
        "agency": data_request.agency,
        "due": data_request.due,
        "statutory_due": data_request.statutory_due,
        "submitted_on": data_request.submitted_on,
        "kind": data_request.kind,
        "channel": data_request.channel,
        "dataset": data_request.dataset,
        "decision": data_request.decision,
        "reason_code": data_request.reason_code,
        "returned_on": data_request.returned_on,
        "notice_issued_on": data_request.notice_issued_on,
        "extended": data_request.extended,
        "objection_ground": data_request.objection.ground,
        "objection_due": data_request.objection.due,
        "access_until": data_request.access_until,
        "erasure_asked_on": data_request.erasure.asked_on,
        "proposed_by": data_request.proposal.made.by if data_request.proposal.made else None,
        "closable_after": closing.closable_after(data_request),
        "ended_on": data_request.ended_on,
        "late_steps": data_request.late_steps,
        "clocks": json.dumps(to_count_again(data_request)),
        "watched": json.dumps(watching.as_json(watching.watched(data_request))),
        "data_wanted_sealed": data_request.data_wanted_sealed,
        "changed_at": at,
    }
    columns = ", ".join(row)
    places = ", ".join(["%s"] * len(row))
    changes = ", ".join(f"{name} = EXCLUDED.{name}" for name in row if name != "id")
    return (
        f"INSERT INTO board ({columns}) VALUES ({places}) ON CONFLICT (id) DO UPDATE SET {changes}",
        tuple(row.values()),
    )


def registered(
    year: int, number: int, register_number: str, request_id: UUID, tracking_hmac: bytes
) -> Statement:
    return (
        "INSERT INTO registrations (year, number, register_number, request_id, tracking_hmac)"
        " VALUES (%s, %s, %s, %s, %s)",
        (year, number, register_number, request_id, tracking_hmac),
    )


def renewed(request_id: UUID, tracking_hmac: bytes) -> Statement:
    """Another tracking code opens the request from now on."""
    return (
        "UPDATE registrations SET tracking_hmac = %s WHERE request_id = %s",
        (tracking_hmac, request_id),
    )


def known_person(person_id: UUID, request_id: UUID, identity_sealed: bytes) -> Statement:
    return (
        "INSERT INTO people (person_id, request_id, identity_sealed) VALUES (%s, %s, %s)",
        (person_id, request_id, identity_sealed),
    )


def erased(request_id: UUID, person_id: UUID, *, reason: str, on: date) -> list[Statement]:
    """Everything that goes with the person's key; the first one fails when it was done before."""
    return [
        (
            "INSERT INTO erasures (request_id, person_id, reason, erased_on)"
            " VALUES (%s, %s, %s, %s)",
            (request_id, person_id, reason, on),
        ),
        ("DELETE FROM people WHERE person_id = %s", (person_id,)),
        ("DELETE FROM search_words WHERE request_id = %s", (request_id,)),
        # The digest of what was sent under a key was made of the person's data too.
        ("DELETE FROM idempotency WHERE answer ->> 'id' = %s", (str(request_id),)),
    ]


LAST_NUMBER = "SELECT coalesce(max(number), 0) FROM registrations WHERE year = %s"
REGISTRATION = "SELECT request_id, tracking_hmac FROM registrations WHERE register_number = %s"
REGISTRATION_OF = "SELECT register_number, tracking_hmac FROM registrations WHERE request_id = %s"
ANSWER = "SELECT request_digest, answer FROM idempotency WHERE key = %s"
HANDLED = "SELECT 1 FROM inbox WHERE message_id = %s"
IDENTITY = "SELECT person_id, identity_sealed FROM people WHERE request_id = %s"
STAFF = (
    "SELECT id, username, name, role, agency, password_hash, disabled_at IS NOT NULL AS disabled"
    " FROM staff"
)
ADD_STAFF = (
    "INSERT INTO staff (id, username, name, role, agency, password_hash)"
    " VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (username) DO NOTHING RETURNING 1"
)
DISABLE_STAFF = (
    "UPDATE staff SET disabled_at = now() WHERE id = %s AND disabled_at IS NULL RETURNING 1"
)
ERASURE = "SELECT reason, erased_on FROM erasures WHERE request_id = %s"
ERASURE_ANSWERS = (
    "SELECT holder, destroyed, kept, kept_because, answered_at FROM erasure_answers"
    " WHERE person_id = %s"
)
ANSWER_ERASURE = (
    "INSERT INTO erasure_answers (person_id, holder, destroyed, kept, kept_because, answered_at)"
    " VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING"
)
ENDED_UP_TO = (
    "SELECT id FROM board WHERE ended_on <= %s"
    " AND NOT EXISTS (SELECT 1 FROM erasures WHERE request_id = board.id) ORDER BY ended_on, id"
)
FORGET_OLD_ANSWERS = "DELETE FROM idempotency WHERE answered_at < now() - %s * interval '1 day'"
