"""Puts the service together."""

import hashlib
import hmac
from pathlib import Path

from chassis.keyring import Keyring
from chassis.postgres import Pool
from chassis.sessions import Tokens
from chassis.settings import Settings, SettingsError

from requests_service.adapters.calendar import read_calendar
from requests_service.adapters.plain_mapper import PlainMapper
from requests_service.application import Requests
from requests_service.domain.erasing import Terms
from requests_service.sealing.notes import Signer
from requests_service.sealing.sealer import Sealer
from requests_service.sealing.witnesses import Cosigning, witnesses_of

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
        terms=_terms(settings),
    )


def _terms(settings: Settings) -> Terms:
    told = settings.city.get("retention", {})
    terms = Terms(told.get("person_years"), told.get("letters_years", 0))
    years = [each for each in (terms.person_years, terms.letters_years) if each is not None]
    if not all(isinstance(each, int) and each >= 0 for each in years):
        raise SettingsError("CITY_FILE: the years under [retention] are whole numbers from 0.")
    return terms


def log_origin(settings: Settings) -> str:
    """The name of this service's log, under which it signs."""
    return f"{settings.city['log_origin']}/{settings.service}"


def build_sealer(settings: Settings, pool: Pool) -> Sealer:
    """What seals the log. Raises SettingsError without a key to sign with."""
    if settings.sealing_key is None:
        raise SettingsError("SEALING_KEY is not set; deploy/env.example says what it takes.")
    keys = [key for key in (settings.sealing_key, settings.sealing_next_key) if key]
    origin = log_origin(settings)
    return Sealer(pool, origin, [Signer(origin, key) for key in keys])


def build_cosigning(settings: Settings) -> list[Cosigning]:
    """What asks each witness to sign. Raises SettingsError."""
    try:
        return [Cosigning(each) for each in witnesses_of(settings.witnesses)]
    except ValueError as error:
        raise SettingsError(f"WITNESSES is wrong: {error}.") from error
