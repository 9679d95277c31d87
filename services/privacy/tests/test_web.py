"""Pages and API: who comes in, what is shown, what is refused and how."""

import json
import re
from dataclasses import replace
from urllib.parse import parse_qsl, urlencode
from uuid import uuid4

import pytest
from chassis.actor import Actor
from privacy_world import (
    NIK,
    OTHER_PEMBANTU,
    PEMBANTU,
    PEOPLE,
    PPID,
    STATISTICS,
    WALIDATA,
    World,
)

pytestmark = pytest.mark.servers
SECRETS = (NIK, "Siti Aminah", "Budi Santoso", "081234567890", "Krajan")
AUDITOR = Actor("u-auditor", "auditor")


@pytest.fixture
def world(database, tmp_path):
    return World(database("privacy"), tmp_path)


def form_of(world: World, **other: str) -> dict[str, str]:
    """The review's form as a browser would send it, untouched but for `other` (by column)."""
    html = world.web.get(f"/privasi/{world.request_id}").text
    sent = {"digest": re.search(r'name="digest" value="(\w+)"', html)[1]}
    for number, options in re.findall(r'name="cara-(\d+)">(.*?)</select>', html, re.S):
        sent[f"cara-{number}"] = re.search(r'value="(\w+)" selected', options)[1]
    columns = [c["key"] for c in world.case["findings"]["columns"]]
    for name, value in other.items():
        field, _, column = name.partition("_")
        sent[f"{field}-{columns.index(column)}"] = value
    return sent


def test_uploading_on_the_page_leads_back_to_the_desk_and_its_list_with_a_receipt(world):
    came = urlencode({"dari": "saring=office&q=umkm", "urut": "2026-11-27 2026-0042"})

    answer = world.web.post(
        "/privasi/unggah",
        data={"ticket": world.ticket(), "came": came},
        files={"file": ("a.csv", PEOPLE)},
    )

    assert 303 == answer.status_code
    where, _, query = answer.headers["location"].partition("?")
    assert f"/meja/{world.request_id}" == where
    told = dict(parse_qsl(query))
    receipt = told.pop("receipt")
    assert dict(parse_qsl(came)) == told
    assert "a.csv" == world.own.verify(receipt, purpose="receipt", issuer="privacy")["filename"]


def test_a_refused_file_shows_the_sentence_and_the_form_again_with_its_ticket(world):
    ticket = world.ticket()

    answer = world.web.post(
        "/privasi/unggah",
        data={"ticket": ticket, "came": "dari=q%3Dumkm"},
        files={"file": ("a.csv", b"\x89PNG\r\n\x1a\n")},
    )

    assert 422 == answer.status_code
    assert "isinya gambar PNG" in answer.text
    assert 'name="came" value="dari=q%3Dumkm"' in answer.text
    assert f'name="ticket" value="{ticket}"' in answer.text


def test_an_upload_without_or_with_a_stale_ticket_is_refused(world):
    for ticket, status in (("x", 403), (world.ticket(seconds=-1), 410)):
        answer = world.web.post(
            "/privasi/unggah", data={"ticket": ticket}, files={"file": ("a.csv", PEOPLE)}
        )
        assert status == answer.status_code


def test_the_api_takes_a_file_and_gives_the_receipt(world):
    answer = world.web.post(
        "/api/privacy/uploads", data={"ticket": world.ticket()}, files={"file": ("a.csv", PEOPLE)}
    )

    assert 201 == answer.status_code
    assert {"receipt", "request_id", "digest", "size", "format"} == set(answer.json())


def test_a_file_of_sixty_megabytes_is_refused(world):
    answer = world.web.post(
        "/api/privacy/uploads",
        data={"ticket": world.ticket()},
        files={"file": ("a.csv", b"a,b\n" * (15 * 1024 * 1024))},
    )

    assert 413 == answer.status_code


@pytest.mark.parametrize(
    ("who", "status"),
    [(None, 303), (PPID, 200), (PEMBANTU, 200), (WALIDATA, 403), (AUDITOR, 403)],
)
def test_the_list_is_for_two_offices(world, who, status):
    world.sign_in(who)

    assert status == world.web.get("/privasi").status_code


