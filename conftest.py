"""Real servers for tests, and how tests are shared between two processes."""

from pathlib import Path

import pytest

pytest_plugins = ["tests.servers", "tests.installations"]

_ROOT = Path(__file__).parent
_ONE_AFTER_ANOTHER = ("tests/sop", "tests/failures", "tests/browser")
"""These share the installations that they start: each is a whole city, and slow to start."""
_WITH_A_CLUSTER_OF_ITS_OWN = "tests/failures/test_cluster.py"
_LONG = ("tests/", "services/chassis/tests/test_worker.py")


def pytest_configure(config: pytest.Config) -> None:
    """The levels of tests, named by what they need."""
    config.addinivalue_line("markers", "servers: needs PostgreSQL or RabbitMQ")
    config.addinivalue_line("markers", "browser: needs Chromium")


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bytes by their argument's name: some hold the time they were made at."""
    return argname if isinstance(val, bytes) else None


def pytest_itemcollected(item: pytest.Item) -> None:
    """Tests of one file stay together; those of installations too."""
    path = _path(item)
    item.add_marker(pytest.mark.xdist_group("installations" if _together(path) else path))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins first, so that neither process is left alone with it at the end.

    pytest-xdist must be told to keep to it: `--no-loadscope-reorder`.
    """
    items.sort(key=lambda item: (not _together(_path(item)), not _path(item).startswith(_LONG)))


def _path(item: pytest.Item) -> str:
    return item.path.relative_to(_ROOT).as_posix()


def _together(path: str) -> bool:
    return path.startswith(_ONE_AFTER_ANOTHER) and path != _WITH_A_CLUSTER_OF_ITS_OWN
