"""The data request: one method per act, one guard for all, the tables of sop.py behind it."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any, Protocol, Self
from uuid import UUID

from eventsourcing.domain import Aggregate

from requests_service.domain import choices, erasing, errors, redress, sop, texts
from requests_service.domain import events as facts
from requests_service.domain.clocks import Clocks
from requests_service.domain.commands import COMMANDS
from requests_service.domain.dates import tanggal
from requests_service.domain.declining import Declined
from requests_service.domain.events import Fact
from requests_service.domain.intake import Entry
from requests_service.domain.parting import Origin, Parts
from requests_service.domain.redress import Redress
from requests_service.domain.refusal import Refusal
from requests_service.domain.roles import Actor, Role
from requests_service.domain.satisfaction import Satisfaction
from requests_service.domain.sop import ACTS, SOP, STEPS, Need, Outcome, outcome_of
from requests_service.domain.watching import Told
from requests_service.domain.working_days import Today

Seal = Callable[[str, str], str]
"""Seals a text under the Pemohon's key: (name of the text, the text) -> base64."""


class Chapter(Protocol):
    """A part of a request's life in a module of its own: what it remembers of its facts.

    Its acts are functions of that module, which guard and record through the request.
    """

    def remember(self, fact: Fact) -> None: ...


SUBMISSION = SOP[4]
_REPORTS = tuple(report.fact for report in sop.REPORTS)


