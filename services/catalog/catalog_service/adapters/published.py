"""What others may hear of the catalogue's facts: fact type to the public part of its data."""

from collections.abc import Callable, Mapping
from typing import Any

from catalog_service.domain.events import DaftarDataUpdated, DatasetDownloaded, DatasetPublished

PUBLISHED: Mapping[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    DatasetPublished.__name__: lambda data: {
        "slug": data["slug"],
        "title": data["title"],
        "digest": data["digest"],
    },
    DatasetDownloaded.__name__: lambda data: {"slug": data["slug"], "digest": data["digest"]},
    DaftarDataUpdated.__name__: lambda data: {"year": data["year"], "title": data["title"]},
}
