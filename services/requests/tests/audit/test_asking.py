"""The auditor's questions on a real log: each finds what it asks for, and nothing else."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from chassis import clock
from chassis.actor import Actor
from chassis.postgres import Pool, connect
from psycopg2.extensions import parse_dsn
from requests_service.audit.asking import Asked, list_facts, reached
from requests_service.audit.filters import FilterInvalid, filters_from
from requests_service.audit.one_request import difference, lost_versions, state_at, timeline
from requests_service.audit.question import Answer, asked_from
from requests_service.audit.questions import QUESTIONS
from requests_service.audit.seals import Sealed
from requests_service.projections import runner
from requests_service.projections.trail import TRAIL
from requests_service.sealing.notes import Signer
from requests_service.sealing.sealer import seal, sign

from services.requests.tests import builders as b
from services.requests.tests.application.test_requests import issue, mask, submit, to_step_10

pytestmark = pytest.mark.servers
LETTERS = Actor("letters", "service")
ORIGIN = "audit.example/requests"


@pytest.fixture(autouse=True)
def _the_clock(clock_at):
    """Friday, ten in the morning in Malang."""


@pytest.fixture
def owner(pool: Pool, postgres_url: str) -> Iterator[Any]:
    """Who may do to the log what nobody should: a cursor of a superuser."""
    url = postgres_url.format(database=parse_dsn(pool.dsn)["dbname"])
    with closing(connect(url)) as conn, conn.cursor() as cur:
        cur.execute("SET session_replication_role = replica")
        yield cur


def seal_all(pool: Pool) -> None:
    with pool.connection() as conn, conn.cursor() as cur:
        seal(cur, 1000)
        sign(cur, ORIGIN, [Signer(ORIGIN, b"k" * 32)])


def ask(app: Any, code: str, **given: str) -> Answer:
    """With the trail at the end of the log."""
    with app.pool.connection() as conn, conn.cursor() as cur:
        step = runner.follow(TRAIL)
        while step(cur):
            pass
    question = QUESTIONS[code]
    return question.answer(asked_from(app, question, given, None))


def now(app: Any) -> str:
    """By the database's clock, which says when something was recorded."""
    return app.pool.execute("SELECT clock_timestamp()")[0][0].isoformat()


def last_position(app: Any) -> int:
    return int(app.pool.execute("SELECT max(position) FROM facts")[0][0])


def told(answer: Answer) -> dict[str, Any]:
    return {row["what"]: row["value"] for row in answer.rows}


def test_each_answers_a_log_with_nothing_in_it(app):
    submit(app)
    given = {
        "keadaan": {"request": "2026-0001"},
        "tindakan-petugas": {"actor": "letters"},
        "perubahan-sekitar": {"around": "2026-11-20"},
        "beda": {"request": "2026-0001", "from": "2026-11-20"},
    }
    app.reports.record_letter(
        app.reading.id_of("2026-0001"), LETTERS, letter=b.a_letter("tanda_bukti_penerimaan"),
        because_of="letters-1", at=clock.now(),
    )  # fmt: skip

    answers = {code: ask(app, code, **given.get(code, {})) for code in QUESTIONS}

    assert ["keadaan", "terlambat-dicatat", "tindakan-petugas"] == sorted(
        code for code, answer in answers.items() if answer.rows
    )


def test_a_request_stood_as_its_facts_up_to_then_say(app, desk, clock_at):
    request_id, _ = submit(app)
    submitted = last_position(app)
    clock_at("2026-11-23T10:00+07:00")
    app.find_owner(request_id, desk.ppid, agency="dinsos")

    assert told(ask(app, "keadaan", request="2026-0001", as_of="2026-11-20"))["step"] == 6
    assert told(ask(app, "keadaan", request="2026-0001", as_of=str(submitted)))["step"] == 6
    assert told(ask(app, "keadaan", request="2026-0001", as_of="2026-11-23"))["step"] == 7
    # As the pages show a time: without its seconds it is the whole minute.
    assert told(ask(app, "keadaan", request="2026-0001", as_of="2026-11-23T10:00"))["step"] == 7
    assert told(ask(app, "keadaan", request="2026-0001", as_of="2026-11-23T09:59"))["step"] == 6
    assert ask(app, "keadaan", request="2026-0001", as_of="2026-11-19").rows == []


