"""`satudata staff …`: officers' accounts, and who acts in whose office."""

import argparse
import dataclasses
import getpass
import json
import sys
from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import Any

from chassis import clock
from chassis.actor import Actor
from chassis.postgres import Pool
from chassis.settings import Settings

SettingsOf = Callable[[str], Settings]
_OPERATOR = Actor("satudata", "operator")
_ADD = "staff add NAME --name ... --role ..., or staff disable NAME"
_ACT_FOR = (
    "staff act-for NAME --as plh --role ppid --decree NUMBER --until DATE [--from DATE]"
    " [--agency CODE] [--rank TEXT] [--nip DIGITS]"
)


class WrongUse(Exception):
    """The text is how to use it."""


def register(commands: Any, settings_of: SettingsOf) -> None:
    """Add the group to the command line."""
    staff = commands.add_parser("staff", help="Staff accounts.", description="Staff accounts.")
    staff.set_defaults(do=partial(_staff, settings_of))
    staff.add_argument("act", choices=tuple(_ACTS))
    staff.add_argument("username", nargs="?")
    staff.add_argument("--name")
    staff.add_argument("--role")
    staff.add_argument("--agency")
    staff.add_argument("--as", dest="capacity", choices=("plh", "plt", "pengganti"))
    staff.add_argument("--decree", help="of act-for: the order, by its number")
    staff.add_argument(
        "--rank", help="of act-for: pangkat and golongan, for letters signed by name"
    )
    staff.add_argument("--nip", help="of act-for: the same, 18 digits")
    staff.add_argument("--from", dest="first_day", type=date.fromisoformat, metavar="DATE")
    staff.add_argument("--until", dest="last_day", type=date.fromisoformat, metavar="DATE")
    staff.add_argument("--json", action="store_true")


def _staff(settings_of: SettingsOf, parsed: argparse.Namespace) -> int:
    from requests_service.bootstrap import build_application
    from requests_service.domain.errors import RequestsError

    settings = settings_of("requests")
    application = build_application(settings, Pool(settings.database_url, 1))
    try:
        _ACTS[parsed.act](application.accounts, parsed)
    except WrongUse as error:
        print(f"satudata: {error}", file=sys.stderr)
        return 2
    except RequestsError as error:
        print(f"satudata: {error}", file=sys.stderr)
        return 1
    return 0


def _list(accounts: Any, parsed: argparse.Namespace) -> None:
    lines = [
        f"{each.username:<20} {each.role:<15} {each.agency or '':<15}"
        f" {'disabled' if each.disabled else ''}"
        for each in accounts.all()
    ]
    _tell(accounts.all(), lines, parsed)


def _add(accounts: Any, parsed: argparse.Namespace) -> None:
    if not (parsed.username and parsed.name and parsed.role):
        raise WrongUse(_ADD)
    added = accounts.add(
        username=parsed.username,
        name=parsed.name,
        role=parsed.role,
        agency=parsed.agency,
        password=_password(),
        by=_OPERATOR,
    )
    of = f" of {added.agency}" if added.agency else ""
    _tell([added], [f"{added.username} ({added.name}) is added as {added.role}{of}."], parsed)


def _disable(accounts: Any, parsed: argparse.Namespace) -> None:
    if not parsed.username:
        raise WrongUse(_ADD)
    accounts.disable(parsed.username, _OPERATOR)
    if not parsed.json:
        print(f"{parsed.username} is disabled.")


def _act_for(accounts: Any, parsed: argparse.Namespace) -> None:
    if not all((parsed.username, parsed.capacity, parsed.role, parsed.decree, parsed.last_day)):
        raise WrongUse(_ACT_FOR)
    made = accounts.acting.appoint(
        parsed.username,
        _OPERATOR,
        capacity=parsed.capacity,
        role=parsed.role,
        agency=parsed.agency,
        decree=parsed.decree,
        first_day=parsed.first_day or clock.today(),
        last_day=parsed.last_day,
        rank=parsed.rank,
        nip=parsed.nip,
    )
    _tell([made], _lines([made]), parsed)


def _appointments(accounts: Any, parsed: argparse.Namespace) -> None:
    found = accounts.acting.all()
    _tell(found, _lines(found), parsed)


def _lines(appointments: Sequence[Any]) -> list[str]:
    return [
        f"{each.username:<20} {each.capacity:<10} {each.role:<15} {each.agency or '':<15}"
        f" {each.first_day} to {each.ended_on or each.last_day}"
        for each in appointments
    ]


def _tell(found: Sequence[Any], lines: Sequence[str], parsed: argparse.Namespace) -> None:
    if parsed.json:
        print(json.dumps([dataclasses.asdict(each) for each in found], default=str))
        return
    for line in lines:
        print(line)


def _password() -> str:
    if sys.stdin.isatty():
        return getpass.getpass("Password: ")
    return sys.stdin.readline().rstrip("\n")


_ACTS: dict[str, Callable[[Any, argparse.Namespace], None]] = {
    "add": _add,
    "list": _list,
    "disable": _disable,
    "act-for": _act_for,
    "appointments": _appointments,
}
