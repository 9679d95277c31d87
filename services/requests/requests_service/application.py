"""What a person or a message may ask of this service, one public method each."""

import base64
import hashlib
import hmac
import json
import random
import secrets
import threading
import time
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, TypedDict, Unpack
from uuid import UUID, uuid4, uuid5

import argon2
from chassis import clock, log
from chassis.actor import Actor as Caller
from chassis.event_store import (
    AlreadyAnswered,
    AlreadyHandled,
    Recorder,
    StaleVersion,
    answered,
    handled,
)
from chassis.keyring import Forgotten, Keyring
from chassis.log import Statement, StoredFact
from chassis.postgres import Pool
from chassis.sessions import SESSION_SECONDS, BadToken, Tokens
from eventsourcing.application import AggregateNotFoundError, Application
from eventsourcing.persistence import IntegrityError, Mapper, StoredEvent

from requests_service import rows
from requests_service.domain import errors
from requests_service.domain.data_request import (
    ClearedFile,
    DaftarDataEntry,
    DataRequest,
    Form,
    IssuedLetter,
    Seal,
    UploadedFile,
)
from requests_service.domain.events import Fact, sealed_texts
from requests_service.domain.identity import Identity
from requests_service.domain.refusal import Refusal
from requests_service.domain.roles import Actor, Role
from requests_service.domain.words import FACT_TITLES, HIDDEN_FROM_PEMOHON
from requests_service.domain.working_days import Calendar, Today
from requests_service.tries import Tries

UPLOAD_SECONDS = 3600
DOWNLOAD_SECONDS = 15 * 60
PASSWORD_CHARS_MIN = 10
_TRIES = 10
_NO_HMAC = bytes(hashlib.sha256().digest_size)
_CODE_CHARS = 10
_CODE_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Without I, L, O, 0 and 1, which are mistaken for one another on paper."""

Answer = dict[str, Any]
Command = Callable[[DataRequest, Actor, Today], None]


@dataclass(frozen=True)
class Once:
    """An Idempotency-Key, made unique to its sender, and the digest of what was sent under it."""

    key: str
    digest: str


class How(TypedDict, total=False):
    """What every command may be told beside its own arguments."""

    expected_version: int | None
    """The `version` that the officer saw. If somebody decided since, SeenVersionIsOld is raised;
    letters, mails and other reports that came in between disturb nobody."""
    once: Once | None
    because_of: str | None
    """Id of the message that this is an effect of: a repeated message has no second one."""
    at: datetime | None
    """When it happened, for messages; now for everything else."""


@dataclass(frozen=True)
class StaffMember:
    id: str
    username: str
    name: str
    role: str
    agency: str | None
    disabled: bool = False


@dataclass(frozen=True)
class PemohonData:
    """What a service that writes to the Pemohon was told."""

    person_id: UUID
    fields: dict[str, str]
    texts: dict[str, str]


@dataclass(frozen=True)
class TimelineEntry:
    """One fact as a person may read it."""

    version: int
    at: datetime
    fact: str
    title: str
    step: int | None
    next_step: int | None
    by_role: str
    by_name: str | None
    """The officer's name, for officers and auditors; None for others and for services."""
    was_due: str | None
    late: bool
    details: dict[str, Any]
    """The fact's own public fields."""
    texts: dict[str, str]
    """Its sealed texts in clear, as far as this viewer may read them."""


