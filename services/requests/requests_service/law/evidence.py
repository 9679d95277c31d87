"""The bundle of evidence for the E-Monev of the Komisi Informasi: a ZIP with an index.

What is asked for each year is what one agency's questionnaire of 2026 asked for (to be confirmed
against the year's own). What this application cannot prove stands in the index, too, as to be added
by hand. Nobody is named: the registers are the public versions.
"""

import hashlib
import io
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from requests_service.application import Requests
from requests_service.audit.conformance import conformance_of, period_from
from requests_service.domain import bpmn, choices, sop
from requests_service.domain.conformance import LABELS, Kind
from requests_service.domain.identity import FIELDS
from requests_service.domain.words import TEXT_TITLES
from requests_service.law.papers import Paper, register_of, yearly_report
from requests_service.law.table import Cell, Table

_BY_HAND = "(lampirkan sendiri)"
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
"""The oldest that a ZIP knows: the same content gives the same bytes."""


@dataclass(frozen=True)
class _Asked:
    """A proof that is asked for, and the files that give it."""

    words: str
    where: str
    """Where it comes from."""
    files: Mapping[str, bytes]


def bundle(app: Requests, city: Mapping[str, Any], year: int) -> bytes:
    """The ZIP; INDEKS.pdf and INDEKS.csv say what each file proves, and its SHA-256."""
    asked = [each(app, city, year) for each in _GIVEN] + [
        _Asked(words, where, {}) for words, where in _OTHERS
    ]
    rows: list[tuple[Cell, ...]] = []
    for number, each in enumerate(asked, 1):
        names = each.files or {_BY_HAND: b""}
        for name, content in names.items():
            digest = hashlib.sha256(content).hexdigest() if content else ""
            rows.append((number, each.words, name, each.where, digest))
    title = f"Indeks Bukti E-Monev Tahun {year}"
    headings = (("No.",), ("Bukti yang diminta",), ("Berkas",), ("Asal",), ("SHA-256",))
    index = _paper(
        app, city, title, Table(title, headings, rows, (0.7, 4, 3.5, 4, 4)),
        "Register dalam berkas ini ialah versi publik, tanpa identitas Pemohon. Daftar bukti"
        " disusun menurut kuesioner tahun 2026; cocokkan dengan kuesioner tahun berjalan.",
    )  # fmt: skip
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as file:
        _put(file, "INDEKS.pdf", index.written("pdf"))
        _put(file, "INDEKS.csv", index.written("csv"))
        for each in asked:
            for name, content in each.files.items():
                _put(file, name, content)
    return whole.getvalue()


def _put(file: zipfile.ZipFile, name: str, content: bytes) -> None:
    told = zipfile.ZipInfo(name, _ZIP_TIME)
    told.compress_type = zipfile.ZIP_DEFLATED
    file.writestr(told, content)


def _paper(app: Requests, city: Mapping[str, Any], title: str, table: Table, *notes: str) -> Paper:
    return Paper(title, city["offices"]["ppid"]["name"], notes, (table,), app.today().at)


def _files(paper: Paper, name: str, *formats: str) -> dict[str, bytes]:
    return {f"{name}.{each}": paper.written(each) for each in formats or ("pdf", "xlsx")}


def _request_form(app: Requests, city: Mapping[str, Any], year: int) -> _Asked:
    texts = {name: TEXT_TITLES[name] for name in ("data_wanted", "purpose")}
    rows: list[tuple[Cell, ...]] = [
        ("Jenis Pemohon", "; ".join(choices.KINDS.values())),
        *((label, "isian") for label in FIELDS.values()),
        *((label, "isian") for label in texts.values()),
        ("Cara memperoleh data", "; ".join(choices.WAYS_TO_OBTAIN.values())),
        ("Cara mengirim data", "; ".join(choices.WAYS_TO_SEND.values())),
        ("Format data", "; ".join(choices.FORMATS.values())),
        ("Saluran", "; ".join(choices.CHANNELS.values())),
    ]
    title = "Formulir Permohonan Informasi"
    paper = _paper(app, city, title, Table(title, (("Isian",), ("Cara mengisi",)), rows, (2, 4)))
    return _Asked(
        "Formulir permohonan informasi", "Laman /permohonan/formulir",
        _files(paper, "01-formulir-permohonan", "pdf"),
    )  # fmt: skip


def _objection_form(app: Requests, city: Mapping[str, Any], year: int) -> _Asked:
    rows: list[tuple[Cell, ...]] = [
        ("Nomor pendaftaran permohonan", "diisi sistem"),
        ("Identitas Pemohon atau kuasanya", "dari permohonan"),
        *((f"Alasan huruf {each.letter}", each.text) for each in choices.GROUNDS.values()),
        ("Kasus posisi", "isian"),
        ("Tanggal tanggapan akan diberikan", f"{sop.OBJECTION_ANSWER_DAYS} hari kerja"),
    ]
    title = "Formulir Keberatan"
    paper = _paper(app, city, title, Table(title, (("Isian",), ("Isi",)), rows, (2, 4)))
    return _Asked(
        "Formulir keberatan (Pasal 35 dan 36)", "Laman permohonan, bagian keberatan",
        _files(paper, "02-formulir-keberatan", "pdf"),
    )  # fmt: skip


def _register(which: str, number: str) -> Callable[[Requests, Mapping[str, Any], int], _Asked]:
    def make(app: Requests, city: Mapping[str, Any], year: int) -> _Asked:
        paper = register_of(app, city, which, year)
        return _Asked(
            paper.title, f"Laman /laporan/{year}/{which}", _files(paper, f"{number}-{which}")
        )

    return make


