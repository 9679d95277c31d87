"""The yearly report on public information requests, counted from the register's entries.

UU 14/2008 Pasal 12 asks each year for the number of requests, the time they took, how many were
granted and refused, and why (to be confirmed against the text of the law).
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import fmean, median

from requests_service.domain import choices, redress, refusal, satisfaction, sop
from requests_service.domain.register import Entry, Objection
from requests_service.domain.working_days import Calendar
from requests_service.law.plots import Bar, bars, columns
from requests_service.law.registers import decision_of
from requests_service.law.table import Cell, Table

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
    requests: Sequence[Entry],
    objections: Sequence[Objection],
    *,
    calendar: Calendar,
    agencies: Mapping[str, str],
    today: date,
) -> Report:
    """`requests`: registered in the year; `objections`: lodged in it; `agencies`: by code."""
    notices = _days_to(requests, calendar, lambda entry: entry.notice_on)
    answered = [entry for entry in requests if entry.notice_on]
    in_time = sum(_in_time(entry) for entry in answered)
    owed = sum(_owes_a_notice(entry, today) for entry in requests)
    outcomes = Counter(decision_of(entry) for entry in requests)
    reasons = Counter(entry.reason_code for entry in requests if entry.reason_code)
    return Report(
        year,
        today,
        (
            (str(len(requests)), "permohonan diterima"),
            (_share(in_time, len(answered) + owed), "dijawab tepat waktu"),
            (_number(fmean(notices)) if notices else "–", "hari kerja sampai dijawab, rata-rata"),
            (str(len(objections)), "keberatan diterima"),
        ),
        (
            _by_month_plot(requests, year),
            _outcome_plot(outcomes, year),
            _time_plot(notices),
            _reason_plot(reasons),
        ),
        (
            _by_month(requests),
            _counted("Hasil permohonan", "Hasil", _OUTCOMES, outcomes, len(requests)),
            _times(requests, calendar),
            _promises(requests, in_time, owed),
            _reasons(reasons),
            _by("Menurut perangkat daerah", "Perangkat daerah", requests,
                lambda entry: agencies.get(entry.agency or "", "PPID")),
            _by("Menurut jenis Pemohon", "Jenis Pemohon", requests,
                lambda entry: choices.KINDS.get(entry.kind, entry.kind)),
            _by("Menurut saluran", "Saluran", requests,
                lambda entry: choices.CHANNELS.get(entry.channel, entry.channel)),
            _objection_grounds(objections),
            _objection_answers(objections, today),
            _disputes(requests),
            _scores(requests),
        ),
    )  # fmt: skip


def _days_to(
    requests: Iterable[Entry], calendar: Calendar, until: Callable[[Entry], str | None]
) -> list[int]:
    return [
        _working_days(entry, until_, calendar) for entry in requests if (until_ := until(entry))
    ]


def _working_days(entry: Entry, until: str, calendar: Calendar) -> int:
    def between(first: str, last: str) -> int:
        return calendar.working_days_between(date.fromisoformat(first), date.fromisoformat(last))

    stood_still = sum(
        between(first, min(last or until, until))
        for first, last in entry.pauses
        if first and first < until
    )
    return max(between(entry.received_on, until) - stood_still, 0)


def _in_time(entry: Entry) -> bool:
    return bool(entry.notice_on and entry.statutory_due and entry.notice_on <= entry.statutory_due)


def _owes_a_notice(entry: Entry, today: date) -> bool:
    """The law's deadline has passed without a notice; one that was withdrawn owes none."""
    owed_until = entry.ended_on or today.isoformat()
    passed = entry.statutory_due is not None and entry.statutory_due < owed_until
    returned = bool(entry.pauses and entry.pauses[-1][1] is None)
    return passed and entry.notice_on is None and not returned


