"""What a fact's state tells in public, as plain values, for the formats of process mining."""

import json

from requests_service.audit.sealed_facts import SealedFact

Value = str | int | float | bool

_IN_THE_ENTRY = frozenset({"by", "role", "on", "timestamp", "originator_topic", "register_number"})
_OTHER_NAMES = {"agency": "holds_data"}
"""The entry's `agency` is the actor's; the state's is the one that holds the data."""


def told(fact: SealedFact) -> dict[str, Value]:
    """Fields that say something and are not sealed; lists and objects as JSON text."""
    return {
        _OTHER_NAMES.get(name, name): value
        if isinstance(value, Value)
        else json.dumps(value, ensure_ascii=False)
        for name, value in fact.told.items()
        if value is not None and name not in _IN_THE_ENTRY and not name.endswith("_sealed")
    }
