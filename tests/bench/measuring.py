"""Measures contestants against each other in turns, so that a noisy machine is noisy for all."""

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from statistics import median, quantiles

Run = Callable[[int], float]
"""Does so many operations, and tells how many seconds they took."""


@dataclass(frozen=True)
class Spread:
    """The median of some values, and between which lie eight tenths of them."""

    median: float
    p10: float
    p90: float

    @classmethod
    def of(cls, values: list[float]) -> "Spread":
        """Of one value or more."""
        if len(values) == 1:
            return cls(values[0], values[0], values[0])
        tenths = quantiles(values, n=10, method="inclusive")
        return cls(median(values), tenths[0], tenths[-1])


@dataclass(frozen=True)
class Line:
    """A row of a bench's table."""

    what: str
    value: Spread
    unit: str
    target: str = ""
    """As the page says it: a bound that begins with >= or <=; empty when none was set."""

    @property
    def met(self) -> bool | None:
        """Whether the median keeps the bound; None without one."""
        if not self.target:
            return None
        sign, bound = self.target.split()[:2]
        limit = float(bound.replace(",", ""))
        return self.value.median >= limit if sign == ">=" else self.value.median <= limit


@dataclass
class Result:
    """What a bench found."""

    lines: list[Line] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """What the reader must know beside it, such as a peer that is absent here."""

    def add(self, what: str, value: float | Spread, unit: str, target: str = "") -> None:
        """One more row."""
        spread = value if isinstance(value, Spread) else Spread.of([value])
        self.lines.append(Line(what, spread, unit, target))


@dataclass(frozen=True)
class Turns:
    """How fast each contestant was in each cycle, in operations a second."""

    rates: Mapping[str, list[float]]

    def rate(self, name: str) -> Spread:
        """Of one contestant, in operations a second."""
        return Spread.of(self.rates[name])

    def seconds(self, name: str) -> Spread:
        """Of one operation."""
        return Spread.of([1 / rate for rate in self.rates[name]])

    def ratio(self, name: str, to: str) -> Spread:
        """Of two contestants' rates within each cycle."""
        return Spread.of([a / b for a, b in zip(self.rates[name], self.rates[to], strict=True)])


def in_turns(
    contestants: Mapping[str, Run],
    *,
    seconds: float,
    operations: int | None = None,
    slice_seconds: float = 0.15,
    cycles_min: int = 5,
    cycles_max: int = 1000,
    seed: int = 1,
) -> Turns:
    """Cycles in which each contestant, in random order, does a slice of the same k operations.

    `operations`: k; None chooses it so that the slowest needs about `slice_seconds`. Goes on for
    `seconds`, within these bounds of cycles. The first cycle warms up and is not counted.
    """
    order = list(contestants)
    shuffle = random.Random(seed).shuffle
    k = operations or _slice(contestants, slice_seconds)
    for name in order:
        contestants[name](k)
    rates: dict[str, list[float]] = {name: [] for name in order}
    end = time.perf_counter() + seconds
    for cycle in range(cycles_max):
        if cycle >= cycles_min and time.perf_counter() > end:
            break
        shuffle(order)
        for name in order:
            rates[name].append(k / contestants[name](k))
    return Turns(rates)


def timed(operation: Callable[[], object]) -> Run:
    """Runs one operation again and again."""

    def run(k: int) -> float:
        began = time.perf_counter()
        for _ in range(k):
            operation()
        return time.perf_counter() - began

    return run


def _slice(contestants: Mapping[str, Run], seconds: float) -> int:
    def k_of(run: Run) -> int:
        k = 1
        while (took := run(k)) < seconds / 8:
            k *= 2
        return max(1, int(k * seconds / took))

    return min(map(k_of, contestants.values()))
