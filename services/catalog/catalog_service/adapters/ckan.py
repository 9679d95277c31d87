"""Our catalogue in CKAN's words: package, resource, organization, group, tag."""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from chassis.postgres import Pool
from chassis.settings import Settings

from catalog_service import views
from catalog_service.adapters.public import address
from catalog_service.application import ROWS_MAX, Catalog
from catalog_service.domain.errors import DatasetNotFound, DatasetRestricted
from catalog_service.domain.files import CSV, ORIGINAL
from catalog_service.domain.metadata import LICENCE_ADDRESSES, LICENCES, STANDAR_DATA, TOPICS

Given = Mapping[str, Any]


@dataclass(frozen=True)
class Site:
    """What an action may ask."""

    app: Catalog
    pool: Pool
    settings: Settings


Action = Callable[[Site, Given], Any]
CKAN_VERSION = "2.10.0"


class ActionError(Exception):
    """An answer with `success: false`."""

    def __init__(self, status: int, kind: str, sentence: str) -> None:
        self.status = status
        self.kind = kind
        super().__init__(sentence)


class NotAuthorised(ActionError):
    """Nothing is written through this interface."""

    def __init__(self, action: str) -> None:
        super().__init__(403, "Authorization Error", f"Access denied: {action}")


# --- packages


def package_list(site: Site, given: Given) -> list[str]:
    slugs = [row["slug"] for row in views.all_datasets(site.pool)]
    start = _whole(given, "offset", 0)
    return slugs[start : start + _whole(given, "limit", len(slugs) or 1)]


def package_show(site: Site, given: Given) -> dict[str, Any]:
    return _package(_found(site, _needed(given, "id", "name_or_id")), site.settings)


def current_package_list_with_resources(site: Site, given: Given) -> list[dict[str, Any]]:
    start = _whole(given, "offset", 0)
    rows = views.all_datasets(site.pool)[start : start + _whole(given, "limit", 1_000)]
    return [_package(row, site.settings) for row in rows]


def package_search(site: Site, given: Given) -> dict[str, Any]:
    """`q` is our own search; `fq` takes the fields of `_FIELDS`."""
    typed = _text(given, "q")
    rows = views.all_datasets(site.pool)
    if typed and typed not in ("*:*", "*"):
        order = {row["slug"]: place for place, row in enumerate(_all_found(site, typed))}
        rows = sorted((r for r in rows if r["slug"] in order), key=lambda r: order[r["slug"]])
    for field, values in _filters(" ".join((_text(given, "fq"), _fq_list(given)))):
        rows = [row for row in rows if _facet_values(row, field) & values]
    sort = _text(given, "sort").lower()
    if sort.startswith(("name", "title")):
        key = "slug" if sort.startswith("name") else "title"
        rows = sorted(rows, key=lambda row: row[key].lower(), reverse=sort.endswith("desc"))
    elif sort.startswith("metadata_") or not typed or typed in ("*:*", "*"):
        rows = sorted(rows, key=lambda row: row["updated_at"], reverse=not sort.endswith("asc"))
    start, count = _whole(given, "start", 0), min(_whole(given, "rows", 10), 1_000)
    facets = {field: _counts(rows, field) for field in _facet_fields(given)}
    return {
        "count": len(rows),
        "sort": sort or "score desc, metadata_modified desc",
        "facets": {field: dict(counts) for field, counts in facets.items()},
        "search_facets": {
            field: {
                "title": field,
                "items": [
                    {"name": name, "display_name": name, "count": n} for name, n in counts.items()
                ],
            }
            for field, counts in facets.items()
        },
        "results": [_package(row, site.settings) for row in rows[start : start + count]],
    }


def resource_show(site: Site, given: Given) -> dict[str, Any]:
    return _resource(site, _needed(given, "id"))[1]


def resource_view_list(site: Site, given: Given) -> list[Any]:
    return []


