"""Nothing is published without a hearer or a reason; nothing is heard that nobody publishes."""

from collections.abc import Mapping

import pytest

from tests.contracts.published import Contract, all_heard, all_published

UNHEARD: Mapping[str, str] = {
    "requests/OwnerFound": "for integrators: the step before ForwardedToPembantu, which is heard",
    "catalog/DatasetPublished": "for integrators: harvesters learn of a new version at once",
    "catalog/DatasetDownloaded": "for integrators: counts of use, without a person",
}
"""Published types that no service of ours hears, each with its reason."""

HEARD = {contract for _, contract in all_heard()}
PUBLISHED = set(all_published())


@pytest.mark.parametrize("contract", sorted(PUBLISHED), ids=str)
def test_every_published_type_has_a_hearer_or_a_reason(contract: Contract) -> None:
    assert (contract in HEARD) != (str(contract) in UNHEARD)


@pytest.mark.parametrize("unheard", sorted(UNHEARD))
def test_a_reason_is_for_a_type_that_is_published(unheard: str) -> None:
    assert unheard in {str(contract) for contract in PUBLISHED}


@pytest.mark.parametrize(("service", "contract"), all_heard(), ids=lambda value: str(value))
def test_every_heard_type_is_published_by_somebody(service: str, contract: Contract) -> None:
    assert contract in PUBLISHED


def test_nobody_hears_itself() -> None:
    assert [str(contract) for service, contract in all_heard() if contract.source == service] == []
