"""The sealer on a real log: every fact once, in order, whatever happens to it."""

import itertools
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import psycopg2
import pytest
from chassis import log
from chassis.actor import Actor
from chassis.postgres import Pool, connect
from psycopg2.extensions import make_dsn, parse_dsn
from requests_service.following import Follower
from requests_service.sealing import checkpoints, entries, proofs
from requests_service.sealing.notes import Signer, is_signed, signatures
from requests_service.sealing.sealer import Sealer, TreeDisagrees, seal, sign, stream_of_keys

from services.requests.tests.sealing import textbook
from services.requests.tests.sealing.waiting import wait_until

pytestmark = pytest.mark.servers
ORIGIN = "audit.example/requests"
SIGNER = Signer(ORIGIN, b"k" * 32)
NEXT = Signer(ORIGIN, b"n" * 32)
ANI = Actor("ani", "ppid")


@pytest.fixture
def cur(pool: Pool) -> Iterator[Any]:
    """A cursor in autocommit, as a follower gives it."""
    with pool.connection() as conn, conn.cursor() as cur:
        yield cur


def write(pool: Pool, count: int) -> None:
    with pool.transaction() as cur:
        for number in range(count):
            log.record(cur, uuid4(), "Noted", {"number": number}, actor=ANI)


def all_entries(cur: Any) -> list[bytes]:
    return [entries.entry_of(f) for f in entries.read(cur, after=0, up_to=1 << 60, limit=100_000)]


def tree(cur: Any) -> list[tuple[Any, ...]]:
    cur.execute("SELECT level, n, hashes FROM tiles ORDER BY level, n")
    return [(level, n, bytes(hashes)) for level, n, hashes in cur.fetchall()]


def owner(pool: Pool, postgres_url: str) -> Any:
    """A cursor of the tables' owner, who is a superuser too."""
    name = parse_dsn(pool.dsn)["dbname"]
    return connect(make_dsn(postgres_url.format(database=name))).cursor()


def test_a_checkpoint_is_over_all_facts_in_the_order_of_their_positions(
    pool: Pool, cur: Any
) -> None:
    write(pool, 300)

    Sealer(pool, ORIGIN, [SIGNER]).step(cur)

    checkpoint = checkpoints.latest(cur)
    written = all_entries(cur)
    assert checkpoint is not None
    assert (301, textbook.mth(written)) == (checkpoint.size, checkpoint.root)
    text, (line,) = signatures(checkpoint.note)
    assert is_signed(text, line, SIGNER.key)
    cur.execute("SELECT leaf_index, position FROM sealed ORDER BY leaf_index")
    assert cur.fetchall() == [(number, number + 1) for number in range(301)]


def test_proofs_from_the_stored_tiles_are_the_textbooks(pool: Pool, cur: Any) -> None:
    write(pool, 700)
    while seal(cur, 97):
        pass
    written = all_entries(cur)

    for leaf, size in ((0, 1), (0, 700), (699, 700), (255, 256), (256, 257), (300, 555)):
        assert textbook.path(leaf, written[:size]) == proofs.inclusion(cur, leaf, size)
    for old, new in itertools.pairwise((1, 200, 256, 257, 512, 700)):
        assert textbook.proof(old, written[:new]) == proofs.consistency(cur, old, new)


def test_sealing_in_bits_gives_the_tiles_of_one_batch(pool: Pool, cur: Any) -> None:
    write(pool, 600)
    for limit in itertools.cycle((1, 2, 255, 3)):
        if not seal(cur, limit):
            break
    in_bits = tree(cur)

    written = all_entries(cur)
    assert in_bits == [(level, n, textbook.tile(level, n, written)) for level, n, _ in in_bits]
    assert [(0, 0), (0, 1), (0, 2), (1, 0)] == [name[:2] for name in in_bits]


def test_what_is_not_committed_yet_is_not_sealed_and_nothing_after_it_is(
    pool: Pool, cur: Any
) -> None:
    write(pool, 3)
    with pool.transaction() as late:
        log.record(late, uuid4(), "Noted", {}, actor=ANI)
        write(pool, 2)
        assert seal(cur, 100) == 0

    assert seal(cur, 100) == 6


def test_nothing_is_signed_twice_and_an_empty_log_not_at_all(pool: Pool, cur: Any) -> None:
    assert not sign(cur, ORIGIN, [SIGNER])
    assert checkpoints.latest(cur) is None
    write(pool, 3)
    seal(cur, 100)

    assert sign(cur, ORIGIN, [SIGNER])
    assert not sign(cur, ORIGIN, [SIGNER])


def test_a_letter_is_found_by_its_id_once_its_issue_is_sealed(pool: Pool, cur: Any) -> None:
    letter = str(uuid4())
    with pool.transaction() as recording:
        log.record(recording, uuid4(), "LetterIssued", {"letter_id": letter}, actor=ANI)
        # Reported once more, and one that is not as it should be: neither stops the sealer.
        log.record(recording, uuid4(), "LetterIssued", {"letter_id": letter}, actor=ANI)
        log.record(recording, uuid4(), "LetterIssued", {}, actor=ANI)

    assert proofs.position_of_letter(cur, letter) is None
    assert seal(cur, 100) == 3

    assert proofs.position_of_letter(cur, letter) == 1


