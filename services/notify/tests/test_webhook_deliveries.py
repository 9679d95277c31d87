"""What integrators are sent: every fact that they want, again until it is taken, none lost."""

import json
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from chassis.actor import Actor
from chassis.jobs import Job
from chassis.settings import SettingsError
from notify_examples import REQUEST, a_fact
from notify_service.bootstrap import build_webhooks
from notify_service.domain import retries
from notify_service.domain.errors import WebhookStands
from notify_service.domain.passed_on import TYPES
from notify_service.entrypoints.jobs import handlers
from notify_service.webhooks.deliveries import TELL_OWNER
from notify_service.webhooks.dispatcher import KEPT, Dispatcher
from prometheus_client import REGISTRY
from standardwebhooks import Webhook
from webhook_world import INES, OPERATOR, Endpoint, some_webhooks

pytestmark = pytest.mark.servers


@pytest.fixture
def endpoint():
    one = Endpoint()
    yield one
    one.stop()


@pytest.fixture
def other():
    one = Endpoint()
    yield one
    one.stop()


@pytest.fixture
def webhooks(database, tmp_path, endpoint, other):
    with some_webhooks(database("notify"), tmp_path, endpoint, other) as made:
        yield made


def test_a_fact_is_sent_once_to_each_endpoint_that_wants_it(webhooks, endpoint, other):
    webhooks.create(endpoint)
    webhooks.create(other, "privacy.DataMasked")
    submitted, masked = a_fact("RequestSubmitted"), a_fact("DataMasked", source="privacy")

    webhooks.world.hear(submitted, masked, submitted)
    webhooks.deliver()
    webhooks.deliver()

    assert [submitted.id, masked.id] == endpoint.ids
    assert [masked.id] == other.ids


def test_nothing_is_written_when_nobody_wants_it(webhooks, endpoint):
    webhooks.create(endpoint, "privacy.DataMasked")

    webhooks.world.hear(a_fact("RequestSubmitted"))

    assert [] == webhooks.pool.execute("SELECT 1 FROM webhook_messages")
    assert [] == webhooks.pool.execute("SELECT 1 FROM deliveries")


def test_what_no_mail_speaks_of_is_sent_too(webhooks, endpoint):
    webhooks.create(endpoint)

    for type_ in ("OwnerFound", "DataReceived"):
        webhooks.world.app.pass_on(a_fact(type_))
    erased = a_fact("PersonErased", person_id=str(uuid4()), request_id=REQUEST)
    webhooks.world.app.forget(erased)
    webhooks.deliver()

    assert 3 == len(endpoint.received)


def test_webhooks_of_a_disabled_account_stop_until_an_operator_enables_them(webhooks, endpoint):
    account = Actor(str(uuid4()), "integrator")
    mine, others = webhooks.create(endpoint, by=account), webhooks.create(endpoint)
    disabled = a_fact("StaffDisabled", staff_id=account.id)

    for _ in "ab":
        webhooks.world.app.stop_webhooks(disabled)
    webhooks.world.hear(a_fact("RequestSubmitted"))
    webhooks.deliver()

    shown = webhooks.one(mine)
    assert ("disabled", "account") == (shown["state"], shown["disabled_because"])
    assert "active" == webhooks.one(others)["state"]
    assert {"waiting"} == set(webhooks.states(mine))
    with pytest.raises(WebhookStands, match="ask them"):
        webhooks.parts.endpoints.enable(mine, account)
    webhooks.parts.endpoints.enable(mine, OPERATOR)
    webhooks.deliver()
    assert {"delivered"} == set(webhooks.states(mine))


def test_one_test_at_a_time(webhooks, endpoint):
    webhook_id = webhooks.create(endpoint)
    webhooks.parts.endpoints.test(webhook_id, INES)

    with pytest.raises(WebhookStands, match="still on its way"):
        webhooks.parts.endpoints.test(webhook_id, INES)

    webhooks.deliver()
    webhooks.parts.endpoints.test(webhook_id, INES)


