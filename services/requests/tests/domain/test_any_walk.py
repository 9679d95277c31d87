"""Whatever anybody tries, in any order, a request stays one that the SOP knows."""

from contextlib import suppress
from datetime import date, timedelta
from functools import partial
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st
from requests_service.adapters.plain_mapper import PlainMapper
from requests_service.domain import (
    closing,
    completing,
    confirming,
    erasing,
    extending,
    fees,
    objecting,
    redress,
)
from requests_service.domain.declining import decline
from requests_service.domain.erasing import Terms
from requests_service.domain.errors import RequestsError
from requests_service.domain.going_back import WAYS, go_back
from requests_service.domain.parting import split_off
from requests_service.domain.satisfaction import rate
from requests_service.domain.sop import STEPS

from services.requests.tests import builders as b

PART = UUID("0d6c1f62-7a1e-4d53-9a53-4f7d2c8f3b1a")
WHY = "Dokumen masih dikumpulkan dari arsip kecamatan."


def _go_back(way, r, who, today):
    go_back(r, who, today, way=way, reason=WHY, seal=b.sealed)


ATTEMPTS = {
    "find_in_dip": lambda r, who, t: r.find_in_dip(who, t, dip_entry="dip-1"),
    "find_owner": lambda r, who, t: r.find_owner(who, t, agency="diskopindag"),
    "forward": lambda r, who, t: r.forward(who, t, seal=b.sealed),
    "split_off": lambda r, who, t: split_off(
        r, who, t, part_id=PART, part_number="2026-0043", kept="Jumlah UMKM", seal=b.sealed
    ),
    "decline": lambda r, who, t: decline(
        r, who, t, reason="Data ini dihimpun perangkat daerah lain.", seal=b.sealed
    ),
    "forward_on": lambda r, who, t: r.forward(who, t, agency="dinsos", seal=b.sealed),
    "grant": lambda r, who, t: r.grant(who, t),
    "grant_in_part": lambda r, who, t: r.grant_in_part(
        who, t, refused_parts="Nama pemilik", refusal=b.REFUSAL, seal=b.sealed
    ),
    "refuse": lambda r, who, t: r.refuse(who, t, refusal=b.REFUSAL, seal=b.sealed),
    "propose": lambda r, who, t: confirming.propose(r, who, t, refusal=b.REFUSAL, seal=b.sealed),
    "confirm": lambda r, who, t: confirming.confirm(
        r, who, t, refusal=b.REFUSAL, refused_parts=None, seal=b.sealed
    ),
    "send_back": lambda r, who, t: confirming.send_back(
        r, who, t, words="Alasannya belum cukup jelas.", seal=b.sealed
    ),
    "fee": lambda r, who, t: fees.state(r, who, t, sheets=3, sending=0, tariff=b.TARIFF),
    "pay": lambda r, who, t: fees.pay(r, who, t, paid_on=t.day, receipt="STS-17"),
    "waive": lambda r, who, t: fees.waive(r, who, t, reason="Pemohon tidak mampu.", seal=b.sealed),
    "hand_over": lambda r, who, t: r.hand_over(who, t, file=b.UPLOADED, seal=b.sealed),
    "close": lambda r, who, t: closing.close(r, who, t),
    **{way: partial(_go_back, way) for way in WAYS},
    "provide": lambda r, who, t: r.provide_data_on_hand(who, t, file=b.UPLOADED, seal=b.sealed),
    "masked": lambda r, who, t: r.record_masking(
        who, t, original_digest=b.ORIGINAL, file=b.MASKED_FILE
    ),
    "clean": lambda r, who, t: r.record_clean(who, t, file=b.CLEAN_FILE),
    "to_walidata": lambda r, who, t: r.hand_to_walidata(who, t),
    "list": lambda r, who, t: r.list_in_daftar_data(who, t, year=2030, entry=b.ENTRY),
    "draft": lambda r, who, t: r.draft_delivery(who, t, seal=b.sealed),
    "deliver": lambda r, who, t: r.deliver(who, t),
    "send_refusal": lambda r, who, t: r.send_refusal(who, t),
    "notify_refusal": lambda r, who, t: r.notify_refusal(who, t),
    "receive": lambda r, who, t: r.receive(who, t),
    "return": lambda r, who, t: completing.return_for_completion(
        r, who, t, missing=["tujuan"], explanation="Mohon jelaskan tujuannya.", seal=b.sealed
    ),
    "complete": lambda r, who, t: completing.complete(
        r, who, t, answer="Untuk skripsi", seal=b.sealed
    ),
    "complete_brought": lambda r, who, t: completing.complete(
        r, who, t, answer="Untuk skripsi", seal=b.sealed, brought=b.brought(t.day)
    ),
    "object_brought": lambda r, who, t: objecting.lodge(
        r,
        who,
        t,
        ground="tidak_dipenuhi",
        case="Data yang saya minta belum diberikan.",
        seal=b.sealed,
        brought=b.brought(t.day),
    ),
    "withdraw": lambda r, who, t: r.withdraw(who, t, seal=b.sealed),
    "extend": lambda r, who, t: extending.extend(
        r, who, t, days=7, reason_code="belum_dikuasai", reason=WHY, seal=b.sealed
    ),
    "object": lambda r, who, t: objecting.lodge(
        r,
        who,
        t,
        ground="tidak_dipenuhi",
        case="Data yang saya minta belum diberikan.",
        seal=b.sealed,
    ),
    "decide": lambda r, who, t: objecting.decide(
        r, who, t, decision="ditolak", reason="Alasan PPID sudah tepat.", seal=b.sealed
    ),
    "decide_for": lambda r, who, t: objecting.decide(
        r, who, t, decision="dikabulkan", reason="Data itu tidak memuat rahasia.", seal=b.sealed
    ),
    "rate": lambda r, who, t: rate(r, who, t, score=4, remark=None, seal=b.sealed),
    "reopen_at_6": lambda r, who, t: redress.reopen(
        r, who, t, to_step=6, basis="keputusan_ppid", reason=WHY, seal=b.sealed
    ),
    "reopen_at_8": lambda r, who, t: redress.reopen(
        r, who, t, to_step=8, basis="keputusan_ppid", reason=WHY, seal=b.sealed
    ),
    "reopen_at_10": lambda r, who, t: redress.reopen(
        r, who, t, to_step=10, basis="keberatan", reason=WHY, seal=b.sealed
    ),
    "dispute": lambda r, who, t: redress.record_dispute(
        r, who, t, number="012/XI/KI-Prov/2026", filed_on=t.day
    ),
    "end_dispute": lambda r, who, t: redress.record_dispute_decision(
        r, who, t, outcome="dikabulkan", decision="7/2027", decided_on=t.day
    ),
    "ask_erasure": lambda r, who, t: erasing.ask(r, who, t, seal=b.sealed),
    "grant_erasure": lambda r, who, t: erasing.grant(r, who, t, terms=Terms()),
    "refuse_erasure": lambda r, who, t: erasing.refuse(
        r, who, t, reason_code="arsip", reason="Masih disimpan menurut jadwal.", seal=b.sealed
    ),
    "notice": lambda r, who, t: r.note_letter(who, t, letter=b.a_letter("pemberitahuan_tertulis")),
    "letter": lambda r, who, t: r.note_letter(
        who, t, letter=b.a_letter("surat_penyampaian_pemohon")
    ),
}
WHO = st.sampled_from(
    [b.PEMOHON, b.PPID, b.PPIDS_SECOND, b.WALIDATA, b.DISKOPINDAG, b.DINSOS, b.ATASAN]
)
WALK = st.lists(
    st.tuples(st.sampled_from(sorted(ATTEMPTS)), WHO, st.integers(0, 9)), min_size=20, max_size=150
)


