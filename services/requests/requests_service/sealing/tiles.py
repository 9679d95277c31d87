"""The tree in tiles of 256 hashes, as c2sp.org/tlog-tiles has them: names and growth."""

import re
from collections.abc import Iterable, Mapping

from requests_service.sealing.tree import (
    HASH_BYTES,
    Stretch,
    Subtree,
    leaf_hash,
    perfect_root,
    root_of,
    subtrees,
)

WIDTH = 256
HEIGHT = 8
LEVELS_MAX = 8
"""2**63 leaves, the most that a position can count."""

TileName = tuple[int, int]
"""Level and index."""
Tiles = dict[TileName, bytes]
"""The hashes of each tile, one after the other."""

_PATH = re.compile(r"((?:x[0-9]{3}/){0,5}[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")


def edge(size: int) -> list[TileName]:
    """The tiles at the right edge of a tree that are not full yet."""
    return [
        (level, size >> HEIGHT * (level + 1))
        for level in range(LEVELS_MAX)
        if (size >> HEIGHT * level) % WIDTH
    ]


def grow(partial: Mapping[TileName, bytes], size: int, entries: Iterable[bytes]) -> Tiles:
    """The tiles that change when entries follow a tree of `size`; `partial` holds its edge."""
    changed: Tiles = {}
    level, first = 0, size
    new = [leaf_hash(entry) for entry in entries]
    while new:
        n = first // WIDTH
        hashes = _split(partial[level, n]) + new if first % WIDTH else new
        parents = []
        for start in range(0, len(hashes), WIDTH):
            tile = hashes[start : start + WIDTH]
            changed[level, n + start // WIDTH] = b"".join(tile)
            if len(tile) == WIDTH:
                parents.append(perfect_root(tile))
        level, first, new = level + 1, n, parents
    return changed


def under(stretches: Iterable[Stretch]) -> set[TileName]:
    """The tiles that these stretches' roots are computed from."""
    return {_tile_of(subtree) for stretch in stretches for subtree in subtrees(stretch)}


def roots_in(tiles: Mapping[TileName, bytes], stretches: Iterable[Stretch]) -> list[bytes]:
    """The root of each stretch. Raises KeyError or ValueError when the tiles do not reach."""
    return [root_of([_hash(tiles, each) for each in subtrees(stretch)]) for stretch in stretches]


def path_of(n: int, width: int = WIDTH) -> str:
    """`x001/x234/067`, or `x001/x234/067.p/12` for the first 12 of it."""
    groups = [f"{n % 1000:03d}"]
    while n := n // 1000:
        groups.insert(0, f"x{n % 1000:03d}")
    return "/".join(groups) + ("" if width == WIDTH else f".p/{width}")


def named(path: str) -> tuple[int, int] | None:
    """Index and width that a path asks for; None when it is not a tile's path."""
    match = _PATH.fullmatch(path)
    if match is None:
        return None
    n = int(match[1].replace("x", "").replace("/", ""))
    width = int(match[2] or WIDTH)
    # Only one way to write each: no zeros in front, no partial tile of full width.
    return (n, width) if width <= WIDTH and path_of(n, width) == path else None


def _tile_of(subtree: Subtree) -> TileName:
    height, index = subtree
    level, above = divmod(height, HEIGHT)
    return level, (index << above) // WIDTH


def _hash(tiles: Mapping[TileName, bytes], subtree: Subtree) -> bytes:
    height, index = subtree
    above = height % HEIGHT
    start = (index << above) % WIDTH
    hashes = _split(tiles[_tile_of(subtree)])[start : start + (1 << above)]
    if len(hashes) != 1 << above:
        raise ValueError(f"the tile of subtree {subtree} is not that wide")
    return perfect_root(hashes)


def _split(hashes: bytes) -> list[bytes]:
    return [hashes[i : i + HASH_BYTES] for i in range(0, len(hashes), HASH_BYTES)]
