"""The keys of each endpoint, sealed under the endpoint's own key of the keyring."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from chassis.keyring import Keyring

from notify_service.webhooks.signing import KeyPair, new_key_pair

OVERLAP = timedelta(hours=24)
"""For as long an old key signs beside the new one."""
LIVE_MAX = 5


def add(cur: Any, keyring: Keyring, webhook_id: UUID, now: datetime) -> KeyPair:
    """A new pair; the ones before end after OVERLAP."""
    pair = new_key_pair()
    cur.execute(
        "UPDATE webhook_keys SET ends_at = %s WHERE webhook_id = %s AND ends_at IS NULL",
        (now + OVERLAP, webhook_id),
    )
    cur.execute(
        "INSERT INTO webhook_keys"
        " (webhook_id, secret_sealed, private_key_sealed, public_key, made_at)"
        " VALUES (%s, %s, %s, %s, %s)",
        (
            webhook_id,
            keyring.seal(cur, webhook_id, pair.secret, "webhook secret"),
            keyring.seal(cur, webhook_id, pair.private_key, "webhook private key"),
            pair.public_key,
            now,
        ),
    )
    return pair


def live(cur: Any, webhook_id: UUID, now: datetime) -> list[Mapping[str, Any]]:
    """What signs at this moment, the newest first."""
    cur.execute(
        "SELECT secret_sealed, private_key_sealed, public_key, made_at, ends_at FROM webhook_keys"
        " WHERE webhook_id = %s AND (ends_at IS NULL OR ends_at > %s) ORDER BY id DESC",
        (webhook_id, now),
    )
    names = [column.name for column in cur.description]
    return [dict(zip(names, row, strict=True)) for row in cur.fetchall()]


def opened(keyring: Keyring, webhook_id: UUID, row: Mapping[str, Any]) -> KeyPair:
    """A pair to sign with. Raises Forgotten when the endpoint is gone."""
    return KeyPair(
        keyring.open(webhook_id, bytes(row["secret_sealed"]), "webhook secret"),
        keyring.open(webhook_id, bytes(row["private_key_sealed"]), "webhook private key"),
    )
