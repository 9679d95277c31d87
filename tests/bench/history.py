"""Fills a database of `requests` with years of whole SOP stories, fast, to measure and to try on.

Some hundred stories are told once, by the real aggregate, the decreed calendar and the tables of
letters and mails; then each is copied with other ids, officers, agencies and seconds, in the order
of time, by COPY. So every stored byte is what the service would have written.
"""

import base64
import heapq
import io
import json
import random
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid5

from chassis.clock import JAKARTA
from chassis.postgres import connect
from letters_service.domain.letters import letters_for
from notify_service.domain.mails import mails_for
from requests_service import rows
from requests_service.adapters.calendar import read_calendar
from requests_service.adapters.plain_mapper import PlainMapper
from requests_service.adapters.published import PUBLISHED
from requests_service.domain import completing, errors, extending, objecting
from requests_service.domain.consequence_tests import ConsequenceTest, Tested
from requests_service.domain.daftar_data import DaftarDataEntry
from requests_service.domain.data_request import (
    ClearedFile,
    DataRequest,
    IssuedLetter,
    UploadedFile,
)
from requests_service.domain.form import Form
from requests_service.domain.refusal import Refusal
from requests_service.domain.roles import Actor, Role
from requests_service.domain.sop import STEPS
from requests_service.domain.working_days import Today

FIRST_DAY, LAST_DAY = date(2024, 1, 2), date(2026, 11, 20)
"""Of the history; what the last day found open stays open."""
EVENTS_MIN = 100

_CALENDAR = read_calendar()
_MAPPER = PlainMapper()
_STORIES_TOLD = 800
_PURPOSE = "Bahan skripsi tentang sebaran usaha mikro di Kota Malang"
_LATE = 0.12
"""How many acts of a step come after its deadline."""
_COLUMNS = (
    "stream, version, type, state, occurred_at, recorded_at,"
    " actor, role, agency, idempotency_key, causation, correlation"
)
_AGENCIES = (
    *("diskopindag", "dinsos", "dinkes", "disdikbud"),
    *("dispendukcapil", "dlh", "dpuprpkp", "bapenda"),
)
_NAMES = UUID("6f1f7a52-52f0-4f0e-9f0b-6a3c3ad2f9b1")

# What stands in a told story for what each copy has of its own.
_STREAM, _PERSON = UUID(int=0xA1 << 120), UUID(int=0xA2 << 120)
_OWN = {
    str(_STREAM): "%(stream)s",
    str(_PERSON): "%(person)s",
    **{
        f"@{name}@": f"%({name})s"
        for name in (
            *("number", "agency", "ppid", "ppid_2", "pembantu", "walidata", "atasan"),
            *("file", "letter", "message", "cites", "reads", "refused", "key"),
        )
    },
}
_PLACES = re.compile("|".join(map(re.escape, _OWN)) + r"|@p\d+@")
_SECONDS = re.compile(r'("timestamp":"[^"]{16}):00\+')

_PEMOHON = Actor(str(_PERSON), Role.PEMOHON)
_PPID, _PPID_2 = Actor("@ppid@", Role.PPID), Actor("@ppid_2@", Role.PPID)
_PEMBANTU = Actor("@pembantu@", Role.PPID_PEMBANTU, "@agency@")
_WALIDATA = Actor("@walidata@", Role.WALIDATA)
_ATASAN = Actor("@atasan@", Role.ATASAN_PPID)


def fill(dsn: str, events: int) -> None:
    """Append exactly `events` facts of realistic stories to an empty, migrated `requests` database.

    `dsn`: its owner, as facts get the times and positions of the stories. About 35 facts a request:
    every path through the SOP, letters, mails, readings of personal data, refused acts; one act in
    eight late, some reports late, some requests left open; three years, eight agencies. The rows of
    `board`, `registrations` and `staff` belong to them, and the relay stands at the end; there are
    no people and no keys, so sealed texts cannot be opened. The same again at every run.
    Raises ValueError for fewer than EVENTS_MIN.
    """
    if events < EVENTS_MIN:
        raise ValueError(f"at least {EVENTS_MIN} events, not {events}")
    with closing(connect(dsn)) as conn, conn.cursor() as cur:
        cur.execute("BEGIN")
        History(events).write(cur)
        cur.execute("UPDATE relay SET position = (SELECT max(position) FROM facts)")
        cur.execute("COMMIT")
        cur.execute("VACUUM ANALYZE facts, board, registrations")


