"""The yearly report and the register over 100,000 finished requests

A year of finished requests stands in the register's table of a database on a memory disk. What the
yearly report counts is counted by our one query, by psycopg2 with a query for each of the counts,
and by pandas from the rows read; all three are held to the same numbers first. Then the report is
made whole, and the public register written as files, the CSV piece by piece as it is sent.
"""

import json
import random
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import psycopg2
import psycopg2.extras
from chassis.postgres import Pool
from requests_service.domain import choices, refusal
from requests_service.domain.register import Entry
from requests_service.law import papers, tally
from requests_service.projections import register

from services.requests.tests.builders import CALENDAR
from services.requests.tests.conftest import settings_for
from tests.bench.lab import Lab
from tests.bench.measuring import Result, Spread, in_turns, timed
from tests.bench.requests_at_hand import application

REQUESTS = 100_000
IN_XLSX = 10_000
YEAR = 2026
TIMES = 5
_BATCH = 5000
_NAMES = sorted({name for fields in tally.ALL for name in fields})
_FIELDS = ", ".join(f"entry ->> '{name}' AS {name}" for name in _NAMES)
_OF_YEAR = f"FROM register WHERE year = {YEAR}"


def measure(lab: Lab) -> Result:
    result = Result()
    dsn = lab.database()
    owner = Pool(lab.owner(dsn), 1)
    _fill(owner)
    owner.close()
    with application(dsn) as app:
        city = settings_for("requests", app.pool).city
        with psycopg2.connect(dsn) as conn, conn.cursor() as cur:
            _counts(result, app.pool, cur)
        whole = [_seconds(lambda: papers.yearly_report(app, city, YEAR)) for _ in range(TIMES)]
        result.add("the yearly report, whole", Spread.of(whole), "s", "<= 2")
        csv = [_pieces(papers.csv_of_requests(app, YEAR)) for _ in range(TIMES)]
        result.add("the register as CSV", Spread.of([end for _, end in csv]), "s")
        result.add("its first piece", Spread.of([first for first, _ in csv]), "s")
        part = papers.register_of(app, city, "register-permohonan", YEAR, limit=IN_XLSX)
        xlsx = _seconds(lambda: part.written("xlsx"))
        result.add(f"{IN_XLSX:,} rows of it as XLSX", xlsx, "s")
    return result


def _counts(result: Result, pool: Pool, cur: Any) -> None:
    contestants: dict[str, Callable[[], Any]] = {
        "ours": lambda: register.tally_of(pool, YEAR, tally.ALL),
        "psycopg2, a query for each": lambda: _by_queries(cur),
    }
    try:
        import pandas
    except ImportError:
        result.notes.append("pandas is absent; the tests' requirements bring it")
    else:
        contestants["pandas"] = lambda: _by_pandas(pandas, cur)
    ours, *others = (count() for count in contestants.values())
    if any(each != ours for each in others):
        raise AssertionError("they do not count the same")
    turns = in_turns(
        {name: timed(it) for name, it in contestants.items()}, seconds=20, operations=1
    )
    for name in contestants:
        result.add(f"the report's counts, {name}", turns.seconds(name), "s")
        if name != "ours":
            result.add(f"ours to {name}", turns.ratio("ours", name), "×")


def _by_queries(cur: Any) -> tally.Tally:
    found = {}
    for fields in tally.ALL:
        columns = ", ".join(f"entry ->> '{name}'" for name in fields)
        cur.execute(f"SELECT {columns}, count(*) {_OF_YEAR} GROUP BY {columns}")
        found[fields] = {tuple(values): count for *values, count in cur.fetchall()}
    return found


def _by_pandas(pandas: Any, cur: Any) -> tally.Tally:
    cur.execute(f"SELECT {_FIELDS} {_OF_YEAR}")
    frame = pandas.DataFrame(cur.fetchall(), columns=_NAMES, dtype=object)
    return {
        fields: _counted(frame.value_counts(list(fields), dropna=False)) for fields in tally.ALL
    }


def _counted(counts: Any) -> tally.Counts:
    """With None for what pandas calls missing."""
    return {
        tuple(value if isinstance(value, str) else None for value in values): int(count)
        for values, count in counts.items()
    }


def _seconds(operation: Callable[[], object]) -> float:
    began = time.perf_counter()
    operation()
    return time.perf_counter() - began


def _pieces(pieces: Iterable[bytes]) -> tuple[float, float]:
    """Seconds to the first of them, and to the last."""
    began, first = time.perf_counter(), 0.0
    for _ in pieces:
        first = first or time.perf_counter() - began
    return first, time.perf_counter() - began


def _fill(pool: Pool) -> None:
    rng = random.Random(7)
    with pool.transaction() as cur:
        for begin in range(1, REQUESTS + 1, _BATCH):
            psycopg2.extras.execute_values(
                cur,
                "INSERT INTO register (request_id, year, number, objected_in, entry) VALUES %s",
                [
                    (uuid4(), YEAR, n, [], json.dumps(asdict(_finished(n, rng))))
                    for n in range(begin, begin + _BATCH)
                ],
                template="(%s, %s, %s, %s::integer[], %s)",
            )
    pool.execute("ANALYZE register")


def _finished(number: int, rng: random.Random) -> Entry:
    """As the facts of such a request leave it, of a day of the year."""
    received = date(YEAR, 1, 5) + timedelta(rng.randrange(330))

    def after(days: int) -> str:
        return CALENDAR.add_working_days(received, days).isoformat()

    refused = rng.random() < 0.15
    decided, ended = rng.randrange(1, 9), rng.randrange(9, 25)
    entry = Entry(
        register_number=f"{YEAR}-{number:04}",
        person_id=str(uuid4()),
        received_on=received.isoformat(),
        kind=rng.choice(list(choices.KINDS)),
        channel=rng.choice(list(choices.CHANNELS)),
        way_to_obtain="salinan_elektronik",
        dataset=None,
        data_wanted_sealed="c2VhbGVk" * 20,
        purpose_sealed="c2VhbGVk" * 16,
        agency=rng.choice(("diskopindag", "dinsos", "dinkes")),
        held="ya",
        softcopy=not refused,
        statutory_due=after(10),
        extended=rng.random() < 0.1,
        decided_on=after(decided),
        notice_on=after(decided),
        ended_on=after(ended),
        score=rng.choice((None, None, 3, 4)),
    )
    # One in ten was returned for some days.
    if rng.random() < 0.1:
        entry.pauses = [[after(0), after(rng.randrange(1, 5))]]
    if refused:
        reason = rng.choice(refusal.FIRST.rows)
        entry.decision, entry.ended_as, entry.refused_on = "refused", "refused", after(ended)
        entry.reason_code, entry.article = reason.code, reason.article
        entry.reason_text = reason.text
    else:
        entry.decision, entry.ended_as, entry.delivered_on = "granted", "received", after(ended - 1)
        entry.title = f"Jumlah UMKM per kecamatan, berkas {number}"
    return entry
