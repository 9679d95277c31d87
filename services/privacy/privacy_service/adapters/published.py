"""What others may hear of privacy. A fact without a line here stays inside."""

from collections.abc import Callable
from typing import Any

from privacy_service.domain.events import (
    CLEARANCE_PROPOSED,
    CLEARANCE_SENT_BACK,
    DATA_FOUND_CLEAN,
    DATA_MASKED,
    ORIGINAL_READ,
    PAPER_READ,
    PAPER_RECEIVED,
    PERSON_FORGOTTEN,
)

_FILE = ("digest", "filename", "media_type", "size", "rows")


def _original_read(data: dict[str, Any]) -> dict[str, Any]:
    return {"digest": data["digest"]}


def _data_masked(data: dict[str, Any]) -> dict[str, Any]:
    return {name: data[name] for name in ("original_digest", *_FILE, "masked_columns")}


def _data_found_clean(data: dict[str, Any]) -> dict[str, Any]:
    return {name: data[name] for name in _FILE}


def _person_forgotten(data: dict[str, Any]) -> dict[str, Any]:
    return {name: data[name] for name in ("person_id", "destroyed", "kept", "kept_because")}


def _proposal(data: dict[str, Any]) -> dict[str, Any]:
    return {"register_number": data["register_number"]}


def _paper_received(data: dict[str, Any]) -> dict[str, Any]:
    return {name: data[name] for name in ("paper_id", "kind", "digest", "size", "format")}


def _paper_read(data: dict[str, Any]) -> dict[str, Any]:
    return {name: data[name] for name in ("paper_id", "kind", "digest")}


PUBLISHED: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    ORIGINAL_READ: _original_read,
    CLEARANCE_PROPOSED: _proposal,
    CLEARANCE_SENT_BACK: _proposal,
    DATA_MASKED: _data_masked,
    DATA_FOUND_CLEAN: _data_found_clean,
    PAPER_RECEIVED: _paper_received,
    PAPER_READ: _paper_read,
    PERSON_FORGOTTEN: _person_forgotten,
}
