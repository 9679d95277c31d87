"""Help for a Pemohon: what the tables say, in their words."""

import pytest
from requests_service.domain.choices import GROUNDS
from requests_service.domain.sop import SOP

from services.requests.tests.entrypoints.test_pages import citizen

pytestmark = pytest.mark.servers
__all__ = ["citizen"]


def test_help_tells_every_step_ground_and_day_of_the_tables(citizen):
    told = citizen.get("/permohonan/bantuan")

    assert 200 == told.status
    for step in SOP:
        assert (f"{step.no}. {step.activity}" in told.text) == (step.working_days > 0)
    for ground in GROUNDS.values():
        assert ground.text in told.text
    for words in ("paling lambat 10 hari kerja", "paling lama 7 hari kerja", "selama 30 hari"):
        assert words in told.text
    assert "Layanan ini tidak memungut biaya." in told.text
    for page in ("/permohonan", "/permohonan/formulir", "/permohonan/lacak"):
        assert "/permohonan/bantuan" in citizen.get(page).links()
    assert "/permohonan/bantuan" in citizen.get("/sop").page.xpath("//footer//a/@href")
