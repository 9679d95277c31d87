"""Plh, Plt and substitutes: in another's office for a while, checked whenever they act."""

from datetime import date
from uuid import UUID

import pytest
from chassis import log
from chassis.actor import Actor
from chassis.relay import message_of
from requests_service.adapters.published import PUBLISHED
from requests_service.domain import errors

from services.requests.tests.conftest import PASSWORD, a_submission

pytestmark = pytest.mark.servers

RANK, NIP, NIP_TYPED = "Penata (III/c)", "198001012005011001", "19800101 200501 1 001"
ATASAN = Actor("atasan-1", "atasan_ppid")


@pytest.fixture(autouse=True)
def _the_clock(clock_at):
    """Friday, 20 November 2026."""


@pytest.fixture
def rudi(app):
    """A Walidata."""
    return app.accounts.add(username="rudi", name="Rudi", role="walidata", password=PASSWORD,
                            by=Actor("operator", "operator"))  # fmt: skip


def appoint(app, **other):
    told = {
        "capacity": "plh",
        "role": "ppid",
        "agency": None,
        "decree": "800.1.11/12/2026",
        "first_day": date(2026, 11, 20),
        "last_day": date(2026, 11, 24),
    }
    return app.accounts.acting.appoint("rudi", other.pop("by", ATASAN), **told | other)


def headers(app, staff_id, appointment=None):
    member = app.accounts.member(staff_id, appointment)
    return {"Authorization": f"Bearer {app.accounts.session(member)}"}


def check(client, request_id, asked):
    url = f"/api/requests/{request_id}/check-availability"
    return client.post(url, json={"agency": "dinsos"}, headers=asked)


def test_an_acting_officer_acts_in_that_office_and_every_fact_says_so(app, client, rudi):
    appointment = appoint(app)
    request_id = client.post("/api/requests", json=a_submission()).json()["id"]

    own = check(client, request_id, headers(app, rudi.id))
    acting = check(client, request_id, headers(app, rudi.id, appointment.id))

    assert (403, 200) == (own.status_code, acting.status_code)
    events = client.get(
        f"/api/requests/{request_id}/events", headers=headers(app, rudi.id, appointment.id)
    ).json()["events"]
    assert ("ppid", "plh", "Rudi") == tuple(
        events[-1][name] for name in ("by_role", "capacity", "by_name")
    )
    assert events[0]["capacity"] is None


def test_what_an_acting_officer_did_is_told_so_to_other_services_and_the_pemohon(app, client, rudi):
    appointment = appoint(app)
    told = client.post("/api/requests", json=a_submission()).json()
    request_id, number, code = (told[name] for name in ("id", "register_number", "tracking_code"))
    check(client, request_id, headers(app, rudi.id, appointment.id))
    submitted, checked = log.stream(app.pool, UUID(request_id))

    heard = [message_of(fact, "requests", PUBLISHED) for fact in (submitted, checked)]
    assert [None, "plh"] == [message.actor.capacity for message in heard]
    asked = {"register_number": number, "tracking_code": code}
    page = client.post("/permohonan/lacak", data=asked, follow_redirects=True).text
    assert "Plh. PPID" in page and "Rudi" not in page


def test_a_letter_is_signed_by_the_acting_officer_who_decided_or_by_who_stands_in(
    app, client, rudi, letters_tokens
):
    request_id = client.post("/api/requests", json=a_submission()).json()["id"]
    token = letters_tokens.sign({}, purpose="service", seconds=60)

    def signer(**asked):
        return client.get(
            f"/api/requests/{request_id}/pemohon",
            params=asked,
            headers={"Authorization": f"Bearer {token}"},
        ).json()["signer"]

    assert signer(office="ppid") is None
    appointment = appoint(app)
    appoint(app, role="ppid_pembantu", agency="dinkes", capacity="plt", rank=RANK, nip=NIP_TYPED)
    plh = {"capacity": "plh", "name": "Rudi"}
    plt = {"capacity": "plt", "name": "Rudi", "rank": RANK, "nip": NIP}
    assert [plh, plh] == [signer(office="ppid"), signer(office="ppid", officer=rudi.id)]
    assert plt == signer(office="ppid_pembantu", agency="dinkes")
    assert [None] * 4 == [
        signer(),
        signer(office="ppid", officer="somebody-else"),
        signer(office="ppid_pembantu", agency="dinsos"),
        signer(office="atasan_ppid"),
    ]
    app.accounts.acting.end(UUID(appointment.id), ATASAN)
    appoint(app, capacity="pengganti")
    assert signer(office="ppid") is None


