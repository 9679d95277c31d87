"""The yearly report on public information requests, counted from the tally of the register.

UU 14/2008 Pasal 12 asks each year for the number of requests, the time they took, how many were
granted and refused, and why (to be confirmed against the text of the law).
"""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from statistics import fmean, median

from requests_service.domain import choices, redress, refusal, satisfaction, sop
from requests_service.domain.register import Objection
from requests_service.domain.working_days import Calendar
from requests_service.law import tally
from requests_service.law.plots import Bar, bars, columns
from requests_service.law.registers import outcome_of
from requests_service.law.table import Cell, Table
from requests_service.law.tally import Counts, Fields, Tally

_BEFORE, _AFTER = "before", "after"
_MONTHS = (
    *("Januari", "Februari", "Maret", "April", "Mei", "Juni"),
    *("Juli", "Agustus", "September", "Oktober", "November", "Desember"),
)
_OUTCOMES = (
    "Dikabulkan seluruhnya",
    "Dikabulkan sebagian",
    "Ditolak",
    "Dicabut Pemohon",
    "Dalam proses",
)
_LATEST = sop.STATUTORY_DAYS + sop.EXTENSION_DAYS_MAX


@dataclass(frozen=True)
class Plot:
    svg: str
    words: str
    """What it shows, for who cannot see it and under it for who can."""


@dataclass(frozen=True)
class Report:
    """One year. The same figures stand in `figures`, `plots` and `tables`."""

    year: int
    as_of: date
    figures: tuple[tuple[str, str], ...]
    """Value and what it counts: what a reader wants first."""
    plots: tuple[Plot, ...]
    tables: tuple[Table, ...]


@dataclass(frozen=True)
class _Times:
    """Working days in which something was done, the days in which a request was returned apart."""

    days: Sequence[int]

    @property
    def cells(self) -> tuple[Cell, Cell, Cell, Cell]:
        if not self.days:
            return (0, None, None, None)
        mean = round(fmean(self.days), 1)
        return (len(self.days), mean, float(median(self.days)), max(self.days))


def report_of(
    year: int,
    requests: Tally,
    objections: Sequence[Objection],
    *,
    calendar: Calendar,
    agencies: Mapping[str, str],
    today: date,
    known: refusal.Reasons = refusal.FIRST,
) -> Report:
    """`requests`: registered in the year; `objections`: lodged in it; `agencies`: by code."""
    count = sum(requests[tally.MONTHS].values())
    notices = _days_to(requests[tally.NOTICES], calendar)
    promises = _promises_kept(requests[tally.PROMISES], today)
    answered = promises["in_time"] + promises["late"]
    outcomes: Counter[str] = Counter()
    for (decision, ended_as, _), n in requests[tally.KINDS].items():
        outcomes[outcome_of(decision, ended_as)] += n
    received = _months(requests[tally.MONTHS], year)
    reasons = {code: n for (code,), n in requests[tally.REASONS].items() if code}
    return Report(
        year,
        today,
        (
            (str(count), "permohonan diterima"),
            (_share(promises["in_time"], answered + promises["owed"]), "dijawab tepat waktu"),
            (_number(fmean(notices)) if notices else "–", "hari kerja sampai dijawab, rata-rata"),
            (str(len(objections)), "keberatan diterima"),
        ),
        (
            _by_month_plot(received, year),
            _outcome_plot(outcomes, year),
            _time_plot(notices),
            _reason_plot(reasons, known),
        ),
        (
            _by_month(received, requests[tally.DECIDED], year),
            _counted("Hasil permohonan", "Hasil", _OUTCOMES, outcomes, count),
            _times(requests, calendar),
            _promises(promises, requests[tally.EXTENDED]),
            _reasons(reasons, known),
            _by("Menurut perangkat daerah", "Perangkat daerah", requests[tally.AGENCIES],
                lambda code: agencies.get(code, "PPID")),
            _by("Menurut jenis Pemohon", "Jenis Pemohon", requests[tally.KINDS],
                lambda code: choices.KINDS.get(code, code)),
            _by("Menurut saluran", "Saluran", requests[tally.CHANNELS],
                lambda code: choices.CHANNELS.get(code, code)),
            _objection_grounds(objections),
            _objection_answers(objections, today),
            _disputes(requests[tally.DISPUTES]),
            _scores(requests[tally.SCORES]),
        ),
    )  # fmt: skip


def _days_to(counts: Counts, calendar: Calendar) -> list[int]:
    """Of each that came so far, in no order; the counts are of received, reopened, pauses and
    until."""

    @cache
    def between(first: str, last: str) -> int:
        return calendar.working_days_between(date.fromisoformat(first), date.fromisoformat(last))

    days = []
    for (received_on, reopened_on, pauses, until), count in counts.items():
        since = reopened_on or received_on
        if since and until:
            stood_still = sum(
                between(first, min(last or until, until))
                for first, last in _pauses(pauses)
                if first and since <= first < until
            )
            days += [max(between(since, until) - stood_still, 0)] * count
    return days


