"""The SOP's tables as a Petri net, and whether a trace is one of its runs: pm4py's opinion.

pm4py is for tests alone (AGPL).
"""

from collections.abc import Iterable
from itertools import product
from typing import Any

from pm4py.algo.conformance.alignments.petri_net import algorithm as alignments
from pm4py.objects.log.obj import Event, Trace
from pm4py.objects.petri_net.obj import Marking, PetriNet
from pm4py.objects.petri_net.utils import petri_utils
from requests_service.domain.erasing import GRANTED, REFUSED
from requests_service.domain.roles import Role
from requests_service.domain.sop import LEGAL_ACTS, SOP, Need

_VARIANT = alignments.Variants.VERSION_DIJKSTRA_LESS_MEMORY
"""As exact as the others, and the quickest here."""
_MARKS = (
    *("dip", "file", "draft", "notice", "letter", "extended", "objection", "returned"),
    *("asked", "erased", "proposal", "fee"),
)
"""What is so or is not: a pair of places each, of which one holds the token."""
_NEEDS = {
    Need.DIP_PATH: {"dip": True},
    Need.AGENCY_FILE: {"file": True, "dip": False},
    Need.CHECKED_FILE: {"file": True},
    Need.NO_DRAFT: {"draft": False},
    Need.DRAFT: {"draft": True},
    Need.DELIVERY_LETTER: {"letter": True},
    Need.NOTICE_OPEN: {"notice": False},
    Need.NOT_EXTENDED: {"extended": False},
    Need.NO_OBJECTION_OPEN: {"objection": False},
    Need.OBJECTION_OPEN: {"objection": True},
    Need.NO_ERASURE_OPEN: {"asked": False},
    Need.ERASURE_OPEN: {"asked": True},
    Need.NO_PROPOSAL: {"proposal": False},
    Need.PROPOSAL_OPEN: {"proposal": True},
    Need.NO_FEE_OPEN: {"fee": False},
    Need.FEE_OPEN: {"fee": True},
}
_CHANGES = {
    "DataFoundInDip": {"dip": True},
    "DataHandedOver": {"file": True},
    "DataOnHandProvided": {"file": True},
    "AnotherFileAsked": {"file": False},
    "ClearanceWithdrawn": {"draft": False, "letter": False},
    "DeliveryDrafted": {"draft": True},
    "DeadlineExtended": {"extended": True},
    "ObjectionLodged": {"objection": True},
    "ObjectionDecided": {"objection": False},
    "RequestReturned": {"returned": True},
    "RequestCompleted": {"returned": False},
    "ErasureRequested": {"asked": True},
    "DecisionProposed": {"proposal": True},
    "RefusalConfirmed": {"proposal": False},
    "ProposalSentBack": {"proposal": False},
    "FeeStated": {"fee": True},
    "FeePaid": {"fee": False},
    "FeeWaived": {"fee": False},
    f"ErasureDecided {REFUSED}": {"asked": False},
    # What is erased stays asked for: it can neither be asked again nor decided again.
    f"ErasureDecided {GRANTED}": {"erased": True},
    "LetterIssued pemberitahuan_tertulis": {"notice": True},
    "LetterIssued surat_penyampaian_pemohon": {"letter": True},
}
_KINDS = {"ErasureDecided": (f"ErasureDecided {REFUSED}", f"ErasureDecided {GRANTED}")}
"""Facts of which one field decides what is possible after them."""
_AFTER_A_RUN = ("RequestReopened", "DisputeFiled", "DisputeDecided", "ServiceRated")
"""Not of the net: what comes after the end, of which no told case has any."""
_LETTERS = tuple(name for name in _CHANGES if name.startswith("LetterIssued"))


def runs_on(net: PetriNet, start: Marking, end: Marking, labels: Iterable[str]) -> bool:
    """Whether an alignment without a single deviation exists."""
    trace = Trace([Event({"concept:name": label}) for label in labels])
    told = alignments.apply(trace, net, start, end, variant=_VARIANT)
    return all(">>" not in move or move[1] is None for move in told["alignment"])


class Net:
    """A run begins before the form and ends when the SOP has, with the objection answered."""

    def __init__(self) -> None:
        self.net = PetriNet("sop")
        self.places: dict[Any, PetriNet.Place] = {}
        for step in SOP:
            for fact, outcome in step.outcomes.items():
                self._moves(fact.__name__, outcome.role, step.no, outcome.next_step, outcome.needs)
        for act in LEGAL_ACTS:
            if act.fact.__name__ in _AFTER_A_RUN:
                continue
            for at in act.steps:
                # That the law's clock ran out cannot be told without a clock: not while it runs.
                if act.fact.__name__.startswith("Objection") and at is not None:
                    continue
                to = "withdrawn" if act.ends else act.next_step(at)
                for role in (act.role_at(at), *((Role.PPID,) if act.enterable else ())):
                    self._moves(act.fact.__name__, role, at, to, act.needs, act.returned)
        for name in _LETTERS:
            self._fire(name, {}, {}, name)
        self._ways_out()
        self.start = Marking({self._place(5): 1})
        self.start.update({self._place((mark, False)): 1 for mark in _MARKS})
        self.end = Marking({self._place("end"): 1})

    def runs(self, labels: Iterable[str]) -> bool:
        return runs_on(self.net, self.start, self.end, labels)

    def _moves(
        self,
        name: str,
        role: str,
        at: Any,
        to: Any,
        needs: tuple[Need, ...],
        returned: bool | None = False,
    ) -> None:
        reads = {mark: so for need in needs for mark, so in _NEEDS.get(need, {}).items()}
        if name == "ErasureDecided":
            reads["erased"] = False
        for kind in _KINDS.get(name, (name,)):
            for state in (False, True) if returned is None else (returned,):
                self._fire(f"{kind} {role}", {"at": (at, to)}, reads | {"returned": state}, kind)

    def _fire(self, label: str, flow: dict[str, Any], reads: dict[str, bool], name: str) -> None:
        changes = _CHANGES.get(name, {})
        read = [((mark, so), (mark, so)) for mark, so in reads.items() if mark not in changes]
        befores = [[reads[mark]] if mark in reads else [False, True] for mark in changes]
        for before in product(*befores):
            changed = [
                ((mark, so), (mark, after))
                for (mark, after), so in zip(changes.items(), before, strict=True)
            ]
            self._transition(label, [*flow.values(), *read, *changed])

    def _ways_out(self) -> None:
        """Silent moves that take away what is left, one pair after the other."""
        for end in (None, "withdrawn"):
            self._transition(None, [(end, ("out", _MARKS[0]))])
        for mark, following in zip(_MARKS, [*_MARKS[1:], None], strict=True):
            to = ("out", following) if following else "end"
            for so in (False, True):
                if (mark, so) != ("objection", True):
                    self._transition(None, [(("out", mark), to), ((mark, so), None)])

    def _transition(self, label: str | None, arcs: list[tuple[Any, Any]]) -> None:
        transition = PetriNet.Transition(f"t{len(self.net.transitions)}", label)
        self.net.transitions.add(transition)
        for source, target in arcs:
            petri_utils.add_arc_from_to(self._place(source), transition, self.net)
            if not (isinstance(source, tuple) and target is None):
                petri_utils.add_arc_from_to(transition, self._place(target), self.net)

    def _place(self, name: Any) -> PetriNet.Place:
        if name not in self.places:
            self.places[name] = PetriNet.Place(str(name))
            self.net.places.add(self.places[name])
        return self.places[name]
