"""How often somebody may guess a secret from one address, before they have to wait.

Counted in this process alone: with several web processes a guesser has as many tries in each.
"""

import threading
from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager

from chassis import clock

from requests_service.domain.errors import AccessRefused, SignInFailed, TooManyTries

TRIES_MAX = 10
WINDOW_SECONDS = 15 * 60
_GUESSERS_MAX = 10_000
_WORD_CHARS_MAX = 100


class Tries:
    """Wrong guesses of the last quarter of an hour, by who guesses what."""

    def __init__(self) -> None:
        self._wrong: defaultdict[tuple[str, ...], deque[float]] = defaultdict(deque)
        self._lock = threading.Lock()

    @contextmanager
    def guess(self, *guesser: str) -> Iterator[None]:
        """Around one guess, whether or not what is guessed at exists. Raises TooManyTries."""
        # However long what they type, little of it is kept.
        guesser = tuple(word[:_WORD_CHARS_MAX] for word in guesser)
        with self._lock:
            if len(self._recent(guesser)) >= TRIES_MAX:
                raise TooManyTries(
                    f"Terlalu banyak percobaan. Tunggu {WINDOW_SECONDS // 60} menit,"
                    " lalu coba lagi."
                )
        try:
            yield
        except (AccessRefused, SignInFailed):
            self._count_wrong(guesser)
            raise
        with self._lock:
            self._wrong.pop(guesser, None)

    def _count_wrong(self, guesser: tuple[str, ...]) -> None:
        with self._lock:
            if len(self._wrong) > _GUESSERS_MAX:
                # Somebody makes up names; forgetting them all costs an honest person nothing.
                self._wrong.clear()
            self._recent(guesser).append(clock.now().timestamp())

    def _recent(self, guesser: tuple[str, ...]) -> deque[float]:
        wrong, oldest = self._wrong[guesser], clock.now().timestamp() - WINDOW_SECONDS
        while wrong and wrong[0] < oldest:
            wrong.popleft()
        return wrong
