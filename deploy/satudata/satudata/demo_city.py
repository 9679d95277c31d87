"""A city to try things in: staff accounts with a known password, and a small catalogue."""

from collections.abc import Mapping
from dataclasses import dataclass

from chassis.actor import Actor
from chassis.postgres import Pool
from chassis.settings import load

from satudata.places import DEMO_CATALOGUE

PASSWORD = "malang-satu-data"  # noqa: S105 - of the demonstration alone


@dataclass(frozen=True)
class Account:
    """A member of staff who does not exist."""

    username: str
    name: str
    role: str
    agency: str | None
    what: str


STAFF = (
    Account("ppid", "Petugas PPID", "ppid", None, "PPID of the city"),
    Account(
        "koperasi",
        "PPID Pembantu Diskopindag",
        "ppid_pembantu",
        "diskopindag",
        "PPID Pembantu, Dinas Koperasi, Perindustrian, dan Perdagangan",
    ),
    Account(
        "sosial", "PPID Pembantu Dinsos", "ppid_pembantu", "dinsos", "PPID Pembantu, Dinas Sosial"
    ),
    Account("walidata", "Walidata Kominfo", "walidata", None, "Walidata, Dinas Kominfo"),
    Account("atasan", "Atasan PPID", "atasan_ppid", None, "the PPID's superior"),
    Account("auditor", "Auditor Inspektorat", "auditor", None, "auditor, reads everything"),
    Account("operator", "Operator Sistem", "operator", None, "operator of the services"),
    Account("integrator", "Sistem Kantor Lain", "integrator", None, "program of another office"),
)

_SETTER_UP = Actor("satudata", "operator")


def fill(environment: Mapping[str, str]) -> None:
    """Add what is not there yet; what is there stays as it is."""
    _add_staff(environment)
    _import_catalogue(environment)


def _add_staff(environment: Mapping[str, str]) -> None:
    from requests_service.bootstrap import build_application

    settings = load("requests", environment)
    pool = Pool(settings.database_url, 2)
    application = build_application(settings, pool)
    known = {member.username for member in application.accounts.all()}
    for account in STAFF:
        if account.username not in known:
            application.accounts.add(
                username=account.username,
                name=account.name,
                role=account.role,
                agency=account.agency,
                password=PASSWORD,
                by=_SETTER_UP,
            )
    pool.close()


def _import_catalogue(environment: Mapping[str, str]) -> None:
    from catalog_service.bootstrap import build_application

    settings = load("catalog", environment)
    pool = Pool(settings.database_url, 2)
    build_application(settings, pool).import_folder(DEMO_CATALOGUE, by=_SETTER_UP)
    pool.close()
