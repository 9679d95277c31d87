"""`satudata events …`: facts of the log shown, followed, exported."""

import argparse
import dataclasses
import json
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from chassis.actor import Actor
from chassis.clock import JAKARTA
from chassis.postgres import Pool
from chassis.settings import Settings

SettingsOf = Callable[[str], Settings]
"""The settings of a service."""

_OPERATOR = Actor("satudata", "operator")
_FORMATS = ("csv", "parquet", "xes", "ocel")
_LOOK_AGAIN_SECONDS = 0.5
_PAGE_FACTS = 500
_FILTERS = {
    "request": ("NUMBER", "register number of a request; with what happened beside it"),
    "actor": ("WHO", "account name, or an id as the log has it"),
    "role": ("ROLE", "of the actor: ppid, ppid_pembantu, walidata, service, ..."),
    "agency": ("CODE", "of the actor, or else the one that holds the request's data"),
    "since": ("TIME", "what happened then or later"),
    "until": ("TIME", "what happened before then"),
    "as-of": ("TIME|POSITION", "what had happened by then, or up to that position"),
    "as-known-at": ("TIME", "what had been recorded by then"),
}
_RECORDED = " The question is itself recorded in the log."
_STATUSES = "Exit status: 0 done, 1 the log has no such thing, or lost some of it, 2 wrong use."
_TIMES = (
    "TIME is a date, or a time such as 2026-11-20T15:04, of Asia/Jakarta unless it says its zone. A"
    " date means its beginning for --since, and its end for the others. POSITION is a number. "
)


def register(commands: Any, settings_of: SettingsOf) -> None:
    """Add the group to the command line."""
    events = commands.add_parser("events", help="Show, follow and export the facts of the log.")
    of_events = events.add_subparsers(required=True, metavar="WHAT")

    def command(name: str, do: Callable[[Settings, argparse.Namespace], int], text: str) -> Any:
        times = _TIMES if do is _export else ""
        sub = of_events.add_parser(
            name, help=text, description=text + _RECORDED, epilog=times + _STATUSES
        )
        sub.set_defaults(do=partial(_done, do, settings_of))
        return sub

    show = command("show", _show, "Everything about one request, or one fact in whole.")
    show.add_argument("what", metavar="NUMBER|POSITION",
                      help="register number, as 2026-0042, or a position in the log")  # fmt: skip
    show.add_argument("--json", action="store_true", help="one object a line")

    tail = command("tail", _tail, "The newest facts.")
    tail.add_argument("-n", type=_count, default=20, metavar="COUNT",
                      help="how many (20); with --follow 0 shows new ones alone")  # fmt: skip
    tail.add_argument(
        "--follow", "-f", action="store_true", help="go on with new ones; Ctrl+C ends"
    )
    tail.add_argument("--type", action="append", default=[], metavar="FACT",
                      help="only these, as RequestRefused; may be repeated")  # fmt: skip
    tail.add_argument("--json", action="store_true", help="one object a line")

    export = command(
        "export", _export,
        "A zip of the sealed log, or of a part of it, with proofs and what checks them.",
    )  # fmt: skip
    export.add_argument("--into", type=Path, required=True, metavar="FILE.zip",
                        help="a new file, which only its owner may read")  # fmt: skip
    export.add_argument("--format", action="append", default=[], choices=_FORMATS,
                        help="beside JSONL; may be repeated")  # fmt: skip
    export.add_argument("--type", action="append", default=[], metavar="FACT",
                        help="only these facts; may be repeated")  # fmt: skip
    for name, (metavar, text) in _FILTERS.items():
        export.add_argument(f"--{name}", metavar=metavar, help=text)


def _count(typed: str) -> int:
    if not typed.isdecimal():
        raise argparse.ArgumentTypeError(f"{typed!r} is no count: a whole number from 0")
    return int(typed)


