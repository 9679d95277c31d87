"""Messages that could not be handled, kept in order in the consumer's own database."""

import json
from datetime import timedelta
from typing import Any

from chassis.message import Message, as_json, from_json
from chassis.postgres import Pool

ATTEMPTS_MAX = 12
"""With the back-off doubling from a second: a transient fault may last a little over an hour."""


class Parking:
    """The table `parked`. While a subject has a row here, its later messages go behind it."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def blocks(self, subject: str) -> bool:
        """Whether something of this subject waits already."""
        return bool(
            self._pool.execute("SELECT 1 FROM parked WHERE subject = %s LIMIT 1", (subject,))
        )

    def add(self, message: Message, reason: str, *, retry_in: timedelta | None) -> None:
        """Put a message last of its subject; without `retry_in` it waits for a person."""
        self._pool.execute(
            "INSERT INTO parked (message_id, subject, source, type, message, reason, next_try)"
            " VALUES (%s, %s, %s, %s, %s, %s, now() + %s) ON CONFLICT (message_id) DO NOTHING",
            (
                message.id,
                message.subject,
                message.source,
                message.type,
                json.dumps(as_json(message)),
                reason[:500],
                retry_in,
            ),
        )

    def was_handled(self, message_id: str) -> bool:
        """Whether this message has had its effect."""
        return bool(self._pool.execute("SELECT 1 FROM inbox WHERE message_id = %s", (message_id,)))

    def due_subjects(self) -> list[str]:
        """The subjects whose first message may be tried again now."""
        rows = self._pool.execute(
            "SELECT subject FROM ("
            "SELECT DISTINCT ON (subject) subject, next_try FROM parked ORDER BY subject, id"
            ") AS first WHERE next_try <= now()"
        )
        return [subject for (subject,) in rows]

    def take_first(self, subject: str) -> tuple[int, Message] | None:
        """The first message of a subject, if due.

        Its attempt is counted before it is tried, because it may kill the process.
        """
        rows = self._pool.execute(
            "UPDATE parked SET attempts = attempts + 1,"
            " next_try = CASE WHEN attempts + 1 >= %s THEN NULL"
            " ELSE now() + least(2 ^ attempts, 600) * interval '1s' END"
            " WHERE id = (SELECT min(id) FROM parked WHERE subject = %s) AND next_try <= now()"
            " RETURNING id, message",
            (ATTEMPTS_MAX, subject),
        )
        return (rows[0][0], from_json(rows[0][1])) if rows else None

    def failed(self, id_: int, reason: str, *, for_ever: bool) -> None:
        """Write why it failed again; for ever: it waits for a person now."""
        self._pool.execute(
            "UPDATE parked SET reason = %s, next_try = CASE WHEN %s THEN NULL ELSE next_try END"
            " WHERE id = %s",
            (reason[:500], for_ever, id_),
        )

    def done(self, id_: int, subject: str) -> None:
        """Take it away; what stands behind it may be tried at once."""
        with self._pool.transaction() as cur:
            cur.execute("DELETE FROM parked WHERE id = %s", (id_,))
            cur.execute(
                "UPDATE parked SET next_try = now() WHERE attempts = 0 AND id ="
                " (SELECT min(id) FROM parked WHERE subject = %s)",
                (subject,),
            )

    def waiting(self) -> list[dict[str, Any]]:
        """All of them, as an operator wants to see them."""
        return self._pool.query(
            "SELECT id, message_id, subject, source, type, reason, attempts, next_try, parked_at"
            " FROM parked ORDER BY id"
        )

    def redrive(self, id_: int) -> bool:
        """Have it tried again now, with all its attempts before it; False when there is none."""
        rows = self._pool.execute(
            "UPDATE parked SET attempts = 0, next_try = now() WHERE id = %s RETURNING 1", (id_,)
        )
        return bool(rows)