def test_a_report_that_came_late_was_true_before_it_was_known(app, desk, privacy_tokens, clock_at):
    request_id = to_step_10(app, desk, privacy_tokens)
    masked_at = clock.now()
    known_before = now(app)
    clock_at("2026-11-24T10:00+07:00")
    app.legal_acts.extend(
        request_id, desk.ppid, days=3, reason_code="belum_diputus",
        reason="Data masih diperiksa bersama perangkat daerah yang memegangnya.",
    )  # fmt: skip
    app.reports.record_masking(
        request_id, desk.ppid, original_digest=b.ORIGINAL, file=b.MASKED_FILE,
        because_of="privacy-1", at=masked_at,
    )  # fmt: skip

    then = told(ask(app, "keadaan", request="2026-0001", as_of="2026-11-20"))
    known = told(ask(app, "keadaan", request="2026-0001", as_known_at=known_before))

    assert (11, False, "2026-12-04") == (then["step"], then["extended"], then["statutory_due"])
    assert (10, False) == (known["step"], known["extended"])


def test_what_changed_between_two_positions_is_told_with_the_facts_that_did_it(app, desk):
    request_id, _ = submit(app)
    before = last_position(app)
    app.find_owner(request_id, desk.ppid, agency="dinsos")
    found = last_position(app)

    answer = ask(app, "beda", request="2026-0001", **{"from": str(before), "to": str(found)})

    changed = {row["what"]: (row["then"], row["later"]) for row in answer.rows}
    assert ((6, 7), (None, "dinsos")) == (changed["step"], changed["agency"])
    assert "register_number" not in changed
    assert [(found, "OwnerFound")] == [(fact["position"], fact["type"]) for fact in answer.facts]


def test_nothing_was_known_before_the_request_and_everything_after(app):
    request_id, _ = submit(app)

    found = difference(
        app, request_id, filters_from(app.pool, {"as_of": "2026-01-01"}),
        filters_from(app.pool, {}),
    )  # fmt: skip

    assert found.before is None
    assert found.after is not None
    assert ["RequestSubmitted"] == [fact["type"] for fact in found.facts]


def test_who_read_which_field_of_whom(app, desk):
    first, _ = submit(app)
    second, _ = submit(app)
    app.reading.identity(first, desk.ppid)
    app.reading.pemohon(second, ["email"], None, "notify")

    app.reading.pemohon(first, [], None, "letters")
    opened = b.a_letter("tanda_bukti_penerimaan")
    app.reports.record_letter(first, LETTERS, letter=opened, because_of="letters-1", at=clock.now())
    app.reports.record_letter_read(
        first, desk.ppid, letter=opened.letter, letter_id=opened.letter_id, because_of="letters-2"
    )
    app.reports.record_original_read(
        second, desk.diskopindag, digest=b.ORIGINAL, because_of="privacy-1", at=clock.now()
    )

    app.reports.record_paper_read(
        second, desk.ppid, paper_id=str(uuid4()), kind="ktp", digest=b.ORIGINAL,
        because_of="privacy-2", at=clock.now(),
    )  # fmt: skip

    by_nik = ask(app, "pembaca-data-pribadi", field="nik")
    originals = ask(app, "pembaca-data-pribadi", field="original")
    of_first = ask(app, "pembaca-data-pribadi", request="2026-0001")
    of_second = ask(app, "pembaca-data-pribadi", request="2026-0002")

    assert [("2026-0001", desk.ppid.id)] == [
        (row["register_number"], row["actor"]) for row in by_nik.rows
    ]
    assert [(desk.diskopindag.id, "OriginalRead")] == [
        (row["actor"], row["type"]) for row in originals.rows
    ]
    # The letter's issue is no reading; texts are, where no field was asked for.
    assert [
        (desk.ppid.id, ["tanda_bukti_penerimaan"]),
        ("letters", ["data_wanted", "purpose"]),
    ] == [(row["actor"], row["fields"]) for row in of_first.rows[:2]]
    assert [
        (desk.ppid.id, ["papers"]),
        (desk.diskopindag.id, ["original"]),
        ("notify", ["email", "data_wanted", "purpose"]),
    ] == [(row["actor"], row["fields"]) for row in of_second.rows]


