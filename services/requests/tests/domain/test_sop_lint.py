"""The linter of the SOP's table: how long its ways are, and what would make it unworkable."""

from dataclasses import replace

from requests_service.domain.events import RequestGranted
from requests_service.domain.roles import Role
from requests_service.domain.sop import SOP, by
from requests_service.domain.sop_lint import lint, ways


def words(**asked) -> str:
    return " ".join(each.words for each in lint(**asked) if each.wrong)


def test_the_ways_of_the_paper_take_20_16_13_11_7_and_4_working_days():
    assert [20, 16, 13, 11, 7, 4] == [way.days for way in ways()]


def test_every_way_past_the_law_says_at_which_step_and_when_the_notice_must_go_out():
    found = {each.words.split(":")[0]: each for each in lint()}

    granted = found["way 6-7-8-9-10-11-12-13"]
    assert not granted.wrong
    assert "10 are used up at step 9" not in granted.words
    assert "10 are used up at step 10, its 17 with an extension at step 13" in granted.words
    assert "at step 8 by day 7" in granted.words
    assert 4 == len(found)


def test_a_decision_after_the_law_s_ten_days_is_wrong():
    assert "decided by day 12 (step 8)" in words(budgets={8: 8})
    assert "" == words()


def test_a_table_that_nobody_can_follow_to_its_end_is_wrong():
    dead_end = [replace(step, outcomes={}) if step.no == 14 else step for step in SOP]
    lost = [
        replace(step, outcomes={RequestGranted: by(Role.PPID_PEMBANTU, 99)})
        if step.no == 8
        else step
        for step in SOP
    ]

    assert "step 14 has no way out" in words(table=dead_end)
    assert "RequestGranted leads to step 99, which is not there" in words(table=lost)
    assert "no outcome leads to step 14" in words(table=lost)
    assert "step 17 has a budget but is not in the table" in words(budgets={17: 1})
