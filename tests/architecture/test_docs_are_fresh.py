"""What the pages say is what the code does: the SOP, the glossary, settings, links."""

import ast
import importlib
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.facts import facts_of
from tests.architecture.places import CHASSIS, ROOT, SERVICES, kept_files, package, tree_of

DOCS = ROOT / "docs"
ENV_EXAMPLE = ROOT / "deploy" / "env.example"
PAGES = ("operator", "integrator", "auditor", "officer", "glossary", "style", "sop")

READ_ELSEWHERE = {
    "ADMIN_DATABASE_URL": "deploy/satudata/satudata/databases.py",
    "AMQP_ADMIN_URL": "deploy/satudata/satudata/subscribers.py",
    "VAR_DIR": "deploy/satudata/satudata/places.py",
    "HOST": "services/chassis/chassis/serve.py",
    "S3_ENDPOINT_URL": "services/chassis/chassis/files.py",
}
"""Settings that are no service's own, and who reads them."""

OF_LIBRARIES = {"FORWARDED_ALLOW_IPS": "uvicorn"}
"""Settings that matter here and that a library of ours reads by itself."""

NOT_FOR_OPERATORS = {
    "PATH": "the system's own",
    "AFTER_UNCLEAN_END": "the launcher says it to the worker that it starts again",
    "LAUNCHER_PIPE": "the launcher says it to every process that it starts",
}


# Settings


def _settings() -> dict[str, str | None]:
    """Every setting that chassis.settings reads, with its default."""
    found: dict[str, str | None] = {}
    for node in ast.walk(tree_of(CHASSIS / "settings.py")):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        called = ast.unparse(node.func)
        name = node.args[0]
        if called not in ("get", "environ.get") or not isinstance(name, ast.Constant):
            continue
        default = node.args[1] if len(node.args) > 1 else None
        value = str(default.value) if isinstance(default, ast.Constant) else None
        found[str(name.value)] = found.get(str(name.value)) or value
    return found


def _environment_reads(path: Path) -> set[str]:
    text = path.read_text(encoding="utf-8")
    return set(re.findall(r"os\.environ(?:\.get\(|\[)\"([A-Z_0-9]+)\"", text))


def _example() -> dict[str, tuple[bool, str]]:
    """Name without its service to (whether it must be set, value)."""
    found = {}
    services = "|".join(service.upper() for service in SERVICES)
    # REQUESTS_URL is a name of its own.
    line = re.compile(rf"^(#?)(?:(?:{services})_(?!URL))?([A-Z][A-Z0-9_]+)=(.*)$", re.MULTILINE)
    for mark, name, value in line.findall(ENV_EXAMPLE.read_text(encoding="utf-8")):
        found[name] = (mark == "", value)
    return found


def test_env_example_lists_every_setting_and_no_other() -> None:
    assert set(_example()) == set(_settings()) | set(READ_ELSEWHERE) | set(OF_LIBRARIES)


def test_env_example_shows_the_defaults() -> None:
    shown = {name: value for name, (needed, value) in _example().items() if not needed}

    for name, default in _settings().items():
        if default is not None:
            assert shown[name] == default, name


def test_env_example_says_of_each_setting_what_it_is() -> None:
    lines = ENV_EXAMPLE.read_text(encoding="utf-8").splitlines()
    setting = re.compile(r"#?[A-Z][A-Z0-9_]+=")

    unsaid = [
        line
        for n, line in enumerate(lines)
        if setting.match(line)
        and not (lines[n - 1].startswith("# ") or setting.match(lines[n - 1]))
    ]

    assert unsaid == []


def test_a_setting_that_must_be_set_is_refused_when_it_is_not() -> None:
    from chassis.settings import SettingsError, load

    needed = [name for name, (must, _) in _example().items() if must]
    whole = {
        **{name: value for name, (must, value) in _example().items() if must},
        "SECRET_KEY": "A" * 43 + "=",
        "SIGNING_KEY": "A" * 43 + "=",
        "SIGNING_PUBLIC_KEYS": "{}",
        "CITY_FILE": str(ROOT / "deploy" / "city.toml"),
    }

    load("requests", whole)
    for name in needed:
        with pytest.raises(SettingsError, match=name):
            load("requests", {key: value for key, value in whole.items() if key != name})


def test_the_environment_is_read_where_settings_are_read() -> None:
    code = [CHASSIS.parent, *(package(s) for s in SERVICES), ROOT / "deploy" / "satudata"]
    elsewhere = {
        name
        for folder in code
        for path in folder.rglob("*.py")
        if "tests" not in path.parts and path.name != "settings.py"
        for name in _environment_reads(path)
    }

    unlisted = elsewhere - set(_settings()) - set(READ_ELSEWHERE) - set(NOT_FOR_OPERATORS)

    assert unlisted == set()


@pytest.mark.parametrize(("name", "file"), READ_ELSEWHERE.items())
def test_a_setting_read_elsewhere_still_is(name: str, file: str) -> None:
    assert f'"{name}"' in (ROOT / file).read_text(encoding="utf-8")


