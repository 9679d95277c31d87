"""Any value of a schema that uses the words of our contracts, for hypothesis."""

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

Schema = Mapping[str, Any]


def values(schema: Schema) -> st.SearchStrategy[Any]:
    """Any value of a schema."""
    if "anyOf" in schema:
        return st.one_of([values(each) for each in schema["anyOf"]])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if isinstance(schema["type"], list):
        return st.one_of([values({**schema, "type": each}) for each in schema["type"]])
    return _ANY[schema["type"]](schema)


def _any_text(schema: Schema) -> st.SearchStrategy[str]:
    if "format" in schema:
        kinds = {"date": st.dates(), "uuid": st.uuids()}
        return kinds[schema["format"]].map(str)
    if "pattern" in schema:
        return st.from_regex(schema["pattern"].replace("$", r"\Z"))
    return st.text(min_size=schema.get("minLength", 0), max_size=schema.get("maxLength"))


_ANY: dict[str, Any] = {
    "null": lambda schema: st.none(),
    "boolean": lambda schema: st.booleans(),
    "integer": lambda schema: st.integers(schema.get("minimum"), schema.get("maximum")),
    "string": _any_text,
    "array": lambda schema: st.lists(
        values(schema["items"]),
        min_size=schema.get("minItems", 0),
        max_size=schema.get("maxItems", 5),
        unique_by=repr if schema.get("uniqueItems") else None,
    ),
    "object": lambda schema: st.fixed_dictionaries(
        {name: values(schema["properties"][name]) for name in schema["required"]},
        optional={
            name: values(each)
            for name, each in schema["properties"].items()
            if name not in schema["required"]
        },
    ),
}
