"""A sealed log of a few hundred facts, and exports of it, for tests that tamper with them."""

import base64
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from chassis.postgres import Pool
from requests_service.sealing import proofs
from requests_service.sealing.checkpoints import latest
from requests_service.sealing.notes import Signer
from requests_service.sealing.sealer import seal, sign
from requests_service.sealing.stored_log import fact_of_row, rows, verify_stored
from requests_service.sealing.verify_log import Key, Report, key_of, leaf_hash

ORIGIN = "audit.example/requests"
SIGNER = Signer(ORIGIN, b"k" * 32)
KEY = key_of(str(SIGNER.key))
FACTS = 300
"""Over more than one tile."""
SIGNED_BEFORE = (40, 150, 280)
"""Sizes of the earlier checkpoints."""
LETTER = b"%PDF-1.7 Surat Pemberitahuan"
LETTER_LEAF = 123
_NAMES = UUID("6f1c1a52-0f5e-4d53-9a3e-3f1a5c2b7d10")


def fill(pool: Pool, cur: Any) -> None:
    """Facts, sealed and signed as they came; one position in the middle was given and undone."""
    for number in range(FACTS):
        if number in SIGNED_BEFORE:
            seal_all(cur)
        if number == 100:
            cur.execute("SELECT nextval('facts_position_seq')")
        append(pool, number)
    seal_all(cur)


def append(pool: Pool, number: int) -> None:
    """One more fact."""
    letter = number == LETTER_LEAF
    state = {"step": number % 16 + 1, "late": False, "note_sealed": f'kutip "{number}" — é'}
    if letter:
        state = {"letter": "surat", "letter_id": str(uuid5(_NAMES, "letter")), "number": "1/I/2026"}
        state["digest"] = hashlib.sha256(LETTER).hexdigest()
    pool.execute(
        "INSERT INTO facts (stream, version, type, state, occurred_at, actor, role, agency,"
        " on_behalf_of, idempotency_key, causation, correlation)"
        " VALUES (%s, %s, %s, %s, now(), %s, 'ppid', 'diskopindag', %s, %s, %s, %s)",
        (
            uuid5(_NAMES, str(number // 10)),
            number % 10 + 1,
            "LetterIssued" if letter else "ForwardedToPembantu",
            json.dumps(state, ensure_ascii=False).encode(),
            str(uuid5(_NAMES, f"officer {number % 7}")),
            "wakil" if number % 5 == 0 else None,
            f"key-{number}",
            f"message-{number}",
            str(uuid5(_NAMES, str(number // 10))),
        ),
    )


def seal_all(cur: Any, signers: Sequence[Signer] = (SIGNER,)) -> None:
    """Seal what waits, and sign."""
    while seal(cur, 1000):
        pass
    sign(cur, ORIGIN, signers)


def checkpoint_of(cur: Any, size: int | None = None) -> bytes:
    """A signed checkpoint; the newest without a size."""
    cur.execute(
        "SELECT note FROM checkpoints WHERE %(size)s IS NULL OR size = %(size)s"
        " ORDER BY size DESC LIMIT 1",
        {"size": size},
    )
    return str(cur.fetchone()[0]).encode()


def verified(cur: Any, *, keys: Sequence[Key] = (KEY,), since: Sequence[bytes] = ()) -> Report:
    """What the verifier says of the log that this cursor sees."""
    return verify_stored(cur, keys, since=since)


def bundle(cur: Any, folder: Path, *, only: range | None = None) -> Path:
    """An export of the whole log, or of some leaves with their proofs, as a folder."""
    checkpoint = latest(cur)
    assert checkpoint is not None
    chosen = [row for row in rows(cur) if row[-1] is not None]
    if only is not None:
        chosen = chosen[only.start : only.stop : only.step]
    files = {
        "events.jsonl": b"".join(event_line(row) for row in chosen),
        "checkpoint.txt": checkpoint.text.encode(),
        "keys.txt": f"{SIGNER.key}\n".encode(),
    }
    if only is None:
        files["leaves.bin"] = b"".join(leaf_hash(fact_of_row(row).entry) for row in chosen)
    else:
        files["proofs.jsonl"] = b"".join(_proof_line(cur, row, checkpoint.size) for row in chosen)
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    manifest = {
        "origin": ORIGIN,
        "made_at": "2026-11-22T00:00:00+00:00",
        "made_by": "auditor",
        "filters": {},
        "as_of": None,
        "as_known_at": None,
        "count": len(chosen),
        "complete": only is None,
        "checkpoint_size": checkpoint.size,
    }
    write_manifest(folder, manifest)
    return folder


def write_manifest(folder: Path, manifest: dict[str, Any]) -> None:
    """The manifest, with digests as the files are now: whoever forges a bundle does that too."""
    digests = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.iterdir())
        if path.name != "manifest.json"
    }
    (folder / "manifest.json").write_text(json.dumps({**manifest, "files": digests}))


def event_line(row: Any) -> bytes:
    """A line of events.jsonl, as canonical JSON."""
    values = json.loads(fact_of_row(row).entry)
    values |= {"leaf_index": row[-1], "state": bytes(row[5]).decode()}
    text = json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode() + b"\n"


def _proof_line(cur: Any, row: Any, size: int) -> bytes:
    hashes = [proofs.written(each) for each in proofs.inclusion(cur, row[-1], size)]
    line = {"position": row[0], "leaf_index": row[-1], "hashes": hashes}
    return json.dumps(line).encode() + b"\n"


def line_of_hash(raw: bytes) -> bytes:
    """A hash as a line of a proof."""
    return base64.b64encode(raw) + b"\n"
