"""`satudata up`: every service as processes of its own, on a real RabbitMQ and PostgreSQL.

Settings come from the environment (deploy/env.example). Where AMQP_URL or the databases are not
named, private servers are started from the system's packages, under `var/up`.
"""

import os
import shlex
import shutil
import signal
import socket
import sys
import time
import urllib.request
from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path

from chassis.routes import nginx, table

from satudata import databases, demo_city, secrets
from satudata.places import CITY_FILE, SERVICES, var
from satudata.postgres import EmbeddedPostgres
from satudata.processes import NotStarted, Process, ending_with_us, serve, stop_all
from satudata.rabbit import PrivateRabbit
from satudata.run import free_port, is_taken, mail_sink, say, tell_accounts

_READY_SECONDS = 90
_SERVERS = (
    "ADMIN_DATABASE_URL", "AMQP_ADMIN_URL", "AMQP_URL", "SMTP_URL",
    *(f"{service.upper()}_DATABASE_URL" for service in SERVICES),
)  # fmt: skip
"""Settings that may be given, and that the command `satudata` needs."""


class CannotStart(Exception):
    """Something this needs is missing; the sentence says what and what to do."""


class Up:
    """All the processes, to be stopped and started one by one as an operator would."""

    def __init__(
        self,
        folder: Path,
        port: int,
        given: Mapping[str, str] = os.environ,
        twice: Collection[str] = (),
    ) -> None:
        """`given`: the settings that were made; what they leave out is made here.

        `twice`: the processes of which there are two, as `worker-letters`; the other is
        `worker-letters-2`.
        """
        self._given = {name: value for name, value in given.items() if name.isupper()}
        self.folder = folder
        self.port = port
        self.settings_file = folder / "settings.env"
        self.environment: dict[str, str] = {}
        self.postgres: EmbeddedPostgres | None = None
        self.rabbit: PrivateRabbit | None = None
        self.processes: dict[str, Process] = {}
        self._made: set[str] = set()
        self._twice = twice
        self._web_ports = {service: free_port() for service in SERVICES}
        self._second_web_ports = {
            service: free_port() for service in SERVICES if f"web-{service}" in twice
        }

    def prepare(self) -> None:
        """Servers, settings, databases, queues."""
        self.folder.mkdir(parents=True, exist_ok=True)
        # Of a run that was killed.
        self.settings_file.unlink(missing_ok=True)
        self.environment = self._settings()
        databases.prepare(self.environment)

    def write_settings(self) -> None:
        """For the command `satudata` in another terminal: settings as a shell reads them."""
        told = dict(self.environment)
        if self.rabbit is not None:
            told["AMQP_ADMIN_URL"] = self.rabbit.manage()
        lines = [
            f"{name}={shlex.quote(told[name])}\n"
            for name in sorted({*self._made, *_SERVERS})
            if name in told
        ]
        self.settings_file.unlink(missing_ok=True)
        # It holds keys.
        only_for_us = os.open(self.settings_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(only_for_us, "w", encoding="utf-8") as file:
            file.writelines(lines)

    def start(self, *, leaving_out: tuple[str, ...] = ()) -> None:
        """Start every process but those of the services left out."""
        log = self.folder / "log"
        processes = [
            process
            for service in SERVICES
            if service not in leaving_out
            for process in self._processes_of(service, log)
        ]
        if "MAIL_FOLDER" in self.environment:
            processes.append(mail_sink(self.environment, log))
        processes.append(self._nginx())
        for process in processes:
            self.processes[process.name] = process
            process.start()

    def start_service(self, service: str) -> None:
        """Start the processes of a service that was left out or stopped."""
        for process in self._processes_of(service, self.folder / "log"):
            self.processes[process.name] = process
            process.start()

    def stop_service(self, service: str) -> None:
        """SIGTERM to the processes of one service."""
        names = [name for name in self.processes if service in name.split("-")]
        stop_all([self.processes.pop(name) for name in names])

    def wait_until_ready(self, leaving_out: tuple[str, ...] = ()) -> None:
        """Until every web process says that it is ready; raises CannotStart with where to look."""
        deadline = time.monotonic() + _READY_SECONDS
        for service in SERVICES:
            if service in leaving_out:
                continue
            while not _answers(f"http://127.0.0.1:{self._web_ports[service]}/readyz"):
                self._still_coming(f"web-{service}", deadline)
        while not _listens(self.port):
            self._still_coming("nginx", deadline)

    def _still_coming(self, name: str, deadline: float) -> None:
        process = self.processes[name]
        if process.has_died() or time.monotonic() > deadline:
            raise CannotStart(f"No page came: {process.last_words()}")
        time.sleep(0.1)

    def stop(self) -> None:
        """Everything, the private servers last."""
        self.settings_file.unlink(missing_ok=True)
        stop_all(list(self.processes.values()))
        self.processes.clear()
        if self.rabbit is not None:
            self.rabbit.stop()
        if self.postgres is not None:
            self.postgres.stop()

    def _processes_of(self, service: str, log: Path) -> list[Process]:
        ports = {"PORT": str(self._web_ports[service])}
        first = [
            serve("web", [service], self.environment | ports, log),
            serve("worker", [service], self._with_health_port(), log),
            serve("jobs", [service], self._with_health_port(), log),
        ]
        second = [
            replace(
                process,
                name=f"{process.name}-2",
                environment=self._with_health_port()
                | {"PORT": str(self._second_web_ports.get(service, 0))},
                log=log / f"{process.name}-2.log",
            )
            for process in first
            if process.name in self._twice
        ]
        return first + second

    def _with_health_port(self) -> dict[str, str]:
        return self.environment | {"HEALTH_PORT": str(free_port())}

    def _settings(self) -> dict[str, str]:
        ours = {
            "FILES_URL": f"file://{self.folder / 'files'}",
            "PUBLIC_URL": f"http://127.0.0.1:{self.port}",
            "REQUESTS_URL": f"http://127.0.0.1:{self._web_ports['requests']}",
            "CITY_FILE": str(CITY_FILE),
            **secrets.environment(self.folder / "keys"),
        }
        if "REQUESTS_DATABASE_URL" not in self._given:
            self.postgres = EmbeddedPostgres(self.folder / "pg")
            self.postgres.start()
            ours["ADMIN_DATABASE_URL"] = self.postgres.dsn("postgres")
            for service in SERVICES:
                ours[f"{service.upper()}_DATABASE_URL"] = self.postgres.dsn(
                    service, f"satudata_{service}"
                )
        if "AMQP_URL" not in self._given:
            self.rabbit = PrivateRabbit(self.folder / "mq")
            if not self.rabbit.can_be_had():
                raise CannotStart("Set AMQP_URL, or install the package rabbitmq-server.")
            self.rabbit.start()
            ours["AMQP_URL"] = self.rabbit.url
        if "SMTP_URL" not in self._given:
            ours["SMTP_URL"] = f"smtp://127.0.0.1:{free_port()}"
            ours["MAIL_FOLDER"] = str(self.folder / "mails")
        self._made = set(ours)
        return ours | self._given

    def _nginx(self) -> Process:
        program = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
        if program is None:
            raise CannotStart("Install nginx: it puts the five services behind one address.")
        folder = self.folder / "nginx"
        folder.mkdir(exist_ok=True)
        upstreams = {name: f"127.0.0.1:{port}" for name, port in self._web_ports.items()}
        pairs = ""
        for name, port in self._second_web_ports.items():
            servers = f"server {upstreams[name]}; server 127.0.0.1:{port};"
            pairs += f"  upstream {name} {{ {servers} }}\n"
            upstreams[name] = name
        temporary = "".join(
            f"  {kind}_temp_path {folder}/{kind};\n"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        (folder / "nginx.conf").write_text(
            f"daemon off;\nmaster_process off;\npid {folder}/pid;\nerror_log stderr warn;\n"
            f"events {{}}\nhttp {{\n  access_log off;\n{temporary}{pairs}"
            f"{nginx(table(SERVICES), upstreams, listen=f'127.0.0.1:{self.port}')}}}\n"
        )
        command = [program, "-c", str(folder / "nginx.conf"), "-p", str(folder)]
        log_file = self.folder / "log" / "nginx.log"
        return Process("nginx", ending_with_us(command), {}, log_file)


def up(*, port: int) -> int:
    """Run until Ctrl-C or SIGTERM; the exit status."""
    stopping: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.append(1))
    if is_taken(port):
        return 69
    everything = Up(var() / "up", port)
    try:
        say("Preparing databases and queues ...")
        everything.prepare()
        if everything.postgres is not None:
            demo_city.fill(everything.environment)
        everything.start()
        everything.wait_until_ready()
        everything.write_settings()
        say(f"Open http://127.0.0.1:{port}. Logs are in {everything.folder / 'log'}.")
        if everything.postgres is not None:
            tell_accounts(port)
        file = shlex.quote(str(everything.settings_file))
        say(f"For the command satudata, in another terminal: set -a; . {file}; set +a")
        say("Stop with Ctrl-C.")
        while not stopping:
            for process in everything.processes.values():
                if process.has_died() and not stopping:
                    say(f"{process.last_words()}\nStarting {process.name} again.")
                    process.start_again()
            time.sleep(0.1)
    except (CannotStart, NotStarted, KeyError) as error:
        print(f"satudata: {error}", file=sys.stderr)
        return 69
    finally:
        everything.stop()
    return 0


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    except OSError:
        return False


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except OSError:
        return False
