"""`satudata rebuild VIEW`: a table made from the log is made from it again, and compared."""

import sys
import time
from collections.abc import Callable, Mapping

from chassis.postgres import Pool
from chassis.settings import load
from requests_service.adapters.calendar import read_calendar
from requests_service.bootstrap import build_application
from requests_service.projections.board import rebuild_board
from requests_service.projections.conformance import conformance
from requests_service.projections.register import REGISTER
from requests_service.projections.runner import Projection, Rebuilt, Tell, rebuild
from requests_service.projections.trail import TRAIL

from satudata.databases import owner_url

PROJECTIONS: Mapping[str, Projection] = {
    each.name: each for each in (TRAIL, REGISTER, conformance(read_calendar()))
}
VIEWS = ("board", *PROJECTIONS)
_BAR_CHARS = 40


def run(view: str, environment: Mapping[str, str]) -> int:
    """0 when the new table is as the old one was, or there was nothing to compare; else 1."""
    bar = Bar(view)
    started = time.monotonic()
    owner = Pool(owner_url("requests", environment), 1)
    with owner.connection() as conn, conn.cursor() as cur:
        if view in PROJECTIONS:
            rebuilt = rebuild(cur, PROJECTIONS[view], bar.show)
        else:
            rebuilt = _board(cur, environment, bar.show)
    bar.end()
    print(f"{view}: {rebuilt.rows} rows in {time.monotonic() - started:.1f} s")
    return _judge(view, rebuilt)


def _board(cur: object, environment: Mapping[str, str], tell: Tell) -> Rebuilt:
    settings = load("requests", environment)
    pool = Pool(settings.database_url, 1)
    try:
        return rebuild_board(cur, build_application(settings, pool), tell)
    finally:
        pool.close()


def _judge(view: str, rebuilt: Rebuilt) -> int:
    if rebuilt.before is None:
        print(f"{view}: checksum {rebuilt.checksum}; nothing to compare it with")
        return 0
    if rebuilt.as_before:
        print(f"{view}: checksum {rebuilt.checksum}, the same as before")
        return 0
    print(
        f"{view}: checksum {rebuilt.checksum}; the table it replaces had {rebuilt.before}:"
        " it did not say what the log says",
        file=sys.stderr,
    )
    return 1


class Bar:
    """How far it is, on a terminal; elsewhere nothing."""

    def __init__(self, name: str, write: Callable[[str], object] = sys.stderr.write) -> None:
        self._name = name
        self._write = write
        self._shown = sys.stderr.isatty()
        self._started = time.monotonic()

    def show(self, done: int, of: int) -> None:
        if not self._shown:
            return
        filled = _BAR_CHARS * done // max(of, 1)
        rate = done / max(time.monotonic() - self._started, 0.001)
        bar = "#" * filled + "." * (_BAR_CHARS - filled)
        self._write(f"\r{self._name} [{bar}] {100 * done // max(of, 1):3d} %  {rate:,.0f}/s ")
        sys.stderr.flush()

    def end(self) -> None:
        if self._shown:
            self._write("\n")
