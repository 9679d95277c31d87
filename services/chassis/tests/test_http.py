"""The web side: who is asked for, what is refused, what is kept of what was typed."""

import dataclasses

import psycopg2
import pytest
from chassis.http import build_app, needs, officer
from chassis.postgres import DatabaseAway
from chassis.sessions import SESSION_COOKIE, Tokens
from chassis.settings import load
from fastapi import APIRouter, Depends, Form, Request
from fastapi.testclient import TestClient

from services.chassis.tests.test_settings import GOOD

OF_REQUESTS = {"SIGNING_PUBLIC_KEYS": GOOD["SIGNING_PUBLIC_KEYS"].replace("letters", "requests")}


class NotNow(Exception):
    """A refusal of the service's own."""


def _router():
    router = APIRouter()

    @router.post("/desk")
    def desk(note: str = Form(), who=Depends(needs("clerk"))):
        return {"who": who.id, "note": note}

    @router.get("/desk")
    def look(who=Depends(needs("clerk"))):
        return {"who": who.id}

    @router.post("/api/requests/{what}")
    @router.post("/page/{what}")
    def fail(what: str, request: Request):
        if what == "digits":
            int("9" * 5000)
        raise {
            "not-now": NotNow("Langkah 8 belum dibuka."),
            "away": DatabaseAway("no"),
            "bug": ZeroDivisionError("3573010101900001"),
            "nul": ValueError("A string literal cannot contain NUL (0x00) characters."),
            "large": psycopg2.errors.NumericValueOutOfRange("integer out of range"),
            "half": UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogates not allowed"),
            "deep": RecursionError(),
        }[what]

    @router.post("/echo")
    async def echo(request: Request):
        return {"bytes": len(await request.body()), "who": officer(request) is not None}

    return router


@pytest.fixture
def settings():
    return load("requests", GOOD | OF_REQUESTS)


@pytest.fixture
def client(settings):
    app = build_app(
        settings,
        pool=None,
        title="Test",
        routers=[_router()],
        errors={NotNow: 409},
        application=None,
    )
    return TestClient(app, raise_server_exceptions=False, follow_redirects=False)


def session(settings, role="clerk", seconds=60, key=None):
    if key:
        settings = dataclasses.replace(settings, signing_key=key)
    claims = {"sub": "ani", "name": "Ani", "role": role, "agency": None}
    return Tokens(settings).sign(claims, purpose="session", seconds=seconds)


def test_who_is_signed_in_is_let_in(client, settings):
    client.cookies.set(SESSION_COOKIE, session(settings))

    assert {"who": "ani"} == client.get("/desk").json()


def test_who_is_not_is_sent_to_sign_in_and_back(client):
    answer = client.get("/desk?page=2")

    assert (303, "/masuk?kembali=%2Fdesk%3Fpage%3D2") == (
        answer.status_code,
        answer.headers["location"],
    )


def test_a_session_that_ended_in_the_middle_of_a_form_loses_nothing_that_was_typed(
    client, settings
):
    client.cookies.set(SESSION_COOKIE, session(settings, seconds=-1))

    answer = client.post("/desk", data={"note": "panjang <sekali>"})

    assert 401 == answer.status_code
    assert 'name="note" value="panjang &lt;sekali&gt;"' in answer.text
    assert "Kirim lagi" in answer.text


@pytest.mark.parametrize("role", ["pemohon", "auditor"])
def test_another_role_is_told_whose_page_it_is(client, settings, role):
    client.cookies.set(SESSION_COOKIE, session(settings, role=role))

    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(settings.city["roles"], "clerk", "Juru Tulis")
        answer = client.get("/desk")

    assert 403 == answer.status_code
    assert "Halaman ini untuk Juru Tulis." in answer.text


def test_a_session_signed_by_somebody_else_is_none(client, settings):
    client.cookies.set(SESSION_COOKIE, session(settings, key=b"x" * 32))

    assert 303 == client.get("/desk").status_code


def test_a_refusal_of_the_service_is_a_sentence_on_a_page_and_a_problem_in_the_api(client):
    page = client.post("/page/not-now", data={"note": "kept"})
    api = client.post("/api/requests/not-now")

    assert (409, 409) == (page.status_code, api.status_code)
    assert "Langkah 8 belum dibuka." in page.text
    assert "kept" in page.text
    assert "application/problem+json" == api.headers["content-type"]
    assert ("Langkah 8 belum dibuka.", 409) == (api.json()["title"], api.json()["status"])


def test_while_the_database_is_away_the_form_can_be_sent_again(client):
    answer = client.post("/page/away", data={"note": "kept"})

    assert 503 == answer.status_code
    assert 'name="note" value="kept"' in answer.text


def test_a_bug_shows_a_reference_and_tells_nobody_what_was_typed(client, capsys):
    answer = client.post("/page/bug", data={"nik": "3573010101900001"})

    assert 500 == answer.status_code
    output = capsys.readouterr()
    assert "3573010101900001" not in answer.text + output.out + output.err


@pytest.mark.parametrize("what", ["nul", "large", "digits", "half", "deep"])
def test_what_no_database_keeps_is_refused_in_a_sentence(client, what):
    page, api = client.post(f"/page/{what}"), client.post(f"/api/requests/{what}")

    assert (422, 422) == (page.status_code, api.status_code)
    assert "tidak dapat disimpan" in page.text
    assert api.json()["title"].startswith("Something sent cannot be kept")


def test_an_address_that_is_none_is_of_another_site(client):
    refused = client.post("/echo", headers={"Origin": "http://["})
    missing = client.get("/nothing", headers={"Referer": "http://["})

    assert (403, 404) == (refused.status_code, missing.status_code)


def test_a_form_of_another_site_does_nothing(client):
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        assert 403 == client.post("/echo", headers=headers).status_code
    assert 200 == client.post("/echo", headers={"Origin": "http://testserver"}).status_code


def test_what_is_too_large_gets_a_sentence_with_and_without_a_declared_length(client):
    big = b"x" * (56 * 1024 * 1024)

    declared = client.post("/echo", content=big)
    streamed = client.post("/echo", content=iter([big[: 1 << 20]] * 56))

    assert (413, 413) == (declared.status_code, streamed.status_code)
    assert "lebih besar dari 50 MB" in declared.text


def test_every_answer_forbids_foreign_scripts_and_frames(client):
    policy = client.get("/nowhere").headers["content-security-policy"]

    assert "default-src 'self'" in policy
    assert "frame-ancestors" in policy


def test_alive_and_metrics_need_nobody(client):
    assert {"status": "alive"} == client.get("/healthz").json()
    assert "http_request_seconds" in client.get("/metrics").text


def test_the_api_describes_itself_without_fetching_anything_from_elsewhere(client):
    page = client.get("/api/requests/docs")

    assert 200 == page.status_code
    assert "POST /api/requests/{what}" in page.text
    assert "https://" not in page.text.split("<main")[1].split("</main>")[0]
