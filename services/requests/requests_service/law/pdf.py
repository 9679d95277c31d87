"""Registers and reports as PDF/A-2a and PDF/UA-1, by Typst with the fonts it carries."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import typst
from chassis.pages import waktu

from requests_service.law.table import Cell, Table

PDF = "application/pdf"
_TEMPLATES = Path(__file__).parents[1] / "templates" / "typst"
_STANDARDS: Any = ["a-2a", "ua-1"]
_WIDE_COLUMNS = 12
_UPRIGHT_COLUMNS_MAX = 7
_UNPRINTABLE = re.compile("[^\n -~\u00a0-\u024f\u2010-\u2027\u2030-\u203f\u20a0-\u20bf]")
"""What Libertinus Serif, as Typst carries it, may lack: all but Latin, its signs, and money."""

Part = Mapping[str, Any]
"""A piece of the paper: judul, and one of angka, gambar, tabel, catatan; see laporan.typ."""


def pdf_of(
    title: str,
    *,
    office: str,
    notes: Sequence[str],
    parts: Sequence[Part],
    made_at: datetime,
    widest: int,
) -> bytes:
    """`widest`: columns of the widest table: from a dozen on the paper is A3."""
    told = {
        "judul": title,
        "badan": office,
        "keterangan": list(notes),
        "dibuat": waktu(made_at),
        "bagian": list(parts),
        "kertas": "a3" if widest > _WIDE_COLUMNS else "a4",
        "mendatar": widest > _UPRIGHT_COLUMNS_MAX,
        "huruf": 7.5 if widest > _WIDE_COLUMNS else 9,
        "sel": 3 if widest > _WIDE_COLUMNS else 5,
    }
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True)
    made = typst.compile(
        str(_TEMPLATES / "laporan.typ"),
        root=str(_TEMPLATES),
        font_paths=fonts,
        format="pdf",
        sys_inputs={"data": json.dumps(told)},
        pdf_standards=_STANDARDS,
        timestamp=made_at.replace(microsecond=0),
    )
    assert isinstance(made, bytes)
    return made


def of_table(table: Table, title: str = "") -> Part:
    """A table as a part of the paper."""
    numbers = [
        place
        for place in range(len(table.headings))
        if table.rows and all(isinstance(row[place], int | float) for row in table.rows)
    ]
    return {
        "judul": title,
        "tabel": {
            "kepala": [
                [{"teks": each.text, "kolom": each.columns, "baris": each.rows} for each in storey]
                for storey in table.head()
            ],
            "lebar": list(table.widths or [1.0] * len(table.headings)),
            "isi": [[_written(cell) for cell in row] for row in table.rows],
            "angka": numbers,
        },
    }


def _written(cell: Cell) -> str:
    if isinstance(cell, date):
        return f"{cell:%d-%m-%Y}"
    if isinstance(cell, float):
        return f"{cell:.1f}".replace(".", ",")
    return "" if cell is None else _UNPRINTABLE.sub(_as_its_code, str(cell))


def _as_its_code(sign: re.Match[str]) -> str:
    """PDF/A refuses a sign that the font has not: an emoji must not keep a register from paper."""
    return f"[U+{ord(sign[0]):04X}]"
