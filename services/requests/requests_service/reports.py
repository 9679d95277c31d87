"""What the specialists report about a request; a report moves nothing but step 10."""

from dataclasses import dataclass
from typing import Unpack
from uuid import UUID

from chassis.actor import Actor as Caller

from requests_service.domain import papers
from requests_service.domain.data_request import ClearedFile, IssuedLetter
from requests_service.how import Change, How


@dataclass(frozen=True)
class Reports:
    """From `privacy`, `letters`, `catalog` and `notify`."""

    change: Change

    def record_masking(
        self,
        request_id: UUID,
        by: Caller,
        *,
        original_digest: str,
        file: ClearedFile,
        **how: Unpack[How],
    ) -> None:
        self.change(
            request_id,
            lambda r, who, today: r.record_masking(
                who, today, original_digest=original_digest, file=file
            ),
            by,
            how,
        )

    def record_clean(
        self, request_id: UUID, by: Caller, *, file: ClearedFile, **how: Unpack[How]
    ) -> None:
        self.change(
            request_id, lambda r, who, today: r.record_clean(who, today, file=file), by, how
        )

    def record_letter(
        self, request_id: UUID, by: Caller, *, letter: IssuedLetter, **how: Unpack[How]
    ) -> None:
        self.change(
            request_id, lambda r, who, today: r.note_letter(who, today, letter=letter), by, how
        )

    def record_daftar_data(
        self, request_id: UUID, by: Caller, *, year: int, title: str, **how: Unpack[How]
    ) -> None:
        self.change(
            request_id,
            lambda r, who, today: r.note_daftar_data(who, today, year=year, title=title),
            by,
            how,
        )

    def record_mail(
        self, request_id: UUID, by: Caller, *, mail: str, audience: str, **how: Unpack[How]
    ) -> None:
        self.change(
            request_id,
            lambda r, who, today: r.note_mail(who, today, mail=mail, audience=audience),
            by,
            how,
        )

    def record_original_read(
        self, request_id: UUID, by: Caller, *, digest: str, **how: Unpack[How]
    ) -> None:
        self.change(
            request_id,
            lambda r, who, today: r.note_original_read(who, today, digest=digest),
            by,
            how,
        )

    def record_paper(
        self,
        request_id: UUID,
        by: Caller,
        *,
        paper_id: str,
        kind: str,
        digest: str,
        size: int,
        format: str,
        **how: Unpack[How],
    ) -> None:
        self.change(
            request_id,
            lambda r, who, today: papers.note_received(
                r,
                who,
                today,
                paper_id=paper_id,
                kind=kind,
                digest=digest,
                size=size,
                format=format,
            ),
            by,
            how,
        )

    def record_paper_read(
        self,
        request_id: UUID,
        by: Caller,
        *,
        paper_id: str,
        kind: str,
        digest: str,
        **how: Unpack[How],
    ) -> None:
        self.change(
            request_id,
            lambda r, who, today: papers.note_read(
                r, who, today, paper_id=paper_id, kind=kind, digest=digest
            ),
            by,
            how,
        )

    def record_letter_read(
        self, request_id: UUID, by: Caller, *, letter: str, letter_id: str, **how: Unpack[How]
    ) -> None:
        self.change(
            request_id,
            lambda r, who, today: r.note_letter_read(
                who, today, letter=letter, letter_id=letter_id
            ),
            by,
            how,
        )
