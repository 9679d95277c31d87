"""What copies on paper cost: stated once, paid or waived before the delivery."""

from datetime import date, timedelta

import pytest
from requests_service.domain import errors, fees, objecting, redress, register

from services.requests.tests import builders as b


def _object(data_request, ground):
    case = "Tarif per lembar dua kali tarif perwal."
    objecting.lodge(data_request, b.PEMOHON, b.MONDAY, ground=ground, case=case, seal=b.sealed)


def test_the_cost_is_sheets_at_the_citys_rate_and_the_sending_by_its_decree():
    data_request = b.a_request_with_a_fee(11)

    told = data_request.fee.stated
    assert (12, 500, 15_000, 21_000) == (told.sheets, told.per_sheet, told.sending, told.amount)
    assert ("Perwal 1/2024", "Transfer ke rekening kas daerah.") == (told.decree, told.how_to_pay)
    assert 11 == data_request.step


def test_the_delivery_waits_until_it_is_paid_and_says_what_was_paid():
    data_request = b.a_request_with_a_fee(13)
    data_request.draft_delivery(b.WALIDATA, b.MONDAY, seal=b.sealed)
    with pytest.raises(errors.FeeUnpaid, match="belum dibayar"):
        data_request.deliver(b.PPID, b.MONDAY)

    fees.pay(data_request, b.PPID, b.MONDAY, paid_on=b.MONDAY.day, receipt=" STS-17 ")
    data_request.deliver(b.PPID, b.MONDAY)

    assert (21_000, 16) == (b.last_fact(data_request).fee, data_request.step)
    assert "STS-17" == data_request.fee.receipt


def test_a_cost_that_was_wrong_is_waived_and_stated_anew():
    data_request = b.a_request_with_a_fee(12)
    again = {"sheets": 10, "sending": 0, "tariff": b.TARIFF}
    with pytest.raises(errors.FeeUnpaid, match="belum dibayar"):
        fees.state(data_request, b.PPID, b.MONDAY, **again)

    fees.waive(data_request, b.PPID, b.MONDAY, reason="Jumlah lembar salah.", seal=b.sealed)
    with pytest.raises(errors.FeeUnpaid, match="Tidak ada biaya"):
        fees.pay(data_request, b.PPID, b.MONDAY, paid_on=b.MONDAY.day, receipt="STS-17")
    fees.state(data_request, b.PPID, b.MONDAY, **again)

    assert (5_000, True) == (data_request.fee.stated.amount, data_request.fee.open)


def test_a_cost_that_seems_unfair_is_objected_to_from_the_day_it_was_stated_until_waived():
    data_request = b.a_request_with_a_fee(12)
    last_day = b.CALENDAR.add_working_days(data_request.fee.stated.on, 30)
    assert {"biaya": last_day} == objecting.last_days(data_request, b.MONDAY)
    with pytest.raises(errors.NoGroundYet):
        _object(data_request, "tidak_dipenuhi")

    _object(data_request, "biaya")
    fees.waive(data_request, b.PPID, b.MONDAY, reason="Tarifnya keliru dihitung.", seal=b.sealed)

    assert ("biaya", {}) == (
        data_request.objection.ground, objecting.last_days(data_request, b.MONDAY),
    )  # fmt: skip


def test_what_waits_to_be_paid_is_not_owed():
    data_request = b.a_request_with_a_fee(13)
    data_request.note_letter(b.SERVICE, b.MONDAY, letter=b.a_letter("pemberitahuan_tertulis"))
    late = b.on("2026-12-30")
    assert ["biaya"] == list(objecting.last_days(data_request, late))

    fees.pay(data_request, b.PPID, late, paid_on=b.MONDAY.day, receipt="STS-17")

    assert "tidak_dipenuhi" in objecting.last_days(data_request, late)


def test_electronic_data_costs_nothing_and_is_delivered_at_once():
    data_request = b.a_drafted_request()
    with pytest.raises(errors.FeeUnfit, match="hanya untuk salinan cetak"):
        fees.state(data_request, b.PPID, b.MONDAY, sheets=1, sending=0, tariff=b.TARIFF)

    data_request.deliver(b.PPID, b.MONDAY)

    assert b.last_fact(data_request).fee is None


@pytest.mark.parametrize(
    ("sheets", "sending", "tariff"),
    [(0, 0, b.TARIFF), (10_001, 0, b.TARIFF), (1, -1, b.TARIFF), (1, 10_000_001, b.TARIFF),
     (1, 0, None)],
)  # fmt: skip
def test_a_cost_outside_of_the_tariff_is_refused(sheets, sending, tariff):
    data_request = b.a_request_for_paper(11)

    with pytest.raises(errors.FeeUnfit):
        fees.state(data_request, b.PPID, b.MONDAY, sheets=sheets, sending=sending, tariff=tariff)

    assert data_request.fee.stated is None


