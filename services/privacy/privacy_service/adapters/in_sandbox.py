"""What the limited process does with a file: scan it, mask it, show its first rows.

Each function gets the path to the file's bytes and gives JSON (and the masked bytes) back.
"""

from dataclasses import asdict, replace
from itertools import islice
from typing import Any

from chassis.sandbox import Refused
from chassis.uploads import Format

from privacy_service.adapters.document import opened, residues
from privacy_service.domain.kinds import Kind
from privacy_service.domain.masking import RESIDUES_MAX, Decision, Masker, decide, proposed
from privacy_service.domain.methods import Method
from privacy_service.domain.verdicts import judge


def scan(path: str, format: str) -> dict[str, Any]:
    """Verdicts on every column, without one value of the file."""
    document = opened(path, Format(format))
    columns = document.columns()
    verdicts = judge(columns)
    masker = Masker.prepared(columns, decide(verdicts, proposed(verdicts)), b"")
    return {
        "rows": document.rows,
        "notes": document.notes,
        "columns": [
            # A title may name somebody whom the file speaks of.
            asdict(replace(verdict, title=masker.title(verdict.title)))
            for verdict in verdicts
        ],
    }


def mask(path: str, format: str, key: str, decisions: list[dict[str, str]]) -> dict[str, Any]:
    """The masked bytes, what was changed, and what is left (then the bytes must not be given)."""
    document = opened(path, Format(format))
    chosen = [_decision(stored) for stored in decisions]
    columns = document.columns()
    masker = Masker.prepared(columns, chosen, bytes.fromhex(key))
    made = document.masked(masker)
    for column in columns:
        # What is no column is not written at all.
        if column.whole:
            masker.cells[column.key] = len(column.values)
    left = _left_in(made.data, made.format, masker)
    return {
        "data": made.data,
        "format": str(made.format),
        "rows": document.rows,
        "left": left,
        "masked_columns": _masked_columns(masker, chosen, {c.key: c.title for c in columns}),
    }


def mask_as_proposed(path: str, format: str, key: str) -> dict[str, Any]:
    """Scan and mask at once, with the way that is proposed for each column that was found."""
    verdicts = judge(opened(path, Format(format)).columns())
    decisions = [
        {"key": d.key, "title": d.title, "kind": str(d.kind), "method": str(d.method)}
        for d in decide(verdicts, proposed(verdicts))
    ]
    return {"findings": scan(path, format)["columns"]} | mask(path, format, key, decisions)


def preview(
    path: str, format: str, key: str, decisions: list[dict[str, str]], rows: int
) -> list[dict[str, Any]]:
    """The first rows as they would be given."""
    document = opened(path, Format(format))
    chosen = [_decision(stored) for stored in decisions]
    masker = Masker.prepared(document.columns(), chosen, bytes.fromhex(key))
    return document.first_masked(masker, rows)


def first_rows(path: str, format: str, rows: int) -> list[dict[str, Any]]:
    """The first rows as they are."""
    return opened(path, Format(format)).first(rows)


def readable(path: str, format: str) -> dict[str, Any]:
    """Refuses what cannot be read at all, before it is kept."""
    return {"rows": opened(path, Format(format)).rows}


def _decision(stored: dict[str, str]) -> Decision:
    return Decision(stored["key"], stored["title"], Kind(stored["kind"]), Method(stored["method"]))


def _left_in(data: bytes, format: Format, masker: Masker) -> list[str]:
    try:
        return [str(found) for found in islice(residues(data, format, masker), RESIDUES_MAX)]
    except Refused:
        return ["berkas hasil, yang tidak dapat dibaca kembali"]


def _masked_columns(
    masker: Masker, chosen: list[Decision], titles: dict[str, str]
) -> list[dict[str, Any]]:
    """Every column in which something was changed, by a choice or by a value found in it."""
    by_choice = {
        decision.key: {
            "column": decision.title,
            "kind": str(decision.kind),
            "method": str(decision.method),
            "cells": masker.cells[decision.key],
        }
        for decision in chosen
        if decision.method is not Method.KEEP and decision.kind is not Kind.FORMULA
    }
    by_value = {
        key: {
            "column": masker.title(titles.get(key, key)),
            "kind": str(Kind.TEXT),
            "method": str(Method.IN_TEXT),
            "cells": cells,
        }
        for key, cells in masker.cells.items()
        if cells and key not in masker.decisions and not key.startswith("(")
    }
    return [*by_choice.values(), *by_value.values()]
