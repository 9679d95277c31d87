"""Lays a mail's words out as an Internet message: text first, then HTML, nothing that tracks."""

import hashlib
import re
import unicodedata
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from urllib.parse import urlsplit

from notify_service.domain.errors import MailRefused
from notify_service.domain.html import as_html
from notify_service.domain.letterhead import Mailbox, Sender
from notify_service.domain.wording import Words

_ATOM = r"[^\s@<>\"(),:;.\[\]\\]+"
_ADDRESS = re.compile(rf"{_ATOM}(\.{_ATOM})*@{_ATOM}(\.{_ATOM})*")
_ADDRESS_IN_TEXT = re.compile(r"[^\s@<>]+@[^\s@<>]+")
_NAME_LENGTH_MAX = 100
_ADDRESS_LENGTH_MAX = 254
WHY_WRITTEN = "Surel ini dikirim otomatis oleh sistem. Jika ada pertanyaan, balas surel ini."


def compose(
    words: Words,
    *,
    sender: Sender,
    recipient: Mailbox,
    message_id: str,
    thread: str,
    date: datetime,
) -> EmailMessage:
    """The whole message. The same mail composed again has the same Message-ID."""
    message = EmailMessage(policy=SMTP)
    message["From"] = header_address(sender.mailbox)
    message["To"] = header_address(recipient)
    message["Subject"] = plain(words.subject)
    message["Date"] = date
    message["Message-ID"] = message_id
    message["In-Reply-To"] = thread
    message["References"] = thread
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(as_text(words, sender), cte="quoted-printable")
    message.add_alternative(
        as_html(words, sender, why=WHY_WRITTEN), subtype="html", cte="quoted-printable"
    )
    # Last: adding the alternatives moves every Content- header into the first of them.
    message["Content-Language"] = "id"
    return message


def as_text(words: Words, sender: Sender) -> str:
    """The complete mail in plain text."""
    parts = [
        words.greeting,
        *words.happened,
        "\n".join(f"{label}: {value}" for label, value in words.details),
        "Yang perlu dilakukan:",
        *(f"- {sentence}" for sentence in words.todo),
        f"{words.button}:\n{words.link}",
        f"Hormat kami,\n{sender.office}",
        f"-- \n{sender.site}\n{sender.address}\nTelepon {sender.phone}\n{WHY_WRITTEN}",
    ]
    return "\n\n".join(parts) + "\n"


def message_id(fact_id: str, key: str, audience: str, *, public_url: str) -> str:
    """One per mail, however often it is sent."""
    return f"<{_digest(fact_id, key, audience)}@{public_host(public_url)}>"


def thread_id(request_id: str, audience: str, *, public_url: str) -> str:
    """One per request and reader, so that their mails stand together."""
    return f"<p.{_digest(request_id, audience)}@{public_host(public_url)}>"


def public_host(public_url: str) -> str:
    """The host name alone."""
    return (urlsplit(public_url).hostname or "localhost").replace(":", ".")


def plain(text: str) -> str:
    """One line without control characters or invisible marks: fit for a header."""
    # Python writes what looks like an encoded word as it stands, and its reader would decode it.
    spaced = "".join(
        " " if unicodedata.category(c)[0] in "CZ" else c for c in text.replace("=?", "= ?")
    )
    return " ".join(spaced.split())


def is_address(text: str) -> bool:
    """Whether a mail can be sent to this."""
    return len(text) <= _ADDRESS_LENGTH_MAX and _ADDRESS.fullmatch(text) is not None


def without_addresses(text: str, *secrets: str) -> str:
    """A server's words, fit for the operator's page: whom the mail was for is taken out."""
    for secret in sorted((s for s in secrets if s), key=len, reverse=True):
        text = re.sub(re.escape(secret), "(penerima)", text, flags=re.IGNORECASE)
    return plain(_ADDRESS_IN_TEXT.sub("(alamat)", text))[:300]


def header_address(mailbox: Mailbox) -> Address:
    """A mailbox as a header has it. Raises MailRefused."""
    address = mailbox.address.strip()
    if not is_address(address):
        raise MailRefused("Alamat surel penerima tidak dapat dipakai.")
    local, _, domain = address.rpartition("@")
    try:
        domain = domain.encode("idna").decode()
        # The address registry takes a local part that is a dot-atom, nothing cleverer.
        return Address(plain(mailbox.name)[:_NAME_LENGTH_MAX], local, domain)
    except (ValueError, IndexError, UnicodeError) as error:
        raise MailRefused("Alamat surel penerima tidak dapat dipakai.") from error


def _digest(*parts: str) -> str:
    # Short, so that a header with it fits on one line.
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:20]
