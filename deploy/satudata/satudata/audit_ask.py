"""`satudata audit ask [CODE] [NAME=VALUE …]`: the questions that stand ready, answered here."""

import argparse
import json
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

from chassis.postgres import Pool
from chassis.settings import Settings
from requests_service.audit.asking import position_from
from requests_service.audit.question import Answer, Question, asked_from, told_of
from requests_service.audit.questions import QUESTIONS
from requests_service.audit.recording import note_query
from requests_service.bootstrap import build_application
from requests_service.domain.errors import RequestNotFound, RequestsError

from satudata.audit_show import BY


def register(of_audit: Any, settings_of: Callable[[str], Settings]) -> None:
    """Add `ask` to the group `audit`."""
    text = "Answer one of the auditor's ready questions; without a code, list them."
    ask = of_audit.add_parser(
        "ask",
        help=text,
        description=f"{text} What is asked is itself recorded in the log.",
        epilog="Exit status: 0 answered, 1 there is no such request, 2 wrong use.",
    )
    ask.add_argument("code", nargs="?", choices=list(QUESTIONS), metavar="CODE")
    ask.add_argument("given", nargs="*", type=_pair, metavar="NAME=VALUE",
                     help="as the list names them: since=2026-11-01")  # fmt: skip
    ask.add_argument("--before", default="", metavar="POSITION",
                     help="the page of what stands before it")  # fmt: skip
    ask.add_argument("--json", action="store_true", help="the answer as one JSON object")
    ask.set_defaults(do=partial(_ask, settings_of))


def _pair(typed: str) -> tuple[str, str]:
    name, equals, value = typed.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"{typed!r} is not NAME=VALUE")
    return name, value


def _ask(settings_of: Callable[[str], Settings], parsed: argparse.Namespace) -> int:
    if parsed.code is None:
        _print_questions()
        return 0
    settings = settings_of("requests")
    question = QUESTIONS[parsed.code]
    pool = Pool(settings.database_url, 2)
    try:
        with build_application(settings, pool) as app:
            asked = asked_from(app, question, dict(parsed.given), position_from(parsed.before))
            note_query(app, BY, told_of(question, asked))
            answer = question.answer(asked)
    except RequestsError as error:
        print(f"satudata: {error}", file=sys.stderr)
        return 1 if isinstance(error, RequestNotFound) else 2
    finally:
        pool.close()
    if parsed.json:
        print(json.dumps(answer.as_json(), ensure_ascii=False, indent=1, default=str))
    else:
        _print(question, answer)
    return 0


def _print_questions() -> None:
    for question in QUESTIONS.values():
        names = (each.name if each.required else f"[{each.name}]" for each in question.parameters)
        print(f"{question.code:<24} {question.title}\n{'':<24} {' '.join(names)}")


def _print(question: Question, answer: Answer) -> None:
    """Tab-separated, with the names of the columns in JSON."""
    keys = [
        key
        for column in question.columns
        for key in (("actor", "role", "agency") if column.kind == "who" else (column.key,))
    ]
    print("\t".join(keys))
    for row in answer.as_json()["rows"]:
        print("\t".join("" if row[key] is None else str(row[key]) for key in keys))
    if answer.next_before:
        print(f"There is more: --before {answer.next_before}", file=sys.stderr)