@cache
def _pauses(text: str | None) -> tuple[tuple[str | None, str | None], ...]:
    return tuple((first, last) for first, last in json.loads(text or "[]"))


def _promises_kept(counts: Counts, today: date) -> Counter[str]:
    """How many written notices came `in_time`, `late`, or are `owed`; and how many requests were
    ever `returned`. Counted by pauses, notice, statutory deadline and end."""
    found: Counter[str] = Counter()
    for (told, notice_on, due, ended_on), count in counts.items():
        pauses = _pauses(told)
        found["returned"] += count * bool(pauses)
        if notice_on:
            found["in_time" if due and notice_on <= due else "late"] += count
        # One that was withdrawn before its deadline owes none.
        elif due and due < (ended_on or today.isoformat()) and not (pauses and not pauses[-1][1]):
            found["owed"] += count
    return found


def _months(counts: Counts, year: int) -> Counter[str]:
    """By the month of the first field, or `_BEFORE` or `_AFTER` where that is not of this year."""
    found: Counter[str] = Counter()
    for (day, *_), count in counts.items():
        if day:
            of = int(day[:4])
            found[day[5:7] if of == year else _BEFORE if of < year else _AFTER] += count
    return found


def _by_month(received: Counter[str], decided_as: Counts, year: int) -> Table:
    decided = _months(decided_as, year)
    refused = _months(
        {key: count for key, count in decided_as.items() if key[1] == "refused"}, year
    )
    months = [(f"{number:02}", name) for number, name in enumerate(_MONTHS, 1)]
    names = [(_BEFORE, f"Sebelum {year}"), *months, (_AFTER, f"Sesudah {year}")]
    rows: list[tuple[Cell, ...]] = [
        (name, received[key], decided[key], refused[key])
        for key, name in names
        if key not in (_BEFORE, _AFTER) or received[key] or decided[key]
    ]
    total = ("Jumlah", received.total(), decided.total(), refused.total())
    return Table(
        "Permohonan tiap bulan",
        (("Bulan",), ("Diterima",), ("Diputus", "Jumlah"), ("Diputus", "Di antaranya ditolak")),
        [*rows, total],
        (3, 2, 2, 2),
    )


def _counted(
    title: str, what: str, names: Sequence[str], counts: Mapping[str, int], of: int
) -> Table:
    rows = [(name, counts.get(name, 0), _share(counts.get(name, 0), of)) for name in names]
    return Table(title, ((what,), ("Jumlah",), ("Bagian",)), rows, (6, 1.5, 1.5))


def _times(requests: Tally, calendar: Calendar) -> Table:
    wanted: tuple[tuple[str, Fields], ...] = (
        ("Pemberitahuan tertulis", tally.NOTICES),
        ("Keputusan", tally.DECISIONS),
        ("Penyampaian data", tally.DELIVERIES),
        ("Surat penolakan", tally.REFUSALS),
    )
    return Table(
        "Waktu yang diperlukan, dalam hari kerja sejak diterima",
        (("Sampai dengan",), ("Jumlah",), ("Rata-rata",), ("Median",), ("Terlama",)),
        [(name, *_Times(_days_to(requests[fields], calendar)).cells) for name, fields in wanted],
        (4, 1.5, 1.5, 1.5, 1.5),
    )


def _promises(kept: Counter[str], extended: Counts) -> Table:
    rows: list[tuple[Cell, ...]] = [
        ("Pemberitahuan tertulis terbit tepat waktu", kept["in_time"]),
        ("Pemberitahuan tertulis terbit terlambat", kept["late"]),
        ("Tenggat lewat, pemberitahuan tertulis belum terbit", kept["owed"]),
        ("Tenggat diperpanjang (Pasal 22 ayat (8))", extended.get(("true",), 0)),
        ("Permohonan yang pernah dikembalikan untuk dilengkapi", kept["returned"]),
    ]  # fmt: skip
    return Table(
        f"Tenggat {sop.STATUTORY_DAYS} hari kerja (Pasal 22 ayat (7))",
        (("Keadaan",), ("Jumlah",)), rows, (6, 1.5),
    )  # fmt: skip


def _reasons(reasons: Mapping[str, int], known: refusal.Reasons) -> Table:
    rows = [(*_reason_words(code, known), count) for code, count in _most_first(reasons)]
    return Table(
        "Alasan penolakan, seluruhnya atau sebagian",
        (("Dasar hukum",), ("Alasan",), ("Jumlah",)), rows, (3, 6, 1.2),
    )  # fmt: skip


def _reason_words(code: str, known: refusal.Reasons) -> tuple[str, str]:
    """A code that the table no longer has is called as it was at first."""
    found = known.find(code) or refusal.FIRST.find(code)
    return (found.article, found.text) if found else ("", code)


