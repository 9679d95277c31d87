"""Questions about many requests, answered by SQL from the board and the log."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from chassis.postgres import Pool

from requests_service.domain.roles import Role

PAGE_ROWS_MAX = 100
COUNTED_MAX = 5000
"""Of the requests that run, so many are counted, the most urgent ones."""
FOUND_MAX = 2000
"""Of the requests that a search finds, so many are put in order by themselves."""
_DAY_ZERO = date(2000, 1, 1)
_WITHOUT_CLOCK, _FINISHED = 100_000, 500_000
"""Where in `desk_order` (migration 0010) stands what runs without a clock, and what is finished."""
_RUNS = f"desk_order < {_FINISHED}"
_SCOPES = {
    # What waits beside the step of a request that may still go on: an objection, an erasure.
    "mine": f"""({_RUNS} AND (waiting_for = %(role)s
                OR (objection_ground IS NOT NULL AND %(role)s = 'atasan_ppid')
                OR (erasure_asked_on IS NOT NULL AND %(role)s = 'ppid')))""",
    "open": f"({_RUNS} AND step IS NOT NULL)",
    "late": "desk_order < %(today_number)s",
    "returned": f"({_RUNS} AND state = 'returned')",
    "objections": f"({_RUNS} AND objection_ground IS NOT NULL)",
    "erasures": f"({_RUNS} AND erasure_asked_on IS NOT NULL)",
    "ended": "step IS NULL",
    "all": "TRUE",
}
SCOPES = tuple(_SCOPES)
_WITH_WORDS = "id IN (SELECT request_id FROM search_words WHERE words @> %(words)s::bigint[])"
_FOUND = "id = ANY(%(found)s::uuid[])"
_EQUAL = ("state", "step", "agency", "kind", "channel", "decision", "waiting_for")


@dataclass(frozen=True)
class Wanted:
    """What the desk's list is narrowed down to; None narrows nothing."""

    state: str | None = None
    step: int | None = None
    agency: str | None = None
    kind: str | None = None
    channel: str | None = None
    decision: str | None = None
    waiting_for: str | None = None
    late: bool = False
    proposed: bool = False
    """A decision waits for a second officer."""
    closable: bool = False
    """The Pemohon's time to complete it, or to download the data, has passed."""
    due_until: date | None = None
    """Its nearest running clock ends on this day or before."""
    words: Sequence[int] = ()
    """Hashes of `searching`: all of them stand in what was written about the request."""
    register_number: str | None = None
    """Or this is its number, whatever its words are."""


NOTHING_WANTED = Wanted()


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
    wanted: Wanted = NOTHING_WANTED,
    cursor: str | None = None,
    limit: int = 25,
    backwards: bool = False,
) -> DeskPage:
    """The requests that an officer may see, most urgent first, page by page.

    `scope`: one of SCOPES; `backwards`: those before the cursor, the nearest to it first.
    Raises CursorUnknown, KeyError for another scope.
    """
    limit = max(1, min(limit, PAGE_ROWS_MAX))
    after = _read_cursor(cursor, backwards=backwards)
    found = _with_words(pool, wanted.words) if wanted.words else None
    conditions, told = _conditions(
        wanted, scope=scope, role=role, agency=agency, today=today, found=found
    )
    side, way = ("<", "DESC") if backwards else (">", "ASC")
    # The index alone says which rows; only those are then read whole.
    rows = pool.query(
        f"""
        SELECT board.*,
               coalesce(due < %(today)s, FALSE) AS is_late,
               coalesce(statutory_due < %(today)s, FALSE) AND notice_issued_on IS NULL
                 AS statute_is_late
        FROM (SELECT id
              FROM board
              WHERE {" AND ".join(conditions)}
                AND (desk_order, register_number) {side} (%(after_order)s, %(after_number)s)
              ORDER BY desk_order {way}, register_number {way}
              LIMIT %(limit)s) AS found
        JOIN board USING (id)
        ORDER BY desk_order {way}, register_number {way}
        """,
        told | {"after_order": after[0], "after_number": after[1], "limit": limit + 1},
    )
    more = len(rows) > limit
    rows = rows[:limit]
    return DeskPage(rows, place_of(rows[-1]) if more else None)


def desk_rows(
    pool: Pool, ids: Sequence[UUID], *, role: str, agency: str | None, today: date
) -> list[dict[str, Any]]:
    """The rows of these requests that an officer may see, in the desk's order."""
    conditions, told = _conditions(
        NOTHING_WANTED, scope="all", role=role, agency=agency, today=today
    )
    return pool.query(
        f"""
        SELECT *
        FROM board
        WHERE id = ANY(%(ids)s::uuid[]) AND {" AND ".join(conditions)}
        ORDER BY desk_order, register_number
        """,
        told | {"ids": list(ids)},
    )


