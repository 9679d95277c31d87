"""Makes the PDF of a letter with Typst: PDF/A-2a and PDF/UA-1, the same bytes each time."""

import hashlib
import io
import json
import threading
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import segno
import typst

from letters_service.domain.errors import LetterNotRendered

_PACKAGE = Path(__file__).parent.parent
TEMPLATES = _PACKAGE / "templates" / "typst"
FONTS = _PACKAGE / "fonts"
STANDARDS: Any = ["a-2a", "ua-1"]


class Typesetter:
    """One compiler, kept warm; it reads only the folder of templates and only our own fonts."""

    def __init__(self) -> None:
        fonts = typst.Fonts(
            include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)]
        )
        self._compiler = typst.Compiler(
            root=str(TEMPLATES),
            font_paths=fonts,
            ignore_system_fonts=True,
            # No package is used; a template that asked for one would find none and stop.
            package_path=str(FONTS),
            package_cache_path=str(FONTS),
        )
        self._one_at_a_time = threading.Lock()
        self.edition = f"typst {version('typst')}, templates {_edition()}"
        """What made a letter, kept beside it."""

    def pdf(self, kind: str, content: Mapping[str, Any], *, issued_at: datetime) -> bytes:
        """The letter. Raises LetterNotRendered, with what the typesetter said."""
        with self._one_at_a_time:
            try:
                made = self._compiler.compile(
                    str(TEMPLATES / f"{kind}.typ"),
                    format="pdf",
                    sys_inputs={"data": json.dumps(content)},
                    pdf_standards=STANDARDS,
                    timestamp=issued_at,
                )
            except typst.TypstError as error:
                # Not `from error`: its text quotes the letter, and so perhaps a name.
                raise LetterNotRendered(
                    f"Surat tidak dapat dicetak: {_told(error.message)}."
                    " Periksa huruf yang tidak lazim pada nama atau alamat."
                ) from None
        if not isinstance(made, bytes):
            raise LetterNotRendered("Surat tidak dapat dicetak: hasilnya bukan satu berkas PDF.")
        # An incremental signature appended later needs the end of a line after %%EOF (PDF/A 6.1.9).
        return made if made.endswith(b"\n") else made + b"\n"


def qr_svg(text: str) -> str:
    """A QR code with its quiet zone of four modules."""
    svg = io.BytesIO()
    code = segno.make(text, error="m", boost_error=False, micro=False)
    code.save(svg, kind="svg", xmldecl=False, border=4, dark="#000", light="#fff")
    return svg.getvalue().decode()


def has_glyph(char: str) -> bool:
    """Whether every cut of the letters' font can write it."""
    return any(first <= ord(char) <= last for first, last in _covered())


def _told(message: str) -> str:
    """What the typesetter said, with a strange sign as its code."""
    return "".join(char if char.isascii() else f"U+{ord(char):04X}" for char in message)


@cache
def _covered() -> tuple[tuple[int, int], ...]:
    lines = (FONTS / "coverage.txt").read_text(encoding="ascii").split()
    return tuple((int(first, 16), int(last, 16)) for first, last in (li.split("-") for li in lines))


@cache
def _edition() -> str:
    digest = hashlib.sha256()
    for path in sorted(TEMPLATES.iterdir()):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:12]
