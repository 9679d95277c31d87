"""The API as a client meets it: status codes, sentences, versions, keys."""

from uuid import UUID, uuid4

import pytest
from chassis.actor import Actor
from chassis.sessions import Tokens
from requests_service.domain.commands import COMMANDS

from services.requests.tests import builders as b
from services.requests.tests.conftest import PASSWORD, a_submission, settings_for

pytestmark = pytest.mark.servers


@pytest.fixture(autouse=True)
def _the_clock(clock_at):
    """Friday, ten in the morning in Malang."""


@pytest.fixture
def session(app):
    """`session("ppid")` are the headers of an officer."""

    def headers(role, agency=None):
        member = app.accounts.add(
            username=f"petugas-{uuid4().hex[:8]}", name="Petugas", role=role, agency=agency,
            password="kata-sandi-uji", by=Actor("operator", "operator"),
        )  # fmt: skip
        token = app.accounts.session(member, seconds=600)
        return {"Authorization": f"Bearer {token}"}

    return headers


def submit(client, headers=None, **other):
    return client.post("/api/requests", json=a_submission(**other), headers=headers or {})


def command(client, request_id, name, body=None, **headers):
    return client.post(f"/api/requests/{request_id}/{name}", json=body or {}, headers=headers)


def test_the_public_submits_and_follows_by_code(client):
    answer = submit(client)

    told = answer.json()
    assert (201, "2026-0001", 6) == (answer.status_code, told["register_number"], told["step"])
    own = client.get(
        f"/api/requests/{told['id']}", headers={"X-Tracking-Code": told["tracking_code"]}
    )
    assert (200, '"1"') == (own.status_code, own.headers["etag"])
    assert ["withdraw", "write", "request-erasure"] == own.json()["commands"]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"nik": "1"}, "16 angka"),
        ({"purpose": "tes"}, "Tujuan pemanfaatan data"),
        ({"email": "siti"}, "surel"),
        ({"data_wanted": "x"}, "Rincian data"),
    ],
)
def test_what_is_wrong_in_the_form_is_told_in_a_sentence(client, wrong, words):
    answer = submit(client, **wrong)

    assert 422 == answer.status_code
    assert answer.headers["content-type"] == "application/problem+json"
    assert words in answer.json()["title"]


def test_all_that_is_wrong_in_the_form_is_told_at_once(client):
    answer = submit(
        client, nik="1", purpose="tes", email="siti", way_to_obtain="salinan_cetak", acts_for="Rudi"
    )

    told = {each["field"]: each["problem"] for each in answer.json()["errors"]}
    assert (422, ["purpose", "way_to_send", "nik", "email", "power_of_attorney"]) == (
        answer.status_code, list(told),
    )  # fmt: skip
    assert "16 angka" in told["nik"]
    assert "Rudi" not in answer.text


def test_a_proxy_tells_how_the_data_is_wanted_and_only_codes_are_kept_in_clear(
    client, session, pool, letters_tokens
):
    own = {"acts_for": "CV Makmur", "power_of_attorney": "12/SK/2026"}
    request_id = submit(client, way_to_obtain="salinan_cetak", way_to_send="pos", **own).json()[
        "id"
    ]
    token = letters_tokens.sign({}, purpose="service", seconds=60)

    told = client.get(
        f"/api/requests/{request_id}/pemohon?fields={','.join(own)}",
        headers={"Authorization": f"Bearer {token}"},
    ).json()

    assert own == told["fields"]
    events = client.get(f"/api/requests/{request_id}/events", headers=session("auditor")).json()
    details = events["events"][0]["details"]
    assert ("salinan_cetak", "pos", True) == (
        details["way_to_obtain"], details["way_to_send"], details["by_proxy"],
    )  # fmt: skip
    feed = client.get("/api/requests/events", headers=session("auditor")).text
    for secret in (*own.values(), "salinan_cetak", "by_proxy"):
        assert secret not in feed
    stored = str(pool.execute("SELECT state FROM facts")[0][0].tobytes())
    assert "CV Makmur" not in stored


def test_a_field_that_is_not_known_is_refused_and_what_was_typed_is_not_repeated(client):
    answer = submit(client, nama="Rahasia Sekali")

    assert 422 == answer.status_code
    assert "Rahasia" not in answer.text


def test_the_same_key_answers_the_same_and_another_body_is_refused(client):
    key = {"Idempotency-Key": "k-1"}
    first = submit(client, key)

    assert first.json() == submit(client, key).json()
    assert 422 == submit(client, key, name="Orang Lain").status_code


