"""Puts the service together."""

import hashlib
import hmac
from dataclasses import asdict
from pathlib import Path
from typing import Any

from chassis.keyring import Keyring
from chassis.postgres import Pool
from chassis.sessions import Tokens
from chassis.settings import Settings, SettingsError

from requests_service.adapters.calendar import read_calendar
from requests_service.adapters.plain_mapper import PlainMapper
from requests_service.application import Requests
from requests_service.calendars import Calendars
from requests_service.domain.erasing import Terms
from requests_service.domain.fees import Tariff
from requests_service.domain.working_days import ClockRules
from requests_service.sealing.notes import Signer
from requests_service.sealing.sealer import Sealer
from requests_service.sealing.witnesses import Cosigning, witnesses_of

_CLOCK_MAX = 30
"""Days, or the hour: more is a slip of the pen."""
MIGRATIONS = Path(__file__).parents[1] / "migrations"


def build_application(settings: Settings, pool: Pool) -> Requests:
    """The application with the city's agencies and the decreed calendar."""
    return Requests(
        pool,
        mapper=PlainMapper(),
        calendars=Calendars(pool, first=read_calendar),
        clock_rules=_clock_rules(settings),
        keyring=Keyring(pool, settings.secret_key),
        tokens=Tokens(settings),
        agencies={each["code"]: each["name"] for each in settings.city["agencies"]},
        # A key of its own, so that no proof for one purpose is one for another.
        code_secret=hmac.digest(settings.secret_key, b"tracking code", hashlib.sha256),
        search_secret=hmac.digest(settings.secret_key, b"words of the search", hashlib.sha256),
        terms=_terms(settings),
        tariff=_tariff(settings),
        refused_by_two=settings.city_says("two_persons", "refusals"),
    )


def _terms(settings: Settings) -> Terms:
    told = settings.city.get("retention", {})
    terms = Terms(told.get("person_years"), told.get("letters_years", 0))
    years = [each for each in (terms.person_years, terms.letters_years) if each is not None]
    if not all(isinstance(each, int) and each >= 0 for each in years):
        raise SettingsError("CITY_FILE: the years under [retention] are whole numbers from 0.")
    return terms


def _tariff(settings: Settings) -> Tariff | None:
    """[fees] of CITY_FILE; None where it is not there, and nothing is charged."""
    if (told := settings.city.get("fees")) is None:
        return None
    texts = [str(told.get(name, "")).strip() for name in ("decree", "how_to_pay")]
    per_sheet = told.get("per_sheet")
    if not all(texts) or type(per_sheet) is not int or per_sheet < 0:
        raise SettingsError(
            "CITY_FILE: [fees] needs decree, how_to_pay, and per_sheet in whole rupiah."
        )
    return Tariff(texts[0], per_sheet, texts[1])


def _clock_rules(settings: Settings) -> ClockRules:
    told, defaults = settings.city.get("clock", {}), asdict(ClockRules())
    for name, value in told.items():
        if name not in defaults:
            raise SettingsError(f"CITY_FILE: [clock] knows {', '.join(defaults)}, not {name}.")
        is_flag = isinstance(defaults[name], bool)
        if isinstance(value, bool) is not is_flag or not _is_small_number(value):
            takes = "true or false" if is_flag else f"a whole number from 0 to {_CLOCK_MAX}"
            raise SettingsError(f"CITY_FILE: {name} under [clock] is {takes}.")
    return ClockRules(**told)


def _is_small_number(value: Any) -> bool:
    """True and false are 1 and 0."""
    return isinstance(value, int) and 0 <= value <= _CLOCK_MAX


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
