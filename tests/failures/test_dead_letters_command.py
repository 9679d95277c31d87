"""`satudata dead-letters` and `satudata jobs`: done, refused, repeated, with their exit codes."""

import argparse
import functools
import getpass
import json
import threading
from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import pika
import pytest
from chassis import jobs, log
from chassis.actor import Actor
from chassis.last_net import DEAD_LETTERS, DEAD_LETTERS_ARGUMENTS
from chassis.message import Message
from chassis.parking import BEHIND, Parking
from chassis.postgres import Pool
from satudata import dead_letters, doctor

from tests.installations import wait_until

pytestmark = pytest.mark.servers

OPERATOR = f"satudata:{getpass.getuser()}"


@pytest.fixture
def letters(database) -> Pool:
    return database("letters")


@pytest.fixture
def say(letters, database, capsys):
    """Type a command; its exit status, what it printed, what it complained of."""
    amqp = {"url": "memory://"}
    others = functools.cache(lambda: database("requests").dsn)

    def settings_of(service: str):
        dsn = letters.dsn if service == "letters" else others()
        return SimpleNamespace(database_url=dsn, amqp_url=amqp["url"])

    def run(*arguments: str) -> tuple[int, str, str]:
        parser = argparse.ArgumentParser()
        dead_letters.register(parser.add_subparsers(required=True), settings_of)
        try:
            parsed = parser.parse_args(arguments)
            status = parsed.do(parsed)
        except SystemExit as error:
            status = error.code
        return status, *capsys.readouterr()

    run.amqp = amqp
    return run


def a_message(number: int, subject: str | None = None, type_: str = "RequestSubmitted"):
    return Message(
        id=f"requests-{number}",
        source="requests",
        type=type_,
        subject=subject or str(uuid4()),
        time=log.clock.now(),
        sequence=1,
        position=number,
        actor=Actor("ani", "ppid"),
        data={"register_number": "2026-0042"},
        dataschema="urn:satudata:requests:RequestSubmitted:v1",
    )


def park(pool: Pool, *messages: Message) -> list[str]:
    """The first of each subject failed; the rest wait behind it. Their ids."""
    parking = Parking(pool)
    for message in messages:
        if parking.blocks(message.subject):
            parking.add(message, BEHIND, retry_in=timedelta(0))
        else:
            parking.add(message, "CityIncomplete: x", retry_in=None, place="offices.py:63 of")
    return [f"letters/{id_}" for (id_,) in pool.execute("SELECT id FROM parked ORDER BY id")]


def fail_a_job(pool: Pool, key: str = "requests-1") -> str:
    with pool.transaction() as cur:
        jobs.enqueue(cur, "issue", key, {"kind": "tanda_terima"})
    pool.execute(
        "UPDATE jobs SET failed = TRUE, reason = 'LetterNotRendered' WHERE key = %s", (key,)
    )
    return f"letters/{pool.execute('SELECT id FROM jobs WHERE key = %s', (key,))[0][0]}"


def acts(pool: Pool) -> list[tuple[str, str, str | None]]:
    rows = pool.execute("SELECT type, actor, state FROM facts ORDER BY position")
    return [(type_, actor, json.loads(bytes(state))["reason"]) for type_, actor, state in rows]


def handle(pool: Pool) -> None:
    """What a worker does when all is well."""
    parking = Parking(pool)
    for subject in parking.due_subjects():
        while (taken := parking.take_first(subject)) is not None:
            with pool.transaction() as cur:
                log.handled(cur, taken[1])
            parking.done(taken[0], subject)


# Seen


def test_what_waits_is_listed_with_where_it_waits_and_why(say, letters):
    subject = str(uuid4())
    first, behind = park(letters, a_message(1, subject), a_message(2, subject, "RequestGranted"))

    status, said, _ = say("dead-letters", "list")

    assert 0 == status
    lines = said.splitlines()
    assert [first, behind] == [line.split()[0] for line in lines]
    assert "requests/RequestSubmitted" in lines[0]
    assert "waits for a person" in lines[0]
    assert "CityIncomplete: x" in lines[0]
    assert f"behind {first}" in lines[1]


def test_the_list_is_narrowed(say, letters):
    park(letters, a_message(1), a_message(2, type_="RequestGranted"))

    for narrowed, found in (
        (("--type", "RequestGranted"), ["requests-2"]),
        (("--reason", "cityincomplete"), ["requests-1", "requests-2"]),
        (("--service", "letters", "--type", "RequestSubmitted"), ["requests-1"]),
        (("--service", "requests"), []),
        (("--subject", "elsewhere"), []),
    ):
        status, said, _ = say("dead-letters", "list", "--json", *narrowed)
        assert (0, found) == (status, [row["message_id"] for row in json.loads(said)]), narrowed


