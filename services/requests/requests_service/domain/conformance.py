"""Whether what happened to a data request is what the SOP's tables say, judged fact by fact.

An acceptor of the SOP's language: a dict of moves made from the tables, fed one fact at a time. It
shares nothing with the aggregate's guard but those tables, so that each can be held against the
other, and it judges what is stored, whoever stored it and however.

After a deviation it goes on from where the fact says that it leads, so that one fault is told once
and not again by every fact that follows.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cache
from operator import itemgetter
from typing import Any, NamedTuple

from requests_service.domain import erasing, sop
from requests_service.domain.choices import GROUNDS, NOTICES, TOLD_BY_THE_NOTICE
from requests_service.domain.fees import ON_PAPER
from requests_service.domain.roles import Role
from requests_service.domain.sop import LEGAL_ACTS, REPORTS, SOP, STEPS, Need
from requests_service.domain.working_days import Calendar

Day = str
"""An ISO date, as facts are stored: it sorts as it reads."""

FIRST_STEP = 5
"""Steps 1 to 4 happen before there is a request."""


class Kind(StrEnum):
    """What can deviate; the value is kept in the database."""

    SKIPPED = "skipped"
    OUT_OF_ORDER = "out_of_order"
    REPEATED = "repeated"
    AFTER_END = "after_end"
    WRONG_ROLE = "wrong_role"
    WRONG_AGENCY = "wrong_agency"
    LATE_STEP = "late_step"
    NOTICE_LATE = "notice_late"
    EXTENSION_LATE = "extension_late"
    EXTENSION_REPEATED = "extension_repeated"
    EXTENSION_TOO_LONG = "extension_too_long"
    OBJECTION_LATE = "objection_late"
    ANSWER_LATE = "answer_late"
    STORED_DIFFERS = "stored_differs"
    VERSION_GAP = "version_gap"

    @property
    def label(self) -> str:
        return LABELS[self]


LABELS: Mapping[Kind, str] = {
    Kind.SKIPPED: "Langkah dilewati",
    Kind.OUT_OF_ORDER: "Di luar urutan",
    Kind.REPEATED: "Diulang",
    Kind.AFTER_END: "Sesudah selesai",
    Kind.WRONG_ROLE: "Bukan pelaksananya",
    Kind.WRONG_AGENCY: "Bukan perangkat daerahnya",
    Kind.LATE_STEP: "Langkah terlambat",
    Kind.NOTICE_LATE: "Pemberitahuan Tertulis terlambat",
    Kind.EXTENSION_LATE: "Perpanjangan terlambat",
    Kind.EXTENSION_REPEATED: "Diperpanjang lebih dari sekali",
    Kind.EXTENSION_TOO_LONG: "Perpanjangan terlalu lama",
    Kind.OBJECTION_LATE: "Keberatan diajukan terlambat",
    Kind.ANSWER_LATE: "Keberatan diputus terlambat",
    Kind.STORED_DIFFERS: "Catatan berbeda dari tabel SOP",
    Kind.VERSION_GAP: "Nomor urut peristiwa meloncat",
}


class Seen(NamedTuple):
    """One stored fact: who did it, by the log's own columns, and its state."""

    version: int
    type: str
    actor: str
    role: str
    agency: str | None
    data: Mapping[str, Any]


class Deviation(NamedTuple):
    kind: Kind
    step: int | None
    """The step that was open, by the tables."""
    expected: str
    found: str


class Passage(NamedTuple):
    """What a fact did to the flow."""

    step: int | None
    next_step: int | None
    waited_days: int | None
    """Working days in the step, those not counted for which the clocks stood still; None when the
    step was not left."""


class Verdict(NamedTuple):
    deviations: list[Deviation]
    passage: Passage | None
    """None for what is only reported."""


class Counted(NamedTuple):
    """What a deadline was counted from, as plain JSON."""

    start: Day
    """Day zero."""
    days: int
    """Working days that the tables give, an extension with them."""
    pauses: list[list[Day]]
    """When it stood still: the working days after the first day, up to the second."""


