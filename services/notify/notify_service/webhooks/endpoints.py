"""What an integrator may ask about endpoints of their own, and an operator about any."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from difflib import get_close_matches
from itertools import chain
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from chassis import clock
from chassis.actor import Actor
from chassis.keyring import Keyring
from chassis.log import record
from chassis.message import Message
from chassis.postgres import Pool

from notify_service.domain.errors import (
    DeliveryNotFound,
    WebhookNotFound,
    WebhookRefused,
    WebhookStands,
)
from notify_service.domain.message import is_address
from notify_service.domain.passed_on import TYPES
from notify_service.webhooks import keys
from notify_service.webhooks.deliveries import enqueue_due, keep, revive
from notify_service.webhooks.signing import written_secret

WEBHOOKS_MAX = 20
"""Of one account."""
OPERATOR = "operator"
ACCOUNT = "account"
_BY_OPERATOR = frozenset({OPERATOR, ACCOUNT})
"""Why a webhook is disabled that an operator alone enables again."""
TEST = "WebhookTest"
_TYPE_LENGTH_MAX = max(map(len, TYPES))
_GUESSED_MAX = 5
REPLAYED_MAX = 10_000
"""Deliveries in one replay."""


class Endpoints:
    """The table `webhooks`. Whoever is not its owner is told that there is none."""

    def __init__(self, pool: Pool, keyring: Keyring, check_url: Callable[[str], None]) -> None:
        """`check_url` raises AddressRefused where nothing may be sent to."""
        self._pool = pool
        self._keyring = keyring
        self._check_url = check_url

    def create(
        self, by: Actor, *, url: str, types: Sequence[str], contact: str
    ) -> tuple[UUID, str]:
        """A new endpoint and its secret, which is told only here."""
        self._check(url=url, types=types, contact=contact)
        webhook_id, now = uuid4(), clock.now()
        with self._pool.transaction() as cur:
            # One at a time for each owner, so that the limit holds.
            cur.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", (f"webhooks {by.id}",))
            cur.execute("SELECT count(*) FROM webhooks WHERE owner = %s", (by.id,))
            if cur.fetchone()[0] >= WEBHOOKS_MAX:
                raise WebhookStands(f"An account has at most {WEBHOOKS_MAX} webhooks.")
            cur.execute(
                "INSERT INTO webhooks (id, owner, url, types, contact_sealed, made_at)"
                " VALUES (%s, %s, %s, %s, %s, %s)",
                (webhook_id, by.id, url, sorted(set(types)), self._sealed(cur, webhook_id, contact),
                 now),
            )  # fmt: skip
            pair = keys.add(cur, self._keyring, webhook_id, now)
            told = {"host": _host(url), "types": sorted(set(types))}
            record(cur, webhook_id, "WebhookCreated", told, actor=by)
        return webhook_id, written_secret(pair.secret)

    def change(
        self,
        webhook_id: UUID,
        by: Actor,
        *,
        url: str | None = None,
        types: Sequence[str] | None = None,
        contact: str | None = None,
    ) -> None:
        """Another URL, other types (for what comes from now on), another contact."""
        self._check(url=url, types=types, contact=contact)
        with self._pool.transaction() as cur:
            before = _own(cur, webhook_id, by)
            now_url = url if url is not None else before["url"]
            now_types = sorted(set(types)) if types is not None else before["types"]
            cur.execute(
                "UPDATE webhooks SET url = %s, types = %s WHERE id = %s",
                (now_url, now_types, webhook_id),
            )
            if contact is not None:
                cur.execute(
                    "UPDATE webhooks SET contact_sealed = %s WHERE id = %s",
                    (self._sealed(cur, webhook_id, contact), webhook_id),
                )
            told = {"host": _host(now_url), "types": now_types, "contact": contact is not None}
            record(cur, webhook_id, "WebhookChanged", told, actor=by)

    def pause(self, webhook_id: UUID, by: Actor) -> None:
        """Send nothing for now; what comes meanwhile waits."""
        with self._pool.transaction() as cur:
            if _own(cur, webhook_id, by)["state"] != "active":
                raise WebhookStands("Only an active webhook can be paused.")
            cur.execute("UPDATE webhooks SET state = 'paused' WHERE id = %s", (webhook_id,))
            record(cur, webhook_id, "WebhookPaused", {}, actor=by)

    def enable(self, webhook_id: UUID, by: Actor) -> None:
        """Go on from where it is, after a pause or after it was disabled."""
        with self._pool.transaction() as cur:
            webhook = _own_or_operators(cur, webhook_id, by)
            if webhook["state"] == "active":
                raise WebhookStands("This webhook is active already.")
            by_operator = webhook["disabled_because"] in _BY_OPERATOR
            if by_operator != (by.role == OPERATOR):
                raise WebhookStands(
                    "An operator has disabled this webhook; ask them."
                    if by_operator
                    else "Only its owner enables it again."
                )
            cur.execute(
                "UPDATE webhooks SET state = 'active', disabled_because = NULL, failures = 0,"
                " failing_since = NULL, held_until = NULL WHERE id = %s",
                (webhook_id,),
            )
            revive(cur, webhook_id, webhook["failing_since"])
            enqueue_due(cur, webhook_id)
            record(cur, webhook_id, "WebhookEnabled", {}, actor=by)

    def disable(self, webhook_id: UUID, by: Actor) -> None:
        """An operator stops it until an operator enables it again."""
        if by.role != OPERATOR:
            raise WebhookNotFound
        with self._pool.transaction() as cur:
            webhook = _own_or_operators(cur, webhook_id, by)
            if webhook["disabled_because"] == OPERATOR:
                raise WebhookStands("An operator has disabled this webhook already.")
            cur.execute(
                "UPDATE webhooks SET state = 'disabled', disabled_because = %s WHERE id = %s",
                (OPERATOR, webhook_id),
            )
            record(cur, webhook_id, "WebhookDisabled", {"because": OPERATOR}, actor=by)

    def rotate(self, webhook_id: UUID, by: Actor) -> tuple[str, datetime]:
        """A new secret, told only here, and until when the ones before sign beside it."""
        now = clock.now()
        with self._pool.transaction() as cur:
            _own(cur, webhook_id, by)
            if len(keys.live(cur, webhook_id, now)) >= keys.LIVE_MAX:
                raise WebhookStands(
                    f"{keys.LIVE_MAX} secrets are valid at this moment; wait until one has ended."
                )
            pair = keys.add(cur, self._keyring, webhook_id, now)
            until = now + keys.OVERLAP
            told = {"old_until": until.isoformat()}
            record(cur, webhook_id, "WebhookSecretRotated", told, actor=by)
        return written_secret(pair.secret), until

    def delete(self, webhook_id: UUID, by: Actor) -> None:
        """Its keys, its contact and its deliveries are gone; the facts about it stay."""
        with self._pool.transaction() as cur:
            _own(cur, webhook_id, by)
            cur.execute("DELETE FROM webhooks WHERE id = %s", (webhook_id,))
            self._keyring.destroy(cur, webhook_id)
            record(cur, webhook_id, "WebhookDeleted", {}, actor=by)

    def test(self, webhook_id: UUID, by: Actor) -> UUID:
        """A delivery that is about nothing; its id."""
        with self._pool.transaction() as cur:
            if _own(cur, webhook_id, by)["state"] != "active":
                raise WebhookStands("Enable this webhook first.")
            if _is_tested(cur, webhook_id):
                raise WebhookStands("The last test is still on its way; wait until it has ended.")
            message = _test_message(webhook_id, by)
            keep(cur, message)
            cur.execute(
                "INSERT INTO deliveries (id, webhook_id, message_id, next_try, asked_at)"
                " VALUES (%s, %s, %s, %s, %s) RETURNING id",
                (uuid4(), webhook_id, message.id, message.time, message.time),
            )
            delivery_id: UUID = cur.fetchone()[0]
            enqueue_due(cur, webhook_id)
            record(cur, webhook_id, "WebhookTested", {}, actor=by)
        return delivery_id

    def replay(self, webhook_id: UUID, delivery_id: UUID, by: Actor) -> None:
        """Send one again, under the same webhook-id."""
        if self._replay(webhook_id, by, "id = %s", (delivery_id,)) == 0:
            raise DeliveryNotFound

    def replay_time(self, webhook_id: UUID, by: Actor, *, since: datetime, until: datetime) -> int:
        """Send again what happened from `since` to before `until`; how many those are."""
        if since.tzinfo is None or until.tzinfo is None:
            raise WebhookRefused("A time needs its zone, as in 2026-11-22T08:00:00+07:00.")
        if since >= until:
            raise WebhookRefused("`since` is before `until`.")
        return self._replay(webhook_id, by, "m.time >= %s AND m.time < %s", (since, until))

    def replay_positions(
        self, webhook_id: UUID, by: Actor, *, source: str, first: int, last: int
    ) -> int:
        """Send again from one position of a source's log to another; how many those are."""
        if first > last:
            raise WebhookRefused("`first` is not after `last`.")
        return self._replay(
            webhook_id, by, "m.source = %s AND m.position BETWEEN %s AND %s", (source, first, last)
        )

    def contact(self, webhook_id: UUID) -> str:
        """Whom to tell. Raises WebhookNotFound."""
        rows = self._pool.execute(
            "SELECT contact_sealed FROM webhooks WHERE id = %s", (webhook_id,)
        )
        if not rows:
            raise WebhookNotFound
        return self._keyring.open(webhook_id, bytes(rows[0][0]), "webhook contact").decode()

    def _replay(self, webhook_id: UUID, by: Actor, which: str, args: tuple[Any, ...]) -> int:
        now = clock.now()
        with self._pool.transaction() as cur:
            _own(cur, webhook_id, by)
            # A delivery that waits is only brought forward.
            cur.execute(
                "UPDATE deliveries SET state = 'waiting', attempts = 0, next_try = %s,"
                " settled_at = NULL WHERE id IN (SELECT d.id FROM deliveries AS d"
                " JOIN webhook_messages AS m ON m.id = d.message_id"
                f" WHERE d.webhook_id = %s AND {which.replace('id =', 'd.id =')}"
                " ORDER BY d.number LIMIT %s)",
                (now, webhook_id, *args, REPLAYED_MAX + 1),
            )
            found: int = cur.rowcount
            if found > REPLAYED_MAX:
                raise WebhookRefused(f"These are more than {REPLAYED_MAX}; take a smaller range.")
            if found:
                enqueue_due(cur, webhook_id)
                record(cur, webhook_id, "WebhookReplayed", {"deliveries": found}, actor=by)
        return found

    def _check(self, *, url: str | None, types: Sequence[str] | None, contact: str | None) -> None:
        if url is not None:
            self._check_url(url)
        unknown = sorted(set(types or ()) - TYPES)
        if unknown:
            said = ", ".join(unknown)[:200]
            raise WebhookRefused(f"These types do not exist: {said}. {_known_near(unknown)}")
        if contact is not None and not is_address(contact):
            raise WebhookRefused("`contact` is the mail address to write to when deliveries fail.")

    def _sealed(self, cur: Any, webhook_id: UUID, contact: str) -> bytes:
        return self._keyring.seal(cur, webhook_id, contact.strip().encode(), "webhook contact")


