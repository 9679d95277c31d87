"""The long work of notify: talking to the mail server."""

from collections.abc import Callable

from chassis.jobs import Job
from chassis.postgres import Pool
from chassis.settings import Settings

from notify_service.application import SEND_MAIL
from notify_service.bootstrap import build_application


def handlers(settings: Settings, pool: Pool) -> dict[str, Callable[[Job], None]]:
    app = build_application(settings, pool)
    return {SEND_MAIL: app.send}
