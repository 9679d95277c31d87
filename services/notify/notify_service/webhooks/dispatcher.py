"""Looks at the clock for webhooks: what is due, what is too old to be kept, how much waits."""

import threading
from datetime import timedelta

import structlog
from chassis import clock
from chassis.postgres import Pool
from prometheus_client import Gauge

from notify_service.webhooks.deliveries import enqueue_due

_log = structlog.get_logger()
KEPT = timedelta(days=30)
"""A message and its deliveries, whatever became of them."""
_LOOK_SECONDS = 1.0
_WAITING = Gauge("webhook_deliveries_waiting", "Webhook deliveries not made yet")
_OLDEST = Gauge("webhook_oldest_seconds", "Age of the oldest webhook delivery not made yet")
_ENDPOINTS = Gauge("webhook_endpoints", "Webhooks by state", ["state"])


class Dispatcher:
    """A thread of the jobs process; several of them do the same and disturb nobody."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="webhooks", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self, seconds: float = 10) -> None:
        """Finish what is under way."""
        self._stopping.set()
        self._thread.join(seconds)

    def look(self) -> None:
        """Once: ask for what is due, forget what is old, tell the metrics."""
        with self._pool.transaction() as cur:
            enqueue_due(cur)
            now = clock.now()
            cur.execute(
                "WITH old AS (DELETE FROM webhook_messages WHERE kept_at < %s RETURNING id)"
                " SELECT count(*) FROM deliveries JOIN old ON old.id = message_id"
                " WHERE state <> 'delivered'",
                (now - KEPT,),
            )
            [(too_old,)] = cur.fetchall()
            cur.execute("DELETE FROM webhook_keys WHERE ends_at < %s", (now,))
            cur.execute("SELECT count(*), min(asked_at) FROM deliveries WHERE state = 'waiting'")
            waiting, oldest = cur.fetchone()
            cur.execute("SELECT state, count(*) FROM webhooks GROUP BY state")
            counts = dict(cur.fetchall())
        if too_old:
            _log.warning("webhook_deliveries_too_old", count=too_old)
        _WAITING.set(waiting)
        _OLDEST.set((now - oldest).total_seconds() if oldest else 0)
        for state in ("active", "paused", "disabled"):
            _ENDPOINTS.labels(state).set(counts.get(state, 0))

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self.look()
            except Exception as error:
                _log.warning("webhooks_interrupted", error=type(error).__name__)
            self._stopping.wait(_LOOK_SECONDS)