def test_who_opened_a_letter_issued_none(app, desk):
    request_id, _ = submit(app)
    for n in range(2):
        app.reports.record_letter_read(
            request_id, desk.ppid, letter="surat_penolakan_pemohon", letter_id=str(uuid4()),
            because_of=f"letters-{n}",
        )  # fmt: skip

    assert ask(app, "surat-tanpa-dasar").rows == []
    assert app.reading.get(request_id, desk.ppid)["letters"] == []


def test_a_reading_is_kept_after_the_request_has_ended_and_moves_nothing(app, desk):
    request_id, _ = submit(app)
    app.legal_acts.withdraw(request_id, app.reading._pemohon_of(request_id))
    before = app.reading.get(request_id, desk.ppid)

    for _ in range(2):
        app.reports.record_original_read(
            request_id, desk.ppid, digest=b.ORIGINAL, because_of="privacy-1"
        )

    assert before == app.reading.get(request_id, desk.ppid)
    facts = [entry.type for entry in timeline(app, request_id, filters_from(app.pool, {}))]
    assert facts == ["RequestSubmitted", "RequestWithdrawn", "OriginalRead"]
    shown = [entry.fact for entry in app.reading.timeline(
        request_id, app.reading._pemohon_of(request_id))]  # fmt: skip
    assert "OriginalRead" not in shown


def test_what_one_officer_did_in_a_period(app, ppid_account, clock_at):
    request_id, _ = submit(app)
    app.find_owner(request_id, ppid_account, agency="dinsos")
    clock_at("2026-11-23T10:00+07:00")
    app.forward(request_id, ppid_account)

    answer = ask(app, "tindakan-petugas", actor="ppid", since="2026-11-20", until="2026-11-20")

    assert ["OwnerFound"] == [row["type"] for row in answer.rows]


def test_the_laws_deadline_was_missed_by_a_late_notice_and_by_silence(app, desk, clock_at):
    late, silent, in_time = (submit(app)[0] for _ in range(3))
    clock_at("2026-12-01T10:00+07:00")
    issue(app, in_time, "pemberitahuan_tertulis", "letters-1")
    clock_at("2026-12-09T10:00+07:00")
    letter = b.a_letter("pemberitahuan_tertulis", b.on("2026-12-09"))
    app.reports.record_letter(late, LETTERS, letter=letter, because_of="letters-2", at=clock.now())

    answer = ask(app, "tenggat-undang-undang")
    before_the_end = ask(app, "tenggat-undang-undang", as_of="2026-12-04")

    assert {late: letter.issued_on, silent: None} == {
        row["request_id"]: row["issued_on"] for row in answer.rows
    }
    assert {"2026-12-04"} == {row["statutory_due"].isoformat() for row in answer.rows}
    assert [["RequestSubmitted", "LetterIssued"], ["RequestSubmitted"]] == [
        [fact["type"] for fact in row["clock"]] for row in answer.rows
    ]
    assert before_the_end.rows == []


def test_only_the_first_answer_since_the_request_was_reopened_is_its_notice(app, desk, clock_at):
    answered, reopened = submit(app)[0], submit(app)[0]
    clock_at("2026-11-23T10:00+07:00")
    issue(app, answered, "pemberitahuan_tertulis", "letters-1")
    app.refusing.refuse(reopened, desk.ppid, refusal=b.NOT_HELD)
    issue(app, reopened, "pemberitahuan_tertulis", "letters-2")
    app.notify_refusal(reopened, desk.ppid)
    again = {"to_step": 6, "basis": "keputusan_ppid", "reason": "Datanya ternyata ada di arsip."}
    app.redress.reopen(reopened, desk.ppid, **again)
    clock_at("2026-12-21T10:00+07:00")
    letter = b.a_letter("surat_penyampaian_pemohon", b.on("2026-12-21"))
    app.reports.record_letter(
        answered, LETTERS, letter=letter, because_of="letters-3", at=clock.now()
    )

    rows = ask(app, "tenggat-undang-undang").rows

    assert [(reopened, None)] == [(row["request_id"], row["issued_on"]) for row in rows]