def test_nobody_reads_a_request_without_code_or_session(client, session):
    told = submit(client).json()
    path = f"/api/requests/{told['id']}"

    assert 401 == client.get(path).status_code
    assert 403 == client.get(path, headers={"X-Tracking-Code": "WRONGWRONG"}).status_code
    assert 403 == client.get(path, headers=session("operator")).status_code
    assert 403 == client.get(path, headers=session("ppid_pembantu", "dinsos")).status_code
    assert 200 == client.get(path, headers=session("auditor")).status_code
    assert 404 == client.get(f"/api/requests/{uuid4()}", headers=session("ppid")).status_code
    assert 422 == client.get("/api/requests/bukan-uuid", headers=session("ppid")).status_code


def test_a_command_moves_the_step_and_says_where_it_stands(client, session):
    request_id = submit(client).json()["id"]

    answer = command(
        client, request_id, "check-availability", {"agency": "diskopindag"}, **session("ppid")
    )

    told = answer.json()
    assert (200, 7, "diskopindag") == (answer.status_code, told["step"], told["agency"])
    events = client.get(f"/api/requests/{request_id}/events", headers=session("auditor")).json()
    assert ["RequestSubmitted", "OwnerFound"] == [each["fact"] for each in events["events"]]


def test_a_stale_version_and_a_step_that_is_not_open_are_conflicts(client, session):
    request_id = submit(client).json()["id"]
    ppid = session("ppid")
    command(client, request_id, "check-availability", {"agency": "diskopindag"}, **ppid)

    stale = command(client, request_id, "forward", **ppid, **{"If-Match": '"1"'})
    endless = command(client, request_id, "forward", **ppid, **{"If-Match": "9" * 5000})
    not_open = command(client, request_id, "hand-to-walidata", **ppid)
    fresh = command(client, request_id, "forward", **ppid, **{"If-Match": '"2"'})

    assert (409, 409, 200) == (stale.status_code, not_open.status_code, fresh.status_code)
    assert "Muat ulang" in stale.json()["title"]
    assert (409, stale.json()["title"]) == (endless.status_code, endless.json()["title"])
    assert "langkah 11" in not_open.json()["title"]


def test_a_letter_between_reading_and_acting_disturbs_nobody(client, session, app):
    request_id, ppid = submit(client).json()["id"], session("ppid")
    seen = client.get(f"/api/requests/{request_id}", headers=ppid).headers["etag"]
    app.reports.record_letter(
        UUID(request_id), Actor("letters", "service"), letter=b.a_letter("tanda_bukti_penerimaan")
    )

    same = client.get(f"/api/requests/{request_id}", headers=ppid).headers["etag"]
    asked = {**ppid, "If-Match": seen}
    first = command(client, request_id, "check-availability", {"agency": "dinsos"}, **asked)
    second = command(client, request_id, "refuse", {
        "reason_code": "bukan_informasi_publik", "narrative": b.NARRATIVE}, **asked)  # fmt: skip

    assert seen == same
    assert (200, 409) == (first.status_code, second.status_code)
    assert "sudah berubah" in second.json()["title"]


def test_a_command_repeated_under_its_key_is_done_once(client, session):
    request_id = submit(client).json()["id"]
    ppid = {**session("ppid"), "Idempotency-Key": "k-2"}

    first = command(client, request_id, "check-availability", {"agency": "dinsos"}, **ppid)
    second = command(client, request_id, "check-availability", {"agency": "dinsos"}, **ppid)

    assert (200, first.json()) == (second.status_code, second.json())


def test_a_role_without_the_step_is_told_whose_it_is(client, session):
    request_id = submit(client).json()["id"]

    answer = command(
        client, request_id, "check-availability", {"agency": "dinsos"}, **session("walidata")
    )

    assert (403, "Langkah 6 milik PPID, bukan Walidata.") == (
        answer.status_code, answer.json()["title"],
    )  # fmt: skip


def test_every_command_has_its_route(client):
    paths = client.get("/api/requests/openapi.json").json()["paths"]

    for name in COMMANDS:
        assert "post" in paths[f"/api/requests/{{request_id}}/{name}"]


def test_a_refusal_without_clear_reasons_is_refused(client, session):
    request_id = submit(client).json()["id"]

    answer = command(
        client, request_id, "refuse", {"reason_code": "pasal_17_a", "narrative": "tidak"},
        **session("ppid"),
    )  # fmt: skip

    assert 422 == answer.status_code
    assert "alasan yang jelas" in answer.json()["title"]


