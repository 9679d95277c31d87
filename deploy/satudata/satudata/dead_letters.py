"""`satudata dead-letters …` and `satudata jobs …`: what waits, and what is done about it."""

import argparse
import json
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from functools import partial
from typing import Any

from chassis.actor import Actor
from chassis.dead_letters import (
    KINDS,
    MESSAGE_DISCARDED,
    MESSAGE_REDRIVEN,
    REASON_LENGTH_MAX,
    Kind,
    NotWaiting,
    ReasonMissing,
    ReasonUnfit,
    Waiting,
    WaitsBehind,
    fitting,
    needed,
    record_message_act,
)
from chassis.last_net import BrokerAway, DeadLetter, LastNet, NoWayBack, opened
from chassis.postgres import DatabaseAway, Pool
from chassis.settings import Settings

from satudata.places import SERVICES
from satudata.whoever import WrongUse, add_by, whoever

SettingsOf = Callable[[str], Settings]

BROKER = "broker"
"""Stands for a service in the ids of what lies in the broker's own queue."""
_NUMBERED = re.compile(rf"({'|'.join(SERVICES)})/(\d{{1,18}})")
_ON_BROKER = re.compile(rf"{BROKER}/[0-9a-f]{{10}}")
_AT_ONCE = 20
"""So many are handed over before the result of these is waited for."""
_STATES = {
    "person": "waits for a person",
    "later": "tried again at {next_try:%Y-%m-%d %H:%M:%S %z}",
    "now": "about to be tried",
    "behind": "behind {behind}",
}
_LIST = "{ref:<18} {what}  {about}  {state}  {times}  {reason}"

Outcome = tuple[str, str, bool]
"""Of which, what became of it, and whether that is well."""


def register(commands: Any, settings_of: SettingsOf) -> None:
    """Add both groups to the command line."""
    _group(
        commands, settings_of, "dead-letters", "dead-letters", "Messages that could not be handled."
    )
    _group(commands, settings_of, "jobs", "failed-jobs", "Jobs that failed and wait for a person.")


def _group(commands: Any, settings_of: SettingsOf, name: str, kind: Kind, text: str) -> None:
    group = commands.add_parser(name, help=text, description=text)
    acts = group.add_subparsers(required=True, metavar="WHAT")

    def act(verb: str, do: Callable[..., int], help_: str) -> argparse.ArgumentParser:
        found: argparse.ArgumentParser = acts.add_parser(verb, help=help_, description=help_)
        found.add_argument("--json", action="store_true")
        found.set_defaults(do=partial(_carefully, do, kind, settings_of))
        return found

    places = (*SERVICES, BROKER) if kind == "dead-letters" else SERVICES
    for verb, do, help_ in (
        ("list", _list, "What waits, of one or all services."),
        ("redrive", _redrive, "Have these tried again now; says what became of each."),
    ):
        narrowed = act(verb, do, help_)
        narrowed.add_argument("--service", choices=places)
        narrowed.add_argument("--type", help="of a message, or the kind of a job")
        narrowed.add_argument("--subject", help="of a message, or the key of a job")
        if verb == "list":
            narrowed.add_argument("--reason", dest="reason_has", help="a part of why it failed")
        else:
            narrowed.add_argument("--reason-has", metavar="TEXT", help="a part of why it failed")
            narrowed.add_argument("id", nargs="*", help="as `list` says: letters/17")
            narrowed.add_argument("--all", action="store_true", help="all that wait")
            narrowed.add_argument("--reason", help="for the log")
            narrowed.add_argument(
                "--wait", type=float, default=15, metavar="SECONDS", help="for the result, at most"
            )
            add_by(narrowed)
    act("show", _show, "All that is known of one.").add_argument("id")
    discard = act("discard", _discard, "Take these away; their effect will be missing for ever.")
    discard.add_argument("id", nargs="+")
    discard.add_argument("--reason", required=True, help="for the log; names no person")
    add_by(discard)


