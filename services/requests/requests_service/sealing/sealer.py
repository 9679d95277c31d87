"""The sealer: takes facts in the log's order into the tree, and signs a checkpoint now and then."""

import time
from collections.abc import Sequence
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import structlog
from chassis import log
from chassis.actor import Actor
from chassis.postgres import Pool
from psycopg2.extras import execute_values

from requests_service.sealing import checkpoints, proofs
from requests_service.sealing.entries import Unsealed, unsealed
from requests_service.sealing.notes import Signer
from requests_service.sealing.tiles import edge, grow

_BATCH_FACTS = 4096
_BATCH_SECONDS = 0.25
"""Between batches that are not full: under load it seals many facts at once."""
_CHECKPOINT_SECONDS = 2.0
_log = structlog.get_logger()
_BY = Actor("sealer", "service")


class TreeDisagrees(Exception):
    """The stored tree is not the one that was signed: nothing more is signed over it."""


class Sealer:
    """A reader of the log's whole length; one in the installation, see `following`."""

    def __init__(self, pool: Pool, origin: str, signers: Sequence[Signer]) -> None:
        """`signers`: the key of now, and while keys change the next one."""
        self._pool = pool
        self._origin = origin
        self._signers = signers
        self._announced = False
        self._sealed_at = 0.0
        self._signed_at = 0.0

    def step(self, cur: Any) -> bool:
        """Seal a batch, sign when it is time; True when there is more to seal at once."""
        if not self._announced:
            self._announce()
        time.sleep(max(0.0, self._sealed_at + _BATCH_SECONDS - time.monotonic()))
        full = seal(cur, _BATCH_FACTS) == _BATCH_FACTS
        self._sealed_at = 0.0 if full else time.monotonic()
        if time.monotonic() - self._signed_at >= _CHECKPOINT_SECONDS and sign(
            cur, self._origin, self._signers
        ):
            self._signed_at = time.monotonic()
        return full

    def _announce(self) -> None:
        """A key's first use is a fact, so that the log itself tells which key followed which."""
        stream = stream_of_keys(self._origin)
        known = [fact.data["verifier_key"] for fact in log.stream(self._pool, stream)]
        for signer in self._signers:
            key = str(signer.key)
            if key not in known:
                with self._pool.transaction() as cur:
                    log.record(
                        cur,
                        stream,
                        "SealingKeyUsed",
                        {"verifier_key": key, "follows": known[-1] if known else None},
                        actor=_BY,
                    )
                known.append(key)
        self._announced = True


def stream_of_keys(origin: str) -> UUID:
    """Where the log tells of its own keys."""
    return uuid5(NAMESPACE_URL, origin)


def seal(cur: Any, limit: int) -> int:
    """Take at most `limit` committed facts into the tree, in one transaction; how many."""
    cur.execute(
        "SELECT position, (SELECT coalesce(max(leaf_index) + 1, 0) FROM sealed)"
        " FROM progress WHERE name = 'sealer'"
    )
    position, size = cur.fetchone()
    facts = unsealed(cur, after=position, up_to=log.bound(cur, position), limit=limit)
    if not facts:
        return 0
    cur.execute("BEGIN")
    try:
        _extend(cur, size, facts)
    except BaseException:
        if not cur.connection.closed:
            cur.execute("ROLLBACK")
        raise
    cur.execute("COMMIT")
    return len(facts)


def sign(cur: Any, origin: str, signers: Sequence[Signer]) -> bool:
    """A checkpoint over all that is sealed; False when the newest one holds that already.

    Raises TreeDisagrees when the tree does not continue the newest one.
    """
    cur.execute("SELECT coalesce(max(leaf_index) + 1, 0) FROM sealed")
    size = cur.fetchone()[0]
    last = checkpoints.latest(cur)
    if size == (last.size if last else 0):
        return False
    if last and (last.size > size or last.root != proofs.root(cur, last.size)):
        raise TreeDisagrees(f"the stored tree is not the one signed at size {last.size}")
    root = proofs.root(cur, size)
    note = checkpoints.note_of(checkpoints.text_of(origin, size, root), signers)
    cur.execute(
        "INSERT INTO checkpoints (size, root, note) VALUES (%s, %s, %s)", (size, root, note)
    )
    _log.info("checkpoint_signed", size=size)
    return True


def _extend(cur: Any, size: int, facts: Sequence[Unsealed]) -> None:
    tiles = grow(proofs.load(cur, edge(size)), size, [fact.entry for fact in facts])
    execute_values(
        cur,
        "INSERT INTO tiles (level, n, hashes) VALUES %s"
        " ON CONFLICT (level, n) DO UPDATE SET hashes = EXCLUDED.hashes",
        [(level, n, hashes) for (level, n), hashes in tiles.items()],
    )
    # As one text, which PostgreSQL reads ten times faster than a list of numbers.
    positions = "{" + ",".join(str(fact.position) for fact in facts) + "}"
    cur.execute(
        "INSERT INTO sealed (leaf_index, position)"
        " SELECT %s + number - 1, position"
        " FROM unnest(%s::bigint[]) WITH ORDINALITY AS f (position, number)",
        (size, positions),
    )
    if letters := [fact.position for fact in facts if fact.type == "LetterIssued"]:
        cur.execute(
            "INSERT INTO sealed_letters (letter_id, position)"
            " SELECT letter_id, position FROM ("
            "  SELECT convert_from(state, 'UTF8')::jsonb ->> 'letter_id' AS letter_id, position"
            "  FROM facts WHERE position = ANY(%s)) AS letters"
            " WHERE letter_id IS NOT NULL ORDER BY position ON CONFLICT DO NOTHING",
            (letters,),
        )
    cur.execute("UPDATE progress SET position = %s WHERE name = 'sealer'", (facts[-1].position,))
