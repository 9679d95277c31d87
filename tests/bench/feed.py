"""A million events over the feed

A web process of `requests` gives 1,000,000 published facts over HTTP, from position 0, in pages of
1,000 lines, to a client that asks for one after the other on one connection and reads every line as
JSON. For comparison the same rows are read with plain psycopg2 and written to a file as lines of
JSON, half a million events in turns with the feed.
Last, the same over Server-Sent Events, in one stream that is read line by line.
"""

import json
import os
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import httpx
from chassis.postgres import connect
from requests_service.adapters.published import PUBLISHED

from tests.bench.lab import Lab
from tests.bench.measuring import Result, in_turns
from tests.bench.web_process import web_process

EVENTS, TOLD = 1_000_000, 300_000
_SLICE = 100_000
_PAGE = 1000


def measure(lab: Lab) -> Result:
    result = Result()
    dsn = _only_published(lab)
    with _integrator(lab, dsn) as client:
        replay = _replay(client, EVENTS)
        result.add(f"replay of {EVENTS:,} events", replay, "s", "<= 60")
        result.add("the same", EVENTS / replay, "events/s")
        turns = in_turns(
            {"feed": lambda k: _replay(client, k), "psycopg2": lambda k: _plain(dsn, k)},
            seconds=60,
            operations=_SLICE,
            cycles_max=5,
        )
        result.add("reading the same rows with psycopg2", turns.rate("psycopg2"), "events/s")
        result.add("the feed to that", turns.ratio("feed", "psycopg2"), "×")
        result.add("over Server-Sent Events", _SLICE / _stream(client, _SLICE), "events/s")
    return result


def _only_published(lab: Lab) -> str:
    """A log in which every fact is published; its owner's DSN."""
    dsn = lab.history(TOLD)
    with closing(connect(dsn)) as conn, conn.cursor() as cur:
        cur.execute(
            "CREATE TABLE told AS SELECT * FROM facts WHERE type = ANY (%s)", (list(PUBLISHED),)
        )
        cur.execute("ALTER TABLE facts DISABLE TRIGGER USER; TRUNCATE facts RESTART IDENTITY")
        columns = "version, type, state, occurred_at, actor, role, agency, causation, correlation"
        cur.execute("SELECT count(*) FROM told")
        copies = -(-EVENTS // cur.fetchone()[0])
        cur.execute(
            f"INSERT INTO facts (stream, {columns})"
            f" SELECT md5(stream::text || n)::uuid, {columns}"
            " FROM generate_series(1, %s) AS n, told ORDER BY n, position LIMIT %s",
            (copies, EVENTS),
        )
        cur.execute("ALTER TABLE facts ENABLE TRIGGER USER")
        cur.execute("VACUUM ANALYZE facts")
    return dsn


@contextmanager
def _integrator(lab: Lab, dsn: str) -> Iterator[httpx.Client]:
    """Who asks a web process on that database."""
    with web_process(lab, dsn) as web, httpx.Client(base_url=web.url, timeout=60) as client:
        client.headers["Authorization"] = f"Bearer {web.session('integrator')}"
        yield client


def _replay(client: httpx.Client, events: int) -> float:
    """Seconds to ask for so many, from 0; each must follow the one before."""
    began, after, seen = time.perf_counter(), 0, 0
    while seen < events:
        page = client.get(
            "/api/requests/events",
            params={"after": after, "limit": _PAGE},
            headers={"Accept": "application/x-ndjson"},
        ).raise_for_status()
        for line in page.content.splitlines():
            position = int(json.loads(line)["position"])
            assert position > after, "the feed gave an event twice"
            after, seen = position, seen + 1
        assert page.headers["X-Next-After"] == str(after)
    assert after == events, "the feed left an event out"
    return time.perf_counter() - began


def _stream(client: httpx.Client, events: int) -> float:
    began, seen = time.perf_counter(), 0
    asked = {"Accept": "text/event-stream"}
    with client.stream("GET", "/api/requests/events", headers=asked) as answer:
        for line in answer.iter_lines():
            if line.startswith("data: "):
                json.loads(line[6:])
                seen += 1
                if seen == events:
                    break
    return time.perf_counter() - began


def _plain(dsn: str, events: int) -> float:
    """Seconds to write the columns that an event is made of."""
    began = time.perf_counter()
    with (
        closing(connect(dsn)) as conn,
        open(os.devnull, "w", encoding="utf-8") as file,  # noqa: PTH123
    ):
        conn.autocommit = False
        with conn.cursor("rows") as cur:
            cur.itersize = _PAGE
            cur.execute(
                "SELECT position, stream::text, version, type, convert_from(state, 'UTF8')::jsonb,"
                " occurred_at::text, actor, role, agency, causation, correlation FROM facts"
                " ORDER BY position LIMIT %s",
                (events,),
            )
            for row in cur:
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
    return time.perf_counter() - began