def _carefully(
    do: Callable[..., int], kind: Kind, settings_of: SettingsOf, parsed: argparse.Namespace
) -> int:
    try:
        return do(kind, settings_of, parsed)
    except (WrongUse, ReasonMissing) as error:
        said = "discard needs a reason." if isinstance(error, ReasonMissing) else str(error)
        print(f"satudata: {said}", file=sys.stderr)
    except BrokerAway as error:
        print(f"satudata: the broker does not answer: {error}", file=sys.stderr)
        return 69
    except ReasonUnfit:
        print(
            f"satudata: the reason has {REASON_LENGTH_MAX} characters at most, and no mailbox,"
            " identity number or telephone number in it: the log is for ever.",
            file=sys.stderr,
        )
    return 2


# --- list, show


def _list(kind: Kind, settings_of: SettingsOf, parsed: argparse.Namespace) -> int:
    rows, away = _found(kind, settings_of, parsed)
    if parsed.json:
        print(json.dumps(rows, default=str))
    else:
        for row in rows:
            print(_line(row))
        if not rows and not away:
            print("none")
    return 69 if away else 0


def _found(
    kind: Kind, settings_of: SettingsOf, parsed: argparse.Namespace
) -> tuple[list[dict[str, Any]], bool]:
    """The rows asked for, and whether somebody could not be asked."""
    rows: list[dict[str, Any]] = []
    away = False
    for service in [parsed.service] if parsed.service else [*SERVICES, BROKER]:
        try:
            if service != BROKER:
                with closing(_Of(kind, settings_of, service)) as of:
                    rows += of.waiting.waiting(
                        type_=parsed.type, subject=parsed.subject, reason=parsed.reason_has
                    )
            elif kind == "dead-letters":
                rows += _on_broker(settings_of, parsed)
        except (DatabaseAway, BrokerAway) as error:
            what = "the broker" if service == BROKER else f"the database of {service}"
            print(f"satudata: {what} does not answer: {error}", file=sys.stderr)
            away = True
    return rows, away


def _on_broker(settings_of: SettingsOf, parsed: argparse.Namespace) -> list[dict[str, Any]]:
    url = _broker(settings_of)
    if url is None:
        return []
    with opened(url) as net:
        rows = [letter.shown() for letter, _ in net.letters()]
    wanted = {"type": parsed.type, "subject": parsed.subject}
    return [
        row
        for row in rows
        if all(value is None or row[name] == value for name, value in wanted.items())
        and (parsed.reason_has or "").lower() in (row["reason"] or "").lower()
    ]


def _line(row: dict[str, Any]) -> str:
    if "queue" in row:
        what = f"{row['source']}/{row['type']}" if row["type"] else "no message of ours"
        state = f"was in {row['queue']}" if row["queue"] else "came from nowhere"
        times, about = "", row["subject"] or ""
    else:
        what = f"{row['source']}/{row['type']}" if "type" in row else row["kind"]
        about = row.get("subject") or row["key"]
        state = _STATES[row["state"]].format(**row)
        since = row.get("first_failed_at") or row["asked_at"]
        times = f"tried {row.get('tries', row.get('attempts'))}x since {since:%Y-%m-%d %H:%M}"
    return _LIST.format(
        ref=row["ref"], what=what, about=about, state=state, times=times, reason=row["reason"]
    )


def _show(kind: Kind, settings_of: SettingsOf, parsed: argparse.Namespace) -> int:
    service, number = _id(kind, parsed.id)
    if service == BROKER:
        for letter, _, _ in _picked(settings_of, [parsed.id]):
            _print_whole(letter.shown(), parsed.json)
            return 0
        return _nothing(parsed.id)
    with closing(_Of(kind, settings_of, service)) as of:
        try:
            _print_whole(of.waiting.show(number), parsed.json)
        except NotWaiting:
            return _nothing(parsed.id)
    return 0


