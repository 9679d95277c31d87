"""A question to the trail: what is asked, of which facts, and the page of its answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from chassis.postgres import Pool

from requests_service.application import Requests
from requests_service.audit.filters import FilterInvalid, Filters

ROWS = 50
"""On a page."""

Row = dict[str, Any]


@dataclass(frozen=True)
class Asked:
    """One question, as it was read from an address."""

    app: Requests
    filters: Filters = field(default_factory=Filters)
    values: Mapping[str, Any] = field(default_factory=dict)
    """What is no filter, by the name of the parameter."""
    before: int | None = None
    """The page of what stands before this position."""

    def page(self, sql: str, args: Sequence[Any] = ()) -> tuple[list[Row], int | None]:
        """Rows with a `position`, the newest first, and where the next page begins.

        `sql` selects from `seen`: the trail, less what the filters leave out.
        """
        condition, values = self.filters.condition()
        rows = self.app.pool.query(
            f"WITH seen AS NOT MATERIALIZED (SELECT * FROM trail WHERE {condition})"
            f" SELECT * FROM ({sql}) AS answer WHERE position < %s"
            f" ORDER BY position DESC LIMIT {ROWS + 1}",
            [*values, *args, self.before or 1 << 62],
        )
        more = len(rows) > ROWS
        rows = rows[:ROWS]
        return rows, rows[-1]["position"] if more else None


_LISTED = (
    "position, type, request_id, actor, role, agency, occurred_at, recorded_at, recorded_after,"
    " step, next_step, was_due, late, causation, letter"
)


def list_facts(asked: Asked) -> tuple[list[Row], int | None]:
    """The facts that the filters let through; `values["text"]` is looked for in what they tell."""
    text = asked.values.get("text")
    where = "WHERE told ILIKE %s" if text else ""
    args = [f"%{_plain(text)}%"] if text else []
    rows, more = asked.page(f"SELECT {_LISTED} FROM seen {where}", args)
    return with_requests(asked.app.pool, rows), more


def with_requests(pool: Pool, rows: list[Row]) -> list[Row]:
    """Each row with the register number of its `request_id`."""
    ids = {row["request_id"] for row in rows if row["request_id"]}
    numbers = dict(
        pool.execute(
            "SELECT request_id, register_number FROM registrations WHERE request_id = ANY(%s)",
            (list(ids),),
        )
    )
    return [row | {"register_number": numbers.get(row["request_id"])} for row in rows]


def reached(pool: Pool) -> tuple[int, int]:
    """The position up to which the trail answers, and the last one of the log.

    Less the questions, of which one has just been recorded.
    """
    return pool.execute(
        "SELECT (SELECT position FROM progress WHERE name = 'trail'),"
        " coalesce((SELECT position FROM facts WHERE type <> 'AuditQueried'"
        " ORDER BY position DESC LIMIT 1), 0)"
    )[0]


def position_from(typed: str) -> int | None:
    """`before` as an address has it."""
    if not typed:
        return None
    if not (typed.isascii() and typed.isdigit() and len(typed) < 19):
        raise FilterInvalid(f'"{typed}" bukan posisi.')
    return int(typed)


def plain(value: Any) -> Any:
    """As JSON has it."""
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def _plain(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
