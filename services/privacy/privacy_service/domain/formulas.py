"""Cells that a spreadsheet program would run as a formula, made into plain text."""

import re

_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_PLAIN = re.compile(r"[-+]?\d[\d.,]*%?(?:[eE][-+]?\d+)?|\+\d[\d ]*|[-\s]*")
"""A number, a telephone number with its country's code, or the dash that says: no value."""


def is_formula(text: str) -> bool:
    starts = text.startswith(_STARTS) or text.lstrip().startswith("=")
    return starts and not _PLAIN.fullmatch(text)


def neutral(text: str) -> str:
    """The same text behind an apostrophe, where a spreadsheet would run it."""
    return f"'{text}" if is_formula(text) else text
