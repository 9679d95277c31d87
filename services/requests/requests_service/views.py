"""Questions about many requests, answered by SQL from the board and the log."""

import base64
import binascii
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from chassis.postgres import Pool

from requests_service.domain.roles import Role

PAGE_ROWS_MAX = 100
_NO_DUE = date(9999, 12, 31)
_SCOPES = {
    # What waits beside the step of a request that may still go on: an objection, an erasure.
    "mine": """(waiting_for = %(role)s
                OR (objection_ground IS NOT NULL AND %(role)s = 'atasan_ppid')
                OR (erasure_asked_on IS NOT NULL AND %(role)s = 'ppid'))""",
    "open": "step IS NOT NULL",
    "late": "due < %(today)s",
    "returned": "state = 'returned'",
    "objections": "objection_ground IS NOT NULL",
    "erasures": "erasure_asked_on IS NOT NULL",
    "ended": "step IS NULL",
    "all": "TRUE",
}
SCOPES = tuple(_SCOPES)


class CursorUnknown(Exception):
    """A cursor that this service did not give out."""


@dataclass(frozen=True)
class DeskPage:
    rows: list[dict[str, Any]]
    """Columns of the table `board`; the text is still sealed."""
    next_cursor: str | None


def desk(
    pool: Pool,
    *,
    role: str,
    agency: str | None,
    today: date,
    scope: str = "mine",
    cursor: str | None = None,
    limit: int = 25,
) -> DeskPage:
    """The requests that an officer may see, most urgent first, page by page.

    `scope`: one of SCOPES. Raises CursorUnknown, KeyError for another scope.
    """
    after_due, after_number = _read_cursor(cursor)
    limit = max(1, min(limit, PAGE_ROWS_MAX))
    rows = pool.query(
        f"""
        SELECT *,
               coalesce(due < %(today)s, FALSE) AS is_late,
               coalesce(statutory_due < %(today)s, FALSE) AND notice_issued_on IS NULL
                 AS statute_is_late
        FROM board
        WHERE {_SCOPES[scope]}
          AND (%(role)s <> %(pembantu)s OR agency = %(agency)s)
          AND (coalesce(due, %(no_due)s), register_number) > (%(after_due)s, %(after_number)s)
        ORDER BY coalesce(due, %(no_due)s), register_number
        LIMIT %(limit)s
        """,
        {
            "role": role,
            "pembantu": Role.PPID_PEMBANTU.value,
            "agency": agency,
            "today": today,
            "no_due": _NO_DUE,
            "after_due": after_due,
            "after_number": after_number,
            "limit": limit + 1,
        },
    )
    more = len(rows) > limit
    rows = rows[:limit]
    last = rows[-1] if more else None
    return DeskPage(
        rows, _cursor(last["due"] or _NO_DUE, last["register_number"]) if last else None
    )


def desk_counts(pool: Pool, *, role: str, agency: str | None, today: date) -> dict[str, int]:
    """How many requests each scope holds for this officer."""
    counts = ", ".join(
        f"count(*) FILTER (WHERE {condition}) AS {name}" for name, condition in _SCOPES.items()
    )
    return pool.query(
        f"SELECT {counts} FROM board WHERE %(role)s <> %(pembantu)s OR agency = %(agency)s",
        {
            "role": role,
            "pembantu": Role.PPID_PEMBANTU.value,
            "agency": agency,
            "today": today,
        },
    )[0]


def overdue_steps(pool: Pool, *, today: date) -> list[dict[str, Any]]:
    """Open requests whose step or whose written notice is late, the longest first."""
    return pool.query(
        """
        SELECT id, register_number, step, waiting_for, agency, due, statutory_due, notice_issued_on
        FROM board
        WHERE due < %(today)s
           OR (statutory_due < %(today)s AND notice_issued_on IS NULL AND step IS NOT NULL)
        ORDER BY least(due, statutory_due), register_number
        """,
        {"today": today},
    )


def extension_candidates(pool: Pool, *, due_by: date, today: date) -> list[dict[str, Any]]:
    """Requests whose written notice is still owed, due from today to `due_by`, not yet extended.

    With `due_by` two working days from today: on the eighth day, as the law's ten allow.
    """
    return pool.query(
        """
        SELECT id, register_number, step, waiting_for, agency, statutory_due
        FROM board
        WHERE statutory_due BETWEEN %(today)s AND %(due_by)s
          AND notice_issued_on IS NULL
          AND NOT extended
          AND state = 'open'
        ORDER BY statutory_due, register_number
        """,
        {"due_by": due_by, "today": today},
    )


def statistics(pool: Pool, *, year: int) -> dict[str, Any]:
    """The year's figures for the public page: how many, how decided, how fast."""
    return pool.query(
        """
        SELECT count(*) AS submitted,
               count(*) FILTER (WHERE state IN ('open', 'returned')) AS in_process,
               count(*) FILTER (WHERE decision = 'granted') AS granted,
               count(*) FILTER (WHERE decision = 'granted_in_part') AS granted_in_part,
               count(*) FILTER (WHERE decision = 'refused') AS refused,
               count(*) FILTER (WHERE state = 'withdrawn') AS withdrawn,
               count(*) FILTER (WHERE notice_issued_on <= statutory_due) AS notices_in_time,
               count(*) FILTER (WHERE notice_issued_on IS NOT NULL) AS notices,
               round(avg(ended_on - submitted_on), 1)::float AS days_mean
        FROM board
        WHERE date_part('year', submitted_on) = %(year)s
        """,
        {"year": year},
    )[0]


def refusal_reasons(pool: Pool, *, year: int) -> list[dict[str, Any]]:
    """UU 14/2008 Pasal 12: the reasons of the year's refusals, most frequent first."""
    return pool.query(
        """
        SELECT reason_code, count(*) AS count
        FROM board
        WHERE reason_code IS NOT NULL AND date_part('year', submitted_on) = %(year)s
        GROUP BY reason_code
        ORDER BY count DESC, reason_code
        """,
        {"year": year},
    )


def citable(pool: Pool, *, dataset: str | None = None, limit: int = 50) -> list[dict[str, Any]]:
    """Earlier requests that ended with data received or under delivery, to be cited at step 10."""
    return pool.query(
        """
        SELECT id, register_number, dataset, agency, ended_on, data_wanted_sealed, person_id
        FROM board
        WHERE (step IN (11, 12, 13, 16) OR state = 'received')
          AND (%(dataset)s::text IS NULL OR dataset = %(dataset)s)
        ORDER BY submitted_on DESC, register_number DESC
        LIMIT %(limit)s
        """,
        {"dataset": dataset, "limit": limit},
    )


def one_row(pool: Pool, request_id: UUID) -> dict[str, Any] | None:
    rows = pool.query("SELECT * FROM board WHERE id = %s", (request_id,))
    return rows[0] if rows else None


def _cursor(due: date, register_number: str) -> str:
    return base64.urlsafe_b64encode(f"{due.isoformat()}|{register_number}".encode()).decode()


def _read_cursor(cursor: str | None) -> tuple[date, str]:
    if not cursor:
        return date.min, ""
    try:
        due, _, number = base64.urlsafe_b64decode(cursor).decode().partition("|")
        return date.fromisoformat(due), number
    except (ValueError, binascii.Error) as error:
        raise CursorUnknown("Penanda halaman tidak dikenal; mulai dari awal.") from error
