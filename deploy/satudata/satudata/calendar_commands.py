"""`satudata calendar …`: the working days in force, and a new decree or closures in their place."""

import argparse
import json
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from chassis.postgres import Pool
from chassis.settings import Settings
from requests_service.adapters import calendar_files
from requests_service.application import Requests
from requests_service.bootstrap import build_application
from requests_service.calendars import content_of
from requests_service.domain.calendar_changes import about_worked, differences
from requests_service.domain.working_days import Calendar
from requests_service.versions import VersionChanged

from satudata.rebuilding import Bar
from satudata.whoever import WrongUse, add_by, whoever

SettingsOf = Callable[[str], Settings]
"""The settings of a service."""
_SHOWN = 20


def register(commands: Any, settings_of: SettingsOf) -> None:
    """Add the group to the command line."""
    calendar = commands.add_parser("calendar", help="The working days, and a new decree.")
    acts = calendar.add_subparsers(required=True, metavar="WHAT")
    show = acts.add_parser("show", help="The calendar in force, or an earlier one.")
    show.add_argument("--version", metavar="N", help="an earlier one; all are listed at the end")
    show.add_argument("--json", action="store_true")
    show.set_defaults(do=partial(_with_application, settings_of, _show))
    bring = acts.add_parser(
        "import",
        help="Show what a file would change; with --approve, change it.",
        description="A file holds a year's decree (TOML, CSV, ICS) or the city's closures and"
        " special working days (TOML), and replaces what is in force for that year."
        " Nothing changes without --approve; then the open requests are counted again.",
        epilog="Exit status: 0 shown or done, 1 there are warnings and nothing was done, 2 wrong"
        " use, or a file that cannot be read.",
    )
    bring.add_argument("file", type=Path)
    bring.add_argument("--decree", default="", help="of CSV and ICS: number and date of the decree")
    bring.add_argument("--source", default="", help="of CSV and ICS: where it was found")
    bring.add_argument("--approve", action="store_true", help="put it in force")
    bring.add_argument("--anyway", action="store_true", help="of --approve: in spite of warnings")
    add_by(bring)
    bring.set_defaults(do=partial(_with_application, settings_of, _import))


def _with_application(
    settings_of: SettingsOf,
    do: Callable[[Requests, argparse.Namespace], int],
    parsed: argparse.Namespace,
) -> int:
    settings = settings_of("requests")
    pool = Pool(settings.database_url, 2)
    try:
        return do(build_application(settings, pool), parsed)
    except (ValueError, OSError, WrongUse) as error:
        print(f"satudata: {error}", file=sys.stderr)
        return 2
    finally:
        pool.close()


def _show(app: Requests, parsed: argparse.Namespace) -> int:
    try:
        calendar = app.calendars.of(parsed.version) if parsed.version else app.calendars.in_force()
    except KeyError:
        print(f"satudata: there is no version {parsed.version}.", file=sys.stderr)
        return 2
    if parsed.json:
        print(json.dumps({"version": calendar.version, **content_of(calendar)}, ensure_ascii=False))
        return 0
    print(f"Version {calendar.version}")
    for decree in calendar.decrees:
        print(f"\n{decree.year}: {decree.number}")
        for day in decree.days_off:
            print(f"  {day.date}  {day.name}")
    for each in calendar.closures:
        print(f"\nClosed {each.first} to {each.last}: {each.name} ({each.decree or 'no decree'})")
    for worked in calendar.worked:
        print(f"\nWorked on {worked.date}: {worked.name} ({worked.decree or 'no decree'})")
    print("\nVersions")
    for version in app.calendars.versions():
        print(f"  {version.version:>3}  {version.known_from:%Y-%m-%d %H:%M}  {version.imported_by}")
    return 0


def _import(app: Requests, parsed: argparse.Namespace) -> int:
    proposal = calendar_files.read(parsed.file, decree=parsed.decree, source=parsed.source)
    before, proposed = app.calendars.in_force(), app.calendars.proposed(proposal)
    moving = app.deadlines.to_move(proposed)
    _print_changes(before, proposed)
    warnings = [*proposal.warnings, *about_worked(before, proposed)]
    for warning in warnings:
        print(f"WARNING {warning}")
    print(f"Open requests with a deadline that moves: {len(moving)}")
    for number, dates in app.deadlines.preview(moving[:_SHOWN], proposed):
        print(f"  {number}  {dates}")
    if not parsed.approve:
        print("Nothing was changed; --approve puts it in force.")
        return 0
    if warnings and not parsed.anyway:
        print("satudata: there are warnings; nothing was changed.", file=sys.stderr)
        return 1
    return _approve(app, proposed, parsed)


def _approve(app: Requests, proposed: Calendar, parsed: argparse.Namespace) -> int:
    try:
        app.calendars.approve(proposed, whoever(parsed))
    except VersionChanged:
        print("satudata: the calendar was changed meanwhile; look again.", file=sys.stderr)
        return 1
    bar = Bar("deadlines")
    # Asked again: what came in between was counted by the old calendar.
    moving = app.deadlines.to_move(proposed)
    app.deadlines.move(moving, bar.show)
    bar.end()
    print(f"Version {proposed.version} is in force; {len(moving)} requests were counted again.")
    return 0


def _print_changes(before: Calendar, after: Calendar) -> None:
    found = differences(before, after)
    for each in found:
        print(f"{each.sign} {each.date} {each.name}")
    if not found:
        print("No day changes.")
