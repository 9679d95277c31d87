"""Masking one file from the command line: no request, no database, the same rules."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chassis.sandbox import limited
from chassis.uploads import Format, sniff

from privacy_service.application import LONG_SECONDS, MEMORY_MB


@dataclass(frozen=True)
class MaskedFile:
    data: bytes
    format: Format
    rows: int | None
    findings: list[dict[str, Any]]
    """One verdict a column: key, title, kind (None: nothing found), why; never a value."""
    masked_columns: list[dict[str, Any]]
    left: list[str]
    """Where personal data is still to be seen; when not empty, the file must not be given."""


def mask_file(path: Path, *, key: bytes | None = None) -> MaskedFile:
    """Mask every column that was found in the way that is proposed. Raises Refused.

    Without `key` the pseudonyms are made with a new one: they cannot be joined to another file's.
    """
    data = path.read_bytes()
    format = sniff(data, path.name)
    made = limited(
        "privacy_service.adapters.in_sandbox:mask_as_proposed",
        {"format": str(format), "key": (key or os.urandom(32)).hex()},
        files={"path": data},
        memory_mb=MEMORY_MB,
        seconds=LONG_SECONDS,
    )
    return MaskedFile(
        made["data"],
        Format(made["format"]),
        made["rows"],
        made["findings"],
        made["masked_columns"],
        made["left"],
    )
