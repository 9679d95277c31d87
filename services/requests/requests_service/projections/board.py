"""The desk's tables made again from the facts.

They are not followed: their rows are written together with the facts. So a rebuild holds the
writers back for a moment, to take in what has changed meanwhile, before it swaps.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from chassis import log

from requests_service import rows
from requests_service.application import Requests
from requests_service.domain.data_request import DataRequest
from requests_service.projections import swapping
from requests_service.projections.runner import Rebuilt, Tell, transaction

_BATCH_REQUESTS = 200
_TABLES = ("board", "search_words")
_FORGET_ERASED = "DELETE FROM search_words WHERE request_id IN (SELECT request_id FROM erasures)"


def rebuild_board(cur: Any, app: Requests, tell: Tell) -> Rebuilt:
    """`cur`: in autocommit, as the owner of the table; `app` reads the requests."""
    position = log.bound(cur, 0)
    ids = _submitted(cur, after=0)
    with swapping.new_tables(cur, _TABLES):
        for done in range(0, len(ids), _BATCH_REQUESTS):
            _write(cur, app, ids[done : done + _BATCH_REQUESTS])
            tell(min(done + _BATCH_REQUESTS, len(ids)), len(ids))
        swapping.index(cur, _TABLES)
        with transaction(cur):
            # Whoever writes a fact has written its row on the board before.
            cur.execute("LOCK TABLE public.board, public.search_words IN SHARE ROW EXCLUSIVE MODE")
            _write(cur, app, _submitted(cur, after=position))
            # Of those erased meanwhile, which their own stream does not say.
            cur.execute(_FORGET_ERASED)
            count, now = swapping.checksum(cur, _TABLES)
            before = swapping.checksum(cur, _TABLES, schema="public")[1]
            swapping.swap(cur, _TABLES)
    return Rebuilt(count, now, before)


def _submitted(cur: Any, *, after: int) -> list[UUID]:
    """The requests of which something was recorded after a position."""
    cur.execute(
        "SELECT request_id FROM registrations WHERE %s = 0 OR request_id IN"
        " (SELECT stream FROM facts WHERE position > %s)",
        (after, after),
    )
    return [request_id for (request_id,) in cur.fetchall()]


def _write(cur: Any, app: Requests, ids: Iterable[UUID]) -> None:
    for request_id in ids:
        data_request: DataRequest = app.repository.get(request_id)
        cur.execute(*rows.on_board(data_request, at=data_request.modified_on))
        for statement in app.search.written_again(data_request, app.reading.fact_of):
            cur.execute(*statement)
