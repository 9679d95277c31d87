"""SQL for reading: what is in the catalogue, the Daftar Informasi Publik and the Daftar Data."""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any
from uuid import UUID

from chassis.postgres import Pool

from catalog_service.domain.errors import BadCursor, DatasetNotFound, DipEntryNotFound
from catalog_service.domain.searching import Query, parse, roots

PAGE_SIZE = 10
# Set around what was found, then made into <mark> after escaping; no text of ours holds them.
MARK_START, MARK_END = "\ue000", "\ue001"
_SNIPPET_LENGTH = 300

_LISTED = """
  d.id, d.slug, d.title, d.description, d.agency, d.agency_name, d.topic, d.period, d.frequency,
  d.licence, d.keywords, d.access, d.note, d.concept, d.definition, d.classification, d.measure,
  d.unit, d.version, d.column_names, d.added_at, d.updated_at,
  v.digest, v.address, v.table_address, v.filename, v.format, v.media_type, v.size, v.row_count
"""
_FROM = """
  FROM datasets d
  LEFT JOIN dataset_versions v ON v.dataset = d.id AND v.version = d.version
"""


@dataclass(frozen=True)
class Page:
    """Some rows, and where the next ones begin."""

    rows: list[dict[str, Any]]
    next_cursor: str | None
    total: int


# --- datasets


