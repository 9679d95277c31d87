"""Tables made from the log: followed, made again, compared, swapped while they are read."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from chassis.actor import Actor
from chassis.dead_letters import ParkedMessages
from chassis.message import Message
from chassis.parking import Parking
from chassis.postgres import Pool, connect
from psycopg2.extensions import parse_dsn
from requests_service.audit.recording import note_query
from requests_service.audit.words import TITLES
from requests_service.projections import runner
from requests_service.projections.board import rebuild_board
from requests_service.projections.register import REGISTER
from requests_service.projections.trail import TRAIL

from services.requests.tests.application.test_requests import submit, to_step_10

pytestmark = pytest.mark.servers


@pytest.fixture
def owner(pool: Pool, postgres_url: str) -> Iterator[Any]:
    """A cursor of whoever owns the tables."""
    url = postgres_url.format(database=parse_dsn(pool.dsn)["dbname"])
    with closing(connect(url)) as conn, conn.cursor() as cur:
        yield cur


def bring_up(pool: Pool, projection: runner.Projection = TRAIL) -> None:
    """Follow the log to its end, as the service may."""
    with pool.connection() as conn, conn.cursor() as cur:
        step = runner.follow(projection)
        while step(cur):
            pass


@contextmanager
def batches_of(positions: int) -> Iterator[None]:
    whole, runner.BATCH_POSITIONS = runner.BATCH_POSITIONS, positions
    try:
        yield
    finally:
        runner.BATCH_POSITIONS = whole


def rows(pool: Pool) -> list[tuple[Any, ...]]:
    return pool.execute("SELECT * FROM trail ORDER BY position")


def test_the_trail_has_a_row_for_each_fact_with_what_it_decided(app, desk, privacy_tokens):
    request_id = to_step_10(app, desk, privacy_tokens)

    bring_up(app.pool)

    found = app.pool.query("SELECT * FROM trail ORDER BY position")
    assert app.pool.execute("SELECT count(*) FROM facts")[0][0] == len(found)
    submitted, *_ = found
    assert ("RequestSubmitted", "2026-0001", 5, 6, "pemohon", False) == (
        submitted["type"], submitted["register_number"], submitted["step"],
        submitted["next_step"], submitted["role"], submitted["late"],
    )  # fmt: skip
    assert {request_id} == {row["request_id"] for row in found}


def test_a_reading_of_personal_data_stands_with_its_request_and_fields(app, desk):
    request_id, _ = submit(app)
    app.reading.identity(request_id, desk.ppid)

    bring_up(app.pool)

    (read,) = app.pool.query("SELECT * FROM trail WHERE type = 'PersonalDataRead'")
    assert (request_id, desk.ppid.id) == (read["request_id"], read["actor"])
    assert {"name", "nik", "email"} <= set(read["fields"])


def test_what_an_operator_did_about_a_message_stands_with_the_request_it_was_about(app):
    request_id, _ = submit(app)
    letter, strange = a_report(str(request_id)), a_report("no-request-of-ours")
    parking, waiting = Parking(app.pool), ParkedMessages(app.pool, "requests")
    for message in (letter, strange):
        parking.add(message, "KeyError", retry_in=None, place="worker.py:60 record")
    first, second = (row["id"] for row in waiting.waiting())

    waiting.redrive(first, Actor("rina", "operator"))
    waiting.discard(second, Actor("rina", "operator"), reason="percobaan")
    bring_up(app.pool)

    acts = app.pool.query("SELECT * FROM trail WHERE type LIKE 'Message%%' ORDER BY position")
    assert [
        ("MessageRedriven", request_id, letter.id, "operator"),
        ("MessageDiscarded", None, strange.id, "operator"),
    ] == [(row["type"], row["request_id"], row["causation"], row["role"]) for row in acts]
    assert {"MessageRedriven", "MessageDiscarded"} <= set(TITLES)


def a_report(subject: str) -> Message:
    return Message(
        id=f"letters-{subject}",
        source="letters",
        type="LetterIssued",
        subject=subject,
        time=datetime.now(UTC),
        sequence=1,
        position=1,
        actor=Actor("letters", "service"),
        data={},
        dataschema="urn:satudata:letters:LetterIssued:v1",
    )


def test_batches_give_what_one_fold_gives(app, desk, privacy_tokens):
    to_step_10(app, desk, privacy_tokens)
    bring_up(app.pool)
    at_once = rows(app.pool)
    app.pool.execute("DELETE FROM trail")
    app.pool.execute("UPDATE progress SET position = 0 WHERE name = 'trail'")

    with batches_of(3):
        bring_up(app.pool)

    assert at_once == rows(app.pool)


def test_a_rebuild_gives_the_same_and_the_service_may_go_on(app, desk, privacy_tokens, owner):
    to_step_10(app, desk, privacy_tokens)
    bring_up(app.pool)
    before, heard = rows(app.pool), []

    with batches_of(3):
        rebuilt = runner.rebuild(owner, TRAIL, lambda done, of: heard.append((done, of)))
    submit(app)
    bring_up(app.pool)

    assert rebuilt.before == rebuilt.checksum
    assert len(before) == rebuilt.rows
    assert before == rows(app.pool)[: len(before)]
    assert len(before) + 1 == len(rows(app.pool))
    assert len(heard) > 1
    assert heard[-1][0] == heard[-1][1]


def test_the_register_is_the_same_in_small_batches_and_made_again(app, desk, privacy_tokens, owner):
    to_step_10(app, desk, privacy_tokens)
    submit(app)
    with batches_of(1):
        bring_up(app.pool, REGISTER)

    rebuilt = runner.rebuild(owner, REGISTER, lambda done, of: None)

    assert rebuilt.before == rebuilt.checksum
    assert 2 == rebuilt.rows


def test_a_rebuilt_table_has_the_indexes_keys_and_rights_of_the_old_one(app, owner):
    submit(app)
    before = shape(owner)

    runner.rebuild(owner, TRAIL, lambda done, of: None)

    assert before == shape(owner)


def shape(owner: Any) -> list[list[tuple[Any, ...]]]:
    told = []
    for sql in (
        "SELECT indexdef FROM pg_indexes WHERE tablename = 'trail' ORDER BY indexname",
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE conrelid = 'trail'::regclass ORDER BY conname",
        "SELECT grantee, privilege_type FROM information_schema.role_table_grants"
        " WHERE table_name = 'trail' ORDER BY 1, 2",
        "SELECT attname, format_type(atttypid, atttypmod), attnotnull, attgenerated::text"
        " FROM pg_attribute WHERE attrelid = 'trail'::regclass AND attnum > 0 ORDER BY attnum",
    ):
        owner.execute(sql)
        told.append(owner.fetchall())
    return told


def test_a_rebuild_says_when_the_old_table_was_not_what_the_log_says(app, owner):
    submit(app)
    bring_up(app.pool)
    app.pool.execute("UPDATE trail SET actor = 'somebody-else'")

    rebuilt = runner.rebuild(owner, TRAIL, lambda done, of: None)

    assert not rebuilt.as_before
    assert app.pool.execute("SELECT count(*) FROM trail WHERE actor = 'somebody-else'") == [(0,)]


def test_a_rebuild_that_fails_leaves_the_old_table_and_no_other(app, owner):
    submit(app)
    bring_up(app.pool)

    def fails(cur: Any, after: int, up_to: int) -> None:
        raise RuntimeError("the fold is wrong")

    with pytest.raises(RuntimeError):
        runner.rebuild(owner, replace(TRAIL, fold=fails), lambda done, of: None)

    assert len(rows(app.pool)) == 1
    owner.execute("SELECT count(*) FROM pg_namespace WHERE nspname = 'rebuilding'")
    assert owner.fetchone() == (0,)


def test_a_new_version_waits_for_its_rebuild_and_has_nothing_to_compare(app, owner):
    submit(app)
    bring_up(app.pool)
    newer = replace(TRAIL, version=TRAIL.version + 1)

    with pytest.raises(runner.RebuildNeeded, match="satudata rebuild trail"):
        bring_up(app.pool, newer)
    rebuilt = runner.rebuild(owner, newer, lambda done, of: None)
    bring_up(app.pool, newer)

    assert rebuilt.before is None
    assert rebuilt.rows == 1


def test_the_board_is_made_again_from_the_facts(app, desk, privacy_tokens, owner):
    to_step_10(app, desk, privacy_tokens)
    submit(app)
    before = app.pool.execute("SELECT * FROM board ORDER BY id")

    rebuilt = rebuild_board(owner, app, lambda done, of: None)

    assert rebuilt.before == rebuilt.checksum
    assert before == app.pool.execute("SELECT * FROM board ORDER BY id")


def test_a_board_that_said_something_else_is_found(app, desk, owner):
    request_id, _ = submit(app)
    app.pool.execute("UPDATE board SET step = 13")

    rebuilt = rebuild_board(owner, app, lambda done, of: None)

    assert not rebuilt.as_before
    assert app.pool.execute("SELECT step FROM board WHERE id = %s", (request_id,)) == [(6,)]


def test_a_question_is_a_fact_of_whoever_asked(app, desk):
    note_query(app, desk.auditor, {"page": "peristiwa", "actor": str(uuid4())})
    note_query(app, desk.auditor, {"page": "peristiwa"})

    found = app.pool.query(
        "SELECT actor, role, version FROM facts WHERE type = 'AuditQueried' ORDER BY position"
    )
    assert [
        {"actor": desk.auditor.id, "role": "auditor", "version": 1},
        {"actor": desk.auditor.id, "role": "auditor", "version": 2},
    ] == found


def test_a_question_that_cannot_be_recorded_is_refused(app, desk, owner):
    refuse_facts: Callable[[str], None] = owner.execute
    refuse_facts("ALTER TABLE facts ADD CONSTRAINT no_more CHECK (type <> 'AuditQueried')")

    with pytest.raises(Exception, match="no_more"):
        note_query(app, desk.auditor, {"page": "peristiwa"})
