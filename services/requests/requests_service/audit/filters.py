"""Which facts an export is to hold: what may be asked, and the SQL that it becomes."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime, time, timedelta
from typing import Any

from chassis.clock import JAKARTA
from chassis.postgres import Pool

from requests_service import rows
from requests_service.audit.words import TITLES
from requests_service.domain.errors import RequestNotFound, RequestsError
from requests_service.domain.roles import Role

_TYPES_MAX = 50
_CONDITIONS = {
    "request": "request_id = (SELECT request_id FROM registrations WHERE register_number = %s)",
    "types": "type = ANY(%s)",
    "actor": "actor = %s",
    "role": "role = %s",
    "agency": "agency = %s",
    "since": "occurred_at >= %s",
    "until": "occurred_at < %s",
    "as_of": "occurred_at <= %s",
    "as_of_position": "position <= %s",
    "as_known_at": "recorded_at <= %s",
}
"""On the table `trail`."""


class FilterInvalid(RequestsError):
    """A filter that cannot be meant so: unknown names, or times that nobody can read."""

    name = ""
    """Of the filter, once that is known."""


@dataclass(frozen=True)
class Filters:
    """All of them together; None asks nothing. Times are instants with their zone."""

    request: str | None = None
    """Register number."""
    types: tuple[str, ...] | None = None
    """Names of facts; any of them."""
    actor: str | None = None
    """Id, as the log has it."""
    role: str | None = None
    agency: str | None = None
    """Of the actor, or else the one that holds the request's data."""
    since: datetime | None = None
    until: datetime | None = None
    """Not included itself."""
    as_of: datetime | None = None
    """As it stood then: what had happened by this time."""
    as_of_position: int | None = None
    as_known_at: datetime | None = None
    """As it was known then: what had been recorded by this time."""

    def asked(self) -> dict[str, Any]:
        """Those that ask something."""
        return {name: value for name, value in asdict(self).items() if value is not None}

    def as_json(self) -> dict[str, Any]:
        """The same, times as text."""
        return {
            name: value.isoformat() if isinstance(value, datetime) else value
            for name, value in self.asked().items()
        }

    def condition(self) -> tuple[str, list[Any]]:
        """For WHERE, on the table `trail`, with its arguments."""
        asked = self.asked()
        terms = [_CONDITIONS[name] for name in asked]
        values = [list(v) if isinstance(v, tuple) else v for v in asked.values()]
        return " AND ".join(terms) or "TRUE", values


def filters_from(pool: Pool, given: Mapping[str, str | None]) -> Filters:
    """Filters from what was typed; empty ones ask nothing.

    `given`: the names of Filters; `types` with commas; `as_of` a time or a position; a date means
    its end in Asia/Jakarta, for `since` its beginning; `actor` an id or an account's name. What is
    found in no table is refused: so nobody takes a misspelt name for an empty answer, and the fact
    that tells of the export holds nothing that somebody just typed.
    Raises FilterInvalid, RequestNotFound.
    """
    typed = {name: value.strip() for name, value in given.items() if value and value.strip()}
    if strange := sorted(set(typed) - {field.name for field in fields(Filters)}):
        raise FilterInvalid(f"Saringan tidak dikenal: {', '.join(strange)}.")
    as_of = typed.pop("as_of", None)
    if as_of and as_of.isdecimal():
        typed["as_of_position"] = as_of
    elif as_of:
        typed["as_of"] = as_of
    filters = Filters(**{name: _read(pool, name, value) for name, value in typed.items()})
    if filters.since and filters.until and filters.since >= filters.until:
        raise FilterInvalid("Waktu awal harus sebelum waktu akhir.")
    return filters


def _read(pool: Pool, name: str, typed: str) -> Any:
    try:
        return _READERS[name](pool, typed)
    except FilterInvalid as error:
        error.name = "as_of" if name == "as_of_position" else name
        raise


def _request(pool: Pool, typed: str) -> str:
    if not pool.execute(rows.REGISTRATION, (typed,)):
        raise RequestNotFound(f"Tidak ada permohonan bernomor {typed}.")
    return typed


def _types(pool: Pool, typed: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(name.strip() for name in typed.split(",") if name.strip()))
    if len(names) > _TYPES_MAX:
        raise FilterInvalid(f"Paling banyak {_TYPES_MAX} jenis peristiwa sekaligus.")
    for name in names:
        if name not in TITLES and not _in_trail(pool, "type", name):
            raise FilterInvalid(f'Jenis peristiwa "{name}" tidak ada; lihat daftar istilah.')
    return names


def _actor(pool: Pool, typed: str) -> str:
    member = pool.query(f"{rows.STAFF} WHERE username = %s", (typed.lower(),))
    if member:
        return str(member[0]["id"])
    if not _in_trail(pool, "actor", typed):
        raise FilterInvalid("Tidak ada pelaku dengan nama pengguna atau tanda pengenal itu.")
    return typed


def _role(pool: Pool, typed: str) -> str:
    if typed not in set(Role) and not _in_trail(pool, "role", typed):
        raise FilterInvalid(f'Peran "{typed}" tidak dikenal.')
    return typed


def _agency(pool: Pool, typed: str) -> str:
    if not _in_trail(pool, "agency", typed):
        raise FilterInvalid(f'Tidak ada catatan dari perangkat daerah "{typed}".')
    return typed


def _in_trail(pool: Pool, column: str, value: str) -> bool:
    return bool(pool.execute(f"SELECT 1 FROM trail WHERE {column} = %s LIMIT 1", (value,)))


def _position(pool: Pool, typed: str) -> int:
    if not re.fullmatch(r"[0-9]{1,18}", typed):
        raise FilterInvalid(f'"{typed}" bukan posisi.')
    return int(typed)


def _beginning(pool: Pool, typed: str) -> datetime:
    return _instant(typed, timedelta(0))


def _end(pool: Pool, typed: str) -> datetime:
    return _instant(typed, timedelta(days=1))


def _last(pool: Pool, typed: str) -> datetime:
    return _instant(typed, timedelta(days=1, microseconds=-1))


def _instant(typed: str, of_day: timedelta) -> datetime:
    """A date is `of_day` after its first instant; a time without zone is Asia/Jakarta's.

    A time without seconds is that whole minute, as the pages show it.
    """
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", typed):
            return datetime.combine(date.fromisoformat(typed), time(), JAKARTA) + of_day
        instant = datetime.fromisoformat(typed)
        if of_day and re.search(r"T\d{2}:\d{2}($|[Z+-])", typed):
            instant += of_day - timedelta(days=1) + timedelta(minutes=1)
        return instant if instant.tzinfo else instant.replace(tzinfo=JAKARTA)
    except (ValueError, OverflowError) as error:
        raise FilterInvalid(
            f'"{typed}" bukan tanggal atau waktu; tulis seperti 2026-11-20 atau 2026-11-20T15:04.'
        ) from error


_READERS: Mapping[str, Any] = {
    "request": _request,
    "types": _types,
    "actor": _actor,
    "role": _role,
    "agency": _agency,
    "since": _beginning,
    "until": _end,
    "as_of": _last,
    "as_of_position": _position,
    "as_known_at": _last,
}
