"""Filling the projections

The auditor's trail and the findings of conformance are made anew from a history of whole requests
on a memory disk, by the steps that their followers take: batch by batch, each with its position in
one transaction. The spread is that of the batches.
"""

import time
from contextlib import closing

from chassis.postgres import connect
from requests_service.adapters.calendar import read_calendar
from requests_service.projections.conformance import conformance
from requests_service.projections.runner import Projection, follow
from requests_service.projections.trail import TRAIL

from tests.bench.lab import Lab
from tests.bench.measuring import Result, Spread

EVENTS = 300_000


def measure(lab: Lab) -> Result:
    result = Result()
    dsn = lab.history(EVENTS)
    for projection in (TRAIL, conformance(read_calendar())):
        rates = fill(dsn, projection)
        result.add(projection.name, Spread.of(rates), "events/s", ">= 50,000")
    return result


def fill(dsn: str, projection: Projection) -> list[float]:
    """Follow the log to its end; how many events a second each batch took in."""
    step, rates = follow(projection), []
    with closing(connect(dsn)) as conn, conn.cursor() as cur:

        def position() -> int:
            cur.execute("SELECT position FROM progress WHERE name = %s", (projection.name,))
            reached: int = cur.fetchone()[0]
            return reached

        at, more = position(), True
        while more:
            began = time.perf_counter()
            more = step(cur)
            took = time.perf_counter() - began
            reached = position()
            if reached > at:
                rates.append((reached - at) / took)
            at = reached
        cur.execute("VACUUM ANALYZE")
    return rates
