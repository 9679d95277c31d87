"""The calendar in the database, a new one in its place, and what the service tells by itself."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest
from chassis import log
from chassis.actor import Actor
from chassis.settings import SettingsError
from requests_service.adapters import calendar_files
from requests_service.adapters.calendar import read_calendar
from requests_service.bootstrap import build_application
from requests_service.calendars import Calendars
from requests_service.versions import VersionChanged
from satudata import cli

from services.requests.tests.builders import FORM, IDENTITY
from services.requests.tests.conftest import PASSWORD, settings_for

pytestmark = pytest.mark.servers
OPERATOR = Actor("satudata:tester", "operator")
CLOSURES = """
[[closure]]
first = 2026-11-23
last = 2026-11-24
name = "Gedung ditutup"
decree = "Keputusan Wali Kota Nomor 7 Tahun 2026"
"""


@pytest.fixture
def submitted(app, clock_at):
    """On Friday, 20 November 2026."""
    return app.submit(IDENTITY, FORM)


def calendars(pool):
    return Calendars(pool, first=read_calendar)


def facts_of(pool, answer):
    return [fact.type for fact in log.stream(pool, answer["id"])]


@pytest.fixture
def command(pool, monkeypatch):
    """`satudata calendar …` in this database; its exit status."""
    monkeypatch.setattr(cli, "_settings", lambda service: settings_for(service, pool))
    return lambda *words: cli.main(["calendar", *map(str, words)])


def test_the_first_calendar_is_that_of_the_decree_files_whoever_asks_first(pool):
    versions = [calendars(pool).in_force().version for _ in range(2)]

    assert ["1", "1"] == versions
    assert 1 == len(calendars(pool).versions())


def test_a_day_begins_at_midnight_in_malang(app):
    late, early = (datetime(2026, 11, 22, *hour, tzinfo=UTC) for hour in ((16, 59), (17, 0)))

    assert (22, 23) == (app.today(late).day.day, app.today(early).day.day)


def test_an_import_is_shown_then_approved_and_open_requests_are_counted_again(
    command, pool, app, submitted, tmp_path, capsys
):
    file = tmp_path / "tutup.toml"
    file.write_text(CLOSURES)

    assert 0 == command("import", file)
    shown = capsys.readouterr().out
    assert "+ 2026-11-23 Gedung ditutup" in shown
    assert f"{submitted['register_number']}  step to 2026-11-25" in shown
    assert "Nothing was changed" in shown
    assert ["RequestSubmitted"] == facts_of(pool, submitted)

    assert 0 == command("import", file, "--approve", "--by", "tester")
    assert "Version 2 is in force; 1 requests were counted again." in capsys.readouterr().out
    assert ["RequestSubmitted", "DeadlinesMoved"] == facts_of(pool, submitted)
    row = pool.query("SELECT due, statutory_due FROM board")[0]
    assert ["2026-11-25", "2026-12-08"] == [row[name].isoformat() for name in row]
    told = pool.query("SELECT actor, state FROM facts WHERE type = 'CalendarChanged'")[0]
    assert "satudata:tester" == told["actor"]
    assert 2 == json.loads(bytes(told["state"]))["version"]

    assert 0 == command("import", file, "--approve")
    assert 1 == facts_of(pool, submitted).count("DeadlinesMoved")
    assert 0 == command("show", "--version", "1", "--json")
    assert "Gedung" not in capsys.readouterr().out.splitlines()[-1]


def test_a_working_saturday_is_kept_with_its_version_and_all_of_a_year_is_withdrawn_again(
    command, pool, app, submitted, client, tmp_path, capsys
):
    file, gone = tmp_path / "sabtu.toml", tmp_path / "cabut.toml"
    file.write_text(
        f'{CLOSURES}\n[[working_day]]\ndate = 2026-11-21\nname = "Pengganti"\ndecree = "K"\n'
    )
    gone.write_text("[withdrawn]\nclosures = [2026]\nworking_days = [2026]\n")

    assert 0 == command("import", file, "--approve")
    assert "- 2026-11-21 Pengganti" in capsys.readouterr().out
    assert "2026-11-21" == pool.execute("SELECT due FROM board")[0][0].isoformat()
    [why, _] = app.deadlines.of(UUID(submitted["id"]), Actor("1", "auditor"))
    assert ["Pengganti"] == [day.name for day in why.why.worked]
    followed = {name: submitted[name] for name in ("register_number", "tracking_code")}
    page = client.post("/permohonan/lacak", data=followed).text
    assert "<p>Dihitung walaupun hari libur:</p>\n<ul><li>21 November 2026: Pengganti</li>" in page
    code = {"X-Tracking-Code": submitted["tracking_code"]}
    told = client.get(f"/api/requests/{submitted['id']}/deadlines", headers=code).json()
    assert [{"date": "2026-11-21", "name": "Pengganti", "decree": "K"}] == (
        told["deadlines"][0]["worked"]
    )

    assert 0 == command("import", gone, "--approve")
    assert "2026-11-23" == pool.execute("SELECT due FROM board")[0][0].isoformat()
    assert ("2026-11-21", "2") == (
        app.calendars.of("2").worked[0].date.isoformat(),
        app.calendars.of("2").version,
    )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[[working_day]]\ndate = "Sabtu"\nname = "x"', "2026-12-19"),
        ("[[working_day]]\ndate = 2026-11-21", "name is missing"),
        ("[withdrawn]\nclosure = [2026]", "withdrawn knows"),
        ("[withdrawn]\nclosures = 2026", "list of years"),
        ("", "neither a year"),
    ],
)
def test_a_file_of_working_days_or_withdrawals_that_is_wrong_is_refused(tmp_path, text, says):
    file = tmp_path / "salah.toml"
    file.write_text(text)

    with pytest.raises(ValueError, match=says):
        calendar_files.read(file)


def test_warnings_stop_an_import_unless_it_is_wanted_anyway(command, tmp_path, capsys):
    file = tmp_path / "libur.csv"
    file.write_text("date,name,kind,weekday\n2028-03-26,Nyepi,libur_nasional,Senin\n")

    assert 1 == command("import", file, "--decree", "SKB 2028", "--approve")
    assert "WARNING 2028-03-26 (Nyepi) is called senin, and is minggu." in capsys.readouterr().out
    assert 0 == command("import", file, "--decree", "SKB 2028", "--approve", "--anyway")
    assert 2 == command("import", file, "--approve")
    assert 2 == command("show", "--version", "9")


def test_an_ics_file_holds_whole_days_and_tells_cuti_bersama_by_its_name(tmp_path):
    file = tmp_path / "libur.ics"
    file.write_text(
        "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20280124\r\n"
        "DTEND;VALUE=DATE:20280126\r\nSUMMARY:Cuti bersama\r\n  Imlek\r\nEND:VEVENT\r\n"
        "END:VCALENDAR\r\n"
    )

    [decree] = calendar_files.read(file, decree="SKB 2028").decrees
    assert [("2028-01-24", True), ("2028-01-25", True)] == [
        (day.date.isoformat(), day.cuti_bersama) for day in decree.days_off
    ]
    assert "Cuti bersama Imlek" == decree.days_off[0].name


def test_of_two_who_approve_at_once_the_second_has_to_look_again(pool, tmp_path):
    file = tmp_path / "tutup.toml"
    file.write_text(CLOSURES)
    one, other = calendars(pool), calendars(pool)
    proposed = [each.proposed(calendar_files.read(file)) for each in (one, other)]

    one.approve(proposed[0], OPERATOR)
    with pytest.raises(VersionChanged):
        other.approve(proposed[1], OPERATOR)


def test_a_request_counted_by_the_old_calendar_meanwhile_is_found_by_the_jobs(
    pool, app, submitted, tmp_path
):
    file = tmp_path / "tutup.toml"
    file.write_text(CLOSURES)
    app.calendars.approve(app.calendars.proposed(calendar_files.read(file)), OPERATOR)

    with build_application(settings_for("requests", pool), pool) as of_the_jobs:
        for _ in range(2):
            of_the_jobs.deadlines.keep(None)

    assert ["RequestSubmitted", "DeadlinesMoved"] == facts_of(pool, submitted)


def test_the_jobs_tell_of_each_deadline_once_and_of_old_rows_too(pool, app, submitted, clock_at):
    clock_at("2026-12-02T10:00+07:00")
    pool.execute("UPDATE board SET clocks = NULL, watched = NULL")
    for _ in range(2):
        app.deadlines.keep(None)

    assert ["BecameOverdue", "DueSoon", "Escalated", "ExtensionProposed"] == sorted(
        facts_of(pool, submitted)[1:]
    )
    assert 0 == pool.execute("SELECT count(*) FROM board WHERE watched IS NULL")[0][0]


def test_the_reason_of_a_deadline_is_told_to_whoever_may_see_the_request(app, submitted, client):
    address = f"/api/requests/{submitted['id']}/deadlines"
    code = {"X-Tracking-Code": submitted["tracking_code"]}

    told = client.get(address, headers=code).json()["deadlines"]

    assert ["step", "notice"] == [each["clock"] for each in told]
    assert {"date": "2026-11-21", "name": "Sabtu", "decree": None} in told[0]["skipped"]
    assert ("1", 10, "2026-11-20") == (told[1]["calendar"], told[1]["days"], told[1]["start"])
    assert 401 == client.get(address).status_code


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ({"cut_of_hour": 16}, "knows cut_off_hour"),
        ({"cut_off_hour": "16"}, "a whole number from 0 to 30"),
        ({"stops_while_returned": 1}, "true or false"),
    ],
)
def test_a_wrong_setting_of_the_clock_is_refused_at_start(told, says):
    settings = settings_for("requests")
    city = {**settings.city, "clock": told}

    with pytest.raises(SettingsError, match=says):
        build_application(replace(settings, city=city), None)


def test_both_pages_say_why_and_the_desk_has_the_extension_ready(
    app, submitted, client, ppid_account, clock_at
):
    clock_at("2026-12-02T10:00+07:00")
    app.deadlines.keep(None)
    number, code = submitted["register_number"], submitted["tracking_code"]
    told = {"register_number": number, "tracking_code": code}
    of_the_pemohon = client.post("/permohonan/lacak", data=told).text
    client.post("/masuk", data={"username": "ppid", "password": PASSWORD})
    of_the_desk = client.get(f"/meja/{submitted['id']}").text

    for page in (of_the_pemohon, of_the_desk):
        assert "Mengapa tanggal ini?" in page
        assert "10 hari kerja sesudah 20 November 2026" in page
        assert "Sabtu dan Minggu: 4 hari" in page
    assert "Perpanjang dengan alasan ini" in of_the_desk
    assert "Keterlambatan" in of_the_desk
    assert "Keterlambatan" not in of_the_pemohon
    assert "Perpanjang" not in of_the_pemohon
