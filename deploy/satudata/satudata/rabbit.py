"""A RabbitMQ of our own from the system's package: in one folder, on loopback, on free ports."""

import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

from satudata.processes import NotStarted, end_of

_READY_SECONDS = 90
_SBIN = sorted(Path("/usr/lib/rabbitmq/lib").glob("rabbitmq_server-*/sbin"))


class PrivateRabbit:
    """Knows nothing of the machine's own RabbitMQ, its ports, cookie and folders."""

    host = "127.0.0.1"
    run_in: tuple[str, ...] = ()
    """A command that runs its programs somewhere else, as in a network namespace."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._port, self._dist_port, self._epmd_port, self._admin_port = _free_ports(4)
        self._plugins: tuple[str, ...] = ("rabbitmq_consistent_hash_exchange",)
        self._server: subprocess.Popen[bytes] | None = None
        self._hosts = 0
        self._pipe = -1

    def can_be_had(self) -> bool:
        """Whether the package is installed."""
        return bool(_SBIN) and shutil.which("erl") is not None

    @property
    def url(self) -> str:
        """The default virtual host."""
        return f"amqp://guest:guest@127.0.0.1:{self._port}//"

    def new_virtual_host(self) -> str:
        """A fresh, empty virtual host."""
        self._hosts += 1
        name = f"v{self._hosts}"
        self.control("add_vhost", name)
        self.control("set_permissions", "-p", name, "guest", ".*", ".*", ".*")
        return f"amqp://guest:guest@127.0.0.1:{self._port}/{name}"

    def start(self) -> None:
        """Start and wait until it answers."""
        self.begin()
        self.wait_until_up()

    def begin(self) -> None:
        """Start it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "rabbit.log").open("ab") as log:
            self._server = subprocess.Popen(
                self._program("rabbitmq-server"),
                env=self._environment(),
                # Where it would leave a core dump.
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._stop_when_we_are_gone()

    def wait_until_up(self) -> None:
        """Until it answers and has started all that it is made of."""
        deadline = time.monotonic() + _READY_SECONDS
        while not self._answers():
            if self.has_died() or time.monotonic() > deadline:
                told = end_of(self.folder / "rabbit.log")
                raise NotStarted(f"RabbitMQ did not start; {told}")
            time.sleep(0.2)
        self.control("await_startup")

    def stop(self) -> None:
        """Stop cleanly."""
        if self._server is not None:
            self.control("stop", check=False)
            self._end(signal.SIGKILL, patience=20)

    def kill(self) -> None:
        """kill -9, as a crash."""
        self._end(signal.SIGKILL, patience=0)

    def manage(self) -> str:
        """Where its management HTTP API answers; that is started when somebody asks."""
        if "rabbitmq_management" not in self._plugins:
            self._plugins = (*self._plugins, "rabbitmq_management")
            self.control("set", *self._plugins, program="rabbitmq-plugins")
        return f"http://guest:guest@{self.host}:{self._admin_port}"

    def freeze(self) -> None:
        """It hangs: SIGSTOP; its connections stay open."""
        assert self._server is not None
        os.killpg(self._server.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """It goes on."""
        assert self._server is not None
        os.killpg(self._server.pid, signal.SIGCONT)

    def has_died(self) -> bool:
        """Whether it is not running."""
        return self._server is None or self._server.poll() is not None

    def control(self, *arguments: str, check: bool = True, program: str = "rabbitmqctl") -> str:
        """rabbitmqctl, or another of RabbitMQ's programs."""
        done = subprocess.run(
            [*self._program(program), "-q", *arguments],
            env=self._environment(),
            capture_output=True,
            check=False,
            text=True,
        )
        if check and done.returncode:
            raise RuntimeError(f"{program} {' '.join(arguments)}: {done.stderr or done.stdout}")
        return done.stdout

    def _program(self, name: str) -> list[str]:
        return [*self.run_in, str(_SBIN[-1] / name)]

    def _stop_when_we_are_gone(self) -> None:
        assert self._server is not None
        read_end, self._pipe = os.pipe()
        # `read` ends when the last holder of the pipe's other end, this process, has ended.
        subprocess.Popen(
            ["sh", "-c", f"read _; kill -9 -- -{self._server.pid} 2>/dev/null"],
            stdin=read_end,
            start_new_session=True,
        )
        os.close(read_end)

    def _end(self, number: int, *, patience: float) -> None:
        if self._server is None:
            return
        try:
            self._server.wait(patience)
        except subprocess.TimeoutExpired:
            os.killpg(self._server.pid, number)
            self._server.wait(10)
        self._server = None
        os.close(self._pipe)
        # The server itself is a child of what was waited for.
        while self._answers():
            time.sleep(0.05)

    def _answers(self) -> bool:
        try:
            socket.create_connection((self.host, self._port), 0.5).close()
            return True
        except OSError:
            return False

    def _environment(self) -> dict[str, str]:
        home = self.folder.resolve()
        (home / "home").mkdir(exist_ok=True)
        config = home / "rabbitmq.conf"
        config.write_text(
            f"listeners.tcp.1 = 127.0.0.1:{self._port}\n"
            "loopback_users = none\nvm_memory_high_watermark.absolute = 1GB\n"
            "disk_free_limit.absolute = 50MB\nlog.console.level = warning\n"
            f"management.tcp.ip = {self.host}\nmanagement.tcp.port = {self._admin_port}\n"
            "collect_statistics_interval = 1000\n"
        )
        plugins = home / "enabled_plugins"
        plugins.write_text(f"[{', '.join(self._plugins)}].\n")
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(home / "home"),
            "LANG": "C.UTF-8",
            "RABBITMQ_NODENAME": f"satudata{self._port}@localhost",
            "RABBITMQ_CONFIG_FILE": str(config),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(plugins),
            "RABBITMQ_MNESIA_BASE": str(home / "mnesia"),
            "RABBITMQ_LOG_BASE": str(home / "log"),
            "RABBITMQ_PID_FILE": str(home / "pid"),
            "RABBITMQ_DIST_PORT": str(self._dist_port),
            "ERL_EPMD_PORT": str(self._epmd_port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": (
                "-setcookie satudata -kernel inet_dist_use_interface {127,0,0,1}"
            ),
            "RABBITMQ_CTL_ERL_ARGS": "-setcookie satudata",
        }


def _free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports
