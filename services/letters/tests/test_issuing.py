"""From a fact to an issued letter: once, with a number without a gap, sealed, announced."""

import io
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import jsonschema
import psycopg2
import pytest
from chassis.actor import Actor
from chassis.jobs import Later
from chassis.keyring import Keyring
from letters_service.adapters.published import PUBLISHED
from letters_service.adapters.typesetter import Typesetter
from letters_service.domain.errors import FactIncomplete, LetterNotRendered
from letters_world import ADDRESS, NAME, NARRATIVE, SITI, Story, a_world
from pypdf import PdfReader

pytestmark = pytest.mark.servers

CONTRACTS = Path(__file__).parents[1] / "contracts"


@pytest.fixture
def world(database, tmp_path):
    with a_world(database("letters"), tmp_path / "files") as world:
        yield world


def words(world, letter) -> str:
    key = Keyring(world.pool, world.settings.secret_key).known_key_of(letter["owner"])
    pdf = world.app._files.get(letter["address"], key)
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    return " ".join(text.split())


def test_a_submitted_request_gets_its_receipt(world):
    story = Story()

    (letter,) = world.issue(story.submitted())

    assert letter["kind"] == "tanda_bukti_penerimaan"
    assert letter["number"].startswith("500.12.5.1/1/35.73.411/")
    assert letter["owner"] == SITI
    assert "Siti Rahmawati" in words(world, letter)
    assert "pukul 08.30 WIB" in words(world, letter)
    assert world.jobs() == []


def test_a_letter_that_an_acting_officer_decided_is_signed_so(world):
    story, rudi = Story(), Actor("u-rudi", "ppid", None, "plh")

    (letter,) = world.issue(replace(story.refused(at_step=6), actor=rudi))

    assert "Plh. Pejabat Pengelola Informasi dan Dokumentasi," in words(world, letter)
    assert ("ppid", "u-rudi") == _asked_of_the_signer(world)

    by_the_head = world.issue(story.refused(at_step=10))[-1]

    assert "Plh." not in words(world, by_the_head)
    assert (None, None) == _asked_of_the_signer(world)


def test_what_no_officer_of_the_office_decided_is_signed_by_who_stands_in(world):
    story = Story()
    citizen = Actor(str(SITI), "pemohon")
    world.requests.signer = {"capacity": "plt", "name": "Rudi Hartono"}

    (receipt,) = world.issue(replace(story.submitted(), actor=citizen))

    assert "Plt. Pejabat Pengelola Informasi dan Dokumentasi," in words(world, receipt)
    assert "Rudi" not in words(world, receipt)  # An office that does not sign by name.
    assert ("ppid", None) == _asked_of_the_signer(world)


def _asked_of_the_signer(world):
    _, query, _ = world.requests.asked[-1]
    return tuple(query.get(name, [None])[0] for name in ("office", "officer"))


def test_the_letter_is_announced_with_the_fact_that_asked_for_it(world):
    submitted = Story().submitted()

    (letter,) = world.issue(submitted)

    ((type_, data),) = world.facts()
    public = PUBLISHED[type_](data)
    assert type_ == "LetterIssued"
    assert public["letter_id"] == str(letter["letter_id"])
    assert world.pool.execute("SELECT causation FROM facts") == [(submitted.id,)]
    schema = json.loads((CONTRACTS / "LetterIssued.v1.schema.json").read_text())
    jsonschema.validate(public, schema)


@pytest.mark.parametrize("name", ["LetterIssued", "PersonForgotten"])
def test_the_examples_keep_to_their_schemas(name):
    schema = json.loads((CONTRACTS / f"{name}.v1.schema.json").read_text())

    jsonschema.validate(json.loads((CONTRACTS / f"{name}.v1.example.json").read_text()), schema)


def test_every_letter_of_a_refused_request_is_issued_in_its_turn(world):
    story = Story()

    letters = world.issue(
        story.submitted(),
        story.forwarded(),
        story.refused(),
        story.refusal_sent(),
        story.refusal_notified(),
    )
    for _ in range(6):
        world.work()

    by_kind = {letter["kind"]: letter for letter in world.letters()}
    assert set(by_kind) == {
        "tanda_bukti_penerimaan",
        "surat_permohonan_data",
        "pemberitahuan_tertulis",
        "surat_penolakan_ppid",
        "surat_penolakan_pemohon",
    }
    assert len(letters) <= 5
    assert by_kind["surat_penolakan_ppid"]["number"] in words(
        world, by_kind["surat_penolakan_pemohon"]
    ).replace(" ", "").replace("Nomor", "")
    assert NARRATIVE in words(world, by_kind["surat_penolakan_pemohon"])


