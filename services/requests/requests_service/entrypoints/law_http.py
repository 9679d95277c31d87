"""The yearly report and the registers as JSON, for everybody: /api/requests/reports."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, Field

from requests_service.entrypoints.http import App
from requests_service.law import papers
from requests_service.law.table import Cell, Table

router = APIRouter(prefix="/api/requests/reports", tags=["reports"])
_SOFT_HYPHEN = "\u00ad"
Year = Annotated[int, Path(ge=2000, le=2199)]


class Register(StrEnum):
    """Of `papers.REGISTERS`."""

    PERMOHONAN = "register-permohonan"
    KEBERATAN = "register-keberatan"


class TableTold(BaseModel):
    """A table as the page has it, its words in Indonesian."""

    title: str
    columns: Annotated[
        list[list[str]], Field(description="The heading of each, from the top storey to the last.")
    ]
    rows: list[list[int | float | date | str | None]]


class Figure(BaseModel):
    """What a reader wants first."""

    value: str
    counts: Annotated[str, Field(description="What was counted.")]


class YearlyReport(BaseModel):
    """Nobody is named."""

    title: str
    year: int
    made_at: datetime
    notes: list[str]
    figures: list[Figure]
    tables: list[TableTold]


class RegisterTold(BaseModel):
    """The public version: without identities, and without what a Pemohon wrote."""

    title: str
    year: int
    made_at: datetime
    notes: list[str]
    table: TableTold
    next_skip: Annotated[int | None, Field(description="None: these were the last rows.")]


@router.get("/{year}")
def yearly_report(request: Request, app: App, year: Year) -> YearlyReport:
    """The yearly report on public information requests, counted from the log as it stands now."""
    paper = papers.yearly_report(app, request.app.state.settings.city, year)
    return YearlyReport(
        title=paper.title,
        year=year,
        made_at=paper.made_at,
        notes=list(paper.notes),
        figures=[
            Figure(value=value, counts=words)
            for value, words in (paper.report.figures if paper.report else ())
        ],
        tables=[_told(each, each.rows) for each in paper.tables],
    )


@router.get("/{year}/{register}")
def register(
    request: Request,
    app: App,
    year: Year,
    register: Register,
    skip: Annotated[int, Query(ge=0, le=10_000_000, description="Rows to leave out.")] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> RegisterTold:
    """Rows of the register permohonan or of the register keberatan, by their numbers and days."""
    city = request.app.state.settings.city
    paper = papers.register_of(app, city, register.value, year, skip=skip, limit=limit + 1)
    (table,) = paper.tables
    return RegisterTold(
        title=paper.title,
        year=year,
        made_at=paper.made_at,
        notes=list(paper.notes),
        table=_told(table, table.rows[:limit]),
        next_skip=skip + limit if len(table.rows) > limit else None,
    )


def _told(table: Table, rows: Sequence[tuple[Cell, ...]]) -> TableTold:
    return TableTold(
        title=table.title,
        columns=[[each.replace(_SOFT_HYPHEN, "") for each in path] for path in table.headings],
        rows=[list(row) for row in rows],
    )
