"""The line that the registers have of a request, and what the yearly report counts of it."""

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from requests_service.adapters.plain_mapper import PlainMapper
from requests_service.domain import completing, objecting, redress
from requests_service.domain.data_request import DataRequest
from requests_service.domain.declining import decline
from requests_service.domain.going_back import go_back
from requests_service.domain.register import Entry, begin, remember
from requests_service.law.registers import OBJECTIONS, REQUESTS, Line, ObjectionLine, table_of
from requests_service.law.report import report_of
from requests_service.law.tally import tally

from services.requests.tests import builders as b

MAPPER = PlainMapper()
AGENCIES = {"diskopindag": "Dinas Koperasi"}


def line_of(data_request: DataRequest) -> Entry:
    """As the projection folds it: from the states of its facts as JSON."""
    entry = None
    for fact in data_request.pending_events:
        state = json.loads(MAPPER.to_stored_event(fact).state)
        if entry is None:
            entry = begin(state)
        else:
            remember(entry, type(fact).__name__, state)
    assert entry is not None
    return entry


def row_of(entry: Entry, *, public: bool = True) -> dict[str, Any]:
    table = table_of("Register", REQUESTS, [Line(entry, "Dinas Koperasi")], public=public)
    return dict(zip(table.names, table.rows[0], strict=True))


def report(*entries: Entry, today: date = date(2026, 12, 31)):
    objections = [each for entry in entries for each in entry.objections]
    return report_of(
        2026, tally(entries), objections, calendar=b.CALENDAR, agencies=AGENCIES, today=today
    )


def cells(report_: Any, title: str) -> dict[Any, tuple[Any, ...]]:
    (table,) = [each for each in report_.tables if each.title.startswith(title)]
    return {row[0]: row[1:] for row in table.rows}


def answered(data_request: DataRequest, day: str) -> DataRequest:
    letter = b.a_letter("pemberitahuan_tertulis", b.on(day))
    data_request.note_letter(b.SERVICE, b.on(day), letter=letter)
    return data_request


def test_the_register_has_the_23_columns_of_the_paper_and_the_public_one_no_identity():
    assert 23 == len(REQUESTS)
    entry = line_of(b.a_received_request())

    names = list(row_of(entry))

    assert {"Nama", "Alamat", "Pekerjaan", "NPWP", "Telepon", "E-mail"} & set(names) == set()
    assert 16 == len(names)
    assert 23 == len(row_of(entry, public=False))


def test_a_granted_request_stands_with_its_title_its_form_and_both_days():
    row = row_of(line_of(b.a_received_request()))

    assert "Jumlah UMKM per kecamatan" == row["Rincian informasi"]
    assert ("Ya", "", "Ya") == (
        row["Status informasi, Di bawah penguasaan, Ya"],
        row["Status informasi, Di bawah penguasaan, Tidak"],
        row["Bentuk informasi yang dikuasai, Softcopy"],
    )
    assert "Dikabulkan seluruhnya" == row["Keputusan"]
    answered_first = row_of(line_of(answered(b.a_granted_request(), "2026-11-23")))
    assert [[date(2026, 11, 20)] * 2, [date(2026, 11, 23), None]] == [
        [value for name, value in each.items() if name.startswith("Tanggal, ")]
        for each in (row, answered_first)
    ]


def _go_back(data_request, by, way):
    go_back(
        data_request, by, b.MONDAY, way=way, reason="Ternyata keliru sama sekali.", seal=b.sealed
    )


def reopened(data_request: DataRequest, day: str, to_step: int) -> DataRequest:
    redress.reopen(
        data_request, b.PPID, b.on(day), to_step=to_step, basis="keputusan_ppid",
        reason="Ternyata datanya masih ada di arsip.", seal=b.sealed,
    )  # fmt: skip
    return data_request


def test_a_reopened_request_stands_with_its_new_answer_and_the_days_of_it():
    again = reopened(answered(b.a_refused_request(), "2026-11-23"), "2027-02-01", 6)
    entry = line_of(again)
    assert (None, None, None, None) == (
        entry.decision, entry.reason_code, entry.notice_on, entry.refused_on,
    )  # fmt: skip

    again.find_in_dip(b.PPID, b.on("2027-02-02"), dip_entry="DIP-2027-001")
    made = report(line_of(answered(again, "2027-02-03")))

    assert (1, 2.0, 2.0, 2) == cells(made, "Waktu")["Pemberitahuan tertulis"]
    assert (1,) == cells(made, "Tenggat 10")["Pemberitahuan tertulis terbit tepat waktu"]


def test_of_a_request_reopened_at_step_10_the_next_letter_is_the_notice():
    again = reopened(answered(b.a_received_request(), "2026-11-23"), "2027-02-01", 10)
    assert again.notice_issued_on is None

    letter = b.a_letter("surat_penolakan_pemohon", b.on("2027-02-12"))
    again.note_letter(b.SERVICE, b.on("2027-02-12"), letter=letter)

    assert b.on("2027-02-12").day == again.notice_issued_on
    assert "2027-02-12" == line_of(again).notice_on


def test_an_agency_that_has_it_not_stands_in_no_register():
    data_request = b.a_forwarded_request()
    decline(data_request, b.DISKOPINDAG, b.MONDAY, reason=b.NARRATIVE, seal=b.sealed)

    assert line_of(data_request).agency is None


def test_what_was_granted_and_withdrawn_was_not_granted_in_the_report():
    data_request = b.a_granted_request()
    data_request.withdraw(b.PEMOHON, b.MONDAY, seal=b.sealed)

    made = report(line_of(data_request))

    assert (1, "100 %") == cells(made, "Hasil")["Dicabut Pemohon"]


