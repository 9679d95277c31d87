"""Questions that an operator asks of the mails."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from chassis.postgres import Pool

PAGE_LENGTH = 50
STATES = ("failed", "waiting", "sent", "dropped", "dismissed")

_MAIL = """
SELECT m.id, m.request_id, m.mail, m.audience, m.state, m.attempts, m.last_error, m.asked_at,
       m.last_attempt_at, m.settled_at, j.next_try, coalesce(j.failed, false) AS stuck,
       h.register_number
FROM mails AS m
LEFT JOIN jobs AS j ON j.kind = 'send_mail' AND j.key = m.id::text
LEFT JOIN LATERAL (
  SELECT data ->> 'register_number' AS register_number
  FROM heard_facts
  WHERE request_id = m.request_id AND source = 'requests'
  ORDER BY time DESC
  LIMIT 1
) AS h ON true
"""


def counts(pool: Pool) -> dict[str, int]:
    """How many mails are in each state; a job that gave up counts as failed."""
    rows = pool.execute(
        """
        SELECT CASE WHEN m.state = 'waiting' AND j.failed THEN 'failed' ELSE m.state END, count(*)
        FROM mails AS m
        LEFT JOIN jobs AS j ON j.kind = 'send_mail' AND j.key = m.id::text
        GROUP BY 1
        """
    )
    return dict.fromkeys(STATES, 0) | dict(rows)


def mails(
    pool: Pool,
    *,
    state: str | None = None,
    before: tuple[datetime, UUID] | None = None,
    limit: int = PAGE_LENGTH,
) -> list[dict[str, Any]]:
    """The newest first; `before` is the place where the page before ended."""
    at, mail_id = before or (None, None)
    rows = pool.query(
        _MAIL
        + """
        WHERE (%(state)s::text IS NULL
               OR CASE WHEN m.state = 'waiting' AND j.failed THEN 'failed' ELSE m.state END
                  = %(state)s)
          AND (%(at)s::timestamptz IS NULL OR (m.asked_at, m.id) < (%(at)s, %(id)s::uuid))
        ORDER BY m.asked_at DESC, m.id DESC
        LIMIT %(limit)s
        """,
        {"state": state, "at": at, "id": mail_id, "limit": limit},
    )
    return [_shown(row) for row in rows]


def mail(pool: Pool, mail_id: UUID) -> dict[str, Any] | None:
    """One mail; None when there is none."""
    rows = pool.query(_MAIL + "WHERE m.id = %s", (mail_id,))
    return _shown(rows[0]) if rows else None


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    stuck = row["state"] == "waiting" and row["stuck"]
    return {
        **row,
        "state": "failed" if stuck else row["state"],
        "next_try": row["next_try"] if row["state"] == "waiting" and not stuck else None,
    }