@dataclass(slots=True)
class Case:
    """Where one data request stands, by the tables and not by what it says of itself."""

    version: int = 0
    step: int | None = FIRST_STEP
    """None: the SOP is finished."""
    done: set[str] = field(default_factory=set)
    """Names of the facts that happened, reports left out."""
    counted: dict[str, Counted] = field(default_factory=dict)
    """By clock, of `_MOVABLE`; none of a case from before this was kept."""
    pemohon: str | None = None
    part_of: str | None = None
    """Register number of the first request, for a part."""
    agency: str | None = None
    due: Day | None = None
    statutory_due: Day | None = None
    returned_on: Day | None = None
    stopped_due: Day | None = None
    stopped_statutory_due: Day | None = None
    entered_on: Day | None = None
    """When the open step began, moved on by the time for which the clocks stood still."""
    notice_on: Day | None = None
    delivery_letter_on: Day | None = None
    objection_due: Day | None = None
    """While an objection waits for its answer."""
    complete_due: Day | None = None
    """Until when the Pemohon may complete the request, while it is returned."""
    access_due: Day | None = None
    """Until when the data may be downloaded."""
    ended_on: Day | None = None
    proposed_by: str | None = None
    """Who proposed the refusal that waits for a second officer."""
    on_paper: bool = False
    """The Pemohon wants copies on paper: the only ones that may cost something."""
    fee_open: bool = False
    """A cost was stated that is neither paid nor waived."""
    fee_charged_on: Day | None = None
    """Of a cost that was stated and not waived."""
    refused_on: Day | None = None
    """When all or a part was refused; None while nothing is."""
    dispute: bool = False
    """One is open at the Komisi Informasi."""
    erasure: str | None = None
    """`asked` while it waits for its answer, `granted` for ever."""


@dataclass(frozen=True)
class Move:
    """What the tables say of one fact at one step."""

    role: str
    next_step: int | None
    needs: tuple[Need, ...]
    is_act: bool
    returned: bool | None = False
    """While the request is returned: never, only then, or then too (None)."""
    enterable: bool = False
    """The PPID enters it as well, when it came another way."""
    leads_back: bool = False
    """An act that leaves the open step for another: it may be late as the step's own outcomes."""

    @property
    def can_be_late(self) -> bool:
        return not self.is_act or self.leads_back


def moves() -> dict[tuple[int | None, str], Move]:
    """(open step, fact's name) to what happens then: the whole language of the SOP."""
    of_steps = {
        (step.no, fact.__name__): Move(outcome.role.value, outcome.next_step, outcome.needs, False)
        for step in SOP
        for fact, outcome in step.outcomes.items()
    }
    of_acts = {
        (step, act.fact.__name__): Move(
            act.role_at(step).value,
            act.next_step(step),
            act.needs,
            True,
            act.returned,
            act.enterable,
            act.leads_to is not None,
        )
        for act in LEGAL_ACTS
        for step in act.steps
    }
    return of_steps | of_acts


_MOVES = moves()
_REPORTS = {report.fact.__name__ for report in REPORTS}
FACTS = sorted({name for _, name in _MOVES} | _REPORTS)
"""The names of all facts that a request's stream may hold."""
_DOERS = {name: move.role for (_, name), move in _MOVES.items()}
_REOPENS_AT = next(act.reopens_at for act in LEGAL_ACTS if act.reopens_at)
_FILE_FACTS = frozenset({"DataHandedOver", "DataOnHandProvided"})
_KINDS_OF_NEEDS = {
    Need.NOT_EXTENDED: Kind.EXTENSION_REPEATED,
    Need.NOTICE_OPEN: Kind.EXTENSION_LATE,
    Need.NO_DRAFT: Kind.REPEATED,
}
_COMPARED = ("step", "was_due", "late", "agency", "next_step", "next_due", "statutory_due")
_stored = itemgetter(*_COMPARED)
_MOVABLE: Mapping[str, Mapping[str, str]] = {
    "step": {"due": "next_due", "stopped_due": "stopped_due"},
    "notice": {
        "statutory_due": "statutory_due",
        "stopped_statutory_due": "stopped_statutory_due",
    },
    "objection": {"objection_due": "objection_due"},
}
"""For each clock, the deadlines of a case, and what `DeadlinesMoved` calls them."""
_PEMOHON, _PPID_PEMBANTU = Role.PEMOHON.value, Role.PPID_PEMBANTU.value