def place_of(row: Mapping[str, Any]) -> str:
    """Where a row stands in the desk's order, as a cursor: what comes after it begins there."""
    told = f"{row['desk_order']}|{row['register_number']}"
    return base64.urlsafe_b64encode(told.encode()).decode()


def desk_counts(pool: Pool, *, role: str, agency: str | None, today: date) -> dict[str, int]:
    """How many requests each scope of what runs holds for this officer.

    `all_counted`: how many were looked at; COUNTED_MAX of them are the most urgent ones only.
    """
    counts = ", ".join(
        f"count(*) FILTER (WHERE {condition}) AS {name}"
        for name, condition in _SCOPES.items()
        if name not in ("ended", "all")
    )
    conditions, told = _conditions(
        NOTHING_WANTED, scope="all", role=role, agency=agency, today=today
    )
    return pool.query(
        f"""
        SELECT {counts}, count(*) AS all_counted
        FROM (SELECT desk_order, step, state, waiting_for, objection_ground, erasure_asked_on
              FROM board
              WHERE {_RUNS} AND {" AND ".join(conditions)}
              ORDER BY desk_order, register_number
              LIMIT {COUNTED_MAX}) AS board
        """,
        told,
    )[0]


def _with_words(pool: Pool, words: Sequence[int]) -> str | None:
    """The requests in which all these words stand, as PostgreSQL writes an array of them.

    None when they are more than FOUND_MAX.

    Few are looked up and put in order; among many, the first in the desk's order are soon met.
    The database cannot tell beforehand which it will be.
    """
    [(number, found)] = pool.execute(
        "SELECT count(*), coalesce(array_agg(request_id)::text, '{}') FROM (SELECT request_id"
        " FROM search_words WHERE words @> %s::bigint[] LIMIT %s) AS with_words",
        (list(words), FOUND_MAX + 1),
    )
    return found if number <= FOUND_MAX else None


def _conditions(
    wanted: Wanted,
    *,
    scope: str,
    role: str,
    agency: str | None,
    today: date,
    found: str | None = None,
) -> tuple[list[str], dict[str, Any]]:
    """In SQL, and its parameters. `found`: the requests with the words, when they are few."""
    conditions = [_SCOPES[scope]]
    if role == Role.PPID_PEMBANTU:
        conditions.append("agency = %(agency)s")
    conditions += [
        f"{name} = %(wanted_{name})s" for name in _EQUAL if getattr(wanted, name) is not None
    ]
    if wanted.late:
        conditions.append(_SCOPES["late"])
    if wanted.proposed:
        conditions.append("proposed_by IS NOT NULL")
    if wanted.closable:
        conditions.append("closable_after < %(today)s")
    if wanted.due_until:
        conditions.append("desk_order <= %(until_number)s")
    if wanted.words:
        either = " OR register_number = %(wanted_number)s" if wanted.register_number else ""
        conditions.append(f"({_WITH_WORDS if found is None else _FOUND}{either})")
    elif wanted.register_number:
        conditions.append("register_number = %(wanted_number)s")
    return conditions, {
        "role": role,
        "agency": agency,
        "today": today,
        "today_number": _number(today),
        "until_number": _number(wanted.due_until) if wanted.due_until else None,
        "words": list(wanted.words),
        "found": found,
        "wanted_number": wanted.register_number,
        **{f"wanted_{name}": getattr(wanted, name) for name in _EQUAL},
    }


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
               count(*) FILTER (WHERE state = 'closed' AND decision IS NULL) AS closed,
               count(*) FILTER (WHERE notice_issued_on <= statutory_due) AS notices_in_time,
               count(*) FILTER (WHERE notice_issued_on IS NOT NULL) AS notices,
               round(avg(ended_on - submitted_on), 1)::float AS days_mean
        FROM board
        WHERE date_part('year', submitted_on) = %(year)s
        """,
        {"year": year},
    )[0]


def nearest_clock(row: Mapping[str, Any]) -> date | None:
    """The day by which a row stands in the desk's order; None without a running clock."""
    order: int = row["desk_order"]
    return _DAY_ZERO + timedelta(days=order) if order < _WITHOUT_CLOCK else None


def _number(day: date) -> int:
    return (day - _DAY_ZERO).days


def _read_cursor(cursor: str | None, *, backwards: bool) -> tuple[int, str]:
    if not cursor:
        return (2**31 - 1, "") if backwards else (-(2**31), "")
    try:
        order, _, number = base64.urlsafe_b64decode(cursor).decode().partition("|")
        return int(order), number
    except (ValueError, binascii.Error) as error:
        raise CursorUnknown("Penanda halaman tidak dikenal; mulai dari awal.") from error
