"""An integrator's own webhooks over the API and on the pages; an operator's look at all of them."""

import html
import re
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from chassis.actor import Actor
from notify_examples import a_fact
from notify_service.domain.passed_on import TYPES
from notify_service.webhooks.endpoints import WEBHOOKS_MAX
from notify_service.webhooks.keys import LIVE_MAX
from webhook_world import INES, OPERATOR, OTHER, Endpoint, some_webhooks

pytestmark = pytest.mark.servers
API = "/api/notify/webhooks"


@pytest.fixture
def endpoint():
    one = Endpoint()
    yield one
    one.stop()


@pytest.fixture
def webhooks(database, tmp_path, endpoint):
    with some_webhooks(database("notify"), tmp_path, endpoint) as made:
        yield made


def new(endpoint, **more) -> dict:
    return {"url": endpoint.url, "contact": "ines@kantor.example", **more}


def test_from_creating_it_to_deleting_it_over_the_api(webhooks, endpoint):
    ines = webhooks.browser(INES)

    made = ines.post(API, json=new(endpoint, types=["requests.RequestSubmitted"]))
    assert 201 == made.status_code
    here = f"{API}/{made.json()['id']}"
    assert re.fullmatch(r"whsec_[A-Za-z0-9+/]{43}=", made.json()["secret"])
    assert re.fullmatch(r"whpk_[A-Za-z0-9+/]{43}=", made.json()["keys"][0]["public_key"])
    assert "secret" not in ines.get(here).json()
    assert "ines@kantor.example" == ines.get(here).json()["contact"]
    changed = ines.patch(here, json={"types": ["privacy.DataMasked", "privacy.DataMasked"]})
    assert ["privacy.DataMasked"] == changed.json()["types"]
    assert "paused" == ines.post(f"{here}/pause").json()["state"]
    assert "active" == ines.post(f"{here}/enable").json()["state"]
    assert 204 == ines.delete(here).status_code
    assert 404 == ines.get(here).status_code
    assert {"webhooks": []} == ines.get(API).json()
    assert ["WebhookCreated", "WebhookChanged", "WebhookPaused", "WebhookEnabled",
            "WebhookDeleted"] == [type_ for type_, _ in webhooks.world.facts()]  # fmt: skip
    assert endpoint.url not in str(webhooks.world.facts())
    [row] = webhooks.pool.query("SELECT DISTINCT actor, role FROM facts")
    assert INES == Actor(row["actor"], row["role"])


def test_a_test_delivery_and_its_attempts(webhooks, endpoint):
    ines = webhooks.browser(INES)
    here = f"{API}/{webhooks.create(endpoint)}"
    endpoint.answers = [(500, {}, b"not yet")]

    asked = ines.post(f"{here}/test")
    webhooks.deliver()
    webhooks.pass_(timedelta(seconds=6))
    webhooks.deliver()

    assert (202, "waiting") == (asked.status_code, asked.json()["state"])
    shown = ines.get(f"{here}/deliveries/{asked.json()['id']}").json()
    assert ("delivered", "notify.WebhookTest") == (shown["state"], shown["type"])
    assert [(500, "HTTP 500: not yet"), (200, None)] == [
        (each["status"], each["error"]) for each in shown["made"]
    ]
    assert [shown["message_id"]] * 2 == endpoint.ids


def test_a_new_secret_is_told_once_and_there_are_not_too_many(webhooks, endpoint):
    ines = webhooks.browser(INES)
    here = f"{API}/{webhooks.create(endpoint)}"

    rotated = [ines.post(f"{here}/rotate").json() for _ in range(LIVE_MAX - 1)]
    refused = ines.post(f"{here}/rotate")

    assert LIVE_MAX - 1 == len({each["secret"] for each in rotated})
    assert rotated[-1]["keys"][0]["ends_at"] is None
    assert (409, "urn:satudata:WebhookStands") == (refused.status_code, refused.json()["type"])


