"""Three RabbitMQ nodes from the system's package, each in a network namespace of its own."""

import os
import re
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from satudata.places import ROOT, SERVICES
from satudata.rabbit import PrivateRabbit

_CONFIG = ROOT / "deploy" / "rabbitmq" / "rabbitmq.conf"
_ADVANCED = ROOT / "deploy" / "rabbitmq" / "advanced.config"
_NODES = "abc"
_NETWORKS_MAX = 200


class Node(PrivateRabbit):
    """One node. Its ports are the usual ones: its address is its own."""

    def __init__(self, folder: Path, network: "Network", letter: str) -> None:
        super().__init__(folder)
        self.letter = letter
        self.host = network.address(letter)
        self.run_in = ("ip", "netns", "exec", network.namespace(letter))
        self.name = f"rabbit@{self.host}"
        self._port, self._dist_port, self._epmd_port = 5672, 25672, 4369
        self._peers = [f"rabbit@{network.address(each)}" for each in _NODES]

    @property
    def url(self) -> str:
        return f"amqp://guest:guest@{self.host}:{self._port}//"

    def _environment(self) -> dict[str, str]:
        environment = super()._environment()
        peers = "".join(
            f"cluster_formation.classic_config.nodes.{n} = {peer}\n"
            for n, peer in enumerate(self._peers, 1)
        )
        Path(environment["RABBITMQ_CONFIG_FILE"]).write_text(
            f"{_CONFIG.read_text()}\nlisteners.tcp.1 = {self.host}:{self._port}\n"
            "loopback_users = none\nlog.console.level = info\n"
            # Of the machine that tests.
            "vm_memory_high_watermark.absolute = 1GB\ndisk_free_limit.absolute = 50MB\n"
            "cluster_formation.peer_discovery_backend = classic_config\n"
            f"{peers}"
        )
        address = self.host.replace(".", ",")
        return environment | {
            "RABBITMQ_USE_LONGNAME": "true",
            "RABBITMQ_NODENAME": self.name,
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(_ADVANCED),
            "ERL_EPMD_ADDRESS": self.host,
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": (
                f"-setcookie satudata -kernel inet_dist_use_interface {{{address}}}"
                # Two scheduler threads: else each node spins as if the machine were its own.
                " +S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none"
            ),
        }


