"""Why each deadline of a request is that day, and what moves when the calendar changes."""

import json
import time
from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from chassis.actor import Actor as Caller
from chassis.postgres import Pool

from requests_service.calendars import Calendars
from requests_service.domain import clocks, watching
from requests_service.domain.clocks import Deadline, deadlines
from requests_service.domain.data_request import DataRequest
from requests_service.domain.working_days import Calendar, Today
from requests_service.visible import actor_of, must_see

BY_ITSELF = Caller("requests", "service")
Tell = Callable[[int, int], None]
"""Hears how much of how much is done."""
_LOOK_SECONDS = 60
_TRIES_AFTER_CHANGE = 5
"""Looks at what others may still have recorded by the calendar from before."""
_OPEN = "FROM board WHERE (step IS NOT NULL OR objection_ground IS NOT NULL)"
# Very many requests were received on few days: each case is counted once.
_CASES = f"SELECT DISTINCT clocks::text {_OPEN}"
_OF_CASES = f"SELECT id {_OPEN} AND (clocks IS NULL OR clocks::text = ANY(%s))"

_NEAR = """
    SELECT id, watched FROM board
    WHERE (step IS NOT NULL OR objection_ground IS NOT NULL)
      AND least(due, CASE WHEN notice_issued_on IS NULL THEN statutory_due END, objection_due) <= %s
      AND watched IS DISTINCT FROM '[]'
"""


class Deadlines:
    """Explains deadlines by the calendar by which each was counted, and counts them again."""

    def __init__(
        self,
        pool: Pool,
        *,
        load: Callable[[UUID], DataRequest],
        change: Callable[..., Any],
        calendars: Calendars,
        today: Callable[[], Today],
    ) -> None:
        """`load` raises RequestNotFound; `change` as the application's."""
        self._today = today
        self._looked: tuple[date, str] | None = None
        self._looked_at, self._again = 0.0, 0
        self._pool = pool
        self._load = load
        self._change = change
        self._calendars = calendars

    def of(self, request_id: UUID, viewer: Caller) -> list[Deadline]:
        """Those that stand now. Raises RequestNotFound, NotTheOwner."""
        data_request = self._load(request_id)
        must_see(data_request, actor_of(viewer))
        return deadlines(data_request, self._calendars.of)

    def to_move(self, calendar: Calendar) -> list[UUID]:
        """The open requests with a deadline that this calendar puts on another day."""
        moving = [
            case
            for (case,) in self._pool.execute(_CASES)
            if case and clocks.moves(json.loads(case), calendar)
        ]
        # Of rows from before `clocks` was kept, only the request itself can tell.
        return [request_id for (request_id,) in self._pool.execute(_OF_CASES, (moving,))]

    def preview(self, requests: list[UUID], calendar: Calendar) -> list[tuple[str, str]]:
        """Register number, and which dates this calendar would move."""
        lines = []
        for data_request in map(self._load, requests):
            dates = clocks.moved(data_request, calendar, self._calendars.of)
            told = ", ".join(f"{name} to {due}" for name, due in dates.items())
            lines.append((data_request.register_number, told))
        return lines

    def move(self, requests: list[UUID], tell: Tell = lambda done, of: None) -> None:
        """Count these again by the calendar in force; a fact for each of which a date moves."""
        for done, request_id in enumerate(requests, 1):
            self._change(
                request_id,
                lambda r, who, today: clocks.move(r, who, today, calendar_of=self._calendars.of),
                BY_ITSELF,
                {},
            )
            tell(done, len(requests))

    def keep(self, cur: Any) -> bool:
        """A follower's step: all that is to be told today; and what was recorded by an older
        calendar while a new one came into force. Once a minute, though every fact wakes it."""
        today, now = self._today(), time.monotonic()
        looked = (today.day, today.calendar.version)
        if looked == self._looked and now - self._looked_at < _LOOK_SECONDS:
            return False
        if self._looked is None or looked[1] != self._looked[1]:
            self._again = _TRIES_AFTER_CHANGE
        self._looked, self._looked_at = looked, now
        if self._again:
            self._again -= 1
            self.move(self.to_move(today.calendar))
        for request_id in self._to_tell(today):
            self._change(request_id, watching.watch, BY_ITSELF, {})
        return False

    def _to_tell(self, today: Today) -> list[UUID]:
        rules = today.rules
        near = max(rules.due_soon_days, rules.notice_due_soon_days, rules.propose_extension_days)
        return [
            request_id
            for request_id, stored in self._pool.execute(_NEAR, (today.plus(near),))
            # Of rows from before `watched` was kept, only the request itself can tell.
            if stored is None
            or any(any(watching.to_tell(each, today)) for each in watching.of_json(stored))
        ]
