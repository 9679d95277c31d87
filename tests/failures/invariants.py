"""What must be true when everything is at rest again, whatever broke meanwhile."""

import email
import email.policy
import importlib
import os
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import pika
from chassis.postgres import Pool
from satudata import stories
from satudata.places import SERVICES

from tests.failures.clustered import Clustered
from tests.failures.outcome import assert_as_if_nothing_had_happened

SHADOW = "shadow"
PRIVATE = (
    *(stories.APPLICANT[name] for name in ("name", "nik", "address", "email", "phone")),
    *(stories.WANTED[name] for name in ("data_wanted", "purpose")),
    stories.NARRATIVE,
    # Written into the stories themselves, and by whoever withdraws.
    "Omzet dan utang bank tiap pelaku usaha",
    "Menyusun daftar calon pelanggan",
    "Mohon data tahun 2025 per kelurahan",
    "Data disampaikan dalam format CSV",
    "Data sudah saya dapat",
)
"""Of the people of the stories: who they are, and what they wrote."""


class Shadow:
    """A queue that hears everything that anybody publishes."""

    def __init__(self, cluster: Clustered) -> None:
        self._cluster = cluster
        with self._channel() as channel:
            channel.queue_declare(SHADOW, durable=True, arguments={"x-queue-type": "quorum"})
            for service in SERVICES:
                channel.queue_bind(SHADOW, f"{service}.events", "#")

    def drain(self) -> list[tuple[dict[str, str], bytes]]:
        """Headers and body of each message since the last time, in order of arrival."""
        found = []
        with self._channel() as channel:
            while True:
                got, properties, body = channel.basic_get(SHADOW, auto_ack=True)
                if got is None:
                    return found
                found.append((properties.headers, body))

    def dead_letters(self) -> int:
        """How many messages reached the last net."""
        with self._channel() as channel:
            return int(channel.queue_declare("dead-letters", passive=True).method.message_count)

    @contextmanager
    def _channel(self) -> Iterator[Any]:
        parameters = [pika.URLParameters(f"{url}%2F") for url in self._urls()]
        connection = pika.BlockingConnection(parameters)
        try:
            yield connection.channel()
        finally:
            connection.close()

    def _urls(self) -> list[str]:
        return [node.url.removesuffix("/") for node in self._cluster.rabbits.nodes.values()]


@dataclass
class Told:
    """What one run did, and what it was answered."""

    endings: dict[str, str] = field(default_factory=dict)
    """The stories: request id to ending."""
    withdrawn: list[str] = field(default_factory=list)
    """Requests that were submitted and withdrawn to see whether service is back."""
    acknowledged: list[tuple[str, dict[str, Any]]] = field(default_factory=list)


@dataclass
class Found:
    """What is worth a line in the report."""

    wrong: list[str] = field(default_factory=list)
    acknowledged: int = 0
    """Commands that HTTP said are done."""
    facts: int = 0
    published: int = 0
    scanned: int = 0
    """Public messages that were searched for what is private."""
    repeated: int = 0
    """Messages that came more than once, as at-least-once allows."""
    disordered: int = 0
    """Subjects whose messages first came in another order than they happened."""


def positions(cluster: Clustered) -> dict[str, int]:
    """The last position of each log."""
    return {
        service: _ask(cluster, service, "SELECT coalesce(max(position), 0) FROM facts")[0][0]
        for service in SERVICES
    }