def test_the_body_is_the_cloud_event_and_the_signature_is_of_it(webhooks, endpoint):
    webhooks.create(endpoint)
    submitted = a_fact("RequestSubmitted")
    webhooks.world.hear(submitted)

    webhooks.deliver()

    [(headers, body)] = endpoint.received
    assert {"type", "timestamp", "data"} == set(webhooks_body(body))
    assert "requests.RequestSubmitted" == webhooks_body(body)["type"]
    event = webhooks_body(body)["data"]
    assert (submitted.id, "1.0", submitted.data) == (
        event["id"], event["specversion"], event["data"],
    )  # fmt: skip
    assert str(int(webhooks.now.timestamp())) == headers["webhook-timestamp"]
    signed = Webhook(webhooks.secret).sign(submitted.id, webhooks.now, body.decode())
    assert signed in headers["webhook-signature"].split()
    assert ["v1", "v1a"] == [each.split(",")[0] for each in headers["webhook-signature"].split()]


def webhooks_body(body):
    return json.loads(body)


def test_only_2xx_is_a_success(webhooks, endpoint):
    webhook_id = webhooks.create(endpoint)
    statuses = (300, 301, 302, 307, 308, 400, 404, 500, 299, 201, 503)
    endpoint.answers = [(status, {"Location": endpoint.url}, b"") for status in statuses]
    webhooks.world.hear(*(a_fact("RequestSubmitted") for _ in statuses))

    webhooks.deliver()

    assert ["waiting"] * 8 + ["delivered"] * 2 + ["waiting"] == webhooks.states(webhook_id)
    assert len(statuses) == len(endpoint.received)


def test_a_failure_is_tried_again_by_the_specifications_schedule_and_then_given_up(
    webhooks, endpoint
):
    webhook_id = webhooks.create(endpoint)
    endpoint.always = 500
    webhooks.world.hear(submitted := a_fact("RequestSubmitted"))
    webhooks.deliver()

    for made, delay in enumerate(retries.DELAYS, start=1):
        webhooks.pass_(delay * (1 - retries.JITTER) - timedelta(milliseconds=1))
        webhooks.deliver()
        assert made == len(endpoint.received), "too early"
        webhooks.pass_(delay * 2 * retries.JITTER + timedelta(milliseconds=2))
        webhooks.deliver()
        assert made + 1 == len(endpoint.received), "too late"

    assert ["failed"] == webhooks.states(webhook_id)
    assert {submitted.id} == set(endpoint.ids)
    assert 10 == len({headers["webhook-timestamp"] for headers, _ in endpoint.received})
    assert 1 == len({body for _, body in endpoint.received})
    assert "HTTP 500" == webhooks.one(webhook_id)["last_error"]


def test_one_message_that_is_refused_holds_up_no_other(webhooks, endpoint):
    webhook_id = webhooks.create(endpoint)
    endpoint.answers = [(400, {}, b"")]
    webhooks.world.hear(*(a_fact("RequestSubmitted") for _ in range(3)))

    webhooks.deliver()

    assert ["waiting", "delivered", "delivered"] == webhooks.states(webhook_id)


def test_an_endpoint_that_is_overloaded_is_left_alone_for_as_long_as_it_says(webhooks, endpoint):
    webhook_id = webhooks.create(endpoint)
    for status in (429, 502, 504):
        before = len(endpoint.received)
        endpoint.answers = [(status, {"Retry-After": "120"}, b"")]
        webhooks.world.hear(*(a_fact("RequestSubmitted") for _ in range(3)))

        webhooks.deliver()
        webhooks.pass_(timedelta(seconds=119))
        webhooks.deliver()
        assert before + 1 == len(endpoint.received)
        webhooks.pass_(timedelta(seconds=1))
        webhooks.deliver()
        assert before + 4 == len(endpoint.received)

    assert {"delivered"} == set(webhooks.states(webhook_id))


def test_retry_after_may_be_a_date_and_is_bounded(webhooks, endpoint):
    webhook_id = webhooks.create(endpoint)
    endpoint.answers = [
        (503, {"Retry-After": "Sun, 22 Nov 2026 04:00:00 GMT"}, b""),
        (503, {"Retry-After": "999999999"}, b""),
    ]
    webhooks.world.hear(a_fact("RequestSubmitted"))

    webhooks.deliver()
    webhooks.pass_(timedelta(minutes=59))
    webhooks.deliver()
    assert 1 == len(endpoint.received)
    webhooks.pass_(timedelta(minutes=1))
    webhooks.deliver()
    assert 2 == len(endpoint.received)
    webhooks.pass_(retries.RETRY_AFTER_MAX)
    webhooks.deliver()

    assert ["delivered"] == webhooks.states(webhook_id)


