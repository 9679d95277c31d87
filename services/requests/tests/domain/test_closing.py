"""What waits for the Pemohon in vain is closed by the PPID, when their time has passed."""

from datetime import timedelta

import pytest
from requests_service.domain import closing, completing, errors, objecting, redress

from services.requests.tests import builders as b


def after(day):
    return b.on((day + timedelta(days=1)).isoformat())


def test_a_request_that_was_not_completed_is_closed_the_day_after_it_should_have_been():
    data_request = b.a_returned_request()
    last_day = data_request.clocks.complete_by
    with pytest.raises(errors.PemohonHasTime, match="masih mempunyai waktu sampai"):
        closing.close(data_request, b.PPID, b.on(last_day.isoformat()))

    closing.close(data_request, b.PPID, after(last_day))

    assert ("closed", None, None, None) == (
        data_request.state, data_request.step, data_request.returned_on, data_request.decision,
    )  # fmt: skip
    assert closing.NOT_COMPLETED == b.last_fact(data_request).why
    with pytest.raises(errors.StepNotOpen):
        closing.close(data_request, b.PPID, after(last_day))


def test_data_that_nobody_said_was_received_is_closed_when_its_download_has_ended():
    data_request = b.a_request_with_delivery_letter()
    last_day = data_request.access_until
    with pytest.raises(errors.PemohonHasTime):
        closing.close(data_request, b.PPID, b.on(last_day.isoformat()))

    closing.close(data_request, b.PPID, after(last_day))

    assert ("closed", "granted") == (data_request.state, data_request.decision)
    assert closing.NOT_RECEIVED == b.last_fact(data_request).why


def test_nobody_else_closes_a_request_and_none_that_waits_for_an_office():
    data_request = b.a_returned_request()
    late = after(data_request.clocks.complete_by)
    for other in (b.WALIDATA, b.DISKOPINDAG, b.PEMOHON, b.ATASAN):
        with pytest.raises(errors.NotTheOwner):
            closing.close(data_request, other, late)
    completing.complete(data_request, b.PEMOHON, late, answer="Untuk skripsi", seal=b.sealed)
    with pytest.raises(errors.PemohonHasTime, match="masih mempunyai waktu;"):
        closing.close(data_request, b.PPID, after(late.day))
    with pytest.raises(errors.StepNotOpen):
        closing.close(b.a_forwarded_request(), b.PPID, late)


def test_what_was_closed_may_be_objected_to_and_taken_up_again():
    data_request = b.a_returned_request()
    closed = after(data_request.clocks.complete_by)
    closing.close(data_request, b.PPID, closed)
    assert "tidak_dipenuhi" in objecting.last_days(data_request, closed)

    redress.reopen(
        data_request, b.PPID, closed,
        to_step=6, basis=redress.PPID, reason="Pemohon datang membawa kelengkapannya.",
        seal=b.sealed,
    )  # fmt: skip

    assert (6, "open", None) == (
        data_request.step, data_request.state, closing.closable_after(data_request),
    )  # fmt: skip
