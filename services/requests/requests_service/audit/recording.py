"""Every question that an auditor asks is a fact before it is answered."""

from typing import Any
from uuid import UUID, uuid5

from chassis import log
from chassis.actor import Actor

from requests_service.application import Requests

QUERIES = UUID("6b6f1c1e-7d1b-4b9e-9c0a-2f2f6f6c9a51")
"""Of the streams of queries: one for each actor."""


def note_query(app: Requests, by: Actor, what: dict[str, Any]) -> None:
    """Record `AuditQueried`; when this cannot be written it raises, and there is no answer.

    `what`: what was asked, as JSON. Never what somebody typed to search for: that may name a
    person, and the log is for ever.
    """
    with app.pool.transaction() as cur:
        log.record(cur, uuid5(QUERIES, by.id), "AuditQueried", what, actor=by)
