"""What we write to the broker ourselves is what the AMQP library writes."""

from types import SimpleNamespace

import pytest
from amqp import Message
from amqp.method_framing import frame_writer
from amqp.serialization import dumps
from amqp.spec import Basic
from chassis.frames import published

FRAME_MAX = 4096
HEADERS = {"ce-id": "requests-41", "ce-subject": "", "ce-actorrole": "pemohon é", "ce-x": "y" * 300}


@pytest.mark.parametrize(
    "body", [b"{}", b'{"a": "\xc3\xa9"}', b"x" * 3000, b"x" * 5000, b"x" * 9000]
)
def test_the_bytes_of_a_message_are_those_of_the_library(body):
    written = bytearray()
    connection = SimpleNamespace(frame_max=FRAME_MAX, bytes_sent=0)
    write_frame = frame_writer(connection, SimpleNamespace(write=written.extend))
    properties = {
        "content_type": "application/json",
        "content_encoding": "utf-8",
        "application_headers": HEADERS,
        "delivery_mode": 2,
        "message_id": "requests-41",
    }
    arguments = dumps("Bssbb", (0, "requests.events", "RequestSubmitted", False, False))
    write_frame(1, 7, Basic.Publish, arguments, Message(body, **properties))

    ours = published(
        7,
        FRAME_MAX,
        exchange="requests.events",
        routing_key="RequestSubmitted",
        content_type="application/json",
        message_id="requests-41",
        headers=HEADERS,
        body=body,
    )

    assert bytes(written) == ours
