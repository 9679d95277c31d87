"""A service that is about nothing: it hears its own facts, and can be told to fail."""

import os
import signal
from pathlib import Path

from chassis import log
from chassis.actor import Actor
from chassis.jobs import Later, enqueue

ECHO = Actor("echo", "service")
PATHS = ("/api/echo",)


class Echo:
    def __init__(self, settings, pool):
        self.pool = pool
        self.trouble = Path(os.environ.get("TROUBLE", "/nonexistent"))

    def ask(self, subject, **data):
        with self.pool.transaction() as cur:
            log.record(cur, subject, "Asked", data, actor=ECHO)

    def hear(self, message):
        with self.pool.transaction() as cur:
            if not log.handled(cur, message):
                return
            cur.execute(
                "INSERT INTO heard (subject, number) VALUES (%s, %s)",
                (message.subject, message.data["number"]),
            )
            enqueue(cur, "work", message.id, {"subject": message.subject})
            self._maybe_fail(message.data.get("fault"))

    def _maybe_fail(self, fault):
        if not self.trouble.exists():
            return
        if fault == "poison":
            os.kill(os.getpid(), signal.SIGKILL)
        if fault == "bug":
            raise ZeroDivisionError("as asked")
        if fault == "later":
            raise Later("not yet")


def build_application(settings, pool):
    return Echo(settings, pool)
