"""Whatever somebody with all rights on the database changes is found, and the finding names it."""

import hashlib
import json
import re
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from chassis.postgres import connect
from requests_service.sealing import checkpoints, proofs, stored_log
from requests_service.sealing.entries import FactRow, entry_of
from requests_service.sealing.notes import Signer
from requests_service.sealing.sealer import sign
from requests_service.sealing.stored_log import rows, verify_stored
from requests_service.sealing.tiles import grow
from requests_service.sealing.verify_log import (
    KINDS,
    Report,
    key_of,
    text_of,
    verify_bundle,
    verify_proof,
)

from services.requests.tests.sealing import sealed
from services.requests.tests.sealing.sealed import KEY, LETTER, LETTER_LEAF, ORIGIN, SIGNER

pytestmark = pytest.mark.servers
THIEF = Signer(ORIGIN, b"t" * 32)

COLUMNS = {
    "state": "state = overlay(state PLACING 'X' FROM 12)",
    "actor": "actor = 'somebody else'",
    "role": "role = 'walidata'",
    "agency": "agency = 'dinsos'",
    "on_behalf_of": "on_behalf_of = 'nobody'",
    "idempotency_key": "idempotency_key = NULL",
    "causation": "causation = 'message-58'",
    "correlation": "correlation = NULL",
    "type": "type = 'RequestGranted'",
    "type_version": "type_version = 2",
    "stream": "stream = '6f1c1a52-0f5e-4d53-9a3e-3f1a5c2b7d10'",
    "version": "version = version + 100",
    "occurred_at": "occurred_at = occurred_at - interval '1 microsecond'",
    "recorded_at": "recorded_at = recorded_at + interval '1 microsecond'",
}

_FREELY = "ALTER TABLE facts ALTER position DROP IDENTITY;"
IN_THE_DATABASE = {
    "swapped two neighbours": (
        _FREELY + "UPDATE facts SET position = -1 WHERE position = 57;"
        "UPDATE facts SET position = 57 WHERE position = 58;"
        "UPDATE facts SET position = 58 WHERE position = -1",
        {("reordered", 57), ("reordered", 58)},
    ),
    "swapped two far apart": (
        _FREELY + "UPDATE facts SET position = -1 WHERE position = 57;"
        "UPDATE facts SET position = 57 WHERE position = 257;"
        "UPDATE facts SET position = 257 WHERE position = -1",
        {("reordered", 57), ("reordered", 257)},
    ),
    "deleted from the middle": ("DELETE FROM facts WHERE position = 57", {("missing", 56)}),
    "deleted a stretch": ("DELETE FROM facts WHERE position BETWEEN 57 AND 87", {("missing", 56)}),
    "deleted the first": ("DELETE FROM facts WHERE position = 1", {("missing", 0)}),
    "deleted the last": ("DELETE FROM facts WHERE position = 301", {("truncated", 300)}),
    "deleted all from the middle on": (
        "DELETE FROM facts WHERE position > 150",
        {("truncated", 150)},
    ),
    "deleted with its seal": (
        "DELETE FROM facts WHERE position = 57; DELETE FROM sealed WHERE position = 57",
        {("missing", 56)},
    ),
    "deleted with its seal and the leaves after it moved up": (
        "DELETE FROM facts WHERE position = 57; DELETE FROM sealed WHERE position = 57;"
        "UPDATE sealed SET leaf_index = leaf_index - 1000 WHERE position > 57;"
        "UPDATE sealed SET leaf_index = leaf_index + 999 WHERE position > 57",
        {("missing", 56), ("mapping", 58)},
    ),
    "inserted in the middle": (
        "INSERT INTO facts (position, stream, version, type, state, occurred_at, recorded_at,"
        " actor, role) OVERRIDING SYSTEM VALUE SELECT 101, stream, 99, type, state, occurred_at,"
        " recorded_at, actor, role FROM facts WHERE position = 102",
        {("inserted", 101)},
    ),
    "moved a fact to a free place": (
        _FREELY + "UPDATE facts SET position = 101 WHERE position = 57",
        {("missing", 56), ("inserted", 101)},
    ),
    "replaced: one deleted, another put there": (
        "DELETE FROM facts WHERE position = 57;"
        "INSERT INTO facts (position, stream, version, type, state, occurred_at, recorded_at,"
        " actor, role) OVERRIDING SYSTEM VALUE SELECT 57, stream, 99, type, state, occurred_at,"
        " recorded_at, actor, role FROM facts WHERE position = 58",
        {("changed", 57)},
    ),
    "changed a leaf's hash in its tile": (
        "UPDATE tiles SET hashes = overlay(hashes PLACING '\\x00' FROM 1 + 56 * 32)"
        " WHERE level = 0 AND n = 0",
        {("tile", None)},
    ),
    "changed a hash in a tile further up": (
        "UPDATE tiles SET hashes = overlay(hashes PLACING '\\x00' FROM 1) WHERE level = 1",
        {("tile", None)},
    ),
    "took a tile away": ("DELETE FROM tiles WHERE level = 0 AND n = 1", {("tile", None)}),
    "changed a fact and a tile": (
        "UPDATE facts SET actor = 'x' WHERE position = 57;"
        "UPDATE tiles SET hashes = overlay(hashes PLACING '\\x00' FROM 1) WHERE n = 0",
        {("tile", None), ("changed", None)},
    ),
    "gave a leaf another position": (
        "UPDATE sealed SET position = 101 WHERE leaf_index = 56",
        {("mapping", 57)},
    ),
    "exchanged two leaves": (
        "UPDATE sealed SET leaf_index = -1 WHERE leaf_index = 56;"
        "UPDATE sealed SET leaf_index = 56 WHERE leaf_index = 57;"
        "UPDATE sealed SET leaf_index = 57 WHERE leaf_index = -1",
        {("mapping", 57)},
    ),
    "took a leaf away": ("DELETE FROM sealed WHERE position = 57", {("mapping", 57)}),
    "took all checkpoints away": (
        "TRUNCATE checkpoints, cosignatures",
        {("truncated", None)},
    ),
    "changed the root in the newest checkpoint": (
        "UPDATE checkpoints SET note = regexp_replace(note, E'\\n300\\n.{43}=',"
        " E'\\n300\\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=') WHERE size = 300",
        {("signature", None)},
    ),
    "changed a byte of a signature": (
        "UPDATE checkpoints SET note = overlay(note PLACING 'AAAA' FROM length(note) - 40)"
        " WHERE size = 300",
        {("signature", None)},
    ),
    "put a note there that is none": (
        "UPDATE checkpoints SET note = 'audit.example/requests' WHERE size = 300",
        {("malformed", None)},
    ),
    "turned the trigger off, changed, and turned it on": (
        "SET session_replication_role = origin; ALTER TABLE facts DISABLE TRIGGER ALL;"
        "UPDATE facts SET state = '{}' WHERE position = 57;"
        "ALTER TABLE facts ENABLE TRIGGER ALL",
        {("changed", 57)},
    ),
}