def test_what_stands_already_is_refused_a_second_time(webhooks, endpoint):
    ines, operator = webhooks.browser(INES), webhooks.browser(OPERATOR)
    here = f"{API}/{webhooks.create(endpoint)}"

    assert 409 == ines.post(f"{here}/enable").status_code
    assert [200, 409] == [ines.post(f"{here}/pause").status_code for _ in range(2)]
    assert 409 == ines.post(f"{here}/test").status_code
    assert [200, 409] == [operator.post(f"{here}/disable").status_code for _ in range(2)]
    assert 409 == ines.post(f"{here}/enable").status_code
    assert [204, 404] == [ines.delete(here).status_code for _ in range(2)]


def test_lists_go_on_by_cursor_and_a_range_is_replayed(webhooks, endpoint):
    ines = webhooks.browser(INES)
    here = f"{API}/{webhooks.create(endpoint)}"
    heard = [a_fact("RequestSubmitted") for _ in range(7)]
    webhooks.world.hear(*heard)
    webhooks.deliver()

    seen, cursor = [], ""
    while cursor is not None:
        page = ines.get(f"{here}/deliveries?limit=3{cursor and f'&cursor={cursor}'}").json()
        seen += [each["message_id"] for each in page["deliveries"]]
        cursor = page["next"]
    assert [each.id for each in reversed(heard)] == seen
    by_time = ines.post(
        f"{here}/replay", json={"since": "2026-11-22T00:00:00Z", "until": "2026-11-23T00:00:00Z"}
    )
    by_position = ines.post(
        f"{here}/replay",
        json={"source": "requests", "first": heard[0].position, "last": heard[1].position},
    )
    one = ines.post(f"{here}/deliveries/{page['deliveries'][-1]['id']}/replay")

    assert (202, {"replayed": 7}) == (by_time.status_code, by_time.json())
    assert (202, {"replayed": 2}) == (by_position.status_code, by_position.json())
    assert (202, "waiting") == (one.status_code, one.json()["state"])
    assert ["waiting"] * 7 == [
        each["state"] for each in ines.get(f"{here}/deliveries").json()["deliveries"]
    ]
    for wrong in ({}, {"since": "2026-11-22T00:00:00Z"}, {"source": "requests", "first": 1},
                  {"since": "2026-11-22T00:00:00", "until": "2026-11-23T00:00:00"},
                  {"since": "2026-11-22", "until": "2026-11-23"},
                  {"source": "requests", "first": 1, "last": 2, "since": "2026-11-22T00:00Z"},
                  {"since": "2026-11-23T00:00:00Z", "until": "2026-11-22T00:00:00Z"},
                  {"source": "requests", "first": 2, "last": 1}):  # fmt: skip
        refused = ines.post(f"{here}/replay", json=wrong)
        assert (422, "urn:satudata:WebhookRefused") == (
            refused.status_code, refused.json()["type"],
        ), wrong  # fmt: skip
    assert "2026-11-22T08:00:00+07:00" in _refusal(ines, f"{here}/replay", {"since": "2026-11-22"})
    assert 404 == ines.post(f"{here}/deliveries/{uuid4()}/replay").status_code


def test_what_is_wrong_about_a_new_one_is_said(webhooks, endpoint):
    ines = webhooks.browser(INES)

    for wrong in ({"url": "http://localhost/"}, {"url": "https://2130706433/"}, {"url": "x"},
                  {"types": ["requests.Unknown"]}, {"types": ["RequestSubmitted"]},
                  {"contact": "not an address"}, {"contact": ""}, {"extra": "x"},
                  {"contact": "a@b.example\r\nBcc: c@d.example"}):  # fmt: skip
        refused = ines.post(API, json=new(endpoint) | wrong)
        assert 422 == refused.status_code, wrong
        assert "application/problem+json" == refused.headers["content-type"]
    assert [] == webhooks.pool.execute("SELECT 1 FROM webhooks")


