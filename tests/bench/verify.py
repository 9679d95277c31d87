"""Verifying the whole log

A million facts are sealed, and checkpoints signed at 100,000, 300,000 and at the end. For each an
auditor's export is written and verified offline by the one-file verifier in a process of its own,
its start and the opening of the zip included; and the log in the database is verified in place.
Then single facts: the size of a proof, making it, and checking it.
"""

import json
import random
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from chassis.postgres import Pool, connect
from requests_service.audit.exports import Export
from requests_service.audit.filters import Filters
from requests_service.sealing import checkpoints, proofs, verify_log
from requests_service.sealing.entries import entry_of, read
from requests_service.sealing.sealer import seal, sign
from requests_service.sealing.stored_log import verify_stored

from tests.bench.lab import Lab
from tests.bench.measuring import Result, Spread
from tests.bench.sealing import ORIGIN, SIGNER

SIZES = (100_000, 300_000, 1_000_000)
_KEY = str(SIGNER.key)


def measure(lab: Lab) -> Result:
    result = Result()
    dsn, rates = sealed_history(lab, SIZES[-1])
    result.add("sealing what waits", Spread.of(rates), "facts/s")
    for size in SIZES:
        bundle, wrote = _export(dsn, size, lab.folder())
        took = _verify(bundle)
        bound = "<= 12" if size == SIZES[-1] else ""
        result.add(f"verify an export of {size:,} facts", took, "s", bound)
        result.add(f"the same for each 100,000 facts, {size:,} facts", took * 100_000 / size, "s")
        if size == SIZES[-1]:
            result.add(f"write that export of {size:,} facts", wrote, "s")
            result.add("its zip", bundle.stat().st_size / 2**20, "MiB")
    result.add(f"verify {SIZES[-1]:,} facts in the database", _verify_stored(dsn), "s")
    _single_facts(dsn, result)
    return result


def sealed_history(lab: Lab, events: int) -> tuple[str, list[float]]:
    """A history, sealed to its end, and facts a second of each batch."""
    return lab.once(f"sealed {events}", lambda: _sealed(lab.history(events)))


def _sealed(dsn: str) -> tuple[str, list[float]]:
    rates, size = [], 0
    with closing(connect(dsn)) as conn, conn.cursor() as cur:
        while True:
            left = min([each - size for each in SIZES if each > size] or [4000])
            began = time.perf_counter()
            if not (so_many := seal(cur, min(4000, left))):
                break
            rates.append(so_many / (time.perf_counter() - began))
            size += so_many
            if size in SIZES:
                sign(cur, ORIGIN, [SIGNER])
        sign(cur, ORIGIN, [SIGNER])
        cur.execute("VACUUM ANALYZE sealed, tiles")
    return dsn, rates


def _export(dsn: str, size: int, folder: Path) -> tuple[Path, float]:
    pool, path = Pool(dsn, 2), folder / "bundle.zip"
    with pool.connection() as conn, conn.cursor() as cur:
        checkpoint = checkpoints.of_size(cur, size)
    assert checkpoint is not None
    began = time.perf_counter()
    export = Export(
        pool, checkpoint, origin=ORIGIN, made_by="auditor", filters=Filters(), formats=()
    )
    with path.open("wb") as file:
        for piece in export.pieces():
            file.write(piece)
    pool.close()
    return path, time.perf_counter() - began


def _verify(bundle: Path) -> float:
    command = [sys.executable, verify_log.__file__, str(bundle), "--key", _KEY, "--json"]
    began = time.perf_counter()
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    took = time.perf_counter() - began
    assert told.returncode == 0, told.stdout + told.stderr
    return took


def _verify_stored(dsn: str) -> float:
    began = time.perf_counter()
    with closing(connect(dsn)) as conn, conn.cursor() as cur:
        report = verify_stored(cur, [verify_log.key_of(_KEY)], dsn=dsn)
    assert report.verified, verify_log.text_of(report)
    return time.perf_counter() - began


def _single_facts(dsn: str, result: Result) -> None:
    made, checked, sizes = [], [], []
    with closing(connect(dsn)) as conn, conn.cursor() as cur:
        cur.execute("SELECT max(position) FROM sealed")
        positions = random.Random(2).sample(range(1, cur.fetchone()[0] + 1), 200)
        for position in positions:
            began = time.perf_counter()
            proof = proofs.tlog_proof(cur, position)
            made.append((time.perf_counter() - began) * 1000)
            assert proof is not None
            entry = _entry(cur, position)
            began = time.perf_counter()
            report = verify_log.verify_proof(proof.encode(), entry, [verify_log.key_of(_KEY)])
            checked.append((time.perf_counter() - began) * 1000)
            assert report.verified, verify_log.text_of(report)
            sizes.append(len(proof) / 1024)
    result.add("one fact's proof", Spread.of(sizes), "KiB", "<= 1.5")
    result.add("make it", Spread.of(made), "ms")
    result.add("check it", Spread.of(checked), "ms", "<= 5")


def _entry(cur: Any, position: int) -> bytes:
    """As the log serves it beside its proof."""
    fact = read(cur, after=position - 1, up_to=position, limit=1)[0]
    leaf = proofs.leaf_of(cur, position)
    told = {"entry": entry_of(fact).decode(), "leaf_index": leaf, "position": position}
    return json.dumps({**told, "state": bytes(fact.state).decode()}).encode()
