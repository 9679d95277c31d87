"""Every consumer takes every publisher's example: real handlers, real databases, twice."""

import base64
import importlib
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from chassis.actor import Actor
from chassis.message import Message, decode
from chassis.postgres import Pool
from chassis.sessions import public_key_of
from chassis.settings import Settings, load

from tests.contracts.published import ROOT, SERVICES, Contract, all_heard, method_of, worker

pytestmark = pytest.mark.servers

_ACTORS = {
    "catalog": Actor("walidata-1", "walidata"),
    "requests": Actor("ppid-1", "ppid"),
    "privacy": Actor("ppid-1", "ppid"),
    "letters": Actor("letters", "service"),
    "notify": Actor("notify", "service"),
}
_POSITION = 41


def settings_of(service: str, pool: Pool, folder: Path) -> Settings:
    """The settings of one service on a test's database."""
    keys = {name: name.encode().ljust(32, b".") for name in SERVICES}
    public = {name: base64.b64encode(public_key_of(key)).decode() for name, key in keys.items()}
    environ = {
        "DATABASE_URL": pool.dsn,
        "AMQP_URL": "memory://",
        "FILES_URL": f"file://{folder}",
        "PUBLIC_URL": "https://satudata.example",
        # Nothing answers there: a handler asks nobody.
        "REQUESTS_URL": "http://127.0.0.1:9",
        "SECRET_KEY": base64.b64encode(b"s" * 32).decode(),
        "SIGNING_KEY": base64.b64encode(keys[service]).decode(),
        "SIGNING_PUBLIC_KEYS": json.dumps(public),
        "CITY_FILE": str(ROOT / "deploy" / "city.toml"),
    }
    return load(service, environ)


class Consumer:
    """One service's worker on a new database, as nameko would call it."""

    def __init__(self, service: str, pool: Pool, folder: Path) -> None:
        bootstrap = importlib.import_module(f"{service}_service.bootstrap")
        self.service = service
        self.pool = pool
        self.app: Any = bootstrap.build_application(settings_of(service, pool, folder), pool)
        self._worker: Any = worker(service)()
        self._worker.app = self.app

    def hear(self, message: Message) -> None:
        """Call the handler with what the broker would bring."""
        contract = Contract(message.source, message.type)
        getattr(self._worker, method_of(self.service, contract))(_over_the_wire(message))

    def inbox(self) -> list[str]:
        """The messages that have had their effect."""
        return [id_ for (id_,) in self.pool.execute("SELECT message_id FROM inbox")]

    def effects(self) -> list[tuple[str, int]]:
        """How many rows each table holds."""
        tables = [
            name
            for (name,) in self.pool.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
            )
        ]
        return [
            (name, self.pool.execute(f'SELECT count(*) FROM "{name}"')[0][0])
            for name in tables
            if name != "migrations"
        ]


def example_message(contract: Contract, subject: UUID) -> Message:
    """The publisher's example as the relay would send it."""
    return Message(
        id=f"{contract.source}-{_POSITION}",
        source=contract.source,
        type=contract.type,
        subject=str(subject),
        time=datetime(2026, 11, 20, 3, 0, tzinfo=UTC),
        sequence=2,
        position=_POSITION,
        actor=_ACTORS[contract.source],
        data=contract.example,
        dataschema=f"{contract.source}/{contract.type}.v1",
        causation="requests-1" if contract.source != "requests" else None,
        correlation=str(subject),
    )


def _over_the_wire(message: Message) -> Message:
    return decode(message.headers, message.body)


@pytest.fixture
def consumer(database: Callable[[str], Pool], tmp_path: Path) -> Callable[[str], Consumer]:
    """`consumer("letters")`."""
    return lambda service: Consumer(service, database(service), tmp_path)


def _subject(consumer: Consumer) -> UUID:
    """A data request that the consumer can know of."""
    return a_data_request(consumer) if consumer.service == "requests" else uuid4()


def a_data_request(consumer: Consumer) -> UUID:
    """A request that was just submitted to `requests`."""
    from requests_service.domain.form import Form
    from requests_service.domain.identity import Identity

    answer = consumer.app.submit(
        Identity(
            kind="instansi_non_pemerintah",
            name="Lembaga Contoh",
            address="Jalan Contoh 1",
            email="kantor@contoh.example",
            occupation="Peneliti",
            institution="Lembaga Contoh",
            legal_deed="AHU-0000001.AH.01.07.TAHUN 2020",
        ),
        Form(
            data_wanted="Jumlah UMKM per kecamatan tahun 2021 sampai 2025",
            purpose="Bahan kajian tentang sebaran UMKM di kota",
            kind="instansi_non_pemerintah",
        ),
    )
    return UUID(answer["id"])


def _one_of_each(service: str, subject: UUID) -> list[Message]:
    """An example of everything that a service hears, one after the other."""
    heard = sorted(contract for hearer, contract in all_heard() if hearer == service)
    return [
        replace(
            example_message(contract, subject),
            id=f"{contract.source}-{_POSITION + n}", position=_POSITION + n, sequence=2 + n,
        )
        for n, contract in enumerate(heard)
    ]  # fmt: skip


@pytest.mark.parametrize(("service", "contract"), all_heard(), ids=lambda value: str(value))
def test_an_example_is_taken_and_has_its_effect_once(
    service: str, contract: Contract, consumer: Callable[[str], Consumer]
) -> None:
    one = consumer(service)
    message = example_message(contract, _subject(one))

    one.hear(message)
    after_first = one.effects()
    one.hear(message)

    assert one.inbox() == [message.id]
    assert one.effects() == after_first


@pytest.mark.parametrize("service", SERVICES)
def test_fields_that_a_later_version_may_add_disturb_nobody(
    service: str, consumer: Callable[[str], Consumer]
) -> None:
    one = consumer(service)
    messages = [
        replace(message, data={**message.data, "added_later": {"of": ["any", "kind"]}})
        for message in _one_of_each(service, _subject(one))
    ]

    for message in messages:
        one.hear(message)

    assert sorted(one.inbox()) == sorted(message.id for message in messages)


@pytest.mark.parametrize("service", SERVICES)
def test_what_a_service_says_that_it_reads_is_all_that_it_needs(
    service: str, consumer: Callable[[str], Consumer]
) -> None:
    one = consumer(service)
    messages = [
        replace(
            message,
            data={
                name: value
                for name, value in message.data.items()
                if name
                in Contract(message.source, message.type).schema_of(service).get("required", ())
            },
        )
        for message in _one_of_each(service, _subject(one))
    ]

    for message in messages:
        one.hear(message)

    assert sorted(one.inbox()) == sorted(message.id for message in messages)


@pytest.mark.parametrize("service", SERVICES)
def test_all_examples_of_one_subject_are_taken_in_any_order(
    service: str, consumer: Callable[[str], Consumer]
) -> None:
    one = consumer(service)
    messages = _one_of_each(service, _subject(one))

    for message in [*reversed(messages), *messages]:
        one.hear(message)

    assert sorted(one.inbox()) == sorted(message.id for message in messages)
