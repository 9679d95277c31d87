"""What privacy publishes is what its contracts promise."""

import json
import re
from pathlib import Path

import jsonschema
import pytest
from privacy_service.adapters.published import PUBLISHED
from privacy_service.domain.kinds import Kind
from privacy_service.domain.methods import Method
from privacy_world import PPID, STATISTICS, World

CONTRACTS = Path(__file__).parents[1] / "contracts"


def schema(fact: str) -> dict:
    return json.loads((CONTRACTS / f"{fact}.v1.schema.json").read_text(encoding="utf-8"))


def example(fact: str) -> dict:
    return json.loads((CONTRACTS / f"{fact}.v1.example.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("fact", PUBLISHED)
def test_every_published_fact_has_a_schema_that_its_example_obeys(fact):
    jsonschema.validate(example(fact), schema(fact))

    assert set(example(fact)) == set(PUBLISHED[fact](example(fact)))


def test_every_kind_and_way_is_a_word_that_the_contract_takes():
    of_column = schema("DataMasked")["properties"]["masked_columns"]["items"]["properties"]

    for name, values in (("kind", Kind), ("method", Method)):
        assert [] == [each for each in values if not re.search(of_column[name]["pattern"], each)]


@pytest.mark.servers
def test_what_is_really_said_obeys_the_contracts(database, tmp_path):
    world = World(database("privacy"), tmp_path)
    world.a_masked_file()
    other = World(world.pool, tmp_path)
    other.a_scanned_file(STATISTICS)
    other.app.declare_clean(other.request_id, PPID)
    other.do_jobs()

    for fact in (*world.facts("DataMasked"), *other.facts("DataFoundClean")):
        jsonschema.validate(PUBLISHED[fact.type](fact.data), schema(fact.type))
