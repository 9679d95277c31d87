"""Processes that publish to RabbitMQ: a service's relay as its worker runs it, and bare pika.

    python -m tests.bench.publishing relay DSN URL
    python -m tests.bench.publishing pika MESSAGES URL

Each line of standard input asks for one run; its seconds, from the first byte sent to the last
confirm, come back on standard output.
"""

import pickle
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pika
from chassis.relay import ToRabbit

EXCHANGE, QUEUE = "requests.events", "bench"
_DONE_POLL_SECONDS = 0.005


class Publishing:
    """One of the processes, told to run by `run`."""

    def __init__(self, kind: str, *arguments: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "tests.bench.publishing", kind, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._answer()

    def run(self) -> float:
        """Seconds."""
        assert self._process.stdin is not None
        print("run", file=self._process.stdin, flush=True)
        return float(self._answer())

    def close(self) -> None:
        """End it."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(10)

    def _answer(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the publishing process ended")
        return line


def bind(url: str) -> Any:
    """A durable quorum queue bound to all that is published; the channel it was made by."""
    channel = pika.BlockingConnection(pika.URLParameters(url)).channel()
    channel.exchange_declare(EXCHANGE, "topic", durable=True)
    channel.queue_declare(QUEUE, durable=True, arguments={"x-queue-type": "quorum"})
    channel.queue_bind(QUEUE, EXCHANGE, "#")
    return channel


class BarePika:
    """Publishes messages that lie ready, with as many under way as our relay has."""

    def __init__(self, url: str, ready: list[tuple[str, str, dict[str, str], bytes]]) -> None:
        self._url, self._ready = url, ready

    def run(self) -> float:
        """Seconds until all are confirmed, without those to connect."""
        self._sent = self._confirmed = 0
        self._early: set[int] = set()
        connection = pika.SelectConnection(
            pika.URLParameters(self._url),
            on_open_callback=lambda opened: opened.channel(on_open_callback=self._begin),
            on_close_callback=lambda closed, _: closed.ioloop.stop(),
        )
        connection.ioloop.start()
        return self._seconds

    def _begin(self, channel: Any) -> None:
        self._channel = channel
        channel.confirm_delivery(self._on_confirm, callback=lambda _: self._send())
        self._began = time.perf_counter()

    def _on_confirm(self, frame: Any) -> None:
        assert frame.method.NAME == "Basic.Ack"
        if frame.method.multiple:
            self._confirmed = frame.method.delivery_tag
        else:
            self._early.add(frame.method.delivery_tag)
        while self._confirmed + 1 in self._early:
            self._confirmed += 1
            self._early.discard(self._confirmed)
        if self._confirmed == len(self._ready):
            self._seconds = time.perf_counter() - self._began
            self._channel.connection.close()
        else:
            self._send()

    def _send(self) -> None:
        while self._sent < len(self._ready) and self._sent - self._confirmed < ToRabbit.WINDOW:
            type_, id_, headers, body = self._ready[self._sent]
            self._sent += 1
            properties = pika.BasicProperties(
                content_type="application/json",
                content_encoding="utf-8",
                headers=headers,
                delivery_mode=2,
                message_id=id_,
            )
            self._channel.basic_publish(EXCHANGE, type_, body, properties)


def _pika(messages: str, url: str) -> None:
    bare = BarePika(url, pickle.loads(Path(messages).read_bytes()))
    print("ready", flush=True)
    for _ in sys.stdin:
        print(bare.run(), flush=True)


def _relay(dsn: str, url: str) -> None:
    import eventlet
    from chassis.contracts import contracts_of
    from chassis.postgres import Pool
    from chassis.relay import Relay
    from chassis.telemetry import start_logging
    from requests_service.adapters.published import PUBLISHED

    start_logging("requests", "WARNING")
    pool = Pool(dsn, 1)
    [(last,)] = pool.execute("SELECT max(position) FROM facts")
    print("ready", flush=True)
    for _ in sys.stdin:
        pool.execute("UPDATE relay SET position = 0 WHERE name = 'relay'")
        publishers = []

        def publisher(publishers: list[ToRabbit] = publishers) -> ToRabbit:
            publishers.append(ToRabbit(url, "requests"))
            return publishers[-1]

        relay = Relay(dsn, "requests", PUBLISHED, publisher, contracts_of("requests"))
        began = time.perf_counter()
        thread = eventlet.spawn(relay.run)
        stored = "SELECT position >= %s FROM relay WHERE name = 'relay'"
        while not pool.execute(stored, (last,))[0][0]:
            eventlet.sleep(_DONE_POLL_SECONDS)
        seconds = time.perf_counter() - began
        relay.stopping = True
        thread.wait()
        assert len(publishers) == 1
        print(seconds, flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "relay":
        from chassis.serve import go_green

        go_green()
    {"relay": _relay, "pika": _pika}[sys.argv[1]](*sys.argv[2:])
