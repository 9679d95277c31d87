"""Sends what was heard to the endpoints that want it: in order, again when it fails, never lost.

A job serves one endpoint for a turn. So endpoints stand side by side, each has one delivery under
way at a time, and one that is slow or away is served by threads of its own kind.
"""

import json
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from chassis import clock
from chassis.actor import Actor
from chassis.jobs import Job, enqueue, finish
from chassis.keyring import Forgotten, Keyring
from chassis.log import record
from chassis.message import Message, as_json, from_json, structured
from chassis.postgres import Pool
from prometheus_client import Counter

from notify_service.domain import retries
from notify_service.webhooks import keys
from notify_service.webhooks.signing import KeyPair, signed_headers

_log = structlog.get_logger()
NOTIFY = Actor("notify", "service")
QUICKLY = "deliver_webhooks"
SLOWLY = "deliver_webhooks_slowly"
"""For endpoints whose last attempt failed or took long: they hold up one another alone."""
TELL_OWNER = "tell_webhook_owner"
BODY_BYTES_MAX = 20_000
"""By the specification's advice; a test holds every contract to it."""
_SLOW_SECONDS = 2.0
_TURN_SECONDS = 10.0
_TURN_DELIVERIES = 20
# Longer than one attempt may take: until then nobody else makes it.
_CLAIM = timedelta(seconds=30)
_ATTEMPTS = Counter("webhook_attempts", "Attempts to deliver a webhook", ["outcome"])


