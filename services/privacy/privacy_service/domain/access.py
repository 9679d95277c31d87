"""Who may do what with a file, asked before anything else."""

from typing import Protocol

from privacy_service.domain.errors import NotForYou

PPID, PPID_PEMBANTU, WALIDATA = "ppid", "ppid_pembantu", "walidata"


class Person(Protocol):
    """Whoever asks: a role, and an agency for those who have one."""

    @property
    def role(self) -> str: ...

    @property
    def agency(self) -> str | None: ...


def may_decide(by: Person) -> None:
    if by.role != PPID:
        raise NotForYou("Pemeriksaan data pribadi (langkah 10) adalah tugas PPID.")


def may_see(by: Person, agency: str | None) -> None:
    if by.role == PPID or _is_pembantu_of(by, agency):
        return
    raise NotForYou("Halaman ini untuk PPID dan PPID Pembantu pemilik data.")


def may_read_original(by: Person, agency: str | None) -> None:
    """Two offices: the one whose data it is, and the one that checks it."""
    if by.role == PPID or _is_pembantu_of(by, agency):
        return
    raise NotForYou("Berkas asli hanya boleh dilihat oleh PPID dan PPID Pembantu pemilik data.")


def may_fetch_released(by: Person) -> None:
    """The two offices that deliver (steps 11 to 13); a Pemohon comes with a link of `requests`."""
    if by.role not in (PPID, WALIDATA):
        raise NotForYou("Berkas yang sudah diperiksa hanya untuk PPID dan Walidata.")


def may_upload(by: Person, agency: str | None) -> None:
    if by.role == PPID or _is_pembantu_of(by, agency):
        return
    raise NotForYou("Berkas hanya boleh diunggah oleh PPID Pembantu pemilik data atau PPID.")


def _is_pembantu_of(by: Person, agency: str | None) -> bool:
    return by.role == PPID_PEMBANTU and by.agency is not None and by.agency == agency
