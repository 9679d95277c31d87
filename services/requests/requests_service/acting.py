"""Acting officers: who holds another's office for a while, by which order (Plh, Plt, pengganti)."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from chassis import clock, log
from chassis.actor import Actor as Caller
from chassis.postgres import Pool

from requests_service.agencies import Agencies
from requests_service.domain import errors
from requests_service.domain.roles import CAPACITIES, Role

OFFICES = (Role.PPID, Role.PPID_PEMBANTU, Role.WALIDATA, Role.ATASAN_PPID)
DAYS_MAX = 366
NIP_DIGITS = 18
_DECREE_CHARS_MAX = 200
_RANK = re.compile(r"[A-Za-z0-9 .,()/'-]{2,60}")
"""What every font of the letters can write: Pembina Tingkat I (IV/b)."""
_COLUMNS = (
    "a.id, a.staff_id, s.username, s.name, a.capacity, a.role, a.agency, a.decree, a.first_day,"
    " a.last_day, a.ended_on, a.rank, a.nip"
)
_FROM = f"SELECT {_COLUMNS} FROM appointments AS a JOIN staff AS s ON s.id = a.staff_id"
_IN_FORCE = (
    "a.first_day <= %(day)s AND a.last_day >= %(day)s AND a.ended_on IS NULL"
    " AND s.disabled_at IS NULL"
)


@dataclass(frozen=True)
class Appointment:
    """One office for one officer, from the first day to the last, both included."""

    id: str
    staff_id: str
    username: str
    name: str
    capacity: str
    role: str
    agency: str | None
    decree: str
    first_day: date
    last_day: date
    ended_on: date | None
    rank: str | None
    """Pangkat and golongan, as they stand on a letter."""
    nip: str | None
    """Eighteen digits."""

    @property
    def label(self) -> str:
        """As it stands on a letter: "Plh. PPID"."""
        return f"{CAPACITIES[self.capacity]} {Role(self.role).label}"

    def as_signer(self) -> dict[str, str]:
        """What a letter says of who signs; without what is not known."""
        told = {"capacity": self.capacity, "name": self.name, "rank": self.rank, "nip": self.nip}
        return {name: value for name, value in told.items() if value}

    def ends_at(self) -> datetime:
        """The instant after its last day, in Asia/Jakarta."""
        night = self.last_day + timedelta(days=1)
        return datetime(night.year, night.month, night.day, tzinfo=clock.JAKARTA)


class Acting:
    """The table `appointments`; every change of it is a fact."""

    def __init__(self, pool: Pool, agencies: Agencies, today: Callable[[], date]) -> None:
        """`today`: the date in Asia/Jakarta."""
        self._pool = pool
        self._agencies = agencies
        self._today = today

    def appoint(
        self,
        username: str,
        by: Caller,
        *,
        capacity: str,
        role: str,
        agency: str | None,
        decree: str,
        first_day: date,
        last_day: date,
        rank: str | None = None,
        nip: str | None = None,
    ) -> Appointment:
        """`rank` and `nip` are for letters that are signed by name: in no fact, as the name itself.

        Raises AppointmentInvalid, NotTheOwner.
        """
        _must_appoint(by)
        staff_id = self._staff_id(username)
        self._must_be_an_office(capacity, role, agency)
        if not decree.strip() or len(decree) > _DECREE_CHARS_MAX:
            raise errors.AppointmentInvalid("Sebutkan nomor surat perintah atau keputusannya.")
        if last_day < first_day or last_day < self._today():
            raise errors.AppointmentInvalid("Hari terakhir tidak boleh sebelum hari pertama.")
        if last_day - first_day > timedelta(days=DAYS_MAX):
            raise errors.AppointmentInvalid("Satu penunjukan berlaku paling lama satu tahun.")
        appointment_id = uuid4()
        row = (appointment_id, staff_id, capacity, role, agency, decree.strip(), first_day,
               last_day, _rank(rank), _nip(nip))  # fmt: skip
        told = {
            "staff_id": str(staff_id),
            "capacity": capacity,
            "role": role,
            "agency": agency,
            "decree": decree.strip(),
            "first_day": first_day.isoformat(),
            "last_day": last_day.isoformat(),
        }
        with self._pool.transaction() as cur:
            cur.execute(
                "INSERT INTO appointments (id, staff_id, capacity, role, agency, decree, first_day,"
                " last_day, rank, nip) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
                row,
            )
            log.record(cur, appointment_id, "ActingAppointed", told, actor=by)
        return self._one(appointment_id)

    def end(self, appointment_id: UUID, by: Caller) -> None:
        """From now on, before its last day. Raises AppointmentInvalid, NotTheOwner."""
        _must_appoint(by)
        with self._pool.transaction() as cur:
            cur.execute(
                "UPDATE appointments SET ended_on = %s WHERE id = %s AND ended_on IS NULL"
                " AND last_day >= %s RETURNING staff_id",
                (self._today(), appointment_id, self._today()),
            )
            if not (found := cur.fetchone()):
                raise errors.AppointmentInvalid("Penunjukan ini sudah berakhir atau tidak ada.")
            told = {"staff_id": str(found[0])}
            log.record(cur, appointment_id, "ActingEnded", told, actor=by)

    def in_force(self, staff_id: str) -> list[Appointment]:
        """What this officer may act as today."""
        return self._read(
            f"{_FROM} WHERE a.staff_id = %(staff)s AND {_IN_FORCE} ORDER BY a.first_day, a.id",
            staff=staff_id,
        )

    def one_in_force(self, staff_id: str, appointment_id: str) -> Appointment | None:
        """This one, if it is this officer's and holds today."""
        return next((each for each in self.in_force(staff_id) if each.id == appointment_id), None)

    def signer(self, role: str, agency: str | None, officer: str | None) -> Appointment | None:
        """The Plh or Plt who signs for an office today: this officer, or whoever stands in.

        A substitute signs as the office itself.
        """
        found = self._read(
            f"{_FROM} WHERE a.role = %(role)s AND a.agency IS NOT DISTINCT FROM %(agency)s"
            " AND a.capacity <> 'pengganti' AND coalesce(%(officer)s, a.staff_id::text)"
            f" = a.staff_id::text AND {_IN_FORCE} ORDER BY a.first_day DESC, a.id LIMIT 1",
            role=role,
            agency=agency,
            officer=officer,
        )
        return found[0] if found else None

    def all(self) -> list[Appointment]:
        """The newest first."""
        return self._read(f"{_FROM} ORDER BY a.first_day DESC, a.id LIMIT 500")

    def _one(self, appointment_id: UUID) -> Appointment:
        return self._read(f"{_FROM} WHERE a.id = %(id)s", id=appointment_id)[0]

    def _read(self, sql: str, **told: Any) -> list[Appointment]:
        rows = self._pool.query(sql, {"day": self._today(), **told})
        return [
            Appointment(**row | {"id": str(row["id"]), "staff_id": str(row["staff_id"])})
            for row in rows
        ]

    def _staff_id(self, username: str) -> UUID:
        found = self._pool.execute(
            "SELECT id FROM staff WHERE username = %s AND disabled_at IS NULL",
            (username.strip().lower(),),
        )
        if not found:
            raise errors.AppointmentInvalid(f"Tidak ada petugas aktif bernama pengguna {username}.")
        staff_id: UUID = found[0][0]
        return staff_id

    def _must_be_an_office(self, capacity: str, role: str, agency: str | None) -> None:
        if capacity not in CAPACITIES:
            raise errors.AppointmentInvalid("Pilih Plh, Plt, atau pengganti.")
        if role not in OFFICES:
            raise errors.AppointmentInvalid("Pilih jabatan yang dapat dijabat sementara.")
        if (role == Role.PPID_PEMBANTU) != bool(agency):
            raise errors.AppointmentInvalid(
                "PPID Pembantu, dan hanya PPID Pembantu, memiliki perangkat daerah."
            )
        if agency:
            self._agencies.must_be_one(agency)


def _rank(typed: str | None) -> str | None:
    rank = " ".join((typed or "").split())
    if rank and not _RANK.fullmatch(rank):
        raise errors.AppointmentInvalid(
            "Tulis pangkat dan golongan seperti: Pembina Tingkat I (IV/b)."
        )
    return rank or None


def _nip(typed: str | None) -> str | None:
    """As it is often written, with spaces between its parts."""
    nip = "".join((typed or "").split())
    if nip and not (len(nip) == NIP_DIGITS and nip.isascii() and nip.isdigit()):
        raise errors.AppointmentInvalid(f"NIP terdiri atas {NIP_DIGITS} angka.")
    return nip or None


def _must_appoint(by: Caller) -> None:
    if by.role not in (Role.ATASAN_PPID, Role.OPERATOR):
        raise errors.NotTheOwner("Penunjukan pejabat sementara milik Atasan PPID atau operator.")
