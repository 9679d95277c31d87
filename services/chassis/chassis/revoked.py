"""Whose session ended before its hour: accounts that were disabled, appointments that ended early.

A session is a signed token, and whoever signed it cannot take it back. It says so in a fact, whose
subject is the account or the appointment; each service that hears it remembers the id, and asks
for it whenever somebody comes with a session.
"""

from typing import Any

from chassis.message import Message
from chassis.postgres import Pool


def remember(cur: Any, message: Message) -> None:
    """In the caller's transaction."""
    cur.execute("INSERT INTO revoked (id) VALUES (%s) ON CONFLICT DO NOTHING", (message.subject,))


def is_revoked(pool: Pool, account: str, appointment: str | None = None) -> bool:
    """Whether this account, or the appointment by which it acts, has ended."""
    found = pool.execute("SELECT 1 FROM revoked WHERE id IN (%s, %s)", (account, appointment))
    return bool(found)
