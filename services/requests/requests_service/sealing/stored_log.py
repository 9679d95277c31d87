"""The log in our database, held against its seal: facts, tiles, mapping and checkpoints.

For who runs the installation. What an export proves to others, `verify_log` checks alone.
"""

import hashlib
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor
from functools import cache, partial
from typing import Any

from chassis.postgres import connect

from requests_service.sealing.entries import COLUMNS, FactRow, entry_of
from requests_service.sealing.verify_log import (
    HASH_BYTES,
    TILE,
    Alignment,
    Block,
    CannotCheck,
    Checkpoint,
    Clock,
    Fact,
    Key,
    Misnamed,
    Progress,
    Report,
    Tree,
    Wrong,
    block_of,
    compare_older,
    gaps,
    leaf_hash,
    older_ones,
    open_checkpoint,
    root_of,
    seen,
    side_by_side,
    utc,
)

Row = Sequence[Any]
"""A FactRow's values, and the leaf that the mapping gives it or None."""
Stretch = tuple[int, int]
"""First and last position."""

_STRETCH_FACTS = 8192
_PAGE_TILES = 500
_CHECKPOINTS_MAX = 200
"""Enough to say between which two a change lies; each costs a signature and a root."""
_FIRST, _LAST = -(1 << 63), (1 << 63) - 1


def verify_stored(
    cur: Any,
    keys: Sequence[Key],
    *,
    witnesses: Sequence[Key] = (),
    since: Sequence[bytes] = (),
    progress: Progress | None = None,
    dsn: str | None = None,
) -> Report:
    """Check every fact of the log that a cursor sees, its tiles, its mapping, its checkpoints.

    In autocommit no transaction stays open for long. `dsn`: with it two processes read beside this
    one, with connections of their own, which see only what is committed.
    Raises CannotCheck.
    """
    report = Report("the log in the database", complete=True)
    try:
        _check(cur, report, keys, witnesses, since, progress or Progress(None), dsn)
    except Wrong as wrong:
        report.add(wrong.kind, wrong.text)
    except BrokenExecutor as error:
        raise CannotCheck("a process that helps was ended by somebody") from error
    return report


def rows(cur: Any) -> Iterator[Row]:
    """Every fact by position."""
    for stretch in _stretches(cur):
        yield from _rows(cur, stretch)


def fact_of_row(row: Row) -> Fact:
    """A fact as the database has it."""
    fact = FactRow._make(row[:-1])
    return Fact(fact.position, fact.recorded_at, entry_of(fact), row[-1], True)


def _check(
    cur: Any,
    report: Report,
    keys: Sequence[Key],
    witnesses: Sequence[Key],
    since: Sequence[bytes],
    progress: Progress,
    dsn: str | None,
) -> None:
    signed = _good_ones(_notes(cur), report, [*keys, *witnesses])
    checkpoint = signed[0]
    report.signed(checkpoint)
    _newest_witnessed(report, signed, witnesses)
    older = older_ones(report, since, [*keys, *witnesses], checkpoint)
    progress.expect(checkpoint.size)
    pass_ = _Pass(report, checkpoint, [*signed, *older], _Tiles(_tiles(cur), checkpoint.size))
    clock = Clock(report, time.time())
    for stretch, block in _blocks_by_others(cur, dsn) if dsn else _blocks(cur):
        if block and pass_.fits(block) and clock.is_plain(block):
            pass_.see_all(block)
            report.events += len(block.hashes) // HASH_BYTES
            progress.show(report.events)
            continue
        for row in _rows(cur, stretch):
            pass_.see(seen(fact_of_row(row), report, clock, progress))
    fits = pass_.finish()
    if not fits:
        _locate(cur, report, checkpoint, pass_.tree.roots, signed)
    compare_older(report, older, pass_.tree.roots, fits)
    if pass_.waiting and fits:
        report.cautions.append(f"{pass_.waiting} facts after position {pass_.last_position} are"
                               " not under a checkpoint yet: nothing proves them.")  # fmt: skip


# Reading


