"""Exports of the log: a zip with the facts, the asked formats, and all it takes to check them.

Written while it is read, so that no export has to fit into memory: each file of the zip is a pass
over the chosen facts. A zip that broke off has no directory and opens nowhere.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from json.encoder import encode_basestring as quoted
from types import MappingProxyType
from typing import Any, Self

from chassis import clock, log
from chassis.actor import Actor
from chassis.postgres import Pool

from requests_service.application import Requests
from requests_service.audit.bundle_readme import README
from requests_service.audit.csv_file import csv_file
from requests_service.audit.filters import FilterInvalid, Filters, filters_from
from requests_service.audit.many_proofs import Paths, leaf_hashes
from requests_service.audit.ocel import ocel
from requests_service.audit.parquet import parquet
from requests_service.audit.recording import note_query
from requests_service.audit.sealed_facts import Chosen, SealedFact
from requests_service.audit.xes import xes
from requests_service.domain.errors import RequestsError
from requests_service.sealing import checkpoints, proofs
from requests_service.sealing.checkpoints import Checkpoint
from requests_service.sealing.sealer import stream_of_keys

_PIECE_BYTES = 64 * 1024
_SQUEEZE = 1
"""zlib's level: the next ones take twice the time for a tenth less."""


class NothingSealedYet(RequestsError):
    """There is no checkpoint to export under."""

    def __init__(self) -> None:
        super().__init__("Belum ada catatan yang disegel. Coba lagi beberapa detik lagi.")


@dataclass(frozen=True)
class Format:
    """One way to write facts."""

    file: str
    label: str
    write: Callable[[Iterable[SealedFact]], Iterator[bytes]]
    by_case: bool = False
    """Whether it wants the facts of one request together."""


FORMATS = MappingProxyType(
    {
        "csv": Format("events.csv", "CSV", csv_file),
        "parquet": Format("events.parquet", "Parquet", parquet),
        "xes": Format("events.xes", "XES (IEEE 1849)", xes, by_case=True),
        "ocel": Format("events.ocel.json", "OCEL 2.0", ocel),
    }
)
"""Beside JSONL, which is in every export."""


class Export:
    """One export, as pieces of a zip; a context.

    `count` facts are chosen; `steps` of them are to be read, `done` have been.
    """

    def __init__(
        self,
        pool: Pool,
        checkpoint: Checkpoint,
        *,
        origin: str,
        made_by: str,
        filters: Filters,
        formats: Sequence[str],
    ) -> None:
        """`formats`: of FORMATS; `made_by`: a role."""
        self._pool = pool
        self._checkpoint = checkpoint
        self._origin = origin
        self._made_by = made_by
        self._filters = filters
        self._formats = formats
        self._chosen = Chosen(pool, size=checkpoint.size, filters=filters)
        self._complete = not filters.asked()
        self._digests: dict[str, str] = {}
        self.count = self._chosen.count
        self.steps = self.count * (1 + len(formats) + (not self._complete))
        self.done = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._chosen.close()

    @property
    def missing(self) -> int:
        """How many facts were sealed and are gone from the log."""
        return len(self._chosen.missing)

    @property
    def file_name(self) -> str:
        return f"log-requests-{self._checkpoint.size}{'' if self._complete else '-sebagian'}.zip"

    def pieces(self) -> Iterator[bytes]:
        """The zip; the database is let go at its end, or when nobody wants more of it."""
        out = _Pieces()
        with self, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=_SQUEEZE) as whole:
            for name, written in self._files():
                # How long a file gets is not known before: let it be of any length.
                with whole.open(name, "w", force_zip64=True) as file:
                    digest = hashlib.sha256()
                    for piece in written:
                        digest.update(piece)
                        file.write(piece)
                        if out.length >= _PIECE_BYTES:
                            yield out.taken()
                self._digests[name] = digest.hexdigest()
        yield out.taken()

    def _files(self) -> Iterator[tuple[str, Iterable[bytes]]]:
        yield "README.txt", [README.encode()]
        yield "checkpoint.txt", [self._checkpoint.text.encode()]
        yield "keys.txt", [_keys(self._pool, self._origin)]
        yield "verify_log.py", [verifier_file().read_bytes()]
        yield "events.jsonl", _jsonl(self._facts())
        if self._complete:
            yield "leaves.bin", leaf_hashes(self._pool, self._checkpoint.size)
        else:
            yield "proofs.jsonl", self._proofs()
        for each in self._formats:
            form = FORMATS[each]
            yield form.file, form.write(self._facts(by_case=form.by_case))
        yield "manifest.json", [self._manifest()]

    def _facts(self, *, by_case: bool = False) -> Iterator[SealedFact]:
        for page in self._chosen.pages(by_case=by_case):
            self.done += len(page)
            yield from page

    def _proofs(self) -> Iterator[bytes]:
        paths = Paths(self._pool, self._checkpoint.size)
        for leaves in self._chosen.leaf_pages():
            self.done += len(leaves)
            for (leaf, position), path in zip(
                leaves, paths.of([n for n, _ in leaves]), strict=True
            ):
                hashes = ",".join(f'"{proofs.written(each)}"' for each in path)
                line = f'{{"position":{position},"leaf_index":{leaf},"hashes":[{hashes}]}}\n'
                yield line.encode()

    def _manifest(self) -> bytes:
        asked = self._filters.as_json()
        manifest = {
            "origin": self._origin,
            "made_at": clock.now().isoformat(),
            "made_by": self._made_by,
            "as_of": asked.pop("as_of", None) or asked.pop("as_of_position", None),
            "as_known_at": asked.pop("as_known_at", None),
            "filters": asked,
            "count": self.count - self.missing,
            "missing": self.missing,
            "complete": self._complete,
            "checkpoint_size": self._checkpoint.size,
            "up_to_position": self._chosen.up_to,
            "files": self._digests,
        }
        return json.dumps(manifest, ensure_ascii=False, indent=1).encode()