def _refusal(browser, path, body):
    """The sentence."""
    refused = browser.post(path, json=body)
    assert 422 == refused.status_code
    return refused.json()["title"]


def test_a_refusal_says_what_to_write_instead(webhooks, endpoint):
    ines = webhooks.browser(INES)

    def said(**wrong):
        return _refusal(ines, API, new(endpoint) | wrong)

    within = said(url="http://10.1.2.3/x")
    assert ("https://" in within, "WEBHOOK_NETWORKS" in within) == (True, True)
    assert "requests.RequestSubmitted" in said(types=["RequestSubmitted"])
    assert "letters.LetterRead" not in said(types=["RequestSubmitted"])
    assert all(each in said(types=["Unheard"]) for each in TYPES)


def test_an_account_has_only_so_many(webhooks, endpoint):
    for _ in range(WEBHOOKS_MAX):
        webhooks.create(endpoint)

    assert 409 == webhooks.browser(INES).post(API, json=new(endpoint)).status_code
    assert 201 == webhooks.browser(OTHER).post(API, json=new(endpoint)).status_code


ACTS = [
    ("get", ""), ("patch", ""), ("delete", ""), ("post", "/pause"), ("post", "/enable"),
    ("post", "/rotate"), ("post", "/test"), ("get", "/deliveries"), ("post", "/replay"),
    ("get", "/deliveries/{delivery}"), ("post", "/deliveries/{delivery}/replay"),
]  # fmt: skip
PAGE_ACTS = [
    ("get", ""), ("post", ""), ("post", "/pause"), ("post", "/enable"), ("post", "/rotate"),
    ("post", "/delete"), ("post", "/test"), ("post", "/replay"),
    ("get", "/deliveries/{delivery}"), ("post", "/deliveries/{delivery}/replay"),
]  # fmt: skip
BODIES = {
    "/replay": {"since": "2026-11-22T00:00:00Z", "until": "2026-11-23T00:00:00Z"},
    "": {"types": []},
}


def test_anothers_webhook_is_to_an_integrator_as_if_there_were_none(webhooks, endpoint):
    webhook_id = webhooks.create(endpoint)
    webhooks.world.hear(a_fact("RequestSubmitted"))
    [delivery] = webhooks.deliveries(webhook_id)
    other = webhooks.browser(OTHER)
    before = webhooks.one(webhook_id)

    for method, path in ACTS:
        url = f"{API}/{webhook_id}{path.format(delivery=delivery['id'])}"
        body = {} if method in ("get", "delete") else {"json": BODIES.get(path, {})}
        assert 404 == getattr(other, method)(url, **body).status_code, path
    fields = {"url": endpoint.url, "contact": "o@kantor.example", "since": "2026-11-22T00:00",
              "until": "2026-11-23T00:00"}  # fmt: skip
    for method, path in PAGE_ACTS:
        url = f"/webhook/{webhook_id}{path.format(delivery=delivery['id'])}"
        body = {} if method == "get" else {"data": fields}
        assert 404 == getattr(other, method)(url, **body).status_code, path
    assert {"webhooks": []} == other.get(API).json()
    assert endpoint.url not in other.get("/webhook").text
    assert before == webhooks.one(webhook_id)


def test_other_roles_have_no_webhooks(webhooks, endpoint):
    for role in ("ppid", "walidata", "auditor", "pemohon", "atasan_ppid", "ppid_pembantu"):
        browser = webhooks.browser(Actor(f"{role}-1", role))
        assert [403] * 3 == [
            browser.get(API).status_code,
            browser.post(API, json=new(endpoint)).status_code,
            browser.get("/webhook").status_code,
        ]


