"""What was measured, kept as JSON, and the page that is made from it."""
# ruff: noqa: E501 (a sentence of the page is a line)

import inspect
import json
import os
import platform
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import ModuleType
from typing import Any

from tests.bench.lab import ROOT, disk
from tests.bench.measuring import Line, Result, Spread

PAGE = ROOT / "docs" / "benchmarks.md"

_LIBRARIES = ("eventsourcing", "psycopg2-binary", "psycopg", "cryptography", "pm4py")
_TOP = """\
# How fast it is

Written by `make bench`, which measures everything anew; `make bench ONLY={example}` measures one.
Nothing here is typed by hand: what is said about a bench stands at the head of its file in `tests/bench`.

Whoever is compared takes turns: each does a slice of the same operations, in random order, again and again, in one run on one machine.
A ratio is taken within each turn and its median told, so that whatever else the machine did counts for both sides alike; judge by the ratios.
*p10 to p90* is where eight of ten turns lay. Figures without it were measured once.
"""


@dataclass(frozen=True)
class Measured:
    """One bench's result, and where it comes from."""

    name: str
    title: str
    about: str
    conditions: dict[str, str]
    """The machine, and versions of what was used."""
    at: str
    seconds: float
    load: float
    """How many processes wanted a core when the bench began."""
    result: Result

    def write(self, folder: Path) -> None:
        """As JSON; takes the place of an earlier result."""
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(asdict(self), indent=1, ensure_ascii=False)
        (folder / f"{self.name}.json").write_text(text + "\n", encoding="utf-8")


def read(folder: Path, names: Iterable[str]) -> list[Measured]:
    """The results that are kept, in the order of the names."""
    files = [folder / f"{name}.json" for name in names]
    return [_measured(json.loads(file.read_text("utf-8"))) for file in files if file.exists()]


def title_of(bench: ModuleType) -> str:
    """The first line of what its file says."""
    return _words(bench)[0]


def about(bench: ModuleType) -> str:
    """The rest of it."""
    return " ".join(_words(bench)[2:])


def render(results: list[Measured]) -> str:
    """The page, without results of another machine or other versions than the newest one's."""
    newest = max(results, key=lambda each: each.at)
    same = [each for each in results if each.conditions == newest.conditions]
    top = _TOP.format(example=same[0].name)
    with_ = _table(("", "Measured with"), newest.conditions.items())
    return "\n".join([top, with_, *map(section, same)])


def conditions(postgresql: str) -> dict[str, str]:
    """This machine and what is installed; `postgresql`: the server's own words."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "Processor": f"{_processor()}, {os.cpu_count()} cores",
        "Memory": f"{memory:.0f} GiB",
        "System": f"{platform.freedesktop_os_release()['PRETTY_NAME']}, Linux {platform.release()}",
        "Disk of the benches": f"{disk()}, {_file_system(disk())}",
        "PostgreSQL": postgresql,
        "Python": platform.python_version(),
        **{name: found for name in _LIBRARIES if (found := _version(name))},
    }


def now() -> str:
    """As the page tells it."""
    return f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"


def section(measured: Measured) -> str:
    heads = ("", "Median", "p10 to p90", "Unit", "Target", "")
    when = f"{measured.at}, {measured.seconds:.0f} s, load before {measured.load:.1f}."
    notes = [f"{note}." for note in measured.result.notes]
    table = _table(heads, map(_cells, measured.result.lines))
    parts = [f"## {measured.title}", measured.about, table.strip(), " ".join([*notes, when])]
    return "\n\n".join(parts) + "\n"


def _cells(line: Line) -> tuple[str, ...]:
    value = line.value
    spread = "" if value.p10 == value.p90 else f"{number(value.p10)} to {number(value.p90)}"
    verdict = {True: "kept", False: "**missed**", None: ""}[line.met]
    return line.what, number(value.median), spread, line.unit, line.target, verdict


def number(value: float) -> str:
    """Three figures that count."""
    if value == 0:
        return "0"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}" if value >= 1 else f"{value:.3f}"


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    heads = list(heads)
    lines = [heads, ["---"] * len(heads), *map(list, rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def _words(bench: ModuleType) -> list[str]:
    return (inspect.getdoc(bench) or "").splitlines()


def _measured(kept: dict[str, Any]) -> Measured:
    lines = [Line(**{**line, "value": Spread(**line["value"])}) for line in kept["result"]["lines"]]
    return Measured(**{**kept, "result": Result(lines, kept["result"]["notes"])})


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _file_system(folder: Path) -> str:
    """Of the longest mount point above the folder."""
    mounts = [line.split()[1:3] for line in Path("/proc/mounts").read_text("utf-8").splitlines()]
    above = [(mount, kind) for mount, kind in mounts if folder.is_relative_to(mount)]
    return max(above, key=lambda each: len(each[0]))[1]


def _version(library: str) -> str | None:
    try:
        return version(library)
    except PackageNotFoundError:
        return None
