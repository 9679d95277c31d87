"""Whether the SOP was kept over a period: what deviated, and how the steps were passed."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from chassis.postgres import Pool

from requests_service.domain.sop import LEGAL_ACTS
from requests_service.projections.conformance import NAME

ROWS_MAX = 200
_ACTS = [act.fact.__name__ for act in LEGAL_ACTS]
_BY = {
    "kind": ("kind",),
    "step": ("step",),
    "agency": ("agency",),
    # All Pemohon count as one: who they are is not asked here.
    "officer": ("CASE WHEN role = 'pemohon' THEN '' ELSE actor END AS actor", "role"),
}


class PeriodInvalid(ValueError):
    """Its text is what to say to the auditor."""


@dataclass(frozen=True)
class Period:
    """Both days count, in Asia/Jakarta."""

    since: date
    until: date

    def as_json(self) -> dict[str, str]:
        return {"since": self.since.isoformat(), "until": self.until.isoformat()}


@dataclass(frozen=True)
class Conformance:
    period: Period
    total: int
    rows: list[dict[str, Any]]
    """Of the table `deviations`, the latest first."""
    counts: dict[str, list[dict[str, Any]]]
    """By `kind`, `step`, `agency` and `officer`: rows with `count`, the largest first."""
    passages: dict[tuple[int | None, int | None], int]
    """How often a step led to the next."""
    acts: dict[str, int]
    """How often each act beside the steps happened, by the name of its fact."""
    waits: dict[int, float]
    """Median working days from a step's beginning to its end; pauses not counted."""
    missed: list[dict[str, Any]]
    """Requests that go on now, whose written notice is owed since the law's deadline."""
    reached: tuple[int, int]
    """Up to which position facts were judged, and the last one given."""


def period_from(since: str, until: str, today: date) -> Period:
    """This year where nothing is said; raises PeriodInvalid."""
    try:
        first = date.fromisoformat(since) if since else date(today.year, 1, 1)
        last = date.fromisoformat(until) if until else date(max(today.year, first.year), 12, 31)
    except ValueError:
        raise PeriodInvalid(
            "Tulis tanggal sebagai tahun-bulan-hari, misalnya 2026-01-31."
        ) from None
    if last < first:
        raise PeriodInvalid("Tanggal akhir mendahului tanggal awal.")
    return Period(first, last)


def conformance_of(
    pool: Pool, period: Period, *, today: date, rows_max: int | None = ROWS_MAX
) -> Conformance:
    """Everything that the page and the command show; `rows_max`: None for every deviation."""
    days = (period.since, period.until)
    return Conformance(
        period=period,
        total=pool.execute(
            "SELECT count(*) FROM deviations WHERE happened_on BETWEEN %s AND %s", days
        )[0][0],
        rows=pool.query(
            "SELECT * FROM deviations WHERE happened_on BETWEEN %s AND %s"
            " ORDER BY happened_on DESC, position DESC, number LIMIT %s",
            (*days, rows_max),
        ),
        counts={by: _counts(pool, columns, days) for by, columns in _BY.items()},
        passages={
            (step, next_step): count
            for step, next_step, count in pool.execute(
                "SELECT step, next_step, count(*) FROM passages"
                " WHERE happened_on BETWEEN %s AND %s AND type <> ALL(%s) GROUP BY 1, 2",
                (*days, _ACTS),
            )
        },
        acts=dict(
            pool.execute(
                "SELECT type, count(*) FROM passages"
                " WHERE happened_on BETWEEN %s AND %s AND type = ANY(%s) GROUP BY 1",
                (*days, _ACTS),
            )
        ),
        waits=dict(
            pool.execute(
                "SELECT step, percentile_cont(0.5) WITHIN GROUP (ORDER BY waited_days)"
                " FROM passages WHERE happened_on BETWEEN %s AND %s AND type <> ALL(%s)"
                " AND waited_days IS NOT NULL GROUP BY 1",
                (*days, _ACTS),
            )
        ),
        missed=pool.query(
            "SELECT request_id, register_number, step, agency, statutory_due FROM conformance"
            " WHERE step IS NOT NULL AND notice_on IS NULL AND statutory_due < %s"
            " ORDER BY statutory_due, register_number",
            (today,),
        ),
        reached=_reached(pool),
    )


def _counts(pool: Pool, columns: tuple[str, ...], days: tuple[date, date]) -> list[dict[str, Any]]:
    by = ", ".join(str(n) for n, _ in enumerate(columns, 1))
    return pool.query(
        f"SELECT {', '.join(columns)}, count(*) AS count FROM deviations"
        f" WHERE happened_on BETWEEN %s AND %s GROUP BY {by} ORDER BY count DESC, {by}",
        days,
    )


def _reached(pool: Pool) -> tuple[int, int]:
    ((judged, last),) = pool.execute(
        "SELECT position, coalesce(pg_sequence_last_value('facts_position_seq'), 0)"
        " FROM progress WHERE name = %s",
        (NAME,),
    )
    return int(judged), int(last)
