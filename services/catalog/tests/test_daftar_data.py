"""Step 12 as the catalogue hears it: repeated, reordered, and once on the list."""

import itertools
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from catalog_service import views
from catalog_service.adapters.published import PUBLISHED
from catalog_service.entrypoints.worker import Worker
from chassis.actor import Actor
from chassis.message import Message
from chassis.nameko import heard_by
from jsonschema import Draft202012Validator

CONTRACTS = Path(__file__).parents[1] / "contracts"
REQUEST = UUID("7b0f7a62-5f0f-4a1c-9a53-c7a4c1c3d111")
NOON = datetime(2026, 11, 20, 5, tzinfo=UTC)


def listed(sequence: int = 12, *, request: UUID = REQUEST, year: int = 2027) -> Message:
    return Message(
        id=f"requests-{request}-{sequence}",
        source="requests",
        type="ListedInDaftarData",
        subject=str(request),
        time=NOON + timedelta(minutes=sequence),
        sequence=sequence,
        position=sequence,
        actor=Actor("staf-walidata", "walidata"),
        data={
            "register_number": "2026-0001",
            "year": year,
            "title": f"Profil UMKM {sequence}",
            "concept": "UMKM",
            "definition": "Usaha produktif.",
            "classification": "Kelurahan",
            "measure": "Jumlah",
            "unit": "Unit usaha",
            "produsen_data": "diskopindag",
        },
        dataschema="urn:satudata:requests:ListedInDaftarData:v1",
    )


def test_the_worker_hears_the_listing_and_whose_session_ended():
    assert heard_by(Worker) == [
        ("requests", "ActingEnded"),
        ("requests", "ListedInDaftarData"),
        ("requests", "StaffDisabled"),
    ]


@pytest.mark.parametrize("type_", PUBLISHED)
def test_every_published_fact_has_a_schema_and_an_example_that_fits(type_):
    schema = json.loads((CONTRACTS / f"{type_}.v1.schema.json").read_text())
    example = json.loads((CONTRACTS / f"{type_}.v1.example.json").read_text())
    Draft202012Validator.check_schema(schema)

    Draft202012Validator(schema).validate(example)
    assert PUBLISHED[type_]({**example, "private": "x"}) == example


@pytest.mark.servers
class TestListing:
    def _titles(self, pool, year=2027):
        return [row["title"] for row in views.daftar_data(pool, year)]

    def _facts(self, pool):
        return [
            (str(stream), json.loads(bytes(state)), causation)
            for stream, state, causation in pool.execute(
                "SELECT stream, state, causation FROM facts ORDER BY position"
            )
        ]

    def test_what_was_asked_for_stands_in_next_years_list_and_says_so(self, catalog, pool):
        catalog.list_in_daftar_data(listed())

        assert self._titles(pool) == ["Profil UMKM 12"]
        assert self._facts(pool) == [
            (str(REQUEST), {"year": 2027, "title": "Profil UMKM 12"}, listed().id)
        ]

    def test_heard_again_it_has_no_second_effect(self, catalog, pool):
        for _ in range(3):
            catalog.list_in_daftar_data(listed())

        assert self._titles(pool) == ["Profil UMKM 12"]
        assert len(self._facts(pool)) == 1

    @pytest.mark.parametrize("order", itertools.permutations((12, 13, 14)))
    def test_in_whatever_order_it_is_heard_the_newest_stands(self, catalog, pool, order):
        for sequence in (*order, *order):
            catalog.list_in_daftar_data(listed(sequence))

        assert self._titles(pool) == ["Profil UMKM 14"]

    def test_a_listing_moved_to_another_year_leaves_the_first(self, catalog, pool):
        catalog.list_in_daftar_data(listed(13, year=2028))
        catalog.list_in_daftar_data(listed(12, year=2027))

        assert self._titles(pool, 2027) == []
        assert views.daftar_data_years(pool) == [(2028, 1)]

    def test_two_requests_for_the_same_data_are_two_lines(self, catalog, pool):
        catalog.list_in_daftar_data(listed())
        catalog.list_in_daftar_data(listed(request=UUID(int=5)))

        assert len(self._titles(pool)) == 2
