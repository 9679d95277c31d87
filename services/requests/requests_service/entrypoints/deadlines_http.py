"""Why a deadline is the day that it is, as JSON."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field

from requests_service.domain.clocks import Deadline, Name
from requests_service.entrypoints.http import App, Viewer

router = APIRouter(prefix="/api/requests", tags=["requests"])


class SkippedDay(BaseModel):
    """A day that did not count."""

    date: date
    name: str
    decree: Annotated[str | None, Field(description="None for a Saturday or a Sunday.")]


class WorkedDay(BaseModel):
    """A Saturday, a Sunday or a day off that counted."""

    date: date
    name: str
    decree: Annotated[str, Field(description="Empty while it is announced and not decreed.")]


class DeadlineTold(BaseModel):
    """`due` is the day that was recorded; the rest says how it is counted."""

    clock: Name
    step: int | None
    due: date
    start: Annotated[date, Field(description="Day zero, which is not counted.")]
    days: Annotated[int, Field(description="Working days by the SOP or the law.")]
    paused: Annotated[int, Field(description="Working days for which the clock stood still.")]
    skipped: list[SkippedDay]
    worked: Annotated[
        list[WorkedDay], Field(description="Days that count only because it was decreed.")
    ]
    calendar: Annotated[str, Field(description="Version of the calendar of working days.")]
    is_estimate: Annotated[
        bool, Field(description="A year without a decree, or a closure that is not decreed yet.")
    ]


class Deadlines(BaseModel):
    """Of one request."""

    deadlines: list[DeadlineTold]


@router.get("/{request_id}/deadlines")
def deadlines(request_id: UUID, by: Viewer, app: App) -> Deadlines:
    """Each deadline that stands now, and why it is that day."""
    return Deadlines(deadlines=[_told(each) for each in app.deadlines.of(request_id, by)])


def _told(each: Deadline) -> DeadlineTold:
    return DeadlineTold(
        clock=each.clock,
        step=each.step,
        due=each.due,
        start=each.why.start,
        days=each.days,
        paused=each.paused,
        skipped=[SkippedDay(**vars(day)) for day in each.why.skipped],
        worked=[WorkedDay(**vars(day)) for day in each.why.worked],
        calendar=each.why.calendar,
        is_estimate=each.why.is_estimate,
    )