def _report(app: Requests, city: Mapping[str, Any], year: int) -> _Asked:
    paper = yearly_report(app, city, year)
    return _Asked(paper.title, f"Laman /laporan/{year}", _files(paper, "05-laporan-tahunan"))


def _procedure(app: Requests, city: Mapping[str, Any], year: int) -> _Asked:
    rows: list[tuple[Cell, ...]] = [
        (step.no, step.activity, step.owners_label, "; ".join(step.requirements), step.time,
         step.output)
        for step in sop.SOP
    ]  # fmt: skip
    headings = (
        ("No.",), ("Uraian prosedur",), ("Pelaksana",), ("Kelengkapan",), ("Waktu",), ("Output",),
    )  # fmt: skip
    title = f"SOP {sop.TITLE}"
    table = Table(title, headings, rows, (0.6, 4, 1.8, 2.4, 1.1, 2.4))
    note = f"Nomor {sop.EDITION}, disahkan {sop.APPROVED_ON}. {sop.RECORDS}"
    files = _files(_paper(app, city, title, table, note), "06-sop", "pdf")
    files["06-sop-alur.bpmn"] = bpmn.render().encode()
    return _Asked(
        "SOP dengan alur, waktu, pelaksana, output, dan mekanisme pencatatan", "Laman /sop", files
    )


def _reasons(app: Requests, city: Mapping[str, Any], year: int) -> _Asked:
    rows: list[tuple[Cell, ...]] = [
        (each.article, each.text) for each in app.refusal_reasons.in_force().rows
    ]
    title = "Alasan Penolakan dan Dasar Hukumnya"
    paper = _paper(app, city, title, Table(title, (("Dasar hukum",), ("Alasan",)), rows, (2, 5)))
    return _Asked(
        "Dasar pengecualian dan penolakan", "Tabel alasan yang dipakai setiap penolakan",
        _files(paper, "07-alasan-penolakan", "pdf"),
    )  # fmt: skip


def _tests(app: Requests, city: Mapping[str, Any], year: int) -> _Asked:
    rows: list[tuple[Cell, ...]] = [
        (
            each.number,
            each.tested.information,
            "Pasal 17 huruf " + ", ".join(each.tested.exceptions),
            each.tested.if_opened,
            each.tested.if_closed,
            each.tested.decree,
            each.tested.valid_from,
            each.tested.valid_until or each.ended_on,
        )
        for each in reversed(app.consequence_tests.all())
    ]
    headings = (
        ("Nomor",), ("Informasi",), ("Dasar",), ("Akibat bila dibuka",), ("Bila ditutup",),
        ("Penetapan",), ("Berlaku", "Dari"), ("Berlaku", "Sampai"),
    )  # fmt: skip
    title = "Daftar Uji Konsekuensi"
    table = Table(title, headings, rows, (1.5, 3, 1.6, 3, 3, 2, 1.4, 1.4))
    return _Asked(
        "Uji konsekuensi (Pasal 19; Perki 1/2021 Pasal 49)", "Laman /meja/uji-konsekuensi",
        _files(_paper(app, city, title, table), "08-uji-konsekuensi"),
    )  # fmt: skip


def _conformance(app: Requests, city: Mapping[str, Any], year: int) -> _Asked:
    today = app.today().day
    period = period_from(f"{year}-01-01", f"{year}-12-31", today)
    found = conformance_of(app.pool, period, today=today)
    rows: list[tuple[Cell, ...]] = [
        (LABELS[Kind(row["kind"])], row["count"]) for row in found.counts["kind"]
    ]
    rows.append(("Pemberitahuan tertulis yang masih terutang", len(found.missed)))
    title = f"Kesesuaian dengan SOP Tahun {year}"
    table = Table(title, (("Yang tidak sesuai",), ("Jumlah",)), rows, (5, 1))
    return _Asked(
        "Pengawasan atas pelaksanaan SOP", "Laman /audit/kesesuaian",
        _files(_paper(app, city, title, table), "09-kesesuaian", "pdf"),
    )  # fmt: skip


def _calendar(app: Requests, city: Mapping[str, Any], year: int) -> _Asked:
    calendar = app.today().calendar
    decrees = [each for each in calendar.decrees if each.year == year]
    days = [
        *(
            (day.date, day.name, "Cuti bersama" if day.cuti_bersama else "Libur nasional")
            for each in decrees
            for day in each.days_off
        ),
        *((day.date, day.name, "Hari kerja khusus") for day in calendar.worked),
    ]
    rows: list[tuple[Cell, ...]] = [each for each in sorted(days) if each[0].year == year]
    title = f"Hari Libur yang Dipakai Menghitung Tenggat Tahun {year}"
    table = Table(title, (("Tanggal",), ("Hari libur",), ("Jenis",)), rows, (1.2, 4, 1.6))
    note = "; ".join(each.number for each in decrees) or "Belum ada keputusan untuk tahun ini."
    return _Asked(
        "Dasar penghitungan hari kerja", "Kalender hari kerja aplikasi",
        _files(_paper(app, city, title, table, note), "10-kalender", "pdf"),
    )  # fmt: skip


_GIVEN: tuple[Callable[[Requests, Mapping[str, Any], int], _Asked], ...] = (
    _request_form,
    _objection_form,
    _register("register-permohonan", "03"),
    _register("register-keberatan", "04"),
    _report,
    _procedure,
    _reasons,
    _tests,
    _conformance,
    _calendar,
)
_OTHERS = (
    ("Daftar Informasi Publik", "Laman /dip; unduh dari katalog"),
    ("Keputusan penetapan Daftar Informasi Publik", "Arsip PPID"),
    ("Keputusan penetapan Daftar Informasi yang Dikecualikan", "Arsip PPID"),
    ("Keputusan pengangkatan PPID", "Arsip PPID"),
)