def datastore_search(site: Site, given: Given) -> dict[str, Any]:
    """Rows as records; every value is text."""
    resource_id = _needed(given, "resource_id", "id")
    row, _ = _resource(site, resource_id)
    limit, start = min(_whole(given, "limit", 100), ROWS_MAX), _whole(given, "offset", 0)
    try:
        found = site.app.rows(row["slug"], after=start, limit=limit)
    except DatasetRestricted as error:
        raise ActionError(403, "Authorization Error", str(error)) from error
    columns = found["columns"]
    return {
        "resource_id": resource_id,
        "fields": [{"id": "_id", "type": "int"}, *({"id": c, "type": "text"} for c in columns)],
        "records": [
            {"_id": start + n, **dict(zip(columns, cells, strict=True))}
            for n, cells in enumerate(found["rows"], 1)
        ],
        "records_format": "objects",
        "total": found["total"],
        "limit": limit,
        "offset": start,
        "include_total": True,
    }


# --- organizations (agencies), groups (topics), tags, licences


def organization_list(site: Site, given: Given) -> list[Any]:
    counts = Counter(row["agency"] for row in views.all_datasets(site.pool))
    every = [_organization(each, counts) for each in site.settings.city["agencies"]]
    return _listed(every, given)


def organization_show(site: Site, given: Given) -> dict[str, Any]:
    name = _needed(given, "id")
    rows = [row for row in views.all_datasets(site.pool) if row["agency"] == name]
    for each in site.settings.city["agencies"]:
        if name in (each["code"], _id("organization", each["code"])):
            rows = [row for row in views.all_datasets(site.pool) if row["agency"] == each["code"]]
            found = _organization(each, Counter({each["code"]: len(rows)}))
            if _true(given, "include_datasets"):
                found["packages"] = [_package(row, site.settings) for row in rows]
            return found
    raise _not_found()


def group_list(site: Site, given: Given) -> list[Any]:
    counts = Counter(row["topic"] for row in views.all_datasets(site.pool))
    return _listed([_group(topic, counts) for topic in TOPICS], given)


def group_show(site: Site, given: Given) -> dict[str, Any]:
    topic = _topic(_needed(given, "id"))
    rows = [row for row in views.all_datasets(site.pool) if row["topic"] == topic]
    found = _group(topic, Counter({topic: len(rows)}))
    if _true(given, "include_datasets"):
        found["packages"] = [_package(row, site.settings) for row in rows]
    return found


def group_package_show(site: Site, given: Given) -> list[dict[str, Any]]:
    topic = _topic(_needed(given, "id"))
    rows = [row for row in views.all_datasets(site.pool) if row["topic"] == topic]
    return [_package(row, site.settings) for row in rows[: _whole(given, "limit", 1_000)]]


def tag_list(site: Site, given: Given) -> list[Any]:
    names = sorted({word for row in views.all_datasets(site.pool) for word in row["keywords"]})
    asked = _text(given, "query").lower()
    names = [name for name in names if asked in name.lower()]
    return [_tag(name) for name in names] if _true(given, "all_fields") else names


def license_list(site: Site, given: Given) -> list[dict[str, Any]]:
    return [
        {
            "id": code,
            "title": title,
            "url": LICENCE_ADDRESSES.get(code, ""),
            "is_okd_compliant": code in LICENCE_ADDRESSES,
            "status": "active",
        }
        for code, title in LICENCES.items()
    ]


# --- the site


def status_show(site: Site, given: Given) -> dict[str, Any]:
    return {
        "ckan_version": CKAN_VERSION,
        "site_url": site.settings.public_url,
        "site_title": site.settings.city["site_name"],
        "site_description": site.settings.city["tagline"],
        "locale_default": site.settings.city["language"],
        "error_emails_to": None,
        "extensions": ["datastore"],
    }


def site_read(site: Site, given: Given) -> bool:
    return True


def help_show(site: Site, given: Given) -> str:
    name = _needed(given, "name")
    if name not in ACTIONS:
        raise _not_found()
    return (ACTIONS[name].__doc__ or f"Reads: {name.replace('_', ' ')}.").strip()


ACTIONS: dict[str, Action] = {
    action.__name__: action
    for action in (
        *(package_list, package_show, package_search, current_package_list_with_resources),
        *(resource_show, resource_view_list, datastore_search),
        *(organization_list, organization_show, group_list, group_show, group_package_show),
        *(tag_list, license_list, status_show, site_read, help_show),
    )
}


