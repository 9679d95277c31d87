"""What a person or a message may ask of this service, one public method each."""

import base64
import json
import random
import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Unpack
from uuid import UUID, uuid4, uuid5

from chassis import clock, log
from chassis.actor import Actor as Caller
from chassis.event_store import (
    AlreadyAnswered,
    AlreadyHandled,
    Recorder,
    Repository,
    StaleVersion,
    answered,
    handled,
)
from chassis.keyring import Keyring
from chassis.log import Statement
from chassis.postgres import Pool
from chassis.sessions import BadToken, Tokens
from eventsourcing.application import AggregateNotFoundError, Application
from eventsourcing.persistence import IntegrityError, Mapper

from requests_service import rows
from requests_service.accounts import Accounts
from requests_service.agencies import Agencies
from requests_service.calendars import Calendars
from requests_service.charging import Charging
from requests_service.consequence_tests import ConsequenceTests
from requests_service.conversing import Conversing
from requests_service.deadlines import Deadlines
from requests_service.domain import erasing, errors
from requests_service.domain.daftar_data import DaftarDataEntry
from requests_service.domain.data_request import (
    DataRequest,
    UploadedFile,
)
from requests_service.domain.fees import Tariff
from requests_service.domain.form import Form
from requests_service.domain.identity import Identity
from requests_service.domain.intake import Entry
from requests_service.domain.roles import Actor, Role
from requests_service.domain.working_days import ClockRules, Today
from requests_service.forgetting import Forgetting
from requests_service.handing_on import HandingOn
from requests_service.holding import Holding
from requests_service.how import Answer as Answer
from requests_service.how import How as How
from requests_service.how import Once as Once
from requests_service.legal_acts import LegalActs
from requests_service.papers import Papers
from requests_service.parting import Parting
from requests_service.rating import Rating
from requests_service.reading import Reading
from requests_service.redress import Redress
from requests_service.refusal_reasons import RefusalReasons
from requests_service.refusing import Refusing
from requests_service.renewing import Renewing
from requests_service.reports import Reports
from requests_service.sealed_texts import SealedTexts
from requests_service.searching import Search
from requests_service.summary import summary
from requests_service.tracking_codes import new_code, proof_of
from requests_service.tries import Tries
from requests_service.visible import actor_of, must_see

UPLOAD_SECONDS = 3600
DOWNLOAD_SECONDS = 15 * 60
_TRIES = 10
Command = Callable[[DataRequest, Actor, Today], None]


