"""Hears what the specialists report about a request, and runs the relay."""

from datetime import date
from typing import Any
from uuid import UUID

from chassis.message import Message
from chassis.nameko import Injected, Relaying, listens_to

from requests_service.adapters.published import PUBLISHED
from requests_service.application import How
from requests_service.bootstrap import build_application
from requests_service.domain.data_request import ClearedFile, IssuedLetter


class Worker:
    """The service on the broker."""

    name = "requests"

    app = Injected(build_application)
    relaying = Relaying(PUBLISHED)

    @listens_to("privacy", "DataMasked")
    def record_masking(self, message: Message) -> None:
        """Moves step 10."""
        self.app.reports.record_masking(
            UUID(message.subject),
            message.actor,
            original_digest=message.data["original_digest"],
            file=_cleared_file(message.data),
            **_how(message),
        )

    @listens_to("privacy", "DataFoundClean")
    def record_clean(self, message: Message) -> None:
        """Moves step 10."""
        self.app.reports.record_clean(
            UUID(message.subject), message.actor, file=_cleared_file(message.data), **_how(message)
        )

    @listens_to("letters", "LetterIssued")
    def record_letter(self, message: Message) -> None:
        """Evidence; step 16 waits for one of them."""
        letter = IssuedLetter(
            letter=message.data["letter"],
            letter_id=message.data["letter_id"],
            number=message.data["number"],
            issued_on=date.fromisoformat(message.data["issued_on"]),
            digest=message.data["digest"],
            addressed_to=message.data["addressed_to"],
        )
        self.app.reports.record_letter(
            UUID(message.subject), message.actor, letter=letter, **_how(message)
        )

    @listens_to("catalog", "DaftarDataUpdated")
    def record_daftar_data(self, message: Message) -> None:
        """Evidence."""
        self.app.reports.record_daftar_data(
            UUID(message.subject),
            message.actor,
            year=message.data["year"],
            title=message.data["title"],
            **_how(message),
        )

    @listens_to("notify", "MailSent")
    def record_mail(self, message: Message) -> None:
        """Evidence."""
        self.app.reports.record_mail(
            UUID(message.subject),
            message.actor,
            mail=message.data["mail"],
            audience=message.data["audience"],
            **_how(message),
        )

    @listens_to("privacy", "OriginalRead")
    def record_original_read(self, message: Message) -> None:
        """Evidence of who saw personal data."""
        self.app.reports.record_original_read(
            UUID(message.subject), message.actor, digest=message.data["digest"], **_how(message)
        )

    @listens_to("privacy", "PaperReceived")
    def record_paper(self, message: Message) -> None:
        """Evidence; the page shows which papers came."""
        self.app.reports.record_paper(
            UUID(message.subject),
            message.actor,
            paper_id=message.data["paper_id"],
            kind=message.data["kind"],
            digest=message.data["digest"],
            size=message.data["size"],
            format=message.data["format"],
            **_how(message),
        )

    @listens_to("privacy", "PaperRead")
    def record_paper_read(self, message: Message) -> None:
        """Evidence of who saw personal data."""
        self.app.reports.record_paper_read(
            UUID(message.subject),
            message.actor,
            paper_id=message.data["paper_id"],
            kind=message.data["kind"],
            digest=message.data["digest"],
            **_how(message),
        )

    @listens_to("letters", "LetterRead")
    def record_letter_read(self, message: Message) -> None:
        """Evidence of who saw personal data."""
        self.app.reports.record_letter_read(
            UUID(message.subject),
            message.actor,
            letter=message.data["letter"],
            letter_id=message.data["letter_id"],
            **_how(message),
        )

    @listens_to("letters", "PersonForgotten")
    @listens_to("notify", "PersonForgotten")
    @listens_to("privacy", "PersonForgotten")
    def note_forgetting(self, message: Message) -> None:
        """Another holder's answer to PersonErased."""
        self.app.forgetting.note_answer(message)


def _how(message: Message) -> How:
    # A deadline is judged by when something happened, not by when it was heard.
    return {"because_of": message.id, "at": message.time}


def _cleared_file(data: dict[str, Any]) -> ClearedFile:
    return ClearedFile(
        digest=data["digest"],
        filename=data["filename"],
        media_type=data["media_type"],
        size=data["size"],
        rows=data["rows"],
        masked_columns=tuple(data.get("masked_columns", ())),
    )
