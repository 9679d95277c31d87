"""docs/sop.bpmn, the SOP as BPMN 2.0: `python -m requests_service.domain.bpmn > docs/sop.bpmn`.

One process with the paper's lanes. Each deadline is a timer on its task that interrupts nothing:
being late is recorded, never blocked. The law's acts are event sub-processes beside the steps.
"""

import sys
from collections.abc import Iterable
from xml.etree.ElementTree import Element, SubElement, indent, register_namespace, tostring

from requests_service.domain import sop
from requests_service.domain.flow import LABEL_WIDTH, Flow, Group, Lane, Line, Node, flow
from requests_service.domain.roles import Role
from requests_service.domain.sop import STEPS, LegalAct

_SPACES = {
    "bpmn": "http://www.omg.org/spec/BPMN/20100524/MODEL",
    "bpmndi": "http://www.omg.org/spec/BPMN/20100524/DI",
    "dc": "http://www.omg.org/spec/DD/20100524/DC",
    "di": "http://www.omg.org/spec/DD/20100524/DI",
    "xsi": "http://www.w3.org/2001/XMLSchema-instance",
}
_HEADER = 30
"""Room for the name of the pool."""
_TIMER, _LATE_END = 18, 12
_KINDS = {
    "start": "startEvent",
    "task": "task",
    "act": "task",
    "choice": "exclusiveGateway",
    "meeting": "exclusiveGateway",
    "end": "endEvent",
}


def render() -> str:
    """The whole document."""
    for prefix, space in _SPACES.items():
        register_namespace(prefix, space)
    whole = flow()
    root = Element(_tag("bpmn:definitions"), id="sop", name=sop.TITLE, targetNamespace="urn:sop")
    pool = SubElement(root, _tag("bpmn:collaboration"), id="kolaborasi")
    title = f'SOP "{sop.TITLE}", {sop.EDITION}'
    SubElement(pool, _tag("bpmn:participant"), id="pool", name=title, processRef="proses")
    _process(root, whole)
    _diagram(root, whole)
    indent(root)
    text: str = tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


# What happens


def _process(root: Element, whole: Flow) -> None:
    process = SubElement(root, _tag("bpmn:process"), id="proses", isExecutable="false")
    lanes = SubElement(process, _tag("bpmn:laneSet"), id="lajur")
    timed = [node for node in whole.nodes if _days(node)]
    for lane in whole.lanes:
        in_lane = SubElement(lanes, _tag("bpmn:lane"), id=f"lajur_{lane.id}", name=lane.label)
        late = [n for n in timed if n.id in lane.nodes]
        for name in (*lane.nodes, *(each for n in late for each in (_timer(n), _late_end(n)))):
            SubElement(in_lane, _tag("bpmn:flowNodeRef")).text = name
    lines = [*whole.lines, *(Line(_timer(node), _late_end(node)) for node in timed)]
    for node in whole.nodes:
        _node(process, node, lines)
    for node in timed:
        _deadline(process, node, lines)
    for group in whole.groups:
        _group(process, group)
    _flows(process, lines)


def _node(parent: Element, node: Node, lines: Iterable[Line]) -> Element:
    told = SubElement(parent, _tag(f"bpmn:{_KINDS[node.kind]}"), id=node.id)
    if node.label:
        told.set("name", node.label)
    if node.kind in ("choice", "meeting"):
        told.set("gatewayDirection", "Diverging" if node.kind == "choice" else "Converging")
    if node.kind == "task":
        step = STEPS[node.step]
        needed, remark = "; ".join(step.requirements), f" {step.remark}." if step.remark else ""
        SubElement(
            told, _tag("bpmn:documentation")
        ).text = f"Kelengkapan: {needed}. Waktu: {step.time}. Output: {step.output}.{remark}"
    _ends_of(told, node.id, lines)
    return told


def _ends_of(told: Element, name: str, lines: Iterable[Line]) -> None:
    for way, ends in (("incoming", "target"), ("outgoing", "source")):
        for line in lines:
            if getattr(line, ends) == name:
                SubElement(told, _tag(f"bpmn:{way}")).text = line.id


def _deadline(process: Element, node: Node, lines: Iterable[Line]) -> None:
    timer = SubElement(
        process,
        _tag("bpmn:boundaryEvent"),
        id=_timer(node),
        name=f"{_days(node)} hari kerja",
        attachedToRef=node.id,
        cancelActivity="false",
    )
    SubElement(
        timer, _tag("bpmn:documentation")
    ).text = "Hari kerja di Asia/Jakarta; hari penerimaan adalah hari nol. Lewat tenggat dicatat."
    _ends_of(timer, _timer(node), lines)
    waits = SubElement(timer, _tag("bpmn:timerEventDefinition"), id=f"waktu_{node.id}")
    _expression(waits, "timeDuration", f"P{_days(node)}D")
    _ends_of(SubElement(process, _tag("bpmn:endEvent"), id=_late_end(node)), _late_end(node), lines)


def _group(process: Element, group: Group) -> None:
    first = group.acts[0]
    told = SubElement(
        process,
        _tag("bpmn:subProcess"),
        id=group.id,
        name=first.basis,
        triggeredByEvent="true",
    )
    SubElement(told, _tag("bpmn:documentation")).text = _when(first)
    whose = {act.fact.__name__: act.role_label for act in group.acts}
    for node in group.nodes:
        each = _node(told, node, group.lines)
        if node.kind == "act":
            each.set("name", f"{node.label} ({whose[node.fact]})")
        if node.kind == "start":
            each.set("isInterrupting", "true" if first.ends else "false")
            _starts_by(each, group)
        if node.kind == "end" and first.ends:
            SubElement(each, _tag("bpmn:terminateEventDefinition"), id=f"henti_{node.id}")
    _flows(told, group.lines)


