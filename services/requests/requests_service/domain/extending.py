"""The law's deadline is extended once, by 7 working days at most (UU 14/2008 Pasal 22 ayat (8))."""

from typing import TYPE_CHECKING

from requests_service.domain import choices, errors, sop, texts
from requests_service.domain import events as facts
from requests_service.domain.dates import tanggal
from requests_service.domain.roles import Actor
from requests_service.domain.working_days import Today

if TYPE_CHECKING:
    from requests_service.domain.data_request import DataRequest, Seal


def extend(
    r: "DataRequest",
    by: Actor,
    today: Today,
    *,
    days: int,
    reason_code: str,
    reason: str,
    seal: "Seal",
) -> None:
    r.guard(facts.DeadlineExtended, by, today)
    choices.must_be_one_of(choices.EXTENSION_REASONS, reason_code, what="Alasan perpanjangan")
    if not 1 <= days <= sop.EXTENSION_DAYS_MAX or r.statutory_due is None:
        raise errors.ExtensionTooLong(
            f"Perpanjangan paling lama {sop.EXTENSION_DAYS_MAX} hari kerja dan sedikitnya"
            " satu hari (UU 14/2008 Pasal 22 ayat (8))."
        )
    if not texts.is_meaningful(reason, words=4):
        raise errors.ReasonMissing("Perpanjangan harus disertai alasan tertulis yang jelas.")
    due = today.calendar.add_working_days(r.statutory_due, days)
    r.record(
        facts.DeadlineExtended,
        by,
        today,
        reason_code=reason_code,
        days=days,
        new_statutory_due=due,
        reason_sealed=seal("reason", reason),
        statutory_due=due,
    )


def must_still_owe_the_notice(r: "DataRequest", today: Today) -> None:
    if r.notice_issued_on:
        raise errors.ExtensionTooLate(
            "Pemberitahuan tertulis sudah terbit, tenggat tidak dapat diperpanjang lagi."
        )
    if r.statutory_due and today.day > r.statutory_due:
        raise errors.ExtensionTooLate(
            "Tenggat pemberitahuan tertulis sudah lewat pada"
            f" {tanggal(r.statutory_due)}; perpanjangan harus diputuskan sebelumnya."
        )
