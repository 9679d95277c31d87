"""`satudata audit ask`: the ready questions on the command line."""

import argparse
import json

import pytest
from requests_service.audit.questions import QUESTIONS
from satudata import audit_ask

from services.requests.tests.application.test_requests import submit
from services.requests.tests.audit.test_asking import ask as bring_up
from services.requests.tests.audit.test_the_events_command import asked
from services.requests.tests.conftest import settings_for

pytestmark = pytest.mark.servers


@pytest.fixture
def ask(pool, capsys, clock_at):
    """`ask("celah", "--json")`: status, what was printed, what was said beside it."""

    def run(*arguments: str) -> tuple[int, str, str]:
        parser = argparse.ArgumentParser()
        commands = parser.add_subparsers()
        audit_ask.register(commands, lambda service: settings_for(service, pool))
        parsed = parser.parse_args(["ask", *arguments])
        capsys.readouterr()
        status = parsed.do(parsed)
        said = capsys.readouterr()
        return status, said.out, said.err

    return run


def test_without_a_code_the_questions_are_listed_and_nothing_is_recorded(app, ask):
    status, out, _ = ask()

    assert status == 0
    assert list(QUESTIONS) == [line.split()[0] for line in out.splitlines()[::2]]
    assert asked(app) == []


def test_a_question_is_answered_as_a_table_or_as_json_and_recorded(app, desk, ask, clock_at):
    request_id, _ = submit(app)
    clock_at("2026-11-25T10:00+07:00")
    app.find_owner(request_id, desk.ppid, agency="dinsos")
    bring_up(app, "celah")

    status, table, _ = ask("langkah-terlambat", "agency=dinsos")
    as_json = json.loads(ask("langkah-terlambat", "--json")[1])

    assert status == 0
    heading, row = (line.split("\t") for line in table.splitlines())
    told = dict(zip(heading, row, strict=True))
    assert ("2026-0001", "6", "ppid", "2026-11-23", "2026-11-25", "2") == tuple(
        told[key] for key in ("register_number", "step", "role", "was_due", "done_on", "late_days")
    )
    assert ["2026-11-25"] == [each["done_on"] for each in as_json["rows"]]
    assert ["dinsos", None] == [each.get("agency") for each in asked(app)]


@pytest.mark.parametrize(
    ("arguments", "status", "sentence"),
    [
        (("keadaan", "request=2026-9999"), 1, "Tidak ada permohonan"),
        (("keadaan",), 2, 'Isi "Nomor pendaftaran"'),
        (("celah", "as_of=1"), 2, "tidak dikenal"),
    ],
)
def test_what_cannot_be_asked_says_why(app, ask, arguments, status, sentence):
    ended, _, said = ask(*arguments)

    assert ended == status
    assert sentence in said


def test_a_parameter_without_a_value_is_wrong_use(ask, capsys):
    with pytest.raises(SystemExit) as ended:
        ask("celah", "agency")

    assert ended.value.code == 2
    assert "is not NAME=VALUE" in capsys.readouterr().err
