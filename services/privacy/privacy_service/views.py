"""What the lists show: questions to the tables, answered without deciding anything."""

from typing import Any

from chassis.postgres import Pool

_LISTED = """
SELECT c.request_id, c.register_number, c.agency, c.due, f.state, f.received_at, f.decided_at
FROM cases AS c
JOIN files AS f ON f.request_id = c.request_id AND f.digest = c.data_digest
"""


def waiting_files(pool: Pool, *, agency: str | None = None) -> list[dict[str, Any]]:
    """Files that the PPID has still to decide on, the most urgent first."""
    return pool.query(
        f"""{_LISTED}
WHERE c.step = 10
  AND f.state IN ('received', 'scanning', 'scanned', 'unreadable', 'releasing', 'proposed')
  AND (%(agency)s IS NULL OR c.agency = %(agency)s)
ORDER BY c.due NULLS LAST, c.register_number
LIMIT 200""",
        {"agency": agency},
    )


def decided_files(pool: Pool, *, agency: str | None = None) -> list[dict[str, Any]]:
    """Files that were masked or found clean, the latest first."""
    return pool.query(
        f"""{_LISTED}
WHERE f.state IN ('masked', 'clean')
  AND (%(agency)s IS NULL OR c.agency = %(agency)s)
ORDER BY f.decided_at DESC
LIMIT 50""",
        {"agency": agency},
    )
