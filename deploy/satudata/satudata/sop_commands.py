"""`satudata sop lint|show` and `satudata simulate`: the SOP's budgets against the law's clock."""

import argparse
import json
import sys
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from chassis.postgres import Pool
from chassis.settings import Settings
from requests_service.adapters import calendar_files
from requests_service.bootstrap import build_application
from requests_service.domain.calendar_changes import about_worked, changed
from requests_service.domain.sop import EDITION, SOP, STATUTORY_DAYS
from requests_service.domain.sop_lint import budgets_of, lint, ways
from requests_service.domain.working_days import Calendar
from requests_service.law.simulation import Difference, Late, Rules, simulate

SettingsOf = Callable[[str], Settings]
_ROWS_SHOWN = 200


class _FileWrong(Exception):
    """A file that does not hold what it should."""


def register(commands: Any, settings_of: SettingsOf) -> None:
    """Add both to the command line."""
    sop = commands.add_parser("sop", help="The SOP's table: its ways and the law's clock.")
    of_sop = sop.add_subparsers(required=True, metavar="WHAT")
    text = "What is wrong with the SOP's table, and where its ways pass the law's 10 working days."
    check = of_sop.add_parser(
        "lint",
        help=text,
        description=text,
        epilog="Exit status: 0 it can be worked by, 1 something is wrong, 2 wrong use.",
    )
    check.add_argument("--sop", type=Path, metavar="FILE", help="with the budgets of this file")
    check.add_argument("--json", action="store_true")
    check.set_defaults(do=_lint)
    show = of_sop.add_parser("show", help="The budgets as a file to change: sop show > sop.toml.")
    show.set_defaults(do=_show)

    text = "Replay a past year under another calendar or other budgets: who would have been late."
    what_if = commands.add_parser(
        "simulate",
        help=text,
        description=f"{text} Everybody acts on the day on which they did.",
        epilog="Exit status: 0 done, 2 wrong use.",
    )
    what_if.add_argument("--year", type=int, required=True, help="of the requests' numbers")
    what_if.add_argument(
        "--calendar",
        type=Path,
        metavar="FILE",
        help="a decree, closures or special working days, as `calendar import` takes them",
    )
    what_if.add_argument("--decree", default="", help="of CSV and ICS: its number and date")
    what_if.add_argument(
        "--sop", type=Path, metavar="FILE", help="budgets as TOML, as `sop show` writes them"
    )
    what_if.add_argument("--json", action="store_true", help="all of it as one JSON object")
    what_if.set_defaults(do=partial(_simulate, settings_of))


def _lint(parsed: argparse.Namespace) -> int:
    try:
        budgets, _ = _budgets(parsed.sop)
    except _FileWrong as error:
        return _wrong_use(error)
    findings = lint(budgets=budgets)
    wrong = [each for each in findings if each.wrong]
    if parsed.json:
        told = {
            "ways": [{"steps": way.steps, "days": way.days} for way in ways(budgets=budgets)],
            "findings": [asdict(each) for each in findings],
        }
        print(json.dumps(told, indent=1))
        return 1 if wrong else 0
    for way in ways(budgets=budgets):
        print(f"{way.days:>3} working days  {'-'.join(str(step) for step in way.steps)}")
    for each in findings:
        print(("WRONG " if each.wrong else "note  ") + each.words)
    return 1 if wrong else 0


def _show(_: argparse.Namespace) -> int:
    print(f'# Working days for each step of SOP {EDITION}.\nedition = "{EDITION}"')
    print(f"statutory_days = {STATUTORY_DAYS}\n\n[budgets]")
    for step in SOP:
        if step.outcomes:
            print(f"{step.no} = {step.working_days}  # {step.activity}")
    return 0


def _simulate(settings_of: SettingsOf, parsed: argparse.Namespace) -> int:
    settings = settings_of("requests")
    pool = Pool(settings.database_url, 2)
    try:
        budgets, statutory_days = _budgets(parsed.sop)
        with build_application(settings, pool) as app:
            today = app.today()
            now = Rules(today.calendar, budgets_of())
            calendar = today.calendar
            if parsed.calendar:
                calendar = another_calendar(calendar, parsed.calendar, decree=parsed.decree)
            then = Rules(calendar, budgets, statutory_days)
            found = simulate(pool, parsed.year, now=now, then=then, today=today.day)
    except _FileWrong as error:
        return _wrong_use(error)
    finally:
        pool.close()
    if parsed.json:
        print(json.dumps(asdict(found), default=str, indent=1))
    else:
        _print(found, parsed.year)
    return 0


def _print(found: Difference, year: int) -> None:
    print(f"{found.requests} requests of {year}.")
    _print_lates("would have been late, and were not:", found.newly)
    _print_lates("were late, and would not have been:", found.no_longer)
    print(f"{found.still} deadlines are missed either way.")


def _print_lates(heading: str, lates: Sequence[Late]) -> None:
    print(f"{len(lates)} {heading}")
    for each in lates[:_ROWS_SHOWN]:
        done = f"done {each.done}" if each.done else "not done yet"
        print(f"  {each.register_number:<10} {each.what:<14} due {each.due}, {done}")
    if len(lates) > _ROWS_SHOWN:
        print(f"  and {len(lates) - _ROWS_SHOWN} more; --json tells all")


def _budgets(file: Path | None) -> tuple[dict[int, int], int]:
    """The budgets in force, with those of the file in their place; the law's days."""
    if file is None:
        return budgets_of(), STATUTORY_DAYS
    told = _toml(file)
    try:
        changed = {int(step): days for step, days in told.get("budgets", {}).items()}
        statutory = told.get("statutory_days", STATUTORY_DAYS)
        if not all(isinstance(days, int) for days in (*changed.values(), statutory)):
            raise ValueError("days are whole numbers")
    except (ValueError, AttributeError) as error:
        raise _FileWrong(f"{file}: {error}; `satudata sop show` writes such a file") from error
    return budgets_of() | changed, statutory


def another_calendar(now: Calendar, file: Path, *, decree: str = "") -> Calendar:
    """The calendar in force with what the file brings, as an import would make it."""
    try:
        proposal = calendar_files.read(file, decree=decree)
        then = changed(now, proposal, version="simulated")
    except (OSError, ValueError) as error:
        raise _FileWrong(f"{file} is no calendar: {error}") from error
    for warning in (*proposal.warnings, *about_worked(now, then)):
        print(f"WARNING {warning}", file=sys.stderr)
    return then


def _toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise _FileWrong(f"{file}: {error}") from error


def _wrong_use(error: Exception) -> int:
    print(f"satudata: {error}", file=sys.stderr)
    return 2
