"""Puts the catalogue together."""

import hmac

from chassis.files import Files
from chassis.keyring import Keyring
from chassis.postgres import Pool
from chassis.settings import Settings

from catalog_service.adapters.reading import read_safely
from catalog_service.application import Catalog


def build_application(settings: Settings, pool: Pool) -> Catalog:
    """The use cases, on this database and these files."""
    return Catalog(
        pool,
        Files(settings.files_url),
        Keyring(pool, settings.secret_key),
        agencies={each["code"]: each["name"] for each in settings.city["agencies"]},
        read=read_safely,
        index_key=hmac.digest(settings.secret_key, b"guestbook", "sha256"),
    )
