"""The client package: what it hands over, remembers, keeps and acknowledges."""

import json
import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import pika
import pytest
from satudata_events import Consumer, Event, NotAnEvent, State

from tests.installations import wait_until

PACKAGE = Path(__file__).parents[1]


def an_event(sequence, *, subject="a", type_="RequestSubmitted", version=1, source="requests"):
    attributes = {
        "id": f"{source}-{subject}-{sequence}",
        "source": source,
        "type": type_,
        "subject": subject,
        "sequence": str(sequence),
        "position": str(sequence),
        "dataschema": f"urn:satudata:{source}:{type_}:v{version}",
    }
    return Event.of(attributes, {"step": sequence})


def a_consumer(handle, **how):
    how.setdefault("state", State(":memory:"))
    return Consumer(handle, **{"queue": "none", "attempts": 1, **how})


def heard(order, **how):
    """What the handler saw of these sequences."""
    seen = []
    consumer = a_consumer(lambda event: seen.append(event.sequence), **how)
    for sequence in order:
        consumer.hear(an_event(sequence))
    return seen


@pytest.mark.parametrize(
    ("order", "seen"),
    [((1, 2, 3), [1, 2, 3]), ((3, 2, 2, 1), [3]), ((1, 3, 2, 3), [1, 3]), ((2, 2), [2])],
)
def test_only_what_is_newer_than_all_before_is_handed_over(order, seen):
    assert seen == heard(order)


def test_what_comes_late_is_handed_over_once_to_who_wants_it():
    late = []

    seen = heard((3, 1, 1, 2, 3), on_late=lambda event: late.append(event.sequence))

    assert ([3], [1, 2]) == (seen, late)


def test_another_subject_and_another_source_have_an_order_of_their_own():
    seen = []
    consumer = a_consumer(seen.append, hear={"requests": None, "letters": None})

    for event in (an_event(5), an_event(1, subject="b"), an_event(1, source="letters")):
        consumer.hear(event)

    assert 3 == len(seen)


def test_what_was_handled_is_remembered_by_the_next_process(tmp_path):
    path, seen = str(tmp_path / "state.db"), []
    a_consumer(seen.append, state=State(path)).hear(an_event(2))

    a_consumer(seen.append, state=State(path)).hear(an_event(2))

    assert 1 == len(seen)


def test_other_types_and_sources_are_left_alone():
    seen = []
    consumer = a_consumer(seen.append, hear={"requests": ["RequestSubmitted"]})

    consumer.hear(an_event(1, type_="OwnerFound"))
    consumer.hear(an_event(1, source="letters"))
    consumer.hear(an_event(1))

    assert ["RequestSubmitted"] == [event.type for event in seen]


def test_a_handler_that_fails_is_asked_again():
    asked = []

    def handle(event):
        asked.append(event)
        if len(asked) == 1:
            raise OSError("away")

    consumer = a_consumer(handle, attempts=2)
    consumer.hear(an_event(1))

    assert (2, []) == (len(asked), consumer.state.kept())


def test_what_fails_again_and_again_is_kept_with_the_reason_and_tried_later():
    broken, seen = [True], []

    def handle(event):
        if broken:
            raise ValueError("no such agency")
        seen.append(event.sequence)

    consumer = a_consumer(handle)
    consumer.hear(an_event(1))
    ((id_, event, reason),) = consumer.state.kept()
    assert ("requests-a-1", 1, True) == (id_, json.loads(event)["data"]["step"], "agency" in reason)

    broken.clear()
    consumer.catch_up()

    assert ([1], []) == (seen, consumer.state.kept())


def test_what_is_kept_and_then_overtaken_is_let_go():
    consumer = a_consumer(lambda event: 1 / (event.sequence - 1))
    consumer.hear(an_event(1))
    consumer.hear(an_event(2))

    consumer.catch_up()

    assert [] == consumer.state.kept()


def test_a_version_that_is_not_known_is_kept_until_it_is():
    state, seen = State(":memory:"), []
    a_consumer(seen.append, state=state).hear(an_event(1, version=2))
    assert ["version 2 is not known"] == [reason for _, _, reason in state.kept()]

    a_consumer(seen.append, state=state, versions=(1, 2)).catch_up()

    assert ([2], []) == ([event.version for event in seen], state.kept())


def test_a_version_that_is_not_known_goes_to_who_wants_it():
    unknown = []

    a_consumer(pytest.fail, on_unknown=unknown.append).hear(an_event(1, version=2))

    assert [2] == [event.version for event in unknown]


def test_what_a_handler_writes_beside_the_state_is_undone_when_it_fails():
    state = State(":memory:")
    state.connection.execute("CREATE TABLE steps (step)")

    def handle(event):
        state.connection.execute("INSERT INTO steps VALUES (?)", (event.data["step"],))
        if event.sequence == 2:
            raise ValueError

    consumer = a_consumer(handle, state=state)
    for sequence in (1, 2, 3):
        consumer.hear(an_event(sequence))

    assert [(1,), (3,)] == state.connection.execute("SELECT step FROM steps").fetchall()


@pytest.mark.parametrize(
    ("headers", "body"),
    [({}, b"{}"), (None, b"{}"), ({"ce-id": "1"}, b"no"), ({"ce-sequence": "x"}, b"{}")],
)
def test_what_is_no_event_is_told_apart(headers, body):
    with pytest.raises(NotAnEvent):
        Event.of_message(headers, body)