@pytest.mark.parametrize(("name", "library"), OF_LIBRARIES.items())
def test_a_setting_of_a_library_still_is_one(name: str, library: str) -> None:
    (origin,) = importlib.import_module(library).__path__

    assert any(name in path.read_text(encoding="utf-8") for path in Path(origin).glob("*.py"))


# The SOP and the glossary


def test_the_page_of_the_sop_is_what_the_table_says() -> None:
    from requests_service.domain.sop_page import render

    assert (DOCS / "sop.md").read_text(encoding="utf-8") == render()


def test_the_page_of_retention_is_what_the_tables_say() -> None:
    from requests_service.domain.retention_page import render

    assert (DOCS / "retention.md").read_text(encoding="utf-8") == render()


def test_the_drawing_of_the_sop_is_what_the_table_says() -> None:
    from requests_service.domain.bpmn import render

    assert (DOCS / "sop.bpmn").read_text(encoding="utf-8") == render()


def _code_words(page: str) -> set[str]:
    return set(re.findall(r"`([^`\n]+)`", (DOCS / page).read_text(encoding="utf-8")))


def test_the_officers_guide_has_each_step_in_the_papers_words_with_its_buttons() -> None:
    from requests_service.domain.sop import SOP
    from requests_service.entrypoints.acts import OFFICER_ACTS

    guide = (DOCS / "officer.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| (\d+) \| (.+) \|$", guide, re.MULTILINE))

    for step in SOP:
        assert rows[str(step.no)].startswith(f"{step.activity} | {step.owners_label} | ")
    for act in OFFICER_ACTS.values():
        if step_of := re.match(r"Langkah (\d+): ", act.label):
            assert f"**{act.button}**" in rows[step_of[1]]


@pytest.mark.parametrize("service", SERVICES)
def test_the_glossary_lists_every_fact(service: str) -> None:
    assert facts_of(service) - _code_words("glossary.md") == set()


def test_the_glossary_lists_no_fact_that_is_none() -> None:
    from tests.architecture.facts import is_past

    facts = set().union(*(facts_of(service) for service in SERVICES))
    named = {
        word
        for word in _code_words("glossary.md")
        if re.fullmatch(r"([A-Z][a-z]+){2,}", word) and is_past(word)
    }

    assert named - facts == set()


def test_the_glossary_lists_every_command() -> None:
    from requests_service.domain.commands import COMMANDS

    assert {*COMMANDS, "submit"} - _code_words("glossary.md") == set()


def test_the_glossary_lists_every_letter_and_every_state() -> None:
    from requests_service.domain.words import LETTERS, STATES

    assert {*LETTERS, *STATES} - _code_words("glossary.md") == set()


def test_the_glossary_lists_every_role() -> None:
    from requests_service.domain.roles import Role

    assert {role.value for role in Role} - _code_words("glossary.md") == set()


def test_the_integrators_page_lists_every_published_type() -> None:
    from tests.contracts.published import all_published

    text = (DOCS / "integrator.md").read_text(encoding="utf-8")
    unlisted = [
        str(contract)
        for contract in all_published()
        if f"../services/{contract.source}/contracts/{contract.type}.v1.schema.json" not in text
    ]

    assert unlisted == []


def test_the_operators_page_speaks_of_every_command_of_satudata() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "satudata.cli", "--help"],
        capture_output=True, check=True, text=True,
    )  # fmt: skip
    commands = re.findall(r"^    ([a-z-]+)  ", done.stdout, re.MULTILINE)
    text = (DOCS / "operator.md").read_text(encoding="utf-8")

    assert len(commands) > 5
    assert [name for name in commands if f"satudata {name}" not in text] == []


# Links


def _pages() -> list[Path]:
    return [path for path in kept_files() if path.suffix == ".md"]


def _links(path: Path) -> Iterator[str]:
    text = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    yield from re.findall(r"\]\(([^)\s]+)\)", text)


def _anchors(path: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {
        re.sub(r"\s", "-", re.sub(r"[^\w\s-]", "", heading.lower().replace("`", ""))).strip("-")
        for heading in headings
    }


@pytest.mark.parametrize("path", _pages(), ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(path: Path) -> None:
    broken = []
    for link in _links(path):
        if re.match(r"[a-z]+:", link):
            continue
        target, _, anchor = link.partition("#")
        found = (path.parent / target).resolve() if target else path
        if not found.exists() or (
            anchor and found.suffix == ".md" and anchor not in _anchors(found)
        ):
            broken.append(link)

    assert broken == []


@pytest.mark.parametrize("page", PAGES)
def test_there_is_a_page_for(page: str) -> None:
    assert (DOCS / f"{page}.md").exists()


def test_decisions_are_numbered_and_have_their_three_parts() -> None:
    decisions = sorted((DOCS / "decisions").glob("*.md"))

    assert [path.name[:4] for path in decisions] == [
        f"{n:04}" for n in range(1, len(decisions) + 1)
    ]
    for path in decisions:
        text = path.read_text(encoding="utf-8")
        headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
        assert headings == ["Context", "Decision", "Consequences"], path.name
        assert text.startswith(f"# {int(path.name[:4])}. "), path.name


def test_the_changelog_says_what_is_unreleased() -> None:
    assert "## [Unreleased]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
