"""Use cases of the catalogue: one public method per thing a person or a message may ask for."""

import csv
import hashlib
import hmac
import io
import json
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from itertools import islice
from pathlib import Path, PurePath
from typing import Any
from uuid import UUID, uuid4, uuid5

from chassis import clock, log, revoked
from chassis.actor import Actor
from chassis.files import Files
from chassis.jobs import Job, enqueue
from chassis.keyring import Keyring
from chassis.message import Message
from chassis.postgres import Pool
from chassis.uploads import Format, Refused, sniff

from catalog_service.domain import guestbook, metadata
from catalog_service.domain.dip import DipEntry
from catalog_service.domain.dip import checked as checked_entry
from catalog_service.domain.errors import (
    DatasetNotFound,
    DatasetRestricted,
    DipEntryExists,
    DipEntryNotFound,
    IncompleteForm,
    SlugTaken,
)
from catalog_service.domain.events import (
    DaftarDataUpdated,
    DatasetDescribed,
    DatasetDownloaded,
    DatasetPublished,
    DipEntryAdded,
    DipEntryRetired,
    Fact,
    GuestForgotten,
)
from catalog_service.domain.files import CSV, ORIGINAL, ReadFile, neutral_row
from catalog_service.domain.metadata import Metadata
from catalog_service.domain.roles import must

_DIP_STREAMS = UUID("5a2f9d1e-6f0b-4c53-9a0e-3c1f7d6b2a44")
_ENTRY = "guestbook entry"
ROWS_MAX = 1_000
FORGET_OLD_GUESTS = "forget_old_guests"


@dataclass(frozen=True)
class Imported:
    """What an import did."""

    slug: str
    version: int
    new_version: bool
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Download:
    """A file as it is handed out."""

    filename: str
    media_type: str
    data: bytes
    digest: str