class _Pieces(io.RawIOBase):
    """What a zip is written to when nobody can go back in it."""

    def __init__(self) -> None:
        self._written: list[bytes] = []
        self.length = 0

    def writable(self) -> bool:
        return True

    def write(self, piece: Any) -> int:
        self._written.append(bytes(piece))
        self.length += len(piece)
        return len(piece)

    def taken(self) -> bytes:
        """What was written since it was last asked."""
        whole = b"".join(self._written)
        self._written.clear()
        self.length = 0
        return whole


def begin_export(
    app: Requests,
    by: Actor,
    *,
    origin: str,
    given: Mapping[str, str | None],
    formats: Collection[str] = (),
) -> Export:
    """An export under `checkpoints.to_give_away`; that it was asked for is a fact before it begins.

    `given`: see `filters_from`; `formats`: of FORMATS. Raises FilterInvalid, RequestNotFound,
    NothingSealedYet.
    """
    if strange := sorted(set(formats) - set(FORMATS)):
        raise FilterInvalid(f"Format tidak dikenal: {', '.join(strange)}.")
    filters = filters_from(app.pool, given)
    with app.pool.connection() as conn, conn.cursor() as cur:
        checkpoint = checkpoints.to_give_away(cur)
    if checkpoint is None:
        raise NothingSealedYet
    wanted = [name for name in FORMATS if name in formats]
    told = {"kind": "export", "filters": filters.as_json(), "formats": ["jsonl", *wanted]}
    note_query(app, by, told)
    return Export(
        app.pool, checkpoint, origin=origin, made_by=by.role, filters=filters, formats=wanted
    )


def verifier_file() -> Traversable:
    """The program that checks an export."""
    return files("requests_service.sealing") / "verify_log.py"


def _jsonl(facts: Iterable[SealedFact]) -> Iterator[bytes]:
    """Canonical JSON: the entry as it is sealed, with `leaf_index` and `state` put in their places.

    A quote within a text is escaped, so neither key can be found in one.
    """
    for fact in facts:
        before, occurred, rest = fact.entry_bytes.partition(b'"occurred_at":')
        middle, digest, after = rest.partition(b'"state_sha256":')
        state = quoted(fact.state).encode()
        yield (
            b'%s"leaf_index":%d,%s%s"state":%s,%s%s\n'
            % (before, fact.leaf_index, occurred, middle, state, digest, after)
        )  # fmt: skip


def _keys(pool: Pool, origin: str) -> bytes:
    keys = [fact.data["verifier_key"] for fact in log.stream(pool, stream_of_keys(origin))]
    return "".join(f"{key}\n" for key in keys).encode()
