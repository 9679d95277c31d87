"""`satudata doctor`: what an operator would check by hand."""

from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass

import psycopg2
from chassis.dead_letters import FailedJobs, ParkedMessages
from chassis.http import readiness
from chassis.last_net import BrokerAway, opened
from chassis.migrate import pending
from chassis.postgres import Pool
from chassis.serve import migrations_folder
from chassis.settings import Settings, SettingsError, load
from requests_service.behind import Behind, behind

from satudata.places import SERVICES


@dataclass(frozen=True)
class Finding:
    """One thing looked at."""

    well: bool
    text: str


def examine(environment: Mapping[str, str]) -> list[Finding]:
    """Settings, database, migrations and broker of each service, and what waits for a person."""
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
            migrated = _migrations(service, settings.database_url)
            findings.append(migrated)
            if migrated.well:
                findings.append(what_waits(service, settings.database_url))
            if migrated.well and service == "requests":
                findings += _readers(settings.database_url)
                findings += _second_officers(settings)
    return findings + what_the_broker_keeps(environment.get("AMQP_URL", ""))


def _readers(dsn: str) -> list[Finding]:
    with closing(Pool(dsn, 1)) as pool, pool.connection() as conn, conn.cursor() as cur:
        return [_reader(each) for each in behind(cur)]


def _reader(found: Behind) -> Finding:
    if found.well:
        return Finding(True, f"requests: the reader {found.name} keeps up with the log")
    return Finding(
        False,
        f"requests: the reader {found.name} is {found.positions} positions behind the log, for"
        f" {found.seconds:.0f} seconds; is `serve jobs requests` running? The table progress says"
        " what stopped it",
    )


def _second_officers(settings: Settings) -> list[Finding]:
    """Where the city lets two officers decide, each office that decides needs two accounts."""
    refusals = settings.city_says("two_persons", "refusals")
    if not refusals and not settings.city_says("two_persons", "masking"):
        return []
    agencies = [each["code"] for each in settings.city["agencies"]] if refusals else []
    with closing(Pool(settings.database_url, 1)) as pool:
        enabled = Counter(pool.execute("SELECT role, agency FROM staff WHERE disabled_at IS NULL"))
    offices = [("ppid", None), *(("ppid_pembantu", agency) for agency in agencies)]
    alone = [agency or role for role, agency in offices if enabled[role, agency] < 2]
    if not alone:
        return [Finding(True, "requests: every office that decides has a second officer")]
    said = ", ".join(alone)
    return [
        Finding(False, f"requests: [two_persons] asks for two enabled accounts; too few: {said}")
    ]


def _migrations(service: str, dsn: str) -> Finding:
    try:
        missing = pending(dsn, migrations_folder(service))
    except psycopg2.Error as error:
        return Finding(False, f"{service}: migrations cannot be read: {type(error).__name__}")
    if missing:
        return Finding(False, f"{service}: run satudata migrate; missing {', '.join(missing)}")
    return Finding(True, f"{service}: the database is up to date")


def what_the_broker_keeps(url: str) -> list[Finding]:
    """Its own dead letters; nothing to say where there is no broker, or it does not answer."""
    if not url.startswith("amqp"):
        return []
    try:
        with opened(url) as net:
            count = net.count()
    except BrokerAway:
        return []
    said = f"dead letters in the broker's own queue: {count}"
    return [Finding(count == 0, said + (": satudata dead-letters list" if count else ""))]


def what_waits(service: str, dsn: str) -> Finding:
    """Well while nothing waits for a person; what is tried again by itself may wait."""
    with closing(Pool(dsn, 1)) as pool:
        messages = ParkedMessages(pool, service).waiting()
        jobs = FailedJobs(pool, service).count()
    stuck = [each for each in messages if each["state"] == "person"]
    if not stuck and not jobs:
        return Finding(True, f"{service}: nothing waits for a person")
    said = []
    if stuck:
        since = min(each["first_failed_at"] for each in stuck)
        said.append(
            f"waiting messages: {len(messages)}, of them for a person: {len(stuck)},"
            f" the oldest since {since:%Y-%m-%d %H:%M}: satudata dead-letters list"
        )
    if jobs:
        said.append(f"failed jobs: {jobs}: satudata jobs list")
    return Finding(False, f"{service}: {'; '.join(said)}")
