"""What each column holds: its title and its values weighed together, and said in a sentence."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from privacy_service.domain import identifiers
from privacy_service.domain.detectors import (
    DETECTORS,
    PROVEN,
    Detector,
    full_name,
    hits,
    may_be_names,
    titled,
)
from privacy_service.domain.identifiers import plain
from privacy_service.domain.kinds import LABELS, Kind

HIDDEN_KEY = "(bagian tersembunyi)"
TITLES_KEY = "(judul di atas tabel)"
FORMULAS_KEY = "(sel berbentuk rumus)"
SAMPLES_MAX = 3
_SHARE_BELIEVED = 0.5
_ROWS_MIN = 3
_NAMES_SHARE_MIN = 0.8
_NAMES_DISTINCT_MIN = 0.6
"""Of all cells: names differ from row to row, categories do not."""
_KK_NUMBERS_MIN = 20


@dataclass(frozen=True)
class Column:
    """One column of one table, or all values under one name in a JSON document."""

    key: str
    """Its name in the whole file: `Lembar1!nik` where there are several tables."""
    title: str
    values: Sequence[str]
    table: str = ""
    whole: bool = False
    """A part of the file that is no column: only its texts are looked into."""


@dataclass(frozen=True)
class Verdict:
    """Holds no value of the file, so it may be stored and shown."""

    key: str
    title: str
    kind: Kind | None
    why: str
    filled: int = 0
    """Cells that are not empty."""
    matching: int = 0
    """Cells that are of the kind."""
    inside: dict[str, int] = field(default_factory=dict)
    """Kind -> cells in whose text a piece of that kind stands."""
    samples: list[str] = field(default_factory=list)
    """Shapes of the first values: a letter is x, a digit is 9."""

    @property
    def found(self) -> bool:
        return self.kind is not None


def judge(columns: Iterable[Column]) -> list[Verdict]:
    """A verdict for each column, in order."""
    pairs = [(column, _judged(column)) for column in columns]
    with_people = {
        column.table for column, verdict in pairs if not column.whole and _speaks_of_people(verdict)
    }
    return [
        _beside_people(column, verdict) if column.table in with_people else _beside_nobody(verdict)
        for column, verdict in pairs
    ]


def _speaks_of_people(verdict: Verdict) -> bool:
    """Also by a single number of somebody in a column that is of another kind."""
    return verdict.kind in _OF_A_PERSON or not verdict.inside.keys().isdisjoint(PROVEN)


def _beside_people(column: Column, verdict: Verdict) -> Verdict:
    """Where people are spoken of, an untold column of names is theirs."""
    if verdict.kind not in (None, Kind.TEXT) or column.whole or not may_be_names(column.title):
        return verdict
    matching = mostly_names(column.values)
    if not matching:
        return verdict
    share = matching / verdict.filled
    why = f"{_percent(share)} nilainya berbentuk nama orang, di samping data pribadi lain"
    return replace(verdict, kind=Kind.NAME, why=why, matching=matching)


def mostly_names(values: Iterable[str]) -> int:
    """How many of the values are full names; 0 when they are not most of them, or few names."""
    filled = Counter(value for value in values if value.strip())
    names = [value for value in filled if full_name(value) is not None]
    matching = sum(filled[value] for value in names)
    many = matching >= _NAMES_SHARE_MIN * filled.total()
    return matching if many and len(names) >= _NAMES_DISTINCT_MIN * filled.total() else 0


def _beside_nobody(verdict: Verdict) -> Verdict:
    """An illness or a religion beside numbers is statistics; beside a name it is a person's."""
    return _cleared(verdict) if verdict.kind is Kind.SPECIFIC else verdict


_OF_A_PERSON = {
    *(Kind.NIK, Kind.KK, Kind.NPWP, Kind.NIP, Kind.PHONE, Kind.EMAIL, Kind.NAME, Kind.ADDRESS),
    *(Kind.BIRTH_DATE, Kind.ACCOUNT, Kind.CARD),
}


def shape(text: str) -> str:
    """`Siti 12` is `xxxx 99`: what a value looks like, not what it is."""
    bare = re.sub(r"\d", "9", re.sub(r"[^\W\d_]", "x", " ".join(text.split())))
    return bare if len(bare) <= 24 else bare[:23] + "…"


def _judged(column: Column) -> Verdict:
    # Each value is looked at once, however often it stands there.
    filled = Counter(value for value in column.values if value.strip())
    verdict = _by_part(column, filled) if column.whole else _by_column(column, filled)
    return replace(
        verdict,
        filled=filled.total(),
        samples=list(dict.fromkeys(map(shape, islice(filled, 200))))[:SAMPLES_MAX],
    )