def test_410_disables_at_once_and_the_owner_is_told_by_mail(webhooks, endpoint):
    webhook_id = webhooks.create(endpoint)
    endpoint.answers = [(410, {}, b"")]
    webhooks.world.hear(*(a_fact("RequestSubmitted") for _ in range(2)))

    webhooks.deliver()

    shown = webhooks.one(webhook_id)
    assert ("disabled", "gone") == (shown["state"], shown["disabled_because"])
    assert 1 == len(endpoint.received)
    assert ("WebhookDisabled", {"because": "gone"}) in webhooks.world.facts()
    [mail] = the_mails_to(webhooks, "ines@kantor.example")
    assert "410 Gone" in mail.get_content()
    assert f"/webhook/{webhook_id}" in mail.get_content()


def the_mails_to(webhooks, address):
    work = handlers(webhooks.world.settings, webhooks.pool)[TELL_OWNER]
    for row in webhooks.pool.execute(
        "SELECT id, kind, key, args, attempts FROM jobs WHERE kind = %s", (TELL_OWNER,)
    ):
        work(Job(*row))
    mail = webhooks.world.mail
    return [m for m, r in zip(mail.received, mail.recipients, strict=True) if r == [address]]


def test_after_five_days_of_failures_alone_it_is_disabled_and_goes_on_when_enabled(
    webhooks, endpoint
):
    webhook_id = webhooks.create(endpoint)
    endpoint.always = 500
    heard = []
    for _ in range(6):
        heard.append(a_fact("RequestSubmitted"))
        webhooks.world.hear(heard[-1])
        webhooks.deliver()
        assert "active" == webhooks.one(webhook_id)["state"]
        webhooks.pass_(timedelta(hours=23))
    webhooks.pass_(timedelta(hours=3))
    webhooks.deliver()
    assert "failing" == webhooks.one(webhook_id)["disabled_because"]
    assert 1 == len(the_mails_to(webhooks, "ines@kantor.example"))

    heard.append(a_fact("RequestSubmitted"))
    webhooks.world.hear(heard[-1])
    webhooks.pass_(timedelta(days=1))
    webhooks.deliver()
    endpoint.always, sent_before = None, len(endpoint.received)
    webhooks.deliver()
    assert sent_before == len(endpoint.received)
    webhooks.parts.endpoints.enable(webhook_id, INES)
    webhooks.deliver()

    assert ["delivered"] * 7 == webhooks.states(webhook_id)
    assert [each.id for each in heard] == endpoint.ids[sent_before:]


def test_one_success_begins_the_five_days_anew(webhooks, endpoint):
    webhook_id = webhooks.create(endpoint)
    for days in range(8):
        endpoint.always = None if days == 4 else 500
        webhooks.world.hear(a_fact("RequestSubmitted"))
        webhooks.deliver()
        webhooks.pass_(timedelta(days=1))

    assert "active" == webhooks.one(webhook_id)["state"]


def test_an_endpoint_that_was_down_for_long_gets_all_of_it_when_it_is_back(
    webhooks, endpoint, other
):
    webhook_id = webhooks.create(other)
    port = other.port
    other.stop()
    heard = [a_fact("RequestSubmitted") for _ in range(30)]
    for n, each in enumerate(heard):
        webhooks.world.hear(each)
        webhooks.deliver()
        webhooks.pass_(timedelta(hours=4) if n < 28 else timedelta(minutes=1))
    assert {"waiting", "failed"} == set(webhooks.states(webhook_id))

    back = Endpoint(port=port)
    webhooks.pass_(timedelta(hours=1))
    webhooks.deliver()
    back.stop()

    assert ["delivered"] * 30 == webhooks.states(webhook_id)
    assert sorted(each.id for each in heard) == sorted(back.ids)


def test_what_comes_during_a_pause_waits_for_its_end(webhooks, endpoint):
    webhook_id = webhooks.create(endpoint)
    webhooks.parts.endpoints.pause(webhook_id, INES)
    webhooks.world.hear(a_fact("RequestSubmitted"))
    webhooks.deliver()
    assert [] == endpoint.received

    webhooks.parts.endpoints.enable(webhook_id, INES)
    webhooks.deliver()

    assert ["delivered"] == webhooks.states(webhook_id)


