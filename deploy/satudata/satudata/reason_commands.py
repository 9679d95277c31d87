"""`satudata reasons …`: why a request may be refused, and another table in its place."""

import argparse
import json
import sys
import tomllib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from chassis.postgres import Pool
from chassis.settings import Settings
from requests_service.domain.refusal import Reasons, differences, read_reasons, warnings
from requests_service.refusal_reasons import RefusalReasons, content_of
from requests_service.versions import VersionChanged

from satudata.whoever import WrongUse, add_by, whoever


def register(commands: Any, settings_of: Callable[[str], Settings]) -> None:
    """Add the group to the command line. `settings_of`: the settings of a service."""
    reasons = commands.add_parser("reasons", help="Why a request may be refused; a new table.")
    acts = reasons.add_subparsers(required=True, metavar="WHAT")
    show = acts.add_parser("show", help="The table in force, or an earlier one.")
    show.add_argument(
        "--version", type=int, metavar="N", help="an earlier one; all are listed at the end"
    )
    show.add_argument("--toml", action="store_true", help="as a file, to be changed and imported")
    show.set_defaults(do=partial(_with_reasons, settings_of, _show))
    bring = acts.add_parser(
        "import",
        help="Show what a file would change; with --approve, change it.",
        description="A TOML file holds the whole table, as [[reason]] parts. Nothing changes"
        " without --approve. What was refused before keeps its words and its article.",
        epilog="Exit status: 0 shown or done, 1 there are warnings and nothing was done, 2 wrong"
        " use, or a file that cannot be read.",
    )
    bring.add_argument("file", type=Path)
    bring.add_argument("--approve", action="store_true", help="put it in force")
    bring.add_argument("--anyway", action="store_true", help="of --approve: in spite of warnings")
    add_by(bring)
    bring.set_defaults(do=partial(_with_reasons, settings_of, _import))


def _with_reasons(
    settings_of: Callable[[str], Settings],
    do: Callable[[RefusalReasons, argparse.Namespace], int],
    parsed: argparse.Namespace,
) -> int:
    pool = Pool(settings_of("requests").database_url, 2)
    try:
        return do(RefusalReasons(pool), parsed)
    except (ValueError, OSError, WrongUse) as error:
        print(f"satudata: {error}", file=sys.stderr)
        return 2
    finally:
        pool.close()


def _show(known: RefusalReasons, parsed: argparse.Namespace) -> int:
    try:
        reasons = known.of(parsed.version) if parsed.version is not None else known.in_force()
    except KeyError:
        print(f"satudata: there is no version {parsed.version}.", file=sys.stderr)
        return 2
    if parsed.toml:
        print(_as_toml(reasons))
        return 0
    print(f"Version {reasons.version}")
    for each in reasons.rows:
        steps = ", ".join(map(str, each.steps))
        print(f"\n{each.code} (steps {steps})\n  {each.article}\n  {each.text}")
    print("\nVersions")
    for version in known.versions():
        print(f"  {version.version:>3}  {version.known_from:%Y-%m-%d %H:%M}  {version.imported_by}")
    return 0


def _as_toml(reasons: Reasons) -> str:
    parts = [
        "\n".join(
            f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in each.items()
        )
        for each in content_of(reasons)["reason"]
    ]
    return "\n\n".join(f"[[reason]]\n{part}" for part in parts)


def _import(known: RefusalReasons, parsed: argparse.Namespace) -> int:
    before = known.in_force()
    told = tomllib.loads(parsed.file.read_text(encoding="utf-8"))
    proposed = read_reasons(told, version=before.version + 1)
    lines = differences(before, proposed)
    for line in lines or ["No reason changes."]:
        print(line)
    doubts = warnings(before, proposed, known.in_use())
    for doubt in doubts:
        print(f"WARNING {doubt}")
    if not lines:
        return 0
    if not parsed.approve:
        print("Nothing was changed; --approve puts it in force.")
        return 0
    if doubts and not parsed.anyway:
        print("satudata: there are warnings; nothing was changed.", file=sys.stderr)
        return 1
    return _approve(known, proposed, parsed)


def _approve(known: RefusalReasons, proposed: Reasons, parsed: argparse.Namespace) -> int:
    try:
        known.approve(proposed, whoever(parsed))
    except VersionChanged:
        print("satudata: the table was changed meanwhile; look again.", file=sys.stderr)
        return 1
    print(f"Version {proposed.version} is in force.")
    return 0
