"""One row of the table of mails, and whom mails go to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Data = Mapping[str, Any]

PEMOHON = "pemohon"
PPID = "ppid"
PPID_PEMBANTU = "ppid_pembantu"
WALIDATA = "walidata"
ATASAN_PPID = "atasan_ppid"


@dataclass(frozen=True)
class Mail:
    """One row: when `source` announces `type` (and `when` agrees), `audience` gets this text.

    A letter's mail says something else for each fact that asked for the letter: one row each, with
    the same key, told apart by `because`. Words in braces are filled from the facts; an `until`
    whose date is not known is left out.
    """

    key: str
    source: str
    type: str
    audience: str
    subject: str
    happened: tuple[str, ...]
    todo: tuple[str, ...]
    until: tuple[str, str] | None = None
    """A label, and the name of the date that it introduces."""
    when: Callable[[Data], bool] = lambda data: True
    because: tuple[str, ...] = ()
    button: str = "Buka permohonan"
