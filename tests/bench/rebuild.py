"""Loading a request of 20, 100 and 1000 facts

A request is loaded from its facts, on a memory disk. Three ways take turns: the service's own
repository; by hand, which selects the same rows, reads their JSON and folds each into one dict,
without classes; and the library's default, its own PostgreSQL recorder and its own JSON, with the
same aggregate. Ratios are of rates: above 1, ours is faster.
"""

import json
from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from chassis.postgres import connect
from eventsourcing.application import Repository
from eventsourcing.persistence import (
    DatetimeAsISO,
    EventStore,
    JSONTranscoder,
    Mapper,
    Transcoding,
    UUIDAsHex,
)
from requests_service.application import Requests

from tests.bench.appends import library_recorder
from tests.bench.lab import Lab
from tests.bench.measuring import Result, Spread, in_turns, timed
from tests.bench.requests_at_hand import a_request_at_the_pembantu, application, lengthen

LENGTHS = {20: "<= 0.6", 100: "<= 2.2", 1000: "<= 21"}
"""Facts of a request, and the milliseconds that the library was measured at before."""
_NAMES = ("ours", "by hand", "the library's default")


def measure(lab: Lab) -> Result:
    result = Result()
    dsn, beside = lab.database(), lab.empty_database()
    with application(dsn) as app:
        request_id = a_request_at_the_pembantu(app)
        for facts, target in LENGTHS.items():
            lengthen(lab.owner(dsn), request_id, facts)
            default = _library_default(app, request_id, beside)
            runs: tuple[Callable[[], object], ...] = (
                lambda: app.repository.get(request_id),
                _by_hand(dsn, request_id),
                lambda repository=default: repository.get(request_id),
            )
            turns = in_turns(dict(zip(_NAMES, map(timed, runs), strict=True)), seconds=8)
            for name in _NAMES:
                took = Spread(*(each * 1000 for each in vars(turns.seconds(name)).values()))
                bound = target if name == "ours" else ""
                result.add(f"{name}, {facts} facts", took, "ms", bound)
            for name in _NAMES[1:]:
                result.add(f"ours to {name}, {facts} facts", turns.ratio("ours", name), "×")
    return result


def _by_hand(dsn: str, request_id: UUID) -> Any:
    cur = connect(dsn).cursor()

    def get() -> dict[str, Any]:
        cur.execute("SELECT state FROM facts WHERE stream = %s ORDER BY version", (request_id,))
        whole: dict[str, Any] = {}
        for (state,) in cur.fetchall():
            whole.update(json.loads(bytes(state)))
        return whole

    return get


def _library_default(app: Requests, request_id: UUID, dsn: str) -> Repository[UUID]:
    """The same facts, as the library keeps them."""
    transcoder = JSONTranscoder()
    for each in (UUIDAsHex(), DatetimeAsISO(), _DateAsISO()):
        transcoder.register(each)
    mapper: Mapper[UUID] = Mapper(transcoder)
    recorder = library_recorder(dsn)
    there = len(list(recorder.select_events(request_id)))
    stored = [mapper.to_stored_event(each) for each in app.events.get(request_id, gt=there or None)]
    # A few at a time: the library's pipeline never returns from some nine hundred.
    for first in range(0, len(stored), 50):
        recorder.insert_events(stored[first : first + 50])
    return Repository(EventStore(mapper, recorder))


class _DateAsISO(Transcoding):
    """What the library's JSON lacks."""

    type = date
    name = "date_iso"

    def encode(self, obj: date) -> str:
        return obj.isoformat()

    def decode(self, data: str) -> date:
        return date.fromisoformat(data)