def found(report: Report) -> set[tuple[str, int | None]]:
    """Kinds and positions of all findings, each of them a sentence of a known kind."""
    assert all(each.kind in KINDS and " " in each.text for each in report.findings)
    for each in report.findings:
        if each.kind in ("changed", "reordered", "inserted", "mapping") and each.position:
            assert f"position {each.position}" in each.text
    return {(each.kind, each.position) for each in report.findings}


def test_a_log_that_nobody_touched_is_verified(superuser: Any) -> None:
    older = [sealed.checkpoint_of(superuser, size) for size in sealed.SIGNED_BEFORE]

    report = sealed.verified(superuser, since=older)

    assert (True, sealed.FACTS, []) == (report.verified, report.events, report.cautions)


@pytest.mark.parametrize("column", COLUMNS)
def test_a_change_of_any_column_is_found_at_its_position(superuser: Any, column: str) -> None:
    superuser.execute(f"UPDATE facts SET {COLUMNS[column]} WHERE position = 57")

    assert {("changed", 57)} == found(sealed.verified(superuser))


@pytest.mark.parametrize("what", IN_THE_DATABASE)
def test_found_in_the_database(superuser: Any, what: str) -> None:
    sql, expected = IN_THE_DATABASE[what]
    superuser.execute(sql)

    assert expected == found(sealed.verified(superuser))


@pytest.fixture
def in_stretches(monkeypatch: pytest.MonkeyPatch) -> None:
    """The log is read in many parts, as a long one is."""
    monkeypatch.setattr(stored_log, "_STRETCH_FACTS", 64)