@pytest.mark.parametrize(
    ("fact", "ended"), [("StaffDisabled", "u-ppid"), ("ActingEnded", "appointment-1")]
)
def test_a_session_ends_at_once_with_its_account_or_appointment(world, fact, ended):
    world.sign_in(PPID, appointment="appointment-1")
    assert 200 == world.web.get("/privasi").status_code
    message = replace(world.message(fact, staff_id="u-ppid"), subject=ended)

    world.app.revoke(message)
    world.app.revoke(message)

    assert "/masuk?kembali=%2Fprivasi" == world.web.get("/privasi").headers["location"]
    asked = world.web.get(f"/api/privacy/requests/{world.request_id}/findings")
    assert 401 == asked.status_code
    sent = {"ticket": world.ticket(PPID)}
    uploaded = world.web.post("/api/privacy/uploads", data=sent, files={"file": ("a.csv", PEOPLE)})
    assert 401 == uploaded.status_code
    world.sign_in(PPID)
    own = 200 if fact == "ActingEnded" else 303
    assert own == world.web.get("/privasi").status_code


def test_the_ticket_of_a_disabled_account_takes_no_file(world):
    message = replace(world.message("StaffDisabled"), subject=PEMBANTU.id)
    world.app.revoke(message)

    answer = world.web.post(
        "/privasi/unggah", data={"ticket": world.ticket()}, files={"file": ("a.csv", PEOPLE)}
    )

    assert 403 == answer.status_code
    assert "dinonaktifkan" in answer.text


def test_the_list_shows_an_agency_its_own_files_alone(world):
    world.a_scanned_file()

    for who, shown in ((PPID, True), (PEMBANTU, True), (OTHER_PEMBANTU, False)):
        world.sign_in(who)
        assert shown is ("2026-0042" in world.web.get("/privasi").text)


@pytest.mark.parametrize(
    ("who", "status"),
    [(None, 303), (PPID, 200), (PEMBANTU, 200), (OTHER_PEMBANTU, 403), (AUDITOR, 403)],
)
def test_the_review_is_for_the_ppid_and_the_owner(world, who, status):
    world.a_scanned_file()
    world.sign_in(who)

    assert status == world.web.get(f"/privasi/{world.request_id}").status_code


def test_the_review_says_what_was_found_and_why_and_no_value(world):
    world.a_scanned_file()
    world.sign_in(PPID)

    html = world.web.get(f"/privasi/{world.request_id}").text

    assert "judul kolom &#39;nik&#39;; 100 % nilainya NIK" in html
    assert "Pasal 17 huruf h UU 14/2008" in html
    assert "9999999999999999" in html
    for secret in SECRETS:
        assert secret not in html


def test_a_page_of_a_file_at_work_refreshes_by_itself(world):
    world.hear("ForwardedToPembantu", step=8)
    receipt = world.app.receive_upload(world.ticket(), filename="a.csv", data=PEOPLE)
    world.hear("DataHandedOver", digest=receipt.digest, size=1)
    world.sign_in(PPID)

    assert 'http-equiv="refresh"' in world.web.get(f"/privasi/{world.request_id}").text
    world.do_jobs()
    assert 'http-equiv="refresh"' not in world.web.get(f"/privasi/{world.request_id}").text


def test_the_preview_shows_masked_rows_and_keeps_the_choices(world):
    world.a_scanned_file()
    world.sign_in(PPID)

    sent = form_of(world, cara_nik="hapus_kolom")
    answer = world.web.post(f"/privasi/{world.request_id}/pratinjau", data=sent)

    assert 200 == answer.status_code
    assert "Kec. Klojen" in answer.text and "[disamarkan]" in answer.text
    assert '<option value="hapus_kolom" selected>' in answer.text
    for secret in SECRETS:
        assert secret not in answer.text


def test_masking_on_the_page_ends_in_a_file_that_may_be_fetched(world):
    world.a_scanned_file()
    world.sign_in(PPID)

    answer = world.web.post(f"/privasi/{world.request_id}/samarkan", data=form_of(world))
    world.do_jobs()

    assert (303, f"/privasi/{world.request_id}") == (
        answer.status_code, answer.headers["location"],
    )  # fmt: skip
    assert "Sudah disamarkan dan diperiksa ulang" in world.web.get(answer.headers["location"]).text
    world.sign_in(None)
    link = world.link(world.facts("DataMasked")[0].data["digest"])
    for where in (f"/privasi/unduh/{link}", f"/privasi/unduh?tiket={link}"):
        file = world.web.get(where)
        assert 200 == file.status_code
        assert (
            'attachment; filename="data-2026-0042-disamarkan.csv"'
            == (file.headers["content-disposition"])
        )
        assert NIK not in file.text


