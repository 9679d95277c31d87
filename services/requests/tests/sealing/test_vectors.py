"""The published vectors are what the code makes, and what the textbook says."""

import base64
import json
from pathlib import Path

from requests_service.sealing.vectors import vectors

from services.requests.tests.sealing import textbook

PUBLISHED = Path(__file__).parents[2] / "contracts" / "log-vectors.json"


def test_the_published_vectors_are_fresh() -> None:
    published = json.loads(PUBLISHED.read_text(encoding="utf-8"))

    assert vectors() == published, "run python -m requests_service.sealing.vectors"


def test_the_textbook_believes_every_published_proof() -> None:
    told = vectors()
    leaves = [leaf.encode() for leaf in told["leaves"]]
    roots = [base64.b64decode(root) for root in told["roots"]]

    for each in told["inclusion"]:
        hashes = [base64.b64decode(h) for h in each["hashes"]]
        leaf, size = each["leaf_index"], each["size"]
        assert textbook.is_included(leaves[leaf], leaf, size, hashes, roots[size]), each
    for each in told["consistency"]:
        hashes = [base64.b64decode(h) for h in each["hashes"]]
        old, new = each["from"], each["to"]
        if old:
            assert textbook.is_consistent(old, new, roots[old], roots[new], hashes), each
