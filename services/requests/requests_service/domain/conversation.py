"""What the PPID and the Pemohon write to each other about a request, and officers' own notes.

It moves nothing: no step, no clock. What must be completed before the request can go on is asked
for by returning it (SOP, Peringatan 1 dan 2), which stops the clocks.
"""

from typing import TYPE_CHECKING, Any

from requests_service.domain import events as facts
from requests_service.domain import texts
from requests_service.domain.errors import NotTheOwner
from requests_service.domain.roles import Actor, Role
from requests_service.domain.working_days import Today

if TYPE_CHECKING:
    from requests_service.domain.data_request import DataRequest, Seal

_TAKE_NOTES = frozenset({Role.PPID, Role.PPID_PEMBANTU, Role.WALIDATA, Role.ATASAN_PPID})


def write_to_pemohon(r: "DataRequest", by: Actor, today: Today, *, text: str, seal: "Seal") -> None:
    """By the PPID."""
    _write(r, facts.OfficerWrote, by, today, text, seal, "to_pemohon")


def write_to_ppid(r: "DataRequest", by: Actor, today: Today, *, text: str, seal: "Seal") -> None:
    """By the Pemohon."""
    _write(r, facts.PemohonWrote, by, today, text, seal, "to_ppid")


def take_note(r: "DataRequest", by: Actor, today: Today, *, text: str, seal: "Seal") -> None:
    """Between officers: no Pemohon ever reads it here. By whoever may see the request."""
    if by.role not in _TAKE_NOTES:
        raise NotTheOwner("Catatan internal ditulis oleh petugas.")
    texts.must_be_filled_in("Catatan", text)
    r.note(facts.NoteTaken, by, today, note_sealed=seal("note", text))


def _write(
    r: "DataRequest",
    fact: type[facts.Fact],
    by: Actor,
    today: Today,
    text: str,
    seal: "Seal",
    name: str,
) -> None:
    r.guard(fact, by, today)
    texts.must_be_filled_in("Pesan", text)
    sealed: dict[str, Any] = {f"{name}_sealed": seal(name, text)}
    r.record(fact, by, today, **sealed)
