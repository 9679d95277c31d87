"""The table of letters: which fact asks for which, with how little personal data."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from letters_examples import CITY, CITY_DATA, EXAMPLES, content_of
from letters_service.adapters.typesetter import TEMPLATES
from letters_service.domain import wording
from letters_service.domain.errors import CityIncomplete, FactIncomplete, NumberingWrong
from letters_service.domain.letters import BY_KEY, LETTERS, Office, letters_for
from letters_service.domain.offices import read_city
from letters_service.entrypoints.worker import Worker

SERVICES = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("source", "fact", "data", "letters"),
    [
        ("requests", "RequestSubmitted", {}, ["tanda_bukti_penerimaan"]),
        ("requests", "RequestReturned", {}, ["pemberitahuan_kekurangan"]),
        ("requests", "ForwardedToPembantu", {}, ["surat_permohonan_data"]),
        ("requests", "DataFoundInDip", {}, ["pemberitahuan_tertulis"]),
        ("requests", "RequestGranted", {}, ["pemberitahuan_tertulis"]),
        ("requests", "RequestGrantedInPart", {}, ["pemberitahuan_tertulis"]),
        ("requests", "RequestRefused", {"at_step": 6}, ["pemberitahuan_tertulis"]),
        ("requests", "RequestRefused", {"at_step": 8}, ["pemberitahuan_tertulis"]),
        ("requests", "RequestRefused", {"at_step": 10}, ["pemberitahuan_tambahan"]),
        ("requests", "DataHandedOver", {}, ["surat_penyampaian_ppid"]),
        ("privacy", "DataMasked", {}, ["pemberitahuan_tambahan"]),
        ("requests", "RequestReopened", {}, ["pemberitahuan_tambahan"]),
        ("privacy", "DataFoundClean", {}, []),
        ("requests", "DataMasked", {}, []),
        ("requests", "DataDelivered", {}, ["surat_penyampaian_pemohon"]),
        ("requests", "RefusalSent", {}, ["surat_penolakan_ppid"]),
        ("requests", "RefusalNotified", {}, ["surat_penolakan_pemohon"]),
        ("requests", "DeadlineExtended", {}, ["pemberitahuan_perpanjangan"]),
        ("requests", "ObjectionDecided", {}, ["tanggapan_keberatan"]),
        ("requests", "RequestWithdrawn", {}, []),
    ],
)
def test_a_fact_asks_for_its_letter(source, fact, data, letters):
    assert [kind.key for kind in letters_for(source, fact, data)] == letters


def test_every_letter_has_a_template_an_example_and_a_classification():
    keys = {kind.key for kind in LETTERS}

    assert {path.stem for path in TEMPLATES.glob("*.typ")} - {"naskah"} == keys
    assert {kind for kind, _ in EXAMPLES.values()} == keys
    assert keys <= set(CITY.classification)


def test_the_worker_hears_every_fact_that_asks_for_a_letter():
    heard = {
        (listener.source, listener.type)
        for method in vars(Worker).values()
        for listener in getattr(method, "nameko_entrypoints", ())
    }
    asked = {(by.source, by.fact) for kind in LETTERS for by in kind.asked_by}

    assert asked <= heard


def test_letters_between_offices_ask_for_no_personal_data():
    for kind in LETTERS:
        assert ("name" in kind.fields) == (kind.addressee == Office.PEMOHON), kind.key
        assert set(kind.fields) <= {"name", "institution", "address", "acts_for"}, kind.key


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_letter_prints_no_field_that_it_did_not_ask_for(name):
    kind, occasion = EXAMPLES[name]
    told = json.dumps(content_of(kind, occasion), ensure_ascii=False)

    if "name" not in BY_KEY[kind].fields:
        assert occasion.fields["name"] not in told
    if "address" not in BY_KEY[kind].fields and kind != "pemberitahuan_kekurangan":
        assert BY_KEY[kind].addressee != Office.PEMOHON or kind == "tanda_bukti_penerimaan"


@pytest.mark.parametrize(
    ("name", "without"),
    [
        ("surat_penolakan_pemohon", "narrative"),
        ("surat_penolakan_ppid", "narrative"),
        ("pemberitahuan_tertulis_ditolak", "narrative"),
        ("pemberitahuan_tertulis_sebagian", "refused_parts"),
        ("surat_penyampaian_pemohon_sebagian", "refused_parts"),
        ("tanggapan_keberatan", "reason"),
    ],
)
def test_a_refusal_without_clear_reasons_is_not_written(name, without):
    kind, occasion = EXAMPLES[name]
    texts = {key: text for key, text in occasion.texts.items() if key != without}
    occasion = replace(occasion, texts=texts)

    with pytest.raises(FactIncomplete):
        content_of(kind, occasion)


def test_a_letter_to_nobody_is_not_written():
    kind, occasion = EXAMPLES["tanda_bukti_penerimaan"]
    occasion = replace(occasion, fields={})

    with pytest.raises(FactIncomplete, match="nama"):
        content_of(kind, occasion)


def test_a_city_that_cannot_number_a_letter_is_refused_at_start():
    incomplete = json.loads(json.dumps(CITY_DATA))
    del incomplete["letters"]["classification"]["surat_penolakan_ppid"]

    with pytest.raises(NumberingWrong, match="surat_penolakan_ppid"):
        read_city(incomplete)


def test_a_city_without_a_letterhead_is_refused_at_start():
    with pytest.raises(CityIncomplete, match="letterhead"):
        read_city({key: value for key, value in CITY_DATA.items() if key != "letterhead"})


def test_an_agency_that_the_city_does_not_know_writes_no_letter():
    with pytest.raises(CityIncomplete, match="dinas_hantu"):
        CITY.sender(BY_KEY["surat_penolakan_ppid"], "dinas_hantu")


def test_a_letter_says_the_reason_in_the_words_of_the_fact_and_of_older_ones_in_ours():
    told = {"reason_code": "pasal_17_h", "reason_text": "dapat membuka rahasia bank seseorang"}

    assert "dapat membuka rahasia bank seseorang" == wording.reason_of(told)
    assert "dapat mengungkap rahasia pribadi" == wording.reason_of({"reason_code": "pasal_17_h"})
    assert "dapat mengungkap rahasia pribadi" == wording.reason_of(told | {"reason_text": None})
