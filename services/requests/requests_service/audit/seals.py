"""Whether facts still are what was sealed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from chassis.postgres import Pool

from requests_service.sealing import checkpoints, proofs
from requests_service.sealing.checkpoints import Checkpoint
from requests_service.sealing.entries import FactRow, entry_of
from requests_service.sealing.tiles import WIDTH
from requests_service.sealing.tree import HASH_BYTES, inclusion_path, leaf_hash, node_hash


class Sealed(StrEnum):
    """Colours on the screen: green, grey, red."""

    INTACT = "intact"
    NOT_YET = "not_yet"
    CHANGED = "changed"


@dataclass(frozen=True)
class Seal:
    """Of one fact."""

    status: Sealed
    leaf_index: int | None = None
    checkpoint_size: int | None = None


def seals_of(pool: Pool, facts: Sequence[FactRow]) -> dict[int, Seal]:
    """By position. A sealed fact is hashed again and followed up to the newest checkpoint's root.

    The checkpoint's signature is checked by who has the key: `satudata audit verify`.
    """
    with pool.connection() as conn, conn.cursor() as cur:
        cur.execute(
            "SELECT position, leaf_index FROM sealed WHERE position = ANY(%s)",
            ([fact.position for fact in facts],),
        )
        leaves = dict(cur.fetchall())
        checkpoint = checkpoints.latest(cur)
        if checkpoint is None:
            return {fact.position: Seal(Sealed.NOT_YET) for fact in facts}
        tiles = proofs.load(cur, {(0, leaf // WIDTH) for leaf in leaves.values()})
        return {
            fact.position: _seal(cur, fact, leaves.get(fact.position), checkpoint, tiles)
            for fact in facts
        }


def _seal(
    cur: Any, fact: FactRow, leaf: int | None, checkpoint: Checkpoint, tiles: dict[Any, bytes]
) -> Seal:
    if leaf is None or leaf >= checkpoint.size:
        return Seal(Sealed.NOT_YET, leaf)
    start = leaf % WIDTH * HASH_BYTES
    stored = tiles.get((0, leaf // WIDTH), b"")[start : start + HASH_BYTES]
    here = leaf_hash(entry_of(fact))
    intact = here == stored and _leads_to(cur, here, leaf, checkpoint)
    return Seal(Sealed.INTACT if intact else Sealed.CHANGED, leaf, checkpoint.size)


def _leads_to(cur: Any, hash_: bytes, leaf: int, checkpoint: Checkpoint) -> bool:
    try:
        hashes: Iterable[bytes] = proofs.inclusion(cur, leaf, checkpoint.size)
    except (KeyError, ValueError):
        return False
    for (begin, _), beside in zip(inclusion_path(leaf, checkpoint.size), hashes, strict=True):
        # What lies to the left of the leaf stands to its left.
        hash_ = node_hash(beside, hash_) if begin < leaf else node_hash(hash_, beside)
    return hash_ == checkpoint.root
