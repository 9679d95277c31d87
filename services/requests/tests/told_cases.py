"""Data requests told as stored facts, from the SOP's tables by chance: clean ones and spoilt ones.

Uses the tables and the calendar alone: neither the aggregate nor the checker of conformance.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from requests_service.domain.conformance import Seen
from requests_service.domain.erasing import GRANTED, REFUSED
from requests_service.domain.roles import Role
from requests_service.domain.sop import ACTS, SOP, STATUTORY_DAYS, STEPS

from services.requests.tests.builders import CALENDAR

AGENCIES = ("diskopindag", "dinsos", "dinkes")
FACTS = {fact.__name__: fact for step in SOP for fact in step.outcomes}
HOMES = {name: [step.no for step in SOP if fact in step.outcomes] for name, fact in FACTS.items()}
_OF_THE_SOP = ("pemohon", "walidata", "ppid", "ppid_pembantu")
_NOTICES = {"DataFoundInDip", "RequestGranted", "RequestGrantedInPart"}
_DECISIONS_ON_ERASURE = ([GRANTED], [REFUSED], [REFUSED, GRANTED])
_RARE = {"RequestRefused": 0.15, "EarlierClearanceCited": 0.2, "DataOnHandProvided": 0.6}


@dataclass
class Told:
    """One request, written down as honest officers would have it written."""

    number: str
    pemohon: str
    rng: random.Random
    day: date
    facts: list[Seen] = field(default_factory=list)
    step: int | None = 5
    due: date | None = None
    statutory_due: date | None = None
    agency: str | None = None
    dip: bool = False
    file: bool = False
    draft: bool = False
    declined: bool = False
    """Once: more would take longer than the law gives."""

    def tell(self, name: str, role: str, next_step: int | None, **details: Any) -> None:
        moves = next_step != self.step
        changed = {key: details.pop(key) for key in ("next_due", "statutory_due") if key in details}
        next_due = changed.get("next_due", self.due)
        if moves:
            next_due = self._plus(STEPS[next_step].working_days) if next_step else None
        self.statutory_due = changed.get("statutory_due", self.statutory_due)
        actor, agency = f"{role}-1", None
        if role == Role.PEMOHON:
            actor = self.pemohon
        if role == Role.PPID_PEMBANTU:
            actor, agency = f"pembantu-{self.agency}", self.agency
        data = {
            "register_number": self.number,
            "agency": self.agency,
            "on": self.day.isoformat(),
            "step": self.step,
            "was_due": _iso(self.due),
            "late": False,
            "next_step": next_step,
            "next_due": _iso(next_due),
            "statutory_due": _iso(self.statutory_due),
            **details,
        }
        self.step, self.due = next_step, next_due
        self.facts.append(Seen(len(self.facts) + 1, name, actor, role, agency, data))

    def act(self, name: str, **details: Any) -> None:
        act = ACTS[next(fact for fact in ACTS if fact.__name__ == name)]
        role = Role.PPID if details.get("came_by") else act.role_at(self.step)
        self.tell(name, role.value, act.next_step(self.step), **details)

    def letter(self, letter: str) -> None:
        self.tell(
            "LetterIssued", "service", self.step, letter=letter, issued_on=self.day.isoformat()
        )

    def wait(self, most: int) -> None:
        """Some working days, and never beyond the deadline."""
        for _ in range(self.rng.randint(0, most)):
            if self.due is None or self._plus(1) <= self.due:
                self.day = self._plus(1)

    def _plus(self, days: int) -> date:
        return CALENDAR.add_working_days(self.day, days)

    def move(self) -> None:
        """One outcome of the open step, with what belongs to it."""
        assert self.step is not None
        step = STEPS[self.step]
        self.wait(max(step.working_days - 1, 0))
        names = [fact.__name__ for fact in step.outcomes if self._may(fact.__name__)]
        name = self.rng.choices(names, [_RARE.get(each, 1.0) for each in names])[0]
        outcome = step.outcomes[FACTS[name]]
        if name == "OwnerFound" or (name == "ForwardedToPembantu" and self.agency is None):
            self.agency = self.rng.choice(AGENCIES)
        self.tell(name, outcome.role.value, outcome.next_step)
        self.dip |= name == "DataFoundInDip"
        self.file |= name in ("DataHandedOver", "DataOnHandProvided")
        self.draft |= name == "DeliveryDrafted"
        if name in _NOTICES or (name == "RequestRefused" and step.no in (6, 8)):
            self.letter("pemberitahuan_tertulis")
        if name == "DataDelivered":
            self.letter("surat_penyampaian_pemohon")

    def _may(self, name: str) -> bool:
        return {
            "DataOnHandProvided": self.dip,
            "EarlierClearanceCited": self.dip,
            "DataMasked": self.file,
            "DataFoundClean": self.file,
            "DeliveryDrafted": not self.draft,
            "DataDelivered": self.draft,
        }.get(name, True)


def a_case(number: int, rng: random.Random) -> list[Seen]:
    """A whole request, as the SOP and the law have it, from the form to its end."""
    told = Told(
        number=f"2026-{number:04}",
        pemohon=f"pemohon-{number}",
        rng=rng,
        day=date(2026, 1, 5) + timedelta(days=rng.randint(0, 300)),
    )
    told.tell(
        "RequestSubmitted",
        "pemohon",
        6,
        pemohon_id=told.pemohon,
        statutory_due=CALENDAR.add_working_days(told.day, STATUTORY_DAYS),
    )
    if rng.random() < 0.1:
        told.act("PartSplitOff")
    leaves_at = rng.randint(6, 13) if rng.random() < 0.06 else 0
    if rng.random() < 0.1:
        _return(told)
    if rng.random() < 0.1 and told.step is not None:
        days = rng.randint(1, 7)
        assert told.statutory_due
        due = CALENDAR.add_working_days(told.statutory_due, days)
        told.act("DeadlineExtended", days=days, statutory_due=due)
    while told.step is not None:
        if leaves_at and leaves_at <= told.step <= 13:
            told.act("RequestWithdrawn")
            return told.facts
        if told.step == 8 and not told.declined and rng.random() < 0.15:
            _decline(told)
            continue
        if told.step == 7 and rng.random() < 0.05:
            told.agency = None
            told.act("AvailabilityReconsidered")
            continue
        if told.step in (8, 9, 14) and rng.random() < 0.04:
            told.act("RequestTakenBack", taken_from=told.agency, agency=None)
            continue
        if told.step == 9 and rng.random() < 0.05:
            told.act("GrantReconsidered")
            continue
        if told.step == 10 and told.file and not told.dip and rng.random() < 0.1:
            told.act("AnotherFileAsked")
            told.file = False
            continue
        if told.step in (11, 12, 13, 16) and rng.random() < 0.03:
            told.act("ClearanceWithdrawn", was_delivered=told.step == 16)
            told.draft = False
            continue
        if told.step in (6, 8, 10) and rng.random() < 0.05:
            told.act("DecisionProposed")
            told.act("ProposalSentBack")
        told.move()
    if rng.random() < 0.1:
        told.wait(20)
        told.act(
            "ObjectionLodged",
            ground="penolakan",
            answer_due=_iso(CALENDAR.add_working_days(told.day, 30)),
            came_by=rng.choice((None, "surat")),
        )
        told.wait(20)
        told.act("ObjectionDecided")
    if rng.random() < 0.1:
        _ask_to_be_forgotten(told)
    return told.facts


def _ask_to_be_forgotten(told: Told) -> None:
    """Once or again, until it is granted."""
    for decision in told.rng.choice(_DECISIONS_ON_ERASURE):
        told.act("ErasureRequested")
        told.wait(3)
        told.act("ErasureDecided", decision=decision)


def _decline(told: Told) -> None:
    """Not this agency's data: the PPID asks another one."""
    told.wait(2)
    told.act("OwnershipDeclined", declined_by=told.agency, agency=None)
    told.agency, told.declined = None, True