@pytest.mark.usefixtures("in_stretches")
def test_a_log_that_is_read_by_several_processes(sealed_database: str) -> None:
    with closing(connect(sealed_database)) as conn, conn.cursor() as cur:
        untouched = verify_stored(cur, [KEY], dsn=sealed_database)
        cur.execute("SET session_replication_role = replica; SELECT actor FROM facts"
                    " WHERE position = 157")  # fmt: skip
        actor = cur.fetchone()
        cur.execute("UPDATE facts SET actor = 'x' WHERE position = 157")
        try:
            changed = verify_stored(cur, [KEY], dsn=sealed_database)
        finally:
            cur.execute("UPDATE facts SET actor = %s WHERE position = 157", actor)

    assert (True, sealed.FACTS) == (untouched.verified, untouched.events)
    assert ({("changed", 157)}, sealed.FACTS) == (found(changed), changed.events)


@pytest.mark.usefixtures("in_stretches")
@pytest.mark.parametrize(
    "what", ["deleted a stretch", "inserted in the middle", "exchanged two leaves"]
)
def test_found_in_a_database_that_is_read_in_stretches(superuser: Any, what: str) -> None:
    sql, expected = IN_THE_DATABASE[what]
    superuser.execute(sql)

    assert expected == found(sealed.verified(superuser))


def test_clocks_that_differ_by_less_than_a_minute_are_nothing_wrong(superuser: Any) -> None:
    superuser.execute(
        "UPDATE facts SET recorded_at = recorded_at - interval '50 seconds' WHERE position % 2 = 0"
    )
    _seal_anew(superuser, SIGNER)
    assert sealed.verified(superuser).verified

    superuser.execute(
        "UPDATE facts SET recorded_at = recorded_at - interval '20 seconds' WHERE position = 58"
    )
    _seal_anew(superuser, SIGNER)
    assert {("back-dated", 58)} == found(sealed.verified(superuser))


def test_many_changes_at_once_are_told_apart(superuser: Any) -> None:
    superuser.execute(
        _FREELY + "UPDATE facts SET actor = 'x' WHERE position IN (12, 290);"
        "DELETE FROM facts WHERE position IN (20, 21, 150);"
        "UPDATE facts SET position = 101 WHERE position = 200"
    )

    assert {
        ("changed", 12), ("changed", 290), ("missing", 19), ("missing", 149),
        ("missing", 199), ("inserted", 101),
    } == found(sealed.verified(superuser))  # fmt: skip


def test_everything_changed_is_told_in_bounds(superuser: Any) -> None:
    superuser.execute("UPDATE facts SET role = 'auditor'")

    report = sealed.verified(superuser)

    assert (100, 200) == (len(report.findings), report.unlisted)


def test_a_fact_appended_with_a_time_of_the_past_is_found_though_it_is_sealed(
    superuser: Any,
) -> None:
    superuser.execute(
        "INSERT INTO facts (stream, version, type, state, occurred_at, recorded_at, actor, role)"
        " SELECT stream, 99, type, state, occurred_at, recorded_at - interval '3 days', actor, role"
        " FROM facts WHERE position = 301 RETURNING position"
    )
    (position,) = superuser.fetchone()
    _seal_again(superuser, SIGNER)

    assert {("back-dated", position)} == found(sealed.verified(superuser))


def test_a_fact_with_a_time_to_come_is_found(superuser: Any) -> None:
    superuser.execute(
        "INSERT INTO facts (stream, version, type, state, occurred_at, recorded_at, actor, role)"
        " SELECT stream, 99, type, state, occurred_at, now() + interval '3 days', actor, role"
        " FROM facts WHERE position = 301 RETURNING position"
    )
    (position,) = superuser.fetchone()

    assert {("post-dated", position)} == found(sealed.verified(superuser))


def test_facts_that_wait_to_be_sealed_are_told_but_are_nothing_wrong(superuser: Any) -> None:
    superuser.execute(
        "INSERT INTO facts (stream, version, type, state, occurred_at, actor, role)"
        " SELECT stream, 99, type, state, occurred_at, actor, role FROM facts WHERE position = 301"
    )

    report = sealed.verified(superuser)

    assert report.verified
    assert "1 facts after position 301" in report.cautions[0]


def test_an_old_backup_put_back_is_found_by_a_kept_checkpoint(superuser: Any) -> None:
    kept = sealed.checkpoint_of(superuser)
    _put_back(superuser, 150)

    assert sealed.verified(superuser).verified
    assert {("rolled-back", None)} == found(sealed.verified(superuser, since=[kept]))


