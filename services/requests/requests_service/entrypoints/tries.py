"""How often somebody may guess a secret from one address, before they have to wait."""

import threading
from collections import defaultdict, deque

from chassis import clock

TRIES_MAX = 10
WINDOW_SECONDS = 15 * 60
_NAMES_MAX = 10_000


class Tries:
    """Wrong guesses of the last quarter of an hour, in this process."""

    def __init__(self, *, tries_max: int = TRIES_MAX) -> None:
        self._tries_max = tries_max
        self._wrong: defaultdict[str, deque[float]] = defaultdict(deque)
        self._lock = threading.Lock()

    def used_up(self, name: str) -> bool:
        with self._lock:
            return len(self._recent(name)) >= self._tries_max

    def count_wrong(self, name: str) -> None:
        with self._lock:
            if len(self._wrong) > _NAMES_MAX:
                # Somebody makes up names; forgetting them all costs an honest person nothing.
                self._wrong.clear()
            self._recent(name).append(clock.now().timestamp())

    def forget(self, name: str) -> None:
        with self._lock:
            self._wrong.pop(name, None)

    def _recent(self, name: str) -> deque[float]:
        wrong, oldest = self._wrong[name], clock.now().timestamp() - WINDOW_SECONDS
        while wrong and wrong[0] < oldest:
            wrong.popleft()
        return wrong
