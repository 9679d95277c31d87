"""What a change of a contract breaks, for those who read what is published and what was.

    python -m tests.contracts.compatibility            what has changed since it was accepted
    python -m tests.contracts.compatibility accept     accepts it, unless it breaks something

A change is fine when both hold: each value of the old schema is one of the new (the facts of years
are published again to whoever begins at position 0), and each value of the new is one of the old to
a reader who passes over fields it does not know. The rules are those of Zalando's compatibility
mode `compatible` both ways; a type or a version more is fine, one less is not.

The schemas may use the words that ours use. Another keyword is refused, not guessed at.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from jsonschema_rs import Draft202012Validator

from tests.contracts.published import ROOT

Schema = Mapping[str, Any]
Difference = tuple[str, str]
"""Where, and which rule: required, field, enum, type, bound or format."""

ACCEPTED = Path(__file__).parent / "accepted.json"
_SAID = {"$schema", "$id", "title", "description", "examples"}
_BOUNDS = {
    "minimum": 1, "minLength": 1, "minItems": 1, "uniqueItems": 1,
    "maximum": -1, "maxLength": -1, "maxItems": -1,
}  # fmt: skip
"""Whether a greater number allows less (1) or more (-1)."""
_UNBOUNDED = {"minLength": 0, "minItems": 0, "uniqueItems": False}
_WORDS = {
    "integer": {"minimum", "maximum"},
    "number": {"minimum", "maximum"},
    "string": {"minLength", "maxLength", "pattern", "format"},
    "array": {"minItems", "maxItems", "uniqueItems", "items"},
    "object": {"properties", "required", "additionalProperties"},
}
_NAMES = {
    # rule: only what was allowed is refused; only what is new is not known; both
    "required": ("a required field was added", "the field may be left out now", ""),
    "field": ("the field was removed", "", ""),
    "enum": ("the enum was narrowed", "the enum was widened", "the enum was changed"),
    "type": ("the type was narrowed", "the type was widened", "the type was changed"),
    "bound": ("a bound was narrowed", "a bound was widened", "bounds were changed"),
    "format": ("a format was narrowed", "a format was widened", "the format was changed"),
}


class UnknownKeyword(Exception):
    """The rules say nothing of this keyword."""


def breaks(old: Schema, new: Schema) -> list[str]:
    """Field and rule of each break, as sentences."""
    refused, unknown = set(misfits(old, new)), set(misfits(new, tolerant(old)))
    said = []
    for place, rule in sorted(refused | unknown):
        narrowed, widened, changed = _NAMES[rule]
        if rule == "required" and (place, "field") in refused:
            continue  # removed says it all
        if (place, rule) in refused and (place, rule) in unknown:
            said.append(f"{place}: {changed}")
        else:
            said.append(f"{place}: {narrowed if (place, rule) in refused else widened}")
    return said


def tolerant(schema: Any) -> Any:
    """The schema as somebody reads it who passes over fields that they do not know."""
    if isinstance(schema, list):
        return [tolerant(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {key: each for key, each in schema.items() if key != "additionalProperties"}
    if "properties" in kept:
        named = {name: tolerant(each) for name, each in kept.pop("properties").items()}
        return {**tolerant(kept), "properties": named}
    return {key: tolerant(each) for key, each in kept.items()}


def misfits(inner: Schema, outer: Schema, place: str = "data") -> list[Difference]:
    """Why not each value of `inner` is a value of `outer`; empty when each is."""
    wider = list(_alternatives(outer))
    found: list[Difference] = []
    for one in _alternatives(inner):
        tries = [_against(one, other, place) for other in wider]
        if [] not in tries:
            found += min(tries, key=_far_off)
    return list(dict.fromkeys(found))


def _far_off(tried: list[Difference]) -> bool:
    return any(rule == "type" for _, rule in tried)


def _alternatives(schema: Schema) -> Iterator[Schema]:
    """The schema as a choice of single types and single values."""
    words = schema.keys() - _SAID
    if "anyOf" in words:
        _only(words, {"anyOf"})
        for each in schema["anyOf"]:
            yield from _alternatives(each)
    elif "enum" in words:
        _only(words, {"enum"})
        yield from ({"const": value} for value in schema["enum"])
    elif not words:
        yield {"type": "anything"}
    else:
        types = [schema["type"]] if isinstance(schema["type"], str) else schema["type"]
        _only(words, {"type"}.union(*(_WORDS.get(each, set()) for each in types)))
        for each in types:
            if each == "null":
                yield {"const": None}
            elif each == "boolean":
                yield from ({"const": False}, {"const": True})
            else:
                yield {"type": each, **{w: schema[w] for w in words & _WORDS[each]}}


def _only(words: set[str], known: set[str]) -> None:
    if words - known:
        raise UnknownKeyword(", ".join(sorted(words - known)))


def _against(one: Schema, other: Schema, place: str) -> list[Difference]:
    kinds = _kind(one), _kind(other)
    if kinds[1] == "anything":
        return []
    if kinds[0] != kinds[1] and kinds != ("integer", "number"):
        return [(place, "type")]
    if "const" in one or "const" in other:
        fits = "const" in one and Draft202012Validator(other, validate_formats=True).is_valid(
            one["const"]
        )
        return [] if fits else [(place, "enum")]
    found = [
        (place, "bound")
        for word, sign in _BOUNDS.items()
        if word in other and not _is_within(one.get(word, _UNBOUNDED.get(word)), other[word], sign)
    ]
    for word in ("pattern", "format"):
        if word in other and one.get(word) != other[word]:
            found.append((place, "format"))
    if "items" in other:
        found += misfits(one.get("items", {}), other["items"], f"{place}[]")
    return found + _fields(one, other, place)


def _is_within(bound: float | None, limit: float, sign: int) -> bool:
    return bound is not None and bound * sign >= limit * sign


def _kind(one: Schema) -> str:
    if "const" not in one:
        return str(one["type"])
    kinds = {str: "string", int: "integer", float: "number", bool: "boolean"}
    return kinds.get(type(one["const"]), "null")


def _fields(one: Schema, other: Schema, place: str) -> list[Difference]:
    has, wanted = one.get("properties", {}), other.get("properties", {})
    must = set(other.get("required", ())) - set(one.get("required", ()))
    found = [(f"{place}.{name}", "required") for name in sorted(must)]
    if other.get("additionalProperties") is False:
        found += [(f"{place}.{name}", "field") for name in sorted(has.keys() - wanted.keys())]
        if one.get("additionalProperties") is not False:
            found.append((place, "field"))
    for name in sorted(has.keys() & wanted.keys()):
        found += misfits(has[name], wanted[name], f"{place}.{name}")
    return found


# What is kept


def contracts() -> dict[str, Schema]:
    """Every contract as it is now, by its name, without what is only said."""
    found = {}
    for path in sorted((ROOT / "services").glob("*/contracts/*.v*.schema.json")):
        schema = json.loads(path.read_text(encoding="utf-8"))
        found[schema["$id"]] = _unsaid(schema)
    return dict(sorted(found.items()))


def accepted() -> dict[str, Schema]:
    """The same when it was accepted last."""
    return dict(json.loads(ACCEPTED.read_text(encoding="utf-8")))


def all_breaks(old: Mapping[str, Schema], new: Mapping[str, Schema]) -> list[str]:
    """Contract, field and rule of each break."""
    said = [f"{name}: the contract was removed" for name in old.keys() - new.keys()]
    for name in old.keys() & new.keys():
        said += [f"{name}: {each}" for each in breaks(old[name], new[name])]
    return sorted(said)


def _unsaid(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_unsaid(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {key: each for key, each in schema.items() if key not in _SAID}
    if "properties" in schema:
        named = {name: _unsaid(each) for name, each in schema["properties"].items()}
        return {
            **_unsaid({k: v for k, v in kept.items() if k != "properties"}),
            "properties": named,
        }
    return {key: _unsaid(each) for key, each in kept.items()}


def main(arguments: list[str]) -> int:
    """Compare, or accept; exit status 1 when something breaks."""
    now = contracts()
    before = accepted() if ACCEPTED.exists() else {}
    broken = all_breaks(before, now)
    for each in broken:
        print(each)
    if broken:
        print("Leave the contract as it is and publish a new type or version beside it.")
        return 1
    changed = sorted(name for name in now if before.get(name) != now[name])
    for name in changed:
        print(f"{name}: {'changed, and fine' if name in before else 'new'}")
    if "accept" in arguments:
        ACCEPTED.write_text(json.dumps(now, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
