"""Whether a file is a letter that was issued here, byte for byte."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from letters_service.domain.tokens import tokens_in

Letter = TypeVar("Letter")


class Verdict(StrEnum):
    """The three answers."""

    IDENTIK = "identik"
    DIUBAH = "diubah"
    BUKAN_TERBITAN_KAMI = "bukan_terbitan_kami"


SENTENCES = {
    Verdict.IDENTIK: "Berkas ini identik dengan surat yang kami terbitkan.",
    Verdict.DIUBAH: "Berkas ini memuat kode periksa surat kami, tetapi isinya sudah diubah.",
    Verdict.BUKAN_TERBITAN_KAMI: "Berkas ini bukan surat yang kami terbitkan.",
}


@dataclass(frozen=True)
class Finding(Generic[Letter]):
    """The verdict, and the letter that the file is or claims to be."""

    verdict: Verdict
    digest: str
    letter: Letter | None = None

    @property
    def sentence(self) -> str:
        """For a person."""
        return SENTENCES[self.verdict]


def verify(
    data: bytes,
    *,
    by_digest: Callable[[str], Letter | None],
    by_token: Callable[[str], Letter | None],
    words_of: Callable[[bytes], str],
) -> Finding[Letter]:
    """Ask for the digest first; only a file that is not ours is read for a check code of ours."""
    digest = hashlib.sha256(data).hexdigest()
    if (letter := by_digest(digest)) is not None:
        return Finding(Verdict.IDENTIK, digest, letter)
    for token in tokens_in(words_of(data)):
        if (letter := by_token(token)) is not None:
            return Finding(Verdict.DIUBAH, digest, letter)
    return Finding(Verdict.BUKAN_TERBITAN_KAMI, digest)