def test_an_event_is_the_same_from_the_broker_and_from_the_feed():
    headers = {f"ce-{name}": value for name, value in an_event(1).attributes.items()}

    assert Event.of_message(headers, b'{"step":1}') == Event.of_json(an_event(1).as_json())


# With the broker


@pytest.fixture
def queue(amqp_url):
    """A subscriber's queue, and a channel to fill and to look at it."""
    connection = pika.BlockingConnection(pika.URLParameters(amqp_url))
    channel = connection.channel()
    arguments = {"x-queue-type": "quorum", "x-single-active-consumer": True}
    channel.queue_declare("sub.office", durable=True, arguments=arguments)
    channel.confirm_delivery()
    yield channel
    with suppress(pika.exceptions.AMQPError):
        connection.close()


def publish(channel, *events):
    for event in events:
        headers = {f"ce-{name}": value for name, value in event.attributes.items()}
        properties = pika.BasicProperties(headers=headers, message_id=event.id)
        channel.basic_publish("", "sub.office", json.dumps(event.data).encode(), properties)


def left(channel):
    """How many messages are in the queue, neither acknowledged nor on their way."""
    return channel.queue_declare("sub.office", passive=True).method.message_count


def in_thread(handle, amqp_url, tmp_path, **how):
    def run():
        # A SQLite connection belongs to its thread.
        how["state"] = State(str(tmp_path / "state.db"))
        made.append(Consumer(handle, amqp_url=amqp_url, queue="sub.office", **how))
        made[0].run()

    made = []
    thread = threading.Thread(target=run)
    thread.start()
    wait_until(lambda: made, 30, "the consumer is made")
    return made[0], thread


@pytest.mark.servers
def test_the_queue_is_heard_and_acknowledged_and_what_is_no_event_is_kept(
    queue, amqp_url, tmp_path
):
    publish(queue, an_event(1), an_event(2))
    queue.basic_publish("", "sub.office", b"garbage")
    publish(queue, an_event(1), an_event(3))
    seen = []
    # The first host is away.
    consumer, thread = in_thread(
        lambda event: seen.append(event.sequence), f"amqp://127.0.0.1:1/x;{amqp_url}", tmp_path
    )

    wait_until(lambda: seen == [1, 2, 3], 60, "all is heard")
    consumer.stop()
    thread.join()

    assert 0 == left(queue)
    ((_, _, reason),) = State(str(tmp_path / "state.db")).kept()
    assert "garbage" in reason


@pytest.mark.servers
def test_a_consumer_comes_back_when_its_connection_is_cut(queue, amqp_url, tmp_path, rabbit):
    seen = []
    consumer, thread = in_thread(
        lambda event: seen.append(event.sequence), amqp_url, tmp_path, prefetch=1
    )
    publish(queue, an_event(1))
    wait_until(lambda: seen == [1], 60, "the first is heard")

    rabbit.control("close_all_connections", "-p", urlsplit(amqp_url).path[1:], "a test")
    again = pika.BlockingConnection(pika.URLParameters(amqp_url))
    publish(again.channel(), an_event(2))

    wait_until(lambda: seen == [1, 2], 60, "the second is heard")
    consumer.stop()
    thread.join()
    again.close()


@pytest.mark.servers
def test_a_second_consumer_waits_until_the_first_has_gone(queue, amqp_url, tmp_path, rabbit):
    first_saw, second_saw = [], []
    first, thread = in_thread(lambda event: first_saw.append(event.sequence), amqp_url, tmp_path)
    publish(queue, an_event(1))
    wait_until(lambda: first_saw == [1], 60, "the first is there")
    second, other = in_thread(lambda event: second_saw.append(event.sequence), amqp_url, tmp_path)
    host = urlsplit(amqp_url).path[1:]
    wait_until(lambda: rabbit.control("list_consumers", "-p", host).count("sub.office") == 2,
               60, "the second is there")  # fmt: skip
    publish(queue, *(an_event(n) for n in range(2, 8)))
    wait_until(lambda: len(first_saw + second_saw) == 7, 60, "all are heard")
    assert ([1, 2, 3, 4, 5, 6, 7], []) == (first_saw, second_saw)

    first.stop()
    thread.join()
    publish(queue, an_event(8))

    wait_until(lambda: second_saw == [8], 60, "the second goes on")
    second.stop()
    other.join()


_SLOW = """
import os, sys, time
from satudata_events import Consumer, State

def handle(event):
    print("begun", event.sequence, flush=True)
    sys.stdin.readline()
    print("done", event.sequence, flush=True)

Consumer(handle, amqp_url=os.environ["AMQP_URL"], queue="sub.office", state=State("state.db")).run()
"""


@pytest.mark.servers
def test_sigterm_lets_it_finish_and_acknowledge_what_it_has_begun(queue, amqp_url, tmp_path):
    publish(queue, an_event(1), an_event(2), an_event(3))
    environment = {**os.environ, "AMQP_URL": amqp_url, "PYTHONPATH": str(PACKAGE)}
    process = subprocess.Popen(
        [sys.executable, "-c", _SLOW], env=environment, cwd=tmp_path, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert "begun 1\n" == process.stdout.readline()

    process.send_signal(signal.SIGTERM)
    said, _ = process.communicate("\n", timeout=60)

    assert ("done 1\n", 0) == (said, process.returncode)
    wait_until(lambda: left(queue) == 2, 30, "the other two are back in the queue")
