"""`satudata audit conformance`: what was not as the SOP has it, over a period."""

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from functools import partial
from typing import Any

from chassis.actor import Actor
from chassis.postgres import Pool
from chassis.settings import Settings
from requests_service.audit.conformance import (
    Conformance,
    PeriodInvalid,
    conformance_of,
    period_from,
)
from requests_service.audit.recording import note_query
from requests_service.bootstrap import build_application

_BY = Actor("satudata", "operator")


def register(of_audit: Any, settings_of: Callable[[str], Settings]) -> None:
    """Add `conformance` to the group `audit`."""
    text = "Deviations from the SOP and written notices that are owed, this year or in a period."
    sub = of_audit.add_parser(
        "conformance",
        help=text,
        description=f"{text} The question is itself recorded in the log.",
        epilog="DATE is such as 2026-01-31. Exit status: 0 none, 1 there are some, 2 wrong use.",
    )
    sub.add_argument("--from", dest="since", type=_day, metavar="DATE",
                     help="first day; 1 January of this year")  # fmt: skip
    sub.add_argument("--until", type=_day, metavar="DATE",
                     help="last day, itself counted; 31 December")  # fmt: skip
    sub.add_argument("--json", action="store_true", help="all of it as one JSON object")
    sub.set_defaults(do=partial(_conformance, settings_of))


def _day(typed: str) -> str:
    try:
        return date.fromisoformat(typed).isoformat()
    except ValueError:
        raise argparse.ArgumentTypeError(f"{typed!r} is no date such as 2026-01-31") from None


def _conformance(settings_of: Callable[[str], Settings], parsed: argparse.Namespace) -> int:
    settings = settings_of("requests")
    pool = Pool(settings.database_url, 2)
    try:
        with build_application(settings, pool) as app:
            today = app.today().day
            period = period_from(parsed.since or "", parsed.until or "", today)
            note_query(app, _BY, {"kind": "conformance", **period.as_json()})
            found = conformance_of(pool, period, today=today, rows_max=None)
    except PeriodInvalid:
        since = parsed.since or "1 January of this year"
        print(f"satudata: --until {parsed.until} is before --from, {since}.", file=sys.stderr)
        return 2
    finally:
        pool.close()
    if parsed.json:
        print(json.dumps(_as_json(found), ensure_ascii=False, indent=1, default=str))
    else:
        _print(found)
    return 1 if found.total or found.missed else 0


def _as_json(found: Conformance) -> dict[str, Any]:
    whole = asdict(found)
    passages = [
        {"step": step, "next_step": to, "count": count}
        for (step, to), count in found.passages.items()
    ]
    return {**whole, "period": found.period.as_json(), "passages": passages}


def _print(found: Conformance) -> None:
    judged, last = found.reached
    for row in reversed(found.rows):
        step = row["step"] or "end"
        who = f"{row['role']} {row['actor']}" + (f" ({row['agency']})" if row["agency"] else "")
        print(
            f"{row['happened_on']} {row['register_number']:<10} step {step:<3} {row['kind']:<18}"
            f" {row['type']}: expected {row['expected']}, found {row['found']};"
            f" {who}; position {row['position']}"
        )
    for row in found.missed:
        print(
            f"{row['statutory_due']} {row['register_number']:<10} step {row['step']:<3}"
            " the written notice is owed since then, and not issued"
        )
    print(f"{found.period.since} to {found.period.until}: {found.total} deviations.")
    if judged < last:
        print(f"Judged up to position {judged} of {last}; is `serve jobs requests` running?")
