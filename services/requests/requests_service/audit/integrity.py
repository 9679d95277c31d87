"""How far the log is sealed, answered and signed, in a moment: what the start page says."""

from dataclasses import dataclass
from datetime import datetime

from chassis.postgres import Pool

from requests_service.sealing import checkpoints


@dataclass(frozen=True)
class Integrity:
    """Of the log now."""

    last_position: int
    """Of the newest fact; positions may have gaps."""
    sealed: int
    """Facts in the tree."""
    unsealed: int
    """Newer ones that wait for their seal."""
    signed: int
    """Facts that the newest checkpoint holds."""
    signed_at: datetime | None
    witnesses: int
    """That have signed a checkpoint."""
    witnessed: int
    """Facts in the newest checkpoint that a witness signed."""
    stopped: list[tuple[str, str, datetime]]
    """What reads the log and has stopped: name, why, since when."""


def integrity_of(pool: Pool) -> Integrity:
    """What a look at the tables tells; the proof is `satudata audit verify`."""
    with pool.connection() as conn, conn.cursor() as cur:
        cur.execute(
            "SELECT coalesce(max(position), 0),"
            " (SELECT coalesce(max(leaf_index) + 1, 0) FROM sealed) FROM facts"
        )
        last, sealed = cur.fetchone()
        cur.execute(
            "SELECT count(*) FROM facts"
            " WHERE position > (SELECT coalesce(max(position), 0) FROM sealed)"
        )
        unsealed = cur.fetchone()[0]
        cur.execute("SELECT count(DISTINCT witness), coalesce(max(size), 0) FROM cosignatures")
        witnesses, witnessed = cur.fetchone()
        cur.execute(
            "SELECT name, stopped_because, stopped_at FROM progress"
            " WHERE stopped_because IS NOT NULL ORDER BY name"
        )
        stopped = cur.fetchall()
        newest = checkpoints.latest(cur)
    return Integrity(
        last,
        sealed,
        unsealed,
        newest.size if newest else 0,
        newest.signed_at if newest else None,
        witnesses,
        witnessed,
        stopped,
    )
