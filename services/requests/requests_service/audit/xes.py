"""Facts as an event log of IEEE 1849-2016 (XES): a trace for each request, an event for each fact.

What is about no request (accounts, keys, questions asked) stands in traces of its own, so that
nothing is left out. Sealed texts are left out: nothing could be read from them.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import groupby
from xml.sax.saxutils import quoteattr

from requests_service.audit.sealed_facts import SealedFact
from requests_service.audit.told import Value, told

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1849.2016" xes.features="" xmlns="http://www.xes-standard.org/">
<extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
<extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
<extension name="Organizational" prefix="org" uri="http://www.xes-standard.org/org.xesext"/>
<extension name="Lifecycle" prefix="lifecycle" uri="http://www.xes-standard.org/lifecycle.xesext"/>
<global scope="trace">
<string key="concept:name" value=""/>
</global>
<global scope="event">
<string key="concept:name" value=""/>
<date key="time:timestamp" value="1970-01-01T00:00:00.000Z"/>
<string key="lifecycle:transition" value="complete"/>
<string key="org:resource" value=""/>
<string key="org:role" value=""/>
</global>
<classifier name="Fact" keys="concept:name"/>
<classifier name="Fact and role" keys="concept:name org:role"/>
<string key="lifecycle:model" value="standard"/>
"""
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def xes(facts: Iterable[SealedFact]) -> Iterator[bytes]:
    """The file, piece by piece. `facts`: those of one correlation together."""
    yield _HEAD.encode()
    for case, of_case in groupby(facts, key=lambda fact: fact.row.correlation or fact.row.stream):
        begun = False
        for fact in of_case:
            begin = "" if begun else _begin(case, fact.register_number)
            begun = True
            yield f"{begin}{_event(fact)}".encode()
        yield b"</trace>\n"
    yield b"</log>\n"


def _begin(case: str, register_number: str | None) -> str:
    name = _attribute("concept:name", register_number or case)
    return f"<trace>\n{name}{_attribute('correlation', case)}"


def _event(fact: SealedFact) -> str:
    row = fact.row
    attributes: dict[str, Value | None] = {
        "concept:name": row.type,
        "lifecycle:transition": "complete",
        "org:resource": row.actor,
        "org:role": row.role,
        "org:group": row.agency,
        "position": row.position,
        "leaf_index": fact.leaf_index,
        "version": row.version,
        "causation": row.causation,
        **told(fact),
    }
    return (
        f'<event>\n<date key="time:timestamp" value="{row.occurred_at}"/>\n'
        f'<date key="recorded_at" value="{row.recorded_at}"/>\n'
        + "".join(_attribute(key, value) for key, value in attributes.items() if value is not None)
        + "</event>\n"
    )


def _attribute(key: str, value: Value) -> str:
    match value:
        case bool():
            return f'<boolean key={_quoted(key)} value="{str(value).lower()}"/>\n'
        case int():
            return f'<int key={_quoted(key)} value="{value}"/>\n'
        case float():
            return f'<float key={_quoted(key)} value="{value}"/>\n'
        case _:
            return f"<string key={_quoted(key)} value={_quoted(value)}/>\n"


# Names of facts, roles and officers come again and again: half of the time is saved.
@lru_cache(maxsize=8192)
def _quoted(text: str) -> str:
    # Control characters cannot stand in XML, not even escaped.
    return quoteattr(_NOT_IN_XML.sub("\ufffd", text))
