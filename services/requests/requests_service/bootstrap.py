"""Puts the service together."""

import hashlib
import hmac
from pathlib import Path

from chassis.keyring import Keyring
from chassis.postgres import Pool
from chassis.sessions import Tokens
from chassis.settings import Settings

from requests_service.adapters.calendar import read_calendar
from requests_service.adapters.plain_mapper import PlainMapper
from requests_service.application import Requests

MIGRATIONS = Path(__file__).parents[1] / "migrations"


def build_application(settings: Settings, pool: Pool) -> Requests:
    """The application with the city's agencies and the decreed calendar."""
    return Requests(
        pool,
        mapper=PlainMapper(),
        calendar=read_calendar(),
        keyring=Keyring(pool, settings.secret_key),
        tokens=Tokens(settings),
        agencies={each["code"]: each["name"] for each in settings.city["agencies"]},
        # A key of its own, so that no proof for one purpose is one for another.
        code_secret=hmac.digest(settings.secret_key, b"tracking code", hashlib.sha256),
    )
