"""Counting working days in Asia/Jakarta by the yearly joint decrees."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from requests_service.domain.dates import tanggal
from requests_service.domain.errors import OutOfCalendar

SATURDAY = 5
DAY = timedelta(days=1)


@dataclass(frozen=True)
class DayOff:
    date: date
    name: str
    cuti_bersama: bool


@dataclass(frozen=True)
class Decree:
    """One year's national holidays and cuti bersama, as decreed."""

    year: int
    number: str
    source: str
    days_off: tuple[DayOff, ...]


@dataclass(frozen=True)
class Calendar:
    """A prefix index: one entry per working day, so adding days is one search and one look-up.

    Years without a decree count Monday to Friday; a deadline in one is an estimate ("perkiraan").
    """

    decrees: tuple[Decree, ...]
    _working_days: list[date] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        years = [decree.year for decree in self.decrees]
        if not years or len(set(years)) != len(years):
            raise OutOfCalendar("Kalender hari kerja harus memuat tepat satu keputusan per tahun.")
        off = {day.date for decree in self.decrees for day in decree.days_off}
        # Room on both sides, so that old requests and long deadlines can still be counted.
        first, last = date(min(years) - 10, 1, 1), date(max(years) + 30, 12, 31)
        object.__setattr__(self, "_working_days", list(_working_days(first, last, off)))

    def add_working_days(self, start: date, days: int) -> date:
        """The day of receipt is day zero, holiday or not; day one is the working day after it."""
        if days == 0:
            return start
        at = bisect_right(self._working_days, start) + days - 1
        if start < self._working_days[0] or not 0 <= at < len(self._working_days):
            raise OutOfCalendar(f"Tanggal {tanggal(start)} berada di luar kalender hari kerja.")
        return self._working_days[at]

    def working_days_between(self, start: date, end: date) -> int:
        """Working days after `start` up to and including `end`; negative when `end` comes first."""
        return bisect_right(self._working_days, end) - bisect_right(self._working_days, start)

    def is_working_day(self, day: date) -> bool:
        at = bisect_right(self._working_days, day)
        return at > 0 and self._working_days[at - 1] == day

    def is_estimate(self, due: date) -> bool:
        """No decree has been read for the year of this deadline."""
        return all(decree.year != due.year for decree in self.decrees)

    def status(self, due: date) -> str:
        return "perkiraan" if self.is_estimate(due) else "ditetapkan"


@dataclass(frozen=True)
class Today:
    """The moment of a command, and the calendar by which it is judged."""

    at: datetime
    """UTC, for the record."""
    day: date
    """In Asia/Jakarta, for the deadlines."""
    calendar: Calendar

    def plus(self, working_days: int) -> date:
        return self.calendar.add_working_days(self.day, working_days)


def _working_days(first: date, last: date, off: set[date]) -> Iterable[date]:
    day = first
    while day <= last:
        if day.weekday() < SATURDAY and day not in off:
            yield day
        day += DAY
