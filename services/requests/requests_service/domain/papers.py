"""The Pemohon's own papers (KTP, deed, letter of authority), which `privacy` keeps.

They move no step and no clock; a paper that is missing blocks nothing by itself.
"""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from requests_service.domain import errors
from requests_service.domain import events as facts
from requests_service.domain.events import Fact
from requests_service.domain.intake import WAYS
from requests_service.domain.roles import Actor, Role
from requests_service.domain.working_days import Today

if TYPE_CHECKING:
    from requests_service.domain.data_request import DataRequest


@dataclass(frozen=True)
class Paper:
    paper_id: str
    kind: str
    """Of `choices.PAPERS`."""
    format: str
    size: int
    """In bytes."""
    on: date


@dataclass
class Papers:
    """Those that came, in order."""

    kept: tuple[Paper, ...] = ()

    def remember(self, fact: Fact) -> None:
        if isinstance(fact, facts.PaperReceived):
            paper = Paper(fact.paper_id, fact.kind, fact.format, fact.size, fact.on)
            self.kept = (*self.kept, paper)


def must_take_from(r: "DataRequest", by: Actor) -> None:
    """Raises NotTheOwner, StepNotOpen."""
    theirs = by.role is Role.PEMOHON and by.id == str(r.pemohon_id)
    brought = by.role is Role.PPID and r.channel in WAYS
    if not theirs and not brought:
        raise errors.NotTheOwner(
            "Berkas persyaratan diunggah Pemohon; oleh PPID bila permohonannya datang lewat surat,"
            " loket, telepon, atau surel."
        )
    heard = r.objection.ground or r.redress.dispute
    if r.step is None and not heard:
        raise errors.StepNotOpen(
            "Permohonan ini sudah selesai; berkas persyaratan tidak diterima lagi."
        )


def must_open_for(r: "DataRequest", by: Actor) -> None:
    """The PPID; and the agency, only while the request waits for it. Raises NotTheOwner."""
    in_hand = r.agency == by.agency and r.waiting_for == Role.PPID_PEMBANTU
    if by.role is Role.PPID or (by.role is Role.PPID_PEMBANTU and in_hand):
        return
    raise errors.NotTheOwner(
        "Berkas persyaratan dibuka oleh PPID, atau oleh PPID Pembantu selama permohonan itu ada"
        " padanya."
    )


def note_received(
    r: "DataRequest",
    by: Actor,
    today: Today,
    *,
    paper_id: str,
    kind: str,
    digest: str,
    size: int,
    format: str,
) -> None:
    r.note(
        facts.PaperReceived,
        by,
        today,
        paper_id=paper_id,
        kind=kind,
        digest=digest,
        size=size,
        format=format,
    )


def note_read(
    r: "DataRequest", by: Actor, today: Today, *, paper_id: str, kind: str, digest: str
) -> None:
    r.note(facts.PaperRead, by, today, paper_id=paper_id, kind=kind, digest=digest)
