"""The clocks of a request: from which day each counts, how far, and why its deadline is that day.

A deadline is stored with the fact that set it. What it was counted from is remembered here, so
that it can be explained on any day, and counted again when the calendar changes.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from requests_service.domain import events as facts
from requests_service.domain import sop
from requests_service.domain.events import Fact
from requests_service.domain.roles import Actor
from requests_service.domain.sop import STEPS
from requests_service.domain.working_days import Calendar, Explanation, Today

if TYPE_CHECKING:
    from requests_service.domain.data_request import DataRequest

CalendarOf = Callable[[str], Calendar]
"""The calendar of a version."""
FIRST = "1"
"""The calendar by which those facts were counted that say none."""


class Name(StrEnum):
    """Which clock; the value is kept in facts."""

    STEP = "step"
    NOTICE = "notice"
    OBJECTION = "objection"
    COMPLETION = "completion"


@dataclass(frozen=True)
class Clock:
    """What a deadline is counted from."""

    start: date
    """Day zero."""
    days: int
    """Working days that the SOP or the law gives, an extension with them."""
    calendar: str = FIRST
    """The version by which it was counted last."""
    pauses: tuple[tuple[date, date], ...] = ()
    """When it stood still: the working days after the first day, up to the second."""

    def paused(self, calendar: Calendar) -> int:
        return sum(
            max(calendar.working_days_between(since, until), 0) for since, until in self.pauses
        )

    def due(self, calendar: Calendar) -> date:
        return calendar.add_working_days(self.start, self.days + self.paused(calendar))

    def explain(self, calendar: Calendar) -> Explanation:
        return calendar.explain(self.start, self.days + self.paused(calendar))


@dataclass(frozen=True)
class Deadline:
    """One deadline of a request, and why it is that day."""

    clock: Name
    step: int | None
    """Whose deadline it is, of a step."""
    due: date
    days: int
    """What the SOP or the law gives, an extension with them."""
    paused: int
    """Working days that were added because the clock stood still."""
    why: Explanation


@dataclass
class Clocks:
    """A chapter of the request: the clocks that run, by name."""

    running: dict[Name, Clock] = field(default_factory=dict)
    complete_by: date | None = None
    returned_on: date | None = None
    all_stopped: bool = True
    """Whether the law's clock stands still while the request is returned."""

    def remember(self, fact: Fact) -> None:
        if fact.next_step is None:
            self.running.pop(Name.STEP, None)
        elif fact.next_step != fact.step:
            self._start(Name.STEP, fact.on, STEPS[fact.next_step].working_days, fact)
        match fact:
            case facts.RequestSubmitted():
                received_on = fact.received_on or fact.on
                begun = fact.on if fact.part_of else received_on
                self._start(Name.STEP, begun, STEPS[fact.next_step or 6].working_days, fact)
                self._start(Name.NOTICE, received_on, sop.STATUTORY_DAYS, fact)
                if fact.clock_of_first:
                    self._go_on_as(fact.clock_of_first)
            case facts.RequestReopened():
                self._start(Name.NOTICE, fact.on, sop.STATUTORY_DAYS, fact)
            case facts.RequestReturned():
                self.complete_by, self.returned_on = fact.complete_by, fact.on
                self.all_stopped = fact.statutory_due is None
                self._start(Name.COMPLETION, fact.on, sop.COMPLETION_DAYS, fact)
            case facts.RequestCompleted(arrived_on=arrived_on):
                self._go_on(fact, arrived_on or fact.on)
            case facts.RequestWithdrawn() | facts.RequestClosed():
                self._end_completion()
            case facts.DeadlineExtended(days=days):
                notice = self.running[Name.NOTICE]
                longer = replace(notice, days=notice.days + days, calendar=fact.calendar or FIRST)
                self.running[Name.NOTICE] = longer
            case facts.ObjectionLodged():
                self._start(
                    Name.OBJECTION, fact.arrived_on or fact.on, sop.OBJECTION_ANSWER_DAYS, fact
                )
            case facts.ObjectionDecided():
                self.running.pop(Name.OBJECTION, None)
            case facts.DeadlinesMoved():
                self.complete_by = fact.complete_by
                for name in fact.moved:
                    clock = self.running[Name(name)]
                    self.running[Name(name)] = replace(clock, calendar=fact.calendar or FIRST)

    def _start(self, name: Name, day: date, days: int, fact: Fact) -> None:
        self.running[name] = Clock(day, days, fact.calendar or FIRST)

    def _go_on_as(self, told: Mapping[str, Any]) -> None:
        """The law's clock of a part is that of the first request."""
        notice = self.running[Name.NOTICE]
        pauses = [(date.fromisoformat(a), date.fromisoformat(b)) for a, b in told["pauses"]]
        self.running[Name.NOTICE] = replace(
            notice, days=notice.days + told["extended_days"], pauses=tuple(pauses)
        )

    def _go_on(self, fact: Fact, since: date) -> None:
        pause = (self.returned_on or since, since)
        self._end_completion()
        for name in (Name.STEP, Name.NOTICE) if self.all_stopped else (Name.STEP,):
            clock = self.running[name]
            self.running[name] = replace(
                clock, pauses=(*clock.pauses, pause), calendar=fact.calendar or FIRST
            )

    def _end_completion(self) -> None:
        self.complete_by = self.returned_on = None
        self.running.pop(Name.COMPLETION, None)


