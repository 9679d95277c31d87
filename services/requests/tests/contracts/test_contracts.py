"""What is published fits its schema, and nothing leaves that has none."""

import json
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from requests_service.adapters.plain_mapper import PlainMapper
from requests_service.adapters.published import PUBLISHED
from requests_service.domain import closing, completing, extending, fees, objecting, redress
from requests_service.domain import events as f
from requests_service.domain.clocks import move
from requests_service.domain.confirming import send_back
from requests_service.domain.conversation import take_note, write_to_pemohon, write_to_ppid
from requests_service.domain.declining import decline
from requests_service.domain.going_back import WAYS, go_back
from requests_service.domain.parting import split_off
from requests_service.domain.renewing import renew
from requests_service.domain.satisfaction import rate
from requests_service.domain.watching import watch
from requests_service.domain.working_days import Closure

from services.requests.tests import builders as b

CONTRACTS = Path(__file__).parents[2] / "contracts"
NOT_OF_A_REQUEST = {"PersonErased", "StaffDisabled", "ActingEnded"}
STAYS_INSIDE = {
    "DataMasked",
    "DataFoundClean",
    "LetterIssued",
    "DaftarDataUpdated",
    "MailSent",
    "OriginalRead",
    "PaperReceived",
    "PaperRead",
    "LetterRead",
    "ReportCameLate",
    "NoteTaken",
    "RefusalConfirmed",
    "ErasureRequested",
    "ErasureDecided",
}
"""Other services' news is theirs to tell; of an erasure they hear `PersonErased`."""


def schema_of(name):
    return json.loads((CONTRACTS / f"{name}.v1.schema.json").read_text(encoding="utf-8"))


def complaints(name, data):
    validator = Draft202012Validator(schema_of(name), format_checker=FormatChecker())
    return [error.message for error in validator.iter_errors(data)]


