"""Counting working days in Asia/Jakarta by the yearly joint decrees."""

from bisect import bisect_right
from collections.abc import Container, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone

from requests_service.domain.dates import tanggal
from requests_service.domain.errors import OutOfCalendar

SATURDAY = 5
DAY = timedelta(days=1)
WIB = timezone(timedelta(hours=7))


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
class Closure:
    """Days on which the city's offices are closed beside the joint decrees, both ends with it."""

    first: date
    last: date
    name: str
    decree: str
    """Empty while it is announced and not decreed: deadlines beyond it are estimates."""


@dataclass(frozen=True)
class Worked:
    """A Saturday, a Sunday or a day off on which the offices work because it was decreed."""

    date: date
    name: str
    decree: str
    """Empty while it is announced and not decreed: deadlines beyond it are estimates."""


@dataclass(frozen=True)
class Skipped:
    """A day that did not count, and why."""

    date: date
    name: str
    decree: str | None
    """None for a Saturday or a Sunday."""


@dataclass(frozen=True)
class Explanation:
    """Why a deadline is the day that it is."""

    start: date
    """The day zero, which is not counted."""
    budget: int
    due: date
    skipped: tuple[Skipped, ...]
    """Every day between that is no working day, in order."""
    calendar: str
    """The version of the calendar."""
    is_estimate: bool
    worked: tuple[Worked, ...] = ()
    """Every day between that counts only because it was decreed to, in order."""


@dataclass(frozen=True)
class Calendar:
    """A prefix index: one entry per working day, so adding days is one search and one look-up.

    Years without a decree count Monday to Friday; a deadline in one is an estimate ("perkiraan").
    """

    decrees: tuple[Decree, ...]
    closures: tuple[Closure, ...] = ()
    version: str = "1"
    """Which of this installation's calendars: each change is a new version, old ones stay."""
    worked: tuple[Worked, ...] = ()
    """In order; they count whatever else is said of the day."""
    _working_days: list[date] = field(init=False, repr=False, compare=False)
    _off: dict[date, Skipped] = field(init=False, repr=False, compare=False)
    _decreed: frozenset[int] = field(init=False, repr=False, compare=False)
    _announced: tuple[date, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        years = [decree.year for decree in self.decrees]
        if not years or len(set(years)) != len(years):
            raise OutOfCalendar("Kalender hari kerja harus memuat tepat satu keputusan per tahun.")
        off = {
            day: Skipped(day, each.name, each.decree)
            for each in self.closures
            for day in _days(each.first, each.last)
        } | {
            day.date: Skipped(day.date, day.name, decree.number)
            for decree in self.decrees
            for day in decree.days_off
        }
        for worked in self.worked:
            off.pop(worked.date, None)
        object.__setattr__(self, "_off", off)
        object.__setattr__(self, "_decreed", frozenset(years))
        announced = sorted(
            day
            for day, decree in (
                *((day, each.decree) for day, each in off.items()),
                *((each.date, each.decree) for each in self.worked),
            )
            if not decree
        )
        object.__setattr__(self, "_announced", tuple(announced))
        # Room on both sides, so that old requests and long deadlines can still be counted.
        first, last = date(min(years) - 10, 1, 1), date(max(years) + 30, 12, 31)
        worked_on = {each.date for each in self.worked}
        object.__setattr__(self, "_working_days", _working_days(first, last, off, worked_on))

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

    def days_off(self) -> dict[date, str]:
        """What each day that is decreed off is called, Saturdays and Sundays among them."""
        return {day: each.name for day, each in self._off.items()}

    def explain(self, start: date, days: int) -> Explanation:
        """Why `add_working_days(start, days)` is what it is."""
        due = self.add_working_days(start, days)
        between = _days(start + DAY, due)
        skipped = tuple(self._why(day) for day in between if not self.is_working_day(day))
        worked = tuple(each for each in self.worked if start < each.date <= due)
        return Explanation(
            start, days, due, skipped, self.version, self.is_estimate(due, since=start), worked
        )

    def is_estimate(self, due: date, since: date | None = None) -> bool:
        """No decree has been read for the year of this deadline; or a closure or a special working
        day that is announced and not decreed yet lies between `since` and it."""
        if due.year not in self._decreed:
            return True
        return since is not None and any(since < day <= due for day in self._announced)

    def status(self, due: date) -> str:
        return "perkiraan" if self.is_estimate(due) else "ditetapkan"

    def _why(self, day: date) -> Skipped:
        if day.weekday() >= SATURDAY:
            return Skipped(day, "Sabtu" if day.weekday() == SATURDAY else "Minggu", None)
        return self._off[day]


@dataclass(frozen=True)
class ClockRules:
    """What the city chooses about its clocks: [clock] of CITY_FILE. Days are working days."""

    cut_off_hour: int = 24
    """What comes from this hour on (WIB) counts as received on the next day; 24: the same day."""
    stops_while_returned: bool = True
    """The law's clock stands still too while the Pemohon completes the request."""
    due_soon_days: int = 1
    """So long before it a step's deadline is near."""
    notice_due_soon_days: int = 3
    """The same for the written notice and for the answer to an objection."""
    propose_extension_days: int = 2
    """So long before the written notice is due, an extension is proposed: day 8 of 10."""
    escalate_after_days: int = 2
    """So long after a deadline the Atasan PPID is told."""


@dataclass(frozen=True)
class Today:
    """The moment of a command, and the calendar by which it is judged."""

    at: datetime
    """UTC, for the record."""
    day: date
    """In Asia/Jakarta, for the deadlines."""
    calendar: Calendar
    rules: ClockRules = ClockRules()

    @property
    def day_of_receipt(self) -> date:
        """Day zero of what comes in now."""
        return self.day + DAY * (self.at.astimezone(WIB).hour >= self.rules.cut_off_hour)

    def plus(self, working_days: int) -> date:
        return self.calendar.add_working_days(self.day, working_days)


def _working_days(
    first: date, last: date, off: Container[date], worked: Container[date]
) -> list[date]:
    return [
        day
        for day in _days(first, last)
        if day in worked or (day.weekday() < SATURDAY and day not in off)
    ]


def _days(first: date, last: date) -> Iterator[date]:
    day = first
    while day <= last:
        yield day
        day += DAY
