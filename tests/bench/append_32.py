"""Appending with 32 writers

Thirty-two processes append one event after the other, each on its own connection, while every fsync
takes 1 ms (a memory disk with a delay). Whoever makes writers queue for a lock pays that
millisecond once for each event; whoever does not shares it among all who wait. The base is a bare
INSERT of the same row by psycopg2. The library's own recorder takes a lock on its table.
"""

import multiprocessing
import time
from collections.abc import Callable
from contextlib import ExitStack, contextmanager
from multiprocessing.connection import Connection
from typing import Any

from tests.bench import appends
from tests.bench.lab import Lab
from tests.bench.measuring import Result, Run, in_turns

WRITERS = 32
FSYNC_US = 1000


def measure(lab: Lab) -> Result:
    result = Result()
    dsn = lab.database(fsync_us=FSYNC_US)
    beside = lab.empty_database(fsync_us=FSYNC_US)
    library = "the library's recorder"
    with ExitStack() as writing:
        contestants = {
            "ours": writing.enter_context(writers(appends.ours, dsn)),
            "raw psycopg2": writing.enter_context(writers(appends.raw_psycopg2, dsn)),
            library: writing.enter_context(writers(appends.library, beside)),
        }
        turns = in_turns(contestants, seconds=40, operations=20 * WRITERS)
    for name in contestants:
        result.add(name, turns.rate(name), "events/s")
    result.add("ours to raw psycopg2", turns.ratio("ours", "raw psycopg2"), "×", ">= 0.75")
    result.add(f"ours to {library}", turns.ratio("ours", library), "×", ">= 3")
    return result


@contextmanager
def writers(append: Callable[[str], Callable[[], object]], dsn: str) -> Any:
    """A Run that shares its operations among WRITERS processes, which live as long as this."""
    forking = multiprocessing.get_context("fork")
    pipes = []
    processes = []
    for _ in range(WRITERS):
        here, there = forking.Pipe()
        process = forking.Process(target=_write, args=(append, dsn, there), daemon=True)
        process.start()
        there.close()
        pipes.append(here)
        processes.append(process)
        here.recv()

    def run(k: int) -> float:
        share = max(1, k // WRITERS)
        began = time.perf_counter()
        for pipe in pipes:
            pipe.send(share)
        for pipe in pipes:
            pipe.recv()
        return (time.perf_counter() - began) * k / (share * WRITERS)

    result: Run = run
    try:
        yield result
    finally:
        for pipe, process in zip(pipes, processes, strict=True):
            pipe.send(0)
            process.join(10)


def _write(append: Callable[[str], Callable[[], object]], dsn: str, pipe: Connection) -> None:
    one = append(dsn)
    pipe.send("ready")
    while k := pipe.recv():
        for _ in range(k):
            one()
        pipe.send("done")
