"""A part for another agency is a request of its own, under the first one's clock of the law."""

from uuid import uuid4

import pytest
from requests_service.adapters.plain_mapper import PlainMapper
from requests_service.domain import completing, extending
from requests_service.domain.clocks import Name
from requests_service.domain.conformance import Case, Checker, Seen
from requests_service.domain.data_request import DataRequest
from requests_service.domain.errors import (
    AlreadyAPart,
    AlreadyExtended,
    DataWantedUnclear,
    NotTheOwner,
    StepNotOpen,
)
from requests_service.domain.form import Form
from requests_service.domain.parting import origin_of, split_off

from services.requests.tests import builders as b

KEPT = "Jumlah UMKM per kecamatan tahun 2021 sampai 2025"
OTHER = Form(
    data_wanted="Jumlah penerima bantuan sosial per kecamatan tahun 2025",
    purpose=b.FORM.purpose,
    kind=b.FORM.kind,
)
WEDNESDAY = b.on("2026-11-25")


def split(first, today=WEDNESDAY, by=b.PPID, kept=KEPT, number="2026-0043"):
    split_off(
        first, by, today, part_id=uuid4(), part_number=number, kept=kept, seal=b.sealed
    )  # fmt: skip


def the_part_of(first, today=WEDNESDAY):
    return DataRequest.submit(
        b.PPID, today, request_id=uuid4(), register_number="2026-0043", form=OTHER,
        tracking_code="ABCDEFGHJK", seal=b.sealed, origin=origin_of(first, uuid4()),
    )  # fmt: skip


def test_the_first_request_stays_where_it_is_and_lists_its_parts():
    first = b.a_request_with_owner()
    due, statutory_due = first.due, first.statutory_due

    split(first)

    assert ("2026-0043",) == first.parts.numbers
    assert (7, due, statutory_due) == (first.step, first.due, first.statutory_due)
    assert f"<data_wanted:{len(KEPT)}>" == first.data_wanted_sealed


def test_a_part_begins_at_step_6_today_under_the_first_ones_clock_of_the_law():
    first = b.a_request_with_owner()

    part = the_part_of(first)

    assert (6, WEDNESDAY.plus(1)) == (part.step, part.due)
    assert (first.statutory_due, first.register_number) == (part.statutory_due, part.parts.of)
    clock = part.clocks.running[Name.NOTICE]
    assert first.clocks.running[Name.NOTICE] == clock
    assert part.statutory_due == clock.due(b.CALENDAR)


def test_pauses_and_the_extension_of_the_first_are_the_parts_too():
    first = b.a_returned_request()
    completing.complete(first, b.PEMOHON, b.MONDAY, answer="Untuk skripsi", seal=b.sealed)
    why = "Dokumen masih dikumpulkan dari arsip kecamatan."
    extension = {"days": 3, "reason_code": "belum_dikuasai", "reason": why, "seal": b.sealed}
    extending.extend(first, b.PPID, b.MONDAY, **extension)

    part = the_part_of(first)

    assert first.statutory_due == part.statutory_due
    assert part.statutory_due == part.clocks.running[Name.NOTICE].due(b.CALENDAR)
    with pytest.raises(AlreadyExtended):
        extending.extend(part, b.PPID, WEDNESDAY, **extension)


def test_a_part_is_not_split_again():
    with pytest.raises(AlreadyAPart, match="2026-0042"):
        split(the_part_of(b.a_request_with_owner()))


def test_the_ppid_splits_before_the_request_is_with_an_agency_and_says_what_stays():
    with pytest.raises(NotTheOwner):
        split(b.a_request_with_owner(), by=b.DISKOPINDAG)
    with pytest.raises(StepNotOpen):
        split(b.a_forwarded_request())
    with pytest.raises(DataWantedUnclear):
        split(b.a_request_with_owner(), kept=" ")


def test_what_happened_to_both_is_what_the_tables_say():
    first = b.a_request_with_owner()
    part = the_part_of(first)
    split(first)
    part.find_owner(b.PPID, WEDNESDAY, agency="dinsos")
    part.forward(b.PPID, WEDNESDAY, seal=b.sealed)

    for data_request in (first, part):
        case, checker, mapper = Case(), Checker(b.CALENDAR), PlainMapper()
        for n, fact in enumerate(data_request.pending_events, 1):
            data = mapper.transcoder.decode(mapper.to_stored_event(fact).state)
            seen = Seen(n, type(fact).__name__, fact.by, fact.role, None, data)
            assert [] == checker.check(case, seen).deviations
