"""The registers as a table: one row per request, folded from its facts by domain/register.py."""

import json
from collections.abc import Sequence
from dataclasses import asdict, fields
from typing import Any

from chassis.postgres import Pool
from psycopg2.extras import execute_values

from requests_service.domain.events import all_facts
from requests_service.domain.register import Entry, Objection, begin, remember
from requests_service.projections.runner import Projection

_TYPES = [fact.__name__ for fact in all_facts()]
_READ = """
    SELECT stream::text, type, convert_from(state, 'UTF8')
    FROM facts
    WHERE position > %s AND position <= %s AND type = ANY(%s)
    ORDER BY position
"""
# Taken apart by the database: a register is long, and JSON is slow to read in Python.
_SQL_TYPES: dict[Any, str] = {
    bool: "boolean",
    int | None: "integer",
    list[list[str | None]]: "jsonb",
    list[Objection]: "jsonb",
}
_COLUMNS = ", ".join(f"{each.name} {_SQL_TYPES.get(each.type, 'text')}" for each in fields(Entry))
_WRITE = """
    INSERT INTO register (request_id, year, number, objected_in, entry) VALUES %s
    ON CONFLICT (request_id) DO UPDATE
    SET objected_in = EXCLUDED.objected_in, entry = EXCLUDED.entry
"""


def requests_of(
    pool: Pool, year: int, *, after: int = 0, skip: int = 0, limit: int | None = None
) -> list[tuple[str, Entry]]:
    """The requests registered in a year, in the order of their numbers, with their ids.

    `after`: a number within the year; far into a long register it is faster than `skip`.
    """
    return _entries(pool, "year = %s AND number > %s", (year, after), skip, limit)


def objected_in(pool: Pool, year: int) -> list[tuple[str, Entry]]:
    """The requests to which an objection was lodged in a year."""
    return _entries(pool, "objected_in @> ARRAY[%s]", (year,))


def tally_of(
    pool: Pool, year: int, groups: Sequence[tuple[str, ...]]
) -> dict[tuple[str, ...], dict[tuple[str | None, ...], int]]:
    """How many of the requests registered in a year have which values, for each group of fields.

    Everything is text, or JSON. One pass over the year, whatever the number of groups.
    """
    names = sorted({name for group in groups for name in group})
    sets = ", ".join(f"({', '.join(group)})" for group in groups)
    rows = pool.execute(
        f"SELECT grouping({', '.join(names)}), {', '.join(names)}, count(*)"
        f" FROM register, jsonb_to_record(entry) AS e({' text, '.join(names)} text)"
        f" WHERE year = %s GROUP BY GROUPING SETS ({sets})",
        (year,),
    )
    # A bit for each name, the first is the highest; set where the name is not grouped by.
    group_of = {
        int("".join(str(int(name not in group)) for name in names), 2): group for group in groups
    }
    found: dict[tuple[str, ...], dict[tuple[str | None, ...], int]] = {each: {} for each in groups}
    for mask, *values, count in rows:
        told = dict(zip(names, values, strict=True))
        group = group_of[mask]
        found[group][tuple(told[name] for name in group)] = count
    return found


def years_of(pool: Pool) -> list[int]:
    """The years in which something was registered, the latest first."""
    return [year for (year,) in pool.execute("SELECT DISTINCT year FROM register ORDER BY 1 DESC")]


def _entries(
    pool: Pool, condition: str, told: tuple[int, ...], skip: int = 0, limit: int | None = None
) -> list[tuple[str, Entry]]:
    rows = pool.execute(
        f"SELECT request_id::text, e.* FROM register, jsonb_to_record(entry) AS e({_COLUMNS})"
        f" WHERE {condition} ORDER BY year, number OFFSET %s LIMIT %s",
        (*told, skip, limit),
    )
    return [(request_id, _entry(*values)) for request_id, *values in rows]


def _entry(*values: Any) -> Entry:
    entry = Entry(*values)
    entry.objections = [Objection(**each) for each in values[-1]]
    return entry


def _fold(cur: Any, after: int, up_to: int) -> None:
    cur.execute(_READ, (after, up_to, _TYPES))
    facts = cur.fetchall()
    streams = {stream for stream, *_ in facts}
    cur.execute(
        "SELECT request_id::text, entry FROM register WHERE request_id = ANY(%s::uuid[])",
        (list(streams),),
    )
    entries = {request_id: Entry.from_json(entry) for request_id, entry in cur.fetchall()}
    for stream, type_, state in facts:
        fact = json.loads(state)
        if type_ == "RequestSubmitted":
            entries[stream] = begin(fact)
        else:
            remember(entries[stream], type_, fact)
    rows = [
        (request_id, each.year, each.number, each.objected_in, json.dumps(asdict(each)))
        for request_id, each in entries.items()
    ]
    execute_values(cur, _WRITE, rows, template="(%s, %s, %s, %s::integer[], %s)")


REGISTER = Projection(name="register", version=1, tables=("register",), fold=_fold)