def _return(told: Told) -> None:
    due, statutory_due, since = told.due, told.statutory_due, told.day
    assert due
    assert statutory_due
    told.act("RequestReturned", next_due=None, statutory_due=None)
    told.wait(8)
    pause = CALENDAR.working_days_between(since, told.day)
    told.act(
        "RequestCompleted",
        next_due=CALENDAR.add_working_days(due, pause),
        statutory_due=CALENDAR.add_working_days(statutory_due, pause),
        came_by=told.rng.choice((None, "loket")),
    )


def label_of(seen: Seen) -> str:
    """What a fact is called in the SOP's Petri net."""
    match seen.type:
        case "LetterIssued":
            return f"{seen.type} {seen.data['letter']}"
        case "ErasureDecided":
            return f"{seen.type} {seen.data['decision']} {seen.role}"
    return f"{seen.type} {seen.role}"


# Spoiling


def spoil(facts: list[Seen], rng: random.Random) -> list[Seen]:
    """The same request with one fault that no reading of the SOP allows."""
    while True:
        at = rng.randrange(1, len(facts))
        spoilt = rng.choice(_FAULTS)(list(facts), at, rng)
        if spoilt is not None:
            return [each._replace(version=n) for n, each in enumerate(spoilt, 1)]


def _leaves(seen: Seen) -> bool:
    return seen.type in HOMES and seen.data["step"] != seen.data["next_step"]


