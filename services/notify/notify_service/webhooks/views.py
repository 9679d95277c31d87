"""Questions about webhooks and their deliveries."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from chassis.keyring import Keyring
from chassis.postgres import Pool

from notify_service.webhooks.signing import written_public_key

PAGE_LENGTH = 50
STATES = ("waiting", "failed", "delivered")

_WEBHOOK = """
SELECT w.id, w.owner, w.url, w.types, w.contact_sealed, w.state, w.disabled_because, w.made_at,
       w.failing_since, w.held_until, w.last_error, w.last_success_at,
       d.waiting, d.oldest_waiting, d.failed
FROM webhooks AS w
LEFT JOIN LATERAL (
  SELECT count(*) FILTER (WHERE state = 'waiting') AS waiting,
         min(asked_at) FILTER (WHERE state = 'waiting') AS oldest_waiting,
         count(*) FILTER (WHERE state = 'failed') AS failed
  FROM deliveries
  WHERE webhook_id = w.id AND state <> 'delivered'
) AS d ON true
"""
_DELIVERY = """
SELECT d.id, d.number, d.state, d.attempts, d.asked_at, d.settled_at,
       CASE WHEN d.state = 'waiting' THEN d.next_try END AS next_try,
       m.id AS message_id, m.source || '.' || m.type AS type, m.subject, m.source, m.position,
       m.time, a.status AS last_status, a.error AS last_error
FROM deliveries AS d
JOIN webhook_messages AS m ON m.id = d.message_id
LEFT JOIN LATERAL (
  SELECT status, error FROM delivery_attempts WHERE delivery_id = d.id ORDER BY id DESC LIMIT 1
) AS a ON true
"""


class Webhooks:
    """Reads for an owner, or for an operator (`owner` None): to them, no URL's path is shown."""

    def __init__(self, pool: Pool, keyring: Keyring) -> None:
        self._pool = pool
        self._keyring = keyring

    def all(self, owner: str | None) -> list[dict[str, Any]]:
        """The endpoints, oldest first."""
        rows = self._pool.query(
            _WEBHOOK + "WHERE %(owner)s::text IS NULL OR w.owner = %(owner)s ORDER BY w.made_at",
            {"owner": owner},
        )
        return [self._shown(row, owner) for row in rows]

    def one(self, webhook_id: UUID, owner: str | None) -> dict[str, Any] | None:
        """One endpoint; None when there is none, or it is another's."""
        rows = self._pool.query(
            _WEBHOOK + "WHERE w.id = %(id)s AND (%(owner)s::text IS NULL OR w.owner = %(owner)s)",
            {"id": webhook_id, "owner": owner},
        )
        return self._shown(rows[0], owner) if rows else None

    def deliveries(
        self,
        webhook_id: UUID,
        *,
        state: str | None = None,
        before: int | None = None,
        limit: int = PAGE_LENGTH,
    ) -> list[dict[str, Any]]:
        """The newest first; `before` is the number of the last one on the page before."""
        return self._pool.query(
            _DELIVERY
            + """
            WHERE d.webhook_id = %(webhook)s
              AND (%(state)s::text IS NULL OR d.state = %(state)s)
              AND (%(before)s::bigint IS NULL OR d.number < %(before)s)
            ORDER BY d.number DESC
            LIMIT %(limit)s
            """,
            {"webhook": webhook_id, "state": state, "before": before, "limit": limit},
        )

    def delivery(self, webhook_id: UUID, delivery_id: UUID) -> dict[str, Any] | None:
        """One delivery with its attempts, and what is sent; None when there is none."""
        rows = self._pool.query(
            _DELIVERY + "WHERE d.webhook_id = %s AND d.id = %s", (webhook_id, delivery_id)
        )
        if not rows:
            return None
        attempts = self._pool.query(
            "SELECT began_at, status, seconds, error FROM delivery_attempts"
            " WHERE delivery_id = %s ORDER BY id",
            (delivery_id,),
        )
        return {**rows[0], "made": attempts}

    def _shown(self, row: Mapping[str, Any], owner: str | None) -> dict[str, Any]:
        pairs = self._pool.query(
            "SELECT public_key, made_at, ends_at FROM webhook_keys WHERE webhook_id = %s"
            " ORDER BY id DESC",
            (row["id"],),
        )
        shown = dict(row)
        sealed = bytes(shown.pop("contact_sealed"))
        if owner is None:
            # A path may hold a secret of the owner's.
            shown["url"] = "/".join(row["url"].split("/")[:3]) + "/…"
            shown["contact"] = None
        else:
            shown["contact"] = self._keyring.open(row["id"], sealed, "webhook contact").decode()
        shown["keys"] = [
            {
                "public_key": written_public_key(bytes(each["public_key"])),
                "made_at": each["made_at"],
                "ends_at": each["ends_at"],
            }
            for each in pairs
        ]
        return shown
