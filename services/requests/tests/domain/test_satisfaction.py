"""One question at the end: asked once, of the Pemohon alone."""

import pytest
from requests_service.domain.errors import AlreadyRated, ChoiceUnknown, NotTheOwner, StepNotOpen
from requests_service.domain.satisfaction import rate

from services.requests.tests import builders as b


def rated(data_request, by=b.PEMOHON, score=4, remark="Cepat dan jelas."):
    rate(data_request, by, b.FRIDAY, score=score, remark=remark, seal=b.sealed)
    return b.last_fact(data_request)


def test_the_pemohon_rates_a_finished_request_once():
    refused = b.a_refused_request()

    fact = rated(refused)

    assert (4, "<remark:16>", None) == (fact.score, fact.remark_sealed, refused.step)
    assert "rate" not in refused.open_commands(b.PEMOHON, b.FRIDAY)
    with pytest.raises(AlreadyRated):
        rated(refused)


def test_a_blank_remark_is_none():
    assert rated(b.a_withdrawn_request(), remark="  ").remark_sealed is None


def test_nobody_else_rates_and_not_before_the_end():
    with pytest.raises(NotTheOwner):
        rated(b.a_refused_request(), by=b.PPID)
    with pytest.raises(StepNotOpen, match="sesudah permohonan selesai"):
        rated(b.a_submitted_request())
    with pytest.raises(ChoiceUnknown):
        rated(b.a_refused_request(), score=6)
