"""The one clock: UTC instants, and dates in Asia/Jakarta.

`CLOCK` moves it, in demonstrations and tests alone: an instant from which time runs on, or
`@FILE`, a file that holds the instant and is read at every look, so that several processes step
together.
"""

import os
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

JAKARTA = ZoneInfo("Asia/Jakarta")
_started = time.monotonic()


def now() -> datetime:
    """This instant, in UTC."""
    setting = os.environ.get("CLOCK")
    if not setting:
        return datetime.now(UTC)
    if setting.startswith("@"):
        return parse(Path(setting[1:]).read_text(encoding="utf-8").strip())
    return parse(setting) + timedelta(seconds=time.monotonic() - _started)


def today() -> date:
    """Today's date where the office stands."""
    return now().astimezone(JAKARTA).date()


def parse(text: str) -> datetime:
    """An ISO 8601 instant with its zone; raises ValueError without one."""
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(f"CLOCK needs a zone, as in 2026-11-20T08:00+07:00, not {text!r}")
    return instant.astimezone(UTC)
