"""Handling messages

One worker process of a service about nothing: it takes each message from its quorum queue, holds it
to its contract, writes inbox row and effect (a row, and a job) in one transaction, and acknowledges
it. The queue is filled while the process is stopped. The base commits the same transactions by
plain psycopg2, in one process, with a thread for each of as many connections.
"""

import base64
import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import count
from pathlib import Path
from uuid import uuid4

import psycopg2
from chassis.actor import Actor
from chassis.clock import now
from chassis.message import Message
from chassis.migrate import migrate
from chassis.nameko import declare_queues
from chassis.postgres import Pool
from chassis.relay import ToRabbit
from chassis.sessions import public_key_of

from tests.bench.lab import ROOT, Lab
from tests.bench.measuring import Result, Run, Turns, in_turns

TOY = ROOT / "services" / "chassis" / "tests" / "toy"
MESSAGES, SUBJECTS, CONNECTIONS = 3000, 300, 8
QUICK_DISK_US = 150


def measure(lab: Lab) -> Result:
    result = Result()
    for fsync_us, disk in ((QUICK_DISK_US, ""), (0, ", bare memory disk")):
        turns = _turns(lab, fsync_us)
        result.add(f"a worker{disk}", turns.rate("worker"), "messages/s")
        result.add(f"plain psycopg2{disk}", turns.rate("plain"), "transactions/s")
        target = "" if disk else ">= 0.50"
        result.add(f"a worker to plain psycopg2{disk}", turns.ratio("worker", "plain"), "×", target)
    return result


def _turns(lab: Lab, fsync_us: int) -> Turns:
    dsn, url = lab.empty_database(fsync_us=fsync_us), lab.rabbit().new_virtual_host()
    migrate(dsn, TOY / "migrations")
    worker = _Worker(dsn, url, lab.folder())
    try:
        return in_turns(
            {"worker": worker.run, "plain": _plain(dsn)},
            seconds=30,
            operations=MESSAGES,
            cycles_max=15,
        )
    finally:
        worker.close()


class _Worker:
    def __init__(self, dsn: str, url: str, folder: Path) -> None:
        sys.path.insert(0, str(TOY))
        from echo_service.entrypoints.worker import Worker

        declare_queues(url, {"echo": Worker})
        self._pool, self._out, self._numbers = Pool(dsn, 1), ToRabbit(url, "echo"), count(1)
        self._subjects = [str(uuid4()) for _ in range(SUBJECTS)]
        self._process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "chassis.serve", "worker", "echo"],
            env=_environment(dsn, url, folder),
        )
        self._publish(1)
        self._until_heard(1)

    def run(self, messages: int) -> float:
        """Seconds from when the process may go on until the last effect is committed."""
        self._pool.execute("TRUNCATE heard, inbox, jobs")
        self._process.send_signal(signal.SIGSTOP)
        try:
            self._publish(messages)
        finally:
            self._process.send_signal(signal.SIGCONT)
        began = time.perf_counter()
        self._until_heard(messages)
        return time.perf_counter() - began

    def close(self) -> None:
        """End the process."""
        self._process.terminate()
        self._process.wait(30)
        self._out.close()
        self._pool.close()

    def _publish(self, messages: int) -> None:
        numbers = [next(self._numbers) for _ in range(messages)]
        for at in range(0, messages, 250):
            self._out.publish([self._message(number) for number in numbers[at : at + 250]])
        while self._out.safe_up_to(numbers[-1]) < numbers[-1]:
            self._out.idle()

    def _message(self, number: int) -> Message:
        return Message(
            id=f"echo-{number}",
            source="echo",
            type="Asked",
            subject=self._subjects[number % SUBJECTS],
            time=now(),
            sequence=number,
            position=number,
            actor=Actor("echo", "service"),
            data={"number": number},
            dataschema="echo/Asked.v1",
            traceparent=f"00-{number + 1:032x}-{number + 1:016x}-01",
        )

    def _until_heard(self, messages: int) -> None:
        while self._pool.execute("SELECT count(*) FROM heard")[0][0] < messages:
            if self._process.poll() is not None:
                raise RuntimeError("the worker ended")
            time.sleep(0.005)


def _plain(dsn: str) -> Run:
    def commit(transactions: int) -> None:
        with closing(psycopg2.connect(dsn)) as conn, conn.cursor() as cur:
            for number in range(transactions):
                message, subject = f"plain-{uuid4()}", f"subject {number % SUBJECTS}"
                cur.execute(
                    "INSERT INTO inbox (message_id) VALUES (%s) ON CONFLICT DO NOTHING", (message,)
                )
                cur.execute(
                    "INSERT INTO heard (subject, number) VALUES (%s, %s)", (subject, number)
                )
                cur.execute(
                    "INSERT INTO jobs (kind, key, args) VALUES (%s, %s, %s)"
                    " ON CONFLICT (kind, key) DO NOTHING",
                    ("work", message, json.dumps({"subject": subject})),
                )
                conn.commit()

    def run(transactions: int) -> float:
        began = time.perf_counter()
        with ThreadPoolExecutor(CONNECTIONS) as threads:
            list(threads.map(commit, [transactions // CONNECTIONS] * CONNECTIONS))
        return time.perf_counter() - began

    return run


def _environment(dsn: str, url: str, folder: Path) -> dict[str, str]:
    key = os.urandom(32)
    text = base64.b64encode(key).decode()
    public = base64.b64encode(public_key_of(key)).decode()
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(TOY), *sys.path]),
        "ECHO_DATABASE_URL": dsn,
        "AMQP_URL": url,
        "FILES_URL": f"file://{folder}",
        "PUBLIC_URL": "http://127.0.0.1:1",
        "SECRET_KEY": text,
        "SIGNING_KEY": text,
        "SIGNING_PUBLIC_KEYS": json.dumps({"echo": public}),
        "CITY_FILE": str(ROOT / "deploy" / "city.toml"),
        "POOL_SIZE": str(CONNECTIONS),
        "LOG_LEVEL": "WARNING",
    }
