"""A reader of the log that fails and goes on."""

import threading
from typing import Any

import pytest
from chassis.postgres import Pool
from requests_service.following import Follower

from services.requests.tests.sealing.waiting import wait_until

pytestmark = pytest.mark.servers


def test_a_reader_that_went_on_does_not_wait_longer_for_what_failed_before(pool: Pool) -> None:
    would_wait: list[float] = []

    def step(cur: Any) -> bool:
        would_wait.append(follower.retries_after_seconds)
        if len(would_wait) == 1:
            raise OSError("the database is away")
        return False

    follower = Follower(pool, "sealer", step, pause_seconds=0.01)
    follower.start()
    wait_until(lambda: len(would_wait) >= 3)
    follower.stop()

    at_first, after_a_failure, after_it_went_well = would_wait[:3]
    assert at_first < after_a_failure
    assert at_first == after_it_went_well


def test_a_reader_that_sleeps_long_ends_when_it_is_told_to(pool: Pool) -> None:
    looked: list[bool] = []

    def step(cur: Any) -> bool:
        looked.append(True)
        return False

    follower = Follower(pool, "clocks", step, pause_seconds=3600)
    follower.start()
    wait_until(lambda: looked)
    follower.stop(60)

    assert [] == [each for each in threading.enumerate() if each.name == "clocks"]
