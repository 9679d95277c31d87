"""What a message, a job or an operator may ask of notify: one method each."""

from collections.abc import Callable, Mapping
from datetime import datetime
from email.message import EmailMessage
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import structlog
from chassis import clock, revoked
from chassis.actor import Actor
from chassis.jobs import Job, Later, enqueue, finish
from chassis.log import handled, record
from chassis.message import Message
from chassis.postgres import DatabaseAway, Pool

from notify_service.domain import mails, wording
from notify_service.domain.errors import (
    MailFault,
    MailIsNotWaiting,
    MailNotFound,
    MailRefused,
    NoRecipient,
    ReasonUnknown,
)
from notify_service.domain.letterhead import Mailbox, office_mailbox, sender
from notify_service.domain.mail import PEMOHON
from notify_service.domain.message import compose, message_id, plain, thread_id
from notify_service.webhooks.deliveries import queue
from notify_service.webhooks.endpoints import disable_all_of

_log = structlog.get_logger()
SEND_MAIL = "send_mail"
NOTIFY = Actor("notify", "service")

DISMISSAL_REASONS: Mapping[str, str] = {
    "told_otherwise": "Sudah diberitahukan dengan cara lain",
    "address_wrong": "Alamat penerima salah dan tidak dapat diperbaiki",
    "no_longer_needed": "Tidak diperlukan lagi",
}
"""Codes, not free text: a fact is for ever and must not name anybody."""


