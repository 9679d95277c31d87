"""A city to try things in: staff accounts with a known password, and a small catalogue."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from chassis.actor import Actor
from chassis.postgres import Pool
from chassis.settings import load
from requests_service.domain.consequence_tests import Tested

from satudata.places import DEMO_CATALOGUE

if TYPE_CHECKING:
    from requests_service.application import Requests

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

TESTED = Tested(
    information="Omzet, utang, dan data pribadi tiap pelaku usaha dalam pendataan UMKM",
    exceptions=("b", "h"),
    if_opened=(
        "Keadaan keuangan tiap pelaku usaha dapat diketahui dan dipakai pesaingnya, dan pelaku"
        " usaha enggan memberikan data yang benar pada pendataan berikutnya."
    ),
    if_closed=(
        "Pendataan UMKM tetap dipercaya, dan usaha kecil terlindung dari persaingan yang tidak"
        " sehat; angka gabungan per kelurahan tetap terbuka."
    ),
    decree="188.45/12/35.73.411/2024",
    decree_on=date(2024, 1, 2),
    valid_from=date(2024, 1, 2),
)
"""A decree that does not exist."""

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
    _record_consequence_test(application)
    pool.close()


def _record_consequence_test(application: "Requests") -> None:
    """One that a refusal by Pasal 17 can cite."""
    if not application.consequence_tests.all():
        (ppid,) = [each for each in application.accounts.all() if each.username == "ppid"]
        application.consequence_tests.record(Actor(ppid.id, ppid.role), TESTED)


def _import_catalogue(environment: Mapping[str, str]) -> None:
    from catalog_service.bootstrap import build_application

    settings = load("catalog", environment)
    pool = Pool(settings.database_url, 2)
    build_application(settings, pool).import_folder(DEMO_CATALOGUE, by=_SETTER_UP)
    pool.close()
