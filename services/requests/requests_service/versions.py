"""A table of rules in the database, version by version: what was in force from when on."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from chassis import log
from chassis.actor import Actor
from chassis.postgres import Pool

_LOOK_SECONDS = 1.0
_OF_THE_SOFTWARE = "satudata"


@dataclass(frozen=True)
class Version:
    """One of them, for a list."""

    version: int
    known_from: datetime
    imported_by: str


class VersionChanged(Exception):
    """Somebody else has approved another version since."""


class Versions:
    """Every version is whole, and never changed; the newest is asked about once a second."""

    def __init__(
        self, pool: Pool, table: str, fact: str, first: Callable[[], dict[str, Any]]
    ) -> None:
        """`fact`: the type of what the log is told; `first`: version 1, where none was kept."""
        self._pool = pool
        self._table = f"public.{table}"
        self._stream = uuid5(NAMESPACE_URL, f"satudata:{table}")
        self._fact = fact
        self._first = first
        self._newest = 0
        self._looked_at = 0.0

    def newest(self) -> int:
        now = time.monotonic()
        if not self._newest or now - self._looked_at >= _LOOK_SECONDS:
            found = self._pool.execute(f"SELECT max(version) FROM {self._table}")[0][0]
            if found is None:
                kept = (1, _OF_THE_SOFTWARE, json.dumps(self._first()))
                self._pool.execute(self._insert(), kept)
            self._newest, self._looked_at = found or 1, now
        return self._newest

    def content(self, version: int) -> dict[str, Any]:
        """KeyError for a version that there is not."""
        self.newest()
        found = self._pool.execute(
            f"SELECT content FROM {self._table} WHERE version = %s", (version,)
        )
        if not found:
            raise KeyError(version)
        return dict(found[0][0])

    def all(self) -> list[Version]:
        """Oldest first."""
        self.newest()
        rows = self._pool.execute(
            f"SELECT version, known_from, imported_by FROM {self._table} ORDER BY version"
        )
        return [Version(*row) for row in rows]

    def approve(self, version: int, content: dict[str, Any], by: Actor) -> None:
        """In force from now on, with a fact that holds it. Raises VersionChanged."""
        with self._pool.transaction() as cur:
            cur.execute(self._insert(), (version, by.id, json.dumps(content)))
            if not cur.rowcount:
                raise VersionChanged
            told = {"version": version, **content}
            log.record(cur, self._stream, self._fact, told, actor=by)
        self._newest = 0

    def _insert(self) -> str:
        return (
            f"INSERT INTO {self._table} (version, imported_by, content) VALUES (%s, %s, %s)"
            " ON CONFLICT DO NOTHING"
        )
