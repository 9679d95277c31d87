"""Appending while the log is sealed

The same 32 writers as above, each fsync of 1 ms, append to two databases. In one the sealer runs in
a process of its own, as in production: it takes new facts into the tree and signs a checkpoint
every other second. It stands still while it is the other database's turn, and has its own backlog
to carry. Sealing shares the machine's cores with the writers; it takes no lock that they wait for.
"""

import logging
import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from chassis.postgres import Pool
from requests_service.following import Follower
from requests_service.sealing.notes import Signer
from requests_service.sealing.sealer import Sealer

from tests.bench import appends
from tests.bench.append_32 import FSYNC_US, writers
from tests.bench.lab import Lab
from tests.bench.measuring import Result, Run, in_turns

ORIGIN = "audit.example/requests"
SIGNER = Signer(ORIGIN, b"k" * 32)


def measure(lab: Lab) -> Result:
    result = Result()
    sealed, unsealed = (lab.database(fsync_us=FSYNC_US) for _ in range(2))
    with (
        sealer(sealed) as pid,
        writers(appends.ours, sealed) as to_sealed,
        writers(appends.ours, unsealed) as to_unsealed,
    ):
        contestants = {"sealing on": _while_running(pid, to_sealed), "sealing off": to_unsealed}
        turns = in_turns(contestants, seconds=45, slice_seconds=2.5)
    for name in contestants:
        result.add(name, turns.rate(name), "events/s")
    result.add("on to off", turns.ratio("sealing on", "sealing off"), "×", ">= 0.95")
    pool = Pool(sealed, 1)
    so_many, all_of_them = pool.execute(
        "SELECT (SELECT count(*) FROM sealed), (SELECT count(*) FROM facts)"
    )[0]
    result.add("facts sealed by the end", 100 * so_many / all_of_them, "%")
    pool.close()
    return result


@contextmanager
def sealer(dsn: str) -> Iterator[int]:
    """The process id of the service's follower that seals, stopped at first."""
    process = multiprocessing.get_context("fork").Process(target=_seal, args=(dsn,), daemon=True)
    process.start()
    assert process.pid is not None
    os.kill(process.pid, signal.SIGSTOP)
    try:
        yield process.pid
    finally:
        process.kill()
        process.join()


def _seal(dsn: str) -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    pool = Pool(dsn, 2)
    Follower(pool, "sealer", Sealer(pool, ORIGIN, [SIGNER]).step).start()
    threading.Event().wait()


def _while_running(pid: int, run: Run) -> Run:
    def both(k: int) -> float:
        os.kill(pid, signal.SIGCONT)
        try:
            return run(k)
        finally:
            os.kill(pid, signal.SIGSTOP)

    return both