def test_the_newest_checkpoint_taken_away_is_found_by_a_kept_one(superuser: Any) -> None:
    kept = sealed.checkpoint_of(superuser)
    superuser.execute("DELETE FROM checkpoints WHERE size = 300")

    assert {("rolled-back", None)} == found(sealed.verified(superuser, since=[kept]))


@pytest.mark.parametrize("longer", [False, True], ids=["of the same size", "longer"])
def test_a_history_written_anew_with_the_right_key_is_found_by_a_kept_checkpoint(
    superuser: Any, longer: bool
) -> None:
    kept = sealed.checkpoint_of(superuser, 280 if longer else 300)
    superuser.execute("UPDATE facts SET actor = 'nobody' WHERE position = 57")
    _seal_anew(superuser, SIGNER)

    assert sealed.verified(superuser).verified
    assert {("forked", None)} == found(sealed.verified(superuser, since=[kept]))


def test_a_stolen_database_sealed_anew_without_the_key_is_found(superuser: Any) -> None:
    superuser.execute("UPDATE facts SET actor = 'nobody' WHERE position = 57")
    _seal_anew(superuser, THIEF)

    kinds = {kind for kind, _ in found(sealed.verified(superuser))}

    assert {"wrong-key", "tree"} == kinds


def test_a_checkpoint_signed_by_another_key_is_found(superuser: Any) -> None:
    root = proofs.root(superuser, 300)
    note = checkpoints.note_of(checkpoints.text_of(ORIGIN, 300, root), [THIEF])
    superuser.execute("UPDATE checkpoints SET note = %s WHERE size = 300", (note,))

    assert {("wrong-key", None)} == found(sealed.verified(superuser))


def test_a_checkpoint_of_another_log_of_the_same_office_is_found(superuser: Any) -> None:
    other = Signer("audit.example/letters", b"k" * 32)
    text = checkpoints.text_of(ORIGIN, 300, proofs.root(superuser, 300))
    superuser.execute(
        "UPDATE checkpoints SET note = %s WHERE size = 300", (checkpoints.note_of(text, [other]),)
    )

    report = sealed.verified(superuser, keys=[KEY, key_of(str(other.key))])

    assert {("wrong-key", None)} == found(report)


def test_changed_facts_and_tiles_that_fit_each_other_lie_between_two_checkpoints(
    superuser: Any,
) -> None:
    superuser.execute("UPDATE facts SET actor = 'nobody' WHERE position = 57")
    _write_tiles(superuser)

    report = sealed.verified(superuser)

    assert {("tile", None), ("changed", None)} == found(report)
    assert any("between leaf 40 and leaf 149" in each.text for each in report.findings)


def test_two_keys_while_keys_change_are_each_enough(superuser: Any) -> None:
    following = Signer(ORIGIN, b"n" * 32)
    text = checkpoints.text_of(ORIGIN, 300, proofs.root(superuser, 300))
    note = checkpoints.note_of(text, [SIGNER, following])
    superuser.execute("DELETE FROM checkpoints WHERE size < 300")
    superuser.execute("UPDATE checkpoints SET note = %s", (note,))

    assert sealed.verified(superuser, keys=[KEY]).verified
    assert sealed.verified(superuser, keys=[key_of(str(following.key))]).verified


def _put_back(cur: Any, size: int) -> None:
    """As the database was when it had so many leaves."""
    cur.execute(
        "DELETE FROM facts WHERE position > (SELECT position FROM sealed WHERE leaf_index = %(l)s);"
        "DELETE FROM sealed WHERE leaf_index > %(l)s;"
        "DELETE FROM checkpoints WHERE size > %(l)s + 1",
        {"l": size - 1},
    )
    _write_tiles(cur)


def _seal_anew(cur: Any, signer: Signer) -> None:
    """All of the log, as if nothing had been sealed before."""
    cur.execute("TRUNCATE checkpoints, cosignatures")
    _write_tiles(cur)
    sign(cur, ORIGIN, [signer])


def _seal_again(cur: Any, signer: Signer) -> None:
    """What was added."""
    cur.execute(
        "INSERT INTO sealed (leaf_index, position) SELECT (SELECT count(*) FROM sealed),"
        " max(position) FROM facts"
    )
    _write_tiles(cur)
    sign(cur, ORIGIN, [signer])


