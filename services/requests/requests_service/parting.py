"""Parts of a request for several agencies: splitting one off, and who belongs together."""

import base64
import json
import threading
from collections.abc import Callable
from typing import Any, Unpack
from uuid import UUID, uuid4

from chassis.actor import Actor as Caller
from chassis.log import Statement, append_statement
from chassis.postgres import Pool
from eventsourcing.persistence import IntegrityError, Mapper

from requests_service import rows
from requests_service.domain import events as facts
from requests_service.domain import parting, texts
from requests_service.domain.data_request import DataRequest
from requests_service.domain.errors import RequestNotFound
from requests_service.domain.form import Form
from requests_service.domain.roles import Actor, Role
from requests_service.domain.working_days import Today
from requests_service.how import How
from requests_service.reading import Reading
from requests_service.sealed_texts import SealedTexts
from requests_service.searching import Search
from requests_service.tracking_codes import proof_of

_TRIES = 10


class Parting:
    """A part is registered in the transaction that splits it off."""

    def __init__(
        self,
        pool: Pool,
        *,
        load: Callable[[UUID], DataRequest],
        change: Callable[..., dict[str, Any]],
        reading: Reading,
        sealed: SealedTexts,
        search: Search,
        mapper: Mapper[UUID],
        numbering: threading.Lock,
        code_secret: bytes,
    ) -> None:
        """`numbering`: held while a register number is given out by this process."""
        self._pool = pool
        self._load = load
        self._change = change
        self._reading = reading
        self._sealed = sealed
        self._search = search
        self._mapper = mapper
        self._numbering = numbering
        self._code_secret = code_secret

    def split_off(
        self, request_id: UUID, by: Caller, *, data_wanted: str, kept: str, **how: Unpack[How]
    ) -> dict[str, Any]:
        """`data_wanted`: of the part; `kept`: what the first request goes on asking for."""
        texts.must_describe_data(data_wanted)
        begun: list[tuple[DataRequest, list[Statement]]] = []

        def command(r: DataRequest, who: Actor, today: Today) -> None:
            r.guard(facts.PartSplitOff, who, today)
            texts.must_describe_data(kept)
            part, registered = self._begin(r, who, today, data_wanted)
            seal = self._sealed.seal_of(r)
            parting.split_off(
                r, who, today, part_id=part.id, part_number=part.register_number, kept=kept,
                seal=seal,
            )  # fmt: skip
            begun[:] = [(part, registered)]

        def also(_: DataRequest, today: Today) -> list[Statement]:
            [(part, registered)] = begun
            return [*self._appending(part, by, today), *registered]

        with self._numbering:
            for left in reversed(range(_TRIES)):
                try:
                    return self._change(request_id, command, by, how, also=also)
                except IntegrityError as error:
                    # Another process gave the same number out.
                    if not left or str(error) != "registrations_number":
                        raise
        raise AssertionError("unreachable: the last try returns or raises")

    def family(self, request_id: UUID) -> list[DataRequest]:
        """The first request and its parts; empty for a request that is whole."""
        asked = self._load(request_id)
        if not asked.parts.of and not asked.parts.numbers:
            return []
        first = self.first_of(asked) or asked
        return [first, *(self._by_number(number) for number in first.parts.numbers)]

    def first_of(self, part: DataRequest) -> DataRequest | None:
        """What a part was split off from; None for what is no part."""
        return self._by_number(part.parts.of) if part.parts.of else None

    def relative(self, request_id: UUID, register_number: str) -> tuple[UUID, Caller] | None:
        """For the Pemohon of one of a family: another of it, with its Pemohon as an actor."""
        try:
            known = self.family(request_id)
        except RequestNotFound:
            return None
        for each in known:
            if each.register_number == register_number:
                return each.id, Caller(str(each.pemohon_id), Role.PEMOHON.value)
        return None

    def _by_number(self, register_number: str) -> DataRequest:
        return self._load(self._reading.id_of(register_number))

    def _begin(
        self, first: DataRequest, by: Actor, today: Today, data_wanted: str
    ) -> tuple[DataRequest, list[Statement]]:
        """The part, and the rows of its registration."""
        part_id, person_id = uuid4(), uuid4()
        identity, told = self._reading.copied(first.id)
        code = told["tracking_code"]
        written = {
            "identity": json.dumps(identity),
            "data_wanted": data_wanted,
            "purpose": told["purpose"],
            "tracking_code": code,
        }
        with self._pool.transaction() as cur:
            sealed = {
                name: self._sealed.seal(cur, part_id, person_id, name, text)
                for name, text in written.items()
            }
        year = today.day.year
        number = self._pool.execute(rows.LAST_NUMBER, (year,))[0][0] + 1
        part = DataRequest.submit(
            by,
            today,
            request_id=part_id,
            register_number=f"{year}-{number:04}",
            form=Form(
                data_wanted=data_wanted,
                purpose=told["purpose"],
                kind=first.kind,
                format=first.format,
                channel=first.channel,
                dataset=first.dataset,
                way_to_obtain=first.way_to_obtain,
                way_to_send=first.way_to_send,
            ),
            tracking_code=code,
            seal=lambda name, _: sealed[name],
            by_proxy=first.by_proxy,
            origin=parting.origin_of(first, person_id),
        )
        proof = proof_of(self._code_secret, part.register_number, code)
        return part, [
            rows.registered(year, number, part.register_number, part_id, proof),
            rows.known_person(person_id, part_id, base64.b64decode(sealed["identity"])),
        ]

    def _appending(self, part: DataRequest, by: Caller, today: Today) -> list[Statement]:
        [submitted] = part.pending_events
        stored = self._mapper.to_stored_event(submitted)
        fact = (part.id, 1, stored.topic, 1, stored.state)
        return [
            append_statement([fact], by, today.at, None, None, None),
            rows.on_board(part, at=today.at),
            *self._search.written(part, [submitted]),
        ]
