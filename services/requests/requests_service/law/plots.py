"""Small plots as SVG, drawn in the colour of the text around them: a page and a PDF take the same.

Each bar has its number written at it, so that nothing has to be read off an axis.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

_WIDTH = 480
_COLUMNS_HEIGHT = 200
_ROW_HEIGHT = 32
_LABEL_WIDTH = 175
_TOP = 26
_BOTTOM = 24
_SMALL = 13
_HOLLOW = 0.35


@dataclass(frozen=True)
class Bar:
    label: str
    value: int


def columns(values: Sequence[Bar], *, marks: Sequence[tuple[int, str]] = ()) -> str:
    """Upright bars; a mark is a line after the bar of that place, with its words."""
    most = max([1, *(each.value for each in values)])
    step = _WIDTH / max(len(values), 1)
    base = _COLUMNS_HEIGHT - _BOTTOM
    parts = []
    for place, each in enumerate(values):
        height = (base - _TOP) * each.value / most
        middle = (place + 0.5) * step
        parts.append(_rect(middle - 0.35 * step, base - height, 0.7 * step, height))
        parts.append(_text(middle, base + 17, each.label))
        if each.value:
            parts.append(_text(middle, base - height - 5, str(each.value), bold=True))
    parts.append(_line(0, base, _WIDTH, base))
    for place, words in marks:
        at = (place + 1) * step
        parts.append(_line(at, 6, at, base, dashed=True))
        parts.append(_text(at + 6, 16, words, anchor="start"))
    return _svg(_COLUMNS_HEIGHT, parts)


def bars(values: Sequence[Bar]) -> str:
    """Lying bars, one below the other, for long labels."""
    most = max([1, *(each.value for each in values)])
    room = _WIDTH - _LABEL_WIDTH - 40
    parts = []
    for place, each in enumerate(values):
        top = place * _ROW_HEIGHT
        width = room * each.value / most
        middle = top + _ROW_HEIGHT / 2 + 4
        parts.append(_text(_LABEL_WIDTH - 10, middle, each.label, anchor="end"))
        parts.append(_rect(_LABEL_WIDTH, top + 5, width, _ROW_HEIGHT - 10))
        parts.append(
            _text(_LABEL_WIDTH + width + 8, middle, str(each.value), bold=True, anchor="start")
        )
    height = max(len(values), 1) * _ROW_HEIGHT
    parts.append(_line(_LABEL_WIDTH, 0, _LABEL_WIDTH, height))
    return _svg(height, parts)


def _svg(height: float, parts: Sequence[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height:.0f}"'
        ' class="plot" aria-hidden="true" fill="currentColor" stroke="none"'
        f' font-family="sans-serif" font-size="{_SMALL}">{"".join(parts)}</svg>'
    )


def _rect(x: float, y: float, width: float, height: float) -> str:
    return (
        f'<rect class="bar" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"'
        ' fill="#2f7a6f"/>'
    )


def _line(x1: float, y1: float, x2: float, y2: float, *, dashed: bool = False) -> str:
    dash = ' stroke-dasharray="5 4"' if dashed else f' stroke-opacity="{_HOLLOW}"'
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
        f' stroke="currentColor"{dash}/>'
    )


def _text(x: float, y: float, words: str, *, bold: bool = False, anchor: str = "middle") -> str:
    weight = ' font-weight="bold"' if bold else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{weight}>{escape(words)}</text>'
