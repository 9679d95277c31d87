"""Random officers and Pemohon live whole lives of requests over the HTTP API.

What the API says is open to somebody can be done; what it does not say cannot, and leaves no trace.
Every request has a way on; the two clocks are those of a computation that shares no code with ours.
"""

import os
from datetime import date, datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID, uuid4

import holidays
import numpy
import pytest
from chassis import log
from chassis.actor import Actor
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from requests_service.domain.choices import GROUNDS
from requests_service.domain.commands import COMMANDS
from requests_service.domain.errors import NotTheOwner
from requests_service.domain.going_back import WAYS
from requests_service.domain.sop import ACTS, SOP, STEPS, LegalAct

from services.requests.tests import builders as b
from services.requests.tests.conftest import a_submission

pytestmark = pytest.mark.servers

LIVES = int(os.environ.get("LIVES", "4"))
"""How many lives are lived; LIVES=500 for a night."""
ACTS_OF_A_LIFE = 40
WHY = "Dokumennya masih dikumpulkan dari arsip kecamatan."
STANDARD = dict.fromkeys(
    ("title", "concept", "definition", "classification", "measure", "unit", "produsen_data"),
    "Jumlah usaha per kecamatan",
)
WAYS_IN = ({}, {"came_by": "surat", "arrived_on": ""})
"""By the Pemohon's own hand, and by letter, which the PPID enters."""
BODIES: dict[str, tuple[dict[str, Any], ...]] = {
    "check-availability": ({"agency": "diskopindag"}, {"agency": "dinsos"}, {"dip_entry": "dip-1"}),
    "split-off": ({"data_wanted": "Jumlah penerima bantuan sosial per kecamatan",
                   "kept": "Jumlah UMKM per kecamatan tahun 2025"},),
    "forward": ({}, {"agency": "dinsos"}, {"agency": "diskopindag", "message": WHY}),
    "decline": ({"reason": WHY},),
    "grant": (
        {},
        {"refused_parts": "Nama pemilik usaha", "reason_code": "tidak_dikuasai",
         "narrative": b.NARRATIVE},
    ),
    "refuse": ({"reason_code": "tidak_dapat_disamarkan", "narrative": b.NARRATIVE,
                "consequence_test": "UK-2026-001"},
               {"reason_code": "bukan_informasi_publik", "narrative": b.NARRATIVE}),
    "state-fee": ({"sheets": 12, "sending": 15000},),
    "record-payment": ({"paid_on": "2026-01-02", "receipt": "STS-17"},),
    "waive-fee": ({"reason": WHY},),
    "confirm-refusal": ({},),
    "send-back-refusal": ({"words": WHY},),
    "hand-over": ({"receipt": "…"},),
    **{way: ({"reason": WHY},) for way in WAYS},
    "clear-personal-data": ({"cites": "2026-0001"},),
    "hand-to-walidata": ({},),
    "list-in-daftar-data": ({"year": 2030, **STANDARD},),
    "draft-delivery": ({}, {"cover_note": "Data sampai dengan triwulan ketiga."}),
    "deliver": ({},),
    "send-refusal": ({},),
    "notify-refusal": ({},),
    "receive": ({},),
    "return": ({"missing": ["tujuan"], "explanation": "Mohon jelaskan pemakaian datanya."},),
    "complete": tuple({"answer": "Untuk bahan skripsi saya"} | way for way in WAYS_IN),
    "close": ({},),
    "withdraw": ({}, {"reason": "Sudah tidak perlu"}),
    "extend": ({"days": 7, "reason_code": "belum_dikuasai", "reason": WHY},
               {"days": 2, "reason_code": "belum_diputus", "reason": WHY}),
    "object": tuple({"ground": ground, "case": "Data yang saya minta belum diberikan."} | way
                    for way in WAYS_IN for ground in GROUNDS),
    "decide-objection": tuple({"decision": decision, "reason": "Alasan PPID sudah tepat."}
                              for decision in ("ditolak", "dikabulkan")),
    "reopen": tuple({"to_step": step, "basis": "keputusan_ppid", "reason": WHY}
                    for step in (10, 8, 6)),
    "record-dispute": ({"number": "012/XI/KI-Prov/2026", "filed_on": ""},),
    "record-dispute-decision": ({"outcome": "dikabulkan", "decision": "7/2026",
                                 "decided_on": ""},),
    "write": ({"text": "Apakah data per kelurahan sudah cukup?"},),
    "rate": ({"score": 4}, {"score": 5, "remark": "Cepat dan jelas."}),
    "request-erasure": ({},),
    "decide-erasure": ({"decision": "ditolak", "reason_code": "arsip",
                        "reason": "Masih disimpan menurut jadwal."},),
}  # fmt: skip
"""What is sent with each command; one of them fits where the command is open."""
PEOPLE = {
    "ppid": ("ppid", None),
    "diskopindag": ("ppid_pembantu", "diskopindag"),
    "dinsos": ("ppid_pembantu", "dinsos"),
    "walidata": ("walidata", None),
    "atasan": ("atasan_ppid", None),
    "auditor": ("auditor", None),
}
OFF = numpy.array(
    sorted(
        {
            *holidays.ID(years=range(2024, 2028)),
            *holidays.ID(years=range(2024, 2028), categories=("government",)),
        }
    ),
    dtype="datetime64[D]",
)


