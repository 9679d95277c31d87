"""Test vectors of the log for whoever writes a verifier of their own.

    python -m requests_service.sealing.vectors > services/requests/contracts/log-vectors.json

Hashes are base64, as in the text formats. The keys are made up for these vectors.
"""

import json
from typing import Any

from requests_service.sealing import checkpoints, proofs
from requests_service.sealing.entries import FactRow, entry_of
from requests_service.sealing.notes import Signer
from requests_service.sealing.tiles import grow, path_of, roots_in
from requests_service.sealing.tree import consistency_path, inclusion_path, leaf_hash

_LEAVES = [f"leaf {number}" for number in range(20)]
_SIZES = (1, 2, 3, 4, 5, 6, 7, 8, 13, 16, 20)
_TILES = grow({}, 0, [leaf.encode() for leaf in _LEAVES])
_ORIGIN = "audit.example/requests"
_SEED = bytes(range(32))
_FACT = FactRow(
    position=41,
    stream="6f1c1a52-0f5e-4d53-9a3e-3f1a5c2b7d10",
    version=3,
    type="ForwardedToPembantu",
    type_version=1,
    state='{"agency":"diskopindag","step":7,"note":"kutip \\" dan é"}'.encode(),
    occurred_at="2026-11-20T01:00:00.000000Z",
    recorded_at="2026-11-20T01:00:00.012345Z",
    actor="b7a1b1b0-8a3f-4c1e-9a55-0d9d3a1c2e4f",
    role="ppid",
    agency=None,
    on_behalf_of=None,
    idempotency_key='kunci "a"\n',
    causation=None,
    correlation="6f1c1a52-0f5e-4d53-9a3e-3f1a5c2b7d10",
)


def vectors() -> dict[str, Any]:
    """All of them."""
    signer = Signer(_ORIGIN, _SEED)
    root = _roots([(0, len(_LEAVES))])[0]
    note = checkpoints.note_of(checkpoints.text_of(_ORIGIN, len(_LEAVES), root), [signer])
    entry = entry_of(_FACT)
    return {
        "entry": {
            "fact": {**_FACT._asdict(), "state": _FACT.state.decode()},
            "entry": entry.decode(),
            "leaf_hash": proofs.written(leaf_hash(entry)),
        },
        "leaves": _LEAVES,
        "roots": [_written([(0, size)])[0] for size in range(len(_LEAVES) + 1)],
        "inclusion": [
            {"leaf_index": leaf, "size": size, "hashes": _written(inclusion_path(leaf, size))}
            for size in _SIZES
            for leaf in range(size)
        ],
        "consistency": [
            {"from": old, "to": new, "hashes": _written(consistency_path(old, new))}
            for new in _SIZES
            for old in range(new + 1)
        ],
        "tile_paths": [
            {"n": n, "width": width, "path": path_of(n, width)}
            for n, width in ((0, 256), (0, 1), (273, 112), (1234067, 256), (1234067, 255))
        ],
        "checkpoint": {
            "origin": _ORIGIN,
            "private_key": proofs.written(_SEED),
            "verifier_key": str(signer.key),
            "note": note,
        },
        "tlog_proof": proofs.tlog_proof_of(7, _roots(inclusion_path(7, len(_LEAVES))), note),
    }


def _roots(stretches: list[tuple[int, int]]) -> list[bytes]:
    return roots_in(_TILES, stretches)


def _written(stretches: list[tuple[int, int]]) -> list[str]:
    return [proofs.written(each) for each in _roots(stretches)]


if __name__ == "__main__":
    print(json.dumps(vectors(), ensure_ascii=False, indent=1))