@dataclass
class _Fact:
    """One row of the log as a story tells it, made into a line of COPY."""

    recorded_at: datetime
    line: str
    submits: bool
    clears: bool
    cites: bool
    noted_as: str | None = None
    """Under this name its position is told in later facts."""


@dataclass
class _Story:
    """A request from its form on, told by the real commands; acts wait in `agenda` by time."""

    rng: random.Random
    agenda: list[tuple[datetime, int, Callable[[datetime], None]]] = field(default_factory=list)
    facts: list[_Fact] = field(default_factory=list)
    request: DataRequest | None = None
    versions: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    messages: int = 0
    keys: int = 0

    def tell(self, submitted_at: datetime) -> None:
        self._at(submitted_at, self._submit)
        while self.agenda:
            at, _, act = heapq.heappop(self.agenda)
            if at.astimezone(JAKARTA).date() > LAST_DAY:
                return
            act(at)

    @property
    def board(self) -> str:
        """The line of COPY for the request's row on the board."""
        assert self.request is not None
        _, values = rows.on_board(self.request, at=self.request.modified_on)
        line = _own("\t".join(map(_text, values)))
        return line.replace(":00+00:00", ":%(second)s+00:00") + "\n"

    def _at(self, at: datetime, act: Callable[[datetime], None]) -> None:
        heapq.heappush(self.agenda, (at, len(self.agenda) + len(self.facts), act))

    # Acts

    def _submit(self, at: datetime) -> None:
        form = Form(
            data_wanted="Jumlah UMKM menurut kecamatan dan jenis usaha, 2021 sampai dengan 2025",
            purpose=_PURPOSE,
            kind=self.rng.choice(["masyarakat_umum", "instansi_non_pemerintah"]),
            format=self.rng.choice(["bebas", "csv", "xlsx"]),
            channel=self.rng.choices(["laman", "api", "loket"], [80, 12, 8])[0],
            dataset=self.rng.choice([None, None, "umkm-per-kecamatan"]),
        )
        self.request = DataRequest.submit(
            _PEMOHON,
            _today(at),
            request_id=_STREAM,
            register_number="@number@",
            form=form,
            tracking_code="ABCDEFGHJK",
            seal=self._seal,
        )
        self._keep(at, at, _PEMOHON)
        self._plan(at)

    def _act(self, by: Actor, command: Callable[..., None], **told: Any) -> Callable[..., None]:
        def act(at: datetime) -> None:
            # What may not be now is planned anew: a letter on its way, an extension too late.
            with suppress(errors.RequestsError):
                command(self.request, by, _today(at), **told)
                self._keep(at, at, by)
            self._plan(at)

        return act

    def _plan(self, now: datetime) -> None:
        """What happens next, and when."""
        planned = self._next()
        if planned is None:
            return
        act, days_min, days_max = planned
        if self.rng.random() < _LATE:
            days_max = max(days_max + 1, days_min)
            days_min, days_max = days_max, days_max + 6
        self._at(self._office_hour(now, self.rng.randint(days_min, days_max)), act)

    def _next(self) -> tuple[Callable[[datetime], None], int, int] | None:
        r, dice, ppid = self.request, self.rng.random(), self.rng.choice([_PPID, _PPID, _PPID_2])
        assert r is not None
        R, seal = DataRequest, self._seal  # noqa: N806
        budget = STEPS[r.step].working_days if r.step else 0
        if r.objection.ground:
            decision = self.rng.choice(["dikabulkan", "dikabulkan_sebagian", "ditolak"])
            reason = "Alasan yang disampaikan telah diperiksa kembali oleh Atasan PPID."
            told = {"decision": decision, "reason": reason, "seal": seal}
            return self._act(_ATASAN, objecting.decide, **told), 3, 28
        if r.step is None:
            return self._objection(dice)
        if r.returned_on:
            if dice < 0.1:
                return None
            if dice < 0.2:
                return self._act(_PEMOHON, R.withdraw, seal=seal), 1, 9
            answer = "Data dipakai untuk bab tiga skripsi saya."
            return self._act(_PEMOHON, completing.complete, answer=answer, seal=seal), 1, 9
        if r.step < 13 and dice > 0.99:
            return self._act(_PEMOHON, R.withdraw, seal=seal), 0, budget
        if r.step in (6, 7) and dice > 0.93:
            explanation = "Mohon jelaskan pemakaian datanya."
            told = {"missing": ["tujuan"], "explanation": explanation, "seal": seal}
            return self._act(ppid, completing.return_for_completion, **told), 0, budget
        if r.step in (7, 8) and dice > 0.83 and not r.extended and not r.notice_issued_on:
            reason = "Data masih dihimpun dari lima kecamatan."
            told = {"days": self.rng.randint(2, 7), "reason_code": "belum_dikuasai"}
            return self._act(ppid, extending.extend, reason=reason, seal=seal, **told), 0, 0
        match r.step:
            case 6 if dice < 0.22:
                return self._act(ppid, R.find_in_dip, dip_entry="dip-2026-014"), 0, budget
            case 6 if dice < 0.28:
                return self._refuse(ppid, "tidak_dikuasai", budget)
            case 6:
                return self._act(ppid, R.find_owner, agency="@agency@"), 0, budget
            case 7:
                told = {"message": self.rng.choice([None, "Mohon diproses."]), "seal": seal}
                return self._act(ppid, R.forward, **told), 0, budget
            case 8 if dice < 0.14:
                return self._refuse(
                    _PEMBANTU, self.rng.choice(["pasal_17_b", "pasal_17_h"]), budget
                )
            case 8 if dice < 0.26:
                told = {"refusal": _refusal("pasal_17_h"), "refused_parts": "Nama pemilik usaha"}
                return self._act(_PEMBANTU, R.grant_in_part, seal=seal, **told), 0, budget
            case 8:
                return self._act(_PEMBANTU, R.grant), 0, budget
            case 9:
                return self._act(_PEMBANTU, R.hand_over, file=_UPLOADED, seal=seal), 0, budget
            case 10 if r.file is None and dice < 0.3 and r.submitted_on > _CLEARED_BY:
                return self._act(ppid, R.cite_earlier_clearance, earlier=_EARLIER), 0, budget
            case 10 if r.file is None:
                told = {"file": _UPLOADED, "seal": seal}
                return self._act(ppid, R.provide_data_on_hand, **told), 0, budget
            case 10 if dice < 0.04:
                return self._refuse(ppid, "tidak_dapat_disamarkan", budget)
            case 10:
                return self._checked(ppid, masked=dice < 0.6), 0, budget
            case 11:
                return self._act(ppid, R.hand_to_walidata), 0, budget
            case 12:
                year = {"year": LAST_DAY.year + 1, "entry": _ENTRY}
                return self._act(_WALIDATA, R.list_in_daftar_data, **year), 0, budget
            case 13 if not r.drafted:
                return self._act(_WALIDATA, R.draft_delivery, seal=seal), 0, budget
            case 13:
                return self._act(ppid, R.deliver), 0, budget
            case 14:
                return self._act(_PEMBANTU, R.send_refusal), 0, budget
            case 15:
                return self._act(ppid, R.notify_refusal), 0, budget
            case _ if dice < 0.1:
                return None
            case _:
                return self._act(_PEMOHON, R.receive), 1, budget

    def _objection(self, dice: float) -> tuple[Callable[[datetime], None], int, int] | None:
        r = self.request
        assert r is not None
        grounds = {"refused": ("penolakan", 0.2), "received": ("tidak_sesuai", 0.03)}
        ground, share = grounds.get(r.ended_as or "", ("", 0.0))
        if dice > share or r.objection.decided:
            return None
        told = {"ground": ground, "case": "Data yang saya minta tidak memuat rahasia dagang."}
        return self._act(_PEMOHON, objecting.lodge, seal=self._seal, **told), 2, 20

    def _refuse(
        self, by: Actor, code: str, budget: int
    ) -> tuple[Callable[[datetime], None], int, int]:
        told = {"refusal": _refusal(code), "seal": self._seal}
        return self._act(by, DataRequest.refuse, **told), 0, budget

    def _checked(self, by: Actor, *, masked: bool) -> Callable[[datetime], None]:
        """The check happens in `privacy`, whose message brings it here."""

        def report(at: datetime) -> None:
            r = self.request
            assert r is not None
            if masked:
                r.record_masking(
                    by, _today(at), original_digest=_UPLOADED.digest, file=_MASKED_FILE
                )
            else:
                r.record_clean(by, _today(at), file=_CLEAN_FILE)
            self._keep(at, at + timedelta(minutes=1), by, because_of=self._message("privacy"))
            self._plan(at + timedelta(minutes=1))

        return report

    # What others report, and what they read

    def _follow(self, at: datetime, type_: str, state: dict[str, Any], caused_by: str) -> None:
        source = "privacy" if type_ in ("DataMasked", "DataFoundClean") else "requests"
        data = PUBLISHED[type_](state) if source == "requests" else state
        for kind in letters_for(source, type_, data):
            issued_at = self._soon(at)
            if kind.names_pemohon:
                self._at(issued_at, self._read_by("letters", sorted(kind.fields), caused_by))
            self._at(*self._report(issued_at, "letters", self._issue(kind.key, kind.addressee)))
        for mail in sorted(mails_for(source, type_, data)):
            self._at(*self._report(self._soon(at), "notify", self._send(*mail)))
        if type_ == "ListedInDaftarData":
            updated = {"year": LAST_DAY.year + 1, "title": _ENTRY.title}
            self._at(*self._report(self._soon(at), "catalog", _note_daftar_data(updated)))

    def _report(
        self, happened_at: datetime, source: str, note: Callable[[DataRequest, Actor, Today], None]
    ) -> tuple[datetime, Callable[[datetime], None]]:
        """When it is heard, and hearing it. One report in fifty waits for a broken broker."""
        heard_at = happened_at + timedelta(minutes=self.rng.randint(0, 1))
        if self.rng.random() < 0.02:
            heard_at += timedelta(hours=self.rng.randint(2, 40))
        by = Actor(source, Role.SERVICE)

        def hear(at: datetime) -> None:
            assert self.request is not None
            note(self.request, by, _today(happened_at))
            self._keep(happened_at, at, by, because_of=self._message(source))

        return heard_at, hear

    def _issue(self, kind: str, to: str) -> Callable[[DataRequest, Actor, Today], None]:
        def note(request: DataRequest, by: Actor, today: Today) -> None:
            nth = f"{len(request.letters):02x}"
            number = f"500.12.5.{len(request.letters) + 1}/@message@/35.73.411/{today.day.year}"
            letter = IssuedLetter(
                kind, "@letter@" + nth, number, today.day, f"@file@{nth}", str(to)
            )
            request.note_letter(by, today, letter=letter)

        return note

    def _send(self, mail: str, audience: str) -> Callable[[DataRequest, Actor, Today], None]:
        return lambda request, by, today: request.note_mail(by, today, mail=mail, audience=audience)

    def _read_by(
        self, service: str, fields: list[str], fact: str | None
    ) -> Callable[[datetime], None]:
        return lambda at: self._beside(
            at,
            "@reads@",
            "PersonalDataRead",
            Actor(service, Role.SERVICE),
            {"request_id": str(_STREAM), "fields": fields, "fact": fact},
        )

    # Rows

    def _keep(
        self, at: datetime, recorded_at: datetime, by: Actor, because_of: str | None = None
    ) -> None:
        """The facts that the last command made, and what follows from them."""
        assert self.request is not None
        for event in self.request.collect_events():
            stored = _MAPPER.to_stored_event(event)
            key = None
            if because_of is None:
                self.keys += 1
                key = f"page:{by.id}:@key@{self.keys:02x}"
            self._row(
                recorded_at,
                (str(_STREAM), stored.originator_version, stored.topic, stored.state.decode(), at),
                (by, key, because_of),
            )
            if by.role is Role.SERVICE:
                if stored.topic == "LetterIssued":
                    self._mail_letter(recorded_at, json.loads(stored.state), because_of)
                continue
            name = f"p{len(self.facts) - 1}"
            self.facts[-1].noted_as = name
            caused_by = because_of or f"requests-@{name}@"
            self._follow(recorded_at, stored.topic, json.loads(stored.state), caused_by)
            self._sometimes(recorded_at, stored.topic)

    def _mail_letter(self, at: datetime, state: dict[str, Any], letter: str | None) -> None:
        for mail, audience in sorted(mails_for("letters", "LetterIssued", state)):
            sent_at = self._soon(at)
            if audience == Role.PEMOHON:
                self._at(sent_at, self._read_by("notify", ["email", "name"], letter))
            self._at(*self._report(sent_at, "notify", self._send(mail, audience)))

    def _sometimes(self, at: datetime, type_: str) -> None:
        """What people do beside the SOP."""
        dice = self.rng.random()
        if dice < 0.02:
            told = {"request_id": str(_STREAM), "step": self.request and self.request.step}
            self._beside(at, "@refused@", "ActNotAllowed", _WALIDATA, told)
        elif dice < 0.05:
            fields = ["address", "email", "kind", "name", "nik", "occupation", "phone"]
            read = {"request_id": str(_STREAM), "fields": fields, "fact": None}
            self._beside(at, "@reads@", "PersonalDataRead", _PPID, read)

    def _beside(
        self, at: datetime, stream: str, type_: str, by: Actor, told: dict[str, Any]
    ) -> None:
        self.versions[stream] += 1
        self._row(at, (stream, self.versions[stream], type_, _json(told), at), (by, None, None))

    def _row(
        self,
        recorded_at: datetime,
        fact: tuple[str, int, str, str, datetime],
        why: tuple[Actor, str | None, str | None],
    ) -> None:
        (stream, version, type_, state, at), (by, key, because_of) = fact, why
        values = (
            *(stream, version, type_, "@state@", "@at@", "@recorded@"),
            *(by.id, by.role.value, by.agency, key, because_of, str(_STREAM)),
        )
        line = _own("\t".join(map(_text, values)))
        # Within the state a backslash is escaped for bytea and once more for COPY.
        state = _SECONDS.sub(r"\1:%(second)s+", _own(state)).replace("\\", "\\\\\\\\")
        line = line.replace("@state@", state)
        line = line.replace("@at@", f"{at:%Y-%m-%dT%H:%M}:%(second)s+00")
        line = line.replace("@recorded@", f"{recorded_at:%Y-%m-%dT%H:%M}:%(recorded)s+00")
        self.facts.append(
            _Fact(
                recorded_at,
                line + "\n",
                submits=type_ == "RequestSubmitted",
                clears=type_ in ("DataMasked", "DataFoundClean"),
                cites=type_ == "EarlierClearanceCited",
            )
        )

    # Small things

    def _seal(self, name: str, text: str) -> str:
        return base64.b64encode(self.rng.randbytes(len(text) + 28)).decode()

    def _message(self, source: str) -> str:
        self.messages += 1
        return f"{source}-@message@{self.messages:02}"

    def _soon(self, at: datetime) -> datetime:
        return at + timedelta(minutes=self.rng.randint(1, 4))

    def _office_hour(self, now: datetime, days: int) -> datetime:
        local = now.astimezone(JAKARTA)
        day = _CALENDAR.add_working_days(local.date(), days)
        if day == local.date():
            later = local + timedelta(minutes=self.rng.randint(15, 90))
            if _CALENDAR.is_working_day(day) and later.hour < 17:
                return later.astimezone(UTC)
            day = _CALENDAR.add_working_days(day, 1)
        at = time(self.rng.randint(8, 15), self.rng.randint(0, 59), tzinfo=JAKARTA)
        return datetime.combine(day, at).astimezone(UTC)


