"""The runs as a table that a person can read."""

import statistics
from collections import defaultdict
from collections.abc import Sequence

from tests.failures.faults import FAULTS
from tests.failures.runs import Broken, Run

_HEAD = (
    "run",
    "seed",
    "stories",
    "what broke, and when",
    "back after",
    "facts",
    "again",
    "disordered",
    "verdict",
    "started again",
)


def line(number: int, run: Run) -> tuple[str, ...]:
    """One run."""
    return (
        str(number),
        str(run.plan.seed),
        ", ".join(run.plan.endings),
        "; ".join(f"{each.planned}" for each in run.broken),
        "; ".join(_back(each) for each in run.broken),
        str(run.found.facts),
        str(run.found.repeated),
        str(run.found.disordered),
        "; ".join(run.found.wrong) or "all holds",
        ", ".join(run.started_again),
    )


def text(number: int, run: Run) -> str:
    """One run, for a terminal."""
    _, seed, told, broke, back, facts, again, disordered, verdict, nodes = line(number, run)
    tail = f"; node {nodes} started again" if nodes else ""
    return (
        f"{number:4} seed {seed:>6}  {told:16} {broke}\n"
        f"            back after {back}; {facts} facts, {again} messages again,"
        f" {disordered} subjects disordered; {run.seconds:.1f} s: {verdict}{tail}"
    )


def markdown(runs: Sequence[Run], about: str) -> str:
    """The whole report."""
    bad = [run for run in runs if run.found.wrong]
    acknowledged, facts, scanned = (
        sum(getattr(run.found, name) for run in runs)
        for name in ("acknowledged", "facts", "scanned")
    )
    lines = [
        "# Fault runs",
        "",
        about,
        "",
        f"{len(runs)} runs: {acknowledged} commands acknowledged, {facts} facts stored, {scanned}"
        f" public messages searched for personal data. An invariant was broken in {len(bad)} runs.",
        "`python -m tests.failures --runs 1 --seed SEED` does one of them again.",
        "",
        "| fault | times | back after: median | largest | promised | kept |",
        "|---|---|---|---|---|---|",
        *_by_kind(runs),
        "",
        "Back after: from the fault until the next command was accepted and its message was"
        " heard by all who hear it. Again: messages that came more than once. Disordered: requests"
        " whose messages first came in another order than they happened, as `sequence` tells."
        " Started again: nodes of the broker that did not come back by themselves, afterwards.",
        "",
        f"| {' | '.join(_HEAD)} |",
        f"|{'---|' * len(_HEAD)}",
        *(f"| {' | '.join(line(n, run))} |" for n, run in enumerate(runs, 1)),
    ]
    return "\n".join(lines) + "\n"


def _by_kind(runs: Sequence[Run]) -> list[str]:
    of_kind: dict[str, list[Broken]] = defaultdict(list)
    for run in runs:
        for each in run.broken:
            of_kind[each.planned.kind].append(each)
    rows = []
    for kind in FAULTS:
        if broken := of_kind.get(kind):
            back = [each.back_seconds for each in broken if each.back_seconds is not None]
            kept = sum(each.is_in_time for each in broken)
            median = f"{statistics.median(back):.2f} s" if back else "-"
            most = f"{max(back):.2f} s" if back else "-"
            promise = f"{FAULTS[kind].promise_seconds:.0f} s"
            rows.append(
                f"| {kind} | {len(broken)} | {median} | {most} | {promise} | {kept}/{len(broken)} |"
            )
    return rows


def _back(broken: Broken) -> str:
    if broken.back_seconds is None:
        return "never seen"
    late = "" if broken.is_in_time else " (late)"
    return f"{broken.back_seconds:.2f} s{late}"