def test_an_operator_sees_all_and_stops_any_but_owns_none(webhooks, endpoint):
    webhook_id = webhooks.create(endpoint)
    operator = webhooks.browser(OPERATOR)

    [shown] = operator.get(API).json()["webhooks"]
    assert f"http://127.0.0.1:{endpoint.port}/…" == shown["url"]
    assert shown["contact"] is None
    page = operator.get(f"/webhook/{webhook_id}").text
    assert endpoint.url not in page and "Make a new secret" not in page
    assert "/hook" not in operator.get("/webhook").text
    for act in ("pause", "rotate", "test", "replay"):
        assert 403 == operator.post(f"{API}/{webhook_id}/{act}", json={}).status_code
    assert 403 == operator.delete(f"{API}/{webhook_id}").status_code
    assert 403 == operator.post(API, json=new(endpoint)).status_code
    assert 303 == operator.post(f"/webhook/{webhook_id}/disable").status_code
    assert "An operator has disabled it." in operator.get(f"/webhook/{webhook_id}").text
    assert 303 == operator.post(f"/webhook/{webhook_id}/enable").status_code
    assert "active" == webhooks.one(webhook_id)["state"]


def test_the_pages_from_a_new_one_to_a_delivery(webhooks, endpoint):
    ines = webhooks.browser(INES)
    fields = {"url": endpoint.url, "contact": "ines@kantor.example",
              "types": ["requests.RequestSubmitted", "privacy.DataMasked"]}  # fmt: skip

    assert "There are no webhooks yet." in ines.get("/webhook").text
    made = ines.post("/webhook", data=fields)
    secret = re.search(r"whsec_[A-Za-z0-9+/]{43}=", html.unescape(made.text))
    assert secret, "the secret is shown"
    [row] = ines.get(API).json()["webhooks"]
    here = f"/webhook/{UUID(row['id'])}"
    assert secret[0] not in html.unescape(ines.get(here).text)
    assert "A test delivery is on its way" in followed(ines, ines.post(f"{here}/test"))
    webhooks.world.hear(a_fact("RequestSubmitted"))
    endpoint.answers = [(200, {}, b""), (500, {}, b"<b>no</b>")]
    webhooks.deliver()

    page = ines.get(here).text
    assert "notify.WebhookTest" in page and "HTTP 500: &lt;b&gt;no&lt;/b&gt;" in page
    assert "HTTP 500" in ines.get("/webhook").text
    [waiting] = ines.get(f"{API}/{row['id']}/deliveries?state=waiting").json()["deliveries"]
    delivery = f"{here}/deliveries/{waiting['id']}"
    assert waiting["message_id"] in ines.get(delivery).text
    assert "sent again now" in followed(ines, ines.post(f"{delivery}/replay"))
    webhooks.deliver()
    assert "taken" in ines.get(delivery).text
    again = ines.post(
        f"{here}/replay", data={"since": "2026-11-22T00:00", "until": "2026-11-23T00:00"}
    )
    assert "2 deliveries are sent again." in followed(ines, again)
    assert 422 == ines.post(f"{here}/replay", data={"since": "x", "until": ""}).status_code
    changed = ines.post(here, data=fields | {"types": []})
    assert "Changed." in followed(ines, changed)
    assert [] == ines.get(f"{API}/{row['id']}").json()["types"]
    assert "whsec_" in ines.post(f"{here}/rotate").text
    assert "Deleted" in followed(ines, ines.post(f"{here}/delete"))


def test_a_form_that_was_refused_comes_back_as_it_was_typed(webhooks, endpoint):
    ines = webhooks.browser(INES)

    refused = ines.post("/webhook", data={"url": "https://127.0.0.1/<x>", "contact": "i@k.example"})

    assert 422 == refused.status_code
    assert "https://127.0.0.1/&lt;x&gt;" in refused.text
    assert "i@k.example" in refused.text
    assert "Write the address as https://" in refused.text


def followed(browser, answer) -> str:
    assert 303 == answer.status_code
    return html.unescape(browser.get(answer.headers["location"]).text)
