"""The command line: done, refused, with exit codes that scripts can trust."""

import json
import os
import subprocess
import sys
from datetime import date, timedelta

import pytest
from satudata import stories

pytestmark = pytest.mark.servers


@pytest.fixture
def satudata(embedded):
    """Type a command beside the running embedded installation."""

    def run(*arguments: str, typed: str = "", **environment: str):
        return subprocess.run(
            [sys.executable, "-m", "satudata.cli", *arguments],
            env={**os.environ, "VAR_DIR": str(embedded.folder / "var"), "PORT": "1", **environment},
            input=typed, capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip

    return run


def test_all_is_well_with_a_running_installation(satudata):
    done = satudata("doctor")

    assert done.returncode == 0, done.stdout
    assert "WRONG" not in done.stdout


def test_an_account_is_added_listed_and_disabled(satudata):
    added = satudata("staff", "add", "baru", "--name", "Baru", "--role", "walidata",
                     typed="kata-sandi-panjang\n")  # fmt: skip
    assert (0, "") == (added.returncode, added.stderr)
    assert "baru (Baru) is added as walidata.\n" == added.stdout

    until = ("--until", (date.today() + timedelta(days=3)).isoformat())
    acting = ("staff", "act-for", "baru", "--as", "plh", "--role", "ppid", "--decree", "800/1")
    appointed = json.loads(satudata(*acting, *until, "--json").stdout)
    assert ("baru", "plh", "ppid") == tuple(
        appointed[0][name] for name in ("username", "capacity", "role")
    )
    assert appointed == json.loads(satudata("staff", "appointments", "--json").stdout)
    assert "baru is disabled.\n" == satudata("staff", "disable", "baru").stdout
    (account,) = [
        each
        for each in json.loads(satudata("staff", "list", "--json").stdout)
        if each["username"] == "baru"
    ]
    assert account["disabled"] is True


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("staff", "add", "x", "--name", "X", "--role", "raja"), 1, "tidak dikenal"),
        (("staff", "add"), 2, "staff add NAME"),
        (("staff", "act-for", "baru"), 2, "staff act-for NAME"),
        (("subject", "show", "1999-0001"), 1, "Tidak ada permohonan bernomor 1999-0001"),
        (("jobs", "redrive", "letters/99999"), 1, "letters/99999  unknown"),
        (("dead-letters", "redrive", "letters/99999"), 1, "letters/99999  unknown"),
        (("dead-letters", "redrive"), 2, "redrive takes ids"),
        (("mask", "nowhere.csv"), 2, "nowhere.csv"),
        (("simulate", "--year", "2026", "--sop", "nowhere.toml"), 2, "nowhere.toml"),
        (("simulate", "--year", "2026", "--calendar", "nowhere.toml"), 2, "is no calendar"),
        (("letters", "verify", "nowhere.pdf"), 4, "nowhere.pdf"),
        (("nonsense",), 2, "invalid choice"),
    ],
)
def test_what_cannot_be_done_says_why(satudata, arguments, status, said):
    done = satudata(*arguments, typed="kata-sandi-panjang\n")

    assert status == done.returncode
    assert said in done.stderr


def test_the_sop_is_checked_and_a_year_replayed_under_other_budgets(satudata, tmp_path):
    checked = satudata("sop", "lint")
    assert 0 == checked.returncode
    assert checked.stdout.startswith(" 20 working days  6-7-8-9-10-11-12-13")
    budgets = tmp_path / "sop.toml"
    budgets.write_text(satudata("sop", "show").stdout.replace("\n8 = 3 ", "\n8 = 9 "))
    assert 1 == satudata("sop", "lint", "--sop", str(budgets)).returncode

    replayed = json.loads(satudata("simulate", "--year", "2026", "--json").stdout)
    assert ([], []) == (replayed["newly"], replayed["no_longer"])


def test_nothing_waits_for_a_person(satudata):
    for what in ("jobs", "dead-letters"):
        done = satudata(what, "list")
        assert (0, "none\n") == (done.returncode, done.stdout)


def test_a_wrong_setting_is_named(satudata):
    done = satudata("run", PORT="eighty")

    assert (78, True) == (done.returncode, "PORT" in done.stderr)


def test_a_second_run_in_the_same_folder_touches_nothing(satudata, embedded):
    second = satudata("run", PORT="8")

    assert 69 == second.returncode
    assert f"already running at {embedded.url}" in second.stderr


def test_a_file_is_masked_and_nobody_is_left(satudata, tmp_path):
    masked = tmp_path / "masked.csv"

    done = satudata("mask", str(stories.HANDED_OVER), "--into", str(masked))

    assert 0 == done.returncode
    assert {"nama", "nik"} <= {each["column"] for each in json.loads(done.stdout)}
    assert "35730" not in masked.read_text(encoding="utf-8")