def test_a_step_that_ended_late_is_told_with_its_working_days_and_one_that_waits_too(
    app, desk, clock_at
):
    late, waiting, in_time = (submit(app)[0] for _ in range(3))
    app.find_owner(in_time, desk.ppid, agency="dinkes")
    # Due on Monday; done on Wednesday.
    clock_at("2026-11-25T10:00+07:00")
    app.find_owner(late, desk.ppid, agency="dinsos")

    answer = ask(app, "langkah-terlambat")

    told = {row["request_id"]: row for row in answer.rows}
    assert {late, waiting} == set(told)
    assert (6, 2, "2026-11-23", "2026-11-25", desk.ppid.id) == (
        told[late]["step"], told[late]["late_days"], told[late]["was_due"].isoformat(),
        told[late]["done_on"].isoformat(), told[late]["actor"],
    )  # fmt: skip
    assert (6, 2, None, "ppid") == (
        told[waiting]["step"], told[waiting]["late_days"], told[waiting]["done_on"],
        told[waiting]["role"],
    )  # fmt: skip
    assert told[waiting]["position"] < told[late]["position"]


def test_late_steps_are_narrowed_by_period_agency_and_office(app, desk, clock_at):
    late, waiting = (submit(app)[0] for _ in range(2))
    clock_at("2026-11-25T10:00+07:00")
    app.find_owner(late, desk.ppid, agency="dinsos")

    def found(**given: str) -> set[Any]:
        return {row["request_id"] for row in ask(app, "langkah-terlambat", **given).rows}

    assert found(agency="dinsos") == {late}
    assert found(role="ppid") == found(since="2026-11-25") == {late, waiting}
    # Of a past it is not known from here what waited then.
    assert found(until="2026-11-24") == found(as_of="2026-11-24") == set()
    assert found(until="2026-11-25", request="2026-0002") == {waiting}
    assert found(role="walidata") == set()


def test_a_step_whose_clock_stands_still_is_not_late(app, desk, clock_at):
    request_id, _ = submit(app)
    app.legal_acts.return_for_completion(
        request_id, desk.ppid, missing=["rincian_data"], explanation="Mohon sebutkan kecamatannya."
    )
    clock_at("2026-12-25T10:00+07:00")

    assert ask(app, "langkah-terlambat").rows == []


def test_one_hand_that_gave_and_checked_is_found_and_two_are_not(app, desk, privacy_tokens):
    one, two = (to_step_10(app, desk, privacy_tokens) for _ in range(2))
    mask(app, one, Actor(desk.diskopindag.id, "ppid"), "privacy-1")
    mask(app, two, desk.ppid, "privacy-2")

    answer = ask(app, "satu-tangan", pair="serah-periksa")

    assert [(one, desk.diskopindag.id)] == [
        (row["request_id"], row["actor"]) for row in answer.rows
    ]
    assert answer.rows[0]["first_position"] < answer.rows[0]["position"]


def test_a_decision_that_changed_after_its_letter_is_found(app, desk, privacy_tokens):
    changed, kept = (to_step_10(app, desk, privacy_tokens) for _ in range(2))
    issue(app, changed, "pemberitahuan_tertulis", "letters-1")
    issue(app, kept, "pemberitahuan_tertulis", "letters-2")
    app.refusing.refuse(changed, desk.ppid, refusal=b.CANNOT_BE_MASKED)

    answer = ask(app, "putusan-sesudah-surat")

    assert [(changed, "RequestRefused")] == [
        (row["request_id"], row["type"]) for row in answer.rows
    ]


def test_what_was_recorded_long_after_it_happened_is_found(app, clock_at):
    clock_at(now(app))
    submit(app)
    clock_at("2026-11-20T10:00+07:00")
    submit(app)

    answer = ask(app, "terlambat-dicatat", seconds="3600")

    assert ["2026-0002"] == [row["register_number"] for row in answer.rows]