def test_while_keys_change_both_sign_and_each_ones_first_use_is_a_fact_under_the_signature(
    pool: Pool, cur: Any
) -> None:
    notes = []
    for signers in ([SIGNER], [SIGNER, NEXT], [NEXT]):
        Sealer(pool, ORIGIN, signers).step(cur)
        write(pool, 1)
        Sealer(pool, ORIGIN, signers).step(cur)
        checkpoint = checkpoints.latest(cur)
        assert checkpoint is not None
        notes.append(signatures(checkpoint.note))

    assert [
        [
            key.id
            for key in (SIGNER.key, NEXT.key)
            if any(is_signed(text, line, key) for line in lines)
        ]
        for text, lines in notes
    ] == [[SIGNER.key.id], [SIGNER.key.id, NEXT.key.id], [NEXT.key.id]]
    facts = log.stream(pool, stream_of_keys(ORIGIN))
    assert [
        {"verifier_key": str(SIGNER.key), "follows": None},
        {"verifier_key": str(NEXT.key), "follows": str(SIGNER.key)},
    ] == [fact.data for fact in facts]
    assert {"SealingKeyUsed"} == {fact.type for fact in facts}
    cur.execute("SELECT size FROM checkpoints ORDER BY size")
    first_under_both = next(size for (size,) in cur.fetchall() if size >= facts[1].position)
    assert first_under_both == facts[1].position


def test_the_database_refuses_even_the_owner_any_change_of_what_is_sealed(
    pool: Pool, cur: Any, postgres_url: str
) -> None:
    write(pool, 3)
    seal(cur, 100)
    sign(cur, ORIGIN, [SIGNER])
    by_owner = owner(pool, postgres_url)
    changes = [
        "UPDATE tiles SET n = 7",
        "UPDATE tiles SET hashes = substring(hashes FOR 32)",
        "UPDATE tiles SET hashes = set_byte(hashes, 40, get_byte(hashes, 40) # 1)",
        "UPDATE sealed SET position = position + 9",
        "UPDATE checkpoints SET note = 'other'",
        "UPDATE sealed_letters SET position = 1",
        "UPDATE cosignatures SET line = 'other'",
        *(
            f"{verb} {table}"
            for verb in ("DELETE FROM", "TRUNCATE")
            for table in ("tiles", "sealed", "checkpoints", "sealed_letters", "cosignatures")
        ),
    ]

    for change in changes:
        with pytest.raises(psycopg2.Error, match=r"never changed|foreign key"):
            by_owner.execute(change)
    by_owner.execute("UPDATE tiles SET hashes = hashes || substring(hashes FOR 32)")


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE tiles SET hashes = set_byte(hashes, 0, get_byte(hashes, 0) # 1)",
        "DELETE FROM sealed WHERE leaf_index > 1;"
        " UPDATE progress SET position = 2 WHERE name = 'sealer'",
    ],
)
def test_nothing_is_signed_over_a_tree_that_is_not_the_signed_one(
    pool: Pool, cur: Any, postgres_url: str, tampering: str
) -> None:
    write(pool, 5)
    seal(cur, 100)
    sign(cur, ORIGIN, [SIGNER])
    # No trigger stops a superuser.
    owner(pool, postgres_url).execute(f"SET session_replication_role = replica; {tampering}")

    with pytest.raises(TreeDisagrees):
        sign(cur, ORIGIN, [SIGNER])
        write(pool, 1)
        seal(cur, 100)
        sign(cur, ORIGIN, [SIGNER])


def test_two_sealers_beside_writers_seal_every_fact_once(pool: Pool, cur: Any) -> None:
    followers = [
        Follower(pool, "sealer", Sealer(pool, ORIGIN, [SIGNER]).step, pause_seconds=0.05)
        for _ in range(2)
    ]
    for follower in followers:
        follower.start()
    writers = [
        threading.Thread(target=lambda: [write(pool, 3) for _ in range(40)]) for _ in range(4)
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    wait_until(lambda: _sealed(cur) == 481)
    for follower in followers:
        follower.stop()

    sign(cur, ORIGIN, [SIGNER])
    checkpoint = checkpoints.latest(cur)
    assert checkpoint is not None
    assert textbook.mth(all_entries(cur)) == checkpoint.root
    cur.execute("SELECT stopped_because FROM progress WHERE name = 'sealer'")
    assert cur.fetchone() == (None,)


_SEAL_IN_BITS = """
import sys
from chassis.postgres import connect
from requests_service.sealing.notes import Signer
from requests_service.sealing.sealer import seal, sign

with connect(sys.argv[1]) as conn, conn.cursor() as cur:
    cur.execute("SELECT pg_advisory_lock(1)")
    print("begun", flush=True)
    while seal(cur, 5):
        sign(cur, "audit.example/requests", [Signer("audit.example/requests", b"k" * 32)])
"""


def test_a_sealer_killed_again_and_again_leaves_a_tree_that_is_whole(pool: Pool, cur: Any) -> None:
    write(pool, 1500)
    reached = []
    for _ in range(3):
        process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", _SEAL_IN_BITS, pool.dsn],
            stdout=subprocess.PIPE,
        )
        assert process.stdout is not None
        assert process.stdout.readline() == b"begun\n"
        before = _sealed(cur)
        wait_until(lambda before=before: _sealed(cur) > before + 50)
        process.kill()
        process.wait()
        process.stdout.close()
        reached.append(_sealed(cur))

    cur.execute("SELECT pg_advisory_lock(1)")
    while seal(cur, 1000):
        pass

    assert reached == sorted(reached)
    assert reached[-1] < 1500
    written = all_entries(cur)
    cur.execute("SELECT size, root FROM checkpoints ORDER BY size")
    signed = cur.fetchall()
    assert len(signed) >= 30
    for size, root in [*signed[::17], signed[-1]]:
        assert textbook.mth(written[:size]) == bytes(root)
    assert [(level, n, textbook.tile(level, n, written)) for level, n, _ in tree(cur)] == tree(cur)


def _sealed(cur: Any) -> int:
    cur.execute("SELECT count(*) FROM sealed")
    return int(cur.fetchone()[0])
