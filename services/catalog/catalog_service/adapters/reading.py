"""Reads a dataset's file in a limited process: the table as CSV, a preview, a drawn outline."""

import csv
import io
import math
from collections.abc import Iterator
from typing import Any

from chassis.sandbox import limited
from chassis.uploads import Format, load_json, read_tables

from catalog_service.domain.files import PREVIEW_ROWS, ReadFile

_CELL_LENGTH_MAX = 300
_WIDTH = 640.0
_OUTLINE_LENGTH_MAX = 160_000
_POINTS_MAX = 4_000

Position = tuple[float, float]


def read_safely(data: bytes, format: Format) -> ReadFile:
    """The file's table. Raises Refused with a sentence for who sent it."""
    found = limited(
        "catalog_service.adapters.reading:read_file",
        {"format": str(format)},
        files={"path": data},
    )
    return ReadFile(
        columns=tuple(found["columns"]),
        row_count=found["row_count"],
        preview=tuple(tuple(row) for row in found["preview"]),
        notes=tuple(found["notes"]),
        table=found["table"],
        outline=found["outline"],
    )


def read_file(path: str, format: str) -> dict[str, Any]:
    """What runs inside the limited process."""
    tables = read_tables(path, Format(format))
    table = max(tables, key=lambda each: each.row_count)
    notes = list(table.notes)
    if len(tables) > 1:
        notes.append(
            f"Berkas ini memuat {len(tables)} lembar; yang ditampilkan adalah “{table.name}”."
        )
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(table.columns)
    writer.writerows(table.rows)
    outline = drawn(load_json(path)) if format == Format.GEOJSON else ""
    return {
        "columns": table.columns,
        "row_count": table.row_count,
        "preview": [[_short(cell) for cell in row] for row in table.rows[:PREVIEW_ROWS]],
        "notes": notes,
        "table": text.getvalue().encode("utf-8", "replace"),
        "outline": outline,
    }


def _short(cell: str) -> str:
    clean = cell.replace("\0", "")
    return clean if len(clean) <= _CELL_LENGTH_MAX else clean[: _CELL_LENGTH_MAX - 1] + "…"


def drawn(document: Any) -> str:
    """The geometries as one small SVG; nothing when there is nothing to draw."""
    lines, areas, points = [], [], []
    for geometry in _geometries(document):
        kind, coordinates = geometry.get("type"), geometry.get("coordinates")
        if kind == "Point":
            points.extend(_ring([coordinates]))
        elif kind == "MultiPoint":
            points.extend(_ring(coordinates))
        elif kind == "LineString":
            lines.append(_ring(coordinates))
        elif kind == "MultiLineString":
            lines.extend(_ring(line) for line in coordinates or ())
        elif kind == "Polygon":
            areas.append([_ring(ring) for ring in coordinates or ()])
        elif kind == "MultiPolygon":
            areas.extend([_ring(ring) for ring in polygon] for polygon in coordinates or ())
    every = [*points, *(p for line in lines for p in line)]
    every += [p for rings in areas for ring in rings for p in ring]
    if not every:
        return ""
    place = _Projection(every)
    step = 0.5
    while True:
        svg = _svg(place, step, lines, areas, points[:_POINTS_MAX])
        if len(svg) <= _OUTLINE_LENGTH_MAX or step > 16:
            return svg if len(svg) <= _OUTLINE_LENGTH_MAX else ""
        step *= 2


def _geometries(node: Any) -> Iterator[dict[str, Any]]:
    if not isinstance(node, dict):
        return
    if node.get("type") == "FeatureCollection":
        features = node.get("features")
        for feature in features if isinstance(features, list) else ():
            yield from _geometries(feature)
    elif node.get("type") == "Feature":
        yield from _geometries(node.get("geometry"))
    elif node.get("type") == "GeometryCollection":
        for geometry in node.get("geometries") or ():
            yield from _geometries(geometry)
    else:
        yield node


def _ring(coordinates: Any) -> list[Position]:
    ring = []
    for position in coordinates if isinstance(coordinates, list) else ():
        try:
            x, y = float(position[0]), float(position[1])
        except (TypeError, ValueError, IndexError, KeyError):
            continue
        if math.isfinite(x) and math.isfinite(y):
            ring.append((x, y))
    return ring


class _Projection:
    """Degrees (or metres) to the drawing's own units, north above."""

    def __init__(self, positions: list[Position]) -> None:
        xs = [x for x, _ in positions]
        ys = [y for _, y in positions]
        self._left, self._top = min(xs), max(ys)
        middle = (self._top + min(ys)) / 2
        narrow = math.cos(math.radians(middle)) if abs(middle) < 89 else 1.0
        width = max((max(xs) - self._left) * narrow, 1e-6)
        height = max(self._top - min(ys), 1e-6)
        self._scale = min(_WIDTH / width, _WIDTH / height)
        self._narrow = narrow
        self.width = max(width * self._scale, 1.0)
        self.height = max(height * self._scale, 1.0)

    def __call__(self, position: Position) -> Position:
        x, y = position
        return (
            (x - self._left) * self._narrow * self._scale,
            (self._top - y) * self._scale,
        )


def _svg(
    place: _Projection,
    step: float,
    lines: list[list[Position]],
    areas: list[list[list[Position]]],
    points: list[Position],
) -> str:
    margin = 12
    width, height = place.width + 2 * margin, place.height + 2 * margin

    def path(ring: list[Position], close: bool) -> str:
        placed: list[tuple[float, float]] = []
        for position in ring:
            x, y = place(position)
            here = (round(x / step) * step, round(y / step) * step)
            if not placed or here != placed[-1]:
                placed.append(here)
        if len(placed) < 2:
            return ""
        return "M" + "L".join(f"{x:g} {y:g}" for x, y in placed) + ("Z" if close else "")

    shapes = "".join(
        f'<path d="{d}"/>' for rings in areas if (d := "".join(path(r, True) for r in rings))
    )
    strokes = "".join(f'<path d="{d}"/>' for line in lines if (d := path(line, False)))
    dots = "".join(
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5"/>' for x, y in (place(p) for p in points)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="outline" role="img"'
        f' aria-label="Gambar letak objek; utara di atas"'
        f' viewBox="{-margin} {-margin} {width:.0f} {height:.0f}">'
        f'<g fill="currentColor" fill-opacity=".15" fill-rule="evenodd" stroke="currentColor"'
        f' stroke-width="1">{shapes}</g>'
        f'<g fill="none" stroke="currentColor" stroke-width="1.5">{strokes}</g>'
        f'<g fill="currentColor" fill-opacity=".75">{dots}</g></svg>'
    )
