"""The SOP as BPMN: valid, whole, laid out without a clash, and with the runs of the tables."""

import importlib.util
import random
from itertools import combinations
from pathlib import Path

import lxml.etree
import pytest
from requests_service.domain.bpmn import render
from requests_service.domain.flow import flow
from requests_service.domain.sop import LEGAL_ACTS, SOP, STEPS

from services.requests.tests.told_cases import HOMES, a_case, spoil

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
DC = "{http://www.omg.org/spec/DD/20100524/DC}"
OF_TABLES = {(step.no, outcome.next_step) for step in SOP for outcome in step.outcomes.values()}
DOCUMENT = lxml.etree.fromstring(render().encode())


def with_id():
    return {each.get("id"): each for each in DOCUMENT.iter() if each.get("id")}


def test_it_is_valid_bpmn_2_0():
    # SpiffWorkflow ships the schema; it is for tests alone (LGPL).
    found = importlib.util.find_spec("SpiffWorkflow") or pytest.skip("no BPMN schema here")
    folder = Path(found.submodule_search_locations[0]) / "bpmn" / "parser" / "schema"
    schema = lxml.etree.XMLSchema(lxml.etree.parse(folder / "BPMN20.xsd"))

    schema.assertValid(DOCUMENT)


def test_every_step_stands_in_the_lane_of_its_owners():
    lanes = {
        ref.text: lane.get("name")
        for lane in DOCUMENT.iter(f"{BPMN}lane")
        for ref in lane.iter(f"{BPMN}flowNodeRef")
    }
    drawn = {
        (each.get("name"), lanes[each.get("id")])
        for each in DOCUMENT.iter(f"{BPMN}task")
        if each.get("id") in lanes
    }

    assert {
        (f"{step.no}. {step.activity}", role.label) for step in SOP for role in step.owners
    } == drawn


def test_every_outcome_of_the_tables_is_a_way_and_there_is_no_other():
    onward = {}
    for each in DOCUMENT.find(f"{BPMN}process").findall(f"{BPMN}sequenceFlow"):
        onward.setdefault(each.get("sourceRef"), []).append(each.get("targetRef"))

    def reached_from(node):
        """The next steps (None: the end), through gateways."""
        for target in onward.get(node, []):
            if target.startswith("langkah_"):
                yield int(target.split("_")[1])
            elif target.startswith("selesai_"):
                yield None
            else:
                yield from reached_from(target)

    drawn = {
        (int(node.split("_")[1]), step)
        for node in onward
        if node.startswith("langkah_")
        for step in reached_from(node)
    }

    of_tables = {(step.no, outcome.next_step) for step in SOP for outcome in step.outcomes.values()}
    assert of_tables | {(no, no + 1) for no in range(1, 5)} == drawn


def test_every_deadline_is_a_timer_that_interrupts_nothing():
    timers = {
        int(each.get("attachedToRef").split("_")[1]): each.find(f".//{BPMN}timeDuration").text
        for each in DOCUMENT.iter(f"{BPMN}boundaryEvent")
        if each.get("cancelActivity") == "false"
    }

    assert {
        no: f"P{step.working_days}D" for no, step in STEPS.items() if step.working_days
    } == timers


def test_every_legal_act_is_in_a_sub_process_beside_the_steps():
    beside = {
        task.get("name")
        for each in DOCUMENT.iter(f"{BPMN}subProcess")
        if each.get("triggeredByEvent") == "true"
        for task in each.iter(f"{BPMN}task")
    }

    assert {f"{act.activity} ({act.role_label})" for act in LEGAL_ACTS} == beside


def test_everything_is_drawn_and_no_box_lies_on_another():
    drawn = {each.get("bpmnElement") for each in DOCUMENT.iter(f"{DI}BPMNShape", f"{DI}BPMNEdge")}
    nodes = [*flow().nodes, *(node for group in flow().groups for node in group.nodes)]

    assert {
        name for name, each in with_id().items()
        if each.tag.startswith(BPMN) and "EventDefinition" not in each.tag
        and not each.tag.endswith(("definitions", "collaboration", "process", "laneSet"))
    } == drawn  # fmt: skip
    for a, b in combinations(nodes, 2):
        beside = a.x + a.width <= b.x or b.x + b.width <= a.x
        assert beside or a.y + a.height <= b.y or b.y + b.height <= a.y, (a.id, b.id)


def test_no_line_passes_through_a_box():
    boxes = [node for node in flow().nodes if node.kind == "task"]
    for line in flow().lines:
        for (x1, y1), (x2, y2) in zip(line.points, line.points[1:], strict=False):
            for box in boxes:
                left, right = sorted((x1, x2))
                top, bottom = sorted((y1, y2))
                apart = right <= box.x or left >= box.x + box.width
                assert apart or bottom <= box.y or top >= box.y + box.height, (line.id, box.id)


def test_lines_begin_and_end_at_what_they_join():
    shapes = {}
    for each in DOCUMENT.iter(f"{DI}BPMNShape"):
        bounds = each.find(f"{DC}Bounds")
        shapes[each.get("bpmnElement")] = [
            float(bounds.get(name)) for name in ("x", "y", "width", "height")
        ]
    flows = with_id()

    for edge in DOCUMENT.iter(f"{DI}BPMNEdge"):
        line = flows[edge.get("bpmnElement")]
        points = [
            (float(p.get("x")), float(p.get("y"))) for p in edge if p.tag.endswith("waypoint")
        ]
        for (x, y), end in ((points[0], "sourceRef"), (points[-1], "targetRef")):
            left, top, width, height = shapes[line.get(end)]
            assert left <= x <= left + width
            assert top <= y <= top + height


def test_pm4py_finds_in_the_drawing_the_runs_of_the_tables(tmp_path):
    """The steps' own way: what is timed, or lies beside the steps, is not for its reader."""
    pm4py = pytest.importorskip("pm4py")
    petri = pytest.importorskip("services.requests.tests.domain.petri")
    steps_only = lxml.etree.fromstring(render().encode())
    process = steps_only.find(f"{BPMN}process")
    for each in list(process):
        name = each.get("sourceRef", "") + each.get("id", "")
        if each.tag == f"{BPMN}subProcess" or "tenggat_" in name or "terlambat_" in name:
            process.remove(each)
    steps_only.remove(steps_only.find(f"{DI}BPMNDiagram"))
    path = tmp_path / "steps.bpmn"
    path.write_bytes(lxml.etree.tostring(steps_only))
    net, start, end = pm4py.convert_to_petri_net(pm4py.read_bpmn(str(path)))

    rng = random.Random(6)
    cases = [a_case(n, rng) for n in range(60)]
    told = {_steps_of(facts) for each in cases for facts in (each, spoil(each, rng))} - {None}

    verdicts = {steps: petri.runs_on(net, start, end, _names(steps)) for steps in told}

    assert {steps: _is_a_run(steps) for steps in told} == verdicts
    assert {True, False} == set(verdicts.values())


def _is_a_run(steps):
    """Each step is led to by the one before; step 13 is done by two hands."""
    ways = OF_TABLES | {(no, no + 1) for no in range(1, 5)}
    return set(zip(steps, (*steps[1:], None), strict=True)) <= ways and steps.count(13) in (0, 2)


def _steps_of(facts):
    """The names of the steps that were done, in order; None where an act stands beside them."""
    own = [each for each in facts if each.type != "LetterIssued"]
    if any(each.type not in HOMES for each in own):
        return None
    return (1, 2, 3, 4, *(each.data["step"] for each in own))


def _names(steps):
    return [f"{no}. {STEPS[no].activity}" for no in steps]
