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
from pathlib import Path

from satudata.places import var

from tests.failures import report
from tests.failures.clustered import Clustered
from tests.failures.faults import FAULTS
from tests.failures.runs import Run, Runner, plan


def main() -> int:
    """Start the cluster once, run, write the report after every run."""
    parser = argparse.ArgumentParser(prog="python -m tests.failures", description=__doc__)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1, help="of the first; each next has the next")
    parser.add_argument("--only", choices=list(FAULTS), action="append", help="this kind alone")
    parser.add_argument("--report", type=Path, default=var() / "faults.md")
    parser.add_argument("--keep", action="store_true", help="leave the folder with all logs")
    parsed = parser.parse_args()
    if why := Clustered.cannot_be_had():
        print(why, file=sys.stderr)
        return 69
    folder = tempfile.mkdtemp(prefix="faults")
    cluster = Clustered(Path(folder))
    runs: list[Run] = []
    try:
        print(f"Starting the cluster in {folder} ...", flush=True)
        cluster.start()
        runner = Runner(cluster)
        about = (
            f"Three RabbitMQ nodes, PostgreSQL {cluster.postgreses.version} with a synchronous"
            f" standby, two of each worker, on {os.cpu_count()} cores ({platform.machine()})."
        )
        for seed in range(parsed.seed, parsed.seed + parsed.runs):
            runs.append(runner.run(plan(seed, parsed.only or tuple(FAULTS))))
            print(report.text(len(runs), runs[-1]), flush=True)
            parsed.report.parent.mkdir(parents=True, exist_ok=True)
            parsed.report.write_text(report.markdown(runs, about), encoding="utf-8")
    finally:
        cluster.stop()
    print(f"{parsed.report} is written.")
    return int(any(run.found.wrong for run in runs))


if __name__ == "__main__":
    sys.exit(main())
