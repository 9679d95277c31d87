"""Work beside the pages: keeping the guestbook's promise to forget."""

from collections.abc import Callable

from chassis.actor import Actor
from chassis.jobs import Job
from chassis.postgres import Pool
from chassis.settings import Settings

from catalog_service.application import FORGET_OLD_GUESTS
from catalog_service.bootstrap import build_application

# Nobody asks for it: the sentence above the download button does.
KEEPER = Actor("catalog", "operator")


def handlers(settings: Settings, pool: Pool) -> dict[str, Callable[[Job], None]]:
    """Job kind to its handler."""
    catalog = build_application(settings, pool)

    def forget_old_guests(job: Job) -> None:
        catalog.forget_old_guests(KEEPER, job)

    return {FORGET_OLD_GUESTS: forget_old_guests}
