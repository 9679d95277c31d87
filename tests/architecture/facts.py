"""Every fact that a service records, found in its code."""

import ast
import importlib
import re
from functools import cache

from chassis.nameko import heard_by

from tests.architecture.places import CHASSIS, package, tree_of

_NAME = re.compile(r"([A-Z][a-z]+){2,}")
_PAST = {
    "Became", "Came", "Due", "Forgotten", "Found", "Given", "Kept", "Left", "Lost", "Made",
    "Paid", "Read",
    "Redriven", "Sent", "Split", "Taken", "Told", "Withdrawn", "Wrote",
}  # fmt: skip
"""Past tenses that do not end in -ed, and "due", which something has become."""


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
        for folder in (".", "audit", "sealing", "webhooks")
        for path in (package(service) / folder).glob("*.py")
        for name in _strings(service, f"{folder}/{path.name}")
        if is_past(name) and name not in _heard(service)
    }
    return frozenset(named | in_use_cases | _of_the_chassis())


def _of_the_chassis() -> set[str]:
    """What an operator does to what waits, recorded in whichever service it waits."""
    return {
        node.value.value
        for node in tree_of(CHASSIS / "dead_letters.py").body
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Constant)
        and _NAME.fullmatch(str(node.value.value))
    }


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
    """What others say: a service that hears even itself (for webhooks) has said that, too."""
    worker = importlib.import_module(f"{service}_service.entrypoints.worker").Worker
    published = importlib.import_module(f"{service}_service.adapters.published").PUBLISHED
    return {type_ for _, type_ in heard_by(worker)} - set(published)
