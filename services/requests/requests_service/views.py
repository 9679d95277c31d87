"""Questions about many requests, answered by SQL from the board and the log."""

import base64
import binascii
from dataclasses import dataclass
from datetime import date
from typing import Any

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