@dataclass(frozen=True)
class Answer:
    """What one attempt brought. Without a status there was none."""

    status: int | None
    seconds: float
    error: str | None = None
    retry_after: timedelta | None = None

    @property
    def is_success(self) -> bool:
        """2xx only: a redirect is not followed."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def is_about_the_endpoint(self) -> bool:
        """Whether what else waits for this endpoint should wait, too."""
        return self.status is None or self.status in retries.THROTTLING


Post = Callable[[str, Mapping[str, str], bytes], Answer]
"""Sends a body to a URL with these headers."""


def queue(cur: Any, message: Message) -> None:
    """One delivery for each endpoint that wants this, in the caller's transaction.

    Also for one that is paused or disabled: it goes on from where it is.
    """
    cur.execute(
        "SELECT id FROM webhooks WHERE cardinality(types) = 0 OR %s = ANY (types)"
        " ORDER BY id FOR KEY SHARE",
        (webhook_type(message),),
    )
    wanting = [webhook_id for (webhook_id,) in cur.fetchall()]
    if not wanting:
        return
    keep(cur, message)
    now = clock.now()
    cur.execute(
        "INSERT INTO deliveries (id, webhook_id, message_id, next_try, asked_at)"
        " SELECT gen_random_uuid(), id, %s, %s, %s FROM unnest(%s) AS id ON CONFLICT DO NOTHING",
        (message.id, now, now, wanting),
    )
    for webhook_id in wanting:
        enqueue_due(cur, webhook_id)


def keep(cur: Any, message: Message) -> None:
    """Keep a message for as long as it can be sent again."""
    cur.execute(
        "INSERT INTO webhook_messages"
        " (id, source, type, subject, position, time, message, kept_at)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
        (message.id, message.source, message.type, message.subject, message.position,
         message.time, json.dumps(as_json(message)), clock.now()),
    )  # fmt: skip


def enqueue_due(cur: Any, webhook_id: UUID | None = None) -> None:
    """A job for an endpoint, or for every one, that has a delivery due by the clock."""
    now = clock.now()
    cur.execute(
        "SELECT id, slow FROM webhooks AS w WHERE state = 'active'"
        " AND (%s::uuid IS NULL OR id = %s) AND (held_until IS NULL OR held_until <= %s)"
        " AND EXISTS (SELECT 1 FROM deliveries WHERE webhook_id = w.id AND state = 'waiting'"
        " AND next_try <= %s)",
        (webhook_id, webhook_id, now, now),
    )
    for due, slow in cur.fetchall():
        enqueue(cur, SLOWLY if slow else QUICKLY, str(due), {"webhook": str(due)})


def revive(cur: Any, webhook_id: UUID, failing_since: datetime | None) -> None:
    """Have all that waits tried now, and what was given up since it has failed."""
    cur.execute(
        "UPDATE deliveries SET state = 'waiting', settled_at = NULL, next_try = %s,"
        " attempts = CASE WHEN state = 'failed' THEN 0 ELSE attempts END"
        " WHERE webhook_id = %s AND (state = 'waiting' OR state = 'failed' AND settled_at >= %s)",
        (clock.now(), webhook_id, failing_since),
    )


def webhook_type(message: Message) -> str:
    """As endpoints name it: `requests.RequestSubmitted`."""
    return f"{message.source}.{message.type}"


def body_of(message: Message) -> bytes:
    """What is sent: the CloudEvent as `data`. The same bytes at every attempt."""
    whole = {
        "type": webhook_type(message),
        "timestamp": message.time.isoformat(),
        "data": structured(message),
    }
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode()


class Deliveries:
    """The table `deliveries`."""

    def __init__(self, pool: Pool, keyring: Keyring, post: Post) -> None:
        self._pool = pool
        self._keyring = keyring
        self._post = post

    def serve(self, job: Job) -> None:
        """One endpoint's turn: what is due, one after the other, for a while."""
        webhook_id, slow = UUID(job.args["webhook"]), job.kind == SLOWLY
        pairs = self._keys(webhook_id)
        until = time.monotonic() + _TURN_SECONDS
        for _ in range(_TURN_DELIVERIES):
            # Before a stated instant, so that others have their turn.
            delivery = self._begin(webhook_id, slow) if time.monotonic() < until else None
            if delivery is None:
                break
            self._settle(delivery, self._send(delivery, pairs))
        with self._pool.transaction() as cur:
            finish(cur, job)
            enqueue_due(cur, webhook_id)

    def _keys(self, webhook_id: UUID) -> list[KeyPair]:
        with self._pool.transaction() as cur:
            rows = keys.live(cur, webhook_id, clock.now())
        try:
            return [keys.opened(self._keyring, webhook_id, row) for row in rows]
        except Forgotten:  # deleted at this moment, and its deliveries with it
            return []

    def _begin(self, webhook_id: UUID, slow: bool) -> dict[str, Any] | None:
        """Take the next one that is due and count its attempt, committed before it is made."""
        now = clock.now()
        with self._pool.transaction() as cur:
            cur.execute(
                "UPDATE deliveries AS d SET attempts = d.attempts + 1, next_try = %s"
                " FROM webhooks AS w, webhook_messages AS m WHERE d.id = ("
                "SELECT id FROM deliveries WHERE webhook_id = %s AND state = 'waiting'"
                " AND next_try <= %s ORDER BY number LIMIT 1 FOR UPDATE SKIP LOCKED)"
                " AND w.id = d.webhook_id AND w.state = 'active' AND w.slow = %s"
                " AND (w.held_until IS NULL OR w.held_until <= %s) AND m.id = d.message_id"
                " RETURNING d.id, d.webhook_id, d.attempts, w.url, m.message",
                (now + _CLAIM, webhook_id, now, slow, now),
            )
            row = cur.fetchone()
            if row is None:
                return None
            names = [column.name for column in cur.description]
            delivery = dict(zip(names, row, strict=True))
            cur.execute(
                "INSERT INTO delivery_attempts (delivery_id, began_at) VALUES (%s, %s)"
                " RETURNING id",
                (delivery["id"], now),
            )
            return {**delivery, "attempt_id": cur.fetchone()[0]}

    def _send(self, delivery: Mapping[str, Any], pairs: list[KeyPair]) -> Answer:
        message = from_json(delivery["message"])
        body = body_of(message)
        headers = signed_headers(
            pairs, message_id=message.id, timestamp=int(clock.now().timestamp()), body=body
        )
        return self._post(delivery["url"], {"Content-Type": "application/json", **headers}, body)

    def _settle(self, delivery: Mapping[str, Any], answer: Answer) -> None:
        webhook_id, now = delivery["webhook_id"], clock.now()
        with self._pool.transaction() as cur:
            cur.execute(
                "SELECT state, failing_since, failures FROM webhooks WHERE id = %s"
                " FOR NO KEY UPDATE",
                (webhook_id,),
            )
            row = cur.fetchone()
            if row is None:  # deleted meanwhile, and its deliveries with it
                return
            state, failing_since, failures = row
            cur.execute(
                "UPDATE delivery_attempts SET status = %s, seconds = %s, error = %s WHERE id = %s",
                (answer.status, answer.seconds, answer.error, delivery["attempt_id"]),
            )
            if answer.is_success:
                _succeeded(cur, delivery, answer, failing_since, now)
            else:
                since = failing_since or now
                _failed(cur, delivery, answer, since, failures + 1, now)
                if state == "active":
                    _disable_if_hopeless(cur, webhook_id, answer, since, now)
        _ATTEMPTS.labels("delivered" if answer.is_success else "failed").inc()
        _log.info(
            "webhook_attempt", webhook=str(webhook_id), delivery=str(delivery["id"]),
            attempt=delivery["attempts"], status=answer.status,
        )  # fmt: skip


