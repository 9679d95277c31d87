"""How far what reads the log is behind it, for operators."""

import time
from typing import Any, NamedTuple

from prometheus_client import Gauge

READERS = ("sealer", "trail", "conformance")
"""What is to keep up with the log, by its name in the table `progress`."""
SECONDS_MAX = 60
"""Longer than this is not the pause between two batches any more."""
_LOOK_SECONDS = 5.0
_PAUSE_SECONDS = 0.5
"""Each fact wakes a follower: more often it need not look at its watch."""

_POSITIONS = Gauge("follower_behind_positions", "Positions that a reader has not read", ["name"])
_SECONDS = Gauge("follower_behind_seconds", "Age of the oldest fact it has not read", ["name"])


class Behind(NamedTuple):
    """One reader."""

    name: str
    positions: int
    seconds: float
    """Since the first fact that it has not read was recorded."""

    @property
    def well(self) -> bool:
        return self.seconds <= SECONDS_MAX


def behind(cur: Any) -> list[Behind]:
    """Each of READERS."""
    cur.execute(
        "SELECT name, coalesce((SELECT max(position) FROM facts), 0) - progress.position,"
        " coalesce(extract(epoch FROM clock_timestamp() - (SELECT recorded_at FROM facts"
        "  WHERE facts.position > progress.position ORDER BY facts.position LIMIT 1)), 0)"
        " FROM progress WHERE name = ANY(%s) ORDER BY name",
        (list(READERS),),
    )
    return [
        Behind(name, max(0, positions), max(0.0, float(seconds)))
        for name, positions, seconds in cur.fetchall()
    ]


class Watch:
    """Keeps the metrics, whatever becomes of the readers themselves."""

    def __init__(self) -> None:
        self._looked_at = -_LOOK_SECONDS

    def step(self, cur: Any) -> bool:
        """As a `Follower` does it."""
        time.sleep(_PAUSE_SECONDS)
        if time.monotonic() - self._looked_at >= _LOOK_SECONDS:
            for each in behind(cur):
                _POSITIONS.labels(each.name).set(each.positions)
                _SECONDS.labels(each.name).set(each.seconds)
            self._looked_at = time.monotonic()
        return False
