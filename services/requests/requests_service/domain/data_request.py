"""The data request: one method per act, one guard for all, the tables of sop.py behind it."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any, Protocol, Self
from uuid import UUID

from eventsourcing.domain import Aggregate

from requests_service.domain import choices, errors, going_back, needs, redress, sop, texts
from requests_service.domain import events as facts
from requests_service.domain.clocks import Clocks
from requests_service.domain.commands import COMMANDS
from requests_service.domain.confirming import Proposal
from requests_service.domain.daftar_data import DaftarDataEntry
from requests_service.domain.dates import tanggal
from requests_service.domain.declining import Declined
from requests_service.domain.erasing import Erasure
from requests_service.domain.events import Fact
from requests_service.domain.fees import Fee
from requests_service.domain.form import Form
from requests_service.domain.intake import Entry
from requests_service.domain.objecting import Objection
from requests_service.domain.papers import Papers
from requests_service.domain.parting import Origin, Parts
from requests_service.domain.redress import Redress
from requests_service.domain.refusal import Refusal
from requests_service.domain.roles import Actor, Role
from requests_service.domain.satisfaction import Satisfaction
from requests_service.domain.sop import ACTS, SOP, STEPS, Outcome, outcome_of
from requests_service.domain.texts import Seal as Seal
from requests_service.domain.watching import Told
from requests_service.domain.working_days import Today


class Chapter(Protocol):
    """A part of a request's life in a module of its own: what it remembers of its facts.

    Its acts are functions of that module, which guard and record through the request.
    """

    def remember(self, fact: Fact) -> None: ...


SUBMISSION = SOP[4]
_REPORTS = tuple(report.fact for report in sop.REPORTS)


@dataclass(frozen=True)
class UploadedFile:
    """A file that `privacy` keeps, by its digest."""

    digest: str
    size: int
    filename: str


@dataclass(frozen=True)
class ClearedFile:
    """A file that may be given: found clean, or masked and checked again."""

    digest: str
    filename: str
    media_type: str
    size: int
    rows: int | None
    masked_columns: Sequence[dict[str, Any]] = ()


@dataclass(frozen=True)
class IssuedLetter:
    letter: str
    letter_id: str
    number: str
    issued_on: date
    digest: str
    addressed_to: str


class DataRequest(Aggregate):
    """One data request, from the form to the end of the SOP."""

    TOPIC = "requests.DataRequest"
    # Stops the library inventing event classes of its own.
    Event, Created = Fact, facts.RequestSubmitted

    @classmethod
    def submit(
        cls,
        by: Actor,
        today: Today,
        *,
        request_id: UUID,
        register_number: str,
        form: Form,
        tracking_code: str,
        seal: Seal,
        by_proxy: bool = False,
        origin: Origin | None = None,
        entry: Entry | None = None,
    ) -> Self:
        """`origin`: of a part, which the PPID submits for the Pemohon of the first request;
        `entry`: of what came another way than the form, which the PPID enters for `by`."""
        problems = form.problems()
        if entry:
            entry.must_be_by_the_ppid()
            problems |= entry.problems(form.channel, today)
        if problems:
            raise errors.FormInvalid(problems)
        outcome = outcome_of(SUBMISSION.no, facts.RequestSubmitted)
        if origin is None:
            by.must_be(outcome.role, doing=f"Langkah {SUBMISSION.no}")
        received_on = origin.received_on if origin else _received_on(entry, today)
        who = entry.by if entry else by
        statutory_due = today.calendar.add_working_days(received_on, sop.STATUTORY_DAYS)
        return cls._create(
            facts.RequestSubmitted,
            id=request_id,
            timestamp=today.at,
            by=who.id,
            role=who.role.value,
            on=today.day,
            register_number=register_number,
            agency=None,
            step=SUBMISSION.no,
            was_due=None,
            late=False,
            next_step=outcome.next_step,
            next_due=_due(outcome.next_step, today, since=today.day if origin else received_on),
            statutory_due=origin.statutory_due if origin else statutory_due,
            waiting_for=_value(outcome.waits_for),
            calendar=today.calendar.version,
            capacity=who.capacity,
            pemohon_id=origin.pemohon_id if origin else UUID(by.id),
            sop_edition=sop.EDITION,
            channel=form.channel,
            kind=form.kind,
            format=form.format,
            dataset=form.dataset,
            way_to_obtain=form.way_to_obtain,
            way_to_send=form.way_to_send,
            by_proxy=by_proxy,
            received_on=received_on if received_on != today.day else None,
            part_of=origin.number if origin else None,
            clock_of_first=origin.clock if origin else None,
            entered=entry is not None,
            why_later_sealed=texts.sealed(seal, "why_later", entry.why_later if entry else None),
            data_wanted_sealed=seal("data_wanted", form.data_wanted),
            purpose_sealed=seal("purpose", form.purpose),
            tracking_code_sealed=seal("tracking_code", tracking_code),
        )

    # Steps 6 to 16

    def find_in_dip(self, by: Actor, today: Today, *, dip_entry: str) -> None:
        if not dip_entry.strip():
            raise errors.TextMissing("Pilih butir Daftar Informasi Publik yang memuat data ini.")
        texts.must_be_a_reference("Butir Daftar Informasi Publik", dip_entry.strip())
        self.record(facts.DataFoundInDip, by, today, dip_entry=dip_entry.strip())

    def find_owner(self, by: Actor, today: Today, *, agency: str) -> None:
        self.record(facts.OwnerFound, by, today, agency=agency)

    def forward(
        self,
        by: Actor,
        today: Today,
        *,
        seal: Seal,
        agency: str | None = None,
        message: str | None = None,
    ) -> None:
        """`agency` corrects what was found at step 6; None keeps it."""
        self.guard(facts.ForwardedToPembantu, by, today)
        asked = agency or self.agency
        if asked is None:
            raise errors.ChoiceUnknown("Pilih perangkat daerah yang membidangi data ini.")
        self.declined.must_be_worth_asking(asked, message)
        self.record(
            facts.ForwardedToPembantu,
            by,
            today,
            agency=asked,
            message_sealed=texts.sealed(seal, "message", message),
        )

    def grant(self, by: Actor, today: Today) -> None:
        self.record(facts.RequestGranted, by, today)

    def grant_in_part(
        self, by: Actor, today: Today, *, refused_parts: str, refusal: Refusal, seal: Seal
    ) -> None:
        self.guard(facts.RequestGrantedInPart, by, today)
        refusal.must_stand(self.step, today.day, self.agency)
        texts.must_be_filled_in("Bagian data yang ditolak", refused_parts)
        self.record(
            facts.RequestGrantedInPart,
            by,
            today,
            **refusal.remembered,
            article=refusal.article,
            consequence_test=refusal.tested,
            held_by=refusal.held_by,
            refused_parts_sealed=seal("refused_parts", refused_parts),
            narrative_sealed=seal("narrative", refusal.narrative),
        )

    def refuse(self, by: Actor, today: Today, *, refusal: Refusal, seal: Seal) -> None:
        self.guard(facts.RequestRefused, by, today)
        refusal.must_stand(self.step, today.day, self.agency)
        self.record(
            facts.RequestRefused,
            by,
            today,
            at_step=self.step,
            **refusal.remembered,
            article=refusal.article,
            consequence_test=refusal.tested,
            held_by=refusal.held_by,
            narrative_sealed=seal("narrative", refusal.narrative),
        )

    def hand_over(self, by: Actor, today: Today, *, file: UploadedFile, seal: Seal) -> None:
        self._record_upload(facts.DataHandedOver, by, today, file, seal)

    def provide_data_on_hand(
        self, by: Actor, today: Today, *, file: UploadedFile, seal: Seal
    ) -> None:
        self._record_upload(facts.DataOnHandProvided, by, today, file, seal)

    def record_masking(
        self, by: Actor, today: Today, *, original_digest: str, file: ClearedFile
    ) -> None:
        """A report on a file that is no longer the one to check is kept, and moves nothing."""
        if not self._waits_for_check_of(original_digest):
            self._note_late(by, today, facts.DataMasked, file.digest, original_digest)
            return
        self.record(facts.DataMasked, by, today, original_digest=original_digest, **_details(file))

    def record_clean(self, by: Actor, today: Today, *, file: ClearedFile) -> None:
        if not self._waits_for_check_of(file.digest):
            self._note_late(by, today, facts.DataFoundClean, file.digest, None)
            return
        details = _details(file)
        del details["masked_columns"]
        self.record(facts.DataFoundClean, by, today, **details)

    def cite_earlier_clearance(self, by: Actor, today: Today, *, earlier: "DataRequest") -> None:
        self.guard(facts.EarlierClearanceCited, by, today)
        if earlier.cleared is None or earlier.id == self.id:
            raise errors.NothingToCite(
                f"Permohonan {earlier.register_number} tidak memiliki berkas yang sudah lolos"
                " pemeriksaan data pribadi."
            )
        self.record(
            facts.EarlierClearanceCited,
            by,
            today,
            cites=earlier.register_number,
            **_details(earlier.cleared),
        )

    def hand_to_walidata(self, by: Actor, today: Today) -> None:
        self.record(facts.HandedToWalidata, by, today)

    def list_in_daftar_data(
        self, by: Actor, today: Today, *, year: int, entry: DaftarDataEntry
    ) -> None:
        self.guard(facts.ListedInDaftarData, by, today)
        if year <= today.day.year:
            raise errors.DaftarDataYearWrong(
                "Data dimasukkan ke dalam Daftar Data tahun berikutnya:"
                f" pilih tahun {today.day.year + 1} atau sesudahnya."
            )
        entry.must_be_filled_in()
        self.record(facts.ListedInDaftarData, by, today, year=year, **asdict(entry))

    def draft_delivery(
        self, by: Actor, today: Today, *, seal: Seal, cover_note: str | None = None
    ) -> None:
        self.record(
            facts.DeliveryDrafted,
            by,
            today,
            cover_note_sealed=texts.sealed(seal, "cover_note", cover_note),
        )

    def deliver(self, by: Actor, today: Today) -> None:
        self.guard(facts.DataDelivered, by, today)
        if self.cleared is None:
            raise errors.NoCheckedFile("Belum ada berkas yang lolos pemeriksaan data pribadi.")
        self.record(
            facts.DataDelivered,
            by,
            today,
            **_details(self.cleared),
            masked=bool(self.cleared.masked_columns),
            refused_part=self.refused_part,
            access_until=today.day + timedelta(days=sop.ACCESS_DAYS),
            fee=self.fee.paid,
        )

    def send_refusal(self, by: Actor, today: Today) -> None:
        self.guard(facts.RefusalSent, by, today)
        self.record(facts.RefusalSent, by, today, **self._refusal())

    def notify_refusal(self, by: Actor, today: Today) -> None:
        self.guard(facts.RefusalNotified, by, today)
        self.record(
            facts.RefusalNotified,
            by,
            today,
            **self._refusal(),
            at_step=self.refused_at_step,
            cites_pembantu=self.refusal_sent,
        )

    def receive(self, by: Actor, today: Today) -> None:
        self.record(facts.DataReceived, by, today)

    # Legal acts

    def withdraw(self, by: Actor, today: Today, *, seal: Seal, reason: str | None = None) -> None:
        self.record(
            facts.RequestWithdrawn, by, today, reason_sealed=texts.sealed(seal, "reason", reason)
        )

    # Reports that move nothing

    def note_letter(self, by: Actor, today: Today, *, letter: IssuedLetter) -> None:
        self.note(facts.LetterIssued, by, today, **asdict(letter))

    def note_daftar_data(self, by: Actor, today: Today, *, year: int, title: str) -> None:
        self.note(facts.DaftarDataUpdated, by, today, year=year, title=title)

    def note_mail(self, by: Actor, today: Today, *, mail: str, audience: str) -> None:
        self.note(facts.MailSent, by, today, mail=mail, audience=audience)

    def note_original_read(self, by: Actor, today: Today, *, digest: str) -> None:
        self.note(facts.OriginalRead, by, today, digest=digest)

    def note_letter_read(self, by: Actor, today: Today, *, letter: str, letter_id: str) -> None:
        self.note(facts.LetterRead, by, today, letter=letter, letter_id=letter_id)

    # Questions

    @property
    def state(self) -> str:
        """`open`, `returned`, `received`, `refused`, `withdrawn` or `closed`."""
        if self.step is None:
            return self.ended_as or "open"
        return "returned" if self.returned_on else "open"

    @property
    def decision(self) -> str | None:
        """`granted`, `granted_in_part` or `refused`, once decided."""
        if self.refused_at_step:
            return "refused"
        if self.refused_part:
            return "granted_in_part"
        return "granted" if self.granted else None

    def open_commands(self, by: Actor, today: Today) -> tuple[str, ...]:
        """The commands that this actor may give now, by their names in the API."""
        return tuple(
            name
            for name, its_facts in COMMANDS.items()
            if any(self._may(fact, by, today) for fact in its_facts)
        )

    def must_take_upload_from(self, by: Actor, today: Today) -> None:
        on_dip_path = self.step == 10 and self.found_in_dip
        self.guard(facts.DataOnHandProvided if on_dip_path else facts.DataHandedOver, by, today)

    def must_give_download_to(self, by: Actor, today: Today) -> ClearedFile:
        self._must_be_its_pemohon(by)
        if self.cleared is None or self.access_until is None or self.delivery_letter_on is None:
            raise errors.LetterNotIssued(
                "Data dapat diunduh setelah Surat Penyampaian Data kepada Pemohon terbit."
            )
        if today.day > self.access_until:
            raise errors.AccessEnded(
                f"Masa unduh berakhir pada {tanggal(self.access_until)}."
                " Hubungi PPID bila data masih diperlukan."
            )
        return self.cleared

    # The one guard, and the one way to record

    def record(
        self,
        fact: type[Fact],
        by: Actor,
        today: Today,
        *,
        arrived: Today | None = None,
        **details: Any,
    ) -> None:
        """`arrived`: when what the PPID enters came; by that day it is judged."""
        outcome = self.guard(fact, by, arrived or today)
        stays = outcome.next_step == self.step
        remembered = {
            "was_due": self.due,
            "late": sop.can_be_late(fact) and self.due is not None and today.day > self.due,
            "next_step": outcome.next_step,
            "next_due": self.due if stays else _due(outcome.next_step, today),
            "waiting_for": _value(outcome.waits_for) or (self.waiting_for if stays else None),
        }
        if outcome.next_step is None and not stays and fact is not facts.RequestWithdrawn:
            remembered["waiting_for"] = redress.waits_for_reopening(self)
        self._trigger(fact, by, today, remembered | details)

    def note(self, fact: type[Fact], by: Actor, today: Today, **details: Any) -> None:
        """A report is evidence: whoever announces it, at whatever step, it is kept."""
        remembered = {
            "was_due": self.due,
            "late": False,
            "next_step": self.step,
            "next_due": self.due,
            "waiting_for": self.waiting_for,
        }
        self._trigger(fact, by, today, remembered | details)

    def _trigger(self, fact: type[Fact], by: Actor, today: Today, details: dict[str, Any]) -> None:
        remembered = {
            "register_number": self.register_number,
            "agency": self.agency,
            "step": self.step,
            "statutory_due": self.statutory_due,
            "calendar": today.calendar.version,
            "capacity": by.capacity,
        }
        self.trigger_event(
            fact,
            timestamp=today.at,
            by=by.id,
            role=by.role.value,
            on=today.day,
            **(remembered | details),
        )

    def guard(self, fact: type[Fact], by: Actor, today: Today) -> Outcome:
        outcome = outcome_of(self.step, fact)
        entered = by.role is Role.PPID and fact in ACTS and ACTS[fact].enterable
        if not entered:
            by.must_be(outcome.role, doing=self._words_for(fact))
        if outcome.role is Role.PPID_PEMBANTU:
            by.must_be_of(self.agency)
        if outcome.role is Role.PEMOHON and not entered:
            self._must_be_its_pemohon(by)
        self._must_be_returned_or_not(fact)
        for need in outcome.needs:
            needs.must_meet(self, need, by, today)
        return outcome

    def _words_for(self, fact: type[Fact]) -> str:
        return ACTS[fact].activity if fact in ACTS else f"Langkah {self.step}"

    def _may(self, fact: type[Fact], by: Actor, today: Today) -> bool:
        with suppress(errors.RequestsError):
            self.guard(fact, by, today)
            return True
        return False

    def _must_be_its_pemohon(self, by: Actor) -> None:
        if by.role is not Role.PEMOHON or by.id != str(self.pemohon_id):
            raise errors.NotTheOwner("Tindakan ini milik Pemohon yang mengajukan permohonan ini.")

    def _must_be_returned_or_not(self, fact: type[Fact]) -> None:
        allowed = ACTS[fact].returned if fact in ACTS else False
        if allowed is False and self.returned_on:
            raise errors.WaitingForCompletion(
                "Permohonan sedang menunggu kelengkapan dari Pemohon sejak"
                f" {tanggal(self.returned_on)}."
            )
        if allowed is True and not self.returned_on:
            raise errors.NotReturned("Permohonan ini tidak sedang diminta untuk dilengkapi.")

    def _record_upload(
        self, fact: type[Fact], by: Actor, today: Today, file: UploadedFile, seal: Seal
    ) -> None:
        self.record(
            fact,
            by,
            today,
            digest=file.digest,
            size=file.size,
            filename_sealed=seal("filename", file.filename),
        )

    def _waits_for_check_of(self, digest: str) -> bool:
        return self.step == 10 and self.file is not None and self.file == digest

    def _note_late(
        self, by: Actor, today: Today, report: type[Fact], digest: str, original: str | None
    ) -> None:
        self.note(
            facts.ReportCameLate,
            by,
            today,
            report=report.__name__,
            digest=digest,
            original_digest=original,
        )

    def _refusal(self) -> dict[str, Any]:
        return {
            "reason_code": self.reason_code,
            "reason_text": self.reason_text,
            "reasons_version": self.reasons_version,
            "article": self.article,
            "consequence_test": self.consequence_test,
            "held_by": self.held_by,
        }

    # Replaying: copies what the facts remember, asks no rule

    def _begin(self, fact: facts.RequestSubmitted) -> None:
        self.register_number = fact.register_number
        self.pemohon_id = fact.pemohon_id
        self.submitted_on = fact.on
        self.decided_version = fact.originator_version
        self.kind, self.channel, self.dataset = fact.kind, fact.channel, fact.dataset
        self.format, self.by_proxy = fact.format, fact.by_proxy
        self.way_to_obtain, self.way_to_send = fact.way_to_obtain, fact.way_to_send
        self.step: int | None = None
        self.due: date | None = None
        self.statutory_due: date | None = None
        self.waiting_for: str | None = None
        self.agency: str | None = None
        self.found_in_dip = self.granted = self.drafted = False
        self.extended = bool(fact.clock_of_first and fact.clock_of_first["extended_days"])
        self.refusal_sent = False
        self.refused_part: dict[str, Any] | None = None
        self.refused_at_step: int | None = None
        self.reason_code: str | None = None
        self.reason_text: str | None = None
        self.reasons_version = 1
        self.article: str | None = None
        self.consequence_test: dict[str, str] | None = None
        self.held_by: str | None = None
        self.file: str | None = None
        self.cleared: ClearedFile | None = None
        self.access_until: date | None = None
        self.returned_on: date | None = None
        self.stopped_due: date | None = None
        self.stopped_statutory_due: date | None = None
        self.ended_on: date | None = None
        self.ended_as: str | None = None
        self.notice_issued_on: date | None = None
        self.delivery_letter_on: date | None = None
        self.letters: tuple[IssuedLetter, ...] = ()
        self.late_steps = 0
        self.clocks, self.told = Clocks(), Told()
        self.data_wanted_sealed = fact.data_wanted_sealed
        self.declined = Declined()
        self.proposal = Proposal()
        self.fee = Fee()
        self.papers = Papers()
        self.parts = Parts()
        self.objection: Objection = Objection()
        self.redress: Redress = Redress()
        self.satisfaction = Satisfaction()
        self.erasure = Erasure()

    def _chapters(self) -> tuple[Chapter, ...]:
        return (
            self.clocks,
            self.told,
            self.declined,
            self.proposal,
            self.fee,
            self.papers,
            self.parts,
            self.objection,
            self.redress,
            self.satisfaction,
            self.erasure,
        )

    def when(self, fact: Fact) -> None:
        if isinstance(fact, facts.RequestSubmitted):
            self._begin(fact)
        # What is merely reported changes nothing that an officer saw and acts upon.
        if not isinstance(fact, _REPORTS):
            self.decided_version = fact.originator_version
        self.step, self.due = fact.next_step, fact.next_due
        self.statutory_due = fact.statutory_due
        self.waiting_for, self.agency = fact.waiting_for, fact.agency
        self.late_steps += fact.late and fact.next_step != fact.step
        match fact:
            case facts.DataFoundInDip():
                self.found_in_dip = self.granted = True
            case facts.RequestGranted():
                self.granted = True
            case facts.RequestGrantedInPart(reason_code=code, article=article):
                self.refused_part = {"reason_code": code, "article": article}
                if fact.reason_text:
                    self.refused_part["reason_text"] = fact.reason_text
                if fact.consequence_test:
                    self.refused_part["consequence_test"] = fact.consequence_test
                if fact.held_by:
                    self.refused_part["held_by"] = fact.held_by
            case facts.RequestRefused(at_step=at_step, reason_code=code, article=article):
                self.refused_at_step, self.reason_code, self.article = at_step, code, article
                self.reason_text, self.reasons_version = fact.reason_text, fact.reasons_version
                self.consequence_test, self.held_by = fact.consequence_test, fact.held_by
            case facts.DataHandedOver(digest=digest) | facts.DataOnHandProvided(digest=digest):
                self.file = digest
            case facts.DataMasked() | facts.DataFoundClean() | facts.EarlierClearanceCited():
                self.cleared = _cleared(fact)
            case facts.DeliveryDrafted():
                self.drafted = True
            case facts.DataDelivered(access_until=access_until):
                self.access_until = access_until
            case facts.RefusalSent():
                self.refusal_sent = True
            case facts.RefusalNotified():
                self._end(fact, "refused")
            case facts.DataReceived():
                self._end(fact, "received")
            case facts.RequestWithdrawn():
                self._end(fact, "withdrawn")
            case facts.RequestClosed():
                self._end(fact, "closed")
            case facts.RequestReturned():
                self.returned_on = fact.on
                self.stopped_due = fact.stopped_due
                self.stopped_statutory_due = fact.stopped_statutory_due
            case facts.PartSplitOff():
                self.data_wanted_sealed = fact.data_wanted_sealed
            case facts.RequestCompleted():
                self.data_wanted_sealed = fact.data_wanted_sealed or self.data_wanted_sealed
                self.returned_on = self.stopped_due = self.stopped_statutory_due = None
            case facts.DeadlineExtended():
                self.extended = True
            case facts.RequestReopened():
                redress.begin_again(self, fact.next_step)
            case facts.LetterIssued():
                self._file_letter(fact)
            case facts.DeadlinesMoved():
                self.stopped_due = fact.stopped_due
                self.stopped_statutory_due = fact.stopped_statutory_due
        going_back.undo(self, fact)
        for chapter in self._chapters():
            chapter.remember(fact)

    def _end(self, fact: Fact, ended_as: str) -> None:
        self.ended_on, self.ended_as = fact.on, ended_as
        self.returned_on = None

    def _file_letter(self, fact: facts.LetterIssued) -> None:
        self.letters = (
            *self.letters,
            IssuedLetter(
                letter=fact.letter,
                letter_id=fact.letter_id,
                number=fact.number,
                issued_on=fact.issued_on,
                digest=fact.digest,
                addressed_to=fact.addressed_to,
            ),
        )
        if fact.letter in choices.NOTICES:
            self.notice_issued_on = self.notice_issued_on or fact.issued_on
        if fact.letter == "surat_penyampaian_pemohon":
            self.delivery_letter_on = self.delivery_letter_on or fact.issued_on


def _due(step: int | None, today: Today, *, since: date | None = None) -> date | None:
    if step is None:
        return None
    return today.calendar.add_working_days(since or today.day, STEPS[step].working_days)


def _received_on(entry: Entry | None, today: Today) -> date:
    """What came today after the office's hours counts from tomorrow, however it came."""
    return entry.received_on if entry and not entry.is_of(today) else today.day_of_receipt


def _value(role: Role | None) -> str | None:
    return role.value if role else None


def _details(file: ClearedFile) -> dict[str, Any]:
    return {**asdict(file), "masked_columns": [dict(column) for column in file.masked_columns]}


def _cleared(
    fact: facts.DataMasked | facts.DataFoundClean | facts.EarlierClearanceCited,
) -> ClearedFile:
    return ClearedFile(
        digest=fact.digest,
        filename=fact.filename,
        media_type=fact.media_type,
        size=fact.size,
        rows=fact.rows,
        masked_columns=tuple(getattr(fact, "masked_columns", ())),
    )
