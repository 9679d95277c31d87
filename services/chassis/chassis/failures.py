"""What is kept of a failure: enough to repair its cause, and nothing personal."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_PERSONAL = re.compile(
    r"[^\s@<>()\"']+@[^\s@<>()\"']+\.\w+"  # a mailbox
    r"|\b\d{16}\b"  # an identity number
    r"|(?<![\w-])(?:\+?62|0)8\d{7,11}\b"  # a mobile phone
)
_PERSONAL_FIELDS = {
    *("address", "alamat", "email", "name", "nama", "nik", "password", "phone", "telepon"),
}
_HIDDEN = "(hidden)"


def reason_of(error: BaseException) -> str:
    """The exception's class; its sentence too when it is one of ours.

    A library's sentence may hold what somebody typed, as a database's does.
    """
    kind = type(error).__name__
    sentence = without_personal(str(error)) if _is_ours(type(error).__module__) else ""
    return f"{kind}: {sentence}"[:500] if sentence else kind


def place_of(error: BaseException) -> str:
    """Where in our code it failed, innermost: `application.py:174 hear`."""
    places = [(name, place) for name, place in _frames(error)]
    ours = [place for name, place in places if _is_ours(name)]
    return (ours or [place for _, place in places] or ["unknown"])[-1]


def places_of(error: BaseException) -> list[str]:
    """The last places that it came through, outermost first."""
    return [place for _, place in _frames(error)][-6:]


def without_personal(value: Any) -> Any:
    """A JSON value, with what looks like a person's taken out, and what is sealed."""
    if isinstance(value, str):
        return _PERSONAL.sub(_HIDDEN, value)
    if isinstance(value, Mapping):
        return {
            key: _HIDDEN if _is_personal(str(key)) else without_personal(inner)
            for key, inner in value.items()
        }
    if isinstance(value, list):
        return [without_personal(inner) for inner in value]
    return value


def names_a_person(text: str) -> bool:
    """Whether a text has a mailbox, an identity number or a telephone number in it."""
    return bool(_PERSONAL.search(text))


def _is_personal(field: str) -> bool:
    return field.endswith("_sealed") or field.lower() in _PERSONAL_FIELDS


def _is_ours(module: str) -> bool:
    top = module.partition(".")[0]
    return top == "chassis" or top.endswith("_service")


def _frames(error: BaseException) -> list[tuple[str, str]]:
    """Module and place of each frame, outermost first."""
    found = []
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        module = str(trace.tb_frame.f_globals.get("__name__", ""))
        found.append((module, f"{Path(code.co_filename).name}:{trace.tb_lineno} {code.co_name}"))
        trace = trace.tb_next
    return found