@settings(max_examples=150, deadline=None)
@given(WALK)
def test_any_walk_keeps_the_request_whole(walk):
    data_request, day = b.a_submitted_request(), date(2026, 11, 20)

    for name, who, days in walk:
        day += timedelta(days=days // 4)
        version = data_request.version
        with suppress(RequestsError):
            ATTEMPTS[name](data_request, who, b.on(day.isoformat()))
            # Who confirms a proposal refuses with it.
            assert data_request.version == version + 1 + (name == "confirm")
            continue
        assert data_request.version == version

    _must_be_whole(data_request)


def _must_be_whole(data_request):
    assert data_request.step in {*STEPS, None}
    if data_request.step is None:
        assert data_request.state in {"received", "refused", "withdrawn", "closed"}
        assert data_request.due is None
        assert data_request.ended_on
    elif data_request.state == "returned":
        assert (None, "pemohon") == (data_request.due, data_request.waiting_for)
        # Of the law's deadline, only one that was missed already does not stand still.
        missed = data_request.statutory_due
        assert missed is None or missed < data_request.returned_on
    else:
        assert data_request.due
        assert data_request.statutory_due
        assert data_request.waiting_for
    if data_request.step in {9, *range(11, 14), 16} and not data_request.found_in_dip:
        assert data_request.decision in {"granted", "granted_in_part"}
    if data_request.step in {11, 12, 13, 16}:
        assert data_request.cleared

    mapper, replayed = PlainMapper(), None
    for fact in data_request.pending_events:
        replayed = mapper.to_domain_event(mapper.to_stored_event(fact)).mutate(replayed)
    before = {k: v for k, v in vars(data_request).items() if k != "_pending_events"}
    assert before == {k: v for k, v in vars(replayed).items() if k != "_pending_events"}
