"""Requests in the states that tests start from, each reached by commands."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

from requests_service.adapters.calendar import read_calendar
from requests_service.domain import completing, confirming, fees, objecting, redress
from requests_service.domain.consequence_tests import ConsequenceTest, Tested
from requests_service.domain.daftar_data import DaftarDataEntry
from requests_service.domain.data_request import (
    ClearedFile,
    DataRequest,
    IssuedLetter,
    UploadedFile,
)
from requests_service.domain.form import Form
from requests_service.domain.identity import Identity
from requests_service.domain.intake import Brought, Entry
from requests_service.domain.refusal import Refusal
from requests_service.domain.roles import Actor, Role
from requests_service.domain.working_days import Today

CALENDAR = read_calendar()
PEMOHON = Actor("5f0c9f0e-0d0a-4a57-9d3c-3f7b7a2d7c11", Role.PEMOHON)
PPID = Actor("ppid-1", Role.PPID)
WALIDATA = Actor("walidata-1", Role.WALIDATA)
DISKOPINDAG = Actor("pembantu-1", Role.PPID_PEMBANTU, "diskopindag")
PPIDS_SECOND = Actor("ppid-2", Role.PPID)
DISKOPINDAGS_SECOND = Actor("pembantu-9", Role.PPID_PEMBANTU, "diskopindag")
DINSOS = Actor("pembantu-2", Role.PPID_PEMBANTU, "dinsos")
ATASAN = Actor("atasan-1", Role.ATASAN_PPID)
AUDITOR = Actor("auditor-1", Role.AUDITOR)
OPERATOR = Actor("operator-1", Role.OPERATOR)
INTEGRATOR = Actor("integrator-1", Role.INTEGRATOR)
SERVICE = Actor("letters", Role.SERVICE)
ONE_OF_EACH = {
    actor.role: actor
    for actor in (
        PEMOHON, PPID, WALIDATA, DISKOPINDAG, ATASAN, AUDITOR, OPERATOR, INTEGRATOR, SERVICE,
    )
}  # fmt: skip

TARIFF = fees.Tariff("Perwal 1/2024", 500, "Transfer ke rekening kas daerah.")
ORIGINAL = "a" * 64
CLEARED = "b" * 64
FORM = Form(
    data_wanted="Jumlah UMKM per kecamatan tahun 2021 sampai 2025",
    purpose="Bahan skripsi tentang sebaran UMKM di Kota Malang",
    kind="masyarakat_umum",
)
IDENTITY = Identity(
    kind="masyarakat_umum",
    name="Siti Rahmawati",
    nik="3573014507990001",
    address="Jalan Ijen 1, Malang",
    email="siti@contoh.example",
    phone="081234567890",
    occupation="Mahasiswa",
)
NARRATIVE = "Data memuat rahasia dagang pelaku usaha yang dilindungi oleh perjanjian kerahasiaan."
TESTED = Tested(
    information="Omzet dan utang tiap pelaku usaha dalam pendataan UMKM",
    exceptions=("b", "h"),
    if_opened="Keadaan keuangan pelaku usaha dapat diketahui dan dipakai pesaingnya.",
    if_closed="Pelaku usaha tetap bersedia memberikan data yang benar kepada pemerintah kota.",
    decree="188.45/12/35.73.411/2026",
    decree_on=date(2026, 1, 15),
    valid_from=date(2026, 1, 15),
)
CONSEQUENCE_TEST = ConsequenceTest("UK-2026-001", TESTED, date(2026, 1, 15))
REFUSAL = Refusal("pasal_17_b", NARRATIVE, consequence_test=CONSEQUENCE_TEST)
CANNOT_BE_MASKED = Refusal("tidak_dapat_disamarkan", NARRATIVE, consequence_test=CONSEQUENCE_TEST)
NOT_HELD = Refusal("tidak_dikuasai", NARRATIVE)
ENTRY = DaftarDataEntry(
    title="Jumlah UMKM per kecamatan",
    concept="Usaha mikro, kecil, dan menengah",
    definition="Usaha produktif milik perorangan atau badan usaha perorangan",
    classification="Kecamatan",
    measure="Jumlah",
    unit="Unit usaha",
    produsen_data="diskopindag",
)
UPLOADED = UploadedFile(ORIGINAL, 48213, "umkm.csv")
MASKED_FILE = ClearedFile(
    CLEARED,
    "umkm-tersamarkan.csv",
    "text/csv",
    40117,
    812,
    ({"column": "nik_pemilik", "kind": "nik", "method": "dihilangkan", "cells": 812},),
)
CLEAN_FILE = ClearedFile(ORIGINAL, "umkm.csv", "text/csv", 48213, 812)


def on(day: str, hour: int = 3) -> Today:
    """`hour` is UTC: 3 is ten in the morning in Malang."""
    at = datetime.fromisoformat(day).replace(hour=hour, tzinfo=UTC)
    return Today(at, (at + timedelta(hours=7)).date(), CALENDAR)


FRIDAY = on("2026-11-20")
MONDAY = on("2026-11-23")


def sealed(name: str, text: str) -> str:
    """Stands for a seal: says what was sealed, and shows nothing of it."""
    return f"<{name}:{len(text)}>"


def a_letter(kind: str, today: Today = MONDAY, to: str = "pemohon") -> IssuedLetter:
    return IssuedLetter(kind, str(uuid4()), "500.12.5.1/1/35.73.411/2026", today.day, CLEARED, to)


def a_submitted_request(today: Today = FRIDAY, number: str = "2026-0042") -> DataRequest:
    return DataRequest.submit(
        PEMOHON,
        today,
        request_id=uuid4(),
        register_number=number,
        form=FORM,
        tracking_code="ABCDEFGHJK",
        seal=sealed,
    )


def a_returned_request(today: Today = FRIDAY, start: DataRequest | None = None) -> DataRequest:
    data_request = start or a_submitted_request(today)
    completing.return_for_completion(
        data_request,
        PPID,
        today,
        missing=["tujuan"],
        explanation="Mohon jelaskan pemakaian datanya.",
        seal=sealed,
    )
    return data_request


def a_request_with_owner(today: Today = FRIDAY) -> DataRequest:
    data_request = a_submitted_request(today)
    data_request.find_owner(PPID, today, agency="diskopindag")
    return data_request


def a_forwarded_request(today: Today = FRIDAY) -> DataRequest:
    data_request = a_request_with_owner(today)
    data_request.forward(PPID, today, seal=sealed)
    return data_request


def brought(day: date, why_later: str = "", came_by: str = "surat") -> Brought:
    """What the Pemohon sent, as the PPID enters it."""
    return Brought(Entry(PPID, day, why_later), came_by)


def a_proposed_refusal(step: int, today: Today = FRIDAY) -> DataRequest:
    """At step 6, 8 or 10, by a colleague of PPID and DISKOPINDAG."""
    begin = {6: a_submitted_request, 8: a_forwarded_request, 10: a_handed_over_request}[step]
    data_request = begin(today)
    by = DISKOPINDAGS_SECOND if step == 8 else PPIDS_SECOND
    refusal = NOT_HELD if step == 6 else REFUSAL
    confirming.propose(data_request, by, today, refusal=refusal, seal=sealed)
    return data_request


def a_request_for_paper(step: int, today: Today = FRIDAY) -> DataRequest:
    """At a step from 11 to 13, of somebody who wants copies on paper."""
    begin = {
        11: a_masked_request,
        12: a_request_at_walidata,
        13: a_listed_request,
    }[step]
    data_request = begin(today)
    data_request.way_to_obtain, data_request.way_to_send = "salinan_cetak", "pos"
    return data_request


def a_request_with_a_fee(step: int, today: Today = FRIDAY) -> DataRequest:
    data_request = a_request_for_paper(step, today)
    fees.state(data_request, PPID, today, sheets=12, sending=15_000, tariff=TARIFF)
    return data_request


def a_granted_request(today: Today = FRIDAY) -> DataRequest:
    data_request = a_forwarded_request(today)
    data_request.grant(DISKOPINDAG, today)
    return data_request


def a_request_granted_in_part(today: Today = FRIDAY) -> DataRequest:
    data_request = a_forwarded_request(today)
    data_request.grant_in_part(
        DISKOPINDAG,
        today,
        refused_parts="Nama dan alamat pemilik usaha",
        refusal=REFUSAL,
        seal=sealed,
    )
    return data_request


def a_request_found_in_dip(today: Today = FRIDAY) -> DataRequest:
    data_request = a_submitted_request(today)
    data_request.find_in_dip(PPID, today, dip_entry="dip-2026-014")
    return data_request


def a_request_with_data_on_hand(today: Today = FRIDAY) -> DataRequest:
    data_request = a_request_found_in_dip(today)
    data_request.provide_data_on_hand(PPID, today, file=UPLOADED, seal=sealed)
    return data_request


def a_handed_over_request(today: Today = FRIDAY) -> DataRequest:
    data_request = a_granted_request(today)
    data_request.hand_over(DISKOPINDAG, today, file=UPLOADED, seal=sealed)
    return data_request


def a_masked_request(today: Today = FRIDAY, start: DataRequest | None = None) -> DataRequest:
    data_request = start or a_handed_over_request(today)
    data_request.record_masking(PPID, today, original_digest=ORIGINAL, file=MASKED_FILE)
    return data_request


def a_request_at_walidata(today: Today = FRIDAY) -> DataRequest:
    data_request = a_masked_request(today)
    data_request.hand_to_walidata(PPID, today)
    return data_request


def a_listed_request(today: Today = FRIDAY) -> DataRequest:
    data_request = a_request_at_walidata(today)
    data_request.list_in_daftar_data(WALIDATA, today, year=today.day.year + 1, entry=ENTRY)
    return data_request


def a_drafted_request(today: Today = FRIDAY) -> DataRequest:
    data_request = a_listed_request(today)
    data_request.draft_delivery(WALIDATA, today, seal=sealed)
    return data_request


def a_delivered_request(today: Today = FRIDAY) -> DataRequest:
    data_request = a_drafted_request(today)
    data_request.deliver(PPID, today)
    return data_request


def a_request_with_delivery_letter(today: Today = FRIDAY) -> DataRequest:
    data_request = a_delivered_request(today)
    data_request.note_letter(SERVICE, today, letter=a_letter("surat_penyampaian_pemohon", today))
    return data_request


def a_received_request(today: Today = FRIDAY) -> DataRequest:
    data_request = a_request_with_delivery_letter(today)
    data_request.receive(PEMOHON, today)
    return data_request


def a_request_refused_by_pembantu(today: Today = FRIDAY) -> DataRequest:
    data_request = a_forwarded_request(today)
    data_request.refuse(DISKOPINDAG, today, refusal=REFUSAL, seal=sealed)
    return data_request


def a_request_with_refusal_sent(today: Today = FRIDAY) -> DataRequest:
    data_request = a_request_refused_by_pembantu(today)
    data_request.send_refusal(DISKOPINDAG, today)
    return data_request


def a_refused_request(today: Today = FRIDAY) -> DataRequest:
    data_request = a_request_with_refusal_sent(today)
    data_request.notify_refusal(PPID, today)
    return data_request


def a_withdrawn_request(today: Today = FRIDAY) -> DataRequest:
    data_request = a_submitted_request(today)
    data_request.withdraw(PEMOHON, today, seal=sealed)
    return data_request


def an_objected_request(today: Today = FRIDAY) -> DataRequest:
    data_request = a_refused_request(today)
    objecting.lodge(
        data_request,
        PEMOHON,
        today,
        ground="penolakan",
        case="Data yang saya minta tidak memuat rahasia dagang.",
        seal=sealed,
    )
    return data_request


def a_disputed_request(today: Today = MONDAY) -> DataRequest:
    data_request = an_objected_request()
    objecting.decide(
        data_request,
        ATASAN,
        today,
        decision="ditolak",
        reason="Alasan PPID sudah tepat.",
        seal=sealed,
    )
    redress.record_dispute(
        data_request, PPID, today, number="012/XI/KI-Prov/2026", filed_on=today.day
    )
    return data_request


def last_fact(data_request: DataRequest) -> object:
    return data_request.pending_events[-1]


def names_of_facts(data_request: DataRequest) -> list[str]:
    return [type(fact).__name__ for fact in data_request.pending_events]
