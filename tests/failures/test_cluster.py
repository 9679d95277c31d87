"""Stories on a cluster that breaks in the middle: a few seeded runs of `python -m tests.failures`.

Whether every promise of time is kept is measured there, on a machine that does nothing else.
"""

from collections.abc import Iterator

import pytest

from tests.failures.clustered import Clustered
from tests.failures.faults import FAULTS
from tests.failures.runs import STEPS, Runner, plan

pytestmark = [pytest.mark.servers, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clustered]:
    """One for all."""
    if why := Clustered.cannot_be_had():
        pytest.skip(why)
    cluster = Clustered(tmp_path_factory.mktemp("c"))
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.stop()


@pytest.fixture(scope="module")
def runner(cluster: Clustered) -> Runner:
    """Who breaks it."""
    return Runner(cluster)


@pytest.mark.parametrize(
    ("seed", "kind"),
    [
        (1, "broker-killed"),
        (2, "broker-partitioned"),
        (3, "database-killed"),
        (4, "database-frozen"),
    ],
)
def test_a_story_in_whose_middle_something_breaks_ends_as_if_nothing_had(runner, seed, kind):
    run = runner.run(plan(seed, [kind]))

    assert [] == run.found.wrong
    assert [kind] == [each.planned.kind for each in run.broken]
    assert all(each.back_seconds is not None for each in run.broken)


def test_the_brokers_nodes_run_with_the_settings_that_are_shipped(cluster):
    asked = (
        "[application:get_env(A, N) || {A, N} <- [{kernel, net_ticktime}, {kernel, net_setuptime},"
        " {aten, poll_interval}]]."
    )

    assert "[{ok,5},{ok,2},{ok,1000}]" in cluster.rabbits.any_node().control("eval", asked)


def test_the_same_seed_says_the_same():
    assert plan(17) == plan(17)
    assert plan(17) != plan(18)


def test_every_kind_of_fault_comes_in_as_many_runs_as_there_are_kinds():
    first = {fault.kind for seed in range(len(FAULTS)) for fault in plan(seed).faults}

    assert set(FAULTS) == first


def test_each_fault_is_planned_at_a_step_of_the_story_it_happens_in():
    for each in map(plan, range(200)):
        assert {fault.step for fault in each.faults} <= set(STEPS[each.endings[0]])
