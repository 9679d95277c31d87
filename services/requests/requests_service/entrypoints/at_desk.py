"""Who sits at the desk, and the list that they came from."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Annotated, Any
from urllib.parse import parse_qsl, urlencode

from chassis.http import Officer
from fastapi import Depends, Request

from requests_service import views
from requests_service.application import Requests
from requests_service.domain import choices
from requests_service.domain.roles import LABELS, Role
from requests_service.domain.sop import STEPS
from requests_service.domain.words import STATES
from requests_service.entrypoints.session import enabled
from requests_service.views import DeskPage, Wanted

AtDesk = Annotated[
    Officer, Depends(enabled("ppid", "ppid_pembantu", "walidata", "atasan_ppid", "auditor"))
]

# In the address: Indonesian, as the officer reads it.
_FILTERS: Mapping[str, str] = MappingProxyType(
    {
        "keadaan": "state",
        "langkah": "step",
        "pd": "agency",
        "giliran": "waiting_for",
        "jenis": "kind",
        "saluran": "channel",
        "putusan": "decision",
        "sampai": "due_until",
        "terlambat": "late",
        "usulan": "proposed",
        "ditutup": "closable",
    }
)
FILTER_LABELS: Mapping[str, str] = MappingProxyType(
    {
        "langkah": "Langkah",
        "keadaan": "Keadaan",
        "giliran": "Menunggu",
        "pd": "Perangkat daerah",
        "jenis": "Jenis Pemohon",
        "saluran": "Saluran",
        "putusan": "Putusan",
        "sampai": "Jatuh tempo sampai",
        "terlambat": "Hanya yang terlambat",
        "usulan": "Hanya yang menunggu petugas kedua",
        "ditutup": "Hanya yang dapat ditutup (batas waktu Pemohon lewat)",
    }
)
TICKED = ("terlambat", "usulan", "ditutup")
"""The filters that are there or not."""
_NUMBER = re.compile(r"(?:(\d{4})-)?(\d{1,6})")


@dataclass(frozen=True)
class List:
    """A list of requests, as its address tells it."""

    scope: str = ""
    """Empty: the officer's first one."""
    q: str = ""
    filters: Mapping[str, str] = field(default_factory=dict)
    """By their names in the address; only those that are filled in."""
    page: str = ""
    """Cursor of the page that was looked at."""

    @classmethod
    def of(cls, told: Mapping[str, str]) -> "List":
        """From the parameters of an address; what makes no sense is left out."""
        filters = {
            name: value
            for name in _FILTERS
            if (value := told.get(name, "").strip()) and _value(name, value) is not None
        }
        scope = told.get("saring", "")
        return cls(
            scope if scope in views.SCOPES else "",
            told.get("q", "").strip()[:200],
            filters,
            told.get("setelah", ""),
        )

    @classmethod
    def remembered(cls, query: str) -> "List":
        """From what `query` gave."""
        return cls.of(dict(parse_qsl(query)))

    @property
    def searches(self) -> bool:
        """Whether it looks among all requests, instead of showing one of the tabs."""
        return bool(self.q or self.filters)

    @property
    def query(self) -> str:
        told = {"saring": self.scope, "q": self.q, **self.filters, "setelah": self.page}
        return urlencode({name: value for name, value in told.items() if value})

    def first_page(self) -> "List":
        return List(self.scope, self.q, self.filters)

    def read(self, app: Requests, who: Officer, cursor: str, **more: Any) -> DeskPage:
        """The rows after a place. Raises CursorUnknown."""
        today = app.today().day
        wanted = self._wanted(app, who, today)
        if wanted is None:
            return DeskPage([], None)
        return views.desk(
            app.pool,
            role=who.role,
            agency=who.agency,
            today=today,
            scope="all" if self.searches else self.scope or first_scope(who),
            wanted=wanted,
            cursor=cursor,
            **more,
        )

    def _wanted(self, app: Requests, who: Officer, today: date) -> Wanted | None:
        """None when nothing can be found by these words."""
        told = {_FILTERS[name]: _value(name, value) for name, value in self.filters.items()}
        if not self.q:
            return Wanted(**told)
        number = register_number_in(self.q, today)
        # What was written is not the auditor's to read, nor to guess at word by word.
        words = app.search.hashes_of(self.q) if who.role != Role.AUDITOR else []
        if not words and number is None:
            return None
        return Wanted(**told, words=words, register_number=number)


def request_href(row: Mapping[str, Any], query: str) -> str:
    """Its page, which knows the list that it was opened from and its place there."""
    came = {"dari": query, "urut": views.place_of(row)}
    return f"/meja/{row['id']}?{urlencode({k: v for k, v in came.items() if v})}"


def came_from(request: Request) -> dict[str, str]:
    """As `request_href` told it; empty when the page was opened in another way."""
    told = {name: request.query_params.get(name, "") for name in ("dari", "urut")}
    return {name: value for name, value in told.items() if value}


def first_scope(who: Officer) -> str:
    return "open" if who.role == Role.AUDITOR else "mine"


def register_number_in(text: str, today: date) -> str | None:
    """2026-42 or 42, written as registers write it; None when it is no number."""
    found = _NUMBER.fullmatch(text.strip())
    return f"{found[1] or today.year}-{int(found[2]):04}" if found else None


def filter_choices(agencies: Mapping[str, str]) -> dict[str, list[tuple[str, str]]]:
    """What each filter offers."""
    return {
        "keadaan": list(STATES.items()),
        "langkah": [
            (str(step.no), f"{step.no}. {step.activity}") for step in STEPS.values() if step.no > 5
        ],
        "pd": list(agencies.items()),
        "giliran": [
            (role.value, LABELS[role])
            for role in (Role.PPID, Role.PPID_PEMBANTU, Role.WALIDATA, Role.PEMOHON)
        ],
        "jenis": list(choices.KINDS.items()),
        "saluran": list(choices.CHANNELS.items()),
        "putusan": list(DECISIONS.items()),
    }


DECISIONS: Mapping[str, str] = MappingProxyType(
    {
        "granted": "Diberikan seluruhnya",
        "granted_in_part": "Diberikan sebagian",
        "refused": "Ditolak",
    }
)


def _value(name: str, value: str) -> Any:
    """As the board has it; None when it is none."""
    match name:
        case "langkah":
            return int(value) if value.isascii() and value.isdigit() and len(value) < 3 else None
        case name if name in TICKED:
            return True
        case "sampai":
            try:
                return date.fromisoformat(value)
            except ValueError:
                return None
    return value