class History:
    """Copies of told stories, in the order in which their facts were recorded."""

    def __init__(self, events: int) -> None:
        self._rng = random.Random(4)
        self._events = events
        self._told = self._tell(max(1, min(_STORIES_TOLD, events // 60)))
        self._officers = {
            role: [
                (str(uuid5(_NAMES, f"{role} {agency} {n}")), agency)
                for agency in of
                for n in (1, 2)
            ]
            for role, of in (
                *(("ppid", (None,)), ("walidata", (None,)), ("atasan_ppid", (None,))),
                *(("auditor", (None,)), ("ppid_pembantu", _AGENCIES)),
            )
        }
        self._last_number: dict[int, int] = defaultdict(int)
        self._last_cleared = ""
        self._copied = 0

    def write(self, cur: Any) -> None:
        """All facts and the rows that belong to them, by the caller's transaction."""
        staff = self._staff()
        copies, missing = self._copies(self._events - len(staff))
        lines = [*staff, *self._refused_sign_ins(missing)]
        cur.execute("SELECT coalesce(pg_sequence_last_value('facts_position_seq'), 0)")
        position = cur.fetchone()[0] + len(lines)
        for day in self._days(copies):
            for fact, own in day:
                position += 1
                lines.append(self._line(fact, own, position))
            if len(lines) > 50_000:
                _copy(cur, f"facts ({_COLUMNS})", lines)
                lines = []
        _copy(cur, f"facts ({_COLUMNS})", lines)
        self._write_rows(cur, copies)

    def _tell(self, stories: int) -> list[_Story]:
        told = []
        days = (LAST_DAY - FIRST_DAY).days
        for _ in range(stories):
            story = _Story(self._rng)
            day = FIRST_DAY + timedelta(days=self._rng.randint(0, days))
            hour = time(self._rng.randint(7, 21), self._rng.randint(0, 59), tzinfo=JAKARTA)
            story.tell(datetime.combine(day, hour).astimezone(UTC))
            told.append(story)
        return told

    def _copies(self, events: int) -> tuple[dict[int, list[dict[str, Any]]], int]:
        """What each copy has of its own, by the story; how many events are still missing."""
        copies: dict[int, list[dict[str, Any]]] = defaultdict(list)
        while True:
            which = self._rng.randrange(len(self._told))
            if len(self._told[which].facts) > events:
                return copies, events
            events -= len(self._told[which].facts)
            self._copied += 1
            copies[which].append(self._own_values())

    def _own_values(self) -> dict[str, Any]:
        rng = self._rng
        stream = UUID(int=rng.getrandbits(128), version=4)
        second = rng.uniform(0, 59.9)
        agency = rng.choice(_AGENCIES)
        pembantu = [each for each, of in self._officers["ppid_pembantu"] if of == agency]
        ppid, ppid_2 = (each for each, _ in self._officers["ppid"])
        return {
            "stream": str(stream),
            "person": str(UUID(int=rng.getrandbits(128), version=4)),
            "reads": str(uuid5(stream, "reads")),
            "refused": str(uuid5(stream, "refused acts")),
            "second": f"{second:09.6f}",
            "recorded": f"{second + rng.uniform(0.002, 0.05):09.6f}",
            "agency": agency,
            "pembantu": rng.choice(pembantu),
            "ppid": ppid,
            "ppid_2": ppid_2,
            "walidata": rng.choice(self._officers["walidata"])[0],
            "atasan": self._officers["atasan_ppid"][0][0],
            "file": f"{rng.getrandbits(248):062x}",
            "letter": str(UUID(int=rng.getrandbits(128), version=4))[:-2],
            "key": str(UUID(int=rng.getrandbits(128), version=4))[:-2],
            "message": self._copied,
            "cites": "",
            "number": "",
        }

    def _days(
        self, copies: dict[int, list[dict[str, Any]]]
    ) -> Iterator[list[tuple[_Fact, dict[str, Any]]]]:
        by_day: dict[date, list[tuple[int, list[tuple[int, _Fact]]]]] = defaultdict(list)
        for which in copies:
            of_day: dict[date, list[tuple[int, _Fact]]] = defaultdict(list)
            for nth, fact in enumerate(self._told[which].facts):
                of_day[fact.recorded_at.date()].append((nth, fact))
            for day, facts in of_day.items():
                by_day[day].append((which, facts))
        for day in sorted(by_day):
            keyed = [
                (fact.recorded_at, own["recorded"], nth, fact, own)
                for which, facts in by_day[day]
                for own in copies[which]
                for nth, fact in facts
            ]
            keyed.sort(key=lambda each: each[:3])
            yield [(fact, own) for *_, fact, own in keyed]

    def _line(self, fact: _Fact, own: dict[str, Any], position: int) -> str:
        if fact.submits:
            year = fact.recorded_at.astimezone(JAKARTA).year
            self._last_number[year] += 1
            own["number"] = f"{year}-{self._last_number[year]:04}"
        if fact.clears:
            self._last_cleared = own["number"]
        if fact.cites:
            own["cites"] = self._last_cleared
        if fact.noted_as:
            own[fact.noted_as] = position
        return fact.line % own

    def _write_rows(self, cur: Any, copies: dict[int, list[dict[str, Any]]]) -> None:
        boards = {which: self._told[which].board for which in copies}
        staff = (
            f"{officer}\t{role}-{n}\t{role} {n}\t{_text(agency)}\t{role}\t-\n"
            for n, (officer, role, agency) in enumerate(self._accounts(), 1)
        )
        _copy(cur, "staff (id, username, name, agency, role, password_hash)", staff)
        names = re.search(r"\((.*?)\)", rows.on_board(self._any_request(), at=_NOON)[0])
        assert names is not None
        board = (boards[which] % own for which, owns in copies.items() for own in owns)
        _copy(cur, f"board ({names[1]})", board)
        registrations = (
            f"{number[:4]}\t{int(number[5:])}\t{number}\t{own['stream']}\t\\\\x{own['file']}00\n"
            for owns in copies.values()
            for own in owns
            for number in (own["number"],)
        )
        _copy(
            cur,
            "registrations (year, number, register_number, request_id, tracking_hmac)",
            registrations,
        )

    def _any_request(self) -> DataRequest:
        request = self._told[0].request
        assert request is not None
        return request

    def _staff(self) -> list[str]:
        """The facts of the officers' accounts, added the day before."""
        return [
            _plain_line(
                officer,
                "StaffAdded",
                {"staff_id": officer, "role": role, "agency": agency},
                ("setup", "operator"),
                second,
            )
            for second, (officer, role, agency) in enumerate(self._accounts())
        ]

    def _accounts(self) -> list[tuple[str, str, str | None]]:
        return [
            (officer, role, agency)
            for role, officers in self._officers.items()
            for officer, agency in officers
        ]

    def _refused_sign_ins(self, missing: int) -> list[str]:
        """As many facts as are missing to the number asked for."""
        told = [account[0] for account in self._accounts()]
        return [
            _plain_line(
                told[n % len(told)],
                "SignInRefused",
                {"staff_id": told[n % len(told)]},
                ("", "public"),
                60 + n,
                version=2 + n // len(told),
            )
            for n in range(missing)
        ]


_NOON = datetime(2024, 1, 1, 5, tzinfo=UTC)
_CLEARED_BY = FIRST_DAY + timedelta(days=120)
_UPLOADED = UploadedFile("@file@f0", 48213, "umkm.csv")
_CLEAN_FILE = ClearedFile("@file@f0", "umkm.csv", "text/csv", 48213, 812)
_MASKED_FILE = ClearedFile(
    "@file@f1",
    "umkm-tersamarkan.csv",
    "text/csv",
    40117,
    812,
    ({"column": "nik_pemilik", "kind": "nik", "method": "dihilangkan", "cells": 812},),
)
_CONSEQUENCE_TEST = ConsequenceTest(
    "UK-2024-001",
    Tested(
        information="Keterangan usaha dan data pribadi dalam pendataan",
        exceptions=("b", "h"),
        if_opened="Keadaan keuangan pelaku usaha dapat diketahui pesaingnya.",
        if_closed="Pelaku usaha tetap bersedia memberikan data yang benar.",
        decree="188.45/1/35.73.411/2024",
        decree_on=FIRST_DAY,
        valid_from=FIRST_DAY,
    ),
    FIRST_DAY,
)
_ENTRY = DaftarDataEntry(
    title="Jumlah UMKM per kecamatan",
    concept="Usaha mikro, kecil, dan menengah",
    definition="Usaha produktif milik perorangan atau badan usaha perorangan",
    classification="Kecamatan",
    measure="Jumlah",
    unit="Unit usaha",
    produsen_data="@agency@",
)


def _earlier_request() -> DataRequest:
    """A cleared one, whose number each copy fills in."""
    today = _today(_NOON)
    request = DataRequest.submit(
        _PEMOHON,
        today,
        request_id=UUID(int=1),
        register_number="@cites@",
        form=Form("Jumlah UMKM per kecamatan", _PURPOSE, "masyarakat_umum"),
        tracking_code="ABCDEFGHJK",
        seal=lambda name, text: "",
    )
    request.find_in_dip(_PPID, today, dip_entry="dip-2026-014")
    request.provide_data_on_hand(_PPID, today, file=_UPLOADED, seal=lambda name, text: "")
    request.record_masking(_PPID, today, original_digest=_UPLOADED.digest, file=_MASKED_FILE)
    return request


def _refusal(code: str) -> Refusal:
    why = "Data memuat keterangan yang dilindungi dan tidak dapat kami berikan."
    return Refusal(code, why, consequence_test=_CONSEQUENCE_TEST)


def _note_daftar_data(updated: dict[str, Any]) -> Callable[[DataRequest, Actor, Today], None]:
    return lambda request, by, today: request.note_daftar_data(by, today, **updated)


def _today(at: datetime) -> Today:
    return Today(at, at.astimezone(JAKARTA).date(), _CALENDAR)


_EARLIER = _earlier_request()


def _plain_line(
    stream: str,
    type_: str,
    told: dict[str, Any],
    by: tuple[str, str],
    second: int,
    *,
    version: int = 1,
) -> str:
    at = (_NOON + timedelta(seconds=second)).isoformat()
    values = (stream, version, type_, _json(told), at, at, *by, None, None, None, stream)
    return "\t".join(map(_text, values)) + "\n"


def _json(told: dict[str, Any]) -> str:
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def _own(text: str) -> str:
    """A format string: what differs from copy to copy has become a place to fill."""
    return _PLACES.sub(
        lambda found: _OWN.get(found[0]) or f"%({found[0].strip('@')})s", text.replace("%", "%%")
    )


def _text(value: Any) -> str:
    return "\\N" if value is None else str(value)


def _copy(cur: Any, into: str, lines: Any) -> None:
    cur.copy_expert(f"COPY {into} FROM STDIN", io.StringIO("".join(lines)))


if __name__ == "__main__":
    fill(sys.argv[1], int(sys.argv[2]))
