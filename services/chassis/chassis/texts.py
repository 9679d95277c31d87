"""What may stand in a text that is kept: all but what nobody can write or read."""

import re

_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
"""Control characters but tab and line ends, lone surrogates, and what Unicode calls no character:
PostgreSQL, XML and paper refuse some or all of them."""
_NUL_IN_JSON = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


def writable(text: str) -> str:
    """For a program that sent something else; raises ValueError with a sentence."""
    if found := _UNWRITABLE.search(text):
        code = ord(found[0])
        raise ValueError(f"a character that cannot be kept (U+{code:04X}) stands in the text")
    return text


def without_unwritable(text: str) -> str:
    """For a form: what nobody typed is left out."""
    return _UNWRITABLE.sub("", text)


def has_nul(state: bytes) -> bool:
    """Whether a text in this JSON holds NUL, which PostgreSQL's jsonb refuses."""
    return rb"\u0000" in state and _NUL_IN_JSON.search(state) is not None
