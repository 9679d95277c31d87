"""When a delivery is tried again: the schedule of the Standard Webhooks specification."""

from datetime import timedelta

DELAYS = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""After the first attempt, the second, and so on: ten attempts in 75 hours and 35 minutes."""
ATTEMPTS_MAX = len(DELAYS) + 1
JITTER = 0.1
"""A delay is longer or shorter by up to this part of it."""
RETRY_AFTER_MAX = timedelta(hours=24)
DISABLED_AFTER = timedelta(days=5)
"""Of nothing but failures."""
RECOVERED_AFTER = timedelta(minutes=10)
"""After failing for as long, the first success has all that waits tried at once."""
_HOLD_FIRST = timedelta(seconds=5)
_HOLD_MAX = timedelta(minutes=5)

THROTTLING = frozenset({429, 502, 503, 504})
"""Answers that concern the endpoint rather than the message: what else waits for it waits, too."""


def next_delay(
    attempts: int, *, chance: float, retry_after: timedelta | None = None
) -> timedelta | None:
    """How long to wait after so many attempts; None when it is given up.

    `chance` is a random number from 0 to 1.
    """
    if attempts >= ATTEMPTS_MAX:
        return None
    delay = DELAYS[attempts - 1] * (1 - JITTER + 2 * JITTER * chance)
    return max(delay, min(retry_after or delay, RETRY_AFTER_MAX))


def hold(failures: int, retry_after: timedelta | None = None) -> timedelta:
    """How long an endpoint that is away or overloaded is left alone, after failures in a row."""
    longer: timedelta = min(_HOLD_FIRST * 2 ** min(failures - 1, 10), _HOLD_MAX)
    return max(longer, min(retry_after or longer, RETRY_AFTER_MAX))
