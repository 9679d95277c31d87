"""One trace from a command over HTTP to the mail that was sent because of it."""

import httpx
import pytest
from satudata.places import SERVICES
from satudata.stories import APPLICANT, WANTED

from tests.installations import START, Embedded, nothing_under_way, wait_until

pytestmark = pytest.mark.servers
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


def traces_of(installation: Embedded, request_id: str) -> dict[str, set[str]]:
    """Each fact about the request in any log, with the traces that it stands in."""
    found: dict[str, set[str]] = {}
    for service in SERVICES:
        pool = installation.database(service)
        rows = pool.execute(
            "SELECT type, traceparent FROM facts WHERE correlation = %s", (request_id,)
        )
        pool.close()
        for type_, traceparent in rows:
            found.setdefault(f"{service}.{type_}", set()).add(traceparent.split("-")[1])
    return found


def test_a_request_and_its_receipt_and_its_mail_stand_in_the_callers_trace(
    embedded: Embedded,
) -> None:
    embedded.clock.set(START)
    answer = httpx.post(
        f"{embedded.url}/api/requests",
        json={**APPLICANT, **WANTED},
        headers={"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"},
        timeout=60,
    )
    request_id = answer.json()["id"]

    wait_until(lambda: nothing_under_way(embedded), 120, "everybody has done their part")

    traces = traces_of(embedded, request_id)
    assert {
        "requests.RequestSubmitted",
        "letters.LetterIssued",
        "requests.PersonalDataRead",
        "requests.LetterIssued",
        "notify.MailSent",
        "requests.MailSent",
    } <= set(traces)
    assert set().union(*traces.values()) == {TRACE}
    log = (embedded.folder / "var" / "log" / "jobs.log").read_text(encoding="utf-8")
    assert f'"trace": "{TRACE}"' in log


def test_a_request_without_a_trace_begins_one_of_its_own(embedded: Embedded) -> None:
    answers = [
        httpx.post(
            f"{embedded.url}/api/requests",
            json={**APPLICANT, **WANTED},
            headers={"traceparent": said} if said else {},
            timeout=60,
        )
        for said in (None, "Siti Rahmawati")
    ]

    traces = [
        traces_of(embedded, each.json()["id"])["requests.RequestSubmitted"] for each in answers
    ]
    assert len(traces[0] | traces[1]) == 2
    assert all(len(trace) == 32 and int(trace, 16) for trace in traces[0] | traces[1])
