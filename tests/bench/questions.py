"""The auditor's ready questions

Each ready question is answered over a history of a million facts, sealed and with its trail, as the
page and the API answer it: the first page, where nothing is asked for that would narrow it but what
a question cannot do without. Beside it stands what ten million would take, by the slope from a
quarter of a million facts to the million.
"""

from collections.abc import Callable

from requests_service.application import Requests
from requests_service.audit.question import asked_from
from requests_service.audit.questions import QUESTIONS
from requests_service.projections.trail import TRAIL

from tests.bench.lab import Lab
from tests.bench.measuring import Result, Spread, in_turns, timed
from tests.bench.projections import fill
from tests.bench.requests_at_hand import application
from tests.bench.verify import sealed_history

FEW, MANY, STATED = 250_000, 1_000_000, 10_000_000
GIVEN = {
    "request": "2025-0050",
    "actor": "ppid-1",
    "around": "2025-06-16",
    "from": "2025-01-01",
    "to": "2026-01-01",
}
"""For the parameters that a question cannot do without."""


def measure(lab: Lab) -> Result:
    result = Result()
    few, many = _answered(lab, FEW), _answered(lab, MANY)
    for code, took in many.items():
        result.add(f"{code}", took, "s", "<= 1")
        slope = max(0.0, took.median - few[code].median) / (MANY - FEW)
        stated = took.median + slope * (STATED - MANY)
        result.add(f"{code}, of {STATED:,} facts by the slope", stated, "s")
    return result


def _answered(lab: Lab, events: int) -> dict[str, Spread]:
    dsn, _ = sealed_history(lab, events)
    fill(dsn, TRAIL)
    with application(dsn) as app:
        runs = {code: timed(_question(app, code)) for code in QUESTIONS}
        turns = in_turns(runs, seconds=15, operations=1)
        return {code: turns.seconds(code) for code in runs}


def _question(app: Requests, code: str) -> Callable[[], object]:
    question = QUESTIONS[code]
    needed = {each.name for each in question.parameters if each.required}
    given = {name: value for name, value in GIVEN.items() if name in needed}
    return lambda: question.answer(asked_from(app, question, given, None))
