"""Chromium, and the people who look through it at one embedded installation."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.people import People
from tests.installations import START, Embedded

_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_FAILED = pytest.StashKey[bool]()
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium")
"""The machine's own Chromium, unless CHROMIUM names another one."""
_ABSENT = "BROWSER TESTS NOT RUN: install the package chromium, or name a Chromium in CHROMIUM"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder needs the browser, and servers to look at.

    Without a browser nothing is started at all.
    """
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.servers)
            item.add_marker(pytest.mark.skipif(CHROMIUM is None, reason=_ABSENT))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item):
    """Remember whether the test failed, for the pictures."""
    report = yield
    if report.when == "call":
        item.stash[_FAILED] = report.failed
    return report


# Not for the whole session: other tests run event loops of their own in this thread.
@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """One browser; each person gets a profile of their own in it."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(_FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def people(
    request: pytest.FixtureRequest, chromium: Browser, embedded: Embedded, tmp_path: Path
) -> Iterator[People]:
    """Whoever is needed; at the end nobody's browser may have complained."""
    embedded.clock.set(START)
    people = People(chromium, embedded.url)
    yield people
    if request.node.stash.get(_FAILED, False):
        for picture in people.take_pictures(tmp_path):
            print(f"picture: {picture}")
    complaints = people.complaints()
    people.leave()
    assert complaints == []
