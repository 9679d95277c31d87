"""The service's real processes, and receivers in processes of their own."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import textwrap
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path

import pytest
from notify_examples import a_fact
from notify_service.bootstrap import build_webhooks
from notify_world import ROOT, a_world, environment
from webhook_world import INES, Endpoint, some_webhooks

pytestmark = pytest.mark.servers


def a_jobs_process(world, log: Path) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "chassis.serve", "jobs", "notify"],
        env=environment(world),
        stdout=log.open("ab"),
        stderr=subprocess.STDOUT,
    )


def the_receiver_of_the_page() -> str:
    """The program that docs/webhooks.md shows."""
    page = (ROOT / "docs" / "webhooks.md").read_text(encoding="utf-8")
    [program] = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    return textwrap.dedent(program)


def test_the_receiver_of_the_page_takes_what_is_signed_once_and_refuses_the_rest(
    database, tmp_path
):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    (tmp_path / "receiver.py").write_text(the_receiver_of_the_page())
    with a_world(database("notify"), WEBHOOK_NETWORKS=f"127.0.0.1/32:{port}") as world:
        parts = build_webhooks(world.settings, world.pool)
        webhook_id, secret = parts.endpoints.create(
            INES, url=f"http://127.0.0.1:{port}/", types=[], contact="ines@kantor.example"
        )
        printed = tmp_path / "printed"
        processes = [
            subprocess.Popen(
                [sys.executable, str(tmp_path / "receiver.py")],
                env={**os.environ, "WEBHOOK_SECRET": secret, "PORT": str(port),
                     "SEEN": str(tmp_path / "seen.db")},
                stdout=printed.open("wb"),
                stderr=subprocess.DEVNULL,
            ),
        ]  # fmt: skip
        try:
            world.until(lambda: is_open(port))
            processes.append(a_jobs_process(world, tmp_path / "log"))
            submitted = a_fact("RequestSubmitted")
            world.hear(submitted)

            def delivered(times: int) -> bool:
                [one] = parts.views.deliveries(webhook_id)
                made = parts.views.delivery(webhook_id, one["id"])["made"]
                return one["state"] == "delivered" and len(made) == times

            world.until(lambda: delivered(1), seconds=60)
            [delivery] = parts.views.deliveries(webhook_id)
            parts.endpoints.replay(webhook_id, delivery["id"], INES)
            world.until(lambda: delivered(2), seconds=60)
            forged = HTTPConnection("127.0.0.1", port, timeout=30)
            forged.request("POST", "/", b"{}", {"webhook-id": "x", "webhook-timestamp": "1",
                                               "webhook-signature": "v1,eA=="})  # fmt: skip
            assert 400 == forged.getresponse().status
            forged.close()
        finally:
            for process in processes:
                process.terminate()
            ends = [process.wait(30) for process in processes]

    assert 0 == ends[-1]
    [line] = printed.read_text().splitlines()
    assert submitted.id == json.loads(line)["id"]
    assert secret not in (tmp_path / "log").read_text()


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_killed_between_sending_and_writing_it_is_sent_again_under_the_same_id(database, tmp_path):
    endpoint = Endpoint()
    endpoint.go.clear()
    with some_webhooks(database("notify"), tmp_path, endpoint) as webhooks:
        webhook_id = webhooks.create(endpoint)
        heard = [a_fact("RequestSubmitted") for _ in range(3)]
        webhooks.world.hear(*heard)
        first = a_jobs_process(webhooks.world, tmp_path / "log")
        assert endpoint.arrived.acquire(timeout=60)
        first.send_signal(signal.SIGKILL)
        first.wait(30)
        assert ["waiting"] * 3 == webhooks.states(webhook_id)

        endpoint.go.set()
        webhooks.pass_(timedelta(seconds=31))
        second = a_jobs_process(webhooks.world, tmp_path / "log")
        webhooks.world.until(lambda: webhooks.states(webhook_id) == ["delivered"] * 3, seconds=60)
        second.terminate()
        assert 0 == second.wait(30)
        attempts = webhooks.attempts(webhooks.deliveries(webhook_id)[0], webhook_id)
    endpoint.stop()

    assert heard[0].id == endpoint.ids[0]
    assert sorted([heard[0].id, *(each.id for each in heard)]) == sorted(endpoint.ids)
    assert [None, 200] == [each["status"] for each in attempts]
    assert 1 == len({body for headers, body in endpoint.received
                     if headers["webhook-id"] == heard[0].id})  # fmt: skip
