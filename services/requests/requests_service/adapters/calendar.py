"""The calendar, read from the decree files."""

import tomllib
from pathlib import Path

from requests_service.domain.working_days import Calendar, DayOff, Decree

FOLDER = Path(__file__).parents[1] / "calendar"


def read_calendar(folder: Path = FOLDER) -> Calendar:
    return Calendar(tuple(read_decree(path) for path in sorted(folder.glob("*.toml"))))


def read_decree(path: Path) -> Decree:
    """Raises ValueError when the file does not hold what it says it holds."""
    told = tomllib.loads(path.read_text(encoding="utf-8"))
    year = told["year"]
    days_off = tuple(
        DayOff(day["date"], day["name"], cuti_bersama=kind == "cuti_bersama")
        for kind in ("libur_nasional", "cuti_bersama")
        for day in told[kind]
    )
    dates = [day.date for day in days_off]
    if len(set(dates)) != len(dates) or any(day.year != year for day in dates):
        raise ValueError(f"{path.name}: a date stands twice, or belongs to another year")
    for kind in ("libur_nasional", "cuti_bersama"):
        if len(told[kind]) != told["count"][kind]:
            raise ValueError(f"{path.name}: the decree has another number of {kind}")
    return Decree(year, told["decree"], told["source"], days_off)
