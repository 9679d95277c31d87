"""Puts the service together; the one place that knows every part."""

from functools import cache, partial

from chassis.files import Files
from chassis.keyring import Keyring
from chassis.postgres import Pool
from chassis.sessions import Tokens
from chassis.settings import Settings, SettingsError

from letters_service import views
from letters_service.adapters.pdf_words import words_of
from letters_service.adapters.pemohon import PemohonDirectory
from letters_service.application import LettersApplication, Press
from letters_service.domain.errors import CityIncomplete, NumberingWrong
from letters_service.domain.offices import City, read_city


def build_application(settings: Settings, pool: Pool) -> LettersApplication:
    """Raises SettingsError when the city's data cannot make letters."""
    # Here, not above: the typesetter is 34 MB that only jobs and web need.
    from letters_service.adapters import typesetter

    return LettersApplication(
        pool,
        city=_city(settings),
        public_url=settings.public_url,
        files=Files(settings.files_url),
        keyring=Keyring(pool, settings.secret_key),
        directory=PemohonDirectory(settings.requests_url, Tokens(settings)),
        press=_press,
        qr_svg=typesetter.qr_svg,
        has_glyph=typesetter.has_glyph,
        words_of=words_of,
        by_token=partial(views.public_by_token, pool),
        by_digest=partial(views.public_by_digest, pool),
    )


def _city(settings: Settings) -> City:
    try:
        return read_city(settings.city)
    except (CityIncomplete, NumberingWrong) as error:
        raise SettingsError(f"CITY_FILE: {error}") from error


@cache
def _press() -> Press:
    from letters_service.adapters.typesetter import Typesetter

    return Typesetter()
