"""Servers and databases to measure on: PostgreSQL of our own, on a memory disk made slower."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Self, TypeVar

from chassis.migrate import migrate
from chassis.postgres import Pool
from psycopg2.extensions import make_dsn, parse_dsn
from satudata.postgres import EmbeddedPostgres
from satudata.rabbit import PrivateRabbit

from tests.bench import history

ROOT = Path(__file__).parents[2]
_MEMORY_DISK = Path("/dev/shm")
_NEEDED_BYTES = 6 * 2**30
_SLOW_DISK = Path(__file__).with_name("slow_disk.c")
_PGBENCH = Path("/usr/lib/postgresql/15/bin/pgbench")

T = TypeVar("T")


class Absent(Exception):
    """What this machine lacks for a bench; the sentence says it."""


class Lab:
    """Starts what a bench asks for, and takes everything away at the end."""

    def __init__(self) -> None:
        self._end = ExitStack()
        self._servers: dict[int, EmbeddedPostgres] = {}
        self._made: dict[str, Any] = {}
        self._databases = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._end.close()

    def folder(self) -> Path:
        """An empty one, on `disk`."""
        made = tempfile.TemporaryDirectory(prefix="bench", dir=disk())
        return Path(self._end.enter_context(made))

    def server(self, *, fsync_us: int = 0) -> EmbeddedPostgres:
        """One for each slowness of the disk, in microseconds; Absent without a C compiler."""
        if fsync_us not in self._servers:
            server = EmbeddedPostgres(self.folder())
            preloaded = {"LD_PRELOAD": str(self._slow_disk()), "FSYNC_MICROSECONDS": str(fsync_us)}
            with _environment(preloaded if fsync_us else {}):
                server.start()
            self._end.callback(server.stop)
            self._servers[fsync_us] = server
        return self._servers[fsync_us]

    def rabbit(self) -> PrivateRabbit:
        """A RabbitMQ; Absent without the package."""
        return self.once("rabbit", self._rabbit)

    def _rabbit(self) -> PrivateRabbit:
        server = PrivateRabbit(self.folder())
        if not server.can_be_had():
            raise Absent("RabbitMQ is absent; Debian: apt install rabbitmq-server")
        server.start()
        self._end.callback(server.stop)
        return server

    def empty_database(self, *, fsync_us: int = 0) -> str:
        """Where a new, empty one answers to its owner."""
        self._databases += 1
        server, name = self.server(fsync_us=fsync_us), f"bench_{self._databases}"
        self._execute(server, f"CREATE DATABASE {name}")
        return server.dsn(name)

    def database(self, *, fsync_us: int = 0) -> str:
        """Of `requests`, for the role that the service has in production."""
        owner = self.empty_database(fsync_us=fsync_us)
        self.migrate(owner)
        return str(make_dsn(owner, user="bench"))

    @staticmethod
    def owner(dsn: str) -> str:
        """The same database, for its owner."""
        return str(make_dsn(dsn, user="postgres"))

    def migrate(self, owner: str) -> None:
        """As `satudata migrate` does it."""
        with Pool(owner, 1).connection() as conn, conn.cursor() as cur:
            cur.execute("SELECT FROM pg_roles WHERE rolname = 'bench'")
            if not cur.rowcount:
                cur.execute("CREATE ROLE bench LOGIN")
        migrate(owner, ROOT / "services" / "requests" / "migrations", role="bench")

    def once(self, name: str, make: Callable[[], T]) -> T:
        """What several benches need and takes long to make."""
        if name not in self._made:
            self._made[name] = make()
        made: T = self._made[name]
        return made

    def history(self, events: int) -> str:
        """A new database of `requests` with so many facts, for its owner."""
        pristine = self.once(f"history {events}", lambda: self._filled(events))
        self._databases += 1
        name = f"bench_{self._databases}"
        template = parse_dsn(pristine)["dbname"]
        self._execute(self.server(), f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.server().dsn(name)

    def _filled(self, events: int) -> str:
        dsn = self.empty_database()
        self.migrate(dsn)
        history.fill(dsn, events)
        return dsn

    def _execute(self, server: EmbeddedPostgres, sql: str) -> None:
        pool = Pool(server.dsn("postgres"), 1)
        pool.execute(sql)
        pool.close()

    def _slow_disk(self) -> Path:
        if not shutil.which("gcc"):
            raise Absent("gcc is absent, so no slow disk could be made; Debian: apt install gcc")
        library = self.folder() / "slow_disk.so"
        library.parent.chmod(0o755)
        compiled = ["gcc", "-O2", "-shared", "-fPIC", "-o", str(library), str(_SLOW_DISK)]
        subprocess.run(compiled, check=True)
        return library


@cache
def disk() -> Path:
    """A memory disk where there is one with room enough; else where temporary files lie."""
    if _MEMORY_DISK.is_dir() and shutil.disk_usage(_MEMORY_DISK).free > _NEEDED_BYTES:
        return _MEMORY_DISK
    return Path(tempfile.gettempdir())


@cache
def pgbench() -> Path:
    """PostgreSQL's own bench; Absent without it."""
    found = _PGBENCH if _PGBENCH.exists() else shutil.which("pgbench")
    if not found:
        raise Absent("pgbench is absent; Debian: apt install postgresql-contrib-15")
    return Path(found)


@contextmanager
def _environment(variables: dict[str, str]) -> Iterator[None]:
    """Variables for the processes that are started meanwhile."""
    os.environ.update(variables)
    try:
        yield
    finally:
        for name in variables:
            del os.environ[name]
