"""The example on the integrators' page does what the page says, against a real broker."""

import os
import re
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from chassis.actor import Actor
from chassis.message import Message
from chassis.relay import ToRabbit
from cloudevents.core.bindings.rabbitmq import RabbitMQMessage, from_rabbitmq_event

from tests.contracts.published import ROOT, Contract
from tests.installations import wait_until


def _example() -> str:
    page = (ROOT / "docs" / "integrator.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    return code


def _message() -> Message:
    return Message(
        id="requests-41",
        source="requests",
        type="RequestSubmitted",
        subject="0190a1b2-0000-7000-8000-000000000001",
        time=datetime(2026, 11, 20, 3, 0, tzinfo=UTC),
        sequence=1,
        position=41,
        actor=Actor("5f0c9f0e-0d0a-4a57-9d3c-3f7b7a2d7c11", "pemohon"),
        data=Contract("requests", "RequestSubmitted").example,
        dataschema="requests/RequestSubmitted.v1",
    )


@pytest.mark.servers
def test_the_example_prints_a_fact(amqp_url: str, tmp_path: Path) -> None:
    out = ToRabbit(amqp_url, "requests")
    heard = tmp_path / "heard"
    with heard.open("wb") as file:
        listener = subprocess.Popen(
            [sys.executable, "-c", _example()],
            env={**os.environ, "AMQP_URL": amqp_url}, stdout=file, stderr=file,
        )  # fmt: skip
    try:

        def heard_it() -> bool:
            assert listener.poll() is None, heard.read_text()
            out.publish([_message()])
            return "requests-41 RequestSubmitted" in heard.read_text()

        wait_until(heard_it, 30, "the example prints the fact")
    finally:
        listener.kill()
        listener.wait()
        out.close()
    number = Contract("requests", "RequestSubmitted").example["register_number"]
    assert heard.read_text().splitlines()[0].endswith(number)


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
        _message(), actor=Actor("1", "ppid_pembantu", "dinsos"), causation="a-1", correlation="b"
    )
    page = (ROOT / "docs" / "integrator.md").read_text(encoding="utf-8")
    document = yaml.safe_load((ROOT / "docs" / "asyncapi.yaml").read_text(encoding="utf-8"))

    known = document["components"]["schemas"]["cloudEvent"]["properties"]

    assert set(known) == set(whole.headers)
    assert [name for name in whole.headers if f"`{name}`" not in page] == ["ce-specversion"]
