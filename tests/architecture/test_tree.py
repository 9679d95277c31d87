"""The tree: every service has the same parts, and no file tells on which machine it was written."""

import importlib
import os
import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.architecture.places import (
    ROOT,
    SERVICES,
    imported_names,
    kept_files,
    package,
    text_of,
)

PARTS = ("README.md", "pyproject.toml", "Dockerfile", "migrations", "contracts", "tests")
MODULES = (
    "application.py", "views.py", "bootstrap.py", "domain/errors.py", "adapters/published.py",
    "entrypoints/http.py", "entrypoints/pages.py", "entrypoints/web.py", "entrypoints/worker.py",
    "entrypoints/jobs.py",
)  # fmt: skip
_OWN_INDEX = re.compile(r"--(extra-)?index-url|--find-links|^index-url", re.MULTILINE)


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("part", PARTS)
def test_a_service_has(service: str, part: str) -> None:
    path = ROOT / "services" / service / part

    assert path.exists()
    if not path.suffix and path.is_dir():
        assert any(each.is_file() for each in path.iterdir())


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("module", MODULES)
def test_a_service_has_the_same_modules_as_the_others(service: str, module: str) -> None:
    assert (package(service) / module).is_file()


@pytest.mark.parametrize("service", SERVICES)
def test_migrations_are_numbered_without_a_gap(service: str) -> None:
    folder = ROOT / "services" / service / "migrations"

    numbers = sorted(int(path.name[:4]) for path in folder.glob("*.sql"))

    assert numbers == list(range(1, len(numbers) + 1))
    assert [p.name for p in folder.glob("*.sql") if not re.match(r"\d{4}_\w+\.sql$", p.name)] == []


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_is_a_distribution_of_its_own(service: str) -> None:
    pyproject = ROOT / "services" / service / "pyproject.toml"
    project = tomllib.loads(pyproject.read_text(encoding="utf-8"))["project"]
    needs = [re.split(r"[^\w-]", each)[0] for each in project["dependencies"]]

    assert project["name"] == f"satudata-{service}"
    assert "satudata-chassis" in needs
    assert [name for name in needs if name in {f"satudata-{other}" for other in SERVICES}] == []


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_declares_what_it_imports(service: str) -> None:
    pyproject = ROOT / "services" / service / "pyproject.toml"
    project = tomllib.loads(pyproject.read_text(encoding="utf-8"))["project"]
    declared = {re.split(r"[^\w.-]", each)[0].lower() for each in project["dependencies"]}
    imported = (
        {
            name.partition(".")[0]
            for path in package(service).rglob("*.py")
            for name in imported_names(path)
        }
        - set(sys.stdlib_module_names)
        - {f"{service}_service"}
    )
    providers = importlib.metadata.packages_distributions()

    undeclared = {
        module
        for module in imported
        if not {name.lower() for name in providers.get(module, [])} & declared
        and module not in ("chassis", "starlette", "pydantic")
    }

    assert undeclared == set()


def test_the_paths_of_all_services_are_one_table_without_a_clash() -> None:
    paths = [
        path
        for service in SERVICES
        for path in importlib.import_module(f"{service}_service.entrypoints.web").PATHS
    ]

    assert sorted(paths) == sorted(set(paths))
    assert "/" in paths


def _of_this_machine() -> list[str]:
    """Paths that mean something here alone."""
    scratch = Path(tempfile.gettempdir())
    folders = {ROOT, ROOT.parent, Path.home(), scratch, Path(sys.prefix).resolve()}
    # What is short and ends in a slash is too common a word to be a path of this machine alone.
    return sorted(f"{folder}/" for folder in folders if len(folder.parts) > 1)


def _hosts_of_packages() -> set[str]:
    """Where this machine gets its packages, if that is not the public index."""
    said = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], capture_output=True, check=False, text=True
    ).stdout
    said += " ".join(
        value for name, value in os.environ.items()
        if re.search(r"INDEX|REGISTRY|PROXY|MIRROR", name, re.IGNORECASE)
    )  # fmt: skip
    found = {urlsplit(url).hostname for url in re.findall(r"https?://[^\s'\"]+", said)}
    return {host for host in found if host and host != "localhost"}


def _holding(words: list[str]) -> dict[str, list[str]]:
    # Not as the tail of a longer path.
    patterns = {word: re.compile(rf"(?<![\w.-]){re.escape(word)}") for word in words}
    return {
        str(path.relative_to(ROOT)): found
        for path in kept_files()
        if (text := text_of(path)) is not None
        if (found := [word for word, pattern in patterns.items() if pattern.search(text)])
    }


def test_no_file_holds_a_path_of_this_machine() -> None:
    assert _holding(_of_this_machine()) == {}


def test_no_file_holds_where_this_machine_gets_its_packages() -> None:
    assert _holding(sorted(_hosts_of_packages() - {"127.0.0.1"})) == {}
    locks = [path for path in kept_files() if path.name.startswith("requirements")]
    assert [str(p.relative_to(ROOT)) for p in locks if _OWN_INDEX.search(p.read_text())] == []


def test_no_file_holds_a_secret() -> None:
    key = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----")

    found = [
        str(path.relative_to(ROOT))
        for path in kept_files()
        if (text := text_of(path)) is not None and key.search(text)
    ]

    assert found == []
