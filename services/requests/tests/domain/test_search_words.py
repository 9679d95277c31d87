"""Which words can be searched for."""

from requests_service.domain.search_words import WORDS_MAX, words_of


def test_words_are_the_same_however_they_are_written():
    assert words_of("UMKM, Kecamatan LOWOKWARU.") == words_of("umkm kecamatannya (lowokwaru)")
    assert {"cafe", "2021"} == words_of("café 2021")


def test_what_stands_in_every_request_finds_nothing():
    assert frozenset() == words_of("Data jumlah ini untuk kota Malang, dan yang lain")


def test_a_text_gives_no_more_words_than_are_kept():
    assert WORDS_MAX == len(words_of(" ".join(f"kata{n}" for n in range(WORDS_MAX + 50))))
