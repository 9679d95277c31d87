"""What an operator sees and does of messages that are parked and of jobs that failed.

Each act is a fact in the log of the same service, in one transaction with the act.
"""

from typing import Any, Literal
from uuid import NAMESPACE_URL, UUID, uuid5

from chassis import log
from chassis.actor import Actor
from chassis.failures import names_a_person, without_personal
from chassis.message import from_json
from chassis.postgres import Pool

MESSAGE_REDRIVEN = "MessageRedriven"
MESSAGE_DISCARDED = "MessageDiscarded"
JOB_REDRIVEN = "JobRedriven"
JOB_DISCARDED = "JobDiscarded"

REASON_LENGTH_MAX = 300
PAGE_LENGTH = 100

Kind = Literal["dead-letters", "failed-jobs"]
State = Literal["person", "behind", "later", "now"]
"""Waits for a person, behind another of its subject, for its next try, or is being tried."""


class NotWaiting(Exception):
    """There is no such one."""

    def __init__(self) -> None:
        super().__init__("Pesan atau pekerjaan ini tidak menunggu lagi. Muat ulang daftarnya.")


class WaitsBehind(Exception):
    """It cannot go before the one that stands first."""

    def __init__(self, first: int) -> None:
        self.first = first
        super().__init__(f"Pesan ini menunggu di belakang pesan nomor {first}: tangani yang itu.")


class ReasonMissing(Exception):
    """An act that cannot be undone needs a reason."""

    def __init__(self) -> None:
        super().__init__("Tuliskan alasannya.")


class ReasonUnfit(Exception):
    """The log is for ever: nothing of a person may stand there."""

    def __init__(self) -> None:
        super().__init__(
            f"Alasan paling panjang {REASON_LENGTH_MAX} huruf, tanpa alamat surel, nomor induk,"
            " atau nomor telepon siapa pun: catatan ini tidak dapat dihapus."
        )


ERRORS: dict[type[Exception], int] = {
    NotWaiting: 404,
    WaitsBehind: 409,
    ReasonMissing: 422,
    ReasonUnfit: 422,
}


_MESSAGES = """
    SELECT id, message_id, source, type, subject, reason, place, tries,
      parked_at AS first_failed_at, failed_at AS last_failed_at, next_try,
      message -> 'headers' ->> 'ce-traceparent' AS trace,
      (SELECT min(first.id) FROM parked AS first
       WHERE first.subject = parked.subject AND first.id < parked.id) AS behind,
      next_try <= now() AS due{more}
    FROM parked
"""


