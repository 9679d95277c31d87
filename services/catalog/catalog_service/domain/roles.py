"""Who may do what in the catalogue."""

from collections.abc import Mapping

from catalog_service.domain.errors import NotAllowed

MAY: Mapping[str, tuple[frozenset[str], str]] = {
    "publish": (
        # The operator imports by command when an installation is set up.
        frozenset({"walidata", "operator"}),
        "Data Terbuka dikelola Walidata.",
    ),
    "keep_dip": (
        frozenset({"ppid", "operator"}),
        "Daftar Informasi Publik dikelola PPID.",
    ),
    "forget_guest": (
        frozenset({"walidata", "ppid"}),
        "Buku tamu dikelola Walidata dan PPID.",
    ),
}


def must(do: str, role: str) -> None:
    """Raises NotAllowed with the office whose work it is."""
    roles, sentence = MAY[do]
    if role not in roles:
        raise NotAllowed(sentence)
