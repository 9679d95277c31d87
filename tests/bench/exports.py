"""Exporting 100,000 facts, in each format

The whole log of three years is exported under a checkpoint, as an auditor would, to a file on a
memory disk: once as JSONL alone, then with each other format beside it, whose own time is the
difference. A part, the facts of services, has a proof for each fact instead of the leaves.
"""

import time
from pathlib import Path

from chassis.postgres import Pool
from requests_service.audit.exports import FORMATS, Export
from requests_service.audit.filters import Filters
from requests_service.projections import runner
from requests_service.projections.trail import TRAIL
from requests_service.sealing import checkpoints
from requests_service.sealing.checkpoints import Checkpoint
from requests_service.sealing.notes import Signer
from requests_service.sealing.sealer import seal, sign

from tests.bench.lab import Lab
from tests.bench.measuring import Result

FACTS = 100_000
_ORIGIN = "audit.example/requests"


def measure(lab: Lab) -> Result:
    result = Result()
    pool = Pool(lab.history(FACTS), 2)
    checkpoint = _sealed(pool)
    file = lab.folder() / "export.zip"
    jsonl = _seconds(pool, checkpoint, Filters(), [], file)
    result.add("JSONL, the whole", FACTS / jsonl, "facts/s")
    for name, form in FORMATS.items():
        both = _seconds(pool, checkpoint, Filters(), [name], file)
        result.add(f"{form.label} beside it, by itself", FACTS / (both - jsonl), "facts/s")
        result.add(f"size of the zip with {form.label}", file.stat().st_size / 1e6, "MB")
    of_services = Filters(role="service")
    facts = pool.execute("SELECT count(*) FROM trail WHERE role = 'service'")[0][0]
    part = _seconds(pool, checkpoint, of_services, [], file)
    result.add(f"JSONL with proofs, {facts} facts of services", facts / part, "facts/s")
    pool.close()
    return result


def _sealed(pool: Pool) -> Checkpoint:
    with pool.connection() as conn, conn.cursor() as cur:
        while seal(cur, 4096):
            pass
        sign(cur, _ORIGIN, [Signer(_ORIGIN, b"k" * 32)])
        step = runner.follow(TRAIL)
        while step(cur):
            pass
        cur.execute("VACUUM ANALYZE sealed, trail")
        checkpoint = checkpoints.latest(cur)
    assert checkpoint is not None
    return checkpoint


def _seconds(
    pool: Pool, checkpoint: Checkpoint, filters: Filters, formats: list[str], file: Path
) -> float:
    began = time.monotonic()
    export = Export(
        pool, checkpoint, origin=_ORIGIN, made_by="auditor", filters=filters, formats=formats
    )
    with file.open("wb") as out:
        out.writelines(export.pieces())
    return time.monotonic() - began
