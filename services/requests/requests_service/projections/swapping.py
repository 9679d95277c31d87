"""New tables in the place of old ones: like them, filled beside them, and swapped by name."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from psycopg2 import sql

_NEW = sql.Identifier("rebuilding")


@contextmanager
def new_tables(cur: Any, tables: tuple[str, ...]) -> Iterator[None]:
    """Within it, these tables' bare names mean new, empty ones in a schema of their own.

    They have the old ones' columns and keys; `index` gives them the rest. `cur`: in autocommit, as
    the owner of the tables.
    """
    cur.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(_NEW))
    cur.execute(sql.SQL("CREATE SCHEMA {}").format(_NEW))
    try:
        for table in tables:
            _make(cur, table)
        cur.execute(sql.SQL("SET search_path = {}, public").format(_NEW))
        yield
    finally:
        if not cur.closed and not cur.connection.closed:
            cur.execute("RESET search_path")
            cur.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(_NEW))


def index(cur: Any, tables: tuple[str, ...]) -> None:
    """The indexes that the old tables have, once the new ones are full; not in a transaction."""
    for table in tables:
        cur.execute(
            "SELECT pg_get_indexdef(indexrelid) FROM pg_index i WHERE indrelid = %s::regclass"
            " AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = i.indexrelid)",
            (f"public.{table}",),
        )
        for (definition,) in cur.fetchall():
            cur.execute(definition.replace(f" ON public.{table} ", f" ON {table} ", 1))
        cur.execute(sql.SQL("VACUUM (ANALYZE) {}").format(sql.Identifier(table)))


def checksum(cur: Any, tables: tuple[str, ...], *, schema: str | None = None) -> tuple[int, str]:
    """How many rows, and a sum over their content in which the order does not matter."""
    rows, total = 0, 0
    for table in tables:
        name = sql.Identifier(schema, table) if schema else sql.Identifier(table)
        cur.execute(
            sql.SQL(
                "SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)), 0) FROM {} AS t"
            ).format(name)
        )
        count, of_table = cur.fetchone()
        rows, total = rows + count, total + int(of_table)
    return rows, f"{total % 2**64:016x}"


def swap(cur: Any, tables: tuple[str, ...]) -> None:
    """The new tables take the old ones' names and rights; within a transaction."""
    for table in tables:
        old, new = sql.Identifier("public", table), sql.Identifier("rebuilding", table)
        cur.execute(
            "SELECT DISTINCT grantee::regrole::text, privilege_type"
            " FROM pg_class, aclexplode(relacl) WHERE oid = %s::regclass AND grantee <> 0",
            (f"public.{table}",),
        )
        rights = cur.fetchall()
        cur.execute(sql.SQL("DROP TABLE {}").format(old))
        cur.execute(sql.SQL("ALTER TABLE {} SET SCHEMA public").format(new))
        for role, right in rights:
            # Both as PostgreSQL itself has written them.
            cur.execute(sql.SQL(f"GRANT {right} ON {{}} TO {role}").format(old))


def _make(cur: Any, table: str) -> None:
    old, new = sql.Identifier("public", table), sql.Identifier("rebuilding", table)
    cur.execute(
        sql.SQL("CREATE TABLE {} (LIKE {} INCLUDING ALL EXCLUDING INDEXES)").format(new, old)
    )
    cur.execute(
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE conrelid = %s::regclass AND contype IN ('p', 'u')",
        (f"public.{table}",),
    )
    for name, definition in cur.fetchall():
        cur.execute(
            sql.SQL("ALTER TABLE {} ADD CONSTRAINT {} " + definition).format(
                new, sql.Identifier(name)
            )
        )
