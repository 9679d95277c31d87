"""Reads the mails that the mail sink has kept."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

_NAME = re.compile(r"(\d{8}T\d{12})-[0-9a-f]{8}")
_HEADERS = (
    "From", "To", "Subject", "Date", "Message-ID", "In-Reply-To", "References",
    "Content-Language", "Auto-Submitted",
)  # fmt: skip


@dataclass(frozen=True)
class KeptMail:
    """One mail as its reader would see it."""

    id: str
    kept_at: datetime
    message: EmailMessage
    source: bytes

    @property
    def subject(self) -> str:
        return str(self.message.get("Subject", ""))

    @property
    def to(self) -> str:
        return str(self.message.get("To", ""))

    @property
    def headers(self) -> list[tuple[str, str]]:
        return [(name, str(self.message[name])) for name in _HEADERS if name in self.message]

    @property
    def text(self) -> str:
        return self._body("plain")

    @property
    def html(self) -> str:
        return self._body("html")

    @property
    def attachments(self) -> list[str]:
        if not self.message.is_multipart():
            return []
        return [
            part.get_filename() or part.get_content_type()
            for part in self.message.iter_attachments()
        ]

    def _body(self, subtype: str) -> str:
        part = self.message.get_body((subtype,))
        if part is None or part.is_multipart():
            return ""
        try:
            return str(part.get_content())
        except LookupError:  # a charset that nobody knows
            content = part.get_payload(decode=True)
            return content.decode("utf-8", "replace") if isinstance(content, bytes) else ""


class KeptMails:
    """The sink's folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def newest(self, *, before: str | None = None, limit: int = 50) -> list[KeptMail]:
        """The latest mails first; `before` is the id to go on from."""
        names = sorted(
            (path.stem for path in self._folder.glob("*.eml") if _NAME.fullmatch(path.stem)),
            reverse=True,
        )
        wanted = [name for name in names if before is None or name < before][:limit]
        return [self._read(name) for name in wanted]

    def one(self, mail_id: str) -> KeptMail | None:
        """A mail by its id; None when there is none."""
        if not _NAME.fullmatch(mail_id) or not self._path(mail_id).is_file():
            return None
        return self._read(mail_id)

    def _read(self, name: str) -> KeptMail:
        source = self._path(name).read_bytes()
        message = message_from_bytes(source, _class=EmailMessage, policy=default)
        kept_at = datetime.strptime(name.split("-")[0], "%Y%m%dT%H%M%S%f").replace(tzinfo=UTC)
        return KeptMail(name, kept_at, message, source)

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.eml"