def working_days_after(start: date, days: int) -> date:
    """By numpy, on the lists of `holidays`; the day of receipt is day zero."""
    if not days:
        return start
    first = numpy.busday_offset(start, 0, roll="preceding", holidays=OFF)
    return numpy.busday_offset(first, days, holidays=OFF).astype(object)


class Life(RuleBasedStateMachine):
    """One request, and everybody who tries something with it."""

    world: ClassVar[Any]

    @initialize(start=st.dates(date(2026, 1, 2), date(2026, 12, 20)), hour=st.integers(0, 23))
    def submit(self, start: date, hour: int) -> None:
        """Step 5."""
        self.now = datetime.fromisoformat(f"{start}T{hour:02}:30+07:00")
        self.world.clock_at(self.now.isoformat())
        told = self.world.client.post("/api/requests", json=a_submission()).json()
        self.id, self.code, self.submitted_on = told["id"], told["tracking_code"], start
        self.pemohon = self.world.app.reading.pemohon_with(UUID(self.id), self.code)

    @rule(hours=st.integers(1, 80))
    def time_passes(self, hours: int) -> None:
        """Over nights, weekends, holidays and the end of a year."""
        if self.now.year < 2027:
            self.now += timedelta(hours=hours)
            self.world.clock_at(self.now.isoformat())

    @rule(name=st.sampled_from(sorted(COMMANDS)), who=st.sampled_from(["pemohon", *PEOPLE]))
    def somebody_tries(self, name: str, who: str) -> None:
        """Open or not, with each body that there is for it, until one is taken."""
        self._try(name, who, is_open=name in self._open(who))

    @rule(data=st.data())
    def somebody_goes_on(self, data: st.DataObject) -> None:
        """Something that is open."""
        open_ = sorted((who, name) for who in ("pemohon", *PEOPLE) for name in self._open(who))
        if open_:
            who, name = data.draw(st.sampled_from(open_))
            self._try(name, who, is_open=True)

    @rule()
    def the_specialists_report(self) -> None:
        """`privacy` found the file clean; `letters` issued what was asked for."""
        app, request, service = self.world.app, self._get("ppid"), Actor("letters", "service")
        if request["step"] == 10 and request["file_digest"]:
            app.reports.record_clean(UUID(self.id), self._officer("ppid"), file=b.CLEAN_FILE,
                             because_of=f"privacy-{uuid4().int % 10**9}")  # fmt: skip
        if request["step"] == 16 and not request["delivery_letter_on"]:
            letter = b.a_letter("surat_penyampaian_pemohon", b.on(self.now.date().isoformat()))
            app.reports.record_letter(UUID(self.id), service, letter=letter)
        if request["decision"] and not request["notice_issued_on"]:
            letter = b.a_letter("pemberitahuan_tertulis", b.on(self.now.date().isoformat()))
            app.reports.record_letter(UUID(self.id), service, letter=letter)

    @invariant()
    def there_is_a_way_on(self) -> None:
        """Somebody can go on with whatever has not ended; a report may have to come first."""
        if not hasattr(self, "id"):
            return
        request = self._get("ppid")
        if request["state"] in ("open", "returned"):
            everybodys = {name for who in ("pemohon", *PEOPLE) for name in self._open(who)}
            waits_for_report = (request["step"] == 10 and request["file_digest"]) or (
                request["step"] == 16 and not request["delivery_letter_on"]
            )
            assert everybodys - BESIDE or waits_for_report, request

    def teardown(self) -> None:
        """What was recorded is true and complete."""
        if not hasattr(self, "id"):
            return
        for fact in self._facts():
            _must_be_by_the_right_one(fact)
            _must_have_its_reasons(fact)
        _must_have_true_clocks(self._facts(), self.submitted_on)

    def _try(self, name: str, who: str, *, is_open: bool) -> None:
        before, statuses = len(self._facts()), []
        for body in BODIES[name]:
            answer = self.world.client.post(
                f"/api/requests/{self.id}/{name}", json=self._sent(name, body),
                headers=self._headers(who),
            )  # fmt: skip
            statuses.append(answer.status_code)
            if answer.status_code == 200:
                break
            assert answer.json()["title"].strip()
        if is_open and name not in NEEDS_MORE:
            assert statuses[-1] == 200, (name, who, answer.json())
        if not is_open:
            assert set(statuses) <= {403, 409, 422}, (name, who, statuses)
        assert len(self._facts()) == before + (statuses[-1] == 200)

    def _sent(self, name: str, body: dict[str, Any]) -> dict[str, Any]:
        for day in {"filed_on", "decided_on", "arrived_on"} & set(body):
            body = body | {day: self.now.date().isoformat()}
        if name != "hand-over":
            return body
        claims = {"request_id": self.id, "digest": b.ORIGINAL, "size": 10, "filename": "umkm.csv"}
        receipt = self.world.privacy.sign(claims, purpose="receipt", seconds=60)
        return {"receipt": receipt}

    def _open(self, who: str) -> list[str]:
        by = self.pemohon if who == "pemohon" else self._officer(who)
        try:
            commands: list[str] = self.world.app.reading.get(UUID(self.id), by)["commands"]
        except NotTheOwner:
            return []
        return commands

    def _get(self, who: str) -> dict[str, Any]:
        found: dict[str, Any] = self.world.app.reading.get(UUID(self.id), self._officer(who))
        return found

    def _headers(self, who: str) -> dict[str, str]:
        if who == "pemohon":
            return {"X-Tracking-Code": self.code}
        token = self.world.app.accounts.session(self.world.members[who], seconds=600)
        return {"Authorization": f"Bearer {token}"}

    def _officer(self, who: str) -> Actor:
        member = self.world.members[who]
        return Actor(member.id, member.role, member.agency)

    def _facts(self) -> list[log.StoredFact]:
        return log.stream(self.world.app.pool, UUID(self.id))