def _notes(cur: Any) -> list[bytes]:
    """The newest checkpoint, and others at equal distances, newest first."""
    cur.execute(
        "WITH numbered AS (SELECT size, note, row_number() OVER (ORDER BY size DESC) - 1 AS n,"
        " count(*) OVER () AS all_of_them FROM checkpoints)"
        " SELECT note || coalesce((SELECT string_agg(line, '' ORDER BY witness)"
        " FROM cosignatures c WHERE c.size = numbered.size), '')"
        " FROM numbered WHERE n %% greatest(1, all_of_them / %s) = 0 ORDER BY size DESC",
        (_CHECKPOINTS_MAX,),
    )
    return [note.encode() for (note,) in cur.fetchall()]


def _tiles(cur: Any) -> Iterator[tuple[int, int, bytes]]:
    """Every tile by level and number."""
    level, n = -1, -1
    while True:
        cur.execute(
            "SELECT level, n, hashes FROM tiles WHERE (level, n) > (%s, %s)"
            " ORDER BY level, n LIMIT %s",
            (level, n, _PAGE_TILES),
        )
        if not (page := cur.fetchall()):
            return
        yield from page
        level, n, _ = page[-1]


def _stretches(cur: Any) -> Iterator[Stretch]:
    """All positions that there can be, in parts of so many facts."""
    first = _FIRST
    while True:
        cur.execute(
            "SELECT position FROM facts WHERE position >= %s ORDER BY position OFFSET %s LIMIT 1",
            (first, _STRETCH_FACTS),
        )
        following = cur.fetchone()
        yield first, following[0] - 1 if following else _LAST
        if not following:
            return
        first = following[0]


def _rows(cur: Any, stretch: Stretch) -> list[Row]:
    # The bounds are said of both tables: else each stretch reads `sealed` from its beginning.
    cur.execute(
        f"SELECT {COLUMNS}, leaf_index FROM facts LEFT JOIN"
        " (SELECT * FROM sealed WHERE position BETWEEN %s AND %s) AS sealed USING (position)"
        " WHERE position BETWEEN %s AND %s ORDER BY position",
        (*stretch, *stretch),
    )
    found: list[Row] = cur.fetchall()
    return found


def _blocks(cur: Any) -> Iterator[tuple[Stretch, Block | None]]:
    """Each stretch with what `block_of` says of it."""
    for stretch in _stretches(cur):
        yield stretch, block_of(map(fact_of_row, _rows(cur, stretch)))


def _blocks_by_others(cur: Any, dsn: str) -> Iterator[tuple[Stretch, Block | None]]:
    """The same, by two processes that read and hash side by side."""
    return side_by_side(partial(_block_at, dsn), _stretches(cur))


def _block_at(dsn: str, stretch: Stretch) -> Block | None:
    with _connection(dsn).cursor() as cur:
        return block_of(map(fact_of_row, _rows(cur, stretch)))


@cache
def _connection(dsn: str) -> Any:
    """As long as the process that helps."""
    return connect(dsn)


# What was signed


def _good_ones(notes: Sequence[bytes], report: Report, keys: Sequence[Key]) -> list[Checkpoint]:
    good: list[Checkpoint] = []
    for note in notes:
        try:
            good.append(open_checkpoint(note, keys))
        except Wrong as wrong:
            report.add(wrong.kind, wrong.text)
    if good:
        return sorted(good, key=lambda each: -each.size)
    if notes:
        raise Wrong("tree", "no checkpoint is left that could prove anything")
    raise Wrong("truncated", "there is no checkpoint: nothing was sealed, or it was taken away")


def _newest_witnessed(
    report: Report, signed: Sequence[Checkpoint], witnesses: Sequence[Key]
) -> None:
    for witness in witnesses:
        by_it = next((each for each in signed if witness.name in each.witnessed), None)
        if by_it is None:
            report.add("witness", f"{witness.name} has signed none of these checkpoints")
        elif by_it is not signed[0]:
            report.witnessed.append(
                f"{witness.name} at {utc(by_it.witnessed[witness.name])}, size {by_it.size}"
            )


# Going through


class _Tiles:
    """The stored tiles: of full ones before the edge of the signed tree their digest is enough."""

    def __init__(self, tiles: Iterable[tuple[int, int, bytes]], size: int) -> None:
        self._tiles = {}
        for level, n, hashes in tiles:
            full = n < size // TILE ** (level + 1)
            self._tiles[level, n] = hashlib.sha256(hashes).digest() if full else bytes(hashes)

    def hold(self, level: int, n: int, hashes: bytes) -> bool:
        """Whether these are the hashes of that tile, or its first ones."""
        stored = self._tiles.get((level, n), b"")
        if len(hashes) == TILE * HASH_BYTES:
            return stored == hashlib.sha256(hashes).digest()
        return stored[: len(hashes)] == hashes


