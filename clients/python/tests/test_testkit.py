"""The test kit: who depends on the order is found out, who does not is left in peace."""

import pytest
from satudata_events_testkit import EndsElsewhere, check, examples

from tests.contracts.published import ROOT, SERVICES, published

EVERY_TYPE = {service: list(published(service)) for service in SERVICES}


@pytest.fixture(scope="module")
def given():
    return examples(ROOT / "services", EVERY_TYPE)


def a_consumer_that_keeps_the_newest():
    steps = {}
    return lambda e: steps.update({(e.source, e.subject): e.data}), lambda: steps


def a_consumer_that_counts():
    seen = []
    return seen.append, lambda: len(seen)


def a_consumer_that_collects():
    seen = set()
    return lambda e: seen.add((e.subject, e.type)), lambda: seen


def a_consumer_that_stumbles():
    return lambda e: e.data["no_such_field"], lambda: None


def test_the_newest_of_every_published_type_ends_in_the_same_state(given):
    check(a_consumer_that_keeps_the_newest, given)


def test_who_needs_every_event_is_told_that_late_ones_are_missing(given):
    with pytest.raises(EndsElsewhere, match="backwards"):
        check(a_consumer_that_counts, given)


@pytest.mark.parametrize("make", [a_consumer_that_counts, a_consumer_that_collects])
def test_who_takes_every_event_in_any_order_ends_in_the_same_state(make, given):
    check(make, given, every=True)


def test_who_keeps_the_last_one_that_came_is_found_out(given):
    with pytest.raises(EndsElsewhere):
        check(a_consumer_that_keeps_the_newest, given, every=True)


def test_a_handler_that_raises_is_named(given):
    with pytest.raises(EndsElsewhere, match="no_such_field"):
        check(a_consumer_that_stumbles, given)