def test_erasures_are_listed_with_who_did_them(app, desk):
    request_id, _ = submit(app)
    submit(app)
    app.legal_acts.withdraw(request_id, app.reading._pemohon_of(request_id))
    app.forgetting.erase(request_id, Actor("operator-1", "operator"), reason="melawan_hukum")

    answer = ask(app, "penghapusan")

    assert ("PersonErased", "2026-0001") == (
        answer.rows[0]["type"], answer.rows[0]["register_number"],
    )  # fmt: skip
    assert {"2026-0001"} == {row["register_number"] for row in answer.rows}


def test_a_fact_taken_from_the_middle_or_from_the_end_leaves_a_gap(app, desk, owner):
    first, second = (submit(app)[0] for _ in range(2))
    for request_id in (first, second):
        app.find_owner(request_id, desk.ppid, agency="dinsos")
        app.forward(request_id, desk.ppid)
    seal_all(app.pool)
    assert ask(app, "celah").rows == []
    owner.execute("DELETE FROM facts WHERE stream = %s AND version = 2", (first,))
    owner.execute("DELETE FROM facts WHERE stream = %s AND version = 3", (second,))

    found = [row["place"] for row in ask(app, "celah").rows]

    assert f"aliran {first}" in found
    assert len([where for where in found if where.startswith("posisi")]) == 2


def test_a_fact_put_among_sealed_ones_is_found(app, owner):
    submit(app)
    # As a transaction that was undone leaves it.
    app.pool.execute("SELECT nextval('facts_position_seq')")
    submit(app)
    seal_all(app.pool)
    assert ask(app, "celah").rows == []
    position = last_position(app) - 1
    owner.execute(
        "INSERT INTO facts (position, stream, version, type, state, occurred_at, actor, role)"
        " OVERRIDING SYSTEM VALUE VALUES (%s, gen_random_uuid(), 1, 'StaffAdded', '{}', now(),"
        " 'setup', 'operator')",
        (position,),
    )

    (row,) = ask(app, "celah").rows

    assert (position, True) == (row["position"], "tidak disegel" in row["what"])


def test_a_missing_register_number_is_a_gap(app, owner):
    for _ in range(3):
        submit(app)
    ask(app, "celah")
    owner.execute("DELETE FROM trail WHERE register_number = '2026-0002'")

    (row,) = ask(app, "celah").rows

    assert ("nomor pendaftaran 2026-0003", "nomor sebelumnya 2026-0001") == (
        row["place"], row["what"],
    )  # fmt: skip


def test_accounts_that_changed_near_an_incident_are_found(app, ppid_account, clock_at):
    clock_at("2026-11-27T10:00+07:00")
    app.accounts.disable("ppid", Actor("setup", "operator"))
    submit(app)

    answer = ask(app, "perubahan-sekitar", around="2026-11-27T12:00", hours="3")

    assert ["StaffDisabled"] == [row["type"] for row in answer.rows]


def test_a_letter_that_no_act_led_to_is_found(app, desk, privacy_tokens):
    request_id = to_step_10(app, desk, privacy_tokens)
    issue(app, request_id, "pemberitahuan_tertulis", "letters-1")
    issue(app, request_id, "surat_penolakan_pemohon", "letters-2")

    answer = ask(app, "surat-tanpa-dasar")

    assert ["surat_penolakan_pemohon"] == [row["letter"] for row in answer.rows]


@pytest.mark.parametrize(
    ("code", "given", "sentence"),
    [
        ("keadaan", {}, 'Isi "Nomor pendaftaran"'),
        ("terlambat-dicatat", {"seconds": "-1"}, "bilangan bulat"),
        ("terlambat-dicatat", {"seconds": "9" * 5000}, "bilangan bulat"),
        ("satu-tangan", {"pair": "x"}, "tidak mengenal pilihan"),
        ("perubahan-sekitar", {"around": "kemarin"}, "bukan tanggal atau waktu"),
        ("perubahan-sekitar", {"around": "2026-11-20", "hours": "0"}, "bilangan bulat"),
        ("celah", {"as_of": "1"}, "tidak dikenal"),
    ],
)
def test_a_parameter_that_cannot_be_says_why(app, code, given, sentence):
    with pytest.raises(FilterInvalid, match=sentence):
        asked_from(app, QUESTIONS[code], given, None)