def deadlines(r: "DataRequest", calendar_of: CalendarOf) -> list[Deadline]:
    """Those that stand now, each by the calendar by which it was counted."""
    return list(_deadlines(r, calendar_of))


def _deadlines(r: "DataRequest", calendar_of: CalendarOf) -> Iterator[Deadline]:
    for name, due in due_dates(r).items():
        clock = r.clocks.running.get(name)
        if due is None or clock is None:
            continue
        calendar = calendar_of(clock.calendar)
        why = clock.explain(calendar)
        step = r.step if name is Name.STEP else None
        yield Deadline(name, step, due, clock.days, clock.paused(calendar), why)


def due_dates(r: "DataRequest") -> dict[Name, date | None]:
    """As they are stored; None for a clock that stands still or has ended."""
    return {
        Name.STEP: r.due,
        Name.NOTICE: r.statutory_due,
        Name.OBJECTION: r.objection.due,
        Name.COMPLETION: r.clocks.complete_by,
    }


def moved(r: "DataRequest", calendar: Calendar, calendar_of: CalendarOf) -> dict[Name, date]:
    """The open deadlines that this calendar puts on another day, and which.

    A date that its own calendar does not give was not counted from what is remembered here: it
    stays.
    """
    dates = {}
    for name, due in _movable(r).items():
        clock = r.clocks.running[name]
        now = clock.due(calendar)
        if now != due and clock.due(calendar_of(clock.calendar)) == due:
            dates[name] = now
    return dates


def move(r: "DataRequest", by: Actor, today: Today, *, calendar_of: CalendarOf) -> None:
    """Count the open deadlines again by today's calendar; nothing is recorded when none moves."""
    now = moved(r, today.calendar, calendar_of)
    if not now:
        return
    before = _movable(r)
    stopped = r.returned_on is not None
    step = now.get(Name.STEP, before.get(Name.STEP))
    notice = now.get(Name.NOTICE, r.statutory_due or r.stopped_statutory_due)
    r.note(
        facts.DeadlinesMoved,
        by,
        today,
        moved={
            name.value: {"before": before[name].isoformat(), "now": due.isoformat()}
            for name, due in now.items()
        },
        next_due=None if stopped else step,
        statutory_due=notice if r.statutory_due else None,
        stopped_due=step if stopped else None,
        stopped_statutory_due=notice if r.stopped_statutory_due else None,
        objection_due=now.get(Name.OBJECTION, r.objection.due),
        complete_by=now.get(Name.COMPLETION, r.clocks.complete_by),
    )


def _movable(r: "DataRequest") -> dict[Name, date]:
    """The deadlines that are still to be kept, those of clocks that stand still with them."""
    dates = {
        Name.STEP: r.due or r.stopped_due,
        Name.NOTICE: r.statutory_due or r.stopped_statutory_due,
        Name.OBJECTION: r.objection.due,
        Name.COMPLETION: r.clocks.complete_by,
    }
    if r.step is None or r.notice_issued_on:
        del dates[Name.NOTICE]
    return {name: due for name, due in dates.items() if due and name in r.clocks.running}


def to_count_again(r: "DataRequest") -> dict[str, Any]:
    """What `moves` wants to know of a request, as plain JSON; empty when nothing may move."""
    return {
        name.value: [
            clock.start.isoformat(),
            clock.days,
            [[since.isoformat(), until.isoformat()] for since, until in clock.pauses],
            due.isoformat(),
        ]
        for name, due in _movable(r).items()
        for clock in [r.clocks.running[name]]
    }


def moves(told: Mapping[str, Any], calendar: Calendar) -> bool:
    """Whether `move` is worth while, from `to_count_again`: for very many requests at once."""
    for start, days, pauses, due in told.values():
        between = tuple((_day(since), _day(until)) for since, until in pauses)
        if Clock(_day(start), days, pauses=between).due(calendar) != _day(due):
            return True
    return False


_day = date.fromisoformat
