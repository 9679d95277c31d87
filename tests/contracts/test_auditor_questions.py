"""Every question on the auditors' page is answered by a real log, in the auditor's own role."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from chassis.actor import Actor
from chassis.postgres import Pool
from psycopg2.extensions import make_dsn, parse_dsn

from tests.contracts.published import ROOT, Contract
from tests.contracts.test_consumers import Consumer, a_data_request, example_message

pytestmark = pytest.mark.servers
ROLE = "satudata_auditor"
PPID = Actor("8d0e0a2c-1111-4222-8333-444455556666", "ppid")


def _questions() -> list[tuple[str, str]]:
    """(Service, SQL) of every block on the page."""
    page = (ROOT / "docs" / "auditor.md").read_text(encoding="utf-8")
    found = []
    for heading, sql in re.findall(r"([^\n]+)\n\n```sql\n(.*?)```", page, re.DOTALL):
        named = re.search(r"database `(\w+)`", heading)
        found.append((named[1] if named else "requests", sql))
    return found


QUESTIONS = _questions()


@pytest.fixture
def auditor(
    database: Callable[[str], Pool], postgres_url: str, tmp_path: Path
) -> Iterator[Callable[[str], Pool]]:
    """`auditor("requests")` reads a log with something in it."""
    admin = Pool(postgres_url.format(database="postgres"), 1)
    admin.execute(f"CREATE ROLE {ROLE} LOGIN PASSWORD 'test'")
    pools: dict[str, Pool] = {}

    def reading(service: str) -> Pool:
        if service in pools:
            return pools[service]
        own = database(service)
        if service == "requests":
            _fill_requests(own, tmp_path)
        name = parse_dsn(own.dsn)["dbname"]
        owner = Pool(make_dsn(postgres_url.format(database=name)), 1)
        owner.execute((ROOT / "deploy" / "postgres" / "auditor.sql").read_text(encoding="utf-8"))
        owner.close()
        pools[service] = Pool(make_dsn(own.dsn, user=ROLE, password="test"), 1)
        return pools[service]

    yield reading
    for service, pool in pools.items():
        name = parse_dsn(pool.dsn)["dbname"]
        pool.close()
        owner = Pool(postgres_url.format(database=name), 1)
        owner.execute(f"DROP OWNED BY {ROLE}")
        owner.close()
        assert service
    admin.execute(f"DROP ROLE {ROLE}")
    admin.close()


def _fill_requests(pool: Pool, folder: Path) -> None:
    from requests_service.domain.refusal import Refusal

    consumer = Consumer("requests", pool, folder)
    request_id = a_data_request(consumer)
    consumer.hear(example_message(Contract("letters", "LetterIssued"), request_id))
    consumer.app.reading.identity(request_id, PPID)
    consumer.app.refusing.refuse(
        request_id,
        PPID,
        refusal=Refusal(
            "tidak_dikuasai", "Data yang diminta belum dikuasai oleh badan publik ini."
        ),
    )


@pytest.mark.parametrize(
    ("service", "sql"), QUESTIONS, ids=[f"{n}-{each[0]}" for n, each in enumerate(QUESTIONS, 1)]
)
def test_a_question_can_be_asked(service: str, sql: str, auditor: Callable[[str], Pool]) -> None:
    auditor(service).execute(sql)


def test_the_log_answers(auditor: Callable[[str], Pool]) -> None:
    asked = dict(enumerate(sql for _, sql in QUESTIONS))
    pool = auditor("requests")
    year: Any = pool.execute("SELECT data ->> 'register_number' FROM event_log LIMIT 1")[0][0]

    def answers_of(words: str) -> list[tuple[Any, ...]]:
        (sql,) = [sql for sql in asked.values() if words in sql]
        return pool.execute(sql.replace("2026-0042", year))

    life = [row[2] for row in answers_of("ORDER BY version;")]
    assert life == ["RequestSubmitted", "LetterIssued", "RequestRefused"]
    assert answers_of("'at_step'")[0][:2] == ("6", "tidak_dikuasai")
    assert UUID(answers_of("'PersonalDataRead'")[0][4])
    assert answers_of("generate_series") == []


def test_every_mail_that_notify_sends_has_its_words_for_an_auditor():
    from notify_service.domain.mails import MAILS
    from requests_service.audit.words import MAILS as WORDS

    assert {mail.key for mail in MAILS} <= set(WORDS)