def test_the_list_is_searched_by_number_and_paged_by_position(app, desk):
    request_id, _ = submit(app)
    for number in range(60):
        issue(app, request_id, "tanda_bukti_penerimaan", f"letters-{number}")
    ask(app, "celah")

    rows, more = list_facts(Asked(app, values={"text": "500.12.5.1/1/35"}))
    rest, end = list_facts(Asked(app, values={"text": "500.12.5.1/1/35"}, before=more))

    assert (50, 10, None) == (len(rows), len(rest), end)
    assert rows[-1]["position"] > rest[0]["position"]
    assert {"2026-0001"} == {row["register_number"] for row in rows}
    assert list_facts(Asked(app, values={"text": "%"})) == ([], None)
    assert reached(app.pool) == (last_position(app), last_position(app))


def test_each_fact_has_its_seal_and_a_changed_one_is_red(app, desk, owner):
    request_id, _ = submit(app)
    app.find_owner(request_id, desk.ppid, agency="dinsos")
    seal_all(app.pool)
    app.forward(request_id, desk.ppid)
    known = filters_from(app.pool, {})

    assert [Sealed.INTACT, Sealed.INTACT, Sealed.NOT_YET] == [
        entry.seal.status for entry in timeline(app, request_id, known)
    ]
    owner.execute(
        "UPDATE facts SET state = replace(convert_from(state, 'UTF8'), 'dinsos', 'dinkes')::bytea"
        " WHERE version = 2"
    )
    seals = [entry.seal.status for entry in timeline(app, request_id, known)]
    assert [Sealed.INTACT, Sealed.CHANGED, Sealed.NOT_YET] == seals


def test_a_forged_tile_makes_no_seal_green(app, owner):
    request_id, _ = submit(app)
    seal_all(app.pool)
    owner.execute("UPDATE facts SET actor = 'somebody-else'")
    with app.pool.connection() as conn, conn.cursor() as cur:
        from requests_service.sealing.entries import entry_of, read
        from requests_service.sealing.tree import leaf_hash

        (fact,) = read(cur, after=0, up_to=1000, limit=10)
    owner.execute("UPDATE tiles SET hashes = %s", (leaf_hash(entry_of(fact)),))

    (entry,) = timeline(app, request_id, filters_from(app.pool, {}))

    assert entry.seal.status is Sealed.CHANGED


def test_the_timeline_tells_who_what_was_due_and_what_was_late(app, ppid_account, clock_at):
    request_id, _ = submit(app)
    clock_at("2026-11-30T10:00+07:00")
    app.find_owner(request_id, ppid_account, agency="dinsos")
    app.reading.identity(request_id, ppid_account)
    ask(app, "celah")

    _, found, read = timeline(app, request_id, filters_from(app.pool, {}))

    assert ("Petugas ppid", "2026-11-23", True, True) == (
        found.name, found.was_due, found.late, found.own,
    )  # fmt: skip
    assert ("PersonalDataRead", False) == (read.type, read.own)
    assert "nik" in read.details["fields"]


def test_a_lost_version_is_told_and_a_sealed_text_is_not(app, desk, owner):
    request_id, _ = submit(app)
    app.find_owner(request_id, desk.ppid, agency="dinsos")
    app.forward(request_id, desk.ppid, message="Mohon segera.")
    owner.execute("DELETE FROM facts WHERE version = 2")

    entries = timeline(app, request_id, filters_from(app.pool, {}))

    assert lost_versions(entries) == [2]
    assert not [name for entry in entries for name in entry.details if name.endswith("_sealed")]


def test_nobody_has_submitted_what_is_not_there(app):
    from requests_service.domain.errors import RequestNotFound

    with pytest.raises(RequestNotFound):
        state_at(app, uuid4(), filters_from(app.pool, {}))


def test_times_of_the_log_are_instants(app):
    submit(app)
    ask(app, "celah")

    (row,), _ = list_facts(Asked(app))

    assert row["occurred_at"] == datetime(2026, 11, 20, 3, tzinfo=UTC)