def test_an_attempt_is_told_with_status_duration_and_few_words_that_name_nobody(webhooks, endpoint):
    webhook_id = webhooks.create(endpoint)
    words = b"no such person: siti@contoh.id, 3573014101900001\x00\r\n" + b"x" * 100_000
    endpoint.answers = [(422, {}, words)]
    webhooks.world.hear(a_fact("RequestSubmitted"))
    webhooks.deliver()
    webhooks.pass_(timedelta(minutes=1))
    webhooks.deliver()

    [delivery] = webhooks.deliveries(webhook_id)
    first, second = webhooks.attempts(delivery, webhook_id)
    assert (422, 200) == (first["status"], second["status"])
    assert first["seconds"] >= 0
    assert first["error"].startswith("HTTP 422: no such person: (…) (…) xx")
    assert len(first["error"]) <= 210
    assert not any(s in webhooks.world.everything_kept() for s in ("siti@", "3573014101900001"))


def test_during_a_rotation_both_secrets_hold_and_then_the_new_one_alone(webhooks, endpoint):
    webhook_id = webhooks.create(endpoint)
    old = webhooks.secret

    def signed_with(secret: str) -> bool:
        headers, body = endpoint.received[-1]
        signature = Webhook(secret).sign(headers["webhook-id"], webhooks.now, body.decode())
        return signature in headers["webhook-signature"].split()

    new, until = webhooks.parts.endpoints.rotate(webhook_id, INES)
    webhooks.world.hear(a_fact("RequestSubmitted"))
    webhooks.deliver()
    assert webhooks.now + timedelta(hours=24) == until
    assert signed_with(old) and signed_with(new)
    assert 4 == len(endpoint.received[-1][0]["webhook-signature"].split())

    webhooks.pass_(timedelta(hours=24))
    webhooks.world.hear(a_fact("RequestSubmitted"))
    webhooks.deliver()
    assert signed_with(new) and not signed_with(old)
    assert [] == webhooks.pool.execute("SELECT 1 FROM webhook_keys WHERE ends_at < %s",
                                       (webhooks.now,))  # fmt: skip


def test_replaying_sends_again_under_the_same_id(webhooks, endpoint):
    webhook_id = webhooks.create(endpoint)
    heard = []
    for _ in range(4):
        heard.append(a_fact("RequestSubmitted"))
        webhooks.world.hear(heard[-1])
    webhooks.deliver()
    first = webhooks.deliveries(webhook_id)[0]

    webhooks.parts.endpoints.replay(webhook_id, first["id"], INES)
    webhooks.deliver()
    assert heard[0].id == endpoint.ids[4]
    replayed = webhooks.parts.endpoints.replay_positions(
        webhook_id, INES, source="requests", first=heard[1].position, last=heard[2].position
    )
    webhooks.deliver()
    assert (2, [heard[1].id, heard[2].id]) == (replayed, endpoint.ids[5:])
    replayed = webhooks.parts.endpoints.replay_time(
        webhook_id, INES, since=heard[0].time, until=heard[0].time + timedelta(seconds=1)
    )
    webhooks.deliver()

    assert 4 == replayed
    assert [each.id for each in heard] == endpoint.ids[7:]
    assert 3 == sum(type_ == "WebhookReplayed" for type_, _ in webhooks.world.facts())


def test_after_thirty_days_a_message_and_its_deliveries_are_not_kept(webhooks, endpoint):
    webhook_id = webhooks.create(endpoint)
    webhooks.world.hear(a_fact("RequestSubmitted"))
    webhooks.deliver()
    webhooks.pass_(KEPT)
    webhooks.world.hear(a_fact("RequestSubmitted"))

    webhooks.pass_(timedelta(seconds=1))
    Dispatcher(webhooks.pool).look()

    assert ["waiting"] == webhooks.states(webhook_id)
    assert [(1,)] == webhooks.pool.execute("SELECT count(*) FROM webhook_messages")


def test_the_metrics_tell_how_much_waits_and_for_how_long(webhooks, endpoint):
    webhook_id = webhooks.create(endpoint)
    webhooks.parts.endpoints.pause(webhook_id, INES)
    webhooks.world.hear(*(a_fact("RequestSubmitted") for _ in range(3)))
    webhooks.pass_(timedelta(minutes=7))

    Dispatcher(webhooks.pool).look()

    assert [3, 420, 0, 1] == [
        REGISTRY.get_sample_value("webhook_deliveries_waiting"),
        REGISTRY.get_sample_value("webhook_oldest_seconds"),
        REGISTRY.get_sample_value("webhook_endpoints", {"state": "active"}),
        REGISTRY.get_sample_value("webhook_endpoints", {"state": "paused"}),
    ]


