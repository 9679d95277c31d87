"""Who acts in the SOP, and how an actor proves to be the one a step belongs to."""

from dataclasses import dataclass
from enum import StrEnum

from requests_service.domain.errors import NotTheOwner


class Role(StrEnum):
    """The four actors of the SOP first, in the paper's order; ours beside them after."""

    PEMOHON = "pemohon"
    WALIDATA = "walidata"
    PPID = "ppid"
    PPID_PEMBANTU = "ppid_pembantu"
    ATASAN_PPID = "atasan_ppid"
    AUDITOR = "auditor"
    OPERATOR = "operator"
    INTEGRATOR = "integrator"
    SERVICE = "service"
    """A service of ours that reports; nobody signs in as one."""

    @property
    def label(self) -> str:
        return LABELS[self]


LABELS = {
    Role.PEMOHON: "Pemohon",
    Role.WALIDATA: "Walidata",
    Role.PPID: "PPID",
    Role.PPID_PEMBANTU: "PPID Pembantu",
    Role.ATASAN_PPID: "Atasan PPID",
    Role.AUDITOR: "Auditor",
    Role.OPERATOR: "Operator",
    Role.INTEGRATOR: "Integrator",
    Role.SERVICE: "Sistem",
}


CAPACITIES = {"plh": "Plh.", "plt": "Plt.", "pengganti": "Pengganti"}
"""In which somebody holds another's office: pelaksana harian, pelaksana tugas, pengganti."""


@dataclass(frozen=True)
class Actor:
    """`id` is an officer's id, or the person id of a Pemohon; never a name."""

    id: str
    role: Role
    agency: str | None = None
    capacity: str | None = None
    """Of `CAPACITIES`, for an acting officer."""

    def must_be(self, role: Role, *, doing: str) -> None:
        if self.role != role:
            raise NotTheOwner(f"{doing} milik {role.label}, bukan {self.role.label}.")

    def must_be_of(self, agency: str | None) -> None:
        if self.agency != agency:
            raise NotTheOwner(
                f"Permohonan ini ditangani PPID Pembantu {agency or 'yang belum ditentukan'},"
                f" bukan {self.agency or 'perangkat daerah Anda'}."
            )
