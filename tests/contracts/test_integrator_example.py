"""The examples on the integrators' page do what the page says, against a real broker."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pika
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
    connection.close()


@pytest.fixture
def subscriber(amqp_url: str, rabbit: PrivateRabbit, channel: object) -> Iterator[Subscriber]:
    """As `satudata subscribers add statistics` makes it."""
    broker = Broker({"AMQP_URL": amqp_url, "AMQP_ADMIN_URL": rabbit.manage()})
    yield broker.add("statistics", [("requests", "RequestSubmitted")])
    broker.remove("statistics")


@pytest.mark.servers
@pytest.mark.parametrize(
    ("language", "command"),
    [
        ("python", [sys.executable, "-c"]),
        pytest.param(
            "js",
            ["node", "-e"],
            marks=pytest.mark.skipif(
                not (AMQPLIB.exists() and shutil.which("node")),
                reason="amqplib is not here: deploy/test-packages gets it",
            ),
        ),
    ],
)
def test_an_example_ends_with_the_newest_after_3_2_2_1(
    language: str, command: list[str], subscriber: Subscriber, channel: object, tmp_path: Path
) -> None:
    heard = tmp_path / "heard"
    told = {"AMQP_URL": subscriber.url, "QUEUE": subscriber.queue, "NODE_PATH": str(AMQPLIB)}
    for sequence in (1, 3, 2, 2, 1, 4):
        _publish(channel, _message(sequence))

    with heard.open("wb") as file:
        listener = subprocess.Popen(
            [*command, _example(language)], env={**os.environ, **told}, stdout=file, stderr=file
        )
    try:

        def heard_all() -> bool:
            assert listener.poll() is None, heard.read_text()
            return "requests-44" in heard.read_text()

        wait_until(heard_all, 60, "the example prints the last fact")
    finally:
        listener.kill()
        listener.wait()
    subject = _message().subject
    assert [f"requests-{n} RequestSubmitted {subject} {NUMBER}" for n in (41, 43, 44)] == (
        heard.read_text().splitlines()
    )


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
        actor=Actor("1", "ppid_pembantu", "dinsos"),
        causation="a-1",
        correlation="b",
        traceparent="00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    )
    page = (ROOT / "docs" / "integrator.md").read_text(encoding="utf-8")
    document = yaml.safe_load((ROOT / "docs" / "asyncapi.yaml").read_text(encoding="utf-8"))

    known = document["components"]["schemas"]["cloudEvent"]["properties"]

    assert set(known) == set(whole.headers)
    assert [name for name in whole.headers if f"`{name}`" not in page] == ["ce-specversion"]