class Requests(Application[UUID]):
    """The service `requests`, over one database."""

    name = "requests"

    def __init__(
        self,
        pool: Pool,
        *,
        mapper: Mapper[UUID],
        calendar: Calendar,
        keyring: Keyring,
        tokens: Tokens,
        agencies: Mapping[str, str],
        code_secret: bytes,
    ) -> None:
        """`agencies`: code to name of every agency with a PPID Pembantu."""
        self.pool = pool
        self.calendar = calendar
        self.agencies = agencies
        self._given_mapper = mapper
        self._keyring = keyring
        self._tokens = tokens
        self._code_secret = code_secret
        self._numbering = threading.Lock()
        self._tries = Tries()
        self._passwords = argon2.PasswordHasher()
        super().__init__()

    def construct_mapper(self) -> Mapper[UUID]:
        return self._given_mapper

    def construct_recorder(self) -> Recorder:
        return Recorder(self.pool)

    def today(self, at: datetime | None = None) -> Today:
        at = at or clock.now()
        return Today(at, at.astimezone(clock.JAKARTA).date(), self.calendar)

    # Step 5

    def submit(self, identity: Identity, form: Form, *, once: Once | None = None) -> Answer:
        """Register a request. The answer of `get`, and `tracking_code`, which is shown only here.

        Raises FormInvalid, with everything that is wrong, and KeyReused.
        """
        if once and (answer := self._answer(once)):
            return self._with_code(answer)
        today = self.today()
        if problems := form.problems() | identity.problems(today.day):
            raise errors.FormInvalid(problems)
        request_id, person_id, code = uuid4(), uuid4(), _new_code()
        texts = {
            "identity": json.dumps(identity.cleaned()),
            "data_wanted": form.data_wanted,
            "purpose": form.purpose,
            "tracking_code": code,
        }
        # All under one new key in one transaction, before the queue for a number.
        with self.pool.transaction() as cur:
            sealed = {
                name: self._sealed(cur, request_id, person_id, name, text)
                for name, text in texts.items()
            }

        def registering(register_number: str) -> DataRequest:
            return DataRequest.submit(
                Actor(str(person_id), Role.PEMOHON),
                today,
                request_id=request_id,
                register_number=register_number,
                form=form,
                tracking_code=code,
                seal=lambda name, _: sealed[name],
                by_proxy=identity.by_proxy,
            )

        try:
            person = rows.known_person(person_id, request_id, base64.b64decode(sealed["identity"]))
            return {**self._numbered(registering, code, today, person, once), "tracking_code": code}
        except AlreadyAnswered:
            return self._with_code(self._answer_already_given(once))

    def _numbered(
        self,
        registering: Callable[[str], DataRequest],
        code: str,
        today: Today,
        person: Statement,
        once: Once | None,
    ) -> Answer:
        """Save under the year's next number: no gaps, as number and fact are one write."""
        year = today.day.year
        # One at a time in this process; another process is met by the table's key.
        with self._numbering:
            for left in reversed(range(_TRIES)):
                number = self.pool.execute(rows.LAST_NUMBER, (year,))[0][0] + 1
                register_number = f"{year}-{number:04}"
                data_request = registering(register_number)
                proof = self._code_hmac(register_number, code)
                also = [
                    rows.registered(year, number, register_number, data_request.id, proof),
                    person,
                ]
                by = Actor(str(data_request.pemohon_id), Role.PEMOHON)
                try:
                    self._save(data_request, by, today, also, {"once": once})
                    return summary(data_request)
                except IntegrityError as error:
                    if not left or str(error) != "registrations_number":
                        raise
                    time.sleep(random.uniform(0, 0.01))  # noqa: S311
        raise AssertionError("unreachable: the last try returns or raises")

    # Steps 6 to 16

    def find_in_dip(
        self, request_id: UUID, by: Caller, *, dip_entry: str, **how: Unpack[How]
    ) -> Answer:
        return self._change(
            request_id,
            lambda r, who, today: r.find_in_dip(who, today, dip_entry=dip_entry),
            by,
            how,
        )

    def find_owner(
        self, request_id: UUID, by: Caller, *, agency: str, **how: Unpack[How]
    ) -> Answer:
        self._must_be_an_agency(agency)
        return self._change(
            request_id, lambda r, who, today: r.find_owner(who, today, agency=agency), by, how
        )

    def forward(
        self,
        request_id: UUID,
        by: Caller,
        *,
        agency: str | None = None,
        message: str | None = None,
        **how: Unpack[How],
    ) -> Answer:
        """`agency`: None keeps the one found at step 6."""
        if agency is not None:
            self._must_be_an_agency(agency)
        return self._change(
            request_id,
            lambda r, who, today: r.forward(
                who, today, agency=agency, message=message, seal=self._seal_of(r)
            ),
            by,
            how,
        )

    def grant(self, request_id: UUID, by: Caller, **how: Unpack[How]) -> Answer:
        return self._change(request_id, DataRequest.grant, by, how)

    def grant_in_part(
        self,
        request_id: UUID,
        by: Caller,
        *,
        refused_parts: str,
        refusal: Refusal,
        **how: Unpack[How],
    ) -> Answer:
        return self._change(
            request_id,
            lambda r, who, today: r.grant_in_part(
                who, today, refused_parts=refused_parts, refusal=refusal, seal=self._seal_of(r)
            ),
            by,
            how,
        )

    def refuse(
        self, request_id: UUID, by: Caller, *, refusal: Refusal, **how: Unpack[How]
    ) -> Answer:
        """At step 6 or 10 by the PPID, at step 8 by the PPID Pembantu."""
        return self._change(
            request_id,
            lambda r, who, today: r.refuse(who, today, refusal=refusal, seal=self._seal_of(r)),
            by,
            how,
        )

    def hand_over(
        self, request_id: UUID, by: Caller, *, receipt: str, **how: Unpack[How]
    ) -> Answer:
        """Step 9, or at step 10 the PPID's data on hand.

        `receipt`: the token that `privacy` signed. Raises ReceiptInvalid.
        """
        file = self._uploaded_file(request_id, receipt)

        def command(r: DataRequest, who: Actor, today: Today) -> None:
            hand_over = r.provide_data_on_hand if r.step == 10 else r.hand_over
            hand_over(who, today, file=file, seal=self._seal_of(r))

        return self._change(request_id, command, by, how)

    def clear_personal_data(
        self, request_id: UUID, by: Caller, *, cites: str, **how: Unpack[How]
    ) -> Answer:
        """`cites`: register number of the earlier request whose cleared file is given again."""
        earlier = self._get(self.id_of(cites))
        return self._change(
            request_id,
            lambda r, who, today: r.cite_earlier_clearance(who, today, earlier=earlier),
            by,
            how,
        )

    def hand_to_walidata(self, request_id: UUID, by: Caller, **how: Unpack[How]) -> Answer:
        return self._change(request_id, DataRequest.hand_to_walidata, by, how)

    def list_in_daftar_data(
        self,
        request_id: UUID,
        by: Caller,
        *,
        year: int,
        entry: DaftarDataEntry,
        **how: Unpack[How],
    ) -> Answer:
        return self._change(
            request_id,
            lambda r, who, today: r.list_in_daftar_data(who, today, year=year, entry=entry),
            by,
            how,
        )

    def draft_delivery(
        self,
        request_id: UUID,
        by: Caller,
        *,
        cover_note: str | None = None,
        **how: Unpack[How],
    ) -> Answer:
        return self._change(
            request_id,
            lambda r, who, today: r.draft_delivery(
                who, today, cover_note=cover_note, seal=self._seal_of(r)
            ),
            by,
            how,
        )

    def deliver(self, request_id: UUID, by: Caller, **how: Unpack[How]) -> Answer:
        return self._change(request_id, DataRequest.deliver, by, how)

    def send_refusal(self, request_id: UUID, by: Caller, **how: Unpack[How]) -> Answer:
        return self._change(request_id, DataRequest.send_refusal, by, how)

    def notify_refusal(self, request_id: UUID, by: Caller, **how: Unpack[How]) -> Answer:
        return self._change(request_id, DataRequest.notify_refusal, by, how)

    def receive(self, request_id: UUID, by: Caller, **how: Unpack[How]) -> Answer:
        return self._change(request_id, DataRequest.receive, by, how)

    # Legal acts

    def return_for_completion(
        self,
        request_id: UUID,
        by: Caller,
        *,
        missing: Collection[str],
        explanation: str,
        **how: Unpack[How],
    ) -> Answer:
        """`missing`: codes of `choices.MISSING`."""
        return self._change(
            request_id,
            lambda r, who, today: r.return_for_completion(
                who,
                today,
                missing=list(missing),
                explanation=explanation,
                seal=self._seal_of(r),
            ),
            by,
            how,
        )

    def complete(
        self,
        request_id: UUID,
        by: Caller,
        *,
        answer: str,
        data_wanted: str | None = None,
        purpose: str | None = None,
        **how: Unpack[How],
    ) -> Answer:
        """`data_wanted` and `purpose` replace what the form said; None keeps it."""
        return self._change(
            request_id,
            lambda r, who, today: r.complete(
                who,
                today,
                answer=answer,
                data_wanted=data_wanted,
                purpose=purpose,
                seal=self._seal_of(r),
            ),
            by,
            how,
        )

    def withdraw(
        self, request_id: UUID, by: Caller, *, reason: str | None = None, **how: Unpack[How]
    ) -> Answer:
        return self._change(
            request_id,
            lambda r, who, today: r.withdraw(who, today, reason=reason, seal=self._seal_of(r)),
            by,
            how,
        )

    def extend(
        self,
        request_id: UUID,
        by: Caller,
        *,
        days: int,
        reason_code: str,
        reason: str,
        **how: Unpack[How],
    ) -> Answer:
        """`reason_code`: of `choices.EXTENSION_REASONS`; `days`: 1 to 7 working days."""
        return self._change(
            request_id,
            lambda r, who, today: r.extend(
                who, today, days=days, reason_code=reason_code, reason=reason, seal=self._seal_of(r)
            ),
            by,
            how,
        )

    def lodge_objection(
        self, request_id: UUID, by: Caller, *, ground: str, case: str, **how: Unpack[How]
    ) -> Answer:
        """`ground`: of `choices.GROUNDS`; `case`: the Pemohon's account (kasus posisi)."""
        return self._change(
            request_id,
            lambda r, who, today: r.lodge_objection(
                who, today, ground=ground, case=case, seal=self._seal_of(r)
            ),
            by,
            how,
        )

    def decide_objection(
        self, request_id: UUID, by: Caller, *, decision: str, reason: str, **how: Unpack[How]
    ) -> Answer:
        """`decision`: of `choices.DECISIONS`."""
        return self._change(
            request_id,
            lambda r, who, today: r.decide_objection(
                who, today, decision=decision, reason=reason, seal=self._seal_of(r)
            ),
            by,
            how,
        )

    # Reports of the specialists

    def record_masking(
        self,
        request_id: UUID,
        by: Caller,
        *,
        original_digest: str,
        file: ClearedFile,
        **how: Unpack[How],
    ) -> None:
        self._change(
            request_id,
            lambda r, who, today: r.record_masking(
                who, today, original_digest=original_digest, file=file
            ),
            by,
            how,
        )

    def record_clean(
        self, request_id: UUID, by: Caller, *, file: ClearedFile, **how: Unpack[How]
    ) -> None:
        self._change(
            request_id, lambda r, who, today: r.record_clean(who, today, file=file), by, how
        )

    def record_letter(
        self, request_id: UUID, by: Caller, *, letter: IssuedLetter, **how: Unpack[How]
    ) -> None:
        self._change(
            request_id, lambda r, who, today: r.note_letter(who, today, letter=letter), by, how
        )

    def record_daftar_data(
        self, request_id: UUID, by: Caller, *, year: int, title: str, **how: Unpack[How]
    ) -> None:
        self._change(
            request_id,
            lambda r, who, today: r.note_daftar_data(who, today, year=year, title=title),
            by,
            how,
        )

    def record_mail(
        self, request_id: UUID, by: Caller, *, mail: str, audience: str, **how: Unpack[How]
    ) -> None:
        self._change(
            request_id,
            lambda r, who, today: r.note_mail(who, today, mail=mail, audience=audience),
            by,
            how,
        )

    # The Pemohon's own access

    def follow(self, register_number: str, code: str, *, address: str = "") -> tuple[UUID, Caller]:
        """The request, and its Pemohon as an actor. `address`: where it is asked from.

        Raises AccessRefused, the same for every mistake, and TooManyTries.
        """
        register_number = register_number.strip()
        found = self.pool.execute(rows.REGISTRATION, (register_number,))
        request_id, known = found[0] if found else (None, _NO_HMAC)
        self._must_know_the_code(register_number, code, known, address)
        return request_id, self._pemohon_of(request_id)

    def pemohon_with(self, request_id: UUID, code: str, *, address: str = "") -> Caller:
        """As `follow`, by the request's id."""
        found = self.pool.execute(rows.REGISTRATION_OF, (request_id,))
        register_number, known = found[0] if found else (str(request_id), _NO_HMAC)
        self._must_know_the_code(register_number, code, known, address)
        return self._pemohon_of(request_id)

    def _must_know_the_code(
        self, register_number: str, code: str, known: bytes, address: str
    ) -> None:
        """The same work for a number that nobody has: its time tells nothing either."""
        with self._tries.guess("code", address, register_number):
            given = self._code_hmac(register_number, _normal_code(code))
            if not hmac.compare_digest(given, bytes(known)):
                raise errors.AccessRefused

    def download_ticket(self, request_id: UUID, by: Caller) -> str:
        """A token for `privacy`, purpose "download": {request_id, digest}, 15 minutes.

        Raises NotTheOwner, LetterNotIssued, AccessEnded.
        """
        file = self._get(request_id).must_give_download_to(_actor(by), self.today())
        claims = {"request_id": str(request_id), "digest": file.digest}
        return self._tokens.sign(claims, purpose="download", seconds=DOWNLOAD_SECONDS)

    def upload_ticket(self, request_id: UUID, by: Caller) -> str:
        """A token for `privacy`, purpose "upload": {request_id, agency, by, role}, one hour.

        For the PPID Pembantu at step 9, and for the PPID at step 10 on the DIP path.
        Raises StepNotOpen, NotTheOwner, NotOnDipPath.
        """
        data_request = self._get(request_id)
        _must_see(data_request, _actor(by))
        data_request.must_take_upload_from(_actor(by), self.today())
        claims = {
            "request_id": str(request_id),
            "agency": data_request.agency,
            "by": by.id,
            "role": by.role,
        }
        return self._tokens.sign(claims, purpose="upload", seconds=UPLOAD_SECONDS)

    # Reading

    def get(self, request_id: UUID, viewer: Caller) -> Answer:
        """The request as `viewer` may see it, with the `commands` open to them now.

        Raises RequestNotFound, NotTheOwner.
        """
        data_request = self._get(request_id)
        _must_see(data_request, _actor(viewer))
        whole = summary(data_request, self.calendar)
        if _actor(viewer).role is Role.PEMOHON:
            whole["letters"] = [
                each for each in whole["letters"] if each["addressed_to"] == Role.PEMOHON
            ]
        commands = data_request.open_commands(_actor(viewer), self.today())
        return {**whole, "commands": list(commands)}

    def id_of(self, register_number: str) -> UUID:
        """For officers. Raises RequestNotFound."""
        found = self.pool.execute(rows.REGISTRATION, (register_number.strip(),))
        if not found:
            raise errors.RequestNotFound(f"Tidak ada permohonan bernomor {register_number}.")
        request_id: UUID = found[0][0]
        return request_id

    def timeline(self, request_id: UUID, viewer: Caller) -> list[TimelineEntry]:
        """Every fact in order, with the texts this viewer may read.

        Raises RequestNotFound, NotTheOwner.
        """
        data_request = self._get(request_id)
        who = _actor(viewer)
        _must_see(data_request, who)
        stored = log.stream(self.pool, request_id)
        names = self._staff_names() if who.role is not Role.PEMOHON else {}
        return [
            self._entry(row, self._fact(row), data_request.pemohon_id, who, names)
            for row in stored
            if not (who.role is Role.PEMOHON and _between_officers(row))
        ]

    def texts(self, request_id: UUID, viewer: Caller) -> dict[str, str]:
        """The latest of each text (data_wanted, purpose, narrative...) this viewer may read."""
        return {
            name: text
            for entry in self.timeline(request_id, viewer)
            for name, text in entry.texts.items()
        }

    def open_text(self, request_id: UUID, person_id: UUID, name: str, sealed: str) -> str | None:
        """One sealed text in clear; None when the person was forgotten."""
        try:
            return self._open(request_id, person_id, name, base64.b64decode(sealed))
        except Forgotten:
            return None

    def identity(self, request_id: UUID, viewer: Caller) -> dict[str, str]:
        """The Pemohon's identity, for whoever may see the request but auditors.

        Every reading is a fact in the log.
        Raises RequestNotFound, NotTheOwner, PersonForgotten.
        """
        data_request = self._get(request_id)
        who = _actor(viewer)
        _must_see(data_request, who)
        if who.role is Role.AUDITOR:
            raise errors.NotTheOwner("Auditor membaca catatan peristiwa, bukan identitas Pemohon.")
        return self._read_identity(request_id, None, None, viewer)[1]

    def pemohon(
        self, request_id: UUID, fields: Collection[str], fact: str | None, caller: str
    ) -> PemohonData:
        """For services that write to the Pemohon; every reading is a fact in the log.

        `fact`: id of the message it is for; the texts are those known up to that fact, the latest
        of each name. Raises RequestNotFound, PersonForgotten.
        """
        by = Caller(caller, "service")
        person_id, identity = self._read_identity(request_id, fields, fact, by)
        texts = self._texts_up_to(request_id, person_id, fact)
        code = texts.pop("tracking_code", None)
        if code and "tracking_code" in fields:
            identity["tracking_code"] = code
        return PemohonData(person_id, identity, texts)

    # Officers' accounts

    def sign_in(self, username: str, password: str, *, address: str = "") -> StaffMember:
        """`address`: where it is asked from.

        Raises SignInFailed, after the same time for unknown users as for wrong passwords, and
        TooManyTries.
        """
        with self._tries.guess("password", address, _normal_name(username)):
            return self._known_member(username, password)

    def _known_member(self, username: str, password: str) -> StaffMember:
        # Verified for unknown users, so that they take as long as known ones.
        nobodys = _nobodys_password(self._passwords)
        found = self.pool.query(f"{rows.STAFF} WHERE username = %s", (_normal_name(username),))
        known = found[0]["password_hash"] if found else nobodys
        matches = False
        with suppress(argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
            matches = self._passwords.verify(known, password)
        if not (found and matches) or found[0]["disabled"]:
            self._note_failed_sign_in(found)
            raise errors.SignInFailed
        return _staff_member(found[0])

    def _note_failed_sign_in(self, found: list[dict[str, Any]]) -> None:
        # For known accounts alone: otherwise anybody could fill the log.
        for row in found:
            told = {"staff_id": str(row["id"])}
            with self.pool.transaction() as cur:
                log.record(cur, row["id"], "SignInRefused", told, actor=Caller("", "public"))

    def member(self, staff_id: str) -> StaffMember | None:
        """The officer with this account, unless it was disabled."""
        found = self.pool.query(f"{rows.STAFF} WHERE id = %s AND disabled_at IS NULL", (staff_id,))
        return _staff_member(found[0]) if found else None

    def session(self, member: StaffMember, *, seconds: int = SESSION_SECONDS) -> str:
        """The signed session that every service verifies."""
        claims = {
            "sub": member.id,
            "role": member.role,
            "agency": member.agency,
            "name": member.name,
        }
        return self._tokens.sign(claims, purpose="session", seconds=seconds)

    def add_staff(
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
        password_hash = self._passwords.hash(password)
        with self.pool.transaction() as cur:
            row = (UUID(member.id), username, member.name, role, agency, password_hash)
            cur.execute(rows.ADD_STAFF, row)
            if not cur.fetchone():
                raise errors.StaffInvalid(f"Nama pengguna {username} sudah dipakai.")
            told = {"staff_id": member.id, "role": role, "agency": agency}
            log.record(cur, UUID(member.id), "StaffAdded", told, actor=by)
        return member

    def disable_staff(self, username: str, by: Caller) -> None:
        """No more signing in; a session that is open ends within the hour. Raises StaffInvalid."""
        found = self.pool.query(f"{rows.STAFF} WHERE username = %s", (_normal_name(username),))
        if not found:
            raise errors.StaffInvalid(f"Tidak ada pengguna bernama {username}.")
        with self.pool.transaction() as cur:
            cur.execute(rows.DISABLE_STAFF, (found[0]["id"],))
            if cur.fetchone():
                told = {"staff_id": str(found[0]["id"])}
                log.record(cur, found[0]["id"], "StaffDisabled", told, actor=by)

    def staff(self) -> list[StaffMember]:
        return [_staff_member(row) for row in self.pool.query(f"{rows.STAFF} ORDER BY username")]

    # Forgetting

    def erase(self, request_id: UUID, by: Caller) -> UUID:
        """Destroy the key of a request's Pemohon: what it sealed can be read by nobody any more.

        Gives the person's id. Raises RequestNotFound.
        """
        person_id = self._get(request_id).pemohon_id
        with self.pool.transaction() as cur:
            self._keyring.destroy(cur, person_id)
            cur.execute(rows.FORGET_PERSON, (person_id,))
            told = {"request_id": str(request_id), "person_id": str(person_id)}
            log.record(cur, person_id, "PersonErased", told, actor=by, correlation=str(request_id))
        return person_id

    def rebuild_board(self) -> int:
        """Make every row of the board from the facts again; how many there are."""
        ids = [row[0] for row in self.pool.execute("SELECT request_id FROM registrations")]
        for request_id in ids:
            data_request = self._get(request_id)
            self.save(also=[rows.on_board(data_request, at=data_request.modified_on)])
        return len(ids)

    # Load, decide, save

    def _change(self, request_id: UUID, command: Command, by: Caller, how: How) -> Answer:
        expected, because_of = how.get("expected_version"), how.get("because_of")
        once = how.get("once")
        who, today = _actor(by), self.today(how.get("at"))
        for left in reversed(range(_TRIES)):
            data_request = self._get(request_id)
            # Asked after loading: what was handled in between makes the version stale.
            if because_of and self.pool.execute(rows.HANDLED, (because_of,)):
                return summary(data_request)
            if once and (answer := self._answer(once)):
                return answer
            if expected is not None and data_request.decided_version != expected:
                raise errors.SeenVersionIsOld
            try:
                if who.role is not Role.SERVICE and not because_of:
                    # Before anything is told of it, even at which step it is.
                    _must_see(data_request, who)
                command(data_request, who, today)
            except errors.NotTheOwner:
                self._note_refused(data_request, by)
                raise
            try:
                self._save(data_request, who, today, [], how)
                return summary(data_request)
            except AlreadyHandled:
                return summary(self._get(request_id))
            except AlreadyAnswered:
                return self._answer_already_given(once)
            except StaleVersion:
                # Loaded and compared with `expected` once more: it may have been a mere report.
                if not left:
                    raise
                time.sleep(random.uniform(0, 0.004 * 2 ** (_TRIES - left)))  # noqa: S311
        raise AssertionError("unreachable: the last try returns or raises")

    def _note_refused(self, data_request: DataRequest, by: Caller) -> None:
        """An act that was not this actor's to do is kept beside the request's own facts."""
        about = str(data_request.id)
        told = {"request_id": about, "step": data_request.step}
        stream = uuid5(data_request.id, "refused acts")
        with self.pool.transaction() as cur:
            log.record(cur, stream, "ActNotAllowed", told, actor=by, correlation=about)

    def _save(
        self, data_request: DataRequest, by: Actor, today: Today, also: list[Statement], how: How
    ) -> None:
        once, because_of = how.get("once"), how.get("because_of")
        also = [*also, rows.on_board(data_request, at=today.at)]
        if because_of:
            also.append(handled(because_of))
        if once:
            also.append(answered(once.key, once.digest, summary(data_request)))
        self.save(
            data_request,
            actor=Caller(by.id, by.role.value, by.agency),
            at=today.at,
            causation=because_of,
            idempotency_key=once.key if once else None,
            also=also,
        )

    def _get(self, request_id: UUID) -> DataRequest:
        try:
            data_request: DataRequest = self.repository.get(request_id)
        except AggregateNotFoundError as error:
            raise errors.RequestNotFound("Permohonan ini tidak ditemukan.") from error
        return data_request

    def _answer(self, once: Once) -> Answer | None:
        found = self.pool.execute(rows.ANSWER, (once.key,))
        if not found:
            return None
        digest, answer = found[0]
        if digest != once.digest:
            raise errors.KeyReused
        return dict(answer)

    def _answer_already_given(self, once: Once | None) -> Answer:
        answer = self._answer(once) if once else None
        if answer is None:
            raise AssertionError("an answer was refused as given already, and is not there")
        return answer

    def _with_code(self, answer: Answer) -> Answer:
        # Not stored with the answer: it would lie there in clear.
        request_id = UUID(answer["id"])
        texts = self._texts_up_to(request_id, self._get(request_id).pemohon_id, None)
        return {**answer, "tracking_code": texts["tracking_code"]}

    # Sealing

    def _seal_of(self, data_request: DataRequest) -> Seal:
        def seal(name: str, text: str) -> str:
            with self.pool.transaction() as cur:
                return self._sealed(cur, data_request.id, data_request.pemohon_id, name, text)

        return seal

    def _sealed(self, cur: Any, request_id: UUID, person_id: UUID, name: str, text: str) -> str:
        try:
            sealed = self._keyring.seal(cur, person_id, text.encode(), f"{request_id}:{name}")
        except Forgotten as error:
            raise errors.PersonForgotten from error
        return base64.b64encode(sealed).decode()

    def _open(self, request_id: UUID, person_id: UUID, name: str, sealed: bytes) -> str:
        return self._keyring.open(person_id, sealed, f"{request_id}:{name}").decode()

    def _read_identity(
        self, request_id: UUID, fields: Collection[str] | None, fact: str | None, by: Caller
    ) -> tuple[UUID, dict[str, str]]:
        found = self.pool.execute(rows.IDENTITY, (request_id,))
        if not found:
            self._get(request_id)
            raise errors.PersonForgotten
        person_id, sealed = found[0]
        try:
            whole = json.loads(self._open(request_id, person_id, "identity", bytes(sealed)))
        except Forgotten as error:
            raise errors.PersonForgotten from error
        identity = {
            name: value for name, value in whole.items() if fields is None or name in fields
        }
        told = {
            "request_id": str(request_id),
            "fields": sorted(fields) if fields is not None else sorted(identity),
            "fact": fact,
        }
        # Before anything is told: when this cannot be written, nothing is read.
        with self.pool.transaction() as cur:
            log.record(
                cur,
                uuid5(request_id, "reads"),
                "PersonalDataRead",
                told,
                actor=by,
                correlation=str(request_id),
            )
        return person_id, identity

    def _texts_up_to(self, request_id: UUID, person_id: UUID, fact: str | None) -> dict[str, str]:
        texts: dict[str, str] = {}
        source, _, position = (fact or "").rpartition("-")
        for row in log.stream(self.pool, request_id):
            with suppress(Forgotten):
                texts |= {
                    name: self._open(request_id, person_id, name, base64.b64decode(sealed))
                    for name, sealed in sealed_texts(self._fact(row)).items()
                }
            if source == self.name and str(row.position) == position:
                break
        return texts

    # Timeline

    def _fact(self, row: StoredFact) -> Fact:
        stored = StoredEvent(row.stream, row.version, row.type, row.state)
        fact = self.mapper.to_domain_event(stored)
        assert isinstance(fact, Fact)
        return fact

    def _entry(
        self, row: StoredFact, fact: Fact, person_id: UUID, viewer: Actor, names: dict[str, str]
    ) -> TimelineEntry:
        readable = {
            name: sealed
            for name, sealed in sealed_texts(fact).items()
            if _may_read(name, viewer.role)
        }
        texts = {
            name: self.open_text(row.stream, person_id, name, sealed)
            for name, sealed in readable.items()
        }
        return TimelineEntry(
            version=row.version,
            at=row.occurred_at,
            fact=row.type,
            title=FACT_TITLES[type(fact)],
            step=fact.step,
            next_step=fact.next_step,
            by_role=fact.role,
            by_name=names.get(fact.by),
            was_due=fact.was_due.isoformat() if fact.was_due else None,
            late=fact.late,
            details=_details(row, viewer),
            texts={name: text for name, text in texts.items() if text is not None},
        )

    def _staff_names(self) -> dict[str, str]:
        return {member.id: member.name for member in self.staff()}

    # Small things

    def _pemohon_of(self, request_id: UUID) -> Caller:
        return Caller(str(self._get(request_id).pemohon_id), Role.PEMOHON.value)

    def _code_hmac(self, register_number: str, code: str) -> bytes:
        about = f"{register_number}:{code}".encode()
        return hmac.digest(self._code_secret, about, hashlib.sha256)

    def _must_be_an_agency(self, code: str) -> None:
        if not code:
            raise errors.ChoiceUnknown("Pilih perangkat daerah yang memegang data.")
        if code not in self.agencies:
            raise errors.ChoiceUnknown(
                f'Perangkat daerah "{code}" tidak ada dalam daftar PPID Pembantu.'
            )

    def _uploaded_file(self, request_id: UUID, receipt: str) -> UploadedFile:
        try:
            claims = self._tokens.verify(receipt, purpose="receipt", issuer="privacy")
        except BadToken as error:
            raise errors.ReceiptInvalid(
                "Tanda terima unggahan tidak sah atau sudah kedaluwarsa. Unggah berkasnya lagi."
            ) from error
        if claims["request_id"] != str(request_id):
            raise errors.ReceiptInvalid("Tanda terima unggahan ini milik permohonan lain.")
        return UploadedFile(claims["digest"], int(claims["size"]), claims["filename"])

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
            self._must_be_an_agency(agency)
        if not username or not name.strip():
            raise errors.StaffInvalid("Nama pengguna dan nama petugas wajib diisi.")
        if len(password) < PASSWORD_CHARS_MIN:
            raise errors.StaffInvalid(f"Kata sandi sedikitnya {PASSWORD_CHARS_MIN} huruf.")


def summary(data_request: DataRequest, calendar: Calendar | None = None) -> Answer:
    """The request without personal data, as JSON."""
    cleared = data_request.cleared
    whole = {
        "id": str(data_request.id),
        "register_number": data_request.register_number,
        "version": data_request.decided_version,
        "state": data_request.state,
        "step": data_request.step,
        "waiting_for": data_request.waiting_for,
        "agency": data_request.agency,
        "due": _iso(data_request.due),
        "statutory_due": _iso(data_request.statutory_due),
        "submitted_on": _iso(data_request.submitted_on),
        "kind": data_request.kind,
        "dataset": data_request.dataset,
        "decision": data_request.decision,
        "reason_code": data_request.reason_code,
        "article": data_request.article,
        "refused_part": data_request.refused_part,
        "found_in_dip": data_request.found_in_dip,
        "file_digest": data_request.file,
        "cleared_digest": cleared.digest if cleared else None,
        "drafted": data_request.drafted,
        "extended": data_request.extended,
        "returned_on": _iso(data_request.returned_on),
        "notice_issued_on": _iso(data_request.notice_issued_on),
        "delivery_letter_on": _iso(data_request.delivery_letter_on),
        "access_until": _iso(data_request.access_until),
        "objection_ground": data_request.objection_ground,
        "objection_due": _iso(data_request.objection_due),
        "ended_on": _iso(data_request.ended_on),
        "letters": [
            {
                "letter": each.letter,
                "letter_id": each.letter_id,
                "number": each.number,
                "issued_on": _iso(each.issued_on),
                "addressed_to": each.addressed_to,
            }
            for each in data_request.letters
        ],
    }
    if calendar and data_request.due:
        whole["due_is_estimate"] = calendar.is_estimate(data_request.due)
    if calendar and data_request.statutory_due:
        whole["statutory_due_is_estimate"] = calendar.is_estimate(data_request.statutory_due)
    return whole


_OF_EVERY_FACT = frozenset(Fact.__annotations__) | {"timestamp", "originator_topic", "pemohon_id"}
_SEE_ALL = frozenset({Role.PPID, Role.WALIDATA, Role.ATASAN_PPID, Role.AUDITOR})
_HIDDEN_DETAILS = frozenset({"digest", "original_digest", "cites"})
"""From a Pemohon: what identifies files and other people's requests."""
_NEVER_SHOWN = frozenset({"tracking_code"})


def _actor(by: Caller) -> Actor:
    # A service that reports has no role of the SOP.
    role = Role(by.role) if by.role in set(Role) else Role.SERVICE
    return Actor(by.id, role, by.agency)


def _must_see(data_request: DataRequest, viewer: Actor) -> None:
    if viewer.role in _SEE_ALL:
        return
    if viewer.role is Role.PEMOHON and viewer.id == str(data_request.pemohon_id):
        return
    if viewer.role is Role.PPID_PEMBANTU and viewer.agency == data_request.agency:
        return
    raise errors.NotTheOwner("Permohonan ini bukan untuk dilihat dari akun Anda.")


def _may_read(name: str, role: Role) -> bool:
    if name in _NEVER_SHOWN or role is Role.AUDITOR:
        return False
    return role is not Role.PEMOHON or name not in HIDDEN_FROM_PEMOHON


def _between_officers(row: StoredFact) -> bool:
    match row.type:
        case "MailSent":
            return bool(row.data["audience"] != Role.PEMOHON)
        case "LetterIssued":
            return bool(row.data["addressed_to"] != Role.PEMOHON)
        case other:
            return other == "ReportCameLate"


def _details(row: StoredFact, viewer: Actor) -> dict[str, Any]:
    hidden = _HIDDEN_DETAILS if viewer.role is Role.PEMOHON else frozenset()
    return {
        name: value
        for name, value in row.data.items()
        if name not in _OF_EVERY_FACT and name not in hidden and not name.endswith("_sealed")
    }


@cache
def _nobodys_password(passwords: argon2.PasswordHasher) -> str:
    return passwords.hash(secrets.token_hex())


def _iso(day: Any) -> str | None:
    return day.isoformat() if day else None


def _new_code() -> str:
    return "".join(secrets.choice(_CODE_ALPHABET) for _ in range(_CODE_CHARS))


def _normal_code(code: str) -> str:
    return "".join(letter for letter in code.upper() if letter.isalnum())


def _normal_name(username: str) -> str:
    return username.strip().lower()


def _staff_member(row: Mapping[str, Any]) -> StaffMember:
    return StaffMember(
        str(row["id"]), row["username"], row["name"], row["role"], row["agency"], row["disabled"]
    )
