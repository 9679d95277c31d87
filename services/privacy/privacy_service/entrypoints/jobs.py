"""The long work of privacy: scanning a file, masking it and checking the result."""

from collections.abc import Callable

from chassis.jobs import Job
from chassis.postgres import Pool
from chassis.settings import Settings

from privacy_service.application import RELEASE, SCAN
from privacy_service.bootstrap import build_application


def handlers(settings: Settings, pool: Pool) -> dict[str, Callable[[Job], None]]:
    app = build_application(settings, pool)
    return {SCAN: app.scan, RELEASE: app.release}
