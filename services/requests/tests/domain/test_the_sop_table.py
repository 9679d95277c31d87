"""The SOP's tables against the paper, and every (step, fact, role) against the tables."""

from functools import partial
from itertools import product

import pytest
from requests_service.domain import events as f
from requests_service.domain.commands import COMMANDS
from requests_service.domain.errors import NotTheOwner, RequestsError, StepNotOpen
from requests_service.domain.roles import Role
from requests_service.domain.sop import LEGAL_ACTS, REPORTS, SOP, STEPS, outcome_of

from services.requests.tests import builders as b

PAPER = """
1 | Mengunjungi Portal Malang Satu Data | Pemohon | Portal Malang Satu Data | 5 Menit | Informasi Dashboard Malang Satu Data
2 | Memeriksa ketersediaan data yang dibutuhkan pada Data Terbuka | Pemohon | Portal Malang Satu Data | 10 Menit | Informasi Data Sektoral Terbuka
3 | Mengunduh data yang dibutuhkan | Pemohon | Nama; Profesi; Instansi; Email Pemohon | 5 Menit | Data yang dibutuhkan
4 | Mengajukan permohonan Data Terbatas untuk Masyarakat Umum dan/atau Instansi Non Pemerintah | Pemohon | Portal Malang Satu Data | 5 Menit | Informasi pengajuan permohonan Data Terbatas
5 | Mengisi Formulir Online Permohonan Informasi | Pemohon | Formulir Online Permohonan Informasi PPID | 15 Menit | Dokumen Permohonan Data
6 | Memeriksa ketersediaan data yang dimohon pada Daftar Informasi Publik | PPID | Dokumen Permohonan Data; Daftar Informasi Publik | 1 Hari | Informasi ketersediaan data yang dimohon
7 | Menghubungi PPID Pembantu yang membidangi data yang dimohon | PPID | Dokumen Permohonan Data | 3 Hari | Surat Permohonan Data kepada PPID Pembantu
8 | Menindaklanjuti permohonan data | PPID Pembantu | Dokumen Permohonan Data | 3 Hari | Keputusan pemberian data yang dimohon
9 | Memberikan data yang dimohon kepada PPID | PPID Pembantu | Data yang dimohon | 3 Hari | Surat Penyampaian Data kepada PPID
10 | Memeriksa data yang diterima dari PPID Pembantu terkait perlindungan data pribadi | PPID | Surat Penyampaian Data kepada PPID | 3 Hari | Data yang dimohon
11 | Memberikan data yang dimohon kepada Walidata | PPID | Data yang dimohon | 1 Hari | Data yang dimohon
12 | Memasukkan data yang dimohon ke dalam Daftar Data tahun berikutnya | Walidata | Data yang dimohon | 3 Hari | Daftar Data tahun berikutnya
13 | Menerbitkan Surat Penyampaian Data kepada Pemohon | Walidata, PPID | Dokumen Permohonan Data; Data yang dimohon | 3 Hari | Surat Penyampaian Data kepada Pemohon
14 | Menerbitkan Surat Penolakan Permohonan Data kepada PPID | PPID Pembantu | Dokumen Permohonan Data | 3 Hari | Surat Penolakan Permohonan Data kepada PPID
15 | Menerbitkan Surat Penolakan Permohonan Data kepada Pemohon | PPID | Dokumen Permohonan Data; Surat Penolakan Permohonan Data dari PPID Pembantu | 3 Hari | Surat Penolakan Permohonan Data kepada Pemohon
16 | Menerima data yang dibutuhkan | Pemohon | Surat Penyampaian Data kepada Pemohon | 3 Hari | Data yang dibutuhkan
"""  # noqa: E501 (the paper's own rows)

OWN_TEXTS = {
    10: "Data yang mengandung data pribadi harus disamarkan",
    14: "Penolakan harus disertai alasan yang jelas",
    16: "Selesai",
}

IN_STATE = {
    6: b.a_submitted_request,
    7: b.a_request_with_owner,
    8: b.a_forwarded_request,
    9: b.a_granted_request,
    10: b.a_handed_over_request,
    11: b.a_masked_request,
    12: b.a_request_at_walidata,
    13: b.a_listed_request,
    14: b.a_request_refused_by_pembantu,
    15: b.a_request_with_refusal_sent,
    16: b.a_request_with_delivery_letter,
    None: b.a_refused_request,
}
"""A request at each step, from which the acts of that step may be done."""

LONG_AGO = b.on("2026-10-01")
NEEDS_ANOTHER_STATE = {
    (6, f.RequestClosed): lambda: b.a_returned_request(LONG_AGO),
    (7, f.RequestClosed): lambda: b.a_returned_request(
        LONG_AGO, start=b.a_request_with_owner(LONG_AGO)
    ),
    (16, f.RequestClosed): lambda: b.a_request_with_delivery_letter(LONG_AGO),
    (10, f.DataOnHandProvided): b.a_request_found_in_dip,
    (10, f.EarlierClearanceCited): b.a_request_found_in_dip,
    (13, f.DataDelivered): b.a_drafted_request,
    (6, f.RequestCompleted): b.a_returned_request,
    **{(step, f.FeeStated): partial(b.a_request_for_paper, step) for step in (11, 12, 13)},
    **{
        (step, fact): partial(b.a_request_with_a_fee, step)
        for step in (11, 12, 13)
        for fact in (f.FeePaid, f.FeeWaived)
    },
    **{
        (step, fact): partial(b.a_proposed_refusal, step)
        for step in (6, 8, 10)
        for fact in (f.RefusalConfirmed, f.ProposalSentBack)
    },
}