def disable_all_of(cur: Any, owner: str, *, by: Actor, because_of: str) -> None:
    """The account was disabled: its webhooks stop until an operator enables them again."""
    cur.execute(
        "UPDATE webhooks SET state = 'disabled', disabled_because = %s WHERE owner = %s"
        " AND disabled_because IS DISTINCT FROM %s RETURNING id",
        (ACCOUNT, owner, OPERATOR),
    )
    for (webhook_id,) in cur.fetchall():
        told = {"because": ACCOUNT}
        record(cur, webhook_id, "WebhookDisabled", told, actor=by, because_of=because_of)


def _is_tested(cur: Any, webhook_id: UUID) -> bool:
    cur.execute(
        "SELECT 1 FROM deliveries AS d JOIN webhook_messages AS m ON m.id = d.message_id"
        " WHERE d.webhook_id = %s AND d.state = 'waiting' AND m.type = %s",
        (webhook_id, TEST),
    )
    return cur.fetchone() is not None


def _own(cur: Any, webhook_id: UUID, by: Actor) -> Mapping[str, Any]:
    """The row, locked, for its owner."""
    row = _locked(cur, webhook_id)
    if row["owner"] != by.id:
        raise WebhookNotFound
    return row


def _own_or_operators(cur: Any, webhook_id: UUID, by: Actor) -> Mapping[str, Any]:
    return _locked(cur, webhook_id) if by.role == OPERATOR else _own(cur, webhook_id, by)


def _locked(cur: Any, webhook_id: UUID) -> Mapping[str, Any]:
    cur.execute(
        "SELECT owner, url, types, state, disabled_because, failing_since FROM webhooks"
        " WHERE id = %s FOR UPDATE",
        (webhook_id,),
    )
    row = cur.fetchone()
    if row is None:
        raise WebhookNotFound
    return dict(zip([column.name for column in cur.description], row, strict=True))


def _test_message(webhook_id: UUID, by: Actor) -> Message:
    return Message(
        id=f"test-{uuid4()}",
        source="notify",
        type=TEST,
        subject=str(webhook_id),
        time=clock.now(),
        sequence=0,
        position=0,
        actor=by,
        data={},
        dataschema="",
    )


def _known_near(unknown: Sequence[str]) -> str:
    """A sentence with those that may have been meant, or with all."""
    near = [get_close_matches(each[:_TYPE_LENGTH_MAX], TYPES) for each in unknown[:_GUESSED_MAX]]
    if not all(near):
        return f"There are: {', '.join(sorted(TYPES))}."
    return f"Perhaps: {', '.join(dict.fromkeys(chain.from_iterable(near)))}."


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""
