"""The SOP's flow laid out: lanes for the actors, a box for each step, lines where the tables lead.

Top to bottom as the paper's form reads. The one layout for docs/sop.bpmn and for the picture under
/audit/kesesuaian; every number is a pixel.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from requests_service.domain.roles import Role
from requests_service.domain.sop import LEGAL_ACTS, SOP, STEPS, LegalAct, Need, Step
from requests_service.domain.words import FACT_TITLES

BOX_WIDTH, BOX_HEIGHT = 136, 88
_COLUMN = 176
"""From one box to the next beside it."""
_GAP, _GAP_OF_CHOICE = 30, 68
"""Between rows; the second leaves room for the words of a choice."""
_DIAMOND, _CIRCLE = 36, 28
TITLE_HEIGHT = 34
LABEL_WIDTH = 130
_BESIDE = _COLUMN + 26
"""Width of the lane for what the law lets happen beside the steps."""
_ACT_HEIGHT = 62
_ACTORS = (Role.PEMOHON, Role.WALIDATA, Role.PPID, Role.PPID_PEMBANTU)
"""In the order of the paper's columns."""
_ANSWERS = (Need.OBJECTION_OPEN, Need.ERASURE_OPEN)

Point = tuple[int, int]


@dataclass(frozen=True)
class Node:
    """`kind`: start, task, choice, meeting, end, act."""

    id: str
    kind: str
    label: str
    role: Role
    step: int
    """Of an act: 0."""
    x: int = 0
    y: int = 0
    width: int = 0
    height: int = 0
    fact: str = ""
    """Name of the fact, of an act."""

    @property
    def middle(self) -> Point:
        return self.x + self.width // 2, self.y + self.height // 2


@dataclass(frozen=True)
class Line:
    source: str
    target: str
    step: int = 0
    """Where it leaves the step `step` for `next_step`; both 0 within a step."""
    next_step: int | None = 0
    label: str = ""
    points: tuple[Point, ...] = ()

    @property
    def id(self) -> str:
        return f"{self.source}-{self.target}"

    @property
    def label_at(self) -> Point:
        """Left top of the words: beside the beginning of the line."""
        (x, y), (next_x, _), *rest = self.points
        if next_x == x:
            # Where the line turns away soon, there is more room on its other side.
            turns = len(rest) == 2 and self.source.startswith("langkah")
            return (x - LABEL_WIDTH if turns else x + 6), y + 1
        return (x + 4, y - 15) if next_x > x else (next_x - LABEL_WIDTH - 4, y + 3)


@dataclass(frozen=True)
class Lane:
    id: str
    label: str
    x: int
    width: int
    nodes: tuple[str, ...]


@dataclass(frozen=True)
class Group:
    """Acts that follow one another beside the steps."""

    acts: tuple[LegalAct, ...]
    nodes: tuple[Node, ...]
    """A start, the acts, an end."""
    lines: tuple[Line, ...]
    x: int
    y: int
    width: int
    height: int

    @property
    def id(self) -> str:
        return f"di_samping_{self.acts[0].fact.__name__}"


@dataclass(frozen=True)
class Flow:
    width: int
    height: int
    lanes: tuple[Lane, ...]
    nodes: tuple[Node, ...]
    lines: tuple[Line, ...]
    groups: tuple[Group, ...]


def flow() -> Flow:
    """The whole picture, from the tables."""
    nodes = {node.id: node for node in _nodes()}
    lines = list(_lines(nodes))
    ranks = _ranks(nodes, lines)
    columns = _columns(nodes, ranks)
    lefts = _lefts(nodes, columns)
    tops = _tops(nodes, ranks)
    placed = {
        node.id: _placed(node, lefts[node.role] + columns[node.id] * _COLUMN, *tops[ranks[node.id]])
        for node in nodes.values()
    }
    beside = lefts[_ACTORS[-1]] + _width(nodes, columns, _ACTORS[-1])
    groups = tuple(_groups(beside))
    height = max(
        max(node.y + node.height for node in placed.values()),
        groups[-1].y + groups[-1].height,
    )
    lanes = [
        Lane(
            role.value,
            role.label,
            lefts[role],
            _width(nodes, columns, role),
            tuple(node.id for node in placed.values() if node.role is role),
        )
        for role in _ACTORS
    ]
    lanes.append(
        Lane("di_samping", "Di samping langkah", beside, _BESIDE, tuple(each.id for each in groups))
    )
    return Flow(
        width=beside + _BESIDE,
        height=height + _GAP,
        lanes=tuple(lanes),
        nodes=tuple(placed.values()),
        lines=tuple(
            replace(line, points=_way(placed[line.source], placed[line.target], ranks))
            for line in lines
        ),
        groups=groups,
    )