# --- parts


def _package(row: Mapping[str, Any], settings: Settings) -> dict[str, Any]:
    agency = next((a for a in settings.city["agencies"] if a["code"] == row["agency"]), None)
    organization = _organization(agency, Counter()) if agency else None
    resources = _resources(row, settings.public_url)
    return {
        "id": str(row["id"]),
        "name": row["slug"],
        "title": row["title"],
        "notes": row["description"],
        "url": f"{settings.public_url}/data/{row['slug']}",
        "type": "dataset",
        "state": "active",
        "private": False,
        "isopen": row["licence"] in LICENCE_ADDRESSES,
        "author": row["agency_name"],
        "maintainer": settings.city["offices"]["walidata"]["name"],
        "license_id": row["licence"],
        "license_title": LICENCES[row["licence"]],
        "license_url": LICENCE_ADDRESSES.get(row["licence"], ""),
        "metadata_created": _moment(row["added_at"]),
        "metadata_modified": _moment(row["updated_at"]),
        "owner_org": _id("organization", row["agency"]),
        "organization": organization,
        "groups": [_group(row["topic"], Counter())],
        "tags": [_tag(word) for word in row["keywords"]],
        "num_tags": len(row["keywords"]),
        "resources": resources,
        "num_resources": len(resources),
        "extras": [
            {"key": key, "value": value}
            for key, value in {
                "periode": row["period"],
                "frekuensi": row["frequency"],
                "sifat_data": row["access"],
                "catatan": row["note"],
                **{label: row[name] for name, label in STANDAR_DATA.items()},
            }.items()
            if value
        ],
    }


def _resources(row: Mapping[str, Any], base: str) -> list[dict[str, Any]]:
    if row["access"] != "open" or not row["version"]:
        return []
    original = _one_resource(row, base, ORIGINAL, row["format"], row["media_type"], row["size"])
    if row["format"] == "csv":
        return [original]
    return [original, _one_resource(row, base, CSV, "csv", "text/csv; charset=utf-8", None)]


def _one_resource(
    row: Mapping[str, Any], base: str, kind: str, format: str, media_type: str, size: int | None
) -> dict[str, Any]:
    return {
        "id": _id("resource", f"{row['slug']}/{kind}"),
        "package_id": str(row["id"]),
        "name": f"{row['title']} ({format.upper()})",
        "description": row["note"],
        "format": {"geojson": "GeoJSON"}.get(format, format.upper()),
        "mimetype": media_type.partition(";")[0],
        "size": size,
        "hash": row["digest"] if kind == ORIGINAL else "",
        "url": address(base, row["slug"], kind),
        "url_type": None,
        "state": "active",
        "position": 0 if kind == ORIGINAL else 1,
        "created": _moment(row["added_at"]),
        "last_modified": _moment(row["updated_at"]),
        "datastore_active": True,
    }


def _resource(site: Site, resource_id: str) -> tuple[dict[str, Any], dict[str, Any]]:
    for row in views.all_datasets(site.pool):
        for resource in _resources(row, site.settings.public_url):
            if resource["id"] == resource_id:
                return row, resource
    raise _not_found()


def _found(site: Site, name: str) -> dict[str, Any]:
    for row in views.all_datasets(site.pool):
        if name in (row["slug"], str(row["id"])):
            return row
    raise DatasetNotFound(name)


