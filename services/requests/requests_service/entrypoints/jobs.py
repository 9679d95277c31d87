"""The service's background process: no long work, but what reads the log to its end."""

from chassis.jobs import Handlers
from chassis.postgres import Pool
from chassis.settings import Settings

from requests_service.adapters.calendar import read_calendar
from requests_service.behind import Watch
from requests_service.bootstrap import build_application, build_cosigning, build_sealer
from requests_service.following import Follower
from requests_service.projections.conformance import conformance, telling
from requests_service.projections.register import REGISTER
from requests_service.projections.runner import follow
from requests_service.projections.trail import TRAIL
from requests_service.rules_in_force import telling_rules


def handlers(settings: Settings, pool: Pool) -> Handlers:
    """Every command is answered at once: there is no long work."""
    return {}


def followers(settings: Settings, pool: Pool) -> list[Follower]:
    """The sealer, what asks the witnesses, the projections, what the city's terms end, and what
    tells the rules in force and watches whether the others keep up."""
    application = build_application(settings, pool)
    forgetting, deadlines = application.forgetting, application.deadlines
    return [
        Follower(pool, "sealer", build_sealer(settings, pool).step),
        *(Follower(pool, each.name, each.step) for each in build_cosigning(settings)),
        *(Follower(pool, each.name, follow(each)) for each in (TRAIL, REGISTER)),
        Follower(pool, "conformance", telling(follow(conformance(read_calendar())))),
        Follower(pool, "clocks", deadlines.keep, pause_seconds=60),
        Follower(pool, "retention", forgetting.apply_terms, pause_seconds=60),
        Follower(pool, "watch", telling_rules(settings, pool, Watch().step), pause_seconds=5),
    ]
