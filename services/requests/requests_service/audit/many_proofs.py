"""Inclusion proofs of many leaves: each tile of the tree is read and computed once."""

from collections.abc import Iterator, Mapping, Sequence

from chassis.postgres import Pool

from requests_service.sealing import proofs
from requests_service.sealing.tiles import HEIGHT, WIDTH, TileName, under
from requests_service.sealing.tree import (
    HASH_BYTES,
    Subtree,
    inclusion_path,
    node_hash,
    root_of,
    subtrees,
)

_TILES = 128

_Rows = list[list[bytes]]
"""The hashes of a tile, then of its pairs, and so on up."""


class Paths:
    """Inclusion proofs in the tree of one size; leaves are best asked for in their order."""

    def __init__(self, pool: Pool, size: int) -> None:
        self._pool = pool
        self._size = size
        self._above: dict[TileName, _Rows] = {}
        """Tiles over other tiles: every page needs them again, and they are few."""

    def of(self, leaves: Sequence[int]) -> list[list[bytes]]:
        """The proof of each leaf."""
        paths = [inclusion_path(leaf, self._size) for leaf in leaves]
        # Neighbours share all but the lowest.
        stretches = {stretch for path in paths for stretch in path}
        wanted = under(stretches)
        with self._pool.connection() as conn, conn.cursor() as cur:
            found = proofs.load(cur, wanted - self._above.keys())
        rows = {name: _rows(hashes) for name, hashes in found.items()}
        self._above |= {name: each for name, each in rows.items() if name[0]}
        rows |= self._above
        hashes = {
            stretch: root_of([_hash(rows, each) for each in subtrees(stretch)])
            for stretch in stretches
        }
        return [[hashes[stretch] for stretch in path] for path in paths]


def leaf_hashes(pool: Pool, size: int) -> Iterator[bytes]:
    """The hashes of all leaves, one after the other, as they were sealed."""
    for first in range(0, -(-size // WIDTH), _TILES):
        names = [(0, n) for n in range(first, min(first + _TILES, -(-size // WIDTH)))]
        with pool.connection() as conn, conn.cursor() as cur:
            tiles = proofs.load(cur, names)
        hashes = b"".join(tiles[name] for name in names)
        yield hashes[: (size - first * WIDTH) * HASH_BYTES]


def _rows(tile: bytes) -> _Rows:
    row = [tile[i : i + HASH_BYTES] for i in range(0, len(tile), HASH_BYTES)]
    rows = [row]
    while len(row) > 1:
        row = [node_hash(row[i], row[i + 1]) for i in range(0, len(row) - 1, 2)]
        rows.append(row)
    return rows


def _hash(rows: Mapping[TileName, _Rows], subtree: Subtree) -> bytes:
    height, index = subtree
    level, above = divmod(height, HEIGHT)
    n, place = divmod(index, WIDTH >> above)
    return rows[level, n][above][place]