class Network:
    """A bridge, and for each node a namespace that hangs on it. Needs root."""

    def __init__(self) -> None:
        self._number = next(n for n in range(_NETWORKS_MAX) if self._is_ours(n))
        _ip("address", "add", f"10.231.{self._number}.1/24", "dev", self._bridge)
        _ip("link", "set", self._bridge, "up")
        self._remove_when_we_are_gone()
        for letter in _NODES:
            inside = self.namespace(letter)
            # Left by somebody who was killed, while a process there had not ended yet.
            _ip("link", "del", inside, check=False)
            _ip("netns", "add", inside)
            _ip("link", "add", inside, "type", "veth", "peer", "name", "eth0", "netns", inside)
            _ip("link", "set", inside, "master", self._bridge, "up")
            _in(inside, "link", "set", "lo", "up")
            _in(inside, "address", "add", f"{self.address(letter)}/24", "dev", "eth0")
            _in(inside, "link", "set", "eth0", "up")

    @staticmethod
    def can_be_had() -> bool:
        """Whether this machine lets us make namespaces."""
        if os.geteuid() != 0:
            return False
        name = f"sdtry{os.getpid()}"
        with suppress(OSError):
            made = _run("ip", "netns", "add", name) == 0
            linked = made and _run("ip", "link", "add", name, "type", "bridge") == 0
            _run("ip", "link", "del", name)
            _run("ip", "netns", "del", name)
            return linked
        return False

    def namespace(self, letter: str) -> str:
        return f"sd{self._number}{letter}"

    def address(self, letter: str) -> str:
        return f"10.231.{self._number}.{11 + _NODES.index(letter)}"

    def cut_from_peers(self, letter: str) -> None:
        """What it sends to the other nodes is lost; clients still reach it."""
        for peer in _NODES:
            if peer != letter:
                _in(self.namespace(letter), "route", "add", "blackhole", self.address(peer))

    def cut_from_all(self, letter: str) -> None:
        """As if its cable were pulled."""
        _ip("link", "set", self.namespace(letter), "down")

    def heal(self, letter: str) -> None:
        """Both of the above undone."""
        _ip("link", "set", self.namespace(letter), "up")
        for peer in _NODES:
            _in(
                self.namespace(letter), "route", "del", "blackhole", self.address(peer), check=False
            )

    def close(self) -> None:
        """End all that runs in it, and remove it."""
        os.close(self._pipe)
        self._remover.wait(30)

    @property
    def _bridge(self) -> str:
        return f"sd{self._number}"

    def _is_ours(self, number: int) -> bool:
        return _run("ip", "link", "add", f"sd{number}", "type", "bridge") == 0

    def _remove_when_we_are_gone(self) -> None:
        read_end, self._pipe = os.pipe()
        names = " ".join(self.namespace(letter) for letter in _NODES)
        # `read` ends when the last holder of the pipe's other end, this process, has ended.
        self._remover = subprocess.Popen(
            [
                "sh",
                "-c",
                f"read _; for n in {names}; do kill -9 $(ip netns pids $n); ip link del $n;"
                f" ip netns del $n; done; ip link del {self._bridge}",
            ],
            stdin=read_end,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        os.close(read_end)


class RabbitCluster:
    """The three nodes."""

    def __init__(self, folder: Path) -> None:
        self.network = Network()
        self.nodes = {letter: Node(folder / letter, self.network, letter) for letter in _NODES}
        self.led: dict[str, Node] = {}
        """Which node led each queue when the cluster was last seen whole."""

    @property
    def url(self) -> str:
        """As AMQP_URL: every node."""
        return ";".join(node.url for node in self.nodes.values())

    def start(self) -> None:
        """All at once, until they are one cluster."""
        for node in self.nodes.values():
            node.begin()
        with ThreadPoolExecutor() as pool:
            list(pool.map(Node.wait_until_up, self.nodes.values()))
        self.any_node().control("await_online_nodes", "3", "-t", "60")

    def stop(self) -> None:
        """Not cleanly: nothing of it is kept."""
        for node in self.nodes.values():
            if not node.has_died():
                node.kill()
        self.network.close()

    def any_node(self) -> Node:
        """One that runs."""
        return next(node for node in self.nodes.values() if not node.has_died())

    def most_alone(self) -> tuple[Node, int]:
        """The node that sees the fewest, and how many it sees; 0: its RabbitMQ does not run (yet).

        RabbitMQ 3.10 does not always come together by itself: a node that hung and goes on may keep
        its own view of who leads which queue (rabbitmq-server issue 17319), and on Erlang 25.1 and
        later one that comes back after a partition may start for ever (issue 6034).
        """
        asked = ", ".join(f"'{node.name}'" for node in self.nodes.values())
        told = self._evaluate(
            "[case rpc:call(N, rabbit, is_running, [], 5000) of true -> case catch length(rpc:call("
            "N, mnesia, system_info, [running_db_nodes], 5000)) of L when is_integer(L) -> L; _ ->"
            f" 0 end; _ -> 0 end || N <- [{asked}]]."
        )
        seen = zip(self.nodes.values(), map(int, re.findall(r"\d+", told)), strict=True)
        return min(seen, key=lambda each: each[1])

    def _evaluate(self, expression: str) -> str:
        """What the first node says that says anything."""
        for node in self.nodes.values():
            with suppress(RuntimeError):
                return node.control("eval", expression)
        raise RuntimeError("no node of the broker answers")

    def wait_until_whole(self, seconds: float = 60) -> None:
        """Every node runs, sees the others, and has its part of each queue; fills in `led`.

        Raises RuntimeError.
        """
        deadline = time.monotonic() + seconds
        while not self._is_whole():
            if time.monotonic() > deadline:
                raise RuntimeError("the RabbitMQ cluster does not come together again")
            time.sleep(0.2)

    def _is_whole(self) -> bool:
        try:
            listed = self.any_node().control(
                "list_queues", "name", "leader", "online", "--no-table-headers"
            )
        except RuntimeError:
            return False
        queues = [line.split("\t") for line in listed.splitlines() if line.count("\t") == 2]
        by_name = {node.name: node for node in self.nodes.values()}
        self.led = {queue: by_name[leader] for queue, leader, _ in queues if leader in by_name}
        # A node that has just come back knows of no queue for a while.
        return (
            set(SERVICES) <= set(self.led)
            and all(online.count("rabbit@") == len(_NODES) for *_, online in queues)
            and self.most_alone()[1] == len(_NODES)
        )


def _ip(*arguments: str, check: bool = True) -> None:
    subprocess.run(["ip", *arguments], check=check, capture_output=True)


def _in(namespace: str, *arguments: str, check: bool = True) -> None:
    _ip("-n", namespace, *arguments, check=check)


def _run(*command: str) -> int:
    return subprocess.run(command, check=False, capture_output=True).returncode
