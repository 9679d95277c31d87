"""What if: the requests of a past year under another calendar or other budgets.

Everybody acts on the day on which they did; only the deadlines are counted anew. So it says who
would have been late, not what they would have done about it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from chassis.postgres import Pool

from requests_service.domain.choices import NOTICES
from requests_service.domain.events import all_facts
from requests_service.domain.sop import STATUTORY_DAYS, can_be_late
from requests_service.domain.working_days import Calendar

NOTICE = "written notice"
_TYPES = [fact.__name__ for fact in all_facts()]
_MAY_BE_LATE = frozenset(fact.__name__ for fact in all_facts() if can_be_late(fact))
_READ = """
    SELECT f.stream::text, f.type, convert_from(f.state, 'UTF8')::jsonb
    FROM facts AS f
    JOIN registrations AS r ON r.request_id = f.stream
    WHERE r.year = %s AND f.type = ANY(%s)
    ORDER BY r.number, f.version
"""

Fact = tuple[str, Mapping[str, Any]]
"""Its type and its state."""


@dataclass(frozen=True)
class Rules:
    calendar: Calendar
    budgets: Mapping[int, int]
    """Working days by step."""
    statutory_days: int = STATUTORY_DAYS


@dataclass(frozen=True, order=True)
class Late:
    """A deadline that was missed; `done` is None where it still is."""

    register_number: str
    what: str
    due: date
    done: date | None


@dataclass(frozen=True)
class Difference:
    requests: int
    newly: tuple[Late, ...]
    no_longer: tuple[Late, ...]
    """With the deadlines that they missed."""
    still: int


def simulate(pool: Pool, year: int, *, now: Rules, then: Rules, today: date) -> Difference:
    """The year's requests by the rules in force and by others."""
    before: dict[tuple[str, str, date | None], Late] = {}
    after: dict[tuple[str, str, date | None], Late] = {}
    requests = list(_by_request(pool.execute(_READ, (year, _TYPES))))
    for facts in requests:
        before |= {_key(each): each for each in lates_of(facts, now, today)}
        after |= {_key(each): each for each in lates_of(facts, then, today)}
    return Difference(
        len(requests),
        tuple(sorted(after[key] for key in after.keys() - before.keys())),
        tuple(sorted(before[key] for key in before.keys() - after.keys())),
        len(after.keys() & before.keys()),
    )


def lates_of(facts: Sequence[Fact], rules: Rules, today: date) -> list[Late]:
    """Every deadline that one request missed by these rules."""
    return _Replay(rules).of(facts, today)


def _key(late: Late) -> tuple[str, str, date | None]:
    return late.register_number, late.what, late.done


def _by_request(rows: Iterable[tuple[str, str, Any]]) -> Iterable[list[Fact]]:
    stream: str | None = None
    facts: list[Fact] = []
    for of, type_, state in rows:
        if of != stream and facts:
            yield facts
            facts = []
        stream = of
        facts.append((type_, state))
    if facts:
        yield facts


class _Replay:
    """One request's clocks, counted anew."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._due: date | None = None
        self._statutory: date | None = None
        self._returned: date | None = None
        self._noticed = False
        self._late: list[Late] = []

    def of(self, facts: Sequence[Fact], today: date) -> list[Late]:
        for type_, fact in facts:
            self._take(type_, fact, date.fromisoformat(fact["on"]))
        number, step = facts[-1][1]["register_number"], facts[-1][1]["next_step"]
        if self._returned is None:
            if self._due and today > self._due:
                self._late.append(Late(number, f"step {step}", self._due, None))
            if step and not self._noticed and self._statutory and today > self._statutory:
                self._late.append(Late(number, NOTICE, self._statutory, None))
        return self._late

    def _take(self, type_: str, fact: Mapping[str, Any], on: date) -> None:
        number, step, following = fact["register_number"], fact["step"], fact["next_step"]
        moves = following != step
        if type_ in _MAY_BE_LATE and moves and self._due and on > self._due:
            self._late.append(Late(number, f"step {step}", self._due, on))
        if type_ in ("RequestSubmitted", "RequestReopened"):
            on = self._begin_the_law_s_clock(fact, on)
            self._noticed = False
        if moves:
            self._due = self._plus(on, self._rules.budgets[following]) if following else None
        match type_:
            case "RequestReturned":
                self._returned = on
            case "RequestCompleted" if self._returned:
                since = date.fromisoformat(fact.get("arrived_on") or fact["on"])
                pause = max(self._rules.calendar.working_days_between(self._returned, since), 0)
                self._due = self._plus(self._due, pause) if self._due else None
                self._statutory = self._plus(self._statutory, pause) if self._statutory else None
                self._returned = None
            case "RequestWithdrawn" | "RequestClosed":
                self._returned = None
            case "DeadlineExtended" if self._statutory:
                self._statutory = self._plus(self._statutory, fact["days"])
            case "LetterIssued" if fact["letter"] in NOTICES:
                self._notice(number, date.fromisoformat(fact["issued_on"]))

    def _begin_the_law_s_clock(self, fact: Mapping[str, Any], on: date) -> date:
        """The day from which the step counts: a part's own, where the law's is the first one's."""
        received = date.fromisoformat(fact.get("received_on") or fact["on"])
        days = self._rules.statutory_days
        if fact.get("part_of"):
            due = date.fromisoformat(fact["statutory_due"])
            # What had already moved the first one's deadline.
            moved = self._rules.calendar.working_days_between(received, due) - STATUTORY_DAYS
            days += max(moved, 0)
        self._statutory = self._plus(received, days)
        return on if fact.get("part_of") else received

    def _notice(self, number: str, on: date) -> None:
        if not self._noticed and self._statutory and on > self._statutory:
            self._late.append(Late(number, NOTICE, self._statutory, on))
        self._noticed = True

    def _plus(self, start: date, days: int) -> date:
        return self._rules.calendar.add_working_days(start, days)
