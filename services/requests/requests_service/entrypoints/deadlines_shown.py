"""Deadlines in the words of the pages: which, from when, how many days, what did not count."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from chassis.pages import tanggal

from requests_service.domain import sop
from requests_service.domain.clocks import Deadline, Name
from requests_service.domain.working_days import Skipped

_BASES = {
    Name.STEP: f"SOP Nomor {sop.EDITION}",
    Name.NOTICE: "UU 14/2008 Pasal 22 ayat (7) dan (8)",
    Name.OBJECTION: "UU 14/2008 Pasal 36 ayat (2)",
    Name.COMPLETION: "ketentuan kota",
}
_TITLES = {
    Name.NOTICE: "Pemberitahuan Tertulis",
    Name.OBJECTION: "Jawaban atas keberatan",
    Name.COMPLETION: "Melengkapi permohonan",
}
OF_THE_ANSWER = {
    Name.STEP: "due",
    Name.NOTICE: "statutory_due",
    Name.OBJECTION: "objection_due",
    Name.COMPLETION: "complete_by",
}
"""What the API calls the date."""


_OF_THE_STEP = "tenggat langkah"
DEADLINE_REPORTS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "DeadlinesMoved": lambda d: (
        "Tenggat dihitung ulang karena kalender berubah: "
        + "; ".join(
            f"{_called(name)} {tanggal(each['before'])} menjadi {tanggal(each['now'])}"
            for name, each in d["moved"].items()
        )
    ),
    "DueSoon": lambda d: f"Tenggat sudah dekat: {_called(d['clock'])} {tanggal(d['due'])}",
    "BecameOverdue": lambda d: f"Tenggat terlewat: {_called(d['clock'])} {tanggal(d['due'])}",
    "Escalated": lambda d: (
        f"Keterlambatan {d['days_late']} hari kerja diteruskan kepada Atasan PPID:"
        f" {_called(d['clock'])} {tanggal(d['due'])}"
    ),
    "ExtensionProposed": lambda d: (
        f"Perpanjangan {d['days']} hari kerja diusulkan, menjadi {tanggal(d['new_statutory_due'])}"
    ),
}
"""What this service records of deadlines by itself, in one line each."""


def _called(clock: str) -> str:
    return _TITLES.get(Name(clock), _OF_THE_STEP)


def deadlines_shown(deadlines: Sequence[Deadline]) -> dict[str, Any]:
    """What a request's page says of them: `deadlines` and `decrees` for the template mengapa.html,
    and which of the dates are `estimates`, by their names in the API."""
    return {
        "deadlines": [_shown(each) for each in deadlines],
        "decrees": _decrees(deadlines),
        "estimates": {OF_THE_ANSWER[each.clock]: each.why.is_estimate for each in deadlines},
    }


def _shown(each: Deadline) -> dict[str, Any]:
    why = each.why
    return {
        "title": _TITLES.get(each.clock) or f"Langkah {each.step}",
        "due": each.due,
        "basis": _BASES[each.clock],
        "start": why.start,
        "days": each.days,
        "paused": each.paused,
        "skipped": list(_lines(why.skipped)),
        "worked": [(tanggal(day.date), day.name) for day in why.worked],
        "calendar": why.calendar,
        "is_estimate": why.is_estimate,
        "other_count": why.due if why.due != each.due else None,
    }


def _lines(skipped: Sequence[Skipped]) -> Iterator[tuple[str, str]]:
    """(when, for what); weekends are told together, days off of one name too."""
    weekends = [day for day in skipped if day.decree is None]
    if weekends:
        yield "Sabtu dan Minggu", f"{len(weekends)} hari"
    others = [day for day in skipped if day.decree is not None]
    for name, days in groupby(others, key=lambda day: day.name):
        run = [day.date for day in days]
        when = tanggal(run[0]) if len(run) == 1 else f"{tanggal(run[0])} s.d. {tanggal(run[-1])}"
        yield when, name


def _decrees(deadlines: Sequence[Deadline]) -> list[str]:
    """By which days do not count, or count, each once."""
    told = [
        (day.name, day.decree)
        for each in deadlines
        for days in (each.why.skipped, each.why.worked)
        for day in days
    ]
    said = [
        decree or f"{name}: diumumkan, belum ada keputusan"
        for name, decree in told
        if decree is not None
    ]
    return list(dict.fromkeys(said))