def _by(title: str, what: str, counts: Counts, name_of: Callable[[str], str]) -> Table:
    """Counted by decision, end and what it is told by."""
    groups: dict[str, Counter[str]] = {}
    for (decision, ended_as, code), count in counts.items():
        outcomes = groups.setdefault(name_of(code or ""), Counter())
        outcomes[outcome_of(decision, ended_as)] += count
    rows: list[tuple[Cell, ...]] = [
        (name, of.total(), *(of[outcome] for outcome in _OUTCOMES))
        for name, of in sorted(groups.items(), key=lambda each: (-each[1].total(), each[0]))
    ]
    headings = ((what,), ("Jumlah",), *((outcome,) for outcome in _OUTCOMES))
    return Table(title, headings, rows, (4, *(1.5,) * (len(headings) - 1)))


def _objection_grounds(objections: Sequence[Objection]) -> Table:
    counts = Counter(each.ground for each in objections)
    rows: list[tuple[Cell, ...]] = [
        (f"huruf {ground.letter}", ground.text, counts[code])
        for code, ground in choices.GROUNDS.items()
    ]
    return Table(
        "Keberatan menurut alasan (Pasal 35 ayat (1))",
        (("Huruf",), ("Alasan",), ("Jumlah",)), rows, (1.2, 6, 1.2),
    )  # fmt: skip


def _objection_answers(objections: Sequence[Objection], today: date) -> Table:
    answers = Counter(each.decision for each in objections if each.decision)
    late = sum((each.decided_on or today.isoformat()) > each.answer_due for each in objections)
    waiting = sum(each.decision is None for each in objections)
    rows: list[tuple[Cell, ...]] = [
        *((words, answers[code]) for code, words in choices.DECISIONS.items()),
        ("Belum diputus", waiting),
        (f"Melewati {sop.OBJECTION_ANSWER_DAYS} hari kerja (Pasal 36 ayat (2))", late),
    ]
    return Table("Putusan atas keberatan", (("Putusan",), ("Jumlah",)), rows, (6, 1.5))


def _disputes(counts: Counts) -> Table:
    rows: list[tuple[Cell, ...]] = [
        ("Sedang diperiksa", counts.get(("diperiksa",), 0)),
        *((words, counts.get((code,), 0)) for code, words in redress.OUTCOMES.items()),
    ]
    return Table("Sengketa di Komisi Informasi", (("Keadaan",), ("Jumlah",)), rows, (6, 1.5))


def _scores(counts: Counts) -> Table:
    given = {int(score): count for (score,), count in counts.items() if score}
    rows: list[tuple[Cell, ...]] = [
        (words, given.get(score, 0)) for score, words in satisfaction.SCORES.items()
    ]
    rows.append(("Rata-rata", round(fmean(given, given.values()), 1) if given else None))
    return Table("Penilaian Pemohon atas pelayanan", (("Nilai",), ("Jumlah",)), rows, (6, 1.5))


def _by_month_plot(received: Counter[str], year: int) -> Plot:
    values = [Bar(name[:3], received[f"{number:02}"]) for number, name in enumerate(_MONTHS, 1)]
    return Plot(columns(values), f"Permohonan yang diterima tiap bulan pada tahun {year}.")


def _outcome_plot(outcomes: Mapping[str, int], year: int) -> Plot:
    values = [Bar(name, outcomes.get(name, 0)) for name in _OUTCOMES]
    return Plot(bars(values), f"Hasil permohonan yang diterima pada tahun {year}.")


def _time_plot(notices: Sequence[int]) -> Plot:
    counts = Counter(min(days, _LATEST + 1) for days in notices)
    values = [Bar(str(days), counts[days]) for days in range(_LATEST + 1)]
    values.append(Bar(f">{_LATEST}", counts[_LATEST + 1]))
    return Plot(
        columns(values, marks=((sop.STATUTORY_DAYS, f"tenggat {sop.STATUTORY_DAYS} hari kerja"),)),
        "Banyaknya permohonan menurut hari kerja sampai pemberitahuan tertulis terbit. Garis"
        f" menandai tenggat undang-undang; dengan perpanjangan paling lama {_LATEST} hari kerja.",
    )


def _reason_plot(reasons: Mapping[str, int], known: refusal.Reasons) -> Plot:
    values = [
        Bar(_reason_words(code, known)[0].replace(" UU Nomor 14 Tahun 2008", ""), count)
        for code, count in _most_first(reasons)
    ]
    return Plot(bars(values), "Pasal yang menjadi dasar penolakan, seluruhnya atau sebagian.")


def _most_first(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda each: (-each[1], each[0]))


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} %" if whole else "–"


def _number(value: float) -> str:
    return f"{value:.1f}".replace(".", ",")
