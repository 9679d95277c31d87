"""The tree agrees with RFC 6962's own definition, and with trees that other people published."""

import base64
import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from requests_service.sealing.tiles import Tiles, edge, grow, named, path_of, roots_in
from requests_service.sealing.tree import (
    EMPTY_ROOT,
    consistency_path,
    inclusion_path,
    leaf_hash,
    node_hash,
)

from services.requests.tests.sealing import textbook

OF_THE_CT_PROJECT = [
    bytes.fromhex(leaf)
    for leaf in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]  # fmt: skip
"""The leaves by which Certificate Transparency's implementations test themselves."""
THEIR_ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]

sizes = st.one_of(st.integers(0, 70), st.integers(250, 520))


def leaves(size: int) -> list[bytes]:
    return [b"entry %d" % number for number in range(size)]


def grown(entries: list[bytes], *cuts: int) -> Tiles:
    """The tiles after batches that end at these sizes."""
    tiles: Tiles = {}
    for begin, end in itertools.pairwise((0, *cuts, len(entries))):
        partial = {name: tiles[name] for name in edge(begin)}
        tiles |= grow(partial, begin, entries[begin:end])
    return tiles


def root(tiles: Tiles, size: int) -> bytes:
    return roots_in(tiles, [(0, size)])[0]


def test_the_roots_of_the_ct_project() -> None:
    tiles = grown(OF_THE_CT_PROJECT)

    assert THEIR_ROOTS == [root(tiles, size).hex() for size in range(9)]


@given(size=sizes)
@settings(max_examples=60, deadline=None)
def test_the_root_of_every_size_is_the_textbooks(size: int) -> None:
    entries = leaves(size)

    assert textbook.mth(entries) == root(grown(entries), size)


@given(size=sizes, data=st.data())
@settings(max_examples=60, deadline=None)
def test_an_inclusion_proof_is_the_textbooks_and_is_believed(
    size: int, data: st.DataObject
) -> None:
    entries = leaves(size + 1)
    tiles = grown(entries)
    leaf = data.draw(st.integers(0, size))
    of_size = data.draw(st.integers(leaf + 1, size + 1))

    proof = roots_in(tiles, inclusion_path(leaf, of_size))

    assert textbook.path(leaf, entries[:of_size]) == proof
    assert textbook.is_included(entries[leaf], leaf, of_size, proof, root(tiles, of_size))


@given(new=sizes, data=st.data())
@settings(max_examples=60, deadline=None)
def test_a_consistency_proof_is_the_textbooks_and_is_believed(
    new: int, data: st.DataObject
) -> None:
    new += 1
    old = data.draw(st.integers(1, new))
    entries = leaves(new)
    tiles = grown(entries)

    proof = roots_in(tiles, consistency_path(old, new))

    assert textbook.proof(old, entries) == proof
    assert textbook.is_consistent(old, new, root(tiles, old), root(tiles, new), proof)


def test_every_tree_is_consistent_with_the_empty_one_without_proof() -> None:
    assert [] == consistency_path(0, 7)


@pytest.mark.parametrize(("leaf", "size"), [(0, 0), (7, 7), (-1, 7)])
def test_a_leaf_outside_the_tree_has_no_proof(leaf: int, size: int) -> None:
    with pytest.raises(ValueError, match="not in a tree"):
        inclusion_path(leaf, size)


@pytest.mark.parametrize(("old", "new"), [(8, 7), (-1, 7)])
def test_a_larger_tree_is_no_beginning(old: int, new: int) -> None:
    with pytest.raises(ValueError, match="not the beginning"):
        consistency_path(old, new)


@given(size=st.integers(0, 1400), cuts=st.lists(st.integers(0, 1400), max_size=6))
@settings(max_examples=40, deadline=None)
def test_however_the_log_is_cut_into_batches_the_tiles_are_the_same(
    size: int, cuts: list[int]
) -> None:
    entries = leaves(size)
    ends = sorted({min(cut, size) for cut in cuts})

    assert grown(entries) == grown(entries, *ends)


@pytest.mark.parametrize("size", [1, 255, 256, 257, 600])
def test_tiles_hold_what_the_specification_says(size: int) -> None:
    entries = leaves(size)
    tiles = grown(entries)

    assert {name: textbook.tile(*name, entries) for name in tiles} == tiles
    assert (1, 0) in tiles or size < 256


def test_a_tree_of_seventy_thousand_has_the_tiles_of_the_specifications_example() -> None:
    tiles = grow({}, 0, leaves(70_000))

    widths = {name: len(hashes) // 32 for name, hashes in tiles.items()}
    assert {(0, n): 256 for n in range(273)} | {
        (0, 273): 112, (1, 0): 256, (1, 1): 17, (2, 0): 1,
    } == widths  # fmt: skip
    assert edge(70_000) == [(0, 273), (1, 1), (2, 0)]


def test_nothing_is_proved_from_a_tile_that_does_not_reach() -> None:
    tiles = grown(leaves(5))

    with pytest.raises(ValueError, match="not that wide"):
        root(tiles, 6)


@pytest.mark.parametrize(
    ("n", "width", "path"),
    [
        (0, 256, "000"),
        (7, 3, "007.p/3"),
        (273, 112, "273.p/112"),
        (1_000, 256, "x001/000"),
        (1_234_067, 256, "x001/x234/067"),
        (1_234_067, 255, "x001/x234/067.p/255"),
    ],
)
def test_a_tiles_path_is_read_as_it_is_written(n: int, width: int, path: str) -> None:
    assert path == path_of(n, width)
    assert (n, width) == named(path)


@pytest.mark.parametrize(
    "path",
    [
        "", "0", "00", "0000", "x001", "001/002", "x000/001", "x1/001", "001/", "/001", "001.p",
        "001.p/0", "001.p/00", "001.p/01", "001.p/256", "001.p/999", "001.p/1/2", "-01", "٠٠١",
        "x001/x001/x001/x001/x001/x001/001", "001\n",
    ],
)  # fmt: skip
def test_what_is_not_a_tiles_path_names_none(path: str) -> None:
    assert named(path) is None


def test_leaves_and_nodes_are_hashed_apart() -> None:
    left, right = leaf_hash(b"a"), leaf_hash(b"b")

    assert leaf_hash(b"\x01" + left + right) != node_hash(left, right)
    assert base64.b64encode(EMPTY_ROOT) == b"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
