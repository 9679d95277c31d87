"""docs/features.md: every row of the comparison, proven by a test that is there or left out."""

import re

from tests.architecture.places import ROOT

PAGE = (ROOT / "docs" / "features.md").read_text(encoding="utf-8")
ROWS = [f"A{n}" for n in range(1, 20)] + [f"B{n}" for n in range(1, 21)]
ROWS += [f"C{n}" for n in range(1, 13)]
_ROW = re.compile(r"^\| ([ABC]\d+) \|.*\| (.*) \|$", re.MULTILINE)


def test_every_row_of_the_comparison_is_there_once_and_in_order():
    assert 51 == len(ROWS)
    assert ROWS == [row for row, _ in _ROW.findall(PAGE)]


def test_every_row_is_proven_or_says_why_it_is_left_out():
    lines = {match[1]: match[0] for match in _ROW.finditer(PAGE)}

    assert [] == [
        row for row in ROWS if "::test_" not in lines[row] and "left out" not in lines[row]
    ]


def test_every_test_that_the_page_names_is_in_the_tree():
    named = re.findall(r"`([\w/]+\.py)::(test_\w+)`", PAGE)

    assert [] == [
        f"{path}::{name}"
        for path, name in named
        if not (ROOT / path).exists()
        or not re.search(rf"def {name}\(", (ROOT / path).read_text(encoding="utf-8"))
    ]
