"""The SOP end to end, each step on the last day it is due: actor, output, deadlines, mails."""

import email
import email.policy
import hashlib
from collections import Counter
from functools import cache

import httpx
import pytest
from satudata import stories
from satudata.stories import City

from tests.installations import nothing_under_way, wait_until

pytestmark = pytest.mark.servers

# Received on a Friday; every step is done on the day it is due, so each shows its whole budget.
# before step: (day, hour)
DAYS = {
    "granted": {
        5: "2026-11-20",
        6: "2026-11-23",
        7: "2026-11-26",
        8: "2026-12-01",
        9: "2026-12-04",
        10: "2026-12-09",
        11: "2026-12-10",
        12: "2026-12-15",
        13: "2026-12-18",
        16: "2026-12-23",
    },
    "refused": {
        5: "2026-11-20",
        6: "2026-11-23",
        7: "2026-11-26",
        8: "2026-12-01",
        14: "2026-12-04",
        15: "2026-12-09",
    },
}

# command: by whom, the step it leads to, until when that one is due
EXPECTED = {
    "granted": [
        ("submit", "pemohon", 6, "2026-11-23"),
        ("check-availability", "ppid", 7, "2026-11-26"),
        ("forward", "ppid", 8, "2026-12-01"),
        ("grant", "ppid_pembantu", 9, "2026-12-04"),
        ("hand-over", "ppid_pembantu", 10, "2026-12-09"),
        ("mask", "ppid", 11, "2026-12-10"),
        ("hand-to-walidata", "ppid", 12, "2026-12-15"),
        ("list-in-daftar-data", "walidata", 13, "2026-12-18"),
        ("draft-delivery", "walidata", 13, "2026-12-18"),
        ("deliver", "ppid", 16, "2026-12-23"),
        ("receive", "pemohon", None, None),
    ],
    "refused": [
        ("submit", "pemohon", 6, "2026-11-23"),
        ("check-availability", "ppid", 7, "2026-11-26"),
        ("forward", "ppid", 8, "2026-12-01"),
        ("refuse", "ppid_pembantu", 14, "2026-12-04"),
        ("send-refusal", "ppid_pembantu", 15, "2026-12-09"),
        ("notify-refusal", "ppid", None, None),
    ],
}
STATUTORY_DUE = "2026-12-04"

# letter: to whom, on which day
LETTERS = {
    "granted": {
        "tanda_bukti_penerimaan": ("pemohon", "2026-11-20"),
        "surat_permohonan_data": ("ppid_pembantu", "2026-11-26"),
        "pemberitahuan_tertulis": ("pemohon", "2026-12-01"),
        "surat_penyampaian_ppid": ("ppid", "2026-12-04"),
        "pemberitahuan_tambahan": ("pemohon", "2026-12-09"),
        "surat_penyampaian_pemohon": ("pemohon", "2026-12-18"),
    },
    "refused": {
        "tanda_bukti_penerimaan": ("pemohon", "2026-11-20"),
        "surat_permohonan_data": ("ppid_pembantu", "2026-11-26"),
        "pemberitahuan_tertulis": ("pemohon", "2026-12-01"),
        "surat_penolakan_ppid": ("ppid", "2026-12-04"),
        "surat_penolakan_pemohon": ("pemohon", "2026-12-09"),
    },
}


@cache
def tell(installation, ending):
    """The story, the clock set before each step once the day before is done with; told once."""

    def before(step):
        wait_until(lambda: nothing_under_way(installation), 120, f"rest before step {step}")
        installation.clock.set(f"{DAYS[ending][step]}T10:00:00+07:00")

    city = City(installation.url)
    told = list(getattr(stories, ending)(city, before))
    wait_until(lambda: nothing_under_way(installation), 120, "rest after the last step")
    return city, told


@pytest.mark.parametrize("ending", ["granted", "refused"])
def test_each_step_has_its_actor_its_deadline_and_its_letter(installation, ending):
    city, told = tell(installation, ending)

    assert EXPECTED[ending] == [
        (d.command, d.role, d.request["step"], d.request["due"]) for d in told
    ]
    assert {STATUTORY_DUE} == {d.request["statutory_due"] for d in told}
    request = city.officer("ppid").request(told[0].request["id"])
    assert LETTERS[ending] == {
        each["letter"]: (each["addressed_to"], each["issued_on"]) for each in request["letters"]
    }
    assert len(LETTERS[ending]) == len(request["letters"])
    assert LETTERS[ending]["pemberitahuan_tertulis"][1] == request["notice_issued_on"]
    _letters_are_what_the_log_says(city, request)
    _every_fact_is_on_time(city, request)
    _mails_were_sent_once(installation, request)


def test_what_was_masked_holds_nobody_any_more_and_the_original_opens_for_two_offices(
    installation,
):
    city, told = tell(installation, "granted")
    place = f"/api/privacy/requests/{told[0].request['id']}"
    original_page = f"/privasi/{told[0].request['id']}/asli"
    original = stories.HANDED_OVER.read_text(encoding="utf-8")

    masked = city.officer("ppid").fetch(f"{place}/masked").text

    header, *rows = original.splitlines()
    assert len(rows) == len(masked.splitlines()) - 1
    columns = header.split(",")
    for name in ("nama", "nik", "no_hp"):
        values = [row.split(",")[columns.index(name)] for row in rows]
        assert not [value for value in values if value and value in masked]
    for username, status in (("ppid", 200), ("koperasi", 200), ("sosial", 403), ("walidata", 403)):
        assert status == city.officer(username).fetch(original_page, "POST").status_code
    assert httpx.post(f"{installation.url}{original_page}").status_code == 401


def test_the_listed_data_stands_in_next_years_daftar_data(installation):
    city, _ = tell(installation, "granted")

    listed = city.officer("walidata").get("/api/catalog/daftar-data?year=2027")["items"]

    assert "Pelaku UMKM Kecamatan Lowokwaru" in [each["title"] for each in listed]


def _letters_are_what_the_log_says(city, request):
    events = city.officer("ppid").get(f"/api/requests/{request['id']}/events")["events"]
    issued = [e["details"] for e in events if e["fact"] == "LetterIssued"]
    for letter in issued:
        pdf = city.officer("ppid").fetch(f"/api/letters/{letter['letter_id']}")
        assert pdf.content.startswith(b"%PDF-")
        assert letter["digest"] == hashlib.sha256(pdf.content).hexdigest()


def _every_fact_is_on_time(city, request):
    events = city.officer("ppid").get(f"/api/requests/{request['id']}/events")["events"]
    assert [] == [e["fact"] for e in events if e["late"]]


def _mails_were_sent_once(installation, request):
    number = request["register_number"]
    mails = [
        email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        for path in installation.mails().glob("*.eml")
    ]
    ours = [m for m in mails if number in str(m["subject"]) or number in m.as_string()]
    to = Counter(m["to"].addresses[0].addr_spec for m in ours)
    assert to[stories.APPLICANT["email"]] >= 3
    assert to["ppid@malangkota.example"] >= 1
    ids = [m["message-id"] for m in ours]
    assert len(ids) == len(set(ids))