def test_what_was_decided_in_another_year_is_of_no_month_of_this_one():
    entry = line_of(b.a_refused_request(b.on("2027-01-05")))

    made = report(entry, replace(entry, received_on="2026-12-30"))

    months = cells(made, "Permohonan tiap bulan")
    assert (0, 0, 0) == months["Januari"]
    assert (1, 2, 2) == months["Sesudah 2026"]


def test_data_that_was_taken_back_was_not_given():
    data_request = b.a_delivered_request()
    assert line_of(data_request).delivered_on

    _go_back(data_request, b.PPID, "withdraw-clearance")

    assert line_of(data_request).delivered_on is None


def test_what_is_decided_again_is_not_decided():
    data_request = b.a_request_granted_in_part()
    assert line_of(data_request).decided_on

    _go_back(data_request, b.DISKOPINDAG, "decide-again")

    entry = line_of(data_request)
    assert (None, None, None) == (entry.decision, entry.decided_on, entry.article)


def test_a_refused_request_stands_with_the_article_and_no_word_of_the_pemohon():
    row = row_of(line_of(b.a_refused_request()))

    assert "Ditolak" == row["Keputusan"]
    assert row["Alasan penolakan"].startswith("Pasal 17 huruf b UU Nomor 14 Tahun 2008: ")
    assert "Data pada Dinas Koperasi" == row["Rincian informasi"]


def test_what_is_not_held_is_marked_so():
    data_request = b.a_forwarded_request()
    data_request.refuse(b.DISKOPINDAG, b.FRIDAY, refusal=b.NOT_HELD, seal=b.sealed)

    assert "Ya" == row_of(line_of(data_request))["Status informasi, Di bawah penguasaan, Tidak"]


def test_an_objection_is_numbered_after_its_request_and_carries_its_answer():
    data_request = b.an_objected_request()
    objecting.decide(data_request,
        b.ATASAN, b.MONDAY, decision="ditolak", reason="Alasan penolakan sudah tepat benar.",
        seal=b.sealed,
    )  # fmt: skip
    entry = line_of(data_request)

    (objection,) = entry.objections
    line = ObjectionLine(Line(entry, "Dinas Koperasi"), objection, "Sekretaris Daerah")
    table = table_of("Register", OBJECTIONS, [line], public=True)
    row = dict(zip(table.names, table.rows[0], strict=True))

    assert "2026-0042/K1" == row["No. keberatan"]
    assert "Keberatan ditolak; putusan PPID dikuatkan" == row["Keputusan Atasan PPID"]
    assert date(2026, 11, 23) == row["Tanggal tanggapan"]
    assert "Nama" not in " ".join(n for n in row if n.startswith("Pemohon"))


def test_a_dispute_and_what_the_pemohon_said_of_the_service_are_counted():
    entry = line_of(b.an_objected_request())
    dispute = {"number": "012/X/KI/2026", "filed_on": "2026-12-01", "statutory_due": None}
    remember(entry, "DisputeFiled", dispute)
    remember(entry, "ServiceRated", {"score": 4})

    made = report(entry)

    assert "Sengketa 012/X/KI/2026 diajukan kepada Komisi Informasi" == entry.objections[0].reply
    assert (1,) == cells(made, "Sengketa")["Sedang diperiksa"]
    assert (4.0,) == cells(made, "Penilaian")["Rata-rata"]


def test_the_report_counts_what_was_decided_how_fast_and_why_refused():
    granted = line_of(answered(b.a_granted_request(), "2026-11-24"))
    refused = line_of(answered(b.a_refused_request(), "2026-12-28"))

    made = report(granted, refused)

    assert ("2", "permohonan diterima") == made.figures[0]
    assert ("50 %", "dijawab tepat waktu") == made.figures[1]
    assert (1, "50 %") == cells(made, "Hasil")["Ditolak"]
    # Friday to Tuesday are two working days; to 28 December 24, less 24 and 25 December.
    assert (2, 13.0, 13.0, 24) == cells(made, "Waktu")["Pemberitahuan tertulis"]
    assert (1,) == cells(made, "Tenggat 10")["Pemberitahuan tertulis terbit terlambat"]
    assert ("dapat mengganggu", 1) == (
        cells(made, "Alasan")["Pasal 17 huruf b UU Nomor 14 Tahun 2008"][0][:16],
        cells(made, "Alasan")["Pasal 17 huruf b UU Nomor 14 Tahun 2008"][1],
    )


def test_the_days_in_which_a_request_was_returned_are_not_counted_as_time_needed():
    data_request = b.a_returned_request()
    completing.complete(
        data_request, b.PEMOHON, b.on("2026-12-01"), answer="Untuk skripsi saya.", seal=b.sealed
    )

    made = report(line_of(answered(data_request, "2026-12-02")))

    assert (1, 1.0, 1.0, 1) == cells(made, "Waktu")["Pemberitahuan tertulis"]


def test_silence_after_the_deadline_is_not_in_time():
    entry = line_of(b.a_forwarded_request())

    assert "0 %" == report(entry).figures[1][0]
    assert "–" == report(entry, today=date(2026, 11, 25)).figures[1][0]


@pytest.mark.parametrize("columns", [REQUESTS, OBJECTIONS])
@pytest.mark.parametrize("public", [True, False])
def test_every_storey_of_a_head_closes_the_grid(columns, public):
    table = table_of("Register", columns, [], public=public)
    below = [0] * len(table.headings)

    for storey in table.head():
        for head in storey:
            first = below.index(min(below))
            for column in range(first, first + head.columns):
                below[column] += head.rows

    assert {len(table.head())} == set(below)