def test_one_is_shown_with_its_history_and_its_data(say, letters):
    subject = str(uuid4())
    first, behind = park(letters, a_message(1, subject), a_message(2, subject))

    status, said, _ = say("dead-letters", "show", first)

    assert 0 == status
    for part in ("CityIncomplete: x at offices.py:63 of", f"behind it: {behind}", "2026-0042"):
        assert part in said
    shown = json.loads(say("dead-letters", "show", first, "--json")[1])
    assert (first, 1) == (shown["ref"], len(shown["history"]))


def test_the_doctor_says_what_waits_for_a_person(letters):
    def finding():
        return doctor.what_waits("letters", letters.dsn)

    assert finding().well
    park(letters, a_message(1), a_message(2))
    later = "UPDATE parked SET next_try = now() + interval '1h' WHERE message_id = %s"
    letters.execute(later, ("requests-2",))
    assert (False, True) == (finding().well, "of them for a person: 1" in finding().text)
    letters.execute(later, ("requests-1",))
    assert finding().well
    fail_a_job(letters)
    assert (False, True) == (finding().well, "failed jobs: 1" in finding().text)


# Done


def test_it_is_handed_over_on_record_by_whom_and_why(say, letters):
    (ref,) = park(letters, a_message(1))

    status, said, _ = say("dead-letters", "redrive", ref, "--wait", "0", "--reason", "version 2")

    assert (0, True) == (status, f"{ref}  handed over" in said)
    assert [("MessageRedriven", OPERATOR, "version 2")] == acts(letters)
    say("dead-letters", "redrive", ref, "--wait", "0", "--by", "ani")
    assert 1 == len(acts(letters))  # it was due already


def test_what_became_of_it_is_said_when_it_is_known_in_time(say, letters):
    well, badly = park(letters, a_message(1), a_message(2))
    done = threading.Event()

    def work() -> None:
        parking = Parking(letters)
        wait_until(lambda: len(parking.due_subjects()) == 2, 60, "both were redriven")
        number = int(badly.partition("/")[2])
        parking.failed(number, "CityIncomplete: y", for_ever=True, place="offices.py:63 of")
        handle(letters)
        done.set()

    threading.Thread(target=work).start()
    status, said, complained = say("dead-letters", "redrive", well, badly, "--wait", "60")

    assert done.wait(60)
    assert 1 == status
    assert f"{well}  handled" in said
    assert f"{badly}  failed again: CityIncomplete: y" in complained


def test_all_of_one_type_go_at_once_and_those_behind_follow(say, letters):
    subject = str(uuid4())
    first, _, other = park(
        letters,
        a_message(1, subject, "RequestGranted"),
        a_message(2, subject, "RequestGranted"),
        a_message(3),
    )

    status, said, _ = say(
        "dead-letters", "redrive", "--type", "RequestGranted", "--wait", "0", "--json"
    )

    assert (0, [first]) == (status, [each["ref"] for each in json.loads(said)])
    handle(letters)
    assert [other] == [row["ref"] for row in json.loads(say("dead-letters", "list", "--json")[1])]
    assert 0 == say("dead-letters", "redrive", "--all", "--wait", "0")[0]
    handle(letters)
    assert (1, True) == (
        (nothing := say("dead-letters", "redrive", "--all"))[0],
        "nothing waits" in nothing[2],
    )


def test_it_is_thrown_away_with_a_reason_once(say, letters):
    (ref,) = park(letters, a_message(1))
    discard = ("dead-letters", "discard", ref, "--reason", "letter was sent by hand", "--by", "ani")

    assert (0, f"{ref}  discarded\n") == say(*discard)[:2]

    assert [("MessageDiscarded", "satudata:ani", "letter was sent by hand")] == acts(letters)
    assert (1, f"{ref}  unknown\n") == (lambda said: (said[0], said[2]))(say(*discard))


def test_failed_jobs_are_treated_the_same(say, letters):
    ref, other = fail_a_job(letters), fail_a_job(letters, "requests-2")

    assert [ref, other] == [
        row["ref"] for row in json.loads(say("jobs", "list", "--type", "issue", "--json")[1])
    ]
    assert "tanda_terima" in say("jobs", "show", ref)[1]
    assert 0 == say("jobs", "redrive", ref, "--wait", "0")[0]
    assert 0 == say("jobs", "discard", other, "--reason", "letter was sent by hand")[0]
    assert [
        ("JobRedriven", OPERATOR, None),
        ("JobDiscarded", OPERATOR, "letter was sent by hand"),
    ] == acts(letters)
    assert (0, "none\n") == say("jobs", "list")[:2]


# Refused