def _all_found(site: Site, typed: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    cursor: str | None = ""
    while cursor is not None:
        page = views.datasets(site.pool, _plain_query(typed), cursor=cursor, limit=100)
        rows, cursor = rows + page.rows, page.next_cursor
    return rows


def _plain_query(typed: str) -> str:
    """What a client wrote in Solr's language, as words: `title:"x"` and `x*` say x."""
    return re.sub(r"\b[a-z_]+:|[*()\[\]{}^~]", " ", typed)


_FIELDS: dict[str, Callable[[Mapping[str, Any]], set[str]]] = {
    "organization": lambda row: {row["agency"]},
    "owner_org": lambda row: {_id("organization", row["agency"])},
    "groups": lambda row: {row["topic"]},
    "tags": lambda row: set(row["keywords"]),
    "res_format": lambda row: _formats(row),
    "license_id": lambda row: {row["licence"]},
    "name": lambda row: {row["slug"]},
    "id": lambda row: {str(row["id"])},
}


def _facet_values(row: Mapping[str, Any], field: str) -> set[str]:
    return {str(value).lower() for value in _FIELDS[field](row)}


def _formats(row: Mapping[str, Any]) -> set[str]:
    if row["access"] != "open" or not row["version"]:
        return set()
    return {str(row["format"]).upper(), "CSV"}


def _filters(fq: str) -> list[tuple[str, set[str]]]:
    """`groups:a`, `groups:(a OR "b c")`, `(groups:a OR groups:b)`: values of a field add up."""
    found: dict[str, set[str]] = {}
    for field, several, quoted, bare in re.findall(
        r'\+?(\w+):(?:\(([^)]*)\)|"([^"]*)"|([^\s()]+))', fq
    ):
        if field not in _FIELDS:
            continue
        values = re.findall(r'"([^"]+)"|(?!OR\b|AND\b)([^\s"]+)', several)
        each = {a or b for a, b in values} or {quoted or bare}
        found.setdefault(field, set()).update(value.lower() for value in each)
    return list(found.items())


def _fq_list(given: Given) -> str:
    several = given.get("fq_list")
    return " ".join(map(str, several)) if isinstance(several, list) else ""


def _facet_fields(given: Given) -> list[str]:
    asked = given.get("facet.field", [])
    names = asked if isinstance(asked, list) else re.findall(r"\w+", str(asked))
    return [name for name in names if isinstance(name, str) and name in _FIELDS]


def _counts(rows: list[dict[str, Any]], field: str) -> Counter[str]:
    return Counter(str(value) for row in rows for value in _FIELDS[field](row))


def _organization(agency: Mapping[str, Any], counts: Mapping[str, int]) -> dict[str, Any]:
    return {
        "id": _id("organization", agency["code"]),
        "name": agency["code"],
        "title": agency["name"],
        "display_name": agency["name"],
        "description": "",
        "image_url": "",
        "type": "organization",
        "is_organization": True,
        "state": "active",
        "package_count": counts.get(agency["code"], 0),
    }


def _group(topic: str, counts: Mapping[str, int]) -> dict[str, Any]:
    return {
        "id": _id("group", topic),
        "name": topic,
        "title": TOPICS[topic],
        "display_name": TOPICS[topic],
        "description": "",
        "image_display_url": "",
        "type": "group",
        "is_organization": False,
        "state": "active",
        "package_count": counts.get(topic, 0),
    }


def _topic(name: str) -> str:
    for topic in TOPICS:
        if name in (topic, _id("group", topic)):
            return topic
    raise _not_found()


def _tag(name: str) -> dict[str, Any]:
    return {"id": _id("tag", name), "name": name, "display_name": name, "state": "active"}


def _listed(every: list[dict[str, Any]], given: Given) -> list[Any]:
    return every if _true(given, "all_fields") else [each["name"] for each in every]


def _id(kind: str, name: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"satudata:{kind}:{name}"))


def _moment(value: Any) -> str:
    return str(value.replace(tzinfo=None).isoformat())


def _not_found() -> ActionError:
    return ActionError(404, "Not Found Error", "Not found")


def _needed(given: Given, *names: str) -> str:
    for name in names:
        if given.get(name):
            return str(given[name])
    raise ActionError(409, "Validation Error", f"{names[0]}: Missing value")


def _text(given: Given, name: str) -> str:
    value = given.get(name)
    return "" if value is None else str(value)


def _true(given: Given, name: str) -> bool:
    return str(given.get(name, "")).lower() in ("true", "1", "yes")


def _whole(given: Given, name: str, otherwise: int) -> int:
    value = given.get(name)
    if value is None or value == "":
        return otherwise
    try:
        number = int(value)
    except (TypeError, ValueError, OverflowError) as error:
        raise ActionError(409, "Validation Error", f"{name}: Invalid integer") from error
    if not 0 <= number < 2**31:
        raise ActionError(409, "Validation Error", f"{name}: Must be a natural number below 2^31")
    return number
