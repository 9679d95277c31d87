"""Reading: the register of letters, what the public may know of one, what still waits."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from chassis.postgres import Pool

_LISTED = (
    "letter_id, request_id, kind AS letter, register_number, agency, number, sender, addressed_to,"
    " issued_on, issued_at, digest, size"
)
_PUBLIC = "letter_id, kind AS letter, number, sender, addressed_to, issued_on, digest"
PAGE_SIZE = 50

Row = dict[str, Any]


def letters(
    pool: Pool,
    *,
    agency: str | None = None,
    request_id: UUID | None = None,
    register_number: str = "",
    kind: str = "",
    after: UUID | None = None,
    limit: int = PAGE_SIZE,
) -> tuple[list[Row], str | None]:
    """The newest first, and the cursor of the next page. With `agency`, only that agency's."""
    rows = pool.query(
        f"""
        SELECT {_LISTED}
        FROM letters
        WHERE (%(agency)s::text IS NULL OR agency = %(agency)s)
          AND (%(request_id)s::uuid IS NULL OR request_id = %(request_id)s)
          AND (%(register)s = '' OR strpos(lower(register_number), lower(%(register)s)) > 0)
          AND (%(kind)s = '' OR kind = %(kind)s)
          AND (%(after)s::uuid IS NULL OR
               position < (SELECT position FROM letters WHERE letter_id = %(after)s))
        ORDER BY position DESC
        LIMIT %(limit)s
        """,
        {
            "agency": agency,
            "request_id": request_id,
            "register": register_number.strip(),
            "kind": kind,
            "after": after,
            "limit": limit + 1,
        },
    )
    more = len(rows) > limit
    return rows[:limit], str(rows[limit - 1]["letter_id"]) if more else None


def public_by_token(pool: Pool, token: str) -> Row | None:
    """What anybody may know who holds the check code: no person."""
    return _first(pool.query(f"SELECT {_PUBLIC} FROM letters WHERE token = %s", (token,)))


def public_by_digest(pool: Pool, digest: str) -> Row | None:
    """The same, by the SHA-256 of the file."""
    return _first(pool.query(f"SELECT {_PUBLIC} FROM letters WHERE digest = %s", (digest,)))


def waiting(pool: Pool) -> list[Row]:
    """Letters that were asked for and are not issued yet, the oldest first."""
    return pool.query(
        """
        SELECT j.id, j.args ->> 'kind' AS letter, j.failed, j.attempts, j.reason, j.asked_at,
               k.register_number
        FROM jobs j
        LEFT JOIN known_requests k ON k.request_id = (j.args ->> 'request_id')::uuid
        WHERE j.kind = 'issue_letter'
        ORDER BY j.id
        LIMIT 100
        """
    )


def _first(rows: Sequence[Row]) -> Row | None:
    return rows[0] if rows else None
