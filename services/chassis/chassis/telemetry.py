"""What an operator sees of a process: log lines as JSON, metrics, and traces. Never personal data.

A trace follows one command through every service: W3C Trace Context's `traceparent`, which comes
with an HTTP request, a message or a job, and goes out with each fact and each question to another
service.
"""

import logging
import re
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import structlog
from prometheus_client import Counter, Gauge, Histogram

FACTS_PUBLISHED = Counter("facts_published", "Facts given to the broker", ["source"])
FACTS_HELD_BACK = Gauge("facts_held_back", "1 while a fact breaks its contract", ["source"])
RELAY_POSITION = Gauge("relay_position", "Log position that is safely published", ["source"])
MESSAGES_HANDLED = Counter("messages_handled", "Messages handled", ["service", "type"])
MESSAGES_PARKED = Counter("messages_parked", "Messages set aside", ["service", "type"])
MESSAGES_WAITING = Gauge("messages_waiting", "Messages that are parked now", ["service"])
OLDEST_WAITING = Gauge(
    "messages_waiting_oldest_seconds", "Since when the oldest of them is parked", ["service"]
)
JOBS_WAITING = Gauge("jobs_waiting", "Jobs that failed and wait for a person", ["service"])
JOBS_DONE = Counter("jobs_done", "Jobs done", ["service", "kind"])
JOBS_FAILED = Counter("jobs_failed", "Attempts at jobs that failed", ["service", "kind"])
HTTP_SECONDS = Histogram(
    "http_request_seconds", "Time to answer", ["service", "method", "route", "status"]
)

_TRACEPARENT = re.compile("[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")
_trace: ContextVar[str | None] = ContextVar("traceparent", default=None)


def trace() -> str:
    """The `traceparent` of what is being done; of a trace of its own when nobody said of which."""
    return _trace.get() or _part_of(None)


def follow(traceparent: str | None) -> None:
    """What this thread or green thread does from now on belongs to that trace.

    None, or what is no valid `traceparent`, begins a new one.
    """
    _trace.set(_part_of(traceparent))


@contextmanager
def tracing(traceparent: str | None) -> Iterator[None]:
    """As `follow`, until the end of the block."""
    before = _trace.set(_part_of(traceparent))
    try:
        yield
    finally:
        _trace.reset(before)


def _part_of(traceparent: str | None) -> str:
    """The same trace with a new part; a new trace where there is none to go on with."""
    found = _TRACEPARENT.fullmatch(traceparent or "")
    # Nothing but zeros, and the version ff, are not valid.
    valid = found and found[1].strip("0") and found[0][36:52].strip("0") and found[0][:2] != "ff"
    trace_id = found[1] if found and valid else secrets.token_hex(16)
    return f"00-{trace_id}-{secrets.token_hex(8)}-01"


def _say_which_trace(logger: Any, method: str, line: Any) -> Any:
    current = _trace.get()
    return line if current is None else {**line, "trace": current[3:35]}


def start_logging(service: str, level: str = "INFO") -> None:
    """One JSON object a line on standard error, event name first."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            _say_which_trace,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(sort_keys=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    structlog.contextvars.bind_contextvars(service=service)
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(name)s %(message)s")
    # nameko logs the arguments of a handler that fails, and with them the message.
    logging.getLogger("nameko").setLevel(logging.CRITICAL)
