"""The gate: what it lets through harms nobody, and what it stops is shown by a value."""

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema_rs import Draft202012Validator

from tests.contracts.compatibility import (
    UnknownKeyword,
    accepted,
    all_breaks,
    breaks,
    contracts,
    main,
    misfits,
    tolerant,
)
from tests.contracts.values import values

Schema = dict[str, Any]
WORDS = {"^[0-9a-f]+$": "09af", "^[A-Z]{2}$": "QX"}
FORMATS = {"date": "2026-11-20", "uuid": "5f0c9f0e-0d0a-4a57-9d3c-3f7b7a2d7c11"}


# The contracts of today


def test_no_contract_breaks_what_was_accepted() -> None:
    assert all_breaks(accepted(), contracts()) == []


def test_what_changed_and_is_fine_was_accepted() -> None:
    """`make contracts-accept` does it, so that the next change is measured against this one."""
    assert contracts() == accepted()


def test_a_contract_that_is_gone_or_broken_is_not_accepted(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    name = "urn:satudata:notify:MailSent:v1"
    without = {key: each for key, each in contracts().items() if key != name}
    monkeypatch.setattr("tests.contracts.compatibility.contracts", lambda: without)
    before = accepted()

    assert main(["accept"]) == 1
    assert f"{name}: the contract was removed" in capsys.readouterr().out
    assert accepted() == before


def test_a_new_type_or_a_new_version_is_fine() -> None:
    more = {**contracts(), "urn:satudata:notify:MailSent:v2": {"type": "object"}}

    assert all_breaks(contracts(), more) == []


# The rules, one by one


def closed(must: Schema, **may: Schema) -> Schema:
    """An object as our contracts have it."""
    return {
        "type": "object",
        "properties": must | may,
        "required": sorted(must),
        "additionalProperties": False,
    }


TEXT: Schema = {"type": "string"}
BEFORE = closed({"kind": {"enum": ["a", "b"]}, "size": {"type": "integer", "minimum": 0}})
CHANGES = [
    ("an optional field more", {"note": TEXT}, {}, []),
    ("a required field more", {}, {"note": TEXT}, ["data.note: a required field was added"]),
    ("a field less", {}, {"size": None}, ["data.size: the field was removed"]),
    ("an enum wider", {}, {"kind": {"enum": ["a", "b", "c"]}},
     ["data.kind: the enum was widened"]),
    ("an enum narrower", {}, {"kind": {"enum": ["a"]}}, ["data.kind: the enum was narrowed"]),
    ("an enum let go", {}, {"kind": TEXT}, ["data.kind: the enum was widened"]),
    ("null allowed", {}, {"size": {"type": ["integer", "null"], "minimum": 0}},
     ["data.size: the type was widened"]),
    ("another type", {}, {"size": TEXT}, ["data.size: the type was changed"]),
    ("a bound narrower", {}, {"size": {"type": "integer", "minimum": 1}},
     ["data.size: a bound was narrowed"]),
    ("a bound let go", {}, {"size": {"type": "integer"}}, ["data.size: a bound was widened"]),
    ("words alone", {}, {"size": {"type": "integer", "minimum": 0, "description": "Bytes"}}, []),
]  # fmt: skip


@pytest.mark.parametrize(
    ("may", "must", "told"), [each[1:] for each in CHANGES], ids=[each[0] for each in CHANGES]
)
def test_a_break_names_the_field_and_the_rule(may: Schema, must: Schema, told: list[str]) -> None:
    fields = {k: each for k, each in (BEFORE["properties"] | must).items() if each is not None}

    assert breaks(BEFORE, closed(fields, **may)) == told


def test_a_field_that_may_be_left_out_now_is_a_break() -> None:
    new = {**BEFORE, "required": ["kind"]}

    assert breaks(BEFORE, new) == ["data.size: the field may be left out now"]


def test_a_format_that_changes_below_a_list_is_named_with_its_place() -> None:
    old, new = (
        closed({"days": {"type": "array", "items": {"type": "string", "format": name}}})
        for name in ("date", "uuid")
    )

    assert breaks(old, new) == ["data.days[]: the format was changed"]


def test_a_keyword_that_the_rules_do_not_know_is_refused() -> None:
    with pytest.raises(UnknownKeyword, match="multipleOf"):
        breaks(BEFORE, closed({"size": {"type": "integer", "multipleOf": 5}}))


# Any change


def is_valid(schema: Schema, value: Any) -> bool:
    return Draft202012Validator(schema, validate_formats=True).is_valid(value)


def samples(schema: Schema) -> Iterator[Any]:
    """Values at every edge of a schema, one edge at a time; all of them are valid."""
    if "anyOf" in schema:
        for each in schema["anyOf"]:
            yield from samples(each)
    elif "enum" in schema:
        yield from schema["enum"]
    else:
        yield from _EDGES[schema["type"]](schema)


def _numbers(schema: Schema) -> Iterator[int]:
    yield schema.get("minimum", -(10**6))
    yield schema.get("maximum", 10**6)


def _texts(schema: Schema) -> Iterator[str]:
    if named := schema.get("pattern") or schema.get("format"):
        yield (WORDS | FORMATS)[named]
    else:
        yield "~" * schema.get("minLength", 0)
        yield "~" * schema.get("maxLength", 1000)


def _lists(schema: Schema) -> Iterator[list[Any]]:
    one = next(samples(schema["items"]))
    yield [one] * schema.get("minItems", 0)
    for each in samples(schema["items"]):
        yield [each] * max(schema.get("minItems", 0), 1)
    yield [one] * schema.get("maxItems", 50)


def _objects(schema: Schema) -> Iterator[Schema]:
    fields = schema["properties"]
    whole = {name: next(samples(each)) for name, each in fields.items()}
    yield whole
    for name in fields:
        if name not in schema["required"]:
            yield {key: each for key, each in whole.items() if key != name}
        yield from ({**whole, name: each} for each in samples(fields[name]))


_EDGES: dict[str, Any] = {
    "null": lambda schema: iter([None]),
    "boolean": lambda schema: iter([False, True]),
    "integer": _numbers,
    "string": _texts,
    "array": _lists,
    "object": _objects,
}

small = st.integers(0, 3)
plain = st.one_of(
    st.just({"type": "boolean"}),
    st.builds(lambda a, b: {"type": "integer", "minimum": a, "maximum": a + b}, small, small),
    st.builds(lambda a: {"type": "integer", "minimum": a}, small),
    st.just({"type": "integer"}),
    st.builds(lambda a, b: {"type": "string", "minLength": a, "maxLength": a + b}, small, small),
    st.just({"type": "string"}),
    st.sampled_from(sorted(WORDS)).map(lambda each: {"type": "string", "pattern": each}),
    st.sampled_from(sorted(FORMATS)).map(lambda each: {"type": "string", "format": each}),
    st.sets(st.sampled_from(["aa", "bb", "cc", None]), min_size=1).map(
        lambda values: {"enum": sorted(values, key=str)}
    ),
)
names = st.sampled_from(["one", "two", "three"])


def _object(fields: Schema, optional: set[str]) -> Schema:
    return {**closed(fields), "required": sorted(fields.keys() - optional)}


def _around(inner: st.SearchStrategy[Schema]) -> st.SearchStrategy[Schema]:
    return st.one_of(
        st.builds(_object, st.dictionaries(names, inner, max_size=3), st.sets(names)),
        st.builds(
            lambda items, a, b: {
                "type": "array", "items": items, "minItems": a, "maxItems": a + b + 1,
            },
            inner, small, small,
        ),
        inner.filter(lambda each: "anyOf" not in each and None not in each.get("enum", ())).map(
            lambda each: {"anyOf": [each, {"type": "null"}]}
        ),
    )  # fmt: skip


fields = st.recursive(plain, _around, max_leaves=4)
objects = st.builds(_object, st.dictionaries(names, fields, max_size=3), st.sets(names))


@st.composite
def changes(draw: st.DrawFn) -> tuple[Schema, Schema]:
    """An object's schema, and what became of it: one field touched, or none."""
    old: Schema = draw(objects)
    kept, optional = dict(old["properties"]), set(old["properties"]) - set(old["required"])
    name = draw(names)
    what = draw(st.sampled_from(["another", "optional", "required", "removed", "nothing"]))
    if what == "another":
        kept[name] = draw(fields)
    elif what == "optional":
        kept.setdefault(name, draw(fields))
        optional.add(name)
    elif what == "required":
        optional.discard(name)
    elif what == "removed":
        kept.pop(name, None)
    return old, _object(kept, optional)


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(changes())
def test_a_change_is_called_a_break_exactly_when_a_value_shows_it(
    change: tuple[Schema, Schema],
) -> None:
    old, new = change

    shown = [value for value in samples(old) if not is_valid(new, value)]
    shown += [value for value in samples(new) if not is_valid(tolerant(old), value)]

    assert bool(breaks(old, new)) == bool(shown), json.dumps([breaks(old, new), shown])


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(changes().filter(lambda change: not breaks(*change)), st.data())
def test_any_value_passes_a_change_that_is_called_fine(
    change: tuple[Schema, Schema], data: st.DataObject
) -> None:
    old, new = change

    assert is_valid(new, data.draw(values(old)))
    assert is_valid(tolerant(old), data.draw(values(new)))


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(objects)
def test_the_edges_of_a_schema_are_values_of_it(schema: Schema) -> None:
    assert all(is_valid(schema, value) for value in islice(samples(schema), 50))
    assert misfits(schema, schema) == []
