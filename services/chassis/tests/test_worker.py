"""Workers and jobs as processes, on a real broker and database, while things go wrong."""

import base64
import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from uuid import uuid4

import httpx
import pika
import pytest
from chassis import log
from chassis.actor import Actor
from chassis.dead_letters import ParkedMessages
from chassis.jobs import enqueue
from chassis.migrate import migrate
from chassis.nameko import declare_queues
from chassis.postgres import Pool, connect
from chassis.queues import WrongPartitions
from chassis.sessions import public_key_of
from chassis.settings import load
from satudata.run import free_port

pytestmark = pytest.mark.servers
OPERATOR = Actor("rina", "operator")
TOY = Path(__file__).parent / "toy"
PARTITIONS = 4
CITY = Path(__file__).parents[3] / "deploy" / "city.toml"


class EchoProcesses:
    """The toy service's worker and jobs processes."""

    def __init__(self, dsn: str, amqp_url: str, folder: Path):
        key = os.urandom(32)
        text = base64.b64encode
        self.trouble, self.job_trouble = folder / "trouble", folder / "job-trouble"
        self.environment = {
            "ECHO_DATABASE_URL": dsn,
            "AMQP_URL": amqp_url,
            "FILES_URL": f"file://{folder}",
            "PUBLIC_URL": "http://127.0.0.1:1",
            "SECRET_KEY": text(key).decode(),
            "SIGNING_KEY": text(key).decode(),
            "CITY_FILE": str(CITY),
            "SIGNING_PUBLIC_KEYS": json.dumps({"echo": text(public_key_of(key)).decode()}),
            "TROUBLE": str(self.trouble),
            "JOB_TROUBLE": str(self.job_trouble),
        }
        sys.path.insert(0, str(TOY))
        from echo_service.bootstrap import build_application
        from echo_service.entrypoints.worker import Worker

        self.pool = Pool(dsn, 2)
        self.app = build_application(load("echo", self.environment), self.pool)
        self.log = folder / "log"
        self.processes: list[subprocess.Popen] = []
        if amqp_url.startswith("amqp"):
            declare_queues(amqp_url, {"echo": Worker})

    def start(self, kind: str, **environment: str) -> subprocess.Popen:
        path = os.pathsep.join([str(TOY), *sys.path])
        self.processes.append(
            subprocess.Popen(
                [sys.executable, "-W", "ignore", "-m", "chassis.serve", kind, "echo"],
                env={**os.environ, **self.environment, **environment, "PYTHONPATH": path},
                stdout=self.log.open("ab"),
                stderr=subprocess.STDOUT,
            )
        )
        return self.processes[-1]

    def heard(self, subject=None) -> list[int]:
        rows = self.pool.execute("SELECT subject, number FROM heard ORDER BY id")
        return [number for s, number in rows if subject in (None, s)]

    def stop(self) -> None:
        for process in self.processes:
            process.kill()
            process.wait()
        self.pool.close()
        print(self.log.read_text()[-20_000:] if self.log.exists() else "")  # for a test that fails


@pytest.fixture
def owned_database(postgres_url):
    admin = Pool(postgres_url.format(database="postgres"), 1)
    name = f"echo_{uuid4().hex[:8]}"
    admin.execute(f"CREATE DATABASE {name}")
    dsn = postgres_url.format(database=name)
    migrate(dsn, TOY / "migrations")
    yield dsn
    admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    admin.close()


@pytest.fixture(params=["rabbit", "memory"])
def echo(request, owned_database, tmp_path):
    url = "memory://" if request.param == "memory" else request.getfixturevalue("amqp_url")
    processes = EchoProcesses(owned_database, url, tmp_path)
    yield processes
    processes.stop()


@pytest.fixture
def echo_on_rabbit(owned_database, amqp_url, tmp_path):
    processes = EchoProcesses(owned_database, amqp_url, tmp_path)
    yield processes
    processes.stop()


@pytest.fixture
def echo_in_memory(owned_database, tmp_path):
    processes = EchoProcesses(owned_database, "memory://", tmp_path)
    yield processes
    processes.stop()


def waiting(echo) -> list[dict]:
    return ParkedMessages(echo.pool, "echo").waiting()


def until(condition, seconds=60):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.05)


def test_what_is_recorded_is_heard_once_in_order_and_worked_on(echo):
    subjects = [uuid4() for _ in range(5)]
    echo.start("worker")
    echo.start("jobs")

    for number in range(20):
        for subject in subjects:
            echo.app.ask(subject, number=number)

    until(lambda: len(echo.heard()) == 100)
    assert all(list(range(20)) == echo.heard(str(subject)) for subject in subjects)
    until(lambda: echo.pool.execute("SELECT count(*) FROM jobs") == [(0,)])
    worked = [f for s in subjects for f in log.stream(echo.pool, s) if f.type == "Worked"]
    assert 100 == len(worked)


