"""Whole installations for tests: the embedded default, and separate processes on real servers."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Protocol

import pytest
from chassis.nameko import heard_by
from chassis.postgres import DatabaseAway, Pool
from chassis.serve import worker_class
from satudata import demo_city
from satudata.places import SERVICES
from satudata.rabbit import PrivateRabbit
from satudata.run import free_port
from satudata.up import Up

from tests.servers import quick_folder

START = "2026-11-20T09:00:00+07:00"
"""A Friday morning; the working days after it are known."""


class Clock:
    """The time of an installation, stepped by hand."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.set(START)

    def set(self, instant: str) -> None:
        """Now it is this instant."""
        datetime.fromisoformat(instant)
        unfinished = self._path.with_suffix(".new")
        unfinished.write_text(instant)
        unfinished.replace(self._path)

    @property
    def environment(self) -> dict[str, str]:
        """What makes every process follow."""
        return {"CLOCK": f"@{self._path}", "SATUDATA_ENV": "test"}


class Installation(Protocol):
    """Something with an address."""

    url: str
    clock: Clock

    def database(self, service: str) -> Pool:
        """A connection as the service's own role."""

    def mails(self) -> Path:
        """Where the mails that were sent lie."""


class Embedded:
    """`satudata run` in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = Clock(folder / "clock")
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start and wait for the first page."""
        environment = {
            **os.environ,
            **self.clock.environment,
            "VAR_DIR": str(self.folder / "var"),
            "PORT": str(self.port),
            # When the tests are killed, it stops too.
            "LAUNCHER_PIPE": "1",
        }
        environment.pop("SMTP_URL", None)
        with (self.folder / "run.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-W", "ignore", "-m", "satudata.cli", "run"],
                env=environment,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        wait_until(lambda: self._welcomed(), 90, "satudata run shows its first page")

    def stop(self) -> None:
        """Ctrl-C."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            assert self._process.wait(60) == 0
            self._process = None

    def kill_all(self) -> None:
        """kill -9 of the launcher and all that it started, PostgreSQL too."""
        assert self._process is not None
        pids = _descendants(self._process.pid) + [
            pid for pid in _all_pids() if str(self.folder).encode() in _command(pid)
        ]
        for pid in {self._process.pid, *pids} - {os.getpid()}:
            _kill(pid)
        self._process.wait()
        self._process = None

    def kill(self, kind: str) -> None:
        """kill -9 of the worker, jobs or web process; the launcher starts it again."""
        assert self._process is not None
        for pid in _descendants(self._process.pid):
            if f"chassis.serve\0{kind}\0".encode() in _command(pid):
                _kill(pid)

    def database(self, service: str) -> Pool:
        sockets = self.folder / "var" / "pg" / "socket"
        return Pool(f"host={sockets} user=satudata_{service} dbname={service}", 2)

    def mails(self) -> Path:
        return self.folder / "var" / "mails"

    def _welcomed(self) -> bool:
        assert self._process is not None
        log = self.folder / "run.log"
        assert self._process.poll() is None, log.read_text()[-2000:]
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=1) as answer:
                return answer.status == 200
        except OSError:
            return False


class Distributed:
    """`satudata up`: five services, each with its own processes, RabbitMQ, PostgreSQL, nginx."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = Clock(folder / "clock")
        given = {"PATH": os.environ["PATH"], **self.clock.environment}
        self.up = Up(folder / "up", free_port(), given)
        self.url = f"http://127.0.0.1:{self.up.port}"

    def start(self, leaving_out: tuple[str, ...] = ()) -> None:
        """Prepare, fill with the demonstration's city, start, wait until ready."""
        self.up.prepare()
        demo_city.fill(self.up.environment)
        self.up.start(leaving_out=leaving_out)
        self.up.wait_until_ready(leaving_out)

    def stop(self) -> None:
        """Everything, servers too."""
        self.up.stop()

    def kill(self, name: str) -> None:
        """kill -9 of one process, as `worker-letters`; it is started again at once."""
        process = self.up.processes[name]
        assert process.child is not None
        process.child.kill()
        process.child.wait()
        # Without the pauses of `start_again`, which are for what dies by itself.
        process.start()

    def database(self, service: str) -> Pool:
        return Pool(self.up.environment[f"{service.upper()}_DATABASE_URL"], 2)

    def mails(self) -> Path:
        return Path(self.up.environment["MAIL_FOLDER"])


@pytest.fixture(scope="session")
def embedded() -> Iterator[Embedded]:
    """One embedded installation for all tests that only tell stories to it."""
    with quick_folder("e") as folder:
        installation = Embedded(Path(folder))
        installation.start()
        yield installation
        installation.stop()


@pytest.fixture(scope="session")
def distributed() -> Iterator[Distributed]:
    """One distributed installation, likewise."""
    with quick_folder("d") as folder:
        if not PrivateRabbit(Path(folder)).can_be_had():
            pytest.skip("RabbitMQ cannot be had here: install the package rabbitmq-server")
        installation = Distributed(Path(folder))
        installation.start()
        yield installation
        installation.stop()


@pytest.fixture(params=["embedded", "distributed"])
def installation(request: pytest.FixtureRequest) -> Installation:
    """The one and the other."""
    return request.getfixturevalue(request.param)


def wait_until(condition, seconds: float, what: str) -> None:
    """Wait for something, with a limit that only a fault reaches."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(0.05)


def nothing_under_way(installation: Installation) -> bool:
    """Every fact published, heard by all who hear it and read by all who read the log; every job
    done, nothing parked.
    """
    told: dict[tuple[str, str], set[str]] = {}
    inbox: dict[str, set[str]] = {}
    for service in SERVICES:
        pool = installation.database(service)
        try:
            ((left,),) = pool.execute(
                "SELECT (SELECT count(*) FROM jobs) + (SELECT count(*) FROM parked)"
                " + (SELECT count(*) FROM facts, relay WHERE facts.position > relay.position)"
            )
            if left or _readers_are_behind(pool):
                return False
            for type_, position in pool.execute("SELECT type, position FROM facts"):
                told.setdefault((service, type_), set()).add(f"{service}-{position}")
            inbox[service] = {id_ for (id_,) in pool.execute("SELECT message_id FROM inbox")}
        except DatabaseAway:
            return False
        finally:
            pool.close()
    return all(
        told.get(heard, set()) <= inbox[service]
        for service in SERVICES
        for heard in _heard_by(service)
    )


def _readers_are_behind(pool: Pool) -> bool:
    """Whether the sealer or a projection has facts before it that it has not read."""
    if pool.execute("SELECT to_regclass('progress') IS NULL")[0][0]:
        return False
    return bool(
        pool.execute(
            "SELECT 1 FROM progress WHERE name IN ('sealer', 'trail', 'conformance')"
            " AND position < (SELECT coalesce(max(position), 0) FROM facts)"
        )
    )


@cache
def _heard_by(service: str) -> list[tuple[str, str]]:
    return heard_by(worker_class(service))


def _descendants(pid: int) -> list[int]:
    children = {}
    for each in _all_pids():
        try:
            parent = int(Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()[1])
        except (OSError, IndexError):
            continue
        children.setdefault(parent, []).append(each)
    found, todo = [], [pid]
    while todo:
        more = children.get(todo.pop(), [])
        found += more
        todo += more
    return found


def _all_pids() -> list[int]:
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
