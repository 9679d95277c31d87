"""The page of conformance: what it shows, to whom, and that it is recorded."""

import random

import lxml.etree
import pytest
from requests_service.domain.flow import flow
from requests_service.entrypoints.conformance_shown import said

from services.requests.tests import builders as b
from services.requests.tests.application.test_requests import submit
from services.requests.tests.audit.test_conformance_tables import CONFORMANCE, store
from services.requests.tests.audit.test_projections import bring_up
from services.requests.tests.conftest import PASSWORD
from services.requests.tests.entrypoints.test_pages import Browser
from services.requests.tests.told_cases import a_case

pytestmark = pytest.mark.servers
THE_YEAR = "/audit/kesesuaian?since=2026-01-01&until=2027-12-31"


@pytest.fixture
def sign_in(app, client, clock_at):
    def sitting(role: str) -> Browser:
        app.accounts.add(
            username=role, name=f"Petugas {role}", role=role, password=PASSWORD, by=b.OPERATOR
        )
        browser = Browser(client)
        browser.get("/masuk").send("/masuk", username=role, password=PASSWORD)
        return browser

    return sitting


@pytest.fixture
def auditor(sign_in) -> Browser:
    return sign_in("auditor")


@pytest.fixture
def judged(app):
    """Thirty cases, in the first of which the wrong role acted; its register number."""
    rng = random.Random(7)
    cases = [a_case(n, rng) for n in range(1, 31)]
    cases[0][1] = cases[0][1]._replace(role="walidata", actor="walidata-1")
    with app.pool.transaction() as cur:
        store(cur, cases)
    bring_up(app.pool, CONFORMANCE)
    return cases


def test_the_page_names_each_deviation_with_its_request(auditor, judged):
    page = auditor.get(THE_YEAR)

    assert 200 == page.status
    assert "1 penyimpangan" in page.text
    assert "Bukan pelaksananya" in page.text
    assert "/audit/permohonan/2026-0001" in page.links()


def test_the_picture_counts_what_the_log_holds(auditor, judged):
    page = auditor.get(THE_YEAR)
    labels = [each.text for each in page.page.xpath("//svg//text[contains(@class, 'label')]")]
    submitted = next(
        n for n, line in enumerate(flow().lines) if (line.step, line.next_step) == (5, 6)
    )
    before = [line for line in flow().lines[:submitted] if line.step > 4]

    assert "30" == labels[len(before)]
    assert 1 == len(page.page.xpath("//svg//g[@class='deviates']"))


def test_every_view_is_recorded_before_it_is_answered(app, auditor, judged):
    auditor.get(THE_YEAR)

    asked = app.pool.execute(
        "SELECT convert_from(state, 'UTF8')::jsonb FROM facts WHERE type = 'AuditQueried'"
    )
    assert [({"kind": "conformance", "since": "2026-01-01", "until": "2027-12-31"},)] == asked


def test_a_period_that_cannot_be_read_is_answered_in_words_and_asks_nothing(app, auditor):
    page = auditor.get("/audit/kesesuaian?since=kemarin")

    assert 422 == page.status
    assert "tahun-bulan-hari" in page.text
    assert [] == app.pool.execute("SELECT 1 FROM facts WHERE type = 'AuditQueried'")


def test_it_is_for_auditors(sign_in):
    assert 403 == sign_in("walidata").get("/audit/kesesuaian").status


def test_the_sop_can_be_downloaded_as_bpmn(client):
    answer = client.get("/sop.bpmn")

    assert "application/xml" == answer.headers["content-type"]
    assert lxml.etree.fromstring(answer.content).tag.endswith("}definitions")
    assert "/sop.bpmn" in Browser(client).get("/sop").links()


def test_the_pages_of_a_request_say_what_deviated(app, auditor, desk, clock_at):
    request_id, _ = submit(app)
    clock_at("2026-11-25T10:00+07:00")
    app.find_owner(request_id, desk.ppid, agency="dinsos")
    bring_up(app.pool, CONFORMANCE)
    bring_up(app.pool)
    auditor.get("/masuk").send("/masuk", username="auditor", password=PASSWORD)

    for address in ("/audit/permohonan/2026-0001", f"/meja/{request_id}"):
        page = auditor.get(address)
        assert "Langkah terlambat" in page.text, address
        assert "Menurut SOP: 23 November 2026. Tercatat: 25 November 2026." in page.text


def test_what_was_expected_is_said_in_words():
    told = said("next_step 7; next_due 2026-11-25; RequestGranted")

    assert "langkah berikut 7; tenggat berikut 25 November 2026; Permohonan dikabulkan" == told
