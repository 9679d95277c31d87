"""A request that lacks something goes back to the Pemohon: the clocks stand still meanwhile."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from requests_service.domain import choices, errors, sop, texts
from requests_service.domain import events as facts
from requests_service.domain.dates import tanggal
from requests_service.domain.intake import Brought, day_of
from requests_service.domain.roles import Actor
from requests_service.domain.working_days import Today

if TYPE_CHECKING:
    from requests_service.domain.data_request import DataRequest, Seal


def return_for_completion(
    r: "DataRequest",
    by: Actor,
    today: Today,
    *,
    missing: Sequence[str],
    explanation: str,
    seal: "Seal",
) -> None:
    for code in missing:
        choices.must_be_one_of(choices.MISSING, code, what="Kekurangan")
    if not missing:
        raise errors.ReasonMissing("Pilih sedikitnya satu hal yang harus dilengkapi Pemohon.")
    texts.must_be_filled_in("Penjelasan kekurangan", explanation, words=3)
    stops = today.rules.stops_while_returned and not _has_passed(r.statutory_due, today)
    r.record(
        facts.RequestReturned,
        by,
        today,
        missing=list(dict.fromkeys(missing)),
        complete_by=today.plus(sop.COMPLETION_DAYS),
        missing_sealed=seal("missing", explanation),
        stopped_due=r.due,
        stopped_statutory_due=r.statutory_due if stops else None,
        next_due=None,
        statutory_due=None if stops else r.statutory_due,
    )


def _has_passed(due: date | None, today: Today) -> bool:
    """What is late stays late: a return stops no deadline that was missed."""
    return due is not None and today.day > due


def complete(
    r: "DataRequest",
    by: Actor,
    today: Today,
    *,
    answer: str,
    seal: "Seal",
    data_wanted: str | None = None,
    purpose: str | None = None,
    brought: Brought | None = None,
) -> None:
    """Both deadlines move by the working days for which the clocks stood still."""
    arrived = day_of(brought, by, today)
    r.guard(facts.RequestCompleted, by, arrived)
    if r.returned_on and arrived.day < r.returned_on:
        raise errors.DayAhead(f"Permohonan ini baru dikembalikan pada {tanggal(r.returned_on)}.")
    texts.must_be_filled_in("Jawaban kelengkapan", answer)
    if data_wanted is not None:
        texts.must_describe_data(data_wanted)
    if purpose is not None:
        texts.must_be_a_purpose(purpose)
    r.record(
        facts.RequestCompleted,
        by,
        today,
        arrived=arrived,
        answer_sealed=seal("answer", answer),
        data_wanted_sealed=texts.sealed(seal, "data_wanted", data_wanted),
        purpose_sealed=texts.sealed(seal, "purpose", purpose),
        next_due=_moved_by_the_pause(r, r.stopped_due, arrived),
        statutory_due=_moved_by_the_pause(r, r.stopped_statutory_due, arrived) or r.statutory_due,
        waiting_for=sop.STEPS[r.step].owners[0].value if r.step else None,
        **(brought.details(today, seal) if brought else {}),
    )


def _moved_by_the_pause(r: "DataRequest", due: date | None, today: Today) -> date | None:
    if due is None or r.returned_on is None:
        return due
    pause = today.calendar.working_days_between(r.returned_on, today.day)
    return today.calendar.add_working_days(due, max(pause, 0))
