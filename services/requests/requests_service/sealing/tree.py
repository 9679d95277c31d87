"""The Merkle tree of RFC 6962, section 2.1: hashes, and which subtrees a proof is made of.

A subtree is named (height, index): the leaves from index * 2**height, 2**height of them. A stretch
of leaves [begin, end) of RFC 6962's recursion falls into such perfect subtrees.
"""

import hashlib
from collections.abc import Sequence

EMPTY_ROOT = hashlib.sha256(b"").digest()
HASH_BYTES = 32

Subtree = tuple[int, int]
Stretch = tuple[int, int]


def leaf_hash(entry: bytes) -> bytes:
    """The hash of one entry."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees side by side."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def perfect_root(hashes: Sequence[bytes]) -> bytes:
    """The root over a power of two of hashes."""
    while len(hashes) > 1:
        hashes = [node_hash(hashes[i], hashes[i + 1]) for i in range(0, len(hashes), 2)]
    return hashes[0]


def root_of(hashes: Sequence[bytes]) -> bytes:
    """The root over perfect subtrees that get smaller to the right, as `subtrees` names them."""
    if not hashes:
        return EMPTY_ROOT
    root = hashes[-1]
    for left in reversed(hashes[:-1]):
        root = node_hash(left, root)
    return root


def subtrees(stretch: Stretch) -> list[Subtree]:
    """The perfect subtrees of a stretch of RFC 6962's recursion, from left to right."""
    begin, end = stretch
    found = []
    while begin < end:
        height = (end - begin).bit_length() - 1
        found.append((height, begin >> height))
        begin += 1 << height
    return found


def inclusion_path(leaf: int, size: int) -> list[Stretch]:
    """The stretches whose roots prove a leaf: its sibling's first, the root's child's last."""
    if not 0 <= leaf < size:
        raise ValueError(f"leaf {leaf} is not in a tree of {size}")
    path, begin, end = [], 0, size
    while end - begin > 1:
        middle = begin + _left_part(end - begin)
        if leaf < middle:
            path.append((middle, end))
            end = middle
        else:
            path.append((begin, middle))
            begin = middle
    return path[::-1]


def consistency_path(old: int, new: int) -> list[Stretch]:
    """The stretches whose roots prove that the tree of `old` leaves begins the one of `new`."""
    if not 0 <= old <= new:
        raise ValueError(f"a tree of {old} is not the beginning of one of {new}")
    if old in (0, new):
        return []
    path, begin, end = [], 0, new
    while end != old:
        middle = begin + _left_part(end - begin)
        if old <= middle:
            path.append((middle, end))
            end = middle
        else:
            path.append((begin, middle))
            begin = middle
    # The whole old tree needs no proof: who asks has its root.
    return ([(begin, end)] if begin else []) + path[::-1]


def _left_part(size: int) -> int:
    """The largest power of two below a size of at least two."""
    return 1 << ((size - 1).bit_length() - 1)
