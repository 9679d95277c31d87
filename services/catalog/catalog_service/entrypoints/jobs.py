"""Long work: the catalogue has none; an import is done while the Walidata waits."""

from collections.abc import Callable

from chassis.jobs import Job
from chassis.postgres import Pool
from chassis.settings import Settings


def handlers(settings: Settings, pool: Pool) -> dict[str, Callable[[Job], None]]:
    """Job kind to its handler."""
    return {}
