"""What a ready question is: what it asks back, how that is read, and what it answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from requests_service.application import Requests
from requests_service.audit.asking import Asked, Row, plain
from requests_service.audit.filters import FilterInvalid, Filters, filters_from

_SECONDS_MAX = 10 * 365 * 86400
_HOURS_MAX = 24 * 31


@dataclass(frozen=True)
class Parameter:
    """What a question asks back."""

    name: str
    label: str
    hint: str = ""
    required: bool = False
    default: str = ""
    choices: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Column:
    """`kind` says how the cell is shown: one of those in templates/audit_bagian.html."""

    key: str
    heading: str
    kind: str = "text"


@dataclass(frozen=True)
class Answer:
    """Rows, each with the `position` it rests on; what there is more, from where."""

    rows: list[Row]
    next_before: int | None = None
    facts: list[Row] = field(default_factory=list)
    """Of an answer that rests on several together: position, type and time of each."""

    def as_json(self) -> dict[str, Any]:
        return {
            "rows": [{name: _json(value) for name, value in row.items()} for row in self.rows],
            "next_before": self.next_before,
            "facts": [{name: _json(value) for name, value in fact.items()} for fact in self.facts],
        }


@dataclass(frozen=True)
class Question:
    code: str
    title: str
    explanation: str
    columns: tuple[Column, ...]
    answer: Callable[[Asked], Answer]
    parameters: tuple[Parameter, ...] = ()
    elsewhere: str = ""
    """What only another service's log holds."""
    empty: str = "Tidak ada yang ditemukan."


def asked_from(
    app: Requests, question: Question, given: Mapping[str, str], before: int | None
) -> Asked:
    """What was typed, read and checked. Raises FilterInvalid or RequestNotFound."""
    typed = {name: value.strip() for name, value in given.items() if value.strip()}
    if strange := sorted(set(typed) - {each.name for each in question.parameters}):
        raise FilterInvalid(f"Isian tidak dikenal: {', '.join(strange)}.")
    for each in question.parameters:
        if each.required and not typed.setdefault(each.name, each.default):
            raise FilterInvalid(f'Isi "{each.label}".')
        if each.choices and each.name in typed and typed[each.name] not in each.choices:
            raise FilterInvalid(
                f'"{each.label}" tidak mengenal pilihan itu; pilihannya: {", ".join(each.choices)}.'
            )
    own = {name: typed.pop(name) for name in _READERS if name in typed}
    if question.code == "beda":
        own.setdefault("to", "")
        known = {"as_known_at": typed.pop("as_known_at", None)}
        own_read = {name: filters_from(app.pool, {"as_of": own[name]} | known) for name in _TIMES}
        return Asked(app, filters_from(app.pool, typed), own_read, before)
    values = {name: _READERS[name](app, value) for name, value in own.items()}
    return Asked(app, filters_from(app.pool, typed), values, before)


def told_of(question: Question, asked: Asked) -> dict[str, Any]:
    """What the fact of asking says."""
    values = {
        name: value.as_json() if isinstance(value, Filters) else plain(value)
        for name, value in asked.values.items()
    }
    return {
        "kind": "question",
        "question": question.code,
        **asked.filters.as_json(),
        **values,
        "before": asked.before,
    }


def _whole(least: int, most: int, label: str) -> Callable[[Requests, str], int]:
    def read(app: Requests, typed: str) -> int:
        whole = typed.isascii() and typed.isdigit() and len(typed) < 19
        if not (whole and least <= int(typed) <= most):
            raise FilterInvalid(f'"{label}" ialah bilangan bulat dari {least} sampai {most}.')
        return int(typed)

    return read


def _instant(app: Requests, typed: str) -> datetime:
    found = filters_from(app.pool, {"since": typed}).since
    assert found is not None
    return found


_TIMES = ("from", "to")
_READERS: Mapping[str, Callable[[Requests, str], Any]] = {
    "field": lambda app, typed: typed,
    "pair": lambda app, typed: typed,
    "seconds": _whole(0, _SECONDS_MAX, "Lebih dari (detik)"),
    "hours": _whole(1, _HOURS_MAX, "Jam sebelum dan sesudah"),
    "around": _instant,
    "from": lambda app, typed: typed,
    "to": lambda app, typed: typed,
}


def _json(value: Any) -> Any:
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, list):
        return [
            {name: plain(inner) for name, inner in each.items()} if isinstance(each, dict) else each
            for each in value
        ]
    return plain(value)