def check(cluster: Clustered, shadow: Shadow, since: dict[str, int], told: Told) -> Found:
    """Waits for rest; everything that is wrong, as sentences."""
    found = Found()
    for request_id, ending in told.endings.items():
        try:
            assert_as_if_nothing_had_happened(cluster, request_id, ending)
        except AssertionError as error:
            found.wrong.append(f"{ending}: {str(error).strip()[:300]}")
    messages = shadow.drain()
    found.acknowledged, found.scanned = len(told.acknowledged), len(messages)
    found.disordered = _disordered(messages)
    found.wrong += [
        *_acknowledged_and_not_stored(cluster, told),
        *_stored_and_not_published(cluster, since, messages, found),
        *_newest_is_not_the_last(cluster, since, messages),
        *_effects_twice(cluster, since),
        *_numbers(cluster),
        *_withdrawn(cluster, told),
        *_mails(cluster, [*told.endings, *told.withdrawn]),
        *_deviations(cluster, [*told.endings, *told.withdrawn]),
        *_personal(messages),
        *_seal(cluster),
    ]
    if dead := shadow.dead_letters():
        found.wrong.append(f"{dead} messages among the dead letters")
    return found


def _acknowledged_and_not_stored(cluster: Clustered, told: Told) -> Iterator[str]:
    stored = {
        (str(stream), version)
        for stream, version in _ask(cluster, "requests", "SELECT stream, version FROM facts")
    }
    for path, answer in told.acknowledged:
        if (answer["id"], answer["version"]) not in stored:
            yield f"lost: {path} was acknowledged as version {answer['version']}"


def _stored_and_not_published(
    cluster: Clustered, since: dict[str, int], messages: Any, found: Found
) -> Iterator[str]:
    seen = Counter(headers["ce-id"] for headers, _ in messages)
    found.repeated = sum(seen.values()) - len(seen)
    for service in SERVICES:
        published = _published(service)
        rows = _ask(
            cluster, service, "SELECT position, type FROM facts WHERE position > %s", since[service]
        )
        found.facts += len(rows)
        for position, type_ in rows:
            if type_ in published:
                found.published += 1
                if f"{service}-{position}" not in seen:
                    yield f"lost: {service}-{position} {type_} was stored and never published"


def _published(service: str) -> Mapping[str, Any]:
    """The types that others hear."""
    found: Mapping[str, Any] = importlib.import_module(
        f"{service}_service.adapters.published"
    ).PUBLISHED
    return found


def _newest_is_not_the_last(
    cluster: Clustered, since: dict[str, int], messages: Any
) -> Iterator[str]:
    """Whoever keeps the newest by `sequence`, as integrators are told, ends with the log's last."""
    kept: dict[tuple[str, str], tuple[int, str, str]] = {}
    for headers, _ in messages:
        about = headers["ce-source"], headers["ce-subject"]
        heard = int(headers["ce-sequence"]), headers["ce-id"], headers["ce-type"]
        kept[about] = max(kept.get(about, heard), heard, key=lambda each: each[0])
    for service in SERVICES:
        last = _ask(
            cluster,
            service,
            "SELECT DISTINCT ON (stream) stream, version, position, type FROM facts"
            " WHERE position > %s AND type = ANY (%s) ORDER BY stream, version DESC",
            since[service],
            list(_published(service)),
        )
        for stream, version, position, type_ in last:
            ended = kept.get((service, str(stream)))
            if ended != (version, f"{service}-{position}", type_):
                yield f"order: {service} {stream} ends with {type_} {version}, heard was {ended}"


def _disordered(messages: Any) -> int:
    """Of how many subjects somebody who forgets what came again would not hear in order.

    That is allowed (`sequence` tells the order), and seldom.
    """
    heard: dict[tuple[str, str], dict[int, None]] = defaultdict(dict)
    for headers, _ in messages:
        heard[headers["ce-source"], headers["ce-subject"]][int(headers["ce-sequence"])] = None
    return sum(list(sequences) != sorted(sequences) for sequences in heard.values())


