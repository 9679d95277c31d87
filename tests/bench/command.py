"""A whole command

The PPID Pembantu grants a request of nine facts: it is loaded, the rules decide, and the fact is
saved in one transaction with the board's row, the inbox's row and the row of the idempotency key.
Each fsync takes 0.15 ms, as on a quick disk.
Below the whole stand its parts, each measured alone in the same turns: loading, deciding (with
writing the fact as JSON), and saving with its rows. Last, for comparison, the append of one ready
event without any rows.
"""

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any
from uuid import UUID

from chassis.event_store import answered, handled
from requests_service import rows
from requests_service.application import Once, Requests
from requests_service.domain.data_request import DataRequest
from requests_service.domain.roles import Actor, Role
from requests_service.summary import summary

from tests.bench import appends
from tests.bench.append_one import QUICK_DISK_US
from tests.bench.appends import PEMBANTU
from tests.bench.lab import Lab
from tests.bench.measuring import Result, Run, Spread, in_turns, timed
from tests.bench.requests_at_hand import a_request_at_the_pembantu, application, copies

_COPIES = 6000
_SLICE = 40
_numbers = count()


def measure(lab: Lab) -> Result:
    result = Result()
    dsn = lab.database(fsync_us=QUICK_DISK_US)
    with application(dsn) as app:
        waiting = copies(lab.owner(dsn), a_request_at_the_pembantu(app), _COPIES)
        kept, used = waiting[:_SLICE], iter(waiting[_SLICE:])
        grant = timed(lambda: app.grant(next(used), PEMBANTU, **_how()))
        turns = in_turns(
            {
                "the whole command": grant,
                "load": _each(kept, lambda each: app.repository.get(each)),
                "decide": _decide(app, kept),
                "save with its rows": _save(app, used),
                "append of one ready event": timed(appends.ours(dsn)),
            },
            seconds=20,
            operations=_SLICE,
            cycles_max=_COPIES // _SLICE // 2 - 2,
        )
    result.add("the whole command", turns.rate("the whole command"), "commands/s")
    for name in turns.rates:
        took = turns.seconds(name)
        result.add(name, Spread(*(each * 1000 for each in vars(took).values())), "ms")
    alone = turns.ratio("the whole command", "append of one ready event")
    result.add("the whole command to the append alone", alone, "×")
    return result


def _how() -> Any:
    n = next(_numbers)
    return {"once": Once(f"page:{PEMBANTU.id}:{n}", "0" * 64), "because_of": f"privacy-{n}"}


def _each(ids: list[UUID], do: Callable[[UUID], object]) -> Run:
    again: Iterator[UUID] = (each for _ in count() for each in ids)
    return timed(lambda: do(next(again)))


def _granted(app: Requests, request_id: UUID) -> DataRequest:
    data_request: DataRequest = app.repository.get(request_id)
    data_request.grant(_pembantu(), app.today())
    return data_request


def _decide(app: Requests, ids: list[UUID]) -> Run:
    def run(k: int) -> float:
        loaded: Iterator[DataRequest] = iter([app.repository.get(each) for each in ids[:k]])

        def decide() -> None:
            data_request = next(loaded)
            data_request.grant(_pembantu(), app.today())
            for event in data_request.collect_events():
                app.mapper.to_stored_event(event)

        return timed(decide)(k)

    return run


def _save(app: Requests, used: Iterator[UUID]) -> Run:
    def run(k: int) -> float:
        decided = iter([_granted(app, next(used)) for _ in range(k)])

        def save() -> None:
            data_request, how, now = next(decided), _how(), app.today().at
            once = how["once"]
            app.save(
                data_request,
                actor=PEMBANTU,
                at=now,
                causation=how["because_of"],
                idempotency_key=once.key,
                also=[
                    rows.on_board(data_request, at=now),
                    handled(how["because_of"]),
                    answered(once.key, once.digest, summary(data_request)),
                ],
            )

        return timed(save)(k)

    return run


def _pembantu() -> Actor:
    return Actor(PEMBANTU.id, Role.PPID_PEMBANTU, PEMBANTU.agency)