class NotifyApplication:
    """Mails wait in the table `mails`, and in a job each until they are settled."""

    def __init__(
        self,
        pool: Pool,
        *,
        city: Mapping[str, Any],
        public_url: str,
        pemohon_mailbox: Callable[[UUID, str], Mailbox],
        open_post_office: Callable[[], None],
        send_message: Callable[[EmailMessage], None],
    ) -> None:
        self._pool = pool
        self._city = city
        self._public_url = public_url
        self._pemohon_mailbox = pemohon_mailbox
        self._open_post_office = open_post_office
        self._send_message = send_message

    def hear(self, message: Message) -> None:
        """Keep the fact, and queue the mails it makes."""
        request_id = UUID(message.subject)
        with self._pool.transaction() as cur:
            if not handled(cur, message):
                return
            queue(cur, message)
            cur.execute(
                "INSERT INTO heard_facts (id, source, type, request_id, time, data)"
                " VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
                (message.id, message.source, message.type, request_id, message.time,
                 message.body.decode()),
            )  # fmt: skip
            wanted = mails.mails_for(message.source, message.type, message.data)
            for key, audience in sorted(wanted):
                mail_id = uuid5(NAMESPACE_URL, f"{message.id} {key} {audience}")
                cur.execute(
                    "INSERT INTO mails"
                    " (id, fact_id, because_id, request_id, mail, audience, asked_at)"
                    " VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
                    (mail_id, message.id, message.causation, request_id, key, audience,
                     message.time),
                )  # fmt: skip
                enqueue(cur, SEND_MAIL, str(mail_id), {"mail": str(mail_id)})

    def forget(self, message: Message) -> None:
        """The Pemohon was erased: nothing more is sent to them, and no server's words are kept.

        No address was ever kept here. Mails that were sent lie with whoever got them.
        """
        person_id = UUID(message.data["person_id"])
        with self._pool.transaction() as cur:
            if not handled(cur, message):
                return
            queue(cur, message)
            cur.execute(
                "UPDATE mails SET last_error = NULL WHERE request_id = %s AND audience = %s",
                (message.data["request_id"], PEMOHON),
            )
            cur.execute(
                "UPDATE mails SET state = 'dropped', settled_at = now()"
                " WHERE request_id = %s AND audience = %s AND state IN ('waiting', 'failed')",
                (message.data["request_id"], PEMOHON),
            )
            told = {
                "person_id": str(person_id),
                "destroyed": cur.rowcount,
                "kept": 0,
                "kept_because": None,
            }
            record(cur, person_id, "PersonForgotten", told, actor=NOTIFY, because_of=message.id)

    def pass_on(self, message: Message) -> None:
        """No mail speaks of this fact, but a webhook may."""
        with self._pool.transaction() as cur:
            if handled(cur, message):
                queue(cur, message)

    def revoke(self, message: Message) -> None:
        """An appointment ended early."""
        with self._pool.transaction() as cur:
            if handled(cur, message):
                revoked.remember(cur, message)
                queue(cur, message)

    def stop_webhooks(self, message: Message) -> None:
        """The account was disabled: what was set up under it sends nothing more."""
        with self._pool.transaction() as cur:
            if handled(cur, message):
                revoked.remember(cur, message)
                disable_all_of(cur, message.data["staff_id"], by=NOTIFY, because_of=message.id)
                queue(cur, message)

    def send(self, job: Job) -> None:
        """Send one mail. A crash on the way sends it again, under the same Message-ID."""
        mail = self._attempt(UUID(job.args["mail"]))
        if mail is None:
            with self._pool.transaction() as cur:
                finish(cur, job)
            return
        try:
            self._deliver(mail)
        except NoRecipient as reason:
            self._settle(job, mail, "dropped", "MailDropped", str(reason))
        except MailRefused as reason:
            self._settle(job, mail, "failed", "MailFailed", str(reason))
        except Later as reason:
            self._note(mail["id"], str(reason))
            raise
        except DatabaseAway:
            raise
        except Exception as error:
            self._note(mail["id"], f"Kesalahan tak terduga: {type(error).__name__}")
            # Its own words, and the traceback, may hold the recipient's address.
            raise MailFault(type(error).__name__) from None
        else:
            self._settle(job, mail, "sent", "MailSent", None)

    def retry(self, mail_id: UUID, by: Actor) -> None:
        """Send it now: one that failed, or one that waits for its next try."""
        with self._pool.transaction() as cur:
            mail = self._reopened(cur, mail_id, "waiting", ("failed", "waiting"))
            enqueue(cur, SEND_MAIL, str(mail_id), {"mail": str(mail_id)})
            cur.execute(
                "UPDATE jobs SET failed = false, attempts = 0, next_try = now()"
                " WHERE kind = %s AND key = %s",
                (SEND_MAIL, str(mail_id)),
            )
            self._record(cur, "MailRetried", mail, by)

    def dismiss(self, mail_id: UUID, by: Actor, *, reason: str) -> None:
        """Leave it unsent, for one of the known reasons."""
        if reason not in DISMISSAL_REASONS:
            raise ReasonUnknown
        with self._pool.transaction() as cur:
            mail = self._reopened(cur, mail_id, "dismissed", ("failed", "waiting"))
            self._record(cur, "MailDismissed", mail, by, reason=reason)

    def compose(self, mail: Mapping[str, Any], recipient: Mailbox) -> EmailMessage:
        """The message for one row of `mails`."""
        fact, because, known = self._told(mail)
        row = mails.mail_for(mail["mail"], mail["audience"], because=because)
        request_id = str(mail["request_id"])
        title = "Bapak/Ibu " if mail["audience"] == PEMOHON else ""
        return compose(
            wording.words(
                row,
                facts=known,
                request_id=request_id,
                greeting=f"Yth. {title}{plain(recipient.name)},",
                public_url=self._public_url,
            ),
            sender=sender(self._city),
            recipient=recipient,
            message_id=message_id(
                fact, mail["mail"], mail["audience"], public_url=self._public_url
            ),
            thread=thread_id(request_id, mail["audience"], public_url=self._public_url),
            date=_as_of(mail["asked_at"]),
        )

    def _deliver(self, mail: Mapping[str, Any]) -> None:
        self._told(mail)
        # While the mail server is away, nobody's address is asked for.
        self._open_post_office()
        if mail["audience"] == PEMOHON:
            # `requests` knows its own facts: for a letter, the one that asked for it.
            a_letter = mails.needs_cause(mail["mail"], mail["audience"])
            fact_id = mail["because_id"] if a_letter else mail["fact_id"]
            recipient = self._pemohon_mailbox(mail["request_id"], fact_id)
        else:
            recipient = office_mailbox(self._city, mail["audience"], self._agency(mail))
        self._send_message(self.compose(mail, recipient))

    def _told(self, mail: Mapping[str, Any]) -> tuple[str, str | None, dict[str, Any]]:
        """The fact's id, the type of the fact behind it, and what both say."""
        facts = {
            row["id"]: row
            for row in self._pool.query(
                "SELECT id, source, type, data FROM heard_facts"
                " WHERE request_id = %s ORDER BY time",
                (mail["request_id"],),
            )
        }
        fact, because = facts[mail["fact_id"]], facts.get(mail["because_id"])
        if because is None and mails.needs_cause(mail["mail"], mail["audience"]):
            raise Later("Peristiwa yang meminta surat ini belum diterima.")
        numbers = [
            row["data"]["register_number"] for row in facts.values() if row["source"] == "requests"
        ]
        if not numbers:
            raise Later("Nomor pendaftaran permohonan ini belum diterima.")
        known = {**(because["data"] if because else {}), **fact["data"]}
        known["register_number"] = numbers[-1]
        return fact["id"], because["type"] if because else None, known

    def _agency(self, mail: Mapping[str, Any]) -> str | None:
        return self._told(mail)[2].get("agency")

    def _attempt(self, mail_id: UUID) -> dict[str, Any] | None:
        """Count an attempt, committed before it is made; None when the mail is settled already."""
        rows = self._pool.query(
            "UPDATE mails SET attempts = attempts + 1, last_attempt_at = now()"
            " WHERE id = %s AND state = 'waiting'"
            " RETURNING id, fact_id, because_id, request_id, mail, audience, attempts, asked_at",
            (mail_id,),
        )
        return rows[0] if rows else None

    def _settle(
        self, job: Job, mail: Mapping[str, Any], state: str, fact: str, error: str | None
    ) -> None:
        with self._pool.transaction() as cur:
            cur.execute(
                "UPDATE mails SET state = %s, last_error = %s, settled_at = now() WHERE id = %s",
                (state, error, mail["id"]),
            )
            finish(cur, job)
            self._record(cur, fact, mail, NOTIFY)
        _log.info(
            f"mail_{state}", mail=mail["mail"], audience=mail["audience"],
            request=str(mail["request_id"]), attempt=mail["attempts"],
        )  # fmt: skip

    def _note(self, mail_id: UUID, error: str) -> None:
        self._pool.execute("UPDATE mails SET last_error = %s WHERE id = %s", (error, mail_id))

    def _reopened(
        self, cur: Any, mail_id: UUID, state: str, allowed: tuple[str, ...]
    ) -> dict[str, Any]:
        cur.execute(
            "SELECT id, fact_id, request_id, mail, audience, state FROM mails"
            " WHERE id = %s FOR UPDATE",
            (mail_id,),
        )
        row = cur.fetchone()
        if row is None:
            raise MailNotFound
        mail = dict(zip([column.name for column in cur.description], row, strict=True))
        if mail["state"] not in allowed:
            raise MailIsNotWaiting
        cur.execute(
            "UPDATE mails SET state = %s, settled_at = CASE WHEN %s = 'waiting' THEN NULL"
            " ELSE now() END WHERE id = %s",
            (state, state, mail_id),
        )
        return mail

    def _record(
        self, cur: Any, type_: str, mail: Mapping[str, Any], by: Actor, **more: str
    ) -> None:
        record(
            cur,
            mail["request_id"],
            type_,
            {"mail": mail["mail"], "audience": mail["audience"], **more},
            actor=by,
            because_of=mail["fact_id"],
        )


def _as_of(asked_at: datetime) -> datetime:
    return asked_at.astimezone(clock.JAKARTA)