class Requests(Application[UUID]):
    """The service `requests`, over one database."""

    name = "requests"

    def __init__(
        self,
        pool: Pool,
        *,
        mapper: Mapper[UUID],
        calendars: Calendars,
        clock_rules: ClockRules,
        keyring: Keyring,
        tokens: Tokens,
        agencies: Mapping[str, str],
        code_secret: bytes,
        search_secret: bytes,
        terms: erasing.Terms,
        refused_by_two: bool = False,
        tariff: Tariff | None = None,
    ) -> None:
        """`agencies`: code to name of every agency with a PPID Pembantu; `refused_by_two`: a
        refusal is proposed by one officer and confirmed by another."""
        self.pool = pool
        self.calendars = calendars
        self.refusal_reasons = RefusalReasons(pool)
        self._clock_rules = clock_rules
        self.agencies = Agencies(agencies)
        self._given_mapper = mapper
        self._tokens = tokens
        self._code_secret = code_secret
        self._numbering = threading.Lock()
        self._texts = SealedTexts(pool, keyring)
        self._seal_of = self._texts.seal_of
        self.search = Search(pool, texts=self._texts, agencies=self.agencies, key=search_secret)
        tries = Tries()
        self.accounts = Accounts(pool, tokens, self.agencies, tries)
        super().__init__()
        self.reading = Reading(
            pool,
            load=self._get,
            mapper=self.mapper,
            texts=self._texts,
            today=self.today,
            names=self.accounts.names,
            tries=tries,
            code_secret=code_secret,
        )

        self.consequence_tests = ConsequenceTests(pool, today=self.today, agencies=self.agencies)
        self.deadlines = Deadlines(
            pool, load=self._get, change=self.change, calendars=calendars, today=self.today
        )
        self.handing_on = HandingOn(self.change, self._seal_of, self.agencies)
        self.parting = Parting(
            pool,
            load=self._get,
            change=self.change,
            reading=self.reading,
            sealed=self._texts,
            search=self.search,
            mapper=self.mapper,
            numbering=self._numbering,
            code_secret=code_secret,
        )
        self.forgetting = Forgetting(
            pool,
            load=self._get,
            change=self.change,
            seal_of=self._seal_of,
            today=self.today,
            terms=terms,
        )
        self.refusing = Refusing(
            self.change,
            self._seal_of,
            self._texts,
            self.consequence_tests.cited,
            self.refusal_reasons,
            refused_by_two,
        )
        self.charging = Charging(self.change, self._seal_of, tariff)
        self.legal_acts = LegalActs(self.change, self._seal_of)
        self.reports = Reports(self.change)
        self.conversing = Conversing(self.change, self._seal_of)
        self.holding = Holding(pool, load=self._get, reading=self.reading)
        self.papers = Papers(
            self._get, tokens, self.forgetting.must_be_known, self.parting.first_of
        )
        self.rating = Rating(self.change, self._seal_of, self.forgetting.must_be_known)
        self.renewing = Renewing(
            pool,
            self.change,
            self._seal_of,
            self.parting.family,
            self.reading.code_of,
            code_secret,
        )
        self.redress = Redress(self.change, self._seal_of, self.forgetting.must_be_known)

    def construct_mapper(self) -> Mapper[UUID]:
        return self._given_mapper

    def construct_recorder(self) -> Recorder:
        return Recorder(self.pool)

    def construct_repository(self) -> Repository:
        return Repository(self.events)

    def today(self, at: datetime | None = None) -> Today:
        at = at or clock.now()
        day = at.astimezone(clock.JAKARTA).date()
        return Today(at, day, self.calendars.in_force(), self._clock_rules)

    # Step 5

    def submit(
        self,
        identity: Identity,
        form: Form,
        *,
        entry: Entry | None = None,
        once: Once | None = None,
    ) -> Answer:
        """Register a request. The answer of `get`, and `tracking_code`, which is shown only here.

        `entry`: of what came another way than the form; by the PPID.
        Raises FormInvalid, with everything that is wrong, NotTheOwner, and KeyReused.
        """
        if once and (answer := self._answer(once)):
            return self._with_code(answer)
        today = self.today()
        problems = form.problems() | identity.problems(today.day, by_letter=entry is not None)
        if entry:
            entry.must_be_by_the_ppid()
            problems |= entry.problems(form.channel, today)
        if problems:
            raise errors.FormInvalid(problems)
        request_id, person_id, code = uuid4(), uuid4(), new_code()
        texts = {
            "identity": json.dumps(identity.cleaned()),
            "data_wanted": form.data_wanted,
            "purpose": form.purpose,
            "tracking_code": code,
            **({"why_later": entry.why_later} if entry and entry.why_later else {}),
        }
        # All under one new key in one transaction, before the queue for a number.
        with self.pool.transaction() as cur:
            sealed = {
                name: self._texts.seal(cur, request_id, person_id, name, text)
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
                entry=entry,
            )

        try:
            person = rows.known_person(person_id, request_id, base64.b64decode(sealed["identity"]))
            return {
                **self._numbered(registering, code, today, person, entry, once),
                "tracking_code": code,
            }
        except AlreadyAnswered:
            return self._with_code(self._answer_already_given(once))

    def _numbered(
        self,
        registering: Callable[[str], DataRequest],
        code: str,
        today: Today,
        person: Statement,
        entry: Entry | None,
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
                proof = proof_of(self._code_secret, register_number, code)
                also = [
                    rows.registered(year, number, register_number, data_request.id, proof),
                    person,
                ]
                by = entry.by if entry else Actor(str(data_request.pemohon_id), Role.PEMOHON)
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
        return self.change(
            request_id,
            lambda r, who, today: r.find_in_dip(who, today, dip_entry=dip_entry),
            by,
            how,
        )

    def find_owner(
        self, request_id: UUID, by: Caller, *, agency: str, **how: Unpack[How]
    ) -> Answer:
        self.agencies.must_be_one(agency)
        return self.change(
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

        def command(r: DataRequest, who: Actor, today: Today) -> None:
            if asked := agency or r.agency:
                self.agencies.must_be_one(asked)
            r.forward(who, today, agency=asked, message=message, seal=self._seal_of(r))

        return self.change(request_id, command, by, how)

    def grant(self, request_id: UUID, by: Caller, **how: Unpack[How]) -> Answer:
        return self.change(request_id, DataRequest.grant, by, how)

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

        return self.change(request_id, command, by, how)

    def clear_personal_data(
        self, request_id: UUID, by: Caller, *, cites: str, **how: Unpack[How]
    ) -> Answer:
        """`cites`: register number of the earlier request whose cleared file is given again."""
        earlier = self._get(self.reading.id_of(cites))
        self.forgetting.must_be_known(earlier.id)
        return self.change(
            request_id,
            lambda r, who, today: r.cite_earlier_clearance(who, today, earlier=earlier),
            by,
            how,
        )

    def hand_to_walidata(self, request_id: UUID, by: Caller, **how: Unpack[How]) -> Answer:
        return self.change(request_id, DataRequest.hand_to_walidata, by, how)

    def list_in_daftar_data(
        self,
        request_id: UUID,
        by: Caller,
        *,
        year: int,
        entry: DaftarDataEntry,
        **how: Unpack[How],
    ) -> Answer:
        return self.change(
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
        return self.change(
            request_id,
            lambda r, who, today: r.draft_delivery(
                who, today, cover_note=cover_note, seal=self._seal_of(r)
            ),
            by,
            how,
        )

    def deliver(self, request_id: UUID, by: Caller, **how: Unpack[How]) -> Answer:
        return self.change(request_id, DataRequest.deliver, by, how)

    def send_refusal(self, request_id: UUID, by: Caller, **how: Unpack[How]) -> Answer:
        return self.change(request_id, DataRequest.send_refusal, by, how)

    def notify_refusal(self, request_id: UUID, by: Caller, **how: Unpack[How]) -> Answer:
        return self.change(request_id, DataRequest.notify_refusal, by, how)

    def receive(self, request_id: UUID, by: Caller, **how: Unpack[How]) -> Answer:
        return self.change(request_id, DataRequest.receive, by, how)

    def download_ticket(self, request_id: UUID, by: Caller) -> str:
        """A token for `privacy`, purpose "download": {request_id, digest}, 15 minutes.

        Raises NotTheOwner, LetterNotIssued, AccessEnded.
        """
        file = self._get(request_id).must_give_download_to(actor_of(by), self.today())
        claims = {"request_id": str(request_id), "digest": file.digest}
        return self._tokens.sign(claims, purpose="download", seconds=DOWNLOAD_SECONDS)

    def upload_ticket(self, request_id: UUID, by: Caller) -> str:
        """A token for `privacy`, purpose "upload", one hour.

        {request_id, agency, by, role, capacity}. For the PPID Pembantu at step 9, and for the
        PPID at step 10 on the DIP path.
        Raises StepNotOpen, NotTheOwner, NotOnDipPath.
        """
        data_request = self._get(request_id)
        must_see(data_request, actor_of(by))
        data_request.must_take_upload_from(actor_of(by), self.today())
        claims = {
            "request_id": str(request_id),
            "agency": data_request.agency,
            "by": by.id,
            "role": by.role,
            "capacity": by.capacity,
        }
        return self._tokens.sign(claims, purpose="upload", seconds=UPLOAD_SECONDS)

    # Load, decide, save

    def change(
        self,
        request_id: UUID,
        command: Command,
        by: Caller,
        how: How,
        *,
        also: Callable[[DataRequest, Today], list[Statement]] = lambda _, today: [],
    ) -> Answer:
        expected, because_of = how.get("expected_version"), how.get("because_of")
        once = how.get("once")
        who, today = actor_of(by), self.today(how.get("at"))
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
                    must_see(data_request, who)
                command(data_request, who, today)
            except errors.NotTheOwner:
                self._note_refused(data_request, by)
                raise
            try:
                self._save(data_request, who, today, also(data_request, today), how)
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
        also = [
            *also,
            rows.on_board(data_request, at=today.at),
            *self.search.written(data_request, data_request.pending_events),
        ]
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
        return {**answer, "tracking_code": self.reading.first_code_of(UUID(answer["id"]))}

    # Small things

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
