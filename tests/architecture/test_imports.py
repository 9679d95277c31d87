"""Imports point inwards: every contract of .importlinter holds, and every one can fail."""

import ast
import configparser
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.places import FIXTURES, ROOT, SERVICES, imported_names, package, tree_of

CONFIG = ROOT / ".importlinter"
_PREFIX = "importlinter:contract:"


def _contracts() -> dict[str, str]:
    """Id to name."""
    parsed = configparser.ConfigParser()
    parsed.read(CONFIG)
    return {
        section.removeprefix(_PREFIX): parsed[section]["name"]
        for section in parsed.sections()
        if section.startswith(_PREFIX)
    }


CONTRACTS = _contracts()
BREAKS = sorted(
    folder.name for folder in FIXTURES.iterdir() if folder.name.partition("--")[0] in CONTRACTS
)


def _lint(folder: Path | None, *contracts: str) -> tuple[int, str]:
    """import-linter with our own configuration, on the tree or on packages of a fixture."""
    lint = (
        "import sys; from importlinter.cli import lint_imports;"
        f"sys.exit(lint_imports({str(CONFIG)!r}, {contracts!r}, no_cache=True, no_logo=True))"
    )
    done = subprocess.run(
        [sys.executable, "-c", lint],
        cwd=folder or ROOT,
        env={"PYTHONPATH": str(folder or ROOT), "COLUMNS": "200"},
        capture_output=True,
        check=False,
        text=True,
    )
    return done.returncode, done.stdout + done.stderr


def _packages(into: Path, fixture: str) -> Path:
    """Empty packages of all our names, with the files of a fixture laid over them."""
    folders = ["chassis", "satudata"]
    for service in SERVICES:
        top = f"{service}_service"
        folders += [f"{top}/domain", f"{top}/adapters", f"{top}/entrypoints"]
        for module in ("application", "views", "bootstrap", "entrypoints/worker"):
            path = into / top / f"{module}.py"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
    for name in ("chassis/serve.py", "chassis/postgres.py", "satudata/places.py"):
        (into / name).parent.mkdir(parents=True, exist_ok=True)
        (into / name).touch()
    for folder in folders:
        (into / folder).mkdir(parents=True, exist_ok=True)
    for source in ("keeps-every-rule", fixture):
        shutil.copytree(FIXTURES / source, into, dirs_exist_ok=True)
    for folder in [path for path in into.rglob("*") if path.is_dir()]:
        (folder / "__init__.py").touch()
    return into


@pytest.fixture(scope="module")
def report_on_the_tree() -> str:
    """What import-linter says about this tree."""
    return _lint(None)[1]


@pytest.mark.parametrize("contract", CONTRACTS)
def test_the_tree_keeps(contract: str, report_on_the_tree: str) -> None:
    assert f"{CONTRACTS[contract]} KEPT" in report_on_the_tree, report_on_the_tree


def test_packages_that_break_nothing_keep_every_contract(tmp_path: Path) -> None:
    status, said = _lint(_packages(tmp_path, "keeps-every-rule"))

    assert status == 0, said


@pytest.mark.parametrize("fixture", BREAKS)
def test_a_contract_can_fail(fixture: str, tmp_path: Path) -> None:
    contract = fixture.partition("--")[0]
    (culprit,) = (FIXTURES / fixture).rglob("*.py")
    module = ".".join(culprit.relative_to(FIXTURES / fixture).with_suffix("").parts)

    status, said = _lint(_packages(tmp_path, fixture), contract)

    assert status == 1, said
    assert f"{CONTRACTS[contract]} BROKEN" in said
    assert f"{module} -> " in said or f"- {module}\n" in said


def test_every_contract_has_a_fixture_that_breaks_it() -> None:
    assert set(CONTRACTS) == {fixture.partition("--")[0] for fixture in BREAKS}


@pytest.mark.parametrize("service", SERVICES)
def test_every_contract_names_every_service(service: str) -> None:
    parsed = configparser.ConfigParser()
    parsed.read(CONFIG)
    sections = [
        section
        for section in parsed.sections()
        # These two name whom they allow, and so hold for everybody else.
        if parsed[section].get("type") != "protected"
    ]

    missing = [name for name in sections if f"{service}_service" not in str(dict(parsed[name]))]

    assert missing == []


# What the domain may import is a list of what is allowed, which import-linter has no contract for.

_LOOKS_AROUND = {
    "asyncio",
    "ctypes",
    "fileinput",
    "ftplib",
    "glob",
    "http",
    "imaplib",
    "importlib",
    "io",
    "logging",
    "multiprocessing",
    "os",
    "pathlib",
    "platform",
    "select",
    "shelve",
    "shutil",
    "signal",
    "smtplib",
    "socket",
    "sqlite3",
    "ssl",
    "subprocess",
    "sys",
    "tempfile",
    "threading",
    "time",
    "urllib.request",
}
"""Of the standard library: what looks at a clock, a file, a process or the network."""
_OF_THE_LIBRARY = ("eventsourcing.domain.", "eventsourcing.utils.register_topic")
_CLOCKS = {"now", "utcnow", "today"}
_EXCEPTIONS = {
    # Run by `make docs`, they print the pages that they make from the tables.
    "requests/requests_service/domain/bpmn.py": ["sys"],
    "requests/requests_service/domain/retention_page.py": ["sys"],
    "requests/requests_service/domain/sop_page.py": ["sys"],
}


def _faults(path: Path, own: str) -> list[str]:
    """What a file of a domain imports or calls although the domain must not."""
    found = [name for name in imported_names(path) if not _may_import(name, own)]
    for node in ast.walk(tree_of(path)):
        if not isinstance(node, ast.Call):
            continue
        called = node.func
        if isinstance(called, ast.Name) and called.id in ("open", "print", "input"):
            found.append(f"{called.id}()")
        # `date.today()`, not a method of ours on a value that was given.
        if (
            isinstance(called, ast.Attribute)
            and called.attr in _CLOCKS
            and isinstance(called.value, ast.Name)
            and called.value.id in ("date", "datetime")
        ):
            found.append(f"{called.value.id}.{called.attr}()")
    return found


def _may_import(name: str, own: str) -> bool:
    if name.startswith((*_OF_THE_LIBRARY, f"{own}.")):
        return True
    top = name.partition(".")[0]
    looks_around = any(name == each or name.startswith(f"{each}.") for each in _LOOKS_AROUND)
    return top in sys.stdlib_module_names and not looks_around


@pytest.mark.parametrize("service", SERVICES)
def test_a_domain_imports_the_standard_library_itself_and_the_aggregates_alone(
    service: str,
) -> None:
    own = f"{service}_service.domain"

    faults = {
        str(path.relative_to(ROOT / "services")): found
        for path in sorted((package(service) / "domain").rglob("*.py"))
        if (found := _faults(path, own))
    }

    assert faults == {
        name: found for name, found in _EXCEPTIONS.items() if name.startswith(f"{service}/")
    }


def test_a_domain_that_looks_around_is_found() -> None:
    (path,) = (FIXTURES / "domain-imports-little").rglob("*.py")

    assert _faults(path, "requests_service.domain") == [
        "os",
        "pathlib.Path",
        "urllib.request.urlopen",
        "httpx",
        "eventsourcing.persistence.Mapper",
        "letters_service.domain.letters",
        "date.today()",
        "open()",
    ]