def test_a_setting_that_names_no_network_stops_the_process(webhooks):
    settings = replace(webhooks.world.settings, webhook_networks="kantor.example")

    with pytest.raises(SettingsError, match="WEBHOOK_NETWORKS"):
        build_webhooks(settings, webhooks.pool)


def test_a_deleted_webhook_leaves_no_key_no_contact_and_no_delivery(webhooks, endpoint):
    webhook_id = webhooks.create(endpoint)
    endpoint.always = 500
    webhooks.world.hear(a_fact("RequestSubmitted"))
    webhooks.deliver()

    webhooks.parts.endpoints.delete(webhook_id, INES)
    webhooks.pass_(timedelta(days=1))
    webhooks.world.hear(a_fact("RequestSubmitted"))
    webhooks.deliver()

    assert 1 == len(endpoint.received)
    for table in ("webhooks", "webhook_keys", "deliveries", "delivery_attempts"):
        assert [] == webhooks.pool.execute(f"SELECT 1 FROM {table}")
    assert [(None,)] == webhooks.pool.execute(
        "SELECT wrapped FROM keys WHERE owner = %s", (webhook_id,)
    )


def test_neither_secret_nor_contact_lies_open_in_the_database(webhooks, endpoint):
    webhooks.create(endpoint)
    webhooks.world.hear(a_fact("RequestSubmitted"))
    webhooks.deliver()

    kept = webhooks.world.everything_kept()

    assert webhooks.secret not in kept
    assert "ines@kantor.example" not in kept


def test_an_endpoint_whose_name_leads_inside_is_not_spoken_to(webhooks, endpoint):
    webhook_id = webhooks.create(endpoint)
    webhooks.pool.execute("UPDATE webhooks SET url = 'https://127.0.0.1/hook'")
    webhooks.world.hear(a_fact("RequestSubmitted"))

    webhooks.deliver()

    assert ["waiting"] == webhooks.states(webhook_id)
    assert "Nothing is sent to this host" in webhooks.one(webhook_id)["last_error"]


def test_endpoints_are_served_side_by_side_and_one_that_hangs_holds_up_nobody(
    webhooks, endpoint, other
):
    webhooks.create(other)
    healthy = [webhooks.create(endpoint) for _ in range(3)]
    other.go.clear()
    webhooks.world.hear(*(a_fact("RequestSubmitted") for _ in range(5)))
    runners = webhooks.runners()
    for runner in runners:
        runner.start()

    try:
        webhooks.world.until(
            lambda: all(webhooks.states(each) == ["delivered"] * 5 for each in healthy),
            seconds=90,
        )
        assert 1 == len(other.received)
    finally:
        other.go.set()
        for runner in runners:
            runner.stop()


def test_two_processes_send_each_delivery_once(webhooks, endpoint, other):
    ids = [webhooks.create(each) for each in (endpoint, other)]
    heard = [a_fact("RequestSubmitted") for _ in range(40)]
    webhooks.world.hear(*heard)
    runners = webhooks.runners() + webhooks.runners()
    for runner in runners:
        runner.start()

    webhooks.world.until(
        lambda: all(webhooks.states(each) == ["delivered"] * 40 for each in ids), seconds=90
    )
    for runner in runners:
        runner.stop()

    for each in (endpoint, other):
        assert [message.id for message in heard] == each.ids


def test_an_operator_disables_what_only_an_operator_enables(webhooks, endpoint):
    webhook_id = webhooks.create(endpoint)
    webhooks.parts.endpoints.disable(webhook_id, OPERATOR)
    webhooks.world.hear(a_fact("RequestSubmitted"))
    webhooks.deliver()
    assert [] == endpoint.received

    webhooks.parts.endpoints.enable(webhook_id, OPERATOR)
    webhooks.deliver()

    assert ["delivered"] == webhooks.states(webhook_id)


def test_every_type_that_can_be_asked_for_can_be_had(webhooks, endpoint):
    webhooks.create(endpoint, *sorted(TYPES))
    for each in sorted(TYPES):
        source, type_ = each.split(".")
        webhooks.world.app.pass_on(a_fact(type_, source=source))

    webhooks.deliver()

    assert sorted(TYPES) == sorted(webhooks_body(body)["type"] for _, body in endpoint.received)