def test_a_worker_killed_again_and_again_loses_nothing_and_does_nothing_twice(echo):
    subject = uuid4()
    for number in range(200):
        echo.app.ask(subject, number=number)

    worker = echo.start("worker")
    for level in (20, 80, 140):
        until(lambda level=level: len(echo.heard()) >= level)
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        worker = echo.start("worker", AFTER_UNCLEAN_END="1")

    until(lambda: len(echo.heard()) >= 200)
    assert list(range(200)) == echo.heard()


def test_a_message_that_fails_waits_with_those_behind_it_and_others_pass(echo):
    stuck, free = uuid4(), uuid4()
    echo.trouble.touch()
    echo.start("worker")

    echo.app.ask(stuck, number=1, fault="bug")
    echo.app.ask(stuck, number=2)
    echo.app.ask(free, number=3)

    until(lambda: len(waiting(echo)) == 2 and echo.heard() == [3])
    first, behind = waiting(echo)
    assert ("ZeroDivisionError", "person", 1) == (first["reason"], first["state"], first["tries"])
    assert first["place"].startswith("bootstrap.py:")
    assert "behind" == behind["state"]

    echo.trouble.unlink()
    ParkedMessages(echo.pool, "echo").redrive(first["id"], OPERATOR)
    until(lambda: echo.heard() == [3, 1, 2] and waiting(echo) == [])


def test_what_waited_behind_a_discarded_message_goes_on(echo):
    stuck = uuid4()
    echo.trouble.touch()
    echo.start("worker")
    echo.app.ask(stuck, number=1, fault="bug")
    for number in (2, 3):
        echo.app.ask(stuck, number=number)
    until(lambda: len(waiting(echo)) == 3)

    ParkedMessages(echo.pool, "echo").discard(waiting(echo)[0]["id"], OPERATOR, reason="known")

    until(lambda: echo.heard() == [2, 3] and waiting(echo) == [])


def test_a_transient_fault_is_tried_again_by_itself(echo):
    subject = uuid4()
    echo.trouble.touch()
    echo.start("worker")
    echo.app.ask(subject, number=1, fault="later")
    echo.app.ask(subject, number=2)
    until(lambda: len(waiting(echo)) == 2)

    echo.trouble.unlink()

    until(lambda: echo.heard() == [1, 2])


def test_a_message_that_kills_the_process_is_set_aside_and_the_rest_goes_on(echo):
    killer, innocent = uuid4(), uuid4()
    echo.trouble.touch()
    echo.app.ask(killer, number=1, fault="poison")
    echo.app.ask(innocent, number=2)

    worker, deaths, seen = echo.start("worker"), 0, []
    deadline = time.monotonic() + 90
    while echo.heard() != [2] or deaths < 2 or not seen:
        assert time.monotonic() < deadline
        if worker.poll() is not None:
            deaths += 1
            worker = echo.start("worker", AFTER_UNCLEAN_END="1")
        seen = [row for row in waiting(echo) if row["subject"] == str(killer)]
        time.sleep(0.05)

    assert "delivered again and again" == seen[0]["reason"]


def test_sigterm_gives_back_nothing_that_was_begun(echo_on_rabbit):
    echo = echo_on_rabbit
    subjects = [uuid4() for _ in range(10)]
    for number in range(60):
        for subject in subjects:
            echo.app.ask(subject, number=number)

    for _ in range(3):
        before = len(echo.heard())
        worker = echo.start("worker")
        until(lambda before=before: len(echo.heard()) >= min(before + 50, 600))
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(20) == 0
    echo.start("worker")

    until(lambda: len(echo.heard()) >= 600)
    assert all(list(range(60)) == echo.heard(str(subject)) for subject in subjects)
    assert [] == waiting(echo)


def test_what_was_done_before_sigterm_ends_a_worker_is_not_delivered_again(
    echo_on_rabbit, amqp_url
):
    echo, subjects, count = echo_on_rabbit, [uuid4() for _ in range(30)], 1500
    with echo.pool.transaction() as cur:
        for number in range(count):
            subject = subjects[number % 30]
            log.record(cur, subject, "Asked", {"number": number}, actor=Actor("echo", "service"))
    worker = echo.start("worker")
    until(lambda: echo.heard())

    worker.send_signal(signal.SIGTERM)
    assert 0 == worker.wait(30)

    done, waiting = echo.heard(), _left_in_the_queue(amqp_url)
    [(published,)] = echo.pool.execute("SELECT position FROM relay WHERE name = 'relay'")
    assert list(range(published)) == sorted(done + waiting)
    assert 0 < len(done) < count

    echo.start("worker")
    until(lambda: len(echo.heard()) >= count)
    assert list(range(count)) == sorted(echo.heard())
    assert all(echo.heard(str(each)) == sorted(echo.heard(str(each))) for each in subjects)


