"""The examples on the integrators' page do what the page says, against a real broker."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pika
import pika.exceptions
import pytest
import yaml
from chassis.actor import Actor
from chassis.message import Message, schema_name
from cloudevents.core.bindings.rabbitmq import RabbitMQMessage, from_rabbitmq_event
from satudata.rabbit import PrivateRabbit
from satudata.subscribers import Broker, Subscriber

from tests.contracts.published import ROOT, Contract
from tests.installations import wait_until

AMQPLIB = ROOT / ".venv" / "amqplib" / "node_modules"
"""Put there by deploy/test-packages."""
WITH_NODE = pytest.mark.skipif(
    not (AMQPLIB.exists() and shutil.which("node")),
    reason="amqplib is not here: deploy/test-packages gets it",
)
BOTH = pytest.mark.parametrize(
    ("language", "command"),
    [
        ("python", [sys.executable, "-c"]),
        pytest.param("js", ["node", "-e"], marks=WITH_NODE),
    ],
)
NUMBER = Contract("requests", "RequestSubmitted").example["register_number"]


def _example(language: str) -> str:
    page = (ROOT / "docs" / "integrator.md").read_text(encoding="utf-8")
    (code,) = re.findall(rf"```{language}\n(.*?)```", page, re.DOTALL)
    return code


def _message(sequence: int = 1) -> Message:
    return Message(
        id=f"requests-{40 + sequence}",
        source="requests",
        type="RequestSubmitted",
        subject="0190a1b2-0000-7000-8000-000000000001",
        time=datetime(2026, 11, 20, 3, 0, tzinfo=UTC),
        sequence=sequence,
        position=40 + sequence,
        actor=Actor("5f0c9f0e-0d0a-4a57-9d3c-3f7b7a2d7c11", "pemohon"),
        data=Contract("requests", "RequestSubmitted").example,
        dataschema=schema_name("requests", "RequestSubmitted"),
    )


@pytest.fixture
def channel(amqp_url: str) -> Iterator[pika.adapters.blocking_connection.BlockingChannel]:
    """An administrator's, where the services' exchange is."""
    connection = pika.BlockingConnection(pika.URLParameters(amqp_url))
    made = connection.channel()
    made.confirm_delivery()
    made.exchange_declare("requests.events", "topic", durable=True)
    yield made
    with suppress(pika.exceptions.AMQPError):
        connection.close()


@pytest.fixture
def subscriber(amqp_url: str, rabbit: PrivateRabbit, channel: object) -> Iterator[Subscriber]:
    """As `satudata subscribers add statistics` makes it."""
    broker = Broker({"AMQP_URL": amqp_url, "AMQP_ADMIN_URL": rabbit.manage()})
    types = ("RequestSubmitted", "StaffDisabled")
    yield broker.add("statistics", [("requests", type_) for type_ in types])
    broker.remove("statistics")


class Running:
    """An example, as somebody else runs it, until the test has seen enough."""

    def __init__(
        self, language: str, command: list[str], subscriber: Subscriber, folder: Path
    ) -> None:
        told = {"AMQP_URL": subscriber.url, "QUEUE": subscriber.queue, "NODE_PATH": str(AMQPLIB)}
        self._heard = folder / "heard"
        with self._heard.open("wb") as file:
            self.process = subprocess.Popen(
                [*command, _example(language)], env={**os.environ, **told}, stdout=file, stderr=file
            )

    @property
    def said(self) -> str:
        """All of it, so far."""
        return self._heard.read_text()

    def until(self, words: str) -> None:
        """Wait until it has said that."""

        def is_said() -> bool:
            assert self.process.poll() is None, self.said
            return words in self.said

        wait_until(is_said, 60, f"the example prints {words}")

    def __enter__(self) -> "Running":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()


@pytest.mark.servers
@BOTH
def test_an_example_ends_with_the_newest_after_3_2_2_1(
    language: str, command: list[str], subscriber: Subscriber, channel: object, tmp_path: Path
) -> None:
    of_nobody = replace(
        _message(), id="requests-40", type="StaffDisabled", subject="ani",
        data=Contract("requests", "StaffDisabled").example,
    )  # fmt: skip
    _publish(channel, of_nobody)
    for sequence in (1, 3, 2, 2, 1, 4):
        _publish(channel, _message(sequence))

    with Running(language, command, subscriber, tmp_path) as example:
        example.until("requests-44")

    subject = _message().subject
    assert [
        "requests-40 StaffDisabled ani -",
        *(f"requests-{n} RequestSubmitted {subject} {NUMBER}" for n in (41, 43, 44)),
    ] == example.said.splitlines()


@pytest.mark.servers
@WITH_NODE
def test_the_node_example_says_that_its_connection_was_closed(
    subscriber: Subscriber, rabbit: PrivateRabbit, channel: object, amqp_url: str, tmp_path: Path
) -> None:
    _publish(channel, _message())

    with Running("js", ["node", "-e"], subscriber, tmp_path) as example:
        example.until("requests-41")
        rabbit.control("close_all_connections", "-p", urlsplit(amqp_url).path[1:], "to be mended")
        status = example.process.wait(60)

    assert 1 == status
    assert "The connection is closed." in example.said
    assert "to be mended" in example.said


def _publish(channel: object, message: Message) -> None:
    properties = pika.BasicProperties(
        headers=message.headers, content_type="application/json", message_id=message.id
    )
    channel.basic_publish("requests.events", message.type, message.body, properties)


def test_the_sdk_of_cloudevents_reads_a_message() -> None:
    message = _message()

    event = from_rabbitmq_event(RabbitMQMessage(message.headers, "application/json", message.body))

    assert event.get_id() == "requests-41"
    assert event.get_source() == "requests"
    assert event.get_type() == "RequestSubmitted"
    assert event.get_subject() == message.subject
    assert event.get_time() == message.time
    assert event.get_extension("sequence") == "1"
    assert event.get_extension("actorrole") == "pemohon"
    assert event.get_data() == message.data


def test_the_documents_name_every_header() -> None:
    whole = replace(
        _message(),
        actor=Actor("1", "ppid_pembantu", "dinsos", "plh"),
        causation="a-1",
        correlation="b",
        traceparent="00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    )
    page = (ROOT / "docs" / "integrator.md").read_text(encoding="utf-8")
    document = yaml.safe_load((ROOT / "docs" / "asyncapi.yaml").read_text(encoding="utf-8"))

    known = document["components"]["schemas"]["cloudEvent"]["properties"]

    assert "an older fact again after a newer one" in document["info"]["description"]
    assert set(known) == set(whole.headers)
    assert [name for name in whole.headers if f"`{name}`" not in page] == ["ce-specversion"]
