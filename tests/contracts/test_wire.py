"""Every type as another program reads it, and the document that says so."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import lxml.html
import pytest
import yaml
from chassis.actor import Actor
from chassis.message import Message, schema_name
from chassis.relay import ToRabbit

from tests.contracts.published import ROOT, SERVICES, all_published
from tests.contracts.test_consumers import example_message
from tests.installations import Embedded

DOCUMENT = ROOT / "docs" / "asyncapi.yaml"
PAGE = ROOT / "services" / "requests" / "contracts" / "asyncapi.html"
PARSER = ROOT / ".venv" / "asyncapi-parser" / "node_modules"
"""Put there by deploy/test-packages."""
SUBJECT = "0190a1b2-0000-7000-8000-000000000001"
_PARSE = """
const {Parser, fromFile} = require("@asyncapi/parser");
fromFile(new Parser(), process.argv[1]).parse().then(({document, diagnostics}) => {
  console.log(JSON.stringify({
    version: document && document.version(),
    messages: document ? document.messages().all().length : 0,
    complaints: diagnostics.filter(each => each.severity < 2).map(each => each.message),
  }));
});
"""


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return dict(yaml.safe_load(DOCUMENT.read_text(encoding="utf-8")))


def messages() -> Iterator[Message]:
    """One of each type, with every attribute."""
    for number, contract in enumerate(all_published(), 1):
        plain = example_message(contract, SUBJECT)
        yield replace(
            plain,
            id=f"{contract.source}-{number}",
            position=number,
            actor=Actor("5f0c9f0e-0d0a-4a57-9d3c-3f7b7a2d7c11", "ppid_pembantu", "dinsos", "plh"),
            dataschema=schema_name(contract.source, contract.type),
            causation="requests-1",
            traceparent="00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        )


def publish(amqp_url: str, sent: list[Message]) -> None:
    """As the relays do."""
    for service in SERVICES:
        out = ToRabbit(amqp_url, service)
        out.publish([message for message in sent if message.source == service])
        out.settle()
        out.close()


@pytest.mark.servers
def test_another_program_reads_every_type_with_every_attribute(amqp_url: str) -> None:
    sent = list(messages())
    exchanges = [f"{service}.events" for service in SERVICES]
    reader = subprocess.Popen(
        [sys.executable, str(Path(__file__).parent / "wire_reader.py"), amqp_url, str(len(sent)),
         "another-office", *exchanges],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert reader.stdout is not None
    assert reader.stdout.readline() == "ready\n"

    publish(amqp_url, sent)

    said, _ = reader.communicate(timeout=120)
    assert reader.returncode == 0
    events = {event["attributes"]["id"]: event for event in map(json.loads, said.splitlines())}
    for message in sent:
        attributes = events[message.id]["attributes"]
        expected = {name.removeprefix("ce-"): value for name, value in message.headers.items()}
        assert {**expected, "datacontenttype": "application/json"} == attributes
        assert events[message.id]["data"] == message.data
    assert {
        "id", "source", "type", "subject", "time", "sequence", "position", "dataschema",
        "traceparent", "causationid", "correlationid", "actorid", "actorrole", "actoragency",
        "actorcapacity", "specversion", "datacontenttype",
    } == set(attributes)  # fmt: skip


# The document


def test_the_document_and_its_page_have_every_type(document: dict[str, Any]) -> None:
    names = {f"{contract.source}.{contract.type}" for contract in all_published()}
    page = lxml.html.fromstring(PAGE.read_text(encoding="utf-8"))

    assert names == set(document["components"]["messages"])
    assert names | {"subscriber"} == set(document["channels"])
    assert names <= {each.get("id") for each in page.iter() if each.get("id")}


def test_the_documents_examples_are_messages_of_ours(document: dict[str, Any]) -> None:
    known = document["components"]["schemas"]["cloudEvent"]
    for each in document["components"]["messages"].values():
        (example,) = each["examples"]
        assert set(known["required"]) <= set(example["headers"]) <= set(known["properties"])
        always = each["headers"]["allOf"][1]["properties"]
        assert {name: said["const"] for name, said in always.items()}.items() <= example[
            "headers"
        ].items()


def test_the_page_needs_no_script_and_its_links_lead_somewhere() -> None:
    page = lxml.html.fromstring(PAGE.read_text(encoding="utf-8"))
    links = {each.get("href") for each in page.iter("a")}
    files = {path.name for path in PAGE.parent.iterdir()}
    served = {
        f"/api/{contract.source}/contracts/{contract.type}.v1.{kind}.json"
        for contract in all_published()
        for kind in ("schema", "example")
    }

    assert list(page.iter("script")) == []
    inner = {link[1:] for link in links if link.startswith("#")}
    assert inner <= {each.get("id") for each in page.iter()}
    assert {link for link in links if link.startswith("/")} == served
    assert {link for link in links if link[0] not in "#/"} <= files


@pytest.mark.skipif(
    not PARSER.exists() or not shutil.which("node"),
    reason="the parser of AsyncAPI is not here: deploy/test-packages gets it",
)
def test_the_official_parser_takes_the_document() -> None:
    done = subprocess.run(
        ["node", "-e", _PARSE, str(DOCUMENT)],
        cwd=PARSER.parent, capture_output=True, text=True, timeout=300, check=True,
    )  # fmt: skip

    told = json.loads(done.stdout)
    assert [] == told["complaints"]
    assert ("3.0.0", len(all_published())) == (told["version"], told["messages"])


# What an installation serves


@pytest.mark.servers
def test_contracts_and_document_are_served_to_anybody(embedded: Embedded) -> None:
    for contract in all_published():
        where = f"{embedded.url}/api/{contract.source}/contracts/"
        schema = httpx.get(where + contract.schema_path.name, timeout=60)
        assert schema.json() == contract.schema
        assert schema.json()["$id"] == schema_name(contract.source, contract.type)
        assert httpx.get(where + contract.example_path.name, timeout=60).json() == contract.example
    where = f"{embedded.url}/api/requests/contracts/"
    kinds = {"asyncapi.yaml": "application/yaml", "asyncapi.html": "text/html; charset=utf-8"}
    for name, kind in kinds.items():
        answer = httpx.get(where + name, timeout=60)
        assert (200, kind) == (answer.status_code, answer.headers["content-type"])
        assert answer.text == (PAGE.parent / name).read_text(encoding="utf-8")
    assert httpx.get(where + "Nothing.v1.schema.json", timeout=60).status_code == 404
