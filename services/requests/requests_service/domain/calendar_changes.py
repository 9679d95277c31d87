"""A new decree or closures against the calendar in force: what changes, what looks wrong."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from requests_service.domain.working_days import (
    SATURDAY,
    Calendar,
    Closure,
    DayOff,
    Decree,
    Worked,
)

WEEKDAYS = ("senin", "selasa", "rabu", "kamis", "jumat", "sabtu", "minggu")


@dataclass(frozen=True)
class Line:
    """One day as a file has it."""

    day: DayOff
    weekday: str = ""
    """As the file calls it, in Indonesian; empty when it does not."""


@dataclass(frozen=True)
class Proposal:
    """What a file brings: it replaces the years that it holds, or withdraws."""

    decrees: tuple[Decree, ...] = ()
    closures: tuple[Closure, ...] = ()
    warnings: tuple[str, ...] = ()
    worked: tuple[Worked, ...] = ()
    no_closures: frozenset[int] = frozenset()
    """Years of which every closure is withdrawn."""
    no_worked: frozenset[int] = frozenset()
    """Years of which every special working day is withdrawn."""

    @property
    def years_closed(self) -> frozenset[int]:
        return self.no_closures | {each.first.year for each in self.closures}

    @property
    def years_worked(self) -> frozenset[int]:
        return self.no_worked | {each.date.year for each in self.worked}


@dataclass(frozen=True)
class Difference:
    """`sign`: + a day more that does not count, - one less, ~ the same day called otherwise."""

    sign: str
    date: date
    name: str


def of_decree(
    year: int,
    number: str,
    source: str,
    lines: Sequence[Line],
    *,
    counts: tuple[int, int] | None = None,
) -> Proposal:
    """A year's decree, with what to look at before it is approved; days of other years and
    repeated ones are left out.

    `counts`: how many national holidays and cuti bersama the decree itself says that it has.
    """
    kept = {line.day.date: line.day for line in reversed(lines) if line.day.date.year == year}
    days_off = tuple(sorted(kept.values(), key=lambda day: day.date))
    warnings = [*_about_lines(year, lines), *_about_counts(days_off, counts)]
    return Proposal((Decree(year, number, source, days_off),), (), tuple(warnings))


def _about_lines(year: int, lines: Sequence[Line]) -> Iterator[str]:
    for line in lines:
        day = line.day
        told, true = line.weekday.strip().lower().replace("'", ""), WEEKDAYS[day.date.weekday()]
        if told and told != true:
            yield f"{day.date} ({day.name}) is called {told}, and is {true}."
        if day.date.year != year:
            yield f"{day.date} ({day.name}) is not a day of {year}; it is left out."
    for day_off, count in Counter(line.day.date for line in lines).items():
        if count > 1:
            yield f"{day_off} stands {count} times."


def _about_counts(days_off: Sequence[DayOff], counts: tuple[int, int] | None) -> Iterator[str]:
    if counts is None:
        return
    shared = sum(day.cuti_bersama for day in days_off)
    found = (len(days_off) - shared, shared)
    for what, said, have in zip(("national holidays", "cuti bersama"), counts, found, strict=True):
        if said != have:
            yield f"The decree says {said} {what}, and the file has {have}."


def changed(calendar: Calendar, proposal: Proposal, *, version: str) -> Calendar:
    """The calendar with what was proposed in place of the same years."""
    decrees = {each.year: each for each in (*calendar.decrees, *proposal.decrees)}
    kept = [each for each in calendar.closures if each.first.year not in proposal.years_closed]
    worked = [each for each in calendar.worked if each.date.year not in proposal.years_worked]
    return Calendar(
        tuple(decrees[year] for year in sorted(decrees)),
        tuple(sorted((*kept, *proposal.closures), key=lambda each: each.first)),
        version,
        tuple(sorted((*worked, *proposal.worked), key=lambda each: each.date)),
    )


def about_worked(before: Calendar, after: Calendar) -> list[str]:
    """What to look at of the special working days that are new."""
    warnings = []
    for each in after.worked:
        if each in before.worked:
            continue
        off = replace(after, worked=()).days_off()
        if each.date in off:
            warnings.append(f"{each.date} ({each.name}) is {off[each.date]}, and shall count.")
        elif each.date.weekday() < SATURDAY:
            warnings.append(f"{each.date} ({each.name}) is a working day already.")
    return warnings


def differences(before: Calendar, after: Calendar) -> list[Difference]:
    """Day by day, in order."""
    off = _compared(before.days_off(), after.days_off(), "+", "-")
    worked = _compared(_worked_by_day(before), _worked_by_day(after), "-", "+")
    return [each for _, each in sorted((off | worked).items())]


def _compared(
    old: Mapping[date, str], new: Mapping[date, str], more: str, less: str
) -> dict[date, Difference]:
    return {
        day: Difference(
            "~" if day in old and day in new else more if day in new else less, day, name
        )
        for day in old.keys() | new.keys()
        for name in [new.get(day) or old[day]]
        if old.get(day) != new.get(day)
    }


def _worked_by_day(calendar: Calendar) -> dict[date, str]:
    return {each.date: each.name for each in calendar.worked}
