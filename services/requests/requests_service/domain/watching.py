"""What is told of deadlines without anybody asking: near, passed, passed for long; an extension.

Each is a fact, recorded once for each date that a deadline has. What only the Pemohon can do is
not watched: nobody is reminded of receiving what they asked for.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from requests_service.domain import choices, sop
from requests_service.domain import events as facts
from requests_service.domain.clocks import Name
from requests_service.domain.events import Fact
from requests_service.domain.roles import Actor, Role
from requests_service.domain.working_days import Today

if TYPE_CHECKING:
    from requests_service.domain.data_request import DataRequest

_SIGNALS = (facts.DueSoon, facts.BecameOverdue, facts.Escalated, facts.ExtensionProposed)

EXTENSION_DRAFTS: Mapping[str, str] = MappingProxyType(
    {
        "belum_dikuasai": (
            "Data yang Saudara mohon belum kami kuasai atau belum kami dokumentasikan, sehingga"
            " masih perlu dikumpulkan dari perangkat daerah yang membidanginya."
        ),
        "belum_diputus": (
            "Kami masih menelaah apakah data yang Saudara mohon termasuk informasi yang"
            " dikecualikan, sehingga belum dapat memutuskan pemberiannya."
        ),
    }
)
"""Written reasons that the PPID may take over or change, by `choices.EXTENSION_REASONS`."""


class Watched(NamedTuple):
    """A deadline that an office has to keep."""

    clock: str
    start: date
    due: date
    told: tuple[str, ...]
    """Names of the facts that are not to be recorded of it any more."""


@dataclass
class Told:
    """A chapter of the request: what was told of which deadline."""

    signals: set[tuple[str, str, date]] = field(default_factory=set)
    proposed: facts.ExtensionProposed | None = None

    def remember(self, fact: Fact) -> None:
        match fact:
            case facts.DueSoon() | facts.BecameOverdue() | facts.Escalated():
                self.signals.add((type(fact).__name__, fact.clock, fact.due))
            case facts.ExtensionProposed():
                self.signals.add((type(fact).__name__, Name.NOTICE, fact.due))
                self.proposed = fact
            case facts.DeadlineExtended():
                self.proposed = None


def watched(r: "DataRequest") -> list[Watched]:
    """The deadlines of which something may still be told."""
    dates = {Name.OBJECTION: r.objection.due}
    if r.waiting_for != Role.PEMOHON:
        dates[Name.STEP] = r.due
    if r.step and not r.notice_issued_on:
        dates[Name.NOTICE] = r.statutory_due
    found = [
        Watched(name, r.clocks.running[name].start, due, tuple(_told(r, name, due)))
        for name, due in dates.items()
        if due and name in r.clocks.running
    ]
    return [each for each in found if len(each.told) < len(_SIGNALS)]


def _told(r: "DataRequest", name: Name, due: date) -> Iterator[str]:
    for fact in _SIGNALS:
        if (fact.__name__, name, due) in r.told.signals or not _is_for(fact, name, r):
            yield fact.__name__


def _is_for(fact: type[Fact], name: Name, r: "DataRequest") -> bool:
    if fact is facts.ExtensionProposed:
        steps = sop.ACTS[facts.DeadlineExtended].steps
        return name is Name.NOTICE and not r.extended and r.step in steps
    # Whoever decides the objection is the superior.
    return fact is not facts.Escalated or name is not Name.OBJECTION


def to_tell(each: Watched, today: Today) -> Iterator[type[Fact]]:
    """What is to be recorded of this deadline today."""
    rules, calendar = today.rules, today.calendar
    if today.day > each.due:
        late = calendar.working_days_between(each.due, today.day)
        now: list[type[Fact]] = [facts.BecameOverdue]
        now += [facts.Escalated] * (late >= rules.escalate_after_days)
    else:
        left = calendar.working_days_between(today.day, each.due)
        is_step = each.clock == Name.STEP
        soon = rules.due_soon_days if is_step else rules.notice_due_soon_days
        now = [facts.DueSoon] * (left <= soon and today.day > each.start)
        now += [facts.ExtensionProposed] * (left <= rules.propose_extension_days)
    yield from (fact for fact in now if fact.__name__ not in each.told)


def watch(r: "DataRequest", by: Actor, today: Today) -> None:
    """Record all that is to be told of this request today."""
    for each in watched(r):
        for fact in to_tell(each, today):
            r.note(fact, by, today, **_details(fact, r, each, today))


def _details(fact: type[Fact], r: "DataRequest", each: Watched, today: Today) -> dict[str, Any]:
    if fact is facts.ExtensionProposed:
        days = sop.EXTENSION_DAYS_MAX
        return {
            "due": each.due,
            "days": days,
            "reason_code": "belum_diputus" if r.step == 8 else "belum_dikuasai",
            "new_statutory_due": today.calendar.add_working_days(each.due, days),
        }
    late = max(today.calendar.working_days_between(each.due, today.day), 0)
    more = {"days_late": late} if fact is facts.Escalated else {}
    return {"clock": str(each.clock), "due": each.due, **more}


def as_json(found: list[Watched]) -> list[list[Any]]:
    """For a table; `of_json` reads it."""
    return [
        [str(clock), start.isoformat(), due.isoformat(), list(told)]
        for clock, start, due, told in found
    ]


def of_json(stored: list[list[Any]]) -> Iterator[Watched]:
    for clock, start, due, told in stored:
        yield Watched(clock, date.fromisoformat(start), date.fromisoformat(due), tuple(told))


assert EXTENSION_DRAFTS.keys() == choices.EXTENSION_REASONS.keys()
