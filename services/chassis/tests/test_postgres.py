"""The pool when the database goes away, comes back, or is another server than before."""

import socket
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

import pytest
from chassis import log
from chassis.actor import Actor
from chassis.event_store import AlreadyHandled, Recorder, handled
from chassis.migrate import migrate
from chassis.postgres import DatabaseAway, Pool, connect
from eventsourcing.persistence import StoredEvent
from psycopg2.extensions import make_dsn, parse_dsn
from satudata.postgres import EmbeddedPostgres

pytestmark = [pytest.mark.servers, pytest.mark.xdist_group("postgres_away")]
ANI = Actor("ani", "clerk")
_MIGRATIONS = Path(__file__).parents[2] / "notify" / "migrations"


@pytest.fixture(scope="module")
def other_server():
    """A second PostgreSQL, migrated, to be stopped and started."""
    with tempfile.TemporaryDirectory(prefix="pg") as folder:
        server = EmbeddedPostgres(Path(folder))
        server.start()
        migrate(server.dsn("postgres"), _MIGRATIONS)
        yield server
        server.stop()


def test_a_connection_broken_off_while_idle_is_replaced_unnoticed(database):
    pool = database("notify", 1)
    _break_off(pool)

    assert [(1,)] == pool.execute("SELECT 1")


def test_a_connection_broken_off_within_a_transaction_undoes_it_and_is_replaced(database):
    pool, stream = database("notify", 1), uuid4()

    with pytest.raises(DatabaseAway), pool.transaction() as cur:
        log.record(cur, stream, "Opened", {}, actor=ANI)
        cur.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    assert [] == log.stream(pool, stream)


def test_the_pool_goes_on_after_the_server_was_restarted(other_server):
    pool = Pool(other_server.dsn("postgres"), 2)
    _record(pool)

    other_server.stop()
    with pytest.raises(DatabaseAway):
        _record(pool)
    other_server.start()

    assert _record(pool) > 0


def test_who_gets_no_connection_in_time_is_told_why(database):
    full = Pool(database("notify", 1).dsn, 1, wait_seconds=0.05)

    with full.connection(), pytest.raises(DatabaseAway, match="all connections of the pool"):
        full.execute("SELECT 1")

    assert [(1,)] == full.execute("SELECT 1")


def test_a_server_that_takes_no_more_connections_is_away(database, postgres_url):
    pool = database("notify", 1)
    name = parse_dsn(pool.dsn)["dbname"]
    owner = Pool(postgres_url.format(database=name), 1)
    owner.execute(f"ALTER DATABASE {name} CONNECTION LIMIT 0")

    with pytest.raises(DatabaseAway, match="too many connections"):
        pool.execute("SELECT 1")

    owner.close()


def test_a_commit_whose_answer_was_lost_is_found_when_tried_again(database):
    pool, stream = database("notify"), uuid4()
    event = StoredEvent(stream, 1, "Opened", b"{}")

    with _between(pool.dsn) as (dsn, lose_answers):
        recorder = Recorder(Pool(dsn, 1))
        recorder.max_notification_id()
        lose_answers.set()
        with pytest.raises(DatabaseAway):
            recorder.insert_events([event], actor=ANI, also=[handled("m-1")])
        lose_answers.clear()

        with pytest.raises(AlreadyHandled):
            recorder.insert_events([event], actor=ANI, also=[handled("m-1")])
        recorder.pool.close()

    assert ["Opened"] == [fact.type for fact in log.stream(pool, stream)]