def everything_that_happened():
    extended = b.a_forwarded_request()
    extending.extend(extended,
        b.PPID, b.MONDAY, days=7, reason_code="belum_dikuasai",
        reason="Dokumen masih dikumpulkan dari arsip kecamatan.", seal=b.sealed,
    )  # fmt: skip
    completed = b.a_returned_request()
    completing.complete(completed, b.PEMOHON, b.MONDAY, answer="Untuk skripsi", seal=b.sealed)
    decided = b.an_objected_request()
    objecting.decide(decided,
        b.ATASAN, b.MONDAY, decision="dikabulkan", reason="Data ini bukan rahasia dagang.",
        seal=b.sealed,
    )  # fmt: skip
    cited = b.a_request_found_in_dip()
    cited.cite_earlier_clearance(b.PPID, b.MONDAY, earlier=b.a_received_request())
    disputed = b.a_disputed_request()
    redress.record_dispute_decision(
        disputed, b.PPID, b.MONDAY, outcome="dikabulkan", decision="7/2027",
        decided_on=b.MONDAY.day,
    )  # fmt: skip
    redress.reopen(
        disputed, b.PPID, b.MONDAY, to_step=6, basis="komisi_informasi",
        reason="Putusan Komisi Informasi meminta data diberikan.", seal=b.sealed,
    )  # fmt: skip
    rated = b.a_refused_request()
    rate(rated, b.PEMOHON, b.MONDAY, score=5, remark=None, seal=b.sealed)
    write_to_pemohon(extended, b.PPID, b.MONDAY, text="Apakah cukup?", seal=b.sealed)
    write_to_ppid(extended, b.PEMOHON, b.MONDAY, text="Ya, cukup.", seal=b.sealed)
    take_note(extended, b.PPID, b.MONDAY, text="Sudah ditelepon.", seal=b.sealed)
    renew(extended, b.PPID, b.MONDAY, code="349PUU2G4V", identified="Menunjukkan KTP asli di loket",
          seal=b.sealed)  # fmt: skip
    unmaskable = b.a_handed_over_request()
    unmaskable.refuse(b.PPID, b.MONDAY, refusal=b.CANNOT_BE_MASKED, seal=b.sealed)
    unmaskable.notify_refusal(b.PPID, b.MONDAY)
    in_part = b.a_request_granted_in_part()
    in_part.hand_over(b.DISKOPINDAG, b.MONDAY, file=b.UPLOADED, seal=b.sealed)
    b.a_masked_request(b.MONDAY, start=in_part).hand_to_walidata(b.PPID, b.MONDAY)
    in_part.list_in_daftar_data(b.WALIDATA, b.MONDAY, year=2027, entry=b.ENTRY)
    in_part.draft_delivery(b.WALIDATA, b.MONDAY, seal=b.sealed)
    in_part.deliver(b.PPID, b.MONDAY)
    watched = b.a_forwarded_request()
    for day in ("2026-11-24", "2026-12-02"):
        watch(watched, b.SERVICE, b.on(day))
    moved = b.a_forwarded_request()
    closed = Closure(b.MONDAY.day, b.MONDAY.day, "Gedung ditutup", "")
    later = replace(b.CALENDAR, closures=(closed,), version="2")
    move(moved, b.SERVICE, replace(b.MONDAY, calendar=later), calendar_of=lambda _: b.CALENDAR)
    declined = b.a_forwarded_request()
    decline(declined, b.DISKOPINDAG, b.MONDAY, reason=b.NARRATIVE, seal=b.sealed)
    split = b.a_request_with_owner()
    split_off(split, b.PPID, b.MONDAY, part_id=uuid4(), part_number="2026-0043",
              kept="Jumlah UMKM per kecamatan", seal=b.sealed)  # fmt: skip
    paid, free = b.a_request_with_a_fee(11), b.a_request_with_a_fee(12)
    fees.pay(paid, b.PPID, b.MONDAY, paid_on=b.MONDAY.day, receipt="STS-17")
    fees.waive(free, b.PPID, b.MONDAY, reason="Pemohon tidak mampu.", seal=b.sealed)
    proposed = b.a_proposed_refusal(8)
    send_back(proposed, b.DISKOPINDAG, b.MONDAY, words="Uji konsekuensinya keliru.", seal=b.sealed)
    given_up = b.a_returned_request()
    closing.close(given_up, b.PPID, b.on("2027-01-04"))
    gone_back = [
        b.a_request_with_owner(), b.a_forwarded_request(), b.a_granted_request(),
        b.a_handed_over_request(), b.a_masked_request(),
    ]  # fmt: skip
    for request, way in zip(gone_back, WAYS, strict=True):
        by = b.DISKOPINDAG if way == "decide-again" else b.PPID
        go_back(request, by, b.MONDAY, way=way, reason=b.NARRATIVE, seal=b.sealed)
    requests = [
        given_up, *gone_back,
        proposed, paid, free, watched, moved, split, declined, b.a_received_request(),
        b.a_request_with_data_on_hand(), b.a_withdrawn_request(),
        rated, extended, completed, decided, cited, unmaskable, in_part, disputed,
    ]  # fmt: skip
    return [fact for data_request in requests for fact in data_request.pending_events]


def test_every_fact_is_published_or_stays_inside_by_decision():
    assert {fact.__name__ for fact in f.all_facts()} | NOT_OF_A_REQUEST == (
        set(PUBLISHED) | STAYS_INSIDE
    )


def test_every_published_type_has_its_schema_and_example_and_no_other_has():
    files = {path.name for path in CONTRACTS.glob("*.v1.*.json")}

    assert files == {
        f"{name}.v1.{kind}.json" for name in PUBLISHED for kind in ("schema", "example")
    }


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_schema_is_strict_and_its_example_fits(name):
    Draft202012Validator.check_schema(schema_of(name))
    example = json.loads((CONTRACTS / f"{name}.v1.example.json").read_text(encoding="utf-8"))

    assert [] == complaints(name, example)
    assert complaints(name, {**example, "name": "Siti Rahmawati"})
    for key in schema_of(name)["required"]:
        assert complaints(name, {k: v for k, v in example.items() if k != key})


def test_what_is_published_of_every_fact_fits_its_schema():
    mapper, seen = PlainMapper(), set()

    for fact in everything_that_happened():
        name = type(fact).__name__
        if name in PUBLISHED:
            public = PUBLISHED[name](json.loads(mapper.to_stored_event(fact).state))
            assert [] == complaints(name, public), name
            seen.add(name)

    assert set(PUBLISHED) - NOT_OF_A_REQUEST == seen


def test_nothing_sealed_and_no_person_leaves():
    mapper = PlainMapper()

    for fact in everything_that_happened():
        name = type(fact).__name__
        if name in PUBLISHED:
            public = json.dumps(PUBLISHED[name](json.loads(mapper.to_stored_event(fact).state)))
            assert "_sealed" not in public
            assert "<" not in public
            assert b.PEMOHON.id not in public