# What there is


def _nodes() -> Iterator[Node]:
    yield Node("mulai", "start", "Data dibutuhkan", SOP[0].owners[0], SOP[0].no)
    for step in SOP:
        if len(_sources(step)) > 1:
            yield Node(f"temu_{step.no}", "meeting", "", step.owners[0], step.no)
        for role in step.owners:
            yield Node(_task(step, role), "task", f"{step.no}. {step.activity}", role, step.no)
        if len(_targets(step)) > 1:
            yield Node(f"pilihan_{step.no}", "choice", "", step.owners[-1], step.no)
        if None in _targets(step):
            yield Node(f"selesai_{step.no}", "end", "Selesai", step.owners[-1], step.no)


def _lines(nodes: Iterable[str]) -> Iterator[Line]:
    known = set(nodes)

    def entry(no: int | None, step: Step) -> str:
        if no is None:
            return f"selesai_{step.no}"
        return meet if (meet := f"temu_{no}") in known else _task(STEPS[no], STEPS[no].owners[0])

    yield Line("mulai", _task(SOP[0], SOP[0].owners[0]))
    for step in SOP:
        first, last = _task(step, step.owners[0]), _task(step, step.owners[-1])
        if f"temu_{step.no}" in known:
            yield Line(f"temu_{step.no}", first)
        if first != last:
            yield Line(first, last, step.no, step.no, _titles(step, step.no))
        source = last
        if f"pilihan_{step.no}" in known:
            source = f"pilihan_{step.no}"
            yield Line(last, source)
        for no in _targets(step):
            label = _titles(step, no) if source != last else ""
            yield Line(source, entry(no, step), step.no, no, label)


def _task(step: Step, role: Role) -> str:
    return f"langkah_{step.no}" + (f"_{role.value}" if len(step.owners) > 1 else "")


def _targets(step: Step) -> list[int | None]:
    """Where a step leads; not to itself when that is from one owner to the next."""
    if not step.outcomes:
        return [step.no + 1]
    to = dict.fromkeys(outcome.next_step for outcome in step.outcomes.values())
    return [no for no in to if no != step.no or len(step.owners) == 1]


def _sources(step: Step) -> list[int]:
    return [each.no for each in SOP if step.no in _targets(each)]


def _titles(step: Step, no: int | None) -> str:
    return " / ".join(
        FACT_TITLES[fact] for fact, outcome in step.outcomes.items() if outcome.next_step == no
    )


# Where it stands


def _ranks(nodes: dict[str, Node], lines: list[Line]) -> dict[str, int]:
    """The row of each node: one below the lowest of those before it; ways back do not count."""
    onward = [line for line in lines if nodes[line.source].step <= nodes[line.target].step]
    onward = [line for line in onward if not _goes_back(nodes, line)]
    ranks = dict.fromkeys(nodes, 0)
    for _ in nodes:
        for line in onward:
            ranks[line.target] = max(ranks[line.target], ranks[line.source] + 1)
    return ranks


def _goes_back(nodes: dict[str, Node], line: Line) -> bool:
    return nodes[line.source].kind == "choice" and nodes[line.target].step == line.step


def _columns(nodes: dict[str, Node], ranks: dict[str, int]) -> dict[str, int]:
    """The column of each node within its lane: those of one step stand below one another."""
    taken: set[tuple[Role, int, int]] = set()
    columns: dict[str, int] = {}
    for key in dict.fromkeys((node.step, node.role) for node in nodes.values()):
        own = [node for node in nodes.values() if (node.step, node.role) == key]
        column = 0
        while any((key[1], column, ranks[node.id]) in taken for node in own):
            column += 1
        taken |= {(key[1], column, ranks[node.id]) for node in own}
        columns |= {node.id: column for node in own}
    return columns


def _width(nodes: dict[str, Node], columns: dict[str, int], role: Role) -> int:
    own = [columns[node.id] for node in nodes.values() if node.role is role]
    return (max(own, default=0) + 1) * _COLUMN


