"""An installation as a careful city would run it: nothing in it exists only once."""

import os
import re
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from satudata.places import SERVICES
from satudata.run import free_port
from satudata.up import Up

from tests.failures.postgres_pair import PostgresPair
from tests.failures.proxy import Proxy
from tests.failures.rabbit_cluster import Network, RabbitCluster
from tests.installations import Clock, Distributed

TWICE = ("web-requests", *(f"worker-{service}" for service in SERVICES))
BEHIND_PROXIES = "letters"
"""The service that reaches the brokers through proxies of ours."""
_COMES_TOGETHER_SECONDS = 10
"""All run: whoever is alone then, remains so."""
_PATIENCE_SECONDS = 40
"""With what starts; the slowest took 20."""


class Clustered(Distributed):
    """Three RabbitMQ nodes, PostgreSQL with a synchronous standby, two of each worker.

    What dies is started again at once, as systemd or Kubernetes would.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = Clock(folder / "clock")
        self.rabbits = RabbitCluster(folder / "mq")
        self.postgreses = PostgresPair(folder / "pg")
        self.proxies = [Proxy(5672, node.host) for node in self.rabbits.nodes.values()]
        through = ";".join(f"amqp://guest:guest@127.0.0.1:{each.port}//" for each in self.proxies)
        given = {
            "PATH": os.environ["PATH"],
            **self.clock.environment,
            "AMQP_URL": self.rabbits.url,
            f"{BEHIND_PROXIES.upper()}_AMQP_URL": through,
            "ADMIN_DATABASE_URL": self.postgreses.dsn("postgres"),
            **{
                f"{service.upper()}_DATABASE_URL": self.postgreses.dsn(
                    service, f"satudata_{service}"
                )
                for service in SERVICES
            },
        }
        self.up = Up(folder / "up", free_port(), given, twice=TWICE)
        self.url = f"http://127.0.0.1:{self.up.port}"
        self._stopping = False

    @staticmethod
    def cannot_be_had() -> str | None:
        """What is missing here, if anything."""
        from satudata.rabbit import PrivateRabbit

        if not PrivateRabbit(Path()).can_be_had():
            return "RabbitMQ cannot be had here: install the package rabbitmq-server"
        if not Network.can_be_had():
            return "network namespaces cannot be made here: that takes root"
        return None

    def start(self, leaving_out: tuple[str, ...] = ()) -> None:
        with ThreadPoolExecutor() as pool:
            for started in [pool.submit(self.rabbits.start), pool.submit(self.postgreses.start)]:
                started.result()
        super().start(leaving_out)
        threading.Thread(target=self._keep_alive, daemon=True).start()

    def stop(self) -> None:
        # Not cleanly: nothing of it is kept.
        self._stopping = True
        for name in self.up.processes:
            self.kill(name)
        super().stop()
        self.postgreses.stop()
        self.rabbits.stop()
        for each in self.proxies:
            each.close()

    def kill(self, name: str) -> None:
        """kill -9 of one process."""
        child = self.up.processes[name].child
        assert child is not None
        child.kill()

    def repair(self) -> list[str]:
        """Everything there again, and as it should be; the nodes that had to be started again."""
        for proxy in self.proxies:
            proxy.heal()
        self.postgreses.repair()
        for node in self.rabbits.nodes.values():
            if node.has_died():
                node.start()
        return self._bring_brokers_together()

    def _bring_brokers_together(self) -> list[str]:
        again, began = list[str](), time.monotonic()
        while True:
            with suppress(RuntimeError):
                self.rabbits.wait_until_whole(_COMES_TOGETHER_SECONDS)
                return again
            alone, sees = self.rabbits.most_alone()
            is_parted = 0 < sees < len(self.rabbits.nodes)
            if is_parted or time.monotonic() - began > _PATIENCE_SECONDS:
                if len(again) == len(self.rabbits.nodes):
                    raise RuntimeError("the RabbitMQ cluster does not come together again")
                alone.kill()
                alone.start()
                again.append(alone.letter)
                began = time.monotonic()

    def leads_relay(self, service: str) -> str:
        """The name of the process that publishes a service's facts; waits while nobody does."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while not (names := self._hold_relay_lock(service)):
            if time.monotonic() > deadline:
                raise TimeoutError(f"nobody leads the relay of {service}")
            time.sleep(0.05)
        return names[0]

    def _hold_relay_lock(self, service: str) -> list[str]:
        rows = self.admin(
            "SELECT client_port FROM pg_stat_activity JOIN pg_locks USING (pid)"
            f" WHERE locktype = 'advisory' AND objid = 4712 AND datname = '{service}'"
        )
        if not rows:
            return []
        told = subprocess.run(
            ["ss", "-Htnp", f"sport = :{rows[0][0]}"], capture_output=True, text=True, check=True
        ).stdout
        pids = {int(pid) for pid in re.findall(r"pid=(\d+)", told)}
        return [
            name
            for name, process in self.up.processes.items()
            if process.child is not None and process.child.pid in pids
        ]

    def admin(self, sql: str) -> list[tuple[object, ...]]:
        """Rows of a question to the primary's cluster."""
        import psycopg2

        conn = psycopg2.connect(self.postgreses.dsn("postgres"))
        try:
            with conn.cursor() as cur:
                cur.execute(sql)
                return list(cur.fetchall())
        finally:
            conn.close()

    def _keep_alive(self) -> None:
        while not self._stopping:
            for process in list(self.up.processes.values()):
                if process.has_died() and not self._stopping:
                    process.start()
            time.sleep(0.05)