TODAY = b.FRIDAY
EVERY_TRIPLE = [
    (step, fact, role)
    for step, fact, role in product(IN_STATE, f.all_facts(), Role)
    if fact not in {report.fact for report in REPORTS} | {f.RequestSubmitted}
]


@pytest.mark.parametrize("row", PAPER.strip().splitlines(), ids=lambda row: row.split(" | ")[0])
def test_every_row_says_what_the_paper_says(row):
    step = SOP[int(row.split(" | ")[0]) - 1]

    told = [str(step.no), step.activity, step.owners_label, "; ".join(step.requirements)]
    assert row.split(" | ") == [*told, step.time, step.output]


def test_the_rows_are_numbered_one_to_sixteen():
    assert list(range(1, 17)) == [step.no for step in SOP]


def test_the_remarks_are_the_papers():
    assert OWN_TEXTS == {step.no: step.remark for step in SOP if step.remark}


def test_hari_is_a_working_day_and_minutes_are_guidance():
    days = {step.no: int(step.time.split()[0]) for step in SOP if step.time.endswith("Hari")}

    assert {step.no: step.working_days for step in SOP if step.no > 5} == days
    assert {0} == {step.working_days for step in SOP if step.time.endswith("Menit")}


def test_before_the_form_there_is_no_request():
    assert [1, 2, 3, 4] == [step.no for step in SOP if not step.outcomes]


def test_every_outcome_leads_to_a_step_or_to_the_end():
    led_to = {outcome.next_step for step in SOP for outcome in step.outcomes.values()}

    assert led_to <= {*STEPS, None}
    assert None in led_to


def test_every_step_from_six_on_is_reached_from_the_form():
    reached, edge = set(), {5}
    while edge:
        reached |= edge
        edge = {
            outcome.next_step
            for no in edge
            for outcome in STEPS[no].outcomes.values()
            if outcome.next_step
        } - reached

    assert set(range(5, 17)) == reached


def test_every_fact_stands_in_exactly_one_of_the_tables():
    in_steps = {fact for step in SOP for fact in step.outcomes}
    in_acts = [act.fact for act in LEGAL_ACTS]
    in_reports = [report.fact for report in REPORTS]

    assert sorted(fact.__name__ for fact in f.all_facts()) == sorted(
        fact.__name__ for fact in [*in_steps, *in_acts, *in_reports]
    )


def test_only_the_refusal_is_shared_by_several_steps():
    homes = {
        fact: [step.no for step in SOP if fact in step.outcomes]
        for step in SOP
        for fact in step.outcomes
    }

    assert {f.RequestRefused: [6, 8, 10]} == {k: v for k, v in homes.items() if len(v) > 1}


def test_every_fact_that_a_person_states_belongs_to_one_command():
    by_privacy = {f.DataMasked, f.DataFoundClean}
    by_reports = {report.fact for report in REPORTS}
    of_commands = [fact for facts in COMMANDS.values() for fact in facts]

    expected = set(f.all_facts()) - by_privacy - by_reports - {f.RequestSubmitted}
    assert sorted(fact.__name__ for fact in expected) == sorted(x.__name__ for x in of_commands)


@pytest.mark.parametrize(
    ("step", "fact", "role"),
    EVERY_TRIPLE,
    ids=lambda each: getattr(each, "__name__", str(each)),
)
def test_every_step_fact_and_role_gets_the_tables_answer(step, fact, role):
    data_request = NEEDS_ANOTHER_STATE.get((step, fact), IN_STATE[step])()
    assert step == data_request.step

    try:
        data_request.guard(fact, b.ONE_OF_EACH[role], TODAY)
        answer = "yes"
    except NotTheOwner:
        answer = "another's"
    except StepNotOpen:
        answer = "not now"
    except RequestsError:
        answer = "needs more"

    assert _tables_answer(step, fact, role) == answer


def _tables_answer(step, fact, role):
    steps = {step.no: step.outcomes[fact].role for step in SOP if fact in step.outcomes}
    act = next((act for act in LEGAL_ACTS if act.fact is fact), None)
    if act:
        steps = {step: act.role_at(step) for step in act.steps}
    if step not in steps:
        return "not now"
    entered = act is not None and act.enterable and role is Role.PPID
    if role is not steps[step] and not entered:
        return "another's"
    if fact is f.RequestCompleted:
        return "yes" if step == 6 else "not now"
    if fact in (f.ObjectionDecided, f.ErasureDecided, f.DisputeFiled, f.DisputeDecided):
        return "needs more"
    if fact is f.ObjectionLodged and step is not None:
        return "needs more"
    return "yes"


def test_what_the_tables_do_not_know_is_refused_in_words():
    with pytest.raises(StepNotOpen, match="hanya dapat dilakukan pada langkah 8"):
        outcome_of(9, f.RequestGranted)
