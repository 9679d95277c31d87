"""The databases of all services: made, migrated, given to their roles."""

from collections.abc import Mapping

from chassis import serve
from chassis.migrate import create_database, migrate
from psycopg2.extensions import make_dsn, parse_dsn

from satudata.places import SERVICES


def url_of(service: str, environment: Mapping[str, str]) -> str:
    """`REQUESTS_DATABASE_URL` for requests; KeyError when it is not set."""
    return environment[f"{service.upper()}_DATABASE_URL"]


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
            dsn = make_dsn(admin, dbname=parts["dbname"])
            applied[service] = migrate(dsn, serve.migrations_folder(service), role=parts["user"])
        else:
            applied[service] = migrate(
                url_of(service, environment), serve.migrations_folder(service)
            )
    amqp_url = environment.get("AMQP_URL", "")
    if amqp_url.startswith("amqp"):
        from chassis.nameko import declare_queues

        declare_queues(amqp_url, {name: serve.worker_class(name) for name in SERVICES})
    return applied