def _write_tiles(cur: Any) -> None:
    facts = [FactRow(*row[:-1]) for row in rows(cur) if row[-1] is not None]
    tiles = grow({}, 0, [entry_of(fact._replace(state=bytes(fact.state))) for fact in facts])
    cur.execute("DELETE FROM tiles")
    for (level, n), hashes in tiles.items():
        cur.execute("INSERT INTO tiles VALUES (%s, %s, %s)", (level, n, hashes))


Edit = Callable[[list[bytes]], list[bytes]]


def _with(line: bytes, **values: Any) -> bytes:
    """An event with other values, written as an export would."""
    changed = {**json.loads(line), **values}
    text = json.dumps(changed, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def _renumbered(lines: list[bytes]) -> list[bytes]:
    return [_with(line, leaf_index=number) for number, line in enumerate(lines)]


def _with_true_digest(line: bytes, state: str) -> bytes:
    return _with(line, state=state, state_sha256=hashlib.sha256(state.encode()).hexdigest())


IN_A_COMPLETE_BUNDLE: dict[str, tuple[Edit, set[tuple[str, int | None]]]] = {
    "a line removed": (lambda e: e[:56] + e[57:], {("missing", 56), ("manifest", None)}),
    "a line removed and the leaves numbered anew": (
        lambda e: _renumbered(e[:56] + e[57:]),
        {("missing", 56), ("mapping", 58), ("manifest", None)},
    ),
    "the last lines removed": (lambda e: e[:-3], {("truncated", 298), ("manifest", None)}),
    "the first line removed": (lambda e: e[1:], {("missing", 0), ("manifest", None)}),
    "a line twice": (lambda e: e[:57] + e[56:], {("inserted", 57), ("manifest", None)}),
    "two lines exchanged": (
        lambda e: [*e[:56], e[57], e[56], *e[58:]],
        {("reordered", 57)},
    ),
    "a state edited": (
        lambda e: [*e[:56], e[56].replace(b"false", b"true"), *e[57:]],
        {("changed", 57)},
    ),
    "a state edited and its digest too": (
        lambda e: [*e[:56], _with_true_digest(e[56], '{"step":7}'), *e[57:]],
        {("changed", 57)},
    ),
    "an actor edited": (
        lambda e: [*e[:56], _with(e[56], actor="nobody"), *e[57:]],
        {("changed", 57)},
    ),
    "a fact put in": (
        lambda e: [*e[:56], _with(e[56], actor="nobody", leaf_index=55), *e[56:]],
        {("inserted", 57), ("manifest", None)},
    ),
    "a fact added at the end": (
        lambda e: [*e, _with(e[-1], position=302, leaf_index=300)],
        {("inserted", 302), ("manifest", None)},
    ),
    "a fact exchanged for another": (
        lambda e: [*e[:56], _with(e[57], position=57, leaf_index=56), *e[57:]],
        {("changed", 57)},
    ),
}


@pytest.mark.parametrize("what", IN_A_COMPLETE_BUNDLE)
def test_found_in_a_complete_bundle(superuser: Any, tmp_path: Path, what: str) -> None:
    edit, expected = IN_A_COMPLETE_BUNDLE[what]
    folder = sealed.bundle(superuser, tmp_path / "bundle")
    assert verify_bundle(folder, [KEY]).verified

    _edit_lines(folder, "events.jsonl", edit)

    assert expected == found(verify_bundle(folder, [KEY]))


@pytest.mark.parametrize("what", IN_A_COMPLETE_BUNDLE)
def test_found_in_a_complete_bundle_without_the_hashes_of_its_leaves(
    superuser: Any, tmp_path: Path, what: str
) -> None:
    folder = sealed.bundle(superuser, tmp_path / "bundle")
    (folder / "leaves.bin").unlink()

    _edit_lines(folder, "events.jsonl", IN_A_COMPLETE_BUNDLE[what][0])

    kinds = {kind for kind, _ in found(verify_bundle(folder, [KEY]))}
    assert kinds & {"tree", "changed", "missing", "truncated", "reordered"}


def test_hashes_of_leaves_that_are_not_the_facts_are_found(superuser: Any, tmp_path: Path) -> None:
    folder = sealed.bundle(superuser, tmp_path / "bundle")
    leaves = (folder / "leaves.bin").read_bytes()
    (folder / "leaves.bin").write_bytes(leaves[:32] + b"x" * 32 + leaves[64:])
    sealed.write_manifest(folder, _manifest(folder))

    assert {("leaves", None)} == found(verify_bundle(folder, [KEY]))

    _edit_lines(folder, "events.jsonl", lambda e: [*e[:56], _with(e[56], actor="x"), *e[57:]])
    assert {("leaves", None), ("tree", None)} == found(verify_bundle(folder, [KEY]))


def test_an_export_without_the_hashes_of_its_leaves_is_told(superuser: Any, tmp_path: Path) -> None:
    folder = sealed.bundle(superuser, tmp_path / "bundle")
    (folder / "leaves.bin").unlink()
    sealed.write_manifest(folder, _manifest(folder))

    report = verify_bundle(folder, [KEY])

    assert report.verified
    assert "leaves.bin is not there" in report.cautions[0]


def test_an_export_of_no_facts_is_verified_with_a_caution(superuser: Any, tmp_path: Path) -> None:
    report = verify_bundle(sealed.bundle(superuser, tmp_path / "none", only=range(0)), [KEY])

    assert (True, 0) == (report.verified, report.events)
    assert "There is no fact in it" in report.cautions[0]


PARTS = range(20, 160, 7)


def _other_hash(line: bytes, number: int) -> bytes:
    values = json.loads(line)
    values["hashes"][number] = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
    return json.dumps(values).encode()


def _hashes(line: bytes, change: Callable[[list[str]], list[str]]) -> bytes:
    values = json.loads(line)
    values["hashes"] = change(values["hashes"])
    return json.dumps(values).encode()


def _hashes_exchanged(lines: list[bytes]) -> list[bytes]:
    third, fourth = (json.loads(line) for line in lines[2:4])
    third["hashes"], fourth["hashes"] = fourth["hashes"], third["hashes"]
    return [*lines[:2], json.dumps(third).encode(), json.dumps(fourth).encode(), *lines[4:]]


IN_A_PARTIAL_BUNDLE: dict[str, tuple[str, Edit, set[tuple[str, int | None]]]] = {
    "a line removed": (
        "events.jsonl", lambda e: e[:2] + e[3:], {("missing", 35), ("manifest", None)},
    ),
    "the last line removed": (
        "events.jsonl", lambda e: e[:-1], {("missing", 155), ("manifest", None)},
    ),
    "a state edited": (
        "events.jsonl",
        lambda e: [*e[:2], e[2].replace(b"false", b"true"), *e[3:]],
        {("changed", 35)},
    ),
    "a state edited and its digest too": (
        "events.jsonl",
        lambda e: [*e[:2], _with_true_digest(e[2], "{}"), *e[3:]],
        {("changed", 35)},
    ),
    "a role edited": (
        "events.jsonl", lambda e: [*e[:2], _with(e[2], role="auditor"), *e[3:]], {("changed", 35)},
    ),
    "proofs exchanged": ("proofs.jsonl", _hashes_exchanged, {("proof", 35), ("proof", 42)}),
    "another leaf in the proof": (
        "proofs.jsonl",
        lambda p: [*p[:2], p[2].replace(b'"leaf_index": 34', b'"leaf_index": 35'), *p[3:]],
        {("proof", 35)},
    ),
    "another sibling": (
        "proofs.jsonl", lambda p: [*p[:2], _other_hash(p[2], 3), *p[3:]], {("changed", 35)},
    ),
    "a hash more": (
        "proofs.jsonl",
        lambda p: [*p[:2], _hashes(p[2], lambda h: [*h, h[-1]]), *p[3:]],
        {("proof", 35)},
    ),
    "a hash less": (
        "proofs.jsonl",
        lambda p: [*p[:2], _hashes(p[2], lambda h: h[:-1]), *p[3:]],
        {("proof", 35)},
    ),
    "a proof removed": ("proofs.jsonl", lambda p: p[:2] + p[3:], {("proof", 35)}),
}  # fmt: skip


@pytest.mark.parametrize("what", IN_A_PARTIAL_BUNDLE)
def test_found_in_a_partial_bundle(superuser: Any, tmp_path: Path, what: str) -> None:
    file, edit, expected = IN_A_PARTIAL_BUNDLE[what]
    folder = sealed.bundle(superuser, tmp_path / "bundle", only=PARTS)
    assert verify_bundle(folder, [KEY]).verified

    _edit_lines(folder, file, edit)

    assert expected <= found(verify_bundle(folder, [KEY]))


MANIFESTS: dict[str, tuple[dict[str, Any], str]] = {
    "another count": ({"count": 299}, "manifest"),
    "another size": ({"checkpoint_size": 280}, "manifest"),
    "another origin": ({"origin": "audit.example/letters"}, "manifest"),
    "no count": ({"count": None}, "malformed"),
    "a count that is true": ({"count": True}, "malformed"),
    "a count beyond all bounds": ({"count": 10**30}, "malformed"),
    "said to be partial": ({"complete": False}, "malformed"),
}


@pytest.mark.parametrize("what", MANIFESTS)
def test_found_in_the_manifest(superuser: Any, tmp_path: Path, what: str) -> None:
    folder = sealed.bundle(superuser, tmp_path / "bundle")
    values, kind = MANIFESTS[what]

    sealed.write_manifest(folder, {**_manifest(folder), **values})

    assert kind in {kind for kind, _ in found(verify_bundle(folder, [KEY]))}


def test_a_file_exchanged_under_the_manifest_is_found(superuser: Any, tmp_path: Path) -> None:
    folder = sealed.bundle(superuser, tmp_path / "bundle")
    (folder / "keys.txt").write_text(f"{THIEF.key}\n")
    (folder / "extra.txt").write_text("not in the manifest")
    (folder / "__pycache__").mkdir()

    report = verify_bundle(folder, [KEY])

    assert ["keys.txt is not the file whose digest the manifest names"] == [
        each.text for each in report.findings
    ]
    assert ["extra.txt is no part of the export: the manifest does not name it."] == report.cautions


def test_a_bundle_forged_with_keys_of_its_own_is_found(superuser: Any, tmp_path: Path) -> None:
    superuser.execute("UPDATE facts SET actor = 'nobody' WHERE position = 57")
    _seal_anew(superuser, THIEF)
    folder = sealed.bundle(superuser, tmp_path / "bundle")

    assert verify_bundle(folder, [key_of(str(THIEF.key))]).verified
    assert {("wrong-key", None)} == found(verify_bundle(folder, [KEY]))


def test_a_bundle_of_a_log_that_was_put_back_or_forked_is_found_by_a_kept_checkpoint(
    superuser: Any, tmp_path: Path
) -> None:
    kept = [sealed.checkpoint_of(superuser, 150), sealed.checkpoint_of(superuser, 280)]
    whole = sealed.bundle(superuser, tmp_path / "whole")
    _put_back(superuser, 150)
    back = sealed.bundle(superuser, tmp_path / "back")
    superuser.execute("UPDATE facts SET actor = 'nobody' WHERE position = 57")
    _seal_anew(superuser, SIGNER)
    forked = sealed.bundle(superuser, tmp_path / "forked")

    assert verify_bundle(whole, [KEY], since=kept).verified
    older = verify_bundle(back, [KEY], since=kept)
    assert (3, {("outdated", None)}) == (older.status, found(older))
    assert "older than your checkpoint: it is of 150 facts" in older.findings[0].text
    assert text_of(older).endswith("NOT COMPARED: nothing in it is wrong, but it is older")
    assert {("forked", None)} == found(verify_bundle(forked, [KEY], since=kept[:1]))


def test_an_older_export_in_which_something_is_wrong_is_not_just_older(
    superuser: Any, tmp_path: Path
) -> None:
    kept = sealed.checkpoint_of(superuser)
    _put_back(superuser, 150)
    folder = sealed.bundle(superuser, tmp_path / "back")
    _edit_lines(folder, "events.jsonl", IN_A_COMPLETE_BUNDLE["an actor edited"][0])

    report = verify_bundle(folder, [KEY], since=[kept])

    assert (1, {("outdated", None), ("changed", 57)}) == (report.status, found(report))


def _proof_of_letter(cur: Any) -> tuple[bytes, bytes]:
    (row,) = [row for row in rows(cur) if row[-1] == LETTER_LEAF]
    proof = proofs.tlog_proof(cur, row[0])
    assert proof is not None
    return proof.encode(), sealed.event_line(row)


def test_a_letter_with_its_proof_is_verified_and_small(superuser: Any) -> None:
    proof, entry = _proof_of_letter(superuser)

    assert verify_proof(proof, entry, [KEY], letter=LETTER).verified
    assert len(proof) <= 1_500


def test_a_letter_is_verified_by_the_entry_that_the_log_serves(superuser: Any) -> None:
    proof, line = _proof_of_letter(superuser)
    values = json.loads(line)
    state, leaf = values.pop("state"), values.pop("leaf_index")
    entry = json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    served = {"position": values["position"], "leaf_index": leaf, "entry": entry, "state": state}

    assert verify_proof(proof, json.dumps(served).encode(), [KEY], letter=LETTER).verified
    served["entry"] = entry.replace('"ppid"', '"auditor"')
    assert not verify_proof(proof, json.dumps(served).encode(), [KEY], letter=LETTER).verified


def _line_of(proof: bytes, number: int, new: bytes | None) -> bytes:
    lines = proof.split(b"\n")
    lines[number : number + 1] = [] if new is None else [new]
    return b"\n".join(lines)


HASH = b"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
PROOFS: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "wrong index": (lambda p: _line_of(p, 1, b"index 122"), "proof"),
    "index beyond the log": (lambda p: _line_of(p, 1, b"index 300"), "proof"),
    "index with a zero in front": (lambda p: _line_of(p, 1, b"index 0123"), "malformed"),
    "huge index": (lambda p: _line_of(p, 1, b"index " + b"9" * 5000), "malformed"),
    "wrong sibling": (lambda p: _line_of(p, 2, HASH), "proof"),
    "extra hash": (lambda p: p.replace(b"\n\n", b"\n" + HASH + b"\n\n", 1), "proof"),
    "a hash less": (lambda p: _line_of(p, 4, None), "proof"),
    "no hashes": (lambda p: re.sub(rb"(index 123\n).*?\n\n", rb"\1\n", p, flags=re.S), "proof"),
    "a hash of 31 bytes": (lambda p: _line_of(p, 2, b"AAAA" * 10 + b"AA=="), "malformed"),
    "base64 with a stray bit": (lambda p: _line_of(p, 2, HASH[:-2] + b"V="), "malformed"),
    "too many hashes": (lambda p: _line_of(p, 2, b"\n".join([HASH] * 64)), "malformed"),
    "other format": (lambda p: p.replace(b"@v1", b"@v2", 1), "malformed"),
    "cut off": (lambda p: p[: len(p) // 2], "malformed"),
    "no signature": (lambda p: p[: p.rindex("—".encode())], "malformed"),
    "root exchanged": (lambda p: re.sub(rb"\n300\n.{44}", b"\n300\n" + HASH, p), "signature"),
    "size exchanged": (lambda p: p.replace(b"\n300\n", b"\n301\n"), "signature"),
    "signature of another": (
        lambda p: p[: p.rindex("—".encode())] + THIEF.line("x").encode(), "wrong-key",
    ),
    "control character": (lambda p: p.replace(b"\n300\n", b"\n300\r\n"), "malformed"),
    "not UTF-8": (lambda p: p + b"\xff", "malformed"),
    "more signatures than anybody needs": (
        lambda p: p + SIGNER.line("x").encode() * 64, "malformed",
    ),
    "longer than anybody needs": (lambda p: p + b"x" * 100_000, "malformed"),
}  # fmt: skip


@pytest.mark.parametrize("what", PROOFS)
def test_found_in_a_proof(superuser: Any, what: str) -> None:
    proof, entry = _proof_of_letter(superuser)
    change, kind = PROOFS[what]
    forged = change(proof)
    assert forged != proof

    report = verify_proof(forged, entry, [KEY], letter=LETTER)

    assert [kind] == [each.kind for each in report.findings]


def test_a_changed_letter_or_another_fact_is_found(superuser: Any) -> None:
    proof, entry = _proof_of_letter(superuser)
    state = json.loads(entry)["state"].replace("1/I/2026", "2/I/2026")

    assert {("letter", 125)} == found(verify_proof(proof, entry, [KEY], letter=LETTER + b" "))
    assert {("changed", 125)} == found(verify_proof(proof, _with(entry, state=state), [KEY]))
    assert {("proof", 125)} == found(verify_proof(proof, _with(entry, actor="x"), [KEY]))
    assert {("proof", 125)} == found(verify_proof(proof, _with_true_digest(entry, state), [KEY]))


def _edit_lines(folder: Path, file: str, edit: Edit) -> None:
    lines = (folder / file).read_bytes().split(b"\n")[:-1]
    edited = edit(list(lines))
    assert edited != lines
    (folder / file).write_bytes(b"".join(line + b"\n" for line in edited))
    sealed.write_manifest(folder, _manifest(folder))


def _manifest(folder: Path) -> dict[str, Any]:
    return dict(json.loads((folder / "manifest.json").read_text()))
