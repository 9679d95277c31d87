"""`satudata audit …` and `satudata events …`: asking the log, and checking its proof."""

import argparse
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

from chassis.postgres import Pool
from chassis.settings import Settings
from requests_service.sealing import verify_log

from satudata import audit_ask, audit_conformance, audit_show, events_commands

SettingsOf = Callable[[str], Settings]
"""The settings of a service."""


def register(commands: Any, settings_of: SettingsOf) -> None:
    """Add both groups to the command line."""
    audit = commands.add_parser("audit", help="Check and ask the sealed log.")
    of_audit = audit.add_subparsers(required=True, metavar="WHAT")
    _register_verify(of_audit, settings_of)
    audit_show.register(of_audit, settings_of)
    audit_ask.register(of_audit, settings_of)
    audit_conformance.register(of_audit, settings_of)
    events_commands.register(commands, settings_of)


def _register_verify(of_audit: Any, settings_of: SettingsOf) -> None:
    text = (
        "Was anything changed since it was sealed? Checks an export, a log at an address, a letter"
        " with its proof; --live without an address: every fact in the database of this"
        " installation, by the keys that it signs with now unless --key gives others."
    )
    verify = of_audit.add_parser(
        "verify",
        help="Was anything changed since it was sealed?",
        description=text,
        epilog=verify_log.STATUSES,
    )
    verify_log.add_arguments(verify)
    verify.set_defaults(do=partial(_verify, settings_of))


def _verify(settings_of: SettingsOf, parsed: argparse.Namespace) -> int:
    in_database = parsed.live == "" and not (parsed.file or parsed.proof)
    try:
        if in_database:
            report = _verify_database(settings_of("requests"), parsed)
        else:
            report = verify_log.run(parsed)
    except verify_log.CannotCheck as error:
        print(verify_log.printable(f"satudata: {error}"), file=sys.stderr)
        return 2
    print(verify_log.json_of(report) if parsed.json else verify_log.text_of(report))
    return report.status


def _verify_database(settings: Settings, parsed: argparse.Namespace) -> verify_log.Report:
    from requests_service.sealing.stored_log import verify_stored

    keys = verify_log.keys_of(parsed.key, verify_log.LOG) or _own_keys(settings)
    progress = verify_log.Progress(sys.stderr)
    with Pool(settings.database_url, 1).connection() as conn, conn.cursor() as cur:
        report = verify_stored(
            cur,
            keys,
            witnesses=verify_log.keys_of(parsed.witness, verify_log.WITNESS),
            since=[verify_log.read(each) for each in parsed.since],
            progress=progress,
            dsn=settings.database_url,
        )
    progress.end()
    if not parsed.key:
        report.cautions.append("The keys are those that this installation signs with now.")
    return report


def _own_keys(settings: Settings) -> list[verify_log.Key]:
    from requests_service.bootstrap import log_origin
    from requests_service.sealing.notes import Signer

    if settings.sealing_key is None:
        raise verify_log.CannotCheck("SEALING_KEY is not set here: give the log's key with --key")
    origin = log_origin(settings)
    seeds = (settings.sealing_key, settings.sealing_next_key)
    return [verify_log.key_of(str(Signer(origin, seed).key)) for seed in seeds if seed]
