"""Consequence tests by page and API: recorded and ended by the PPID, cited by refusals."""

from uuid import UUID

import pytest
from chassis import log

from services.requests.tests import builders as b
from services.requests.tests.conftest import PASSWORD
from services.requests.tests.entrypoints.test_pages import Browser

pytestmark = pytest.mark.servers
TYPED = {
    "information": b.TESTED.information,
    "exceptions": "b",
    "if_opened": b.TESTED.if_opened,
    "if_closed": b.TESTED.if_closed,
    "decree": b.TESTED.decree,
    "decree_on": "2026-01-15",
    "valid_from": "2026-01-15",
}
HOME = "/meja/uji-konsekuensi"


@pytest.fixture(autouse=True)
def _the_clock(clock_at):
    """Friday, ten in the morning in Malang."""


@pytest.fixture
def ppid(client, ppid_account):
    browser = Browser(client)
    return browser.get("/masuk").send("/masuk", username="ppid", password=PASSWORD)


def test_the_ppid_records_cites_and_ends_one_on_the_pages(app, client, pool, ppid):
    at = f"/meja/{app.submit(b.IDENTITY, b.FORM)['id']}"
    refusal = {"reason_code": "pasal_17_b", "narrative": b.NARRATIVE}
    ppid.get(at).send(f"{at}/refuse", reason_code="tidak_dapat_disamarkan")
    ppid.get(at).send(f"{at}/refuse", **refusal)
    assert ppid.status == 422
    assert ppid.page.xpath("//form[@id='refuse']//*[@aria-invalid]/@name") == ["consequence_test"]

    ppid.get(f"{HOME}/baru").send(f"{HOME}/baru", **TYPED)
    assert "UK-2026-001" in ppid.text and "sudah dicatat" in ppid.text
    ppid.get(at).send(f"{at}/refuse", consequence_test="UK-2026-001", **refusal)
    assert f"Uji konsekuensi UK-2026-001, {b.TESTED.decree}." in ppid.text
    ppid.get(f"{HOME}/UK-2026-001").send(f"{HOME}/UK-2026-001/cabut", reason="Sudah terbuka.")
    assert ppid.status == 422
    ppid.send(f"{HOME}/UK-2026-001/cabut", reason="Informasinya sudah diumumkan pada tahun ini.")

    assert "sudah dicabut" in ppid.text
    assert "UK-2026-001" not in ppid.get(HOME).text
    assert "dicabut" in ppid.get(f"{HOME}?berlaku=").text
    told = [fact.type for fact in facts_of(pool)]
    assert ["ConsequenceTestRecorded", "ConsequenceTestEnded"] == told


def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(ppid):
    ppid.get(f"{HOME}/baru").post(f"{HOME}/baru", TYPED | {"decree": "", "decree_on": "kemarin"})
    assert ppid.status == 422 and "Tanggal surat penetapan wajib diisi" in ppid.text

    ppid.post(f"{HOME}/baru", TYPED | {"decree": "", "exceptions": ["b", "j"]})

    assert ppid.page.xpath("//*[@aria-invalid]/@name") == ["other_law", "decree"]
    assert ppid.page.get_element_by_id("f-if_opened").value.strip() == b.TESTED.if_opened


def test_only_the_ppid_records_and_each_agency_is_offered_its_own(app, client, desk):
    def headers(role, agency=None):
        member = app.accounts.add(username=agency or role, name="Petugas", role=role,
                                  agency=agency, password=PASSWORD, by=desk.ppid)  # fmt: skip
        return {"Authorization": f"Bearer {app.accounts.session(member)}"}

    place = "/api/requests/consequence-tests"
    ppid, dinsos = headers("ppid"), headers("ppid_pembantu", "dinsos")
    body = TYPED | {"exceptions": ["b"], "agency": "diskopindag"}

    assert 403 == client.post(place, json=body, headers=dinsos).status_code
    assert 403 == client.get(place, headers=headers("operator")).status_code
    first = client.post(place, json=body, headers=ppid)
    second = client.post(place, json=body | {"agency": None}, headers=ppid).json()
    assert (201, "UK-2026-001") == (first.status_code, first.json()["number"])
    wrong = client.post(place, json=body | {"exceptions": ["x"], "agency": "kua"}, headers=ppid)
    assert ["exceptions", "agency"] == [each["field"] for each in wrong.json()["errors"]]

    offered = client.get(f"{place}?in_force=true&exception=b", headers=dinsos).json()["items"]
    assert [second["number"]] == [each["number"] for each in offered]
    assert 404 == client.get(f"{place}/UK-2026-009", headers=ppid).status_code
    ended = {"reason": "Informasinya sudah diumumkan pada tahun ini."}
    statuses = [client.post(f"{place}/UK-2026-001/end", json=ended, headers=ppid).status_code
                for _ in range(2)]  # fmt: skip
    assert [200, 409] == statuses


def facts_of(pool):
    [(stream,)] = pool.execute("SELECT stream FROM facts WHERE type = 'ConsequenceTestRecorded'")
    return log.stream(pool, UUID(str(stream)))