def _by_month(requests: Sequence[Entry]) -> Table:
    received = Counter(entry.received_on[5:7] for entry in requests)
    decided = Counter(entry.decided_on[5:7] for entry in requests if entry.decided_on)
    refused = Counter(
        entry.decided_on[5:7]
        for entry in requests
        if entry.decided_on and entry.decision == "refused"
    )
    rows: list[tuple[Cell, ...]] = [
        (name, received[key], decided[key], refused[key])
        for key, name in ((f"{number:02}", name) for number, name in enumerate(_MONTHS, 1))
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


def _times(requests: Sequence[Entry], calendar: Calendar) -> Table:
    wanted: tuple[tuple[str, Callable[[Entry], str | None]], ...] = (
        ("Pemberitahuan tertulis", lambda entry: entry.notice_on),
        ("Keputusan", lambda entry: entry.decided_on),
        ("Penyampaian data", lambda entry: entry.delivered_on),
        ("Surat penolakan", lambda entry: entry.refused_on),
    )
    return Table(
        "Waktu yang diperlukan, dalam hari kerja sejak diterima",
        (("Sampai dengan",), ("Jumlah",), ("Rata-rata",), ("Median",), ("Terlama",)),
        [(name, *_Times(_days_to(requests, calendar, until)).cells) for name, until in wanted],
        (4, 1.5, 1.5, 1.5, 1.5),
    )


def _promises(requests: Sequence[Entry], in_time: int, owed: int) -> Table:
    late = sum(bool(entry.notice_on) and not _in_time(entry) for entry in requests)
    extended = sum(entry.extended for entry in requests)
    returned = sum(bool(entry.pauses) for entry in requests)
    rows: list[tuple[Cell, ...]] = [
        ("Pemberitahuan tertulis terbit tepat waktu", in_time),
        ("Pemberitahuan tertulis terbit terlambat", late),
        ("Tenggat lewat, pemberitahuan tertulis belum terbit", owed),
        ("Tenggat diperpanjang (Pasal 22 ayat (8))", extended),
        ("Permohonan yang pernah dikembalikan untuk dilengkapi", returned),
    ]  # fmt: skip
    return Table(
        f"Tenggat {sop.STATUTORY_DAYS} hari kerja (Pasal 22 ayat (7))",
        (("Keadaan",), ("Jumlah",)), rows, (6, 1.5),
    )  # fmt: skip


def _reasons(reasons: Mapping[str, int]) -> Table:
    rows = [(*_reason_words(code), count) for code, count in _most_first(reasons)]
    return Table(
        "Alasan penolakan, seluruhnya atau sebagian",
        (("Dasar hukum",), ("Alasan",), ("Jumlah",)), rows, (3, 6, 1.2),
    )  # fmt: skip


def _reason_words(code: str) -> tuple[str, str]:
    known = refusal.BY_CODE.get(code)
    return (known.article, known.text) if known else ("", code)


def _by(title: str, what: str, requests: Sequence[Entry], key: Callable[[Entry], str]) -> Table:
    groups: dict[str, Counter[str]] = {}
    for entry in requests:
        groups.setdefault(key(entry), Counter())[decision_of(entry)] += 1
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


def _disputes(requests: Sequence[Entry]) -> Table:
    counts = Counter(entry.dispute for entry in requests if entry.dispute)
    rows: list[tuple[Cell, ...]] = [
        ("Sedang diperiksa", counts["diperiksa"]),
        *((words, counts[code]) for code, words in redress.OUTCOMES.items()),
    ]
    return Table("Sengketa di Komisi Informasi", (("Keadaan",), ("Jumlah",)), rows, (6, 1.5))


def _scores(requests: Sequence[Entry]) -> Table:
    given = [entry.score for entry in requests if entry.score is not None]
    counts = Counter(given)
    rows: list[tuple[Cell, ...]] = [
        (words, counts[score]) for score, words in satisfaction.SCORES.items()
    ]
    rows.append(("Rata-rata", round(fmean(given), 1) if given else None))
    return Table("Penilaian Pemohon atas pelayanan", (("Nilai",), ("Jumlah",)), rows, (6, 1.5))


def _by_month_plot(requests: Sequence[Entry], year: int) -> Plot:
    received = Counter(entry.received_on[5:7] for entry in requests)
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


def _reason_plot(reasons: Mapping[str, int]) -> Plot:
    values = [
        Bar(_reason_words(code)[0].replace(" UU Nomor 14 Tahun 2008", ""), count)
        for code, count in _most_first(reasons)
    ]
    return Plot(bars(values), "Pasal yang menjadi dasar penolakan, seluruhnya atau sebagian.")


def _most_first(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda each: (-each[1], each[0]))


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} %" if whole else "–"


def _number(value: float) -> str:
    return f"{value:.1f}".replace(".", ",")