def test_every_letter_of_a_granted_request_is_issued_in_its_turn(world):
    story = Story()

    world.issue(
        story.submitted(),
        story.forwarded(),
        story.fact("RequestGranted"),
        story.handed_over(),
        story.masked(),
        story.delivered(),
    )
    for _ in range(6):
        world.work()

    assert {letter["kind"] for letter in world.letters()} == {
        "tanda_bukti_penerimaan",
        "surat_permohonan_data",
        "pemberitahuan_tertulis",
        "surat_penyampaian_ppid",
        "pemberitahuan_tambahan",
        "surat_penyampaian_pemohon",
    }


def test_a_fact_that_is_heard_again_or_late_makes_no_second_letter(world):
    story = Story()
    first, second = story.submitted(), story.forwarded()

    world.issue(second, first)
    letters = world.issue(first, second, second, first)

    assert sorted(letter["kind"] for letter in letters) == [
        "surat_permohonan_data",
        "tanda_bukti_penerimaan",
    ]


def test_a_job_that_runs_again_after_a_crash_issues_nothing_twice(world):
    world.hear(Story().submitted())
    (job,) = world.jobs()

    world.app.issue(job)
    world.app.issue(job)

    assert len(world.letters()) == 1
    assert [type_ for type_, _ in world.facts()] == ["LetterIssued"]


def test_facts_in_the_wrong_order_leave_the_same_knowledge(world):
    story = Story()
    submitted, forwarded = story.submitted(), story.forwarded()

    world.hear(forwarded, submitted)

    known = world.pool.query("SELECT agency, submitted_on::text, sequence FROM known_requests")
    assert known == [{"agency": "diskopindag", "submitted_on": "2026-11-20", "sequence": 2}]


class PressThatFails:
    """The real one, but every third call fails: after the number is taken, and before."""

    def __init__(self) -> None:
        self._press = Typesetter()
        self.edition = self._press.edition
        self.calls = 0
        self._lock = threading.Lock()

    def pdf(self, kind, content, *, issued_at):
        with self._lock:
            self.calls += 1
            fails = self.calls % 3 == 0
        if fails:
            raise LetterNotRendered("as the test wants it")
        return self._press.pdf(kind, content, issued_at=issued_at)


def test_fifty_letters_by_eight_threads_with_failures_leave_no_gap(world):
    press = PressThatFails()
    world.app._press = lambda: press
    world.hear(*(Story(f"2026-{n:04}").submitted() for n in range(50)))

    def persist(job):
        for _ in range(20):
            try:
                return world.app.issue(job)
            except LetterNotRendered:
                continue
        raise AssertionError("never issued")

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(persist, world.jobs()))

    letters = world.letters()
    assert press.calls > 60
    assert sorted(letter["running"] for letter in letters) == list(range(1, 51))
    assert len({letter["number"] for letter in letters}) == 50
    assert len({letter["token"] for letter in letters}) == 50
    assert len(world.facts()) == 50


def test_a_letter_that_cannot_be_printed_uses_up_no_number(world):
    world.requests.fields["name"] = "Wang 王"
    assert world.issue(Story("2026-0001").submitted()) == []
    ((reason,),) = world.pool.execute("SELECT reason FROM jobs")
    assert "U+738B" in reason
    assert "王" not in reason
    world.requests.fields["name"] = NAME

    letters = world.issue(Story("2026-0002").submitted())

    assert [letter["running"] for letter in letters] == [1, 2]


def test_each_unit_and_each_year_has_a_register_of_its_own(world, monkeypatch):
    monkeypatch.setenv("CLOCK", "2026-12-31T10:00+07:00")
    story = Story()
    world.issue(story.submitted(), story.forwarded(), story.refused(), story.refusal_sent())
    monkeypatch.setenv("CLOCK", "2027-01-04T08:00+07:00")

    letters = world.issue(Story("2027-0001").submitted())

    assert [(letter["unit"], letter["year"], letter["running"]) for letter in letters] == [
        ("35.73.411", 2026, 1),
        ("35.73.411", 2026, 2),
        ("35.73.411", 2026, 3),
        ("35.73.412", 2026, 1),
        ("35.73.411", 2027, 1),
    ]


def test_the_date_of_a_letter_is_that_of_jakarta(world, monkeypatch):
    monkeypatch.setenv("CLOCK", "2026-12-31T17:30+00:00")

    (letter,) = world.issue(Story().submitted())

    assert letter["issued_on"].isoformat() == "2027-01-01"
    assert letter["number"].endswith("/2027")
    assert letter["issued_at"].astimezone(UTC) >= datetime(2026, 12, 31, 17, 30, tzinfo=UTC)


def test_the_refusal_waits_for_the_letter_of_the_agency(world):
    story = Story()
    story.agency = "diskopindag"
    world.hear(story.refusal_notified())
    (job,) = world.jobs()

    for _ in range(8):
        with pytest.raises(Later, match="surat_penolakan_ppid"):
            world.app.issue(job)

    assert world.letters() == []


