"""A refusal by Pasal 17 stands on a consequence test that is in force and tests that letter."""

from dataclasses import replace
from datetime import date

import pytest
from requests_service.domain.consequence_tests import EXCEPTIONS
from requests_service.domain.errors import ConsequenceTestMissing, ConsequenceTestUnfit
from requests_service.domain.refusal import FIRST, Refusal

from services.requests.tests import builders as b


def refused_by(**changed):
    """By the PPID Pembantu at step 8, on the test of the builders with something changed."""
    tested = replace(b.TESTED, **{k: v for k, v in changed.items() if k != "ended_on"})
    test = replace(b.CONSEQUENCE_TEST, tested=tested, ended_on=changed.get("ended_on"))
    refusal = replace(b.REFUSAL, consequence_test=test)
    data_request = b.a_forwarded_request()
    data_request.refuse(b.DISKOPINDAG, b.MONDAY, refusal=refusal, seal=b.sealed)
    return data_request


def test_the_refusal_remembers_its_test_up_to_the_letter():
    data_request = refused_by()
    data_request.send_refusal(b.DISKOPINDAG, b.MONDAY)
    data_request.notify_refusal(b.PPID, b.MONDAY)

    refused, sent, notified = data_request.pending_events[-3:]
    assert b.CONSEQUENCE_TEST.cited() == refused.consequence_test
    assert refused.consequence_test == sent.consequence_test == notified.consequence_test


def test_a_part_refused_by_pasal_17_remembers_it_up_to_the_delivery():
    in_part = b.a_request_granted_in_part()

    assert b.CONSEQUENCE_TEST.cited() == in_part.refused_part["consequence_test"]


@pytest.mark.parametrize("reason", [each for each in FIRST.rows if each.exception])
def test_pasal_17_without_a_test_is_refused_and_nothing_is_recorded(reason):
    data_request = b.a_forwarded_request()
    refusal = Refusal(reason.code, b.NARRATIVE, "Pasal 21 UU Nomor 16 Tahun 1997")
    version = data_request.version

    with pytest.raises(ConsequenceTestMissing, match=f"Pasal 17 huruf {reason.exception} harus"):
        data_request.refuse(b.DISKOPINDAG, b.MONDAY, refusal=refusal, seal=b.sealed)
    with pytest.raises(ConsequenceTestMissing):
        data_request.grant_in_part(
            b.DISKOPINDAG, b.MONDAY, refused_parts="Omzet", refusal=refusal, seal=b.sealed
        )

    assert version == data_request.version


def test_other_reasons_need_none_and_remember_none():
    data_request = b.a_forwarded_request()
    refusal = replace(b.NOT_HELD, consequence_test=b.CONSEQUENCE_TEST)

    data_request.refuse(b.DISKOPINDAG, b.MONDAY, refusal=refusal, seal=b.sealed)

    assert b.last_fact(data_request).consequence_test is None


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"exceptions": ("h",)}, "tidak menguji Pasal 17 huruf b"),
        ({"valid_from": date(2026, 11, 24)}, "tidak berlaku pada 23 November 2026"),
        ({"valid_until": date(2026, 11, 22)}, "tidak berlaku pada 23 November 2026"),
        ({"ended_on": date(2026, 11, 23)}, "tidak berlaku"),
        ({"agency": "dinsos"}, "perangkat daerah lain"),
    ],
)
def test_a_test_that_does_not_fit_is_refused_in_words(changed, words):
    with pytest.raises(ConsequenceTestUnfit, match=words):
        refused_by(**changed)


def test_first_and_last_day_of_the_period_count():
    refused_by(valid_from=b.MONDAY.day, valid_until=b.MONDAY.day, agency="diskopindag")


def test_a_test_says_all_that_the_law_asks():
    assert list("abcdefghij") == list(EXCEPTIONS)
    assert {} == b.TESTED.problems()
    wrong = replace(
        b.TESTED, information="x", exceptions=("j", "z"), if_opened="", if_closed="",
        decree=" ", valid_until=date(2020, 1, 1),
    )  # fmt: skip
    fields = ["information", "exceptions", "other_law", "if_opened", "if_closed", "decree"]
    assert [*fields, "valid_until"] == list(wrong.problems())
