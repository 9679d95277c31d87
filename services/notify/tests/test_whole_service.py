"""The service as its real processes, between a real broker, database and mail server."""

import json
import subprocess
import sys

import pika
import pytest
from chassis.nameko import declare_queues
from notify_examples import a_fact, a_letter
from notify_service.bootstrap import build_webhooks
from notify_service.entrypoints.worker import Worker
from notify_world import a_world, environment
from webhook_world import INES, Endpoint

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


@pytest.fixture
def endpoint():
    one = Endpoint()
    yield one
    one.stop()


def test_facts_on_the_wire_become_mails_mails_become_facts_and_all_of_them_are_passed_on(
    database, amqp_url, wire, endpoint, tmp_path
):
    allowed = f"127.0.0.1/32:{endpoint.port}"
    with a_world(database("notify"), WEBHOOK_NETWORKS=allowed) as world:
        world.environ["AMQP_URL"] = amqp_url
        build_webhooks(world.settings, world.pool).endpoints.create(
            INES, url=endpoint.url, types=[], contact="ines@kantor.example"
        )
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
        # The two facts that were heard, and the two that notify itself has published.
        world.until(lambda: len(set(endpoint.ids)) == 4, seconds=40)
        for process in processes:
            process.terminate()
        ends = [process.wait(30) for process in processes]

    assert [0, 0] == ends
    assert {submitted.subject} == {subject for subject, _ in heard}
    assert {("permohonan_masuk", "ppid"), ("tanda_bukti_penerimaan", "pemohon")} == {
        (data["mail"], data["audience"]) for _, data in heard
    }
    assert [["ppid@malangkota.example"], ["siti.n@contoh.id"]] == sorted(world.mail.recipients)
    assert ["letters.LetterIssued", "notify.MailSent", "notify.MailSent",
            "requests.RequestSubmitted"] == sorted(
        json.loads(body)["type"] for _, body in endpoint.received
    )  # fmt: skip
    logs = "".join((tmp_path / kind).read_text() for kind in ("worker", "jobs"))
    assert not any(secret in logs for secret in ("Siti", "siti.n", "contoh.id"))
