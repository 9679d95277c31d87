"""Whether a text that a person typed says anything."""

import re
from collections.abc import Callable

from requests_service.domain.errors import DataWantedUnclear, PurposeUnclear, TextMissing

Seal = Callable[[str, str], str]
"""Seals a text under the Pemohon's key: (name of the text, the text) -> base64."""

TEXT_CHARS_MAX = 5000
PURPOSE_WORDS_MIN = 4
DATA_WANTED_WORDS_MIN = 2
_WORD = re.compile(r"[^\W\d_]{2,}")
_SAME_AGAIN = re.compile(r"(.)\1{3,}")
_VOWEL = re.compile(r"[aeiouáàéèíóú]", re.IGNORECASE)
_NO_VOWEL_RUN = re.compile(r"[^aeiou\W\d_]{6,}", re.IGNORECASE)
_KEYBOARD = frozenset(
    word
    for line in (
        "asd asdf asdfg asdfgh asdfasdf qwe qwer qwert qwerty zxc zxcv zxcvbn hjkl jkl dfg fgh sdf",
        "abc abcd xyz xxx test tes tess testing coba cobacoba percobaan lorem ipsum dolor amet foo",
        "bar blabla bla haha hehe wkwk wkwkwk aja saja deh dong",
    )
    for word in line.split()
)


_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,119}")


def is_meaningful(text: str, *, words: int) -> bool:
    """At least so many different words that somebody could have meant, not all abbreviations."""
    found = {word.lower() for word in _WORD.findall(text) if _could_be_a_word(word)}
    spoken = [word for word in found if _VOWEL.search(word)]
    return len(found) >= words and 2 * len(spoken) >= words


def must_be_a_purpose(purpose: str) -> None:
    """SOP, Peringatan 2: the purpose of the use must be clear."""
    if not purpose.strip():
        raise PurposeUnclear("Tujuan pemanfaatan data wajib diisi.")
    must_not_be_too_long("Tujuan pemanfaatan data", purpose)
    if not is_meaningful(purpose, words=PURPOSE_WORDS_MIN):
        raise PurposeUnclear(
            "Tujuan pemanfaatan data belum jelas. Tulis dalam satu kalimat utuh untuk apa data"
            ' dipakai, misalnya "Bahan skripsi tentang sebaran UMKM per kecamatan".'
        )


def must_describe_data(data_wanted: str) -> None:
    if not is_meaningful(data_wanted, words=DATA_WANTED_WORDS_MIN):
        raise DataWantedUnclear(
            "Rincian data yang dimohon belum jelas. Tulis nama data, tahun, dan wilayahnya,"
            ' misalnya "Jumlah UMKM per kecamatan tahun 2021 sampai 2025".'
        )
    must_not_be_too_long("Rincian data yang dimohon", data_wanted)


def must_be_filled_in(name: str, text: str, *, words: int = 1) -> None:
    if not is_meaningful(text, words=words):
        raise TextMissing(f"{name} wajib diisi dengan jelas.")
    must_not_be_too_long(name, text)


def must_be_a_reference(name: str, text: str) -> None:
    """A number or an address of the city's: published as it is, so nobody's words stand in it."""
    if not _REFERENCE.fullmatch(text):
        raise TextMissing(f"{name} terdiri atas huruf, angka, dan tanda - . _ / saja.")


def must_not_be_too_long(name: str, text: str) -> None:
    if len(text) > TEXT_CHARS_MAX:
        raise TextMissing(f"{name} paling panjang {TEXT_CHARS_MAX} huruf.")


def sealed(seal: Seal, name: str, text: str | None) -> str | None:
    """None for a text that may be left out, and was."""
    if text is None or not text.strip():
        return None
    must_not_be_too_long("Teks", text)
    return seal(name, text)


def _could_be_a_word(word: str) -> bool:
    word = word.lower()
    if word in _KEYBOARD or _SAME_AGAIN.search(word) or _NO_VOWEL_RUN.search(word):
        return False
    # Abbreviations (UMKM, BPS, TPT) have no vowels and are words; longer ones are not.
    return bool(_VOWEL.search(word)) or len(word) <= 5
