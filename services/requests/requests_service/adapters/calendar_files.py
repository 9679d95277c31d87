"""Files that bring a decree, or the city's closures and special working days: TOML, CSV, ICS."""

import csv
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from requests_service.domain.calendar_changes import Line, Proposal, of_decree
from requests_service.domain.working_days import Closure, DayOff, Worked

_KINDS = ("libur_nasional", "cuti_bersama")


def read(path: Path, *, decree: str = "", source: str = "") -> Proposal:
    """`decree` and `source` are for CSV and ICS, which have no place for them.

    Raises ValueError with a sentence, OSError.
    """
    text = path.read_text(encoding="utf-8-sig")
    match path.suffix.lower():
        case ".toml":
            return _of_toml(text)
        case ".csv":
            lines = list(_of_csv(text))
        case ".ics":
            lines = list(_of_ics(text))
        case other:
            raise ValueError(f"a calendar is read from .toml, .csv or .ics, not from {other!r}")
    if not lines:
        raise ValueError("the file holds no day")
    if not decree:
        raise ValueError("say which decree it is, by --decree")
    years = [line.day.date.year for line in lines]
    return of_decree(max(set(years), key=years.count), decree, source or path.name, lines)


def _of_toml(text: str) -> Proposal:
    try:
        told = tomllib.loads(text)
        of_the_city = Proposal(
            closures=tuple(_closure(each) for each in told.get("closure", ())),
            worked=_all_worked(told.get("working_day", ())),
            no_closures=_withdrawn(told, "closures"),
            no_worked=_withdrawn(told, "working_days"),
        )
        if "year" not in told:
            if not of_the_city.years_closed | of_the_city.years_worked:
                raise ValueError(
                    "the file holds neither a year, nor a closure, nor a working day, nor what is"
                    " withdrawn"
                )
            return of_the_city
        lines = [
            Line(_day(day["date"], day["name"], kind), day.get("weekday", ""))
            for kind in _KINDS
            for day in told.get(kind, ())
        ]
        counts = (told["count"][_KINDS[0]], told["count"][_KINDS[1]]) if "count" in told else None
        proposal = of_decree(
            told["year"], told["decree"], told.get("source", ""), lines, counts=counts
        )
    except KeyError as error:
        raise ValueError(f"{error.args[0]} is missing") from error
    return replace(of_the_city, decrees=proposal.decrees, warnings=proposal.warnings)


def _closure(told: Mapping[str, Any]) -> Closure:
    first, last = told["first"], told.get("last", told["first"])
    if not (isinstance(first, date) and isinstance(last, date) and first <= last):
        raise ValueError("a closure goes from its first day to its last, as 2026-12-24")
    return Closure(first, last, told["name"], told.get("decree", ""))


def _all_worked(told: Iterable[Mapping[str, Any]]) -> tuple[Worked, ...]:
    days = tuple(Worked(each["date"], each["name"], each.get("decree", "")) for each in told)
    if not all(isinstance(each.date, date) for each in days):
        raise ValueError("a working day has a date, as 2026-12-19")
    if len({each.date for each in days}) != len(days):
        raise ValueError("a working day stands twice")
    return days


def _withdrawn(told: Mapping[str, Any], what: str) -> frozenset[int]:
    """`[withdrawn]` names the years of which nothing of this kind is left."""
    known = {"closures", "working_days"}
    given = told.get("withdrawn", {})
    if not isinstance(given, dict) or not given.keys() <= known:
        raise ValueError("withdrawn knows closures = [2026] and working_days = [2026]")
    years = given.get(what, [])
    if not isinstance(years, list) or not all(type(year) is int for year in years):
        raise ValueError(f"withdrawn.{what} is a list of years, as [2026]")
    return frozenset(years)


def _of_csv(text: str) -> Iterator[Line]:
    """Columns date, name, kind (libur_nasional or cuti_bersama) and, if there is one, weekday."""
    rows = csv.DictReader(text.splitlines())
    if not {"date", "name", "kind"} <= set(rows.fieldnames or ()):
        raise ValueError("the columns are date, name, kind and, if there is one, weekday")
    for row in rows:
        yield Line(_day(row["date"], row["name"], row["kind"]), row.get("weekday") or "")


def _of_ics(text: str) -> Iterator[Line]:
    """VEVENTs of whole days; what is called cuti bersama is that. DTEND is the day after."""
    unfolded = text.replace("\r\n", "\n").replace("\n ", "").replace("\n\t", "")
    event: dict[str, str] = {}
    for line in unfolded.split("\n"):
        name, _, value = line.partition(":")
        match name.split(";")[0].upper(), value:
            case "BEGIN", "VEVENT":
                event = {}
            case "END", "VEVENT":
                yield from _of_event(event)
            case key, _:
                event[key] = value.strip()


def _of_event(event: Mapping[str, str]) -> Iterator[Line]:
    if "DTSTART" not in event or "SUMMARY" not in event:
        raise ValueError("an event of the file has no DTSTART or no SUMMARY")
    name = event["SUMMARY"].replace("\\,", ",")
    kind = _KINDS[name.lower().startswith("cuti bersama")]
    day = date.fromisoformat(event["DTSTART"][:8])
    end = event.get("DTEND")
    after = date.fromisoformat(end[:8]) if end else day + timedelta(1)
    while day < after:
        yield Line(_day(day, name, kind))
        day += timedelta(1)


def _day(day: date | str, name: str, kind: str) -> DayOff:
    if kind not in _KINDS:
        raise ValueError(f"{kind!r} is neither {_KINDS[0]} nor {_KINDS[1]}")
    return DayOff(
        day if isinstance(day, date) else date.fromisoformat(day), name, kind == _KINDS[1]
    )