class ParkedMessages:
    """The table `parked` of one service."""

    def __init__(self, pool: Pool, service: str) -> None:
        self._pool = pool
        self._service = service

    def waiting(
        self,
        *,
        type_: str | None = None,
        subject: str | None = None,
        reason: str | None = None,
        after: int = 0,
        limit: int | None = None,
    ) -> list[dict[str, Any]]:
        """In order of arrival."""
        rows = self._pool.query(
            _MESSAGES.format(more="")
            + " WHERE id > %(after)s AND (%(type)s IS NULL OR type = %(type)s)"
            " AND (%(subject)s IS NULL OR subject = %(subject)s)"
            " AND (%(reason)s IS NULL OR strpos(lower(reason), lower(%(reason)s::text)) > 0)"
            " ORDER BY id LIMIT %(limit)s",
            {"after": after, "type": type_, "subject": subject, "reason": reason, "limit": limit},
        )
        return [self._shown(row) for row in rows]

    def count(self) -> int:
        """How many wait, those behind others too."""
        return int(self._pool.execute("SELECT count(*) FROM parked")[0][0])

    def show(self, id_: int) -> dict[str, Any]:
        """With the message, each failure and each act, and what waits behind it."""
        rows = self._pool.query(_MESSAGES.format(more=", message") + " WHERE id = %s", (id_,))
        if not rows:
            raise NotWaiting
        row = self._shown(rows[0])
        behind = self._pool.query(
            "SELECT id, message_id, source, type FROM parked WHERE subject = %s AND id > %s"
            " ORDER BY id",
            (row["subject"], id_),
        )
        return {
            **row,
            "message": without_personal(row["message"]),
            "history": self._history(id_, row["message_id"]),
            "waiting_behind": [{**each, "ref": self._ref(each["id"])} for each in behind],
        }

    def failure(self, id_: int) -> tuple[Any, str] | None:
        """When it failed last, and why; None when it is gone."""
        rows = self._pool.execute("SELECT failed_at, reason FROM parked WHERE id = %s", (id_,))
        return rows[0] if rows else None

    def redrive(self, id_: int, by: Actor, *, reason: str | None = None) -> bool:
        """Have it tried again now, once the cause is gone; what waits behind it follows by itself.

        False when that is about to happen anyway. Raises NotWaiting, WaitsBehind, ReasonUnfit.
        """
        reason = fitting(reason)
        with self._pool.transaction() as cur:
            message, due = self._held(cur, id_)
            cur.execute(
                "SELECT min(id) FROM parked WHERE subject = %s AND id < %s", (message.subject, id_)
            )
            (first,) = cur.fetchone()
            if first is not None:
                raise WaitsBehind(first)
            if due:
                return False
            cur.execute(
                "UPDATE parked SET attempts = 0, next_try = clock_timestamp() WHERE id = %s", (id_,)
            )
            record_message_act(cur, MESSAGE_REDRIVEN, message.id, message, by, reason)
        return True

    def discard(self, id_: int, by: Actor, *, reason: str) -> bool:
        """Take it away: its effect will be missing for ever; what waited behind it goes on.

        False when it had its effect meanwhile. Raises NotWaiting, ReasonMissing, ReasonUnfit.
        """
        reason = needed(reason)
        with self._pool.transaction() as cur:
            message, _ = self._held(cur, id_)
            # The inbox decides: whoever writes it first, this or the handler, the other sees it.
            without_effect = log.handled(cur, message)
            cur.execute("DELETE FROM parked WHERE id = %s", (id_,))
            if without_effect:
                record_message_act(cur, MESSAGE_DISCARDED, message.id, message, by, reason)
        return without_effect

    def _held(self, cur: Any, id_: int) -> tuple[Any, bool]:
        """The message, and whether it is due; the row is this transaction's until it ends."""
        cur.execute(
            "SELECT message, coalesce(next_try <= clock_timestamp(), FALSE) FROM parked"
            " WHERE id = %s FOR UPDATE",
            (id_,),
        )
        row = cur.fetchone()
        if row is None:
            raise NotWaiting
        return from_json(row[0]), row[1]

    def _history(self, id_: int, message_id: str) -> list[dict[str, Any]]:
        failures = self._pool.query(
            "SELECT at, reason, place FROM parked_failures WHERE parked = %s ORDER BY id", (id_,)
        )
        failed = [{**each, "reason": without_personal(each["reason"])} for each in failures]
        return sorted([*failed, *_acts(self._pool, message_id)], key=lambda each: each["at"])

    def _shown(self, row: dict[str, Any]) -> dict[str, Any]:
        due = row.pop("due")
        return {
            **row,
            "ref": self._ref(row["id"]),
            "reason": without_personal(row["reason"]),
            "state": _state(row["next_try"], due, row["behind"]),
            "behind": row["behind"] and self._ref(row["behind"]),
        }

    def _ref(self, id_: int) -> str:
        return f"{self._service}/{id_}"


_JOBS = "SELECT id, kind, key, reason, place, attempts, asked_at, failed_at, traceparent AS trace"


