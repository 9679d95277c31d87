"""The published facts by position, for clients that would rather ask than listen."""

import time
from typing import Any

from chassis.log import bound, read
from chassis.message import CONTENT_TYPE, Message
from chassis.postgres import Pool
from chassis.relay import message_of

from requests_service.adapters.published import PUBLISHED

_LOOK_AGAIN_SECONDS = 0.2
SOURCE = "requests"


def read_feed(
    pool: Pool, *, after: int, types: frozenset[str], limit: int, wait_seconds: float
) -> tuple[list[dict[str, Any]], int]:
    """CloudEvents in order, and the position after which to go on; without gap or repetition."""
    until = time.monotonic() + wait_seconds
    while True:
        messages, after = _read(pool, after, types, limit)
        if messages or time.monotonic() >= until:
            return [_as_cloud_event(message) for message in messages], after
        time.sleep(_LOOK_AGAIN_SECONDS)


def _read(pool: Pool, after: int, types: frozenset[str], limit: int) -> tuple[list[Message], int]:
    with pool.connection() as conn, conn.cursor() as cur:
        facts = read(cur, after=after, up_to=bound(cur, after), limit=limit)
    wanted = types & set(PUBLISHED) if types else set(PUBLISHED)
    messages = [
        message_of(fact, SOURCE, PUBLISHED[fact.type](fact.data))
        for fact in facts
        if fact.type in wanted
    ]
    return messages, facts[-1].position if facts else after


def _as_cloud_event(message: Message) -> dict[str, Any]:
    attributes = {name.removeprefix("ce-"): value for name, value in message.headers.items()}
    return {**attributes, "datacontenttype": CONTENT_TYPE, "data": message.data}
