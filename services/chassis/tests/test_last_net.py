"""The broker's own dead letters: looked at, sent back, thrown away, and never lost in between."""

import json
import threading
from collections.abc import Callable

import pika
import pytest
from chassis import last_net
from chassis.last_net import DEAD_LETTERS, DEAD_LETTERS_ARGUMENTS, LastNet, NoWayBack, opened
from pika.adapters.blocking_connection import BlockingChannel

pytestmark = pytest.mark.servers

GARBAGE = b"\x00 no JSON, siti@contoh.id"
_PATIENCE_SECONDS = 60


@pytest.fixture(scope="module")
def amqp_url(rabbit):
    """One virtual host for all: a new one takes a second."""
    return rabbit.new_virtual_host()


@pytest.fixture
def channel(amqp_url):
    """A broker with one service's queue, `echo`, and the last net, both empty."""
    connection = pika.BlockingConnection(pika.URLParameters(amqp_url))
    made = connection.channel()
    made.confirm_delivery()
    made.exchange_declare(DEAD_LETTERS, "fanout", durable=True)
    made.queue_declare(DEAD_LETTERS, durable=True, arguments=DEAD_LETTERS_ARGUMENTS)
    made.queue_bind(DEAD_LETTERS, DEAD_LETTERS)
    made.queue_declare(
        "echo",
        durable=True,
        arguments={"x-queue-type": "quorum", "x-dead-letter-exchange": DEAD_LETTERS},
    )
    yield made
    made.queue_delete("echo")
    made.queue_delete(DEAD_LETTERS)
    connection.close()


def a_dead_letter(channel: BlockingChannel, body: bytes = GARBAGE, **headers: str) -> None:
    """Rejected by the service that had it."""
    before = _count(channel, DEAD_LETTERS)
    properties = pika.BasicProperties(
        headers=headers, delivery_mode=2, content_type="application/json", content_encoding="utf-8"
    )
    channel.basic_publish("", "echo", body, properties)
    method, _, _ = _until(lambda: _taken(channel, "echo"))
    channel.basic_reject(method.delivery_tag, requeue=False)
    _until(lambda: _count(channel, DEAD_LETTERS) > before)


def test_a_dead_letter_is_shown_with_where_and_why_it_died_and_stays(channel, amqp_url):
    a_dead_letter(channel, **{"ce-id": "x"})

    looks = []
    for _ in range(2):
        with opened(amqp_url) as net:
            looks.append([letter for letter, _ in net.letters()])
        _until(lambda: _count(channel, DEAD_LETTERS) == 1)

    (first,), (second,) = looks
    assert ("echo", "rejected", GARBAGE) == (first.queue, first.why, first.body)
    assert first.id == second.id
    assert (None, f"{len(GARBAGE)} bytes that are not JSON") == (
        first.shown()["type"],
        first.shown()["message"]["data"],
    )


def test_what_is_shown_names_no_person(channel, amqp_url):
    a_dead_letter(channel, json.dumps({"nama": "Siti", "door": 3}).encode())

    with opened(amqp_url) as net:
        ((letter, _),) = net.letters()

    assert {"nama": "(hidden)", "door": 3} == letter.shown()["message"]["data"]


def test_it_goes_back_to_its_queue_as_it_was(channel, amqp_url):
    a_dead_letter(channel, **{"ce-id": "x"})

    with opened(amqp_url) as net:
        ((letter, delivery),) = net.letters()
        net.send_back(letter, delivery)

    _, properties, body = _until(lambda: _taken(channel, "echo"))
    assert (GARBAGE, 2) == (body, properties.delivery_mode)
    # The broker's own count, begun anew.
    assert {"ce-id": "x", "x-delivery-count": 0} == properties.headers
    assert ("application/json", "utf-8") == (properties.content_type, properties.content_encoding)
    assert 0 == _count(channel, DEAD_LETTERS)


def test_killed_between_sending_and_taking_away_it_lies_in_both(channel, amqp_url):
    class Killed(BaseException):
        pass

    class Dying(LastNet):
        def throw_away(self, delivery):
            raise Killed

    a_dead_letter(channel)

    with pytest.raises(Killed), opened(amqp_url) as net:
        ((letter, delivery),) = net.letters()
        Dying(net._channel).send_back(letter, delivery)

    _until(lambda: _count(channel, DEAD_LETTERS) == 1)
    _until(lambda: _count(channel, "echo") == 1)


def test_when_its_queue_is_gone_it_stays(channel, amqp_url):
    a_dead_letter(channel)
    channel.queue_delete("echo")

    with opened(amqp_url) as net:
        ((letter, delivery),) = net.letters()
        with pytest.raises(NoWayBack, match="no queue echo"):
            net.send_back(letter, delivery)

    _until(lambda: _count(channel, DEAD_LETTERS) == 1)


def test_what_was_in_no_queue_has_no_way_back(channel, amqp_url):
    channel.basic_publish(DEAD_LETTERS, "", b"{}", pika.BasicProperties(delivery_mode=2))

    with opened(amqp_url) as net:
        ((letter, delivery),) = net.letters()
        assert (None, None) == (letter.queue, letter.why)
        with pytest.raises(NoWayBack):
            net.send_back(letter, delivery)

    _until(lambda: _count(channel, DEAD_LETTERS) == 1)


def test_thrown_away_it_is_gone_and_the_others_stay_in_order(channel, amqp_url):
    for body in (b"1", b"2", b"3"):
        a_dead_letter(channel, body)

    with opened(amqp_url) as net:
        for letter, delivery in net.letters():
            if letter.body == b"2":
                net.throw_away(delivery)

    _until(lambda: _count(channel, DEAD_LETTERS) == 2)
    with opened(amqp_url) as net:
        assert [b"1", b"3"] == [letter.body for letter, _ in net.letters()]


def test_a_broker_that_is_away_is_said_to_be():
    with pytest.raises(last_net.BrokerAway), opened("amqp://guest:guest@127.0.0.1:1//"):
        pass


def _taken(channel: BlockingChannel, queue: str):
    taken = channel.basic_get(queue)
    return taken if taken[0] else None


def _count(channel: BlockingChannel, queue: str) -> int:
    return channel.queue_declare(queue, passive=True).method.message_count


def _until(found: Callable[[], object]):
    for _ in range(_PATIENCE_SECONDS * 50):
        if result := found():
            return result
        threading.Event().wait(0.02)
    raise AssertionError("waited in vain")