class FailedJobs:
    """The jobs of one service that wait for a person: `type_` is the kind, `subject` the key."""

    def __init__(self, pool: Pool, service: str) -> None:
        self._pool = pool
        self._service = service

    def waiting(
        self,
        *,
        type_: str | None = None,
        subject: str | None = None,
        reason: str | None = None,
        after: int = 0,
        limit: int | None = None,
    ) -> list[dict[str, Any]]:
        """In the order in which they were asked for."""
        rows = self._pool.query(
            _JOBS + " FROM jobs WHERE failed AND id > %(after)s"
            " AND (%(type)s IS NULL OR kind = %(type)s)"
            " AND (%(subject)s IS NULL OR key = %(subject)s)"
            " AND (%(reason)s IS NULL OR strpos(lower(reason), lower(%(reason)s::text)) > 0)"
            " ORDER BY id LIMIT %(limit)s",
            {"after": after, "type": type_, "subject": subject, "reason": reason, "limit": limit},
        )
        return [self._shown(row) for row in rows]

    def count(self) -> int:
        """How many failed."""
        return int(self._pool.execute("SELECT count(*) FROM jobs WHERE failed")[0][0])

    def show(self, id_: int) -> dict[str, Any]:
        """With what it was asked to do, and each act."""
        rows = self._pool.query(_JOBS + ", args FROM jobs WHERE id = %s AND failed", (id_,))
        if not rows:
            raise NotWaiting
        row = self._shown(rows[0])
        acts = _acts(self._pool, f"{row['kind']} {row['key']}")
        return {**row, "args": without_personal(row["args"]), "history": acts}

    def failure(self, id_: int) -> tuple[Any, str] | None:
        """When it failed last, and why; None when it is gone."""
        rows = self._pool.execute("SELECT failed_at, reason FROM jobs WHERE id = %s", (id_,))
        return rows[0] if rows else None

    def redrive(self, id_: int, by: Actor, *, reason: str | None = None) -> bool:
        """Have it done again, with all its attempts before it. Raises NotWaiting, ReasonUnfit."""
        reason = fitting(reason)
        with self._pool.transaction() as cur:
            cur.execute(
                "UPDATE jobs SET failed = FALSE, attempts = 0, next_try = now()"
                " WHERE id = %s AND failed RETURNING kind, key",
                (id_,),
            )
            self._record(cur, JOB_REDRIVEN, by, reason)
        return True

    def discard(self, id_: int, by: Actor, *, reason: str) -> bool:
        """Leave undone what it was asked to do. Raises NotWaiting, ReasonMissing, ReasonUnfit."""
        reason = needed(reason)
        with self._pool.transaction() as cur:
            cur.execute("DELETE FROM jobs WHERE id = %s AND failed RETURNING kind, key", (id_,))
            self._record(cur, JOB_DISCARDED, by, reason)
        return True

    def _record(self, cur: Any, act: str, by: Actor, reason: str | None) -> None:
        found = cur.fetchone()
        if found is None:
            raise NotWaiting
        kind, key = found
        told = {"kind": kind, "key": key, "reason": reason}
        log.record(cur, _stream(f"{kind} {key}"), act, told, actor=by)

    def _shown(self, row: dict[str, Any]) -> dict[str, Any]:
        reason = without_personal(row["reason"] or "")
        return {**row, "ref": f"{self._service}/{row['id']}", "reason": reason, "state": "person"}


Waiting = ParkedMessages | FailedJobs
KINDS: dict[Kind, type[Waiting]] = {"dead-letters": ParkedMessages, "failed-jobs": FailedJobs}


def record_message_act(
    cur: Any, act: str, message_id: str, message: Any, by: Actor, reason: str | None
) -> None:
    """Append what an operator did with a message; `message` is None where it cannot be read."""
    told = {
        "message_id": message_id,
        "source": message and message.source,
        "type": message and message.type,
        "subject": message and message.subject,
        "reason": reason,
    }
    log.record(
        cur,
        _stream(message_id),
        act,
        told,
        actor=by,
        because_of=message and message.id,
        correlation=message and (message.correlation or message.subject),
    )


def _stream(of: str) -> UUID:
    """The acts on one message or job, in order."""
    return uuid5(NAMESPACE_URL, f"urn:satudata:waiting:{of}")


def _state(next_try: Any, due: bool | None, behind: int | None) -> State:
    if behind is not None:
        return "behind"
    if next_try is None:
        return "person"
    return "now" if due else "later"


def _acts(pool: Pool, about: str) -> list[dict[str, Any]]:
    """What operators did with a message or a job, in order."""
    return [
        {"at": fact.occurred_at, "act": fact.type, "by": fact.actor.id, **_reason_in(fact.data)}
        for fact in log.stream(pool, _stream(about))
    ]


def _reason_in(data: dict[str, Any]) -> dict[str, Any]:
    return {"reason": data.get("reason")}


def needed(reason: str | None) -> str:
    """A reason for what cannot be undone. Raises ReasonMissing, ReasonUnfit."""
    fit = fitting(reason)
    if fit is None:
        raise ReasonMissing
    return fit


def fitting(reason: str | None) -> str | None:
    """A reason in one line; None when there is none. Raises ReasonUnfit."""
    text = " ".join((reason or "").split())
    if len(text) > REASON_LENGTH_MAX or names_a_person(text):
        raise ReasonUnfit
    return text or None