def _effects_twice(cluster: Clustered, since: dict[str, int]) -> Iterator[str]:
    """In each log: one message, one fact of a type; in each stream: versions without a gap."""
    for service in SERVICES:
        twice = _ask(
            cluster,
            service,
            "SELECT causation, type, stream, count(*) FROM facts WHERE position > %s AND causation"
            " ~ '^[a-z]+-[0-9]+$' AND type <> ALL (%s) GROUP BY 1, 2, 3 HAVING count(*) > 1",
            since[service],
            # One message may ask for several letters, and each letter for several mails.
            ["LetterIssued", "MailSent", "PemohonRead"],
        )
        yield from (f"twice: {service} {row}" for row in twice)
        gaps = _ask(
            cluster,
            service,
            "SELECT stream FROM facts GROUP BY stream HAVING max(version) <> count(*)",
        )
        yield from (f"gap: the versions of {service} {stream}" for (stream,) in gaps)
    again = _ask(
        cluster,
        "letters",
        "SELECT request_id, kind, count(*) FROM letters GROUP BY 1, 2 HAVING count(*) > 1",
    )
    yield from (f"twice: the letter {row}" for row in again)


def _numbers(cluster: Clustered) -> Iterator[str]:
    gaps = _ask(
        cluster,
        "letters",
        "SELECT unit, naskah, year FROM letters GROUP BY 1, 2, 3 HAVING max(running) <> count(*)",
    )
    yield from (f"gap: the numbers of letters {row}" for row in gaps)
    gaps = _ask(
        cluster,
        "requests",
        "SELECT year FROM registrations GROUP BY 1 HAVING max(number) <> count(*)",
    )
    yield from (f"gap: the register of {year}" for (year,) in gaps)


def _withdrawn(cluster: Clustered, told: Told) -> Iterator[str]:
    for request_id in told.withdrawn:
        facts = _ask(cluster, "requests", "SELECT type FROM facts WHERE stream = %s", request_id)
        counted = Counter(type_ for (type_,) in facts)
        for type_ in ("RequestSubmitted", "RequestWithdrawn", "LetterIssued"):
            if counted[type_] != 1:
                yield f"{counted[type_]} times {type_} in the withdrawn {request_id}"


def _mails(cluster: Clustered, request_ids: list[str]) -> Iterator[str]:
    """Each mail is told of once, and went out under one id."""
    sent = [
        email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        for path in cluster.mails().glob("*.eml")
    ]
    under: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for mail in sent:
        under[mail["message-id"]].add((mail["to"], mail["subject"]))
    yield from (f"mail: {id_} is {len(what)} mails" for id_, what in under.items() if len(what) > 1)
    for request_id in request_ids:
        ((number,),) = _ask(
            cluster, "requests", "SELECT register_number FROM board WHERE id = %s", request_id
        )
        ids = {m["message-id"] for m in sent if number in m.as_string()}
        ((told,),) = _ask(
            cluster,
            "requests",
            "SELECT count(*) FROM facts WHERE stream = %s AND type = 'MailSent'",
            request_id,
        )
        if len(ids) != told:
            yield f"mail: {len(ids)} went out about {number}, {told} were told of"


def _deviations(cluster: Clustered, request_ids: list[str]) -> Iterator[str]:
    rows = _ask(
        cluster,
        "requests",
        "SELECT register_number, kind, type, expected, found FROM deviations"
        " WHERE request_id = ANY (%s::uuid[])",
        request_ids,
    )
    yield from (f"the SOP: {row}" for row in rows)


def _personal(messages: Iterable[tuple[dict[str, str], bytes]]) -> Iterator[str]:
    for headers, body in messages:
        everything = body.decode() + " ".join(map(str, headers.values()))
        for private in PRIVATE:
            if private in everything:
                yield f"personal data in {headers['ce-id']} {headers['ce-type']}"


def _seal(cluster: Clustered) -> Iterator[str]:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "satudata.cli", "audit", "verify", "--live"],
        env={**os.environ, **cluster.up.environment},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        yield f"the seal: {(done.stdout + done.stderr).strip()[-300:]}"


@cache
def _pool(cluster: Clustered, service: str) -> Pool:
    return cluster.database(service)


def _ask(cluster: Clustered, service: str, sql: str, *args: Any) -> list[tuple[Any, ...]]:
    return _pool(cluster, service).execute(sql, args)
