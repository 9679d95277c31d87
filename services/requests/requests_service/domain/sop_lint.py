"""What can be wrong with an SOP's table, and how its ways fit the law's clock.

The ways are walked through the outcomes of the steps: each is a list of steps from the check of a
new request to the last letter, and its days are the budgets of those steps together.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from requests_service.domain.events import DataFoundInDip, RequestGranted, RequestRefused
from requests_service.domain.sop import (
    EXTENSION_DAYS_MAX,
    SOP,
    STATUTORY_DAYS,
    Step,
)

_FIRST = 6
_RECEIPT = 16
_DECIDING = (DataFoundInDip, RequestGranted, RequestRefused)


@dataclass(frozen=True)
class Way:
    """A way through the SOP, up to the last letter: receiving the data is the Pemohon's."""

    steps: tuple[int, ...]
    days: int
    decided_at: int
    """The step at which the decision falls: the first that could grant, find or refuse here."""
    decided_on: int
    """The working day by which it falls."""
    budgets: Mapping[int, int]

    def passes(self, days: int) -> int | None:
        """The step at which so many days are used up; None when they suffice."""
        spent = 0
        for step in self.steps:
            spent += self.budgets[step]
            if spent > days:
                return step
        return None


@dataclass(frozen=True)
class Finding:
    """`wrong`: the table cannot be worked by; otherwise it meets the law only with care."""

    wrong: bool
    words: str


def budgets_of(table: Sequence[Step] = SOP) -> dict[int, int]:
    """Working days by step."""
    return {step.no: step.working_days for step in table}


def ways(table: Sequence[Step] = SOP, budgets: Mapping[int, int] | None = None) -> list[Way]:
    """Every way, the longest first."""
    days = dict(budgets_of(table)) | dict(budgets or {})
    steps = {step.no: step for step in table}
    found = [_way(path, days, steps) for path in _paths(_FIRST, steps, ())]
    return sorted(found, key=lambda way: (-way.days, way.steps))


def lint(table: Sequence[Step] = SOP, budgets: Mapping[int, int] | None = None) -> list[Finding]:
    """What is wrong first, then where the law's clock runs out."""
    return [*_broken(table, budgets or {}), *_against_the_law(ways(table, budgets))]


def _paths(no: int, steps: Mapping[int, Step], gone: tuple[int, ...]) -> list[tuple[int, ...]]:
    here = (*gone, no)
    step = steps[no]
    nexts = {outcome.next_step for outcome in step.outcomes.values()} - {no}
    if no == _RECEIPT:
        return [gone]
    paths = []
    for following in sorted(nexts, key=lambda each: each or 0):
        if following is None:
            paths.append(here)
        elif following not in here and following in steps:
            paths += _paths(following, steps, here)
    return paths


def _way(path: tuple[int, ...], days: Mapping[int, int], steps: Mapping[int, Step]) -> Way:
    decided_at = next(no for no in path if _decides(steps[no], path))
    until = path[: path.index(decided_at) + 1]
    return Way(path, sum(days[no] for no in path), decided_at, sum(days[no] for no in until), days)


def _decides(step: Step, path: tuple[int, ...]) -> bool:
    following = dict(zip(path, (*path[1:], None), strict=True))[step.no]
    return any(
        outcome.next_step == following
        for fact, outcome in step.outcomes.items()
        if fact in _DECIDING
    )


def _broken(table: Sequence[Step], budgets: Mapping[int, int]) -> list[Finding]:
    numbers = [step.no for step in table]
    known = set(numbers)
    found = []
    if numbers != list(range(1, len(numbers) + 1)):
        found.append("the steps are not numbered 1, 2, 3 and so on")
    for step in table:
        for fact, outcome in step.outcomes.items():
            if outcome.next_step is not None and outcome.next_step not in known:
                found.append(
                    f"step {step.no}: {fact.__name__} leads to step {outcome.next_step},"
                    " which is not there"
                )
        if step.no >= _FIRST and not step.outcomes:
            found.append(f"step {step.no} has no way out")
        if step.outcomes and not step.owners:
            found.append(f"step {step.no} has nobody to do it")
        if step.no > _FIRST and step.no not in _reached(table):
            found.append(f"no outcome leads to step {step.no}")
    strange = sorted(set(budgets) - known)
    found += [f"step {no} has a budget but is not in the table" for no in strange]
    found += [f"step {no}: a budget below zero" for no, days in budgets.items() if days < 0]
    return [Finding(True, words) for words in found]


def _reached(table: Sequence[Step]) -> set[int | None]:
    return {
        outcome.next_step
        for step in table
        for outcome in step.outcomes.values()
        if outcome.next_step != step.no
    }


def _against_the_law(found: Sequence[Way]) -> list[Finding]:
    findings = []
    for way in found:
        steps = "-".join(str(step) for step in way.steps)
        if way.decided_on > STATUTORY_DAYS:
            words = (
                f"way {steps}: decided by day {way.decided_on} (step {way.decided_at}), after the"
                f" {STATUTORY_DAYS} working days in which the written notice is due"
            )
            findings.append(Finding(True, words))
        elif (at := way.passes(STATUTORY_DAYS)) is not None:
            longest = STATUTORY_DAYS + EXTENSION_DAYS_MAX
            later = way.passes(longest)
            words = (
                f"way {steps}: {way.days} working days; the law's {STATUTORY_DAYS} are used up at"
                f" step {at}"
                + (f", its {longest} with an extension at step {later}" if later else "")
                + "; the written notice must go out with the decision, at step"
                f" {way.decided_at} by day {way.decided_on}"
            )
            findings.append(Finding(False, words))
    return findings
