"""The facts of this service, in the order in which they happen."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Fact:
    """Something that happened; it holds no person and no free text of one."""

    @property
    def data(self) -> dict[str, Any]:
        """What is stored."""
        return asdict(self)


@dataclass(frozen=True)
class DatasetDescribed(Fact):
    """The Walidata wrote or changed a dataset's metadata. Stream: the dataset."""

    slug: str
    title: str
    access: str
    changed: tuple[str, ...]


@dataclass(frozen=True)
class DatasetPublished(Fact):
    """A new version of a dataset's file can be downloaded. Stream: the dataset."""

    slug: str
    title: str
    digest: str
    version: int
    rows: int


@dataclass(frozen=True)
class DatasetDownloaded(Fact):
    """Step 3. A file was downloaded; by whom, only the guestbook knows. Stream: the dataset."""

    slug: str
    digest: str


@dataclass(frozen=True)
class DipEntryAdded(Fact):
    """The PPID added to the Daftar Informasi Publik. Stream: the entry."""

    entry: str
    summary: str
    category: str


@dataclass(frozen=True)
class DipEntryRetired(Fact):
    """The PPID took an entry out of the list; it stays readable for requests that cite it."""

    entry: str


@dataclass(frozen=True)
class DaftarDataUpdated(Fact):
    """Step 12: what was asked for stands in a year's Daftar Data. Stream: the request."""

    year: int
    title: str


@dataclass(frozen=True)
class GuestForgotten(Fact):
    """The key of one guest was destroyed. Stream: the guest."""

    downloads: int
