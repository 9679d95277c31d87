"""What is written in a stranger's PDF: read in a limited process, for a check code of ours."""

from pathlib import Path
from typing import Any

from chassis.sandbox import Refused, limited

_PAGES_MAX = 30
_CHARS_PER_PAGE_MAX = 20_000
_MEMORY_MB = 768
_SECONDS = 20


def words_of(data: bytes) -> str:
    """The text and the keywords of the document. Raises Refused when no PDF can be read from it."""
    told: dict[str, Any] = limited(
        "letters_service.adapters.pdf_words:read",
        {},
        files={"path": data},
        memory_mb=_MEMORY_MB,
        seconds=_SECONDS,
    )
    return str(told["words"])


def read(path: str) -> dict[str, str]:
    """What the limited process does."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(Path(path).read_bytes())
    except pypdfium2.PdfiumError as error:
        raise Refused(
            "Berkas PDF ini tidak dapat dibaca: rusak, atau terkunci dengan kata sandi."
        ) from error
    words = [str(document.get_metadata_dict().get("Keywords", ""))]
    for number in range(min(len(document), _PAGES_MAX)):
        try:
            page = document[number].get_textpage()
            words.append(page.get_text_range(0, min(page.count_chars(), _CHARS_PER_PAGE_MAX)))
        except pypdfium2.PdfiumError:
            continue
    return {"words": "\n".join(words)}