def _when(act: LegalAct) -> str:
    steps = [no for no in act.steps if no]
    if not steps:
        return "Sesudah selesai."
    where = f"{steps[0]}" if len(steps) == 1 else f"{steps[0]} sampai {steps[-1]}"
    after = ", dan sesudah selesai" if None in act.steps else ""
    back = f" Sesudahnya langkah {act.leads_to} diulang." if act.leads_to else ""
    return f"Pada langkah {where}{after}.{back}"


def _starts_by(start: Element, group: Group) -> None:
    """The Pemohon writes; an officer judges that it is needed."""
    first, name = group.acts[0], f"sebab_{group.acts[0].fact.__name__}"
    if first.role is Role.PEMOHON:
        SubElement(start, _tag("bpmn:messageEventDefinition"), id=name)
        return
    cause = SubElement(start, _tag("bpmn:conditionalEventDefinition"), id=name)
    _expression(cause, "condition", "; ".join(first.needs) or first.basis)


def _flows(parent: Element, lines: Iterable[Line]) -> None:
    for line in lines:
        told = SubElement(
            parent,
            _tag("bpmn:sequenceFlow"),
            id=line.id,
            sourceRef=line.source,
            targetRef=line.target,
        )
        if line.label:
            told.set("name", line.label)


def _expression(parent: Element, name: str, text: str) -> None:
    told = SubElement(parent, _tag(f"bpmn:{name}"))
    told.set(_tag("xsi:type"), "bpmn:tFormalExpression")
    told.text = text


# Where it stands


def _diagram(root: Element, whole: Flow) -> None:
    diagram = SubElement(root, _tag("bpmndi:BPMNDiagram"), id="gambar")
    plane = SubElement(diagram, _tag("bpmndi:BPMNPlane"), id="bidang", bpmnElement="kolaborasi")
    _shape(plane, "pool", 0, -_HEADER, whole.width, whole.height + _HEADER, upright=True)
    for lane in whole.lanes:
        _lane(plane, lane, whole.height)
    for node in whole.nodes:
        _shape_of(plane, node)
        if days := _days(node):
            _timer_shapes(plane, node, days)
    for line in whole.lines:
        _edge(plane, line)
    for group in whole.groups:
        shape = _shape(plane, group.id, group.x, group.y, group.width, group.height)
        shape.set("isExpanded", "true")
        for node in group.nodes:
            _shape_of(plane, node)
        for line in group.lines:
            _edge(plane, line)


def _lane(plane: Element, lane: Lane, height: int) -> None:
    _shape(plane, f"lajur_{lane.id}", lane.x, 0, lane.width, height, upright=True)


def _shape_of(plane: Element, node: Node) -> None:
    shape = _shape(plane, node.id, node.x, node.y, node.width, node.height)
    if node.kind in ("choice", "meeting"):
        shape.set("isMarkerVisible", "true")
    if node.kind in ("start", "end") and node.label:
        _label(shape, node.x + node.width + 4, node.middle[1] - 7, 60)


def _timer_shapes(plane: Element, node: Node, days: int) -> None:
    right, y = node.x + node.width, node.y + node.height - _TIMER
    middle = y + _TIMER // 2
    shape = _shape(plane, _timer(node), right - _TIMER // 2, y, _TIMER, _TIMER)
    _label(shape, right - 66, y + _TIMER, 64)
    end = right + _TIMER // 2 + 8
    _shape(plane, _late_end(node), end, middle - _LATE_END // 2, _LATE_END, _LATE_END)
    points = ((right + _TIMER // 2, middle), (end, middle))
    _edge(plane, Line(_timer(node), _late_end(node), points=points))


def _shape(
    plane: Element, name: str, x: int, y: int, width: int, height: int, *, upright: bool = False
) -> Element:
    shape = SubElement(plane, _tag("bpmndi:BPMNShape"), id=f"{name}_di", bpmnElement=name)
    if upright:
        shape.set("isHorizontal", "false")
    _bounds(shape, x, y, width, height)
    return shape


def _bounds(parent: Element, x: int, y: int, width: int, height: int) -> None:
    at = {"x": x, "y": y + _HEADER, "width": width, "height": height}
    SubElement(parent, _tag("dc:Bounds"), {name: str(value) for name, value in at.items()})


def _label(shape: Element, x: int, y: int, width: int) -> None:
    _bounds(SubElement(shape, _tag("bpmndi:BPMNLabel")), x, y, width, 14)


def _edge(plane: Element, line: Line) -> None:
    edge = SubElement(plane, _tag("bpmndi:BPMNEdge"), id=f"{line.id}_di", bpmnElement=line.id)
    for x, y in line.points:
        SubElement(edge, _tag("di:waypoint"), x=str(x), y=str(y + _HEADER))
    if line.label:
        _label(edge, *line.label_at, LABEL_WIDTH)


def _days(node: Node) -> int:
    """The deadline that a box shows: of a step of two hands, the last one's box."""
    if node.kind != "task" or node.role is not STEPS[node.step].owners[-1]:
        return 0
    return STEPS[node.step].working_days


def _timer(node: Node) -> str:
    return f"tenggat_{node.id}"


def _late_end(node: Node) -> str:
    return f"terlambat_{node.id}"


def _tag(name: str) -> str:
    prefix, _, local = name.partition(":")
    return f"{{{_SPACES[prefix]}}}{local}"


if __name__ == "__main__":
    sys.stdout.write(render())
