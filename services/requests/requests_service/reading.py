"""What people and other services may read of one request."""

import hmac
import json
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from chassis import log
from chassis.actor import Actor as Caller
from chassis.keyring import Forgotten
from chassis.log import StoredFact
from chassis.postgres import Pool
from eventsourcing.persistence import Mapper, StoredEvent

from requests_service import rows
from requests_service.domain import errors, objecting
from requests_service.domain.data_request import DataRequest
from requests_service.domain.events import Fact, RequestSubmitted, sealed_texts
from requests_service.domain.roles import Actor, Role
from requests_service.domain.words import FACT_TITLES
from requests_service.domain.working_days import Today
from requests_service.sealed_texts import SealedTexts
from requests_service.summary import summary
from requests_service.tracking_codes import NO_PROOF, normal_code, proof_of
from requests_service.tries import Tries
from requests_service.visible import actor_of, between_officers, details_of, may_read, must_see

_SOURCE = "requests"
_MARK_BYTES = 8


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
    agency: str | None
    """Code of the agency that holds the data, from then on."""
    by_role: str
    capacity: str | None
    """In which the officer held that role, when it was not their own."""
    by_name: str | None
    """The officer's name, for officers and auditors; None for others and for services."""
    was_due: str | None
    late: bool
    details: dict[str, Any]
    """The fact's own public fields."""
    texts: dict[str, str]
    """Its sealed texts in clear, as far as this viewer may read them."""


