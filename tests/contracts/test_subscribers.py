"""`satudata subscribers`: each program that listens has its own queue, and can do nothing else."""

import base64
import json
import os
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen
from uuid import NAMESPACE_URL, uuid5

import pika
import pika.exceptions
import pytest
from chassis import log
from satudata import subscribers
from satudata.cli import main

from tests.contracts.published import SERVICES
from tests.installations import wait_until

pytestmark = pytest.mark.servers


@pytest.fixture(scope="module")
def environment(rabbit):
    """A virtual host of this module's own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AMQP_URL", rabbit.new_virtual_host())
        patch.setenv("AMQP_ADMIN_URL", rabbit.manage())
        # Not a database that happens to be here.
        patch.setenv("REQUESTS_DATABASE_URL", "dbname=none")
        yield


@pytest.fixture(autouse=True)
def pool(database, monkeypatch):
    """The database whose log tells of subscribers."""
    made = database("requests")
    monkeypatch.setenv("REQUESTS_DATABASE_URL", made.dsn)
    return made


@pytest.fixture(scope="module")
def broker(environment):
    """The services' exchanges, and an administrator's channel."""
    connection = pika.BlockingConnection(pika.URLParameters(os.environ["AMQP_URL"]))
    channel = connection.channel()
    channel.confirm_delivery()
    for service in SERVICES:
        channel.exchange_declare(f"{service}.events", "topic", durable=True)
    yield channel
    connection.close()


@pytest.fixture
def satudata(capsys, broker):
    """Type a command; its exit status, and what it said as JSON or as words."""

    def run(*arguments):
        capsys.readouterr()
        status = main(["subscribers", *arguments])
        said = capsys.readouterr()
        told = json.loads(said.out) if "--json" in arguments and not status else said.out + said.err
        return status, told

    yield run
    run("remove", "statistics")
    run("remove", "archive")


@pytest.fixture
def added(satudata):
    """The subscriber `statistics`, of two facts."""
    status, told = satudata("add", "statistics", "--json", "--types",
                            "RequestSubmitted", "letters.LetterIssued")  # fmt: skip
    assert status == 0
    return told


def _publish(broker, type_="RequestSubmitted", body=b"{}", source="requests"):
    headers = {"ce-time": "2026-11-20T03:00:00+00:00"}
    broker.basic_publish(f"{source}.events", type_, body, pika.BasicProperties(headers=headers))


def _channel(url):
    return pika.BlockingConnection(pika.URLParameters(url)).channel()


class Listener:
    """A program of another office."""

    def __init__(self, url, queue="sub.statistics"):
        self.heard = []
        self.acknowledges = True
        self.channel = _channel(url)
        self.channel.basic_consume(queue, self._hear)

    def _hear(self, channel, method, properties, body):
        self.heard.append(body)
        if self.acknowledges:
            channel.basic_ack(method.delivery_tag)

    def listen_until(self, done):
        wait_until(lambda: self.channel.connection.process_data_events(0) or done(), 60, "heard")

    def end(self):
        self.channel.connection.close()


def test_a_second_program_waits_until_the_first_has_gone_and_goes_on_in_order(broker, added):
    first, second = Listener(added["url"]), Listener(added["url"])
    bodies = [b"%d" % n for n in range(12)]
    for body in bodies[:6]:
        _publish(broker, body=body)

    first.listen_until(lambda: len(first.heard + second.heard) == 6)
    first.acknowledges = False
    for body in bodies[6:9]:
        _publish(broker, body=body)
    first.listen_until(lambda: len(first.heard) == 9)
    second.channel.connection.process_data_events(0)
    assert (bodies[:9], []) == (first.heard, second.heard)
    first.end()
    for body in bodies[9:]:
        _publish(broker, body=body)
    second.listen_until(lambda: len(second.heard) == 6)

    assert bodies[6:] == second.heard
    second.end()


def test_a_queue_that_was_made_before_is_told_apart(broker, added, satudata):
    broker.queue_declare("sub.archive", durable=True, arguments={"x-queue-type": "quorum"})

    shared = {each["name"]: each["shared"] for each in satudata("list", "--json")[1]}
    said = satudata("list")[1]

    broker.queue_delete("sub.archive")
    assert ({"archive": True, "statistics": False}, 1) == (shared, said.count("SHARED"))


def test_a_subscriber_hears_what_was_asked_for_and_keeps_it_while_away(broker, added):
    for source, type_ in (
        ("requests", "RequestSubmitted"),
        ("requests", "DataDelivered"),
        ("letters", "LetterIssued"),
    ):
        _publish(broker, type_, type_.encode(), source)

    listener = Listener(added["url"])

    listener.listen_until(lambda: len(listener.heard) == 2)
    assert [b"RequestSubmitted", b"LetterIssued"] == listener.heard
    listener.end()


FORBIDDEN = {
    "publish a fact": lambda c: c.basic_publish("requests.events", "RequestSubmitted", b"{}"),
    "publish to a queue": lambda c: c.basic_publish("", "sub.archive", b"{}"),
    "declare a queue": lambda c: c.queue_declare("mine"),
    "declare a queue with any name": lambda c: c.queue_declare(""),
    "declare an exchange": lambda c: c.exchange_declare("mine", "topic"),
    "bind its queue to more": lambda c: c.queue_bind("sub.statistics", "requests.events", "#"),
    "take its queue away": lambda c: c.queue_delete("sub.statistics"),
    "read another's queue": lambda c: c.basic_get("sub.archive"),
    "consume another's queue": lambda c: c.basic_consume("sub.archive", lambda *_: None),
    "empty another's queue": lambda c: c.queue_purge("sub.archive"),
}


def test_a_subscriber_can_do_nothing_else(broker, added):
    broker.queue_declare("sub.archive", durable=True, arguments={"x-queue-type": "quorum"})
    connection = pika.BlockingConnection(pika.URLParameters(added["url"]))

    answers = {what: _answer(connection.channel(), do) for what, do in FORBIDDEN.items()}

    assert dict.fromkeys(FORBIDDEN, 403) == answers
    connection.close()
    broker.queue_delete("sub.archive")


def _answer(channel, do):
    channel.confirm_delivery()
    try:
        return do(channel)
    except pika.exceptions.ChannelClosedByBroker as refused:
        return refused.reply_code


def test_a_subscriber_is_no_administrator(added, rabbit):
    login, admin = urlsplit(added["url"]), urlsplit(rabbit.manage())
    address = f"http://{admin.hostname}:{admin.port}/api/overview"
    auth = base64.b64encode(f"{login.username}:{login.password}".encode()).decode()
    asked = Request(address, headers={"Authorization": f"Basic {auth}"})

    with pytest.raises(HTTPError) as refused:
        urlopen(asked, timeout=15)

    assert refused.value.code == 401


def test_the_queue_of_who_went_away_loses_the_oldest_and_stops_nobody(
    broker, satudata, monkeypatch
):
    monkeypatch.setitem(subscribers._QUEUE, "x-max-length-bytes", 3000)
    _, told = satudata("add", "statistics", "--json")

    for n in range(20):
        # Confirmed each: pika raises else.
        _publish(broker, body=b"%4d" % n * 200)

    listener = Listener(told["url"])
    listener.listen_until(lambda: listener.heard and listener.heard[-1][:4] == b"  19")
    kept = [int(body[:4]) for body in listener.heard]
    assert kept == list(range(20 - len(kept), 20))
    assert 0 < len(kept) < 20
    listener.end()


def test_a_subscriber_without_types_hears_all_that_its_sources_say(satudata):
    _, of_two = satudata("add", "statistics", "--sources", "letters", "notify", "--json")
    _, of_all = satudata("add", "archive", "--json")

    assert ["letters.#", "notify.#"] == of_two["hears"]
    assert sorted(f"{service}.#" for service in SERVICES) == sorted(of_all["hears"])


def test_the_list_shows_what_waits_and_since_when(broker, added, satudata):
    _publish(broker)
    _publish(broker)

    def listed():
        status, (one,) = satudata("list", "--json")
        assert status == 0
        return one

    # The management API counts every few seconds.
    wait_until(lambda: listed()["waiting"] == 2, 60, "the list shows both")
    one = listed()
    assert ("statistics", 0, "2026-11-20T03:00:00+00:00", False) == (
        one["name"], one["consumers"], one["oldest"], one["drops_oldest"],
    )  # fmt: skip
    assert ["letters.LetterIssued", "requests.RequestSubmitted"] == one["hears"]
    assert "statistics" in satudata("list")[1]


def test_a_new_password_puts_out_who_has_the_old_one(broker, added, satudata):
    _publish(broker)
    status, told = satudata("rotate", "statistics", "--json")

    assert status == 0
    with pytest.raises(pika.exceptions.ProbableAuthenticationError):
        _channel(added["url"])
    listener = Listener(told["url"])
    listener.listen_until(lambda: listener.heard == [b"{}"])
    listener.end()


def test_a_subscriber_who_is_removed_leaves_nothing(added, satudata):
    status, said = satudata("remove", "statistics")

    assert (0, True) == (status, "statistics is removed" in said)
    with pytest.raises(pika.exceptions.ProbableAuthenticationError):
        _channel(added["url"])
    assert (0, []) == satudata("list", "--json")


def test_who_listens_is_told_in_the_log(added, satudata, pool):
    satudata("rotate", "statistics", "--by", "ani")
    satudata("remove", "statistics", "--by", "ani")
    satudata("remove", "statistics", "--by", "ani")

    told = log.stream(pool, uuid5(NAMESPACE_URL, "subscriber statistics"))

    assert ["SubscriberAdded", "SubscriberPasswordChanged", "SubscriberRemoved"] == [
        each.type for each in told
    ]
    assert {
        "name": "statistics",
        "hears": ["letters.LetterIssued", "requests.RequestSubmitted"],
    } == told[0].data
    assert {("satudata:ani", "operator")} == {(each.actor.id, each.actor.role) for each in told[1:]}


def test_without_the_log_nothing_is_done(broker, satudata, monkeypatch):
    monkeypatch.setenv("REQUESTS_DATABASE_URL", "host=127.0.0.1 port=1 dbname=none")

    status, _ = satudata("add", "statistics")

    assert (69, (0, [])) == (status, satudata("list", "--json"))


def test_without_a_log_to_tell_it_in_nothing_is_done(broker, satudata, monkeypatch):
    monkeypatch.delenv("REQUESTS_DATABASE_URL")
    monkeypatch.setenv("VAR_DIR", "/nowhere")

    status, said = satudata("add", "statistics")

    assert (78, True) == (status, "REQUESTS_DATABASE_URL" in said)
    assert (0, []) == satudata("list", "--json")


def test_the_words_of_a_new_subscriber_can_be_copied_into_a_shell(satudata):
    status, said = satudata("add", "statistics", "--types", "RequestSubmitted")

    assert status == 0
    assert "export QUEUE=sub.statistics" in said
    assert "export AMQP_URL='amqp://sub.statistics:" in said
    assert "hears requests.RequestSubmitted" in said


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["add", "Statistics Office"], "is no name"),
        (["add", "a" * 41], "is no name"),
        (["add", "archive", "--types", "RequestSubmited"], "requests.RequestSubmitted"),
        (["add", "archive", "--sources", "letters", "--types", "RequestSubmitted"], "nobody"),
        (["add", "statistics"], "already"),
        (["rotate", "nobody"], "no subscriber nobody"),
        (["remove", "nobody"], "no subscriber nobody"),
        (["remove", "../users/guest"], "no subscriber"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_made(added, satudata, arguments, words):
    status, said = satudata(*arguments)

    assert (1, True) == (status, words in said)
    assert ["statistics"] == [each["name"] for each in satudata("list", "--json")[1]]


def test_without_an_exchange_nothing_is_left_behind(broker, satudata):
    broker.exchange_delete("notify.events")

    status, said = satudata("add", "statistics")

    broker.exchange_declare("notify.events", "topic", durable=True)
    assert (1, True) == (status, "satudata migrate" in said)
    assert (0, []) == satudata("list", "--json")


def test_the_usual_virtual_host_is_written_as_every_client_reads_it(broker, satudata, monkeypatch):
    monkeypatch.setenv("AMQP_URL", "amqp://a:b@one:5672//;amqp://a:b@two:5672//")
    usual = subscribers.Broker(os.environ)

    told = usual.rotate("statistics")

    assert ["one:5672/%2F", "two:5672/%2F"] == [
        url.rpartition("@")[2] for url in told.url.split(";")
    ]


@pytest.mark.parametrize(
    ("amqp", "admin", "status", "words"),
    [
        ("amqp://x//", "", 78, "AMQP_ADMIN_URL"),
        ("", "http://a:b@127.0.0.1:1", 78, "AMQP_URL"),
        ("memory://", "http://a:b@127.0.0.1:1", 69, "no RabbitMQ"),
        ("amqp://x//", "http://a:b@127.0.0.1:1", 69, "does not answer"),
    ],
)
def test_what_is_missing_is_said(satudata, monkeypatch, amqp, admin, status, words):
    monkeypatch.setenv("AMQP_URL", amqp)
    monkeypatch.setenv("AMQP_ADMIN_URL", admin)
    monkeypatch.setenv("REQUESTS_DATABASE_URL", "dbname=none")

    found, said = satudata("list")

    assert (status, True) == (found, words in said)
