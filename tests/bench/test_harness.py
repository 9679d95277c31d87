"""The harness tells what was measured, its page is written by it alone, its history is real."""

import json
import re
from collections import Counter
from itertools import cycle

import pytest
from psycopg2.extensions import make_dsn
from requests_service import rows

from tests.bench import history, page
from tests.bench.__main__ import BENCHES, module
from tests.bench.measuring import Line, Result, Spread, in_turns
from tests.bench.requests_at_hand import application

ONE_MACHINE = {"Processor": "a processor, 2 cores", "PostgreSQL": "15.1"}


def test_a_ratio_is_of_the_same_turn_so_a_noisy_machine_does_not_change_it():
    # One turn is slow for both; the first warms up.
    slow, slow_too = cycle([1, 1, 1, 7, 1, 3]), cycle([1, 1, 1, 7, 1, 3])

    turns = in_turns(
        {"a": lambda k: k * next(slow) / 1000, "b": lambda k: k * next(slow_too) / 500},
        seconds=0,
        operations=10,
        cycles_min=5,
    )

    assert Spread(pytest.approx(2), pytest.approx(2), pytest.approx(2)) == turns.ratio("a", "b")
    assert 1000 == pytest.approx(turns.rate("a").median)
    assert 1000 / 7 < turns.rate("a").p10 < 1000 / 3
    assert 1 / 1000 == pytest.approx(turns.seconds("a").median)


def test_a_spread_lies_around_eight_tenths():
    assert Spread(51, 11, 91) == Spread.of([float(n) for n in range(1, 102)])
    assert Spread(4, 4, 4) == Spread.of([4.0])


def test_each_takes_its_turn_in_every_cycle_with_as_many_operations_but_not_in_one_order():
    told = []

    def contestant(name):
        return lambda k: told.append((name, k)) or 0.001

    in_turns({name: contestant(name) for name in "abc"}, seconds=0, operations=7, cycles_min=20)

    cycles = [told[n : n + 3] for n in range(0, len(told), 3)]
    assert 21 == len(cycles)
    assert all({("a", 7), ("b", 7), ("c", 7)} == set(each) for each in cycles)
    assert len({tuple(each) for each in cycles}) > 1


def test_the_number_of_operations_fits_the_slowest():
    told = Counter()

    def contestant(name, seconds):
        def run(k):
            told[name] = k
            return k * seconds

        return run

    slices = {"slow": contestant("slow", 0.01), "quick": contestant("quick", 0.0001)}
    in_turns(slices, seconds=0, slice_seconds=0.25)

    assert Counter(slow=25, quick=25) == told


@pytest.mark.parametrize(
    ("median", "target", "met"),
    [
        (0.6, ">= 0.60", True),
        (0.59, ">= 0.60", False),
        (12, "<= 12", True),
        (12.1, "<= 12", False),
        (50_001, ">= 50,000", True),
        (1, "", None),
    ],
)
def test_a_target_is_kept_or_missed_by_the_median(median, target, met):
    assert met is Line("a line", Spread(median, 0, 99), "×", target).met


def a_measured(name, **other):
    result = Result()
    result.add("ours to theirs", Spread(0.654321, 0.5, 0.7), "×", ">= 0.60")
    result.add("lost", 0, "events", "<= 0")
    result.notes.append("theirs is absent")
    known = {"title": f"About {name}", "about": "What is compared.", "conditions": ONE_MACHINE}
    known |= {"at": "2026-11-22 15:00 UTC", "seconds": 41.2, "load": 0.5, "result": result}
    return page.Measured(name, **(known | other))


def test_the_page_is_made_of_the_stored_results(tmp_path):
    for name in ("one", "two"):
        a_measured(name).write(tmp_path)

    text = page.render(page.read(tmp_path, ("two", "one", "not-measured")))

    assert text == page.render([a_measured("two"), a_measured("one")])
    assert "| ours to theirs | 0.654 | 0.500 to 0.700 | × | >= 0.60 | kept |" in text
    assert "| lost | 0 |  | events | <= 0 | kept |" in text
    assert "theirs is absent. 2026-11-22 15:00 UTC, 41 s, load before 0.5." in text


def test_the_page_is_of_one_machine():
    elsewhere = a_measured("two", conditions={"Processor": "another"}, at="2026-11-21 09:00 UTC")

    text = page.render([a_measured("one"), elsewhere])

    assert "## About one" in text
    assert "About two" not in text


def test_the_committed_page_is_as_the_command_writes_it():
    text = page.PAGE.read_text(encoding="utf-8")
    top = page.render([a_measured(BENCHES[0])]).partition("\n| ")[0]
    benches = {page.title_of(module(name)): page.about(module(name)) for name in BENCHES}
    sections = text.split("\n## ")[1:]

    assert text.startswith(top)
    for section in sections:
        title, about, table, when = section.strip().split("\n\n")
        assert benches[title] == about
        head, _, *lines = table.split("\n")
        assert "|  | Median | p10 to p90 | Unit | Target |  |" == head
        assert lines
        number, verdict = r"[\d,]+(\.\d+)?", r"(kept|\*\*missed\*\*)?"
        form = rf"\| .+ \| {number} \| ({number} to {number})? \| .+ \| .* \| {verdict} \|"
        assert [each for each in lines if not re.fullmatch(form, each)] == []
        assert re.search(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC, \d+ s, load before [\d.]+\.$", when)
    titles = [section.partition("\n")[0] for section in sections]
    assert [title for title in benches if title in titles] == titles


@pytest.mark.servers
def test_the_history_is_what_the_service_would_have_stored(database):
    pool = database("requests")

    history.fill(make_dsn(pool.dsn, user="postgres"), 3000)

    assert [(3000, 1, 3000)] == pool.execute(
        "SELECT count(*), min(position), max(position) FROM facts"
    )
    assert [(0,)] == pool.execute(
        "SELECT count(*) FROM (SELECT max(version) - count(*) AS missing FROM facts"
        " GROUP BY stream) AS streams WHERE missing <> 0"
    )
    with application(pool.dsn) as app:
        ids = [row[0] for row in pool.execute("SELECT id FROM board")]
        replayed = [app.repository.get(request_id) for request_id in ids]
    told = [rows.on_board(each, at=each.modified_on) for each in replayed]
    columns = re.search(r"\((.*?)\)", told[0][0])[1]
    assert len(told) > 50
    texts = columns.replace("clocks", "clocks::text").replace("watched", "watched::text")
    stored = {str(_as_told(row)) for row in pool.execute(f"SELECT {texts} FROM board")}
    assert stored == {str(_as_told(row)) for _, row in told}


def _as_told(row):
    """JSON as what it says, however it is written."""
    return [
        json.loads(value) if isinstance(value, str) and value[:1] in "[{" else value
        for value in row
    ]
