"""The yearly report and both registers, each in every format."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from chassis.actor import Actor
from chassis.pages import tanggal

from requests_service.application import Requests
from requests_service.law import files, opening, pdf, registers, tally
from requests_service.law.report import Report, report_of
from requests_service.law.table import Table
from requests_service.projections import register

REGISTERS = MappingProxyType(
    {
        "register-permohonan": "Register Permohonan Informasi Publik",
        "register-keberatan": "Register Keberatan",
    }
)
FORMATS = MappingProxyType({"csv": files.CSV, "xlsx": files.XLSX, "pdf": pdf.PDF})


@dataclass(frozen=True)
class Paper:
    """What is shown or written: a title, what must be known of it, and its tables."""

    title: str
    office: str
    notes: tuple[str, ...]
    tables: tuple[Table, ...]
    made_at: datetime
    report: Report | None = None

    def written(self, format_: str) -> bytes:
        """`format_`: of FORMATS."""
        return _WRITERS[format_](self)


def register_of(
    app: Requests,
    city: Mapping[str, Any],
    which: str,
    year: int,
    *,
    opened_for: Actor | None = None,
    skip: int = 0,
    limit: int | None = None,
) -> Paper:
    """`which`: of REGISTERS. Opened for an officer, with all columns; that is a fact in the log.

    `skip` and `limit` count rows.
    """
    public = opened_for is None
    columns: Sequence[registers.Column[Any]]
    lines: Sequence[Any]
    if which == "register-permohonan":
        columns = registers.REQUESTS
        lines = opening.request_lines(app, year, opened_for=opened_for, skip=skip, limit=limit)
    else:
        columns = registers.OBJECTIONS
        office = city["offices"]["atasan_ppid"]["head_title"]
        lines = opening.objection_lines(app, year, office=office, opened_for=opened_for)
        lines = lines[skip:][:limit]
    title = f"{REGISTERS[which]} Tahun {year}"
    notes: tuple[str, ...] = (registers.NOT_PUBLIC,) if public else (registers.NOT_FOR_OTHERS,)
    if not public and which == "register-permohonan":
        notes += (registers.NPWP_NOT_ASKED,)
    return Paper(
        title,
        city["offices"]["ppid"]["name"],
        notes,
        (registers.table_of(title, columns, lines, public=public),),
        app.today().at,
    )


def csv_of_requests(app: Requests, year: int, *, rows_at_once: int = 2000) -> Iterator[bytes]:
    """The public register permohonan, piece by piece, however long it is."""
    title = f"{REGISTERS['register-permohonan']} Tahun {year}"
    return files.csv_pieces(
        registers.table_of(title, registers.REQUESTS, lines, public=True)
        for lines in opening.public_pages(app, year, rows=rows_at_once)
    )


def yearly_report(app: Requests, city: Mapping[str, Any], year: int) -> Paper:
    """Counted from the register as it stands now."""
    today = app.today()
    requests = register.tally_of(app.pool, year, tally.ALL)
    objections = [
        each
        for _, entry in register.objected_in(app.pool, year)
        for each in entry.objections
        if each.lodged_on.startswith(f"{year}-")
    ]
    report = report_of(
        year,
        requests,
        objections,
        calendar=today.calendar,
        agencies=app.agencies,
        today=today.day,
        known=app.refusal_reasons.in_force(),
    )
    notes = (
        "Laporan layanan informasi publik menurut UU Nomor 14 Tahun 2008, dihitung dari catatan"
        f" peristiwa permohonan; keadaan pada {tanggal(today.day)}.",
        "Waktu dihitung dalam hari kerja: hari diterima ialah hari nol, dan hari-hari menunggu"
        " kelengkapan dari Pemohon tidak dihitung.",
    )
    title = f"Laporan Layanan Informasi Publik Tahun {year}"
    office = city["offices"]["ppid"]["name"]
    return Paper(title, office, notes, report.tables, today.at, report)


def _pdf(paper: Paper) -> bytes:
    parts: list[pdf.Part] = []
    if paper.report:
        figures = [{"nilai": value, "nama": words} for value, words in paper.report.figures]
        parts.append({"judul": "Ringkasan", "angka": figures})
        plots = [{"svg": plot.svg, "teks": plot.words} for plot in paper.report.plots]
        parts.append({"judul": "Dalam gambar", "gambar": plots})
    titled = len(paper.tables) > 1
    parts += [pdf.of_table(each, each.title if titled else "") for each in paper.tables]
    return pdf.pdf_of(
        paper.title,
        office=paper.office,
        notes=paper.notes,
        parts=parts,
        made_at=paper.made_at,
        widest=max(len(each.headings) for each in paper.tables),
    )


_WRITERS: Mapping[str, Callable[[Paper], bytes]] = {
    "csv": lambda paper: files.csv_of(paper.tables),
    "xlsx": lambda paper: files.xlsx_of(paper.tables, paper.notes),
    "pdf": _pdf,
}
