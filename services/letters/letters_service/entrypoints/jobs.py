"""Long work: a letter is written by a job."""

from collections.abc import Callable

from chassis.jobs import Job
from chassis.postgres import Pool
from chassis.settings import Settings

from letters_service.application import ISSUE_LETTER
from letters_service.bootstrap import build_application


def handlers(settings: Settings, pool: Pool) -> dict[str, Callable[[Job], None]]:
    """Kind of job to who does it."""
    return {ISSUE_LETTER: build_application(settings, pool).issue}