class Catalog:
    """The catalogue of one city."""

    def __init__(
        self,
        pool: Pool,
        files: Files,
        keyring: Keyring,
        *,
        agencies: Mapping[str, str],
        read: Callable[[bytes, Format], ReadFile],
        index_key: bytes,
    ) -> None:
        """`agencies`: code to name. `read` reads a stranger's file. `index_key` knows a guest."""
        self._pool = pool
        self._files = files
        self._keyring = keyring
        self._agencies = agencies
        self._read = read
        self._index_key = index_key

    # --- publishing

    def import_dataset(
        self, data: bytes | None, filename: str, typed: Mapping[str, Any], by: Actor
    ) -> Imported:
        """Describe a dataset and, when its file is new, add a version.

        Raises IncompleteForm, SlugTaken, or Refused with what is wrong with the file; then
        nothing has changed.
        """
        must("publish", by.role)
        described = metadata.checked(typed, agencies=self._agencies)
        known = self._current(described.slug)
        self._may_replace(known, described)
        if not described.is_open:
            _no_file_for_restricted(data)
        elif data is None and not (known and known["version"]):
            raise IncompleteForm({"file": "Pilih berkas datanya."})
        format_, found = (None, None)
        if data is not None and not self._is_current(known, data):
            format_ = sniff(data, filename)
            found = self._read(data, format_)
        with self._pool.transaction() as cur:
            return self._save(cur, described, data, filename, format_, found, by)

    def import_dataset_json(
        self, data: bytes | None, filename: str, described: str, by: Actor
    ) -> Imported:
        """The same with the metadata as one JSON object."""
        try:
            typed = json.loads(described)
        except (ValueError, RecursionError):
            typed = None
        if not isinstance(typed, dict):
            raise IncompleteForm({"metadata": "Metadata harus berupa satu objek JSON."})
        return self.import_dataset(data, filename, typed, by)

    def import_folder(self, catalogue: Path, by: Actor) -> list[Imported]:
        """All of a catalogue.toml, its files and its DIP beside it; again: nothing new."""
        listed = tomllib.loads(catalogue.read_text(encoding="utf-8"))
        done = []
        for typed in listed.get("dataset", []):
            name = typed.get("file")
            path = catalogue.parent / name if name else None
            data = path.read_bytes() if path else None
            try:
                done.append(self.import_dataset(data, path.name if path else "", typed, by))
            except Refused as refused:
                raise Refused(f"{name}: {refused}") from refused
            except IncompleteForm as wrong:
                title = typed.get("title", "?")
                raise IncompleteForm({"": f"{title}: {wrong}"}) from wrong
        if "dip" in listed:
            self.import_dip(catalogue.parent / listed["dip"], by)
        return done

    def rows(self, slug: str, *, after: int = 0, limit: int = 100) -> dict[str, Any]:
        """Rows of a dataset's latest table. Raises DatasetNotFound, DatasetRestricted."""
        found = self._open_dataset(slug)
        with io.TextIOWrapper(
            io.BytesIO(self._files.get(found["table_address"])), encoding="utf-8", newline=""
        ) as text:
            reader = csv.reader(text)
            columns = next(reader, [])
            rows = list(islice(reader, after, after + min(limit, ROWS_MAX)))
        return {
            "columns": columns,
            "rows": rows,
            "total": found["row_count"],
            "digest": found["digest"],
        }

    # --- step 3: downloading

    def download(self, slug: str, format: str, typed: Mapping[str, Any], by: Actor) -> Download:
        """The file, for a guest who signed the guestbook. Raises IncompleteForm.

        Raises DatasetNotFound, DatasetRestricted.
        """
        found = self._open_dataset(slug)
        guest = guestbook.signed(typed)
        file = self._file(found, format)
        with self._pool.transaction() as cur:
            owner = self._guest(cur, guest)
            sealed = self._keyring.seal(cur, owner, json.dumps(guest.data).encode(), _ENTRY)
            enqueue(cur, FORGET_OLD_GUESTS, "daily", {})
            self._note_download(cur, found, format, owner, sealed, by)
        return file

    def download_by_program(self, slug: str, format: str, by: Actor) -> Download:
        """The file, for a program: counted, but a program signs no guestbook."""
        found = self._open_dataset(slug)
        file = self._file(found, format)
        with self._pool.transaction() as cur:
            self._note_download(cur, found, format, None, None, by)
        return file

    def describe_file(self, slug: str, format: str) -> Download:
        """What `download_by_program` would give, without counting it."""
        return self._file(self._open_dataset(slug), format)

    def forget_guest(self, email: str, by: Actor) -> int:
        """Destroy the key of whoever signed so; how many downloads that leaves nameless."""
        must("forget_guest", by.role)
        with self._pool.transaction() as cur:
            cur.execute(
                "DELETE FROM guests WHERE email_index = %s RETURNING id", (self._index(email),)
            )
            gone = cur.fetchone()
            return self._forget(cur, gone[0], by) if gone else 0

    def forget_old_guests(self, by: Actor, job: Job | None = None) -> int:
        """Retention: forget everybody who was last here longer ago than the page promises.

        As a job it is never finished: it comes again the next day.
        """
        before = clock.now() - timedelta(days=guestbook.RETENTION_DAYS)
        with self._pool.transaction() as cur:
            cur.execute("DELETE FROM guests WHERE last_seen_at < %s RETURNING id", (before,))
            gone = [row[0] for row in cur.fetchall()]
            for guest in gone:
                self._forget(cur, guest, by)
            if job is not None:
                cur.execute(
                    "UPDATE jobs SET attempts = 0, next_try = now() + interval '1 day'"
                    " WHERE id = %s",
                    (job.id,),
                )
        return len(gone)

    # --- Daftar Informasi Publik

    def add_dip_entry(self, typed: Mapping[str, Any], by: Actor) -> str:
        """The PPID adds an entry. Raises IncompleteForm, DipEntryExists."""
        must("keep_dip", by.role)
        entry = checked_entry(typed, agencies=self._agencies)
        number: str = entry.id
        with self._pool.transaction() as cur:
            if not self._insert_dip(cur, entry, by):
                raise DipEntryExists(number)
        return number

    def retire_dip_entry(self, entry: str, by: Actor) -> None:
        """The PPID takes an entry out of the list. Raises DipEntryNotFound."""
        must("keep_dip", by.role)
        entry = _clean(entry)
        with self._pool.transaction() as cur:
            cur.execute(
                "UPDATE dip_entries SET retired_at = %s WHERE id = %s AND retired_at IS NULL",
                (clock.now(), entry),
            )
            if cur.rowcount:
                _record(cur, uuid5(_DIP_STREAMS, entry), DipEntryRetired(entry), by)
                return
            cur.execute("SELECT 1 FROM dip_entries WHERE id = %s", (entry,))
            if not cur.fetchone():
                raise DipEntryNotFound(entry)

    def import_dip(self, path: Path, by: Actor) -> int:
        """Entries of a dip.toml that are not there yet; how many were new."""
        must("keep_dip", by.role)
        listed = tomllib.loads(path.read_text(encoding="utf-8")).get("entry", [])
        entries = [checked_entry(typed, agencies=self._agencies) for typed in listed]
        with self._pool.transaction() as cur:
            return sum(self._insert_dip(cur, entry, by) for entry in entries)

    # --- Daftar Data

    def list_in_daftar_data(self, message: Message) -> None:
        """Step 12 was done: the data asked for stands in the list of that year.

        The newest fact of a request wins, whatever comes first and however often.
        """
        said = message.data
        with self._pool.transaction() as cur:
            if not log.handled(cur, message):
                return
            cur.execute(
                """
                INSERT INTO daftar_data (request_id, year, title, concept, definition,
                  classification, measure, unit, produsen_data, sequence, listed_at)
                VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
                ON CONFLICT (request_id) DO UPDATE SET
                  year = excluded.year, title = excluded.title, concept = excluded.concept,
                  definition = excluded.definition, classification = excluded.classification,
                  measure = excluded.measure, unit = excluded.unit,
                  produsen_data = excluded.produsen_data, sequence = excluded.sequence,
                  listed_at = excluded.listed_at
                WHERE daftar_data.sequence < excluded.sequence
                """,
                (
                    message.subject, said["year"], said["title"], said["concept"],
                    said["definition"], said["classification"], said["measure"], said["unit"],
                    said["produsen_data"], message.sequence, message.time,
                ),
            )  # fmt: skip
            if cur.rowcount:
                _record(
                    cur, UUID(message.subject), DaftarDataUpdated(said["year"], said["title"]),
                    message.actor, because_of=message.id,
                )  # fmt: skip

    # --- officers

    def revoke(self, message: Message) -> None:
        """An account was disabled, or an appointment ended early."""
        with self._pool.transaction() as cur:
            if log.handled(cur, message):
                revoked.remember(cur, message)

    # --- parts

    def _current(self, slug: str) -> dict[str, Any] | None:
        found = self._pool.query(
            """
            SELECT d.id, d.slug, d.title, d.agency, d.access, d.version, v.digest, v.address,
                   v.table_address, v.format, v.media_type, v.row_count
            FROM datasets d
            LEFT JOIN dataset_versions v ON v.dataset = d.id AND v.version = d.version
            WHERE d.slug = %s
            """,
            (_clean(slug),),
        )
        return found[0] if found else None

    def _may_replace(self, known: Mapping[str, Any] | None, described: Metadata) -> None:
        if known and known["agency"] != described.agency:
            raise SlugTaken(described.slug, self._agencies.get(known["agency"], known["agency"]))

    @staticmethod
    def _is_current(known: Mapping[str, Any] | None, data: bytes) -> bool:
        return bool(known) and known["digest"] == hashlib.sha256(data).hexdigest()  # type: ignore[index]

    def _save(
        self,
        cur: Any,
        described: Metadata,
        data: bytes | None,
        filename: str,
        format_: Format | None,
        found: ReadFile | None,
        by: Actor,
    ) -> Imported:
        dataset_id, before = self._locked(cur, described)
        if data is not None and before["version"] and self._is_current(before, data):
            # Somebody else imported the same file while this one was being read.
            found = None
        changed = before["new"] or described.differs_from(before)
        if changed or found is not None:
            self._describe(cur, described, found)
        facts: list[Fact] = []
        if changed:
            facts.append(
                DatasetDescribed(described.slug, described.title, described.access, changed)
            )
        version = int(before["version"])
        if found is not None and data is not None and format_ is not None:
            version += 1
            digest = self._add_version(cur, dataset_id, version, data, filename, format_, found, by)
            facts.append(
                DatasetPublished(described.slug, described.title, digest, version, found.row_count)
            )
        for fact in facts:
            _record(cur, dataset_id, fact, by)
        return Imported(described.slug, version, found is not None, found.notes if found else ())

    def _locked(self, cur: Any, described: Metadata) -> tuple[UUID, dict[str, Any]]:
        """The dataset's id, and its row, which nobody else changes now; `new` names what is new."""
        values = self._row(described)
        cur.execute(
            f"INSERT INTO datasets (id, {', '.join(values)}, added_at, updated_at)"
            f" VALUES (%(id)s, {', '.join(f'%({name})s' for name in values)}, %(now)s, %(now)s)"
            " ON CONFLICT (slug) DO NOTHING",
            {**values, "id": uuid4(), "now": clock.now()},
        )
        compared = list(asdict(described))
        new = tuple(compared) if cur.rowcount else ()
        cur.execute(
            f"""
            SELECT d.id, d.version, v.digest, {", ".join(f"d.{name}" for name in compared)}
            FROM datasets d
            LEFT JOIN dataset_versions v ON v.dataset = d.id AND v.version = d.version
            WHERE d.slug = %s FOR UPDATE OF d
            """,
            (described.slug,),
        )
        row = dict(zip(["id", "version", "digest", *compared], cur.fetchone(), strict=True))
        self._may_replace(row, described)
        return UUID(str(row["id"])), {**row, "new": new}

    def _describe(self, cur: Any, described: Metadata, found: ReadFile | None) -> None:
        values = self._row(described)
        cur.execute(
            f"UPDATE datasets SET {', '.join(f'{name} = %({name})s' for name in values)},"
            " updated_at = %(now)s, version = version + %(more)s,"
            " column_names = coalesce(%(names)s::jsonb, column_names) WHERE slug = %(slug)s",
            {
                **values,
                "now": clock.now(),
                "names": _json(found.columns) if found else None,
                "more": int(found is not None),
            },
        )

    def _row(self, described: Metadata) -> dict[str, Any]:
        return {
            **asdict(described),
            "keywords": _json(described.keywords),
            "agency_name": self._agencies[described.agency],
        }

    def _add_version(
        self,
        cur: Any,
        dataset_id: UUID,
        version: int,
        data: bytes,
        filename: str,
        format_: Format,
        found: ReadFile,
        by: Actor,
    ) -> str:
        # Before the rows that name them: files that no row names are harmless.
        original, table = self._files.put(data), self._files.put(found.table)
        cur.execute(
            """
            INSERT INTO dataset_versions (dataset, version, digest, address, table_address,
              filename, format, media_type, size, row_count, columns, preview, notes, outline,
              added_at, added_by)
            VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
            """,
            (
                dataset_id, version, original.digest, original.address, table.address,
                PurePath(filename).name[:200], str(format_), format_.media_type, original.size,
                found.row_count, _json(found.columns), _json(found.preview), _json(found.notes),
                found.outline, clock.now(), by.id,
            ),
        )  # fmt: skip
        digest: str = original.digest
        return digest

    def _open_dataset(self, slug: str) -> dict[str, Any]:
        found = self._current(slug)
        if found is None:
            raise DatasetNotFound(slug)
        if found["access"] != metadata.OPEN or not found["version"]:
            raise DatasetRestricted(found["title"])
        return found

    def _file(self, found: Mapping[str, Any], format: str) -> Download:
        slug, of = found["slug"], Format(found["format"])
        if format == CSV:
            table = self._files.get(found["table_address"])
            suffix = "-rapi" if of is Format.CSV else ""
            data = "".join(_neutral_lines(table)).encode()
            return Download(f"{slug}{suffix}.csv", Format.CSV.media_type, data, found["digest"])
        data = self._files.get(found["address"])
        return Download(f"{slug}.{of}", found["media_type"], data, found["digest"])

    def _note_download(
        self,
        cur: Any,
        found: Mapping[str, Any],
        format: str,
        guest: UUID | None,
        sealed: bytes | None,
        by: Actor,
    ) -> None:
        kind = CSV if format == CSV else ORIGINAL
        cur.execute(
            "INSERT INTO downloads (dataset, version, format, guest, entry, at)"
            " VALUES (%s, %s, %s, %s, %s, %s)",
            (found["id"], found["version"], kind, guest, sealed, clock.now()),
        )
        _record(cur, found["id"], DatasetDownloaded(found["slug"], found["digest"]), by)

    def _guest(self, cur: Any, guest: guestbook.Guest) -> UUID:
        cur.execute(
            """
            INSERT INTO guests (id, email_index, last_seen_at) VALUES (%s, %s, %s)
            ON CONFLICT (email_index) DO UPDATE SET last_seen_at = excluded.last_seen_at
            RETURNING id
            """,
            (uuid4(), self._index(guest.email), clock.now()),
        )
        return UUID(str(cur.fetchone()[0]))

    def _index(self, email: str) -> bytes:
        return hmac.digest(self._index_key, email.strip().lower().encode(), "sha256")

    def _forget(self, cur: Any, guest: UUID, by: Actor) -> int:
        self._keyring.destroy(cur, guest)
        cur.execute("UPDATE downloads SET entry = NULL WHERE guest = %s", (guest,))
        downloads = int(cur.rowcount)
        _record(cur, guest, GuestForgotten(downloads), by)
        return downloads

    def _insert_dip(self, cur: Any, entry: DipEntry, by: Actor) -> bool:
        values = {**asdict(entry), "added_at": clock.now()}
        cur.execute(
            f"INSERT INTO dip_entries ({', '.join(values)})"
            f" VALUES ({', '.join(f'%({name})s' for name in values)}) ON CONFLICT DO NOTHING",
            values,
        )
        if not cur.rowcount:
            return False
        fact = DipEntryAdded(entry.id, entry.summary, entry.category)
        _record(cur, uuid5(_DIP_STREAMS, entry.id), fact, by)
        return True


def _record(
    cur: Any, stream: UUID, fact: Fact, by: Actor, *, because_of: str | None = None
) -> None:
    log.record(cur, stream, type(fact).__name__, fact.data, actor=by, because_of=because_of)


def _no_file_for_restricted(data: bytes | None) -> None:
    if data is not None:
        raise IncompleteForm(
            {"file": "Data terbatas dicantumkan tanpa berkas; kosongkan pilihan berkas."}
        )


def _neutral_lines(table: bytes) -> Iterator[str]:
    line = io.StringIO()
    writer = csv.writer(line, lineterminator="\r\n")
    for row in csv.reader(io.StringIO(table.decode(), newline="")):
        writer.writerow(neutral_row(row))
        yield line.getvalue()
        line.seek(0)
        line.truncate()


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _clean(text: str) -> str:
    return text.encode("utf-8", "ignore").decode().replace("\0", "")
