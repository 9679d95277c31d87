"""A PostgreSQL primary with a synchronous standby, and what a tool for failover does for them."""

import os
import shutil
import signal
import threading
import time
from contextlib import closing, suppress
from pathlib import Path

import psycopg2
from psycopg2.extensions import make_dsn
from satudata.places import ROOT
from satudata.postgres import EmbeddedPostgres
from satudata.run import free_port

from tests.installations import _descendants

_CONFIG = ROOT / "deploy" / "postgres" / "postgresql.conf"
_PROBE_SECONDS = 1
_PATIENCE = 3
"""So many probes in a row without an answer: it hangs."""


class Server(EmbeddedPostgres):
    """One of the two, on a port of its own; from Debian's package where that is installed."""

    def __init__(self, folder: Path, name: str) -> None:
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
        super().__init__(folder / name, binaries=found[-1] if found else None)
        self.name = name
        self.port = free_port()
        self.options = (
            *("-c", f"port={self.port}", "-c", "listen_addresses=127.0.0.1"),
            *("-c", f"cluster_name={name}", "-c", "max_connections=400"),
        )

    def dsn(self, database: str, user: str = "postgres") -> str:
        return (
            f"host=127.0.0.1 port={self.port} user={user} dbname={database}"
            f" connect_timeout={_PROBE_SECONDS}"
        )

    def clone(self, primary: "Server") -> None:
        """Become the primary's standby; what was here is forgotten."""
        self.folder.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(self._data, ignore_errors=True)
        self._run(
            *("pg_basebackup", "-d", primary.dsn("postgres"), "-D", str(self._data)),
            *("-X", "stream", "-c", "fast", "-R", "--no-sync"),
        )
        with (self._data / "postgresql.auto.conf").open("a") as conf:
            # Copied from the primary. A standby that is promoted would wait for a standby.
            conf.write("\nsynchronous_standby_names = ''\n")
            conf.write(
                f"primary_conninfo = '{primary.dsn('postgres')} application_name={self.name}'\n"
            )

    def promote(self) -> None:
        """It takes writes from now on."""
        self._run("pg_ctl", "-D", str(self._data), "-w", "promote")

    def ask(self, sql: str) -> object:
        """The one value that a statement gives; raises psycopg2.OperationalError when away."""
        with closing(psycopg2.connect(self.dsn("postgres"))) as conn, conn.cursor() as cur:
            conn.autocommit = True
            cur.execute(sql)
            return cur.fetchone()[0] if cur.description else None

    def answers(self) -> bool:
        """Whether it says anything within a second."""
        found: list[object] = []

        def look() -> None:
            with suppress(psycopg2.Error):
                found.append(self.ask("SELECT 1"))

        # A frozen server's kernel takes the connection: no timeout of libpq helps after that.
        looking = threading.Thread(target=look, daemon=True)
        looking.start()
        looking.join(_PROBE_SECONDS)
        return bool(found)

    @property
    def has_ended(self) -> bool:
        """Whether it was killed and not started again."""
        return self._server is None

    def freeze(self) -> None:
        """SIGSTOP of all its processes."""
        self._signal(signal.SIGSTOP)

    def crash(self) -> None:
        """kill -9 of all its processes; whoever watches over it will notice."""
        self._signal(signal.SIGKILL)

    def kill(self) -> None:
        """The same, and forget that it ever ran."""
        if self._server is None:
            return
        self._signal(signal.SIGKILL)
        self._server.wait(10)
        if self._pipe is not None:
            os.close(self._pipe)
            self._pipe = None
        if self._guard is not None:
            self._guard.wait(30)
        self._server = None
        self._is_left_running()

    def _signal(self, number: int) -> None:
        assert self._server is not None
        for pid in [self._server.pid, *_descendants(self._server.pid)]:
            with suppress(ProcessLookupError):
                os.kill(pid, number)

    def _make_cluster(self) -> None:
        super()._make_cluster()
        with (self._data / "postgresql.conf").open("a") as conf:
            conf.write(f"\ninclude '{_CONFIG}'\n")


class PostgresPair:
    """Primary and standby. When the primary dies or hangs, it is ended and the standby promoted.

    The part of Patroni, or of a Kubernetes operator, that matters here.
    """

    def __init__(self, folder: Path) -> None:
        self.primary = Server(folder, "one")
        self.standby = Server(folder, "two")
        self._servers = (self.primary, self.standby)
        self._watching = threading.Event()
        self._closed = False
        self.failovers: list[tuple[float, float]] = []
        """When each was noticed, and when it was done, on the monotonic clock."""

    def dsn(self, database: str, user: str = "postgres") -> str:
        """For clients: both hosts, whichever takes writes."""
        ports = ",".join(str(server.port) for server in self._servers)
        return make_dsn(
            host="127.0.0.1,127.0.0.1",
            port=ports,
            user=user,
            dbname=database,
            target_session_attrs="read-write",
            connect_timeout="2",
        )

    def start(self) -> None:
        """Both, and the watch over them."""
        self.primary.start()
        self._add_standby()
        self._watching.set()
        threading.Thread(target=self._watch, daemon=True).start()

    def stop(self) -> None:
        """Not cleanly: nothing of it is kept."""
        self._closed = True
        self._watching.clear()
        for server in self._servers:
            server.kill()

    def repair(self) -> None:
        """What was the primary is made the standby, anew, once somebody is primary."""
        deadline = time.monotonic() + 60
        while self.primary.has_ended or not self.primary.answers():
            if time.monotonic() > deadline:
                raise RuntimeError("there is no PostgreSQL that answers")
            time.sleep(0.1)
        if self.standby.has_ended:
            self._add_standby()

    @property
    def version(self) -> str:
        """As `15.18`."""
        return str(self.primary.ask("SHOW server_version")).split()[0]

    def _add_standby(self) -> None:
        self.standby.clone(self.primary)
        self.standby.start()
        self.primary.ask(
            f"ALTER SYSTEM SET synchronous_standby_names = 'FIRST 1 ({self.standby.name})'"
        )
        self.primary.ask("SELECT pg_reload_conf()")
        deadline = time.monotonic() + 30
        while (
            self.primary.ask("SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'")
            != 1
        ):
            if time.monotonic() > deadline:
                raise RuntimeError("the standby does not become synchronous")
            time.sleep(0.05)

    def _watch(self) -> None:
        silent = 0
        while not self._closed:
            time.sleep(0.1)
            if not self._watching.is_set() or self.standby.has_ended:
                continue
            silent = 0 if self.primary.answers() else silent + 1
            if self.primary.has_died() or silent >= _PATIENCE:
                silent = 0
                self._fail_over()

    def _fail_over(self) -> None:
        noticed = time.monotonic()
        # First of all: what hangs may wake, and must not take writes then.
        self.primary.kill()
        self.standby.promote()
        self.primary, self.standby = self.standby, self.primary
        self.failovers.append((noticed, time.monotonic()))