def test_the_pemohon_acts_with_the_code_alone(client):
    told = submit(client).json()
    code = {"X-Tracking-Code": told["tracking_code"]}

    answer = command(client, told["id"], "withdraw", {"reason": "Sudah tidak perlu"}, **code)

    assert (200, "withdrawn") == (answer.status_code, answer.json()["state"])
    assert (
        403 == command(client, told["id"], "grant", **{"X-Tracking-Code": "SALAHSALAH"}).status_code
    )


def test_the_desk_lists_by_cursor_and_shows_no_sealed_text(client, session):
    for _ in range(3):
        submit(client)
    ppid = session("ppid")

    page = client.get("/api/requests?limit=2", headers=ppid).json()
    rest = client.get(f"/api/requests?limit=2&cursor={page['next_cursor']}", headers=ppid).json()

    assert ["2026-0001", "2026-0002"] == [each["register_number"] for each in page["items"]]
    assert ["2026-0003"] == [each["register_number"] for each in rest["items"]]
    assert rest["next_cursor"] is None
    assert not {"data_wanted_sealed", "person_id"} & set(page["items"][0])
    assert 401 == client.get("/api/requests").status_code
    assert 403 == client.get("/api/requests", headers=session("operator")).status_code
    assert 422 == client.get("/api/requests?cursor=bukan", headers=ppid).status_code


def test_the_list_is_searched_and_filtered_as_on_the_desk(client, session):
    ppid, auditor = session("ppid"), session("auditor")
    wanted = submit(client, data_wanted="Jumlah posyandu per kelurahan tahun 2025").json()
    submit(client)

    def found(query, headers=ppid):
        answer = client.get(f"/api/requests?{query}", headers=headers)
        return [each["register_number"] for each in answer.json()["items"]]

    number = wanted["register_number"]
    assert [number] == found("q=posyandu+kelurahan") == found(f"q={number}&scope=ended")
    assert [] == found("q=posyandu", auditor) == found("q=posyandu&step=8")
    assert 2 == len(found("step=6&state=open&due_until=2030-01-01"))
    for wrong in ("step=17", "state=hilang", "due_until=besok", "late=mungkin"):
        assert 422 == client.get(f"/api/requests?{wrong}", headers=ppid).status_code


def test_identity_is_for_services_alone_and_each_reading_is_a_fact(
    client, session, letters_tokens, pool
):
    request_id = submit(client).json()["id"]
    path = f"/api/requests/{request_id}/pemohon?fields=name,address&fact=requests-1"
    token = letters_tokens.sign({}, purpose="service", seconds=60)

    assert 401 == client.get(path).status_code
    assert 401 == client.get(path, headers=session("ppid")).status_code
    told = client.get(path, headers={"Authorization": f"Bearer {token}"}).json()

    assert {"name": "Siti Rahmawati", "address": "Jalan Ijen 1, Malang"} == told["fields"]
    assert b.FORM.purpose == told["texts"]["purpose"]
    assert [("letters",)] == pool.execute("SELECT actor FROM facts WHERE type = 'PersonalDataRead'")


def test_a_forgotten_person_is_gone(client, app, letters_tokens):
    told = submit(client).json()
    request_id = told["id"]
    command(client, request_id, "withdraw", **{"X-Tracking-Code": told["tracking_code"]})
    app.forgetting.erase(UUID(request_id), Actor("operator-1", "operator"), reason="permintaan")
    token = letters_tokens.sign({}, purpose="service", seconds=60)

    answer = client.get(
        f"/api/requests/{request_id}/pemohon?fields=name",
        headers={"Authorization": f"Bearer {token}"},
    )

    assert 410 == answer.status_code


def test_tickets_are_given_to_whom_they_are_for(client, session, letters_tokens):
    request_id = submit(client).json()["id"]
    command(client, request_id, "check-availability", {"dip_entry": "dip-1"}, **session("ppid"))

    ticket = command(client, request_id, "upload-ticket", **session("ppid")).json()["ticket"]

    claims = letters_tokens.verify(ticket, purpose="upload", issuer="requests")
    assert request_id == claims["request_id"]
    assert 403 == command(client, request_id, "upload-ticket", **session("walidata")).status_code
    assert 403 == command(client, request_id, "download-ticket", **session("ppid")).status_code


