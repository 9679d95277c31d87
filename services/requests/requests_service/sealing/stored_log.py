"""The log in our database as the verifier takes it: checkpoints, facts, tiles."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from requests_service.sealing.entries import COLUMNS
from requests_service.sealing.verify_log import Row, StoredLog

_PAGE_FACTS = 5000
_PAGE_TILES = 500
_CHECKPOINTS_MAX = 200
"""Enough to say between which two a change lies; each costs a signature and a root."""


def stored_log(cur: Any) -> StoredLog:
    """Page by page, so that in autocommit no transaction stays open for long."""
    return StoredLog(notes=_notes(cur), rows=lambda: _rows(cur), tiles=lambda: _tiles(cur))


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


def _rows(cur: Any) -> Iterator[Row]:
    return _pages(
        cur,
        f"SELECT {COLUMNS}, leaf_index FROM facts LEFT JOIN sealed USING (position)"
        " WHERE position > %s ORDER BY position LIMIT %s",
        (-(1 << 63),),
        _PAGE_FACTS,
    )


def _tiles(cur: Any) -> Iterator[tuple[int, int, bytes]]:
    return _pages(
        cur,
        "SELECT level, n, hashes FROM tiles WHERE (level, n) > (%s, %s) ORDER BY level, n LIMIT %s",
        (-1, -1),
        _PAGE_TILES,
    )


def _pages(cur: Any, sql: str, after: tuple[int, ...], limit: int) -> Iterator[Any]:
    """All rows; those columns come first that they are ordered by."""

    def fetch(after: Sequence[int]) -> list[Any]:
        cur.execute(sql, (*after, limit))
        return list(cur.fetchall())

    # The database prepares a page while the one before it is looked at.
    with ThreadPoolExecutor(1) as ahead:
        coming = ahead.submit(fetch, after)
        while rows := coming.result():
            coming = ahead.submit(fetch, rows[-1][: len(after)])
            yield from rows
