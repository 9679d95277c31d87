"""Programs of other offices, written from the docs alone, hear the same in each way."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from satudata.demo_city import PASSWORD
from satudata.places import ROOT, SERVICES
from satudata.stories import City
from satudata.subscribers import Broker

from tests.contracts.published import published
from tests.installations import wait_until

pytestmark = pytest.mark.servers
PACKAGE = ROOT / "clients" / "python"


def _blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)


TOKEN, FEED, STREAM = _blocks(ROOT / "docs" / "integrator.md", "bash")
CONSUMER, _ = _blocks(PACKAGE / "README.md", "python")


def _environment(city, **more):
    return {**os.environ, "URL": city.url, "NAME": "integrator", "PASSWORD": PASSWORD, **more}


def _published_positions(installation):
    pool = installation.database("requests")
    rows = pool.execute(
        "SELECT position FROM facts WHERE type = ANY (%s) ORDER BY position",
        (list(published("requests")),),
    )
    pool.close()
    return [position for (position,) in rows]


def test_curl_reads_the_feed_from_the_beginning_to_its_end(installation, tmp_path):
    city = City(installation.url)
    city.submit()
    city.submit()
    seen, again = [], True
    pages = FEED.replace("wait=20", "limit=2")

    while again:
        subprocess.run(
            ["bash", "-c", TOKEN + pages],
            env=_environment(city),
            cwd=tmp_path,
            check=True,
            timeout=60,
        )
        lines = (tmp_path / "page").read_text().splitlines()
        seen += [int(json.loads(line)["position"]) for line in lines]
        again = bool(lines) and len(seen) < 4

    assert seen == _published_positions(installation)[: len(seen)]
    assert len(seen) > 1


def test_curl_follows_the_stream_through_the_proxy(distributed):
    city = City(distributed.url)
    city.submit()
    listening = subprocess.Popen(
        ["bash", "-c", TOKEN + "exec " + STREAM], env=_environment(city),
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    facts = (json.loads(line[6:]) for line in listening.stdout if line.startswith("data: "))

    past = next(facts)
    _, new = city.submit()
    found = next(fact for fact in facts if fact["subject"] == new["id"])

    listening.kill()
    listening.wait()
    listening.stdout.close()
    assert ("RequestSubmitted", "RequestSubmitted") == (past["type"], found["type"])


def test_the_package_reads_the_past_from_the_feed_and_goes_on_with_the_queue(distributed, tmp_path):
    city, rabbit = City(distributed.url), distributed.up.rabbit
    amqp_url = distributed.up.environment["AMQP_URL"]
    _, before = city.submit()
    broker = Broker({"AMQP_URL": amqp_url, "AMQP_ADMIN_URL": rabbit.manage()})
    subscriber = broker.add("package", [("requests", "RequestSubmitted")])
    told = {"AMQP_URL": subscriber.url, "QUEUE": subscriber.queue, "PYTHONPATH": str(PACKAGE)}
    heard = tmp_path / "heard"
    with heard.open("wb") as file:
        consumer = subprocess.Popen(
            [sys.executable, "-c", CONSUMER], env=_environment(city, **told), cwd=tmp_path,
            stdout=file, stderr=file,
        )  # fmt: skip

    def heard_of(request):
        assert consumer.poll() is None, heard.read_text()
        return f"RequestSubmitted {request['id']} 6" in heard.read_text()

    try:
        wait_until(lambda: heard_of(before), 60, "the past is heard")
        _, after = city.submit()
        wait_until(lambda: heard_of(after), 60, "what is new is heard")
    finally:
        consumer.terminate()
        status = consumer.wait(60)
        broker.remove("package")
    lines = [line for line in heard.read_text().splitlines() if line.startswith("Request")]
    assert (0, len(set(lines))) == (status, len(lines))


def test_the_command_administers_what_up_has_started_by_itself(distributed, tmp_path):
    distributed.up.write_settings()
    file = distributed.up.settings_file
    script = (
        f"set -ea; . {file}; set +a;"
        f" satudata() {{ {sys.executable} -W ignore -m satudata.cli $*; }};"
        " satudata subscribers add fresh --json >added; satudata subscribers list >list;"
        " satudata subscribers remove fresh; satudata staff list >staff; satudata doctor"
    )

    done = subprocess.run(
        ["bash", "-c", script], env={"PATH": os.environ["PATH"]}, cwd=tmp_path,
        check=False, capture_output=True, text=True, timeout=120,
    )  # fmt: skip

    assert 0 == done.returncode, done.stdout + done.stderr
    assert 0o600 == file.stat().st_mode & 0o777
    assert "amqp://sub.fresh:" in json.loads((tmp_path / "added").read_text())["url"]
    assert "fresh" in (tmp_path / "list").read_text()
    assert "integrator" in (tmp_path / "staff").read_text()


def test_each_service_has_the_feed_of_what_it_publishes(installation):
    integrator = City(installation.url).officer("integrator")

    for service in SERVICES:
        types = ",".join(published(service))
        answer = integrator.fetch(f"/api/{service}/events?types={types}&limit=1000")
        assert {event["source"] for event in answer.json()} <= {service}
        assert answer.headers["x-next-after"].isdecimal()


def test_a_stream_ends_cleanly_when_its_process_is_stopped(distributed):
    city, web = City(distributed.url), distributed.up.processes["web-catalog"]
    asked = {**city.officer("integrator")._headers(), "Accept": "text/event-stream"}
    with (
        httpx.Client(timeout=60) as client,
        client.stream("GET", f"{city.url}/api/catalog/events", headers=asked) as answer,
    ):
        lines = answer.iter_lines()
        assert next(lines).startswith("retry:")

        web.child.terminate()
        # A connection that is cut off would raise.
        for _ in lines:
            pass

    assert 0 == web.child.wait(60)
    web.start_again()
    distributed.up.wait_until_ready()
