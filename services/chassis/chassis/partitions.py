"""Which partitions of a service's messages this worker works on: all workers have about as many.

Two numbers locked in the service's database say who is there and who has which. That spreads the
load; that nobody else works on a partition at the same time is the broker's doing.
"""

from math import ceil
from typing import Any

import psycopg2
from chassis.postgres import connect

_PRESENT_LOCK, _PARTITION_LOCK = 4718, 4719


class Shares:
    """This worker's part of partitions 1 to `partitions`."""

    def __init__(self, dsn: str, partitions: int) -> None:
        self._dsn = dsn
        self._partitions = partitions
        self._conn: Any = None
        self._held: set[int] = set()

    def look(self) -> set[int]:
        """What to work on now. Whatever else was worked on is to be finished, and `gave_up`."""
        try:
            return self._look()
        except psycopg2.Error:
            self._conn = None
            return set(self._held)

    def gave_up(self, partition: int) -> None:
        """Another may have it."""
        self._held.discard(partition)
        if self._conn is not None:
            try:
                self._ask("SELECT pg_advisory_unlock(%s, %s)", _PARTITION_LOCK, partition)
            except psycopg2.Error:
                self._conn = None

    def _look(self) -> set[int]:
        if self._conn is None:
            self._conn = connect(self._dsn)
            self._ask("SELECT pg_advisory_lock_shared(%s, %s)", _PRESENT_LOCK, 0)
            # The locks were lost with the last session.
            self._held = {each for each in self._held if self._lock(each)}
        workers = self._ask(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted"
            " AND (classid, objid, objsubid) = (%s, %s, 2)"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
            _PRESENT_LOCK,
            0,
        )
        fair = ceil(self._partitions / workers)
        for each in range(1, self._partitions + 1):
            if len(self._held) < fair and each not in self._held and self._lock(each):
                self._held.add(each)
        return set(sorted(self._held)[:fair])

    def _lock(self, partition: int) -> bool:
        return bool(self._ask("SELECT pg_try_advisory_lock(%s, %s)", _PARTITION_LOCK, partition))

    def _ask(self, sql: str, *args: int) -> Any:
        with self._conn.cursor() as cur:
            cur.execute(sql, args)
            return cur.fetchone()[0]