def test_nobody_signs_whose_account_was_disabled(app, rudi):
    appointment = appoint(app)
    assert appointment.id == app.accounts.acting.signer("ppid", None, None).id

    app.accounts.disable(rudi.username, Actor("operator-1", "operator"))

    assert app.accounts.acting.signer("ppid", None, None) is None
    assert [] == app.accounts.acting.in_force(rudi.id)


def test_after_its_last_day_the_next_command_is_refused_with_the_same_session(
    app, client, rudi, clock_at
):
    appointment = appoint(app, last_day=date(2026, 11, 20))
    clock_at("2026-11-20T23:30+07:00")
    request_id = client.post("/api/requests", json=a_submission()).json()["id"]
    asked = headers(app, rudi.id, appointment.id)

    assert 200 == client.get(f"/api/requests/{request_id}", headers=asked).status_code
    clock_at("2026-11-21T00:00+07:00")

    assert 401 == check(client, request_id, asked).status_code
    assert app.accounts.member(rudi.id, appointment.id) is None
    assert "walidata" == app.accounts.member(rudi.id).role


def test_ended_early_it_ends_at_once_and_once(app, client, rudi):
    appointment = appoint(app)
    request_id = client.post("/api/requests", json=a_submission()).json()["id"]
    asked = headers(app, rudi.id, appointment.id)

    app.accounts.acting.end(UUID(appointment.id), ATASAN)

    assert 401 == check(client, request_id, asked).status_code
    with pytest.raises(errors.AppointmentInvalid, match="sudah berakhir"):
        app.accounts.acting.end(UUID(appointment.id), ATASAN)
    facts = log.stream(app.pool, UUID(appointment.id))
    assert ["ActingAppointed", "ActingEnded"] == [fact.type for fact in facts]
    told = message_of(facts[-1], "requests", PUBLISHED)
    assert (appointment.id, {"staff_id": rudi.id}) == (told.subject, told.data)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"capacity": "bos"}, "Plh, Plt"),
        ({"role": "auditor"}, "jabatan"),
        ({"role": "ppid_pembantu"}, "perangkat daerah"),
        ({"agency": "dinsos"}, "perangkat daerah"),
        ({"decree": " "}, "surat perintah"),
        ({"last_day": date(2026, 11, 19)}, "Hari terakhir"),
        ({"last_day": date(2028, 11, 19)}, "satu tahun"),
        ({"rank": "<b>Pembina"}, "pangkat"),
        ({"nip": "1970"}, "18 angka"),
    ],
)
def test_what_is_no_appointment_is_refused_in_a_sentence(app, rudi, wrong, words):
    with pytest.raises(errors.AppointmentInvalid, match=words):
        appoint(app, **wrong)

    assert [] == app.accounts.acting.all()


def test_only_the_superior_and_the_operator_appoint(app, rudi):
    with pytest.raises(errors.NotTheOwner):
        appoint(app, by=Actor(rudi.id, "walidata"))


def test_whoever_holds_two_offices_chooses_at_the_page_and_may_go_back(app, client, rudi):
    appointment = appoint(app)
    signed_in = client.post(
        "/masuk", data={"username": "rudi", "password": PASSWORD}, follow_redirects=False
    )
    assert "/masuk" == signed_in.headers["location"]
    page = client.get("/masuk").text
    assert "Plh. PPID" in page and "800.1.11/12/2026" in page

    client.post("/masuk/jabatan", data={"penunjukan": appointment.id}, follow_redirects=False)
    assert "Plh. PPID" in client.get("/meja").text
    client.post("/masuk/jabatan", data={}, follow_redirects=False)
    assert "Plh. PPID" not in client.get("/meja").text


def test_the_superior_appoints_and_ends_on_the_page(app, client, rudi):
    chief = app.accounts.add(username="sekda", name="Sekda", role="atasan_ppid", password=PASSWORD,
                             by=Actor("operator", "operator"))  # fmt: skip
    client.cookies.set("sesi", app.accounts.session(chief))
    typed = {"username": "rudi", "capacity": "plt", "role": "ppid", "decree": "800/1",
             "first_day": "2026-11-20", "last_day": "2026-11-30", "rank": RANK,
             "nip": NIP_TYPED}  # fmt: skip

    refused = client.post("/meja/penunjukan", data=typed | {"decree": ""})
    made = client.post("/meja/penunjukan", data=typed)

    assert (422, 200) == (refused.status_code, made.status_code)
    assert "surat perintah" in refused.text and 'value="2026-11-30"' in refused.text
    assert "Plt. PPID" in made.text
    assert RANK in made.text and f"NIP {NIP}" in made.text
    [appointment] = app.accounts.acting.all()
    [fact] = log.stream(app.pool, UUID(appointment.id))
    assert NIP not in str(fact) and RANK not in str(fact)
    client.post(f"/meja/penunjukan/{appointment.id}/akhiri")
    assert app.accounts.acting.in_force(rudi.id) == []