def _at_home_elsewhere(seen: Seen, step: int) -> bool:
    return seen.type in HOMES and step not in HOMES[seen.type]


def _next_move(facts: list[Seen], at: int) -> Seen | None:
    """The next fact but reports."""
    return next((each for each in facts[at + 1 :] if each.type != "LetterIssued"), None)


def _skip(facts: list[Seen], at: int, _: random.Random) -> list[Seen] | None:
    after = _next_move(facts, at)
    if not _leaves(facts[at]) or not after or not _at_home_elsewhere(after, facts[at].data["step"]):
        return None
    return facts[:at] + facts[at + 1 :]


def _swap(facts: list[Seen], at: int, _: random.Random) -> list[Seen] | None:
    after = _next_move(facts, at)
    if not _leaves(facts[at]) or not after or not _at_home_elsewhere(after, facts[at].data["step"]):
        return None
    other = facts.index(after)
    facts[at], facts[other] = facts[other], facts[at]
    return facts


def _duplicate(facts: list[Seen], at: int, _: random.Random) -> list[Seen] | None:
    return [*facts[: at + 1], facts[at], *facts[at + 1 :]] if _leaves(facts[at]) else None


def _another_role(facts: list[Seen], at: int, rng: random.Random) -> list[Seen] | None:
    if facts[at].type == "LetterIssued":
        return None
    role = rng.choice([each for each in _OF_THE_SOP if each != facts[at].role])
    facts[at] = facts[at]._replace(role=role)
    return facts


def _undo_asking(facts: list[Seen], at: int, _: random.Random) -> list[Seen] | None:
    """A decision on an erasure that nobody asked for."""
    return facts[:at] + facts[at + 1 :] if facts[at].type == "ErasureRequested" else None


def _decide_again(facts: list[Seen], at: int, _: random.Random) -> list[Seen] | None:
    decided = facts[at].type == "ErasureDecided"
    return [*facts[: at + 1], facts[at], *facts[at + 1 :]] if decided else None


_FAULTS: tuple[Callable[[list[Seen], int, random.Random], list[Seen] | None], ...] = (
    _skip,
    _swap,
    _duplicate,
    _another_role,
    _undo_asking,
    _decide_again,
)


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
