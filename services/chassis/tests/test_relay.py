"""The relay under many writers: what others hear are exactly the committed facts."""

import threading
from functools import partial
from uuid import uuid4

import pika
import pytest
from chassis import log
from chassis.actor import Actor
from chassis.contracts import Contracts
from chassis.message import decode
from chassis.postgres import Pool
from chassis.relay import Relay, ToRabbit

from services.chassis.tests.test_worker import TOY, owned_database, until  # noqa: F401 (a fixture)

pytestmark = pytest.mark.servers
WRITERS, FACTS_EACH = 32, 20


def test_with_32_writers_a_queue_holds_exactly_the_committed_facts_in_order(
    owned_database,  # noqa: F811
    amqp_url,
):
    pool = Pool(owned_database, WRITERS + 1)
    relay = Relay(
        owned_database,
        "echo",
        {"Asked": lambda data: data},
        partial(ToRabbit, amqp_url, "echo"),
        Contracts(TOY / "contracts"),
    )
    connection = pika.BlockingConnection(pika.URLParameters(amqp_url))
    channel = connection.channel()
    channel.exchange_declare("echo.events", "topic", durable=True)
    channel.queue_declare("heard", durable=True, arguments={"x-queue-type": "quorum"})
    channel.queue_bind("heard", "echo.events", "#")
    publishing = threading.Thread(target=relay.run)
    publishing.start()

    writers = [threading.Thread(target=_write, args=(pool, n)) for n in range(WRITERS)]
    for each in writers:
        each.start()
    for each in writers:
        each.join()
    committed = [p for (p,) in pool.execute("SELECT position FROM facts ORDER BY position")]
    until(lambda: pool.execute("SELECT position FROM relay")[0][0] >= committed[-1])
    relay.stopping = True
    publishing.join()

    heard = []
    while (got := channel.basic_get("heard", auto_ack=True))[0] is not None:
        heard.append(decode(got[1].headers, got[2]).position)
    connection.close()
    pool.close()
    assert WRITERS * FACTS_EACH * 3 // 4 == len(committed)
    assert committed == heard


def _write(pool, writer):
    """Every fourth is rolled back."""
    for number in range(FACTS_EACH):
        try:
            with pool.transaction() as cur:
                log.record(
                    cur, uuid4(), "Asked", {"number": number}, actor=Actor("echo", "service")
                )
                if number % 4 == 3:
                    raise ZeroDivisionError
        except ZeroDivisionError:
            pass
