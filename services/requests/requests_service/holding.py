"""What is held on a Pemohon, for the Pemohon (UU 27/2022 Pasal 7: the right to a copy)."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID, uuid5

from chassis import log
from chassis.actor import Actor as Caller
from chassis.postgres import Pool

from requests_service.domain import erasing
from requests_service.domain.data_request import DataRequest
from requests_service.domain.errors import NotTheOwner
from requests_service.domain.identity import FIELDS
from requests_service.domain.roles import Role
from requests_service.domain.words import TEXT_TITLES
from requests_service.reading import Reading
from requests_service.visible import actor_of, may_read

_COPIED = ("kind", "name", "address", "email", "phone", "occupation", "institution", "legal_deed")
_CHOSEN = ("format", "way_to_obtain", "way_to_send", "dataset")


class Holding:
    """Reads for the person whom it is about; each reading is a fact like everybody's."""

    def __init__(
        self, pool: Pool, *, load: Callable[[UUID], DataRequest], reading: Reading
    ) -> None:
        self._pool = pool
        self._load = load
        self._reading = reading

    def held(self, request_id: UUID, by: Caller) -> dict[str, Any]:
        """Everything personal that this request holds, who read it, and who else holds some of it.

        Raises RequestNotFound, NotTheOwner, PersonForgotten.
        """
        data_request = self._must_be_theirs(request_id, by)
        identity = self._reading.identity(request_id, by)
        texts = self._reading.texts_up_to(request_id, data_request.pemohon_id, None)
        return {
            "register_number": data_request.register_number,
            "submitted_on": data_request.submitted_on.isoformat(),
            "identity": {name: identity[name] for name in FIELDS if name in identity},
            "texts": {
                name: text
                for name, text in texts.items()
                if name in TEXT_TITLES and may_read(name, Role.PEMOHON)
            },
            "letters": [
                {"letter": each.letter, "number": each.number, "on": each.issued_on.isoformat()}
                for each in data_request.letters
                if each.addressed_to == Role.PEMOHON
            ],
            "papers": [
                {"kind": each.kind, "on": each.on.isoformat()} for each in data_request.papers.kept
            ],
            "read_by": self._readings(request_id),
            "also_held_by": dict(erasing.HOLDERS),
            "kept_after_erasure": list(erasing.KEPT),
        }

    def begun_from(self, request_id: UUID, by: Caller) -> dict[str, str]:
        """A new form's fields, as this request's were filled in; not the NIK, which is typed again.

        Raises RequestNotFound, NotTheOwner, PersonForgotten.
        """
        data_request = self._must_be_theirs(request_id, by)
        identity = self._reading.identity(request_id, by)
        texts = self._reading.texts_up_to(request_id, data_request.pemohon_id, None)
        return {
            **{name: identity[name] for name in _COPIED if name in identity},
            **{name: texts[name] for name in ("data_wanted", "purpose")},
            **{name: getattr(data_request, name) or "" for name in _CHOSEN},
        }

    def _must_be_theirs(self, request_id: UUID, by: Caller) -> DataRequest:
        data_request, who = self._load(request_id), actor_of(by)
        if who.role is not Role.PEMOHON or who.id != str(data_request.pemohon_id):
            raise NotTheOwner("Ini hanya untuk Pemohon yang mengajukan permohonan ini.")
        return data_request

    def _readings(self, request_id: UUID) -> list[Mapping[str, Any]]:
        """Who read which of it and when, by role: officers are not named to the Pemohon."""
        opened = [row for row in log.stream(self._pool, request_id) if row.type == "PaperRead"]
        read = [*log.stream(self._pool, uuid5(request_id, "reads")), *opened]
        return [
            {
                "at": row.occurred_at.isoformat(),
                "role": row.actor.role,
                "service": row.actor.id if row.actor.role == "service" else None,
                "fields": row.data.get("fields", []),
                "texts": row.data.get("texts", []),
                "papers": [row.data["kind"]] if row.type == "PaperRead" else [],
            }
            for row in sorted(read, key=lambda row: row.occurred_at)
        ]
