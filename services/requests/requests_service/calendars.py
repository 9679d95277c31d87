"""The versions of the calendar in the database: what was known from when on."""

from collections.abc import Callable
from datetime import date
from typing import Any

from chassis.actor import Actor
from chassis.postgres import Pool

from requests_service.domain.calendar_changes import Proposal, changed
from requests_service.domain.working_days import Calendar, Closure, DayOff, Decree, Worked
from requests_service.versions import Version, Versions

_TABLE = "calendars"


class Calendars:
    """Each version is read once."""

    def __init__(self, pool: Pool, *, first: Callable[[], Calendar]) -> None:
        """`first` gives what is in force where nothing was ever imported."""
        self._versions = Versions(pool, _TABLE, "CalendarChanged", lambda: content_of(first()))
        self._known: dict[str, Calendar] = {}

    def in_force(self) -> Calendar:
        """The newest one; the first is kept by whoever asks first."""
        return self.of(str(self._versions.newest()))

    def of(self, version: str) -> Calendar:
        """KeyError for a version that there is not."""
        if not version.isdecimal():
            raise KeyError(version)
        if version not in self._known:
            self._known[version] = _read(version, self._versions.content(int(version)))
        return self._known[version]

    def versions(self) -> list[Version]:
        """Oldest first."""
        return self._versions.all()

    def proposed(self, proposal: Proposal) -> Calendar:
        """What would be in force if this were approved."""
        now = self.in_force()
        return changed(now, proposal, version=str(int(now.version) + 1))

    def approve(self, proposed: Calendar, by: Actor) -> None:
        """In force from now on, with a fact that holds it. Raises VersionChanged."""
        self._versions.approve(int(proposed.version), content_of(proposed), by)


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


_CONTENT = f"SELECT content FROM public.{_TABLE} WHERE version = %s::integer"
