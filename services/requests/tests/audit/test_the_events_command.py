"""`satudata events`: what it shows, what it writes, with which status it ends."""

import argparse
import json
import stat
import zipfile

import pytest
from satudata import events_commands

from services.requests.tests.application.test_requests import submit
from services.requests.tests.audit.test_exports import seal_all
from services.requests.tests.conftest import settings_for

pytestmark = pytest.mark.servers


@pytest.fixture
def events(pool, capsys):
    """`events("tail", "-n", "5")`: status, what was printed, what was said beside it."""

    def run(*arguments: str) -> tuple[int, str, str]:
        parser = argparse.ArgumentParser()
        commands = parser.add_subparsers()
        events_commands.register(commands, lambda service: settings_for(service, pool))
        parsed = parser.parse_args(["events", *arguments])
        capsys.readouterr()
        status = parsed.do(parsed)
        said = capsys.readouterr()
        return status, said.out, said.err

    return run


@pytest.mark.parametrize("count", ["-3", "x", "1.5"])
def test_a_count_that_is_none_is_refused(events, capsys, count):
    with pytest.raises(SystemExit) as ended:
        events("tail", "-n", count)

    assert 2 == ended.value.code
    assert f"'{count}' is no count: a whole number from 0" in capsys.readouterr().err


def test_no_facts_at_all_are_shown_only_while_new_ones_are_awaited(events):
    assert (2, "", "satudata: -n 0 shows nothing without --follow.\n") == events("tail", "-n", "0")


def asked(app) -> list[dict[str, object]]:
    rows = app.pool.execute(
        "SELECT convert_from(state, 'UTF8')::jsonb FROM facts"
        " WHERE type = 'AuditQueried' AND (actor, role) = ('satudata', 'operator')"
        " ORDER BY position"
    )
    return [row[0] for row in rows]


def test_a_request_and_a_fact_are_shown_with_their_seal(app, desk, pool, events):
    request_id, _ = submit(app)
    app.find_owner(request_id, desk.ppid, agency="dinsos")
    seal_all(pool)

    status, of_request, _ = events("show", "2026-0001")
    (position,) = app.pool.execute("SELECT position FROM facts WHERE type = 'OwnerFound'")[0]
    _, of_fact, _ = events("show", str(position))

    assert 0 == status
    assert ["RequestSubmitted", "OwnerFound"] == [
        line.split()[3] for line in of_request.splitlines()
    ]
    assert all(line.endswith("intact") for line in of_request.splitlines())
    fact = json.loads(of_fact)
    assert ("OwnerFound", "dinsos", "intact") == (
        fact["type"], fact["state"]["agency"], fact["seal"],
    )  # fmt: skip
    assert [
        {"kind": "request", "request_id": str(request_id)},
        {"kind": "fact", "position": position},
    ] == asked(app)


def test_the_newest_facts_come_last_and_are_narrowed_by_type(app, desk, events):
    request_id, _ = submit(app)
    app.find_owner(request_id, desk.ppid, agency="dinsos")
    submit(app)

    _, newest, _ = events("tail", "-n", "3")
    _, submitted, _ = events("tail", "--type", "RequestSubmitted", "--json")

    assert ["OwnerFound", "RequestSubmitted", "AuditQueried"] == [
        line.split()[3] for line in newest.splitlines()
    ]
    assert ["2026-0001", "2026-0002"] == [
        json.loads(line)["state"]["register_number"] for line in submitted.splitlines()
    ]


def test_an_export_is_a_file_for_its_owner_alone_and_takes_nothings_place(
    app, pool, events, tmp_path
):
    submit(app)
    seal_all(pool)
    file = tmp_path / "log.zip"

    first, _, said = events(
        "export", "--into", str(file), "--format", "csv", "--until", "2999-01-01"
    )
    again, _, refused = events("export", "--into", str(file))

    assert (0, 2) == (first, again)
    assert "facts in" in said
    assert "is there already" in refused
    assert 0o600 == stat.S_IMODE(file.stat().st_mode)
    with zipfile.ZipFile(file) as bundle:
        assert "operator" == json.loads(bundle.read("manifest.json"))["made_by"]
        assert "events.csv" in bundle.namelist()
    assert [file] == list(tmp_path.iterdir())
    assert ["export"] == [each["kind"] for each in asked(app)]


def test_what_cannot_be_done_says_why_and_leaves_no_file(app, pool, events, tmp_path):
    into = ("--into", str(tmp_path / "log.zip"))
    submit(app)
    before_the_first_seal, _, nothing = events("export", *into)
    seal_all(pool)

    for expected, arguments in (
        (1, ("show", "2026-9999")),
        (1, ("show", "99999999")),
        (2, ("tail", "--type", "NoSuchFact")),
        (2, ("export", *into, "--since", "kemarin")),
        (1, ("export", *into, "--request", "2026-9999")),
        (2, ("export", "--into", str(tmp_path / "nowhere" / "log.zip"))),
    ):
        status, out, said = events(*arguments)
        assert (expected, "") == (status, out)
        assert said.startswith("satudata: ")

    assert 1 == before_the_first_seal
    assert "disegel" in nothing
    assert [] == list(tmp_path.iterdir())
