"""Proofs from the stored tiles: that a fact is in the log, that a log continues an older one."""

import base64
from collections.abc import Iterable, Sequence
from typing import Any

from requests_service.sealing import checkpoints
from requests_service.sealing.tiles import TileName, Tiles, roots_in, under
from requests_service.sealing.tree import Stretch, consistency_path, inclusion_path


def root(cur: Any, size: int) -> bytes:
    """The root over the first `size` leaves."""
    return roots(cur, [(0, size)])[0]


def inclusion(cur: Any, leaf_index: int, size: int) -> list[bytes]:
    """RFC 6962, 2.1.1. Raises ValueError when the tree of `size` has no such leaf."""
    return roots(cur, inclusion_path(leaf_index, size))


def consistency(cur: Any, old: int, new: int) -> list[bytes]:
    """RFC 6962, 2.1.2. Raises ValueError when `old` is larger; empty for 0 and for the same."""
    return roots(cur, consistency_path(old, new))


def leaf_of(cur: Any, position: int) -> int | None:
    """The leaf of the fact at a position; None when it is not sealed yet."""
    cur.execute("SELECT leaf_index FROM sealed WHERE position = %s", (position,))
    row = cur.fetchone()
    return None if row is None else int(row[0])


def position_of_letter(cur: Any, letter_id: str) -> int | None:
    """Where the log says that a letter was issued; None when that is not sealed yet."""
    cur.execute("SELECT position FROM sealed_letters WHERE letter_id = %s", (letter_id,))
    row = cur.fetchone()
    return None if row is None else int(row[0])


def tlog_proof(cur: Any, position: int) -> str | None:
    """The proof of one fact as c2sp.org/tlog-proof; None until a checkpoint holds it."""
    leaf = leaf_of(cur, position)
    if leaf is None or (checkpoint := checkpoints.best_for(cur, leaf)) is None:
        return None
    return tlog_proof_of(leaf, inclusion(cur, leaf, checkpoint.size), checkpoint.text)


def tlog_proof_of(leaf_index: int, hashes: Iterable[bytes], checkpoint: str) -> str:
    """The text of a proof from its parts."""
    lines = "".join(f"{written(each)}\n" for each in hashes)
    return f"c2sp.org/tlog-proof@v1\nindex {leaf_index}\n{lines}\n{checkpoint}"


def written(raw: bytes) -> str:
    """A hash as the text formats have it."""
    return base64.b64encode(raw).decode()


def roots(cur: Any, stretches: Sequence[Stretch]) -> list[bytes]:
    """The root of each stretch of RFC 6962's recursion, with one question to the database."""
    return roots_in(load(cur, under(stretches)), stretches)


def load(cur: Any, names: Iterable[TileName]) -> Tiles:
    """Those of the tiles that are there."""
    wanted = list(names)
    cur.execute(
        "SELECT level, n, hashes FROM tiles"
        " JOIN unnest(%s::int[], %s::bigint[]) AS wanted (level, n) USING (level, n)",
        ([level for level, _ in wanted], [n for _, n in wanted]),
    )
    return {(level, n): bytes(hashes) for level, n, hashes in cur.fetchall()}
