"""Seeded runs of stories while machines die, and a table of what came of them.

    python -m tests.failures --runs 200 --seed 1
    python -m tests.failures --runs 1 --seed 117      one of them again

Exit status 1 when an invariant was broken.
"""

import argparse
import os
import platform
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from satudata.places import var

from tests.failures import report
from tests.failures.clustered import Clustered
from tests.failures.faults import FAULTS
from tests.failures.runs import Plan, Run, Runner, plan

_ON_ONE_CLUSTER = 50
"""Runs. The checks read whole logs: on one that grows for ever each would take longer."""


def main() -> int:
    """Start a cluster, run, write the report after every run; now and then a new cluster."""
    parser = argparse.ArgumentParser(prog="python -m tests.failures", description=__doc__)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1, help="of the first; each next has the next")
    parser.add_argument("--only", choices=list(FAULTS), action="append", help="this kind alone")
    parser.add_argument("--report", type=Path, default=var() / "faults.md")
    parsed = parser.parse_args()
    if why := Clustered.cannot_be_had():
        print(why, file=sys.stderr)
        return 69
    runs: list[Run] = []
    plans = [
        plan(seed, parsed.only or tuple(FAULTS))
        for seed in range(parsed.seed, parsed.seed + parsed.runs)
    ]
    for first in range(0, len(plans), _ON_ONE_CLUSTER):
        for run, about in _on_a_cluster(plans[first : first + _ON_ONE_CLUSTER]):
            runs.append(run)
            print(report.text(len(runs), run), flush=True)
            parsed.report.parent.mkdir(parents=True, exist_ok=True)
            parsed.report.write_text(report.markdown(runs, about), encoding="utf-8")
    print(f"{parsed.report} is written.")
    return int(any(run.found.wrong for run in runs))


def _on_a_cluster(plans: list[Plan]) -> Iterator[tuple[Run, str]]:
    """Each run, and on what it ran. All logs stay in the folder."""
    folder = tempfile.mkdtemp(prefix="faults")
    print(f"Starting a cluster in {folder} ...", flush=True)
    cluster = Clustered(Path(folder))
    try:
        cluster.start()
        runner = Runner(cluster)
        about = (
            f"Three RabbitMQ nodes, PostgreSQL {cluster.postgreses.version} with a synchronous"
            f" standby, two of each worker, on {os.cpu_count()} cores ({platform.machine()})."
        )
        for each in plans:
            yield runner.run(each), about
    finally:
        cluster.stop()


if __name__ == "__main__":
    sys.exit(main())
