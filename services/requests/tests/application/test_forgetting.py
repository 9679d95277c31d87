"""Erasing on a real database: by decision, by the operator, by term; and who has answered."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from chassis.actor import Actor
from chassis.log import stream
from chassis.message import Message
from requests_service import views
from requests_service.domain import erasing
from requests_service.domain.erasing import Terms
from requests_service.domain.errors import ErasureHeld, ErasurePending, PersonForgotten
from requests_service.forgetting import BY_ITSELF

from services.requests.tests import builders as b

pytestmark = pytest.mark.servers
OPERATOR = Actor("operator-1", "operator")


@pytest.fixture(autouse=True)
def _the_clock(clock_at):
    """Friday, ten in the morning in Malang."""


def a_withdrawn_request(app):
    request_id = UUID(app.submit(b.IDENTITY, b.FORM)["id"])
    pemohon = app.reading._pemohon_of(request_id)
    app.legal_acts.withdraw(request_id, pemohon)
    return request_id, pemohon


def facts_of(app, person):
    return [fact.type for fact in stream(app.pool, UUID(person.id))]


def answer_of(holder, person, **other):
    data = {"person_id": person.id, "destroyed": 3, "kept": 0, "kept_because": None, **other}
    return Message(
        id=f"{holder}-9",
        source=holder,
        type="PersonForgotten",
        subject=person.id,
        time=datetime(2026, 11, 20, 4, tzinfo=UTC),
        sequence=1,
        position=9,
        actor=Actor(holder, "service"),
        data=data,
        dataschema=f"{holder}/PersonForgotten.v1",
    )


def days_work(app):
    """What the follower does until nothing is left for today."""
    with app.pool.connection() as conn, conn.cursor() as cur:
        while app.forgetting.apply_terms(cur):
            pass


def applied(app):
    rows = app.pool.query("SELECT state FROM facts WHERE type = 'RetentionApplied'")
    return [bytes(row["state"]) for row in rows]


def test_what_the_ppid_grants_is_erased_in_the_same_moment(app, desk):
    request_id, pemohon = a_withdrawn_request(app)
    app.forgetting.ask(request_id, pemohon, reason="Saya tidak jadi meneliti.")
    waiting = {"role": "ppid", "agency": None, "today": app.today().day}
    assert 1 == views.desk_counts(app.pool, **waiting)["erasures"]

    answer = app.forgetting.decide(request_id, desk.ppid, decision="dikabulkan")

    assert None is answer["erasure_asked_on"]
    assert ["PersonErased"] == facts_of(app, pemohon)
    assert ("permintaan", app.today().day) == (
        app.forgetting.erasure(request_id).reason,
        app.forgetting.erasure(request_id).on,
    )
    with pytest.raises(PersonForgotten):
        app.reading.identity(request_id, desk.ppid)
    assert {} == app.reading.texts(request_id, desk.ppid)
    assert 0 == views.desk_counts(app.pool, **waiting)["erasures"]


def test_what_is_held_leaves_everything_as_it_was(app, desk):
    request_id = UUID(app.submit(b.IDENTITY, b.FORM)["id"])
    app.forgetting.ask(request_id, app.reading._pemohon_of(request_id))

    with pytest.raises(ErasureHeld):
        app.forgetting.decide(request_id, desk.ppid, decision="dikabulkan")
    with pytest.raises(ErasurePending):
        app.forgetting.erase(request_id, OPERATOR, reason="permintaan")

    assert "Siti Rahmawati" == app.reading.identity(request_id, desk.ppid)["name"]
    assert ["open"] == [hold.code for hold in app.forgetting.holds(request_id)]


def test_a_refusal_keeps_everything_and_says_why(app, desk):
    request_id, pemohon = a_withdrawn_request(app)
    app.forgetting.ask(request_id, pemohon)

    app.forgetting.decide(
        request_id, desk.ppid, decision="ditolak", reason_code="perkara",
        reason="Permohonan ini diperiksa Komisi Informasi.",
    )  # fmt: skip

    last = app.reading.timeline(request_id, pemohon)[-1]
    assert "UU 27/2022 Pasal 44 ayat (1) huruf c" == last.details["article"]
    assert "Permohonan ini diperiksa Komisi Informasi." == last.texts["reason"]
    assert None is app.forgetting.erasure(request_id)


def test_somebody_is_erased_once(app):
    request_id, pemohon = a_withdrawn_request(app)
    app.forgetting.erase(request_id, OPERATOR, reason="permintaan")

    with pytest.raises(PersonForgotten):
        app.forgetting.erase(request_id, OPERATOR, reason="permintaan")

    assert ["PersonErased"] == facts_of(app, pemohon)


def test_the_same_person_coming_back_gets_a_key_of_their_own(app, desk):
    request_id, _ = a_withdrawn_request(app)
    app.forgetting.erase(request_id, OPERATOR, reason="permintaan")

    again = UUID(app.submit(b.IDENTITY, b.FORM)["id"])

    assert "Siti Rahmawati" == app.reading.identity(again, desk.ppid)["name"]
    assert [(1, 1)] == app.pool.execute("SELECT count(wrapped), count(destroyed_at) FROM keys")


def test_who_has_not_answered_is_seen(app):
    request_id, pemohon = a_withdrawn_request(app)
    app.forgetting.erase(request_id, OPERATOR, reason="permintaan")

    for _ in range(2):
        app.forgetting.note_answer(
            answer_of("letters", pemohon, kept=1, kept_because="names_nobody")
        )

    erasure = app.forgetting.erasure(request_id)
    assert [("letters", 3, 1)] == [(a.holder, a.destroyed, a.kept) for a in erasure.answers]
    assert ("notify", "privacy") == erasure.missing
    assert ["PersonErased", "ForgettingConfirmed"] == facts_of(app, pemohon)
    confirmed = stream(app.pool, UUID(pemohon.id))[-1]
    assert str(request_id) == confirmed.data["request_id"] == confirmed.correlation
    for holder in erasure.missing:
        app.forgetting.note_answer(answer_of(holder, pemohon))
    assert () == app.forgetting.erasure(request_id).missing


def test_after_the_citys_years_a_person_is_erased_by_itself_and_the_day_says_how_many(
    app, clock_at
):
    app.forgetting.terms = Terms(person_years=5)
    old = [a_withdrawn_request(app) for _ in range(2)]
    open_ = UUID(app.submit(b.IDENTITY, b.FORM)["id"])
    clock_at("2031-11-19T23:59+07:00")
    days_work(app)
    assert None is app.forgetting.erasure(old[0][0])
    younger, _ = a_withdrawn_request(app)

    clock_at("2031-11-20T00:01+07:00")
    days_work(app)
    days_work(app)

    assert ["masa_simpan"] * 2 == [app.forgetting.erasure(id_).reason for id_, _ in old]
    assert None is app.forgetting.erasure(open_) is app.forgetting.erasure(younger)
    assert [b'{"kind":"person","count":2,"on":"2031-11-20"}'] == applied(app)


def test_without_years_set_nobody_is_erased_by_itself(app, clock_at):
    app.forgetting.terms = Terms()
    request_id, _ = a_withdrawn_request(app)
    clock_at("2090-01-01T10:00+07:00")

    days_work(app)

    assert None is app.forgetting.erasure(request_id)
    assert [] == applied(app)


def test_a_run_that_was_killed_on_the_way_is_finished_and_counted_whole(app, clock_at):
    app.forgetting.terms = Terms(person_years=5)
    old = [a_withdrawn_request(app) for _ in range(3)]
    clock_at("2031-12-01T10:00+07:00")
    # Each erasure is a transaction of its own; this one was done when the process was killed.
    app.forgetting.erase(old[0][0], BY_ITSELF, reason="masa_simpan")

    days_work(app)

    assert all(app.forgetting.erasure(id_) for id_, _ in old)
    assert [b'{"kind":"person","count":3,"on":"2031-12-01"}'] == applied(app)


def test_answers_to_repeated_sending_go_after_a_month(app):
    app.pool.execute(
        "INSERT INTO idempotency (key, request_digest, answer, answered_at) VALUES"
        " ('old', 'd', '{}', now() - interval '31 days'), ('new', 'd', '{}', now())"
    )

    days_work(app)

    assert [("new",)] == app.pool.execute("SELECT key FROM idempotency")
    assert [b'{"kind":"answers","count":1,"on":"2026-11-20"}'] == applied(app)


def test_every_reason_and_refusal_names_its_article():
    told = [*erasing.REASONS.values(), *erasing.REFUSALS.values()]

    assert {"UU 27/2022 Pasal"} == {" ".join(each.article.split()[:3]) for each in told}