def test_an_officer_signs_in_and_is_known(client, app, ppid_account):
    wrong = client.post("/api/requests/sign-in", json={"username": "ppid", "password": "x"})
    right = client.post("/api/requests/sign-in", json={"username": "ppid", "password": PASSWORD})

    assert (401, 200) == (wrong.status_code, right.status_code)
    headers = {"Authorization": f"Bearer {right.json()['token']}"}
    assert 200 == client.get("/api/requests", headers=headers).status_code
    assert "ppid" == right.json()["role"]


def test_guessing_ends_after_ten_tries(client, ppid_account):
    told = submit(client).json()
    path, own = f"/api/requests/{told['id']}", {"X-Tracking-Code": told["tracking_code"]}
    account = {"username": "ppid", "password": PASSWORD}

    for _ in range(10):
        assert 403 == client.get(path, headers={"X-Tracking-Code": "WRONGWRONG"}).status_code
        wrong = client.post("/api/requests/sign-in", json={**account, "password": "x"})
        assert 401 == wrong.status_code

    for answer in (
        client.get(path, headers=own),
        client.post("/api/requests/sign-in", json=account),
        client.post("/permohonan/lacak", data={
            "register_number": told["register_number"], "tracking_code": told["tracking_code"]}),
        client.post("/masuk", data=account),
    ):  # fmt: skip
        assert 429 == answer.status_code
        assert "15 menit" in answer.text


def test_a_service_token_is_no_session_and_a_session_no_service_token(client, session):
    request_id = submit(client).json()["id"]
    as_service = Tokens(settings_for("requests")).sign({}, purpose="service", seconds=60)

    answer = client.get(
        f"/api/requests/{request_id}", headers={"Authorization": f"Bearer {as_service}"}
    )

    assert 401 == answer.status_code


def test_the_feed_gives_every_published_fact_once_in_order(client, session, app):
    first = submit(client).json()["id"]
    command(client, first, "check-availability", {"agency": "dinsos"}, **session("ppid"))
    app.reading.identity(UUID(first), Actor("ppid-1", "ppid"))
    submit(client)
    auditor = session("auditor")

    seen, after = [], "0"
    for _ in range(4):
        page = client.get(f"/api/requests/events?after={after}&limit=2", headers=auditor)
        seen += page.json()
        after = page.headers["x-next-after"]

    assert ["RequestSubmitted", "OwnerFound", "RequestSubmitted"] == [each["type"] for each in seen]
    assert sorted({int(each["position"]) for each in seen}) == [
        int(each["position"]) for each in seen
    ]
    assert "1.0" == seen[0]["specversion"]
    assert "2026-0001" == seen[0]["data"]["register_number"]
    only = client.get("/api/requests/events?types=OwnerFound", headers=auditor).json()
    assert ["OwnerFound"] == [each["type"] for each in only]
    lines = client.get(
        "/api/requests/events", headers={**session("integrator"), "Accept": "application/x-ndjson"}
    )
    assert 3 == len(lines.text.splitlines())
    assert 403 == client.get("/api/requests/events", headers=session("ppid")).status_code


def test_an_act_that_was_not_theirs_is_kept_in_the_log(client, session, pool):
    request_id = submit(client).json()["id"]

    command(client, request_id, "check-availability", {"agency": "dinsos"}, **session("walidata"))

    assert [("walidata",)] == pool.execute("SELECT role FROM facts WHERE type = 'ActNotAllowed'")


def test_what_nobody_can_write_or_keep_is_refused(client, session):
    request_id = submit(client).json()["id"]
    ppid = session("ppid")

    wanted = client.post("/api/requests", json=a_submission(purpose="Penelitian\0 pasar rakyat"))
    entry = command(client, request_id, "check-availability", {"dip_entry": "DIP\0"}, **ppid)

    assert (422, 422) == (wanted.status_code, entry.status_code)
    assert "U+0000" in wanted.text and "U+0000" in entry.text


def test_what_is_published_as_typed_is_a_reference_and_no_text(client, session):
    request_id = submit(client).json()["id"]
    ppid = session("ppid")

    wanted = client.post("/api/requests", json=a_submission(dataset="milik Siti Rahmawati"))
    entry = command(client, request_id, "check-availability", {"dip_entry": "ada di Siti"}, **ppid)

    assert (422, 422) == (wanted.status_code, entry.status_code)
    assert ["dataset"] == [each["field"] for each in wanted.json()["errors"]]
    for answer in (wanted, entry):
        assert "terdiri atas huruf, angka" in answer.text
