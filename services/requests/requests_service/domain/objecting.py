"""An objection to how a request was answered, or was not (UU 14/2008 Pasal 35 and 36)."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from requests_service.domain import choices, errors, redress, sop, texts
from requests_service.domain import events as facts
from requests_service.domain.dates import tanggal
from requests_service.domain.events import Fact
from requests_service.domain.roles import Actor, Role
from requests_service.domain.working_days import Today

if TYPE_CHECKING:
    from requests_service.domain.data_request import DataRequest, Seal


@dataclass
class Objection:
    """The one that is open, and those that were decided."""

    ground: str | None = None
    """Of `choices.GROUNDS`, while it waits for the superior."""
    due: date | None = None
    decided: tuple[str, ...] = ()
    """Grounds, since the request was last answered: each is heard once."""
    decided_on: date | None = None

    def remember(self, fact: Fact) -> None:
        match fact:
            case facts.ObjectionLodged(ground=ground, answer_due=answer_due):
                self.ground, self.due = ground, answer_due
            case facts.ObjectionDecided(ground=ground):
                self.decided, self.decided_on = (*self.decided, ground), fact.on
                self.ground = self.due = None
            case facts.RequestReopened():
                self.decided = ()
            case facts.DeadlinesMoved():
                self.due = fact.objection_due


def lodge(
    r: "DataRequest", by: Actor, today: Today, *, ground: str, case: str, seal: "Seal"
) -> None:
    choices.must_be_one_of(choices.GROUNDS, ground, what="Alasan keberatan")
    r.guard(facts.ObjectionLodged, by, today)
    if r.step is not None and not choices.GROUNDS[ground].while_open:
        raise errors.NoGroundYet(
            "Alasan keberatan ini baru dapat diajukan setelah permohonan selesai dijawab."
        )
    if ground in r.objection.decided:
        raise errors.AlreadyObjected("Keberatan dengan alasan ini sudah pernah diputus.")
    texts.must_be_filled_in("Kasus posisi", case, words=4)
    r.record(
        facts.ObjectionLodged,
        by,
        today,
        ground=ground,
        answer_due=today.plus(sop.OBJECTION_ANSWER_DAYS),
        case_sealed=seal("case", case),
        waiting_for=r.waiting_for if r.step else Role.ATASAN_PPID.value,
    )


def decide(
    r: "DataRequest", by: Actor, today: Today, *, decision: str, reason: str, seal: "Seal"
) -> None:
    r.guard(facts.ObjectionDecided, by, today)
    choices.must_be_one_of(choices.DECISIONS, decision, what="Putusan")
    if not texts.is_meaningful(reason, words=4):
        raise errors.ReasonMissing("Putusan keberatan harus disertai alasan tertulis.")
    r.record(
        facts.ObjectionDecided,
        by,
        today,
        ground=r.objection.ground,
        decision=decision,
        reason_sealed=seal("reason", reason),
        waiting_for=redress.waits_for_reopening(r, granted=decision != "ditolak"),
    )


def was_answered(r: "DataRequest", today: Today) -> bool:
    overdue = r.objection.due is not None and today.day > r.objection.due
    return overdue or r.objection.decided_on is not None


def must_have_a_ground(r: "DataRequest", today: Today) -> None:
    arose_on = r.ended_on if r.step is None else _silent_since(r, today)
    if arose_on is None or r.ended_as == "withdrawn":
        raise errors.NoGroundYet(
            "Keberatan dapat diajukan setelah permohonan dijawab, atau setelah tenggat"
            " pemberitahuan tertulis lewat tanpa jawaban."
        )
    last_day = today.calendar.add_working_days(arose_on, sop.OBJECTION_DAYS_MAX)
    if today.day > last_day:
        raise errors.ObjectionTooLate(
            f"Keberatan paling lambat diajukan pada {tanggal(last_day)}"
            f" ({sop.OBJECTION_DAYS_MAX} hari kerja)."
        )


def _silent_since(r: "DataRequest", today: Today) -> date | None:
    passed = r.statutory_due is not None and today.day > r.statutory_due
    return r.statutory_due if passed and not r.notice_issued_on else None
