"""A dataset and a DIP entry as programs read them."""

from collections.abc import Mapping
from typing import Any

from catalog_service.domain.files import CSV, ORIGINAL
from catalog_service.domain.metadata import STANDAR_DATA


def dataset_json(row: Mapping[str, Any], base: str) -> dict[str, Any]:
    """One dataset; `base` is the site's address."""
    is_open = row["access"] == "open" and row["version"] > 0
    return {
        **{name: row[name] for name in ("slug", "title", "description", "agency", "agency_name")},
        **{name: row[name] for name in ("topic", "period", "frequency", "licence", "keywords")},
        "access": row["access"],
        "note": row["note"],
        "standar_data": {name: row[name] for name in STANDAR_DATA},
        "page": f"{base}/data/{row['slug']}",
        "added_at": row["added_at"].isoformat(),
        "updated_at": row["updated_at"].isoformat(),
        "file": {
            "version": row["version"],
            "digest": row["digest"],
            "format": row["format"],
            "size": row["size"],
            "rows": row["row_count"],
            "columns": row["column_names"],
            "address": address(base, row["slug"], ORIGINAL),
            "csv": address(base, row["slug"], CSV),
        }
        if is_open
        else None,
        "apply": None if is_open else f"{base}/permohonan/formulir?data={row['slug']}",
    }


def dip_json(row: Mapping[str, Any]) -> dict[str, Any]:
    """One entry of the Daftar Informasi Publik."""
    names = (
        *("id", "summary", "controller", "producer", "agency", "made", "forms"),
        *("retention", "category", "dataset"),
    )
    return {name: row[name] or None for name in names}


def address(base: str, slug: str, format: str) -> str:
    """Where a program finds a dataset's file."""
    return f"{base}/api/catalog/datasets/{slug}/file?format={format}"
