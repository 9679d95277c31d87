"""Appending one event

One ready event is appended by one connection, each to a stream of its own. The base is PostgreSQL's
own pgbench with a prepared INSERT of the same row into the same table, with its indexes.
The disk is a memory disk whose fsync was made to take as long as that of a quick disk; beside it
stand the ratios on the bare memory disk, where nothing hides what the software itself takes, and on
a slower disk. The wake-up for readers, which ours sends after each commit, is part of ours.
The library's own PostgreSQL recorder, as it comes, writes to a table of its own.
"""

from tests.bench import appends
from tests.bench.lab import Absent, Lab
from tests.bench.measuring import Result, Run, Turns, in_turns, timed

QUICK_DISK_US = 150


def measure(lab: Lab) -> Result:
    result = Result()
    turns = _turns(lab, QUICK_DISK_US, result, seconds=20)
    for name in turns.rates:
        result.add(name, turns.rate(name), "events/s")
    if "pgbench" in turns.rates:
        result.add("ours to pgbench", turns.ratio("ours", "pgbench"), "×", ">= 0.60")
        result.add("raw psycopg2 to pgbench", turns.ratio("raw psycopg2", "pgbench"), "×")
        for fsync_us, disk in ((0, "bare memory disk"), (1000, "fsync of 1 ms")):
            other = _turns(lab, fsync_us, Result(), seconds=8)
            result.add(f"ours to pgbench, {disk}", other.ratio("ours", "pgbench"), "×")
    result.add("ours to raw psycopg2", turns.ratio("ours", "raw psycopg2"), "×")
    library = "the library's recorder"
    result.add(f"ours to {library}", turns.ratio("ours", library), "×")
    return result


def _turns(lab: Lab, fsync_us: int, result: Result, *, seconds: float) -> Turns:
    dsn = lab.database(fsync_us=fsync_us)
    contestants: dict[str, Run] = {"ours": timed(appends.ours(dsn))}
    contestants |= {"raw psycopg2": timed(appends.raw_psycopg2(dsn))}
    beside = lab.empty_database(fsync_us=fsync_us)
    contestants |= {"the library's recorder": timed(appends.library(beside))}
    try:
        contestants["pgbench"] = appends.pgbench_insert(dsn)
    except Absent as why:
        result.notes.append(str(why))
    return in_turns(contestants, seconds=seconds)