@dataclass(frozen=True)
class Form:
    """What step 5's form asks beside the identity."""

    data_wanted: str
    purpose: str
    kind: str
    format: str = "bebas"
    channel: str = "laman"
    dataset: str | None = None
    """Slug of the catalog's dataset that the Pemohon came from."""
    way_to_obtain: str = "salinan_elektronik"
    way_to_send: str = "laman"

    def problems(self) -> dict[str, str]:
        """Every field that cannot be taken, with a sentence, in the form's order."""
        return errors.problems_of(
            {
                "data_wanted": lambda: texts.must_describe_data(self.data_wanted),
                "purpose": lambda: texts.must_be_a_purpose(self.purpose),
                **{name: partial(self._must_be_a_choice, name) for name in _CHOICES},
                "way_to_send": self._must_be_sent_as_it_can_be,
            }
        )

    def _must_be_a_choice(self, name: str) -> None:
        choices_, words = _CHOICES[name]
        choices.must_be_one_of(choices_, getattr(self, name), what=words)

    def _must_be_sent_as_it_can_be(self) -> None:
        self._must_be_a_choice("way_to_send")
        if self.way_to_obtain == "salinan_cetak" and self.way_to_send in ("laman", "surel"):
            raise errors.ChoiceUnknown(
                "Salinan cetak diambil langsung atau dikirim lewat pos atau kurir."
            )


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
class DaftarDataEntry:
    """The standard of Perpres 39/2019: konsep, definisi, klasifikasi, ukuran, satuan."""

    title: str
    concept: str
    definition: str
    classification: str
    measure: str
    unit: str
    produsen_data: str

    def must_be_filled_in(self) -> None:
        for name, words in _DAFTAR_DATA_WORDS.items():
            if not getattr(self, name).strip():
                raise errors.TextMissing(f"{words} wajib diisi untuk Daftar Data.")
            texts.must_not_be_too_long(words, getattr(self, name))


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
            why_later_sealed=_sealed(seal, "why_later", entry.why_later if entry else None),
            data_wanted_sealed=seal("data_wanted", form.data_wanted),
            purpose_sealed=seal("purpose", form.purpose),
            tracking_code_sealed=seal("tracking_code", tracking_code),
        )

    # Steps 6 to 16

    def find_in_dip(self, by: Actor, today: Today, *, dip_entry: str) -> None:
        if not dip_entry.strip():
            raise errors.TextMissing("Pilih butir Daftar Informasi Publik yang memuat data ini.")
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
            message_sealed=_sealed(seal, "message", message),
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
            reason_code=refusal.code,
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
            reason_code=refusal.code,
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
            cover_note_sealed=_sealed(seal, "cover_note", cover_note),
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

    def return_for_completion(
        self, by: Actor, today: Today, *, missing: Sequence[str], explanation: str, seal: Seal
    ) -> None:
        for code in missing:
            choices.must_be_one_of(choices.MISSING, code, what="Kekurangan")
        if not missing:
            raise errors.ReasonMissing("Pilih sedikitnya satu hal yang harus dilengkapi Pemohon.")
        texts.must_be_filled_in("Penjelasan kekurangan", explanation, words=3)
        self.record(
            facts.RequestReturned,
            by,
            today,
            missing=list(dict.fromkeys(missing)),
            complete_by=today.plus(sop.COMPLETION_DAYS),
            missing_sealed=seal("missing", explanation),
            stopped_due=self.due,
            stopped_statutory_due=self.statutory_due if today.rules.stops_while_returned else None,
            next_due=None,
            statutory_due=None if today.rules.stops_while_returned else self.statutory_due,
        )

    def complete(
        self,
        by: Actor,
        today: Today,
        *,
        answer: str,
        seal: Seal,
        data_wanted: str | None = None,
        purpose: str | None = None,
    ) -> None:
        """Both deadlines move by the working days for which the clocks stood still."""
        self.guard(facts.RequestCompleted, by, today)
        texts.must_be_filled_in("Jawaban kelengkapan", answer)
        if data_wanted is not None:
            texts.must_describe_data(data_wanted)
        if purpose is not None:
            texts.must_be_a_purpose(purpose)
        self.record(
            facts.RequestCompleted,
            by,
            today,
            answer_sealed=seal("answer", answer),
            data_wanted_sealed=_sealed(seal, "data_wanted", data_wanted),
            purpose_sealed=_sealed(seal, "purpose", purpose),
            next_due=self._moved_by_the_pause(self.stopped_due, today),
            statutory_due=self._moved_by_the_pause(self.stopped_statutory_due, today)
            or self.statutory_due,
            waiting_for=_value(STEPS[self.step].owners[0]) if self.step else None,
        )

    def withdraw(self, by: Actor, today: Today, *, seal: Seal, reason: str | None = None) -> None:
        self.record(
            facts.RequestWithdrawn, by, today, reason_sealed=_sealed(seal, "reason", reason)
        )

    def extend(
        self, by: Actor, today: Today, *, days: int, reason_code: str, reason: str, seal: Seal
    ) -> None:
        self.guard(facts.DeadlineExtended, by, today)
        choices.must_be_one_of(choices.EXTENSION_REASONS, reason_code, what="Alasan perpanjangan")
        if not 1 <= days <= sop.EXTENSION_DAYS_MAX or self.statutory_due is None:
            raise errors.ExtensionTooLong(
                f"Perpanjangan paling lama {sop.EXTENSION_DAYS_MAX} hari kerja dan sedikitnya"
                " satu hari (UU 14/2008 Pasal 22 ayat (8))."
            )
        if not texts.is_meaningful(reason, words=4):
            raise errors.ReasonMissing("Perpanjangan harus disertai alasan tertulis yang jelas.")
        due = today.calendar.add_working_days(self.statutory_due, days)
        self.record(
            facts.DeadlineExtended,
            by,
            today,
            reason_code=reason_code,
            days=days,
            new_statutory_due=due,
            reason_sealed=seal("reason", reason),
            statutory_due=due,
        )

    def lodge_objection(
        self, by: Actor, today: Today, *, ground: str, case: str, seal: Seal
    ) -> None:
        choices.must_be_one_of(choices.GROUNDS, ground, what="Alasan keberatan")
        self.guard(facts.ObjectionLodged, by, today)
        if self.step is not None and not choices.GROUNDS[ground].while_open:
            raise errors.NoGroundYet(
                "Alasan keberatan ini baru dapat diajukan setelah permohonan selesai dijawab."
            )
        if ground in self.objections_decided:
            raise errors.AlreadyObjected("Keberatan dengan alasan ini sudah pernah diputus.")
        texts.must_be_filled_in("Kasus posisi", case, words=4)
        self.record(
            facts.ObjectionLodged,
            by,
            today,
            ground=ground,
            answer_due=today.plus(sop.OBJECTION_ANSWER_DAYS),
            case_sealed=seal("case", case),
            waiting_for=self.waiting_for if self.step else Role.ATASAN_PPID.value,
        )

    def decide_objection(
        self, by: Actor, today: Today, *, decision: str, reason: str, seal: Seal
    ) -> None:
        self.guard(facts.ObjectionDecided, by, today)
        choices.must_be_one_of(choices.DECISIONS, decision, what="Putusan")
        if not texts.is_meaningful(reason, words=4):
            raise errors.ReasonMissing("Putusan keberatan harus disertai alasan tertulis.")
        self.record(
            facts.ObjectionDecided,
            by,
            today,
            ground=self.objection_ground,
            decision=decision,
            reason_sealed=seal("reason", reason),
            waiting_for=redress.waits_for_reopening(self, granted=decision != "ditolak"),
        )

    def request_erasure(
        self, by: Actor, today: Today, *, seal: Seal, reason: str | None = None
    ) -> None:
        self.guard(facts.ErasureRequested, by, today)
        self.record(
            facts.ErasureRequested, by, today, reason_sealed=_sealed(seal, "reason", reason)
        )

    def grant_erasure(self, by: Actor, today: Today, *, terms: erasing.Terms) -> None:
        """Whoever saves this destroys the Pemohon's key with it."""
        self.guard(facts.ErasureDecided, by, today)
        self.must_be_erasable(today, terms)
        code = "permintaan"
        self._decide_erasure(by, today, erasing.GRANTED, code, erasing.REASONS[code].article, None)

    def refuse_erasure(
        self, by: Actor, today: Today, *, reason_code: str, reason: str, seal: Seal
    ) -> None:
        """`reason_code`: of `erasing.REFUSALS`."""
        self.guard(facts.ErasureDecided, by, today)
        if reason_code not in erasing.REFUSALS:
            raise errors.ReasonUnknown("Pilih dasar penolakan penghapusan dari daftar.")
        if not texts.is_meaningful(reason, words=4):
            raise errors.ReasonMissing("Penolakan penghapusan harus disertai alasan tertulis.")
        article = erasing.REFUSALS[reason_code].article
        sealed = seal("reason", reason)
        self._decide_erasure(by, today, erasing.REFUSED, reason_code, article, sealed)

    def must_be_erasable(self, today: Today, terms: erasing.Terms) -> None:
        """Raises ErasureHeld with a sentence for everything that stands against it."""
        if held := erasing.holds(self, today, terms):
            sentences = " ".join(f"{each.sentence} ({each.basis})" for each in held)
            raise errors.ErasureHeld(f"Data pribadi ini belum boleh dihapus. {sentences}")

    def _decide_erasure(
        self,
        by: Actor,
        today: Today,
        decision: str,
        reason_code: str,
        article: str,
        reason_sealed: str | None,
    ) -> None:
        self.record(
            facts.ErasureDecided,
            by,
            today,
            decision=decision,
            reason_code=reason_code,
            article=article,
            reason_sealed=reason_sealed,
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
        """`open`, `returned`, `received`, `refused` or `withdrawn`."""
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

    def record(self, fact: type[Fact], by: Actor, today: Today, **details: Any) -> None:
        outcome = self.guard(fact, by, today)
        stays = outcome.next_step == self.step
        remembered = {
            "was_due": self.due,
            "late": sop.can_be_late(fact) and self.due is not None and today.day > self.due,
            "next_step": outcome.next_step,
            "next_due": self.due if stays else _due(outcome.next_step, today),
            "waiting_for": _value(outcome.waits_for) or (self.waiting_for if stays else None),
        }
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
        by.must_be(outcome.role, doing=self._words_for(fact))
        if outcome.role is Role.PPID_PEMBANTU:
            by.must_be_of(self.agency)
        if outcome.role is Role.PEMOHON:
            self._must_be_its_pemohon(by)
        self._must_be_returned_or_not(fact)
        for need in outcome.needs:
            self._must_meet(need, today)
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

    def _must_meet(self, need: Need, today: Today) -> None:
        match need:
            case Need.DIP_PATH if not self.found_in_dip:
                raise errors.NotOnDipPath(
                    "Hanya untuk data yang tercantum dalam Daftar Informasi Publik (langkah 6);"
                    " data permohonan ini diserahkan oleh PPID Pembantu."
                )
            case Need.CHECKED_FILE if self.file is None:
                raise errors.NoCheckedFile("Belum ada berkas yang dapat diperiksa.")
            case Need.FIRST_REQUEST if self.parts.of:
                raise errors.AlreadyAPart(
                    f"Permohonan ini bagian dari permohonan {self.parts.of};"
                    " pisahkan bagian lain dari permohonan itu."
                )
            case Need.NO_DRAFT if self.drafted:
                raise errors.AlreadyDrafted("Konsep Surat Penyampaian Data sudah disusun.")
            case Need.DRAFT if not self.drafted:
                raise errors.DraftMissing(
                    "Walidata belum menyusun konsep Surat Penyampaian Data (langkah 13)."
                )
            case Need.DELIVERY_LETTER if self.delivery_letter_on is None:
                raise errors.LetterNotIssued(
                    "Surat Penyampaian Data kepada Pemohon belum terbit;"
                    " tunggu sebentar lalu ulangi."
                )
            case Need.NOT_EXTENDED if self.extended:
                raise errors.AlreadyExtended(
                    "Tenggat permohonan ini sudah pernah diperpanjang;"
                    " perpanjangan hanya satu kali (UU 14/2008 Pasal 22 ayat (8))."
                )
            case Need.NOTICE_OPEN:
                self._must_still_owe_the_notice(today)
            case Need.NO_OBJECTION_OPEN if self.objection_ground:
                raise errors.ObjectionPending("Keberatan sebelumnya masih menunggu putusan.")
            case Need.OBJECTION_OPEN if not self.objection_ground:
                raise errors.NoObjection("Tidak ada keberatan yang menunggu putusan.")
            case Need.NOT_WITHDRAWN if self.ended_as == "withdrawn":
                raise errors.NotReopenable(
                    "Permohonan ini dicabut Pemohon; Pemohon dapat mengajukan yang baru."
                )
            case Need.OBJECTION_ANSWERED if not self._objection_was_answered(today):
                raise errors.DisputeOutOfTurn(
                    "Sengketa diajukan sesudah keberatan diputus, atau sesudah tenggat tanggapannya"
                    " lewat (UU 14/2008 Pasal 37)."
                )
            case Need.NO_DISPUTE_OPEN if self.redress.dispute:
                raise errors.DisputeOutOfTurn(
                    f"Sengketa {self.redress.dispute} masih diperiksa Komisi Informasi."
                )
            case Need.DISPUTE_OPEN if not self.redress.dispute:
                raise errors.DisputeOutOfTurn("Tidak ada sengketa yang sedang diperiksa.")
            case Need.NOT_RATED if self.satisfaction.score:
                raise errors.AlreadyRated("Anda sudah menilai layanan ini. Terima kasih.")
            case Need.NO_ERASURE_OPEN if self.erasure_asked_on or self.erasure_granted:
                raise errors.ErasurePending(
                    "Penghapusan data pribadi sudah diminta dan menunggu putusan PPID."
                    if self.erasure_asked_on
                    else "Data pribadi permohonan ini sudah dihapus."
                )
            case Need.ERASURE_OPEN if not self.erasure_asked_on:
                raise errors.NoErasureAsked(
                    "Tidak ada permintaan penghapusan data pribadi yang menunggu putusan."
                )
            case Need.GROUND_AROSE:
                self._must_have_a_ground(today)

    def _objection_was_answered(self, today: Today) -> bool:
        overdue = self.objection_due is not None and today.day > self.objection_due
        return overdue or self.objection_decided_on is not None

    def _must_still_owe_the_notice(self, today: Today) -> None:
        if self.notice_issued_on:
            raise errors.ExtensionTooLate(
                "Pemberitahuan tertulis sudah terbit, tenggat tidak dapat diperpanjang lagi."
            )
        if self.statutory_due and today.day > self.statutory_due:
            raise errors.ExtensionTooLate(
                "Tenggat pemberitahuan tertulis sudah lewat pada"
                f" {tanggal(self.statutory_due)}; perpanjangan harus diputuskan sebelumnya."
            )

    def _must_have_a_ground(self, today: Today) -> None:
        arose_on = self.ended_on if self.step is None else self._silent_since(today)
        if arose_on is None or self.ended_as == "withdrawn":
            raise errors.NoGroundYet(
                "Keberatan dapat diajukan setelah permohonan dijawab, atau setelah tenggat"
                " pemberitahuan tertulis lewat tanpa jawaban."
            )
        last_day = today.calendar.add_working_days(arose_on, sop.OBJECTION_DAYS_MAX)
        if today.day > last_day:
            raise errors.ObjectionTooLate(
                f"Keberatan paling lambat diajukan pada {tanggal(last_day)}"
                f" ({sop.OBJECTION_DAYS_MAX} hari kerja)."
            )

    def _silent_since(self, today: Today) -> date | None:
        passed = self.statutory_due is not None and today.day > self.statutory_due
        return self.statutory_due if passed and not self.notice_issued_on else None

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
            "article": self.article,
            "consequence_test": self.consequence_test,
            "held_by": self.held_by,
        }

    def _moved_by_the_pause(self, due: date | None, today: Today) -> date | None:
        if due is None or self.returned_on is None:
            return due
        pause = today.calendar.working_days_between(self.returned_on, today.day)
        return today.calendar.add_working_days(due, max(pause, 0))

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
        self.objection_ground: str | None = None
        self.objection_due: date | None = None
        self.objections_decided: tuple[str, ...] = ()
        self.objection_decided_on: date | None = None
        self.erasure_asked_on: date | None = None
        self.erasure_granted = False
        self.letters: tuple[IssuedLetter, ...] = ()
        self.late_steps = 0
        self.clocks, self.told = Clocks(), Told()
        self.data_wanted_sealed = fact.data_wanted_sealed
        self.declined = Declined()
        self.parts = Parts()
        self.redress: Redress = Redress()
        self.satisfaction = Satisfaction()

    def _chapters(self) -> tuple[Chapter, ...]:
        return (self.clocks, self.told, self.declined, self.parts, self.redress, self.satisfaction)

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
                if fact.consequence_test:
                    self.refused_part["consequence_test"] = fact.consequence_test
                if fact.held_by:
                    self.refused_part["held_by"] = fact.held_by
            case facts.RequestRefused(at_step=at_step, reason_code=code, article=article):
                self.refused_at_step, self.reason_code, self.article = at_step, code, article
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
            case facts.ObjectionLodged(ground=ground, answer_due=answer_due):
                self.objection_ground, self.objection_due = ground, answer_due
            case facts.ObjectionDecided(ground=ground):
                self.objections_decided = (*self.objections_decided, ground)
                self.objection_decided_on = fact.on
                self.objection_ground = self.objection_due = None
            case facts.RequestReopened():
                redress.begin_again(self, fact.next_step)
            case facts.ErasureRequested():
                self.erasure_asked_on = fact.on
            case facts.ErasureDecided(decision=decision):
                self.erasure_granted = decision == erasing.GRANTED
                self.erasure_asked_on = None
            case facts.LetterIssued():
                self._file_letter(fact)
            case facts.DeadlinesMoved():
                self.stopped_due = fact.stopped_due
                self.stopped_statutory_due = fact.stopped_statutory_due
                self.objection_due = fact.objection_due
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
        if fact.letter == "pemberitahuan_tertulis":
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


def _sealed(seal: Seal, name: str, text: str | None) -> str | None:
    if text is None or not text.strip():
        return None
    texts.must_not_be_too_long("Teks", text)
    return seal(name, text)


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


_CHOICES = {
    "format": (choices.FORMATS, "Format data"),
    "way_to_obtain": (choices.WAYS_TO_OBTAIN, "Cara memperoleh data"),
    "way_to_send": (choices.WAYS_TO_SEND, "Cara mengirim data"),
    "kind": (choices.KINDS, "Jenis Pemohon"),
    "channel": (choices.CHANNELS, "Saluran"),
}
_DAFTAR_DATA_WORDS = {
    "title": "Judul data",
    "concept": "Konsep",
    "definition": "Definisi",
    "classification": "Klasifikasi",
    "measure": "Ukuran",
    "unit": "Satuan",
    "produsen_data": "Produsen Data",
}
