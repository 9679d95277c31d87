"""Contracts at both ends of the wire, and traces along it: real broker, real database."""

import json
import shutil
import urllib.error
import urllib.request
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pika
import pytest
from chassis import log
from chassis.actor import Actor
from chassis.contracts import Contracts, Misfit, UnknownKind, contracts_of
from chassis.message import Message, decode, schema_name
from chassis.nameko import Relaying, declare_queues, listens_to
from chassis.telemetry import follow, trace, tracing
from satudata.run import free_port

from services.chassis.tests import test_worker
from services.chassis.tests.test_worker import TOY, echo_on_rabbit, owned_database, until

__all__ = ["echo_on_rabbit", "owned_database"]

COMMAND = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
SECRET = "3573014507990001"


def message(type_="Asked", version=1, position=1, **data):
    return Message(
        id=f"echo-{position}",
        source="echo",
        type=type_,
        subject=str(uuid4()),
        time=datetime(2026, 11, 20, 3, 0, tzinfo=UTC),
        sequence=1,
        position=position,
        actor=Actor("echo", "service"),
        data=data,
        dataschema=schema_name("echo", type_, version),
        traceparent=COMMAND,
    )


def send(amqp_url, *messages):
    connection = pika.BlockingConnection(pika.URLParameters(amqp_url))
    channel = connection.channel()
    for each in messages:
        properties = pika.BasicProperties(headers=each.headers, content_type="application/json")
        channel.basic_publish("", "echo", each.body, properties)
    connection.close()


def parked(echo):
    return echo.pool.execute("SELECT message_id, reason, next_try FROM parked ORDER BY message_id")


def lines(echo, event):
    text = echo.log.read_text(encoding="utf-8")
    found = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
    return [line for line in found if line["event"] == event]


@pytest.fixture
def later_version(tmp_path, monkeypatch):
    """`later_version(heard=..., published=..., hears=...)` makes workers start from then on."""

    def make(*, contracts, hears=()):
        folder = tmp_path / "later"
        shutil.copytree(TOY, folder)
        for name, schema in contracts.items():
            (folder / "contracts" / name).write_text(json.dumps(schema))
        worker = folder / "echo_service" / "entrypoints" / "worker.py"
        marked = '    @listens_to("echo", "Asked")\n'
        more = "".join(f'    @listens_to("echo", "{type_}")\n' for type_ in hears)
        worker.write_text(worker.read_text().replace(marked, marked + more))
        monkeypatch.setattr(test_worker, "TOY", folder)

    return make


# Heard


@pytest.mark.servers
def test_what_no_version_knows_yet_waits_for_one_that_does(echo_on_rabbit, amqp_url, later_version):
    echo = echo_on_rabbit
    worker = echo.start("worker")

    send(
        amqp_url,
        message("Renamed", position=1, number=1),
        message("Asked", version=2, position=2, number=2),
        message("Asked", position=3, number=3),
    )

    until(lambda: len(parked(echo)) == 2 and echo.heard() == [3])
    assert parked(echo) == [
        ("echo-1", "UnknownKind: echo Renamed v1", None),
        ("echo-2", "UnknownKind: echo Asked v2", None),
    ]
    worker.terminate()
    assert worker.wait(30) == 0
    reads = {"type": "object", "required": ["number"]}
    later_version(
        contracts={
            "heard/echo.Renamed.v1.schema.json": reads,
            "heard/echo.Asked.v2.schema.json": reads,
        },
        hears=["Renamed"],
    )
    echo.start("worker")
    until(lambda: sorted(echo.heard()) == [1, 2, 3] and parked(echo) == [])


@pytest.mark.servers
def test_what_an_earlier_version_was_bound_to_and_this_one_does_not_hear_is_unbound(amqp_url):
    class Speaker:
        relaying = Relaying({"Asked": dict, "Answered": dict})

    class Before:
        @listens_to("speaker", "Asked")
        @listens_to("speaker", "Answered")
        def hear(self, message):
            """Both."""

    class After:
        @listens_to("speaker", "Answered")
        def hear(self, message):
            """One."""

    for version in (Before, After):
        declare_queues(amqp_url, {"speaker": Speaker, "echo": version})
    connection = pika.BlockingConnection(pika.URLParameters(amqp_url))
    channel = connection.channel()
    for type_ in ("Asked", "Answered"):
        channel.basic_publish("speaker.events", type_, b"{}")

    until(lambda: channel.queue_declare("echo", passive=True).method.message_count == 1)
    connection.close()


@pytest.mark.servers
def test_a_message_that_breaks_its_contract_is_parked_and_its_values_are_not_told(
    echo_on_rabbit, amqp_url
):
    echo = echo_on_rabbit
    echo.start("worker")

    send(amqp_url, message(position=1, number=SECRET), message(position=2, number=2))

    until(lambda: len(parked(echo)) == 1 and echo.heard() == [2])
    assert parked(echo) == [("echo-1", "Misfit: data/number breaks type", None)]
    (line,) = lines(echo, "message_parked")
    assert line["trace"] == COMMAND[3:35]
    assert SECRET not in echo.log.read_text()


# Published


