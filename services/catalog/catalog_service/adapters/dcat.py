"""The catalogue as DCAT-AP 3 in JSON-LD, for other portals to harvest."""

from collections.abc import Iterable, Mapping
from typing import Any

from chassis.settings import Settings

from catalog_service.adapters.public import address
from catalog_service.domain.files import CSV, ORIGINAL
from catalog_service.domain.metadata import LICENCE_ADDRESSES, TOPICS

CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "spdx": "http://spdx.org/rdf/terms#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_RIGHTS = "http://publications.europa.eu/resource/authority/access-right/"
_MEDIA = "https://www.iana.org/assignments/media-types/"


def catalogue(rows: Iterable[Mapping[str, Any]], settings: Settings) -> dict[str, Any]:
    """One catalogue with all its datasets; a restricted one has no distribution."""
    base, city = settings.public_url, settings.city
    return {
        "@context": CONTEXT,
        "@id": f"{base}/data.jsonld",
        "@type": "dcat:Catalog",
        "dct:title": _text(city["site_name"]),
        "dct:description": _text(city["footer"]["about"]),
        "dct:publisher": _agent(base, "pemerintah", city["government"]),
        "foaf:homepage": {"@id": f"{base}/", "@type": "foaf:Document"},
        "dct:language": {
            "@id": "http://publications.europa.eu/resource/authority/language/IND",
            "@type": "dct:LinguisticSystem",
        },
        "dcat:themeTaxonomy": {
            "@id": f"{base}/data",
            "@type": "skos:ConceptScheme",
            "dct:title": _text("Topik"),
        },
        "dcat:dataset": [_dataset(row, base) for row in rows],
    }


def _dataset(row: Mapping[str, Any], base: str) -> dict[str, Any]:
    page = f"{base}/data/{row['slug']}"
    is_open = row["access"] == "open" and row["version"] > 0
    return {
        "@id": page,
        "@type": "dcat:Dataset",
        "dct:identifier": row["slug"],
        "dct:title": _text(row["title"]),
        "dct:description": _text(row["description"]),
        "dct:publisher": _agent(base, row["agency"], row["agency_name"]),
        "dcat:keyword": [_text(word) for word in row["keywords"]],
        "dcat:theme": {
            "@id": f"{base}/data?topik={row['topic']}",
            "@type": "skos:Concept",
            "skos:prefLabel": _text(TOPICS[row["topic"]]),
        },
        "dct:issued": _moment(row["added_at"]),
        "dct:modified": _moment(row["updated_at"]),
        "dct:accessRights": {
            "@id": f"{_RIGHTS}{'PUBLIC' if is_open else 'RESTRICTED'}",
            "@type": "dct:RightsStatement",
        },
        "dcat:landingPage": {"@id": page, "@type": "foaf:Document"},
        "dcat:distribution": _distributions(row, base) if is_open else [],
    }


def _distributions(row: Mapping[str, Any], base: str) -> list[dict[str, Any]]:
    found = [
        {
            **_distribution(row, base, ORIGINAL, row["media_type"]),
            "dcat:byteSize": {"@value": str(row["size"]), "@type": "xsd:nonNegativeInteger"},
            "spdx:checksum": {
                "@type": "spdx:Checksum",
                "spdx:algorithm": {
                    "@id": "spdx:checksumAlgorithm_sha256",
                    "@type": "spdx:ChecksumAlgorithm",
                },
                "spdx:checksumValue": {"@value": row["digest"], "@type": "xsd:hexBinary"},
            },
        }
    ]
    if row["format"] != CSV:
        found.append(_distribution(row, base, CSV, "text/csv"))
    return found


def _distribution(row: Mapping[str, Any], base: str, kind: str, media_type: str) -> dict[str, Any]:
    file = address(base, row["slug"], kind)
    bare = media_type.partition(";")[0]
    found: dict[str, Any] = {
        "@id": file,
        "@type": "dcat:Distribution",
        # Everything is a Resource; validators that do not reason want it said.
        "dcat:accessURL": {"@id": f"{base}/data/{row['slug']}", "@type": "rdfs:Resource"},
        "dcat:downloadURL": {"@id": file, "@type": "rdfs:Resource"},
        "dcat:mediaType": {"@id": f"{_MEDIA}{bare}", "@type": "dct:MediaType"},
    }
    if row["licence"] in LICENCE_ADDRESSES:
        found["dct:license"] = {
            "@id": LICENCE_ADDRESSES[row["licence"]],
            "@type": "dct:LicenseDocument",
        }
    return found


def _agent(base: str, code: str, name: str) -> dict[str, Any]:
    return {
        "@id": f"{base}/data?instansi={code}",
        "@type": "foaf:Agent",
        "foaf:name": _text(name),
    }


def _text(text: str) -> dict[str, str]:
    return {"@value": text, "@language": "id"}


def _moment(value: Any) -> dict[str, str]:
    return {"@value": value.isoformat(), "@type": "xsd:dateTime"}
