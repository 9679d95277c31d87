"""Erasing Pemohon, and what the city's terms erase by themselves."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Unpack
from uuid import UUID, uuid5

import psycopg2
from chassis import clock, log
from chassis.actor import Actor
from chassis.keyring import destroying
from chassis.log import WAKE, Statement, append_statement
from chassis.message import Message
from chassis.postgres import Pool

from requests_service import rows
from requests_service.domain import choices, erasing, errors
from requests_service.domain.data_request import DataRequest
from requests_service.domain.dates import years_after
from requests_service.domain.erasing import HOLDERS, Hold, Terms
from requests_service.domain.retention import ANSWERS_DAYS
from requests_service.domain.working_days import Today
from requests_service.how import Change, How, SealOf

BY_ITSELF = Actor("requests", "service")
_STREAMS = UUID("b5f7a1c4-6d0e-5a83-9f52-0c8d3e4b7a19")
"""Namespace of the streams of retention, one for each kind of record."""


@dataclass(frozen=True)
class Answer:
    """What one holder said when a person was erased."""

    holder: str
    destroyed: int
    kept: int
    kept_because: str | None
    at: datetime


@dataclass(frozen=True)
class Erasure:
    """What became of a person who was erased."""

    on: date
    reason: str | None
    """Of `erasing.REASONS`."""
    answers: tuple[Answer, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """The holders that have not answered."""
        answered = {answer.holder for answer in self.answers}
        return tuple(holder for holder in HOLDERS if holder not in answered)


class Forgetting:
    """A person's key is destroyed with a fact that says so; the other holders answer."""

    def __init__(
        self,
        pool: Pool,
        *,
        load: Callable[[UUID], DataRequest],
        change: Change,
        seal_of: SealOf,
        today: Callable[[], Today],
        terms: Terms,
    ) -> None:
        """`load` raises RequestNotFound."""
        self._pool = pool
        self._load = load
        self._change = change
        self._seal_of = seal_of
        self._today = today
        self.terms = terms

    def holds(self, request_id: UUID) -> list[Hold]:
        """Why this request's Pemohon may not be erased yet."""
        return erasing.holds(self._load(request_id), self._today(), self.terms)

    def erasure(self, request_id: UUID) -> Erasure | None:
        """None while the Pemohon is not erased."""
        found = self._pool.execute(rows.ERASURE, (request_id,))
        if not found:
            return None
        person_id = self._load(request_id).pemohon_id
        answers = self._pool.execute(rows.ERASURE_ANSWERS, (person_id,))
        [(reason, on)] = found
        return Erasure(on, reason, tuple(Answer(*answer) for answer in answers))

    def ask(
        self, request_id: UUID, by: Actor, *, reason: str | None = None, **how: Unpack[How]
    ) -> dict[str, Any]:
        """Raises PersonForgotten when it was done already, whoever asked for it."""
        self.must_be_known(request_id)
        return self._change(
            request_id,
            lambda r, who, today: erasing.ask(r, who, today, reason=reason, seal=self._seal_of(r)),
            by,
            how,
        )

    def decide(
        self,
        request_id: UUID,
        by: Actor,
        *,
        decision: str,
        reason_code: str | None = None,
        reason: str | None = None,
        **how: Unpack[How],
    ) -> dict[str, Any]:
        """`decision`: of `erasing.DECISIONS`. Granted, the Pemohon is erased with the decision."""
        self.must_be_known(request_id)
        choices.must_be_one_of(erasing.DECISIONS, decision, what="Putusan")
        if decision == erasing.GRANTED:
            return self._change(
                request_id,
                lambda r, who, today: erasing.grant(r, who, today, terms=self.terms),
                by,
                how,
                also=lambda r, today: self.erasing(r, by, today, reason="permintaan"),
            )
        return self._change(
            request_id,
            lambda r, who, today: erasing.refuse(
                r, who, today, reason_code=reason_code or "", reason=reason or "",
                seal=self._seal_of(r),
            ),
            by,
            how,
        )  # fmt: skip

    def must_be_known(self, request_id: UUID) -> None:
        """Raises PersonForgotten."""
        if self._pool.execute(rows.ERASURE, (request_id,)):
            raise errors.PersonForgotten

    def erase(self, request_id: UUID, by: Actor, *, reason: str) -> None:
        """Destroy the key of a request's Pemohon: what it sealed can be read by nobody any more.

        `reason`: of `erasing.REASONS`. Raises RequestNotFound, ErasureHeld,
        ErasurePending, PersonForgotten.
        """
        if reason not in erasing.REASONS:
            raise errors.ReasonUnknown(f"Alasan: salah satu dari {', '.join(erasing.REASONS)}.")
        data_request, today = self._load(request_id), self._today()
        self.must_be_known(request_id)
        if data_request.erasure.asked_on:
            raise errors.ErasurePending(
                "Pemohon meminta penghapusan, dan permintaannya menunggu putusan PPID."
            )
        erasing.must_be_erasable(data_request, today, self.terms)
        try:
            with self._pool.transaction() as cur:
                for statement in self.erasing(data_request, by, today, reason=reason):
                    cur.execute(*statement)
                cur.after_commit = WAKE
        except psycopg2.errors.UniqueViolation as error:
            raise errors.PersonForgotten from error

    def erasing(
        self, data_request: DataRequest, by: Actor, today: Today, *, reason: str
    ) -> list[Statement]:
        """Key, rows and fact, to be one transaction. The fact is its stream's first: once only."""
        request_id, person_id = data_request.id, data_request.pemohon_id
        told = {"request_id": str(request_id), "person_id": str(person_id), "reason": reason}
        fact = (person_id, 1, "PersonErased", 1, json.dumps(told).encode())
        return [
            *rows.erased(request_id, person_id, reason=reason, on=today.day),
            destroying(person_id),
            append_statement([fact], by, today.at, None, str(request_id), None),
        ]

    def note_answer(self, message: Message) -> None:
        """Another holder has forgotten the person too; recorded where `PersonErased` stands."""
        data, person_id = message.data, UUID(message.data["person_id"])
        answer = {
            "holder": message.source,
            **{name: data[name] for name in ("destroyed", "kept", "kept_because")},
        }
        request_id = self._request_of_erased(person_id)
        with self._pool.transaction() as cur:
            if not log.handled(cur, message):
                return
            cur.execute(rows.ANSWER_ERASURE, (person_id, *answer.values(), message.time))
            log.record(
                cur,
                person_id,
                "ForgettingConfirmed",
                {"request_id": request_id, **answer},
                actor=message.actor,
                correlation=request_id,
                because_of=message.id,
                at=message.time,
            )

    def _request_of_erased(self, person_id: UUID) -> str | None:
        """By the fact that says so; None for a person who was never erased here."""
        facts = log.stream(self._pool, person_id)
        erased = [fact.data["request_id"] for fact in facts if fact.type == "PersonErased"]
        return str(erased[0]) if erased else None

    def apply_terms(self, cur: Any) -> bool:
        """A follower's step: each kind of record once a day; True when one was looked through.

        Killed on the way, it begins the day's kind again and does what is left of it.
        """
        today = self._today()
        cur.execute(
            "SELECT kind FROM retention WHERE applied_on IS DISTINCT FROM %s ORDER BY kind LIMIT 1",
            (today.day,),
        )
        row = cur.fetchone()
        if row is None:
            return False
        _BY_KIND[row[0]](self, today)
        return True

    def _erase_by_term(self, today: Today) -> None:
        if self.terms.person_years is not None:
            ended = years_after(today.day, -self.terms.person_years)
            for (request_id,) in self._pool.execute(rows.ENDED_UP_TO, (ended,)):
                try:
                    self.erase(request_id, BY_ITSELF, reason=erasing.BY_TERM)
                except (errors.ErasureHeld, errors.ErasurePending, errors.PersonForgotten):
                    continue  # Not yet, and asked again tomorrow; or somebody was faster.
        with self._pool.transaction() as cur:
            # From the table: those of a run that was killed count too.
            cur.execute(
                "SELECT count(*) FROM erasures WHERE reason = %s AND erased_on = %s",
                (erasing.BY_TERM, today.day),
            )
            self._applied(cur, "person", cur.fetchone()[0], today)

    def _forget_answers(self, today: Today) -> None:
        with self._pool.transaction() as cur:
            cur.execute(rows.FORGET_OLD_ANSWERS, (ANSWERS_DAYS,))
            self._applied(cur, "answers", cur.rowcount, today)

    def _applied(self, cur: Any, kind: str, count: int, today: Today) -> None:
        cur.execute(
            "UPDATE retention SET applied_on = %s"
            " WHERE kind = %s AND applied_on IS DISTINCT FROM %s",
            (today.day, kind, today.day),
        )
        if cur.rowcount and count:
            told = {"kind": kind, "count": count, "on": today.day.isoformat()}
            stream = uuid5(_STREAMS, kind)
            log.record(cur, stream, "RetentionApplied", told, actor=BY_ITSELF, at=clock.now())


_BY_KIND: Mapping[str, Callable[[Forgetting, Today], None]] = MappingProxyType(
    {"person": Forgetting._erase_by_term, "answers": Forgetting._forget_answers}
)
