"""The service as its real processes, between a real broker, database and mail server."""

import json
import subprocess
import sys

import pika
import pytest
from chassis.nameko import declare_queues
from notify_examples import a_fact, a_letter
from notify_service.entrypoints.worker import Worker
from notify_world import a_world, environment

pytestmark = pytest.mark.servers


@pytest.fixture
def wire(amqp_url):
    declare_queues(amqp_url, {"notify": Worker})
    connection = pika.BlockingConnection(pika.URLParameters(amqp_url))
    channel = connection.channel()
    channel.queue_declare("seen", durable=True)
    channel.queue_bind("seen", "notify.events", "#")
    yield channel
    connection.close()


def test_facts_on_the_wire_become_mails_and_mails_become_facts_on_the_wire(
    database, amqp_url, wire, tmp_path
):
    with a_world(database("notify")) as world:
        world.environ["AMQP_URL"] = amqp_url
        processes = [
            subprocess.Popen(
                [sys.executable, "-W", "ignore", "-m", "chassis.serve", kind, "notify"],
                env=environment(world),
                stdout=(tmp_path / kind).open("wb"),
                stderr=subprocess.STDOUT,
            )
            for kind in ("worker", "jobs")
        ]
        submitted = a_fact("RequestSubmitted")
        for message in (submitted, a_letter("tanda_bukti_penerimaan", submitted), submitted):
            wire.basic_publish(
                f"{message.source}.events",
                message.type,
                message.body,
                pika.BasicProperties(content_type="application/json", headers=message.headers),
            )
        heard = []

        def told() -> bool:
            method, properties, body = wire.basic_get("seen", auto_ack=True)
            if method:
                heard.append((properties.headers["ce-subject"], json.loads(body)))
            return len(heard) == 2

        world.until(told, seconds=40)
        for process in processes:
            process.terminate()
        ends = [process.wait(30) for process in processes]

    assert [0, 0] == ends
    assert {submitted.subject} == {subject for subject, _ in heard}
    assert {("permohonan_masuk", "ppid"), ("tanda_bukti_penerimaan", "pemohon")} == {
        (data["mail"], data["audience"]) for _, data in heard
    }
    assert [["ppid@malangkota.example"], ["siti.n@contoh.id"]] == sorted(world.mail.recipients)
    logs = "".join((tmp_path / kind).read_text() for kind in ("worker", "jobs"))
    assert not any(secret in logs for secret in ("Siti", "siti.n", "contoh.id"))
