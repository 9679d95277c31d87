"""The table of reasons in the database: shown, replaced, and what was refused before."""

from uuid import UUID

import pytest
from chassis import log
from chassis.actor import Actor
from requests_service.domain.refusal import FIRST, Refusal, read_reasons
from requests_service.refusal_reasons import RefusalReasons
from requests_service.versions import VersionChanged
from satudata import cli

from services.requests.tests import builders as b
from services.requests.tests.conftest import settings_for

pytestmark = pytest.mark.servers
TABLE = """
[[reason]]
code = "bukan_informasi_publik"
article = "Pasal 1 angka 2 UU Nomor 14 Tahun 2008"
text = "yang diminta di luar pengertian Informasi Publik"
steps = [6]

[[reason]]
code = "rahasia_bank"
article = "Pasal 40 UU Nomor 10 Tahun 1998"
text = "dapat membuka rahasia bank seseorang"
"""


@pytest.fixture
def command(pool, monkeypatch):
    """`satudata reasons …` in this database; its exit status."""
    monkeypatch.setattr(cli, "_settings", lambda service: settings_for(service, pool))
    return lambda *words: cli.main(["reasons", *map(str, words)])


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "reasons.toml"
    path.write_text(TABLE)
    return path


def refuse(app, desk, code):
    """The fact of a new request's refusal."""
    request_id = UUID(app.submit(b.IDENTITY, b.FORM)["id"])
    reasons = app.refusal_reasons.in_force()
    app.refusing.refuse(request_id, desk.ppid, refusal=Refusal(code, b.NARRATIVE, reasons=reasons))
    return log.stream(app.pool, request_id)[-1].data


def test_a_new_table_is_shown_first_and_approved_only_in_spite_of_its_warnings(
    command, table, capsys, pool
):
    assert [0, 1] == [command("import", table), command("import", table, "--approve")]
    shown = capsys.readouterr().out
    assert "+ rahasia_bank: dapat membuka rahasia bank seseorang (Pasal 40" in shown
    assert "~ bukan_informasi_publik: yang diminta di luar" in shown
    assert "WARNING pasal_17_a is gone." in shown
    assert FIRST == RefusalReasons(pool).in_force()

    assert 0 == command("import", table, "--approve", "--anyway", "--by", "wali")
    assert [0, 0, 2] == [command("import", table), command("show"), command("show", "--version", 9)]
    shown = capsys.readouterr().out
    assert "No reason changes." in shown and "Version 2" in shown and "wali" in shown
    kept = pool.execute("SELECT count(*) FROM facts WHERE type = 'RefusalReasonsChanged'")
    assert [(1,)] == kept


def test_the_table_is_printed_as_a_file_to_begin_from(command, table, capsys):
    assert 0 == command("show", "--toml")
    table.write_text(capsys.readouterr().out)

    assert 0 == command("import", table)

    assert "No reason changes." in capsys.readouterr().out


def test_a_file_that_is_no_table_is_wrong_use(command, table, capsys):
    table.write_text("[[reason]]\ncode = 'x'")

    assert 2 == command("import", table, "--approve")
    assert "a reason has code, article and text" in capsys.readouterr().err


def test_of_two_who_approve_at_once_one_is_told_to_look_again(pool):
    reasons = RefusalReasons(pool)
    reasons.in_force()
    second = read_reasons({"reason": [_row("rahasia_satu")]}, version=2)
    reasons.approve(second, Actor("satu", "operator"))

    with pytest.raises(VersionChanged):
        reasons.approve(second, Actor("dua", "operator"))


def test_what_was_refused_keeps_the_words_of_its_version(app, desk, client, command, table):
    first = refuse(app, desk, "bukan_informasi_publik")
    command("import", table, "--approve", "--anyway")
    app.refusal_reasons = RefusalReasons(app.pool)
    second = refuse(app, desk, "bukan_informasi_publik")

    assert (1, "data yang diminta bukan Informasi Publik") == _told(first)
    assert (2, "yang diminta di luar pengertian Informasi Publik") == _told(second)
    now = client.get("/api/refusal-reasons").json()
    assert (2, ["bukan_informasi_publik", "rahasia_bank"]) == (
        now["version"],
        [each["code"] for each in now["reasons"]],
    )
    assert 13 == len(client.get("/api/refusal-reasons?version=1").json()["reasons"])
    assert 404 == client.get("/api/refusal-reasons?version=3").status_code


def _told(fact):
    return fact["reasons_version"], fact["reason_text"]


def _row(code):
    return {"code": code, "article": "Pasal 3 UU Nomor 1 Tahun 2000", "text": "rahasia negara kita"}