def test_a_column_left_without_reason_comes_back_with_a_sentence(world):
    world.a_scanned_file()
    world.sign_in(PPID)

    answer = world.web.post(
        f"/privasi/{world.request_id}/samarkan", data=form_of(world, cara_nama="biarkan")
    )

    assert 422 == answer.status_code
    assert "Tulis alasan mengapa kolom &#39;nama&#39; dibiarkan" in answer.text
    assert "scanned" == world.case["state"]


def test_declaring_clean_with_findings_is_refused_and_without_is_done(world):
    world.a_scanned_file()
    world.sign_in(PPID)
    refused = world.web.post(f"/privasi/{world.request_id}/bersih", data=form_of(world))

    other = World(world.pool, world.folder)
    other.a_scanned_file(STATISTICS)
    other.sign_in(PPID)
    done = other.web.post(f"/privasi/{other.request_id}/bersih", data=form_of(other))
    other.do_jobs()

    assert (422, 303) == (refused.status_code, done.status_code)
    assert "clean" == other.case["state"]


@pytest.mark.parametrize("act", ["pratinjau", "samarkan", "bersih"])
def test_only_the_ppid_may_decide_on_the_page(world, act):
    world.a_scanned_file()
    for who, status in ((None, 401), (PEMBANTU, 403), (WALIDATA, 403)):
        world.sign_in(who)
        answer = world.web.post(f"/privasi/{world.request_id}/{act}", data={"digest": "x"})
        assert status == answer.status_code


def test_a_form_of_another_file_is_refused(world):
    world.a_scanned_file()
    world.sign_in(PPID)

    answer = world.web.post(f"/privasi/{world.request_id}/bersih", data={"digest": "x"})

    assert (409, True) == (answer.status_code, "sudah berganti" in answer.text)


def test_the_original_is_shown_to_two_offices_and_refused_to_all_others(world):
    world.a_scanned_file()
    page = f"/privasi/{world.request_id}/asli"

    for who, status in ((PPID, 200), (PEMBANTU, 200), (OTHER_PEMBANTU, 403), (AUDITOR, 403)):
        world.sign_in(who)
        answer = world.web.post(page)
        assert status == answer.status_code
        assert (status == 200) is (NIK in answer.text)
    assert 2 == len(world.facts("OriginalRead"))


def test_a_stale_link_says_how_to_get_a_new_one(world):
    told = world.a_masked_file()

    answer = world.web.get(f"/privasi/unduh/{world.link(told['digest'], seconds=-1)}")

    assert (410, True) == (answer.status_code, "mendapat tautan yang baru" in answer.text)
    assert 403 == world.web.get(f"/privasi/unduh/{world.link('0' * 64)}").status_code


def test_the_api_does_what_the_pages_do(world):
    world.a_scanned_file()
    world.sign_in(PPID)
    base = f"/api/privacy/requests/{world.request_id}"

    found = world.web.get(f"{base}/findings").json()
    columns = {
        column["name"]: {"method": column["proposed_method"]}
        for column in found["columns"]
        if column["kind"]
    }
    accepted = world.web.post(f"{base}/mask", json={"columns": columns})
    world.do_jobs()

    assert ("scanned", 202) == (found["state"], accepted.status_code)
    assert ("released", "masked") == tuple(
        world.web.get(f"{base}/findings").json()[name] for name in ("state", "outcome")
    )
    assert NIK not in json.dumps(found)
    for who, status in ((PPID, 200), (WALIDATA, 200), (PEMBANTU, 403), (None, 401)):
        world.sign_in(who)
        assert status == world.web.get(f"{base}/masked").status_code


def test_the_api_refuses_with_a_sentence(world):
    world.a_scanned_file()
    world.sign_in(PPID)
    base = f"/api/privacy/requests/{world.request_id}"

    nothing = world.web.post(f"{base}/mask", json={"columns": {}})
    wrong = world.web.post(f"{base}/mask", json={"columns": {"nik": {"method": "rahasia"}}})
    unknown = world.web.get(f"/api/privacy/requests/{uuid4()}/findings")

    assert (422, 422, 404) == (nothing.status_code, wrong.status_code, unknown.status_code)
    assert "application/problem+json" == nothing.headers["content-type"]
    assert "belum diputuskan" in nothing.json()["title"]


def test_every_page_keeps_to_the_security_headers(world):
    world.a_scanned_file()
    world.sign_in(PPID)

    html = world.web.get(f"/privasi/{world.request_id}")

    assert "no-store" == html.headers["cache-control"]
    assert not re.search(r"<script(?! src)|style=|onclick", html.text)