def _succeeded(
    cur: Any,
    delivery: Mapping[str, Any],
    answer: Answer,
    failing_since: datetime | None,
    now: datetime,
) -> None:
    cur.execute(
        "UPDATE deliveries SET state = 'delivered', settled_at = %s WHERE id = %s",
        (now, delivery["id"]),
    )
    cur.execute(
        "UPDATE webhooks SET failures = 0, failing_since = NULL, held_until = NULL,"
        " last_error = NULL, last_success_at = %s, slow = %s WHERE id = %s",
        (now, answer.seconds > _SLOW_SECONDS, delivery["webhook_id"]),
    )
    # Not after a short fault, or one message that always fails would be tried without end.
    if failing_since is not None and now - failing_since >= retries.RECOVERED_AFTER:
        revive(cur, delivery["webhook_id"], failing_since)


def _failed(
    cur: Any,
    delivery: Mapping[str, Any],
    answer: Answer,
    failing_since: datetime,
    failures: int,
    now: datetime,
) -> None:
    delay = retries.next_delay(
        delivery["attempts"],
        chance=random.random(),  # noqa: S311 - spreads retries, hides nothing
        retry_after=answer.retry_after,
    )
    if delay is None:
        cur.execute(
            "UPDATE deliveries SET state = 'failed', settled_at = %s WHERE id = %s",
            (now, delivery["id"]),
        )
    else:
        cur.execute(
            "UPDATE deliveries SET next_try = %s WHERE id = %s", (now + delay, delivery["id"])
        )
    about_endpoint = answer.is_about_the_endpoint
    held_until = now + retries.hold(failures, answer.retry_after) if about_endpoint else None
    cur.execute(
        "UPDATE webhooks SET failures = %s, failing_since = %s, held_until = %s, last_error = %s,"
        " slow = true WHERE id = %s",
        (failures, failing_since, held_until, answer.error, delivery["webhook_id"]),
    )


def _disable_if_hopeless(
    cur: Any, webhook_id: UUID, answer: Answer, failing_since: datetime, now: datetime
) -> None:
    if answer.status == 410:
        because = "gone"
    elif now - failing_since >= retries.DISABLED_AFTER:
        because = "failing"
    else:
        return
    cur.execute(
        "UPDATE webhooks SET state = 'disabled', disabled_because = %s WHERE id = %s",
        (because, webhook_id),
    )
    record(cur, webhook_id, "WebhookDisabled", {"because": because}, actor=NOTIFY)
    told = {"webhook": str(webhook_id), "because": because}
    enqueue(cur, TELL_OWNER, f"{webhook_id} {now.isoformat()}", told)
