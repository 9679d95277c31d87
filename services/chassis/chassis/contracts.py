"""The JSON Schemas of messages: of what a service publishes, and of what it reads in what it hears.

They lie in the service's folder `contracts`, beside its migrations: `<Type>.v<n>.schema.json` says
all of what is published; `heard/<source>.<Type>.v<n>.schema.json` only what the handlers read of
another service's message, so that fields which come later disturb nobody.
"""

import json
import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from chassis.message import Message
from jsonschema_rs import Draft202012Validator

_PUBLISHED = re.compile(r"(?P<type>\w+)\.v(?P<version>\d+)\.schema\.json")
_HEARD = re.compile(r"(?P<source>\w+)\." + _PUBLISHED.pattern)
_PLACES_SHOWN = 3


class Misfit(Exception):
    """The data is not what its contract says; the text names places, never values."""


class UnknownKind(Exception):
    """No such type is heard here, or no such version of it. A later version may hear it."""


def folder_of(service: str) -> Path:
    """Where a service keeps its contracts."""
    found = find_spec(f"{service}_service")
    if found is None or found.origin is None:
        raise LookupError(f"there is no package {service}_service")
    return Path(found.origin).parent.parent / "contracts"


@cache
def contracts_of(service: str) -> "Contracts":
    """The contracts of one service, read once."""
    return Contracts(folder_of(service))


class Contracts:
    """Validators by source, type and version; a source of None is the service itself."""

    def __init__(self, folder: Path) -> None:
        self._validators: dict[tuple[str | None, str, int], Draft202012Validator] = {}
        for pattern, place in ((_PUBLISHED, folder), (_HEARD, folder / "heard")):
            for path in place.glob("*.schema.json"):
                if named := pattern.fullmatch(path.name):
                    parts = named.groupdict()
                    key = (parts.get("source"), parts["type"], int(parts["version"]))
                    schema = json.loads(path.read_text(encoding="utf-8"))
                    self._validators[key] = Draft202012Validator(schema, validate_formats=True)

    def check_published(self, message: Message) -> None:
        """Raises Misfit for what may not go out."""
        validator = self._validators.get((None, message.type, message.version))
        if validator is None:
            raise Misfit(f"{message.dataschema} has no schema")
        _check(validator, message)

    def check_heard(self, message: Message) -> None:
        """Raises UnknownKind or Misfit for what cannot be handled here."""
        validator = self._validators.get((message.source, message.type, message.version))
        if validator is None:
            raise UnknownKind(f"{message.source} {message.type} v{message.version}")
        _check(validator, message)

    def heard(self) -> set[tuple[str | None, str]]:
        """Source and type of all that can be handled here, in some version."""
        return {(source, type_) for source, type_, _ in self._validators if source}


def _check(validator: Draft202012Validator, message: Message) -> None:
    if not validator.is_valid(message.data):
        wrong = sorted(_place(error) for error in validator.iter_errors(message.data))
        raise Misfit("; ".join(wrong[:_PLACES_SHOWN]))


def _place(error: Any) -> str:
    # Never its text: that shows values, and one of them may be a person's.
    place = "/".join(["data", *map(str, error.instance_path)])
    names = {"required": "property", "additionalProperties": "unexpected"}.get(error.kind.name)
    named = f" {getattr(error.kind, names)}" if names else ""
    return f"{place} breaks {error.kind.name}{named}"
