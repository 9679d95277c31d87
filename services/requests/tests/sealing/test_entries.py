"""The sealed bytes of a fact are RFC 8785's, whatever the fact holds."""

import hashlib
import json
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from chassis.postgres import Pool
from hypothesis import given
from hypothesis import strategies as st
from requests_service.sealing import entries
from requests_service.sealing.entries import FactRow, entry_of

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
maybe = st.none() | texts
facts = st.builds(
    FactRow,
    position=st.integers(1, 2**53),
    stream=st.uuids().map(str),
    version=st.integers(1, 2**53),
    type=texts,
    type_version=st.integers(1, 99),
    state=st.binary(max_size=50),
    occurred_at=st.just("2026-11-20T01:00:00.000000Z"),
    recorded_at=st.just("2026-11-20T01:00:00.000001Z"),
    actor=texts,
    role=texts,
    agency=maybe,
    on_behalf_of=maybe,
    idempotency_key=maybe,
    causation=maybe,
    correlation=maybe,
)


@given(fact=facts)
def test_an_entry_is_what_a_json_library_writes_with_sorted_keys(fact: FactRow) -> None:
    fields = fact._asdict()
    fields["state_sha256"] = hashlib.sha256(fields.pop("state")).hexdigest()

    expected = json.dumps(fields, sort_keys=True, ensure_ascii=False, separators=(",", ":"))

    assert expected.encode() == entry_of(fact)
    assert len(fields) == 15


@pytest.mark.servers
def test_the_database_gives_every_column_as_it_is_sealed(pool: Pool) -> None:
    stream = UUID("6f1c1a52-0f5e-4d53-9a3e-3f1a5c2b7d10")
    at = datetime(2026, 11, 20, 8, 0, tzinfo=UTC).replace(microsecond=70)
    pool.execute("SET TIME ZONE 'Asia/Jakarta'")
    pool.execute(
        "INSERT INTO facts (stream, version, type, state, occurred_at, actor, role, agency,"
        " idempotency_key, causation, correlation) VALUES (%s, 3, 'ForwardedToPembantu', %s, %s,"
        " 'siapa', 'ppid', 'dinsos', 'kunci', 'letters:7', %s)",
        (stream, b'{"a":1}', at, stream),
    )

    with pool.connection() as conn, conn.cursor() as cur:
        (fact,) = entries.read(cur, after=0, up_to=99, limit=10)
        (unsealed,) = entries.unsealed(cur, after=0, up_to=99, limit=10)

    assert fact == FactRow(
        1, str(stream), 3, "ForwardedToPembantu", 1, b'{"a":1}', "2026-11-20T08:00:00.000070Z",
        fact.recorded_at, "siapa", "ppid", "dinsos", None, "kunci", "letters:7", str(stream),
    )  # fmt: skip
    assert unsealed == (1, "ForwardedToPembantu", entry_of(fact))
    assert datetime.fromisoformat(fact.recorded_at).tzinfo is UTC
    assert len(fact.recorded_at) == len("2026-11-20T08:00:00.000070Z")


def test_two_facts_that_differ_anywhere_have_other_entries() -> None:
    whole = FactRow(
        1, str(uuid4()), 1, "A", 1, b"{}", "2026", "2027", "a", "r", "b", "c", "d", "e", "f"
    )
    changes = {"position": 2, "version": 2, "type_version": 2, "state": b"[]"}

    others = {
        entry_of(whole._replace(**{name: changes.get(name, "other")})) for name in whole._fields
    }

    assert len(others - {entry_of(whole)}) == 15
