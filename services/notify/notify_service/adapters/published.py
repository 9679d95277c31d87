"""What others may hear of notify's facts."""

from collections.abc import Callable
from typing import Any

PUBLISHED: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "MailSent": lambda data: {"mail": data["mail"], "audience": data["audience"]},
    "PersonForgotten": lambda data: {
        name: data[name] for name in ("person_id", "destroyed", "kept", "kept_because")
    },
}
