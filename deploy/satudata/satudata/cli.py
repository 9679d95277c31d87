"""The command line: `satudata COMMAND --help` says what each does.

Settings come from the environment; without them the installation that `satudata run` made here is
meant. Exit status: 0 done, 1 found something wrong or nothing of that name, 2 wrong use, 69
something needed is away, 78 a setting is wrong.
"""

import argparse
import json
import os
import subprocess
import sys
import warnings
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from chassis.actor import Actor
from chassis.postgres import DatabaseAway, Pool
from chassis.settings import Settings, SettingsError, load

from satudata import (
    audit_commands,
    calendar_commands,
    dead_letters,
    reason_commands,
    sop_commands,
    staff_commands,
    subscribers,
)
from satudata.places import ROOT, var

# Said at every start by a library that the workers need.
warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")

_OPERATOR = Actor("satudata", "operator")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command."""
    parsed = _parser().parse_args(arguments)
    do: Callable[[argparse.Namespace], int] = parsed.do
    try:
        return do(parsed)
    except SettingsError as error:
        print(f"satudata: {error}", file=sys.stderr)
        return 78
    except DatabaseAway:
        print("satudata: the database cannot be reached; is it running?", file=sys.stderr)
        return 69


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="satudata", description="Run and look after Satu Data.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, do: Callable[[argparse.Namespace], int], text: str) -> Any:
        sub = commands.add_parser(name, help=text, description=text)
        sub.set_defaults(do=do)
        return sub

    run = command("run", _run, "Run everything on this machine, nothing else installed.")
    run.add_argument("--empty", action="store_true", help="without demo accounts and catalogue")
    command("up", _up, "Run each service as processes of its own, on RabbitMQ and PostgreSQL.")
    demo = command("demo", _demo, "Drive a granted and a refused request through the whole SOP.")
    demo.add_argument("--into", type=Path, default=Path("demo-output"), help="folder for results")
    demo.add_argument("--at", help="address of a running installation; without it one is started")
    command("migrate", _migrate, "Bring databases and queues up to date.")
    command("doctor", _doctor, "Say what is missing or wrong.")

    subject = command("subject", _subject, "What is held on a Pemohon, and its erasure.")
    subject.epilog = (
        "Exit status: 0 done, 1 there is no such request, or it was not erased, 2 wrong use."
    )
    subject.add_argument("act", choices=("show", "erase"))
    subject.add_argument("register_number", metavar="NUMBER", help="as 2026-0042")
    subject.add_argument(
        "--reason", metavar="CODE", help="of erase: why; without it the codes are listed"
    )
    subject.add_argument("--yes", action="store_true", help="of erase: do not ask once more")
    subject.add_argument("--json", action="store_true", help="what is held, as one JSON object")

    catalog = command("catalog", _catalog, "Import a folder of datasets: catalog import FILE.toml")
    catalog.add_argument("act", choices=("import",))
    catalog.add_argument("file", type=Path)

    letters = command("letters", _letters, "Whether a PDF is a letter of ours, as it was issued.")
    letters.add_argument("act", choices=("verify",))
    letters.add_argument("file", type=Path)
    letters.add_argument("--json", action="store_true")

    rebuild = command("rebuild", _rebuild, "Make a table again from the log, and compare it.")
    rebuild.epilog = "Exit status: 0 it is as it was, 1 it was not what the log says, 2 wrong use."
    rebuild.add_argument("view", help="which one: trail, board, register or conformance")

    mask = command("mask", _mask, "Mask the personal data that is found in a table.")
    mask.add_argument("file", type=Path)
    mask.add_argument("--into", type=Path, help="where to write the masked file")
    bench = command("bench", _bench, "Measure how fast it is, in a checkout: docs/benchmarks.md.")
    bench.add_argument("only", nargs="*", help="names of benches; without them all are run")
    audit_commands.register(commands, _settings)
    calendar_commands.register(commands, _settings)
    dead_letters.register(commands, _settings)
    reason_commands.register(commands, _settings)
    sop_commands.register(commands, _settings)
    staff_commands.register(commands, _settings)
    subscribers.register(commands, _environment)

    witness = command("witness", _witness, "Sign for another office that its log only ever grew.")
    witness.epilog = "Exit status: 0 it was told to end, 2 wrong use, or it cannot start."
    witness.add_argument(
        "--key-file", type=Path, required=True, metavar="FILE", help="this witness's private key"
    )
    witness.add_argument(
        "--new-key", metavar="NAME", help="make that file, say its verifier key, end"
    )
    witness.add_argument(
        "--state", type=Path, metavar="FOLDER", help="for what was signed; keep it"
    )
    witness.add_argument(
        "--log", action="append", default=[], metavar="ORIGIN=VKEY",
        help="a log's name and its verifier key; may be repeated",
    )  # fmt: skip
    witness.add_argument("--host", default="127.0.0.1", help="where to listen (127.0.0.1)")
    witness.add_argument("--port", type=int, default=8090, help="(8090)")
    return parser


def _run(_: argparse.Namespace) -> int:
    from satudata.run import run

    return run(port=_port(), empty=_.empty)


def _up(_: argparse.Namespace) -> int:
    from satudata.up import up

    return up(port=_port())


def _demo(parsed: argparse.Namespace) -> int:
    from satudata.demo import demo

    return demo(into=parsed.into, at=parsed.at)


def _migrate(_: argparse.Namespace) -> int:
    from satudata import databases

    try:
        applied = databases.prepare(_environment())
    except KeyError as error:
        raise SettingsError(f"{error.args[0]} is not set; see deploy/env.example.") from error
    for service, names in applied.items():
        print(f"{service}: {', '.join(names) or 'up to date'}")
    return 0


def _bench(parsed: argparse.Namespace) -> int:
    if not (ROOT / "tests" / "bench").is_dir():
        print("satudata: the benches lie in the checkout of the source: run `make bench` there.")
        return 69
    make = ["make", "-C", str(ROOT), "bench", f"ONLY={' '.join(parsed.only)}"]
    return subprocess.run(make, check=False).returncode


def _doctor(_: argparse.Namespace) -> int:
    from satudata.doctor import examine

    findings = examine(_environment())
    for finding in findings:
        print(("ok    " if finding.well else "WRONG ") + finding.text)
    return 0 if all(finding.well for finding in findings) else 1


def _subject(parsed: argparse.Namespace) -> int:
    from satudata import subject

    return subject.run(
        parsed.act,
        parsed.register_number,
        _settings,
        by=_OPERATOR,
        reason=parsed.reason,
        yes=parsed.yes,
        as_json=parsed.json,
    )


def _catalog(parsed: argparse.Namespace) -> int:
    from catalog_service.bootstrap import build_application

    settings = _settings("catalog")
    application = build_application(settings, Pool(settings.database_url, 1))
    application.import_folder(parsed.file, by=_OPERATOR)
    return 0


def _letters(parsed: argparse.Namespace) -> int:
    from letters_service.entrypoints.command import verify

    settings = _settings("letters")
    return verify(settings, Pool(settings.database_url, 1), parsed.file, as_json=parsed.json)


def _rebuild(parsed: argparse.Namespace) -> int:
    from satudata import rebuilding

    if parsed.view not in rebuilding.VIEWS:
        print(f"satudata: rebuild one of {', '.join(rebuilding.VIEWS)}.", file=sys.stderr)
        return 2
    return rebuilding.run(parsed.view, _environment())


def _mask(parsed: argparse.Namespace) -> int:
    from chassis.sandbox import Refused, TooMuch
    from privacy_service.adapters.command import mask_file

    try:
        masked = mask_file(parsed.file)
    except OSError as error:
        print(f"satudata: {error}", file=sys.stderr)
        return 2
    except (Refused, TooMuch) as error:
        print(f"satudata: {error}", file=sys.stderr)
        return 1
    if masked.left:
        print("satudata: personal data would be left; nothing was written.", file=sys.stderr)
        return 1
    into = parsed.into or parsed.file.with_name(f"{parsed.file.stem}-masked.{masked.format}")
    into.write_bytes(masked.data)
    print(json.dumps(masked.masked_columns, ensure_ascii=False, indent=1))
    print(f"{masked.rows} rows written to {into}", file=sys.stderr)
    return 0


def _witness(parsed: argparse.Namespace) -> int:
    from requests_service.sealing.verify_log import CannotCheck

    from satudata import witness

    try:
        if parsed.new_key:
            print(witness.new_key(parsed.key_file, parsed.new_key))
            return 0
        if parsed.state is None:
            raise CannotCheck("a witness needs --state, a folder that stays")
        signer = witness.read_key(parsed.key_file)
        kept = witness.Witness(signer, parsed.state, witness.logs_of(parsed.log))
        server = witness.build_server(kept, parsed.host, parsed.port)
    except (CannotCheck, OSError) as error:
        print(f"satudata: {error}", file=sys.stderr)
        return 2
    print(f"{signer.key}\nhttp://{parsed.host}:{server.server_port}", flush=True)
    with suppress(KeyboardInterrupt):
        server.serve_forever()
    return 0


def _environment() -> dict[str, str]:
    """The environment; where it names no databases, that of the embedded installation here."""
    from satudata.postgres import EmbeddedPostgres
    from satudata.run import embedded_environment

    folder = var()
    if "REQUESTS_DATABASE_URL" in os.environ or not (folder / "pg").exists():
        return dict(os.environ)
    return embedded_environment(folder, EmbeddedPostgres(folder / "pg"), _port()) | os.environ


def _settings(service: str) -> Settings:
    return load(service, _environment())


def _port() -> int:
    text = os.environ.get("PORT", "8080")
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise SettingsError(f"PORT is a whole number from 1 to 65535, not {text!r}.")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
