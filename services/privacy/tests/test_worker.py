"""What privacy hears, and that it takes what `requests` really says."""

import json
from pathlib import Path

import pytest
from chassis.nameko import heard_by
from privacy_service.adapters.published import PUBLISHED
from privacy_service.entrypoints.worker import Worker
from privacy_world import World

REQUESTS = Path(__file__).parents[2] / "requests" / "contracts"
HEARD = sorted(heard_by(Worker))

NOT_OF_A_REQUEST = {"PersonErased", "StaffDisabled", "ActingEnded"}


def test_all_that_is_heard_comes_from_requests():
    assert {"requests"} == {source for source, _ in HEARD}
    papers = {"PaperReceived", "PaperRead"}
    files = {"OriginalRead", "ClearanceProposed", "ClearanceSentBack"}
    files |= {"DataMasked", "DataFoundClean"}
    assert papers | files | {"PersonForgotten"} == set(PUBLISHED)


@pytest.mark.servers
@pytest.mark.parametrize("fact", [fact for _, fact in HEARD if fact not in NOT_OF_A_REQUEST])
def test_the_publishers_own_example_is_taken(database, tmp_path, fact):
    world = World(database("privacy"), tmp_path)
    example = json.loads((REQUESTS / f"{fact}.v1.example.json").read_text(encoding="utf-8"))

    world.hear(fact, **example)

    case = world.app._case_if_any(world.request_id)
    assert (example["register_number"], example["step"]) == (case["register_number"], case["step"])
