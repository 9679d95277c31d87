"""One sealed log for all tests that tamper: each undoes what it did."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import psycopg2
import pytest
from chassis.migrate import migrate
from chassis.postgres import Pool, connect

from services.requests.tests.conftest import ROOT
from services.requests.tests.sealing import sealed

_NAME = "tampered"


@pytest.fixture(scope="session")
def sealed_database(postgres_url: str) -> Iterator[str]:
    """Address of the log, for the superuser."""
    with closing(connect(postgres_url.format(database="postgres"))) as admin:
        with admin.cursor() as cur:
            cur.execute(f"CREATE DATABASE {_NAME} STRATEGY wal_log")
        dsn = postgres_url.format(database=_NAME)
        migrate(dsn, ROOT / "services" / "requests" / "migrations")
        pool = Pool(dsn, 1)
        with closing(connect(dsn)) as conn, conn.cursor() as cur:
            sealed.fill(pool, cur)
        pool.close()
        yield dsn
        with admin.cursor() as cur:
            cur.execute(f"DROP DATABASE {_NAME} WITH (FORCE)")


@pytest.fixture
def superuser(sealed_database: str) -> Iterator[Any]:
    """A cursor that may do anything, triggers off, in a transaction that is undone."""
    with closing(psycopg2.connect(sealed_database)) as conn, conn.cursor() as cur:
        cur.execute("SET LOCAL session_replication_role = replica")
        yield cur
        conn.rollback()
