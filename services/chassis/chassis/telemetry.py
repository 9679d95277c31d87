"""What an operator sees of a process: log lines as JSON, and metrics. Never personal data."""

import logging
import sys

import structlog
from prometheus_client import Counter, Gauge, Histogram

FACTS_PUBLISHED = Counter("facts_published", "Facts given to the broker", ["source"])
RELAY_POSITION = Gauge("relay_position", "Log position that is safely published", ["source"])
MESSAGES_HANDLED = Counter("messages_handled", "Messages handled", ["service", "type"])
MESSAGES_PARKED = Counter("messages_parked", "Messages set aside", ["service", "type"])
JOBS_DONE = Counter("jobs_done", "Jobs done", ["service", "kind"])
JOBS_FAILED = Counter("jobs_failed", "Attempts at jobs that failed", ["service", "kind"])
HTTP_SECONDS = Histogram(
    "http_request_seconds", "Time to answer", ["service", "method", "route", "status"]
)


def start_logging(service: str, level: str = "INFO") -> None:
    """One JSON object a line on standard error, event name first."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
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
