"""Every published type has a strict schema and a valid example, and neither holds a person."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from chassis.message import schema_name
from jsonschema import Draft202012Validator, FormatChecker

from tests.contracts.published import SERVICES, Contract, all_published, folder, published

PUBLISHED = all_published()
PERSONAL_KEYS = {
    "address", "alamat", "birth_date", "email", "full_name", "institution", "name", "nama", "nik",
    "occupation", "password", "phone", "recipient", "surel", "telepon", "to", "tracking_code",
}  # fmt: skip
PERSONAL_VALUES = {
    "a NIK": re.compile(r"(?<![0-9a-f])[0-9]{16}(?![0-9a-f])"),
    "an e-mail address": re.compile(r"[^\s@]+@[^\s@]+\.[a-z]{2,}", re.IGNORECASE),
    "a telephone number": re.compile(r"(?<![0-9a-f-])(\+62|62|0)8[0-9]{7,12}(?![0-9a-f-])"),
    "a title before a name": re.compile(r"\b(Bapak|Ibu|Sdr|Sdri|Yth)\b"),
}


def _columns_of(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every property of a schema at any depth, with its name."""
    for name, each in schema.get("properties", {}).items():
        yield name, each
        yield from _columns_of(each)
    for part in ("items", "$defs", "anyOf", "oneOf", "allOf"):
        below = schema.get(part, [])
        if part == "items" and isinstance(below, dict):
            yield from _columns_of(below)
        elif part == "$defs":
            for each in schema.get("$defs", {}).values():
                yield from _columns_of(each)
        elif isinstance(below, list):
            for each in below:
                yield from _columns_of(each)


def _leaves(value: Any) -> Iterator[tuple[str, Any]]:
    """Every key of an example with its value, at any depth."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield key, each
            yield from _leaves(each)
    elif isinstance(value, list):
        for each in value:
            yield from _leaves(each)


@pytest.mark.parametrize("service", SERVICES)
def test_the_table_and_the_files_name_the_same_types(service: str) -> None:
    kinds = {}
    for kind in ("schema", "example"):
        ending = f".v1.{kind}.json"
        kinds[kind] = {
            path.name.removesuffix(ending) for path in folder(service).glob(f"*{ending}")
        }

    assert kinds["schema"] == set(published(service))
    assert kinds["example"] == set(published(service))


@pytest.mark.parametrize("contract", PUBLISHED, ids=str)
def test_a_schema_is_one_and_says_what_it_is_of(contract: Contract) -> None:
    schema = contract.schema

    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"] == schema_name(contract.source, contract.type)
    assert schema["title"] == contract.type
    assert schema["description"].strip()
    assert schema["type"] == "object"


@pytest.mark.parametrize("contract", PUBLISHED, ids=str)
def test_a_schema_is_strict(contract: Contract) -> None:
    schema = contract.schema

    assert schema.get("additionalProperties") is False
    # Only a field that came later may be left out: facts that were published before have none.
    assert set(schema["required"]) <= set(schema["properties"]) == set(contract.example)


@pytest.mark.parametrize("contract", PUBLISHED, ids=str)
def test_an_example_is_valid(contract: Contract) -> None:
    validator = Draft202012Validator(contract.schema, format_checker=FormatChecker())

    assert [error.message for error in validator.iter_errors(contract.example)] == []


@pytest.mark.parametrize("contract", PUBLISHED, ids=str)
def test_a_field_more_than_the_schema_has_is_refused(contract: Contract) -> None:
    validator = Draft202012Validator(contract.schema)

    assert not validator.is_valid({**contract.example, "nik": "0" * 16})


@pytest.mark.parametrize("contract", PUBLISHED, ids=str)
def test_no_personal_data_has_a_place_on_the_wire(contract: Contract) -> None:
    fields = {name.lower() for name, _ in _columns_of(contract.schema)}
    keys = {key.lower() for key, _ in _leaves(contract.example)}

    assert (fields | keys) & PERSONAL_KEYS == set()
    # Sealed text stays inside, sealed or not.
    assert [name for name in fields | keys if name.endswith("_sealed")] == []


@pytest.mark.parametrize("contract", PUBLISHED, ids=str)
def test_an_example_shows_no_person(contract: Contract) -> None:
    text = contract.example_path.read_text(encoding="utf-8")

    assert [kind for kind, pattern in PERSONAL_VALUES.items() if pattern.search(text)] == []


@pytest.mark.parametrize(
    "text",
    [
        '"3573014507990001"',
        '"siti@contoh.example"',
        '"081234567890"',
        '"+6281234567890"',
        '"Yth. Ibu Siti"',
    ],
)
def test_a_person_in_an_example_is_found(text: str) -> None:
    assert any(pattern.search(text) for pattern in PERSONAL_VALUES.values())


@pytest.mark.parametrize("contract", PUBLISHED, ids=str)
def test_the_table_leaves_out_what_the_schema_does_not_know(contract: Contract) -> None:
    """What the table makes of a stored fact that holds everything is what the schema allows."""
    inside = {
        **contract.example,
        # Names under which requests stores what it tells under others.
        "on": contract.example.get("submitted_on"),
        "next_step": contract.example.get("step"),
        "next_due": contract.example.get("due"),
        "due": contract.example.get("deadline"),
        "channel": contract.example.get("came_by"),
        "entered": True,
        "step": 5,
        "by": "5f0c9f0e-0d0a-4a57-9d3c-3f7b7a2d7c11",
        "role": "pemohon",
        "pemohon_id": "5f0c9f0e-0d0a-4a57-9d3c-3f7b7a2d7c11",
        "narrative_sealed": "c2VhbGVk",
        "timestamp": "2026-11-20T02:00:00+00:00",
    }
    if contract.source != "requests":
        inside["step"] = contract.example.get("step")

    told = published(contract.source)[contract.type](inside)

    assert told == contract.example
    assert json.loads(json.dumps(told)) == contract.example
