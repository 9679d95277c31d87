"""The service's background process: no long work, but what reads the log to its end."""

from chassis.jobs import Handlers
from chassis.postgres import Pool
from chassis.settings import Settings

from requests_service.following import Follower


def handlers(settings: Settings, pool: Pool) -> Handlers:
    """Every command is answered at once: there is no long work."""
    return {}


def followers(settings: Settings, pool: Pool) -> list[Follower]:
    """The sealer and the projections."""
    return []
