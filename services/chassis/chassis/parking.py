"""Messages that could not be handled, kept in order in the consumer's own database.

This is the worker's side of the table `parked`; an operator's is chassis/dead_letters.py.
"""

import json
from datetime import timedelta

from chassis.contracts import UnknownKind
from chassis.message import Message, as_json, from_json
from chassis.postgres import Pool
from chassis.telemetry import JOBS_WAITING, MESSAGES_WAITING, OLDEST_WAITING
from chassis.texts import has_nul

ATTEMPTS_MAX = 12
"""With the back-off doubling from a second: a transient fault may last a little over an hour."""
KIND_UNKNOWN = UnknownKind.__name__
"""How the reason begins when this version knows no such type, or no such version of it."""

BEHIND = "behind another"
"""The reason of what was not tried, because something of its subject waits already."""


class Parking:
    """The table `parked`. While a subject has a row here, its later messages go behind it."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def subjects(self) -> set[str]:
        """Of which something waits."""
        rows = self._pool.execute("SELECT DISTINCT subject FROM parked")
        return {subject for (subject,) in rows}

    def blocks(self, subject: str) -> bool:
        """Whether something of this subject waits already."""
        return bool(
            self._pool.execute("SELECT 1 FROM parked WHERE subject = %s LIMIT 1", (subject,))
        )

    def add(
        self,
        message: Message,
        reason: str,
        *,
        retry_in: timedelta | None,
        place: str | None = None,
    ) -> None:
        """Put a message last of its subject; without `retry_in` it waits for a person.

        `place`: where in the code its handler failed; without it, it was not tried.
        """
        tries = 0 if place is None else 1
        self._pool.execute(
            "WITH added AS ("
            "INSERT INTO parked (message_id, subject, source, type, message, reason, next_try,"
            " attempts, tries, place, failed_at)"
            " VALUES (%s, %s, %s, %s, %s, %s, now() + %s, %s, %s, %s, CASE WHEN %s THEN now() END)"
            " ON CONFLICT (message_id) DO NOTHING RETURNING id)"
            " INSERT INTO parked_failures (parked, reason, place) SELECT id, %s, %s FROM added",
            (
                message.id,
                message.subject,
                message.source,
                message.type,
                _storable(json.dumps(as_json(message))),
                reason[:500],
                retry_in,
                tries,
                tries,
                place,
                reason != BEHIND,
                reason[:500],
                place,
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
            "UPDATE parked SET attempts = attempts + 1, tries = tries + 1,"
            " next_try = CASE WHEN attempts + 1 >= %s THEN NULL"
            " ELSE now() + least(2 ^ attempts, 600) * interval '1s' END"
            " WHERE id = (SELECT min(id) FROM parked WHERE subject = %s) AND next_try <= now()"
            " RETURNING id, message",
            (ATTEMPTS_MAX, subject),
        )
        return (rows[0][0], from_json(rows[0][1])) if rows else None

    def failed(self, id_: int, reason: str, *, for_ever: bool, place: str | None = None) -> None:
        """Write why it failed again; for ever: it waits for a person now."""
        self._pool.execute(
            "WITH failed AS ("
            "UPDATE parked SET reason = %s, place = %s, failed_at = now(),"
            " next_try = CASE WHEN %s THEN NULL ELSE next_try END"
            " WHERE id = %s RETURNING id, reason, place)"
            " INSERT INTO parked_failures (parked, reason, place) SELECT * FROM failed",
            (reason[:500], place, for_ever, id_),
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

    def try_unknown_kinds_again(self) -> None:
        """For a worker that starts, and may know more than the one before."""
        self._pool.execute(
            "UPDATE parked SET attempts = 0, next_try = now()"
            " WHERE next_try IS NULL AND starts_with(reason, %s)",
            (KIND_UNKNOWN,),
        )

    def measure(self, service: str) -> None:
        """Set the gauges of what waits, messages and jobs that failed."""
        ((messages, seconds, jobs),) = self._pool.execute(
            "SELECT count(*), coalesce(extract(epoch FROM now() - min(parked_at)), 0),"
            " (SELECT count(*) FROM jobs WHERE failed) FROM parked"
        )
        MESSAGES_WAITING.labels(service).set(messages)
        OLDEST_WAITING.labels(service).set(float(seconds))
        JOBS_WAITING.labels(service).set(jobs)


def _storable(message: str) -> str:
    """NUL has no place in jsonb; a message that holds it is kept with a sign in its place."""
    return message.replace(r"\u0000", r"\ufffd") if has_nul(message.encode()) else message
