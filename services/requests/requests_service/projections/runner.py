"""Keeps tables that are made from the log alone: batch by batch, and all over again."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from chassis import log

from requests_service.following import Step
from requests_service.projections import swapping

BATCH_POSITIONS = 20_000
_LOCK = 4715
"""Held by whoever folds or swaps one projection, with its name."""

Tell = Callable[[int, int], None]
"""Hears how much of how much is done."""


@dataclass(frozen=True)
class Projection:
    """Tables of the schema `public`, and how facts get into them."""

    name: str
    """Its key in the table `progress`, where its migration puts a row."""
    version: int
    """One more when the fold or its tables change: they are out of date then until rebuilt."""
    tables: tuple[str, ...]
    """In an order in which they can be dropped."""
    fold: Callable[[Any, int, int], None]
    """With a cursor within a transaction: take in the facts after one position up to another.

    It names its tables without a schema, has no effect beside them, and reads nothing but them
    and the log."""


class RebuildNeeded(Exception):
    """The tables were made by another version of the fold."""


@dataclass(frozen=True)
class Rebuilt:
    """What was made, and what it was compared with."""

    rows: int
    checksum: str
    before: str | None
    """The checksum of the old tables at the same position; None when they were not to compare."""

    @property
    def as_before(self) -> bool:
        return self.before in (None, self.checksum)


def follow(projection: Projection) -> Step:
    """The step of the projection's follower: one batch and its position, in one transaction."""

    def step(cur: Any) -> bool:
        version, position = _progress(cur, projection)
        if version != projection.version:
            raise RebuildNeeded(f"run: satudata rebuild {projection.name}")
        up_to = log.bound(cur, position)
        if up_to <= position:
            return False
        with alone(cur, projection.name):
            # Asked again under the lock: a rebuild may have been faster.
            _, position = _progress(cur, projection)
            reached = min(up_to, position + BATCH_POSITIONS)
            if reached > position:
                projection.fold(cur, position, reached)
                _store(cur, projection, reached)
        return reached < up_to

    return step


def rebuild(cur: Any, projection: Projection, tell: Tell) -> Rebuilt:
    """Make the tables again from the log, while they are read and followed, and swap them in.

    `cur`: in autocommit, as the owner of the tables.
    """
    comparable = _catch_up(cur, projection)
    reached = 0
    with swapping.new_tables(cur, projection.tables):
        while reached < (target := _target(cur, projection, reached, comparable)):
            batch = min(target, reached + BATCH_POSITIONS)
            with transaction(cur):
                projection.fold(cur, reached, batch)
            reached = batch
            tell(reached, target)
        swapping.index(cur, projection.tables)
        with alone(cur, projection.name):
            if comparable and reached < (target := _progress(cur, projection)[1]):
                projection.fold(cur, reached, target)
                reached = target
            rows, now = swapping.checksum(cur, projection.tables)
            before = swapping.checksum(cur, projection.tables, schema="public")[1]
            swapping.swap(cur, projection.tables)
            _store(cur, projection, reached)
    return Rebuilt(rows, now, before if comparable else None)


@contextmanager
def alone(cur: Any, name: str) -> Iterator[None]:
    """A transaction in which nobody else folds or swaps what is called so."""
    with transaction(cur):
        cur.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", (_LOCK, name))
        yield


def _catch_up(cur: Any, projection: Projection) -> bool:
    """Bring the old tables to the log's end; False when they are not to be compared with."""
    version, position = _progress(cur, projection)
    if version != projection.version or position == 0:
        return False
    step = follow(projection)
    while step(cur):
        pass
    return True


def _target(cur: Any, projection: Projection, reached: int, comparable: bool) -> int:
    return _progress(cur, projection)[1] if comparable else log.bound(cur, reached)


def _progress(cur: Any, projection: Projection) -> tuple[int, int]:
    cur.execute("SELECT version, position FROM progress WHERE name = %s", (projection.name,))
    version, position = cur.fetchone()
    return version, position


def _store(cur: Any, projection: Projection, position: int) -> None:
    cur.execute(
        "UPDATE progress SET version = %s, position = %s WHERE name = %s",
        (projection.version, position, projection.name),
    )


@contextmanager
def transaction(cur: Any) -> Iterator[None]:
    cur.execute("BEGIN")
    try:
        yield
    except BaseException:
        if not cur.connection.closed:
            cur.execute("ROLLBACK")
        raise
    cur.execute("COMMIT")
