"""Private PostgreSQL and RabbitMQ servers for tests, and databases in them.

A test never uses a server that was not started here, unless TEST_POSTGRES_URL or TEST_AMQP_URL
names one. Where a server cannot be had the tests that need it are skipped, loudly.
"""

import itertools
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psycopg2
import pytest
from chassis.migrate import migrate
from chassis.postgres import Pool
from satudata.postgres import EmbeddedPostgres
from satudata.rabbit import PrivateRabbit

ROOT = Path(__file__).parent.parent
_numbers = itertools.count(1)
_MEMORY = Path("/dev/shm")
_ROOM_BYTES_MIN = 4 * 2**30


def quick_folder(prefix: str) -> tempfile.TemporaryDirectory[str]:
    """A folder for servers, gone at the end: in memory where there is room, else on the disk.

    Copying a migrated database takes 0.03 s in memory and 0.25 s on a disk; most tests begin so.
    """
    roomy = _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free >= _ROOM_BYTES_MIN
    return tempfile.TemporaryDirectory(prefix=prefix, dir=_MEMORY if roomy else None)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """An administrator's connection string with `{database}` in it."""
    named = os.environ.get("TEST_POSTGRES_URL")
    if named:
        yield named
        return
    with quick_folder("pg") as folder:
        server = EmbeddedPostgres(Path(folder))
        server.start()
        yield server.dsn("{database}")
        server.stop()


@pytest.fixture
def database(postgres_url: str) -> Iterator[Callable[[str], Pool]]:
    """`database("letters")` is a pool on a new, migrated database of that service.

    Its role is the one the service has in production: no rights beyond its own.
    """
    admin = Pool(postgres_url.format(database="postgres"), 1)
    made: list[str] = []
    pools: list[Pool] = []

    def make(service: str, size: int = 8) -> Pool:
        name = f"{service}_{os.getpid()}_{next(_numbers)}"
        role = f"test_{service}"
        template = _template(admin, postgres_url, service, role)
        admin.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        made.append(name)
        owner = postgres_url.format(database=name)
        dsn = psycopg2.extensions.make_dsn(owner, user=role, password="test")
        pools.append(Pool(dsn, size))
        return pools[-1]

    yield make
    for pool in pools:
        pool.close()
    for name in made:
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    admin.close()


def _template(admin: Pool, postgres_url: str, service: str, role: str) -> str:
    """A migrated database of the service to copy: migrating each anew took most of a test."""
    name = f"template_{service}_{os.getpid()}"
    if not admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)):
        with suppress(psycopg2.errors.DuplicateObject):
            admin.execute(f"CREATE ROLE {role} LOGIN PASSWORD 'test'")
        admin.execute(f"CREATE DATABASE {name} STRATEGY wal_log")
        owner = postgres_url.format(database=name)
        migrate(owner, ROOT / "services" / service / "migrations", role=role)
    return name


@pytest.fixture(scope="session")
def rabbit() -> Iterator[PrivateRabbit]:
    """A RabbitMQ server of the tests' own, to be stopped and started as a test likes."""
    with quick_folder("mq") as folder:
        server = PrivateRabbit(Path(folder))
        if not server.can_be_had():
            pytest.skip("RabbitMQ cannot be had here: install the package rabbitmq-server")
        server.start()
        yield server
        server.stop()


@pytest.fixture
def amqp_url(rabbit: PrivateRabbit) -> str:
    """Where that RabbitMQ answers; another virtual host for each test."""
    return os.environ.get("TEST_AMQP_URL") or rabbit.new_virtual_host()
