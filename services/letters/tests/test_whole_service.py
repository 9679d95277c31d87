"""The service as its real processes, between a real broker and a real database."""

import json
import subprocess
import sys

import pika
import pytest
from chassis.nameko import declare_queues
from letters_service.entrypoints.worker import Worker
from letters_world import Story, a_world, environment

pytestmark = pytest.mark.servers


@pytest.fixture
def wire(amqp_url):
    declare_queues(amqp_url, {"letters": Worker})
    connection = pika.BlockingConnection(pika.URLParameters(amqp_url))
    channel = connection.channel()
    channel.queue_declare("seen", durable=True)
    channel.queue_bind("seen", "letters.events", "#")
    yield channel
    connection.close()


def test_facts_on_the_wire_become_letters_and_letters_become_facts_on_the_wire(
    database, amqp_url, wire, tmp_path
):
    with a_world(database("letters"), tmp_path / "files") as world:
        world.environ["AMQP_URL"] = amqp_url
        story = Story()
        submitted, forwarded = story.submitted(), story.forwarded()
        processes = [
            subprocess.Popen(
                [sys.executable, "-W", "ignore", "-m", "chassis.serve", kind, "letters"],
                env=environment(world),
                stdout=(tmp_path / kind).open("wb"),
                stderr=subprocess.STDOUT,
            )
            for kind in ("worker", "jobs")
        ]
        for message in (submitted, forwarded, submitted):
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
                heard.append((properties.headers, json.loads(body)))
            return len(heard) == 2

        world.until(told, seconds=60)
        for process in processes:
            process.terminate()
        ends = [process.wait(30) for process in processes]

    by_letter = {data["letter"]: headers for headers, data in heard}
    assert set(by_letter) == {"tanda_bukti_penerimaan", "surat_permohonan_data"}
    assert by_letter["tanda_bukti_penerimaan"]["ce-causationid"] == submitted.id
    assert {headers["ce-subject"] for headers in by_letter.values()} == {str(story.request_id)}
    assert ends == [0, 0]
    logs = "".join((tmp_path / kind).read_text() for kind in ("worker", "jobs"))
    assert "letter_issued" in logs
    assert not any(secret in logs for secret in ("Siti", "Kawi", "skripsi"))
