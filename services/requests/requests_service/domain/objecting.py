"""An objection to how a request was answered, or was not (UU 14/2008 Pasal 35 and 36)."""

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from requests_service.domain import choices, errors, redress, sop, texts
from requests_service.domain import events as facts
from requests_service.domain.dates import tanggal
from requests_service.domain.events import Fact
from requests_service.domain.intake import Brought, day_of
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
    decided: dict[str, date] = field(default_factory=dict)
    """Grounds, each with the day; one is heard again only when it has arisen anew."""
    decided_on: date | None = None
    refused_on: date | None = None
    """When all or a part was refused; None while nothing is."""

    def remember(self, fact: Fact) -> None:
        match fact:
            case facts.ObjectionLodged(ground=ground, answer_due=answer_due):
                self.ground, self.due = ground, answer_due
            case facts.ObjectionDecided(ground=ground):
                self.decided, self.decided_on = self.decided | {ground: fact.on}, fact.on
                self.ground = self.due = None
            case facts.RequestRefused() | facts.RequestGrantedInPart():
                self.refused_on = fact.on
            case facts.GrantReconsidered() | facts.RequestTakenBack():
                self.refused_on = None
            case facts.RequestReopened():
                self.decided, self.refused_on = {}, None
            case facts.RequestWithdrawn():
                self.ground = self.due = None
            case facts.DeadlinesMoved():
                self.due = fact.objection_due


def lodge(
    r: "DataRequest",
    by: Actor,
    today: Today,
    *,
    ground: str,
    case: str,
    seal: "Seal",
    brought: Brought | None = None,
) -> None:
    choices.must_be_one_of(choices.GROUNDS, ground, what="Alasan keberatan")
    arrived = day_of(brought, by, today)
    r.guard(facts.ObjectionLodged, by, arrived)
    if ground not in _arisen(r, arrived):
        raise errors.NoGroundYet(
            "Alasan keberatan ini baru dapat diajukan setelah permohonan selesai dijawab."
        )
    if _was_heard(r, ground, arrived):
        raise errors.AlreadyObjected("Keberatan dengan alasan ini sudah pernah diputus.")
    if ground not in last_days(r, arrived):
        raise _too_late(_last_day(_arisen(r, arrived)[ground], arrived))
    texts.must_be_filled_in("Kasus posisi", case, words=4)
    r.record(
        facts.ObjectionLodged,
        by,
        today,
        arrived=arrived,
        ground=ground,
        answer_due=arrived.plus(sop.OBJECTION_ANSWER_DAYS),
        case_sealed=seal("case", case),
        waiting_for=r.waiting_for if r.step else Role.ATASAN_PPID.value,
        **(brought.details(today, seal) if brought else {}),
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
        waiting_for=r.waiting_for
        if r.step
        else redress.waits_for_reopening(r, granted=decision != "ditolak"),
    )


def was_answered(r: "DataRequest", today: Today) -> bool:
    overdue = r.objection.due is not None and today.day > r.objection.due
    return overdue or r.objection.decided_on is not None


def must_have_a_ground(r: "DataRequest", today: Today) -> None:
    arisen = _arisen(r, today)
    if not arisen:
        raise errors.NoGroundYet(
            "Keberatan dapat diajukan setelah permohonan dijawab, setelah tenggat pemberitahuan"
            " tertulis lewat tanpa jawaban, setelah data yang dikabulkan tidak diberikan pada"
            " waktunya, atau setelah biaya diberitahukan."
        )
    if not last_days(r, today):
        raise _too_late(_last_day(max(arisen.values()), today))


def last_days(r: "DataRequest", today: Today) -> dict[str, date]:
    """The grounds, of `choices.GROUNDS`, on which one may object today, each with its last day."""
    last = {
        ground: _last_day(day, today)
        for ground, day in _arisen(r, today).items()
        if not _was_heard(r, ground, today)
    }
    return {ground: day for ground, day in last.items() if today.day <= day}


def _was_heard(r: "DataRequest", ground: str, today: Today) -> bool:
    decided_on = r.objection.decided.get(ground)
    return decided_on is not None and _arisen(r, today)[ground] <= decided_on


def _arisen(r: "DataRequest", today: Today) -> dict[str, date]:
    """The grounds there are, each with the day on which it arose."""
    if r.ended_as == "withdrawn":
        return {}
    if r.step is None:
        days = dict.fromkeys(choices.GROUNDS, r.ended_on) if r.ended_on else {}
    else:
        days = _arisen_while_open(r, today)
    if r.fee.stated and not r.fee.waived:
        days["biaya"] = max(days.get("biaya", r.fee.stated.on), r.fee.stated.on)
    return days


def _arisen_while_open(r: "DataRequest", today: Today) -> dict[str, date]:
    days: dict[str, date] = {}
    if r.objection.refused_on and r.notice_issued_on:
        # The written notice tells what is refused, days before the request is finished.
        told_on = max(r.objection.refused_on, r.notice_issued_on)
        days = dict.fromkeys(choices.TOLD_BY_THE_NOTICE, told_on)
    if since := _unanswered_since(r, today):
        days |= {code: since for code, ground in choices.GROUNDS.items() if ground.while_open}
    return days


def _unanswered_since(r: "DataRequest", today: Today) -> date | None:
    """The deadline that was missed: the law's without a written notice in time; when that came,
    the open step's as well, unless the data was given or waits to be paid."""
    notice_due = r.statutory_due
    if notice_due is None or today.day <= notice_due:
        return None
    if r.notice_issued_on is None or r.notice_issued_on > notice_due:
        return notice_due
    if r.due is None or today.day <= r.due or r.access_until or r.fee.open:
        return None
    return max(r.due, notice_due)


def _last_day(arose_on: date, today: Today) -> date:
    return today.calendar.add_working_days(arose_on, sop.OBJECTION_DAYS_MAX)


def _too_late(last_day: date) -> errors.ObjectionTooLate:
    return errors.ObjectionTooLate(
        f"Keberatan paling lambat diajukan pada {tanggal(last_day)}"
        f" ({sop.OBJECTION_DAYS_MAX} hari kerja)."
    )
