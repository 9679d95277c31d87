"""What can break, how it is broken and healed, and within how many seconds service must be back."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from satudata.places import SERVICES

from tests.failures.clustered import BEHIND_PROXIES, Clustered
from tests.installations import START

_KILL, _HANG, _FAILOVER = 2.0, 12.0, 5.0
_HUNG_SECONDS = 14
_ALARM_SECONDS = 3

Break = Callable[[Clustered, str], str]
"""Breaks a target and returns what was broken."""


@dataclass(frozen=True)
class Fault:
    """One kind."""

    family: str
    targets: tuple[str, ...]
    break_: Break
    promise_seconds: float
    """From the fault to the next command that is accepted and heard by who hears it."""
    heal: Callable[[Clustered, str], None] | None = None
    lasts_seconds: float = 0
    """After so long it is healed."""


def _kill_process(kind: str) -> Break:
    def break_(cluster: Clustered, target: str) -> str:
        cluster.kill(f"{kind}-{target}")
        return f"{kind}-{target}"

    return break_


def _kill_relay(cluster: Clustered, service: str) -> str:
    name = cluster.leads_relay(service)
    cluster.kill(name)
    return name


def _kill_node(cluster: Clustered, queue: str) -> str:
    node = cluster.rabbits.led[queue]
    node.kill()
    return node.letter


def _freeze_node(cluster: Clustered, queue: str) -> str:
    cluster.rabbits.led[queue].freeze()
    return cluster.rabbits.led[queue].letter


def _thaw_node(cluster: Clustered, queue: str) -> None:
    cluster.rabbits.led[queue].thaw()


def _partition(cluster: Clustered, queue: str) -> str:
    letter = cluster.rabbits.led[queue].letter
    cluster.rabbits.network.cut_from_peers(letter)
    return letter


def _unplug(cluster: Clustered, queue: str) -> str:
    letter = cluster.rabbits.led[queue].letter
    cluster.rabbits.network.cut_from_all(letter)
    return letter


def _plug_in(cluster: Clustered, queue: str) -> None:
    cluster.rabbits.network.heal(cluster.rabbits.led[queue].letter)


def _black_hole(cluster: Clustered, service: str) -> str:
    for proxy in cluster.proxies:
        proxy.black_hole()
    return f"all connections of {service}"


def _heal_proxies(cluster: Clustered, service: str) -> None:
    for proxy in cluster.proxies:
        proxy.heal()


def _fill_disk(cluster: Clustered, queue: str) -> str:
    node = cluster.rabbits.led[queue]
    node.control("set_disk_free_limit", "99999GB")
    return node.letter


def _empty_disk(cluster: Clustered, queue: str) -> None:
    cluster.rabbits.led[queue].control("set_disk_free_limit", "50MB")


def _kill_database(cluster: Clustered, _: str) -> str:
    name = cluster.postgreses.primary.name
    cluster.postgreses.primary.crash()
    return name


def _freeze_database(cluster: Clustered, _: str) -> str:
    name = cluster.postgreses.primary.name
    cluster.postgreses.primary.freeze()
    return name


def _step_clock(cluster: Clustered, hours: str) -> str:
    cluster.clock.set((datetime.fromisoformat(START) + timedelta(hours=float(hours))).isoformat())
    return f"{hours} h"


def _set_clock_right(cluster: Clustered, _: str) -> None:
    cluster.clock.set(START)


_QUEUES = SERVICES
FAULTS = {
    "worker-killed": Fault(
        "kill",
        tuple(f"{s}{n}" for s in SERVICES for n in ("", "-2")),
        _kill_process("worker"),
        _KILL,
    ),
    "relay-killed": Fault("kill", SERVICES, _kill_relay, _KILL),
    "jobs-killed": Fault("kill", SERVICES, _kill_process("jobs"), _KILL),
    "web-killed": Fault("kill", ("requests", "requests-2"), _kill_process("web"), _KILL),
    "broker-killed": Fault("kill", _QUEUES, _kill_node, _KILL),
    "broker-frozen": Fault("hang", _QUEUES, _freeze_node, _HANG, _thaw_node, _HUNG_SECONDS),
    "broker-partitioned": Fault("partition", _QUEUES, _partition, _HANG, _plug_in, _HUNG_SECONDS),
    "broker-unplugged": Fault("partition", _QUEUES, _unplug, _HANG, _plug_in, _HUNG_SECONDS),
    "connection-swallowed": Fault(
        "hang", (BEHIND_PROXIES,), _black_hole, _HANG, _heal_proxies, _HUNG_SECONDS
    ),
    "disk-full": Fault("hang", _QUEUES, _fill_disk, _HANG, _empty_disk, _ALARM_SECONDS),
    "database-killed": Fault("failover", ("primary",), _kill_database, _FAILOVER),
    "database-frozen": Fault("hang", ("primary",), _freeze_database, _HANG),
    "clock-stepped": Fault(
        "clock", ("-26", "-1", "5", "50"), _step_clock, _KILL, _set_clock_right, 1
    ),
}
