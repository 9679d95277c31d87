"""What a form may say: identity, purpose, reasons."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from requests_service.domain.choices import WAYS_TO_OBTAIN, WAYS_TO_SEND
from requests_service.domain.district_codes import DISTRICTS
from requests_service.domain.errors import (
    DataWantedUnclear,
    HolderUnfit,
    IdentityInvalid,
    PurposeUnclear,
    ReasonMissing,
    ReasonUnknown,
    TextMissing,
)
from requests_service.domain.identity import must_be_a_nik
from requests_service.domain.refusal import (
    FIRST,
    NOTICE_OF_OBJECTION,
    Refusal,
    read_reasons,
    words_of,
)
from requests_service.domain.texts import must_be_a_purpose, must_describe_data

from services.requests.tests import builders as b

TODAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    "nik",
    [
        "3573010507990001",
        "3573014507990001",
        "3573052902000001",
        "1101013112450009",
        " 3573010507990001 ",
    ],
)
def test_a_nik_that_can_be_is_taken(nik):
    must_be_a_nik(nik, TODAY)


@pytest.mark.parametrize(
    ("nik", "told"),
    [
        ("", "16 angka"),
        ("357301050799000", "16 angka"),
        ("35730105079900011", "16 angka"),
        ("357301050799000a", "16 angka"),
        ("３５７３０１０５０７９９０００１", "16 angka"),
        ("9999010507990001", "kode kecamatan"),
        ("3573060507990001", "kode kecamatan"),
        ("3573013202990001", "tanggal lahir"),
        ("3573017113990001", "tanggal lahir"),
        ("3573010013990001", "tanggal lahir"),
        ("3573012902010001", "tanggal lahir"),
        ("3573017202990001", "tanggal lahir"),
        ("3573010507990000", "0000"),
    ],
)
def test_a_nik_that_cannot_be_is_refused_with_where_it_is_wrong(nik, told):
    with pytest.raises(IdentityInvalid, match=told):
        must_be_a_nik(nik, TODAY)


@given(
    st.sampled_from(sorted(DISTRICTS)),
    st.dates(date(1927, 1, 1), date(2026, 11, 19)),
    st.booleans(),
    st.integers(1, 9999),
)
def test_every_district_and_birth_date_makes_a_nik(regency, born, woman, serial):
    district = DISTRICTS[regency].split()[0]
    day = born.day + 40 * woman

    must_be_a_nik(f"{regency}{district}{day:02}{born:%m%y}{serial:04}", TODAY)


def test_there_are_as_many_districts_as_the_source_has():
    assert 7879 == sum(len(codes.split()) for codes in DISTRICTS.values())


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", " . "),
        ("address", ""),
        ("occupation", "-"),
        ("email", "siti"),
        ("email", "siti@contoh"),
        ("email", "siti@contoh.example, dua@contoh.example"),
        ("email", "siti@contoh.example\nBcc: x@contoh.example"),
        ("phone", "0812"),
        ("phone", "telepon saya"),
        ("name", "a" * 201),
        ("name", "Siti\nRahmawati"),
        ("nik", ""),
        ("nik", "1"),
        ("kind", ""),
        ("acts_for", "Rudi Hartono"),
        ("power_of_attorney", "12/SK/2026"),
    ],
)
def test_a_wrong_field_is_named(field, value):
    lacking = {"acts_for": "power_of_attorney", "power_of_attorney": "acts_for"}

    problems = replace(b.IDENTITY, **{field: value}).problems(TODAY)

    assert [lacking.get(field, field)] == list(problems)


@pytest.mark.parametrize("name", ["Budi 😀", "张伟", "ꦧꦸꦢꦶ"])
def test_a_name_that_no_letter_can_print_is_refused_at_the_form(name):
    problems = replace(b.IDENTITY, name=name).problems(TODAY)

    assert "huruf Latin" in problems["name"]


@pytest.mark.parametrize("name", ["Nyoman Śarī", "D’Angelo Núñez", "Siti Nur'aini, S.Si."])
def test_a_name_in_latin_letters_with_any_mark_is_taken(name):
    assert {} == replace(b.IDENTITY, name=name).problems(TODAY)


def test_all_that_is_wrong_is_told_at_once_in_the_order_of_the_form():
    identity = replace(b.IDENTITY, name="", nik="12", email="siti", phone="0812")
    form = replace(b.FORM, purpose="tes", format="docx", kind="")

    assert ["name", "nik", "email", "phone"] == list(identity.problems(TODAY))
    assert ["purpose", "format", "kind"] == list(form.problems())
    assert {} == b.IDENTITY.problems(TODAY) == b.FORM.problems()


def test_a_dash_in_what_may_stay_empty_is_nothing():
    identity = replace(b.IDENTITY, institution="-", acts_for="-", power_of_attorney=" - ")

    assert {} == identity.problems(TODAY)
    assert not identity.by_proxy
    assert not {"institution", "acts_for", "power_of_attorney"} & set(identity.cleaned())


def test_a_proxy_names_whom_they_act_for_and_the_letter():
    proxy = replace(b.IDENTITY, acts_for="Rudi Hartono", power_of_attorney="12/SK/2026")

    assert proxy.by_proxy
    assert {} == proxy.problems(TODAY)
    assert "Rudi Hartono" == proxy.cleaned()["acts_for"]


@pytest.mark.parametrize("obtain", WAYS_TO_OBTAIN)
@pytest.mark.parametrize("send", WAYS_TO_SEND)
def test_paper_is_not_sent_through_a_wire(obtain, send):
    problems = replace(b.FORM, way_to_obtain=obtain, way_to_send=send).problems()

    cannot_be = obtain == "salinan_cetak" and send in ("laman", "surel")
    assert (["way_to_send"] if cannot_be else []) == list(problems)


def test_a_way_that_nobody_knows_is_refused_with_those_there_are():
    problems = replace(b.FORM, way_to_obtain="fotokopi", way_to_send="").problems()

    assert "salinan_cetak" in problems["way_to_obtain"]
    assert "Pilih cara mengirim data." == problems["way_to_send"]


def test_a_body_needs_its_name_and_deed_and_no_nik():
    body = replace(
        b.IDENTITY, kind="instansi_non_pemerintah", nik=None, institution="Yayasan Data Warga"
    )

    assert ["legal_deed"] == list(body.problems(TODAY))
    assert {} == replace(body, legal_deed="AHU-0001.AH.01.04 Tahun 2020").problems(TODAY)


def test_a_body_of_the_government_does_not_come_this_way():
    problems = replace(b.IDENTITY, kind="instansi_pemerintah").problems(TODAY)

    assert "instansi_non_pemerintah" in problems["kind"]


@pytest.mark.parametrize(
    "purpose",
    [
        "Bahan skripsi tentang sebaran UMKM di Kota Malang",
        "Penelitian kemiskinan untuk tesis S2 di UB",
        "Menyusun rencana usaha kedai kopi di Lowokwaru",
        "Analisis TPT dan TPAK oleh BPS Kota Malang",
        "For a thesis about small businesses",
    ],
)
def test_a_purpose_that_says_something_is_taken(purpose):
    must_be_a_purpose(purpose)


@pytest.mark.parametrize(
    "purpose",
    [
        "",
        "   ",
        "skripsi",
        "asdf asdf asdf asdf",
        "tes tes tes tes tes",
        "aaaaaaaa bbbbbbbb cccccccc dddddddd",
        "penting penting penting penting",
        "1234 5678 9012 3456",
        "qwrtpsdfgh zxcvbnmkjh sdfghjklqw wrtypsdfg",
        "test coba aja deh",
        "dfgh wrtp bnmk lkjh",
        "! ? . , ; : -",
        "x" * 300,
        "kata " * 1200,
    ],
)
def test_a_purpose_that_says_nothing_is_refused(purpose):
    with pytest.raises((PurposeUnclear, TextMissing)) as refused:
        must_be_a_purpose(purpose)

    assert "Tujuan pemanfaatan data" in str(refused.value)


@pytest.mark.parametrize("data_wanted", ["", "data", "tes", "....", "asdf qwerty"])
def test_data_that_is_not_described_is_refused(data_wanted):
    with pytest.raises(DataWantedUnclear):
        must_describe_data(data_wanted)


def test_the_reasons_are_pasal_17_a_to_j_and_the_laws_others():
    letters = [reason.code[-1] for reason in FIRST.rows if reason.code.startswith("pasal_17_")]

    assert list("abcdefghij") == letters
    for reason in FIRST.rows:
        assert "UU Nomor 14 Tahun 2008" in reason.article
        assert set(reason.steps) <= {6, 8, 10}
        assert reason.text


@pytest.mark.parametrize("narrative", ["", "ditolak", "x" * 80, "tidak bisa " * 10])
def test_a_refusal_without_clear_reasons_is_none(narrative):
    with pytest.raises(ReasonMissing, match="alasan yang jelas"):
        Refusal("pasal_17_b", narrative)


def test_a_refusal_by_another_law_names_that_law():
    with pytest.raises(ReasonMissing, match="undang-undang lain"):
        Refusal("pasal_17_j", b.NARRATIVE)

    refusal = Refusal("pasal_17_j", b.NARRATIVE, "Pasal 21 UU Nomor 16 Tahun 1997")
    assert refusal.article.endswith("juncto Pasal 21 UU Nomor 16 Tahun 1997")


def test_a_reason_outside_the_table_or_the_step_is_refused():
    with pytest.raises(ReasonUnknown):
        Refusal("karena_malas", b.NARRATIVE)
    with pytest.raises(ReasonUnknown, match="langkah 6 atau 8"):
        b.NOT_HELD.must_stand(10, b.FRIDAY.day, None)


def test_the_notice_says_how_long_and_to_whom_to_object():
    for words in ("Atasan PPID", "30 (tiga puluh) hari kerja", "Pasal 35", "Pasal 36"):
        assert words in NOTICE_OF_OBJECTION


def test_who_holds_it_is_said_only_of_what_is_not_held():
    refusal = Refusal("tidak_dikuasai", b.NARRATIVE, held_by="Badan Pusat Statistik Kota Malang")
    assert "Badan Pusat Statistik Kota Malang" == refusal.held_by

    with pytest.raises(HolderUnfit, match="belum dikuasai"):
        Refusal("bukan_informasi_publik", b.NARRATIVE, held_by="Badan Pusat Statistik")
    with pytest.raises(HolderUnfit, match="Tulis nama badan publik"):
        Refusal("tidak_dikuasai", b.NARRATIVE, held_by="-")


def test_every_fact_and_letter_of_a_refusal_knows_who_holds_it():
    held_by = "Badan Pusat Statistik Kota Malang"
    refusal = Refusal("tidak_dikuasai", b.NARRATIVE, held_by=held_by)
    data_request = b.a_forwarded_request()

    data_request.refuse(b.DISKOPINDAG, b.MONDAY, refusal=refusal, seal=b.sealed)
    data_request.send_refusal(b.DISKOPINDAG, b.MONDAY)
    data_request.notify_refusal(b.PPID, b.MONDAY)

    assert [held_by] * 3 == [fact.held_by for fact in data_request.pending_events[-3:]]


def a_table(**changed):
    row = {"code": "rahasia_negara", "article": "Pasal 3 UU Nomor 1", "text": "rahasia negara kita"}
    return {"reason": [{**row, **changed}]}


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({}, "at least one"),
        (a_table() | {"version": 2}, "nothing else"),
        ({"reason": a_table()["reason"] * 2}, "stands twice"),
        (a_table(code="Rahasia Negara"), "a code is of"),
        (a_table(article="Keputusan kami"), "names no article"),
        (a_table(text="rahasia"), "has no words"),
        (a_table(steps=[7]), "the steps of rahasia_negara"),
        (a_table(step=[6]), "knows article, code"),
        (a_table(needs_other_law="ya"), "is true or false"),
    ],
)
def test_a_table_of_reasons_that_is_not_whole_is_refused_with_a_sentence(told, sentence):
    with pytest.raises(ValueError, match=sentence):
        read_reasons(told, version=2)


def test_a_refusal_is_judged_by_its_table_and_remembers_which():
    second = read_reasons(a_table(steps=[6]), version=2)
    refusal = Refusal("rahasia_negara", b.NARRATIVE, reasons=second)

    assert ("Pasal 3 UU Nomor 1", 2) == (refusal.article, refusal.remembered["reasons_version"])
    with pytest.raises(ReasonUnknown, match="langkah 6"):
        refusal.must_stand(8, b.MONDAY.day, None)
    with pytest.raises(ReasonUnknown, match="tidak ada dalam daftar"):
        Refusal("bukan_informasi_publik", b.NARRATIVE, reasons=second)
    with pytest.raises(ReasonUnknown, match="sudah diganti"):
        refusal.must_be_of(FIRST)


def test_what_was_refused_is_told_in_the_words_of_its_fact():
    older = {"reason_code": "pasal_17_h"}

    assert "dapat mengungkap rahasia pribadi" == words_of(older)
    assert "rahasia bank" == words_of(older | {"reason_text": "rahasia bank"})