@contextmanager
def nobody_gets_at(table, echo):
    """Locked; what waits for it is under way, and ends only after this."""
    with closing(connect(echo.pool.dsn)) as conn, conn.cursor() as cur:
        cur.execute("BEGIN")
        cur.execute(f"LOCK TABLE {table}")
        yield lambda: echo.pool.execute(
            "SELECT pid FROM pg_stat_activity"
            " WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )


def test_sigterm_lets_a_job_that_was_begun_be_done_once(echo_in_memory):
    echo, subject = echo_in_memory, uuid4()
    with echo.pool.transaction() as cur:
        enqueue(cur, "work", "once", {"subject": str(subject)})

    with nobody_gets_at("facts", echo) as someone_waits:
        jobs = echo.start("jobs")
        until(someone_waits)
        jobs.send_signal(signal.SIGTERM)
        # A process that does not drain is gone long before; one that does waits for the job.
        with pytest.raises(subprocess.TimeoutExpired):
            jobs.wait(1)

    assert 0 == jobs.wait(30)
    assert ["Worked"] == [fact.type for fact in log.stream(echo.pool, subject)]
    assert [(0,)] == echo.pool.execute("SELECT count(*) FROM jobs")


def test_sigterm_lets_a_page_that_was_asked_for_be_answered_and_takes_no_more(echo_in_memory):
    echo, port = echo_in_memory, free_port()
    address = f"http://127.0.0.1:{port}"
    web = echo.start("web", PORT=str(port))
    until(lambda: _answers(address))

    with ThreadPoolExecutor(1) as browser:
        with nobody_gets_at("heard", echo) as someone_waits:
            answer = browser.submit(httpx.get, f"{address}/api/echo/heard", timeout=60)
            until(someone_waits)
            web.send_signal(signal.SIGTERM)
            until(lambda: not _answers(address))
            assert not answer.done()

        assert 200 == answer.result().status_code
    assert 0 == web.wait(30)


def _answers(address):
    try:
        return 200 == httpx.get(f"{address}/healthz").status_code
    except httpx.TransportError:
        return False


def _left_in_the_queue(amqp_url) -> list[int]:
    """The numbers that wait there; the messages are given back."""
    with pika.BlockingConnection(pika.URLParameters(amqp_url)) as connection:
        channel, left = connection.channel(), []
        count = channel.queue_declare("echo", passive=True).method.message_count
        channel.basic_consume("echo", lambda *told: left.append(json.loads(told[3])["number"]))
        while len(left) < count:
            connection.process_data_events(time_limit=1)
        return left


def test_two_workers_share_nothing_out_of_order(echo_on_rabbit):
    echo = echo_on_rabbit
    subject = uuid4()
    first = echo.start("worker")
    echo.start("worker")

    for number in range(100):
        echo.app.ask(subject, number=number)
        if number == 50:
            until(lambda: len(echo.heard()) > 10)
            first.send_signal(signal.SIGKILL)

    until(lambda: len(echo.heard()) >= 100)
    assert list(range(100)) == echo.heard()


def test_the_broker_may_go_and_come_back(echo_on_rabbit, rabbit):
    echo = echo_on_rabbit
    subject = uuid4()
    worker = echo.start("worker")
    echo.app.ask(subject, number=0)
    until(lambda: echo.heard() == [0])

    # RabbitMQ 3.10 writes down some seconds later which queue is whose: killed before, it takes
    # the new queue for another one, which never works.
    rabbit.control("eval", "[dets:sync(Table) || Table <- dets:all()].")
    rabbit.kill()
    echo.app.ask(subject, number=1)
    rabbit.start()
    echo.app.ask(subject, number=2)

    until(lambda: echo.heard() == [0, 1, 2], seconds=120)
    assert worker.poll() is None


def test_a_job_waits_for_what_it_needs_and_survives_kill(echo):
    subject = uuid4()
    echo.job_trouble.touch()
    echo.start("worker")
    jobs = echo.start("jobs")
    echo.app.ask(subject, number=1)
    until(lambda: echo.pool.execute("SELECT 1 FROM jobs WHERE attempts > 0"))
    jobs.send_signal(signal.SIGKILL)

    echo.job_trouble.unlink()
    echo.start("jobs")

    until(lambda: [f.type for f in log.stream(echo.pool, subject)] == ["Asked", "Worked"])


def test_what_is_on_the_wire_is_a_cloud_event_for_other_libraries(echo_on_rabbit, amqp_url):
    echo, subject = echo_on_rabbit, uuid4()
    connection = pika.BlockingConnection(pika.URLParameters(amqp_url))
    channel = connection.channel()
    channel.queue_declare("integrator", durable=True, arguments={"x-queue-type": "quorum"})
    channel.queue_bind("integrator", "echo.events", "Asked")
    echo.start("worker")
    echo.app.ask(subject, number=7)

    _, properties, body = next(channel.consume("integrator", inactivity_timeout=60))
    connection.close()

    from cloudevents.core.bindings.rabbitmq import RabbitMQMessage, from_binary_event
    from cloudevents.core.formats.json import JSONFormat

    event = from_binary_event(
        RabbitMQMessage(dict(properties.headers), properties.content_type, body), JSONFormat()
    )
    assert ("echo-1", "echo", "Asked", str(subject)) == (
        event.get_id(),
        event.get_source(),
        event.get_type(),
        event.get_subject(),
    )
    assert {"number": 7} == event.get_data()


def declare_partitions(amqp_url, partitions):
    from echo_service.entrypoints.worker import Worker

    declare_queues(amqp_url, {"echo": Worker}, {"echo": partitions})


def depth(amqp_url, name):
    with pika.BlockingConnection(pika.URLParameters(amqp_url)) as connection:
        return connection.channel().queue_declare(name, passive=True).method.message_count


def workers_at(rabbit, amqp_url):
    """How many partitions each worker's process works on."""
    host = amqp_url.rpartition("/")[2]
    lines = rabbit.control("list_consumers", "-p", host, "--silent", "queue_name", "channel_pid")
    connections = {}
    for line in rabbit.control(
        "list_channels", "-p", host, "--silent", "pid", "connection"
    ).splitlines():
        pid, _, connection = line.partition("\t")
        connections[pid] = connection
    counts = {}
    for line in lines.splitlines():
        queue, _, pid = line.partition("\t")
        if queue.startswith("echo."):
            counts[connections.get(pid)] = counts.get(connections.get(pid), 0) + 1
    return sorted(counts.values())


def test_two_workers_share_the_partitions_and_every_subject_keeps_its_order(
    echo_on_rabbit,
    rabbit,
    amqp_url,
):
    echo, subjects = echo_on_rabbit, [uuid4() for _ in range(12)]
    declare_partitions(amqp_url, PARTITIONS)
    first = echo.start("worker", QUEUE_PARTITIONS=str(PARTITIONS))
    until(lambda: [4] == workers_at(rabbit, amqp_url))

    echo.start("worker", QUEUE_PARTITIONS=str(PARTITIONS))
    for number in range(10):
        for subject in subjects:
            echo.app.ask(subject, number=number)
    until(lambda: [2, 2] == workers_at(rabbit, amqp_url))
    for number in range(10, 20):
        for subject in subjects:
            echo.app.ask(subject, number=number)
        if number == 15:
            first.send_signal(signal.SIGKILL)

    until(lambda: len(echo.heard()) == 240)
    assert all(list(range(20)) == echo.heard(str(subject)) for subject in subjects)
    until(lambda: [4] == workers_at(rabbit, amqp_url))


def test_the_number_of_partitions_changes_only_while_nothing_waits(echo_on_rabbit, amqp_url):
    echo = echo_on_rabbit
    worker = echo.start("worker")
    echo.app.ask(uuid4(), number=1)
    until(lambda: [1] == echo.heard())

    with pytest.raises(WrongPartitions, match=r"echo: .* 1 workers"):
        declare_partitions(amqp_url, PARTITIONS)
    worker.terminate()
    assert 0 == worker.wait(30)
    declare_partitions(amqp_url, PARTITIONS)
    assert 78 == echo.start("worker").wait(30)

    worker = echo.start("worker", QUEUE_PARTITIONS=str(PARTITIONS))
    echo.app.ask(uuid4(), number=2)
    until(lambda: [1, 2] == echo.heard())
    worker.terminate()
    assert 0 == worker.wait(30)
    declare_partitions(amqp_url, 1)
    with pytest.raises(pika.exceptions.ChannelClosedByBroker, match="NOT_FOUND"):
        depth(amqp_url, "echo.1")
    assert 0 == depth(amqp_url, "echo")
