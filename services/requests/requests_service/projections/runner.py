"""Keeps tables that are made from the log alone: batch by batch, and all over again.

A rebuild fills new tables in a schema of their own, so that a fold writes to them without knowing;
what the old ones held at the same position is compared, and the new ones take their names.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from chassis import log
from psycopg2 import sql

from requests_service.following import Step

BATCH_POSITIONS = 20_000
_LOCK = 4715
"""Held by whoever folds or swaps one projection, with its name."""
_NEW = sql.Identifier("rebuilding")


@dataclass(frozen=True)
class Projection:
    """Tables of the schema `public`, and how facts get into them."""

    name: str
    version: int
    """One more when the fold or its tables change: they are out of date then until rebuilt."""
    tables: Sequence[str]
    """In an order in which they can be dropped; `name` is the key in the table `progress`."""
    fold: Callable[[Any, int, int], None]
    """With a cursor within a transaction: take in the facts after one position up to another.

    It names its tables without a schema, has no other effect, and reads nothing but the log and
    its own tables."""


class RebuildNeeded(Exception):
    """The tables were made by another version of the fold."""


@dataclass(frozen=True)
class Rebuilt:
    """What a rebuild found."""

    position: int
    """Where old and new were compared."""
    rows: int
    differ: int | None
    """Rows that are in one and not in the other; None when there was nothing to compare with."""


def follow(projection: Projection) -> Step:
    """The step of the projection's follower: one batch and its position, in one transaction."""

    def step(cur: Any) -> bool:
        version, position = _progress(cur, projection)
        if version != projection.version:
            raise RebuildNeeded(f"run: satudata rebuild {projection.name}")
        up_to = log.bound(cur, position)
        if up_to <= position:
            return False
        with _transaction(cur, projection):
            # Asked again under the lock: a rebuild may have been faster.
            _, position = _progress(cur, projection)
            reached = min(up_to, position + BATCH_POSITIONS)
            if reached > position:
                projection.fold(cur, position, reached)
                _set_progress(cur, projection, reached)
        return reached < up_to

    return step


def rebuild(cur: Any, projection: Projection, tell: Callable[[int, int], None]) -> Rebuilt:
    """Make the tables again from the log, while they are read and followed, and swap them in.

    `cur`: in autocommit, as the owner of the tables. `tell` hears (position reached, last one).
    """
    reached = 0
    with _transaction(cur, projection, lock=False):
        cur.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(_NEW))
        cur.execute(sql.SQL("CREATE SCHEMA {}").format(_NEW))
        for table in projection.tables:
            _make_like(cur, table)
    cur.execute(sql.SQL("SET search_path = {}, public").format(_NEW))
    try:
        # Up to where the followed tables are, so that both can be compared.
        while reached < (target := _progress(cur, projection)[1]):
            reached = _fold_batch(cur, projection, reached, target, tell)
        for table in projection.tables:
            _make_indexes(cur, table)
        with _transaction(cur, projection):
            version, target = _progress(cur, projection)
            if reached < target:
                projection.fold(cur, reached, target)
            rows = sum(_count(cur, table) for table in projection.tables)
            differ = sum(_differences(cur, table) for table in projection.tables)
            for table in projection.tables:
                _swap(cur, table)
            cur.execute(sql.SQL("DROP SCHEMA {}").format(_NEW))
            _set_progress(cur, projection, target)
    finally:
        cur.execute("RESET search_path")
    return Rebuilt(target, rows, differ if version == projection.version else None)
