"""The PPID and the Pemohon write to each other; officers take notes that no Pemohon reads."""

from uuid import UUID, uuid4

import pytest
from chassis.actor import Actor

from services.requests.tests import builders as b
from services.requests.tests.conftest import a_submission

pytestmark = pytest.mark.servers

QUESTION = "Apakah data per kelurahan sudah cukup untuk Anda?"
NOTE = "Sudah ditelepon; datanya ada di bidang statistik."


@pytest.fixture(autouse=True)
def _the_clock(clock_at):
    """Friday, ten in the morning in Malang."""


@pytest.fixture
def request_(client):
    return client.post("/api/requests", json=a_submission()).json()


@pytest.fixture
def headers(app):
    def of(role, agency=None):
        member = app.accounts.add(
            username=f"petugas-{uuid4().hex[:8]}", name="Petugas", role=role, agency=agency,
            password="kata-sandi-uji", by=Actor("operator", "operator"),
        )  # fmt: skip
        return {"Authorization": f"Bearer {app.accounts.session(member)}"}

    return of


def texts(client, request_, asked):
    events = client.get(f"/api/requests/{request_['id']}/events", headers=asked).json()["events"]
    return {name: text for each in events for name, text in each["texts"].items()}


def test_each_reads_what_the_other_wrote_and_nothing_moves(client, request_, headers, pool):
    ppid, pemohon = headers("ppid"), {"X-Tracking-Code": request_["tracking_code"]}
    url = f"/api/requests/{request_['id']}/write"

    asked = client.post(url, json={"text": QUESTION}, headers=ppid)
    answered = client.post(url, json={"text": "Ya, sudah cukup."}, headers=pemohon)

    assert (200, 200) == (asked.status_code, answered.status_code)
    for name in ("step", "due", "statutory_due", "waiting_for", "state"):
        assert request_[name] == answered.json()[name]
    for reader in (ppid, pemohon):
        read = texts(client, request_, reader)
        assert (QUESTION, "Ya, sudah cukup.") == (read["to_pemohon"], read["to_ppid"])
    assert not any(QUESTION.encode() in row[0].tobytes() for row in pool.execute(
        "SELECT state FROM facts"))  # fmt: skip


def test_a_note_is_for_officers_and_disturbs_nobody(client, request_, headers):
    ppid, walidata = headers("ppid"), headers("walidata")
    url = f"/api/requests/{request_['id']}"
    seen = client.get(url, headers=ppid).headers["etag"]

    noted = client.post(f"{url}/notes", json={"text": NOTE}, headers=walidata)
    moved = client.post(f"{url}/check-availability", json={"agency": "dinsos"},
                        headers={**ppid, "If-Match": seen})  # fmt: skip

    assert (200, 200) == (noted.status_code, moved.status_code)
    assert NOTE == texts(client, request_, ppid)["note"]
    pemohon = {"X-Tracking-Code": request_["tracking_code"]}
    assert "note" not in texts(client, request_, pemohon)
    told = client.get(f"{url}/events", headers=pemohon).json()["events"]
    assert "NoteTaken" not in {each["fact"] for each in told}


@pytest.mark.parametrize(
    ("role", "place", "status"),
    [
        ("walidata", "write", 403),
        ("atasan_ppid", "write", 403),
        ("auditor", "notes", 403),
        ("operator", "notes", 403),
    ],
)
def test_who_may_not_is_told_so(client, request_, headers, role, place, status):
    url = f"/api/requests/{request_['id']}/{place}"

    assert status == client.post(url, json={"text": NOTE}, headers=headers(role)).status_code


def test_a_pemohon_takes_no_notes_and_nothing_is_no_message(client, request_, headers):
    url, pemohon = f"/api/requests/{request_['id']}", {"X-Tracking-Code": request_["tracking_code"]}

    assert 403 == client.post(f"{url}/notes", json={"text": NOTE}, headers=pemohon).status_code
    assert 422 == client.post(f"{url}/write", json={"text": "  "}, headers=pemohon).status_code
    assert 422 == client.post(f"{url}/notes", json={"text": ""},
                              headers=headers("ppid")).status_code  # fmt: skip


def test_both_are_written_on_the_pages_and_the_end_of_a_request_ends_neither(
    client, request_, app, headers
):
    app.legal_acts.withdraw(UUID(request_["id"]), app.reading.pemohon_with(
        UUID(request_["id"]), request_["tracking_code"]))  # fmt: skip
    client.cookies.set("sesi", headers("ppid")["Authorization"].removeprefix("Bearer "))
    page = f"/meja/{request_['id']}"

    written = client.post(f"{page}/write", data={"text": QUESTION})
    noted = client.post(f"{page}/take-note", data={"text": NOTE})

    assert "Pesan sudah dikirim" in written.text
    assert "Pemohon tidak dapat membacanya" in noted.text
    assert QUESTION in noted.text and NOTE in noted.text
    assert b.FORM.purpose in noted.text
