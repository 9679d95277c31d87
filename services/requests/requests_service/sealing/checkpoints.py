"""Checkpoints (c2sp.org/tlog-checkpoint): size and root of the tree, signed, kept for ever."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from requests_service.sealing.notes import Signer


@dataclass(frozen=True)
class Checkpoint:
    """What was signed."""

    size: int
    root: bytes
    note: str
    """As the log signed it."""
    signed_at: datetime
    cosignatures: tuple[str, ...]
    """Lines of witnesses, each with its newline."""

    @property
    def text(self) -> str:
        """The note with all its signatures."""
        return self.note + "".join(self.cosignatures)


_SELECT = (
    "SELECT size, root, note, signed_at,"
    " ARRAY(SELECT line FROM cosignatures c WHERE c.size = checkpoints.size ORDER BY witness)"
    " FROM checkpoints"
)


def latest(cur: Any) -> Checkpoint | None:
    """The newest one; None when nothing was sealed yet."""
    cur.execute(f"{_SELECT} ORDER BY size DESC LIMIT 1")
    return _checkpoint(cur.fetchone())


def to_give_away(cur: Any) -> Checkpoint | None:
    """The newest one; but while its witnesses may be under way, for a minute, the newest witnessed.

    Who checks what was taken away asks for a witness, and a missing one looks like a forgery.
    """
    cur.execute(
        f"{_SELECT} WHERE size = ("
        " SELECT CASE WHEN max(signed_at) > now() - interval '1 minute'"
        "   THEN coalesce((SELECT max(size) FROM cosignatures), max(size)) ELSE max(size) END"
        " FROM checkpoints)"
    )
    return _checkpoint(cur.fetchone())


def of_size(cur: Any, size: int) -> Checkpoint | None:
    """The one of exactly this size."""
    cur.execute(f"{_SELECT} WHERE size = %s", (size,))
    return _checkpoint(cur.fetchone())


def best_for(cur: Any, leaf: int) -> Checkpoint | None:
    """The newest one that holds the leaf and has a witness; else the newest that holds it."""
    cur.execute(
        f"{_SELECT} WHERE size = coalesce("
        " (SELECT max(size) FROM cosignatures WHERE size > %(leaf)s),"
        " (SELECT max(size) FROM checkpoints WHERE size > %(leaf)s))",
        {"leaf": leaf},
    )
    return _checkpoint(cur.fetchone())


def text_of(origin: str, size: int, root: bytes) -> str:
    """The text that is signed."""
    return f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n"


def note_of(text: str, signers: Sequence[Signer]) -> str:
    """The signed note."""
    return f"{text}\n" + "".join(signer.line(text) for signer in signers)


def _checkpoint(row: Any) -> Checkpoint | None:
    if row is None:
        return None
    size, root, note, signed_at, lines = row
    return Checkpoint(size, bytes(root), note, signed_at, tuple(lines))
