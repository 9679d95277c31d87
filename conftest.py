"""Real servers for tests: private ones, started here from Debian's packages or the wheel."""

import pytest

pytest_plugins = ["tests.servers", "tests.installations"]


def pytest_configure(config: pytest.Config) -> None:
    """The levels of tests, named by what they need."""
    config.addinivalue_line("markers", "servers: needs PostgreSQL or RabbitMQ")
    config.addinivalue_line("markers", "browser: needs Chromium")
