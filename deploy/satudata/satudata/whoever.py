"""Who an operator at the command line is, for the log."""

import argparse
import getpass
import re

from chassis.actor import Actor

_WHO = re.compile(r"[\w.@-]{1,60}")


class WrongUse(Exception):
    """The sentence says what the command takes."""


def add_by(parser: argparse.ArgumentParser) -> None:
    """`--by`, for a command that changes something."""
    parser.add_argument("--by", metavar="NAME", help="who does it; without it the system's user")


def whoever(parsed: argparse.Namespace) -> Actor:
    """By `--by`, or the user of this machine. Raises WrongUse."""
    who = parsed.by or _user()
    if not _WHO.fullmatch(who):
        raise WrongUse("--by is a short name of letters, digits, dots and hyphens.")
    return Actor(f"satudata:{who}", "operator")


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"
