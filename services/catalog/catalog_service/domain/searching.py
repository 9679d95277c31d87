"""What a person typed into the search box, made into words to look for."""

import re
from dataclasses import dataclass

TEXT_LENGTH_MAX = 200
WORDS_MAX = 10
# Below this a root says too little: "pe-nyakit-an" would look for "nyak".
_ROOT_LENGTH_MIN = 5

# PostgreSQL's `indonesian` configuration knows no stop words.
_STOP_WORDS = frozenset(
    [
        "ada",
        "adalah",
        "antara",
        "atau",
        "bagi",
        "dalam",
        "dan",
        "dari",
        "daftar",
        "dengan",
        "di",
        "data",
        "dataset",
        "ini",
        "itu",
        "ke",
        "menurut",
        "oleh",
        "pada",
        "para",
        "per",
        "sampai",
        "tentang",
        "untuk",
        "yang",
    ]
)
_PREFIXES = (
    *("meng", "meny", "peng", "peny"),
    *("ber", "mem", "men", "pem", "pen", "per", "ter"),
    *("be", "di", "ke", "me", "pe", "se"),
)
_SUFFIXES = ("nya", "kan", "lah", "an", "i")


@dataclass(frozen=True)
class Query:
    """Empty when nothing was typed that can be looked for."""

    text: str
    """For PostgreSQL's web search, with its quotation marks, `or` and minus."""
    words: tuple[str, ...]
    """For the beginnings and roots of words; empty when the person used such signs."""

    def __bool__(self) -> bool:
        return bool(self.text)


def parse(typed: str) -> Query:
    """Never refuses: whatever stands there is text."""
    clean = typed.encode("utf-8", "ignore").decode()
    text = " ".join("".join(c if c.isprintable() else " " for c in clean).split())
    text = text[:TEXT_LENGTH_MAX]
    all_words = re.findall(r"\w+", text.lower().replace("_", " "))
    if not all_words:
        return Query("", ())
    if '"' in text or re.search(r"(^|\s)-\w|\sor\s", text, re.IGNORECASE):
        return Query(text, ())
    words = [word for word in all_words if word not in _STOP_WORDS] or all_words
    words = list(dict.fromkeys(words))[:WORDS_MAX]
    return Query(" ".join(words), tuple(words))


def roots(word: str) -> tuple[str, ...]:
    """What may remain of an Indonesian word without its affixes, itself excluded.

    The stemmer takes `kependudukan` to `nduduk` and `sekolah` to `seko`: looking for roots inside
    of words finds what it misses.
    """
    found: set[str] = set()
    ends = {word, *(word.removesuffix(suffix) for suffix in _SUFFIXES)}
    for end in ends:
        found.add(end)
        found.update(end.removeprefix(prefix) for prefix in _PREFIXES)
    found.discard(word)
    return tuple(sorted(root for root in found if len(root) >= _ROOT_LENGTH_MIN))
