"""What others may hear: fact to public message. A fact without a line here stays inside."""

from collections.abc import Callable, Mapping
from typing import Any


def _all(*names: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda data: {name: data[name] for name in names}


PUBLISHED: Mapping[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "LetterIssued": _all("letter", "letter_id", "number", "issued_on", "digest", "addressed_to"),
    "LetterRead": _all("letter", "letter_id"),
    "PersonForgotten": _all("person_id", "destroyed", "kept", "kept_because"),
}