Stored = tuple[int | None, Day | None, bool, str | None, int | None, Day | None, Day | None]
"""Values of `_COMPARED`."""


class Checker:
    """Judges facts with the working days of the calendar by which each was counted."""

    def __init__(
        self, calendar: Calendar, calendar_of: Callable[[str], Calendar] | None = None
    ) -> None:
        """`calendar_of` gives a version's; `calendar` is for facts that say none."""
        self._days = self._of_all = _WorkingDays(calendar)
        self._of = cache(
            lambda version: _WorkingDays((calendar_of or (lambda _: calendar))(version))
        )

    def check(self, case: Case, seen: Seen) -> Verdict:
        """The deviations that this very fact made; `case` goes on to what follows it."""
        found: list[Deviation] = []
        by = seen.data.get("calendar")
        self._days = self._of(by) if by else self._of_all
        if seen.version != case.version + 1:
            found.append(
                Deviation(Kind.VERSION_GAP, case.step, str(case.version + 1), str(seen.version))
            )
        case.version = seen.version
        if seen.type in _REPORTS:
            self._hear(case, seen, found)
            return Verdict(found, None)
        move = _MOVES.get((case.step, seen.type))
        if move is None:
            return Verdict(found, self._misplaced(case, seen, found))
        before, entered_on = case.step, case.entered_on
        self._judge(case, seen, move, found)
        expected = self._go_on(case, seen, move)
        self._compare(seen, expected, before, found)
        return Verdict(found, self._passage(before, entered_on, case, seen))

    def _judge(self, case: Case, seen: Seen, move: Move, found: list[Deviation]) -> None:
        """All that the tables ask of a fact which may happen at this step."""
        on = seen.data["on"]
        # A part is submitted by the PPID, who split it off; or who entered what came by letter.
        entered = move.enterable and seen.data.get("came_by")
        by_ppid = seen.data.get("part_of") or seen.data.get("entered") or entered
        role = Role.PPID.value if by_ppid else move.role
        if seen.role != role:
            found.append(Deviation(Kind.WRONG_ROLE, case.step, _label(role), _label(seen.role)))
        elif move.role == _PPID_PEMBANTU and seen.agency != case.agency:
            found.append(
                Deviation(Kind.WRONG_AGENCY, case.step, case.agency or "", seen.agency or "")
            )
        elif role == _PEMOHON and case.pemohon and seen.actor != case.pemohon:
            found.append(
                Deviation(Kind.WRONG_ROLE, case.step, "Pemohon permohonan ini", "Pemohon lain")
            )
        if move.returned is False and case.returned_on:
            found.append(
                Deviation(Kind.OUT_OF_ORDER, case.step, "RequestCompleted dahulu", seen.type)
            )
        if move.returned is True and not case.returned_on:
            found.append(
                Deviation(Kind.OUT_OF_ORDER, case.step, "RequestReturned dahulu", seen.type)
            )
        for need in move.needs:
            if not self._is_met(need, case, seen):
                kind = _KINDS_OF_NEEDS.get(need, Kind.OUT_OF_ORDER)
                found.append(Deviation(kind, case.step, need, seen.type))
        leaves = move.next_step != case.step
        if leaves and move.can_be_late and case.due and on > case.due:
            found.append(Deviation(Kind.LATE_STEP, case.step, case.due, on))
        if move.is_act:
            self._judge_the_law(case, seen, found)

    def _judge_the_law(self, case: Case, seen: Seen, found: list[Deviation]) -> None:
        on = seen.data["on"]
        match seen.type:
            case "DeadlineExtended" if int(seen.data["days"]) > sop.EXTENSION_DAYS_MAX:
                most = f"{sop.EXTENSION_DAYS_MAX} hari kerja"
                found.append(
                    Deviation(Kind.EXTENSION_TOO_LONG, case.step, most, str(seen.data["days"]))
                )
            case "ObjectionLodged" if arose_on := self._ground_arose_on(case, seen):
                last = self._days.plus(arose_on, sop.OBJECTION_DAYS_MAX)
                if _arrived_on(seen) > last:
                    found.append(Deviation(Kind.OBJECTION_LATE, case.step, last, on))
            case "RequestReopened" if seen.data["next_step"] not in _REOPENS_AT:
                steps = " / ".join(str(step) for step in _REOPENS_AT)
                found.append(
                    Deviation(Kind.OUT_OF_ORDER, case.step, steps, str(seen.data["next_step"]))
                )
            case "ObjectionDecided" if case.objection_due and on > case.objection_due:
                found.append(Deviation(Kind.ANSWER_LATE, case.step, case.objection_due, on))

    def _is_met(self, need: Need, case: Case, seen: Seen) -> bool:
        on: Day = seen.data["on"]
        match need:
            case Need.PAPER_WANTED:
                return case.on_paper
            case Need.NO_FEE_OPEN:
                return not case.fee_open
            case Need.FEE_OPEN:
                return case.fee_open
            case Need.NO_PROPOSAL:
                return case.proposed_by is None
            case Need.PROPOSAL_OPEN:
                return case.proposed_by is not None
            case Need.SECOND_PERSON:
                return case.proposed_by != seen.actor
            case Need.DIP_PATH:
                return "DataFoundInDip" in case.done
            case Need.CHECKED_FILE:
                return not _FILE_FACTS.isdisjoint(case.done)
            case Need.PEMOHON_SILENT:
                last_day = case.complete_due if case.returned_on else case.access_due
                return last_day is not None and on > last_day
            case Need.AGENCY_FILE:
                return "DataHandedOver" in case.done and "DataFoundInDip" not in case.done
            case Need.FIRST_REQUEST:
                return case.part_of is None
            case Need.NO_DRAFT:
                return "DeliveryDrafted" not in case.done
            case Need.DRAFT:
                return "DeliveryDrafted" in case.done
            case Need.DELIVERY_LETTER:
                return case.delivery_letter_on is not None
            case Need.NOT_EXTENDED:
                return "DeadlineExtended" not in case.done
            case Need.NOTICE_OPEN:
                passed = case.statutory_due is not None and on > case.statutory_due
                return case.notice_on is None and not passed
            case Need.NO_OBJECTION_OPEN:
                return case.objection_due is None
            case Need.OBJECTION_OPEN:
                return case.objection_due is not None
            case Need.NOT_WITHDRAWN:
                return "RequestWithdrawn" not in case.done
            case Need.OBJECTION_ANSWERED:
                overdue = case.objection_due is not None and on > case.objection_due
                return overdue or "ObjectionDecided" in case.done
            case Need.NO_DISPUTE_OPEN:
                return not case.dispute
            case Need.DISPUTE_OPEN:
                return case.dispute
            case Need.NOT_RATED:
                return "ServiceRated" not in case.done
            case Need.NO_ERASURE_OPEN:
                return case.erasure is None
            case Need.ERASURE_OPEN:
                return case.erasure == "asked"
            case Need.GROUND_AROSE:
                return self._ground_arose_on(case, seen) is not None

    def _ground_arose_on(self, case: Case, seen: Seen) -> Day | None:
        if "RequestWithdrawn" in case.done:
            return None
        ground = seen.data.get("ground", "")
        since = case.ended_on
        if case.step is not None:
            while_open = ground in GROUNDS and GROUNDS[ground].while_open
            since = self._unanswered_since(case, _arrived_on(seen)) if while_open else None
            if since is None and ground in TOLD_BY_THE_NOTICE and case.refused_on:
                since = max(case.refused_on, case.notice_on) if case.notice_on else None
        charged = case.fee_charged_on if ground == "biaya" else None
        return max((day for day in (since, charged) if day), default=None)

    def _unanswered_since(self, case: Case, on: Day) -> Day | None:
        if case.statutory_due is None or on <= case.statutory_due:
            return None
        if case.notice_on is None or case.notice_on > case.statutory_due:
            return case.statutory_due
        waits_for_pemohon = case.fee_open or "DataDelivered" in case.done
        if case.due is None or on <= case.due or waits_for_pemohon:
            return None
        return max(case.due, case.statutory_due)

    def _go_on(self, case: Case, seen: Seen, move: Move) -> Stored:
        """What the fact should have stored; the case is then where the fact leads."""
        on, step, was_due = seen.data["on"], case.step, case.due
        case.on_paper |= seen.data.get("way_to_obtain") == ON_PAPER
        late = move.can_be_late and was_due is not None and on > was_due
        part_of = seen.data.get("part_of")
        since = on if part_of else seen.data.get("received_on") or on
        if move.next_step != case.step:
            self._leave(case, move.next_step, since, seen)
            case.proposed_by = None
        match seen.type:
            case "FeeStated":
                case.fee_open, case.fee_charged_on = True, on
            case "FeePaid":
                case.fee_open = False
            case "FeeWaived":
                case.fee_open, case.fee_charged_on = False, None
            case "DecisionProposed":
                case.proposed_by = seen.actor
            case "RefusalConfirmed" | "ProposalSentBack":
                case.proposed_by = None
            case "RequestSubmitted" if part_of:
                # The law's clock is the first request's: that one is judged by its own facts.
                case.pemohon, case.part_of = str(seen.data["pemohon_id"]), part_of
                case.statutory_due = seen.data["statutory_due"]
                clock = seen.data["clock_of_first"]
                if clock["extended_days"]:
                    case.done.add("DeadlineExtended")
                case.counted["notice"] = Counted(
                    seen.data.get("received_on") or on,
                    sop.STATUTORY_DAYS + clock["extended_days"],
                    clock["pauses"],
                )
            case "RequestSubmitted":
                entered = seen.data.get("entered")
                case.pemohon = str(seen.data["pemohon_id"]) if entered else seen.actor
                case.statutory_due = self._accepted(
                    since, sop.STATUTORY_DAYS, seen, "statutory_due"
                )
                case.counted["notice"] = Counted(since, sop.STATUTORY_DAYS, [])
            case "RequestRefused" | "RequestGrantedInPart":
                case.refused_on = on
            case "GrantReconsidered":
                case.refused_on = None
            case "RequestWithdrawn":
                case.objection_due = None
            case "OwnerFound" | "ForwardedToPembantu":
                case.agency = seen.data["agency"]
            case "OwnershipDeclined" | "AvailabilityReconsidered":
                case.agency = None
            case "RequestTakenBack":
                case.agency = case.refused_on = None
            case "AnotherFileAsked":
                case.done -= _FILE_FACTS
            case "ClearanceWithdrawn":
                case.done -= {"DeliveryDrafted", "DataDelivered"}
                case.delivery_letter_on = case.access_due = None
            case "RequestReturned":
                case.returned_on = on
                case.complete_due = seen.data.get("complete_by")
                case.stopped_due, case.due = case.due, None
                # The city may let the law's clock run on; the fact says which it did.
                if seen.data.get("statutory_due") is None:
                    case.stopped_statutory_due, case.statutory_due = case.statutory_due, None
            case "RequestCompleted":
                self._take_up(case, _arrived_on(seen), seen)
            case "DeadlineExtended" if case.statutory_due:
                case.statutory_due = self._accepted(
                    case.statutory_due, int(seen.data["days"]), seen, "statutory_due"
                )
                if notice := case.counted.get("notice"):
                    longer = notice.days + int(seen.data["days"])
                    case.counted["notice"] = notice._replace(days=longer)
            case "ObjectionLodged":
                arrived = _arrived_on(seen)
                case.objection_due = self._accepted(
                    arrived, sop.OBJECTION_ANSWER_DAYS, seen, "answer_due"
                )
                case.counted["objection"] = Counted(arrived, sop.OBJECTION_ANSWER_DAYS, [])
            case "ObjectionDecided":
                case.objection_due = None
            case "RequestReopened":
                self._reopen(case, seen)
            case "DataDelivered":
                case.access_due = seen.data.get("access_until")
            case "DisputeFiled":
                case.dispute = True
            case "DisputeDecided":
                case.dispute = False
            case "ErasureRequested":
                case.erasure = "asked"
            case "ErasureDecided":
                case.erasure = "granted" if seen.data["decision"] == erasing.GRANTED else None
        case.done.add(seen.type)
        return (step, was_due, late, case.agency, case.step, case.due, case.statutory_due)

    def _leave(self, case: Case, next_step: int | None, on: Day, seen: Seen) -> None:
        case.step, case.entered_on = next_step, on
        if next_step is None:
            case.due, case.ended_on, case.returned_on = None, on, None
            case.fee_open = False
        else:
            days = STEPS[next_step].working_days
            case.due = self._accepted(on, days, seen, "next_due")
            case.counted["step"] = Counted(on, days, [])

    def _reopen(self, case: Case, seen: Seen) -> None:
        """At the step that the fact names, with what had been answered after it undone."""
        on: Day = seen.data["on"]
        kept = {"ObjectionDecided"}
        if seen.data["next_step"] == 10:
            kept |= {"DataFoundInDip", *_FILE_FACTS}
        case.done &= kept
        self._leave(case, seen.data["next_step"], on, seen)
        case.statutory_due = self._accepted(on, sop.STATUTORY_DAYS, seen, "statutory_due")
        case.counted["notice"] = Counted(on, sop.STATUTORY_DAYS, [])
        case.ended_on = case.notice_on = case.delivery_letter_on = case.access_due = None
        case.fee_charged_on = case.refused_on = None

    def _take_up(self, case: Case, on: Day, seen: Seen) -> None:
        """Both clocks go on with the working days that they had left."""
        stood_still = [case.returned_on or on, on]
        pause = max(self._days.between(*stood_still), 0)
        if case.stopped_due:
            case.due = self._accepted(case.stopped_due, pause, seen, "next_due")
            _pause(case, "step", stood_still)
        if case.stopped_statutory_due:
            case.statutory_due = self._accepted(
                case.stopped_statutory_due, pause, seen, "statutory_due"
            )
            _pause(case, "notice", stood_still)
        if case.entered_on:
            case.entered_on = self._days.plus(case.entered_on, pause)
        case.returned_on = case.stopped_due = case.stopped_statutory_due = None

    def _accepted(self, start: Day, working_days: int, seen: Seen, name: str) -> Day:
        """The deadline by the calendar; or, when stored so, by what was decreed on that day.

        A deadline in a year without a decree was an estimate, and stays as it was given.
        """
        due = self._days.plus(start, working_days)
        stored: Day | None = seen.data.get(name)
        if stored and stored != due:
            estimate = self._days.plus(start, working_days, decreed_until=int(seen.data["on"][:4]))
            return stored if stored == estimate else due
        return due

    def _hear(self, case: Case, seen: Seen, found: list[Deviation]) -> None:
        """Reports move no step; two letters are what the law and step 16 wait for."""
        at, was_due = case.step, case.due
        if seen.type == "DeadlinesMoved":
            self._move(case, seen, found)
        expected = (at, was_due, False, case.agency, at, case.due, case.statutory_due)
        self._compare(seen, expected, case.step, found)
        if seen.type != "LetterIssued":
            return
        issued_on: Day = seen.data["issued_on"]
        if seen.data["letter"] == "surat_penyampaian_pemohon":
            case.delivery_letter_on = case.delivery_letter_on or issued_on
        if seen.data["letter"] in NOTICES and not case.notice_on:
            case.notice_on = issued_on
            if case.statutory_due and issued_on > case.statutory_due:
                found.append(Deviation(Kind.NOTICE_LATE, case.step, case.statutory_due, issued_on))

    def _move(self, case: Case, seen: Seen, found: list[Deviation]) -> None:
        """Open deadlines were counted again: a clock that runs or stands still goes on doing so."""
        case.complete_due = seen.data.get("complete_by")
        for clock, names in _MOVABLE.items():
            for name, told_as in names.items():
                stood: Day | None = getattr(case, name)
                if stood is None:
                    continue
                stored = seen.data[told_as]
                expected = self._counted_again(case, clock, stood, seen)
                if stored != expected:
                    found.append(
                        Deviation(
                            Kind.STORED_DIFFERS,
                            case.step,
                            f"{told_as} {_shown(expected)}",
                            f"{told_as} {_shown(stored)}",
                        )
                    )
                setattr(case, name, stored)

    def _counted_again(self, case: Case, clock: str, stood: Day, seen: Seen) -> Day:
        """By the calendar that the fact names; a clock that it does not move stays."""
        moved = seen.data["moved"].get(clock)
        if moved is None or moved["before"] != stood:
            return stood
        if clock not in case.counted:
            now: Day = moved["now"]
            return now
        start, days, pauses = case.counted[clock]
        paused = sum(max(self._days.between(*each), 0) for each in pauses)
        return self._days.plus(start, days + paused)

    def _misplaced(self, case: Case, seen: Seen, found: list[Deviation]) -> Passage | None:
        """A fact that the tables do not know at this step."""
        before, entered_on, expected = case.step, case.entered_on, _possible_at(case.step)
        home = _home_ahead(case.step, seen.type)
        if home is not None:
            found.append(Deviation(Kind.SKIPPED, before, expected, seen.type))
            case.step, case.returned_on = home, None
            self._judge_doer(case, seen, found)
            self._go_on(case, seen, _MOVES[home, seen.type])
            return self._passage(before, entered_on, case, seen)
        kind = Kind.REPEATED if seen.type in case.done else Kind.OUT_OF_ORDER
        found.append(
            Deviation(Kind.AFTER_END if before is None else kind, before, expected, seen.type)
        )
        self._judge_doer(case, seen, found)
        case.done.add(seen.type)
        return None

    def _judge_doer(self, case: Case, seen: Seen, found: list[Deviation]) -> None:
        if seen.role != (role := _DOERS.get(seen.type, seen.role)):
            found.append(Deviation(Kind.WRONG_ROLE, case.step, _label(role), _label(seen.role)))

    def _compare(
        self, seen: Seen, expected: Stored, step: int | None, found: list[Deviation]
    ) -> None:
        """What the fact says of itself against what the tables say of it."""
        stored = _stored(seen.data)
        if stored == expected:
            return
        wrong = [n for n, value in enumerate(expected) if stored[n] != value]
        found.append(
            Deviation(
                Kind.STORED_DIFFERS,
                step,
                "; ".join(f"{_COMPARED[n]} {_shown(expected[n])}" for n in wrong),
                "; ".join(f"{_COMPARED[n]} {_shown(stored[n])}" for n in wrong),
            )
        )

    def _passage(
        self, before: int | None, entered_on: Day | None, case: Case, seen: Seen
    ) -> Passage:
        left = before != case.step and entered_on is not None
        waited = self._days.between(entered_on, seen.data["on"]) if left and entered_on else None
        return Passage(before, case.step, None if waited is None else max(waited, 0))


