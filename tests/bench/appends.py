"""Ways to append one event, which the benches set against each other."""

import re
import subprocess
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from uuid import uuid4

import psycopg2
from chassis.actor import Actor
from chassis.event_store import Recorder
from chassis.postgres import Pool, connect
from chassis.telemetry import follow
from eventsourcing.persistence import ApplicationRecorder, StoredEvent
from eventsourcing.utils import Environment
from psycopg2.extensions import parse_dsn

from tests.bench.lab import pgbench
from tests.bench.measuring import Run

PEMBANTU = Actor("5f0c9f0e-0d0a-4a57-9d3c-3f7b7a2d7c11", "ppid_pembantu", "diskopindag")
STATE = (
    b'{"timestamp":"2026-11-20T03:00:00.123456+00:00","by":"5f0c9f0e-0d0a-4a57-9d3c-3f7b7a2d7c11",'
    b'"role":"ppid_pembantu","on":"2026-11-20","register_number":"2026-0042",'
    b'"agency":"diskopindag","step":8,"was_due":"2026-11-25","late":false,"next_step":9,'
    b'"next_due":"2026-11-25","statutory_due":"2026-12-04","waiting_for":"ppid_pembantu"}'
)
"""Of RequestGranted, as it is stored."""
TYPE = "RequestGranted"
TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
"""Of the command that an event follows from."""

_INSERT = (
    "INSERT INTO facts"
    " (stream, version, type, state, occurred_at, actor, role, agency, correlation,"
    " traceparent)"
)


def ours(dsn: str) -> Callable[[], object]:
    """Through the recorder that every command's facts go through."""
    recorder = Recorder(Pool(dsn, 1))
    follow(TRACE)

    def append() -> None:
        recorder.insert_events([StoredEvent(uuid4(), 1, TYPE, STATE)], actor=PEMBANTU)

    return append


def raw_psycopg2(dsn: str) -> Callable[[], object]:
    """One INSERT of the same row in autocommit, and nothing else."""
    cur = connect(dsn).cursor()
    sql = f"{_INSERT} VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING position"

    def append() -> None:
        stream, now = uuid4(), datetime.now(UTC)
        values = (stream, 1, TYPE, psycopg2.Binary(STATE), now, *_by(), str(stream), TRACE)
        cur.execute(sql, values)
        cur.fetchone()

    return append


def library(dsn: str) -> Callable[[], object]:
    """The library's own recorder, on its own table."""
    recorder = library_recorder(dsn)

    def append() -> None:
        recorder.insert_events([StoredEvent(uuid4(), 1, TYPE, STATE)])

    return append


def library_recorder(dsn: str) -> ApplicationRecorder:
    """The library's own recorder for PostgreSQL, as it comes, which makes its table if need be."""
    # psycopg is there for the benches alone, not for the tests.
    from eventsourcing.postgres import PostgresFactory

    told = parse_dsn(dsn)
    environment = {
        "POSTGRES_DBNAME": told["dbname"],
        "POSTGRES_HOST": told["host"],
        "POSTGRES_PORT": "5432",
        "POSTGRES_USER": told["user"],
        "POSTGRES_PASSWORD": "none",
        "POSTGRES_POOL_SIZE": "1",
        "POSTGRES_MAX_OVERFLOW": "0",
    }
    return PostgresFactory(Environment("bench", environment)).application_recorder()


def pgbench_insert(dsn: str) -> Run:
    """pgbench, one client, prepared; by its own measure, without connecting. May raise Absent."""
    program, told = pgbench(), parse_dsn(dsn)
    # In hexadecimal, as pgbench takes a colon for the beginning of a variable.
    values = f"'{TYPE}', '\\x{STATE.hex()}'"
    by = ", ".join(f"'{value}'" for value in _by())
    with tempfile.NamedTemporaryFile("w", suffix=".sql", delete=False) as script:
        # Each row has a stream of its own, as it has with the others.
        script.write(
            f"{_INSERT} SELECT s, 1, {values}, now(), {by}, s::text, '{TRACE}'"
            " FROM (SELECT gen_random_uuid() AS s) AS new RETURNING position;\n"
        )
    where = ["-h", told["host"], "-U", told["user"], told["dbname"]]

    def run(k: int) -> float:
        command = [str(program), "-n", "-M", "prepared", "-f", script.name, "-t", str(k), *where]
        told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        found = re.search(r"tps = ([\d.]+) \(without initial connection", told)
        assert found is not None, told
        return k / float(found[1])

    return run


def _by() -> tuple[str, str, str | None]:
    return PEMBANTU.id, PEMBANTU.role, PEMBANTU.agency