def test_of_several_hosts_one_that_answers_is_used_in_threads_and_in_green_threads(database):
    dsn = database("notify", 1).dsn
    with socket.create_server(("127.0.0.1", 0)) as silent:
        several = make_dsn(
            dsn,
            host=f"127.0.0.1,127.0.0.1,{parse_dsn(dsn)['host']}",
            # Nobody answers at the one, and nobody listens at the other.
            port=f"{silent.getsockname()[1]},{_free_port()},5432",
            target_session_attrs="read-write",
        )
        modes = {"": "False", "import eventlet; eventlet.monkey_patch()": "True"}
        programs = [
            subprocess.Popen(
                [sys.executable, "-W", "ignore", "-c", f"{first}\n{_ASK}", several],
                stdout=subprocess.PIPE,
                text=True,
            )
            for first in modes
        ]

        said = [program.communicate(timeout=60)[0].split() for program in programs]

    assert [[green, "1"] for green in modes.values()] == said


def test_a_server_that_only_reads_any_more_is_left_for_the_one_that_writes(
    other_server, postgres_url
):
    was, now = other_server.dsn("{database}"), postgres_url
    hosts = [parse_dsn(each)["host"] for each in (was, now)]
    both = make_dsn(was.format(database="postgres"), host=",".join(hosts), port="5432")
    pool = Pool(make_dsn(both, target_session_attrs="read-write"), 1)
    pool.execute(_SOME_WRITE)

    with _only_reading(pool):
        with pytest.raises(DatabaseAway):
            pool.execute(_SOME_WRITE)
        pool.execute(_SOME_WRITE)

        assert [(f"{hosts[1]}",)] == pool.execute("SHOW unix_socket_directories")
    pool.close()


_SOME_WRITE = "COMMENT ON DATABASE postgres IS 'written to'"
_ASK = """
import sys
from chassis.postgres import Pool, green
print(green(), Pool(sys.argv[1], 1).execute("SELECT 1")[0][0])
"""


def _record(pool):
    with pool.transaction() as cur:
        return log.record(cur, uuid4(), "Opened", {}, actor=ANI)


def _break_off(pool):
    pid = pool.execute("SELECT pg_backend_pid()")[0][0]
    other = Pool(pool.dsn, 1)
    other.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))
    other.close()


def _free_port():
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


@contextmanager
def _only_reading(pool):
    """The server as it is after it was made a standby, for sessions old and new."""
    with connect(pool.dsn).cursor() as cur:
        cur.execute("ALTER SYSTEM SET default_transaction_read_only = on")
        cur.execute("SELECT pg_reload_conf()")
        while pool.execute("SHOW default_transaction_read_only") != [("on",)]:
            time.sleep(0.01)
        yield
        cur.execute("ALTER SYSTEM RESET default_transaction_read_only")
        cur.execute("SELECT pg_reload_conf()")


@contextmanager
def _between(dsn):
    """Stands between client and server; while told to, breaks off instead of giving an answer."""
    lose_answers = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = f"{parse_dsn(dsn)['host']}/.s.PGSQL.5432"
        take = threading.Thread(target=_take, args=(listening, server, lose_answers), daemon=True)
        take.start()
        port = listening.getsockname()[1]
        yield make_dsn(dsn, host="127.0.0.1", port=port), lose_answers


def _take(listening, server, lose_answers):
    with suppress(OSError):
        while True:
            client, _ = listening.accept()
            behind = socket.socket(socket.AF_UNIX)
            behind.connect(server)
            for pass_on in (_pass_on(client, behind), _answer(behind, client, lose_answers)):
                threading.Thread(target=pass_on, daemon=True).start()


def _pass_on(client, server):
    def run():
        with suppress(OSError):
            while data := client.recv(65536):
                server.sendall(data)
        with suppress(OSError):
            server.shutdown(socket.SHUT_WR)

    return run


def _answer(server, client, lose_answers):
    def run():
        with suppress(OSError):
            while data := server.recv(65536):
                if lose_answers.is_set():
                    # The server says that it is done and ready again, to nobody.
                    while not data.endswith(_READY):
                        data += server.recv(65536)
                    break
                client.sendall(data)
        with suppress(OSError):
            client.shutdown(socket.SHUT_RDWR)

    return run


_READY = b"Z\x00\x00\x00\x05I"
