"""The versions of the calendar in the database: what was known from when on."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from chassis import log
from chassis.actor import Actor
from chassis.postgres import Pool

from requests_service.domain.calendar_changes import Proposal, changed
from requests_service.domain.working_days import Calendar, Closure, DayOff, Decree, Worked

_LOOK_SECONDS = 1.0
_OF_THE_SOFTWARE = "satudata"
_STREAM = uuid5(NAMESPACE_URL, "satudata:calendar")


@dataclass(frozen=True)
class Version:
    """One of them, for a list."""

    version: str
    known_from: datetime
    imported_by: str


class CalendarChanged(Exception):
    """Somebody else has approved another calendar since."""


class Calendars:
    """Every version, each read once; which one is in force is asked about once a second."""

    def __init__(self, pool: Pool, *, first: Callable[[], Calendar]) -> None:
        """`first` gives what is in force where nothing was ever imported."""
        self._pool = pool
        self._first = first
        self._known: dict[str, Calendar] = {}
        self._newest = ""
        self._looked_at = 0.0

    def in_force(self) -> Calendar:
        """The newest one; the first is kept by whoever asks first."""
        now = time.monotonic()
        if not self._newest or now - self._looked_at >= _LOOK_SECONDS:
            self._newest = self._find_newest()
            self._looked_at = now
        return self.of(self._newest)

    def of(self, version: str) -> Calendar:
        """KeyError for a version that there is not."""
        if version not in self._known:
            found = self._pool.execute(_CONTENT, (version,))
            if not found:
                raise KeyError(version)
            self._known[version] = _read(version, found[0][0])
        return self._known[version]

    def versions(self) -> list[Version]:
        """Oldest first."""
        self.in_force()
        rows = self._pool.execute(
            "SELECT version::text, known_from, imported_by FROM calendars"
            " ORDER BY calendars.version"
        )
        return [Version(*row) for row in rows]

    def proposed(self, proposal: Proposal) -> Calendar:
        """What would be in force if this were approved."""
        now = self.in_force()
        return changed(now, proposal, version=str(int(now.version) + 1))

    def approve(self, proposed: Calendar, by: Actor) -> None:
        """In force from now on, with a fact that holds it. Raises CalendarChanged."""
        content = content_of(proposed)
        with self._pool.transaction() as cur:
            cur.execute(_NEXT, (int(proposed.version), by.id, json.dumps(content)))
            if not cur.rowcount:
                raise CalendarChanged
            told = {"version": proposed.version, **content}
            log.record(cur, _STREAM, "CalendarChanged", told, actor=by)
        self._newest = ""

    def _find_newest(self) -> str:
        found = self._pool.execute(_NEWEST)[0][0]
        if found is None:
            content = content_of(self._first())
            self._pool.execute(_FIRST, (_OF_THE_SOFTWARE, json.dumps(content)))
            found = 1
        return str(found)


def calendar_reader(cur: Any, otherwise: Calendar) -> Callable[[str], Calendar]:
    """`Calendars.of` for whoever has a cursor and no pool; `otherwise` where there is none."""

    def of(version: str) -> Calendar:
        cur.execute(_CONTENT, (version,))
        found = cur.fetchone()
        return _read(version, found[0]) if found else otherwise

    return of


def content_of(calendar: Calendar) -> dict[str, Any]:
    """As plain JSON, without its version."""
    return {
        "decrees": [
            {
                "year": decree.year,
                "number": decree.number,
                "source": decree.source,
                "days_off": [
                    {
                        "date": day.date.isoformat(),
                        "name": day.name,
                        "cuti_bersama": day.cuti_bersama,
                    }
                    for day in decree.days_off
                ],
            }
            for decree in calendar.decrees
        ],
        "closures": [
            {
                "first": each.first.isoformat(),
                "last": each.last.isoformat(),
                "name": each.name,
                "decree": each.decree,
            }
            for each in calendar.closures
        ],
        "working_days": [
            {"date": each.date.isoformat(), "name": each.name, "decree": each.decree}
            for each in calendar.worked
        ],
    }


def _read(version: str, content: dict[str, Any]) -> Calendar:
    decrees = [
        Decree(
            decree["year"],
            decree["number"],
            decree["source"],
            tuple(
                DayOff(date.fromisoformat(day["date"]), day["name"], day["cuti_bersama"])
                for day in decree["days_off"]
            ),
        )
        for decree in content["decrees"]
    ]
    closures = [
        Closure(
            date.fromisoformat(each["first"]),
            date.fromisoformat(each["last"]),
            each["name"],
            each["decree"],
        )
        for each in content["closures"]
    ]
    # Calendars from before there were special working days hold none.
    worked = [
        Worked(date.fromisoformat(each["date"]), each["name"], each["decree"])
        for each in content.get("working_days", ())
    ]
    return Calendar(tuple(decrees), tuple(closures), version, tuple(worked))


_NEWEST = "SELECT max(version) FROM public.calendars"
_CONTENT = "SELECT content FROM public.calendars WHERE version = %s::integer"
_NEXT = (
    "INSERT INTO public.calendars (version, imported_by, content) VALUES (%s, %s, %s)"
    " ON CONFLICT DO NOTHING"
)
_FIRST = (
    "INSERT INTO public.calendars (version, imported_by, content) VALUES (1, %s, %s)"
    " ON CONFLICT DO NOTHING"
)