def readiness(port):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)
    except OSError:
        return 0, {}


@pytest.mark.servers
def test_a_fact_that_breaks_its_contract_is_held_back_until_a_version_is_put_right(
    echo_on_rabbit, later_version
):
    echo, subject, port = echo_on_rabbit, uuid4(), free_port()
    for number in (1, 10_000, 2):
        echo.app.ask(subject, number=number)

    worker = echo.start("worker", HEALTH_PORT=str(port))

    until(lambda: readiness(port)[0] == 503 and echo.heard() == [1])
    assert readiness(port)[1]["echo"] == {"database": True, "broker": True, "contracts": False}
    (line,) = lines(echo, "fact_held_back")
    assert (2, "Asked", "data/number breaks maximum") == (
        line["position"],
        line["type"],
        line["why"],
    )
    until(lambda: echo.pool.execute("SELECT position FROM relay WHERE name = 'relay'") == [(1,)])
    worker.terminate()
    assert worker.wait(30) == 0
    schema = json.loads((TOY / "contracts" / "Asked.v1.schema.json").read_text())
    schema["properties"]["number"]["maximum"] = 10_000
    later_version(contracts={"Asked.v1.schema.json": schema})
    echo.start("worker", HEALTH_PORT=str(port))
    until(lambda: echo.heard() == [1, 10_000, 2] and readiness(port)[0] == 200)


# The module by itself


@pytest.fixture
def toy_contracts():
    return Contracts(TOY / "contracts")


def test_what_fits_may_go_out_and_be_heard(toy_contracts):
    toy_contracts.check_published(message(number=1))
    toy_contracts.check_heard(message(number=1, added_later=[1]))


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ({}, "data breaks required number"),
        ({"number": SECRET}, "data/number breaks type"),
        ({"number": 1, "name": SECRET}, "data breaks additionalProperties ['name']"),
    ],
)
def test_what_does_not_fit_is_told_by_its_place(toy_contracts, data, why):
    with pytest.raises(Misfit) as refused:
        toy_contracts.check_published(message(**data))

    assert str(refused.value) == why


def test_a_type_without_a_schema_does_not_go_out(toy_contracts):
    with pytest.raises(Misfit, match="urn:satudata:echo:Renamed:v1 has no schema"):
        toy_contracts.check_published(message("Renamed"))


@pytest.mark.parametrize(
    "heard",
    [message("Renamed"), message(version=2), replace(message(), source="other")],
    ids=["type", "version", "source"],
)
def test_what_is_not_known_is_not_called_a_misfit(toy_contracts, heard):
    with pytest.raises(UnknownKind):
        toy_contracts.check_heard(heard)


def test_a_service_that_does_not_exist_has_no_contracts():
    with pytest.raises(LookupError):
        contracts_of("nobody")


@pytest.mark.parametrize(
    ("name", "version"),
    [("urn:satudata:echo:Asked:v12", 12), ("echo/Asked.v1", 1), ("", 1)],
)
def test_the_version_stands_at_the_end_of_the_contracts_name(name, version):
    """Also in messages that an earlier version of ours has left in a queue."""
    assert replace(message(), dataschema=name).version == version


# Traces


def test_a_message_keeps_its_trace_on_the_wire():
    sent = message(number=1)

    assert decode(sent.headers, sent.body) == sent
    assert sent.headers["ce-traceparent"] == COMMAND


def test_what_follows_is_another_part_of_the_same_trace():
    with tracing(COMMAND):
        part = trace()
        assert part == trace()

    assert part[:36] == COMMAND[:36]
    assert part[36:52] != COMMAND[36:52]


@pytest.mark.parametrize(
    "said",
    [
        None,
        "",
        COMMAND.upper(),
        COMMAND + "-more",
        COMMAND.replace("4bf92f3577b34da6a3ce929d0e0e4736", "0" * 32),
        COMMAND.replace("00f067aa0ba902b7", "0" * 16),
        "ff" + COMMAND[2:],
        "Siti Rahmawati",
    ],
)
def test_what_is_no_trace_begins_a_new_one(said):
    with tracing(said):
        ours = trace()

    assert ours[3:35] not in (COMMAND[3:35], "0" * 32)
    with tracing(ours):
        assert trace()[3:35] == ours[3:35]


def test_a_thread_may_follow_one_trace_after_the_other():
    with tracing(COMMAND):
        follow(None)
        assert trace()[3:35] != COMMAND[3:35]
        follow(COMMAND)
        assert trace()[3:35] == COMMAND[3:35]


@pytest.mark.servers
def test_one_trace_goes_through_message_worker_and_job(echo_on_rabbit):
    echo, subject = echo_on_rabbit, uuid4()
    echo.start("worker")
    echo.start("jobs")

    with tracing(COMMAND):
        echo.app.ask(subject, number=1)

    until(lambda: len(log.stream(echo.pool, subject)) == 2)
    asked, worked = (fact.traceparent for fact in log.stream(echo.pool, subject))
    assert asked[:35] == worked[:35] == COMMAND[:35]
    assert asked != worked
    until(lambda: lines(echo, "job_done"))
    assert lines(echo, "job_done")[0]["trace"] == COMMAND[3:35]
