"""Tries a consumer on the published examples: repeated, late, out of order. Copy it beside tests.

    from satudata_events_testkit import check, examples

    def test_my_consumer_ends_in_the_same_state_whatever_the_order():
        check(make, examples("https://satudata.example", {"requests": ["RequestSubmitted", ...]}))

`make()` gives a fresh consumer: its handler, and a function that tells its state.
"""

import json
import random
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from satudata_events import Consumer, Event, Handler, State

Make = Callable[[], tuple[Handler, Callable[[], object]]]
_SUBJECTS = ("0190a1b2-0000-7000-8000-000000000001", "0190a1b2-0000-7000-8000-000000000002")


class EndsElsewhere(AssertionError):
    """The consumer ends in another state; the text says after which order."""


@dataclass(frozen=True)
class Example:
    """What a publisher shows of one type."""

    source: str
    type: str
    data: Mapping[str, Any]


def examples(where: str | Path, hear: Mapping[str, Sequence[str]]) -> list[Example]:
    """The examples of these types by source: from a site's address, or a folder of `services`."""
    return [
        Example(source, type_, json.loads(_text(where, source, f"{type_}.v1.example.json")))
        for source, types in hear.items()
        for type_ in types
    ]


def check(
    make: Make, given: Sequence[Example], *, every: bool = False, seed: int = 1, rounds: int = 50
) -> None:
    """Raises EndsElsewhere. `every`: late ones go to the handler, too (`on_late`).

    The right state is the one after every event in its order, once. The same events then come in
    other orders, some twice; each order has the newest of each subject, as nothing is lost.
    """
    story = list(_story(given))
    right = _end(make, story, every=every)
    for name, order in _disorders(story, seed, rounds):
        found = _end(make, order, every=every)
        if found != right:
            told = ", ".join(f"{each.type} {each.sequence}" for each in order[:40])
            raise EndsElsewhere(f"{name}: {found!r}, not {right!r}, after {told}")


def _text(where: str | Path, source: str, name: str) -> str:
    if str(where).startswith(("http://", "https://")):
        address = f"{str(where).rstrip('/')}/api/{source}/contracts/{name}"
        with urllib.request.urlopen(address, timeout=30) as answer:  # noqa: S310
            return str(answer.read().decode())
    return (Path(where) / source / "contracts" / name).read_text(encoding="utf-8")


def _story(given: Sequence[Example]) -> Iterator[Event]:
    """Every example happens to two subjects, in the order given."""
    for number, example in enumerate(given, 1):
        for subject in _SUBJECTS:
            position = number * len(_SUBJECTS) + _SUBJECTS.index(subject)
            attributes = {
                "specversion": "1.0",
                "id": f"{example.source}-{position}",
                "source": example.source,
                "type": example.type,
                "subject": subject,
                "time": f"2026-11-20T{number // 60 % 24:02}:{number % 60:02}:00+00:00",
                "dataschema": f"urn:satudata:{example.source}:{example.type}:v1",
                "sequence": str(number),
                "position": str(position),
                "actorid": "5f0c9f0e-0d0a-4a57-9d3c-3f7b7a2d7c11",
                "actorrole": "ppid",
                "correlationid": subject,
            }
            yield Event.of(attributes, example.data)


def _disorders(story: list[Event], seed: int, rounds: int) -> Iterator[tuple[str, list[Event]]]:
    yield "each twice", [event for event in story for _ in range(2)]
    yield "all twice", story + story
    yield "backwards (3,2,1)", story[::-1]
    yield "3,2,2,1", [event for event in story[::-1] for _ in range(1 + (event != story[-1]))]
    yield "the newest first, then all", story[-len(_SUBJECTS) :] + story
    chance = random.Random(seed)  # noqa: S311
    for number in range(rounds):
        order = story + chance.choices(story, k=len(story) // 2)
        chance.shuffle(order)
        yield f"shuffled, seed {seed}, round {number}", order


def _end(make: Make, order: Sequence[Event], *, every: bool) -> object:
    handle, state_of = make()
    hear = {event.source: None for event in order}
    consumer = Consumer(
        handle,
        queue="none",
        hear=hear,
        state=State(":memory:"),
        on_late=handle if every else None,
        attempts=1,
    )
    for event in order:
        consumer.hear(event)
    if kept := consumer.state.kept():
        raise EndsElsewhere(f"the handler raised: {kept[0][2]}")
    return state_of()
