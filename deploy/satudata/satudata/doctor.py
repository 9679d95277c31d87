"""`satudata doctor`: what an operator would check by hand."""

from collections.abc import Mapping
from dataclasses import dataclass

import psycopg2
from chassis.http import readiness
from chassis.migrate import pending
from chassis.postgres import Pool
from chassis.serve import migrations_folder
from chassis.settings import SettingsError, load

from satudata.places import SERVICES


@dataclass(frozen=True)
class Finding:
    """One thing looked at."""

    well: bool
    text: str


def examine(environment: Mapping[str, str]) -> list[Finding]:
    """Settings, database, migrations and broker of each service."""
    findings = []
    for service in SERVICES:
        try:
            settings = load(service, environment)
        except SettingsError as error:
            findings.append(Finding(False, f"{service}: {error}"))
            continue
        findings.append(Finding(True, f"{service}: the settings can be read"))
        ready = readiness(Pool(settings.database_url, 1), settings.amqp_url)
        findings += [
            Finding(there, f"{service}: the {what} {'answers' if there else 'does not answer'}")
            for what, there in ready.items()
        ]
        if ready["database"]:
            findings.append(_migrations(service, settings.database_url))
    return findings


def _migrations(service: str, dsn: str) -> Finding:
    try:
        missing = pending(dsn, migrations_folder(service))
    except psycopg2.Error as error:
        return Finding(False, f"{service}: migrations cannot be read: {type(error).__name__}")
    if missing:
        return Finding(False, f"{service}: run satudata migrate; missing {', '.join(missing)}")
    return Finding(True, f"{service}: the database is up to date")
