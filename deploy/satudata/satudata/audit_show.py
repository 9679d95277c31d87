"""`satudata audit show REGISTER_NUMBER`: one request as the log has it, with its seals."""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial
from typing import Any

from chassis.actor import Actor
from chassis.clock import JAKARTA
from chassis.postgres import Pool
from chassis.settings import Settings
from requests_service.audit.filters import filters_from
from requests_service.audit.one_request import Entry, lost_versions, state_at, timeline
from requests_service.audit.recording import note_query
from requests_service.audit.seals import Sealed
from requests_service.bootstrap import build_application
from requests_service.domain.errors import RequestNotFound, RequestsError

BY = Actor("satudata", "operator")
"""Whoever may run commands here is an operator; the log says so."""
_SEALS = {Sealed.INTACT: "intact", Sealed.NOT_YET: "not yet", Sealed.CHANGED: "CHANGED"}


def register(of_audit: Any, settings_of: Callable[[str], Settings]) -> None:
    """Add `show` to the group `audit`."""
    text = "How one request stood, and everything that happened to it, each fact with its seal."
    show = of_audit.add_parser(
        "show",
        help=text,
        description=f"{text} The question is itself recorded in the log.",
        epilog=(
            "TIME is a date, which means its end, or a time such as 2026-11-20T15:04, of"
            " Asia/Jakarta unless it says its zone. Exit status: 0 done, 1 there is no such"
            " request, or a fact of it is not as it was sealed, or is lost; 2 wrong use."
        ),
    )
    show.add_argument("register_number", metavar="NUMBER", help="register number, as 2026-0042")
    show.add_argument("--as-of", default="", metavar="TIME|POSITION",
                      help="without what happened later")  # fmt: skip
    show.add_argument("--as-known-at", default="", metavar="TIME",
                      help="without what was recorded later")  # fmt: skip
    show.add_argument("--json", action="store_true", help="all of it as one JSON object")
    show.set_defaults(do=partial(_show, settings_of))


def _show(settings_of: Callable[[str], Settings], parsed: argparse.Namespace) -> int:
    """1 as well when something is not as it was sealed."""
    settings = settings_of("requests")
    pool = Pool(settings.database_url, 2)
    try:
        with build_application(settings, pool) as app:
            known = filters_from(pool, {"as_of": parsed.as_of, "as_known_at": parsed.as_known_at})
            request_id = app.reading.id_of(parsed.register_number)
            told = {"kind": "request", "request_id": str(request_id), **known.as_json()}
            note_query(app, BY, told)
            entries = timeline(app, request_id, known)
            state = state_at(app, request_id, known)
            names = app.accounts.names()
    except RequestsError as error:
        print(f"satudata: {error}", file=sys.stderr)
        return 1 if isinstance(error, RequestNotFound) else 2
    finally:
        pool.close()
    lost = lost_versions(entries)
    if parsed.json:
        told = {"state": state, "events": [asdict(each) for each in entries], "lost": lost}
        print(json.dumps(told, ensure_ascii=False, indent=1, default=str))
    else:
        _print(state, entries, lost, names)
    broken = lost or any(each.seal.status is Sealed.CHANGED for each in entries)
    return 1 if broken else 0


def _print(
    state: dict[str, Any] | None, entries: Sequence[Entry], lost: list[int], names: dict[str, str]
) -> None:
    if state is None:
        print("It had not been submitted then.")
        return
    for name in ("register_number", "state", "step", "waiting_for", "agency", "decision", "due",
                 "statutory_due", "notice_issued_on", "ended_on"):  # fmt: skip
        if state[name] is not None:
            print(f"{name:<18} {state[name]}")
    print(f"\n{'position':>9}  {'seal':<8} {'at (Asia/Jakarta)':<17} {'step':<8} fact, by whom")
    for each in entries:
        at = each.occurred_at.astimezone(JAKARTA)
        by = f"{names.get(each.actor, each.actor)} ({each.role})"
        moved = each.own and each.next_step != each.step
        step = f"{each.step or '-'} > {each.next_step or 'end'}" if moved else ""
        late = f", LATE: was due {each.was_due}" if moved and each.late else ""
        print(
            f"{each.position:>9}  {_SEALS[each.seal.status]:<8} {at:%Y-%m-%d %H:%M}  {step:<8}"
            f" {each.type}, {by}{late}"
        )
    for version in lost:
        print(f"version {version} of its stream is LOST", file=sys.stderr)
