"""A file decided by two officers, where the city has chosen so."""

from dataclasses import replace

import pytest
from chassis.actor import Actor
from privacy_service.bootstrap import build_application
from privacy_service.domain import errors
from privacy_world import PEMBANTU, PEOPLE, PPID, STATISTICS, WALIDATA, World

pytestmark = pytest.mark.servers
SECOND = Actor("u-ppid-2", "ppid")


@pytest.fixture
def world(database, tmp_path):
    return World(database("privacy"), tmp_path, masking_by_two=True)


def facts_of(world):
    return [fact.type for fact in world.facts()]


def a_masked_file_that_waits(world):
    world.a_scanned_file(PEOPLE)
    world.app.mask(world.request_id, PPID, world.proposed_choices())
    world.do_jobs()


def test_a_masked_file_waits_for_another_officer_and_only_then_is_it_said(world):
    a_masked_file_that_waits(world)
    assert ("proposed", "ClearanceProposed") == (world.case["state"], facts_of(world)[-1])
    with pytest.raises(errors.SamePerson, match="petugas PPID yang lain"):
        world.app.confirm(world.request_id, PPID)
    with pytest.raises(errors.NotForYou):
        world.app.confirm(world.request_id, PEMBANTU)
    with pytest.raises(errors.NotApproved):
        world.app.released(world.request_id, WALIDATA)
    assert world.app.released(world.request_id, SECOND).data

    world.app.confirm(world.request_id, SECOND)

    told = world.facts()[-1]
    assert ("masked", "DataMasked", SECOND.id) == (world.case["state"], told.type, told.actor.id)
    assert world.case["released_digest"] == told.data["digest"]
    with pytest.raises(errors.NotReady):
        world.app.confirm(world.request_id, SECOND)


def test_the_second_officer_reads_on_the_page_what_was_masked_and_confirms_there(world):
    a_masked_file_that_waits(world)
    at = f"/privasi/{world.request_id}"

    world.sign_in(PPID)
    own = world.web.get(at).text
    world.sign_in(SECOND)
    seconds = world.web.get(at).text
    answer = world.web.post(f"{at}/setujui")

    assert "Tarik kembali" in own and f"{at}/setujui" not in own
    assert "Menunggu petugas kedua" in seconds and "Yang disamarkan" in seconds
    assert (303, "masked") == (answer.status_code, world.case["state"])


@pytest.mark.parametrize("who", [PPID, SECOND])
def test_sent_back_or_taken_back_the_choices_are_made_anew(world, who):
    world.a_scanned_file(STATISTICS)
    world.app.declare_clean(world.request_id, PPID)
    world.do_jobs()

    world.app.send_back(world.request_id, who)

    assert ("scanned", "ClearanceSentBack") == (world.case["state"], facts_of(world)[-1])
    world.app.declare_clean(world.request_id, SECOND)
    world.do_jobs()
    world.app.confirm(world.request_id, PPID)
    assert ("clean", "DataFoundClean") == (world.case["state"], facts_of(world)[-1])


def test_what_waits_can_still_be_confirmed_when_the_city_no_longer_asks_for_two(world):
    a_masked_file_that_waits(world)
    settings = replace(world.settings, city={**world.settings.city, "two_persons": {}})

    build_application(settings, world.pool).confirm(world.request_id, SECOND)

    assert "masked" == world.case["state"]
