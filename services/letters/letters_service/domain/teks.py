"""Text that people typed, made fit for paper without losing a word."""

import unicodedata
from collections.abc import Callable

TEXT_CHARS_MAX = 20_000
"""More than any form accepts; a limit all the same."""


def bersih(text: str) -> str:
    """Composed letters, one kind of line break, no invisible characters.

    Invisible ones have no glyph, and those that turn the direction of writing could make a letter
    read other than it is stored.
    """
    lines = unicodedata.normalize("NFC", text[:TEXT_CHARS_MAX]).splitlines()
    return "\n".join("".join(_visible(char) for char in line) for line in lines).strip()


def sebaris(text: str) -> str:
    """The same, on one line: a name, an address."""
    return " ".join(bersih(text).split())


def tercetak(text: str, has_glyph: Callable[[str], bool]) -> str:
    """For quoted text: a sign that no font of ours has stands as its code, [U+1F600].

    So an emoji cannot keep a citizen from the receipt. Names and addresses do not pass here: a
    letter whose addressee cannot be written is not issued.
    """
    return "".join(
        char if char in "\n " or has_glyph(char) else f"[U+{ord(char):04X}]"
        for char in bersih(text)
    )


def _visible(char: str) -> str:
    category = unicodedata.category(char)
    if category == "Zs" or char == "\t":
        return " "
    return "" if category in ("Cc", "Cf") else char