class Reading:
    """Reads one request at a time; what is personal only with a fact that says who read it."""

    def __init__(
        self,
        pool: Pool,
        *,
        load: Callable[[UUID], DataRequest],
        mapper: Mapper[UUID],
        texts: SealedTexts,
        today: Callable[[], Today],
        names: Callable[[], dict[str, str]],
        tries: Tries,
        code_secret: bytes,
    ) -> None:
        """`load` raises RequestNotFound; `names`: officers' names by their ids."""
        self._pool = pool
        self._load = load
        self._mapper = mapper
        self._texts = texts
        self._today = today
        self._names = names
        self._tries = tries
        self._code_secret = code_secret

    def follow(self, register_number: str, code: str, *, address: str = "") -> tuple[UUID, Caller]:
        """The request, and its Pemohon as an actor. `address`: where it is asked from.

        Raises AccessRefused, the same for every mistake, and TooManyTries.
        """
        register_number = register_number.strip()
        found = self._pool.execute(rows.REGISTRATION, (register_number,))
        request_id, known = found[0] if found else (None, NO_PROOF)
        self._must_know_the_code(register_number, code, known, address)
        return request_id, self._pemohon_of(request_id)

    def pemohon_with(self, request_id: UUID, code: str, *, address: str = "") -> Caller:
        """As `follow`, by the request's id."""
        found = self._pool.execute(rows.REGISTRATION_OF, (request_id,))
        register_number, known = found[0] if found else (str(request_id), NO_PROOF)
        self._must_know_the_code(register_number, code, known, address)
        return self._pemohon_of(request_id)

    def _must_know_the_code(
        self, register_number: str, code: str, known: bytes, address: str
    ) -> None:
        """The same work for a number that nobody has: its time tells nothing either."""
        with self._tries.guess("code", address, register_number):
            given = proof_of(self._code_secret, register_number, normal_code(code))
            if not hmac.compare_digest(given, bytes(known)):
                raise errors.AccessRefused

    def get(self, request_id: UUID, viewer: Caller) -> dict[str, Any]:
        """The request as `viewer` may see it, with the `commands` open to them now.

        `objection_until`: the last day for objecting, ISO, on each ground there is.
        Raises RequestNotFound, NotTheOwner.
        """
        data_request, today = self._load(request_id), self._today()
        must_see(data_request, actor_of(viewer))
        whole = summary(data_request, today.calendar)
        if actor_of(viewer).role is Role.PEMOHON:
            whole["letters"] = [
                each for each in whole["letters"] if each["addressed_to"] == Role.PEMOHON
            ]
        until = objecting.last_days(data_request, today)
        return {
            **whole,
            "objection_until": {ground: day.isoformat() for ground, day in until.items()},
            "commands": list(data_request.open_commands(actor_of(viewer), today)),
        }

    def open_to_others(self, request_id: UUID, viewer: Caller) -> dict[Role, tuple[str, ...]]:
        """The commands that are open now to the other actors of the SOP.

        Raises RequestNotFound, NotTheOwner.
        """
        data_request, today = self._load(request_id), self._today()
        must_see(data_request, actor_of(viewer))
        others = [
            Actor(str(data_request.pemohon_id), Role.PEMOHON),
            Actor("", Role.PPID),
            Actor("", Role.PPID_PEMBANTU, data_request.agency),
            Actor("", Role.WALIDATA),
            Actor("", Role.ATASAN_PPID),
        ]
        return {
            each.role: tuple(data_request.open_commands(each, today))
            for each in others
            if each.role != actor_of(viewer).role
        }

    def id_of(self, register_number: str) -> UUID:
        """For officers. Raises RequestNotFound."""
        found = self._pool.execute(rows.REGISTRATION, (register_number.strip(),))
        if not found:
            raise errors.RequestNotFound(f"Tidak ada permohonan bernomor {register_number}.")
        request_id: UUID = found[0][0]
        return request_id

    def timeline(self, request_id: UUID, viewer: Caller) -> list[TimelineEntry]:
        """Every fact in order, with the texts this viewer may read.

        Raises RequestNotFound, NotTheOwner.
        """
        data_request = self._load(request_id)
        who = actor_of(viewer)
        must_see(data_request, who)
        stored = log.stream(self._pool, request_id)
        names = self._names() if who.role is not Role.PEMOHON else {}
        return [
            self._entry(row, self.fact_of(row), data_request.pemohon_id, who, names)
            for row in stored
            if not (who.role is Role.PEMOHON and between_officers(row))
        ]

    def texts(self, request_id: UUID, viewer: Caller) -> dict[str, str]:
        """The latest of each text (data_wanted, purpose, narrative...) this viewer may read."""
        return {
            name: text
            for entry in self.timeline(request_id, viewer)
            for name, text in entry.texts.items()
        }

    def open_text(
        self, request_id: UUID, person_id: UUID, name: str, sealed: str | bytes
    ) -> str | None:
        """One sealed text in clear; None when the person was forgotten."""
        try:
            return self._texts.open(request_id, person_id, name, sealed)
        except Forgotten:
            return None

    def subjects(self, board_rows: Collection[dict[str, Any]], viewer: Caller) -> dict[UUID, str]:
        """What each of these requests asks for, by its id, for rows this viewer was given.

        Auditors read none of it; nor is there any of a Pemohon who was forgotten.
        """
        if not may_read("data_wanted", actor_of(viewer).role):
            return {}
        sealed = [(row["id"], row["person_id"], row["data_wanted_sealed"]) for row in board_rows]
        return self._texts.open_all("data_wanted", sealed)

    def identity(self, request_id: UUID, viewer: Caller) -> dict[str, str]:
        """The Pemohon's identity, for whoever may see the request but auditors.

        Every reading is a fact in the log.
        Raises RequestNotFound, NotTheOwner, PersonForgotten.
        """
        data_request = self._load(request_id)
        who = actor_of(viewer)
        must_see(data_request, who)
        if who.role is Role.AUDITOR:
            raise errors.NotTheOwner("Auditor membaca catatan peristiwa, bukan identitas Pemohon.")
        identity = self._identity(request_id)[1]
        self._note_read(request_id, viewer, identity)
        return identity

    def pemohon(
        self, request_id: UUID, fields: Collection[str], fact: str | None, caller: str
    ) -> PemohonData:
        """For services that write to the Pemohon; every reading is a fact in the log.

        `fact`: id of the message it is for; the texts are those known up to that fact, the latest
        of each name. Raises RequestNotFound, PersonForgotten.
        """
        person_id, whole = self._identity(request_id)
        identity = {name: value for name, value in whole.items() if name in fields}
        texts = self.texts_up_to(request_id, person_id, fact)
        code = texts.pop("tracking_code", None)
        if code and "tracking_code" in fields:
            identity["tracking_code"] = code
        self._note_read(request_id, Caller(caller, "service"), identity, texts, fact)
        return PemohonData(person_id, identity, texts)

    def copied(self, request_id: UUID) -> tuple[dict[str, str], dict[str, str]]:
        """Identity and latest texts, to be sealed again for a part of the request; told to nobody.

        Raises PersonForgotten.
        """
        person_id, whole = self._identity(request_id)
        return whole, self.texts_up_to(request_id, person_id, None)

    def first_code_of(self, request_id: UUID) -> str:
        """The tracking code that was shown when the request was submitted."""
        submitted = self.fact_of(next(iter(log.stream(self._pool, request_id))))
        assert isinstance(submitted, RequestSubmitted)
        sealed = submitted.tracking_code_sealed
        return self._texts.open(request_id, submitted.pemohon_id, "tracking_code", sealed)

    def mark_of_code(self, request_id: UUID) -> str:
        """Changes when the tracking code does; says nothing of it."""
        [(_, proof)] = self._pool.execute(rows.REGISTRATION_OF, (request_id,))
        return bytes(proof)[:_MARK_BYTES].hex()

    def code_of(self, request_id: UUID) -> str:
        """The tracking code that was given last. Raises PersonForgotten."""
        return self.copied(request_id)[1]["tracking_code"]

    def _identity(self, request_id: UUID) -> tuple[UUID, dict[str, str]]:
        found = self._pool.execute(rows.IDENTITY, (request_id,))
        if not found:
            self._load(request_id)
            raise errors.PersonForgotten
        person_id, sealed = found[0]
        try:
            whole = json.loads(self._texts.open(request_id, person_id, "identity", bytes(sealed)))
        except Forgotten as error:
            raise errors.PersonForgotten from error
        return person_id, whole

    def _note_read(
        self,
        request_id: UUID,
        by: Caller,
        fields: Collection[str],
        texts: Collection[str] = (),
        fact: str | None = None,
    ) -> None:
        """Before anything is told: when this cannot be written, nothing is read.

        `fields` of the identity and `texts`, by their names; nothing is no reading.
        """
        if not fields and not texts:
            return
        about = str(request_id)
        told = {"request_id": about, "fields": sorted(fields), "texts": sorted(texts), "fact": fact}
        with self._pool.transaction() as cur:
            stream = uuid5(request_id, "reads")
            log.record(cur, stream, "PersonalDataRead", told, actor=by, correlation=about)

    def texts_up_to(self, request_id: UUID, person_id: UUID, fact: str | None) -> dict[str, str]:
        texts: dict[str, str] = {}
        source, _, position = (fact or "").rpartition("-")
        for row in log.stream(self._pool, request_id):
            with suppress(Forgotten):
                texts |= {
                    name: self._texts.open(request_id, person_id, name, sealed)
                    for name, sealed in sealed_texts(self.fact_of(row)).items()
                }
            if source == _SOURCE and str(row.position) == position:
                break
        return texts

    def fact_of(self, row: StoredFact) -> Fact:
        stored = StoredEvent(row.stream, row.version, row.type, row.state)
        fact = self._mapper.to_domain_event(stored)
        assert isinstance(fact, Fact)
        return fact

    def _entry(
        self, row: StoredFact, fact: Fact, person_id: UUID, viewer: Actor, names: dict[str, str]
    ) -> TimelineEntry:
        readable = {
            name: sealed
            for name, sealed in sealed_texts(fact).items()
            if may_read(name, viewer.role)
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
            agency=fact.agency,
            by_role=fact.role,
            capacity=fact.capacity,
            by_name=names.get(fact.by),
            was_due=fact.was_due.isoformat() if fact.was_due else None,
            late=fact.late,
            details=details_of(row, viewer),
            texts={name: text for name, text in texts.items() if text is not None},
        )

    def _pemohon_of(self, request_id: UUID) -> Caller:
        return Caller(str(self._load(request_id).pemohon_id), Role.PEMOHON.value)
