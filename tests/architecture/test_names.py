"""Names keep to the glossary: facts in the past, Indonesian nouns as they are."""

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.facts import facts_of, is_past
from tests.architecture.places import ROOT, SERVICES, package, tree_of

INDONESIAN_PLURALS = re.compile(
    r"(?:^|_)(daftars|keberatans|pembantus|pemohons|permohonans|ppids|produsens|surats|walidatas)"
    r"(?:_|$)"
)
OTHER_WORDS = {
    "applicant": "pemohon",
    "custodian": "walidata",
    "customer": "pemohon",
    "requester": "pemohon",
    "requestor": "pemohon",
    "steward": "walidata",
}
"""Words that the glossary has another one for."""


def _files(service: str, *parts: str) -> list[Path]:
    found: list[Path] = []
    for part in parts:
        path = package(service) / part
        found += [path] if path.is_file() else sorted(path.rglob("*.py"))
    return [path for path in found if path.exists()]


def _identifiers(path: Path) -> Iterator[str]:
    """Every name that this file gives to something of its own."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr


def _words(identifier: str) -> list[str]:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", identifier).lower().split("_")


@pytest.mark.parametrize("service", SERVICES)
def test_facts_have_happened(service: str) -> None:
    assert [name for name in sorted(facts_of(service)) if not is_past(name)] == []


@pytest.mark.parametrize("service", SERVICES)
def test_what_is_published_is_a_fact(service: str) -> None:
    published = importlib.import_module(f"{service}_service.adapters.published").PUBLISHED

    assert set(published) - facts_of(service) == set()


@pytest.mark.parametrize("service", SERVICES)
def test_in_domain_and_use_cases_request_is_never_bare(service: str) -> None:
    """That word belongs to HTTP; a permohonan is a `data_request`, its id a `request_id`."""
    bare = {
        str(path.relative_to(ROOT)): sorted(found)
        for path in _files(service, "domain", "application.py")
        if (found := {"request", "requests"} & set(_identifiers(path)))
    }

    assert bare == {}


@pytest.mark.parametrize("service", SERVICES)
def test_indonesian_nouns_have_no_english_plural(service: str) -> None:
    plurals = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in _files(service, ".")
        for name in _identifiers(path)
        if INDONESIAN_PLURALS.search(name.lower())
    }

    assert plurals == set()


@pytest.mark.parametrize("service", SERVICES)
def test_one_thing_has_one_word(service: str) -> None:
    others = {
        f"{path.relative_to(ROOT)}: {name} (say {OTHER_WORDS[word]})"
        for path in _files(service, ".")
        for name in _identifiers(path)
        for word in _words(name)
        if word in OTHER_WORDS
    }

    assert others == set()


@pytest.mark.parametrize("service", SERVICES)
def test_a_file_says_in_its_first_line_what_it_is_for(service: str) -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in _files(service, ".")
        if not path.read_text(encoding="utf-8").startswith('"""')
    ]

    assert silent == []


def test_commands_of_the_api_are_imperatives_of_the_glossary() -> None:
    from requests_service.domain.commands import COMMANDS

    past = {name for name in COMMANDS if is_past(name.title().replace("-", ""))}
    assert past == {"split-off"}, "split is both"


def test_the_checks_find_what_they_look_for() -> None:
    assert not is_past("DataMask")
    assert INDONESIAN_PLURALS.search("pemohons_of_a_year")
    assert _words("ApplicantRow") == ["applicant", "row"]
