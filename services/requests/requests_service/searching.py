"""Search in what was written about requests, by a blind index.

The texts are sealed under each Pemohon's key. Beside them stand their words as keyed hashes:
whoever has the table without the service's key reads nothing in it, though they see which requests
share a word. The row goes with the Pemohon.
"""

import hashlib
import hmac
from collections.abc import Callable, Collection, Iterable, Mapping

from chassis import log
from chassis.keyring import Forgotten
from chassis.log import Statement, StoredFact
from chassis.postgres import Pool

from requests_service.domain.data_request import DataRequest
from requests_service.domain.events import (
    Fact,
    ForwardedToPembantu,
    OwnerFound,
    RequestSubmitted,
    sealed_texts,
)
from requests_service.domain.search_words import words_of
from requests_service.sealed_texts import SealedTexts

_NOT_SEARCHED = frozenset({"tracking_code", "filename"})
_WRITE = """
    INSERT INTO search_words AS s (request_id, words)
    SELECT %s, %s::bigint[]
    WHERE NOT EXISTS (SELECT FROM erasures WHERE request_id = %s)
    ON CONFLICT (request_id) DO UPDATE
    SET words = ARRAY(SELECT DISTINCT unnest(s.words || EXCLUDED.words) AS word ORDER BY word)
"""


class Search:
    """The table `search_words`: what goes into it, and what is asked of it."""

    def __init__(
        self, pool: Pool, *, texts: SealedTexts, agencies: Mapping[str, str], key: bytes
    ) -> None:
        """`agencies`: code to name; `key`: for nothing else."""
        self._pool = pool
        self._texts = texts
        self._agencies = agencies
        self._key = key

    def hashes_of(self, text: str) -> list[int]:
        """What to look for; empty when nothing in it can be searched for."""
        return sorted(self._hash(word) for word in words_of(text))

    def written(self, data_request: DataRequest, facts: Iterable[object]) -> list[Statement]:
        """The words of these facts' texts, to be stored with them; none when they have none."""
        words = {
            word
            for fact in facts
            if isinstance(fact, Fact)
            for word in self._words(data_request, fact)
        }
        if not words:
            return []
        return [(_WRITE, (data_request.id, sorted(words), data_request.id))]

    def written_again(
        self, data_request: DataRequest, fact_of: Callable[[StoredFact], Fact]
    ) -> list[Statement]:
        """The words of everything that was written about a request until now."""
        stored = log.stream(self._pool, data_request.id)
        return self.written(data_request, [fact_of(row) for row in stored])

    def _words(self, data_request: DataRequest, fact: Fact) -> Collection[int]:
        told = [
            self._opened(data_request, name, sealed)
            for name, sealed in sealed_texts(fact).items()
            if name not in _NOT_SEARCHED
        ]
        match fact:
            case RequestSubmitted(dataset=str(dataset)):
                told.append(dataset)
            case OwnerFound(agency=str(agency)) | ForwardedToPembantu(agency=str(agency)):
                told.append(f"{agency} {self._agencies.get(agency, '')}")
        return {self._hash(word) for text in told for word in words_of(text)}

    def _opened(self, data_request: DataRequest, name: str, sealed: str) -> str:
        try:
            return self._texts.open(data_request.id, data_request.pemohon_id, name, sealed)
        except Forgotten:
            return ""

    def _hash(self, word: str) -> int:
        digest = hmac.digest(self._key, word.encode(), hashlib.sha256)
        return int.from_bytes(digest[:8], "big", signed=True)
