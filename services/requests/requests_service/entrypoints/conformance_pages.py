"""/audit/kesesuaian: whether the SOP was kept, as tables and drawn on its flow; /sop.bpmn."""

import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any

from chassis.pages import Form, render, ribuan
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from requests_service.application import Requests
from requests_service.audit.conformance import (
    Conformance,
    PeriodInvalid,
    conformance_of,
    period_from,
)
from requests_service.audit.recording import note_query
from requests_service.domain import bpmn
from requests_service.domain.conformance import LABELS, Kind
from requests_service.domain.flow import Node, Point, flow
from requests_service.domain.sop import STEPS
from requests_service.entrypoints.audit_pages import Auditor
from requests_service.entrypoints.audit_shown import Shown
from requests_service.entrypoints.conformance_shown import said
from requests_service.entrypoints.session import Page

router = APIRouter(include_in_schema=False, route_class=Page)
_FLOW = flow()
_MARKS = [
    *(node for node in _FLOW.nodes if node.kind != "task"),
    *(node for group in _FLOW.groups for node in group.nodes if node.kind != "act"),
]
_LETTERS_PER_LINE = 21


@dataclass(frozen=True)
class Box:
    """A step or an act in the picture."""

    node: Node
    words: list[str]
    below: str
    """The median wait, or how often the act happened."""
    deviations: int


@dataclass(frozen=True)
class Way:
    """A line with how often it was gone; outside the SOP: no table leads there."""

    points: tuple[Point, ...]
    label: str
    label_at: Point
    outside: bool = False


@router.get("/audit/kesesuaian")
def conformance(
    request: Request,
    who: Auditor,
    since: Annotated[str, Query(max_length=10)] = "",
    until: Annotated[str, Query(max_length=10)] = "",
) -> Response:
    app: Requests = request.app.state.application
    today = app.today().day
    try:
        period = period_from(since, until, today)
    except PeriodInvalid as error:
        wrong = Form({"since": since, "until": until}, {"since": str(error)})
        return render(request, "audit_kesesuaian.html", 422, form=wrong, found=None)
    note_query(app, who.actor, {"kind": "conformance", **period.as_json()})
    found = conformance_of(app.pool, period, today=today)
    to = Shown(app)
    return render(
        request,
        "audit_kesesuaian.html",
        form=Form(period.as_json()),
        found=found,
        counts=_counts(found, to),
        labels=LABELS,
        said=said,
        picture=_FLOW,
        marks=_MARKS,
        boxes=list(_boxes(found)),
        ways=list(_ways(found)),
        steps=_steps(found),
        address=f"/audit/kesesuaian?since={period.since}&until={period.until}",
        no_form=Form({}),
        to=to,
    )


@router.get("/sop.bpmn")
def sop_bpmn() -> Response:
    return Response(
        bpmn.render(),
        media_type="application/xml",
        headers={"Content-Disposition": 'attachment; filename="sop.bpmn"'},
    )


def _counts(found: Conformance, to: Shown) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """(title, heading, rows) of each small table."""

    def told(by: str, words: Callable[[dict[str, Any]], str]) -> list[tuple[str, str]]:
        return [(words(row), ribuan(row["count"])) for row in found.counts[by]]

    return [
        ("Menurut jenis", "Jenis", told("kind", lambda row: LABELS[Kind(row["kind"])])),
        ("Menurut langkah", "Langkah", told("step", lambda row: str(row["step"] or "selesai"))),
        (
            "Menurut perangkat daerah",
            "Perangkat daerah",
            told(
                "agency",
                lambda row: to.agency(row["agency"]) if row["agency"] else "bukan PPID Pembantu",
            ),
        ),
        ("Menurut pelaku", "Pelaku", told("officer", to.who)),
    ]


# The picture


def _boxes(found: Conformance) -> Iterator[Box]:
    at = {row["step"]: row["count"] for row in found.counts["step"]}
    for node in _FLOW.nodes:
        if node.kind == "task":
            wait = found.waits.get(node.step)
            # Of a step of two hands, the last one's box tells.
            tells = node.role is STEPS[node.step].owners[-1]
            yield Box(
                node,
                textwrap.wrap(node.label, _LETTERS_PER_LINE),
                f"median {_days(wait)} hari kerja" if tells and wait is not None else "",
                at.get(node.step, 0) if tells else 0,
            )
    for group in _FLOW.groups:
        for node in group.nodes:
            if node.kind == "act":
                words = textwrap.wrap(node.label, _LETTERS_PER_LINE)
                yield Box(node, words, f"{found.acts.get(node.fact, 0)} kali", 0)


def _ways(found: Conformance) -> Iterator[Way]:
    known = {(line.step, line.next_step) for line in _FLOW.lines}
    for line in _FLOW.lines:
        count = found.passages.get((line.step, line.next_step), 0) if line.step > 4 else None
        yield Way(line.points, "" if count is None else f"{count}", _count_at(line.points))
    for group in _FLOW.groups:
        yield from (Way(line.points, "", (0, 0)) for line in group.lines)
    outside = [
        (_box_of(step), _box_of(next_step), count)
        for (step, next_step), count in sorted(found.passages.items(), key=str)
        if (step, next_step) not in known and step and next_step
    ]
    for n, (source, target, count) in enumerate(outside):
        yield _outside(source, target, count, left=18 + 7 * n)


def _count_at(points: tuple[Point, ...]) -> Point:
    """Where a line begins, above or beside it."""
    (x, y), (next_x, _) = points[:2]
    if next_x == x:
        return x + 5, y
    return (x + 4, y - 15) if next_x > x else (next_x + 5, y - 15)


def _outside(source: Node, target: Node, count: int, *, left: int) -> Way:
    """From the left of one box to the left of the other: no line of the SOP goes there."""
    (_, sy), (_, ty) = source.middle, target.middle
    x = min(source.x, target.x) - left
    points = ((source.x, sy), (x, sy), (x, ty), (target.x, ty))
    return Way(points, f"{count}", (x - 10, sy + 2), outside=True)


def _box_of(step: int) -> Node:
    return next(node for node in _FLOW.nodes if node.kind == "task" and node.step == step)


def _steps(found: Conformance) -> list[dict[str, Any]]:
    """The picture in words: each way that was gone or may be."""
    known = [(line.step, line.next_step) for line in _FLOW.lines if line.step > 4]
    gone = [pair for pair in found.passages if pair not in known]
    return [
        {
            "step": step,
            "next_step": next_step,
            "count": found.passages.get((step, next_step), 0),
            "wait": _days(found.waits.get(step)) if step else "",
            "outside": (step, next_step) not in known,
        }
        for step, next_step in sorted({*known, *gone}, key=lambda p: (p[0] or 99, p[1] or 99))
    ]


def _days(days: float | None) -> str:
    return "" if days is None else f"{days:.1f}".removesuffix(".0").replace(".", ",")