def datasets(
    pool: Pool,
    typed: str = "",
    *,
    topic: str = "",
    agency: str = "",
    format: str = "",
    access: str = "",
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page:
    """What fits, the most fitting first; without a query the newest first. Raises BadCursor."""
    query = parse(typed)
    chosen = {"d.topic": topic, "d.agency": agency, "v.format": format, "d.access": access}
    where, args = _where(query, chosen)
    score, score_args = _score(query, "d")
    title, title_args = _headline(query, "title")
    snippet, snippet_args = _headline(query, "description")
    total = pool.execute(f"SELECT count(*) {_FROM} WHERE {where}", args)[0][0]
    after, after_args = "TRUE", []
    if cursor and query:
        after, after_args = "(-score, slug) > (%s, %s)", _after(cursor, float)
    elif cursor:
        after, after_args = (
            "(-extract(epoch FROM updated_at), slug) > (%s, %s)",
            _after(cursor, float),
        )
    order = "-score, slug" if query else "-extract(epoch FROM updated_at), slug"
    rows = pool.query(
        f"""
        WITH found AS (SELECT {_LISTED}, {score} AS score {_FROM} WHERE {where})
        SELECT found.*, {title} AS marked_title, {snippet} AS snippet FROM found
        WHERE {after}
        ORDER BY {order}
        LIMIT %s
        """,
        [*score_args, *args, *title_args, *snippet_args, *after_args, limit + 1],
    )
    next_cursor = None
    if len(rows) > limit:
        rows = rows[:limit]
        last = rows[-1]
        place = -last["score"] if query else -last["updated_at"].timestamp()
        next_cursor = _cursor(place, last["slug"])
    return Page(rows, next_cursor, total)


def facets(
    pool: Pool, typed: str = "", *, topic: str = "", agency: str = "", format: str = ""
) -> dict[str, list[tuple[str, int]]]:
    """How many fit by topic, agency and format, each without its own restriction."""
    query = parse(typed)
    chosen = {"d.topic": topic, "d.agency": agency, "v.format": format}
    counts = {}
    for column in chosen:
        where, args = _where(query, {**chosen, column: ""})
        counts[column.partition(".")[2]] = [
            (value, count)
            for value, count in pool.execute(
                f"SELECT {column}, count(*) {_FROM} WHERE {where} AND {column} IS NOT NULL"
                f" GROUP BY {column} ORDER BY 2 DESC, 1",
                args,
            )
        ]
    return counts


def dataset(pool: Pool, slug: str) -> dict[str, Any]:
    """One dataset as it is now, with its versions, the latest first. Raises DatasetNotFound."""
    rows = pool.query(f"SELECT {_LISTED} {_FROM} WHERE d.slug = %s", (_clean(slug),))
    if not rows:
        raise DatasetNotFound(slug)
    found = rows[0]
    return {
        **found,
        "versions": _versions(pool, found["id"]),
        "downloads": _downloads_of(pool, found["id"]),
        "dip": _dip_entries_of(pool, found["slug"]),
    }


def all_datasets(pool: Pool) -> list[dict[str, Any]]:
    """Every dataset, by address; for lists that machines read."""
    return pool.query(f"SELECT {_LISTED} {_FROM} ORDER BY d.slug")


def _versions(pool: Pool, dataset_id: UUID) -> list[dict[str, Any]]:
    """The files a dataset has had, the latest first."""
    return pool.query(
        """
        SELECT version, digest, address, table_address, filename, format, media_type, size,
               row_count, columns, preview, notes, outline, added_at
        FROM dataset_versions WHERE dataset = %s ORDER BY version DESC
        """,
        (dataset_id,),
    )


def _downloads_of(pool: Pool, dataset_id: UUID) -> int:
    """How often a dataset was downloaded."""
    return int(
        pool.execute("SELECT count(*) FROM downloads WHERE dataset = %s", (dataset_id,))[0][0]
    )


def numbers(pool: Pool) -> dict[str, int]:
    """What the front page counts."""
    row = pool.query(
        """
        SELECT (SELECT count(*) FROM datasets) AS datasets,
               (SELECT count(*) FROM datasets WHERE access = 'open') AS open,
               (SELECT count(DISTINCT agency) FROM datasets) AS agencies,
               (SELECT count(*) FROM dip_entries WHERE retired_at IS NULL) AS dip,
               (SELECT count(*) FROM downloads) AS downloads
        """
    )[0]
    return {name: int(count) for name, count in row.items()}


def topics(pool: Pool) -> dict[str, int]:
    """How many datasets each topic has."""
    return dict(pool.execute("SELECT topic, count(*) FROM datasets GROUP BY topic"))


def meant(pool: Pool, typed: str) -> str | None:
    """Another spelling under which something might be found."""
    words = parse(typed).words
    known = _vocabulary(pool) if words else []
    guess = [next(iter(get_close_matches(word, known, 1, 0.75)), word) for word in words]
    return " ".join(guess) if guess != list(words) else None


def _vocabulary(pool: Pool) -> list[str]:
    """The words of titles and keywords, for a guess at what was meant."""
    rows = pool.execute(
        """
        SELECT DISTINCT word
        FROM datasets,
             regexp_split_to_table(
               title_words || ' ' || lower(keywords::text), '[^[:alnum:]]+') AS word
        WHERE length(word) > 3
        """
    )
    return [word for (word,) in rows]


def downloads_by_dataset(pool: Pool) -> list[dict[str, Any]]:
    """The guestbook in numbers, without a person."""
    return pool.query(
        """
        SELECT d.slug, d.title, count(*) AS downloads, count(DISTINCT w.guest) AS guests,
               count(*) FILTER (WHERE w.guest IS NULL) AS programs, max(w.at) AS last_at
        FROM downloads w JOIN datasets d ON d.id = w.dataset
        GROUP BY d.slug, d.title ORDER BY 3 DESC, 2
        """
    )


# --- Daftar Informasi Publik


def dip(
    pool: Pool,
    typed: str = "",
    *,
    category: str = "",
    agency: str = "",
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page:
    """Entries in force that fit, the most fitting first, or by number. Raises BadCursor."""
    query = parse(typed)
    where, args = _where(query, {"d.category": category, "d.agency": agency})
    where = f"d.retired_at IS NULL AND {where}"
    score, score_args = _score(query, "d")
    total = pool.execute(f"SELECT count(*) FROM dip_entries d WHERE {where}", args)[0][0]
    after, after_args = "TRUE", []
    if cursor:
        after, after_args = "(-score, id) > (%s, %s)", _after(cursor, float)
    rows = pool.query(
        f"""
        WITH found AS (
          SELECT d.id, d.summary, d.controller, d.producer, d.agency, d.made, d.forms,
                 d.retention, d.category, d.dataset, {score} AS score
          FROM dip_entries d WHERE {where}
        )
        SELECT * FROM found WHERE {after} ORDER BY -score, id LIMIT %s
        """,
        [*score_args, *args, *after_args, limit + 1],
    )
    next_cursor = None
    if len(rows) > limit:
        rows = rows[:limit]
        next_cursor = _cursor(-rows[-1]["score"], rows[-1]["id"])
    return Page(rows, next_cursor, total)


def dip_entry(pool: Pool, entry: str) -> dict[str, Any]:
    """One entry, also one that was taken out of the list. Raises DipEntryNotFound."""
    rows = pool.query(
        """
        SELECT id, summary, controller, producer, agency, made, forms, retention, category,
               dataset, added_at, retired_at
        FROM dip_entries WHERE id = %s
        """,
        (_clean(entry),),
    )
    if not rows:
        raise DipEntryNotFound(entry)
    return rows[0]


def _dip_entries_of(pool: Pool, slug: str) -> list[dict[str, Any]]:
    """The entries in force that a dataset fulfils."""
    return pool.query(
        "SELECT id, summary FROM dip_entries WHERE dataset = %s AND retired_at IS NULL ORDER BY id",
        (slug,),
    )


# --- Daftar Data


def daftar_data(pool: Pool, year: int) -> list[dict[str, Any]]:
    """What is to be collected in a year because it was asked for."""
    return pool.query(
        """
        SELECT request_id, year, title, concept, definition, classification, measure, unit,
               produsen_data, listed_at
        FROM daftar_data WHERE year = %s ORDER BY listed_at, request_id
        """,
        (year,),
    )


def daftar_data_years(pool: Pool) -> list[tuple[int, int]]:
    """Each year that has a list, with its length, the latest first."""
    return [
        (year, count)
        for year, count in pool.execute(
            "SELECT year, count(*) FROM daftar_data GROUP BY year ORDER BY year DESC"
        )
    ]


# --- how a query becomes SQL


def _where(query: Query, chosen: Mapping[str, str]) -> tuple[str, list[Any]]:
    parts: list[str] = []
    args: list[Any] = []
    for column, value in chosen.items():
        if value:
            parts.append(f"{column} = %s")
            args.append(_clean(value))
    if query:
        fits = ["d.search @@ websearch_to_tsquery('indonesian', %s)"]
        args.append(query.text)
        if query.words:
            each = []
            for word in query.words:
                each.append(
                    "(d.search @@ plainto_tsquery('indonesian', %s) OR d.all_words LIKE ANY (%s))"
                )
                args += [word, _patterns(word)]
            fits.append(f"({' AND '.join(each)})")
        parts.append(f"({' OR '.join(fits)})")
    return " AND ".join(parts) or "TRUE", args


def _score(query: Query, table: str) -> tuple[str, list[Any]]:
    """Stems by weight of where they stand, then beginnings of words, then roots inside of words."""
    if not query:
        return "0.0::float8", []
    parts = [
        f"ts_rank_cd('{{0.05, 0.2, 0.5, 1.0}}', {table}.search,"
        " websearch_to_tsquery('indonesian', %s), 32) * 4"
    ]
    args: list[Any] = [query.text]
    for word in query.words:
        parts.append(
            f"CASE WHEN {table}.title_words LIKE %s THEN 1.0"
            f" WHEN {table}.title_words LIKE ANY (%s) THEN 0.5"
            f" WHEN {table}.all_words LIKE %s THEN 0.25 ELSE 0.0 END"
        )
        args += [f"% {_literal(word)}%", _patterns(word), f"% {_literal(word)}%"]
    return f"round(({' + '.join(parts)})::numeric, 6)::float8", args


def _headline(query: Query, column: str) -> tuple[str, list[Any]]:
    """The text with what fits marked; of a long one the part that fits."""
    if not query:
        return column, []
    marks = f'StartSel="{MARK_START}", StopSel="{MARK_END}"'
    return (
        f"ts_headline('indonesian', {column}, websearch_to_tsquery('indonesian', %s),"
        f" CASE WHEN length({column}) < {_SNIPPET_LENGTH} THEN '{marks}, HighlightAll=true'"
        f" ELSE '{marks}, MaxWords=40, MinWords=25, MaxFragments=2,"
        ' FragmentDelimiter=" … "\' END)',
        [query.text],
    )


def _patterns(word: str) -> list[str]:
    """Where a word may stand: a short one at a beginning alone, a longer one anywhere."""
    inside = "" if len(word) >= 4 else " "
    return [f"%{inside}{_literal(word)}%", *(f"%{_literal(root)}%" for root in roots(word))]


def _literal(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _cursor(place: float, name: str) -> str:
    return base64.urlsafe_b64encode(json.dumps([place, name]).encode()).decode().rstrip("=")


def _after(cursor: str, kind: type[float]) -> list[Any]:
    try:
        place, name = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(name, str) or "\0" in name or isinstance(place, bool):
            raise BadCursor
        return [kind(place), name.encode("utf-8", "ignore").decode()]
    except (ValueError, TypeError, binascii.Error) as error:
        raise BadCursor from error


def _clean(text: str) -> str:
    """What PostgreSQL takes as text."""
    return text.encode("utf-8", "ignore").decode().replace("\0", "")