def _lefts(nodes: dict[str, Node], columns: dict[str, int]) -> dict[Role, int]:
    lefts, x = {}, 0
    for role in _ACTORS:
        lefts[role] = x
        x += _width(nodes, columns, role)
    return lefts


def _tops(nodes: dict[str, Node], ranks: dict[str, int]) -> dict[int, tuple[int, int]]:
    """Top and height of each row."""
    tops, y = {}, TITLE_HEIGHT + _GAP // 2
    for rank in range(max(ranks.values()) + 1):
        row = [node for node in nodes.values() if ranks[node.id] == rank]
        height = max(_size(node)[1] for node in row)
        tops[rank] = (y, height)
        y += height + (_GAP_OF_CHOICE if any(node.kind == "choice" for node in row) else _GAP)
    return tops


def _size(node: Node) -> tuple[int, int]:
    if node.kind == "task":
        return BOX_WIDTH, BOX_HEIGHT
    return (_DIAMOND, _DIAMOND) if node.kind in ("choice", "meeting") else (_CIRCLE, _CIRCLE)


def _placed(node: Node, left: int, top: int, row_height: int) -> Node:
    width, height = _size(node)
    return replace(
        node,
        x=left + (_COLUMN - width) // 2,
        y=top + (row_height - height) // 2,
        width=width,
        height=height,
    )


def _way(source: Node, target: Node, ranks: dict[str, int]) -> tuple[Point, ...]:
    """Straight down where that is possible; else around the boxes, in the gaps between them."""
    (sx, sy), (tx, ty) = source.middle, target.middle
    below, above = source.y + source.height, target.y
    adjacent = ranks[target.id] == ranks[source.id] + 1
    if sx == tx and adjacent:
        return (sx, below), (tx, above)
    if source.kind == "choice" and sx == tx:
        # The way on passes left of the boxes, the way back right next to it.
        x = tx - BOX_WIDTH // 2 - (14 if ty > sy else 7)
        return (source.x, sy), (x, sy), (x, ty), (target.x, ty)
    if source.kind == "choice":
        side = 1 if tx > sx else -1
        out = sx + side * source.width // 2
        return (out, sy), (tx, sy), (tx, above)
    if target.kind == "meeting":
        side = 1 if sx > tx else -1
        return (sx, below), (sx, ty), (tx + side * target.width // 2, ty)
    return (sx, below), (sx, above - _GAP // 2), (tx, above - _GAP // 2), (tx, above)


# Beside the steps


def _groups(left: int) -> Iterator[Group]:
    y = TITLE_HEIGHT + _GAP // 2
    for acts in _chains():
        group = _group(acts, left + 12, y)
        yield group
        y += group.height + _GAP // 2


def _chains() -> list[tuple[LegalAct, ...]]:
    """Each act with the one that answers it."""
    chains: list[tuple[LegalAct, ...]] = []
    for act in LEGAL_ACTS:
        if act.returned is True or any(need in _ANSWERS for need in act.needs):
            chains[-1] = (*chains[-1], act)
        else:
            chains.append((act,))
    return chains


def _group(acts: tuple[LegalAct, ...], x: int, y: int) -> Group:
    width, inner, gap = _BESIDE - 24, 20, 16
    middle, top = x + width // 2, y + 38
    name = acts[0].fact.__name__
    # Those of several offices stand with the first one's colour; the words say whose they are.
    first, last = (act.role_at(act.steps[0]) for act in (acts[0], acts[-1]))
    nodes = [Node(f"mulai_{name}", "start", "", first, 0, middle - inner // 2, top, inner, inner)]
    top += inner + gap
    for act in acts:
        nodes.append(
            Node(
                f"tindakan_{act.fact.__name__}", "act", act.activity, act.role_at(act.steps[0]), 0,
                middle - BOX_WIDTH // 2, top, BOX_WIDTH, _ACT_HEIGHT, act.fact.__name__,
            )
        )  # fmt: skip
        top += _ACT_HEIGHT + gap
    nodes.append(Node(f"akhir_{name}", "end", "", last, 0, middle - inner // 2, top, inner, inner))
    lines = [
        Line(a.id, b.id, points=((middle, a.y + a.height), (middle, b.y)))
        for a, b in pairwise(nodes)
    ]
    return Group(acts, tuple(nodes), tuple(lines), x, y, width, top + inner + 10 - y)
