"""Officers' accounts: who signs in, in which role, for which agency."""

import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from typing import Any
from uuid import UUID, uuid4

import argon2
from chassis import clock, log
from chassis.actor import Actor as Caller
from chassis.postgres import Pool
from chassis.sessions import SESSION_SECONDS, Tokens

from requests_service import rows
from requests_service.acting import Acting, Appointment
from requests_service.agencies import Agencies
from requests_service.domain import errors
from requests_service.domain.roles import Role
from requests_service.tries import Tries

PASSWORD_CHARS_MIN = 10
PASSWORDS = argon2.PasswordHasher()
"""Argon2id at the cost that RFC 9106 advises; not a setting, so that nobody lowers it by one."""


@dataclass(frozen=True)
class StaffMember:
    id: str
    username: str
    name: str
    role: str
    agency: str | None
    disabled: bool = False
    acting: Appointment | None = None
    """By which they hold this role and agency, when these are not their own."""


class Accounts:
    """The table `staff`; every change of it is a fact."""

    def __init__(self, pool: Pool, tokens: Tokens, agencies: Agencies, tries: Tries) -> None:
        self._pool = pool
        self._tokens = tokens
        self._agencies = agencies
        self._tries = tries
        self.acting = Acting(pool, agencies, clock.today)

    def sign_in(self, username: str, password: str, *, address: str = "") -> StaffMember:
        """`address`: where it is asked from.

        Raises SignInFailed, after the same time for unknown users as for wrong passwords, and
        TooManyTries.
        """
        with self._tries.guess("password", address, _normal_name(username)):
            return self._known_member(username, password)

    def _known_member(self, username: str, password: str) -> StaffMember:
        # Verified for unknown users, so that they take as long as known ones.
        nobodys = _nobodys_password()
        found = self._pool.query(f"{rows.STAFF} WHERE username = %s", (_normal_name(username),))
        known = found[0]["password_hash"] if found else nobodys
        matches = False
        with suppress(argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
            matches = PASSWORDS.verify(known, password)
        if not (found and matches) or found[0]["disabled"]:
            self._note_failed_sign_in(found)
            raise errors.SignInFailed
        return _staff_member(found[0])

    def _note_failed_sign_in(self, found: list[dict[str, Any]]) -> None:
        # For known accounts alone: otherwise anybody could fill the log.
        for row in found:
            told = {"staff_id": str(row["id"])}
            with self._pool.transaction() as cur:
                log.record(cur, row["id"], "SignInRefused", told, actor=Caller("", "public"))

    def member(self, staff_id: str, appointment: str | None = None) -> StaffMember | None:
        """The officer with this account, unless it was disabled.

        `appointment`: in the role that it gives, unless it does not hold today.
        """
        found = self._pool.query(f"{rows.STAFF} WHERE id = %s AND disabled_at IS NULL", (staff_id,))
        if not found:
            return None
        member = _staff_member(found[0])
        if appointment is None:
            return member
        acting = self.acting.one_in_force(staff_id, appointment)
        if acting is None:
            return None
        return replace(member, role=acting.role, agency=acting.agency, acting=acting)

    def session(self, member: StaffMember, *, seconds: int = SESSION_SECONDS) -> str:
        """The signed session that every service verifies."""
        claims = {
            "sub": member.id,
            "role": member.role,
            "agency": member.agency,
            "name": member.name,
        }
        if member.acting:
            claims |= {
                "capacity": member.acting.capacity,
                "appointment": member.acting.id,
                "office": member.acting.label,
            }
            left = member.acting.ends_at() - clock.now()
            seconds = min(seconds, max(1, int(left.total_seconds())))
        return self._tokens.sign(claims, purpose="session", seconds=seconds)

    def add(
        self,
        *,
        username: str,
        name: str,
        role: str,
        password: str,
        by: Caller,
        agency: str | None = None,
    ) -> StaffMember:
        """Raises StaffInvalid."""
        username = _normal_name(username)
        self._must_be_staff(username, name, role, agency, password)
        member = StaffMember(str(uuid4()), username, name.strip(), role, agency)
        password_hash = PASSWORDS.hash(password)
        with self._pool.transaction() as cur:
            row = (UUID(member.id), username, member.name, role, agency, password_hash)
            cur.execute(rows.ADD_STAFF, row)
            if not cur.fetchone():
                raise errors.StaffInvalid(f"Nama pengguna {username} sudah dipakai.")
            told = {"staff_id": member.id, "role": role, "agency": agency}
            log.record(cur, UUID(member.id), "StaffAdded", told, actor=by)
        return member

    def disable(self, username: str, by: Caller) -> None:
        """No more signing in; a session that is open ends within the hour. Raises StaffInvalid."""
        found = self._pool.query(f"{rows.STAFF} WHERE username = %s", (_normal_name(username),))
        if not found:
            raise errors.StaffInvalid(f"Tidak ada pengguna bernama {username}.")
        with self._pool.transaction() as cur:
            cur.execute(rows.DISABLE_STAFF, (found[0]["id"],))
            if cur.fetchone():
                told = {"staff_id": str(found[0]["id"])}
                log.record(cur, found[0]["id"], "StaffDisabled", told, actor=by)

    def all(self) -> list[StaffMember]:
        return [_staff_member(row) for row in self._pool.query(f"{rows.STAFF} ORDER BY username")]

    def names(self) -> dict[str, str]:
        """Officers' names by their ids."""
        return {member.id: member.name for member in self.all()}

    def _must_be_staff(
        self, username: str, name: str, role: str, agency: str | None, password: str
    ) -> None:
        if role not in set(Role) - {Role.PEMOHON, Role.SERVICE}:
            raise errors.StaffInvalid(f'Peran "{role}" tidak dikenal untuk petugas.')
        if (role == Role.PPID_PEMBANTU) != (agency is not None):
            raise errors.StaffInvalid(
                "PPID Pembantu, dan hanya PPID Pembantu, memiliki perangkat daerah."
            )
        if agency is not None:
            self._agencies.must_be_one(agency)
        if not username or not name.strip():
            raise errors.StaffInvalid("Nama pengguna dan nama petugas wajib diisi.")
        if len(password) < PASSWORD_CHARS_MIN:
            raise errors.StaffInvalid(f"Kata sandi sedikitnya {PASSWORD_CHARS_MIN} huruf.")


@cache
def _nobodys_password() -> str:
    return PASSWORDS.hash(secrets.token_hex())


def _normal_name(username: str) -> str:
    return username.strip().lower()


def _staff_member(row: Mapping[str, Any]) -> StaffMember:
    return StaffMember(
        str(row["id"]), row["username"], row["name"], row["role"], row["agency"], row["disabled"]
    )
