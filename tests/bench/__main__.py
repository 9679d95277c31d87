"""`make bench`: measures, keeps the results under `var/bench`, and writes docs/benchmarks.md."""

import argparse
import importlib
import os
import sys
import time
import traceback
from pathlib import Path
from types import ModuleType

from chassis.postgres import Pool
from satudata.places import var

from tests.bench import page
from tests.bench.lab import Absent, Lab

BENCHES = (
    *("append-one", "append-32", "sealing", "command", "rebuild"),
    *("projections", "conforming", "reader", "verify", "questions", "exports", "feed"),
    *("relay", "worker", "desk", "deadlines", "report"),
)
"""In the order of the page; each is a module here with a docstring and `measure(lab)`."""


def module(name: str) -> ModuleType:
    """The bench of this name."""
    return importlib.import_module(f"tests.bench.{name.replace('-', '_')}")


def main() -> int:
    """Exit status: 0, or 1 when a bench broke."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("only", nargs="*", help=f"some of {', '.join(BENCHES)}")
    parser.add_argument("--page", action="store_true", help="only write the page again")
    parsed = parser.parse_args()
    if unknown := set(parsed.only) - set(BENCHES):
        parser.error(f"no bench is called {', '.join(sorted(unknown))}")
    folder = var() / "bench"
    went_well = parsed.page or _measure_all(parsed.only or BENCHES, folder)
    page.PAGE.write_text(page.render(page.read(folder, BENCHES)), encoding="utf-8")
    print(f"{page.PAGE} is written.")
    return 0 if went_well else 1


def _measure_all(names: list[str] | tuple[str, ...], folder: Path) -> bool:
    with Lab() as lab:
        pool = Pool(lab.server().dsn("postgres"), 1)
        conditions = page.conditions(pool.execute("SHOW server_version")[0][0])
        pool.close()
        # All are measured, also after one that broke.
        went_well = [_measure(lab, name, conditions, folder) for name in names]
        return all(went_well)


def _measure(lab: Lab, name: str, conditions: dict[str, str], folder: Path) -> bool:
    """Measure one, keep and print its result; whether that went well."""
    print(f"{name} ...", flush=True)
    load, began, at = os.getloadavg()[0], time.monotonic(), page.now()
    try:
        bench = module(name)
        result = bench.measure(lab)
    except Absent as why:
        print(f"{name} is left out: {why}.")
        return True
    except Exception:
        traceback.print_exc()
        return False
    seconds = time.monotonic() - began
    told = page.title_of(bench), page.about(bench)
    measured = page.Measured(name, *told, conditions, at, seconds, load, result)
    measured.write(folder)
    print(page.section(measured), flush=True)
    return True


if __name__ == "__main__":
    sys.exit(main())
