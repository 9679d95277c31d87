"""The broker's own queue of dead letters: what is no message of ours, what nobody could take.

A message leaves it only when the broker has confirmed it elsewhere, or a person threw it away.
"""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from amqp import Message as AmqpMessage
from amqp.exceptions import AMQPError
from chassis import broker
from chassis.failures import without_personal
from chassis.message import Message, NotAMessage, decode

DEAD_LETTERS = "dead-letters"
DEAD_LETTERS_ARGUMENTS = {
    "x-queue-type": "quorum",
    # Each look counts as a delivery, and newer brokers throw away after twenty.
    "x-delivery-limit": 1_000_000_000,
}
_READ_MAX = 10_000
_OF_ITS_DEATH = ("x-death", "x-first-death", "x-last-death", "x-delivery-count")


class BrokerAway(Exception):
    """It does not answer, or refuses."""


class NoWayBack(Exception):
    """Nobody knows from which queue it came, or that queue is no more."""


@dataclass(frozen=True)
class DeadLetter:
    """One message, as it lies there."""

    id: str
    """Of its content and the queue it came from: the same at each look."""
    queue: str | None
    """Where it died first."""
    why: str | None
    """`rejected`, `delivery_limit`, `expired` or `maxlen`, as RabbitMQ says."""
    died_at: Any
    headers: dict[str, Any]
    body: bytes

    @property
    def message(self) -> Message | None:
        """Read as one of ours; None when it is none."""
        try:
            return decode(self.headers, self.body)
        except (NotAMessage, UnicodeDecodeError):
            return None

    def shown(self) -> dict[str, Any]:
        """Less what is personal; the body only where it is JSON."""
        message = self.message
        try:
            body = without_personal(json.loads(self.body))
        except ValueError:
            body = f"{len(self.body)} bytes that are not JSON"
        return {
            "ref": f"broker/{self.id}",
            "queue": self.queue,
            "source": message and message.source,
            "type": message and message.type,
            "subject": message and message.subject,
            "reason": self.why,
            "died_at": self.died_at,
            "trace": message and message.traceparent,
            "message": {"headers": without_personal(_own(self.headers)), "data": body},
        }


class LastNet:
    """An open look at the queue: what it holds is kept back from others until the look ends."""

    def __init__(self, channel: Any) -> None:
        self._channel = channel

    def letters(self) -> Iterator[tuple[DeadLetter, Any]]:
        """Each with its delivery, oldest first."""
        for _ in range(_READ_MAX):
            delivery = self._channel.basic_get(DEAD_LETTERS)
            if delivery is None:
                return
            yield _letter(delivery), delivery

    def count(self) -> int:
        """How many lie there that nobody looks at."""
        return int(self._channel.queue_declare(DEAD_LETTERS, passive=True).message_count)

    def send_back(self, letter: DeadLetter, delivery: Any) -> None:
        """To the queue that it came from. Raises NoWayBack; what was not confirmed stays.

        Killed in between, it lies in both, and whoever hears it twice knows it by its id.
        """
        if letter.queue is None:
            raise NoWayBack("it never was in a queue of ours")
        returned: list[str] = []
        self._channel.events["basic_return"].add(lambda error, *_: returned.append(str(error)))
        properties = {**delivery.properties, "application_headers": _own(letter.headers)}
        self._channel.basic_publish_confirm(
            AmqpMessage(letter.body, **properties), routing_key=letter.queue, mandatory=True
        )
        if returned:
            raise NoWayBack(f"there is no queue {letter.queue}")
        self.throw_away(delivery)

    def throw_away(self, delivery: Any) -> None:
        """For ever."""
        self._channel.basic_ack(delivery.delivery_tag)


@contextmanager
def opened(url: str) -> Iterator[LastNet]:
    """Raises BrokerAway, also when it goes away meanwhile."""
    try:
        with broker.connection(url) as conn:
            channel = broker.open_(conn).channel()
            channel.auto_decode = False
            # What is neither sent back nor thrown away goes to its place again at the end.
            yield LastNet(channel)
    except (OSError, AMQPError) as error:
        raise BrokerAway(type(error).__name__) from error


def _letter(delivery: Any) -> DeadLetter:
    headers = dict(delivery.headers or {})
    deaths = headers.get("x-death") or [{}]
    queue = headers.get("x-first-death-queue") or deaths[-1].get("queue")
    body = bytes(delivery.body)
    seen = repr((queue, sorted(_own(headers).items()), body)).encode()
    return DeadLetter(
        hashlib.sha256(seen).hexdigest()[:10],
        queue,
        headers.get("x-first-death-reason") or deaths[-1].get("reason"),
        deaths[-1].get("time"),
        headers,
        body,
    )


def _own(headers: dict[str, Any]) -> dict[str, Any]:
    """What the publisher set."""
    return {name: value for name, value in headers.items() if not name.startswith(_OF_ITS_DEATH)}
