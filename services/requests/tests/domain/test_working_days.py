"""Working days against two independent counts: the package `holidays` and numpy."""

from dataclasses import replace
from datetime import date, timedelta

import holidays
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from requests_service.adapters.calendar import FOLDER, read_calendar, read_decree
from requests_service.domain.errors import OutOfCalendar
from requests_service.domain.working_days import Calendar, Decree, Worked

CALENDAR = read_calendar()
YEARS = (2024, 2025, 2026, 2027)
ORACLE = holidays.ID(years=YEARS, categories=("public", "government"))
DAYS_OFF = np.array(sorted(ORACLE), dtype="datetime64[D]")
EVERY_DAY = [
    date(2024, 1, 1) + timedelta(n) for n in range((date(2027, 12, 31) - date(2024, 1, 1)).days + 1)
]


@pytest.mark.parametrize("year", YEARS)
def test_a_decree_file_holds_what_the_oracle_holds(year):
    decree = read_decree(FOLDER / f"{year}.toml")

    cuti_bersama = holidays.ID(years=year, categories=("government",))
    assert {d for d in ORACLE if d.year == year} == {day.date for day in decree.days_off}
    assert set(cuti_bersama) == {day.date for day in decree.days_off if day.cuti_bersama}


def test_the_decree_of_2026_is_named_by_its_numbers():
    decree = read_decree(FOLDER / "2026.toml")

    for number in ("1497 Tahun 2025", "2 Tahun 2025", "5 Tahun 2025"):
        assert number in decree.number


@pytest.mark.parametrize(("year", "days"), zip(YEARS, (238, 237, 240, 242), strict=True))
def test_a_year_has_as_many_working_days_as_the_decree_leaves(year, days):
    assert days == CALENDAR.working_days_between(date(year - 1, 12, 31), date(year, 12, 31))


def test_every_day_of_four_years_and_every_budget_counts_as_numpy_counts():
    starts = np.array(EVERY_DAY, dtype="datetime64[D]")
    for days in range(1, 61):
        # Nothing is decreed for 2028, neither here nor there.
        expected = np.busday_offset(starts, days, roll="backward", holidays=DAYS_OFF)
        assert expected.tolist() == [CALENDAR.add_working_days(day, days) for day in EVERY_DAY]
    assert EVERY_DAY == [CALENDAR.add_working_days(day, 0) for day in EVERY_DAY]


def test_special_working_days_count_as_numpy_counts_with_a_seven_day_week():
    special = {day for day in EVERY_DAY if day.toordinal() % 11 == 0}
    calendar = replace(CALENDAR, worked=tuple(Worked(day, "", "K") for day in sorted(special)))
    usual = {day for day in EVERY_DAY if day.weekday() >= 5 or day in ORACLE}
    not_worked = sorted(usual - special)
    first = np.array(EVERY_DAY[:-130], dtype="datetime64[D]")
    off = np.array(not_worked, dtype="datetime64[D]")

    for days in (1, 10, 17, 60):
        expected = np.busday_offset(first, days, "backward", weekmask="1111111", holidays=off)
        assert expected.tolist() == [calendar.add_working_days(d, days) for d in EVERY_DAY[:-130]]
    for start in EVERY_DAY[:-130:7]:
        why = calendar.explain(start, 17)
        between = {start + timedelta(n) for n in range(1, (why.due - start).days + 1)}
        assert between & special == {day.date for day in why.worked}
        assert between & set(not_worked) == {day.date for day in why.skipped}


def test_a_reason_names_every_day_between_that_did_not_count():
    for start in EVERY_DAY[::7]:
        why = CALENDAR.explain(start, 17)
        between = {start + timedelta(n) for n in range(1, (why.due - start).days + 1)}

        assert 17 == len(between - {day.date for day in why.skipped})
        assert {day.date for day in why.skipped if day.decree} == {
            day for day in between if day in ORACLE and day.weekday() < 5
        }


@pytest.mark.parametrize(
    ("received", "days", "due"),
    [
        ("2026-11-20", 1, "2026-11-23"),
        ("2026-11-20", 3, "2026-11-25"),
        ("2026-11-20", 10, "2026-12-04"),
        ("2026-11-20", 17, "2026-12-15"),
        ("2026-11-20", 30, "2027-01-07"),
        ("2026-03-13", 10, "2026-04-06"),
        ("2026-03-21", 1, "2026-03-25"),
        ("2025-08-15", 1, "2025-08-19"),
        ("2024-02-28", 1, "2024-02-29"),
        ("2024-02-29", 1, "2024-03-01"),
        ("2025-12-24", 3, "2025-12-31"),
        ("2025-12-31", 1, "2026-01-02"),
    ],
)
def test_deadlines_worked_out_by_hand(received, days, due):
    assert due == CALENDAR.add_working_days(date.fromisoformat(received), days).isoformat()


def test_the_day_of_receipt_is_day_zero():
    assert date(2026, 11, 22) == CALENDAR.add_working_days(date(2026, 11, 22), 0)


@given(st.dates(date(2020, 1, 1), date(2035, 1, 1)), st.integers(1, 60), st.integers(1, 60))
def test_adding_in_two_parts_is_adding_at_once(start, first, second):
    halfway = CALENDAR.add_working_days(start, first)

    assert CALENDAR.add_working_days(start, first + second) == CALENDAR.add_working_days(
        halfway, second
    )
    assert first == CALENDAR.working_days_between(start, halfway)
    assert -first == CALENDAR.working_days_between(halfway, start)
    assert CALENDAR.is_working_day(halfway)


def test_a_deadline_in_a_year_without_decree_is_an_estimate():
    assert "perkiraan" == CALENDAR.status(date(2028, 1, 5))
    assert "ditetapkan" == CALENDAR.status(date(2027, 12, 30))


def test_beyond_the_calendar_nothing_is_counted():
    with pytest.raises(OutOfCalendar):
        CALENDAR.add_working_days(date(1999, 1, 1), 3)
    with pytest.raises(OutOfCalendar):
        Calendar((Decree(2026, "a", "a", ()), Decree(2026, "b", "b", ())))


def test_a_file_that_does_not_count_up_is_refused(tmp_path):
    text = (FOLDER / "2026.toml").read_text(encoding="utf-8")
    (tmp_path / "2026.toml").write_text(text.replace("cuti_bersama = 8", "cuti_bersama = 9"))

    with pytest.raises(ValueError, match="cuti_bersama"):
        read_calendar(tmp_path)
