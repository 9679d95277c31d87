"""Every way in which the catalogue says no; each sentence reaches a citizen or an officer."""

from collections.abc import Mapping


class CatalogError(Exception):
    """The sentence says what to do."""


class NotAllowed(CatalogError):
    """This role may not do this."""


class DatasetNotFound(CatalogError):
    """No dataset has this slug."""

    def __init__(self, slug: str) -> None:
        super().__init__(f"Tidak ada data dengan alamat “{slug}”. Cari judulnya di Data Terbuka.")


class DatasetRestricted(CatalogError):
    """It is listed here, but its file is given on request only."""

    def __init__(self, title: str) -> None:
        super().__init__(
            f"“{title}” adalah data terbatas: berkasnya tidak diunduh di sini."
            " Ajukan permohonan data."
        )


class DipEntryNotFound(CatalogError):
    """The Daftar Informasi Publik has no such entry."""

    def __init__(self, entry: str) -> None:
        super().__init__(f"Daftar Informasi Publik tidak memuat butir {entry}.")


class DipEntryExists(CatalogError):
    """The number is taken."""

    def __init__(self, entry: str) -> None:
        super().__init__(f"Nomor {entry} sudah dipakai; beri nomor lain.")


class SlugTaken(CatalogError):
    """Another agency's dataset has this address."""

    def __init__(self, slug: str, agency: str) -> None:
        super().__init__(
            f"Alamat “{slug}” sudah dipakai data milik {agency}. Ubah judul atau alamatnya."
        )


class BadCursor(CatalogError):
    """The place in the list cannot be understood."""

    def __init__(self) -> None:
        super().__init__("Penanda halaman ini tidak dikenal; mulai lagi dari awal daftar.")


class IncompleteForm(CatalogError):
    """What was filled in is not enough; `errors` has a sentence for each field."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        self.errors = dict(errors)
        super().__init__(" ".join(self.errors.values()))
