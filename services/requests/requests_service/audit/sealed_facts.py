"""Reads the facts of an export: chosen once, under one checkpoint, then page by page."""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any, Self

from chassis.postgres import Pool, connect

from requests_service.audit.filters import Filters
from requests_service.sealing.entries import COLUMNS, FactRow, entry_of

Leaf = tuple[int, int]
"""Leaf number and position."""

_PAGE_FACTS = 2000


class SealedFact:
    """A fact with its place in the tree."""

    def __init__(self, leaf_index: int, row: FactRow, register_number: str | None) -> None:
        """`register_number`: of the request that it is about, if it is about one."""
        self.leaf_index = leaf_index
        self.row = row
        self.register_number = register_number

    @property
    def entry(self) -> dict[str, Any]:
        """The fifteen keys that are sealed."""
        entry = self.row._asdict()
        entry["state_sha256"] = hashlib.sha256(entry.pop("state")).hexdigest()
        return entry

    @property
    def entry_bytes(self) -> bytes:
        """The same as it is sealed."""
        return entry_of(self.row)

    @property
    def state(self) -> str:
        """The stored bytes as text. What cannot be text was not written by us: it shows as such,
        and no longer has the digest that was sealed."""
        return self.row.state.decode(errors="replace")

    @cached_property
    def told(self) -> dict[str, Any]:
        """The state as the JSON object that it is; empty when somebody made it something else."""
        try:
            told = json.loads(self.row.state)
        except ValueError:
            return {}
        return told if isinstance(told, dict) else {}


class Chosen:
    """The sealed facts that filters choose among the first `size` leaves; a context.

    The database keeps the list of their leaves: so a long export holds no transaction open, and
    each of its files tells of the same facts.
    """

    def __init__(self, pool: Pool, *, size: int, filters: Filters) -> None:
        self._filters = filters
        self._size = size
        self.missing: set[int] = set()
        """Leaves whose facts the log no longer has, as far as was read."""
        # Its own: a slow download must not keep one of the pool's.
        self._conn = connect(pool.dsn)
        try:
            with self._conn.cursor() as cur:
                self.up_to = self._reach(cur)
                self.count = self._list(cur, "by_leaf", "leaf_index")
        except BaseException:
            self._conn.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the list up."""
        self._conn.close()

    def pages(self, *, by_case: bool = False) -> Iterator[list[SealedFact]]:
        """In the order of the leaves; with `by_case`, those of one correlation together."""
        with self._conn.cursor() as cur:
            if by_case:
                self._list(cur, "by_case", 'correlation COLLATE "C", leaf_index')
            for leaves in self._leaves(cur, "by_case" if by_case else "by_leaf"):
                yield self._page(cur, leaves)
            if by_case:
                cur.execute("CLOSE by_case")

    def leaf_pages(self) -> Iterator[list[Leaf]]:
        """The same without the facts, in the order of the leaves."""
        with self._conn.cursor() as cur:
            yield from self._leaves(cur, "by_leaf")

    def _reach(self, cur: Any) -> int:
        """The last position that can be told of."""
        cur.execute(
            "SELECT coalesce(max(position), 0) FROM sealed WHERE leaf_index < %s", (self._size,)
        )
        sealed = int(cur.fetchone()[0])
        if not self._filters.asked():
            return sealed
        cur.execute("SELECT position FROM progress WHERE name = 'trail'")
        return min(sealed, int(cur.fetchone()[0]))

    def _list(self, cur: Any, name: str, order: str) -> int:
        condition, values = self._filters.condition()
        trail = ""
        if self._filters.asked():
            # Meanwhile the trail goes on.
            trail = " JOIN (SELECT * FROM trail WHERE position <= %s) AS trail USING (position)"
            values = [self.up_to, self._size, *values]
        else:
            values = [self._size]
        cases = " JOIN (SELECT position, correlation FROM facts) AS cases USING (position)"
        facts = cases if "correlation" in order else ""
        cur.execute(
            f"DECLARE {name} SCROLL CURSOR WITH HOLD FOR"
            f" SELECT leaf_index, position FROM sealed{trail}{facts}"
            f" WHERE leaf_index < %s AND {condition} ORDER BY {order}",
            values,
        )
        cur.execute(f"MOVE FORWARD ALL IN {name}")
        return int(cur.statusmessage.removeprefix("MOVE "))

    def _leaves(self, cur: Any, name: str) -> Iterator[list[Leaf]]:
        cur.execute(f"MOVE ABSOLUTE 0 IN {name}")
        while True:
            cur.execute(f"FETCH {_PAGE_FACTS} FROM {name}")
            page = cur.fetchall()
            if not page:
                return
            yield page

    def _page(self, cur: Any, leaves: list[Leaf]) -> list[SealedFact]:
        cur.execute(
            f"SELECT {COLUMNS} FROM facts WHERE position = ANY(%s)",
            ([position for _, position in leaves],),
        )
        rows = {columns[0]: _row(columns) for columns in cur.fetchall()}
        self.missing.update(leaf for leaf, position in leaves if position not in rows)
        numbers = _register_numbers(cur, rows.values())
        return [
            SealedFact(leaf, rows[position], numbers.get(rows[position].correlation or ""))
            for leaf, position in leaves
            if position in rows
        ]


def _row(columns: Sequence[Any]) -> FactRow:
    row = FactRow(*columns)
    return row._replace(state=bytes(row.state))


def _register_numbers(cur: Any, rows: Iterable[FactRow]) -> dict[str, str]:
    """By correlation, which is the request's id for all that happened about it."""
    about = {row.correlation for row in rows if _is_uuid(row.correlation)}
    cur.execute(
        "SELECT request_id::text, register_number FROM registrations"
        " WHERE request_id = ANY(%s::uuid[])",
        (list(about),),
    )
    return dict(cur.fetchall())


def _is_uuid(text: str | None) -> bool:
    return bool(text and re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", text))
