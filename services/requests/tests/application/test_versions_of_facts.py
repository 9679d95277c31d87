"""A fact whose class has changed since it was stored."""

from uuid import uuid4

import pytest
from chassis import clock
from chassis.actor import Actor
from chassis.event_store import Recorder
from chassis.log import append_statement
from eventsourcing.domain import Aggregate
from eventsourcing.persistence import EventStore
from eventsourcing.utils import register_topic
from requests_service.adapters.plain_mapper import PlainMapper

pytestmark = pytest.mark.servers
ANI = Actor("ani", "clerk")


class DoorMeasured(Aggregate.Event):
    """Version 1 had `width_mm`; version 2 has `width_cm`, and says who measured."""

    TOPIC = "DoorMeasured"
    class_version = 2

    width_cm: int
    measured_by: str | None

    @staticmethod
    def upcast_v1_v2(state):
        state["width_cm"] = state.pop("width_mm") // 10
        state["measured_by"] = None


register_topic(DoorMeasured.TOPIC, DoorMeasured)


def test_a_fact_stored_in_its_first_version_is_read_as_one_of_the_second(database):
    pool, door = database("requests"), uuid4()
    state = b'{"timestamp":"2026-11-20T01:00:00+00:00","width_mm":900}'
    row = (door, 1, "DoorMeasured", 1, state)
    pool.execute(*append_statement([row], ANI, clock.now(), None, None, None))

    (measured,) = EventStore(PlainMapper(), Recorder(pool)).get(door)

    assert (90, None, "2026-11-20") == (
        measured.width_cm,
        measured.measured_by,
        measured.timestamp.date().isoformat(),
    )
    assert [(1, state)] == _stored(pool, door)


def test_a_fact_is_stored_with_its_version_and_read_back_without_being_changed(database):
    pool, door = database("requests"), uuid4()
    store = EventStore(PlainMapper(), Recorder(pool))
    measured = DoorMeasured(
        originator_id=door,
        originator_version=1,
        timestamp=clock.now(),
        width_cm=90,
        measured_by="ani",
    )

    store.put([measured], actor=ANI)

    assert [measured] == list(store.get(door))
    assert [2] == [version for version, _ in _stored(pool, door)]


def _stored(pool, stream):
    rows = pool.execute("SELECT type_version, state FROM facts WHERE stream = %s", (stream,))
    return [(version, bytes(state)) for version, state in rows]
