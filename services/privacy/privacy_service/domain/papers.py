"""The papers that show who a Pemohon is and for whom they ask: which, in what form, how many.

Perki 1/2021 and Perki 1/2010: the KTP of a person, the deed and the decree that recognises a legal
body, the letter of authority of a proxy. Which of them a city must ask for is to be confirmed by
the text of Perki 1/2021.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from privacy_service.domain.errors import PaperUnfit

KINDS: Mapping[str, str] = MappingProxyType(
    {
        "ktp": "KTP",
        "akta": "Akta atau anggaran dasar badan hukum",
        "pengesahan": "Surat pengesahan badan hukum",
        "surat_kuasa": "Surat kuasa",
        "lainnya": "Berkas lain yang diminta PPID",
    }
)
BYTES_MAX = 5 * 1024 * 1024
PAPERS_MAX = 10
"""Of one request."""


class PaperFormat(StrEnum):
    PDF = "pdf"
    JPEG = "jpeg"
    PNG = "png"

    @property
    def media_type(self) -> str:
        return "application/pdf" if self is PaperFormat.PDF else f"image/{self}"


_BEGINS: Mapping[bytes, PaperFormat] = MappingProxyType(
    {
        b"%PDF-": PaperFormat.PDF,
        b"\xff\xd8\xff": PaperFormat.JPEG,
        b"\x89PNG\r\n\x1a\n": PaperFormat.PNG,
    }
)


def format_of(kind: str, data: bytes) -> PaperFormat:
    """By its content, never by its name. `data`: the limit and a byte suffice.

    Raises PaperUnfit.
    """
    if kind not in KINDS:
        raise PaperUnfit("kind", "Pilih jenis berkasnya.")
    if not data:
        raise PaperUnfit("file", "Pilih berkas yang akan diunggah; berkas ini kosong.")
    if len(data) > BYTES_MAX:
        raise PaperUnfit(
            "file",
            f"Berkas ini lebih besar dari {BYTES_MAX // 1024 // 1024} MB. Pindai atau potret lagi"
            " dengan ukuran yang lebih kecil.",
        )
    for begin, format in _BEGINS.items():
        if data.startswith(begin):
            return format
    raise PaperUnfit("file", "Berkas ini bukan PDF, JPEG, atau PNG. Simpan sebagai salah satunya.")
