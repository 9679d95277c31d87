"""Every fact held against the SOP's tables: where each request stands, what waited, what deviated.

A deviation is not itself a fact of the log (there is no `DeviationFound`). It says nothing that the
facts do not say: it is what a rule makes of them, and whoever has the log and the rule finds the
same again. Were it a fact, a corrected rule or decree would leave wrong accusations against an
officer in a log that is never edited, and the log would hold judgements beside what happened. What
a person decides about a deviation would be a fact; that is not offered yet.
"""

import io
import json
from collections.abc import Iterable
from dataclasses import fields
from operator import attrgetter
from typing import Any

import structlog
from chassis.postgres import Pool
from prometheus_client import Counter

from requests_service.calendars import calendar_reader
from requests_service.domain.conformance import FACTS, Case, Checker, Counted, Seen
from requests_service.domain.working_days import Calendar
from requests_service.following import Step
from requests_service.projections.runner import Projection

NAME = "conformance"
_log = structlog.get_logger()
_NULL = r"\N"
_FOUND = Counter(
    "sop_deviations", "Deviations from the SOP found since this process began", ["kind"]
)
_CASE = tuple(each.name for each in fields(Case))
_rest_of = attrgetter(*_CASE[4:])
_DAYS = frozenset(name for name in _CASE if name.endswith(("_on", "due")))
_READ_CASES = (
    "SELECT request_id::text, {} FROM conformance WHERE request_id = ANY(%s::uuid[])".format(
        ", ".join(f"{name}::text" if name in _DAYS else name for name in _CASE)
    )
)
_READ_FACTS = """
    SELECT position, stream::text, version, type, actor, role, agency, occurred_at::text,
           convert_from(state, 'UTF8')
    FROM facts
    WHERE position > %s AND position <= %s AND type = ANY(%s)
    ORDER BY position
"""


def conformance(calendar: Calendar) -> Projection:
    """The projection that judges each fact by the calendar by which it was counted.

    `calendar` is for facts from before that was told.
    """
    return Projection(
        name=NAME,
        version=1,
        tables=("deviations", "passages", "conformance"),
        fold=lambda cur, after, up_to: _fold(
            cur, Checker(calendar, calendar_reader(cur, calendar)), after, up_to
        ),
    )


def telling(step: Step) -> Step:
    """The follower's step, which also counts and logs what it has found."""
    told = -1

    def tell(cur: Any) -> bool:
        nonlocal told
        if told < 0:
            cur.execute("SELECT position FROM progress WHERE name = %s", (NAME,))
            told = cur.fetchone()[0]
        more = step(cur)
        cur.execute(
            "SELECT kind, count(*), max(position) FROM deviations WHERE position > %s"
            " GROUP BY kind",
            (told,),
        )
        for kind, count, position in cur.fetchall():
            _FOUND.labels(kind).inc(count)
            _log.warning("sop_deviations_found", kind=kind, count=count, last_position=position)
            told = max(told, position)
        return more

    return tell


def of_request(pool: Pool, request_id: Any) -> list[dict[str, Any]]:
    """A request's deviations in the order of its facts."""
    return pool.query(
        "SELECT * FROM deviations WHERE request_id = %s ORDER BY position, number", (request_id,)
    )


def _fold(cur: Any, checker: Checker, after: int, up_to: int) -> None:
    cur.execute(_READ_FACTS, (after, up_to, FACTS))
    facts = cur.fetchall()
    cases = _read_cases(cur, {stream for _, stream, *_ in facts})
    known = set(cases)
    numbers: dict[str, str] = {}
    passages, deviations = io.StringIO(), io.StringIO()
    for position, stream, version, type_, actor, role, agency, at, state in facts:
        data = json.loads(state)
        case = cases.get(stream) or cases.setdefault(stream, Case())
        seen = Seen(version, type_, actor, role, agency, data)
        found, passage = checker.check(case, seen)
        number = numbers[stream] = data["register_number"]
        if passage:
            # Nothing in it needs an escape, and there are many.
            step, to, waited = passage
            passages.write(
                f"{position}\t{stream}\t{type_}\t{step or _NULL}\t{to or _NULL}"
                f"\t{_NULL if waited is None else waited}\t{data['on']}\n"
            )
        for n, each in enumerate(found, 1):
            told = (each.kind, type_, each.step, each.expected, each.found, actor, role, agency)
            deviations.write(_line((position, n, stream, number, *told, data["on"], at)))
    _write_cases(cur, known, ((s, number, cases[s]) for s, number in numbers.items()))
    _copy(cur, "passages", passages)
    _copy(cur, "deviations", deviations)


def _read_cases(cur: Any, streams: Iterable[str]) -> dict[str, Case]:
    cur.execute(_READ_CASES, (list(streams),))
    cases = {}
    for stream, *values in cur.fetchall():
        case = cases[stream] = Case(*values)
        case.done = set(case.done)
        case.counted = {clock: Counted(*told) for clock, told in case.counted.items()}
    return cases


def _write_cases(cur: Any, known: set[str], rows: Iterable[tuple[str, str, Case]]) -> None:
    # Cheaper than an upsert: most of a batch's rows change in every column.
    cur.execute("DELETE FROM conformance WHERE request_id = ANY(%s::uuid[])", (list(known),))
    lines = io.StringIO()
    for stream, number, case in rows:
        done = "{" + ",".join(sorted(case.done)) + "}"
        counted = json.dumps(case.counted)
        lines.write(
            _line((stream, number, case.version, case.step, done, counted, *_rest_of(case)))
        )
    # By name: a column that came with a later migration stands last in the table.
    columns = ", ".join(("request_id", "register_number", *_CASE))
    _copy(cur, f"conformance ({columns})", lines)


def _copy(cur: Any, table: str, lines: io.StringIO) -> None:
    lines.seek(0)
    cur.copy_expert(f"COPY {table} FROM STDIN", lines)


_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def _line(values: Iterable[Any]) -> str:
    """A row as COPY reads it."""
    return "\t".join([_NULL if v is None else str(v).translate(_ESCAPES) for v in values]) + "\n"
