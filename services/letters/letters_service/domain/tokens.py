"""The check code of a letter: 140 random bits that a person can also type."""

import re

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's: no letter that looks like a digit, none that looks like another."""
LENGTH = 28
_GROUP = 4
_LOOKS_LIKE = str.maketrans({"O": "0", "I": "1", "L": "1"})
# A line of print may end within a code.
_IN_TEXT = re.compile(rf"(?<![0-9A-Z])(?:[{ALPHABET}]-?\s?){{{LENGTH}}}(?![0-9A-Z])")


def grouped(token: str) -> str:
    """7QX4-M2ZK-…"""
    return "-".join(token[at : at + _GROUP] for at in range(0, LENGTH, _GROUP))


def typed(text: str) -> str:
    """The token that somebody meant to type; whatever comes out may still be no token."""
    return "".join(c for c in text.upper().translate(_LOOKS_LIKE) if c in ALPHABET)


def is_token(text: str) -> bool:
    """Whether it has the form of one."""
    return len(text) == LENGTH and all(char in ALPHABET for char in text)


def tokens_in(text: str) -> list[str]:
    """What has the form of a check code in the text of a document."""
    return list(
        dict.fromkeys(
            "".join(c for c in found if c in ALPHABET) for found in _IN_TEXT.findall(text)
        )
    )
