"""The page that is printed from the tables."""

from requests_service.domain.sop import LEGAL_ACTS, SOP
from requests_service.domain.sop_page import render


def test_the_page_shows_every_row_act_and_way():
    page = render()

    for step in SOP:
        assert f"| {step.no} | {step.activity} | {step.owners_label} |" in page
        for fact, outcome in step.outcomes.items():
            assert f"`{fact.__name__}`" in page
            to = f"s{outcome.next_step}" if outcome.next_step else "selesai"
            assert any(
                line.startswith(f"  s{step.no} -->") and line.endswith(f"| {to}")
                for line in page.splitlines()
            )
    for act in LEGAL_ACTS:
        assert act.activity in page
