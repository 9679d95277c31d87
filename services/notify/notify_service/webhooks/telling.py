"""Tells an endpoint's owner by mail that it was disabled."""

from collections.abc import Callable, Mapping
from email.message import EmailMessage
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import structlog
from chassis import clock
from chassis.jobs import Job, Later, finish
from chassis.keyring import Forgotten
from chassis.postgres import DatabaseAway, Pool

from notify_service.domain.errors import MailFault, MailRefused, WebhookNotFound
from notify_service.domain.letterhead import sender
from notify_service.domain.message import message_id
from notify_service.domain.webhook_mail import disabled_mail

_log = structlog.get_logger()


class Telling:
    """One mail for each time; a crash sends it again under the same Message-ID."""

    def __init__(
        self,
        pool: Pool,
        *,
        city: Mapping[str, Any],
        public_url: str,
        contact: Callable[[UUID], str],
        open_post_office: Callable[[], None],
        send_message: Callable[[EmailMessage], None],
    ) -> None:
        self._pool = pool
        self._city = city
        self._public_url = public_url
        self._contact = contact
        self._open_post_office = open_post_office
        self._send_message = send_message

    def tell(self, job: Job) -> None:
        """Send the mail, unless the webhook was deleted meanwhile."""
        try:
            self._open_post_office()
            self._send_message(self._mail(job))
        except (WebhookNotFound, Forgotten):
            pass
        except MailRefused:
            # The page tells it, too; the server's words may hold the address.
            _log.warning("webhook_owner_not_told", webhook=job.args["webhook"])
        except (Later, DatabaseAway):
            raise
        except Exception as error:
            raise MailFault(type(error).__name__) from None
        with self._pool.transaction() as cur:
            finish(cur, job)

    def _mail(self, job: Job) -> EmailMessage:
        webhook_id = UUID(job.args["webhook"])
        contact = self._contact(webhook_id)
        [(url,)] = self._pool.execute("SELECT url FROM webhooks WHERE id = %s", (webhook_id,))
        return disabled_mail(
            because=job.args["because"],
            host=urlsplit(url).hostname or "",
            link=f"{self._public_url}/webhook/{webhook_id}",
            contact=contact,
            sender=sender(self._city),
            message_id=message_id(job.key, "webhook", "owner", public_url=self._public_url),
            date=clock.now().astimezone(clock.JAKARTA),
        )
