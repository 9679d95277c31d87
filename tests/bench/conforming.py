"""Checking conformance

Whole requests, a part of them spoilt, are checked in memory by our checker and by pm4py's token
replay against the SOP as a Petri net. Ours also judges deadlines, roles, agencies and what each
fact remembers, of which the net knows nothing; pm4py replays equal traces but once.
"""

import random
from collections.abc import Callable

from requests_service.domain.conformance import Case, Checker, Seen

from services.requests.tests.builders import CALENDAR
from services.requests.tests.told_cases import a_case, label_of, spoil
from tests.bench.lab import Lab
from tests.bench.measuring import Result, Spread, in_turns, timed

CASES = 1000
SPOILT = 0.05
PM4PY = "pm4py's token replay"


def measure(lab: Lab) -> Result:
    result = Result()
    cases = _cases()
    events = sum(map(len, cases))
    contestants = {"ours": timed(lambda: _check(cases))}
    try:
        contestants[PM4PY] = timed(_token_replay(cases))
    except ImportError:
        result.notes.append("pm4py is absent; the tests' requirements bring it")
    turns = in_turns(contestants, seconds=20, operations=1)
    for name in contestants:
        result.add(name, Spread.of([each * events for each in turns.rates[name]]), "events/s")
    if PM4PY in contestants:
        result.add(f"ours to {PM4PY}", turns.ratio("ours", PM4PY), "×")
    return result


def _cases() -> list[list[Seen]]:
    rng = random.Random(3)
    told = [a_case(number, rng) for number in range(CASES)]
    return [spoil(each, rng) if rng.random() < SPOILT else each for each in told]


def _check(cases: list[list[Seen]]) -> None:
    checker = Checker(CALENDAR)
    for facts in cases:
        case = Case()
        for seen in facts:
            checker.check(case, seen)


def _token_replay(cases: list[list[Seen]]) -> Callable[[], object]:
    from pm4py.algo.conformance.tokenreplay import algorithm
    from pm4py.objects.log.obj import Event, EventLog, Trace

    from services.requests.tests.domain.petri import Net

    log = EventLog(
        [Trace([Event({"concept:name": label_of(each)}) for each in facts]) for facts in cases]
    )
    sop = Net()
    quiet = {algorithm.Variants.TOKEN_REPLAY.value.Parameters.SHOW_PROGRESS_BAR: False}
    return lambda: algorithm.apply(log, sop.net, sop.start, sop.end, parameters=quiet)
