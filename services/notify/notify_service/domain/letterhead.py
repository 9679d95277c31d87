"""Who writes and to whom: the city's mailboxes, from its data file."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from notify_service.domain.errors import MailRefused
from notify_service.domain.mail import ATASAN_PPID, PPID, PPID_PEMBANTU, WALIDATA


@dataclass(frozen=True)
class Mailbox:
    """A name and an address."""

    name: str
    address: str


@dataclass(frozen=True)
class Sender:
    """What stands above and below every mail."""

    site: str
    mailbox: Mailbox
    office: str
    address: str
    phone: str


def sender(city: Mapping[str, Any]) -> Sender:
    """Mails come from the PPID, whom an answer reaches."""
    office = city["offices"]["ppid"]
    return Sender(
        site=city["site_name"],
        mailbox=Mailbox(office["short_name"], office["email"]),
        office=office["name"],
        address=office["address"],
        phone=city["contact"]["phone"],
    )


def office_mailbox(city: Mapping[str, Any], audience: str, agency: str | None) -> Mailbox:
    """An office's mailbox; a PPID Pembantu's is that of the agency."""
    if audience == PPID_PEMBANTU:
        for known in city["agencies"]:
            if known["code"] == agency and known.get("email"):
                return Mailbox(f"PPID Pembantu {known['name']}", known["email"])
        raise MailRefused(
            f"Surel perangkat daerah {agency or 'yang belum ditentukan'} tidak ada dalam data kota."
        )
    office = city["offices"].get(audience, {}) if audience in (PPID, WALIDATA, ATASAN_PPID) else {}
    if not office.get("email"):
        raise MailRefused(f"Surel kantor {audience} tidak ada dalam data kota.")
    return Mailbox(office["short_name"], office["email"])