@pytest.mark.parametrize(
    ("paid_on", "receipt"),
    [(b.MONDAY.day + timedelta(days=1), "STS-17"), (b.MONDAY.day, "  "), (b.MONDAY.day, "9" * 101)],
)
def test_a_payment_has_a_day_that_has_come_and_a_proof(paid_on, receipt):
    data_request = b.a_request_with_a_fee(12)

    with pytest.raises(errors.FeeUnfit):
        fees.pay(data_request, b.PPID, b.MONDAY, paid_on=paid_on, receipt=receipt)

    assert data_request.fee.open


def test_who_no_longer_wants_the_data_owes_nothing_and_reopened_nothing_was_stated():
    data_request = b.a_request_with_a_fee(12)

    data_request.withdraw(b.PEMOHON, b.MONDAY, seal=b.sealed)

    assert (False, True) == (data_request.fee.open, data_request.fee.lapsed)


def test_what_was_paid_is_not_told_again_when_the_request_is_reopened():
    data_request = b.a_request_with_a_fee(13)
    data_request.draft_delivery(b.WALIDATA, b.MONDAY, seal=b.sealed)
    fees.pay(data_request, b.PPID, b.MONDAY, paid_on=b.MONDAY.day, receipt="STS-17")
    data_request.deliver(b.PPID, b.MONDAY)
    data_request.note_letter(b.SERVICE, b.MONDAY, letter=b.a_letter("surat_penyampaian_pemohon"))
    data_request.receive(b.PEMOHON, b.MONDAY)

    redress.reopen(
        data_request, b.PPID, b.MONDAY, to_step=10, basis="keputusan_ppid",
        reason="Berkas yang dikirim ternyata keliru.", seal=b.sealed,
    )  # fmt: skip

    assert data_request.fee.stated is data_request.fee.paid is None


@pytest.mark.parametrize("who", [b.DISKOPINDAG, b.WALIDATA, b.PEMOHON])
def test_money_is_the_ppids(who):
    with pytest.raises(errors.NotTheOwner):
        fees.pay(
            b.a_request_with_a_fee(11), who, b.MONDAY, paid_on=date(2026, 11, 20), receipt="STS-17"
        )


PAID = "dibayar 23 November 2026, bukti STS-17"


def test_two_costs_that_were_paid_are_told_together():
    data_request = b.a_request_with_a_fee(11)
    fees.pay(data_request, b.PPID, b.MONDAY, paid_on=b.MONDAY.day, receipt="STS-17")
    first = data_request.fee.paid
    fees.state(data_request, b.PPID, b.MONDAY, sheets=2, sending=0, tariff=b.TARIFF)
    assert first == data_request.fee.paid

    fees.pay(data_request, b.PPID, b.MONDAY, paid_on=b.MONDAY.day, receipt="STS-18")

    assert first + data_request.fee.stated.amount == data_request.fee.paid


def test_nobody_paid_before_the_cost_was_told():
    data_request = b.a_request_with_a_fee(11)

    with pytest.raises(errors.FeeUnfit, match="baru diberitahukan"):
        fees.pay(data_request, b.PPID, b.MONDAY, paid_on=date(2026, 11, 19), receipt="STS-17")


def test_the_register_has_the_cost_and_how_it_ended():
    begun = ("2026-0042", "p", "2026-11-20", "masyarakat_umum", "laman", "salinan_cetak")
    entry = register.Entry(*begun, None, "", "")

    seen = []
    for type_, fact in (
        ("FeeStated", {"amount": 21_000}),
        ("FeePaid", {"paid_on": "2026-11-23", "receipt": "STS-17"}),
        ("FeeStated", {"amount": 500}),
        ("FeeWaived", {}),
        ("FeeStated", {"amount": 500}),
        ("RequestWithdrawn", {"on": "2026-11-24"}),
    ):
        register.remember(entry, type_, fact)
        seen.append((entry.fee, entry.payment))

    assert [
        ("Rp21.000", "belum dibayar"),
        ("Rp21.000", PAID),
        ("Rp21.000; Rp500", f"{PAID}; belum dibayar"),
        ("Rp21.000; Rp500", f"{PAID}; dibebaskan"),
        ("Rp21.000; Rp500; Rp500", f"{PAID}; dibebaskan; belum dibayar"),
        ("Rp21.000; Rp500; Rp500", f"{PAID}; dibebaskan; tidak jadi dibayar"),
    ] == seen
