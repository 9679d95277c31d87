"""The databases of all services: made, migrated, given to their roles."""

from collections.abc import Mapping

from chassis import serve
from chassis.migrate import create_database, migrate
from psycopg2.extensions import make_dsn, parse_dsn

from satudata.places import SERVICES


def url_of(service: str, environment: Mapping[str, str]) -> str:
    """`REQUESTS_DATABASE_URL` for requests; KeyError when it is not set."""
    return environment[f"{service.upper()}_DATABASE_URL"]


def owner_url(service: str, environment: Mapping[str, str]) -> str:
    """As the owner of the service's tables: ADMIN_DATABASE_URL's, or else the service itself."""
    url = url_of(service, environment)
    admin = environment.get("ADMIN_DATABASE_URL")
    return make_dsn(admin, dbname=parse_dsn(url)["dbname"]) if admin else url


def prepare(environment: Mapping[str, str]) -> dict[str, list[str]]:
    """Bring every service's database up to date, and the broker's queues; what was applied.

    With ADMIN_DATABASE_URL the databases and roles are made where they are missing, and the
    services' roles own nothing. Without it each service's own role must own its database.
    """
    applied = {}
    admin = environment.get("ADMIN_DATABASE_URL")
    for service in SERVICES:
        parts = parse_dsn(url_of(service, environment))
        if admin:
            create_database(
                admin, parts["dbname"], role=parts["user"], password=parts.get("password", "")
            )
            applied[service] = migrate(
                owner_url(service, environment),
                serve.migrations_folder(service),
                role=parts["user"],
            )
        else:
            applied[service] = migrate(
                url_of(service, environment), serve.migrations_folder(service)
            )
    amqp_url = environment.get("AMQP_URL", "")
    if amqp_url.startswith("amqp"):
        from chassis.nameko import declare_queues

        workers = {name: serve.worker_class(name) for name in SERVICES}
        declare_queues(
            amqp_url, workers, {name: _partitions(name, environment) for name in SERVICES}
        )
    return applied


def _partitions(service: str, environment: Mapping[str, str]) -> int:
    own = environment.get(f"{service.upper()}_QUEUE_PARTITIONS")
    return int(own or environment.get("QUEUE_PARTITIONS") or 1)