BESIDE = {
    "object", "decide-objection", "request-erasure", "decide-erasure", "extend", "write", "rate",
    "record-dispute", "record-dispute-decision", "split-off",
}  # fmt: skip
"""Nobody need do these for a request to end."""
NEEDS_MORE = {"clear-personal-data"}
"""Open by the table, and refused without something outside of the request."""


def _must_be_by_the_right_one(fact: log.StoredFact) -> None:
    types = {each.__name__: each for each in ACTS} | {
        each.__name__: each for step in SOP for each in step.outcomes
    }
    if fact.type not in types:
        return
    type_ = types[fact.type]
    outcome = ACTS.get(type_) or next(s.outcomes[type_] for s in SOP if type_ in s.outcomes)
    if isinstance(outcome, LegalAct):
        entered = outcome.enterable and fact.data["came_by"]
        role = "ppid" if entered else outcome.role_at(fact.data["step"])
        assert fact.data["role"] == role
    elif fact.type != "RequestRefused":
        assert fact.data["role"] == outcome.role
    if fact.data["role"] == "ppid_pembantu":
        # Who declines leaves the request without an agency.
        assert fact.actor.agency == fact.data.get("declined_by", fact.data["agency"])


def _must_have_its_reasons(fact: log.StoredFact) -> None:
    if fact.type in ("RequestRefused", "RequestGrantedInPart"):
        assert fact.data["reason_code"] and fact.data["article"] and fact.data["narrative_sealed"]


def _must_have_true_clocks(facts: list[log.StoredFact], submitted_on: date) -> None:
    statutory, step_due = working_days_after(submitted_on, 10), None
    paused_on: date | None = None
    missed = False
    for fact in facts:
        told, on = fact.data, date.fromisoformat(fact.data["on"])
        if fact.type == "RequestReturned":
            paused_on, missed = on, on > statutory
        elif fact.type == "RequestCompleted":
            assert paused_on is not None
            stood = int(numpy.busday_count(paused_on + timedelta(1), on + timedelta(1),
                                           holidays=OFF))  # fmt: skip
            if stood and not missed:
                statutory = working_days_after(statutory, stood)
            step_due = working_days_after(step_due, stood) if stood and step_due else step_due
            paused_on = None
        elif fact.type == "RequestReopened":
            statutory = working_days_after(on, 10)
        elif fact.type == "DeadlineExtended":
            statutory = working_days_after(statutory, told["days"])
        if told["next_step"] != told["step"] and told["next_step"]:
            step_due = working_days_after(on, STEPS[told["next_step"]].working_days)
        if paused_on or told["next_step"] is None:
            assert told["next_due"] is None
            continue
        assert told["next_due"] == str(step_due), fact
        assert told["statutory_due"] == str(statutory), fact


@pytest.fixture
def world(client, app, clock_at, privacy_tokens, consequence_test):
    """The service on a database of its own, and officers with accounts."""
    members = {
        who: app.accounts.add(
            username=who, name=f"Petugas {who}", role=role, agency=agency,
            password="kata-sandi-uji", by=Actor("operator", "operator"),
        )
        for who, (role, agency) in PEOPLE.items()
    }  # fmt: skip

    class World:
        pass

    made: Any = World()
    made.client, made.app, made.clock_at = client, app, clock_at
    made.members, made.privacy = members, privacy_tokens
    return made


def test_every_command_is_tried():
    assert set(BODIES) == set(COMMANDS)


def test_any_life_of_a_request_goes_by_the_sop_and_the_law(world):
    Life.world = world

    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=LIVES,
            stateful_step_count=ACTS_OF_A_LIFE,
            deadline=None,
            # A life that went wrong is told whole; making it smaller takes minutes.
            phases=[Phase.reuse, Phase.generate],
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        ),
    )