class _WorkingDays:
    """Working days between ISO dates, each question answered once."""

    def __init__(self, calendar: Calendar) -> None:
        self._calendar = calendar
        self.plus = cache(self._plus)
        self.between = cache(self._between)
        self._decreed_until = cache(self._calendar_decreed_until)

    def _plus(self, start: Day, days: int, decreed_until: int | None = None) -> Day:
        calendar = self._decreed_until(decreed_until) if decreed_until else self._calendar
        return calendar.add_working_days(date.fromisoformat(start), days).isoformat()

    def _between(self, start: Day, end: Day) -> int:
        return self._calendar.working_days_between(
            date.fromisoformat(start), date.fromisoformat(end)
        )

    def _calendar_decreed_until(self, year: int) -> Calendar:
        decrees = [each for each in self._calendar.decrees if each.year <= year]
        return Calendar(tuple(decrees)) if decrees else self._calendar


@cache
def _home_ahead(step: int | None, name: str) -> int | None:
    """The nearest step from here on, along the tables, at which this fact is at home."""
    edge = [step] if step else []
    reached = set(edge)
    while edge:
        for no in edge:
            if no != step and (no, name) in _MOVES and not _MOVES[no, name].is_act:
                return no
        onward = {
            outcome.next_step
            for no in edge
            for outcome in STEPS[no].outcomes.values()
            if outcome.next_step
        }
        edge = sorted(onward - reached)
        reached |= onward
    return None


@cache
def _possible_at(step: int | None) -> str:
    return " / ".join(
        name
        for (at, name), move in _MOVES.items()
        if at == step and (step is None or not move.is_act)
    )


def _arrived_on(seen: Seen) -> Day:
    """Of what the PPID entered: when it came."""
    arrived: Day = seen.data.get("arrived_on") or seen.data["on"]
    return arrived


def _pause(case: Case, clock: str, stood_still: list[Day]) -> None:
    if counted := case.counted.get(clock):
        case.counted[clock] = counted._replace(pauses=[*counted.pauses, stood_still])


def _label(role: str) -> str:
    return Role(role).label if role in set(Role) else role


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "ya" if value else "tidak"
    return "tidak ada" if value is None else str(value)
