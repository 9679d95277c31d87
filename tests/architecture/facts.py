"""Every fact that a service records, found in its code."""

import ast
import importlib
import re
from functools import cache

from chassis.nameko import heard_by

from tests.architecture.places import package, tree_of

_NAME = re.compile(r"([A-Z][a-z]+){2,}")
_PAST = {
    "Came", "Forgotten", "Found", "Given", "Kept", "Left", "Lost", "Made", "Read", "Sent", "Taken",
    "Told", "Withdrawn",
}  # fmt: skip
"""Past tenses that do not end in -ed."""


def is_past(name: str) -> bool:
    """Whether one of a fact's words says that it has happened."""
    words = re.findall(r"[A-Z][a-z]+", name)
    return any(word.endswith("ed") or word in _PAST for word in words)


@cache
def facts_of(service: str) -> frozenset[str]:
    """Classes and names in domain/events.py, and what the use cases beside it give to the log."""
    named = _classes(service) | _strings(service, "domain/events.py")
    in_use_cases = {
        name
        for folder in (".", "audit", "sealing")
        for path in (package(service) / folder).glob("*.py")
        for name in _strings(service, f"{folder}/{path.name}")
        if is_past(name) and name not in _heard(service)
    }
    return frozenset(named | in_use_cases)


def _classes(service: str) -> set[str]:
    """Every class that descends from `Fact`."""
    path = package(service) / "domain" / "events.py"
    if not path.exists():
        return set()
    found = set()
    for node in tree_of(path).body:
        if isinstance(node, ast.ClassDef):
            bases = {base.id for base in node.bases if isinstance(base, ast.Name)}
            if bases & ({"Fact"} | found):
                found.add(node.name)
    return found


def _strings(service: str, file: str) -> set[str]:
    path = package(service) / file
    if not path.exists():
        return set()
    return {
        node.value
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and _NAME.fullmatch(node.value)
    }


def _heard(service: str) -> set[str]:
    worker = importlib.import_module(f"{service}_service.entrypoints.worker").Worker
    return {type_ for _, type_ in heard_by(worker)}