def _done(
    do: Callable[[Settings, argparse.Namespace], int],
    settings_of: SettingsOf,
    parsed: argparse.Namespace,
) -> int:
    from requests_service.audit.filters import FilterInvalid
    from requests_service.domain.errors import RequestsError

    try:
        return do(settings_of("requests"), parsed)
    except FilterInvalid as error:
        print(f"satudata: {error}", file=sys.stderr)
        return 2
    except RequestsError as error:
        print(f"satudata: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        # Whoever read it, `head` or a pager, has had enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


# show


def _show(settings: Settings, parsed: argparse.Namespace) -> int:
    if parsed.what.isdecimal():
        return _show_fact(settings, int(parsed.what), as_json=parsed.json)
    return _show_request(settings, parsed.what, as_json=parsed.json)


def _show_request(settings: Settings, number: str, *, as_json: bool) -> int:
    from requests_service.audit.filters import Filters
    from requests_service.audit.one_request import timeline
    from requests_service.audit.recording import note_query
    from requests_service.bootstrap import build_application

    application = build_application(settings, Pool(settings.database_url, 1))
    request_id = application.reading.id_of(number)
    note_query(application, _OPERATOR, {"kind": "request", "request_id": str(request_id)})
    for entry in timeline(application, request_id, Filters()):
        if as_json:
            print(json.dumps(dataclasses.asdict(entry), ensure_ascii=False, default=str))
            continue
        steps = f"{entry.step or '-'} > {entry.next_step or '-'}" if entry.own else ""
        due = f"due {entry.was_due}" if entry.was_due and entry.own else ""
        print(
            f"{entry.position:>9}  {_wib(entry.occurred_at)}  {entry.type:<22} {steps:<8}"
            f" {entry.role:<14} {entry.agency or '':<14} {due:<15}"
            f" {'LATE' if entry.late else '':<5} {entry.seal.status}"
        )
    return 0


def _show_fact(settings: Settings, position: int, *, as_json: bool) -> int:
    from requests_service.audit.recording import note_query
    from requests_service.audit.seals import seals_of
    from requests_service.bootstrap import build_application

    pool = Pool(settings.database_url, 1)
    application = build_application(settings, pool)
    note_query(application, _OPERATOR, {"kind": "fact", "position": position})
    with pool.connection() as conn, conn.cursor() as cur:
        found = _rows(cur, "position = %s", [position], limit=1)
    if not found:
        print(f"satudata: the log has no position {position}.", file=sys.stderr)
        return 1
    seal = seals_of(pool, found)[position]
    whole = _whole(found[0]) | {"seal": seal.status, "leaf_index": seal.leaf_index}
    print(json.dumps(whole, ensure_ascii=False, indent=None if as_json else 2))
    return 0


# tail


def _tail(settings: Settings, parsed: argparse.Namespace) -> int:
    from requests_service.audit.filters import filters_from
    from requests_service.audit.recording import note_query
    from requests_service.bootstrap import build_application

    pool = Pool(settings.database_url, 2)
    application = build_application(settings, pool)
    if not (parsed.n or parsed.follow):
        print("satudata: -n 0 shows nothing without --follow.", file=sys.stderr)
        return 2
    types = filters_from(pool, {"types": ",".join(parsed.type)}).types
    note_query(application, _OPERATOR, {"kind": "tail", "types": types, "follow": parsed.follow})
    with suppress(KeyboardInterrupt):
        for row in _newest(pool, types, parsed.n, follow=parsed.follow):
            print(_line(row, as_json=parsed.json), flush=parsed.follow)
    return 0


def _newest(
    pool: Pool, types: tuple[str, ...] | None, count: int, *, follow: bool
) -> Iterator[Any]:
    from chassis import log

    of_types = "type = ANY(%s)" if types else "TRUE"
    args = [list(types)] if types else []
    with pool.connection() as conn, conn.cursor() as cur:
        known = log.bound(cur, 0)
        newest_first = _rows(
            cur, f"{of_types} AND position <= %s", [*args, known], limit=count, newest=True
        )
        yield from newest_first[::-1]
        while follow:
            up_to = log.bound(cur, known)
            while found := _rows(
                cur,
                f"{of_types} AND position > %s AND position <= %s",
                [*args, known, up_to],
                limit=_PAGE_FACTS,
            ):
                known = found[-1].position
                yield from found
            known = up_to
            time.sleep(_LOOK_AGAIN_SECONDS)


def _rows(
    cur: Any, condition: str, args: Iterable[Any], *, limit: int, newest: bool = False
) -> list[Any]:
    from requests_service.sealing.entries import COLUMNS, FactRow

    cur.execute(
        f"SELECT {COLUMNS} FROM facts WHERE {condition}"
        f" ORDER BY position {'DESC' if newest else ''} LIMIT %s",
        [*args, limit],
    )
    rows = [FactRow(*row) for row in cur.fetchall()]
    return [row._replace(state=bytes(row.state)) for row in rows]


def _line(row: Any, *, as_json: bool) -> str:
    if as_json:
        return json.dumps(_whole(row), ensure_ascii=False)
    told = json.loads(row.state)
    about = told.get("register_number") or row.correlation or ""
    return (
        f"{row.position:>9}  {_wib(datetime.fromisoformat(row.occurred_at))}  {row.type:<22}"
        f" {row.role:<14} {row.agency or '':<14} {about}"
    )


def _whole(row: Any) -> dict[str, Any]:
    return {**row._asdict(), "state": json.loads(row.state)}


def _wib(at: datetime) -> str:
    return f"{at.astimezone(JAKARTA):%Y-%m-%d %H:%M:%S}"


# export


def _export(settings: Settings, parsed: argparse.Namespace) -> int:
    from requests_service.audit.exports import begin_export
    from requests_service.bootstrap import build_application, log_origin

    if parsed.into.exists():
        print(f"satudata: {parsed.into} is there already.", file=sys.stderr)
        return 2
    application = build_application(settings, Pool(settings.database_url, 2))
    started = time.monotonic()
    part = parsed.into.with_name(f"{parsed.into.name}.part")
    try:
        # For its owner alone: operator and auditor decide who else may read the log.
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            begun = begin_export(
                application,
                _OPERATOR,
                origin=log_origin(settings),
                given=_given(parsed),
                formats=parsed.format,
            )
            _write(begun, out)
        part.rename(parsed.into)
    except OSError as error:
        print(f"satudata: {error}", file=sys.stderr)
        return 2
    finally:
        part.unlink(missing_ok=True)
    size, seconds = parsed.into.stat().st_size, time.monotonic() - started
    print(
        f"{begun.count - begun.missing} facts in {parsed.into} ({size / 1e6:.1f} MB,"
        f" {seconds:.1f} s); check it: satudata audit verify {parsed.into} --key VERIFIER_KEY",
        file=sys.stderr,
    )
    if begun.missing:
        print(f"satudata: {begun.missing} sealed facts are gone from the log.", file=sys.stderr)
    return 1 if begun.missing else 0


def _given(parsed: argparse.Namespace) -> Mapping[str, str | None]:
    names = [name.replace("-", "_") for name in _FILTERS]
    return {name: getattr(parsed, name) for name in names} | {"types": ",".join(parsed.type)}


def _write(begun: Any, out: BinaryIO) -> None:
    from requests_service.sealing.verify_log import Progress

    progress = Progress(sys.stderr)
    progress.expect(begun.steps)
    with closing(begun.pieces()) as pieces:
        for piece in pieces:
            out.write(piece)
            progress.show(begun.done)
    progress.end()
