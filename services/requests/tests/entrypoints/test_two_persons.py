"""Refusals by two officers, where the city has chosen so: on the pages and over the API."""

import threading
from dataclasses import replace
from uuid import UUID

import pytest
from chassis.actor import Actor
from chassis.sessions import SESSION_COOKIE
from chassis.settings import SettingsError
from fastapi.testclient import TestClient
from requests_service.bootstrap import build_application
from requests_service.domain import errors
from requests_service.entrypoints.web import build_web
from satudata import doctor

from services.requests.tests import builders as b
from services.requests.tests.conftest import PASSWORD, settings_for
from services.requests.tests.entrypoints.test_pages import Browser, act

pytestmark = pytest.mark.servers


@pytest.fixture(autouse=True)
def _the_clock(clock_at):
    """Friday, ten in the morning in Malang."""


def by_two(pool, answer=True):
    settings = settings_for("requests", pool)
    return replace(settings, city={**settings.city, "two_persons": {"refusals": answer}})


@pytest.fixture
def app(pool):
    with build_application(by_two(pool), pool) as application:
        yield application


@pytest.fixture
def client(pool):
    with TestClient(build_web(by_two(pool), pool)) as web:
        yield web


def test_one_proposes_on_the_page_and_a_colleague_reads_it_and_confirms(app, client, ppid_account):
    told = app.submit(b.IDENTITY, b.FORM)
    request_id, at = UUID(told["id"]), f"/meja/{told['id']}"
    siti = Actor(str(app.reading.pemohon_with(request_id, told["tracking_code"]).id), "pemohon")
    second = app.accounts.add(
        username="ppid2", name="Ibu Wulan", role="ppid", password=PASSWORD,
        by=Actor("setup", "operator"),
    )  # fmt: skip
    ppid = Browser(client)
    ppid.get("/masuk").send("/masuk", username="ppid", password=PASSWORD)

    typed = {"reason_code": "tidak_dikuasai", "narrative": b.NARRATIVE}
    ppid.get(at).send(f"{at}/refuse", **typed)

    assert "Usulan putusan sudah dicatat dan menunggu petugas kedua" in ppid.text
    assert "Yang menyetujuinya petugas lain dari kantor yang sama." in ppid.text
    app.submit(b.IDENTITY, b.FORM)
    assert "putusan menunggu petugas kedua" in ppid.get("/meja").text
    assert "2026-0002" in ppid.text and "menunggu petugas kedua" in ppid.text
    ppid.get("/meja?usulan=ya")
    assert "2026-0001" in ppid.text and "2026-0002" not in ppid.text
    headers = {"Authorization": f"Bearer {app.accounts.session(second)}"}
    found = client.get("/api/requests?proposed=true", headers=headers).json()["items"]
    assert ["2026-0001"] == [each["register_number"] for each in found]
    assert (6, "open") == (app.reading.get(request_id, siti)["step"], told["state"])
    assert "DecisionProposed" not in {each.fact for each in app.reading.timeline(request_id, siti)}
    assert b.NARRATIVE not in str(app.holding.held(request_id, siti))
    assert "Setujui usulan putusan" not in ppid.get(at).text

    ppid.send("/keluar").get("/masuk").send("/masuk", username="ppid2", password=PASSWORD)
    ppid.get(at)
    assert "Petugas ppid, 20 November 2026" in ppid.text and b.NARRATIVE in ppid.text
    act(ppid, at, "confirm-refusal")

    facts = [(each.fact, each.by_name) for each in app.reading.timeline(request_id, ppid_account)]
    assert [
        ("DecisionProposed", "Petugas ppid"),
        ("RefusalConfirmed", second.name),
        ("RequestRefused", second.name),
    ] == facts[-3:]


