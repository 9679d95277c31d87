"""Puts the service together."""

from pathlib import Path

from chassis.files import Files
from chassis.keyring import Keyring
from chassis.postgres import Pool
from chassis.sessions import Tokens
from chassis.settings import Settings

from privacy_service.application import PrivacyApplication

TEMPLATES = Path(__file__).parent / "templates"


def build_application(settings: Settings, pool: Pool) -> PrivacyApplication:
    return PrivacyApplication(
        pool,
        keyring=Keyring(pool, settings.secret_key),
        files=Files(settings.files_url),
        tokens=Tokens(settings),
        by_two=settings.city_says("two_persons", "masking"),
    )