def _by_part(column: Column, filled: Counter[str]) -> Verdict:
    if column.key == HIDDEN_KEY and filled:
        why = "berkas asal memuat nama penulis, komentar atau bagian tersembunyi"
        return _verdict(column, Kind.HIDDEN, why, matching=filled.total())
    if column.key == FORMULAS_KEY and filled:
        why = f"{filled.total()} sel akan dijalankan sebagai rumus bila dibuka di Excel"
        return _verdict(column, Kind.FORMULA, why, matching=filled.total())
    return _by_texts(column, filled) or _verdict(column, None, "tidak ada tanda data pribadi")


def _by_column(column: Column, filled: Counter[str]) -> Verdict:
    by_title = _by_title(column, filled)
    if by_title is not None and by_title.found:
        return by_title
    nothing = "tidak ada tanda data pribadi" if filled else "kolom ini kosong"
    return (
        _by_values(column, filled)
        or _by_texts(column, filled)
        or by_title
        or _verdict(column, None, nothing)
    )


def _by_title(column: Column, filled: Counter[str]) -> Verdict | None:
    detector = titled(column.title)
    if detector is None or detector.value is None or not filled:
        return None
    matching = sum(n for value, n in filled.items() if detector.value(value) is not None)
    share = matching / filled.total()
    label, title = LABELS[detector.kind], f"judul kolom '{column.title}'"
    if share >= _SHARE_BELIEVED:
        why = f"{title}; {_percent(share)} nilainya {label}"
    elif detector.title_alone:
        why = f"{title}, walaupun hanya {_percent(share)} nilainya {label} yang sah"
    else:
        why = f"{title}, tetapi hanya {_percent(share)} nilainya berbentuk {label}"
        return _verdict(column, None, why, matching=matching)
    return _verdict(column, detector.kind, why, matching=matching)


def _by_values(column: Column, filled: Counter[str]) -> Verdict | None:
    for detector in DETECTORS:
        if detector.anywhere is None or detector.share_min > 1 or not filled:
            continue
        matching = Counter({v: n for v, n in filled.items() if _is_whole(detector, v)})
        share = matching.total() / filled.total()
        if share < detector.share_min or matching.total() < min(_ROWS_MIN, filled.total()):
            continue
        kind = detector.kind
        if kind is Kind.NIK and _is_family_card(matching):
            kind = Kind.KK
        why = f"{_percent(share)} nilainya {LABELS[kind]}, walaupun judul kolomnya lain"
        return _verdict(column, kind, why, matching=matching.total(), inside=_inside(filled))
    return None


def _by_texts(column: Column, filled: Counter[str]) -> Verdict | None:
    inside = _inside(filled)
    said = ", ".join(f"{n} sel memuat {LABELS[Kind(kind)]}" for kind, n in inside.items())
    return _verdict(column, Kind.TEXT, said, inside=inside) if inside else None


def _is_whole(detector: Detector, value: str) -> bool:
    """The cell is such a value and little else."""
    if detector.anywhere is None or detector.anywhere(value) is None:
        return False
    return detector.kind in (Kind.EMAIL, Kind.ADDRESS) or not re.search(r"[^\W\d_]{6,}", value)


def _is_family_card(numbers: Iterable[str]) -> bool:
    """A KK's date has no + 40 for a woman: many numbers without a single one are no NIK."""
    found = [number for number in map(identifiers.nik, numbers) if number]
    return len(found) >= _KK_NUMBERS_MIN and not any(map(identifiers.is_womans, found))


def _inside(filled: Counter[str]) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for value, times in filled.items():
        for kind in {str(hit.kind) for hit in hits(plain(value))}:
            counts[kind] += times
    return dict(sorted(counts.items()))


def _verdict(
    column: Column,
    kind: Kind | None,
    why: str,
    *,
    matching: int = 0,
    inside: dict[str, int] | None = None,
) -> Verdict:
    return Verdict(column.key, column.title, kind, why, 0, matching, inside or {})


def _cleared(verdict: Verdict) -> Verdict:
    why = f"judul kolom '{verdict.title}', tetapi tabel ini tidak menyebut orang"
    return replace(verdict, kind=None, why=why, matching=0)


def _percent(share: float) -> str:
    # 99.6 % must not be said as all of them.
    whole = int(share * 100) if share < 1 else 100
    return f"{max(whole, 1) if share else 0} %"