def test_sent_back_over_the_api_the_request_can_be_decided_anew(
    app, client, desk, consequence_test
):
    told = app.submit(b.IDENTITY, b.FORM)
    request_id = UUID(told["id"])
    colleague = app.accounts.add(
        username="kop2", name="Pak Danu", role="ppid_pembantu", agency="diskopindag",
        password=PASSWORD, by=Actor("setup", "operator"),
    )  # fmt: skip
    app.find_owner(request_id, desk.ppid, agency="diskopindag")
    app.forward(request_id, desk.ppid)
    refusal = b.Refusal(
        "pasal_17_b", b.NARRATIVE, None, app.consequence_tests.one(consequence_test)
    )
    parts = {"refused_parts": "Nama pemilik usaha", "refusal": refusal}

    proposed = app.refusing.grant_in_part(request_id, desk.diskopindag, **parts)
    headers = {"Authorization": f"Bearer {app.accounts.session(colleague)}"}
    page = client.get(f"/meja/{request_id}", cookies={SESSION_COOKIE: headers["Authorization"][7:]})
    back = client.post(
        f"/api/requests/{request_id}/send-back-refusal",
        json={"words": "Nama pemilik usaha sudah terbuka untuk umum."}, headers=headers,
    )  # fmt: skip
    again = client.post(f"/api/requests/{request_id}/confirm-refusal", json={}, headers=headers)

    assert (8, None) == (proposed["step"], proposed["decision"])
    assert "mengusulkan pemberian sebagian pada 20 November 2026" in page.text
    assert "Setujui usulan" in page.text and "Nama pemilik usaha" in page.text
    assert (200, 8) == (back.status_code, back.json()["step"])
    assert (409, "Tidak ada usulan putusan yang menunggu petugas kedua.") == (
        again.status_code, again.json()["title"],
    )  # fmt: skip
    assert 9 == app.grant(request_id, desk.diskopindag)["step"]


def proposed_by(app, who):
    """A request whose refusal at step 6 waits."""
    request_id = UUID(app.submit(b.IDENTITY, b.FORM)["id"])
    app.refusing.refuse(request_id, who, refusal=b.NOT_HELD)
    return request_id


def test_of_two_colleagues_who_confirm_at_once_one_refuses_and_the_others_are_told(app, desk):
    request_id, outcomes = proposed_by(app, desk.ppid), []

    def confirm(who):
        try:
            app.refusing.confirm(request_id, who)
            outcomes.append("refused")
        except (errors.NoProposal, errors.StepNotOpen):
            outcomes.append("told")

    threads = [
        threading.Thread(target=confirm, args=(Actor(f"ppid-{n}", "ppid"),)) for n in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    facts = [each.fact for each in app.reading.timeline(request_id, desk.ppid)]
    assert ["refused", "told", "told"] == sorted(outcomes)
    assert (1, 1) == (facts.count("RefusalConfirmed"), facts.count("RequestRefused"))


def test_what_waits_when_the_city_asks_for_one_officer_again_is_still_for_two_to_end(
    app, pool, desk
):
    request_id = proposed_by(app, desk.ppid)

    with build_application(by_two(pool, False), pool) as by_one:
        for alone in (
            lambda: by_one.refusing.refuse(request_id, desk.ppid, refusal=b.NOT_HELD),
            lambda: by_one.refusing.confirm(request_id, desk.ppid),
        ):
            with pytest.raises((errors.ProposalPending, errors.SamePerson)):
                alone()
        by_one.refusing.send_back(request_id, desk.ppid, words="Kini cukup satu petugas.")
        told = by_one.refusing.refuse(request_id, desk.ppid, refusal=b.NOT_HELD)

    assert (15, "refused") == (told["step"], told["decision"])


def test_the_doctor_names_the_offices_where_an_officer_would_be_alone(app, pool):
    assert [] == doctor._second_officers(by_two(pool, False))
    operator = Actor("setup", "operator")
    gone, *_ = [
        app.accounts.add(
            username=name, name=name, role=role, agency=agency, password=PASSWORD, by=operator
        )
        for name, role, agency in (
            ("ppid1", "ppid", None), ("ppid2", "ppid", None), ("ppid3", "ppid", None),
            ("kop1", "ppid_pembantu", "diskopindag"), ("kop2", "ppid_pembantu", "diskopindag"),
            ("sos1", "ppid_pembantu", "dinsos"),
        )
    ]  # fmt: skip
    app.accounts.disable(gone.username, by=operator)

    found = doctor._second_officers(by_two(pool))[0]

    assert not found.well and "dinsos" in found.text
    assert "diskopindag" not in found.text and "ppid" not in found.text.split("too few:")[1]
    app.accounts.disable("ppid2", by=operator)
    assert "ppid" in doctor._second_officers(by_two(pool))[0].text.split("too few:")[1]


def test_a_setting_that_is_neither_true_nor_false_stops_the_start(pool):
    with pytest.raises(SettingsError, match=r"refusals under \[two_persons\] is true or false"):
        build_application(by_two(pool, "ya"), pool)