REFUSED = (
    (("dead-letters", "show", "letters/99"), 1, "nothing waits as letters/99"),
    (("dead-letters", "show", "broker/0123456789"), 1, "nothing waits as broker/0123456789"),
    (("dead-letters", "redrive", "letters/99"), 1, "letters/99  unknown"),
    (("dead-letters", "redrive", "broker/0123456789"), 1, "unknown"),
    (("dead-letters", "redrive"), 2, "redrive takes ids"),
    (("dead-letters", "redrive", "letters/1", "--all"), 2, "redrive takes ids"),
    (("dead-letters", "redrive", "17"), 2, "no id"),
    (("dead-letters", "redrive", "nobody/17"), 2, "no id"),
    (("dead-letters", "discard", "letters/1"), 2, "--reason"),
    (("dead-letters", "discard", "letters/1", "--reason", " "), 2, "needs a reason"),
    (("dead-letters", "discard", "letters/1", "--reason", "a@b.id"), 2, "no mailbox"),
    (("dead-letters", "redrive", "letters/1", "--by", "a b"), 2, "--by"),
    (("dead-letters", "list", "--service", "nobody"), 2, "invalid choice"),
    (("dead-letters",), 2, "required"),
    (("jobs", "redrive", "broker/0123456789"), 2, "no id"),
    (("jobs", "show", "letters/99"), 1, "nothing waits as letters/99"),
    (("jobs", "discard", "letters/99", "--reason", "x"), 1, "letters/99  unknown"),
)


def test_what_cannot_be_done_says_why(say):
    for arguments, status, said in REFUSED:
        done = say(*arguments)
        assert (status, True) == (done[0], said in done[2]), (arguments, done)


def test_what_waits_behind_another_is_not_redriven_before_it(say, letters):
    subject = str(uuid4())
    first, behind = park(letters, a_message(1, subject), a_message(2, subject))

    status, _, said = say("dead-letters", "redrive", behind)

    assert (1, True) == (status, f"waits behind {first}" in said)
    assert [] == acts(letters)


def test_with_the_broker_away_the_rest_is_listed_and_said_so(say, letters):
    (ref,) = park(letters, a_message(1))
    say.amqp["url"] = "amqp://guest:guest@127.0.0.1:1//"

    status, listed, said = say("dead-letters", "list")

    assert (69, True, True) == (status, ref in listed, "the broker does not answer" in said)
    assert 69 == say("dead-letters", "show", "broker/0123456789")[0]


# The broker's own


def test_the_brokers_dead_letters_are_listed_shown_sent_back_and_thrown_away(
    say, letters, amqp_url
):
    say.amqp["url"] = amqp_url
    connection = pika.BlockingConnection(pika.URLParameters(amqp_url))
    channel = connection.channel()
    channel.exchange_declare(DEAD_LETTERS, "fanout", durable=True)
    channel.queue_declare(DEAD_LETTERS, durable=True, arguments=DEAD_LETTERS_ARGUMENTS)
    channel.queue_bind(DEAD_LETTERS, DEAD_LETTERS)
    of_letters = {"x-queue-type": "quorum", "x-dead-letter-exchange": DEAD_LETTERS}
    channel.queue_declare("letters", durable=True, arguments=of_letters)
    message = a_message(1)
    for body, headers in ((message.body, message.headers), (b"nonsense", {})):
        properties = pika.BasicProperties(headers=headers, delivery_mode=2)
        channel.basic_publish("", "letters", body, properties)

    def rejected() -> bool:
        method, _, _ = channel.basic_get("letters")
        if method:
            channel.basic_reject(method.delivery_tag, requeue=False)
        return channel.queue_declare(DEAD_LETTERS, passive=True).method.message_count == 2

    wait_until(rejected, 60, "both are dead")

    def told(*arguments: str, there: int = 2):
        """Once all that should lie there does: what was looked at takes a moment to be back."""
        queue = functools.partial(channel.queue_declare, DEAD_LETTERS, passive=True)
        wait_until(lambda: queue().method.message_count == there, 60, f"{there} lie there")
        return say(*arguments) if arguments else doctor.what_the_broker_keeps(amqp_url)

    ours, nonsense = (row["ref"] for row in json.loads(told("dead-letters", "list", "--json")[1]))
    listed = told("dead-letters", "list")[1].splitlines()
    assert "requests/RequestSubmitted" in listed[0]
    assert "no message of ours" in listed[1]
    assert "was in letters" in listed[1]
    assert "2026-0042" in told("dead-letters", "show", ours)[1]
    (finding,) = told()
    assert (False, True) == (finding.well, ": 2" in finding.text)
    # What may come back at once goes only when it is asked for.
    assert 1 == told("dead-letters", "redrive", "--all")[0]

    back = told("dead-letters", "redrive", ours, "--reason", "version 2")
    gone = told("dead-letters", "discard", nonsense, "--reason", "somebody's experiment", there=1)

    assert (0, f"{ours}  sent back to letters\n") == back[:2]
    assert (0, f"{nonsense}  discarded\n") == gone[:2]
    assert [
        ("MessageRedriven", OPERATOR, "version 2"),
        ("MessageDiscarded", OPERATOR, "somebody's experiment"),
    ] == acts(letters)
    wait_until(lambda: channel.basic_get("letters")[2] == message.body, 60, "it is back")
    assert (0, "none\n") == told("dead-letters", "list", there=0)[:2]
    assert 1 == say("dead-letters", "discard", nonsense, "--reason", "again")[0]
    assert all(each.well for each in doctor.what_the_broker_keeps(amqp_url))
    connection.close()
