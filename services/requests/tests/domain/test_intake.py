"""What came another way than the form: entered by the PPID, counted from the day it came."""

from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest
from requests_service.domain.data_request import DataRequest
from requests_service.domain.errors import FormInvalid, NotTheOwner
from requests_service.domain.intake import Entry

from services.requests.tests import builders as b

LETTER = replace(b.FORM, channel="surat")
LATE = "Surat sampai kemarin sore lewat bagian umum."
MONDAY = b.on("2026-11-23")


def entered(entry, form=LETTER, today=MONDAY):
    return DataRequest.submit(
        b.PEMOHON, today, request_id=uuid4(), register_number="2026-0043", form=form,
        tracking_code="ABCDEFGHJK", seal=b.sealed, entry=entry,
    )  # fmt: skip


def test_a_letter_of_yesterday_is_counted_from_the_day_on_which_it_came():
    friday = date(2026, 11, 20)

    data_request = entered(Entry(b.PPID, friday, LATE))

    fact = b.last_fact(data_request)
    assert ("ppid-1", "ppid", True) == (fact.by, fact.role, fact.entered)
    assert (friday, b.PEMOHON.id) == (fact.received_on, str(data_request.pemohon_id))
    assert b.FRIDAY.plus(10) == data_request.statutory_due
    assert b.FRIDAY.plus(1) == data_request.due
    assert f"<why_later:{len(LATE)}>" == fact.why_later_sealed


def test_what_came_today_needs_no_reason_and_the_table_accepts_it():
    data_request = entered(Entry(b.PPID, MONDAY.day), replace(LETTER, channel="telepon"))

    assert MONDAY.plus(10) == data_request.statutory_due
    assert b.last_fact(data_request).why_later_sealed is None
    data_request.find_owner(b.PPID, MONDAY, agency="diskopindag")
    assert 7 == data_request.step


@pytest.mark.parametrize(
    ("received_on", "why", "channel", "field", "told"),
    [
        ("2026-11-24", "", "surat", "received_on", "belum terjadi"),
        ("2024-11-20", LATE, "surat", "received_on", "tahun"),
        ("2026-11-20", "", "surat", "why_later", "Jelaskan mengapa"),
        ("2026-11-23", "", "laman", "channel", "tidak dikenal"),
        ("2026-11-23", "", "", "channel", "Pilih saluran"),
    ],
)
def test_an_entry_that_cannot_be_is_refused_with_its_field(received_on, why, channel, field, told):
    entry = Entry(b.PPID, date.fromisoformat(received_on), why)

    with pytest.raises(FormInvalid) as refused:
        entered(entry, replace(LETTER, channel=channel))

    assert [field] == list(refused.value.problems) and told in refused.value.problems[field]


@pytest.mark.parametrize("officer", [b.WALIDATA, b.DISKOPINDAG, b.PEMOHON])
def test_only_the_ppid_enters(officer):
    with pytest.raises(NotTheOwner, match="PPID"):
        entered(Entry(officer, MONDAY.day))


def test_who_wrote_a_letter_needs_no_email():
    nobody = replace(b.IDENTITY, email="")

    assert {"email"} == set(nobody.problems(MONDAY.day))
    assert {} == nobody.problems(MONDAY.day, by_letter=True)
