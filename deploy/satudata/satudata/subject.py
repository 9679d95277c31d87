"""`satudata subject`: what is held on a Pemohon and where, without showing it; and its erasure."""

import json
import sys
from collections.abc import Callable
from typing import Any
from uuid import UUID

from chassis.actor import Actor
from chassis.postgres import Pool
from chassis.settings import Settings
from requests_service.application import Requests
from requests_service.bootstrap import build_application
from requests_service.domain import erasing
from requests_service.domain.errors import RequestsError

_KEY = "coalesce((SELECT wrapped IS NOT NULL FROM keys WHERE owner = %(owner)s), false) AS key_held"
_HELD: dict[str, tuple[str, str]] = {
    "requests": (
        "person_id",
        "SELECT (SELECT count(*) FROM people WHERE person_id = %(owner)s) AS identities,"
        " (SELECT count(*) FROM facts WHERE stream = %(request_id)s) AS facts_of_the_request,"
        f" {_KEY}",
    ),
    "letters": (
        "person_id",
        "SELECT (SELECT count(*) FROM letters WHERE owner = %(owner)s) AS sealed_letters,"
        " (SELECT count(*) FROM letters WHERE request_id = %(request_id)s"
        "  AND owner <> %(owner)s) AS letters_that_name_nobody,"
        f" {_KEY}",
    ),
    "privacy": (
        "request_id",
        f"SELECT (SELECT count(*) FROM files WHERE request_id = %(owner)s) AS sealed_files, {_KEY}",
    ),
    "notify": (
        "person_id",
        "SELECT count(*) FILTER (WHERE state IN ('waiting', 'failed')) AS mails_to_be_sent,"
        " count(*) FILTER (WHERE state = 'sent') AS mails_that_left"
        " FROM mails WHERE request_id = %(request_id)s AND audience = 'pemohon'",
    ),
}
"""Service to whose key it seals with, and what it counts. The catalogue knows no Pemohon: its
guestbook is by e-mail address, and a guest is forgotten there."""


def run(
    act: str,
    register_number: str,
    settings_of: Callable[[str], Settings],
    *,
    by: Actor,
    reason: str | None,
    yes: bool,
    as_json: bool,
) -> int:
    """`show` or `erase`; the exit status."""
    settings = settings_of("requests")
    app = build_application(settings, Pool(settings.database_url, 2))
    try:
        request_id = app.reading.id_of(register_number)
        _show(app, request_id, settings_of, as_json=as_json)
        return 0 if act == "show" else _erase(app, request_id, register_number, by, reason, yes=yes)
    except RequestsError as error:
        print(f"satudata: {error}", file=sys.stderr)
        return 1


def _erase(
    app: Requests, request_id: UUID, register_number: str, by: Actor, reason: str | None, *,
    yes: bool,
) -> int:  # fmt: skip
    reasons = {code: each for code, each in erasing.REASONS.items() if code != erasing.BY_TERM}
    if reason not in reasons:
        print("satudata: subject erase needs --reason, one of:", file=sys.stderr)
        for code, each in reasons.items():
            print(f"  {code:<20} {each.text} ({each.article})", file=sys.stderr)
        return 2
    # What is held is refused below, without asking whether it is meant.
    if not yes and not app.forgetting.holds(request_id):
        print(f"This cannot be undone. Type {register_number} to erase: ", end="", flush=True)
        if sys.stdin.readline().strip() != register_number:
            print("satudata: nothing was erased.", file=sys.stderr)
            return 1
    app.forgetting.erase(request_id, by, reason=str(reason))
    print("erased here; the other services answer as they hear of it: see `subject show`.")
    return 0


def _show(
    app: Requests, request_id: UUID, settings_of: Callable[[str], Settings], *, as_json: bool
) -> None:
    ids = {"request_id": request_id, "person_id": _person_of(app, request_id)}
    held = {
        service: _held(settings_of(service), ids[owner], request_id, sql)
        for service, (owner, sql) in _HELD.items()
    }
    erasure = app.forgetting.erasure(request_id)
    told: dict[str, Any] = {
        "held": held,
        "erased_on": erasure.on.isoformat() if erasure else None,
        "reason": erasure.reason if erasure else None,
        "answers": {a.holder: [a.destroyed, a.kept, a.kept_because] for a in erasure.answers}
        if erasure
        else {},
        "not_answered": list(erasure.missing) if erasure else [],
        "may_not_be_erased_because": []
        if erasure
        else [f"{hold.sentence} ({hold.basis})" for hold in app.forgetting.holds(request_id)],
    }
    if as_json:
        print(json.dumps(told, ensure_ascii=False))
        return
    for service, counts in held.items():
        print(f"{service:<10}" + ", ".join(f"{n} {_said(n, v)}" for n, v in counts.items()))
    if erasure:
        print("Without its key, what is still stored sealed can be read by nobody.")
    for name in ("erased_on", "reason"):
        if told[name]:
            print(f"{name}: {told[name]}")
    for holder, (destroyed, kept, why) in told["answers"].items():
        print(f"{holder} answered: {destroyed} destroyed, {kept} kept{f' ({why})' if why else ''}")
    for holder in told["not_answered"]:
        print(f"{holder} HAS NOT ANSWERED")
    for sentence in told["may_not_be_erased_because"]:
        print(f"may not be erased: {sentence}")


def _said(name: str, value: Any) -> str:
    return ("yes" if value else "no") if name == "key_held" else str(value)


def _person_of(app: Requests, request_id: UUID) -> UUID:
    [(person_id,)] = app.pool.execute("SELECT person_id FROM board WHERE id = %s", (request_id,))
    return UUID(str(person_id))


def _held(settings: Settings, owner: UUID, request_id: UUID, sql: str) -> dict[str, Any]:
    pool = Pool(settings.database_url, 1)
    try:
        return pool.query(sql, {"owner": owner, "request_id": request_id})[0]
    finally:
        pool.close()
