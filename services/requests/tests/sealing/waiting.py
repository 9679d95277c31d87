"""Waiting for a condition, with a limit."""

import threading
from collections.abc import Callable


def wait_until(condition: Callable[[], bool]) -> None:
    """Raises AssertionError after half a minute."""
    pause = threading.Event()
    for _ in range(1500):
        if condition():
            return
        pause.wait(0.02)
    raise AssertionError("waited for half a minute")
