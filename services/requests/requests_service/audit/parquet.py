"""Facts as Apache Parquet, which DuckDB, pandas and R read."""

import tempfile
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from requests_service.audit.sealed_facts import SealedFact
from requests_service.audit.table import COLUMNS, row_of

_ROW_GROUP = 5_000
_PIECE_BYTES = 1 << 20
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TIMES = ("occurred_at", "recorded_at")
_DAYS = ("was_due",)


def parquet(facts: Iterable[SealedFact]) -> Iterator[bytes]:
    """The file, piece by piece. Its library writes to files alone: this one has no name."""
    # Only who exports pays for loading it.
    import arro3.core as arrow
    import arro3.io

    schema = arrow.Schema([arrow.Field(name, _kind(name)) for name in COLUMNS])

    def batches() -> Iterator[Any]:
        rows = iter(facts)
        while batch := [row_of(fact) for fact in islice(rows, _ROW_GROUP)]:
            columns = [_column(name, [row[name] for row in batch]) for name in COLUMNS]
            yield arrow.RecordBatch.from_arrays(columns, schema=schema)

    with tempfile.TemporaryFile() as file:
        arro3.io.write_parquet(
            arrow.RecordBatchReader.from_batches(schema, batches()),
            file,
            compression="zstd(3)",
            max_row_group_size=_ROW_GROUP,
        )
        file.seek(0)
        while piece := file.read(_PIECE_BYTES):
            yield piece


def _kind(name: str) -> Any:
    from arro3.core import DataType

    if name in _TIMES:
        return DataType.timestamp("us", tz="UTC")
    if name in _DAYS:
        return DataType.date32()
    return {int: DataType.int64(), bool: DataType.bool(), str: DataType.string()}[COLUMNS[name]]


def _column(name: str, values: list[Any]) -> Any:
    from arro3.core import Array, DataType

    if name in _TIMES:
        values = [(datetime.fromisoformat(v) - _EPOCH) // timedelta(microseconds=1) for v in values]
        return Array(values, DataType.int64()).cast(_kind(name))
    if name in _DAYS:
        return Array(values, DataType.string()).cast(_kind(name))
    return Array(values, _kind(name))
