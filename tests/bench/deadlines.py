"""Deadlines

One deadline is counted by our calendar, by the package `holidays`, which our tests hold it against,
and by numpy's `busday_offset`. Then 100,000 open requests are counted again by a calendar with one
closure more: read from the table of a database on a memory disk, and computed. The facts of what
moved are appended after that, one transaction each; the last line is of that.
"""

import json
import random
import time
from collections.abc import Callable
from datetime import date, timedelta
from uuid import uuid4

import psycopg2.extras
from chassis.actor import Actor
from chassis.postgres import Pool
from requests_service.domain.calendar_changes import Proposal
from requests_service.domain.working_days import Closure

from services.requests.tests.builders import CALENDAR
from tests.bench.lab import Lab
from tests.bench.measuring import Result, Spread, in_turns
from tests.bench.requests_at_hand import a_request_at_the_pembantu, application

REQUESTS = 100_000
MOVED = 300
TIMES = 5
_STARTS = [date(2024, 1, 1) + timedelta(n) for n in range(1000)]
_CLOSED = Closure(date(2026, 11, 23), date(2026, 11, 23), "Gedung ditutup", "Keputusan 7/2026")
_BATCH = 1000
_GENERATED = (
    "SELECT column_name FROM information_schema.columns"
    " WHERE table_name = 'board' AND is_generated = 'ALWAYS'"
)


def measure(lab: Lab) -> Result:
    result = Result()
    contestants = {"ours": _ours, **_others(result)}
    turns = in_turns(contestants, seconds=10, operations=1000)
    for name in contestants:
        result.add(f"one deadline, {name}", Spread.of(turns.rates[name]), "/s")
    if "holidays" in contestants:
        result.add("ours to holidays", turns.ratio("ours", "holidays"), "×", ">= 20")
    _count_again(lab, result)
    return result


def _ours(operations: int) -> float:
    began = time.perf_counter()
    for n in range(operations):
        CALENDAR.add_working_days(_STARTS[n % 1000], 10)
    return time.perf_counter() - began


def _others(result: Result) -> dict[str, Callable[[int], float]]:
    try:
        import holidays
        import numpy as np
    except ImportError:
        result.notes.append("holidays or numpy is absent; the tests' requirements bring them")
        return {}
    indonesia = holidays.ID(years=range(2024, 2029), categories=("public", "government"))
    off = np.array(sorted(indonesia), dtype="datetime64[D]")
    calendar = np.busdaycalendar(holidays=off)

    def by_holidays(operations: int) -> float:
        began = time.perf_counter()
        for n in range(operations):
            indonesia.get_nth_working_day(_STARTS[n % 1000], 10)
        return time.perf_counter() - began

    def by_numpy(operations: int) -> float:
        began = time.perf_counter()
        for n in range(operations):
            np.busday_offset(_STARTS[n % 1000], 10, roll="backward", busdaycal=calendar)
        return time.perf_counter() - began

    return {"holidays": by_holidays, "numpy": by_numpy}


def _count_again(lab: Lab, result: Result) -> None:
    dsn = lab.database()
    with application(dsn) as app:
        proposed = app.calendars.proposed(Proposal(closures=(_CLOSED,)))
        request_id = a_request_at_the_pembantu(app)
        _fill(app.pool, request_id)
        seconds, found = [], 0
        for _ in range(TIMES):
            began = time.perf_counter()
            found = len(app.deadlines.to_move(proposed))
            seconds.append(time.perf_counter() - began)
        result.add(f"{REQUESTS:,} open requests counted again", Spread.of(seconds), "s", "<= 2")
        result.notes.append(f"A deadline of {found:,} of them moves")
    with application(dsn) as app:
        moving = [a_request_at_the_pembantu(app) for _ in range(MOVED)]
        app.calendars.approve(proposed, Actor("bench", "operator"))
        began = time.perf_counter()
        app.deadlines.move(moving)
        result.add("facts of what moved", MOVED / (time.perf_counter() - began), "/s")


def _fill(pool: Pool, like: object) -> None:
    """The board with as many open requests, received on days of the months before."""
    rng = random.Random(5)
    [row] = pool.query("SELECT * FROM board WHERE id = %s", (like,))
    made = pool.execute(_GENERATED)
    row = {name: value for name, value in row.items() if (name,) not in made}
    columns = ", ".join(row)
    with pool.transaction() as cur:
        for begin in range(1, REQUESTS, _BATCH):
            rows = [_like(row, n, rng) for n in range(begin, min(begin + _BATCH, REQUESTS))]
            psycopg2.extras.execute_values(cur, f"INSERT INTO board ({columns}) VALUES %s", rows)


def _like(row: dict[str, object], n: int, rng: random.Random) -> tuple[object, ...]:
    received = date(2026, 10, 1) + timedelta(rng.randrange(60))
    entered = CALENDAR.add_working_days(received, rng.randrange(12))
    # One in ten was returned for some days.
    stood = [
        CALENDAR.add_working_days(received, rng.randrange(9)) for _ in range(rng.random() < 0.1)
    ]
    pauses = [[received.isoformat(), until.isoformat()] for until in stood]
    longer = sum(CALENDAR.working_days_between(received, until) for until in stood)
    step = CALENDAR.add_working_days(entered, 3 + longer)
    notice = CALENDAR.add_working_days(received, 10 + longer)
    clocks = {
        "step": [entered.isoformat(), 3, pauses, step.isoformat()],
        "notice": [received.isoformat(), 10, pauses, notice.isoformat()],
    }
    told = {"id": uuid4(), "register_number": f"2025-{n:06}", "due": step, "statutory_due": notice}
    return tuple({**row, **told, "clocks": json.dumps(clocks), "watched": "[]"}.values())
