"""The log over HTTP, as c2sp.org/tlog-tiles has it: checkpoints, tiles, entries, proofs."""

import struct
from collections.abc import Iterator
from typing import Annotated, Any
from uuid import UUID

from chassis import log
from chassis.http import NotSignedIn
from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response

from requests_service.bootstrap import log_origin
from requests_service.domain.errors import NotTheOwner
from requests_service.domain.roles import Role
from requests_service.entrypoints.http import enabled_officer
from requests_service.sealing import checkpoints, entries, proofs
from requests_service.sealing.checkpoints import Checkpoint
from requests_service.sealing.sealer import stream_of_keys
from requests_service.sealing.tiles import LEVELS_MAX, WIDTH, named
from requests_service.sealing.tree import HASH_BYTES

router = APIRouter(prefix="/api/requests", tags=["log"])
_TEXT = "text/plain; charset=utf-8"
_BYTES = "application/octet-stream"
_FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}
_FOR_NOW = {"Cache-Control": "public, max-age=2"}
_LEVELS = {str(level): level for level in range(LEVELS_MAX)}
_NOT_YET = "Peristiwa ini belum disegel, coba lagi sebentar lagi."
_LETTER_NOT_YET = "Surat ini belum disegel, coba lagi sebentar lagi."


def cursor(request: Request) -> Iterator[Any]:
    """A cursor in autocommit for the time of the answer."""
    with request.app.state.pool.connection() as conn, conn.cursor() as cur:
        yield cur


Cursor = Annotated[Any, Depends(cursor)]


@router.get("/log/checkpoint")
def checkpoint(cur: Cursor) -> Response:
    """The newest checkpoint, with the witnesses' signatures that have come so far."""
    return Response(_signed(checkpoints.latest(cur)).text, 200, _FOR_NOW, _TEXT)


@router.get("/log/checkpoints/{size}")
def checkpoint_of_size(size: int, cur: Cursor) -> Response:
    """An older checkpoint, by the number of its leaves."""
    found = checkpoints.of_size(cur, size) if 0 < size < 1 << 63 else None
    return Response(_signed(found).text, 200, _FOR_NOW, _TEXT)


@router.get("/log/keys")
def keys(request: Request) -> Response:
    """The verifier keys that the log says it has used, oldest first. Ask another office too."""
    stream = stream_of_keys(log_origin(request.app.state.settings))
    facts = log.stream(request.app.state.pool, stream)
    lines = "".join(f"{fact.data['verifier_key']}\n" for fact in facts)
    return Response(lines, 200, _FOR_NOW, _TEXT)


@router.get("/log/tile/entries/{path:path}")
def entry_bundle(request: Request, path: str, cur: Cursor) -> Response:
    """The entries under a tile of level 0, each after its length in two bytes."""
    who = enabled_officer(request)
    if who is None:
        raise NotSignedIn
    if who.role not in (Role.AUDITOR, Role.INTEGRATOR):
        raise NotTheOwner("Isi log untuk Auditor dan Integrator.")
    n, width = _named(path)
    found = [entries.entry_of(row) for row in entries.of_leaves(cur, n * WIDTH, n * WIDTH + width)]
    if len(found) < width:
        raise HTTPException(404, "Log belum sepanjang itu.")
    bundle = b"".join(struct.pack(">H", len(entry)) + entry for entry in found)
    # Whoever asks was let in: no shared cache may keep it.
    return Response(bundle, 200, {"Cache-Control": "private, max-age=31536000, immutable"}, _BYTES)


@router.get("/log/tile/{level}/{path:path}")
def tile(level: str, path: str, cur: Cursor) -> Response:
    """Up to 256 hashes of the tree."""
    n, width = _named(path)
    name = (_LEVELS.get(level, LEVELS_MAX), n)
    hashes = proofs.load(cur, [name]).get(name, b"")[: width * HASH_BYTES]
    if len(hashes) < width * HASH_BYTES:
        raise HTTPException(404, "Log belum sepanjang itu.")
    return Response(hashes, 200, _FOR_EVER, _BYTES)


@router.get("/log/proof/{position}")
def proof(position: int, cur: Cursor) -> Response:
    """That the fact at this position is in the log, as a .tlog-proof."""
    return _proof(cur, position, f"peristiwa-{position}", _NOT_YET)


@router.get("/log/consistency")
def consistency(
    cur: Cursor,
    old: Annotated[int, Query(alias="from", ge=0)],
    new: Annotated[int, Query(alias="to", ge=0)],
) -> dict[str, Any]:
    """The hashes that prove the log of `to` leaves to continue that of `from`."""
    if new > _signed(checkpoints.latest(cur)).size:
        raise HTTPException(404, "Log belum sepanjang itu.")
    if old > new:
        raise HTTPException(422, "`from` tidak boleh lebih besar daripada `to`.")
    hashes = [proofs.written(each) for each in proofs.consistency(cur, old, new)]
    return {"from": old, "to": new, "hashes": hashes}


@router.get("/letters/{letter_id}/tlog-proof")
def letter_proof(letter_id: UUID, cur: Cursor) -> Response:
    """That the log holds the issue of this letter, as a .tlog-proof."""
    return _proof(cur, _letter(cur, letter_id), f"surat-{letter_id}", _LETTER_NOT_YET)


@router.get("/letters/{letter_id}/entry")
def letter_entry(letter_id: UUID, cur: Cursor) -> dict[str, Any]:
    """What that proof is about: the entry, and the state whose SHA-256 stands in it.

    Both are texts to be taken as they are, byte for byte in UTF-8. The state holds the letter's
    own digest.
    """
    leaf_index = proofs.leaf_of(cur, _letter(cur, letter_id))
    assert leaf_index is not None
    (row,) = entries.of_leaves(cur, leaf_index, leaf_index + 1)
    return {
        "position": row.position,
        "leaf_index": leaf_index,
        "entry": entries.entry_of(row).decode(),
        "state": row.state.decode(),
    }


def _letter(cur: Any, letter_id: UUID) -> int:
    position = proofs.position_of_letter(cur, str(letter_id))
    if position is None:
        raise HTTPException(404, _LETTER_NOT_YET)
    return position


def _proof(cur: Any, position: int, name: str, not_yet: str) -> Response:
    text = proofs.tlog_proof(cur, position) if 0 < position < 1 << 63 else None
    if text is None:
        raise HTTPException(404, not_yet)
    named_file = {"Content-Disposition": f'attachment; filename="{name}.tlog-proof"'}
    return Response(text, 200, _FOR_NOW | named_file, _TEXT)


def _signed(found: Checkpoint | None) -> Checkpoint:
    if found is None:
        raise HTTPException(404, "Belum ada checkpoint.")
    return found


def _named(path: str) -> tuple[int, int]:
    found = named(path)
    if found is None:
        raise HTTPException(404, "Tidak ada keping dengan nama itu.")
    return found
