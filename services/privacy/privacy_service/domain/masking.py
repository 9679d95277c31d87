"""Carries out the officer's choices on every cell, and checks that nothing is left."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from privacy_service.domain.detectors import BY_KIND, PROVEN, Hit, hits
from privacy_service.domain.errors import ChoiceInvalid, FindingsUnanswered
from privacy_service.domain.formulas import neutral
from privacy_service.domain.identifiers import plain
from privacy_service.domain.kinds import LABELS, Kind
from privacy_service.domain.methods import (
    ABOUT,
    ALLOWED,
    WHOLE_CELL,
    Mask,
    Method,
    canonical,
    mask,
    pseudonym,
)
from privacy_service.domain.propagation import Originals
from privacy_service.domain.verdicts import Column, Verdict

REASON_WORDS_MIN = 3
RESIDUES_MAX = 20


@dataclass(frozen=True)
class Choice:
    """What the PPID decided for one column."""

    method: Method
    reason: str = ""


@dataclass(frozen=True)
class Decision:
    """A column with its kind and the way that was chosen."""

    key: str
    title: str
    kind: Kind
    method: Method


@dataclass(frozen=True)
class Residue:
    """Where something is left; never what."""

    column: str
    row: int
    kind: Kind

    def __str__(self) -> str:
        place = f"kolom '{self.column}' baris {self.row}" if self.row else f"'{self.column}'"
        return f"{LABELS[self.kind]} di {place}"


def decide(verdicts: Sequence[Verdict], choices: Mapping[str, Choice]) -> list[Decision]:
    """Every found column answered, every answer allowed; else raises with the sentence why."""
    known = {verdict.key for verdict in verdicts}
    unknown = next((key for key in choices if key not in known), None)
    if unknown is not None:
        raise ChoiceInvalid("Ada pilihan untuk kolom yang tidak dikenal; muat ulang halaman ini.")
    return [
        decision
        for verdict in verdicts
        if (decision := _decided(verdict, choices.get(verdict.key))) is not None
    ]


def _decided(verdict: Verdict, choice: Choice | None) -> Decision | None:
    if choice is None:
        if verdict.found:
            raise FindingsUnanswered(f"Kolom '{verdict.title}' belum diputuskan.")
        return None
    kind = verdict.kind or Kind.OTHER
    if choice.method is Method.KEEP and not verdict.found:
        return None
    if choice.method is Method.KEEP:
        if len(choice.reason.split()) < REASON_WORDS_MIN:
            raise ChoiceInvalid(
                f"Tulis alasan mengapa kolom '{verdict.title}' dibiarkan, sedikitnya "
                f"{REASON_WORDS_MIN} kata."
            )
        return Decision(verdict.key, verdict.title, kind, Method.KEEP)
    if choice.method not in ALLOWED[kind]:
        raise ChoiceInvalid(
            f"'{ABOUT[choice.method].label}' tidak tersedia untuk kolom '{verdict.title}'."
        )
    return Decision(verdict.key, verdict.title, kind, choice.method)


def proposed(verdicts: Iterable[Verdict]) -> dict[str, Choice]:
    """What the service would do by itself: the first way that is open for each kind."""
    return {
        verdict.key: Choice(ALLOWED[verdict.kind][0])
        for verdict in verdicts
        if verdict.kind is not None
    }


@dataclass
class Masker:
    """All that is needed to mask one file. Holds its personal data: never leaves the process."""

    decisions: dict[str, Decision]
    key: bytes
    originals: Originals = field(default_factory=Originals)
    kept: dict[Kind, set[str]] = field(default_factory=dict)
    """Values of columns that the officer left, with a reason: no number of chance, then."""
    cells: Counter[str] = field(default_factory=Counter)
    """How many cells were changed in each column."""

    @classmethod
    def prepared(
        cls, columns: Sequence[Column], decisions: Iterable[Decision], key: bytes
    ) -> "Masker":
        masker = cls({decision.key: decision for decision in decisions}, key)
        for column in columns:
            decision = masker.decisions.get(column.key)
            if decision is not None and decision.method is Method.KEEP:
                masker._keep(column.values)
        for column in columns:
            decision = masker.decisions.get(column.key)
            if decision is not None and decision.method not in (Method.KEEP, Method.IN_TEXT):
                masker.originals.add((v for v in column.values if v.strip()), decision.kind)
        return masker

    def drops(self, key: str) -> bool:
        decision = self.decisions.get(key)
        return decision is not None and decision.method is Method.DROP

    def mask_of(self, key: str) -> Mask:
        """The function for the cells of one column."""
        decision = self.decisions.get(key)
        whole: Mask | None = None
        if decision is not None:
            if decision.method is Method.KEEP:
                return neutral
            if decision.method in WHOLE_CELL:
                whole = mask(decision.method, decision.kind, self.key)
        seen: dict[str, str] = {}

        def masked(text: str) -> str:
            if not text:
                return text
            made = seen.get(text)
            if made is None:
                made = neutral(self.redacted(text) if whole is None else whole(text))
                if len(seen) < _REMEMBERED_MAX:
                    seen[text] = made
            self.cells[key] += made != text
            return made

        return masked

    def redacted(self, text: str) -> str:
        """The text with every piece of personal data replaced by what it was."""
        return self._replaced(text, self._found(text))

    def title(self, text: str) -> str:
        """A title, less confirmed values and proven numbers: `NAMA LENGKAP` names nobody."""
        return self._replaced(text, [hit for hit in self._found(text) if self._is_sure(hit, text)])

    def _is_sure(self, hit: Hit, text: str) -> bool:
        return hit.kind in PROVEN or hit in self.originals.hits(plain(text))

    def _replaced(self, text: str, found: list[Hit]) -> str:
        if not found:
            return text
        written = plain(text)
        pieces, position = [], 0
        for hit in found:
            pieces += [written[position : hit.start], self._replacement(written, hit)]
            position = hit.end
        return "".join([*pieces, written[position:]])

    def residue(self, column: str, row: int, text: str) -> Residue | None:
        """What is still to be seen in a cell of the masked file, if anything."""
        if len(text) < _SHORTEST:
            return None
        written = plain(text)
        # What is masked in one column must be seen in no other, not even in one that is kept.
        for hit in self.originals.hits(written):
            return Residue(column, row, hit.kind)
        for hit in hits(written):
            if hit.kind in PROVEN and not self._is_kept(hit, written):
                return Residue(column, row, hit.kind)
        return None

    def _found(self, text: str) -> list[Hit]:
        """Hits in order, none inside another; those of kept values left out."""
        if len(text) < _SHORTEST:
            return []
        written = plain(text)
        every = [*self.originals.hits(written)]
        every += [hit for hit in hits(written) if not self._is_kept(hit, written)]
        every.sort(key=lambda hit: (hit.start, -hit.end))
        apart: list[Hit] = []
        for hit in every:
            if apart and hit.start < apart[-1].end:
                if hit.end > apart[-1].end:
                    apart[-1] = Hit(apart[-1].kind, apart[-1].start, hit.end)
                continue
            apart.append(hit)
        return apart

    def _is_kept(self, hit: Hit, written: str) -> bool:
        kept = self.kept.get(hit.kind)
        return kept is not None and canonical(written[hit.start : hit.end], hit.kind) in kept

    def _keep(self, values: Iterable[str]) -> None:
        for value in values:
            written = plain(value)
            for hit in hits(written):
                piece = written[hit.start : hit.end]
                self.kept.setdefault(hit.kind, set()).add(canonical(piece, hit.kind))
            for kind in PROVEN | _CONFIRMED:
                detector = BY_KIND[kind]
                if detector.value is not None and detector.value(written) is not None:
                    self.kept.setdefault(kind, set()).add(canonical(written, kind))

    def _replacement(self, written: str, hit: Hit) -> str:
        """The same pseudonym as in the column it was confirmed in, so that a reader can follow."""
        for decision in self.decisions.values():
            if decision.kind is hit.kind and decision.method is Method.PSEUDONYM:
                return pseudonym(written[hit.start : hit.end], hit.kind, self.key)
        return f"[{LABELS[hit.kind]}]"


_CONFIRMED = {Kind.KK, Kind.NAME, Kind.ADDRESS, Kind.ACCOUNT, Kind.CARD}
_REMEMBERED_MAX = 200_000
_SHORTEST = 4
"""No detector finds anything in a shorter text."""
