"""How a command is given, whatever it is: the version seen, the key, the message it follows."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypedDict

from requests_service.domain.data_request import DataRequest
from requests_service.domain.texts import Seal

Answer = dict[str, Any]
"""A request's `summary` after a command."""
Change = Callable[..., Answer]
"""Load, decide, save: `Requests.change`."""
SealOf = Callable[[DataRequest], Seal]
"""Seals texts under the key of that request's Pemohon."""


@dataclass(frozen=True)
class Once:
    """An Idempotency-Key, made unique to its sender, and the digest of what was sent under it."""

    key: str
    digest: str


class How(TypedDict, total=False):
    """What every command may be told beside its own arguments."""

    expected_version: int | None
    """The `version` that the officer saw. If somebody decided since, SeenVersionIsOld is raised;
    letters, mails and other reports that came in between disturb nobody."""
    once: Once | None
    because_of: str | None
    """Id of the message that this is an effect of: a repeated message has no second one."""
    at: datetime | None
    """When it happened, for messages; now for everything else."""