def _print_whole(row: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print(json.dumps(row, default=str))
        return
    print(_line(row))
    told = ("place", "first_failed_at", "last_failed_at", "failed_at", "died_at", "trace")
    for name in told:
        if row.get(name):
            print(f"  {name.replace('_', ' '):<16} {row[name]}")
    for each in row.get("history", ()):
        said = f"{each['act']} by {each['by']}: {each['reason'] or ''}" if "act" in each else ""
        print(f"  {each['at']:%Y-%m-%d %H:%M:%S %z}  {said or _failure(each)}")
    for each in row.get("waiting_behind", ()):
        print(f"  behind it: {each['ref']} {each['source']}/{each['type']}")
    whole = row.get("message") or row.get("args")
    print(json.dumps(whole, indent=1, ensure_ascii=False))


def _failure(each: dict[str, Any]) -> str:
    return f"{each['reason']} at {each['place']}" if each["place"] else str(each["reason"])


# --- redrive, discard


def _redrive(kind: Kind, settings_of: SettingsOf, parsed: argparse.Namespace) -> int:
    narrowed = parsed.type or parsed.subject or parsed.reason_has
    if bool(parsed.id) == bool(narrowed or parsed.all):
        raise WrongUse("redrive takes ids, or --type, --subject, --reason-has, or --all.")
    by, reason = whoever(parsed), fitting(parsed.reason)
    refs: Sequence[str] = parsed.id
    away = False
    if not refs:
        # What lies with the broker may come back at once: only when it is asked for.
        rows, away = _found(kind, settings_of, parsed)
        told = [row for row in rows if parsed.service or "queue" not in row]
        refs = [row["ref"] for row in told if row.get("state") != "behind"]
    sort = {ref: _id(kind, ref) for ref in refs}
    numbered = [(ref, *of) for ref, of in sort.items() if of[0] != BROKER]
    outcomes = list(_redriven(kind, settings_of, numbered, by, reason, parsed.wait))
    on_broker = [ref for ref, of in sort.items() if of[0] == BROKER]
    outcomes += _with_broker(settings_of, on_broker, MESSAGE_REDRIVEN, by, reason)
    done = _tell(outcomes, parsed.json)
    return 69 if away else done


def _redriven(
    kind: Kind,
    settings_of: SettingsOf,
    refs: Sequence[tuple[str, str, int]],
    by: Actor,
    reason: str | None,
    wait_seconds: float,
) -> Iterator[Outcome]:
    """A few at a time, each few to its end or for so long."""
    of = {service: _Of(kind, settings_of, service) for service in {each[1] for each in refs}}
    try:
        for begin in range(0, len(refs), _AT_ONCE):
            under_way = {}
            for ref, service, number in refs[begin : begin + _AT_ONCE]:
                waiting = of[service].waiting
                try:
                    before = waiting.failure(number)
                    waiting.redrive(number, by, reason=reason)
                    under_way[ref] = (waiting, number, before)
                except NotWaiting:
                    yield ref, "unknown", False
                except WaitsBehind as error:
                    yield ref, f"waits behind {service}/{error.first}: redrive that one", False
            yield from _results(under_way, time.monotonic() + wait_seconds)
    finally:
        for each in of.values():
            each.close()


def _results(
    under_way: dict[str, tuple[Waiting, int, tuple[Any, str] | None]], until: float
) -> Iterator[Outcome]:
    while under_way:
        for ref, (waiting, number, before) in list(under_way.items()):
            now = waiting.failure(number)
            if now is None:
                yield ref, "handled", True
            elif before is not None and now[0] != before[0]:
                yield ref, f"failed again: {now[1]}", False
            elif time.monotonic() >= until:
                yield ref, "handed over: tried as soon as a worker gets to it", True
            else:
                continue
            del under_way[ref]
        if under_way:
            time.sleep(0.1)


def _discard(kind: Kind, settings_of: SettingsOf, parsed: argparse.Namespace) -> int:
    by, reason = whoever(parsed), needed(parsed.reason)
    outcomes: list[Outcome] = []
    on_broker = []
    for ref, (service, number) in {each: _id(kind, each) for each in parsed.id}.items():
        if service == BROKER:
            on_broker.append(ref)
            continue
        with closing(_Of(kind, settings_of, service)) as of:
            try:
                gone = of.waiting.discard(number, by, reason=reason)
                outcomes.append((ref, "discarded" if gone else "was handled meanwhile", True))
            except NotWaiting:
                outcomes.append((ref, "unknown", False))
    outcomes += _with_broker(settings_of, on_broker, MESSAGE_DISCARDED, by, reason)
    return _tell(outcomes, parsed.json)


def _with_broker(
    settings_of: SettingsOf, refs: Sequence[str], act: str, by: Actor, reason: str | None
) -> list[Outcome]:
    """The fact first: whatever is done was recorded, and killed in between it is done again."""
    if not refs:
        return []
    became = {ref: (ref, "unknown", False) for ref in refs}
    for letter, delivery, net in _picked(settings_of, refs):
        ref = f"{BROKER}/{letter.id}"
        if act == MESSAGE_REDRIVEN and letter.queue is None:
            became[ref] = (ref, "cannot be redriven: it never was in a queue of ours", False)
            continue
        _record(settings_of, letter, act, by, reason)
        if act == MESSAGE_DISCARDED:
            net.throw_away(delivery)
            became[ref] = (ref, "discarded", True)
            continue
        try:
            net.send_back(letter, delivery)
            became[ref] = (ref, f"sent back to {letter.queue}", True)
        except NoWayBack as error:
            became[ref] = (ref, f"cannot be redriven: {error}", False)
    return list(became.values())


def _picked(
    settings_of: SettingsOf, refs: Iterable[str]
) -> Iterator[tuple[DeadLetter, Any, LastNet]]:
    """Those of the broker's queue, while it is looked at."""
    url = _broker(settings_of)
    if url is None:
        return
    with opened(url) as net:
        # All of them first: what is sent back may come again.
        for letter, delivery in list(net.letters()):
            if f"{BROKER}/{letter.id}" in refs:
                yield letter, delivery, net


def _record(
    settings_of: SettingsOf, letter: DeadLetter, act: str, by: Actor, reason: str | None
) -> None:
    """In the log of the service that could not take it."""
    service = letter.queue if letter.queue in SERVICES else "requests"
    message = letter.message
    with (
        closing(Pool(settings_of(service).database_url, 1)) as pool,
        pool.transaction() as cur,
    ):
        id_ = message.id if message else f"{BROKER}/{letter.id}"
        record_message_act(cur, act, id_, message, by, reason)


# --- both


class _Of:
    """What waits in one service, with a connection of its own."""

    def __init__(self, kind: Kind, settings_of: SettingsOf, service: str) -> None:
        self._pool = Pool(settings_of(service).database_url, 1)
        self.waiting: Waiting = KINDS[kind](self._pool, service)

    def close(self) -> None:
        """Let the connection go."""
        self._pool.close()


def _id(kind: Kind, ref: str) -> tuple[str, int]:
    """Service and number; the number is 0 for what lies with the broker. Raises WrongUse."""
    if found := _NUMBERED.fullmatch(ref):
        return found[1], int(found[2])
    if kind == "dead-letters" and _ON_BROKER.fullmatch(ref):
        return BROKER, 0
    raise WrongUse(f"{ref!r} is no id: `list` shows them, as letters/17.")


def _broker(settings_of: SettingsOf) -> str | None:
    url = settings_of("requests").amqp_url
    return url if url.startswith("amqp") else None


def _tell(outcomes: Sequence[Outcome], as_json: bool) -> int:
    if as_json:
        print(json.dumps([{"ref": ref, "outcome": said} for ref, said, _ in outcomes]))
    for ref, said, well in [] if as_json else outcomes:
        print(f"{ref}  {said}", file=sys.stdout if well else sys.stderr)
    if not outcomes:
        print("satudata: nothing waits.", file=sys.stderr)
    return 0 if outcomes and all(well for _, _, well in outcomes) else 1


def _nothing(ref: str) -> int:
    print(f"satudata: nothing waits as {ref}.", file=sys.stderr)
    return 1
