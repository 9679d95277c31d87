"""The queues of the services on the broker, and what is bound to them.

A service has one queue, bound to all that it hears; or, where QUEUE_PARTITIONS says so, several,
among which an exchange spreads the subjects by their hash.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from amqp.exceptions import NotFound
from chassis.last_net import DEAD_LETTERS
from chassis.settings import SettingsError
from kombu import Exchange, Queue, binding

QUEUE_ARGUMENTS = {
    "x-queue-type": "quorum",
    # The last net alone: a suspect message is parked long before.
    "x-delivery-limit": 20,
    "x-dead-letter-exchange": DEAD_LETTERS,
    "x-dead-letter-strategy": "at-least-once",
    "x-overflow": "reject-publish",
    "x-single-active-consumer": True,
}
PARTITIONS_MAX = 32
_HASHED = {"hash-header": "ce-subject"}
_EQUAL_WEIGHT = "1"

Heard = Sequence[tuple[str, str]]
"""Sources and types."""


class WrongPartitions(SettingsError):
    """QUEUE_PARTITIONS is not what the queues on the broker were made for."""


def names(service: str, partitions: int) -> list[str]:
    """Of a service's queues, the first partition first."""
    return [service] if partitions == 1 else [f"{service}.{n + 1}" for n in range(partitions)]


def declare(channel: Any, service: str, heard: Heard, partitions: int) -> list[Queue]:
    """Make a service's queues and bindings where they are missing."""
    if partitions == 1:
        sources = [binding(_events(source), type_) for source, type_ in heard]
        queues = [Queue(service, sources, queue_arguments=QUEUE_ARGUMENTS)]
    else:
        spread = _spread(service)(channel)
        spread.declare()
        for source, type_ in heard:
            _events(source)(channel).declare()
            spread.bind_to(_events(source), routing_key=type_)
        queues = [
            Queue(name, _spread(service), _EQUAL_WEIGHT, queue_arguments=QUEUE_ARGUMENTS)
            for name in names(service, partitions)
        ]
    for queue in queues:
        queue(channel).declare()
    return queues


def unbind(channel: Any, service: str, unheard: Iterable[tuple[str, str]], partitions: int) -> None:
    """Take away what an earlier version has heard and this one does not: it would be parked."""
    for source, type_ in sorted(unheard):
        if partitions == 1:
            channel.queue_unbind(queue=service, exchange=f"{source}.events", routing_key=type_)
        else:
            _spread(service)(channel).unbind_from(_events(source), routing_key=type_)


def change(connection: Any, service: str, heard: Heard, partitions: int) -> None:
    """Make a service's queues, and take away those of another number of partitions.

    Raises WrongPartitions unless those are empty and nobody works on them.
    """
    there = _there(connection, service)
    other = bool(there) and set(there) != set(names(service, partitions))
    if other:
        in_use = {name: found for name, found in there.items() if any(found)}
        if in_use:
            told = ", ".join(f"{n} ({m} messages, {c} workers)" for n, (m, c) in in_use.items())
            raise WrongPartitions(
                f"{service}: the number of partitions can change only while no worker runs and"
                f" nothing waits; in use: {told}. docs/operator.md says how."
            )
    channel = connection.channel()
    declare(channel, service, heard, partitions)
    for name in there.keys() - set(names(service, partitions)):
        channel.queue_delete(name)
    if other and partitions == 1:
        channel.exchange_delete(_spread(service).name)


def check(connection: Any, service: str, partitions: int) -> None:
    """For a worker, which changes nothing; raises WrongPartitions."""
    too_many = f"{service}.{1 if partitions == 1 else partitions + 1}"
    last = names(service, partitions)[-1]
    if _state(connection, too_many) or (partitions > 1 and not _state(connection, last)):
        raise WrongPartitions(
            f"{service}: QUEUE_PARTITIONS is {partitions}, but the queues were made for another"
            " number; docs/operator.md says how it is changed."
        )


def _there(connection: Any, service: str) -> dict[str, tuple[int, int]]:
    found = {name: _state(connection, name) for name in [service, *names(service, PARTITIONS_MAX)]}
    return {name: state for name, state in found.items() if state is not None}


def _state(connection: Any, queue: str) -> tuple[int, int] | None:
    """How many messages wait in a queue, and how many workers are there; None without it."""
    channel = connection.channel()
    try:
        _, messages, workers = channel.queue_declare(queue, passive=True)
    except NotFound:
        return None
    channel.close()
    return messages, workers


def _events(source: str) -> Exchange:
    return Exchange(f"{source}.events", "topic", durable=True)


def _spread(service: str) -> Exchange:
    return Exchange(f"{service}.partitions", "x-consistent-hash", durable=True, arguments=_HASHED)
