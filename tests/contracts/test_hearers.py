"""All that is published is heard; nothing is heard that nobody publishes.

What a hearer asks of a message, every message of its publisher has.
"""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema_rs import Draft202012Validator

from tests.contracts.compatibility import misfits, tolerant
from tests.contracts.published import SERVICES, Contract, all_heard, all_published, folder
from tests.contracts.values import values

PUBLISHED = set(all_published())


def test_every_published_type_is_heard() -> None:
    """By `notify` at least, whose webhooks pass on all of them."""
    assert {contract for service, contract in all_heard() if service == "notify"} == PUBLISHED


@pytest.mark.parametrize(("service", "contract"), all_heard(), ids=lambda value: str(value))
def test_every_heard_type_is_published_by_somebody(service: str, contract: Contract) -> None:
    assert contract in PUBLISHED


def test_nobody_hears_itself_but_to_pass_it_on() -> None:
    selves = {service for service, contract in all_heard() if contract.source == service}

    assert selves <= {"notify"}


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_says_what_it_reads_of_all_that_it_hears_and_of_nothing_else(
    service: str,
) -> None:
    files = {path.name for path in (folder(service) / "heard").iterdir()}

    assert files == {
        f"{contract.source}.{contract.type}.v1.schema.json"
        for hearer, contract in all_heard()
        if hearer == service
    }


@pytest.mark.parametrize(("service", "contract"), all_heard(), ids=lambda value: str(value))
def test_what_is_published_has_all_that_a_hearer_reads(service: str, contract: Contract) -> None:
    reads = contract.schema_of(service)

    assert misfits(contract.schema, reads) == []
    assert tolerant(reads) == reads
    assert reads.get("properties", {}).keys() <= contract.schema["properties"].keys()


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(contract=st.sampled_from(sorted(PUBLISHED)), data=st.data())
def test_any_message_of_a_publisher_is_taken_by_its_hearers(
    contract: Contract, data: st.DataObject
) -> None:
    said = data.draw(values(contract.schema))

    assert Draft202012Validator(contract.schema, validate_formats=True).is_valid(said)
    for hearer, heard in all_heard():
        if heard == contract:
            Draft202012Validator(contract.schema_of(hearer), validate_formats=True).validate(said)