class _TiledTree(Tree):
    """Remembers which of its tiles are not the stored ones."""

    def __init__(self, marks: Iterable[int], stored: _Tiles) -> None:
        super().__init__(marks)
        self.odd: list[tuple[int, int]] = []
        """Level and number."""
        self._stored = stored

    def close(self, level: int) -> None:
        self._compare(level, self.size // TILE ** (level + 1) - 1)
        super().close(level)

    def compare_edge(self) -> None:
        """Look at the tiles that are not full, too."""
        for level, hashes in enumerate(self.edge):
            if hashes:
                self._compare(level, self.size // TILE ** (level + 1))

    def _compare(self, level: int, n: int) -> None:
        if not self._stored.hold(level, n, b"".join(self.edge[level])):
            self.odd.append((level, n))


class _Pass:
    """Goes once through all facts; roots, tiles and the mapping must come out as stored."""

    def __init__(
        self, report: Report, checkpoint: Checkpoint, signed: Sequence[Checkpoint], stored: _Tiles
    ) -> None:
        self.tree = _TiledTree((each.size for each in signed), stored)
        self.waiting = 0
        self.last_position = 0
        self._report = report
        self._checkpoint = checkpoint
        self._misnamed = Misnamed()

    def fits(self, block: Block) -> bool:
        """Whether it goes on where the tree ends, all of it under the checkpoint."""
        end = self.tree.size + len(block.hashes) // HASH_BYTES
        return block.first_leaf == self.tree.size and end <= self._checkpoint.size

    def see_all(self, block: Block) -> None:
        """A block that fits."""
        self.tree.add_all(block.hashes)
        self.last_position = block.latest_position

    def see(self, fact: Fact) -> None:
        size = self.tree.size
        if size == self._checkpoint.size:
            self.waiting += 1
            return
        if fact.leaf_index != size:
            self._misnamed.add(size, fact.position)
        self.last_position = fact.position
        self.tree.add(leaf_hash(fact.entry))

    def finish(self) -> bool:
        """Whether the facts give the signed root; if so, tiles and mapping are judged by them."""
        tree, checkpoint = self.tree, self._checkpoint
        if (tree.size, tree.root()) != (checkpoint.size, checkpoint.root):
            return False
        tree.compare_edge()
        for level, n in tree.odd:
            first = n * TILE ** (level + 1)
            self._report.add("tile", f"tile {n} of level {level}, over leaves from {first} on, is"
                             " not the hashes of the facts, which are as sealed",
                             leaf=first)  # fmt: skip
        self._misnamed.tell(self._report)
        return True


# Where a change is


def _locate(
    cur: Any,
    report: Report,
    checkpoint: Checkpoint,
    roots: dict[int, bytes],
    signed: Sequence[Checkpoint],
) -> None:
    """Read once more, beside the leaves' hashes that the tiles hold, to say where it is."""
    before = len(report.findings)
    tiles = (bytes(hashes) for level, _, hashes in _tiles(cur) if level == 0)
    leaves = b"".join(tiles)[: checkpoint.size * HASH_BYTES]
    facts = map(fact_of_row, rows(cur))
    if root_of(leaves) == checkpoint.root:
        alignment = Alignment(report, leaves)
        for fact in facts:
            alignment.see(fact)
        alignment.finish(tail=True)
    else:
        report.add("tile", "the stored tiles do not give the signed root either: they were changed"
                   " with the facts, or instead of them")  # fmt: skip
        gaps(facts, report, checkpoint.size)
        _between_checkpoints(report, roots, signed)
    if len(report.findings) == before:
        report.add("tree", "the facts do not give the root that was signed")


def _between_checkpoints(
    report: Report, roots: dict[int, bytes], signed: Sequence[Checkpoint]
) -> None:
    """The signed roots of earlier sizes say between which leaves the first change is."""
    good = 0
    for each in reversed(signed):
        if roots.get(each.size) != each.root:
            report.add("changed", f"the first change is between leaf {good} and leaf"
                       f" {each.size - 1}: what was signed at size {good} still holds, at"
                       f" {each.size} no more", leaf=good)  # fmt: skip
            return
        good = each.size
