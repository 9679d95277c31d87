"""Finds, in any text, the values that were confirmed as somebody's in an identifier column.

Numbers by their digits however they are separated, words by their letters however they are spaced.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from privacy_service.domain import identifiers
from privacy_service.domain.detectors import BY_KIND, Hit
from privacy_service.domain.identifiers import SEPARATOR, digits, plain
from privacy_service.domain.kinds import Kind

_NUMBER_KINDS = {Kind.NIK, Kind.KK, Kind.NPWP, Kind.NIP, Kind.PHONE, Kind.ACCOUNT, Kind.CARD}
_DIGITS_MIN = 8
"""A shorter number is also an amount, a year or a code."""
_SURE_DIGITS = 14
_LETTERS_MIN = 4
_NAME_WORD_LETTERS_MIN = 3
_SENTENCE_WORDS_MIN = 4
_RUN = re.compile(rf"\d(?:{SEPARATOR}{{0,2}}\d){{{_DIGITS_MIN - 1},}}")
_WORD = re.compile(r"[^\W_]+")
_TITLES_BEFORE = re.compile(
    r"^\s*(?:(?:h|hj|kh|dr|drs|dra|drg|ir|prof|ny|tn|bpk|bapak|ibu|sdr|sdri|alm|rr|rm|r)\b\.?\s*)+",
    re.IGNORECASE,
)
_BETWEEN_NAMES = re.compile(r"[;/&\n|]|\bdan\b")
_STOP = {"jalan", "jl", "rt", "rw", "no", "malang", "indonesia", "kota", "kabupaten"}


class Originals:
    """The confirmed values of one file. Holds personal data: lives in the limited process alone."""

    def __init__(self) -> None:
        self._numbers: dict[str, Kind] = {}
        self._lengths: set[int] = set()
        self._phones: set[str] = set()
        self._words: dict[tuple[str, ...], Kind] = {}
        self._lengths_from: dict[str, set[int]] = defaultdict(set)
        """By its first word, how many words a value may have."""
        self._emails: set[str] = set()
        self._name_words: set[str] = set()
        """Every word of every name: two of them side by side are somebody else's name."""

    def add(self, values: Iterable[str], kind: Kind) -> None:
        detector = BY_KIND.get(kind)
        if detector is not None and not detector.propagates:
            return
        for value in set(values):
            if kind is Kind.EMAIL:
                self._add_email(value)
            elif kind in _NUMBER_KINDS:
                self._add_number(value, kind)
            elif kind in (Kind.NAME, Kind.ADDRESS, Kind.OTHER):
                self._add_words(value, kind)

    def hits(self, text: str) -> Iterator[Hit]:
        """Every place of a confirmed value inside the text."""
        if self._numbers or self._phones:
            yield from self._numbers_in(text)
        if self._emails and "@" in text:
            yield from self._emails_in(text)
        if self._words:
            yield from self._words_in(text)

    def _add_email(self, value: str) -> None:
        address = identifiers.email(value)
        if address:
            self._emails.add(address)

    def _add_number(self, value: str, kind: Kind) -> None:
        if kind is Kind.PHONE:
            number = identifiers.phone(value)
            if number:
                self._phones.add(number)
                return
        number = digits(value)
        if len(number) >= _DIGITS_MIN:
            self._numbers[number] = kind
            self._lengths.add(len(number))

    def _add_words(self, value: str, kind: Kind) -> None:
        if kind is Kind.OTHER and len(digits(value)) >= _DIGITS_MIN:
            self._add_number(value, kind)
        written = plain(value)
        self._add_word_row(written, kind)
        for name in _BETWEEN_NAMES.split(written) if kind is Kind.NAME else ():
            # `Dr. Budi Santoso, M.Kom.` is called Budi Santoso elsewhere.
            self._add_word_row(name, kind)
            self._add_word_row(_TITLES_BEFORE.sub("", name.partition(",")[0]), kind)

    def _add_word_row(self, text: str, kind: Kind) -> None:
        found = tuple(word.casefold() for word in _WORD.findall(text))
        if sum(map(len, found)) < _LETTERS_MIN or set(found) <= _STOP:
            return
        if kind is not Kind.NAME and (len(found) < 2 or sum(map(len, found)) < 10):
            return
        if kind is Kind.NAME:
            self._name_words |= {word for word in found if len(word) >= _NAME_WORD_LETTERS_MIN}
        self._words[found] = kind
        self._lengths_from[found[0]].add(len(found))

    def _numbers_in(self, text: str) -> Iterator[Hit]:
        for run in _RUN.finditer(text):
            places = [i for i in range(run.start(), run.end()) if text[i].isdigit()]
            number = digits(run[0])
            if len(number) != len(places):
                continue
            yield from self._known_in(number, places)

    def _known_in(self, number: str, places: list[int]) -> Iterator[Hit]:
        """A value may stand beside another number: `RT 02 3573…`. Every part is looked at."""
        breaks = {0, *(i for i in range(1, len(places)) if places[i] > places[i - 1] + 1)}
        ends = {*(i for i in breaks if i), len(places)}

        def hit(kind: Kind, start: int, length: int) -> Hit:
            return Hit(kind, places[start], places[start + length - 1] + 1)

        for start in breaks if self._phones else ():
            for length in range(9, 16):
                if start + length in ends:
                    part = number[start : start + length]
                    if identifiers.phone(part) in self._phones:
                        yield hit(Kind.PHONE, start, length)
        for length in self._lengths:
            for start in range(len(number) - length + 1):
                # A short number inside a longer one is chance.
                if length < _SURE_DIGITS and not (start in breaks and start + length in ends):
                    continue
                kind = self._numbers.get(number[start : start + length])
                if kind is not None:
                    yield hit(kind, start, length)

    def _emails_in(self, text: str) -> Iterator[Hit]:
        for found in re.finditer(r"[\w.%+'-]+@[\w.-]+", text):
            if identifiers.email(found[0].rstrip(".-")) in self._emails:
                yield Hit(Kind.EMAIL, *found.span())

    def _words_in(self, text: str) -> Iterator[Hit]:
        found = list(_WORD.finditer(text))
        folded = [word[0].casefold() for word in found]
        for index, word in enumerate(folded):
            for length in self._lengths_from.get(word, ()):
                kind = self._words.get(tuple(folded[index : index + length]))
                if index + length > len(folded) or kind is None:
                    continue
                if length == 1 and not _stands_for_a_name(kind, len(folded)):
                    continue
                yield Hit(kind, found[index].start(), found[index + length - 1].end())
        yield from self._names_of_known_words(text, found)

    def _names_of_known_words(self, text: str, words: list[re.Match[str]]) -> Iterator[Hit]:
        run: list[re.Match[str]] = []
        for word in [*words, None]:
            follows = bool(run and word and not text[run[-1].end() : word.start()].strip(" "))
            is_one = word and word[0][0].isupper() and word[0].casefold() in self._name_words
            if word and is_one and (follows or not run):
                run.append(word)
                continue
            if len(run) > 1:
                yield Hit(Kind.NAME, run[0].start(), run[-1].end())
            run = [word] if word and is_one else []


def _stands_for_a_name(kind: Kind, words: int) -> bool:
    """One word is also a place or a month: it is a name inside a sentence, or alone."""
    return words >= _SENTENCE_WORDS_MIN or (words == 1 and kind is Kind.NAME)