def test_a_refusal_at_the_first_check_cites_no_agency(world):
    story = Story()
    story.agency = None

    (letter,) = world.issue(story.refusal_notified(cites_pembantu=False))

    assert "dan berdasarkan" not in words(world, letter)


@pytest.mark.parametrize("status", [404, 500, 503])
def test_while_requests_is_away_the_letter_waits_and_takes_no_number(world, status):
    world.requests.status = status
    world.hear(Story().submitted())

    with pytest.raises(Later):
        world.app.issue(world.jobs()[0])

    assert world.letters() == []
    assert world.pool.execute("SELECT * FROM registers") == []


def test_requests_is_asked_for_no_more_than_the_letter_needs(world):
    story = Story()
    submitted, forwarded, delivered = story.submitted(), story.forwarded(), story.delivered()

    world.issue(submitted, forwarded, delivered)

    asked = {query["fact"][0]: query["fields"][0] for _, query, _ in world.requests.asked}
    assert asked == {
        submitted.id: "name,acts_for",
        forwarded.id: "",
        delivered.id: "name,institution,address",
    }
    bearer = world.requests.asked[0][2].removeprefix("Bearer ")
    claims = world.tokens_of("requests").verify(bearer, purpose="service", issuer="letters")
    assert claims["iss"] == "letters"


def test_a_forgotten_pemohon_gets_no_letter_and_the_log_says_why(world):
    world.requests.status = 410

    assert world.issue(Story().submitted()) == []

    assert world.facts() == [
        ("LetterNotIssued", {"letter": "tanda_bukti_penerimaan", "reason": "pemohon_forgotten"})
    ]
    assert world.jobs() == []


def test_a_letter_between_offices_that_names_nobody_is_issued_all_the_same(world):
    world.requests.status = 410
    story = Story()
    story.agency = "diskopindag"

    world.hear(story.handed_over())
    for _ in range(6):
        world.work()

    (letter,) = world.letters()
    assert letter["kind"] == "surat_penyampaian_ppid"
    assert letter["owner"] == story.request_id


def test_a_refusal_without_reasons_gets_no_number(world):
    world.requests.texts["narrative"] = ""
    story = Story()
    world.hear(story.refusal_notified(cites_pembantu=False))

    with pytest.raises(FactIncomplete):
        world.app.issue(world.jobs()[0])

    assert world.pool.execute("SELECT * FROM registers") == []


def test_no_personal_data_lies_open_in_the_database_or_the_files(world):
    story = Story()
    world.issue(story.submitted(), story.forwarded(), story.refused())

    kept = world.everything_kept()

    assert "Siti" not in kept
    assert ADDRESS not in kept
    assert "skripsi" not in kept
    assert "%PDF" not in kept
    assert len(list(world.folder.rglob("*"))) > 2


def test_an_erased_person_is_forgotten_and_the_register_keeps_its_numbers(world):
    story = Story()
    world.issue(story.submitted())
    erased = story.fact("PersonErased", person_id=str(SITI), request_id=str(story.request_id))

    world.app.forget(erased)
    world.app.forget(erased)

    assert [type_ for type_, _ in world.facts()] == ["LetterIssued", "PersonForgotten"]
    assert world.facts()[-1][1] == {
        "person_id": str(SITI),
        "destroyed": 1,
        "kept": 0,
        "kept_because": None,
    }
    assert [letter["running"] for letter in world.letters()] == [1]
    assert world.pool.execute("SELECT wrapped FROM keys WHERE owner = %s", (SITI,)) == [(None,)]


def test_a_letter_asked_for_after_the_erasure_is_not_written(world):
    story = Story()
    world.issue(story.submitted())
    world.app.forget(
        story.fact("PersonErased", person_id=str(SITI), request_id=str(story.request_id))
    )

    world.issue(story.fact("DeadlineExtended", reason_code="belum_diputus",
                           new_statutory_due="2026-12-15"))  # fmt: skip

    assert len(world.letters()) == 1
    assert world.facts()[-1][0] == "LetterNotIssued"


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE letters SET number = '1'",
        "DELETE FROM letters",
        "TRUNCATE letters",
    ],
)
def test_an_issued_letter_can_be_neither_changed_nor_taken_away(world, sql):
    world.issue(Story().submitted())

    with pytest.raises(psycopg2.Error):
        world.pool.execute(sql)

    assert len(world.letters()) == 1


def test_what_made_the_letter_is_kept_beside_it(world):
    (letter,) = world.issue(Story().submitted())

    assert letter["edition"].startswith("typst 0.15")
    assert isinstance(letter["letter_id"], UUID)
