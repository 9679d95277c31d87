"""What must be known about a dataset, and which sentence says so."""

import pytest
from catalog_service.domain.errors import IncompleteForm
from catalog_service.domain.metadata import STANDAR_DATA, checked, keywords_of, slug_of

from .conftest import described

AGENCIES = ("diskopindag", "dinkes")


def _errors(**changes):
    with pytest.raises(IncompleteForm) as refused:
        checked(described(**changes), agencies=AGENCIES)
    return refused.value.errors


def test_complete_metadata_are_taken_as_they_are():
    taken = checked(described(), agencies=AGENCIES)

    assert taken.slug == "sebaran-pasar"
    assert taken.is_open


@pytest.mark.parametrize("name", STANDAR_DATA)
def test_each_part_of_the_standar_data_is_needed(name):
    assert _errors(**{name: "  "}) == {name: f"Isi {STANDAR_DATA[name]} data ini."}


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"agency": "dinas-x"}, "agency", "tidak dikenal"),
        ({"topic": "olahraga"}, "topic", "Pilih topik dari daftar"),
        ({"frequency": "kadang"}, "frequency", "Pilih frekuensi"),
        ({"access": "rahasia"}, "access", "Pilih sifat data"),
        ({"licence": "terbatas"}, "licence", "lisensi terbuka"),
        ({"keywords": ""}, "keywords", "kata kunci"),
        ({"keywords": [str(n) for n in range(30)]}, "keywords", "paling banyak 20"),
        ({"title": "???"}, "title", "huruf atau angka"),
        ({"title": "a" * 201}, "title", "paling panjang 200"),
        ({"slug": "Pasar Besar"}, "slug", "huruf kecil"),
        ({"slug": "../etc"}, "slug", "huruf kecil"),
        ({"slug": "kelola"}, "slug", "dipakai portal"),
        ({"description": "x" * 4001}, "description", "paling panjang 4000"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(changes, field, sentence):
    assert sentence in _errors(**changes)[field]


def test_all_missing_fields_are_told_at_once():
    with pytest.raises(IncompleteForm) as refused:
        checked({}, agencies=AGENCIES)

    assert len(refused.value.errors) == 14


def test_control_characters_do_not_survive():
    taken = checked(described(title="Pasar\x00 Besar\n"), agencies=AGENCIES)

    assert taken.title == "Pasar Besar"


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Jumlah UMKM (2025)", "jumlah-umkm-2025"),
        ("  Île  ", "ile"),
        ("x" * 200, "x" * 80),
        ("!!!", ""),
    ],
)
def test_the_address_comes_from_the_title(title, slug):
    assert slug_of(title) == slug


def test_keywords_may_be_typed_with_commas_and_stand_once():
    assert keywords_of("pasar, kios ,, pasar") == ("pasar", "kios")
