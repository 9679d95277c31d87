"""The Pemohon's own papers: who is sent to `privacy` with which ticket, and what the pages show."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

import pytest
from chassis.actor import Actor
from requests_service.domain.errors import NotTheOwner, PaperNotFound, PersonForgotten, StepNotOpen
from requests_service.domain.intake import Entry
from requests_service.visible import actor_of

from services.requests.tests import builders as b
from services.requests.tests.entrypoints.test_pages import (
    Browser,
    address_of,
    citizen,
    sign_in,
    submit,
)

pytestmark = pytest.mark.servers
__all__ = ["citizen", "sign_in"]
AT = datetime(2026, 11, 20, 4, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _the_clock(clock_at):
    """Friday, ten in the morning in Malang."""


def a_request(app: Any) -> tuple[UUID, Actor]:
    """By the form; with its Pemohon."""
    request_id = UUID(app.submit(b.IDENTITY, b.FORM)["id"])
    return request_id, app.reading._pemohon_of(request_id)


def a_paper(app: Any, request_id: UUID, by: Actor) -> dict[str, str]:
    """As `privacy` reports it, twice; its id, kind and digest."""
    told = {"paper_id": str(uuid4()), "kind": "surat_kuasa", "digest": b.ORIGINAL}
    how = {"because_of": told["paper_id"], "at": AT}
    for _ in range(2):
        app.reports.record_paper(request_id, by, **told, size=100, format="pdf", **how)
    return told


def claims_in(app: Any, location: str, purpose: str) -> dict[str, Any]:
    (ticket,) = parse_qs(urlsplit(location).query)["tiket"]
    return app._tokens.verify(ticket, purpose=purpose, issuer="requests")


def test_from_the_receipt_to_the_papers_on_both_pages_and_who_opened_them(
    app, client, citizen, sign_in
):
    number, _ = submit(citizen)
    page, at, request_id = (
        f"/permohonan/{number}",
        address_of(app, number),
        app.reading.id_of(number),
    )
    assert f"{page}/berkas" in citizen.links()

    sent = claims_in(app, citizen.get(f"{page}/berkas").location, "paper")

    siti = app.reading._pemohon_of(request_id)
    assert (str(request_id), number, siti.id, siti.id, "pemohon") == tuple(
        sent[name] for name in ("request_id", "register_number", "person_id", "by", "role")
    )
    assert page == Browser(client).get(f"{page}/berkas").location
    before = app.reading.get(request_id, siti)
    told = a_paper(app, request_id, siti)
    assert before == app.reading.get(request_id, siti)
    papers = citizen.get(page).page.xpath("//li[span[contains(., 'PDF')]]")
    assert ["Surat kuasa"] == [paper.text.strip() for paper in papers]

    ppid = sign_in("ppid").get(at)
    opening = f"{at}/berkas/{told['paper_id']}"
    assert opening in [form.get("action") for form in ppid.page.forms]
    assert f"{at}/berkas" not in ppid.links()
    opened = claims_in(app, ppid._send("POST", opening).headers["location"], "paper-read")
    assert (told["paper_id"], "ppid") == (opened["paper_id"], opened["role"])
    officer = Actor(opened["by"], "ppid")
    app.reports.record_paper_read(request_id, officer, **told, because_of="opened", at=AT)

    citizen.get(page).send(f"{page}/data-saya")
    readings = citizen.page.xpath("//td[@data-label='Yang dibaca']/text()")
    assert "Surat kuasa" in readings
    assert "dibuka" not in citizen.get(page).text.partition("Riwayat")[2]


def test_papers_are_opened_by_the_ppid_and_by_the_agency_while_the_request_is_with_it(app, desk):
    request_id, siti = a_request(app)
    paper_id = a_paper(app, request_id, siti)["paper_id"]

    assert app.papers.opening_ticket(request_id, paper_id, desk.ppid)
    app.find_owner(request_id, desk.ppid, agency="diskopindag")
    assert not app.papers.may_open(request_id, desk.diskopindag)
    app.forward(request_id, desk.ppid)
    assert app.papers.opening_ticket(request_id, paper_id, desk.diskopindag)
    for other in (desk.dinsos, desk.walidata, Actor("auditor-1", "auditor"), siti):
        with pytest.raises(NotTheOwner):
            app.papers.opening_ticket(request_id, paper_id, other)
    with pytest.raises(PaperNotFound):
        app.papers.opening_ticket(request_id, str(uuid4()), desk.ppid)


def test_papers_of_the_first_request_are_opened_on_its_parts_by_who_has_the_part(app, desk):
    request_id, siti = a_request(app)
    paper_id = a_paper(app, request_id, siti)["paper_id"]
    wanted = {"data_wanted": "Jumlah penerima bantuan sosial", "kept": "Jumlah UMKM"}
    told = app.parting.split_off(request_id, desk.ppid, **wanted)
    part_id = app.reading.id_of(told["parts"][-1])
    own = a_paper(app, part_id, app.reading._pemohon_of(part_id))["paper_id"]
    app.find_owner(part_id, desk.ppid, agency="dinsos")
    app.forward(part_id, desk.ppid)

    listed = [each.paper_id for each in app.papers.of(part_id, desk.dinsos)]
    ticket = app.papers.opening_ticket(part_id, paper_id, desk.dinsos)

    assert [paper_id, own] == listed
    opened = app._tokens.verify(ticket, purpose="paper-read", issuer="requests")
    assert str(request_id) == opened["request_id"]
    assert [paper_id] == [each.paper_id for each in app.papers.of(request_id, desk.ppid)]
    for elsewhere, paper in ((request_id, paper_id), (part_id, paper_id)):
        with pytest.raises(NotTheOwner):
            app.papers.opening_ticket(elsewhere, paper, desk.diskopindag)


def test_papers_are_sent_while_the_request_is_open_and_by_the_ppid_for_what_came_by_letter(
    app, desk
):
    request_id, siti = a_request(app)
    entry = Entry(actor_of(desk.ppid), app.today().day)
    by_letter = UUID(app.submit(b.IDENTITY, replace(b.FORM, channel="surat"), entry=entry)["id"])

    assert app.papers.may_send(by_letter, desk.ppid)
    others = ((desk.ppid, request_id), (siti, by_letter), (desk.walidata, by_letter))
    for who, which in others:
        with pytest.raises(NotTheOwner):
            app.papers.sending_ticket(which, who)
    app.legal_acts.withdraw(request_id, siti)
    with pytest.raises(StepNotOpen, match="sudah selesai"):
        app.papers.sending_ticket(request_id, siti)


def test_while_an_objection_is_heard_papers_are_taken_after_the_end_too(app, desk):
    request_id, siti = a_request(app)
    app.refusing.refuse(request_id, desk.ppid, refusal=b.NOT_HELD)
    app.notify_refusal(request_id, desk.ppid)
    assert not app.papers.may_send(request_id, siti)

    app.legal_acts.lodge_objection(
        request_id, siti, ground="penolakan", case="Data itu ada pada dinas ini."
    )

    assert app.papers.may_send(request_id, siti)


def test_nothing_is_opened_after_the_person_was_erased(app, desk):
    request_id, siti = a_request(app)
    paper_id = a_paper(app, request_id, siti)["paper_id"]
    app.legal_acts.withdraw(request_id, siti)
    app.forgetting.ask(request_id, siti)
    app.forgetting.decide(request_id, desk.ppid, decision="dikabulkan")

    assert not app.papers.may_open(request_id, desk.ppid)
    with pytest.raises(PersonForgotten):
        app.papers.opening_ticket(request_id, paper_id, desk.ppid)
