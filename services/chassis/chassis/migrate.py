"""Numbered SQL files applied once, in order, under a lock; and the rights of the service's role."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg2
from chassis.postgres import connect
from psycopg2 import sql

_CHASSIS = Path(__file__).parent / "migrations"
_LOCK = 4710
_FACT_COLUMNS = (
    "stream, version, type, type_version, state, occurred_at,"
    " actor, role, agency, on_behalf_of, idempotency_key, causation, correlation,"
    " traceparent"
)


class MigrationChanged(Exception):
    """A file that was applied before has other content now."""


def migrate(dsn: str, folder: Path, *, role: str | None = None) -> list[str]:
    """Bring one database up to date and give `role` its rights; the names of what was applied.

    Safe to run from several processes at once and while the service runs.
    """
    conn = connect(dsn)
    applied = []
    try:
        with conn.cursor() as cur:
            cur.execute("SELECT pg_advisory_lock(%s)", (_LOCK,))
            cur.execute(
                "CREATE TABLE IF NOT EXISTS migrations ("
                "name text PRIMARY KEY, digest text NOT NULL,"
                " applied_at timestamptz NOT NULL DEFAULT now())"
            )
            cur.execute("SELECT name, digest FROM migrations")
            known = dict(cur.fetchall())
            for name, text in _files(folder):
                digest = hashlib.sha256(text.encode()).hexdigest()
                if known.get(name, digest) != digest:
                    raise MigrationChanged(f"{name} was applied before with other content.")
                if name not in known:
                    _apply(cur, name, text, digest)
                    applied.append(name)
            if role:
                _give_rights(conn, cur, role)
    finally:
        conn.close()
    return applied


def pending(dsn: str, folder: Path) -> list[str]:
    """The names of the files that this database has not had yet."""
    conn = connect(dsn)
    try:
        with conn.cursor() as cur:
            cur.execute("SELECT to_regclass('migrations')")
            if cur.fetchone()[0] is None:
                return [name for name, _ in _files(folder)]
            cur.execute("SELECT name FROM migrations")
            known = {name for (name,) in cur.fetchall()}
            return [name for name, _ in _files(folder) if name not in known]
    finally:
        conn.close()


def create_database(admin_dsn: str, name: str, *, role: str, password: str) -> None:
    """A database and a role that may use it but does not own it, unless they are there already."""
    conn = connect(admin_dsn)
    try:
        with conn.cursor() as cur:
            cur.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,))
            verb = "ALTER" if cur.fetchone() else "CREATE"
            cur.execute(
                sql.SQL(verb + " ROLE {} LOGIN PASSWORD {}").format(
                    sql.Identifier(role), sql.Literal(password)
                )
            )
            cur.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,))
            if not cur.fetchone():
                cur.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    except psycopg2.errors.DuplicateDatabase:
        pass
    finally:
        conn.close()


def _files(folder: Path) -> Iterator[tuple[str, str]]:
    for prefix, place in (("chassis", _CHASSIS), ("service", folder)):
        for path in sorted(place.glob("[0-9]*.sql")):
            yield f"{prefix}/{path.name}", path.read_text(encoding="utf-8")


def _apply(cur: Any, name: str, text: str, digest: str) -> None:
    cur.execute("BEGIN")
    try:
        cur.execute("SET LOCAL lock_timeout = '10s'")
        cur.execute(text)
        cur.execute("INSERT INTO migrations (name, digest) VALUES (%s, %s)", (name, digest))
    except BaseException:
        cur.execute("ROLLBACK")
        raise
    cur.execute("COMMIT")


def _give_rights(conn: Any, cur: Any, role: str) -> None:
    cur.execute("SELECT current_user")
    if cur.fetchone()[0] == role:
        return
    who = sql.Identifier(role)
    for statement in (
        "GRANT USAGE ON SCHEMA public TO {}",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}",
        "GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {}",
        "REVOKE ALL ON facts, migrations FROM {}",
        "GRANT SELECT ON facts, migrations TO {}",
        "GRANT INSERT (" + _FACT_COLUMNS + ") ON facts TO {}",
    ):
        cur.execute(sql.SQL(statement).format(who))
